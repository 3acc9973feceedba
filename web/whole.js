// All that an entry holds, in one plain line: for the copy into a chart and the sheet that is faxed, where what is left out is
// not known to be missing. What `gist.js` says of it stands in front; every field that this does not tell follows with its
// name. Words only, no templates. Links to other entries are left out: on paper they lead nowhere.

import { calendarDate, moment } from './dates.js';
import { msOfUs } from './frames.js';
import { said, settingsText } from './gist.js';
import { aside, say, word } from './language.js';
import { SHEETS, row } from './sheets.js';

/** @typedef {import('./sheets.js').Row} Row @typedef {import('./model.js').Model} Model */

/** What is no sheet of fields on the page. @type {Record<string, Row[]>} */
const BESIDE = { vital: [row('site', 'site', 'word', 'body_site'), row('device', 'device')], alarm_limits: [row('text', 'text')] };

/** What `gist.js` tells in words of its own. */
const TOLD = new Set(['call reached']);

/** @param {(string | undefined)[]} parts */
const joined = (...parts) => parts.filter(Boolean).join(' ');
/** @param {any[]} items @param {(one: any) => string} text */
const all = (items, text) => items.map(text).filter(Boolean).join('、');

/** How each sort of value reads; of others `gist.js` tells, or they are no words. @type {Record<string, (value: any, row: Row, model: Model) => string>} */
const VALUES = {
  text: (value) => value,
  answer: (value) => say(value ? 'yes' : 'no'),
  word: (value, { list }) => word(list, value),
  words: (value, { list }) => all(value, (code) => word(list, code)),
  date: (value) => calendarDate(value),
  dates: (value) => all(value, calendarDate),
  at: (value) => moment(msOfUs(value)),
  person: (value, _, model) => model.personName(value) || say('somebody'),
  organisation: (value, _, model) => model.organisationName(value) || say('unknown_organisation'),
  organisations: (value, _, model) => all(value, (id) => model.organisationName(id)),
  settings: settingsText,
  devices: (value) => all(value, ({ device, settings }) => joined(device, settingsText(settings))),
  drugs: (value) => all(value, ({ name, dose, usage }) => joined(name, dose, usage)),
  labItems: (value) => all(value, ({ name, value: figure, text, unit, range }) => joined(name, figure, text, unit, range && aside(`${say('lab_range')} ${range}`))),
  participants: (value, _, model) => all(value, ({ role, person, organisation }) => joined(word('role', role ?? ''), model.personName(person ?? ''), model.organisationName(organisation ?? ''))),
  spokenFor: (value) => all(value, ({ by, absent, text }) => joined(say('spoken_by', { by: word('role', by ?? ''), absent: word('role', absent ?? '') }), text)),
  leftovers: (value) => all(value, ({ drug, amount }) => joined(drug, amount)),
  allergies: (value) => all(value, ({ substance, allergyType, reaction }) => joined(`${substance}${aside(word('allergy_type', allergyType ?? ''))}`, reaction)),
  services: (value, _, model) => all(value, ({ name, frequency, organisation, medical }) => joined(name, frequency, model.organisationName(organisation ?? ''), medical ? aside(say('medical_service')) : '')),
  visits: (value) => all(value, ({ on, mark }) => `${calendarDate(on)}${mark && mark !== 'visit' ? aside(word('visit_mark', mark)) : ''}`),
};

/** @param {Model} model @param {import('./frames.js').Body} body @returns {string} */
export function whole(model, body) {
  const first = said(body);
  const rest = (SHEETS[body.kind] ?? BESIDE[body.kind] ?? []).flatMap((one) => {
    const value = body[one.field];
    if (one.how === 'flag') return value ? [say(one.phrase)] : [];
    if (TOLD.has(`${body.kind} ${one.field}`) || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return [];
    const text = VALUES[one.how]?.(value, one, model).replace(/\s+/g, ' ').trim() ?? '';
    return text === '' || first.includes(text) ? [] : [`${say(one.phrase)} ${text}`];
  });
  return [first, ...rest].filter(Boolean).join('・');
}
