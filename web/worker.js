// The service worker: keeps the files of exactly one version of the page, so that it opens without network. The hub writes
// the list of files and hashes in front of this text; another binary is another list, hence another worker with a cache of
// its own. It answers for those files alone: nothing of `/api` or any other path ever passes through it. When the hub rings
// this device, it says so in words that are always the same: it knows no others. By itself it asks the hub for one thing: to
// ring this device at its new address, when the browser gave it another and no page is open.

/** @type {Record<string, string>} path → SHA-256 in base64 */
const files = /** @type {any} */ (globalThis).RENKEI_FILES;
const worker = /** @type {any} */ (globalThis);
const PREFIX = 'renkei-page-';
/** The cache of this version. */
const named = nameOf(JSON.stringify(files));
/** What no version of the page has files for. */
const NEVER_OURS = ['/api/*', '/ws'];
/**
 * What stands for the page while a newer version takes over: it asks the newer worker for that, and nothing of this one, which
 * makes room once it has nothing to answer. Opened anew in the middle of it, Chromium waited for good.
 */
const HANDING_OVER = `const anew = () => location.reload();
navigator.serviceWorker.addEventListener('controllerchange', anew);
navigator.serviceWorker.getRegistration().then((registration) => (registration?.waiting ? registration.waiting.postMessage('take-over') : anew()));
setTimeout(anew, 5000);`;

worker.addEventListener('install', (/** @type {any} */ event) => {
  // Else every request of the page wakes this worker to be told that it has no answer, also while a newer one waits for it to
  // have nothing to do. Browsers that know no routes do without.
  event.addRoutes?.(NEVER_OURS.map((pathname) => ({ condition: { urlPattern: { pathname } }, source: 'network' }))).catch(() => {});
  event.waitUntil(fetchAll());
});
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(dropOthers()));
worker.addEventListener('message', (/** @type {any} */ event) => {
  if (event.data === 'take-over') worker.skipWaiting();
  if (event.data === 'hand-over') event.waitUntil(handOver(event.ports[0]));
});
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== worker.location.origin || !Object.hasOwn(files, pathname)) return;
  event.respondWith(answer(event.request, pathname));
});

worker.addEventListener('push', (/** @type {any} */ event) => event.waitUntil(ring()));
worker.addEventListener('pushsubscriptionchange', (/** @type {any} */ event) => event.waitUntil(renew()));
worker.addEventListener('notificationclick', (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(show());
});

/** Whatever comes with a push is not looked at. Many rings are one notification. */
async function ring() {
  const isEnglish = /^en\b/.test(worker.navigator.language);
  const [title, body] = isEnglish ? ['Renkei', 'Somebody is waiting for you. Open to see.'] : ['連携', '確認をお待ちしていることがあります。開いてご覧ください。'];
  await worker.navigator.setAppBadge?.().catch(() => {});
  await worker.registration.showNotification(title, { body, lang: isEnglish ? 'en' : 'ja', tag: 'renkei', renotify: true, icon: '/icon-192.png', badge: '/icon-192.png' });
}

/** The page as it opens: those whom somebody waits for stand first. */
async function show() {
  const [open] = await worker.clients.matchAll({ type: 'window' });
  if (!open) return worker.clients.openWindow('/');
  open.postMessage('rung');
  return open.focus();
}

/**
 * The browser took this device's address away. An open page tells the hub the new one, and so does every page that is opened;
 * without one, this does it for whoever is signed in on this browser and is rung here.
 */
async function renew() {
  const [open] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (open) return open.postMessage('address_gone');
  const ask = (/** @type {string} */ method, path = '', /** @type {object | undefined} */ body = undefined) => fetch(`/api/v1/me/bells${path}`, {
    method,
    headers: { 'renkei-client': 'page', accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    cache: 'no-store',
    credentials: 'same-origin',
  });
  const known = await ask('GET');
  if (!known.ok) return undefined;
  const { key, bells } = await known.json();
  const mine = bells.find((/** @type {{is_this: boolean}} */ bell) => bell.is_this);
  if (!key || !mine) return undefined;
  const { endpoint } = await worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const added = await ask('POST', '', { endpoint, wish: mine.wish, device: mine.device });
  if (added.ok && (await added.json()).id !== mine.id) await ask('DELETE', `/${encodeURIComponent(mine.id)}`);
  return undefined;
}

/** All or nothing: a file with another hash is of another version, and the browser tries again later. */
async function fetchAll() {
  const name = await named;
  const cache = await caches.open(name);
  const fetchOne = async (/** @type {string} */ path) => {
    const response = await fetch(path, { cache: 'no-cache', integrity: `sha256-${files[path]}` });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(path, response);
  };
  try {
    await Promise.all(Object.keys(files).map(fetchOne));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

async function dropOthers() {
  const mine = await named;
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== mine) await caches.delete(name);
}

/** @param {Request} request @param {string} path */
async function answer(request, path) {
  if (request.mode === 'navigate' && await hasSuccessor()) return handingOver();
  const kept = await caches.match(path, { cacheName: await named });
  return kept ?? fetch(request);
}

/** Only its own script runs in it. */
async function handingOver() {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(HANDING_OVER)));
  const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'sha256-${btoa(String.fromCharCode(...hash))}'`;
  return new Response(`<!doctype html><html lang="ja"><title>連携 Renkei</title><script>${HANDING_OVER}</script></html>`, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'cache-control': 'no-store' },
  });
}

/** A page asks for the newer version, and is told whether that comes. @param {MessagePort} asking */
async function handOver(asking) {
  const comes = await hasSuccessor();
  if (comes) worker.registration.waiting.postMessage('take-over');
  asking.postMessage(comes);
}

/** A newer version takes over when a page is opened and no other shows this one: an open page never mixes the two. */
async function hasSuccessor() {
  return Boolean(worker.registration.waiting) && (await worker.clients.matchAll({ type: 'window' })).length < 2;
}

/** @param {string} list */
async function nameOf(list) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(list)));
  return PREFIX + Array.from(hash.subarray(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
