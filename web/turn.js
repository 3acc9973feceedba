// Which of several tabs sends: the one that holds the browser's lock. A tab asks when its socket is open and lets go when
// that is lost or the tab closes, also when it is killed; then the next one's turn comes by itself.

/** @typedef {import('./hub.js').Turn} TakingTurns */

/** @implements {TakingTurns} */
export class Turn {
  /** @param {() => string} name of the lock, the same in every tab of a sign-in */
  constructor(name) {
    this.name = name;
    this.leave = () => {};
  }

  /** @param {() => void} call when it is this tab's turn */
  take(call) {
    this.leave();
    if (!globalThis.navigator?.locks) return call();
    const waiting = new AbortController();
    let release = () => {};
    this.leave = () => {
      waiting.abort();
      release();
    };
    navigator.locks.request(this.name(), { signal: waiting.signal }, () => new Promise((resolve) => {
      release = () => resolve(undefined);
      if (waiting.signal.aborted) release();
      else call();
    })).catch(() => {});
  }
}
