// By what this page is signed in. Usually a cookie, which no script can read: then the browser keeps only a mark that there
// is one, so that its tabs know. A link of the demo puts a token into one tab instead. What links carry stands after the `#`,
// which browsers never send, and is gone from the address bar before anything else happens.

const TOKEN = 'renkei.token';
const INVITATION = 'renkei.invitation';
const ENROLMENT = 'renkei.enrolment';
const SIGNED_IN = 'renkei.signed_in';

/**
 * Takes a token, an invitation or an enrolment out of the address bar, or that another service sent the page back.
 * @returns {{token: string | null, invitation: string | null, enrolment: string | null, isBack: boolean}}
 */
export function takeFromAddress(location = window.location, history = window.history) {
  const fields = new URLSearchParams(location.hash.slice(1));
  const [token, invitation, enrolment] = [fields.get('token'), fields.get('invitation'), fields.get('enrolment')];
  const isBack = fields.has('oidc');
  if (token || invitation || enrolment || isBack) history.replaceState(null, '', location.pathname);
  return { token, invitation, enrolment, isBack };
}

/** What a pasted link holds, or the token alone. @param {string} text */
export function tokenIn(text) {
  const trimmed = text.trim();
  const at = trimmed.indexOf('#');
  const inLink = at >= 0 ? new URLSearchParams(trimmed.slice(at + 1)).get('token') : null;
  return inLink ?? (/^[\w.~+/=-]{16,}$/.test(trimmed) ? trimmed : null);
}

/** @param {string} token of a link of the demo */
export const keepToken = (token) => sessionStorage.setItem(TOKEN, token);
export const currentToken = () => sessionStorage.getItem(TOKEN);

/** An invitation outlives a reload: a phone may put the page away while its owner is in the authenticator. @param {string} invitation */
export const keepInvitation = (invitation) => sessionStorage.setItem(INVITATION, invitation);
export const currentInvitation = () => sessionStorage.getItem(INVITATION);
export const forgetInvitation = () => sessionStorage.removeItem(INVITATION);

/** So does the link of a device that fetches its certificate. @param {string} enrolment */
export const keepEnrolment = (enrolment) => sessionStorage.setItem(ENROLMENT, enrolment);
export const currentEnrolment = () => sessionStorage.getItem(ENROLMENT);
export const forgetEnrolment = () => sessionStorage.removeItem(ENROLMENT);

/** Whether this browser was signed in by a cookie when it was last heard of. */
export const isMarkedSignedIn = () => localStorage.getItem(SIGNED_IN) !== null;

/** By what this page's sign-in is known on this device, and all that can still be gone on with. */
export function signInMarks() {
  const [token, mark] = [currentToken(), localStorage.getItem(SIGNED_IN)];
  return { mine: token ?? mark, isOfTab: token !== null, all: [token, mark].filter((one) => one !== null) };
}

/** Marks the browser, for its other tabs too. @param {string} signIn id of the sign-in */
export function markSignedIn(signIn) {
  sessionStorage.removeItem(TOKEN);
  localStorage.setItem(SIGNED_IN, signIn);
}

/**
 * Tells when another tab of this browser signed in or out: the cookie of all tabs is another's then.
 * @param {() => void} call
 */
export function onOtherTab(call) {
  window.addEventListener('storage', ({ key }) => key === SIGNED_IN && !currentToken() && call());
}

/** Forgets everything of this sign-in that the browser holds. */
export function forgetSignIn() {
  if (!currentToken()) localStorage.removeItem(SIGNED_IN);
  sessionStorage.clear();
}

const BROWSERS = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']];
const SYSTEMS = [['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Android', 'Android'], ['Windows', 'Windows'], ['Mac OS', 'Mac'], ['Linux', 'Linux']];

/** What this device is called in the list of sign-ins. @param {string} agent */
export function deviceName(agent = navigator.userAgent) {
  const of = (/** @type {string[][]} */ known) => known.find(([mark]) => agent.includes(mark))?.[1] ?? '';
  return [of(BROWSERS), of(SYSTEMS)].filter(Boolean).join(' / ');
}
