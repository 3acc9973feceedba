// The file picker of a form: chosen files with their progress, pictures as they will be seen, and what to do about one that
// did not arrive.

import { html, nothing } from '../vendor/lit.js';
import { ACCEPTED, typeOf } from '../attaching.js';
import { say, word } from '../language.js';
import { icon } from './icons.js';
import { sizeOf } from './attachment.js';

/** @typedef {import('../attaching.js').Attaching} Attaching */

/** @param {Attaching} attaching @param {unknown} label */
export function attachField(attaching, label) {
  return html`<fieldset class="field attach" data-field="attachments"><legend>${label}</legend>
    ${attaching.items.length ? html`<ul class="files">${attaching.items.map((item) => file(attaching, item))}</ul>` : nothing}
    ${attachPick(attaching, html`<span>${say('attach_pick')}</span>`)}</fieldset>`;
}

/** The way to files, and on a phone to its camera. @param {Attaching} attaching @param {unknown} label */
export function attachPick(attaching, label) {
  const chosen = (/** @type {any} */ event) => {
    attaching.add(event.target.files);
    event.target.value = '';
  };
  return html`<label class="button button-small attach-pick" title=${say('attach_pick')}>${icon('clip')}${label}
    <input class="unseen" type="file" multiple accept=${ACCEPTED} @change=${chosen}></label>`;
}

/** @param {Attaching} attaching @param {import('../attaching.js').Arriving} item */
function file(attaching, item) {
  const { title, state, share, fault, mayRetry, attachment } = item;
  const type = item.file && state !== 'failed' ? typeOf(item.file) : '';
  return html`<li class="file file-${state}">
    ${type.startsWith('image/') ? html`<renkei-attachment class="file-preview" .blob=${item.file} .file=${{ sha256: '', mediaType: type, sizeBytes: item.file?.size, title }}></renkei-attachment>` : nothing}
    <span class="file-name">${icon(state === 'ready' ? 'check' : state === 'failed' ? 'alarm' : 'sync')}<span>${title}</span></span>
    ${state === 'sending' ? html`<progress max="1" value=${share} aria-label="${say('file_sending')}: ${title}"></progress>
      <small>${Math.round(share * 100)} %</small>` : nothing}
    ${attachment ? html`<small class="quiet">${word('media_type', attachment.mediaType)}・${sizeOf(attachment.sizeBytes)}</small>` : nothing}
    ${fault ? html`<p class="field-error" role="alert">${fault}</p>` : nothing}
    ${mayRetry ? html`<button class="button button-small" type="button" @click=${() => attaching.send(item)}>${say('file_retry')}</button>` : nothing}
    <button class="button button-small button-text" type="button" aria-label="${say('file_remove')}: ${title}" @click=${() => attaching.remove(item)}>${icon('close')}</button></li>`;
}
