// Losing and finding the hub: what was written is sent once and in order, what may no longer be seen is gone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, MASAO, assertNothingSticksOut, becomes, openPatient, signOut, startRegion, stumbles, write } from '../page.mjs';

const texts = (hub) => hub.journal.entries(HARU.id).map((entry) => entry.content.body.message?.text).filter(Boolean);

test('cut off: the state is said, posts wait and survive a reload, then arrive once and in order', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'phone' });
  await openPatient(page);
  hub.swallowAnswers = true;
  await write(page, '一番目');
  await page.getByText('この内容は送信できます').waitFor();
  await page.getByRole('button', { name: '送信' }).click();
  await page.waitForFunction(() => document.querySelector('.pending-sent'));
  await becomes(() => hub.heard.filter((frame) => frame.post).length, 1, 'the hub heard of it');
  hub.cut();
  await page.getByText('再接続待ち').waitFor();
  for (const text of ['二番目', '三番目']) {
    await page.locator('#composer-text').fill(text);
    await page.getByRole('button', { name: '送信' }).click();
    await page.getByText(text).first().waitFor();
  }
  await page.locator('.pill-warning', { hasText: '未送信 3' }).waitFor();
  await page.shot('offline-phone-ja');
  hub.swallowAnswers = false;
  hub.mend();
  await page.locator('.pill-warning', { hasText: '未送信 3' }).waitFor({ state: 'hidden', timeout: 20_000 });
  assert.deepEqual(texts(hub).slice(-3), ['一番目', '二番目', '三番目']);
  for (const text of ['一番目', '二番目', '三番目']) await becomes(() => page.locator('article', { hasText: text }).count(), 1, text);
  const ids = hub.heard.filter((frame) => frame.post).map((frame) => frame.post.intent.id);
  assert.deepEqual([ids.length, new Set(ids).size, ids[0]], [4, 3, ids[1]], 'the first was sent twice under one id');

  hub.cut();
  await page.locator('#composer-text').fill('四番目');
  await page.getByRole('button', { name: '送信' }).click();
  await page.locator('.pill-warning', { hasText: '未送信 1' }).waitFor();
  hub.mend();
  await page.reload();
  await page.locator('article.entry-mine', { hasText: '四番目' }).waitFor();
  assert.deepEqual(texts(hub).slice(-2), ['三番目', '四番目']);
});

test('what happened meanwhile is caught up on from the cursor, not from the start', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await openPatient(page);
  hub.cut();
  await page.getByText('再接続待ち').waitFor();
  const head = hub.journal.entries(HARU.id).length;
  hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { message: { text: '留守の間の連絡' } } });
  hub.mend();
  await page.getByText('留守の間の連絡').waitFor();
  const { subscribe } = hub.heard.findLast((frame) => frame.subscribe?.allMine);
  assert.deepEqual(subscribe.timelines.find((cursor) => cursor.timeline === HARU.id), { timeline: HARU.id, after: String(head) });
});

test('a lost delivery is noticed and asked for again', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await openPatient(page);
  const say = (text) => hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { message: { text } } });
  [...hub.sessions].find((session) => session.me.key === 'nurse').loseNext = true;
  say('途中で消えた連絡');
  say('次の連絡');
  await page.getByText('次の連絡').waitFor();
  await becomes(async () => (await page.locator('article .body-text').allInnerTexts()).slice(-2), ['途中で消えた連絡', '次の連絡']);
});

test('forget: an entry vanishes; a timeline vanishes with its place in the list, unless it is still shared', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await openPatient(page);
  const entry = hub.journal.entries(HARU.id).find((one) => one.content.body.message?.text.startsWith('連絡ありがとう'));
  await page.getByText('連絡ありがとうございます').waitFor();
  hub.forget('nurse', HARU.id, entry.id);
  await page.getByText('連絡ありがとうございます').waitFor({ state: 'detached' });

  const asked = hub.nextFrame((frame) => frame.subscribe);
  hub.forget('nurse', HARU.id);
  assert.deepEqual((await asked).subscribe, { timelines: [{ timeline: HARU.id, after: '0' }] });
  await page.getByText('ご家族（長女さん）').waitFor();

  await openPatient(page, MASAO);
  const link = MASAO.team[1];
  const people = link.people;
  link.people = [];
  t.after(() => { link.people = people; });
  hub.forget('nurse', MASAO.id);
  await page.getByRole('heading', { name: '鈴木 正男 さんの共有が終わりました' }).waitFor();
  await page.getByText('紐付けが解除されました。').waitFor();
  await becomes(() => page.locator('.patient-row', { hasText: '鈴木' }).count(), 0);
  await page.shot('farewell-ja');
});

test('one tap without signal: it waits to be sent, and nothing says that it is being sent', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { deviceChange: { device: '吸引器', change: 'new', reason: '痰が増えたため' } } });
  await openPatient(page);
  const entry = page.locator('article', { hasText: '痰が増えたため' });
  await entry.locator('.acknowledge').waitFor();
  hub.cut();
  await page.getByText('再接続待ち').waitFor();
  await entry.locator('.acknowledge').click();
  await entry.locator('.acknowledge').getByText('送信待ち').waitFor();
  hub.mend();
  await entry.locator('.acknowledge').waitFor({ state: 'detached' });
});

test('unlinked while away: the refused post keeps name and words, and the page says that the sharing has ended', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  hub.journal.append(MASAO.id, hub.journal.actor('nurse'), Date.now(), { body: { visit: { text: '体重を測りました。' } } });
  hub.journal.append(MASAO.id, hub.journal.actor('doctor'), Date.now(), { body: { message: { text: 'チームだけの連絡です。' } } });
  await openPatient(page, MASAO);
  await page.getByText('チームだけの連絡です。').waitFor();
  hub.cut();
  await write(page, '訪問を早めてください。');
  await page.getByRole('button', { name: '送信' }).click();
  await page.locator('.pill-warning', { hasText: '未送信 1' }).waitFor();
  const link = MASAO.team[1];
  const { people } = link;
  link.people = [];
  t.after(() => { link.people = people; });
  hub.mend();
  await page.getByRole('heading', { name: '鈴木 正男 さんの共有が終わりました' }).waitFor();

  await page.getByRole('link', { name: '要確認 1' }).click();
  const card = page.locator('.sending-row', { hasText: '鈴木 正男' });
  await card.getByText('訪問を早めてください。').waitFor();
  await card.getByText('鈴木 正男 さんの共有が終わったため、直しても送れません。').waitFor();
  await page.shot('sending-former-tablet-ja');
  assert.deepEqual(await stumbles(page), []);
  await card.getByRole('link', { name: '患者さんの画面で開く' }).click();
  await page.getByText('鈴木 正男 さんの共有は終わっています（自分の事業所が書いた記録だけ）').waitFor();
  await page.getByRole('heading', { name: '鈴木 正男' }).waitFor();
  await page.getByText('体重を測りました。').waitFor();
  await page.shot('former-tablet-ja');
  assert.deepEqual(await stumbles(page), []);
  for (const gone of ['チームだけの連絡です。', 'バイタルを記録', '直して送る', '返信', '要約']) await becomes(() => page.locator('.patient').getByText(gone, { exact: true }).count(), 0, gone);
  await becomes(() => page.locator('.patient :is(renkei-composer, renkei-graphs, [role="tab"])').count(), 0);
  await page.setViewportSize({ width: 390, height: 844 });
  await assertNothingSticksOut(page, 'no longer shared, on a phone');
  await page.shot('former-phone-ja');

  page.once('dialog', (dialog) => dialog.accept());
  await page.goto(`${page.url().split('#')[0]}#/sending`);
  await card.getByRole('button', { name: '送らずに消す' }).click();
  await card.waitFor({ state: 'detached' });
  // Nobody's address, or that of one whom the hub says nothing of.
  await page.goto(`${page.url().split('#')[0]}#/patients/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`);
  await page.getByRole('heading', { name: 'この患者さんは、いまあなたと共有されていません。' }).waitFor();
});

test('a revoked sign-in ends on the open page and leaves nothing behind', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await openPatient(page);
  hub.revoke('nurse');
  await page.getByText('サインインの有効期限が切れたか').waitFor();
  await becomes(() => page.evaluate(() => sessionStorage.length), 0);
  await becomes(() => page.getByText('高橋').count(), 0);
  await page.shot('revoked-ja');
});

test('signing out asks when posts would be lost', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await openPatient(page);
  hub.cut();
  await page.locator('#composer-text').fill('まだ送られていない');
  await page.locator('#composer-text').press('Control+Enter');
  await page.locator('.pill-warning', { hasText: '未送信 1' }).waitFor();
  const asked = new Promise((resolve) => page.once('dialog', (dialog) => resolve(dialog.dismiss().then(() => dialog.message()))));
  await signOut(page);
  assert.match(await asked, /未送信の投稿が 1 件/);
  await page.locator('.pill-warning', { hasText: '未送信 1' }).waitFor();
});

test('entries that come in while the page paints never take the reader away from the end', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await openPatient(page);
  await page.locator('.entries > li').last().waitFor();
  // A scroll event between the arrival of entries and their painting, as a rush of them brings about.
  await page.locator('.entries-scroll').evaluate((scroller) => {
    const { model } = document.querySelector('renkei-entries');
    const paint = model.beforePaint;
    model.beforePaint = (call) => setTimeout(() => {
      scroller.dispatchEvent(new Event('scroll'));
      paint(call);
    }, 50);
  });
  for (let at = 1; at <= 60; at += 1) {
    hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { message: { text: `連絡その${at}` } } });
  }
  await page.getByText('連絡その60').waitFor();
  await becomes(() => page.locator('.to-end').count(), 0);
});
