// The state of the connection, always on the screen in words: what it means for what is seen and for what was written.

import { html, nothing } from '../vendor/lit.js';
import { inLanguage, say } from '../language.js';
import { icon } from './icons.js';

const LOOKS = /** @type {const} */ ({
  connecting: { icon: 'sync', phrase: 'connection_connecting', tone: 'busy' },
  catching_up: { icon: 'sync', phrase: 'connection_catching_up', tone: 'busy' },
  live: { icon: 'online', phrase: 'connection_live', tone: 'good' },
  waiting: { icon: 'offline', phrase: 'connection_waiting', tone: 'bad' },
  offline: { icon: 'offline', phrase: 'connection_offline', tone: 'bad' },
  ended: { icon: 'stop', phrase: 'connection_ended', tone: 'bad' },
});

/** @param {import('../model.js').Model} model */
export function connectionState(model) {
  const { phase } = model.hub.connection;
  const look = LOOKS[phase];
  const { unsent } = model.outbox;
  return html`<div class="connection" role="status">
    <span class="pill pill-${look.tone}">${icon(look.icon)}<span>${say(look.phrase)}</span></span>
    ${unsent > 0 ? html`<span class="pill pill-warning">${icon('wait')}<span>${say('unsent', { count: unsent })}</span></span>` : nothing}
  </div>`;
}

/** What to know and to do while the page is not live. @param {import('../model.js').Model} model */
export function connectionNotice(model) {
  const { phase, code, reason } = model.hub.connection;
  if (phase === 'ended') {
    return html`<p class="banner banner-bad" role="alert">${icon('stop')}
      <span>${inLanguage(reason) || say('ended_explained', { code })}</span>
      <button class="button button-small" @click=${() => location.reload()}>${say('reload')}</button></p>`;
  }
  if (phase !== 'waiting' && phase !== 'offline') return nothing;
  return html`<p class="banner banner-warning">${icon('offline')}
    <span>${say(phase === 'offline' ? 'offline_explained' : 'waiting_explained')}</span>
    ${phase === 'waiting'
      ? html`<button class="button button-small" @click=${() => model.hub.connect()}>${say('retry_now')}</button>`
      : nothing}</p>`;
}
