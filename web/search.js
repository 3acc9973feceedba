// Searching one patient's timeline: what this page holds first, a slice at a time so that nothing stutters, then whatever
// it does not hold yet, page by page from the hub, until all of it was searched. Shows nothing; tells how far it has come.

import { readEntry } from './frames.js';
import { folded } from './fold.js';
import { said } from './gist.js';
import { word } from './language.js';
import { Timeline, currentBody } from './timeline.js';
import { WORDS } from './words.js';

const SLICE_ENTRIES = 400;
const PAGE_ENTRIES = 256;
/** What points at another entry is found with it. */
const ABOUT_OTHERS = new Set(['acknowledgement', 'correction', 'retraction', 'duty_step', 'duty_answer']);

/**
 * @typedef {import('./timeline.js').Item} Item
 * @typedef {object} Wanted
 * @property {string} text words that must all be there
 * @property {string} kind
 * @property {string} person author
 * @property {string} organisation of the author
 * @property {string} from day, or empty
 * @property {string} until day, or empty
 * @typedef {{state: 'searching' | 'done' | 'stopped' | 'cut_off', found: Item[], looked: number, held: number, fromHub: number}} Progress
 */

/** @type {Wanted} */
export const EVERYTHING = { text: '', kind: '', person: '', organisation: '', from: '', until: '' };

/** @param {Wanted} wanted */
export const asksNothing = (wanted) => Object.values(wanted).every((value) => !value.trim());

/** @param {string} day @param {number} addDays */
const dayMs = (day, addDays) => {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year, month - 1, date + addDays).getTime();
};

/** @type {WeakMap<Item, {versions: number, text: string}>} */
const texts = new WeakMap();

/** Everything of an entry that is words, in both languages where it is a code: what was corrected counts as it is now. @param {Item} item @param {import('./model.js').Model} model */
function textOf(item, model) {
  const versions = item.corrections.length + item.acknowledgements.length;
  const held = texts.get(item);
  if (held && held.versions === versions) return held.text;
  const body = currentBody(item);
  const labels = [...(WORDS.kind[item.kind] ?? [item.kind]), ...(WORDS.role[item.author.role] ?? [])];
  const words = [said(body), ...deepWords(body), ...labels, model.personName(item.author.person), model.organisationName(item.author.organisation),
    ...(item.onBehalf ? [model.personName(item.onBehalf.person), model.organisationName(item.onBehalf.organisation)] : []),
    ...item.acknowledgements.map((one) => one.body.text ?? '')];
  const text = folded(words.join('\n'));
  texts.set(item, { versions, text });
  return text;
}

/** @param {unknown} value @returns {string[]} texts that people wrote, wherever they stand */
function deepWords(value) {
  if (typeof value === 'string') return /[^\x00-\x7f]/.test(value) ? [value] : [];
  return value && typeof value === 'object' ? Object.values(value).flatMap(deepWords) : [];
}

/** @param {Wanted} wanted @param {import('./model.js').Model} model @returns {(item: Item) => boolean} */
export function finder(wanted, model) {
  const words = wanted.text.normalize('NFKC').trim().split(/\s+/).map(folded).filter(Boolean);
  const [from, until] = [wanted.from ? dayMs(wanted.from, 0) : -Infinity, wanted.until ? dayMs(wanted.until, 1) : Infinity];
  return (item) => {
    const { author, recordedAtMs, observedAtMs } = item;
    const at = observedAtMs ?? recordedAtMs;
    if (ABOUT_OTHERS.has(item.kind) || at < from || at >= until) return false;
    if (wanted.kind && item.kind !== wanted.kind) return false;
    if (wanted.person && author.person !== wanted.person) return false;
    if (wanted.organisation && author.organisation !== wanted.organisation) return false;
    if (words.length === 0) return true;
    const text = textOf(item, model);
    return words.every((one) => text.includes(one));
  };
}

/** Kinds, authors and offices that occur: what can be chosen. @param {Item[]} items */
export function choices(items) {
  const [kinds, people, organisations] = [new Set(), new Set(), new Set()];
  for (const { kind, author } of items) {
    if (ABOUT_OTHERS.has(kind)) continue;
    kinds.add(kind);
    people.add(author.person);
    organisations.add(author.organisation);
  }
  const inOrder = Object.keys(WORDS.kind).filter((kind) => kinds.has(kind)).sort((a, b) => word('kind', a).localeCompare(word('kind', b), 'ja'));
  return { kinds: inOrder, people: [...people], organisations: [...organisations] };
}

export class Search {
  /** @param {import('./model.js').Model} model @param {string} timeline @param {Wanted} wanted @param {() => void} changed */
  constructor(model, timeline, wanted, changed) {
    this.model = model;
    this.timeline = timeline;
    this.changed = changed;
    this.finds = finder(wanted, model);
    /** @type {Progress} */
    this.progress = { state: 'searching', found: [], looked: 0, held: 0, fromHub: 0 };
  }

  /** The next thing that happens lets others act first. */
  pause() {
    return new Promise((resolve) => this.model.clock.after(() => resolve(undefined), 0));
  }

  stop() {
    if (this.progress.state === 'searching') this.progress.state = 'stopped';
  }

  get isStopped() {
    return this.progress.state !== 'searching';
  }

  async run() {
    const { model, timeline, progress } = this;
    const { items } = model.timeline(timeline);
    progress.held = items.length;
    for (let end = items.length; end > 0 && !this.isStopped; end -= SLICE_ENTRIES) {
      await this.pause();
      const slice = items.slice(Math.max(0, end - SLICE_ENTRIES), end).reverse();
      progress.found.push(...slice.filter(this.finds));
      progress.looked += slice.length;
      this.changed();
    }
    if (!this.isStopped && !model.hub.cursors.isCaughtUp(timeline)) await this.searchHub();
    if (!this.isStopped) progress.state = 'done';
    this.changed();
  }

  /** What this page has not been given yet. It is folded apart, and arrives on the timeline by itself. */
  async searchHub() {
    const { model, progress } = this;
    const rest = new Timeline(this.timeline);
    let after = model.hub.cursors.place(this.timeline).after;
    try {
      for (let more = true; more && !this.isStopped;) {
        const page = await model.rest.entries(this.timeline, after, PAGE_ENTRIES);
        for (const raw of page.entries) rest.apply(readEntry(raw));
        progress.fromHub += page.entries.length;
        ({ through: after, more } = page);
        this.changed();
      }
    } catch (/** @type {any} */ error) {
      model.failed(error);
      progress.state = 'cut_off';
    }
    const held = model.timeline(this.timeline).byId;
    progress.found.unshift(...rest.items.filter((item) => !held.has(item.id) && this.finds(item)).reverse());
  }
}
