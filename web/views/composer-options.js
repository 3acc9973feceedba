// What can be said about a post beside its words: whom it is addressed to, what it answers, urgent, restricted, files,
// on whose behalf.
// Parts of the composer's form; the composer owns the values.

import { html, live, nothing } from '../vendor/lit.js';
import { say, titled, word } from '../language.js';
import { addresseesLine } from './addressees.js';
import { attachField } from './attach.js';
import { behalfField } from './behalf-field.js';
import { icon } from './icons.js';
import { quote } from './quote.js';

/** @typedef {import('./composer.js').Composer} Composer */

/** @param {Composer} composer */
export function composerOptions(composer) {
  const { model, timelineId, words: { kind, text, restricted, marked, named, attaching } } = composer;
  return html`<div class="composer-options">${addresseesLine(composer)}
    <label class="choice"><input type="checkbox" .checked=${live(marked)}
      @change=${() => composer.change({ marked: !marked })}><span>${say(kind === 'note' ? 'tell_doctor' : 'urgent')}</span></label>
    <label class="choice"><input type="checkbox" .checked=${live(restricted)}
      @change=${() => composer.change({ restricted: !restricted })}><span>${titled(word('sensitivity', 'restricted'))}<small>${say('restricted_means')}</small></span></label>
    ${attachField(attaching, html`<span class="unseen">${say('attachments')}</span>`)}
    ${attaching.items.length && !text.trim() ? html`<p class="quiet">${say('lacking', { fields: say('text') })}</p>` : nothing}
    ${behalfField(model, timelineId, named ?? null, (chosen) => composer.change({ named: chosen }))}
  </div>`;
}

/** What is being answered. @param {Composer} composer */
export function replyCard(composer) {
  const { model, timelineId, words: { answers } } = composer;
  if (!answers) return nothing;
  return html`<div class="reply-card" role="group" aria-label=${say('reply_to')}>${quote(model, timelineId, answers)}
    <button class="button button-small" type="button" aria-label=${say('quote_words')} @click=${() => composer.quoteWords()}><span>${say('quote_short')}</span></button>
    <button class="button button-small button-text" type="button" aria-label=${say('quote_drop')} @click=${() => composer.change({ answers: '' })}>${icon('close')}</button></div>`;
}
