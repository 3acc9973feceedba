// The kinds of entries that are written by form: which fields, with which control, who is offered them. Told once; the
// controls are in `views/field.js`. A test compares every field with the proto. What is required is the hub's matter, too.

import { decimalIn } from './readings.js';
import { msOfUs, usOfMs } from './frames.js';
import { localInput } from './dates.js';
import { LISTS, lackingIn, writtenList } from './standing-lists.js';

/**
 * @typedef {import('./language.js').Phrase} Phrase
 * @typedef {'line' | 'long' | 'flag' | 'answer' | 'choice' | 'select' | 'date' | 'moment' | 'organisation' | 'organisations' | 'person' | 'entry'
 *   | 'settings' | 'drugs' | 'labItems' | 'problems' | 'related' | 'attachments'} Control
 * @typedef {object} Field
 * @property {string} name as proto3 JSON has it
 * @property {Phrase} phrase
 * @property {Control} control
 * @property {string} list of `words.js`, for choices
 * @property {string[]} of roles or organisation types or kinds that are offered
 * @property {boolean} needed
 * @property {(values: Record<string, any>) => boolean} [neededWhen] what else was chosen makes it needed
 * @property {boolean} more among what is folded away
 * @property {string} [preset]
 * @property {'devices'} [suggests] what the timeline tells of, to choose from
 * @typedef {{by: string[], fields: Field[], link?: string, renews?: boolean}} Form `link`: the field that refers to what it answers; `renews`:
 *   it begins with the list that stands, whose place it takes
 * @typedef {Record<string, any>} Values what was typed or chosen, by field
 */

/** @param {string} name @param {Phrase} phrase @param {Control} control @param {Partial<Field>} [more] @returns {Field} */
const field = (name, phrase, control = 'line', more = {}) => ({ name, phrase, control, list: '', of: [], needed: false, more: false, ...more });
const needed = { needed: true };
const more = { more: true };

const text = field('text', 'text', 'long', needed);
const files = field('attachments', 'attachments', 'attachments');
const emergency = field('emergency', 'emergency', 'flag');
const urgent = field('urgent', 'urgent', 'flag');
const tellDoctor = field('tellDoctor', 'tell_doctor', 'flag');
const topic = field('topic', 'topic', 'select', { list: 'topic' });
const orderType = field('orderType', 'order_type', 'choice', { list: 'order_type', ...needed });
const drugs = field('drugs', 'drugs', 'drugs', more);
const standardForm = field('standardForm', 'standard_form', 'flag', more);
/** A call that is written up. */
const aboutCall = field('about', 'about_entry', 'entry', { of: ['call'], ...more });
const DOCTORS = ['doctor', 'dentist'];
const CARERS = ['nurse', 'pharmacist', 'dental_hygienist', 'rehab', 'care_manager', 'helper', 'msw', 'equipment_adviser', 'municipality'];
const ALL = [...DOCTORS, ...CARERS];

/** In the order in which they are offered. @type {Record<string, Form>} */
export const FORMS = {
  status_change: { by: [...ALL, 'family'], link: 'about', fields: [text, field('topic', 'topic', 'choice', { list: 'topic' }), tellDoctor, urgent, emergency,
    field('noticedAtUs', 'noticed', 'moment', more), aboutCall, { ...files, more: true }] },
  visit: { by: ALL, link: 'about', fields: [text, tellDoctor, field('startedAtUs', 'visited', 'moment', more), field('endedAtUs', 'until', 'moment', more),
    field('acp', 'acp', 'flag', more), field('offSharedSheet', 'off_shared_sheet', 'flag', more), aboutCall, { ...files, more: true }] },
  order: { by: DOCTORS, link: 'answers', fields: [orderType, text, emergency, files, field('document', 'document_before', 'entry', { of: ['order_document'], ...more }),
    standardForm, field('changesDrugs', 'changes_drugs', 'flag', more), drugs,
    field('answers', 'answers', 'entry', { of: ['verbal_order_received', 'message', 'consultation'], ...more })] },
  order_document: { by: DOCTORS, link: 'order', fields: [orderType, { ...files, needed: true }, field('order', 'about_entry', 'entry', { of: ['order', 'verbal_order_received'] }),
    standardForm, { ...text, needed: false, more: true }] },
  device_change: { by: ['doctor', 'nurse', 'rehab', 'equipment_adviser'], fields: [field('device', 'device', 'line', { ...needed, suggests: 'devices' }),
    field('change', 'what_changed', 'choice', { list: 'device_change_type', ...needed, preset: 'setting' }), field('before', 'before', 'settings'), field('after', 'after', 'settings', { neededWhen: ({ change }) => change === 'setting' }),
    field('reason', 'reason', 'line'), emergency, field('on', 'on', 'date', more), { ...files, more: true }] },
  call: { by: ALL, link: 'about', fields: [field('to', 'call_to', 'choice', { list: 'call_to', ...needed }), field('reached', 'reached', 'answer', needed),
    { ...text, needed: false }, field('organisation', 'organisation', 'organisation', more), field('person', 'person', 'person', { of: ALL, ...more }), field('calledAtUs', 'called_at', 'moment', more),
    field('about', 'about_entry', 'entry', { of: ['status_change', 'vital', 'visit', 'order', 'message', 'call', 'admission'], ...more })] },
  verbal_order_received: { by: ['nurse'], fields: [field('doctor', 'ordered_by', 'person', { of: DOCTORS, ...needed }), orderType, text,
    field('readBack', 'read_back', 'flag'), emergency, field('receivedAtUs', 'received_at', 'moment', more)] },
  lab_request: { by: ['nurse', 'pharmacist', 'care_manager', 'rehab'], fields: [text, urgent] },
  lab_result: { by: ['doctor', 'pharmacist'], link: 'request', fields: [field('request', 'answers', 'entry', { of: ['lab_request'] }), field('items', 'items', 'labItems'),
    { ...text, needed: false }, files, field('sampledOn', 'sampled_on', 'date', more)] },
  consultation: { by: ALL, fields: [field('to', 'consulted', 'organisation', needed), text, topic, urgent, { ...files, more: true }] },
  visit_plan: { by: ALL, fields: [field('startsAtUs', 'starts_at', 'moment', needed), field('firstAfterDischarge', 'first_after_discharge', 'flag'),
    field('invited', 'invited', 'organisations'), { ...text, needed: false }, { ...urgent, more: true }, field('endsAtUs', 'until', 'moment', more)] },
  nursing_instruction: { by: ['doctor'], fields: [field('from', 'from', 'date', needed), field('until', 'until', 'date', needed),
    field('to', 'to_station', 'organisation', { of: ['nursing_station'] }), field('diagnosis', 'diagnosis'), field('condition', 'condition', 'long'),
    field('instruction', 'instruction', 'long'), field('outlook', 'outlook', 'long'), field('emergencyContact', 'emergency_contact'), files,
    field('absenceCover', 'absence_cover', 'line', more), drugs, field('bedridden', 'bedridden', 'select', { list: 'bedridden_level', ...more }),
    field('dementia', 'dementia', 'select', { list: 'dementia_level', ...more }), field('careLevel', 'care_level', 'select', { list: 'care_level', ...more }),
    field('lifeGuidance', 'life_guidance', 'long', more), field('rehabilitation', 'rehabilitation', 'long', more), field('deviceCare', 'device_care', 'long', more)] },
  nursing_report: { by: ['nurse'], fields: [field('from', 'from', 'date', needed), field('until', 'until', 'date', needed), field('course', 'course', 'long', needed),
    field('care', 'care_given', 'long'), field('situation', 'situation', 'long'), field('remarks', 'remarks', 'long', more), { ...files, more: true }] },
  standing_order: { by: DOCTORS, fields: [field('condition', 'condition', 'long', needed), field('instruction', 'instruction', 'long', needed), drugs, field('until', 'until', 'date', more)] },
  station_change: { by: ['doctor', 'care_manager'], fields: [field('present', 'present_station', 'organisation', { of: ['nursing_station'], ...needed }), field('reason', 'reason', 'long'),
    field('familyRequest', 'family_request', 'flag'), field('from', 'from', 'date'),
    field('consultation', 'consultation', 'entry', { of: ['consultation'], ...more }), { ...files, more: true }] },
  acp_note: { by: ALL, fields: [text, field('keepPrivate', 'keep_private', 'flag'), field('proxy', 'proxy', 'line', more), field('discussedOn', 'discussed_on', 'date', more),
    { ...files, more: true }] },
  problem_list: { by: ALL, renews: true, fields: [field('items', 'items', 'problems', { neededWhen: ({ text: words = '' }) => !words.trim() }), { ...text, needed: false, more: true }] },
  related_persons: { by: ALL, renews: true, fields: [field('nobody', 'nobody', 'flag'),
    field('items', 'relatives', 'related', { neededWhen: ({ nobody, text: words = '' }) => !nobody && !words.trim() }), { ...text, needed: false, more: true }] },
  // Written in the composer; by form only where a duty asks for one that answers.
  message: { by: [], link: 'answers', fields: [text, field('answers', 'answers', 'entry', { of: ['consultation', 'medication_report', 'call', 'admission'] }), urgent, files] },
  note: { by: [], link: 'about', fields: [text, { ...aboutCall, more: false }, tellDoctor, files] },
};

/** The kinds that this role is offered; the rules have the last word. @param {string} role */
export const kindsFor = (role) => Object.keys(FORMS).filter((kind) => FORMS[kind].by.includes(role));

/** The fields of a form as far as it is filled in: what was chosen may make others needed, or leave nothing to ask. @param {string} kind @param {Values} values @returns {Field[]} */
export const fieldsFor = (kind, values) => FORMS[kind].fields.filter(({ control }) => !(control === 'related' && values.nobody)).map((one) => ({ ...one, needed: one.needed || (one.neededWhen?.(values) ?? false) }));

/** Rows of small tables: their columns, the first of which makes a row count. @type {Record<string, [string, Phrase][]>} */
export const COLUMNS = {
  settings: [['name', 'setting_name'], ['value', 'setting_value'], ['unit', 'setting_unit']],
  drugs: [['name', 'drug_name'], ['dose', 'drug_dose'], ['usage', 'drug_usage']],
  labItems: [['name', 'lab_item'], ['value', 'lab_value'], ['unit', 'setting_unit']],
};

/** @param {any[] | undefined} rows @param {Control} control */
const filled = (rows, control) => (rows ?? [])
  .map((row) => Object.fromEntries(COLUMNS[control].map(([name]) => [name, (row[name] ?? '').trim()]).filter(([, value]) => value)))
  .filter((row) => row.name);

/** A result that is no number is told in words. @param {any} row */
function labItem({ value = '', ...row }) {
  const decimal = decimalIn(value);
  return decimal === null ? { ...row, ...(value ? { text: value } : {}) } : { ...row, value: decimal };
}

/** What a value becomes in the post; `undefined`: nothing was said. @param {Field} one @param {any} value */
function written({ control }, value) {
  if (LISTS[control]) return writtenList(control, value);
  if (COLUMNS[control]) {
    const rows = filled(value, control);
    return rows.length ? (control === 'labItems' ? rows.map(labItem) : rows) : undefined;
  }
  if (control === 'flag') return value ? true : undefined;
  if (control === 'answer') return value === undefined ? undefined : value;
  if (control === 'organisations') return value?.length ? value : undefined;
  if (control === 'moment') return value ? usOfMs(new Date(value).getTime()) : undefined;
  return typeof value === 'string' && value.trim() ? value : undefined;
}

/**
 * The body as proto3 JSON has it, and the needed fields that nothing was said in.
 * @param {string} kind @param {Values} values @param {any[]} attachments
 */
export function bodyFrom(kind, values, attachments) {
  /** @type {Record<string, any>} */
  const body = {};
  /** @type {Field[]} */
  const lacking = [];
  for (const one of fieldsFor(kind, values)) {
    const value = one.control === 'attachments' ? (attachments.length ? attachments : undefined) : written(one, values[one.name]);
    const halfSaid = one.control === 'settings' && value?.some((/** @type {any} */ row) => !row.value);
    const begun = LISTS[one.control] ? lackingIn(one.control, values[one.name]).map((phrase) => ({ ...one, phrase })) : [];
    if ((value === undefined && one.needed) || halfSaid) lacking.push(one);
    else lacking.push(...begun);
    if (value === undefined || (value === false && one.control !== 'answer')) continue;
    if (one.control === 'person') Object.assign(body, person(one, value));
    else if (value !== false) body[one.name] = value;
  }
  return { body, lacking };
}

/** A person is chosen together with the organisation they are there for. @param {Field} one @param {string} value `person@organisation` */
function person({ name }, value) {
  const [who, organisation = ''] = value.split('@');
  return { [name]: who, ...(organisation ? { organisation } : {}) };
}

/** What a form starts with. @param {string} kind @returns {Values} */
export const presets = (kind) => Object.fromEntries(FORMS[kind].fields.filter(({ preset }) => preset).map(({ name, preset }) => [name, preset]));

/** The values that made a body, to take a refused post up again. @param {string} kind @param {Record<string, any>} body @returns {Values} */
export function valuesFrom(kind, body) {
  return Object.fromEntries(FORMS[kind].fields.flatMap(({ name, control }) => {
    const value = body[name];
    if (control === 'answer') return [[name, value ?? false]];
    if (value === undefined || control === 'attachments') return [];
    if (control === 'moment') return [[name, localInput(msOfUs(value))]];
    if (control === 'person') return [[name, `${value}@${body.organisation ?? ''}`]];
    if (control === 'labItems') return [[name, value.map((/** @type {any} */ row) => ({ ...row, value: row.value ?? row.text }))]];
    return [[name, value]];
  }));
}

/** What the forms call a field that the hub complains about, from the outside in; empty where none is known. @param {string} path `body.device_change.after[0].value` @returns {Phrase[]} */
export function phrasesOf(path) {
  const [, kind = '', ...names] = /** @type {string[]} */ (path.replace(/^.*?\bbody\./, 'body.').split('.'));
  const columns = Object.values(COLUMNS).flat();
  return names.flatMap((name) => {
    const plain = name.replace(/\[\d+\]$/, '').replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    const found = FORMS[kind]?.fields.find((one) => one.name === plain)?.phrase ?? columns.find(([column]) => column === plain)?.[1];
    return found ? [found] : [];
  });
}
