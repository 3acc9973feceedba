// The lock of an open page: a tablet left on a table shows nothing of anybody after the idle time, whatever is tried on it,
// and goes on for its owner where it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNothingSticksOut, becomes, HARU, holds, MASAO, openPatient, startRegion, stumbles } from '../page.mjs';
import { PEOPLE } from '../region.mjs';

const LOCKED = '画面をロックしています';
const OF_PATIENTS = /高橋|ハル|鈴木|正男|患者さんには内緒|血圧|酸素|ご家族/;

const isLocked = (page) => page.getByRole('heading', { name: LOCKED }).waitFor({ timeout: 30_000 });
const isOpen = (page) => page.locator('.pill-good').waitFor({ timeout: 60_000 });

/** All that a reader, a screen reader or whoever looks into the document could find. */
async function whatIsThere(page) {
  const inDocument = await page.evaluate(() => `${document.documentElement.outerHTML} ${document.title} ${[...document.querySelectorAll('input, textarea')].map((one) => one.value).join(' ')}`);
  return `${inDocument} ${await page.locator('html').ariaSnapshot()}`;
}

async function nothingOfPatients(page, where) {
  await isLocked(page);
  assert.doesNotMatch(await whatIsThere(page), OF_PATIENTS, where);
}

async function show(page, password, code = '123456') {
  await page.getByLabel('パスワード').fill(password);
  await page.getByLabel('確認コード（6 桁）').fill(code);
  await page.getByRole('button', { name: 'パスワードでひらく' }).click();
}

/** A hub and somebody's tab that is signed in by the cookie of the browser, on a clock that the story moves. */
async function startDay(t, { size = 'tablet', key = 'nurse', ...options } = {}) {
  const { hub, openPage } = await startRegion(t);
  const page = await openPage({ size, ...options });
  const { token } = PEOPLE.find((one) => one.key === key);
  await page.context().addCookies([{ name: 'renkei', value: token, url: hub.url }]);
  await page.context().addInitScript(() => {
    if (!sessionStorage.getItem('begun')) localStorage.setItem('renkei.signed_in', 'sign-in-1');
    sessionStorage.setItem('begun', 'once');
  });
  await page.clock.install();
  const open = async (tab, address = '') => {
    await tab.goto(new URL(address, hub.url).href, { waitUntil: 'commit' });
    return tab;
  };
  await open(page);
  await isOpen(page);
  return { hub, page, open };
}

test('nobody touched it: all of patients leaves the document; a wrong proof stays outside; the right one comes back to the same words', async (t) => {
  const { hub, page } = await startDay(t);
  await openPatient(page);
  await page.locator('#composer-text').fill('夕方から少し息苦しいとのこと');
  await page.locator('.button-vitals').click();
  await page.getByRole('dialog').locator('input').first().fill('123');
  await page.clock.fastForward('29:00');
  await becomes(() => page.getByRole('heading', { name: LOCKED }).count(), 0, 'not before the time');
  await page.clock.fastForward('01:30');
  await nothingOfPatients(page, 'the lock screen');
  await becomes(() => page.evaluate(() => document.activeElement?.textContent), LOCKED, 'a screen reader is told');
  await page.getByText('30 分以上だれも触れなかったため').waitFor();
  await page.getByText('佐藤 花子').waitFor();
  await page.shot('lock-tablet-ja');
  assert.deepEqual(await stumbles(page), []);

  await show(page, 'ちがうことば');
  await page.getByRole('alert').getByText('パスワードか確認コードが違います').waitFor();
  await nothingOfPatients(page, 'after a wrong proof');
  // What others write meanwhile is counted and not shown, and nobody here has read it.
  const read = hub.heard.filter((frame) => frame.markRead).length;
  hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { message: { text: '高橋さんの血圧の件', toRoles: ['nurse'] } } });
  await page.getByText(/新しい知らせ \d+ 件/).waitFor();
  await page.waitForFunction(() => /ロック中（\d+）/.test(document.title));
  await nothingOfPatients(page, 'with something new');
  assert.equal(hub.heard.filter((frame) => frame.markRead).length, read);

  await show(page, hub.proof.password);
  const value = page.getByRole('dialog').locator('input').first();
  await value.waitFor();
  await holds(value, '123');
  await becomes(() => page.evaluate(() => document.querySelector('dialog[open]')?.matches(':modal')), true);
  await page.keyboard.press('Escape');
  await holds(page.locator('#composer-text'), '夕方から少し息苦しいとのこと');
  await page.getByText('高橋さんの血圧の件').waitFor();
  // The wrong proof, and the socket that the jump of the clock cost, are told to the console.
  assert.deepEqual(page.complaints.filter((one) => one.startsWith('uncaught')), []);
});

test('a hand on the page is use; the region sets another time', async (t) => {
  const { hub, page } = await startDay(t);
  await openPatient(page);
  for (let round = 0; round < 3; round += 1) {
    await page.clock.fastForward('20:00');
    await page.mouse.click(5 + round, 5);
  }
  await becomes(() => page.getByRole('heading', { name: LOCKED }).count(), 0);
  hub.idleS = 600;
  await page.reload({ waitUntil: 'commit' });
  await isOpen(page);
  await page.clock.fastForward('09:00');
  // What a script does is no hand.
  await page.evaluate(() => { for (const kind of ['pointerdown', 'keydown', 'wheel']) document.body.dispatchEvent(new Event(kind, { bubbles: true })); });
  await page.clock.fastForward('01:01');
  await nothingOfPatients(page, 'ten minutes');
  await page.getByText('10 分以上だれも触れなかったため').waitFor();
});

test('reloaded, led elsewhere, opened in another tab: it stays locked, and one proof opens every tab with the words of before', async (t) => {
  const { hub, page, open } = await startDay(t);
  const second = await open(await page.context().newPage());
  await isOpen(second);
  await openPatient(page);
  await page.locator('#composer-text').fill('まだ送っていない言葉');
  // A hand in one tab counts for the other.
  await page.clock.fastForward('20:00');
  await second.mouse.click(5, 5);
  await page.clock.fastForward('20:00');
  await becomes(() => page.getByRole('heading', { name: LOCKED }).count(), 0);
  await page.clock.fastForward('11:00');
  await Promise.all([nothingOfPatients(page, 'this tab'), nothingOfPatients(second, 'the other tab')]);
  await page.waitForFunction(() => document.querySelector('renkei-lock')?.model.keeper.locker.read('records', 'begun'));
  await page.reload({ waitUntil: 'commit' });
  await nothingOfPatients(page, 'reloaded');
  await open(page, `#/patients/${MASAO.id}`);
  await nothingOfPatients(page, 'another address');
  const third = await open(await page.context().newPage(), '#/duties');
  await nothingOfPatients(third, 'another tab');
  await page.evaluate((id) => { location.hash = `#/patients/${id}`; }, HARU.id);
  await nothingOfPatients(page, 'led there while open');
  await show(page, hub.proof.password);
  await Promise.all([page, second, third].map(isOpen));
  // Whichever tab comes first takes them up, and they are in no other then.
  await third.evaluate((id) => { location.hash = `#/patients/${id}`; }, HARU.id);
  const hasWords = (/** @type {any} */ tab) => tab.waitForFunction(() => document.querySelector('#composer-text')?.value === 'まだ送っていない言葉');
  await Promise.any([page, third].map(hasWords));
});

test('a device that slept is locked before a hand on it does anything; a clock that is put back does not open it', async (t) => {
  const { page } = await startDay(t);
  await openPatient(page);
  // It slept: no timer ran, and time went on.
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.clock.setSystemTime(Date.now() + 3_600_000);
  const { x, y, width, height } = await page.getByRole('button', { name: 'English' }).boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
  await nothingOfPatients(page, 'woken');
  await becomes(() => page.evaluate(() => document.documentElement.lang), 'ja', 'the hand did nothing but wake it');
  await page.clock.setSystemTime(Date.now() - 3 * 3_600_000);
  await page.reload({ waitUntil: 'commit' });
  await nothingOfPatients(page, 'in the morning again');
  // Put back to where nobody would have been away for long.
  const touchedMs = await page.evaluate(() => JSON.parse(localStorage.getItem('renkei.lock')).touchedMs);
  await page.clock.setSystemTime(touchedMs + 600_000);
  await page.reload({ waitUntil: 'commit' });
  await nothingOfPatients(page, 'ten minutes after the last hand, by the clock');
});

test('what one tab finds out the others know at once, though their timers sleep: they lock and open together', async (t) => {
  const { hub, page, open } = await startDay(t);
  const second = await open(await page.context().newPage());
  await isOpen(second);
  await openPatient(page);
  await page.locator('#tab-timeline').focus();
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.clock.setSystemTime(Date.now() + 3_600_000);
  await page.keyboard.press('ArrowRight');
  await Promise.all([nothingOfPatients(page, 'this tab'), nothingOfPatients(second, 'the other tab')]);
  await show(second, hub.proof.password);
  await Promise.all([page, second].map((tab) => tab.locator('.patient-row', { hasText: '高橋' }).waitFor({ state: 'attached' })));
  await becomes(() => page.locator('.patient').getAttribute('data-tab'), 'timeline', 'the key did nothing but wake it');
});

test('alarms are heard and posts go while it is locked; signing out ends it for the next person', async (t) => {
  const { hub, page } = await startDay(t);
  await page.waitForFunction(() => document.querySelector('renkei-shell').model.alerts);
  await page.evaluate(() => {
    window.played = 0;
    document.querySelector('renkei-shell').model.alerts.device.play = () => { window.played += 1; };
    document.querySelector('renkei-shell').model.alerts.change({ wish: 'all', quiet: false });
  });
  await openPatient(page);
  hub.cut();
  await page.locator('#composer-text').fill('つながったら送る');
  await page.locator('#composer-text').press('Control+Enter');
  await page.clock.fastForward('31:00');
  await isLocked(page);
  await page.getByText('未送信 1 件').waitFor();
  hub.mend();
  await page.clock.fastForward('00:40');
  await page.getByText('未送信 1 件').waitFor({ state: 'detached' });
  assert.ok(hub.journal.entries(HARU.id).some((entry) => entry.content.body.message?.text === 'つながったら送る'));
  hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { message: { text: '至急です', urgent: true } } });
  await page.clock.fastForward('00:02');
  await page.waitForFunction(() => window.played > 0);
  await nothingOfPatients(page, 'after a sound');
  const [session] = hub.sessions;
  const left = new Promise((resolve) => { session.ws.once('close', resolve); });
  await page.getByRole('button', { name: 'サインアウト' }).click();
  await page.getByLabel('サインイン ID').waitFor();
  // Nothing more of patients comes to a page that nobody is signed in to.
  await Promise.race([left, page.waitForFunction(() => false)]);
  assert.doesNotMatch(await whatIsThere(page), OF_PATIENTS);
  await becomes(() => page.evaluate(() => localStorage.getItem('renkei.lock')), null);
});

test('without signal it stays shut, takes new words unread, and gives them back to be placed by their author', async (t) => {
  const { hub, page } = await startDay(t, { size: 'phone' });
  await openPatient(page);
  // The page fetches the lock's screen after the list; without signal there is none to fetch.
  await page.waitForFunction(() => customElements.get('renkei-lock'));
  hub.cut();
  await page.clock.fastForward('31:00');
  await nothingOfPatients(page, 'without signal');
  await page.getByText('つながるまで開けません').waitFor();
  await page.getByText('記録を書きとめる').click();
  await page.getByLabel('書きとめ', { exact: true }).fill('ハルさん 18:20 熱 37.8');
  await page.shot('lock-away-phone-ja', { fullPage: true });
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'the lock without signal');
  await page.getByRole('button', { name: 'しまう' }).click();
  await page.getByText('しまった書きとめ 1 件').waitFor();
  await nothingOfPatients(page, 'put away');
  hub.mend();
  await page.getByRole('button', { name: 'もう一度つなぐ' }).click();
  await show(page, hub.proof.password);
  const given = page.getByRole('dialog', { name: '書きとめたもの' });
  await given.getByText('ハルさん 18:20 熱 37.8').waitFor();
  await page.shot('lock-jots-phone-ja');
  assert.deepEqual(await stumbles(page), []);
  await given.getByLabel('どなたの記録か').selectOption({ label: '高橋 ハル' });
  await given.getByRole('button', { name: '入力欄に移す' }).click();
  await page.waitForFunction(() => document.querySelector('#composer-text')?.value === 'ハルさん 18:20 熱 37.8');
  await becomes(() => page.evaluate(() => document.querySelector('renkei-shell').model.keeper.locker.read('records', 'jots')), undefined);
});

test('who is signed in and has nothing to show does not get in: going on as they are is for visitors of the demo', async (t) => {
  const { hub, page } = await startDay(t);
  hub.proof = null;
  await page.clock.fastForward('31:00');
  await nothingOfPatients(page, 'no factor');
  await page.getByRole('button', { name: 'もう一度つなぐ' }).waitFor();
  await becomes(() => page.getByRole('button', { name: '続ける' }).count(), 0);
});

test('the demo locks too, and its visitors, who have nothing to show, go on', async (t) => {
  const { hub, openPage } = await startRegion(t);
  hub.proof = null;
  const page = await openPage({ size: 'desk', language: 'en-GB', colorScheme: 'dark' });
  await page.clock.install();
  await page.goto(hub.link('doctor'));
  await isOpen(page);
  await page.clock.fastForward('31:00');
  await page.getByRole('heading', { name: 'This page is locked' }).waitFor();
  await page.getByText('This is the demo').waitFor();
  await page.reload({ waitUntil: 'commit' });
  await page.getByRole('heading', { name: 'This page is locked' }).waitFor();
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  await page.getByRole('button', { name: 'Go on' }).waitFor();
  await page.shot('lock-desk-en-dark-200', { fullPage: true });
  await assertNothingSticksOut(page, 'the lock at 200 %');
  assert.deepEqual(await stumbles(page), []);
  await page.getByRole('button', { name: 'Go on' }).press('Enter');
  await isOpen(page);
});
