// Who may do without a registered device for a while: the part of the dialog of devices that the secretariat has. Granted with a
// reason and an end, to somebody who was chosen and never to oneself; ended by a tap.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { aside, say, word } from '../language.js';

const HOUR_MS = 3_600_000;
/** A day, until after a weekend, and the longest that the hub takes. */
const HOURS = [24, 72, 168];

/**
 * @typedef {object} Granting
 * @property {{person: string, until: string}[] | null} exceptions
 * @property {import('../rest.js').Person[]} people
 * @property {string} office of which people are offered; empty: anybody's
 * @property {import('../model.js').Model} model
 * @property {boolean} busy
 * @property {Map<string, string>} [reasons] of those granted a moment ago
 */

/** @param {import('../rest.js').Person[]} people @param {string} id */
export const nameOf = (people, id) => {
  const name = people.find((one) => one.id === id)?.name;
  return typeof name === 'string' ? name : name?.kanji ?? '';
};

/** Who works somewhere, and is not the one who grants: the hub takes neither. @param {Granting} granting */
export const grantable = ({ people, office, model }) => people.filter(({ id, positions = [], active = true }) => id !== model.myId && active
  && positions.some(({ organisation }) => !office || organisation === office));

/**
 * @param {Granting} granting
 * @param {(person: string, until: string, reason: string) => Promise<boolean>} grant whether it was granted
 * @param {(person: string) => void} end
 */
export function exceptionsPart(granting, grant, end) {
  const { exceptions, people, reasons } = granting;
  if (exceptions === null) return nothing;
  return html`<details class="more"><summary>${say('exceptions')}</summary>
    <p class="quiet">${say('exceptions_how')}</p>
    ${exceptions.length === 0 ? html`<p class="quiet">${say('exception_none')}</p>` : html`<ul class="sign-ins">${exceptions.map(({ person, until }) => html`<li class="sign-in-row"><div><b>${nameOf(people, person)}</b>
      <small>${say('sign_in_until', { at: moment(Date.parse(until)) })}</small>${reasons?.has(person) ? html`<small>${say('exception_because', { reason: reasons.get(person) ?? '' })}</small>` : nothing}</div>
      <button class="button button-small" type="button" @click=${() => end(person)}>${say('exception_end')}<span class="unseen"> ${nameOf(people, person)}</span></button></li>`)}</ul><p class="quiet">${say('exception_reasons')}</p>`}
    ${form(granting, grant)}</details>`;
}

/** @param {Granting} granting @param {(person: string, until: string, reason: string) => Promise<boolean>} grant */
function form(granting, grant) {
  const { people, model, busy } = granting;
  const offered = grantable(granting);
  if (offered.length === 0) return html`<p class="quiet">${say('exception_nobody')}</p>`;
  const send = async (/** @type {any} */ event) => {
    event.preventDefault();
    const { target } = event;
    const fields = new FormData(target);
    const until = new Date(Date.now() + Number(fields.get('hours')) * HOUR_MS - 1_000).toISOString();
    if (await grant(String(fields.get('person')), until, String(fields.get('reason')))) target.reset();
  };
  const works = (/** @type {import('../rest.js').Person} */ { positions = [] }) => positions.map(({ role, organisation }) => `${word('role', role)}・${model.organisationName(organisation)}`).join(' / ');
  const missing = (/** @type {any} */ { target }) => target.setCustomValidity(target.value ? '' : say('exception_who_missing'));
  return html`<form class="more-fields" @submit=${send}>
      <label class="wide">${say('exception_who')}<select name="person" required @invalid=${missing} @change=${missing}><option value="">${say('exception_who_choose')}</option>
        ${offered.map((one) => html`<option value=${one.id}>${nameOf(people, one.id)}${aside(works(one))}</option>`)}</select></label>
      <label class="wide">${say('exception_hours')}<select name="hours" required>
        ${HOURS.map((hours) => html`<option value=${hours}>${say('span_days', { count: hours / 24 })}</option>`)}</select></label>
      <label class="wide">${say('exception_why')}<input name="reason" required maxlength="1000" autocomplete="off"></label>
      <button class="button" type="submit" aria-disabled=${String(busy)}>${say('exception_grant')}</button></form>`;
}
