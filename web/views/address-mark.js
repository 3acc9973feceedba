// To whom an entry is addressed, as a mark on it: people, offices, roles. Choosing them is the composer's (`mention-list.js`).

import { html, nothing } from '../vendor/lit.js';
import { say, word } from '../language.js';

/** @param {import('../model.js').Model} model @param {import('../frames.js').Addressee[]} addressees */
export function addressMark(model, addressees) {
  if (addressees.length === 0) return nothing;
  const names = addressees.map(({ person, organisation, role }) =>
    (person ? model.personName(person) || say('somebody') : organisation ? model.organisationName(organisation) || say('unknown_organisation') : word('role', role ?? '')));
  return html`<span class="mark">${say('to_roles', { roles: names.join('・') })}</span>`;
}
