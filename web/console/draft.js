// A version that is being written: its files as they are typed, read anew after each change, and where the hub's mistakes,
// notes and findings belong. Nothing typed is lost when saving fails or the page is read anew; the hub decides what is right.

import { addRule, readSet, removeRule, setPart } from './rule-file.js';
import { Vocabulary } from './vocabulary.js';

/**
 * @typedef {import('./rule-file.js').Rule} Rule
 * @typedef {import('./rule-file.js').RuleSet} RuleSet
 * @typedef {import('./rules-rest.js').File} File
 * @typedef {import('./rules-rest.js').Mistake} Mistake
 * @typedef {Mistake & {owner: string, key: string}} PlacedMistake
 * @typedef {{load: () => string | null, save: (text: string) => void}} Storage
 */

export const VOCABULARY = 'vocabulary.toml';
/** Owns the mistakes of a set's header. */
export const HEADER = '[ruleset]';

/** `file:line:column`, as the hub tells places. @param {string | null | undefined} place */
export function placeOf(place) {
  const [, file = '', line = '0', column = '0'] = /^(.*):(\d+):(\d+)$/.exec(place ?? '') ?? [];
  return { file: file.slice(file.lastIndexOf('/') + 1), line: Number(line), column: Number(column) };
}

export class Draft {
  /** @param {File[]} files @param {Storage} [storage] what was typed and not saved yet */
  constructor(files, storage = { load: () => null, save: () => {} }) {
    this.storage = storage;
    this.saved = new Map(files.map(({ name, text }) => [name, text]));
    this.texts = new Map(this.saved);
    this.recall();
    /** @type {PlacedMistake[]} the hub's, of what was last sent */
    this.mistakes = [];
    this.words = new Vocabulary('');
    /** @type {RuleSet[]} */
    this.sets = [];
    this.read();
  }

  /** What was typed counts only on top of what it was typed on. */
  recall() {
    try {
      const kept = JSON.parse(this.storage.load() ?? 'null');
      for (const [name, { from, text }] of Object.entries(kept ?? {})) if (this.saved.get(name) === from) this.texts.set(name, text);
    } catch { /* Unreadable: what the hub has stands. */ }
  }

  read() {
    this.words = new Vocabulary(this.texts.get(VOCABULARY) ?? '');
    this.sets = [...this.texts].flatMap(([name, text]) => readSet(name, text, this.words) ?? []);
  }

  /** After each key that is pressed: only the file it was pressed in, unless it is the words of all. @param {string} name */
  readOne(name) {
    const at = this.sets.findIndex(({ file }) => file === name);
    const set = at < 0 ? null : readSet(name, this.texts.get(name) ?? '', this.words);
    if (name === VOCABULARY || !set) this.read();
    else this.sets[at] = set;
  }

  /** @returns {File[]} */
  get files() {
    return [...this.texts].map(([name, text]) => ({ name, text }));
  }

  get isChanged() {
    return [...this.texts].some(([name, text]) => this.saved.get(name) !== text);
  }

  /** @param {string} name @param {string} text */
  write(name, text) {
    if (this.texts.get(name) === text) return;
    this.texts.set(name, text);
    this.readOne(name);
    const typed = [...this.texts].filter(([file, now]) => this.saved.get(file) !== now);
    this.storage.save(JSON.stringify(Object.fromEntries(typed.map(([file, now]) => [file, { from: this.saved.get(file), text: now }]))));
  }

  /** @param {Rule} rule @param {string} key @param {any} value `undefined` takes the part out */
  set({ file, at, id }, key, value) {
    this.mended(file, id, key);
    this.write(file, setPart(this.texts.get(file) ?? '', at, key, value, this.words));
  }

  /** @param {RuleSet} set @param {string} key @param {any} value */
  setOf({ file }, key, value) {
    this.mended(file, HEADER, key);
    this.write(file, setPart(this.texts.get(file) ?? '', null, key, value, this.words));
  }

  /** @param {RuleSet} set @param {string} kind @param {string} id */
  add({ file }, kind, id) {
    this.write(file, addRule(this.texts.get(file) ?? '', kind, id));
  }

  /** @param {Rule} rule */
  remove({ file, at }) {
    this.write(file, removeRule(this.texts.get(file) ?? '', at));
  }

  /** The next number of the set: not one between, which an older version may have had. @param {RuleSet} set */
  freeId({ rules, id }) {
    const stem = rules[rules.length - 1]?.id.replace(/\d+\w?$/, '') || `${id.slice(0, 2).toUpperCase()}-`;
    const taken = this.sets.flatMap((set) => set.rules.map((rule) => rule.id)).filter((one) => one.startsWith(stem)).map((one) => Number.parseInt(one.slice(stem.length), 10) || 0);
    return `${stem}${Math.max(0, ...taken) + 1}`;
  }

  /** The hub has it. @param {File[]} files */
  kept(files) {
    this.saved = new Map(files.map(({ name, text }) => [name, text]));
    this.mistakes = [];
    this.storage.save('');
  }

  /** Back to what the hub has. */
  forget() {
    this.texts = new Map(this.saved);
    this.mistakes = [];
    this.storage.save('');
    this.read();
  }

  /** The rule at a line; `null` where it is the set's header or between rules. @param {string} file @param {number} line @returns {Rule | null} */
  ruleAt(file, line) {
    const rules = this.sets.find((set) => set.file === file)?.rules ?? [];
    return rules.find(({ from, to }) => from <= line && line <= to) ?? null;
  }

  /** What the hub said of what was sent: each mistake stays with its rule and part, however the lines move. @param {Mistake[]} mistakes */
  told(mistakes) {
    this.mistakes = mistakes.map((mistake) => {
      const { file, line } = mistake;
      const set = this.sets.find((one) => one.file === file);
      const rule = this.ruleAt(file, line);
      const lines = rule?.lines ?? (set && set.from <= line && line <= set.to ? set.lines : null);
      const key = Object.keys(lines ?? {}).find((one) => lines && lines[one][0] <= line && line <= lines[one][1]) ?? '';
      return { ...mistake, owner: rule ? rule.id : lines ? HEADER : '', key };
    });
  }

  /** @param {string} file @param {string} owner the id of a rule, or `HEADER` @param {string} [key] of one part */
  mistakesOf(file, owner, key) {
    return this.mistakes.filter((one) => one.file === file && one.owner === owner && (key === undefined || one.key === key));
  }

  /** Mistakes at no rule and no header: their file's text shows them. */
  get mistakesElsewhere() {
    return this.mistakes.filter(({ owner }) => owner === '');
  }

  /** A part that is written anew is not wrong until the hub says so again. @param {string} file @param {string} owner @param {string} key */
  mended(file, owner, key) {
    this.mistakes = this.mistakes.filter((one) => one.file !== file || one.owner !== owner || one.key !== key);
  }
}

/** @param {import('./rule-file.js').RuleSet} set */
const rulesText = ({ rules }) => JSON.stringify(rules.map(({ id, parts }) => [id, parts]));

/** Sets whose rules changed and whose version number stayed: two agreements would go by one name. @param {Draft} draft @param {Draft} inForce */
export const sameNumber = (draft, inForce) => draft.sets.filter((set) => {
  const before = inForce.sets.find(({ id }) => id === set.id);
  return before !== undefined && before.parts.version === set.parts.version && rulesText(before) !== rulesText(set);
});
