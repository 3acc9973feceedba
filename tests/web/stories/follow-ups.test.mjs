// What is said about an entry later: acknowledged, corrected, taken back; the rule behind a ruling; and leaving for good.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNothingSticksOut, becomes, openPatient, signOut, startRegion, stumbles, write } from '../page.mjs';

async function send(page, text) {
  await write(page, text);
  await page.locator('#composer-text').press('Control+Enter');
}

test('a reader acknowledges an entry after the ruling, and its author sees who', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const [nurse, doctor] = await Promise.all([screenOf('nurse'), screenOf('doctor', { size: 'phone' })]);
  await Promise.all([openPatient(nurse), openPatient(doctor)]);
  await send(nurse, '夕方の体温は37.8度でした。');
  const received = doctor.locator('article', { hasText: '夕方の体温は37.8度でした。' });
  await received.getByRole('button', { name: '確認したと伝える' }).click();
  const sheet = doctor.getByRole('dialog');
  await sheet.getByText('この内容は送信できます').waitFor();
  assert.equal(hub.heard.filter((frame) => frame.post?.intent.body.acknowledgement).length, 0, 'a dry run posts nothing');
  await sheet.getByLabel('ひとこと').fill('明朝に往診します。');
  await assertNothingSticksOut(doctor, 'acknowledging on a phone');
  await doctor.shot('acknowledge-phone-ja');
  await sheet.getByRole('button', { name: '確認を記録' }).click();
  await sheet.waitFor({ state: 'hidden' });
  const mine = nurse.locator('article.entry-mine', { hasText: '夕方の体温は37.8度でした。' });
  await mine.getByText('確認 1').click();
  await mine.getByText('明朝に往診します。').waitFor();
  await received.getByRole('button', { name: '確認したと伝える' }).waitFor({ state: 'detached' });
  assert.deepEqual(await stumbles(doctor), []);
  assert.deepEqual([...nurse.complaints, ...doctor.complaints], []);
});

test('an author corrects a number and a text of their own, and nobody else\'s', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const nurse = await screenOf('nurse');
  await openPatient(nurse);
  await becomes(() => nurse.locator('article:not(.entry-mine)').getByRole('button', { name: '訂正' }).count(), 0);
  await send(nurse, '昼食は半分、水分は200mlでした。');
  const own = nurse.locator('article.entry-mine', { hasText: '昼食は半分、水分は' });
  await own.getByRole('button', { name: '訂正' }).click();
  const sheet = nurse.getByRole('dialog');
  const done = sheet.getByRole('button', { name: '訂正を記録' });
  await becomes(() => done.getAttribute('aria-disabled'), 'true', 'nothing was changed yet');
  await sheet.getByLabel('正しい内容').fill('昼食は半分、水分は500mlでした。');
  await sheet.getByLabel('訂正の理由').fill('量の書き間違い');
  await sheet.getByText('この内容は送信できます').waitFor();
  await nurse.shot('correct-ja');
  await done.click();
  await nurse.locator('article', { hasText: '水分は500ml' }).getByText('訂正あり（1）').waitFor();

  const vital = nurse.locator('article.entry-mine').filter({ has: nurse.locator('dd[data-sign="spo2"]') }).last();
  await vital.getByRole('button', { name: '訂正' }).click();
  await sheet.getByLabel('SpO2').fill('980');
  await sheet.getByText('980 % はありえない値です（0–100）').waitFor();
  await sheet.getByLabel('SpO2').fill('９５');
  await sheet.getByText('この内容は送信できます').waitFor();
  await nurse.shot('correct-vital-ja');
  await done.click();
  await sheet.waitFor({ state: 'hidden' });
  const { correction } = (await hub.posted('correction', (body) => body.correction.body.vital)).body;
  assert.equal(correction.body.vital.measurements.find(({ sign }) => sign === 'spo2').value, '95');
  assert.ok(correction.body.vital.measurements.every((one) => !('given' in one)));
  assert.deepEqual(nurse.complaints, []);
});

test('an author takes an entry back, saying why', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const nurse = await screenOf('nurse', { size: 'tablet' });
  await openPatient(nurse);
  await send(nurse, '別の方の記録でした。');
  await nurse.locator('article.entry-mine', { hasText: '別の方の記録でした。' }).getByRole('button', { name: '取り消す' }).click();
  const sheet = nurse.getByRole('dialog');
  await sheet.getByLabel('患者の取り違え').check();
  await sheet.getByText('ほかの事業所の画面からも消えます。').waitFor();
  await nurse.shot('retract-tablet-ja');
  await sheet.getByRole('button', { name: '取り消しを記録' }).click();
  await nurse.getByText('取り消されました（患者の取り違え）').waitFor();
  assert.equal((await hub.posted('retraction')).body.retraction.reason, 'wrong_patient');
  assert.deepEqual(nurse.complaints, []);
});

test('a citation opens the rule in words, in both languages, and who agreed on it', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('helper');
  await openPatient(page);
  await write(page, '点滴を変更してください。');
  await page.locator('.composer').getByText('判定の根拠').click();
  await page.locator('.composer').getByText('SH-7').click();
  const rule = page.locator('.composer .citation-words');
  await rule.getByText('点滴の指示は医師だけが投稿できます。').waitFor();
  await becomes(() => rule.innerText(), /禁止する[\s\S]*守るべきこと[\s\S]*共有のきまり[\s\S]*みなと医師会/);
  await page.shot('rule-in-words-ja');
  await page.getByRole('button', { name: 'English' }).click();
  await rule.getByText('Only doctors post orders for drips.').waitFor();
  await becomes(() => rule.innerText(), /forbids[\s\S]*must[\s\S]*Sharing rules/);
  await becomes(() => rule.innerText(), /in force from 2027-04-01/, 'what is not sent yet is judged by the rules of now');
  await page.getByRole('button', { name: '日本語' }).click();
  const judged = page.locator('article', { has: page.getByText('判定の根拠') }).first();
  await judged.getByText('判定の根拠').click();
  await judged.getByText('SH-1').click();
  await judged.getByText('受付のとき施行中：2026-04-01から').waitFor();
  assert.ok(!/（[^）]*（/.test(await judged.locator('.citation-words').innerText()), 'no brackets within brackets');
  assert.deepEqual(page.complaints, []);
});

test('signing out ends the sign-in at the hub, and with no way to the hub the page forgets all the same', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const [nurse, doctor] = await Promise.all([screenOf('nurse'), screenOf('doctor')]);
  await signOut(nurse);
  await nurse.getByRole('heading', { name: '在宅チームの連携' }).waitFor();
  assert.deepEqual(hub.ended, ['nurse']);
  await doctor.route('**/api/v1/me', (route) => route.abort());
  await signOut(doctor);
  await doctor.getByRole('heading', { name: '在宅チームの連携' }).waitFor();
  await becomes(() => doctor.evaluate(() => sessionStorage.length), 0);
  assert.deepEqual(hub.ended, ['nurse']);
});
