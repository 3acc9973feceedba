// A body shown as its sheet says: marks first, then fields with their names, the text last of all as people wrote it.

import { html, nothing } from '../vendor/lit.js';
import { calendarDate, moment } from '../dates.js';
import { msOfUs } from '../frames.js';
import { closenessOf, problemText, relationText } from '../gist.js';
import { aside, say, word } from '../language.js';
import { fileList } from './files.js';
import { icon } from './icons.js';
import { quote } from './quote.js';
import { citations } from './ruling.js';
import { written } from './written.js';

/**
 * @typedef {import('../frames.js').Body} Body
 * @typedef {import('../model.js').Model} Model
 * @typedef {import('../sheets.js').Row} Row
 */

/** @param {string | undefined} words @param {Model} [model] */
export const text = (words, model) => (words ? written(words, model) : nothing);

/** @param {[string, unknown][]} pairs label and value; empty values are left out */
export const facts = (...pairs) => {
  const said = pairs.filter(([, value]) => value !== undefined && value !== '' && value !== nothing);
  return said.length === 0 ? nothing : html`<dl class="body-facts">${said.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
};

/** @param {string} phrase */
const flag = (phrase) => html`<p class="body-flag">${icon('alarm')}<span>${phrase}</span></p>`;

/** @param {string | undefined} us */
export const at = (us) => (us ? moment(msOfUs(us)) : '');
/** @param {string | undefined} written */
export const date = (written) => (written ? calendarDate(written) : '');

/** Words with what there is of them, between spaces. @param {(string | undefined)[]} parts */
const joined = (...parts) => parts.filter(Boolean).join(' ');
/** @param {unknown[]} items */
const list = (items) => (items.length ? html`<ul class="body-list">${items.map((item) => html`<li>${item}</li>`)}</ul>` : nothing);

/** @param {Model} model @param {string} id */
const personName = (model, id) => model.personName(id) || say('somebody');
/** @param {Model} model @param {string} id */
const organisationName = (model, id) => model.organisationName(id) || say('unknown_organisation');

/** @param {any[] | undefined} files */
export const attachments = (files) => (files?.length ? fileList(files) : nothing);

/** @param {any} setting */
const setting = (setting) => joined(setting.name, setting.value, setting.unit);
/** @param {any[] | undefined} settings */
const settings = (settings) => (settings ?? []).map(setting).join('、');

/** @param {any[]} items */
const labItems = (items) => html`<div class="scroll" tabindex="0" role="region" aria-label=${word('kind', 'lab_result')}><table class="table"><thead><tr>
  <th scope="col">${say('lab_item')}</th><th scope="col">${say('lab_value')}</th><th scope="col">${say('lab_range')}</th></tr></thead>
  <tbody>${items.map((item) => html`<tr><th scope="row">${item.name}</th><td>${item.value} ${item.text} ${item.unit}</td><td>${item.range}</td></tr>`)}</tbody>
</table></div>`;

/** Who owes or is told: roles of an organisation, and a person where one is meant. @param {Model} model @param {any[] | undefined} debtors */
const debtors = (model, debtors) => list((debtors ?? []).map((debtor) => joined(
  organisationName(model, debtor.organisation),
  (debtor.roles ?? []).map((/** @type {string} */ role) => word('role', role)).join('・'),
  debtor.person ? personName(model, debtor.person) : debtor.capacity === 'member' ? '' : word('capacity', debtor.capacity ?? ''),
)));

/** What whoever runs the hub's machine did, by the command that the hub names as the scope. @type {Record<string, import('../language.js').Phrase>} */
const COMMANDS = { 'renkei export patient': 'taken_patient', 'renkei export region': 'taken_region', 'renkei rulebook explain': 'taken_looked' };
/** @param {string} scope as people wrote it, or a command */
export const takenWords = (scope) => (COMMANDS[scope] ? say(COMMANDS[scope]) : scope);

/** How each sort of value reads; what only later parts show joins them. @type {Record<string, (value: any, row: Row, model: Model) => unknown>} */
export const VALUES = {
  text: (value) => value,
  answer: (value) => say(value ? 'yes' : 'no'),
  word: (value, row) => word(row.list, value),
  words: (value, row) => value.map((/** @type {string} */ code) => word(row.list, code)).join('・'),
  date: (value) => date(value),
  dates: (value) => value.map(date).join('、'),
  at: (value) => at(value),
  minutes: (value) => say('minutes_count', { count: value }),
  person: (value, _, model) => personName(model, value),
  organisation: (value, _, model) => organisationName(model, value),
  organisations: (value, _, model) => value.map((/** @type {string} */ id) => organisationName(model, id)).join('、'),
  patients: (value) => say('patients_count', { count: value.length }),
  entry: (value, _, model) => entryNamed(model, value),
  settings: (value) => settings(value),
  devices: (value) => list(value.map((/** @type {any} */ one) => [one.device, settings(one.settings)].filter(Boolean).join(': '))),
  drugs: (value) => list(value.map((/** @type {any} */ drug) => joined(drug.name, drug.dose, drug.usage))),
  labItems: (value) => labItems(value),
  participants: (value, _, model) => list(value.map((/** @type {any} */ one) => joined(
    word('role', one.role ?? ''), one.person && personName(model, one.person), one.organisation && organisationName(model, one.organisation)))),
  spokenFor: (value) => list(value.map((/** @type {any} */ one) => [
    say('spoken_by', { by: word('role', one.by ?? ''), absent: word('role', one.absent ?? '') }), one.text].filter(Boolean).join(': '))),
  leftovers: (value) => list(value.map((/** @type {any} */ one) => joined(one.drug, one.amount))),
  allergies: (value) => list(value.map((/** @type {any} */ one) => joined(`${one.substance}${aside(word('allergy_type', one.allergyType ?? ''))}`, one.reaction))),
  problems: (value) => list(value.map(problemText)),
  related: (value) => list(value.map((/** @type {any} */ one) => html`<b>${one.name}</b>${aside(relationText(one))} ${closenessOf(one).join('・')}
    ${(one.phones ?? []).map((/** @type {any} */ { number }) => html`<a href="tel:${number.replace(/[^\d+]/g, '')}">${number}</a> `)}${one.note}`)),
  services: (value, _, model) => list(value.map((/** @type {any} */ one) => joined(
    one.name, one.frequency, one.organisation && organisationName(model, one.organisation), one.medical ? aside(say('medical_service')) : ''))),
  visits: (value) => value.map((/** @type {any} */ day) => `${date(day.on)}${day.mark === 'visit' ? '' : aside(word('visit_mark', day.mark ?? ''))}`).join('、'),
  citations: (value) => citations(value),
  duty: (value, _, model) => html`${say('duty_due', { at: at(value.dueUs) })} ${debtors(model, value.debtors)} ${value.rule ? citations([value.rule]) : nothing}`,
  reminded: (value) => say('reminder_number', { at: Number(value) + 1 }),
  escalated: (value, _, model) => debtors(model, value.told),
  handedOver: (value, _, model) => debtors(model, value.to),
  happened: () => say('yes'),
  taken: (value) => takenWords(value),
};

/** Another entry of this reader's, or that there is one. @param {Model} model @param {string} id */
function entryNamed(model, id) {
  const timeline = [...(model.timelines?.values() ?? [])].find(({ byId }) => byId.has(id));
  return quote(model, timeline?.id ?? '', id);
}

/** Whether there is something to show; an answer is one also when it is no. @param {Row} row @param {any} value */
const isSaid = (row, value) => row.how === 'answer' || (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== '' && value !== false);

/** @param {Row[]} rows @param {Body} body @param {Model} model */
export function sheet(rows, body, model) {
  const said = rows.filter((row) => row.how !== 'hidden' && isSaid(row, body[row.field]));
  // What is answered stands over the words that answer it.
  const isAbove = (/** @type {Row} */ { how }) => how === 'entry' && (body.kind === 'message' || body.kind === 'note');
  const [marks, rest] = [said.filter(({ how }) => how === 'flag'), said.filter((row) => !['flag', 'attachments'].includes(row.how) && row.field !== 'text' && !isAbove(row))];
  return html`${said.filter(isAbove).map((row) => VALUES.entry(body[row.field], row, model))}${marks.map(({ phrase }) => flag(say(phrase)))}
    ${facts(...rest.map((row) => /** @type {[string, unknown]} */ ([say(row.phrase), VALUES[row.how](body[row.field], row, model)])))}
    ${text(body.text, model)}${attachments(body.attachments)}`;
}
