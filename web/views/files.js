// The files of an entry; what each looks like is `attachment.js`, which comes a moment later, who fetches one is `fetching.js`.

import { html } from '../vendor/lit.js';
import { say } from '../attachment-phrases.js';

/** Its place is as high before its element is there. @param {import('../attaching.js').Attachment} file */
const coming = ({ mediaType }) => (/^image\//.test(mediaType) ? 'file-picture' : 'file-other');

/** @param {import('../attaching.js').Attachment[]} files */
export const fileList = (files) => html`<ul class="attachments" aria-label=${say('list')}>${files.map((file) => html`<li><renkei-attachment class=${coming(file)} .file=${file}></renkei-attachment></li>`)}</ul>`;
