// Files on their way to a post: checked as far as a page can, handed in to the hub one after the other, with progress and
// what went wrong in words. The post names them once the hub has them. Nothing of a file is kept here but its name.

import { language, say } from './language.js';
import './later-words.js';
import { FILE_BYTES_MAX, FILES_MAX } from './limits.js';
import { WORDS } from './words.js';

const TITLE_CHARS_MAX = 100;

const ENDINGS = /** @type {Record<string, string>} */ ({
  pdf: 'application/pdf', jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', heic: 'image/heic', webp: 'image/webp', txt: 'text/plain', csv: 'text/csv',
});

/** What a file picker offers. */
export const ACCEPTED = [...Object.keys(WORDS.media_type), ...Object.keys(ENDINGS).map((ending) => `.${ending}`)].join(',');

/** The type of a file; phones leave it out for some photos. @param {{name: string, type: string}} file */
export function typeOf({ name, type }) {
  const told = type.split(';')[0].trim().toLowerCase();
  if (told in WORDS.media_type) return told;
  return told ? '' : (ENDINGS[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? '');
}

/**
 * @typedef {{sha256: string, mediaType: string, sizeBytes: number, title: string}} Attachment
 * @typedef {{file: File | null, title: string, state: 'sending' | 'ready' | 'failed', share: number, fault: string, mayRetry: boolean, attachment: Attachment | null}} Arriving
 */

export class Attaching {
  /**
   * @param {(file: File, type: string, progress: (share: number) => void) => Promise<any>} handIn
   * @param {() => void} changed
   */
  constructor(handIn, changed) {
    this.handIn = handIn;
    this.changed = changed;
    /** @type {Arriving[]} */
    this.items = [];
  }

  /** @param {Attachment[]} attachments of what is taken up again @param {Arriving[]} before what they come after */
  adopt(attachments, before = []) {
    this.items = [...before, ...attachments.map((/** @type {Attachment} */ attachment) => /** @type {Arriving} */ ({ file: null, title: attachment.title, state: 'ready', share: 1, fault: '', mayRetry: false, attachment }))];
  }

  clear() {
    this.items = [];
  }

  /** What the post may name. */
  get ready() {
    return this.items.flatMap(({ attachment }) => (attachment ? [attachment] : []));
  }

  /** Whether one is still on its way, or did not arrive: the post waits for the author to see to it. */
  /** All but those that failed arrived: it is their author's turn. */
  get isStuck() {
    return this.unsettled && this.items.every(({ state }) => state !== 'sending');
  }

  get unsettled() {
    return this.items.some(({ state }) => state !== 'ready');
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) {
      const title = [...file.name].slice(0, TITLE_CHARS_MAX).join('');
      /** @type {Arriving} */
      const item = { file, title, state: 'sending', share: 0, fault: '', mayRetry: false, attachment: null };
      this.items = [...this.items, item];
      this.send(item);
    }
    this.changed();
  }

  /** @param {Arriving} item */
  async send(item) {
    const file = /** @type {File} */ (item.file);
    const type = typeOf(file);
    const fault = faultOf(file, type, this.items.indexOf(item));
    if (fault) return this.fail(item, fault, false);
    Object.assign(item, { state: 'sending', share: 0, fault: '', mayRetry: false });
    this.changed();
    try {
      const kept = await this.handIn(file, type, (share) => {
        item.share = share;
        this.changed();
      });
      const { sha256, media_type: mediaType, size_bytes: sizeBytes } = kept;
      Object.assign(item, { state: 'ready', share: 1, attachment: { sha256, mediaType, sizeBytes, title: item.title } });
      this.changed();
    } catch (/** @type {any} */ error) {
      this.fail(item, error.reason?.[language()] || say(error.status ? 'file_refused' : 'file_unreachable'), !error.status || error.status >= 500);
    }
  }

  /** @param {Arriving} item @param {string} fault @param {boolean} mayRetry */
  fail(item, fault, mayRetry) {
    Object.assign(item, { state: 'failed', fault, mayRetry });
    this.changed();
  }

  /** @param {Arriving} item */
  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    this.changed();
  }
}

/** What the page can see by itself. @param {File} file @param {string} type @param {number} place */
function faultOf(file, type, place) {
  if (place >= FILES_MAX) return say('file_too_many', { max: FILES_MAX });
  if (!type) return say('file_type', { types: Object.values(WORDS.media_type).map((labels) => labels[language() === 'en' ? 1 : 0]).join('、') });
  if (file.size === 0) return say('file_empty');
  return file.size > FILE_BYTES_MAX ? say('file_too_large', { max: Math.floor(FILE_BYTES_MAX / 1_048_576) }) : '';
}
