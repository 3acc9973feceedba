// The choice that opens below the composer's text while an `@` is typed: roles with who is on duty, then people. The text
// field keeps the focus; arrows, Enter and Escape work the list. The composer owns what was chosen.

import '../later-phrases.js';
import { html } from '../vendor/lit.js';
import { say, word } from '../language.js';
import { face } from './face.js';

/**
 * @typedef {import('../addressing.js').Candidate} Candidate
 * @typedef {{found: Candidate[], at: number, from: number}} Choice
 */

/** How somebody is written after the `@`. @param {Candidate} one */
export const labelOf = ({ role, person, name }) => (person ? name : word('role', role));

/** @param {import('../model.js').Model} model @param {Choice} choice @param {string} timeline @param {(one: Candidate) => void} take */
export function mentionList(model, { found, at }, timeline, take) {
  return html`<ul class="mention-list" id="mention-list" role="listbox" aria-label=${say('mention_whom')}>${found.map((one, place) => html`
    <li id="mention-${place}" role="option" aria-selected=${String(place === at)} @pointerdown=${(/** @type {Event} */ event) => {
      // The text field must not lose the focus to the list.
      event.preventDefault();
      take(one);
    }}>${face(one.role)}<span><b>${labelOf(one)}</b>
      <small>${one.person ? `${word('role', one.role)}・${model.organisationName(one.organisation)}` : onDuty(model, timeline, one.role)}</small></span></li>`)}</ul>`;
}

/** Who of the team is on duty in a role now, as far as the offices' rosters say. @param {import('../model.js').Model} model @param {string} timeline @param {string} role */
function onDuty(model, timeline, role) {
  const names = model.offices.onDuty((model.patients.get(timeline)?.team ?? []).map(({ organisation }) => organisation), role).map((person) => model.personName(person)).filter(Boolean);
  return names.length ? say('on_duty_now', { names: names.join('、') }) : say('mention_role');
}

/** What moves in the list. @param {KeyboardEvent} event @param {Choice} choice @returns {'up' | 'down' | 'take' | 'close' | ''} */
export function keyIn({ key, isComposing, ctrlKey, metaKey }, { found }) {
  if (isComposing || found.length === 0 || ctrlKey || metaKey) return '';
  const does = /** @type {const} */ ({ ArrowDown: 'down', ArrowUp: 'up', Enter: 'take', Tab: 'take', Escape: 'close' });
  return does[/** @type {keyof typeof does} */ (key)] ?? '';
}
