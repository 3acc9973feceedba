// Family and others close to a patient, as the newest list that stands names them: who, what holds of them, each number to be
// called by a tap. Shows what the page was given, and nothing else.

import '../later-words.js';
import '../later-phrases.js';
import { html, nothing } from '../vendor/lit.js';
import { closenessOf, relationText } from '../gist.js';
import { aside, say, word } from '../language.js';
import { callLink } from './calling.js';

/**
 * @typedef {any} Relative
 * @param {import('../model.js').Model} model @param {string} timeline @param {Relative} one
 */
export const numbersOf = (model, timeline, one) => (one.phones ?? []).map((/** @type {any} */ { number, used }) => html`<p class="summary-line">${used ? html`<span class="quiet">${word('phone_use', used)}</span>` : nothing}
  ${callLink(model, timeline, { phone: number, organisation: '', text: say('call_related', { name: one.name, relation: relationText(one) }) })}</p>`);

/** @param {import('../model.js').Model} model @param {string} timeline @param {Relative} one */
export const relative = (model, timeline, one) => html`<p><b>${one.name}</b>${aside(relationText(one))} ${closenessOf(one).map((mark) => html`<span class="mark ${mark === say('key_person') ? 'mark-present' : ''}"><span>${mark}</span></span> `)}</p>
  ${numbersOf(model, timeline, one)}${one.note ? html`<p class="body-text">${one.note}</p>` : nothing}`;

/** Whoever is the key person stands first; the others as they are phoned. @param {Relative[]} items */
export const keyFirst = (items) => [...items.filter(({ keyPerson }) => keyPerson), ...items.filter(({ keyPerson }) => !keyPerson)];
