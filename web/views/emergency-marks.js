// What the first view shows of emergency access: the button that opens the dialog (`emergency.js`), and the two banners over
// a patient: what this person opened themselves, and what others opened.

import { html, nothing } from '../vendor/lit.js';
import { clockTime } from '../dates.js';
import { openAccesses } from '../emergency.js';
import { say } from '../language.js';
import { whoText } from './face.js';
import { icon } from './icons.js';

/** Who is offered it; the rules have the last word. */
const OFFERED_TO = new Set(['doctor', 'nurse']);

/** Opens the dialog. @param {import('../model.js').Model} model */
export function emergencyButton(model) {
  if (!OFFERED_TO.has(model.me?.role ?? '')) return nothing;
  return html`<button class="button emergency-open" type="button" @click=${(/** @type {Event} */ event) =>
    event.target?.dispatchEvent(new CustomEvent('emergency', { bubbles: true }))}>${icon('eye')}<span>${say('emergency_open')}</span></button>`;
}

/** @param {import('../model.js').Model} model @param {string} id */
export function emergencyBanners(model, id) {
  const leftMs = model.emergency.leftMs(id);
  const own = leftMs === 0 ? nothing : html`<div class="emergency-banner emergency-own" role="status">${icon('eye')}
    <p><b>${say('emergency_own', { minutes: Math.ceil(leftMs / 60_000) })}</b><span>${say('emergency_own_explained')}</span></p></div>`;
  const others = openAccesses(model.timelines.get(id), model.myId, model.clock.now());
  return html`${own}${others.map(({ item, endsAtMs }) => html`<div class="emergency-banner" role="status">${icon('alarm')}
    <p><b>${say('emergency_by', { who: whoText(model, item.author), organisation: model.organisationName(item.author.organisation), until: clockTime(endsAtMs) })}</b>
      <span>${say('reason')}: ${item.body.reason}</span></p></div>`)}`;
}
