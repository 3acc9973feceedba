// A rule in words, line by line, from the labels of its own vocabulary: what a card of a rule says.

import { inLanguage, language } from '../language.js';
import { LISTS } from './rule-codes.js';
import { PHRASES, say } from './rules-phrases.js';

/**
 * @typedef {import('./rule-file.js').Condition} Condition
 * @typedef {import('./rule-file.js').Party} Party
 * @typedef {import('./rule-file.js').Span} Span
 * @typedef {import('./rule-file.js').Term} Term
 * @typedef {import('./vocabulary.js').Vocabulary} Vocabulary
 */

/** The label of a word of the file format. @param {string} list @param {string} code */
export const listWord = (list, code) => LISTS[list]?.[code]?.[language() === 'en' ? 1 : 0] ?? code;

/** @param {string[]} words */
export const either = (words) => words.join(language() === 'en' ? ' or ' : '、');
/** @param {string[]} words */
const all = (words) => words.join(language() === 'en' ? '; ' : '、かつ');

/** `4h`, `3d`, `90m` with its parts. @param {string} time */
export function timeOf(time) {
  const [, count = '', unit = ''] = /^(\d+)([mhd])$/.exec(time) ?? [];
  return { count, unit };
}

/** @param {string} time */
export function timeWords(time) {
  const { count, unit } = timeOf(time);
  return count ? one(say(/** @type {any} */ (`time_${unit}`), { count }), count) : time;
}

/** English has another word for one of a thing. @param {string} words @param {string} count */
const one = (words, count) => (language() === 'en' && count === '1' ? words.replace(/s$/, '') : words);

/** @param {Span} span */
export function spanWords({ time, business, placeholder }) {
  const { count, unit } = timeOf(time);
  const words = business && count ? one(say(unit === 'd' ? 'time_business_d' : 'time_business_h', { count, time: timeWords(time) }), unit === 'd' ? count : '') : timeWords(time);
  return placeholder ? `${words}${say('placeholder_mark')}` : words;
}

/** @param {Term} term @param {Vocabulary} words */
export function termWords({ field, op, values, placeholder }, words) {
  const known = words.fields.get(field);
  const label = inLanguage(known?.label) || field;
  if (known?.type === 'flag') return (values[0] === false) !== (op === 'not') ? inLanguage(known.no) || say('term_false', { field: label }) : label;
  const shown = values.map((value) => {
    if (known?.type === 'duration') return timeWords(String(value));
    return known?.type === 'number' ? `${value}${unitOf(known)}` : inLanguage(words.valueLabel(field, String(value)));
  });
  return say(/** @type {any} */ (`term_${op}`), { field: label, value: either(shown) }) + (placeholder ? say('placeholder_mark') : '');
}

/** @param {import('./vocabulary.js').Field} field */
export const unitOf = ({ unit }) => (unit ? `${language() === 'en' ? ' ' : ''}${inLanguage(unit)}` : '');

/** @param {Condition} condition @param {Vocabulary} words */
export const conditionWords = (condition, words) => condition.map((terms) => all(terms.map((term) => termWords(term, words)))).join(say('or_else'));

/** @param {string[]} codes @param {string} list @param {Vocabulary} words */
export const labels = (codes, list, words) => either(codes.map((code) => inLanguage(words.label(list, code))));

/** @param {Party} party @param {Vocabulary} words */
export function partyWords({ roles, of, as, each }, words) {
  const who = roles.length ? labels(roles, 'roles', words) : '';
  // There is one secretariat, that of the region.
  const of_ = !of || (of === 'region' && roles[0] === 'secretariat') ? '' : listWord('of', of);
  const named = inCapacity(who, of_, as) || say('everybody');
  const alone = who || (as && as !== 'member' && !(of === 'author' && as === 'person')) ? '' : { author: say('the_author'), host: say('the_host'), region: labels(['secretariat'], 'roles', words) }[of];
  return each ? say('each_of', { who: alone || named }) : alone || named;
}

/**
 * A manager or liaison is one of an office, whose profession is told behind; the very person is one of a profession.
 * @param {string} who @param {string} of_ as the list has it, to stand beside a noun @param {string} as
 */
function inCapacity(who, of_, as) {
  const isEnglish = language() === 'en';
  const beside = (/** @type {string} */ one) => (isEnglish ? [one, of_] : [of_, one]).filter(Boolean).join(isEnglish ? ' ' : '');
  const office = isEnglish ? of_.replace(/^of /, '') : of_.replace(/の$/, '');
  if (as === 'person') return say('in_person', { who: who ? beside(who) : office });
  if (!as || as === 'member') return who ? beside(who) : office;
  const one = beside(listWord('as', as));
  return who ? say('one_in_role', { one, who }) : one;
}

/** @param {string} act @param {Vocabulary} words */
export function actWords(act, words) {
  if (act === 'acknowledge') return say('act_acknowledge');
  const { action, kind } = words.act(act);
  const label = kind === '*' ? say('every_kind') : inLanguage(words.label('kinds', kind));
  return say(action === 'view' ? 'act_view' : 'act_post', { kind: label });
}

/** @param {import('./rule-file.js').MetBy} met @param {Vocabulary} words */
const metWords = ({ acts, answers, same }, words) =>
  either(acts.map((act) => actWords(act, words))) + (answers ? say('met_answers') : '') + (same ? say('met_same', { what: listWord('same', same) }) : '');

/** @param {import('./rule-file.js').Step} step @param {Vocabulary} words */
const stepWords = ({ party, after }, words) => partyWords(party, words) + (after ? say('step_after', { time: spanWords(after) }) : '');

/** How each part is said. @type {Record<string, (value: any, words: Vocabulary) => string>} */
const SAID = {
  on: (acts, words) => either(acts.map((/** @type {string} */ act) => actWords(act, words))),
  when: conditionWords, unless: conditionWords, paused_when: conditionWords, require: conditionWords, pass_if: conditionWords,
  reason_ok: (value) => (value ? say('says_reason_ok') : ''),
  aggregate: (value) => (value ? say('says_aggregate') : ''),
  owed_by: partyWords, met_by: metWords, within: spanWords, every: spanWords,
  remind: (spans) => either(spans.map(spanWords)),
  escalate: (steps, words) => steps.map((/** @type {any} */ step) => stepWords(step, words)).join(' → '),
  ways_out: (ways) => either(ways.map((/** @type {string} */ way) => listWord('ways_out', way))),
  keep: (kinds, words) => labels(kinds, 'kinds', words),
  who: (roles, words) => labels(roles, 'roles', words),
  overrides: (ids) => ids.join('、'),
  effect: (code) => listWord('effect', code), per: (code) => listWord('per', code), advise: (code) => listWord('advise', code), by: (code) => listWord('by', code),
  on_admission: (code) => listWord('on_admission', code), on_death: (code) => listWord('on_death', code),
  advice: (text) => inLanguage(text),
};

/** @param {import('./rule-file.js').Rule} rule @param {Vocabulary} words @returns {{key: string, about: string, says: string}[]} */
export function ruleLines({ parts }, words) {
  return Object.keys(SAID).filter((key) => parts[key] !== undefined).map((key) => ({ key, about: say(/** @type {any} */ (`part_${key}`)), says: SAID[key](parts[key], words) }))
    .filter(({ says }) => says !== '');
}

/** What a part of a rule or of a set's header is called; empty for parts that no form shows. @param {string} key */
export function partName(key) {
  const named = [`part_${key}`, `part_title_${key}`, `set_${key}`].find((name) => name in PHRASES);
  return key === 'bodies' ? say('bodies') : named ? say(/** @type {any} */ (named)) : '';
}

/** @param {string[]} parts */
export const listed = (parts) => parts.join(language() === 'en' ? '; ' : '、');

/** @param {{parts: Record<string, any>}} of a rule or a set */
export const titleOf = ({ parts }) => inLanguage({ ja: parts.ja ?? '', en: parts.en ?? '' });

/** Whether a search finds the rule: every word of it, in its number, title, reason or lines. @param {import('./rule-file.js').Rule} rule @param {string} search @param {Vocabulary} words */
export function isFound(rule, search, words) {
  const sought = search.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);
  if (sought.length === 0) return true;
  const { ja = '', en = '', reason } = rule.parts;
  const text = [rule.id, ja, en, reason?.ja, reason?.en, listWord('kind', rule.kind), ...ruleLines(rule, words).map(({ says }) => says)].join(' ').normalize('NFKC').toLowerCase();
  return sought.every((word) => text.includes(word));
}
