// Lists of which the newest stands whole: problems, and family with the key person. What a row begins as, what it still
// lacks, and what becomes of it in the post. Pure; the controls are in `views/list-field.js`.

import { currentBody } from './timeline.js';

/** @typedef {Record<string, any>} Line one problem or person, as it is typed @typedef {import('./language.js').Phrase} Phrase */

/** As the hub takes them: digits in any width become plain ones, and dashes of all sorts a hyphen. @param {string} typed */
export const dialled = (typed) => typed.normalize('NFKC').replace(/[‐-―−ーｰ]/g, '-').trim();
/** @param {string} number @returns {boolean} */
export const isNumber = (number) => /^[\d+\-(). #*,]{1,40}$/.test(number) && (number.match(/\d/g) ?? []).length >= 3;

/** @param {Line} line @param {string[]} texts @param {string[]} [flags] texts that are not empty and flags that are set, beside what else it held */
function said(line, texts, flags = []) {
  const kept = Object.fromEntries(Object.entries(line).filter(([name]) => !texts.includes(name) && !flags.includes(name)));
  const written = texts.map((name) => [name, (line[name] ?? '').trim()]).filter(([, text]) => text);
  return { ...kept, ...Object.fromEntries(written), ...Object.fromEntries(flags.filter((name) => line[name]).map((name) => [name, true])) };
}

/** @param {Line} line */
const phonesOf = ({ phones = [] }) => phones.map((/** @type {Line} */ phone) => said({ ...phone, number: dialled(phone.number ?? '') }, ['number', 'used'])).filter((/** @type {Line} */ { number }) => number);

/**
 * @type {Record<string, {what: Phrase, add: Phrase, how: Phrase, begin: () => Line, isTyped: (line: Line) => boolean, lacks: (line: Line) => Phrase[], written: (line: Line) => Line}>}
 */
export const LISTS = {
  problems: {
    what: 'items', add: 'problem_add', how: 'problems_how',
    begin: () => ({ status: 'active' }),
    isTyped: ({ name = '', since = '', note = '' }) => Boolean(`${name}${since}${note}`.trim()),
    lacks: ({ name = '' }) => (name.trim() ? [] : ['problem_name']),
    written: (line) => said(line, ['name', 'code', 'since', 'note']),
  },
  related: {
    what: 'relatives', add: 'person_add', how: 'relatives_how',
    begin: () => ({ phones: [{ used: 'mobile' }] }),
    isTyped: (line) => Boolean(line.relationship || line.keyPerson || line.livesWithPatient || line.decidesForPatient || phonesOf(line).length
      || [line.name, line.relationshipText, line.note].some((text) => text?.trim())),
    lacks: (line) => [
      ...(line.name?.trim() ? [] : /** @type {Phrase[]} */ (['name_of_person'])),
      ...(line.relationship ? [] : /** @type {Phrase[]} */ (['relation'])),
      ...(line.relationship === 'other' && !line.relationshipText?.trim() ? /** @type {Phrase[]} */ (['relation_text']) : []),
      ...(phonesOf(line).every((/** @type {Line} */ { number }) => isNumber(number)) ? [] : /** @type {Phrase[]} */ (['phone_number'])),
    ],
    written(line) {
      const { phones, ...rest } = said(line, ['name', 'relationshipText', 'note'], ['keyPerson', 'livesWithPatient', 'decidesForPatient']);
      const numbers = phonesOf({ phones });
      return { ...rest, ...(numbers.length ? { phones: numbers } : {}) };
    },
  },
};

/** What of each row is to be sent; `undefined`: nothing was said. @param {string} control @param {Line[] | undefined} lines */
export function writtenList(control, lines) {
  const typed = (lines ?? []).filter(LISTS[control].isTyped);
  return typed.length ? typed.map(LISTS[control].written) : undefined;
}

/** What rows that were begun still lack. @param {string} control @param {Line[] | undefined} lines @returns {Phrase[]} */
export const lackingIn = (control, lines) => [...new Set((lines ?? []).filter(LISTS[control].isTyped).flatMap(LISTS[control].lacks))];

/** The list that stands: the newest entry of the kind that was not taken back. @param {import('./timeline.js').Timeline} timeline @param {string} kind */
export function standingOf(timeline, kind) {
  const item = timeline.items.findLast((one) => one.kind === kind && !one.retraction);
  return item ? { item, body: currentBody(item), version: `${item.id} ${item.corrections.length}` } : null;
}
