// A telephone number that is called by a tap, and whose call becomes a post: the form of a call opens with who and when
// filled in, and asks whether somebody answered. Whoever logs no calls, the secretariat and families, gets the number alone.

import { html, nothing } from '../vendor/lit.js';
import { localInput } from '../dates.js';
import { DutyWish } from './duty.js';
import { icon } from './icons.js';

const DOCTORS_PLACES = new Set(['clinic', 'hospital']);

/**
 * @typedef {{phone: string, organisation: string, person?: string, role?: string, text?: string}} Line whose number it is; `text`: what the record of the call begins with
 * @param {import('../model.js').Model} model @param {string} timeline @param {Line} line
 */
export function callLink(model, timeline, { phone, organisation, person = '', role = '', text = '' }) {
  if (!phone) return nothing;
  const type = model.organisations.get(organisation)?.type ?? '';
  const to = role ? (['doctor', 'nurse'].includes(role) ? role : 'other') : DOCTORS_PLACES.has(type) ? 'doctor' : type === 'nursing_station' ? 'nurse' : 'other';
  const values = { to, ...(person ? { person: `${person}@${organisation}` } : { organisation }), calledAtUs: localInput(model.clock.now()), ...(text ? { text } : {}) };
  // The device dials; the form waits behind the call.
  const called = (/** @type {any} */ event) => model.isProfessional && event.currentTarget.dispatchEvent(new DutyWish('write-record', { timeline, kind: 'call', values }));
  return html`<a class="call" href="tel:${phone.replace(/[^\d+]/g, '')}" @click=${called}>${icon('phone')}<span>${phone}</span></a>`;
}
