// What an entry says, in one plain line: for quotes, lists of results, copies and summaries. Words only, no templates.

import { calendarDate } from './dates.js';
import { GRAPHS, unitOf } from './readings.js';
import { aside, say, word } from './language.js';

/** @typedef {import('./frames.js').Body} Body */

const GIST_CHARS_MAX = 140;

/** Systolic and diastolic stand together, each with its unit once. @param {any[]} measurements */
export function measured(measurements) {
  return GRAPHS.map(({ signs }) => measurements.filter(({ sign }) => signs.includes(sign))).filter((found) => found.length > 0).map((found) => {
    const name = found.length > 1 ? say('blood_pressure') : word('vital_sign', found[0].sign);
    return `${name} ${found.map(({ value }) => value).join('/')} ${word('unit', found[0].unit ?? unitOf(found[0].sign))}`;
  });
}

/** @param {any[] | undefined} settings */
export const settingsText = (settings) => (settings ?? []).map(({ name, value, unit = '' }) => `${name} ${value}${unit && ` ${unit}`}`).join('、');

/** The range without alarm. @param {{low?: string, high?: string}} limit */
export function limitText({ low = '', high = '' }) {
  if (low && high) return say('limit_between', { low, high });
  return low ? say('limit_low', { low }) : say('limit_high', { high });
}

/** @param {any[] | undefined} limits */
const limitsText = (limits) => (limits?.length ? limits.map((one) => `${word('vital_sign', one.sign)} ${limitText(one)} ${word('unit', unitOf(one.sign))}`) : [say('limits_removed')]);

/** @param {any} drug */
export const drugText = ({ name, dose = '', usage = '' }) => [name, dose, usage].filter(Boolean).join(' ');

/** @param {any} problem */
export const problemText = ({ name, status = '', since = '', note = '' }) => [`${name}${aside(word('problem_status', status))}`, since && `${calendarDate(since)}–`, note].filter(Boolean).join(' ');

/** Who somebody is to the patient. @param {any} one */
export const relationText = ({ relationship = '', relationshipText = '' }) => relationshipText || word('relationship', relationship);
/** What holds of somebody, in words. @param {any} one @returns {string[]} */
export const closenessOf = ({ keyPerson, livesWithPatient, decidesForPatient }) => [keyPerson && say('key_person'), livesWithPatient && say('lives_with'), decidesForPatient && say('proxy')].filter(Boolean);
/** @param {any} one */
export const relatedText = (one) => [`${one.name}${aside(relationText(one))}`, closenessOf(one).join('・'), (one.phones ?? []).map((/** @type {any} */ { number }) => number).join('、'), one.note].filter(Boolean).join(' ');

/** What only some kinds have, said before the text. @type {Record<string, (body: Body) => (string | undefined)[]>} */
const FIRST = {
  vital: ({ measurements, comment }) => [...measured(measurements ?? []), comment],
  alarm_limits: ({ limits }) => limitsText(limits),
  device_change: ({ device, change, before, after }) => [device, word('device_change_type', change ?? ''), [settingsText(before), settingsText(after)].filter(Boolean).join(' → ')],
  order: ({ orderType, drugs }) => [word('order_type', orderType ?? ''), ...(drugs ?? []).map(drugText)],
  medication_list: ({ drugs }) => (drugs ?? []).map(drugText),
  allergies: ({ noneKnown, items }) => [noneKnown ? say('none_known') : '', ...(items ?? []).map((/** @type {any} */ one) => one.substance)],
  problem_list: ({ items }) => (items ?? []).map(problemText),
  related_persons: ({ nobody, items }) => [nobody ? say('nobody') : '', ...(items ?? []).map(relatedText)],
  call: ({ to, reached }) => [word('call_to', to ?? ''), say(reached ? 'reached' : 'not_reached')],
  standing_order: ({ condition, instruction }) => [condition, instruction],
  nursing_instruction: ({ from, until, diagnosis, instruction }) => [[from, until].filter(Boolean).map(calendarDate).join('–'), diagnosis, instruction],
  lab_result: ({ items }) => (items ?? []).map((/** @type {any} */ { name, value = '', text = '', unit = '' }) => `${name} ${value}${text} ${unit}`.trim()),
  admission: ({ place, reason }) => [place, reason],
  registration: ({ name }) => [name?.kanji],
};

/** Fields of words that other kinds have, in the order they matter. */
const WORDS_OF = ['text', 'course', 'condition', 'instruction', 'wishes', 'goals', 'proposal', 'treatment', 'reason', 'information', 'remarks'];

/** All of it. @param {Body} body @returns {string} */
export function said(body) {
  const first = FIRST[body.kind]?.(body) ?? [];
  const rest = WORDS_OF.map((field) => body[field]).filter((value) => typeof value === 'string' && !first.includes(value));
  const files = (body.attachments ?? []).map((/** @type {any} */ file) => `📎${file.title}`);
  return [...first, ...rest, ...files].filter(Boolean).join('・').replace(/\s+/g, ' ').trim();
}

/** The beginning of it, without what it quotes. @param {Body} body */
export function gist(body) {
  const own = typeof body.text === 'string' ? { ...body, text: body.text.split('\n').filter((line) => !/^[>＞]/.test(line)).join('\n') } : body;
  const letters = [...said(own)];
  return letters.length > GIST_CHARS_MAX ? `${letters.slice(0, GIST_CHARS_MAX).join('')}…` : letters.join('');
}
