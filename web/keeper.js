// Keeps what the model knows on this device, sealed, and brings it back when the page opens without network: patients,
// timelines with their cursors, duties, words of rules, who is who. Forgets with the model, and all at once when the
// sign-in ends or its time is over. What is written in the outbox it hands to its shelf. Shows nothing.

import { Locker, canKeep } from './locker.js';
import { KeptShelf } from './shelf.js';
import { keptOf, putBack, recordOf } from './kept.js';

/** The database of `envelopes.js`, which is fetched when there is something to seal or to hand in. */
const ENVELOPES = 'renkei-envelopes';
const PAUSE_MS = 400;
/** What was written and not put away yet is given so long when a sign-in ends. */
const SEALING_MS_MAX = 2_000;
/** Timers of browsers count to 31 bits. */
const TIMER_MS_MAX = 2_000_000_000;

/**
 * @typedef {import('./model.js').Model} Model
 * @typedef {{mine: string | null, isOfTab: boolean, all: string[]}} Marks of sign-ins: of this page, and of all that can be gone on with
 * @typedef {import('./kept.js').Held} Held
 */

export class Keeper {
  /** @param {Model} model @param {() => Marks} marks */
  constructor(model, marks) {
    this.model = model;
    this.marks = marks;
    /** @type {Locker | null} */
    this.locker = null;
    this.handle = '';
    this.expiresAtMs = 0;
    /** @type {Set<string>} records that changed */
    this.dirty = new Set();
    /** @type {Set<string>} timelines that changed */
    this.moved = new Set();
    /** @type {Map<string, number>} how many entries of a timeline are kept */
    this.written = new Map();
    /** @type {Set<string>} timelines of which only the last entries are kept: read anew from the beginning */
    this.partial = new Set();
    this.busy = false;
    /** Whether the device refused to keep something. */
    this.full = false;
    /** What envelopes are sealed with. @type {{key: import('./envelopes.js').HubKey, pass: string} | undefined} */
    this.slip = undefined;
    /** @type {Promise<import('./envelopes.js').Envelopes> | undefined} */
    this.fetching = undefined;
  }

  // ── opening ──

  /** What is kept of this sign-in and still counts. @returns {Promise<Held | null>} */
  async find() {
    const { mine } = this.marks();
    if (!mine || !canKeep() || this.locker) return null;
    try {
      this.handle = await handleOf(mine);
      const locker = await Locker.find(this.handle);
      if (!locker) return null;
      this.locker = locker;
      const about = await locker.about();
      if (!about || this.isOver(about)) {
        await this.destroy();
        return null;
      }
      this.expiresAtMs = about.expiresAtMs;
      const held = await keptOf(locker);
      if (held) await this.openOutbox(locker);
      this.watch();
      return held;
    } catch (error) {
      // What cannot be read is as good as not there.
      console.warn('nothing kept could be read', error);
      await this.destroy().catch(() => {});
      return null;
    }
  }

  /** A clock that was set back does not make a sign-in last longer. @param {import('./locker.js').About} about */
  isOver({ expiresAtMs, seenAtMs }) {
    return Math.max(this.model.clock.now(), seenAtMs) >= expiresAtMs;
  }

  /** The hub says who is signed in, and until when at the latest. @param {import('./rest.js').Me} me */
  async begin(me) {
    const { mine } = this.marks();
    if (!mine || !canKeep()) return;
    try {
      this.expiresAtMs = Date.parse(me.expires_at);
      if (!this.handle) this.handle = await handleOf(mine);
      if (!this.locker) {
        this.locker = await Locker.open(this.handle, this.expiresAtMs);
        await this.openOutbox(this.locker);
      }
      await this.noteAbout(this.locker);
      this.note('me');
      this.watch();
    } catch (error) {
      this.refused(error);
    }
  }

  /** @param {Locker} locker */
  async noteAbout(locker) {
    const seenAtMs = Math.max(this.model.clock.now(), (await locker.about())?.seenAtMs ?? 0);
    await locker.note({ expiresAtMs: this.expiresAtMs, seenAtMs, isOfTab: this.marks().isOfTab });
  }

  /** @param {Locker} locker */
  async openOutbox(locker) {
    const { outbox, hub } = this.model;
    const channel = new BroadcastChannel(`renkei-${this.handle}`);
    this.channel = channel;
    this.slip ??= await locker.read('records', 'slip');
    channel.onmessage = () => outbox.reload().then(() => this.model.changed(), (error) => this.refused(error));
    outbox.ready = () => hub.flush();
    outbox.failed = (error) => this.refused(error);
    const envelopes = { keep: (/** @type {import('./outbox.js').Item} */ item) => this.seal(item), drop: async (/** @type {string} */ id) => (await this.envelopes()).drop(id) };
    this.shelf = new KeptShelf(locker, envelopes, () => channel.postMessage('outbox'));
    await outbox.open(this.shelf);
  }

  // ── envelopes ──

  /** @returns {Promise<import('./envelopes.js').Envelopes>} */
  envelopes() {
    this.fetching ??= import('./envelopes.js').then(({ Envelopes }) => new Envelopes());
    // Without network it may not be there yet.
    this.fetching.catch(() => { this.fetching = undefined; });
    return this.fetching;
  }

  /** Removes what earlier sign-ins left, and hands in what they did not send. @returns {Promise<typeof this.model.envelopes>} */
  async tidy() {
    if (!canKeep()) return { delivered: 0, left: 0, held: 0 };
    const living = new Set(await Promise.all(this.marks().all.map(handleOf)));
    await sweep(living, this.model.clock.now());
    for (const handle of await Locker.list()) living.add(handle);
    if (!(await indexedDB.databases()).some(({ name }) => name === ENVELOPES)) return { delivered: 0, left: 0, held: 0 };
    const envelopes = await this.envelopes();
    const handedIn = await envelopes.deliver(this.model.rest, living);
    return { ...handedIn, held: await envelopes.count() - handedIn.left };
  }

  /** Whether what is not sent is in an envelope too. */
  get canSeal() {
    return Boolean(this.slip) && !this.full;
  }

  /** What envelopes are sealed with, asked for while the hub is there. */
  async fetchSlip() {
    const { rest } = this.model;
    try {
      const [key, { pass }] = await Promise.all([rest.quarantineKey(), rest.quarantinePass()]);
      await this.envelopes();
      this.slip = { key: { id: key.id, publicKey: key.public_key }, pass };
      await this.locker?.write([{ store: 'records', key: 'slip', value: this.slip }]);
      await this.shelf?.sealAll();
    } catch {
      // A hub that takes no envelopes: posts wait in the outbox alone.
    }
  }

  /** @param {import('./outbox.js').Item} item */
  async seal({ intent, writtenAtMs }) {
    if (!this.slip) return;
    const { key, pass } = this.slip;
    await (await this.envelopes()).keep(this.handle, key, intent.id, writtenAtMs, { pass, writtenAtMs, syncedAtMs: this.model.syncedAtMs, intent });
  }

  // ── keeping ──

  /** Something of the model changed. @param {string} record */
  note(record) {
    this.dirty.add(record);
    this.soon();
  }

  /** @param {string} timeline entries or its cursor */
  noteTimeline(timeline) {
    this.moved.add(timeline);
    this.soon();
  }

  /** Entries were taken out. @param {string} timeline */
  rewrite(timeline) {
    this.written.delete(timeline);
    this.noteTimeline(timeline);
  }

  soon() {
    if (this.timer || !this.locker) return;
    this.timer = this.model.clock.after(() => {
      this.timer = null;
      this.flush();
    }, PAUSE_MS);
  }

  async flush() {
    const { locker, model } = this;
    if (!locker || locker.closed || this.full) return;
    if (this.busy) return this.soon();
    this.busy = true;
    const [records, timelines] = [[...this.dirty], [...this.moved]];
    this.dirty.clear();
    this.moved.clear();
    try {
      const changes = records.map((record) => /** @type {const} */ ({ store: 'records', key: record, value: recordOf(model, record) }));
      await locker.write([...changes, ...timelines.flatMap((timeline) => this.changesOf(timeline))]);
      await this.noteAbout(locker);
    } catch (error) {
      this.refused(error);
    }
    this.busy = false;
    if (this.dirty.size + this.moved.size > 0) this.soon();
  }

  /** @param {string} timeline @returns {import('./locker.js').Change[]} */
  changesOf(timeline) {
    const { model } = this;
    const held = model.timelines.get(timeline);
    const place = model.hub.cursors.places.get(timeline);
    // Seen by emergency access, or by the office that serves nobody: never on a disk.
    const isKept = held && place && !model.isSecretariat && !model.emergency.opened.has(timeline);
    if (!isKept) return dropped(timeline, this.written);
    if (this.partial.has(timeline)) return [];
    const { changes, count } = segmentsOf(timeline, held.items, this.written.get(timeline), place.after);
    this.written.set(timeline, count);
    return changes;
  }

  /** The device keeps nothing more; the page works on with what it holds in memory. @param {unknown} error */
  refused(error) {
    if (this.locker?.closed) return;
    console.warn('this device could not keep something', error);
    this.full = true;
    this.model.changed();
  }

  // ── the end ──

  /** The sign-in ends here, whether the hub can be reached or not. */
  watch() {
    const { clock } = this.model;
    clock.cancel(this.ending);
    const left = this.expiresAtMs - clock.now();
    if (left <= 0) this.model.leave('sign_in_expired');
    else this.ending = clock.after(() => this.watch(), Math.min(left, TIMER_MS_MAX));
  }

  /** Removes everything but the envelopes. */
  async destroy() {
    const { locker, handle, model } = this;
    for (const timer of [this.timer, this.ending]) model.clock.cancel(timer);
    this.timer = null;
    this.locker = null;
    // What was written a moment ago gets its envelope before what it is sealed with goes; a disk that hangs holds up nothing.
    if (this.shelf) await Promise.race([this.shelf.last, new Promise((resolve) => { model.clock.after(() => resolve(undefined), SEALING_MS_MAX); })]);
    this.channel?.close();
    Object.assign(this, { shelf: undefined, slip: undefined });
    for (const held of [this.dirty, this.moved, this.written, this.partial]) held.clear();
    if (locker) await locker.destroy();
    else if (handle) await Locker.destroy(handle);
  }

  /** Takes what is kept into the model. @param {Held} held */
  restore(held) {
    putBack(this.model, held, this);
  }
}

/** Segments are written anew as a whole; the last one grows. */
export const SEGMENT_ENTRIES = 64;
/** Of a longer timeline the last ones are kept. */
export const ENTRIES_KEPT_MAX = 32 * SEGMENT_ENTRIES;

/**
 * @param {string} timeline @param {import('./timeline.js').Item[]} items @param {number | undefined} written how many are kept already
 * @param {number} after the cursor @returns {{changes: import('./locker.js').Change[], count: number}}
 */
export function segmentsOf(timeline, items, written, after) {
  const count = items.length;
  const first = Math.max(0, Math.ceil((count - ENTRIES_KEPT_MAX) / SEGMENT_ENTRIES));
  /** @type {import('./locker.js').Change[]} */
  const changes = [];
  if (written === undefined) changes.push({ store: 'segments', from: [timeline, 0], to: [timeline, Infinity] });
  else if (first > 0) changes.push({ store: 'segments', from: [timeline, 0], to: [timeline, first - 1] });
  const start = Math.max(first, Math.floor((written ?? 0) / SEGMENT_ENTRIES));
  for (let segment = start; segment * SEGMENT_ENTRIES < count; segment += 1) {
    const entries = items.slice(segment * SEGMENT_ENTRIES, (segment + 1) * SEGMENT_ENTRIES).map(entryOf);
    changes.push({ store: 'segments', key: [timeline, segment], value: entries });
  }
  changes.push({ store: 'places', key: timeline, value: { after, isWhole: first === 0 } });
  return { changes, count };
}

/** The entry as it was delivered. @param {import('./timeline.js').Item} item */
const entryOf = ({ corrections, retraction, acknowledgements, ...entry }) => entry;

/** @param {string} timeline @param {Map<string, number>} written @returns {import('./locker.js').Change[]} */
function dropped(timeline, written) {
  written.delete(timeline);
  return [{ store: 'segments', from: [timeline, 0], to: [timeline, Infinity] }, { store: 'places', key: timeline, value: undefined }];
}

/** Names what is kept of a sign-in without telling it. @param {string} mark */
export async function handleOf(mark) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`renkei sign-in ${mark}`));
  return Array.from(new Uint8Array(hash).subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Removes what is kept of sign-ins that are over, or that nobody can go on with.
 * @param {Set<string>} living handles @param {number} nowMs
 */
async function sweep(living, nowMs) {
  for (const handle of await Locker.list()) {
    if (living.has(handle)) continue;
    const locker = await Locker.find(handle).catch(() => null);
    const about = await locker?.about();
    locker?.close();
    if (!about?.isOfTab || Math.max(nowMs, about.seenAtMs) >= about.expiresAtMs) await Locker.destroy(handle);
  }
}
