// The files of an entry: name, type and size, and a tap that fetches one with this person's sign-in and saves it. Whoever
// holds the page together fetches; nothing of a file stays in the page.

import { html } from '../vendor/lit.js';
import { say, word } from '../language.js';
import { icon } from './icons.js';

const KEPT_MS = 60_000;

/** Asked of whatever holds the page together: the file of the entry that this is a part of. */
export class FileWanted extends Event {
  /** @param {string} sha256 @param {string} title */
  constructor(sha256, title) {
    super('file-wanted', { bubbles: true });
    this.sha256 = sha256;
    this.title = title;
  }
}

/** @param {number | undefined} bytes */
const kib = (bytes) => `${Math.max(1, Math.round((bytes ?? 0) / 1024)).toLocaleString()} KiB`;

/** @param {import('../attaching.js').Attachment} file */
const facts = ({ mediaType, sizeBytes }) => `${word('media_type', mediaType ?? '')}、${kib(sizeBytes)}`;

/** @param {import('../attaching.js').Attachment[]} files */
export const fileList = (files) => html`<ul class="body-list">${files.map((file) => html`<li><button class="button-link file-open" type="button"
  title=${say('file_open')} @click=${(/** @type {any} */ event) => event.target.dispatchEvent(new FileWanted(file.sha256, file.title))}>${icon('clip')}<span>${file.title}</span></button>
  <small class="quiet">（${facts(file)}）</small></li>`)}</ul>`;

/** Fetches and saves what was asked for. @param {import('../model.js').Model} model @param {any} event a `FileWanted` */
export async function saveFile(model, { target, sha256, title }) {
  const place = target.closest('[data-entry]')?.dataset;
  if (!place) {
    model.say({ ja: say('file_after_sending'), en: say('file_after_sending') });
    return;
  }
  try {
    const address = URL.createObjectURL(await model.rest.file(place.timeline, place.entry, sha256));
    const link = Object.assign(document.createElement('a'), { href: address, download: title });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
  } catch (/** @type {any} */ error) {
    model.say(error.reason ?? { ja: say('file_not_fetched'), en: say('file_not_fetched') });
  }
}
