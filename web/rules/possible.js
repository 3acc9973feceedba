// What is known of each word that rules ask about, as the set of values still possible, and whether a condition holds in
// front of it: for certain, for certain not, or perhaps. The same reading as the hub's `branches.rs`, in three values: what
// this page does not know is never taken for yes or no. Used by `judging.js`; knows no post and no patient.

/**
 * @typedef {import('../frames.js').Text} Text
 * @typedef {{code: string, type: 'flag' | 'choice' | 'number' | 'duration', label: Text, no?: Text, values?: {code: string, label: Text}[], unit?: Text, past?: Past}} Field
 * @typedef {{how: 'in_force' | 'exists' | 'acknowledged' | 'missing', of: string[], since?: string[], within_s?: number}} Past
 * @typedef {{field: string, is?: string[], within?: [number | null, number | null][], words: Text}} Term
 * All terms of a clause must hold, and of several clauses one. @typedef {Term[][]} Clauses
 * A number lies between two others, both included. @typedef {{low: number, high: number}} Range
 * Codes that are possible (of a flag `true` and `false`), or a range. @typedef {Set<string> | Range} Slot
 * By the code of the field; what is missing is not known. @typedef {Map<string, Slot>} Slots
 * @typedef {'yes' | 'no' | 'maybe'} Three
 */

const ANY = { low: -Infinity, high: Infinity };

/** @param {Field | undefined} field */
export const valuesOf = (field) => (field?.type === 'flag' ? ['true', 'false'] : (field?.values ?? []).map(({ code }) => code));

/** @param {Term} term @returns {Range[]} */
const rangesOf = ({ within = [] }) => within.map(([low, high]) => ({ low: low ?? -Infinity, high: high ?? Infinity }));

/** Whether every whole number of a range is in one of these. @param {Range} range @param {Range[]} ranges */
function covered({ low, high }, ranges) {
  let from = low;
  for (const range of [...ranges].sort((a, b) => a.low - b.low)) {
    if (range.low > from || range.high < from) continue;
    if (range.high >= high) return true;
    from = range.high + 1;
  }
  return false;
}

export class Asking {
  /** @param {Map<string, Field>} fields @param {Slots} slots */
  constructor(fields, slots) {
    this.fields = fields;
    this.slots = slots;
  }

  /** @param {Term} term @returns {string[] | Range} */
  possible(term) {
    const slot = this.slots.get(term.field);
    if (term.within) return /** @type {Range | undefined} */ (slot) ?? ANY;
    return slot instanceof Set ? [...slot] : valuesOf(this.fields.get(term.field));
  }

  /** Whether the field has one of the values, whatever it turns out to be. @param {Term} term */
  isCertain(term) {
    const possible = this.possible(term);
    // Of a word without values nothing is known.
    if (Array.isArray(possible)) return possible.length > 0 && possible.every((code) => term.is?.includes(code));
    return covered(possible, rangesOf(term));
  }

  /** @param {Term} term */
  isPossible(term) {
    const possible = this.possible(term);
    if (Array.isArray(possible)) return possible.length === 0 || possible.some((code) => term.is?.includes(code));
    return rangesOf(term).some(({ low, high }) => low <= possible.high && high >= possible.low);
  }

  /** Whether an exception's term is certain wherever the clause holds. @param {Term} term @param {Term[]} clause */
  isCertainWithin(term, clause) {
    const own = clause.find(({ field }) => field === term.field);
    const possible = this.possible(term);
    if (Array.isArray(possible)) {
      const left = possible.filter((code) => !own || own.is?.includes(code));
      return possible.length > 0 && left.every((code) => term.is?.includes(code));
    }
    const parts = (own ? rangesOf(own) : [ANY])
      .map(({ low, high }) => ({ low: Math.max(low, possible.low), high: Math.min(high, possible.high) }))
      .filter(({ low, high }) => low <= high);
    return parts.every((part) => covered(part, rangesOf(term)));
  }

  /** @param {Clauses} when @param {Clauses} [unless] @returns {Three} */
  holds(when, unless = []) {
    const isYes = when.some((clause) => clause.every((term) => this.isCertain(term))
      && !unless.some((exception) => exception.every((term) => this.isPossible(term))));
    if (isYes) return 'yes';
    const isMaybe = when.some((clause) => clause.every((term) => this.isPossible(term))
      && !unless.some((exception) => exception.every((term) => this.isCertainWithin(term, clause))));
    return isMaybe ? 'maybe' : 'no';
  }

  /** Whether more than one value is possible, so that the hub may know better. @param {string} code */
  isOpen(code) {
    const slot = this.slots.get(code);
    return slot instanceof Set ? slot.size !== 1 : !slot || slot.low !== slot.high;
  }

  /** What is so, in words: as the hub's `phrase.rs` says it. @param {string} code @returns {Text} */
  statement(code) {
    const field = this.fields.get(code);
    if (!field) return { ja: '', en: '' };
    const { label, no, values = [], type } = field;
    const slot = this.slots.get(code);
    const only = slot instanceof Set && slot.size === 1 ? [...slot][0] : '';
    if (type === 'flag') {
      if (only) return only === 'true' ? label : (no ?? label);
      return { ja: `「${label.ja}」かどうかが分からない`, en: `unknown whether ${label.en}` };
    }
    const value = values.find((one) => one.code === only)?.label;
    if (value) return { ja: `${label.ja}が「${value.ja}」である`, en: `${label.en}: ${value.en}` };
    return { ja: `${label.ja}が分からない`, en: `${label.en}: unknown` };
  }
}
