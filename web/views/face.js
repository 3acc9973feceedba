// Who did something: a small mark with the first character of the role, then name, role and organisation. The mark's
// colour repeats the character; it carries nothing of its own.

import { html, nothing } from '../vendor/lit.js';
import { isHub } from '../frames.js';
import { language, say, word } from '../language.js';

/** @type {Record<string, [string, string, string]>} role → character, abbreviation, colour */
const MARKS = {
  doctor: ['医', 'Dr', 'blue'],
  dentist: ['歯', 'De', 'blue'],
  nurse: ['看', 'Ns', 'green'],
  pharmacist: ['薬', 'Ph', 'purple'],
  dental_hygienist: ['衛', 'DH', 'blue'],
  rehab: ['リ', 'Th', 'cyan'],
  care_manager: ['ケ', 'CM', 'orange'],
  helper: ['介', 'Cw', 'lime'],
  msw: ['相', 'SW', 'magenta'],
  equipment_adviser: ['具', 'Eq', 'cyan'],
  municipality: ['行', 'Mu', 'gray'],
  secretariat: ['事', 'Se', 'gray'],
  family: ['家', 'Fa', 'yellow'],
  gateway: ['機', 'Sy', 'gray'],
};

/** @param {string} role */
export function face(role) {
  const [ja, en, colour] = MARKS[role] ?? ['？', '?', 'gray'];
  return html`<span class="face face-${colour}" aria-hidden="true">${language() === 'en' ? en : ja}</span>`;
}

/**
 * @param {import('../model.js').Model} model @param {import('../frames.js').Actor} actor
 */
export function who(model, actor) {
  if (isHub(actor)) return html`<span class="who"><b class="who-name">${say('the_hub')}</b></span>`;
  const organisation = model.organisationName(actor.organisation) || word('organisation_type', actor.organisationType);
  const name = model.personName(actor.person);
  return html`<span class="who">${name ? html`<b class="who-name">${name}</b>` : nothing}
    <span class="who-role">${word('role', actor.role)}</span>
    <span class="who-organisation">${organisation}</span></span>`;
}

/** The same in one line of text, for names that screen readers say. @param {import('../model.js').Model} model @param {import('../frames.js').Actor} actor */
export const whoText = (model, actor) => (isHub(actor) ? say('the_hub') : `${model.personName(actor.person)} ${word('role', actor.role)}`.trim());
