// "Write on behalf of": one line below what is written, for whoever heard it from somebody else. Offers the people of this
// patient's team and of one's own office; each form owns what was chosen, and what is sent forgets it.

import '../later-phrases.js';
import { html, live, nothing } from '../vendor/lit.js';
import { forWhom } from '../addressing.js';
import { aside, say, word } from '../language.js';

/**
 * @typedef {import('../frames.js').OnBehalfOf} OnBehalfOf
 * @typedef {OnBehalfOf | null} Named
 */

/** @param {OnBehalfOf} one */
const keyOf = ({ person, role, organisation }) => `${person} ${role} ${organisation}`;

/** The field of a post. @param {Named | undefined} named */
export const behalfOf = (named) => (named ? { onBehalfOf: named } : {});

/**
 * @param {import('../model.js').Model} model @param {string} timeline @param {Named} chosen
 * @param {(named: Named) => void} set
 */
export function behalfField(model, timeline, chosen, set) {
  const offices = forWhom(model, timeline);
  const all = offices.flatMap(({ people }) => people);
  // Whoever was chosen stays to be seen, though they have left the team since: the hub says so when it is sent.
  const gone = chosen && !all.some((one) => keyOf(one) === keyOf(chosen)) ? chosen : null;
  const pick = (/** @type {any} */ event) => {
    const found = [...all, ...(gone ? [gone] : [])].find((one) => keyOf(one) === event.target.value);
    set(found ? { person: found.person, role: found.role, organisation: found.organisation } : null);
  };
  const option = (/** @type {OnBehalfOf} */ one) => html`<option value=${keyOf(one)} .selected=${live(chosen !== null && keyOf(one) === keyOf(chosen))}>${model.personName(one.person) || say('somebody')}${aside(word('role', one.role))}</option>`;
  return html`<div class="behalf-field ${chosen ? 'behalf-chosen' : ''}"><label><span>${say('behalf_field')}</span><select @change=${pick}>
    <option value="" .selected=${live(!chosen)}>${say('behalf_nobody')}</option>
    ${offices.map(({ organisation, people }) => html`<optgroup label=${model.organisationName(organisation)}>${people.map(option)}</optgroup>`)}
    ${gone ? option(gone) : nothing}</select></label>
    ${chosen ? html`<small class="quiet">${say('behalf_field_how')}</small>` : nothing}</div>`;
}
