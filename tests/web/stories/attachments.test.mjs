// Files of entries: a picture in its place and large, by hand and by keyboard; cards for what is only opened or saved; what
// about to be sent looks like; a picture that does not come or cannot be drawn; nothing left when the entry is forgotten.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, becomes, openPatient, startRegion, stumbles } from '../page.mjs';

/** A picture as a phone takes it, drawn here. */
async function draw(page, words, [width, height] = [1_200, 900]) {
  const address = await page.evaluate(([text, w, h]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
    const paper = canvas.getContext('2d');
    paper.fillStyle = '#c8b09a';
    paper.fillRect(0, 0, w, h);
    paper.fillStyle = '#a3423c';
    paper.beginPath();
    paper.ellipse(w / 2, h / 2, w / 5, h / 7, 0.3, 0, 7);
    paper.fill();
    paper.fillStyle = '#222';
    paper.font = `${h / 14}px sans-serif`;
    paper.fillText(text, w / 16, h / 8);
    return canvas.toDataURL('image/jpeg', 0.8);
  }, [words, width, height]);
  return Buffer.from(address.split(',')[1], 'base64');
}

/** An entry of the nurse with files, as the hub has it. */
function post(hub, text, files) {
  const attachments = files.map(({ title, mediaType, content, isLost = false, says = content.length }) => {
    const sha256 = createHash('sha256').update(title).update(content).digest('hex');
    if (!isLost) hub.files.push({ name: title, sha256, content });
    return { sha256, mediaType, sizeBytes: says, title };
  });
  return hub.journal.append(HARU.id, hub.journal.actor('nurse2'), Date.now(), { body: { note: { text, attachments } } });
}

const PDF = { title: '退院時サマリー.pdf', mediaType: 'application/pdf', content: Buffer.from('%PDF-1.7 nothing') };
const CSV = { title: '血圧手帳.csv', mediaType: 'text/csv', content: Buffer.from('日付,上,下\n2026-11-20,150,88\n') };

for (const [size, language, colorScheme, words] of [
  ['phone', 'ja-JP', 'light', { large: '大きく見る: 写真（JPEG）：仙骨部.jpg', alt: '写真（JPEG）：仙骨部.jpg', close: '閉じる', save: '保存: 仙骨部.jpg', actual: '原寸で見る', fit: '画面に合わせる', csv: '保存: 血圧手帳.csv', pdf: '開く: 退院時サマリー.pdf' }],
  ['tablet', 'ja-JP', 'dark', null],
  ['desk', 'en-GB', 'dark', { large: 'Open large: photo (JPEG): 仙骨部.jpg', alt: 'photo (JPEG): 仙骨部.jpg', close: 'Close', save: 'Save: 仙骨部.jpg', actual: 'Actual size', fit: 'Fit to the screen', csv: 'Save: 血圧手帳.csv', pdf: 'Open: 退院時サマリー.pdf' }],
]) {
  test(`${size} in ${language}, ${colorScheme}: a picture in place and large, the rest by cards`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    const page = await screenOf('doctor', { size, language, colorScheme });
    const photo = await draw(page, 'みなと訪問看護');
    post(hub, '仙骨部の創を撮りました。退院時サマリーと血圧手帳も添えます。', [{ title: '仙骨部.jpg', mediaType: 'image/jpeg', content: photo }, PDF, CSV]);
    await openPatient(page);
    const entry = page.locator('article', { hasText: '仙骨部の創を撮りました' });
    const picture = entry.locator('.picture');
    // The page may still be settling: what was in view may move out of it before it is looked at.
    await page.waitForFunction(() => {
      const picture = document.querySelector('.picture');
      picture?.scrollIntoView({ block: 'center' });
      return picture?.querySelector('img');
    });
    await picture.locator('img').waitFor();
    const box = await picture.locator('.picture-box').boundingBox();
    assert.equal(Math.round(box.height), 240, 'as high as before it came');
    await assertNothingSticksOut(page, `files on a ${size}`);
    assert.deepEqual(await stumbles(page), []);
    await page.shot(`attachments-${size}-${language.slice(0, 2)}`);
    if (!words) return;

    // By keyboard: large, its actual size, back to where one was.
    const open = entry.getByRole('button', { name: words.large });
    await open.focus();
    await page.keyboard.press('Enter');
    const large = page.getByRole('dialog', { name: words.alt });
    await large.getByRole('img', { name: words.alt }).waitFor();
    await becomes(() => page.evaluate(() => document.activeElement?.textContent?.trim()), words.close, 'the way back is under the hand');
    assert.deepEqual(await stumbles(page), []);
    await assertNothingSticksOut(page, `large on a ${size}`);
    await page.shot(`attachments-large-${size}-${language.slice(0, 2)}`);
    await large.getByRole('button', { name: words.actual }).click();
    await large.getByRole('button', { name: words.fit }).waitFor();
    const [drawn, natural] = await large.locator('img').evaluate((one) => [one.width, one.naturalWidth]);
    assert.equal(drawn, natural);
    await page.keyboard.press('Escape');
    await large.waitFor({ state: 'detached' });
    await becomes(() => page.evaluate(() => document.activeElement?.className), 'picture-open');

    const savedAs = async (name) => {
      const [download] = await Promise.all([page.waitForEvent('download'), entry.getByRole('button', { name }).click()]);
      return download.suggestedFilename();
    };
    assert.equal(await savedAs(words.save), '仙骨部.jpg');
    assert.equal(await savedAs(words.csv), '血圧手帳.csv');
    await becomes(() => entry.getByRole('button', { name: /血圧手帳/ }).count(), 1, 'what the hub shows nowhere is only saved');
    await entry.getByRole('button', { name: words.pdf }).waitFor();
    assert.deepEqual(page.complaints, []);
  });
}

test('a picture that is large waits for a tap; one that is lost or cannot be drawn says so; what is forgotten is gone', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('doctor', { size: 'phone' });
  const photo = await draw(page, '大きな写真');
  const fetched = [];
  page.on('request', (request) => request.url().includes('/files/') && fetched.push(request.url()));
  const entry = post(hub, '写真が三枚あります。', [
    { title: '大きい.jpg', mediaType: 'image/jpeg', content: photo, says: 9_000_000 },
    { title: 'なくなった.jpg', mediaType: 'image/jpeg', content: photo, isLost: true },
    { title: '読めない.heic', mediaType: 'image/heic', content: Buffer.from('ftypheic and no picture') },
  ]);
  await openPatient(page);
  const row = page.locator('article', { hasText: '写真が三枚あります。' });
  for (const box of await row.locator('renkei-attachment').all()) await box.scrollIntoViewIfNeeded();
  await row.getByText('この端末では表示できない形式です。').waitFor();
  await row.getByRole('button', { name: '読み込めませんでした。もう一度表示する' }).waitFor();
  await becomes(() => page.locator('.banner-warning').count(), 0, 'what nobody asked for is not complained of');
  const large = row.getByRole('button', { name: '写真を表示（8.6 MB）' });
  assert.equal(fetched.length, 2, 'the large one waits');
  await page.shot('attachments-troubles-phone-ja');
  await large.click();
  await row.locator('img').waitFor();
  await row.getByRole('button', { name: /大きく見る/ }).click();
  await page.getByRole('dialog', { name: /大きい.jpg/ }).waitFor();
  await page.evaluate(([timeline, id]) => document.querySelector('renkei-shell').model.hear({ what: 'forget', timeline, entry: id, reason: undefined }), [HARU.id, entry.id]);
  await page.getByRole('dialog', { name: /大きい.jpg/ }).waitFor({ state: 'detached' });
  await becomes(() => page.locator('img[src^="blob:"]').count(), 0);
  assert.deepEqual(page.complaints.filter((one) => !one.includes('404')), []);
});

test('what is about to be sent is seen before: a picture small and large, a document by its name; both are on the entry then', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'phone' });
  await openPatient(page);
  const photo = await draw(page, '送る前');
  await page.locator('#composer-text').fill('創の写真を送ります。');
  await page.locator('.composer .attach-pick input').setInputFiles([{ name: '創.jpg', mimeType: 'image/jpeg', buffer: photo }, { name: '指示.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 x') }]);
  const chosen = page.locator('.composer .files');
  await chosen.locator('.file-preview img').waitFor();
  await becomes(() => chosen.locator('.file-preview').count(), 1);
  await chosen.locator('.file-ready').nth(1).waitFor();
  await assertNothingSticksOut(page, 'before sending');
  assert.deepEqual(await stumbles(page), []);
  await page.shot('attachments-before-phone-ja');
  await chosen.getByRole('button', { name: '大きく見る: 写真（JPEG）：創.jpg' }).click();
  const large = page.getByRole('dialog', { name: '写真（JPEG）：創.jpg' });
  await large.getByRole('img').waitFor();
  await page.keyboard.press('Escape');
  await large.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '送信', exact: true }).click();
  const entry = page.locator('article.entry-mine', { hasText: '創の写真を送ります。' });
  await entry.locator('.picture').scrollIntoViewIfNeeded();
  await entry.locator('.picture img').waitFor();
  await entry.getByText('指示.pdf').waitFor();
  await becomes(() => chosen.count(), 0);
  assert.deepEqual(page.complaints, []);
});
