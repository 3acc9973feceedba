// Whom a post is addressed to: the line of the composer that says so and opens the choice, and the sheet of the choice. Roles
// first, then everybody of the team under their profession, with their office. What is ticked holds at once; the composer owns it.

import { html, live, nothing } from '../vendor/lit.js';
import { peopleOfTeam, rolesOfTeam } from '../addressing.js';
import { say, titled, word } from '../language.js';
import { icon } from './icons.js';

/** @typedef {import('./composer.js').Composer} Composer */

/** @param {string[]} chosen @param {string} one */
const toggled = (chosen, one) => (chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]);

/** @param {Composer} composer */
function toWhom({ model, words: { toRoles, toPeople } }) {
  const names = [...toRoles.map((role) => word('role', role)), ...toPeople.map((id) => model.personName(id))];
  return names.length ? say('to_roles', { roles: names.join('・') }) : say('to_everyone');
}

/** @param {Composer} composer */
function familyNotice({ model, timelineId, words: { toRoles, toPeople } }) {
  const toFamily = toRoles.includes('family') || peopleOfTeam(model, timelineId).some(({ person, role }) => role === 'family' && toPeople.includes(person));
  return toFamily ? html`<p class="notice composer-family">${icon('eye')}<span>${say('address_family')}</span></p>` : nothing;
}

/** @param {Composer} composer */
export const addresseesLine = (composer) => html`<button class="button button-small composer-to" type="button" aria-haspopup="dialog" @click=${() => composer.chooseWhom()}>
  ${icon('team')}<span>${toWhom(composer)}</span></button>${familyNotice(composer)}`;

/** Outside the composer's form: whoever presses Enter at a name sends nothing. @param {Composer} composer */
export function addresseesSheet(composer) {
  const { model, timelineId, isAddressing, words: { toRoles, toPeople } } = composer;
  const close = () => /** @type {HTMLDialogElement | null} */ (composer.querySelector('.addressees'))?.close();
  return html`<dialog class="sheet addressees" aria-labelledby="addressees-title" @close=${() => composer.chosenWhom()}>
    <header class="sheet-head"><h2 id="addressees-title">${say('paper_to')}</h2><p class="quiet">${say('address_hint')}</p></header>
    <div class="sheet-body">${isAddressing ? html`
      <fieldset class="chips"><legend>${say('to_whom')}</legend>${rolesOfTeam(model, timelineId).map((role) => html`<label class="choice"><input type="checkbox"
        .checked=${live(toRoles.includes(role))} @change=${() => composer.change({ toRoles: toggled(toRoles, role) })}><span>${titled(word('role', role))}</span></label>`)}</fieldset>
      <h3>${say('address_people')}</h3>
      ${byRole(peopleOfTeam(model, timelineId)).map(([role, people]) => html`<fieldset class="chips"><legend>${titled(word('role', role))}</legend>${people.map(({ person, name, organisation }) =>
        html`<label class="choice"><input type="checkbox" .checked=${live(toPeople.includes(person))} @change=${() => composer.change({ toPeople: toggled(toPeople, person) })}>
          <span><b>${name}</b><small>${word('role', role)}・${model.organisationName(organisation)}</small></span></label>`)}</fieldset>`)}` : nothing}</div>
    <footer class="sheet-foot">${isAddressing ? html`<p role="status">${toWhom(composer)}</p>${familyNotice(composer)}` : nothing}
      <button class="button button-primary" type="button" @click=${close}>${icon('check')}<span>${say('address_done')}</span></button></footer></dialog>`;
}

/** In the order in which they come. @param {import('../addressing.js').Candidate[]} people @returns {[string, import('../addressing.js').Candidate[]][]} */
function byRole(people) {
  const roles = [...new Set(people.map(({ role }) => role))];
  return roles.map((role) => [role, people.filter((one) => one.role === role)]);
}
