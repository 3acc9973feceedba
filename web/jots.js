// What somebody wrote down on the lock screen while the hub was out of reach: kept sealed with the sign-in, and besides in an
// envelope that outlives it, addressed to whose record was open. Nothing is sent from here: its author reads it first.

import { usOfMs } from './frames.js';
import { uuidV7 } from './uuid.js';

const RECORD = 'jots';

/**
 * @typedef {import('./model.js').Model} Model
 * @typedef {{atMs: number, intent: import('./frames.js').Intent}} Jot
 */

/** @param {Model} model */
function lockerOf({ keeper: { locker } }) {
  if (!locker || locker.closed) throw new Error('this device keeps nothing');
  return locker;
}

/** @param {Model} model @returns {Promise<Jot[]>} the first one first */
export const listJots = async (model) => (await lockerOf(model).read('records', RECORD)) ?? [];

/** @param {Model} model @param {string} text */
export async function addJot(model, text) {
  const locker = lockerOf(model);
  const atMs = model.clock.now();
  const timeline = model.selected || model.visiting?.patient || '';
  const intent = { id: uuidV7(), timeline, observedAtUs: usOfMs(atMs), body: { note: { text } } };
  await locker.write([{ store: 'records', key: RECORD, value: [...await listJots(model), { atMs, intent }] }]);
  // The hub may have ended the sign-in meanwhile; then its author finds it among what waits for them there.
  if (timeline) await model.keeper.seal(/** @type {any} */ ({ intent, writtenAtMs: atMs })).catch((error) => console.warn('no envelope could be made', error));
}

/** Its author moved or removed it. @param {Model} model @param {string} id */
export async function removeJot(model, id) {
  const left = (await listJots(model)).filter(({ intent }) => intent.id !== id);
  await lockerOf(model).write([{ store: 'records', key: RECORD, value: left.length ? left : undefined }]);
  await (await model.keeper.envelopes()).drop(id).catch(() => {});
}
