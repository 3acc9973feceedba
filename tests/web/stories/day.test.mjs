// A day on the live page: signing in, reading, writing with the ruling in view, vitals, alarms, who has read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, becomes, holds, openPatient, startRegion, write } from '../page.mjs';

test('a link signs in, and the token is nowhere in the address', async (t) => {
  const { hub, openPage } = await startRegion(t);
  const page = await openPage();
  const addresses = [];
  page.on('request', (request) => addresses.push(request.url()));
  await page.goto(hub.link('nurse'));
  await page.getByText('佐藤 花子').waitFor();
  assert.equal(page.url(), hub.url);
  assert.ok(addresses.every((address) => !address.includes('token-nurse')), addresses.join('\n'));
  await page.reload();
  await page.getByText('佐藤 花子').waitFor();

  const other = await openPage();
  await other.goto(hub.url);
  await other.getByRole('heading', { name: '在宅チームの連携' }).waitFor();
  await other.shot('sign-in');
  await other.getByLabel('サインイン用のリンク').fill('何か');
  await other.getByRole('button', { name: 'リンクで開く' }).click();
  await other.getByText('サインイン用のリンクではありません').waitFor();
  await other.getByLabel('サインイン用のリンク').fill(hub.link('helper'));
  await other.getByRole('button', { name: 'リンクで開く' }).click();
  await other.getByText('加藤 由美').waitFor();
  assert.deepEqual([...page.complaints, ...other.complaints], []);
});

test('those who need me first: alarm before unread, and in words', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await page.locator('.mark-alarm').first().waitFor();
  const first = page.locator('.patient-row').first();
  await becomes(() => first.innerText(), /高橋 ハル[\s\S]*アラーム 1[\s\S]*未読 5/);
  assert.match(await page.title(), /^⚠ 1 /);
  await page.shot('patients-ja');
  await becomes(() => page.locator('.patient-row').count(), 4, 'the nurse is not on the fifth team');
});

test('a message: ruling first, then everybody has it at once, with role and organisation, and it is read', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const [nurse, doctor] = await Promise.all([screenOf('nurse'), screenOf('doctor')]);
  await Promise.all([openPatient(nurse), openPatient(doctor)]);
  await doctor.getByRole('list', { name: 'いま見ている人' }).getByText('佐藤 花子').waitFor({ state: 'attached' });
  await write(nurse, '15時の往診に同席します。');
  await nurse.getByText('この内容は送信できます').waitFor();
  assert.equal(hub.heard.filter((frame) => frame.post).length, 0, 'a dry run posts nothing');
  await nurse.shot('compose-permitted-ja');
  await nurse.locator('#composer-text').press('Control+Enter');
  const received = doctor.locator('article', { hasText: '15時の往診に同席します。' });
  await received.waitFor();
  await becomes(() => received.innerText(), /佐藤 花子\s*看護師\s*みなと訪問看護ステーション/);
  await received.getByText('判定の根拠').click();
  await received.getByText('SH-1').waitFor();
  const mine = nurse.locator('article.entry-mine', { hasText: '15時の往診に同席します。' });
  await mine.getByText('既読 1').click();
  const station = mine.locator('.readers > li', { hasText: 'ひかり内科クリニック' });
  await becomes(() => station.innerText(), /ひかり内科クリニック\s*渡辺 健一\s*医師/, 'with profession and office');
  await mine.getByRole('heading', { name: /まだ読んでいない人 \d/ }).waitFor();
  await mine.locator('.readers').last().getByText('中村 誠').waitFor();
  await mine.locator('.readers').last().scrollIntoViewIfNeeded();
  await nurse.shot('readers-ja');
  const [asked] = hub.heard.filter((frame) => frame.dryRun).slice(-1);
  const [posted] = hub.heard.filter((frame) => frame.post);
  assert.equal(posted.post.intent.id, asked.dryRun.intent.id, 'one id from the dry run on');
  assert.deepEqual([...nurse.complaints, ...doctor.complaints], []);
});

test('what the rules refuse is not sent, and the reason and the rule are shown', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('helper', { size: 'phone' });
  await openPatient(page);
  await write(page, '点滴を変更してください。');
  await page.getByText('この内容は送信できません').waitFor();
  await page.getByText('点滴の指示は医師だけが投稿できます。').waitFor();
  await page.locator('#composer-text').press('Control+Enter');
  await page.shot('compose-refused-phone-ja');
  assert.equal(hub.heard.filter((frame) => frame.post).length, 0);
  await holds(page.locator('#composer-text'), '点滴を変更してください。');
});

test('vitals with a number pad: units, last values, slips named, the alarm reaches the doctor', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const doctor = await screenOf('doctor');
  const nurse = await screenOf('nurse', { size: 'tablet' });
  await openPatient(nurse);
  await nurse.getByRole('button', { name: 'バイタルを記録' }).click();
  const sheet = nurse.getByRole('dialog');
  await sheet.getByText('前回 168').waitFor();
  await sheet.getByLabel('収縮期血圧', { exact: true }).fill('１７８');
  await sheet.getByLabel('拡張期血圧', { exact: true }).fill('96');
  await sheet.getByLabel('SpO2', { exact: true }).fill('980');
  await sheet.getByText('980 % はありえない値です（0–100）').waitFor();
  await nurse.shot('vitals-form-slip-tablet-ja');
  await sheet.getByLabel('SpO2', { exact: true }).fill('98');
  await sheet.getByLabel('体温の単位').selectOption('[degF]');
  await sheet.getByLabel('体温', { exact: true }).fill('98.6');
  await sheet.getByText('アラーム値の範囲外です').waitFor();
  await holds(sheet.getByLabel('収縮期血圧', { exact: true }), '178', 'plain digits once the field is left');
  await nurse.shot('vitals-form-tablet-ja');
  await sheet.getByRole('button', { name: '送信' }).click();
  await sheet.waitFor({ state: 'hidden' });
  const posted = (await hub.posted('vital')).body.vital.measurements;
  assert.deepEqual(posted.map(({ sign, value, unit }) => [sign, value, unit]), [['systolic', '178', 'mm[Hg]'], ['diastolic', '96', 'mm[Hg]'], ['spo2', '98', '%'], ['temperature', '98.6', '[degF]']]);
  await doctor.locator('.patient-row', { hasText: '高橋' }).getByText('アラーム 1').waitFor();
  await doctor.getByRole('log').getByText('アラーム。高橋 ハルさん: 佐藤 花子 看護師のバイタルが届きました').waitFor({ state: 'attached' });
  await openPatient(doctor);
  const entry = doctor.locator('article.entry-alarm').last();
  await becomes(() => entry.innerText(), /アラーム[\s\S]*178 \/ 96[\s\S]*▲ 収縮期血圧 上限 160 を超過/);
  await becomes(() => entry.innerText(), /37\s*℃\s*（98.6 ℉）/);
  const table = doctor.getByRole('table').first();
  await becomes(() => table.locator('tbody tr').first().innerText(), /▲\s*178/);
  await doctor.locator('.canvas canvas').first().waitFor();
  await doctor.shot('patient-desk-ja');
  assert.deepEqual([...nurse.complaints, ...doctor.complaints], []);
});

test('corrections, retractions and the device\'s clock are told, with history', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('doctor');
  await openPatient(page);
  const claimed = page.locator('article', { hasText: '安静5分後に再検' });
  await becomes(() => claimed.innerText(), /測定・観察 .*（端末の時計）/);
  const corrected = page.locator('article', { hasText: '訂正あり（1）' });
  await becomes(() => corrected.innerText(), /97\s*%/);
  await corrected.getByText('訂正あり').click();
  await corrected.getByText('理由: 桁の打ち間違い').waitFor();
  await becomes(() => corrected.innerText(), /79\s*%[\s\S]*下限 92 を下回る/);
  const retracted = page.locator('article', { hasText: '取り消されました（誤記）' });
  await retracted.getByText('取り消された内容を見る').click();
  await retracted.getByText('昼食は半分ほど').waitFor();
  await retracted.scrollIntoViewIfNeeded();
  await page.shot('history-ja');
});

test('the secretariat sees who is registered and who is linked, and no charts', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('secretary', { size: 'tablet' });
  await page.getByRole('heading', { name: '登録患者' }).waitFor();
  await becomes(() => page.locator('.patient-row').count(), 5);
  await page.getByRole('searchbox').fill('マツモト');
  await page.waitForFunction(() => document.querySelectorAll('.patient-row').length === 1);
  await page.locator('.patient-row').click();
  await page.locator('#panel-team').getByText('つばさ居宅介護支援事業所').waitFor();
  await page.getByRole('link', { name: '03-5550-0104' }).waitFor();
  await becomes(() => page.locator('renkei-composer').count(), 0);
  await page.shot('secretariat-tablet-ja');
  assert.deepEqual(page.complaints, []);
});

test('an observation for a patient one is not linked to goes to the linking queue at the second press', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('helper');
  await openPatient(page);
  HARU.team.find((link) => link.organisation.endsWith('5')).people = [];
  t.after(() => HARU.team.find((link) => link.organisation.endsWith('5')).people.push('0190bbbb-0000-7000-8000-000000000006'));
  await page.getByRole('radio', { name: '記録' }).check();
  await write(page, '夕方、少し息が荒い様子でした。');
  await page.getByText('紐付け待ちに入ります').waitFor();
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('button', { name: '紐付け待ちとして送る' }).click();
  await page.getByText('紐付け待ち: 事務局が担当を確認するまで保管します').waitFor();
  assert.equal(hub.heard.filter((frame) => frame.post).length, 1);
  await page.shot('queued-ja');
});
