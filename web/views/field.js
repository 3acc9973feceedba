// One field of a form, by its control: chips to choose from first, text where words are needed, small tables of rows.
// Which field has which control stands in `../forms.js`.

import { html, live, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { devicesTold } from '../devices-told.js';
import { COLUMNS } from '../forms.js';
import { aside, say, word } from '../language.js';
import { TEXT_CHARS_MAX } from '../limits.js';
import { WORDS } from '../words.js';
import { attachField } from './attach.js';
import { icon } from './icons.js';
import { listField } from './list-field.js';

const CANDIDATES_MAX = 20;

/**
 * @typedef {import('../forms.js').Field} Field
 * @typedef {object} Surroundings of a field
 * @property {import('../model.js').Model} model
 * @property {string} timeline
 * @property {any} value
 * @property {(value: any) => void} set
 * @property {import('../attaching.js').Attaching} attaching
 */

/** @param {Field} field */
const label = (field) => html`<span class="field-name">${say(field.phrase)}${field.needed ? html`<small class="needed">${say('needed')}</small>` : nothing}</span>`;
/** @param {(value: any) => void} set */
const taking = (set) => (/** @type {any} */ event) => set(event.target.value);

/** @param {Field} field @param {Surroundings} around @param {string} type */
const input = (field, { model, timeline, value, set }, type) => html`<label class="field">${label(field)}
  <input type=${type} data-field=${field.name} .value=${live(value ?? '')} maxlength=${type === 'text' ? 1_000 : nothing} autocomplete="off" @input=${taking(set)}></label>
  ${field.suggests ? known(devicesTold(model.timeline(timeline)).map(({ name }) => name), value, set) : nothing}`;

/** What is there already, in one tap: typed anew it might become another device. @param {string[]} names @param {string} value @param {(value: any) => void} set */
const known = (names, value, set) => (names.length ? html`<p class="chips known">${names.map((name) => html`<button class="button button-small" type="button"
  aria-pressed=${String(name === value)} @click=${() => set(name)}>${name}</button>`)}</p>` : nothing);

/** @param {Field} field @param {[unknown, string][]} options value and label @param {Surroundings} around */
function chips(field, options, { value, set }) {
  const clear = field.needed ? undefined : (/** @type {unknown} */ one) => one === value && set(undefined);
  return html`<fieldset class="field chips" data-field=${field.name}><legend>${label(field)}</legend>${options.map(([one, text]) => html`<label class="choice">
    <input type="radio" name="field-${field.name}" .checked=${live(value === one)} @change=${() => set(one)} @click=${() => clear?.(one)}><span>${text}</span></label>`)}</fieldset>`;
}

/** @param {Field} field @param {[string, string][]} options @param {Surroundings} around */
const select = (field, options, { value = '', set }) => html`<label class="field">${label(field)}<select data-field=${field.name} @change=${taking(set)}>
  <option value="" ?selected=${!value}>${say('not_said')}</option>
  ${options.map(([one, text]) => html`<option value=${one} ?selected=${value === one}>${text}</option>`)}</select></label>`;

/** Organisations of the team, of the types wanted. @param {Field} field @param {Surroundings} around @returns {[string, string][]} */
function offices({ of }, { model, timeline }) {
  return (model.patients.get(timeline)?.team ?? []).map(({ organisation }) => model.organisations.get(organisation))
    .filter((one) => one !== undefined).filter(({ type }) => of.length === 0 || of.includes(type)).map(({ id, name }) => [id, name]);
}

/** People of the team in the roles wanted, each with the organisation they are there for. @param {Field} field @param {Surroundings} around @returns {[string, string][]} */
function people({ of }, { model, timeline }) {
  const team = model.patients.get(timeline)?.team ?? [];
  return team.flatMap((link) => [...model.people.values()].flatMap((one) => (one.positions ?? [])
    .filter(({ organisation, role }) => organisation === link.organisation && of.includes(role) && (!link.people?.length || link.people.includes(one.id)))
    .map(({ organisation }) => /** @type {[string, string]} */ ([`${one.id}@${organisation}`, `${model.personName(one.id)}${aside(model.organisationName(organisation))}`]))));
}

/** Entries it may refer to, the newest first. @param {Field} field @param {Surroundings} around @returns {[string, string][]} */
function entries({ of }, { model, timeline, value }) {
  const items = model.timeline(timeline).items.filter((item) => item.id === value || (of.includes(item.kind) && !item.retraction)).reverse().slice(0, CANDIDATES_MAX);
  return items.map((item) => [item.id, `${word('kind', item.kind)}・${model.personName(item.author.person)}・${moment(item.recordedAtMs)}`]);
}

/** @param {Field} field @param {Surroundings} around */
function rows(field, { value = [], set }) {
  const columns = COLUMNS[field.control];
  const shown = value.length ? value : [{}];
  const put = (/** @type {number} */ at, /** @type {string} */ name, /** @type {string} */ typed) =>
    set(shown.map((/** @type {any} */ row, /** @type {number} */ place) => (place === at ? { ...row, [name]: typed } : row)));
  return html`<fieldset class="field rows" data-field=${field.name}><legend>${label(field)}</legend>
    ${shown.map((/** @type {any} */ row, /** @type {number} */ at) => html`<div class="row">${columns.map(([name, phrase]) => html`<input type="text" autocomplete="off"
      aria-label="${say(field.phrase)} ${say(phrase)}" placeholder=${say(phrase)} maxlength="1000" .value=${live(row[name] ?? '')} @input=${taking((typed) => put(at, name, typed))}>`)}</div>`)}
    <button class="button button-small button-text" type="button" @click=${() => set([...shown, {}])}>${icon('plus')}<span>${say('row_add')}</span></button></fieldset>`;
}

/** @type {Record<import('../forms.js').Control, (field: Field, around: Surroundings) => unknown>} */
const CONTROLS = {
  line: (field, around) => input(field, around, 'text'),
  date: (field, around) => input(field, around, 'date'),
  moment: (field, around) => input(field, around, 'datetime-local'),
  long: (field, { value, set }) => html`<label class="field">${label(field)}<textarea rows="2" data-field=${field.name} maxlength=${TEXT_CHARS_MAX}
    .value=${live(value ?? '')} @input=${taking(set)}></textarea></label>`,
  flag: (field, { value, set }) => html`<label class="choice"><input type="checkbox" data-field=${field.name} .checked=${live(Boolean(value))}
    @change=${(/** @type {any} */ event) => set(event.target.checked)}><span>${say(field.phrase)}</span></label>`,
  answer: (field, around) => chips(field, [[true, say('yes')], [false, say('no')]], around),
  choice: (field, around) => chips(field, Object.keys(WORDS[field.list]).map((code) => [code, word(field.list, code)]), around),
  select: (field, around) => select(field, Object.keys(WORDS[field.list]).map((code) => [code, word(field.list, code)]), around),
  organisation: (field, around) => select(field, offices(field, around), around),
  person: (field, around) => select(field, people(field, around), around),
  entry(field, around) {
    const options = entries(field, around);
    return options.length ? select(field, options, around) : nothing;
  },
  organisations: (field, around) => html`<fieldset class="field chips" data-field=${field.name}><legend>${label(field)}</legend>${offices(field, around).map(([id, name]) => {
    const chosen = /** @type {string[]} */ (around.value ?? []);
    return html`<label class="choice"><input type="checkbox" .checked=${live(chosen.includes(id))}
      @change=${() => around.set(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])}><span>${name}</span></label>`;
  })}</fieldset>`,
  settings: rows,
  drugs: rows,
  labItems: rows,
  problems: (field, { value, set }) => listField(field, label(field), value, set),
  related: (field, { value, set }) => listField(field, label(field), value, set),
  attachments: (field, { attaching }) => attachField(attaching, label(field)),
};

/** @param {Field} field @param {Surroundings} around */
export const fieldOf = (field, around) => CONTROLS[field.control](field, around);

/** Fields in their order, with flags side by side. @param {Field[]} fields @param {(field: Field) => Surroundings} around */
export function fieldsOf(fields, around) {
  /** @type {Field[][]} */
  const groups = [];
  for (const field of fields) {
    if (field.control === 'flag' && groups.at(-1)?.[0].control === 'flag') groups.at(-1)?.push(field);
    else groups.push([field]);
  }
  return groups.map((group) => (group[0].control === 'flag'
    ? html`<div class="chips">${group.map((field) => fieldOf(field, around(field)))}</div>` : fieldOf(group[0], around(group[0]))));
}
