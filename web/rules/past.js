// What a patient's timeline says of words that look back, as far as this page holds the timeline: three-valued, because
// entries may be hidden from this reader, may not have been sent yet, and because it is the moment of arrival at the hub
// that counts, which nobody knows on the way. Used by `facts.js`.

import { currentBody } from '../timeline.js';

/**
 * @typedef {import('../timeline.js').Item} Item
 * @typedef {import('./possible.js').Past} Past
 */

/** By how much the clocks of device and hub may differ: more than the hub takes. */
export const CLOCKS_APART_MS = 20 * 60_000;
/** Sign-ins and what they did not send do not last longer than this without somebody looking at it. */
const ON_THE_WAY_MS_MAX = 7 * 86_400_000;
const DAY_MS = 86_400_000;

export class LookBack {
  /**
   * @param {Item[]} items in the order of `seq` @param {object} known
   * @param {boolean} known.isWhole nothing of the timeline is hidden from this reader, or missing here
   * @param {Set<string>} known.onTheWay kinds of posts of this page that the hub has not taken yet
   * @param {number} known.nowMs
   */
  constructor(items, { isWhole, onTheWay, nowMs }) {
    this.items = items;
    this.isWhole = isWhole;
    this.onTheWay = onTheWay;
    this.nowMs = nowMs;
  }

  /**
   * The entries of these kinds that stand, or `null` where it is not known which there are: what was corrected or taken
   * back, or may be on its way, is the hub's to tell.
   * @param {string[]} kinds @param {(item: Item) => boolean} [counts] @returns {Item[] | null}
   */
  of(kinds, counts = () => true) {
    const found = this.items.filter((item) => kinds.includes(item.kind) && counts(item));
    if (found.some(({ retraction, corrections }) => retraction || corrections.length)) return null;
    if (kinds.some((kind) => this.onTheWay.has(kind)) || this.onTheWay.has('retraction') || this.onTheWay.has('correction')) return null;
    return found;
  }

  /** The same of everybody's: only where nothing is hidden. @param {string[]} kinds @returns {Item[] | null} */
  ofAll(kinds) {
    return this.isWhole ? this.of(kinds) : null;
  }

  /** @param {Past} past @param {(item: Item) => boolean} [counts] whose are looked at; else everybody's @returns {boolean | undefined} */
  ask({ how, of, since = [], within_s: withinS }, counts) {
    const found = counts ? this.of([...of, ...since], counts) : this.ofAll([...of, ...since]);
    if (!found) return undefined;
    const from = found.findLast(({ kind }) => since.includes(kind));
    if (since.length && !from) return how === 'exists' || how === 'missing' ? false : undefined;
    const after = found.filter((item) => of.includes(item.kind) && (!from || item.recordedAtMs >= from.recordedAtMs));
    // Of one millisecond: which was first is in the microseconds.
    if (from && after.some((item) => item !== from && item.recordedAtMs === from.recordedAtMs)) return undefined;
    const young = withinS === undefined ? after : after.filter(({ recordedAtMs }) => this.nowMs - recordedAtMs <= withinS * 1000 + CLOCKS_APART_MS);
    if (young.length === 0) return how === 'missing';
    // What is young enough now may be too old when the post arrives.
    if (withinS !== undefined || how === 'acknowledged') return undefined;
    if (how === 'in_force') return this.isInForce(young);
    return how === 'exists';
  }

  /** @param {Item[]} items @returns {boolean | undefined} */
  isInForce(items) {
    // Of each writer the hub remembers the last ones.
    const last = /** @type {Item} */ (items.at(-1));
    const ends = items.map((item) => endMs(currentBody(item)));
    if (ends.every((end) => end + DAY_MS + CLOCKS_APART_MS < this.nowMs)) return false;
    return endMs(currentBody(last)) - DAY_MS > this.nowMs + ON_THE_WAY_MS_MAX ? true : undefined;
  }
}

/** The end of the last day on which it is in force, somewhere. @param {import('../frames.js').Body} body */
const endMs = ({ kind, until }) => ((kind === 'nursing_instruction' || kind === 'care_plan') && until ? Date.parse(until) + DAY_MS : Infinity);

