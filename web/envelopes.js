// Unsent posts in envelopes that only the hub can open, in a database that no sign-out and no revocation touches: whatever
// becomes of the sign-in, what was written can still be handed in, and nobody who finds the device can read it. `shelf.js`
// fills them while a sign-in lasts; `Envelopes.deliver` hands in those whose sign-in has ended.

import { openDB } from './vendor/idb.js';
import { seal } from './sealing.js';

const NAME = 'renkei-envelopes';
/** Handed in together. */
const BATCH_MAX = 20;

/**
 * @typedef {{id: string, key: string, enc: string, text: string}} Envelope as the hub takes it
 * @typedef {Envelope & {handle: string, writtenAtMs: number}} Kept with the sign-in it was written under
 * @typedef {{id: string, publicKey: string}} HubKey
 */

export class Envelopes {
  constructor() {
    /** @type {Promise<import('./vendor/idb.js').IDBPDatabase> | null} */
    this.opening = null;
  }

  database() {
    this.opening ??= openDB(NAME, 1, { upgrade: (database) => { database.createObjectStore('envelopes', { keyPath: 'id' }); } });
    return this.opening;
  }

  /**
   * Seals a post to the hub. `slip` says in the sealed part on whose behalf.
   * @param {string} handle @param {HubKey} key @param {string} id @param {number} writtenAtMs @param {object} slip
   */
  async keep(handle, key, id, writtenAtMs, slip) {
    const sealed = await seal(key.publicKey, `renkei quarantine ${key.id}`, id, JSON.stringify(slip));
    await (await this.database()).put('envelopes', { id, key: key.id, ...sealed, handle, writtenAtMs });
  }

  /** @param {string} id */
  async drop(id) {
    await (await this.database()).delete('envelopes', id);
  }

  /** How many there are, of whatever sign-in. */
  async count() {
    return (await this.database()).count('envelopes');
  }

  /** @returns {Promise<Kept[]>} those written under other sign-ins than these, the oldest in front */
  async left(/** @type {Set<string>} */ living) {
    const all = /** @type {Kept[]} */ (await (await this.database()).getAll('envelopes'));
    return all.filter(({ handle }) => !living.has(handle)).sort((a, b) => a.writtenAtMs - b.writtenAtMs);
  }

  /**
   * Hands in what is left of sign-ins that have ended. What the hub took is removed here.
   * @param {import('./rest.js').Rest} rest @param {Set<string>} living handles of sign-ins that can still send
   * @returns {Promise<{delivered: number, left: number}>}
   */
  async deliver(rest, living) {
    let delivered = 0;
    /** @type {Set<string>} */
    const shut = new Set();
    for (;;) {
      const left = await this.left(living);
      const open = left.filter(({ key }) => !shut.has(key));
      if (open.length === 0) return { delivered, left: left.length };
      // A hub that lost a key takes nothing that is sealed to it: that keeps back no other.
      const batch = open.filter(({ key }) => key === open[0].key).slice(0, BATCH_MAX);
      try {
        await rest.handIn(batch.map(({ id, key, enc, text }) => ({ id, key, enc, text })));
      } catch {
        shut.add(batch[0].key);
        continue;
      }
      for (const { id } of batch) await this.drop(id);
      delivered += batch.length;
    }
  }
}
