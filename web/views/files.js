// The files of an entry, and the one who fetches them with this person's sign-in when one is asked for. Whoever holds the
// page together calls `fetchFile`; what a file looks like is `attachment.js`.

import { html } from '../vendor/lit.js';
import { say as sayOfFiles } from '../attachment-phrases.js';
import { say } from '../language.js';
import './attachment.js';

/** @param {import('../attaching.js').Attachment[]} files */
export const fileList = (files) => html`<ul class="attachments" aria-label=${sayOfFiles('list')}>${files.map((file) => html`<li><renkei-attachment .file=${file}></renkei-attachment></li>`)}</ul>`;

/** Fetches what was asked for; why it did not come is said on the page, where somebody asked. @param {import('../model.js').Model} model @param {any} event a `FileWanted` */
export function fetchFile(model, event) {
  const place = event.target.closest('[data-entry]')?.dataset;
  if (!place) return;
  const fetched = model.rest.file(place.timeline, place.entry, event.sha256);
  fetched.catch((error) => event.isAsked && model.say(error.reason ?? { ja: say('file_not_fetched'), en: say('file_not_fetched') }));
  event.answer(fetched);
}
