// Starts the page: takes what a link carries out of the address, and fetches what its reader needs first: the door
// (`views/door.js`) for who is not signed in, all that is behind it (`inside.js`) for who is. `early.js` asks for the files
// of either before this runs.

import {
  currentEnrolment, currentToken, isMarkedSignedIn, keepEnrolment, keepInvitation, keepToken, onOtherTab, takeFromAddress,
} from './credentials.js';
import { startLanguage } from './language.js';
import { takeLeftFor } from './outside.js';
import { Rest } from './rest.js';

/** The first view comes before what makes the page work without network. */
const INSTALL_PAUSE_MS = 2_000;
/** An answer that nobody took by then is old. */
const EARLY_MS_MAX = 10_000;

/**
 * @typedef {import('./inside.js').Inside} Inside
 * @typedef {import('./views/door.js').Door} Door
 */

const link = takeFromAddress();
if (link.invitation) keepInvitation(link.invitation);
if (link.enrolment) keepEnrolment(link.enrolment);
startLanguage();

/** What `early.js` asked for already, each once. @type {Map<string, Promise<Response>> | undefined} */
const asked = link.token ? undefined : /** @type {any} */ (globalThis).renkeiAsked;
/** @type {typeof fetch} */
const send = (input, init) => {
  const answer = init?.method === 'GET' && performance.now() < EARLY_MS_MAX ? asked?.get(String(input)) : undefined;
  if (answer) asked?.delete(String(input));
  return answer ?? fetch(input, init);
};
const rest = new Rest(currentToken, send);
/** @type {Promise<Inside> | null} */
let inside = null;
const openInside = () => (inside ??= import('./inside.js').then(({ Inside }) => new Inside(rest)));
/** The door, while it is what the page shows. */
const door = () => /** @type {Door | null} */ (document.querySelector('renkei-door'));

window.addEventListener('hashchange', () => follow(takeFromAddress()));
onOtherTab(() => location.reload());
begin().catch(failed);

/** Nobody is signed in here. @param {boolean} [isBack] from another service @returns {Promise<Door>} */
async function showDoor(isBack = false) {
  await import('./views/door.js');
  const shown = /** @type {Door} */ (document.createElement('renkei-door'));
  Object.assign(shown, { rest, isBack });
  document.body.append(shown);
  return shown;
}

/** A link that is opened while the page is. @param {{token: string | null, invitation: string | null, enrolment: string | null, isBack: boolean}} link */
function follow({ token, invitation, enrolment, isBack }) {
  if (isBack) comeBack().catch(failed);
  else if (token) adopt(token).then((taken) => taken && location.reload());
  else if (invitation && door()) door()?.entrance?.beginInvitation(invitation);
  else if (invitation) keepInvitation(invitation);
  else if (enrolment) {
    keepEnrolment(enrolment);
    location.replace(location.pathname);
  }
}

/** A token in a link counts in the demo alone: else somebody's link would make another of who follows it. @param {string} token */
async function adopt(token) {
  const ways = await rest.ways().catch(() => null);
  if (!ways?.links) return false;
  keepToken(token);
  return true;
}

/** Another service sent the page back. Whoever is signed in left to link it, or to show by it who they are. */
async function comeBack() {
  const leftFor = takeLeftFor();
  if (leftFor !== 'sign_in') return (await openInside()).comeBack(leftFor);
  const shown = door() ?? await showDoor(true);
  await shown.updateComplete;
  return shown.entrance?.comeBack();
}

async function begin() {
  if (link.isBack) return comeBack();
  if (link.token) await adopt(link.token);
  const mayBeSignedIn = currentToken() || isMarkedSignedIn();
  if (mayBeSignedIn && !link.invitation && !currentEnrolment()) (await openInside()).enter();
  else await showDoor();
  setTimeout(settle, INSTALL_PAUSE_MS);
}

/** What waits until the first view stands: what earlier sign-ins could not send, and what makes this page an installed one. */
async function settle() {
  const { model } = await openInside();
  const shown = door();
  if (shown) {
    model.listen(() => { shown.envelopes = model.envelopes; });
    shown.addEventListener('hub-there', () => model.handInEnvelopes());
    model.handInEnvelopes();
  }
  const [{ fetchLater }, { install }] = await Promise.all([import('./views/coming.js'), import('./installing.js')]);
  fetchLater().then(() => model.changed(), () => {});
  model.hubCame = await install((isWaiting) => {
    model.newerPage = isWaiting;
    model.changed();
  });
  // Whoever is rung is so through the worker that was just installed.
  const ring = () => model.stage === 'ready' && model.ringing?.begin();
  model.listen(ring);
  ring();
}

/** The page is half here: its other half did not come. */
function failed() {
  if (document.body.querySelector('renkei-shell, renkei-door')) return;
  const words = Object.assign(document.createElement('p'), { textContent: 'ページを読み込めませんでした。接続を確かめてください。 The page could not be loaded. Check the connection.' });
  const again = Object.assign(document.createElement('button'), { type: 'button', className: 'button', textContent: 'もう一度 Try again', onclick: () => location.reload() });
  const place = Object.assign(document.createElement('main'), { id: 'main', className: 'empty' });
  place.append(words, again);
  document.body.append(place);
}
