// Good-practice cases, with the real hub: a nurse writes one and is warned, hands it in, the secretariat returns it, it goes the
// way again and is approved after another look; a doctor finds it on a phone; it is withdrawn, and gone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { assertNothingSticksOut, becomes, inView, isIn, stumbles } from '../page.mjs';

/** What the demo begins with. */
const SEEDED = /吸引の練習を、退院前に病棟で家族と一緒に/;
const WAITING = /飲み忘れを、お薬カレンダーの置き場所で減らした/;

/** What the hub refuses is an error to the browser too. */
const otherComplaints = (page) => page.complaints.filter((one) => !/status of (403|409|422)/.test(one));

async function open(openPage, hub, role, options) {
  const page = await openPage(options);
  await page.goto(hub.links.get(role));
  await isIn(page);
  await page.evaluate(() => { location.hash = '#/console/cases'; });
  const section = page.locator('renkei-console-cases');
  await section.getByRole('heading', { level: 1 }).waitFor();
  return { page, section };
}

/** As when somebody opens it again. */
const again = ({ page }) => page.evaluate(async () => {
  const section = document.querySelector('renkei-console-cases');
  await section.load();
  section.requestUpdate();
});

test('a case is looked through by two people, approved, found, and withdrawn', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const nurse = await open(openPage, hub, 'nurse');
  const desk = await open(openPage, hub, 'secretariat');
  // Somebody whom the nurse knows: of others nobody warns her.
  const name = await nurse.page.evaluate(async () => (await document.querySelector('renkei-shell').model.rest.call('GET', '/patients')).patients[0].name.kanji);

  // The region has one of hers already, and one of a care manager's waits.
  await nurse.section.locator('.cases-published').getByRole('button', { name: SEEDED }).waitFor();
  await becomes(() => nurse.section.getByText(WAITING).count(), 0, 'what nobody has approved is its author\'s and the secretariat\'s');
  await desk.page.evaluate(() => { location.hash = '#/console'; });
  await desk.page.locator('[data-card="cases"]').getByRole('link', { name: WAITING }).click();
  await desk.section.locator('.cases-waiting').getByRole('button', { name: WAITING }).waitFor();
  await desk.page.shot('cases-desk-ja', { fullPage: true });
  await nurse.section.getByRole('button', { name: '事例を書く' }).click();
  await nurse.section.getByLabel('題', { exact: false }).first().fill('退院前の顔合わせ');
  await nurse.section.getByLabel('起きたこと').fill('機器の扱いに家族が不安だった（1938年4月12日生の方）');
  await nurse.section.getByLabel('したこと').fill('退院前に三つの職種で一度練習した');
  await nurse.section.getByLabel('結果').fill('夜間の呼び出しが減った');
  await becomes(() => nurse.section.locator('.case-form .field-name').allInnerTexts(), ['起きたこと', 'したこと', '結果', '関わった職種', 'どんな事例か'].map((part) => `${part}提出に必要`));
  await nurse.section.getByRole('button', { name: '下書きを保存する' }).click();
  // What it lacks is named before anybody hands it in in vain, where one looks.
  await inView(nurse.page, nurse.section.getByText('あと必要：関わった職種・どんな事例か'));
  await inView(nurse.page, nurse.section.getByText('下書きを保存しました。'));
  await becomes(() => nurse.section.getByRole('button', { name: '提出する' }).count(), 0);
  await nurse.page.shot('case-lacking-desk-ja');
  await nurse.section.getByRole('button', { name: '直す' }).click();
  await nurse.section.getByRole('checkbox', { name: '看護師', exact: true }).check();
  await nurse.section.getByRole('checkbox', { name: '入退院', exact: true }).check();
  assert.deepEqual(await stumbles(nurse.page), []);
  await assertNothingSticksOut(nurse.page, 'writing a case');
  await nurse.page.shot('case-write-desk-ja', { fullPage: true });
  await nurse.section.getByRole('button', { name: '下書きを保存する' }).click();
  await nurse.section.getByText('下書きを保存しました。見えるのは、あなたと事務局だけです。').waitFor();
  await again(desk);
  await desk.section.getByRole('button', { name: /退院前の顔合わせ.*下書き/ }).waitFor();

  await nurse.section.getByRole('button', { name: '提出する' }).click();
  await nurse.section.getByRole('checkbox', { name: /同意を得ています/ }).check();
  await nurse.section.getByLabel('同意書の保管場所').fill('同意書綴り');
  await nurse.section.locator('.doing').getByRole('button', { name: '提出する' }).click();
  await nurse.section.getByText('患者さんの情報が含まれているかもしれません').waitFor();
  await becomes(() => nurse.section.locator('.found-piece b').allInnerTexts(), ['1938年4月12日']);
  assert.deepEqual(await stumbles(nurse.page), []);
  await nurse.page.shot('case-found-desk-ja', { fullPage: true });
  await nurse.section.locator('.doing').getByRole('button', { name: 'やめる' }).click();
  await nurse.section.getByRole('button', { name: '直す' }).click();
  await nurse.section.getByLabel('起きたこと').fill(`機器の扱いに家族が不安だった。${name}さんの件`);
  await becomes(() => nurse.section.getByRole('button', { name: '提出する' }).count(), 0, 'nothing is handed in while it is being written');
  await nurse.section.getByRole('button', { name: '下書きを保存する' }).click();
  await nurse.section.getByRole('button', { name: '提出する' }).click();
  await nurse.section.getByRole('checkbox', { name: /同意を得ています/ }).check();
  await nurse.section.getByLabel('同意書の保管場所').fill('同意書綴り');
  await nurse.section.locator('.doing').getByRole('button', { name: '提出する' }).click();
  // The nurse says that it is nobody; whoever approves is asked again.
  await nurse.section.getByRole('checkbox', { name: `患者さんのことではない ${name}` }).check();
  // The button is far below where the section begins: what came of it is seen all the same.
  await nurse.page.setViewportSize({ width: 1280, height: 480 });
  await nurse.section.locator('.doing').getByRole('button', { name: '提出する' }).click();
  await inView(nurse.page, nurse.section.getByText('提出しました。'));
  await nurse.page.shot('case-handed-in-low-ja');
  await nurse.page.setViewportSize({ width: 1280, height: 800 });
  await nurse.section.getByRole('button', { name: '提出をやめて消す' }).waitFor();

  await again(desk);
  const waiting = desk.section.locator('.cases-waiting');
  await waiting.getByRole('button', { name: /退院前の顔合わせ/ }).click();
  await waiting.getByText('同意書：同意書綴り').waitFor();
  await waiting.getByRole('button', { name: '承認して公開する' }).click();
  await waiting.getByRole('checkbox', { name: /同意書を確かめました/ }).check();
  await waiting.locator('.doing').getByRole('button', { name: '承認して公開する' }).click();
  await waiting.getByText('患者さんの情報が含まれているかもしれません').waitFor();
  await becomes(() => waiting.locator('.found-piece b').allInnerTexts(), [name]);
  assert.deepEqual(await stumbles(desk.page), []);
  await assertNothingSticksOut(desk.page, 'approving a case');
  await desk.page.shot('case-approve-desk-ja', { fullPage: true });
  await waiting.locator('.doing').getByRole('button', { name: 'やめる' }).click();
  await waiting.getByRole('button', { name: '差し戻す' }).click();
  await waiting.getByLabel('書いた人への一言').fill('氏名を消してください');
  await waiting.locator('.doing').getByRole('button', { name: '差し戻す' }).click();
  await desk.section.getByText('差し戻しました。').waitFor();

  await again(nurse);
  await nurse.section.getByText('事務局から：氏名を消してください').waitFor();
  await nurse.page.shot('case-returned-desk-ja', { fullPage: true });
  await nurse.section.getByRole('button', { name: '直す' }).click();
  await nurse.section.getByLabel('起きたこと').fill('機器の扱いに家族が不安だった');
  await nurse.section.getByRole('button', { name: '下書きを保存する' }).click();
  await nurse.section.getByRole('button', { name: '提出する' }).click();
  await nurse.section.getByRole('checkbox', { name: /同意を得ています/ }).check();
  await nurse.section.locator('.doing').getByRole('button', { name: '提出する' }).click();
  await nurse.section.getByText('提出しました。').waitFor();
  await again(desk);
  await waiting.getByRole('button', { name: '承認して公開する' }).click();
  await waiting.getByRole('checkbox', { name: /同意書を確かめました/ }).check();
  await waiting.locator('.doing').getByRole('button', { name: '承認して公開する' }).click();
  await desk.section.getByText('公開しました。').waitFor();

  const doctor = await open(openPage, hub, 'doctor', { size: 'phone', language: 'en-GB' });
  const published = doctor.section.locator('.cases-published');
  await published.getByLabel('Search by words').fill('しょくしゅ');
  await published.getByText('No case fits.').waitFor();
  await published.getByLabel('Search by words').fill('三つの 職種');
  await published.getByRole('radio', { name: 'admission and discharge', exact: true }).check();
  await published.getByRole('button', { name: /退院前の顔合わせ/ }).click();
  await published.getByText('夜間の呼び出しが減った').waitFor();
  await becomes(() => published.getByText(/^from /).count(), 0, 'its author did not wish the office to be told');
  assert.deepEqual(await stumbles(doctor.page), []);
  await assertNothingSticksOut(doctor.page, 'cases on a phone');
  await doctor.page.shot('case-read-phone-en', { fullPage: true });

  const mine = nurse.section.locator('.cases-mine');
  await again(nurse);
  await mine.getByRole('button', { name: '取り下げる' }).click();
  await mine.getByLabel('取り下げの理由').fill('同意の撤回');
  await mine.locator('.doing').getByRole('button', { name: '取り下げる' }).click();
  await nurse.section.getByText('取り下げました。').waitFor();
  await mine.getByText('取り下げの理由：同意の撤回').waitFor();
  await nurse.page.shot('case-withdrawn-desk-ja', { fullPage: true });
  await again(doctor);
  await published.getByText('No case fits.').waitFor();
  await published.getByLabel('Search by words').fill('');
  await published.getByRole('radio', { name: 'All', exact: true }).check();
  await published.getByRole('button', { name: SEEDED }).waitFor();
  assert.deepEqual([nurse, desk, doctor].flatMap(({ page }) => otherComplaints(page)), []);
});

test('the way to it is in one\'s account', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const page = await openPage({ size: 'phone' });
  await page.goto(hub.links.get('nurse'));
  await isIn(page);
  await page.locator('.bar-account').click();
  await page.getByRole('dialog').getByRole('link', { name: '事例' }).click();
  const section = page.locator('renkei-console-cases');
  await section.locator('.cases-published').getByRole('button', { name: SEEDED }).click();
  await section.getByText('訪問看護ステーションこもれび から').first().waitFor();
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'cases on a phone');
  await page.shot('cases-phone-ja', { fullPage: true });
  // Whoever came from their patients finds the way back without the menu.
  await page.getByRole('link', { name: '連絡画面へ戻る' }).click();
  await page.locator('.patient-row').first().waitFor();
});
