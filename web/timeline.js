// One patient's timeline as this page holds it: a fold over entries in the order of `seq`. Corrections, retractions and
// acknowledgements are gathered beside what they are about; nothing is ever dropped except by `forget`. No I/O.

import { Duties } from './duties.js';
import { referenceOf, speaksTo } from './mentions.js';

/**
 * @typedef {import('./frames.js').Entry} Entry
 * @typedef {import('./frames.js').Body} Body
 * An entry with what was said about it later.
 * @typedef {Entry & {corrections: Item[], retraction: Item | null, acknowledgements: Item[], replies: Item[]}} Item
 */

const POINTS_BACK = new Set(['acknowledgement', 'correction', 'retraction']);
/** Kinds that by themselves change nothing that is shown of another entry. */
const ADDS_ONLY = new Set(['vital', 'note', 'message', 'visit', 'status_change', 'call', 'order', 'lab_request', 'lab_result', 'device_change', 'acp_note', 'medication_list', 'medication_report']);

export class Timeline {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.clear();
  }

  clear() {
    /** @type {Item[]} every entry, by `seq` */
    this.items = [];
    /** @type {Map<string, Item>} */
    this.byId = new Map();
    /** @type {Body | null} */
    this.registration = null;
    /** @type {Body | null} */
    this.consent = null;
    /** @type {{sign: string, low?: string, high?: string}[]} in force now */
    this.limits = [];
    /** @type {Duties} */
    this.duties = new Duties(this.id);
    /** Grows with every change to an entry that was there before. */
    this.touched = (this.touched ?? 0) + 1;
    /** Grows with every change. */
    this.version = (this.version ?? 0) + 1;
    /** Grows whenever readings or limits change; graphs are drawn again only then. */
    this.readingsVersion = (this.readingsVersion ?? 0) + 1;
  }

  get lastSeq() {
    return this.items.at(-1)?.seq ?? 0;
  }

  get last() {
    return this.items.at(-1);
  }

  /** Takes the next entry. One already held (after reading from the start again) changes nothing. @param {Entry} entry */
  apply(entry) {
    if (this.byId.has(entry.id) || entry.seq <= this.lastSeq) return false;
    const item = { ...entry, corrections: [], retraction: null, acknowledgements: [], replies: [] };
    this.version += 1;
    this.items.push(item);
    this.byId.set(item.id, item);
    const target = POINTS_BACK.has(item.kind) ? this.byId.get(item.body.target) : undefined;
    if (target && item.kind === 'acknowledgement') target.acknowledgements.push(item);
    if (target && item.kind === 'correction') target.corrections.push(item);
    if (target && item.kind === 'retraction') target.retraction = item;
    const answered = this.byId.get(referenceOf(item.body));
    answered?.replies.push(item);
    if (target || answered || !ADDS_ONLY.has(item.kind) || item.opened?.length || item.met?.length) this.touched += 1;
    this.duties.apply(item);
    const about = target ? rootOf(this, target) : item;
    if (about.kind === 'registration') this.registration = currentBody(about);
    if (about.kind === 'consent') this.consent = currentBody(about);
    if (about.kind === 'alarm_limits') this.limits = limitsInForce(this.items);
    if (about.kind === 'vital' || about.kind === 'alarm_limits') this.readingsVersion += 1;
    return true;
  }

  /** Drops one entry and everything that points at it, as if never delivered. @param {string} id */
  forget(id) {
    const kept = this.items.filter((item) => item.id !== id && !pointsAt(this, item, id));
    this.clear();
    for (const item of kept) this.apply(item);
  }

  /**
   * What somebody has not read: entries after `through` that others wrote, and of these the alarms and what speaks to them.
   * @param {number} through @param {import('./mentions.js').Self} self
   */
  unread(through, self) {
    let [entries, alarms, mentions] = [0, 0, 0];
    for (let at = this.items.length - 1; at >= 0 && this.items[at].seq > through; at -= 1) {
      const item = this.items[at];
      if (item.author.person === self.id) continue;
      entries += 1;
      if (currentAlarms(item).length > 0 && !item.retraction) alarms += 1;
      if (speaksTo(item, self, this.byId)) mentions += 1;
    }
    return { entries, alarms, mentions };
  }
}

/** @param {Timeline} timeline @param {Item} item @returns {Item} what a chain of corrections and retractions is about */
function rootOf(timeline, item) {
  let root = item;
  for (let steps = 0; POINTS_BACK.has(root.kind) && steps < 100; steps += 1) {
    const next = timeline.byId.get(root.body.target);
    if (!next) break;
    root = next;
  }
  return root;
}

/** @param {Timeline} timeline @param {Item} item @param {string} id */
function pointsAt(timeline, item, id) {
  let at = /** @type {Item | undefined} */ (item);
  while (at && POINTS_BACK.has(at.kind)) {
    if (at.body.target === id) return true;
    at = timeline.byId.get(at.body.target);
  }
  return false;
}

/** The version that holds now: the last correction that was not itself taken back, or the entry. @param {Item} item */
export function currentVersion(item) {
  return item.corrections.findLast((correction) => !correction.retraction) ?? item;
}

/** @param {Item} item @returns {Body} */
export function currentBody(item) {
  const version = currentVersion(item);
  return version === item ? item.body : version.body.body;
}

/** @param {Item} item */
export function currentAlarms(item) {
  return currentVersion(item).alarms;
}

/** @param {Item[]} items @returns {{sign: string, low?: string, high?: string}[]} */
function limitsInForce(items) {
  const last = items.findLast((item) => item.kind === 'alarm_limits' && !item.retraction);
  return last ? (currentBody(last).limits ?? []) : [];
}

/**
 * How many people other than the author have read an entry, and who.
 * @param {Map<string, {through: number, atMs: number}>} markers by person @param {Item} item
 */
export function readers(markers, item) {
  return [...markers].filter(([person, { through }]) => person !== item.author.person && through >= item.seq);
}
