// The language of the page: Japanese unless the reader chose otherwise or their browser speaks only English. The choice
// is remembered on the device. Phrases are in `phrases.js`, labels of codes in `words.js`.

import { PHRASES } from './phrases.js';
import { label } from './words.js';

const KEY = 'renkei.language';

/** @type {'ja' | 'en'} */
let chosen = 'ja';

/** @param {string | null} kept @param {readonly string[]} spoken @returns {'ja' | 'en'} */
export function preferred(kept, spoken) {
  if (kept === 'ja' || kept === 'en') return kept;
  const prefers = spoken.find((tag) => /^(ja|en)\b/.test(tag)) ?? 'ja';
  return prefers.startsWith('en') ? 'en' : 'ja';
}

export function startLanguage() {
  chosen = preferred(localStorage.getItem(KEY), navigator.languages);
  document.documentElement.lang = chosen;
}

/** @param {'ja' | 'en'} language */
export function chooseLanguage(language) {
  chosen = language;
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
}

export const language = () => chosen;

/**
 * Says phrases of a book in the language of the page; `{name}` is replaced by `values.name`. What only some people open
 * brings a book of its own.
 * @template {Record<string, string[]>} Book
 * @param {Book} phrases
 */
export const phrasebook = (phrases) => (/** @type {keyof Book} */ key, /** @type {Record<string, string | number>} */ values = {}) =>
  phrases[key][chosen === 'en' ? 1 : 0].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));

/**
 * What the page says: the phrases of the first view, which those of the door and of later parts join when these are fetched.
 * @typedef {typeof PHRASES & typeof import('./door-phrases.js').DOOR_PHRASES & typeof import('./later-phrases.js').LATER_PHRASES} Phrases
 * @typedef {keyof Phrases} Phrase
 */

export const say = phrasebook(/** @type {Phrases} */ (PHRASES));

/** The label of a domain code. @param {string} list @param {string} code */
export const word = (list, code) => label(list, code, chosen);

/** A word that stands alone, on a chip: the English begin with a capital. @param {string} text */
export const titled = (text) => (chosen === 'en' ? text.charAt(0).toUpperCase() + text.slice(1) : text);

/** @param {{ja: string, en: string} | undefined} text from the hub */
export const inLanguage = (text) => (text ? (text[chosen] || text.ja || text.en) : '');

/** What stands in brackets behind a word, as the language writes them. @param {string} words */
export const aside = (words) => (chosen === 'en' ? ` (${words})` : `（${words}）`);
