// What earlier sign-ins could not send, and what became of it: at the door and behind it.

import { html, nothing } from '../vendor/lit.js';
import { say } from '../language.js';
import { icon } from './icons.js';

/** What earlier sign-ins left behind. @param {{left: number, delivered: number}} envelopes */
export function envelopeNotice({ left, delivered }) {
  return html`${left > 0 ? html`<p class="banner banner-warning">${icon('wait')}<span>${say('envelopes_left', { count: left })}</span></p>` : nothing}
    ${delivered > 0 ? html`<p class="banner banner-news" role="status">${icon('check')}<span>${say('envelopes_delivered', { count: delivered })}</span></p>` : nothing}`;
}
