// What is behind the door: builds the model on the real world and shows it. `app.js` fetches it for who is signed in, and a
// moment later for everybody, because it also hands in what earlier sign-ins could not send.

import { signInMarks } from './credentials.js';
import { language } from './language.js';
import { Lock } from './lock.js';
import { Model } from './model.js';
import { PHRASES } from './phrases.js';
import { fetchLater } from './views/coming.js';
import './views/shell.js';

const RUSHED_PAINT_MS = 200;
/** "In two hours" must not stand still. */
const TICK_MS = 30_000;
/** A passkey that was copied is told of while the page is open, too. */
const ALARMS_MS = 300_000;

export class Inside {
  /** @param {import('./rest.js').Rest} rest */
  constructor(rest) {
    this.model = new Model({
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
        const rushed = document.hidden || this.model.hub.connection.phase === 'catching_up';
        if (rushed) setTimeout(call, RUSHED_PAINT_MS);
        else requestAnimationFrame(call);
      },
      marks: signInMarks,
    });
    this.attend();
  }

  /** Shows the page of whoever is signed in. @returns {Promise<void>} when it is known who that is */
  enter() {
    const { model } = this;
    const started = model.start();
    const shell = /** @type {import('./views/shell.js').Shell} */ (document.createElement('renkei-shell'));
    shell.model = model;
    // What was locked is not shown before it is unlocked: the lock says whether the page comes into the document.
    new Lock(model, shell, signInMarks).begin();
    started.then(() => this.goOn(), () => {});
    return started;
  }

  /** The list is there. The next thing that anybody does is to open a patient; then sounds and the badge. */
  async goOn() {
    const { model } = this;
    window.dispatchEvent(new Event('renkei-list'));
    model.handInEnvelopes();
    await import('./views/patient.js');
    // Before the network may be gone, or the device shut out: what is written with, the door that says why, the lock's screen.
    fetchLater().then(() => model.changed(), () => {});
    for (const part of [import('./views/door.js'), import('./views/lock.js'), import('./views/begun.js')]) part.catch(() => {});
    const { Alerts, thisDevice } = await import('./alerts.js');
    model.alerts = new Alerts(model, thisDevice());
    model.listen(() => model.alerts?.look());
    const { Foreseeing } = await import('./rules/foreseeing.js');
    new Foreseeing(model).begin();
    const { Ringing, thisBrowser } = await import('./ringing.js');
    model.ringing = new Ringing(model, thisBrowser());
    const [{ Board }, { localInput }] = await Promise.all([import('./board.js'), import('./dates.js')]);
    model.board = new Board(model, (ms) => localInput(ms).slice(0, 10));
    model.board.begin();
    model.changed();
  }

  /** From another service, for which somebody who is signed in left. @param {'link' | 'prove'} leftFor */
  async comeBack(leftFor) {
    const { model } = this;
    await this.enter();
    try {
      if (leftFor === 'link') await model.rest.linkIdentity();
      else await model.rest.proveByOutside();
      const name = (await model.rest.ways()).outside ?? '';
      const [ja, en] = leftFor === 'link' ? PHRASES.outside_linked : PHRASES.outside_proved;
      model.say({ ja: ja.replace('{name}', name), en: en.replace('{name}', name) }, { isGood: true });
    } catch (/** @type {any} */ error) {
      model.say(error.reason ?? { ja: error.message, en: error.message });
    }
  }

  attend() {
    const { model } = this;
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
    // A ring was answered where a page is open already: it shows whom somebody waits for.
    navigator.serviceWorker?.addEventListener('message', ({ data }) => {
      if (data === 'rung') location.hash = '#/';
      else if (data === 'address_gone') model.ringing?.renew();
    });
    setInterval(() => model.changed(), TICK_MS);
    setInterval(() => model.lookForAlarms(), ALARMS_MS);
  }
}
