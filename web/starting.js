// How a page begins that somebody is signed in on: with what the hub says, or, when it cannot be reached, with what this
// device keeps; and what follows once the hub is there. Ends in `Model.leave` when the sign-in no longer counts.

import { pauseMs } from './closing.js';

/** A page that holds something shows it when the hub has not answered by then. */
const ANSWER_MS_PATIENCE = 3_000;

/**
 * @typedef {import('./model.js').Model} Model
 * @typedef {import('./rest.js').RestError} RestError
 */

/** @param {Model} model @param {number} [attempt] */
export async function start(model, attempt = 0) {
  model.stage = 'starting';
  model.changed();
  const held = attempt === 0 ? await model.keeper.find() : null;
  let me;
  try {
    const asked = model.rest.me();
    me = await (held ? inTime(model.clock, asked, ANSWER_MS_PATIENCE) : asked);
  } catch (/** @type {any} */ error) {
    if (isFinal(error)) leave(model, error);
    else if (held) startHeld(model, held);
    else model.clock.after(() => start(model, attempt + 1), pauseMs(attempt, model.clock.random()));
    return;
  }
  model.me = me;
  if (me.pledges_first) {
    model.stage = 'pledging';
    await model.pledging.look();
    return;
  }
  if (held) model.keeper.restore(held);
  model.me = me;
  // The list is what people wait for; the device may take its time to open what it keeps.
  const kept = model.keeper.begin(me);
  const listed = model.refreshPatients(model.search, kept);
  await kept;
  if (model.stage !== 'starting') return;
  begin(model);
  await Promise.all([listed, refreshOthers(model)]);
}

/** Without the hub: as it was when this page last heard of it. @param {Model} model @param {import('./kept.js').Held} held */
function startHeld(model, held) {
  model.keeper.restore(held);
  model.unverified = true;
  begin(model);
}

/** @param {Model} model */
function begin(model) {
  model.stage = 'ready';
  model.changed();
  model.hub.begin();
}

/** The hub is there again, for a page that was opened without it. @param {Model} model */
export async function verify(model) {
  try {
    const me = await model.rest.me();
    model.unverified = false;
    if (me.pledges_first) {
      model.hub.stop();
      return start(model);
    }
    model.me = me;
    await model.keeper.begin(me);
    await refresh(model);
  } catch (/** @type {any} */ error) {
    if (isFinal(error)) leave(model, error);
  }
}

/** @param {Model} model */
const refresh = (model) => Promise.all([model.refreshPatients(), refreshOthers(model)]);

/** @param {Model} model */
const refreshOthers = (model) => Promise.all([model.refreshDirectory(), model.owing.refresh(), model.pledging.look(), model.quarantined.look()]);

/** @param {Model} model @param {RestError} error */
const leave = (model, { status, code }) => model.leave(status === 401 ? 'sign_in_ended' : code);

/** Whether asking again cannot help. @param {RestError} error */
const isFinal = ({ status }) => status >= 400 && status < 500 && status !== 408 && status !== 429;

/** @template T @param {import('./hub.js').Clock} clock @param {Promise<T>} answer @param {number} ms @returns {Promise<T>} */
function inTime(clock, answer, ms) {
  return new Promise((resolve, reject) => {
    const timer = clock.after(() => reject({ status: 0, code: 'unreachable' }), ms);
    answer.then(resolve, reject).finally(() => clock.cancel(timer));
  });
}
