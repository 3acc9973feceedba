// `<renkei-sending>`: what became of posts, as a page: what waits, what came back and what to do about it, and what
// was stored, with a word where that was long after it was written. The posts themselves stand on their patients' pages.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { kindOf, readBody } from '../frames.js';
import { inLanguage, say, word } from '../language.js';
import { AFTERWARDS_MS_MIN } from '../outbox.js';
import { discard, release } from '../releasing.js';
import { behalfMark } from './behalf.js';
import { bodyOf } from './bodies.js';
import { formerWho, isFormer } from './emergency-marks.js';
import { icon } from './icons.js';
import { reasonsOf } from './verdict.js';
import { View } from './view.js';

/** @typedef {import('../outbox.js').Item} Item */

export class Sending extends View {
  render() {
    const { items, results } = this.model.outbox;
    const waiting = items.filter(({ state }) => state === 'waiting' || state === 'sent');
    const returned = items.filter(({ state }) => state === 'refused' || state === 'queued');
    return html`<div class="sending">
      <a class="button button-text back" href="#/">${icon('back')}<span>${say('to_list')}</span></a>
      <h1>${say('sending')}</h1>
      ${this.quarantined()}
      ${returned.length ? html`<section><h2>${say('sending_returned')}</h2><ul class="sending-list">${returned.map((item) => this.returned(item))}</ul></section>` : nothing}
      <section><h2>${say('sending_waiting')} ${waiting.length}</h2>
        ${waiting.length ? html`<p class="quiet">${say('sending_do_waiting')}</p><ul class="sending-list">${waiting.map((item) => this.waiting(item))}</ul>`
          : html`<p class="quiet">${say('no_unsent')}</p>`}</section>
      <section><h2>${say('sending_done')}</h2>
        ${results.length ? html`<ul class="sending-list">${results.map((result) => this.done(result))}</ul>` : html`<p class="quiet">${say('no_results')}</p>`}</section>
    </div>`;
  }

  /** What this person wrote under earlier sign-ins and came to the hub in envelopes. */
  quarantined() {
    const { quarantined } = this.model;
    const { mine, busy } = quarantined;
    if (mine.length === 0) return nothing;
    return html`<section><h2>${say('quarantine')} ${mine.length}</h2><p class="quiet">${say('quarantine_explained')}</p>
      ${mine.length > 1 ? html`<p><button class="button button-primary" type="button" aria-disabled=${String(busy)} @click=${() => release(quarantined, mine)}>${icon('send')}<span>${say('quarantine_release_all', { count: mine.length })}</span></button></p>` : nothing}
      <ul class="sending-list">${mine.map((post) => this.quarantinedOne(post))}</ul></section>`;
  }

  /** @param {import('../quarantined.js').Quarantined} post */
  quarantinedOne(post) {
    const { quarantined } = this.model;
    const { timeline, kind, intent } = post;
    const trouble = quarantined.troubles.get(post.id);
    const busy = String(quarantined.busy);
    return html`<li class="sending-row">${icon('hand')}<div>
      ${this.head(timeline, kind, Date.parse(post.written_at), intent?.onBehalfOf)}
      ${intent ? bodyOf(readBody(intent.body), { model: this.model, alarms: [] }) : nothing}
      ${trouble ? html`<p class="field-error" role="alert">${icon('alarm')}<span>${inLanguage(trouble)}</span></p>` : nothing}
      <p class="quiet">${say('quarantine_until', { at: moment(Date.parse(post.expires_at)) })}</p>
      <p class="sending-acts"><button class="button button-small button-primary" type="button" aria-disabled=${busy} @click=${() => release(quarantined, [post])}>${say('quarantine_release')}</button>
        <button class="button button-small button-text" type="button" aria-disabled=${busy} @click=${() => confirm(say('quarantine_discard_sure')) && discard(quarantined, post)}>${say('give_up')}</button></p></div></li>`;
  }

  /** @param {string} timeline @param {string} kind @param {number} writtenAtMs @param {import('../frames.js').OnBehalfOf} [named] */
  head(timeline, kind, writtenAtMs, named) {
    return html`<p><b>${this.model.patientName(timeline).kanji}</b> <span class="kind">${word('kind', kind)}</span> <time>${moment(writtenAtMs)}</time> ${behalfMark(this.model, named)}</p>`;
  }

  /** @param {Item} item */
  waiting({ intent, state, writtenAtMs }) {
    const body = readBody(intent.body);
    return html`<li class="sending-row">${icon(state === 'sent' ? 'sync' : 'wait')}<div>${this.head(intent.timeline, body.kind, writtenAtMs, intent.onBehalfOf)}
      ${bodyOf(body, { model: this.model, alarms: [] })}</div></li>`;
  }

  /** @param {Item} item */
  returned({ intent, state, verdict, writtenAtMs }) {
    const body = readBody(intent.body);
    const isHeld = state === 'refused' && Boolean(verdict?.holds?.length);
    const what = isHeld ? 'held' : state === 'queued' ? 'queued' : 'refused';
    const { model } = this;
    const isLost = state === 'refused' && isFormer(model, intent.timeline);
    const phrase = isHeld ? say('verdict_held') : say(state === 'queued' ? 'pending_queued' : 'pending_refused');
    return html`<li class="sending-row">${icon(isHeld ? 'hand' : state === 'queued' ? 'link' : 'stop')}<div>
      ${this.head(intent.timeline, body.kind, writtenAtMs, intent.onBehalfOf)}
      ${bodyOf(body, { model, alarms: [] })}
      <p><b>${phrase}</b></p>
      ${verdict?.holds?.map(({ title }) => html`<p>${inLanguage(title)}</p>`)}
      ${verdict ? reasonsOf(verdict) : nothing}
      <p class="quiet">${isLost ? say('sending_do_former', { who: formerWho(model, intent.timeline) }) : say(`sending_do_${what}`)}</p>
      <p class="sending-acts">${model.patients.has(intent.timeline) || model.timelines.has(intent.timeline) ? html`<a class="button button-small" href="#/patients/${intent.timeline}">${say('sending_open')}</a>` : nothing}
        ${state === 'queued' ? nothing : html`<button class="button button-small button-text" type="button" @click=${() => confirm(say('quarantine_discard_sure')) && this.giveUp(intent.id)}>${say('give_up')}</button>`}</p></div></li>`;
  }

  /** @param {string} id */
  giveUp(id) {
    this.model.outbox.remove(id);
    this.model.changed();
  }

  /** @param {import('../outbox.js').Result} result */
  done({ timeline, kind, words, writtenAtMs, answeredAtMs }) {
    const isAfterwards = answeredAtMs - writtenAtMs >= AFTERWARDS_MS_MIN;
    return html`<li class="sending-row">${icon('check')}<div>
      <p><b>${this.model.patientName(timeline).kanji}</b> <span class="kind">${word('kind', kindOf(kind))}</span> ${words}</p>
      <p class="quiet">${say('result_sent', { at: moment(answeredAtMs) })}${isAfterwards ? html`・${say('result_afterwards', { written: moment(writtenAtMs) })}` : nothing}</p></div></li>`;
  }
}

customElements.define('renkei-sending', Sending);
