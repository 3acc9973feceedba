// Searching one patient's timeline: by words, kind, author, office and days; over all that is held and what the hub still
// has; and from a result into the timeline, on to the next.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, becomes, holds, openPatient, startRegion, stumbles } from '../page.mjs';

const found = (page) => page.locator('.search-result');
const words = (page) => page.getByRole('searchbox', { name: /言葉で探す|Words/ });
const open = (page) => page.getByRole('button', { name: /記録の検索|Search entries/ }).first().press('Enter');

for (const [size, language, done, kind, author, visit] of [
  ['desk', 'ja-JP', /見つかりました（\d+件すべてを検索）/, '種類', '書いた人', '訪問の記録'], ['phone', 'en-GB', /found in all \d+ entries/, 'Kind', 'Author', 'visit'],
]) {
  test(`words of any width and kana, kind, author and days; a result leads into the timeline and on (${size}, ${language})`, async (t) => {
    const { screenOf } = await startRegion(t);
    const page = await screenOf('doctor', { size, language });
    await openPatient(page);
    await open(page);
    await words(page).fill('浮腫 ケイド');
    await page.getByRole('status').filter({ hasText: done }).waitFor();
    await becomes(() => found(page).count(), 0, 'kana of kanji are not known');
    await page.getByText(/言葉を短くする|Try shorter words/).waitFor();
    await becomes(() => page.getByRole('button', { name: /条件を外して探す|Search without/ }).count(), 0, 'there is none');
    await words(page).fill('浮腫');
    await page.waitForFunction(() => document.querySelectorAll('.search-result').length === 3);
    await becomes(() => page.locator('.search-words-found mark').first().innerText(), '浮腫');
    await page.shot(`search-${size}-${language.slice(0, 2)}`);
    await assertNothingSticksOut(page, 'the search');
    assert.deepEqual(await stumbles(page), []);
    await page.getByLabel(kind, { exact: true }).selectOption({ label: visit });
    await page.waitForFunction(() => document.querySelectorAll('.search-result').length === 1);
    await page.getByLabel(kind, { exact: true }).selectOption('');
    await page.getByLabel(author, { exact: true }).selectOption({ label: '渡辺 健一' });
    await page.waitForFunction(() => document.querySelectorAll('.search-result').length === 1);
    await page.getByLabel(author, { exact: true }).selectOption('');
    await page.getByLabel(kind, { exact: true }).selectOption({ label: visit });
    await words(page).fill('ｓｐｏ２');
    await page.getByRole('button', { name: /条件を外して探す|Search without/ }).waitFor();
    await page.shot(`search-none-${size}-${language.slice(0, 2)}`);
    assert.deepEqual(await stumbles(page), []);
    await page.getByRole('button', { name: /条件を外して探す|Search without/ }).click();
    await holds(page.getByLabel(kind, { exact: true }), '');
    await page.waitForFunction(() => document.querySelectorAll('.search-result').length > 3);
    const count = await found(page).count();
    await found(page).first().press('Enter');
    await page.waitForFunction(() => document.activeElement?.classList.contains('entry'));
    const first = await page.evaluate(() => document.activeElement?.closest('[data-seq]')?.getAttribute('data-seq'));
    await page.getByText(new RegExp(`${count}件中 1件目|1 of ${count}`)).waitFor();
    await page.getByRole('button', { name: /古い方へ|Older/ }).press('Enter');
    await page.waitForFunction((before) => Number(document.activeElement?.closest('[data-seq]')?.getAttribute('data-seq') ?? before) < Number(before), first);
    await page.shot(`search-bar-${size}-${language.slice(0, 2)}`);
    await assertNothingSticksOut(page, 'the bar');
    await page.getByRole('button', { name: /検索を終える|End the search/ }).click();
    await becomes(() => page.locator('.search-bar, .search-panel').count(), 0);
    assert.deepEqual(page.complaints, []);
  });
}

test('what this page was not given yet is searched at the hub, page by page, to the end', async (t) => {
  const { hub, openPage } = await startRegion(t);
  const doctor = hub.journal.actor('doctor');
  const start = Date.now() - 700 * 60_000;
  hub.journal.timelines.get(HARU.id).length = 0;
  for (let at = 1; at <= 700; at += 1) hub.journal.append(HARU.id, doctor, start + at * 60_000, { body: { note: { text: at % 100 === 50 ? `褥瘡の処置 その${at}` : `経過 その${at}` } } });
  hub.deliversUntil = { timeline: HARU.id, seq: 120 };
  const page = await openPage();
  await page.goto(hub.link('nurse'));
  await openPatient(page);
  await page.getByText('経過 その120', { exact: true }).waitFor();
  await open(page);
  await words(page).fill('じょくそう');
  await page.getByText('0件見つかりました（700件すべてを検索）').waitFor();
  await words(page).fill('褥瘡');
  await page.getByText('7件見つかりました（700件すべてを検索）').waitFor();
  assert.deepEqual(hub.pages.slice(-3), [{ after: 120, limit: 256 }, { after: 376, limit: 256 }, { after: 632, limit: 256 }]);
  await becomes(async () => (await page.locator('.search-words-found').allInnerTexts()).map((text) => Number(/その(\d+)/.exec(text)?.[1])), [650, 550, 450, 350, 250, 150, 50]);

  // The hub goes away in the middle: what was found stays, and that it is not all is said.
  hub.network = false;
  await words(page).fill('褥瘡の');
  await page.getByText('接続が切れたため、途中までです').waitFor();
  await becomes(() => found(page).count(), 1);
});
