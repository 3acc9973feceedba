// The control of a list that stands whole: a card for each problem or person, chips to choose from first, moved up or taken
// out by a tap. What a card holds and lacks stands in `../standing-lists.js`.

import { html, live, nothing } from '../vendor/lit.js';
import { say, word } from '../language.js';
import { LISTS, dialled } from '../standing-lists.js';
import { WORDS } from '../words.js';
import { icon } from './icons.js';

const TEXT_CHARS_MAX = 1_000;
const NUMBER_CHARS_MAX = 40;
/** As `src/limits.rs` bounds them. */
const PHONES_MAX = 5;

/**
 * @typedef {import('../standing-lists.js').Line} Line
 * @typedef {{line: Line, name: string, put: (change: Line) => void, others: Line[]}} Card `name`: for groups of choices, another one for each card
 */

/** @param {Card} card @param {string} name @param {import('../language.js').Phrase} phrase @param {{type?: string, needed?: boolean}} [more] */
const input = ({ line, put }, name, phrase, { type = 'text', needed = false } = {}) => html`<label class="field"><span class="field-name">${say(phrase)}${needed ? html`<small class="needed">${say('needed')}</small>` : nothing}</span>
  <input type=${type} data-part=${name} autocomplete="off" maxlength=${type === 'text' ? TEXT_CHARS_MAX : nothing} .value=${live(line[name] ?? '')} @input=${(/** @type {any} */ event) => put({ [name]: event.target.value })}></label>`;

/** @param {Card} card @param {string} name @param {import('../language.js').Phrase} phrase @param {string} list @param {boolean} needed */
const chips = ({ line, put, name: group }, name, phrase, list, needed) => html`<fieldset class="field chips" data-part=${name}><legend><span class="field-name">${say(phrase)}${needed ? html`<small class="needed">${say('needed')}</small>` : nothing}</span></legend>
  ${Object.keys(WORDS[list]).map((code) => html`<label class="choice"><input type="radio" name="${group}-${name}" .checked=${live(line[name] === code)} @change=${() => put({ [name]: code })}><span>${word(list, code)}</span></label>`)}</fieldset>`;

/** @param {Card} card @param {[string, import('../language.js').Phrase][]} flags */
const flags = ({ line, put }, flags) => html`<div class="chips">${flags.map(([name, phrase]) => html`<label class="choice"><input type="checkbox" data-part=${name} .checked=${live(Boolean(line[name]))}
  @change=${(/** @type {any} */ event) => put({ [name]: event.target.checked })}><span>${say(phrase)}</span></label>`)}</div>`;

/** @param {Card} card */
function phones({ line, put }) {
  const all = line.phones?.length ? line.phones : [{ used: 'mobile' }];
  const set = (/** @type {number} */ at, /** @type {Line} */ change) => put({ phones: all.map((/** @type {Line} */ one, /** @type {number} */ place) => (place === at ? { ...one, ...change } : one)) });
  return html`<fieldset class="field phones"><legend><span class="field-name">${say('phone_number')}</span></legend>
    ${all.map((/** @type {Line} */ phone, /** @type {number} */ at) => html`<div class="phone-row">
      <select aria-label="${say('phone_used')} ${at + 1}" @change=${(/** @type {any} */ event) => set(at, { used: event.target.value })}><option value="" ?selected=${!phone.used}>${say('not_said')}</option>
        ${Object.keys(WORDS.phone_use).map((code) => html`<option value=${code} ?selected=${phone.used === code}>${word('phone_use', code)}</option>`)}</select>
      <input type="tel" inputmode="tel" autocomplete="off" aria-label="${say('phone_number')} ${at + 1}" maxlength=${NUMBER_CHARS_MAX} .value=${live(phone.number ?? '')} @input=${(/** @type {any} */ event) => set(at, { number: event.target.value })}
        @change=${(/** @type {any} */ event) => set(at, { number: dialled(event.target.value) })}></div>`)}
    ${all.length < PHONES_MAX ? html`<button class="button button-small button-text" type="button" @click=${() => put({ phones: [...all, {}] })}>${icon('plus')}<span>${say('phone_add')}</span></button>` : nothing}</fieldset>`;
}

/** @type {Record<string, (card: Card) => unknown>} */
const CARDS = {
  problems: (card) => html`${input(card, 'name', 'problem_name', { needed: true })}${chips(card, 'status', 'problem_status', 'problem_status', true)}
    ${input(card, 'since', 'problem_since', { type: 'date' })}${input(card, 'note', 'problem_note')}`,
  related: (card) => html`${chips(card, 'relationship', 'relation', 'relationship', true)}
    ${input(card, 'name', 'name_of_person', { needed: true })}${input(card, 'relationshipText', 'relation_text', { needed: card.line.relationship === 'other' })}
    ${phones(card)}${flags(card, [['keyPerson', 'key_person'], ['livesWithPatient', 'lives_with'], ['decidesForPatient', 'proxy']])}${card.line.keyPerson && card.others.some(({ keyPerson }) => keyPerson) ? html`<p class="quiet key-person-another" role="status">${say('key_person_another')}</p>` : nothing}${input(card, 'note', 'person_note')}`,
};

/** @param {import('../forms.js').Field} field @param {unknown} label @param {Line[] | undefined} value @param {(value: Line[]) => void} set */
export function listField(field, label, value, set) {
  const list = LISTS[field.control];
  const lines = value?.length ? value : [list.begin()];
  const put = (/** @type {number} */ at) => (/** @type {Line} */ change) => set(lines.map((line, place) => (place === at ? { ...line, ...change } : line)));
  const earlier = (/** @type {number} */ at) => set(lines.map((line, place) => (place === at - 1 ? lines[at] : place === at ? lines[at - 1] : line)));
  const named = (/** @type {number} */ at) => say('list_row', { what: say(list.what), number: at + 1 });
  return html`<fieldset class="field list-field" data-field=${field.name}><legend>${label}</legend>
    <p class="quiet">${say(list.how)}</p>
    <div class="list-cards">${lines.map((line, at) => html`<div class="list-card" role="group" aria-label=${named(at)}>
      <div class="list-acts"><b>${named(at)}</b>
        ${at > 0 ? html`<button class="button button-small button-text" type="button" aria-label="${named(at)}: ${say('list_earlier')}" @click=${() => earlier(at)}>${say('list_earlier')}</button>` : nothing}
        ${lines.length > 1 || list.isTyped(line) ? html`<button class="button button-small button-text" type="button" aria-label="${named(at)}: ${say('list_row_remove')}" @click=${() => set(lines.filter((_, place) => place !== at))}>${icon('close')}<span>${say('list_row_remove')}</span></button>` : nothing}</div>
      ${CARDS[field.control]({ line, name: `${field.name}-${at}`, put: put(at), others: lines.filter((_, place) => place !== at) })}</div>`)}</div>
    <button class="button button-small" type="button" @click=${() => set([...lines, list.begin()])}>${icon('plus')}<span>${say(list.add)}</span></button></fieldset>`;
}
