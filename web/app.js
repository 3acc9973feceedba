// Starts the page: takes what a link carries out of the address, builds the model on the real world and shows it.

import { Alerts, thisDevice } from './alerts.js';
import {
  currentEnrolment, currentInvitation, currentToken, isMarkedSignedIn, keepEnrolment, keepInvitation, keepToken, onOtherTab, signInMarks,
  takeFromAddress,
} from './credentials.js';
import { Entrance } from './entrance.js';
import { install } from './installing.js';
import { language, startLanguage } from './language.js';
import { Model } from './model.js';
import { takeLeftFor } from './outside.js';
import { OUTSIDE_PHRASES } from './outside-phrases.js';
import { Rest } from './rest.js';
import { Ringing, thisBrowser } from './ringing.js';
import { fetchLater } from './views/shell.js';

const RUSHED_PAINT_MS = 200;
/** "In two hours" must not stand still. */
const TICK_MS = 30_000;
/** A passkey that was copied is told of while the page is open, too. */
const ALARMS_MS = 300_000;
/** The first view comes before what makes the page work without network. */
const INSTALL_PAUSE_MS = 2_000;

const link = takeFromAddress();
if (link.invitation) keepInvitation(link.invitation);
if (link.enrolment) keepEnrolment(link.enrolment);
startLanguage();

const rest = new Rest(currentToken);
const model = new Model({
  rest,
  openSocket: (subprotocol) => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`, [subprotocol]),
  clock: {
    now: () => Date.now(),
    random: () => Math.random(),
    after: (call, ms) => setTimeout(call, ms),
    cancel: (timer) => clearTimeout(timer),
  },
  language,
  // A hidden page is not painted, but its title must not stand still; while thousands of entries come in, a few
  // paintings a second are enough.
  beforePaint: (call) => {
    const rushed = document.hidden || model.hub.connection.phase === 'catching_up';
    if (rushed) setTimeout(call, RUSHED_PAINT_MS);
    else requestAnimationFrame(call);
  },
  marks: signInMarks,
});

model.alerts = new Alerts(model, thisDevice());
model.listen(() => model.alerts?.look());
model.ringing = new Ringing(model, thisBrowser());
// A ring was answered where a page is open already: it shows whom somebody waits for.
navigator.serviceWorker?.addEventListener('message', ({ data }) => data === 'rung' && (location.hash = '#/'));

const shell = /** @type {import('./views/shell.js').Shell} */ (document.createElement('renkei-shell'));
shell.model = model;
// A new model for a new person: nothing of the one before can remain.
const anew = () => location.replace(location.pathname);
shell.entrance = new Entrance(rest, { changed: () => model.changed(), entered: anew, invitation: currentInvitation(), enrolment: currentEnrolment(), isBack: link.isBack });
shell.signIn = (token) => {
  keepToken(token);
  anew();
};
document.body.append(shell);

window.addEventListener('online', () => {
  if (model.stage === 'ready') model.hub.network(true);
  else model.handInEnvelopes();
});
window.addEventListener('offline', () => model.stage === 'ready' && model.hub.network(false));
document.addEventListener('visibilitychange', () => {
  // A phone that wakes up should not sit out a pause that began while it slept.
  if (!document.hidden && model.hub.connection.phase === 'waiting') model.hub.connect();
  // A phone may never wake this page up again.
  if (document.hidden) model.keeper.flush();
  model.changed();
});
window.addEventListener('hashchange', () => follow(takeFromAddress()));
onOtherTab(() => location.reload());
setInterval(() => model.changed(), TICK_MS);
setInterval(() => model.lookForAlarms(), ALARMS_MS);
begin();

/** A link that is opened while the page is. @param {{token: string | null, invitation: string | null, enrolment: string | null, isBack: boolean}} link */
function follow({ token, invitation, enrolment, isBack }) {
  if (isBack) comeBack();
  else if (token) adopt(token).then((taken) => taken && location.reload());
  else if (invitation && model.stage === 'signed_out') shell.entrance?.beginInvitation(invitation);
  else if (invitation) keepInvitation(invitation);
  else if (enrolment) {
    keepEnrolment(enrolment);
    anew();
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
  if (leftFor === 'sign_in') {
    model.changed();
    await shell.entrance?.comeBack();
    return;
  }
  await model.start();
  try {
    if (leftFor === 'link') await rest.linkIdentity();
    else await rest.proveByOutside();
    const name = (await rest.ways()).outside ?? '';
    const [ja, en] = leftFor === 'link' ? OUTSIDE_PHRASES.outside_linked : OUTSIDE_PHRASES.outside_proved;
    model.say({ ja: ja.replace('{name}', name), en: en.replace('{name}', name) });
  } catch (/** @type {any} */ error) {
    model.say(error.reason ?? { ja: error.message, en: error.message });
  }
}

async function begin() {
  if (link.isBack) {
    await comeBack();
    return;
  }
  if (link.token) await adopt(link.token);
  const mayBeSignedIn = currentToken() || isMarkedSignedIn();
  if (mayBeSignedIn && !link.invitation && !currentEnrolment()) model.start();
  else model.changed();
  model.handInEnvelopes();
  setTimeout(async () => {
    fetchLater().then(() => shell.requestUpdate(), () => {});
    const lookAgain = await install((isWaiting) => {
      model.newerPage = isWaiting;
      model.changed();
    });
    model.hubCame = lookAgain;
    const ring = () => model.stage === 'ready' && model.ringing?.begin();
    model.listen(ring);
    ring();
  }, INSTALL_PAUSE_MS);
}
