// What the first view shows over a patient: that they are nobody, registered for training; that they are no longer shared;
// what this person opened in an emergency, and what others opened; and the button that opens the dialog (`emergency.js`).

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

/** Whether this is nobody, registered for training. @param {import('../model.js').Model} model @param {string} id */
export const isTraining = ({ timelines, patients }, id) => Boolean(timelines.get(id)?.registration?.forTraining ?? patients.get(id)?.for_training);

/** @param {import('../model.js').Model} model @param {string} id */
export const trainingBanner = (model, id) => (isTraining(model, id)
  ? html`<p class="banner banner-warning training-banner" role="note">${icon('team')}<span><b>${say('training_mark')}</b> ${say('training_explained')}</span></p>` : nothing);

/** Whether what is here is only what their own office wrote: the sharing ended. Unknown while the list is read anew. @param {import('../model.js').Model} model @param {string} id */
export const isFormer = (model, id) => !model.isSecretariat && !model.patients.has(id) && !model.refreshTimer;

/** Somebody who is no longer shared, by name where it is still known. @param {import('../model.js').Model} model @param {string} id */
export function formerWho(model, id) {
  const { kanji } = model.patientName(id);
  return kanji ? say('former_who', { name: kanji }) : say('former_unnamed');
}

/** @param {import('../model.js').Model} model @param {string} id */
export const formerBanner = (model, id) => (isFormer(model, id)
  ? html`<p class="banner banner-warning" role="status">${icon('link')}<span>${say('former', { who: formerWho(model, id) })}</span></p>` : nothing);

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
