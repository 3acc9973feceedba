// Who may do without a registered device for a while: the part of the dialog of devices that the secretariat has. Granted with a
// reason and an end; ended by a tap.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { say } from '../language.js';

const HOUR_MS = 3_600_000;
/** A day, until after a weekend, and the longest that the hub takes. */
const HOURS = [24, 72, 168];

/**
 * @typedef {object} Granting
 * @property {{person: string, until: string}[] | null} exceptions
 * @property {{id: string, name: any}[]} people
 * @property {boolean} busy
 */

/** @param {{id: string, name: any}[]} people @param {string} id */
const nameOf = (people, id) => {
  const name = people.find((one) => one.id === id)?.name;
  return typeof name === 'string' ? name : name?.kanji ?? '';
};

/**
 * @param {Granting} granting
 * @param {(person: string, until: string, reason: string) => void} grant
 * @param {(person: string) => void} end
 */
export function exceptionsPart({ exceptions, people, busy }, grant, end) {
  if (exceptions === null) return nothing;
  const send = (/** @type {any} */ event) => {
    event.preventDefault();
    const fields = new FormData(event.target);
    const until = new Date(Date.now() + Number(fields.get('hours')) * HOUR_MS - 1_000).toISOString();
    grant(String(fields.get('person')), until, String(fields.get('reason')));
    event.target.reset();
  };
  return html`<details class="more"><summary>${say('exceptions')}</summary>
    <p class="quiet">${say('exceptions_how')}</p>
    <ul class="sign-ins">${exceptions.map(({ person, until }) => html`<li class="sign-in-row"><div><b>${nameOf(people, person)}</b>
      <small>${say('sign_in_until', { at: moment(Date.parse(until)) })}</small></div>
      <button class="button button-small" type="button" @click=${() => end(person)}>${say('exception_end')}</button></li>`)}</ul>
    <form class="more-fields" @submit=${send}>
      <label class="wide">${say('exception_who')}<select name="person" required>
        ${people.map(({ id }) => html`<option value=${id}>${nameOf(people, id)}</option>`)}</select></label>
      <label class="wide">${say('exception_hours')}<select name="hours" required>
        ${HOURS.map((hours) => html`<option value=${hours}>${say('span_days', { count: hours / 24 })}</option>`)}</select></label>
      <label class="wide">${say('exception_why')}<input name="reason" required maxlength="1000" autocomplete="off"></label>
      <button class="button" type="submit" aria-disabled=${String(busy)}>${say('exception_grant')}</button></form></details>`;
}
