// Onto paper: for one's own office at once, for others only on record and with a permission, and what is blacked out is
// nowhere in the page. And a day's entries for one's own chart.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, becomes, openPatient, startRegion, stumbles } from '../page.mjs';
import { person } from '../region.mjs';

const posts = (hub) => hub.heard.filter((frame) => frame.post).map((frame) => frame.post.intent);

async function begin(page, size) {
  await openPatient(page);
  await page.locator(size === 'desk' ? '.summary-open' : '#tab-summary').click();
  await page.locator('.summary-acts .button').first().click();
  return page.getByRole('dialog');
}

test('for an office that does not take part: asked for, permitted, on record, and blacked out for good', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  hub.journal.append(HARU.id, hub.journal.actor('helper'), Date.now() - 60_000, { body: { note: { text: '高橋ハルさん、長女の春子さん（090-5550-0199）が来訪。ハルシオンは内服せず。' } } });
  hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now() - 50_000, { sensitivity: 'restricted', body: { note: { text: '告知はまだ。' } } });
  const nurse = await screenOf('nurse');
  const sheet = await begin(nurse, 'desk');
  await sheet.getByRole('radio', { name: '参加していない事業所へ' }).check();
  await sheet.getByLabel('宛先').fill('みどり歯科医院');
  await sheet.getByLabel('目的').fill('往診の依頼');
  await sheet.getByLabel(/そのほかに伏せる言葉/).fill('春子');
  await sheet.getByText('記録の持ち出しには、事務局の許可が要る').first().waitFor();
  await becomes(() => sheet.getByRole('button', { name: '記録に残して紙面を開く' }).getAttribute('aria-disabled'), 'true');
  await nurse.shot('paper-held-ja');
  assert.deepEqual(await stumbles(nurse), []);
  await sheet.getByRole('button', { name: '事務局に許可を申請する' }).click();
  await sheet.getByRole('button', { name: '申請しました' }).waitFor();
  const asked = await hub.posted('export');
  const office = person('nurse').organisation.id;
  assert.deepEqual([asked.timeline, asked.body.export.planned, asked.body.export.patients], [office, true, [HARU.id]]);
  await sheet.getByText('事務局の確認待ち').waitFor();

  hub.journal.append(office, hub.journal.actor('secretary'), Date.now(), { body: { acknowledgement: { target: asked.id } } });
  await sheet.getByRole('button', { name: '閉じる' }).click();
  await nurse.locator('.summary-acts .button').first().click();
  await sheet.getByRole('radio', { name: '参加していない事業所へ' }).check();
  await sheet.getByRole('button', { name: 'この内容で出す' }).click();
  await sheet.getByLabel(/そのほかに伏せる言葉/).fill('春子');
  await sheet.getByText('この内容は送信できます').waitFor();
  await sheet.getByRole('button', { name: '記録に残して紙面を開く' }).click();
  await nurse.getByRole('heading', { name: '連携情報シート' }).waitFor();
  const taken = posts(hub).at(-1);
  assert.deepEqual([taken.body.export.request, taken.body.export.planned ?? false, taken.body.export.scope], [asked.id, false, asked.body.export.scope]);

  const all = await nurse.evaluate(() => document.documentElement.outerHTML + document.title + location.href);
  for (const hidden of ['高橋', 'ハルさん', 'タカハシ', '1938-04-12', '4月12日', '春子', '090-5550-0199', '告知はまだ', HARU.id]) assert.ok(!all.includes(hidden), `${hidden} is in the page`);
  const paper = await nurse.locator('.paper').innerText();
  assert.match(paper, /高● ハ●さん、長女の●●さん（●●●●）が来訪。ハルシオンは内服せず。/);
  assert.match(paper, /みどり歯科医院[\s\S]*往診の依頼[\s\S]*1938年●月●日[\s\S]*出力: 佐藤 花子（看護師・みなと訪問看護ステーション）/);
  assert.ok(paper.includes(taken.id), 'the sheet names the entry that it is on record with');
  await nurse.shot('paper-fax-ja', { fullPage: true });
  await nurse.emulateMedia({ media: 'print' });
  await becomes(() => nurse.locator('.paper-acts').isVisible(), false);
  await nurse.shot('paper-fax-print-ja', { fullPage: true });
  await nurse.emulateMedia({ media: null });
  assert.deepEqual(await stumbles(nurse), []);
  await nurse.getByRole('button', { name: '戻る' }).click();
  await nurse.getByRole('heading', { level: 1, name: '高橋 ハル' }).waitFor();
  assert.deepEqual(nurse.complaints, []);
});

test('for one\'s own office at once; what cannot be blacked out is not opened (phone, en)', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  hub.journal.append(HARU.id, hub.journal.actor('helper'), Date.now() - 60_000, { body: { note: { text: 'ﾀｶﾊｼ ﾊﾙ 様宛の荷物を受け取りました。' } } });
  const page = await screenOf('helper', { size: 'phone', language: 'en-GB' });
  const sheet = await begin(page, 'phone');
  await sheet.getByText(/^\d+ entries of these days go onto the sheet\.$/).waitFor();
  const until = await sheet.getByLabel('Until').inputValue();
  await sheet.getByLabel('Until').fill('2020-01-01');
  await sheet.getByText('The first day is after the last.').waitFor();
  await becomes(() => sheet.getByRole('button', { name: 'Open the sheet' }).getAttribute('aria-disabled'), 'true');
  await sheet.getByLabel('Until').fill(until);
  await sheet.getByRole('checkbox', { name: 'Parts of the name' }).check();
  await sheet.getByRole('button', { name: 'Open the sheet' }).click();
  await sheet.getByRole('alert').waitFor();
  await assertNothingSticksOut(page, 'the choice of what is blacked out');
  await page.shot('paper-leaks-phone-en');
  await sheet.getByLabel(/Other words to black out/).fill('ﾀｶﾊｼ ﾊﾙ');
  await sheet.getByRole('button', { name: 'Open the sheet' }).click();
  await page.getByRole('heading', { name: 'Shared care record' }).waitFor();
  await page.shot('paper-own-phone-en');
  await assertNothingSticksOut(page, 'the sheet');
  assert.equal(posts(hub).length, 0, 'nothing leaves the office');
  assert.ok(!(await page.locator('.paper').innerText()).includes('ﾀｶﾊｼ'));
  assert.deepEqual(page.complaints, []);
});

test('a day for one\'s own chart, with who copied it and when', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('doctor', { permissions: ['clipboard-read', 'clipboard-write'] });
  await openPatient(page);
  await page.locator('.summary-open').click();
  await page.getByRole('button', { name: '1日の記録をカルテへ写す' }).press('Enter');
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('combobox').selectOption({ index: 1 });
  await sheet.getByRole('button', { name: 'コピーする' }).press('Enter');
  await sheet.getByText('コピーしました').waitFor();
  await page.shot('copy-day-ja');
  assert.deepEqual(await stumbles(page), []);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^高橋 ハル（タカハシ ハル） \d{4}年/);
  assert.match(copied, /出力: 渡辺 健一（医師・ひかり内科クリニック）.*$/);
  const before = copied.length;
  await sheet.getByRole('checkbox', { name: '自分の事業所の記録だけ' }).check();
  await becomes(async () => (await sheet.getByLabel('写す内容').inputValue()).length < before, true);
});
