// Posts of this page that are not on the timeline: waiting to be sent, refused, or held in the linking queue. They stand
// below the last entry until the hub has them or the author has dealt with the verdict.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { readBody } from '../frames.js';
import { say, word } from '../language.js';
import { addresseesOf } from '../mentions.js';
import { addressMark } from './address-mark.js';
import { bodyOf } from './bodies.js';
import { behalfMark } from './behalf.js';
import { mendable } from './composer.js';
import { icon } from './icons.js';
import { reasonsOf } from './verdict.js';

const LOOKS = /** @type {const} */ ({
  waiting: ['wait', 'pending_waiting'],
  sent: ['sync', 'pending_sent'],
  refused: ['stop', 'pending_refused'],
  // A held post lacks something; nothing is wrong with it.
  held: ['hand', 'verdict_held'],
  queued: ['link', 'pending_queued'],
});

/**
 * @param {import('../model.js').Model} model @param {import('../outbox.js').Item} item
 * @param {(item: import('../outbox.js').Item) => void} edit
 */
export function pending(model, item, edit) {
  const { intent, state, verdict, writtenAtMs } = item;
  const look = state === 'refused' && verdict?.holds?.length ? 'held' : state;
  const [sign, phrase] = LOOKS[look];
  const body = readBody(intent.body);
  const remove = () => {
    model.outbox.remove(intent.id);
    model.changed();
  };
  return html`<article class="entry entry-pending pending-${look}" aria-label="${word('kind', body.kind)}, ${say(phrase)}">
    <p class="pending-state">${icon(sign)}<b>${say(phrase)}</b> <time>${moment(writtenAtMs)}</time>${addressMark(model, addresseesOf(body, intent.addressedTo ?? []))}${behalfMark(model, intent.onBehalfOf)}</p>
    ${bodyOf(body, { model, alarms: [] })}
    ${verdict ? reasonsOf(verdict) : nothing}
    ${state === 'refused' || state === 'queued' ? html`<p class="pending-do">
      ${state === 'refused' && mendable(intent) && model.patients.has(intent.timeline) ? html`<button class="button button-small" type="button" @click=${() => edit(item)}>${say('edit_again')}</button>` : nothing}
      <button class="button button-small button-text" type="button" @click=${remove}>${say(state === 'refused' ? 'give_up' : 'understood')}</button></p>` : nothing}
  </article>`;
}
