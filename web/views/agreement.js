// The doctor who is named attending is asked to agree to a registration: on the entry, and among what they owe. A way to say no is
// there, too: the hub knows no refusal and the secretariat sees no messages, so it is told by telephone, and the call becomes a post.

import { html, nothing } from '../vendor/lit.js';
import { localInput } from '../dates.js';
import { say } from '../language.js';
import { onItsWay } from './connection.js';
import { DutyWish } from './duty.js';
import { icon } from './icons.js';

/** @typedef {import('../model.js').Model} Model @typedef {import('../timeline.js').Item} Item */

/** @param {Model} model @param {Item} item */
function refusing(model, { timeline }) {
  const secretariats = [...model.organisations.values()].filter(({ type, phone }) => type === 'secretariat' && phone);
  const write = (/** @type {any} */ { currentTarget }) => currentTarget.dispatchEvent(new DutyWish('write-record', {
    timeline, kind: 'call', values: { to: 'other', calledAtUs: localInput(model.clock.now()), text: say('agreement_refused_words') },
  }));
  // The device dials; the form waits behind the call.
  return { write, lines: secretariats.map(({ name, phone = '' }) => html` <a class="call" href="tel:${phone.replace(/[^\d+]/g, '')}" @click=${write}>${icon('phone')}<span>${name} ${phone}</span></a>`) };
}

/** @param {Model} model @param {Item} item the registration that waits */
export function agreementCard(model, item) {
  const busy = model.isAcknowledging(item.timeline, item.id);
  const { write, lines } = refusing(model, item);
  return html`<div class="duty-words"><p><b>${say('agreement_asked')}</b></p><p class="quiet">${say('agreement_asked_how')}</p>
    <p class="duty-acts"><button class="button button-small button-primary acknowledge" type="button" aria-disabled=${String(busy)} @click=${() => model.acknowledge(item)}>
      ${busy ? onItsWay(model) : html`${icon('check')}<span>${say('agreement_give')}</span>`}</button>
      <button class="button button-small" type="button" @click=${write}>${icon('edit')}<span>${say('agreement_refuse')}</span></button></p>
    <p class="quiet">${say('agreement_refuse_how')}${lines}</p></div>`;
}

/** All that wait for this person, each with its patient. @param {Model} model */
export function agreementsAsked(model) {
  const asked = model.needs.agreements;
  if (asked.length === 0) return nothing;
  return html`<section><h2>${say('agreements')} <small>${asked.length}</small></h2><ul class="duties">${asked.map((item) => {
    const name = model.patientName(item.timeline);
    return html`<li class="duty duty-open">${icon('hand')}<div>
      <p class="duty-patient"><a href="#/patients/${item.timeline}/${item.id}"><b>${name.kanji}</b> <small>${name.kana}</small></a></p>${agreementCard(model, item)}</div></li>`;
  })}</ul></section>`;
}
