// Family and key person, as far as this person sees them; the care team as it is linked now, with telephone numbers; and the
// range in which no alarm is raised. Read-only: linking is done in the secretariat's console.

import { html, nothing } from '../vendor/lit.js';
import { limitText } from '../gist.js';
import { say, word } from '../language.js';
import { unitOf } from '../readings.js';
import { standingOf } from '../standing-lists.js';
import { callLink } from './calling.js';
import { face } from './face.js';
import { isFamily, teamForFamily } from './for-family.js';
import { icon } from './icons.js';
import { keyFirst, relative } from './relatives.js';

/** @param {import('../model.js').Model} model @param {string} id */
export function teamSection(model, id) {
  const team = model.patients.get(id)?.team ?? [];
  const head = html`<h2>${icon('team')}<span>${say('tab_team')}</span></h2>${family(model, id)}`;
  if (isFamily(model)) return html`${head}${teamForFamily(model, id)}${limits(model, id)}`;
  return html`${head}
    ${team.length === 0 ? html`<p class="quiet">${say('team_empty')}</p>` : nothing}
    <ul class="team">${[...team].sort((a, b) => Number(b.host) - Number(a.host)).map((link) => member(model, id, link))}</ul>
    ${limits(model, id)}`;
}

/** Whom to ring about the patient is looked for here first. @param {import('../model.js').Model} model @param {string} id */
function family(model, id) {
  const { body } = standingOf(model.timeline(id), 'related_persons') ?? {};
  if (!body && !model.isProfessional) return nothing;
  const items = keyFirst(body?.items ?? []);
  return html`<section class="team-family" aria-labelledby="team-family"><h3 id="team-family">${say('team_family')}</h3>
    ${body?.nobody ? html`<p class="body-flag">${icon('alarm')}<span>${say('nobody')}</span></p>` : nothing}
    ${items.length ? html`<ul class="team">${items.map((one) => html`<li class="team-organisation">${relative(model, id, one)}</li>`)}</ul>` : nothing}
    ${body?.text ? html`<p class="body-text">${body.text}</p>` : nothing}
    ${body ? nothing : html`<p class="quiet">${say('summary_nothing')}</p>`}</section>`;
}

/** @param {import('../model.js').Model} model @param {string} timeline @param {import('../rest.js').Link} link */
function member(model, timeline, link) {
  const organisation = model.organisations.get(link.organisation);
  const people = [...model.people.values()].filter((person) => link.people?.includes(person.id));
  return html`<li class="team-organisation">
    <p><b>${organisation?.name ?? say('unknown_organisation')}</b>
      ${link.host ? html`<span class="mark mark-host">${say('host')}</span>` : nothing}</p>
    <p class="quiet">${organisation ? word('organisation_type', organisation.type) : nothing}
      ${organisation?.phone ? callLink(model, timeline, { phone: organisation.phone, organisation: link.organisation }) : nothing}</p>
    ${people.length === 0 ? html`<p class="quiet">${say('everybody_linked')}</p>` : nothing}
    <ul class="team-people">${people.map((person) => {
      const role = person.positions?.find((position) => position.organisation === link.organisation)?.role ?? '';
      return html`<li>${face(role)}<span>${model.personName(person.id)}<small>${word('role', role)}</small></span></li>`;
    })}</ul>
  </li>`;
}

/** @param {import('../model.js').Model} model @param {string} id */
function limits(model, id) {
  const inForce = model.timelines.get(id)?.limits ?? [];
  if (inForce.length === 0) return nothing;
  return html`<h3>${say('own_range')}</h3>
    <ul class="limits">${inForce.map((limit) => html`<li><span>${word('vital_sign', limit.sign)}</span>
      <b>${limitText(limit)}</b> <small>${word('unit', unitOf(limit.sign))}</small></li>`)}</ul>`;
}
