// What an entry answers, as a line that leads there: in the entry itself and in the composer. Nothing of the other entry
// is copied; whoever may not see it sees that there is one.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { gist } from '../gist.js';
import { say, word } from '../language.js';
import { currentBody } from '../timeline.js';
import { whoText } from './face.js';
import { icon } from './icons.js';

/** Asked of whatever shows timelines: this entry, please. */
export class EntryWanted extends Event {
  /** @param {string} timeline @param {string} entry */
  constructor(timeline, entry) {
    super('entry-wanted', { bubbles: true });
    this.timeline = timeline;
    this.entry = entry;
  }
}

/** @param {string} timeline @param {string} entry */
export const leadsTo = (timeline, entry) => (/** @type {any} */ event) => event.currentTarget.dispatchEvent(new EntryWanted(timeline, entry));

/** @param {import('../model.js').Model} model @param {string} timeline @param {string} id */
export function quote(model, timeline, id) {
  const item = model.timelines.get(timeline)?.byId.get(id);
  if (!item) return html`<p class="quote quote-unknown">${icon('reply')}<span>${say('another_entry')}</span></p>`;
  const words = item.retraction ? say('quote_retracted') : gist(currentBody(item));
  return html`<button class="quote" type="button" @click=${leadsTo(timeline, id)}>${icon('reply')}<span class="quote-words">
    <b>${whoText(model, item.author)}</b> <small>${word('kind', item.kind)}${item.onBehalf ? `・${say('behalf_mark')}` : ''}・${moment(item.recordedAtMs)}</small>
    <span class="quote-text">${words}</span></span></button>`;
}

/** What was answered to an entry, folded. @param {import('../model.js').Model} model @param {import('../timeline.js').Item} item */
export function repliesTo(model, item) {
  const replies = item.replies.filter(({ retraction }) => !retraction);
  if (replies.length === 0) return nothing;
  return html`<details class="read-by"><summary>${icon('reply')}<span>${say('replies', { count: replies.length })}</span></summary>
    <ul>${replies.map((one) => html`<li><button class="button-link" type="button" @click=${leadsTo(item.timeline, one.id)}><b>${whoText(model, one.author)}</b>
      <small>${moment(one.recordedAtMs)}</small> ${gist(currentBody(one))}</button></li>`)}</ul></details>`;
}
