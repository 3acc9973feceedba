// A region's rules from the first draft into force, at the real hub: the secretariat edits by form, is told of a mistake in
// place, tries the draft on the past, names the bodies and proposes; a doctor signs on their own screen, the nurses on paper.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { openSection, postAs, sharedPatient } from '../console-page.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { assertNothingSticksOut, becomes, holds, isIn, stumbles } from '../page.mjs';

const RULEBOOKS = path.resolve(import.meta.dirname, '../../../rulebooks');
const FILES = ['vocabulary', 'floor', 'sharing', 'etiquette-doctor-nurse'].map((name) => path.join(RULEBOOKS, `${name}.toml`));

/**
 * What the network says of a refusal, or of files that this hub does not give yet, is no complaint of the page; nor is that
 * the hub's sheet comes with a style of its own, which the page sets aside and applies by itself.
 */
const complaints = (page) => page.complaints.filter((one) => !/status of (404|422)|Applying inline style/.test(one));

async function signIn(openPage, link, options) {
  const page = await openPage(options);
  await page.goto(link);
  await isIn(page);
  await page.locator('.patient-row').first().waitFor();
  page.on('dialog', (dialog) => dialog.accept());
  return page;
}

/** What the hub has of a version. */
const stored = (page, id) => page.evaluate((version) => document.querySelector('renkei-shell').model.rest.call('GET', `/rulebooks/${version}`), id);

const tab = (page, name) => page.getByRole('navigation', { name: 'この版の画面' }).getByRole('button', { name, exact: true }).click();

async function looksRight(page, shot, where) {
  await page.shot(shot);
  assert.deepEqual(await stumbles(page), [], where);
  await assertNothingSticksOut(page, where);
}

/** Makes a draft of files, and is on its page. @returns its id */
async function makeDraft(page) {
  await openSection(page, 'rules');
  await page.locator('summary', { hasText: '新しい下書き' }).click();
  await page.getByLabel('または、ファイル').setInputFiles(FILES);
  await page.getByLabel('下書きの題').fill('2027年度のきまり');
  await page.getByText('在宅医と訪問看護の約束ごと 1.1.0').waitFor();
  await page.getByRole('button', { name: '下書きを作る' }).click();
  await page.getByRole('heading', { level: 1, name: '2027年度のきまり' }).waitFor();
  return page.evaluate(() => decodeURIComponent(location.hash.split('/')[3]));
}

const editNurses = async (page, rule) => {
  const group = page.locator('.rules-group summary', { hasText: '訪問看護' });
  await group.waitFor();
  if (!(await page.locator(`#rule-${rule}`).isVisible())) await group.click();
  await page.locator(`#rule-${rule}`).getByRole('button', { name: /直す/ }).first().click();
  return page.locator(`#rule-${rule}`);
};

test('a draft rule goes from its form through a mistake, the replay and the signatures into force', { timeout: 180_000 }, async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const [desk, doctor, nurse] = await Promise.all([signIn(openPage, hub.links.get('secretariat')), signIn(openPage, hub.links.get('doctor'), { size: 'phone' }), signIn(openPage, hub.links.get('nurse'))]);
  // The past that the draft will be tried on: a device set anew, and a routine order without paper.
  const patient = await sharedPatient(doctor, nurse);
  await postAs(doctor, patient, { deviceChange: { device: '在宅酸素濃縮器', change: 'setting', after: [{ name: '酸素流量', value: '2', unit: 'L/分' }] } });
  await postAs(doctor, patient, { order: { orderType: 'routine', text: '体重を毎朝測ってください。' } });

  const id = await makeDraft(desk);
  const before = await stored(desk, id);

  // By form: one hour instead of four. The reminder after two hours no longer fits, and the hub says so at its place.
  const card = await editNurses(desk, 'ND-M1');
  await card.getByLabel('期限の数').fill('1');
  await card.getByLabel('期限の数').blur();
  await desk.getByRole('button', { name: '保存する' }).click();
  await card.locator('[data-part=remind]').getByText('催促は期限より前に、早い順に書いてください').waitFor();
  await holds(card.locator('[data-part=within]').getByLabel('期限の数'), '1', 'nothing typed is lost');
  await desk.locator('.rules-mistakes').getByRole('button', { name: 'ND-M1' }).click();
  await looksRight(desk, 'rules-mistake', 'a mistake at its part');
  await desk.reload();
  await isIn(desk);
  await openSection(desk, 'rules', id);
  const again = await editNurses(desk, 'ND-M1');
  await holds(again.getByLabel('期限の数'), '1', 'nor when the page is read anew');
  await again.getByLabel('催促の単位').selectOption('m');
  await again.getByLabel('催促の数').fill('30');
  await again.getByLabel('催促の数').blur();

  // The gate of orders on paper takes in routine orders, too.
  const gate = await editNurses(desk, 'ND-M3');
  await gate.locator('[data-part=when]').getByLabel('値に追加').selectOption('routine');
  await gate.getByText('通常の指示').first().waitFor();
  // Something happens elsewhere while the title is being typed.
  await gate.getByLabel('題（日本語）').pressSequentially('。');
  await desk.evaluate(() => document.querySelector('renkei-shell').model.changed());
  await gate.getByLabel('題（日本語）').press('Backspace');
  await gate.getByLabel('題（日本語）').fill('点滴・与薬・通常の指示は文書で出す');
  await desk.evaluate(() => document.querySelector('renkei-shell').model.changed());
  await looksRight(desk, 'rules-form', 'the form of a gate');
  await desk.getByRole('button', { name: '保存する' }).click();
  await desk.getByText('保存しました。誤りはありません。').waitFor();
  const textOf = (version) => version.files.find(({ name }) => name.startsWith('etiquette')).text.split('\n');
  const [old, fresh] = [textOf(before), textOf(await stored(desk, id))];
  assert.deepEqual(fresh.filter((line, at) => line !== old[at]), [
    'within   = "1h"', 'remind   = "30m"', 'ja       = "点滴・与薬・通常の指示は文書で出す"', 'when      = { "order.type" = ["drip", "opioid", "important_drug", "routine"] }',
  ], 'what was edited, and no other line');

  await tab(desk, '点検');
  await desk.getByText('当てはまらない・重なる・終わらないルールはありません。').waitFor();
  await looksRight(desk, 'rules-check', 'the check');
  await tab(desk, '違い');
  await desk.getByText(/期限：「4時間【仮置き】」から「1時間」へ/).waitFor();
  await looksRight(desk, 'rules-difference', 'the difference');

  await tab(desk, '過去で試す');
  await desk.getByRole('button', { name: '当てはめる' }).click();
  const changes = desk.getByRole('table').filter({ hasText: '認める → 止める' });
  await changes.getByRole('row', { name: /認める → 止める 1/ }).waitFor();
  await desk.getByRole('table').filter({ hasText: 'ND-M1 案' }).waitFor();
  await changes.getByRole('button', { name: '例1' }).click();
  // The order itself is not for the secretariat's eyes.
  await desk.getByText(/この記録の中身は、事務局からは見られません/).waitFor();
  await desk.shot('rules-replay-desk', { fullPage: true });
  await looksRight(desk, 'rules-replay', 'the replay');

  // Who signs, and for whom.
  await tab(desk, 'ルール集と署名団体');
  await desk.getByRole('button', { name: 'ひな形のルール集をすべて「提案」にする' }).click();
  const addBody = async (set, [name, role, person], at) => {
    const part = desk.getByRole('region', { name: set });
    await part.getByRole('button', { name: '団体を足す' }).click();
    await part.getByLabel('団体の名前').nth(at).fill(name);
    await part.getByLabel('団体の職種').nth(at).selectOption(role);
    await part.getByLabel('代表者').nth(at).fill(person);
    await part.getByLabel('代表者').nth(at).blur();
  };
  await addBody('共有のきまり', ['青葉野在宅医会', 'doctor', '山田 健一'], 0);
  await addBody('在宅医と訪問看護の約束ごと', ['青葉野在宅医会', 'doctor', '山田 健一'], 0);
  await addBody('在宅医と訪問看護の約束ごと', ['訪問看護協議会', 'nurse', ''], 1);
  await looksRight(desk, 'rules-bodies', 'sets and bodies');
  await desk.getByRole('button', { name: '保存する' }).click();
  await desk.getByText('保存しました。誤りはありません。').waitFor();
  await tab(desk, '署名と施行');
  await desk.shot('rules-life');
  await desk.getByText('署名する団体が、どの集にも書かれています').waitFor();
  await desk.getByRole('button', { name: '提案する' }).click();
  await desk.getByText('提案しました。団体の署名を待っています。').waitFor();

  const [sheet] = await Promise.all([desk.waitForEvent('popup'), desk.getByRole('button', { name: '合意書を開く' }).click()]);
  await sheet.getByText('医療機器の導入・設定変更は訪問看護へ必ず知らせる').first().waitFor();
  await becomes(() => sheet.evaluate(() => document.adoptedStyleSheets.length), 1);
  await sheet.close();

  // The doctor, on their phone, speaks for their body; nobody else could.
  await openSection(doctor, 'rules', id, { alone: true });
  await tab(doctor, '署名と施行');
  for (const times of [2, 1]) {
    const forms = doctor.getByRole('form', { name: '「青葉野在宅医会」として署名する' });
    await assert.doesNotReject(forms.nth(times - 1).waitFor());
    if (times === 2) await looksRight(doctor, 'rules-sign-phone', 'signing on a phone');
    await forms.first().getByRole('checkbox').check();
    await forms.first().getByRole('button').click();
    await doctor.getByText('青葉野在宅医会の署名を記録しました。').waitFor();
  }
  assert.deepEqual(complaints(doctor), []);

  await openSection(desk, 'rules');
  await openSection(desk, 'rules', id);
  await tab(desk, '署名と施行');
  const paper = desk.getByRole('form', { name: '訪問看護協議会の紙の署名' });
  await paper.getByLabel('署名した人').fill('山岸 花子');
  await paper.getByRole('button', { name: '紙の署名を記録' }).click();
  await desk.getByText('訪問看護協議会の署名を記録しました。').waitFor();
  await desk.locator('.rules-title .pill', { hasText: '合意' }).waitFor();
  await looksRight(desk, 'rules-agreed', 'agreed');
  await desk.getByRole('button', { name: 'この日から施行する' }).click();
  await desk.getByText(/から施行します。/).waitFor();
  const version = await stored(desk, id);
  assert.ok(Date.parse(version.effective_at) > Date.now(), version.effective_at);
  assert.deepEqual(version.unsigned, []);
  assert.deepEqual(complaints(desk), []);
});

test('the rulebook is read in words, searched, and written as text, in English, on a phone and a tablet', { timeout: 120_000 }, async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  for (const size of ['phone', 'tablet']) {
    const page = await signIn(openPage, hub.links.get('secretariat'), { size, language: 'en-GB' });
    await openSection(page, 'rules');
    await page.getByText('Template rules are at work. No body has signed them yet.').waitFor();
    await looksRight(page, `rules-en-${size}`, `the rulebook, ${size}`);
    await page.locator('summary', { hasText: 'A new draft' }).click();
    await page.getByLabel('Or from files').setInputFiles(FILES);
    await page.getByLabel('Title of the draft').fill(`Rules ${size}`);
    await page.getByText('Etiquette of home doctors and visiting nurses 1.1.0').waitFor();
    await page.getByRole('button', { name: 'Make a draft' }).click();
    await page.getByRole('heading', { level: 1, name: `Rules ${size}` }).waitFor();
    await page.getByLabel('Search rules').fill('device doctor nurse 4 hours');
    await page.locator('#rule-ND-M1').getByText('nurse (each office for itself)').waitFor();
    await looksRight(page, `rules-words-en-${size}`, `rules in words, ${size}`);
    await page.locator('#rule-ND-M1').getByRole('button', { name: /Edit/ }).click();
    await looksRight(page, `rules-form-en-${size}`, `a rule's form, ${size}`);

    await page.getByRole('button', { name: 'As text', exact: true }).click();
    await page.locator('.rules-text').getByRole('combobox', { name: 'File' }).selectOption('etiquette-doctor-nurse.toml');
    const text = page.getByLabel('Text of etiquette-doctor-nurse.toml');
    await holds(text, /owed_by  = "doctor"/);
    await text.fill((await text.inputValue()).replace('owed_by  = "doctor"', 'owed_by  = "docter"'));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.rules-text').getByText("'docter' is not a known role or capacity; did you mean 'doctor'?").waitFor();
    await page.getByRole('button', { name: 'Line 52' }).click();
    await becomes(() => text.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), '"docter"');
    await looksRight(page, `rules-text-en-${size}`, `rules as text, ${size}`);
    assert.deepEqual(complaints(page), []);
  }
});
