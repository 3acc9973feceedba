// The state of the connection, always on the screen in words: what it means for what is seen and for what was written.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { inLanguage, say } from '../language.js';
import { envelopeNotice } from './envelope-notice.js';
import { icon } from './icons.js';

const LOOKS = /** @type {const} */ ({
  connecting: { icon: 'sync', phrase: 'connection_connecting', tone: 'busy' },
  catching_up: { icon: 'sync', phrase: 'connection_catching_up', tone: 'busy' },
  live: { icon: 'online', phrase: 'connection_live', tone: 'good' },
  waiting: { icon: 'offline', phrase: 'connection_waiting', tone: 'bad' },
  offline: { icon: 'offline', phrase: 'connection_offline', tone: 'bad' },
  ended: { icon: 'stop', phrase: 'connection_ended', tone: 'bad' },
});

/** What stands on a button whose post is on its way: what nothing can be sent over is not being sent. @param {import('../model.js').Model} model */
export const onItsWay = ({ hub }) => (LOOKS[hub.connection.phase].tone === 'bad' ? html`${icon('wait')}<span>${say('pending_unsent')}</span>` : html`${icon('sync')}<span>${say('pending_sent')}</span>`);

/** @param {import('../model.js').Model} model */
export function connectionState(model) {
  const { phase } = model.hub.connection;
  const look = LOOKS[phase];
  return html`<div class="connection">
    <span class="pill pill-${look.tone}" role="status" title=${say(look.phrase)}>${icon(look.icon)}<span class="pill-words">${say(look.phrase)}</span></span>
    ${unsentCount(model)}
  </div>`;
}

/** Always there, so that nobody has to guess; the way to what became of posts. @param {import('../model.js').Model} model */
function unsentCount({ outbox, showsSending }) {
  const { unsent, returned } = outbox;
  // Where there is no room for words the number alone is seen, and the words are said.
  const link = (/** @type {string} */ look, /** @type {'wait' | 'check' | 'hand'} */ sign, /** @type {string} */ text, /** @type {number} */ count) => html`<a class="pill pill-count ${look}"
    href="#/sending" title=${`${text}・${say('sending')}`} aria-current=${showsSending ? 'page' : nothing}>${icon(sign)}<span class="pill-words" role="status">${text}</span><b class="pill-number" aria-hidden="true">${count}</b></a>`;
  return html`${link(unsent > 0 ? 'pill-warning' : '', unsent > 0 ? 'wait' : 'check', say('unsent', { count: unsent }), unsent)}
    ${returned > 0 ? link('pill-bad', 'hand', say('returned', { count: returned }), returned) : nothing}`;
}

/** What to know and to do while the page is not live, or cannot keep anything. @param {import('../model.js').Model} model */
export function connectionNotice(model) {
  return html`${lossNotice(model)}
    ${model.keeper.full ? html`<p class="banner banner-bad" role="alert">${icon('alarm')}<span>${say('not_kept')}</span></p>` : nothing}
    ${model.newerPage ? html`<p class="banner banner-news">${icon('sync')}<span>${say('newer_page')}</span>
      <button class="button button-small" type="button" @click=${() => openNewer(model)}>${say('newer_page_open')}</button></p>` : nothing}
    ${unreadable(model)}${envelopeNotice(model.envelopes)}`;
}

/** @type {typeof import('./unreadable.js') | undefined} */
let words;

/** Patients whose records do not open: a region without any never fetches what says so. @param {import('../model.js').Model} model */
function unreadable(model) {
  if (model.unreadablePatients && !words) import('./unreadable.js').then((module) => { words = module; model.changed(); }, () => {});
  return model.unreadablePatients ? words?.unreadableNotice(model) : nothing;
}

/**
 * What opens it is there where it is offered: the same file says that there is something newer. Every request of the page wakes
 * the old worker, also those that it does not answer; one that is awake takes up to half a minute to make room.
 * @param {import('../model.js').Model} model
 */
function openNewer({ hub }) {
  hub.stop();
  import('../installing.js').then((installing) => installing.openNewer(), () => location.reload());
}

/** @param {import('../model.js').Model} model */
function lossNotice(model) {
  const { phase, code, reason } = model.hub.connection;
  if (phase === 'ended') {
    return html`<p class="banner banner-bad" role="alert">${icon('stop')}
      <span>${inLanguage(reason) || say('ended_explained', { code })}</span>
      <button class="button button-small" @click=${() => location.reload()}>${say('reload')}</button></p>`;
  }
  if (phase !== 'waiting' && phase !== 'offline') return nothing;
  const at = model.syncedAtMs ? moment(model.syncedAtMs) : '';
  return html`<p class="banner banner-warning">${icon('offline')}
    <span class="loss-long">${say(phase === 'offline' ? 'offline_explained' : 'waiting_explained', { at })}</span><span class="loss-short">${say('loss_short', { at })}</span>
    ${phase === 'waiting'
      ? html`<button class="button button-small" @click=${() => model.hub.connect()}>${say('retry_now')}</button>`
      : nothing}</p>`;
}
