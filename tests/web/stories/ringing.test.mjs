// A device that is told while the page is closed: asked in plain words first, then by the browser; rung by a push as the
// browser delivers it to the worker, and nothing on it but words that are always the same. No push service can be reached
// here: where a browser would ask one, a page script stands in and gives an address; the push itself is Chromium's own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, isIn, startRegion, stumbles } from '../page.mjs';
import { PEOPLE } from '../region.mjs';

const KEY = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4';

/** A browser whose push service is a page script. */
async function pushed(page, { denied = false } = {}) {
  await page.addInitScript(([key, isDenied]) => {
    const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)).buffer;
    window.asked = [];
    const kept = () => JSON.parse(localStorage.getItem('test.push') ?? 'null');
    const subscription = (one) => one && ({
      endpoint: one.endpoint, options: { applicationServerKey: bytes },
      unsubscribe: async () => localStorage.removeItem('test.push'),
    });
    PushManager.prototype.getSubscription = async () => subscription(kept());
    PushManager.prototype.subscribe = async (options) => {
      window.asked.push(options);
      localStorage.setItem('test.push', JSON.stringify({ endpoint: 'https://push.example.jp/send/k2a9' }));
      return subscription(kept());
    };
    if (isDenied) Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
  }, [KEY, denied]);
  return page;
}

const ringing = (page) => page.locator('.ringing');

/** The account's dialog, once the worker is there and the hub was asked. */
async function openSettings(page) {
  await page.locator('.bar-account').click();
  await ringing(page).waitFor();
  return page.getByRole('dialog');
}

/** As a push service would: Chromium hands it to the worker. */
async function push(page) {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise((resolve) => session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && resolve(registrations[0].registrationId)));
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.deliverPushMessage', { origin: new URL(page.url()).origin, registrationId: await registered, data: '高橋 ハル' });
  // Looked at as soon as it is there: a page that is seen takes it away.
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    for (;;) {
      const shown = await registration.getNotifications();
      if (shown.length > 0) return shown.map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, data }));
      await new Promise((resolve) => { requestAnimationFrame(resolve); });
    }
  });
}

test('whoever wishes is asked, told, and rung in words that say nothing', async (t) => {
  const { hub, openPage } = await startRegion(t);
  hub.pushKey = KEY;
  const page = await pushed(await openPage({ size: 'phone' }));
  await page.context().grantPermissions(['notifications']);
  await page.goto(hub.link('nurse'));
  await isIn(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const sheet = await openSettings(page);
  assert.match(await ringing(page).innerText(), /決まった言葉だけ/, 'in plain words, before the browser asks');
  await page.shot('ringing-ready');
  await sheet.getByRole('button', { name: 'この端末に知らせる' }).click();
  await sheet.getByText('この端末に知らせが届きます。', { exact: true }).waitFor();
  assert.deepEqual(await page.evaluate(() => window.asked), [{ userVisibleOnly: true, applicationServerKey: KEY }]);
  assert.deepEqual(hub.rungAt.map(({ endpoint, wish }) => [endpoint, wish]), [['https://push.example.jp/send/k2a9', 'mine']]);
  await page.shot('ringing-on');
  await assertNothingSticksOut(page, 'the settings');
  assert.deepEqual(await stumbles(page), []);

  // What came with the push is looked at by nobody.
  const [shown, ...more] = await push(page);
  assert.deepEqual([shown, more], [{ title: '連携', body: '確認をお待ちしていることがあります。開いてご覧ください。', tag: 'renkei', lang: 'ja', data: null }, []]);
  assert.equal((await push(page)).length, 1, 'many rings are one');
  assert.doesNotMatch(JSON.stringify(shown), new RegExp(`${HARU.name.kanji.slice(0, 2)}|${HARU.id}`));

  // Quiet hours go to the hub; a page that is opened again says that it still is to be rung.
  await sheet.getByRole('checkbox', { name: '静かな時間を決める' }).check();
  await page.waitForFunction(() => !document.querySelector('renkei-shell').model.ringing.busy);
  assert.deepEqual(hub.quietHours, { from: '21:00', until: '07:00' });
  await page.reload();
  await isIn(page);
  await page.waitForFunction(() => document.querySelector('renkei-shell').model.ringing?.standing === 'on');
  await page.waitForFunction(() => !document.querySelector('renkei-shell').model.ringing.busy);
  assert.equal(hub.rungAt.length, 2);

  await (await openSettings(page)).getByRole('button', { name: 'この端末への知らせを止める' }).click();
  await page.getByRole('button', { name: 'この端末に知らせる' }).waitFor();
  assert.deepEqual([hub.bells, await page.evaluate(() => localStorage.getItem('test.push'))], [[], null]);
  assert.deepEqual(page.complaints, []);
});

test('whoever signs out is rung no more, and a browser never rings for somebody else', async (t) => {
  const { hub, openPage } = await startRegion(t);
  hub.pushKey = KEY;
  const page = await pushed(await openPage({ size: 'phone' }));
  await page.context().grantPermissions(['notifications']);
  await page.goto(hub.link('nurse'));
  await isIn(page);
  await (await openSettings(page)).getByRole('button', { name: 'この端末に知らせる' }).click();
  await page.getByText('この端末に知らせが届きます。', { exact: true }).waitFor();
  await page.evaluate(() => document.querySelector('renkei-shell').model.leave(''));
  await page.waitForFunction(() => localStorage.getItem('test.push') === null && localStorage.getItem('renkei.ringing') === null);

  // One whose time was over closed the page for the night; another person signs in on the same browser.
  await page.evaluate(() => localStorage.setItem('test.push', JSON.stringify({ endpoint: 'https://push.example.jp/send/old' })));
  await page.evaluate(() => localStorage.setItem('renkei.ringing', 'somebody else'));
  await page.goto(hub.link('doctor'));
  await isIn(page);
  await page.waitForFunction(() => localStorage.getItem('test.push') === null);
  assert.equal(hub.rungAt.filter(({ endpoint }) => endpoint.endsWith('old')).length, 0);
  assert.deepEqual(page.complaints, []);
});

test('the browser takes the address away: an open page tells the new one, and without a page the worker does', async (t) => {
  const { hub, openPage } = await startRegion(t);
  hub.pushKey = KEY;
  const page = await pushed(await openPage({ size: 'phone' }));
  await page.context().grantPermissions(['notifications']);
  const nurse = PEOPLE.find(({ key }) => key === 'nurse');
  await page.context().addCookies([{ name: 'renkei', value: nurse.token, url: hub.url, expires: Date.now() / 1000 + 3_600 }]);
  await page.addInitScript(() => localStorage.setItem('renkei.signed_in', 'sign-in-1'));
  await page.goto(hub.url);
  await isIn(page);
  await (await openSettings(page)).getByRole('button', { name: 'この端末に知らせる' }).click();
  await page.getByText('この端末に知らせが届きます。', { exact: true }).waitFor();
  const worker = page.context().serviceWorkers()[0] ?? await page.context().waitForEvent('serviceworker');
  /** As the browser tells the worker; its push service gives this address then. */
  const change = (address) => worker.evaluate(async (endpoint) => {
    PushManager.prototype.subscribe = async () => ({ endpoint });
    let done;
    dispatchEvent(Object.assign(new Event('pushsubscriptionchange'), { waitUntil: (work) => { done = work; } }));
    await done;
  }, address);
  const addresses = () => hub.bells.map(({ id }) => id.split('-').at(-1));
  assert.deepEqual(addresses(), ['k2a9']);

  await page.evaluate(() => localStorage.setItem('test.push', JSON.stringify({ endpoint: 'https://push.example.jp/send/open' })));
  await change('https://push.example.jp/send/of_the_page');
  await page.waitForFunction(() => document.querySelector('renkei-shell').model.ringing.bells.some(({ id }) => id.endsWith('open')));
  await page.waitForFunction(() => !document.querySelector('renkei-shell').model.ringing.busy);
  assert.deepEqual(addresses(), ['open'], 'and the old one is gone');

  await page.goto('about:blank');
  await change('https://push.example.jp/send/closed');
  assert.deepEqual([addresses(), hub.rungAt.at(-1).wish], [['closed'], 'mine']);
  // Whoever is rung nowhere on this browser is not from here on either.
  hub.bells = [];
  await change('https://push.example.jp/send/nobody');
  assert.deepEqual(addresses(), []);
});

test('where it cannot be, the page says why', async (t) => {
  const { hub, openPage } = await startRegion(t);
  const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
  for (const [key, options, denied, words] of [
    [null, { size: 'desk' }, false, 'この地域では使っていません。'],
    [KEY, { size: 'desk' }, true, '通知が止められています'],
    [KEY, { size: 'phone', userAgent: IPHONE }, false, 'ホーム画面に追加'],
    [KEY, { size: 'desk', language: 'en-GB' }, false, 'words that are always the same'],
  ]) {
    hub.pushKey = key;
    const page = await pushed(await openPage(options), { denied });
    await page.goto(hub.link('nurse'));
    await isIn(page);
    await openSettings(page);
    assert.match(await ringing(page).innerText(), new RegExp(words), words);
    assert.deepEqual(page.complaints, []);
  }
});
