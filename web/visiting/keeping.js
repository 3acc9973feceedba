// What is begun on visits, kept sealed on this device with everything else of the sign-in and gone with it: opening the
// camera may cost a tablet the page. Photographs that the hub does not have yet are kept too, as they will be sent. Where
// the page keeps nothing on the device, what is begun lives in its memory alone.

import { begunRounds, isBegun, onEdited, roundOf } from './round.js';

const RECORD = 'rounds';
const PAUSE_MS = 500;
/** What was begun yesterday is of another visit. */
const AGE_MS_MAX = 16 * 3_600_000;
const CHUNK_BYTES = 32_768;

/**
 * @typedef {{closed: boolean, read: (store: string, key: string) => Promise<any>, write: (changes: object[]) => Promise<void>}} Locker seals what it is given
 * @typedef {{attachment: import('../attaching.js').Attachment} | {name: string, base64: string}} KeptPhoto
 */

export class RoundKeeping {
  /** @param {import('../model.js').Model} model */
  constructor(model) {
    this.model = model;
    /** What was kept is in the rounds again: only then may it be replaced. */
    this.isRestored = false;
    this.busy = false;
    onEdited(() => this.soon());
  }

  /** @returns {Locker | null} of this sign-in, once it is open */
  get locker() {
    const locker = /** @type {any} */ (this.model).keeper?.locker;
    return locker && !locker.closed ? locker : null;
  }

  /** Takes up what was begun, as soon as the locker is open. */
  async restore() {
    const { locker, model } = this;
    if (this.isRestored || this.busy || !locker) return;
    this.busy = true;
    const kept = (await locker.read('records', RECORD).catch(() => null)) ?? [];
    for (const one of kept) {
      if (model.clock.now() - one.atMs < AGE_MS_MAX && !isBegun(model, one.patient)) roundOf(model, one.patient).adopt(one, one.photos.map(fileOf));
    }
    this.busy = false;
    this.isRestored = true;
    model.changed();
  }

  soon() {
    const { clock } = this.model;
    clock.cancel(this.timer);
    this.timer = clock.after(() => this.save(), PAUSE_MS);
  }

  async save() {
    const { locker, model } = this;
    if (!locker || !this.isRestored) return;
    // Whoever is seen by emergency access alone is never on a disk.
    const rounds = begunRounds(model).filter(({ patient }) => !model.emergency.opened.has(patient));
    const value = await Promise.all(rounds.map(async (round) => ({ ...round.kept(), photos: await Promise.all(round.attaching.items.map(photoOf)) })));
    // A device that is full keeps it in memory, as before.
    await locker.write([{ store: 'records', key: RECORD, value: value.length ? value : undefined }]).catch(() => {});
  }
}

/** @param {import('../attaching.js').Arriving} item @returns {Promise<KeptPhoto>} */
async function photoOf({ attachment, file, title }) {
  if (attachment || !file) return { attachment: /** @type {any} */ (attachment) };
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  return { name: title, base64: btoa(text) };
}

/** @param {any} photo a `KeptPhoto` @returns {import('../attaching.js').Attachment | File} */
function fileOf({ attachment, name, base64 }) {
  return attachment ?? new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name, { type: 'image/jpeg' });
}
