// Starts the page: takes the sign-in token out of the address, builds the model on the real world and shows it.

import { adoptTokenFromAddress, currentToken, keepToken } from './credentials.js';
import { language, startLanguage } from './language.js';
import { Model } from './model.js';
import { Rest } from './rest.js';
import './views/shell.js';

const RUSHED_PAINT_MS = 200;
/** "In two hours" must not stand still. */
const TICK_MS = 30_000;

adoptTokenFromAddress();
startLanguage();

const model = new Model({
  rest: new Rest(currentToken),
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
});

const shell = /** @type {import('./views/shell.js').Shell} */ (document.createElement('renkei-shell'));
shell.model = model;
shell.signIn = (token) => {
  keepToken(token);
  // A new model for a new person: nothing of the one before can remain.
  location.replace(location.pathname);
};
document.body.append(shell);

window.addEventListener('online', () => model.stage === 'ready' && model.hub.network(true));
window.addEventListener('offline', () => model.stage === 'ready' && model.hub.network(false));
document.addEventListener('visibilitychange', () => {
  // A phone that wakes up should not sit out a pause that began while it slept.
  if (!document.hidden && model.hub.connection.phase === 'waiting') model.hub.connect();
  model.changed();
});
window.addEventListener('hashchange', () => {
  if (adoptTokenFromAddress()) location.reload();
});
setInterval(() => model.changed(), TICK_MS);
if (currentToken()) model.start();
