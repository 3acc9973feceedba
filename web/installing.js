// Makes the page an installed one: registers the service worker, and tells when a newer version of the page is waiting.
// Called once by `app.js`, after the first view; what the worker keeps is in `worker.js`.

const WORKER = '/worker.js';
/** Everybody comes back at once when a hub restarts; they must not all ask for the page in that second. */
const LOOK_AGAIN_MS_MAX = 20_000;
/** A worker that does not answer by then is left to the way that needs no answer: a page that is opened. */
const HAND_OVER_MS_MAX = 5_000;

/** The only script that may be started by its address. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('renkei-worker', {
  createScriptURL(/** @type {string} */ url) {
    if (url !== WORKER) throw new TypeError(`no script to start: ${url}`);
    return url;
  },
});

/**
 * Opens the newer version where no other tab shows the old one; else this page is opened anew as it is. The new worker takes
 * over first: a page that is opened while the old one hands over would be opened again and again until it has.
 */
export async function openNewer() {
  const { serviceWorker } = navigator;
  const taken = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  const { port1, port2 } = new MessageChannel();
  const isSole = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
  const late = new Promise((resolve) => setTimeout(() => resolve(false), HAND_OVER_MS_MAX));
  serviceWorker.controller?.postMessage('hand-over', [port2]);
  if (serviceWorker.controller && await Promise.race([isSole, late])) await Promise.race([taken, late]);
  location.reload();
}

/**
 * @param {(isWaiting: boolean) => void} tell
 * @returns {Promise<() => void>} looks whether the hub has a newer page by now
 */
export async function install(tell) {
  if (!('serviceWorker' in navigator)) return () => {};
  try {
    const address = policy ? policy.createScriptURL(WORKER) : WORKER;
    const registration = await navigator.serviceWorker.register(address, { updateViaCache: 'none' });
    // The first worker of a browser waits for nobody.
    const look = () => tell(Boolean(registration.waiting && registration.active));
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
    look();
    return () => setTimeout(() => registration.update().catch(() => {}), Math.random() * LOOK_AGAIN_MS_MAX);
  } catch {
    // A browser that allows none still shows the page, with network.
    return () => {};
  }
}
