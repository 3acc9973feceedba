// What can be said about a post beside its words: whom it is addressed to, what it answers, urgent, restricted, files,
// on whose behalf.
// Parts of the composer's form; the composer owns the values.

import { html, live, nothing } from '../vendor/lit.js';
import { peopleOfTeam, rolesOfTeam } from '../addressing.js';
import { say, word } from '../language.js';
import { attachField } from './attach.js';
import { behalfField } from './behalf-field.js';
import { icon } from './icons.js';
import { quote } from './quote.js';

/** @typedef {import('./composer.js').Composer} Composer */

/** @param {string[]} chosen @param {string} one */
const toggled = (chosen, one) => (chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]);

/** Whom it is addressed to, folded to one line. @param {Composer} composer */
function addressees(composer) {
  const { model, timelineId, words: { toRoles, toPeople } } = composer;
  const names = [...toRoles.map((role) => word('role', role)), ...toPeople.map((id) => model.personName(id))];
  const people = peopleOfTeam(model, timelineId);
  const toFamily = toRoles.includes('family') || people.some(({ person, role }) => role === 'family' && toPeople.includes(person));
  return html`<details class="composer-to"><summary>${names.length ? say('to_roles', { roles: names.join('・') }) : say('to_everyone')}</summary>
    <div class="chips" role="group" aria-label=${say('to_whom')}>${rolesOfTeam(model, timelineId).map((role) => html`<label class="choice"><input type="checkbox"
      .checked=${live(toRoles.includes(role))} @change=${() => composer.change({ toRoles: toggled(toRoles, role) })}><span>${word('role', role)}</span></label>`)}</div>
    ${people.length ? html`<p class="quiet">${say('address_people')}</p><div class="chips" role="group" aria-label=${say('address_people')}>${people.map(({ person, name, role }) => html`<label class="choice">
      <input type="checkbox" .checked=${live(toPeople.includes(person))} @change=${() => composer.change({ toPeople: toggled(toPeople, person) })}><span>${name}<small>${word('role', role)}</small></span></label>`)}</div>` : nothing}
    </details>${toFamily ? html`<p class="notice composer-family">${icon('eye')}<span>${say('address_family')}</span></p>` : nothing}`;
}

/** @param {Composer} composer */
export function composerOptions(composer) {
  const { model, timelineId, words: { kind, restricted, marked, named, attaching } } = composer;
  return html`<div class="composer-options">${addressees(composer)}
    <label class="choice"><input type="checkbox" .checked=${live(marked)}
      @change=${() => composer.change({ marked: !marked })}><span>${say(kind === 'note' ? 'tell_doctor' : 'urgent')}</span></label>
    <label class="choice"><input type="checkbox" .checked=${live(restricted)}
      @change=${() => composer.change({ restricted: !restricted })}><span>${word('sensitivity', 'restricted')}<small>${say('restricted_means')}</small></span></label>
    ${attachField(attaching, html`<span class="unseen">${say('attachments')}</span>`)}
    ${behalfField(model, timelineId, named ?? null, (chosen) => composer.change({ named: chosen }))}
  </div>`;
}

/** What is being answered. @param {Composer} composer */
export function replyCard(composer) {
  const { model, timelineId, words: { answers } } = composer;
  if (!answers) return nothing;
  return html`<div class="reply-card" role="group" aria-label=${say('reply_to')}>${quote(model, timelineId, answers)}
    <button class="button button-small" type="button" aria-label=${say('quote_words')} @click=${() => composer.quoteWords()}><span>${say('quote_short')}</span></button>
    <button class="button button-small button-text" type="button" aria-label=${say('quote_drop')} @click=${() => composer.change({ answers: '' })}>${icon('close')}</button></div>`;
}
