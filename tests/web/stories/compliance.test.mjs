// Compliance, statistics and the audit log at the real hub: in counts and words, with their tables, and taken out.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { openSection, postAs, sharedPatient } from '../console-page.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { assertNothingSticksOut, isIn, stumbles } from '../page.mjs';

async function signIn(openPage, link, options) {
  const page = await openPage(options);
  await page.goto(link);
  await isIn(page);
  await page.locator('.patient-row').first().waitFor();
  return page;
}

async function looksRight(page, shot, where) {
  await page.shot(shot);
  assert.deepEqual(await stumbles(page), [], where);
  await assertNothingSticksOut(page, where);
}

/** What a press of the button saves. */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('the secretariat sees how duties are kept, who is there, and who saw what', { timeout: 180_000 }, async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const [desk, doctor, nurse] = await Promise.all([signIn(openPage, hub.links.get('secretariat')), signIn(openPage, hub.links.get('doctor')), signIn(openPage, hub.links.get('nurse'))]);
  const patient = await sharedPatient(doctor, nurse);
  const told = await postAs(doctor, patient, { deviceChange: { device: '在宅酸素濃縮器', change: 'setting', after: [{ name: '酸素流量', value: '2', unit: 'L/分' }] } });
  await postAs(doctor, patient, { deviceChange: { device: '吸引器', change: 'introduced', after: [{ name: '吸引圧', value: '20', unit: 'kPa' }] } });
  await postAs(nurse, patient, { acknowledgement: { target: told.id ?? told.entry?.id } });
  const name = await desk.evaluate((id) => document.querySelector('renkei-shell').model.patientName(id).kanji, patient);

  await openSection(desk, 'compliance');
  const table = desk.getByRole('region', { name: 'ルール × 事業所の種類 × 月' });
  const row = table.getByRole('row', { name: /ND-M1 / });
  await row.waitFor();
  const cells = (await row.getByRole('cell').allInnerTexts()).slice(2, 4);
  assert.ok(Number(cells[0]) >= 2 && Number(cells[1]) >= 1, `opened and in time: ${cells}`);
  await looksRight(desk, 'compliance-desk', 'compliance');
  const csv = await saved(desk, desk.getByRole('button', { name: 'CSV で保存', exact: true }));
  assert.match(csv.text, /ND-M1/);
  await desk.getByLabel('まとめ方').selectOption('type');
  const ours = await saved(desk, desk.getByRole('button', { name: '表を CSV で保存' }).first());
  assert.equal(ours.name, 'compliance-by-type.csv');
  assert.match(ours.text, /^\ufeff事業所の種類,期限内,/);

  await openSection(desk, 'statistics');
  await desk.getByRole('table').filter({ hasText: '訪問看護ステーション' }).waitFor();
  await looksRight(desk, 'statistics-desk', 'statistics');

  await openSection(desk, 'audit');
  await desk.locator('.audit-line').first().waitFor();
  await looksRight(desk, 'audit-desk', 'audit');
  const before = await desk.locator('.audit-line').count();
  await desk.getByRole('button', { name: 'さらに古い記録' }).click();
  await desk.waitForFunction((count) => document.querySelectorAll('.audit-line').length > count, before);
  await desk.getByLabel('種類').selectOption('audit');
  await desk.getByRole('button', { name: '調べる', exact: true }).click();
  await desk.getByText('監査記録の閲覧・出力: 一覧').first().waitFor();

  await desk.getByLabel('患者で絞る（氏名・カナで探す）').fill(name.split(' ')[0]);
  await desk.getByRole('button', { name: '探す', exact: true }).click();
  await desk.locator('.audit-candidate', { hasText: name }).click();
  await desk.getByRole('button', { name: 'この患者を見た人' }).click();
  await desk.getByRole('button', { name: '調べる', exact: true }).click();
  await desk.locator('.audit-line', { hasText: '山田 健一' }).first().waitFor();
  await looksRight(desk, 'audit-seen-desk', 'who saw this patient');
  await desk.getByRole('button', { name: 'この人が見たもの' }).click();
  await desk.getByRole('button', { name: '調べる', exact: true }).click();
  await desk.getByText('人を選んでください。').waitFor();
  await desk.getByLabel('操作した人・された人').selectOption({ label: '山田 健一' });
  await desk.getByRole('button', { name: '調べる', exact: true }).click();
  await desk.locator('.audit-line', { hasText: name }).first().waitFor();

  await desk.getByRole('button', { name: '記録を調べる' }).click();
  await desk.getByRole('button', { name: '選ばない（どの患者でも）' }).click();
  await desk.getByLabel('操作した人・された人').selectOption('');
  await desk.getByText('出力する', { exact: true }).click();
  await desk.getByText('出力したことと条件、理由も、監査記録に残ります。').waitFor();
  await desk.getByLabel('形式').selectOption('csv');
  await desk.getByRole('button', { name: 'この条件で出力' }).click();
  await desk.getByText('出力する理由を書いてください。').waitFor();
  await desk.getByLabel('出力する理由（監査記録に残ります）').fill('年次の監査');
  const taken = await saved(desk, desk.getByRole('button', { name: 'この条件で出力' }));
  assert.equal(taken.name, 'renkei-audit.csv');
  assert.ok(taken.text.split('\n').length > 2, taken.text.slice(0, 200));
  await desk.getByText('出力しました。このことも監査記録に残りました。').waitFor();
  // Why stands with it where the log is read.
  await desk.getByLabel('種類').selectOption('audit');
  await desk.getByRole('button', { name: '調べる', exact: true }).click();
  await desk.locator('.audit-line', { hasText: 'CSV で出力' }).getByText('理由：年次の監査').waitFor();
  await looksRight(desk, 'audit-why-desk', 'why it was taken out');
  assert.deepEqual(desk.complaints, []);
});

test('the same in English, on a phone and in the dark on a tablet', { timeout: 120_000 }, async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const sizes = [['phone', 'light'], ['tablet', 'dark']];
  for (const [size, colorScheme] of sizes) {
    const page = await signIn(openPage, hub.links.get('secretariat'), { size, colorScheme, language: 'en-GB' });
    await openSection(page, 'compliance');
    await page.getByText('Chances to meet (pairs of offices, now)').first().waitFor();
    await looksRight(page, `compliance-en-${size}`, `compliance, ${size}`);
    await openSection(page, 'statistics');
    await page.getByRole('table').filter({ hasText: 'visiting-nurse station' }).waitFor();
    await looksRight(page, `statistics-en-${size}`, `statistics, ${size}`);
    await openSection(page, 'audit');
    await page.locator('.audit-line').first().waitFor();
    await looksRight(page, `audit-en-${size}`, `audit, ${size}`);
    assert.deepEqual(page.complaints, []);
  }
});
