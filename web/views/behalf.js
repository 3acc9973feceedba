// That an entry was written on behalf of somebody: who told it, who wrote it, and whether they have said so themselves. Who is
// named says in one tap that it is right, by acknowledging it, or that it is not, by answering it. Whose word counts for the
// rules is the hub's matter: the author's.

import { html, nothing } from '../vendor/lit.js';
import { readActor } from '../frames.js';
import { aside, say, word } from '../language.js';
import { onItsWay } from './connection.js';
import { whoText } from './face.js';
import { icon } from './icons.js';

/**
 * @typedef {import('../timeline.js').Item} Item
 * @typedef {import('../model.js').Model} Model
 */

/** What became of the claim: what they themselves said of it last. @param {Item} item @returns {'confirmed' | 'answered' | 'open'} */
function standing({ onBehalf, acknowledgements, replies }) {
  const last = [...acknowledgements, ...replies].filter(({ author, retraction }) => author.person === onBehalf?.person && !retraction)
    .reduce((/** @type {Item | null} */ newest, one) => (newest && newest.seq > one.seq ? newest : one), null);
  return last ? (last.kind === 'acknowledgement' ? 'confirmed' : 'answered') : 'open';
}

/** In one line, for whatever shows who wrote something; empty where nobody is named. @param {Model} model @param {{onBehalf: Item['onBehalf']}} item */
export function forWhomText(model, { onBehalf }) {
  return onBehalf ? say('behalf_short', { named: nameOf(model, onBehalf) }) : '';
}

/** The same as a mark on what is not on the timeline yet. @param {Model} model @param {import('../frames.js').OnBehalfOf | undefined} named */
export const behalfMark = (model, named) => (named ? html`<span class="mark">${forWhomText(model, { onBehalf: readActor(named) })}</span>` : nothing);

/** @param {Model} model @param {{person: string, role: string}} one */
function nameOf(model, one) {
  const [name, role] = [model.personName(one.person) || say('somebody'), word('role', one.role)];
  return `${name}${aside(role)}`;
}

/** @param {Model} model @param {Item} item */
export function behalfLine(model, item) {
  if (!item.onBehalf) return nothing;
  const named = nameOf(model, item.onBehalf);
  const stands = standing(item);
  const sign = /** @type {const} */ ({ confirmed: 'check', answered: 'reply', open: 'clock' })[stands];
  return html`<p class="behalf">${icon('edit')}<span>${say('behalf_by', { named, who: model.personName(item.author.person) || word('role', item.author.role) })}
    <small class="behalf-${stands}">${icon(sign)}<span>${say(`behalf_${stands}`, { named: model.personName(item.onBehalf.person) || say('somebody') })}</span></small></span></p>`;
}

/** @param {Model} model @param {Item} item */
const isAnswering = (model, { id, timeline }) => model.outbox.of(timeline).some(({ intent, state }) => intent.body.message?.answers === id && state !== 'refused');

/** @param {Model} model @param {Item} item */
function contradict(model, item) {
  if (isAnswering(model, item)) return;
  const sensitivity = item.sensitivity === 'restricted' ? { sensitivity: item.sensitivity } : {};
  model.hub.post(model.intent(item.timeline, { message: { text: say('behalf_wrong_said'), answers: item.id } }, sensitivity));
}

/** Asked of who is named, until they say something. @param {Model} model @param {Item} item */
export function behalfAsked(model, item) {
  if (item.onBehalf?.person !== model.myId || item.retraction || standing(item) !== 'open') return nothing;
  const [agrees, answers] = [model.isAcknowledging(item.timeline, item.id), isAnswering(model, item)];
  const busy = String(agrees || answers);
  return html`<div class="duty behalf-asked">${icon('hand')}<div class="duty-words"><p><b>${say('behalf_asked')}</b></p>
    <p class="quiet">${say('behalf_asked_how', { who: whoText(model, item.author) })}</p>
    <p class="duty-acts"><button class="button button-small button-primary" type="button" aria-disabled=${busy} @click=${() => busy === 'false' && model.acknowledge(item)}>
      ${agrees ? onItsWay(model) : html`${icon('check')}<span>${say('behalf_right')}</span>`}</button>
    <button class="button button-small" type="button" aria-disabled=${busy} @click=${() => busy === 'false' && contradict(model, item)}>
      ${answers ? onItsWay(model) : html`${icon('reply')}<span>${say('behalf_wrong')}</span>`}</button></p></div></div>`;
}
