// Signing in by another service: the page leaves for it and comes back, and remembers meanwhile what it left for. Whom the
// service means the hub hears from the service itself; nothing of it passes through here.

const LEFT_FOR = 'renkei.outside';

/** @typedef {'sign_in' | 'link' | 'prove'} LeftFor */

/** @param {LeftFor} what @param {string} location of the other service */
export function leave(what, location) {
  sessionStorage.setItem(LEFT_FOR, what);
  window.location.assign(location);
}

/** What this tab left for, once. @returns {LeftFor} */
export function takeLeftFor() {
  const what = sessionStorage.getItem(LEFT_FOR);
  sessionStorage.removeItem(LEFT_FOR);
  return what === 'link' || what === 'prove' ? what : 'sign_in';
}
