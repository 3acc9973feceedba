// The token of this sign-in: taken from the fragment of the sign-in link, which browsers never send, kept in
// sessionStorage of this tab, and gone from the address bar before anything else happens.

const KEY = 'renkei.token';

/** Moves a token from the address bar into this tab's storage. Returns whether there was one. */
export function adoptTokenFromAddress(location = window.location, history = window.history, storage = sessionStorage) {
  const fields = new URLSearchParams(location.hash.slice(1));
  const token = fields.get('token');
  if (!token) return false;
  storage.setItem(KEY, token);
  history.replaceState(null, '', location.pathname);
  return true;
}

/** The token in what somebody pasted: a whole sign-in link or the token alone. @param {string} text */
export function tokenIn(text) {
  const trimmed = text.trim();
  const at = trimmed.indexOf('#');
  const inLink = at >= 0 ? new URLSearchParams(trimmed.slice(at + 1)).get('token') : null;
  return inLink ?? (/^[\w.~+/=-]{16,}$/.test(trimmed) ? trimmed : null);
}

/** @param {string} token */
export const keepToken = (token) => sessionStorage.setItem(KEY, token);
export const currentToken = () => sessionStorage.getItem(KEY);

/** Forgets everything of this sign-in that the tab holds. */
export function forgetSignIn() {
  sessionStorage.clear();
}
