// Without network: the page opens, shows what it knew and keeps what is written; then everything arrives once and in
// order, whatever died meanwhile. What ends a sign-in destroys what it kept; what was not sent reaches the hub sealed.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openProfile } from '../browser.mjs';
import { MockHub } from '../mock-hub.mjs';
import { assertNothingSticksOut, becomes, HARU, isIn, openPatient, signOut, startRegion, stumbles } from '../page.mjs';
import { PEOPLE } from '../region.mjs';

const texts = (hub) => hub.journal.entries(HARU.id).map((entry) => entry.content.body.message?.text).filter(Boolean);
const unsent = (page, count) => page.locator('.pill-count', { hasText: `未送信 ${count}` }).waitFor({ timeout: 20_000 });

/** The page can be opened without network from here on. */
async function installed(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await isIn(page);
}

/** What is known has reached the disk. */
const kept = (page) => page.evaluate(() => document.querySelector('renkei-shell').model.keeper.flush());

async function say(page, text) {
  await page.locator('#composer-text').fill(text);
  await page.locator('#composer-text').press('Control+Enter');
  await page.locator('.entries-scroll article', { hasText: text }).first().waitFor();
}

/** A hub and a profile that outlives its browser; a nurse is signed in by a cookie. `hasClock`: the story's clock, from before the page is opened. */
async function startTablet(t, { hasClock = false } = {}) {
  const hub = await new MockHub().listen();
  const folder = await mkdtemp(path.join(tmpdir(), 'renkei-profile-'));
  t.after(async () => {
    hub.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const nurse = PEOPLE.find(({ key }) => key === 'nurse');
  const start = async () => {
    const browser = await openProfile(t, folder);
    await browser.context.addCookies([{ name: 'renkei', value: nurse.token, url: hub.url, expires: Date.now() / 1000 + 3_600 }]);
    return browser;
  };
  const browser = await start();
  const page = await browser.openPage();
  // A page that runs while its clock is taken over sees the year 1970 for an instant, and locks.
  if (hasClock) await page.clock.install();
  await page.goto(hub.url);
  await page.evaluate(() => localStorage.setItem('renkei.signed_in', 'sign-in-1'));
  await page.reload();
  await isIn(page);
  return { hub, folder, browser, page, start };
}

/** Files of a profile that hold one of these words, as browsers write texts. */
async function filesWith(folder, words) {
  const wanted = words.flatMap((word) => [Buffer.from(word, 'utf8'), Buffer.from(word, 'utf16le')]);
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const found = [];
  for (const { parentPath, name } of names) {
    const file = path.join(parentPath, name);
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (wanted.some((one) => bytes.includes(one))) found.push(path.relative(folder, file));
  }
  return found;
}

test('a round without network: opened anew, written, counted; an hour later it arrives in order, and is told', async (t) => {
  const { hub, openPage } = await startRegion(t);
  const page = await openPage({ size: 'tablet' });
  // A region of long rounds; else the page would lock, and without network stay so.
  hub.idleS = 14_400;
  await page.clock.install();
  await page.goto(hub.link('nurse'));
  await isIn(page);
  await installed(page);
  const cached = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat());
  assert.ok(cached.includes('/') && cached.includes('/views/console/console.js') && cached.every((path) => !path.startsWith('/api')), cached.join(' '));
  await openPatient(page);
  await kept(page);
  const before = texts(hub).length;
  hub.cut();
  await page.reload();
  await page.getByText('接続が切れました').waitFor();
  await page.getByText('ご家族（長女さん）').waitFor();
  await unsent(page, 0);
  for (const text of ['訪問しました', '食事は半分', '次は木曜です']) await say(page, text);
  await unsent(page, 3);
  await page.shot('offline-tablet-ja');
  await page.clock.fastForward('01:00:00');
  await page.reload();
  await unsent(page, 3);
  await page.locator('.pill-count').first().click();
  await page.getByText('つながると、この順番で送ります。').waitFor();
  await becomes(() => page.locator('.sending-row .body-text').allInnerTexts(), ['訪問しました', '食事は半分', '次は木曜です']);
  await page.shot('sending-waiting-tablet-ja');
  hub.mend();
  await page.clock.fastForward('00:01:00');
  await unsent(page, 0);
  assert.deepEqual(texts(hub).slice(before), ['訪問しました', '食事は半分', '次は木曜です']);
  await page.getByText('後から届いた記録').first().waitFor();
  await becomes(() => page.locator('.sending-row').count(), 3);
  await page.shot('sending-done-tablet-ja');
  assert.deepEqual(await stumbles(page), []);
  assert.deepEqual(page.complaints.filter((one) => one.startsWith('uncaught')), []);
  await page.getByRole('button', { name: 'English' }).click();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('heading', { name: 'Sent and not sent' }).waitFor();
  await assertNothingSticksOut(page, 'results on a phone');
  await page.shot('sending-done-phone-en');
});

test('the tab was closed without signal: the door says that there is none, and that nothing is lost', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  await installed(page);
  await openPatient(page);
  await page.waitForFunction(() => document.querySelector('renkei-shell').model.keeper.canSeal);
  hub.cut();
  for (const text of ['訪問しました', '食事は半分', '次は木曜です']) await say(page, text);
  await unsent(page, 3);
  const door = await page.context().newPage();
  await page.close();
  await door.goto(hub.url);
  await door.getByRole('heading', { name: '在宅チームの連携' }).waitFor();
  await door.getByText('圏外か、連携ハブにつながりません').waitFor();
  await door.getByText('まだ送っていない記録が 3 件、封をして残っています。失われていません。').waitFor();
  await becomes(() => door.getByText('高橋').count(), 0, 'nobody is named at the door');
  hub.mend();
  await door.getByText('圏外か、連携ハブにつながりません').waitFor({ state: 'detached' });
  await door.goto(hub.link('nurse'));
  await becomes(() => texts(hub).slice(-3), ['訪問しました', '食事は半分', '次は木曜です']);
});

test('the browser is killed while posts are on their way: nothing is lost and nothing is doubled', async (t) => {
  const { hub, page, browser, start } = await startTablet(t);
  await installed(page);
  await openPatient(page);
  const before = texts(hub).length;
  hub.cut();
  for (const text of ['その一', 'その二', 'その三', 'その四', 'その五']) await say(page, text);
  await unsent(page, 5);
  hub.swallowAnswers = true;
  let heard = 0;
  const twoCame = hub.nextFrame((frame) => frame.post && (heard += 1) === 2);
  hub.mend();
  await page.evaluate(() => document.querySelector('renkei-shell').model.hub.connect());
  await twoCame;
  await browser.kill();
  hub.swallowAnswers = false;
  const again = await (await start()).openPage();
  await again.goto(hub.url);
  await isIn(again);
  await unsent(again, 0);
  assert.deepEqual(texts(hub).slice(before), ['その一', 'その二', 'その三', 'その四', 'その五']);
  assert.equal(new Set(hub.heard.filter((frame) => frame.post).map((frame) => frame.post.intent.id)).size, 5);
});

test('nobody reads the disk: no name and no note in the clear, and after a revocation nothing at all', async (t) => {
  const { hub, page, folder, browser } = await startTablet(t);
  const words = ['高橋', 'タカハシ', '長女さん', '左踵に発赤', '仙骨部に水疱ひとつ'];
  await installed(page);
  await openPatient(page);
  hub.cut();
  await say(page, '仙骨部に水疱ひとつ');
  await unsent(page, 1);
  await kept(page);
  const stored = () => page.evaluate(async () => ({
    buckets: await navigator.storageBuckets.keys(),
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }));
  assert.equal((await stored()).buckets.length, 1);
  assert.deepEqual(await filesWith(folder, words), []);
  hub.mend();
  hub.revoke('nurse');
  await page.evaluate(() => document.querySelector('renkei-shell').model.hub.connect());
  await page.getByText('サインインの有効期限が切れたか').waitFor();
  await page.getByText('前のサインインで送れなかった投稿 1 件を、連携ハブに預けました').waitFor();
  await page.shot('revoked-envelopes-ja');
  assert.deepEqual(await stored(), { buckets: [], databases: ['renkei-envelopes'] });
  assert.deepEqual(hub.quarantine.slips.map(({ pass, intent }) => [pass, intent.body.message.text]), [['pass of nurse', '仙骨部に水疱ひとつ']]);
  await browser.context.close();
  assert.deepEqual(await filesWith(folder, words), []);
});

test('signing out with unsent posts asks, keeps them sealed, and hands them in when the hub is there', async (t) => {
  const { hub, page } = await startTablet(t);
  await installed(page);
  await openPatient(page);
  hub.cut();
  await say(page, 'まだ送られていない');
  await unsent(page, 1);
  const asked = new Promise((resolve) => page.once('dialog', (dialog) => resolve(dialog.accept().then(() => dialog.message()))));
  await signOut(page);
  assert.match(await asked, /未送信の投稿が 1 件.*封をして/);
  await page.getByText('この端末に、封をした未送信の投稿が 1 件あります').waitFor();
  await page.shot('signed-out-envelopes-ja');
  await page.reload();
  await page.getByText('この端末に、封をした未送信の投稿が 1 件あります').waitFor();
  hub.mend();
  await page.reload();
  await page.getByText('連携ハブに預けました').waitFor();
  assert.deepEqual(hub.quarantine.slips.map(({ intent }) => intent.body.message.text), ['まだ送られていない']);
  await page.reload();
  await page.getByRole('heading', { name: '在宅チームの連携' }).waitFor();
  assert.equal(hub.quarantine.slips.length, 1, 'handed in once');

  await page.evaluate(() => localStorage.setItem('renkei.signed_in', 'sign-in-2'));
  await page.reload();
  await page.getByText('前のサインインで書いた投稿 1 件を、連携ハブが預かっています').waitFor();
  await page.getByRole('link', { name: '確かめる' }).click();
  await page.locator('.sending-row', { hasText: 'まだ送られていない' }).waitFor();
  await page.shot('quarantine-tablet-ja');
  assert.deepEqual(await stumbles(page), []);
  const before = texts(hub).length;
  await page.getByRole('button', { name: '送る' }).click();
  await page.getByText('連携ハブで預かっている投稿').waitFor({ state: 'hidden' });
  assert.deepEqual(texts(hub).slice(before), ['まだ送られていない']);
});

test('a sign-in that runs out ends without the hub, and takes what was kept with it', async (t) => {
  const { hub, page } = await startTablet(t, { hasClock: true });
  await installed(page);
  await kept(page);
  hub.cut();
  await page.reload();
  await page.locator('.patient-row', { hasText: '高橋 ハル' }).waitFor();
  await page.clock.fastForward('08:01:00');
  await page.getByText('サインインの有効期限が切れたか').waitFor();
  await becomes(() => page.getByText('高橋').count(), 0);
  await page.reload();
  await page.getByRole('heading', { name: '在宅チームの連携' }).waitFor();
  await becomes(() => page.evaluate(async () => (await navigator.storageBuckets.keys()).length), 0);
});

test('two tabs share what is not sent; one sends, and when it goes the other does', async (t) => {
  const { hub, page, browser } = await startTablet(t);
  const other = await browser.openPage();
  await other.goto(hub.url);
  await isIn(other);
  const before = texts(hub).length;
  await openPatient(other);
  await say(other, 'もう一つのタブから');
  await unsent(other, 0);
  assert.deepEqual(texts(hub).slice(before), ['もう一つのタブから']);
  hub.swallowAnswers = true;
  const came = hub.nextFrame((frame) => frame.post);
  await say(other, '閉じられるタブで');
  await came;
  await unsent(page, 1);
  hub.swallowAnswers = false;
  await page.close();
  await unsent(other, 0);
  assert.deepEqual(texts(hub).slice(before), ['もう一つのタブから', '閉じられるタブで']);
});

/** The same files in which one word of the page is another. */
async function newerFiles(t, hub) {
  const other = await mkdtemp(path.join(tmpdir(), 'renkei-web-'));
  t.after(() => rm(other, { recursive: true, force: true }));
  await cp(hub.web, other, { recursive: true });
  const change = async (name, from, to) => writeFile(path.join(other, name), (await readFile(path.join(other, name), 'utf8')).replace(from, to));
  await change('phrases.js', '未送信 {count}', '未送 {count}');
  return { other, change };
}

/** Looks for a newer version; whether one waits. */
const lookForNewer = (page) => page.evaluate(async () => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  const { installing } = registration;
  if (installing) await new Promise((resolve) => installing.addEventListener('statechange', () => installing.state !== 'installing' && resolve()));
  return Boolean(registration.waiting);
});

test('a newer page is taken as a whole or not at all, and opened when nothing shows the old one', async (t) => {
  const { hub, page } = await startTablet(t);
  await installed(page);
  const { other, change } = await newerFiles(t, hub);
  hub.webFor = (name) => (name === 'outbox.js' ? hub.web : other);
  await change('outbox.js', 'export class Outbox', '/* newer */ export class Outbox');
  assert.equal(await lookForNewer(page), false, 'one file of another version, and none is taken');
  await becomes(() => page.evaluate(async () => (await caches.keys()).length), 1);
  hub.webFor = () => other;
  assert.equal(await lookForNewer(page), true);
  await page.getByText('新しい版の画面があります').waitFor();
  await page.shot('newer-page-ja');
  hub.cut();
  await page.getByRole('button', { name: '開き直す' }).click();
  await page.locator('.pill-count', { hasText: '未送 0' }).waitFor();
  await becomes(() => page.evaluate(async () => (await caches.keys()).length), 1, 'the old one is gone');
});

test('a newer page comes also to whoever opens the page anew by themselves', async (t) => {
  const { hub, page } = await startTablet(t);
  await installed(page);
  const { other } = await newerFiles(t, hub);
  hub.webFor = () => other;
  assert.equal(await lookForNewer(page), true);
  await page.reload();
  await page.locator('.pill-count', { hasText: '未送 0' }).waitFor({ timeout: 20_000 });
  await becomes(() => page.evaluate(async () => (await caches.keys()).length), 1, 'the old one is gone');
});

test('what is asked of the hub wakes no worker, so that one that is to make room for a newer one can', async (t) => {
  const { page } = await startTablet(t);
  await installed(page);
  const devtools = await page.context().newCDPSession(page);
  /** @type {string[]} */
  const states = [];
  let heard = () => {};
  devtools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    states.push(...versions.map(({ runningStatus }) => runningStatus));
    heard();
  });
  const comes = async (state) => {
    while (!states.includes(state)) await new Promise((resolve) => { heard = resolve; });
  };
  // The page has all of its files by then, and looks for no newer ones.
  await page.waitForFunction(() => document.querySelector('renkei-shell').model.ringing?.begun);
  await page.waitForLoadState('networkidle');
  await devtools.send('ServiceWorker.enable');
  await devtools.send('ServiceWorker.stopAllWorkers');
  await comes('stopped');
  states.length = 0;
  const ask = (path) => page.evaluate(async (where) => (await fetch(where, { headers: { 'renkei-client': 'page' } })).status, path);
  assert.deepEqual([await ask('/api/v1/me'), states], [200, []]);
  // Where it does have an answer, it is woken, and seen to be.
  assert.equal(await ask('/app.js'), 200);
  await comes('running');
});
