// What a family is told where others see the team, the vital signs or what nobody recorded: that it is not shown to them, which is
// no word of whether it is there; and whom to ask, with the number. The hub tells a family the offices of its own teams and the
// secretariat; on the patient's card it names no team.

import { html, nothing } from '../vendor/lit.js';
import { say, word } from '../language.js';
import { callLink } from './calling.js';

/** @param {import('../model.js').Model} model */
export const isFamily = ({ me }) => me?.role === 'family';

/** The offices first, the secretariat after them. @param {import('../model.js').Model} model */
export function officesToAsk({ organisations }) {
  const offices = [...organisations.values()].filter(({ type }) => type !== 'home');
  const isSecretariat = (/** @type {{type: string}} */ { type }) => Number(type === 'secretariat');
  return offices.sort((a, b) => isSecretariat(a) - isSecretariat(b) || Number(!a.phone) - Number(!b.phone));
}

/** @param {import('../model.js').Model} model @param {string} timeline */
export function teamForFamily(model, timeline) {
  const offices = officesToAsk(model);
  return html`<p class="quiet">${say('family_team')} ${say(offices.some(({ phone }) => phone) ? 'family_ask' : 'family_ask_nobody')}</p>
    ${offices.length ? html`<ul class="team">${offices.map(({ id, name, type, phone = '' }) => html`<li class="team-organisation"><p><b>${name}</b></p>
      <p class="quiet">${word('organisation_type', type)} ${phone ? callLink(model, timeline, { phone, organisation: id }) : nothing}</p></li>`)}</ul>` : nothing}`;
}
