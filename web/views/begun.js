// What is begun and not sent, put away sealed when the page locks and taken up again after a reload: the words in the
// composer. `lock.js` calls it. Visits keep theirs themselves (`visiting/keeping.js`); forms and files that are not sent
// stay in the memory of the page alone.

import { begunWords, takeUpWords } from './composer.js';
import { offerJots } from './jotting.js';

export { offerJots };

const RECORD = 'begun';

/** @param {import('../model.js').Model} model */
export async function putAway(model) {
  const { locker } = model.keeper;
  if (!locker || locker.closed || model.isSecretariat) return;
  // Whoever is seen by emergency access alone is never on a disk.
  const begun = begunWords().filter(([id]) => !model.emergency.opened.has(id));
  if (begun.length === 0) return;
  // Another tab may have put away what it had.
  const before = (await locker.read('records', RECORD)) ?? [];
  await locker.write([{ store: 'records', key: RECORD, value: [...new Map([...before, ...begun])] }]);
}

/** @param {import('../model.js').Model} model @param {HTMLElement} page */
export async function takeUp(model, page) {
  await offerJots(model, page);
  const { locker } = model.keeper;
  const begun = await locker?.read('records', RECORD);
  if (!locker || !begun) return;
  takeUpWords(model, begun);
  await forget(model);
  for (const composer of document.querySelectorAll('renkei-composer')) /** @type {any} */ (composer).change({});
}

/** What this tab still holds is where it was; what another tab put away before it was opened anew is not. @param {import('../model.js').Model} model */
export async function forgetMine({ keeper: { locker } }) {
  if (!locker || locker.closed) return;
  const mine = new Set(begunWords().map(([id]) => id));
  const left = ((await locker.read('records', RECORD)) ?? []).filter((/** @type {[string, unknown]} */ [id]) => !mine.has(id));
  await locker.write([{ store: 'records', key: RECORD, value: left.length > 0 ? left : undefined }]);
}

/** It is where it was. @param {import('../model.js').Model} model */
export async function forget({ keeper: { locker } }) {
  if (locker && !locker.closed) await locker.write([{ store: 'records', key: RECORD, value: undefined }]);
}
