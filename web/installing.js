// Makes the page an installed one: registers the service worker, and tells when a newer version of the page is waiting.
// Called once by `app.js`, after the first view; what the worker keeps is in `worker.js`.

const WORKER = '/worker.js';
/** Everybody comes back at once when a hub restarts; they must not all ask for the page in that second. */
const LOOK_AGAIN_MS_MAX = 20_000;

/** The only script that may be started by its address. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('renkei-worker', {
  createScriptURL(/** @type {string} */ url) {
    if (url !== WORKER) throw new TypeError(`no script to start: ${url}`);
    return url;
  },
});

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
