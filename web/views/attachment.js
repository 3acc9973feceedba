// `<renkei-attachment>`: one file of an entry, or one about to be sent. A picture stands in a box of a fixed size, fetched when
// the box comes into view, and opens large; every other file is a card with its name, kind and size. What is fetched goes
// through `FileWanted`, is held as a `blob:` address while it is in the page, and let go with it: nothing is kept.

import { LitElement, html, nothing } from '../vendor/lit.js';
import { say } from '../attachment-phrases.js';
import { word } from '../language.js';
import { icon } from './icons.js';

/** What browsers draw. HEIC is tried, too: some do. */
const PICTURE = /^image\//;
/** The hub lets these be shown in a page of their own; texts are only saved. */
const OPENED = 'application/pdf';
/** Larger ones, and all where the line is spared, wait for a tap. */
const FETCHED_BYTES_MAX = 3_145_728;
const NEAR_PX = '200px';
const KEPT_MS = 60_000;

/** Asked of whatever holds the page together: the bytes of a file of the entry that this is a part of. */
export class FileWanted extends Event {
  /** @param {string} sha256 @param {boolean} isAsked by a tap: then it is said, too, when it does not come */
  constructor(sha256, isAsked) {
    super('file-wanted', { bubbles: true });
    this.sha256 = sha256;
    this.isAsked = isAsked;
    /** @type {Promise<Blob> | null} */
    this.answered = null;
  }

  /** @param {Promise<Blob>} answered */
  answer(answered) {
    this.answered = answered;
  }
}

/** @param {number | undefined} bytes as people say it */
export function sizeOf(bytes = 0) {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1_024)).toLocaleString()} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

/** One after the other: a timeline of photographs must not take the line from what is written. @type {Promise<unknown>} */
let line = Promise.resolve();

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
function inTurn(work) {
  const done = line.then(work);
  line = done.catch(() => {});
  return done;
}

const sparesTheLine = () => Boolean(/** @type {any} */ (navigator).connection?.saveData);

export class AttachmentView extends LitElement {
  static properties = { file: { attribute: false }, blob: { attribute: false } };

  constructor() {
    super();
    /** @type {{sha256: string, mediaType: string, sizeBytes: number, title: string}} */
    this.file = /** @type {any} */ (undefined);
    /** What is about to be sent; else it is fetched. @type {Blob | null} */
    this.blob = null;
    /** @type {'waiting' | 'fetching' | 'here' | 'failed' | 'unshown'} */
    this.state = 'waiting';
    /** What stands in the box, and by which address. @type {Blob | null} */
    this.held = null;
    this.address = '';
    this.isLarge = false;
    this.isActual = false;
    /** Part of an entry at the hub. What was not sent yet has no place to be fetched from. */
    this.hasPlace = false;
  }

  createRenderRoot() {
    return this;
  }

  get isPicture() {
    return PICTURE.test(this.file.mediaType ?? '');
  }

  connectedCallback() {
    super.connectedCallback();
    this.hasPlace = Boolean(this.closest('[data-entry]'));
    if (!this.isPicture || this.address) return;
    if (this.blob) {
      this.show(this.blob);
      return;
    }
    if (!this.hasPlace || sparesTheLine() || this.file.sizeBytes > FETCHED_BYTES_MAX) return;
    this.watching = new IntersectionObserver(([seen]) => seen.isIntersecting && this.fetch(), { rootMargin: NEAR_PX });
    this.watching.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.watching?.disconnect();
    // Moved within the page it stays as it is.
    queueMicrotask(() => this.isConnected || this.letGo());
  }

  letGo() {
    if (this.address) URL.revokeObjectURL(this.address);
    Object.assign(this, { held: null, address: '', state: 'waiting', isLarge: false });
  }

  /** @param {Partial<AttachmentView>} change */
  change(change) {
    Object.assign(this, change);
    this.requestUpdate();
  }

  /** @param {Blob} blob */
  show(blob) {
    if (this.isConnected) this.change({ held: blob, address: URL.createObjectURL(blob), state: 'here' });
  }

  /** @param {boolean} isAsked @returns {Promise<Blob>} */
  wanted(isAsked) {
    const event = new FileWanted(this.file.sha256, isAsked);
    this.dispatchEvent(event);
    return event.answered ?? Promise.reject(new Error('nobody has it'));
  }

  async fetch() {
    if (this.state !== 'waiting' && this.state !== 'failed') return;
    this.watching?.disconnect();
    this.change({ state: 'fetching' });
    try {
      const blob = await inTurn(() => (this.isConnected ? this.wanted(false) : Promise.reject(new Error('gone'))));
      this.show(blob);
    } catch {
      this.change({ state: 'failed' });
    }
  }

  /** @param {boolean} opens in a page of its own, where the browser lets us */
  async take(opens) {
    const blob = this.held ?? await this.wanted(true).catch(() => null);
    // Whoever was asked has said why.
    if (!blob) return;
    // Whatever it says of itself: a page of its own is shown as what the entry says it is, never as a page of ours.
    const address = URL.createObjectURL(opens ? blob.slice(0, blob.size, OPENED) : blob);
    if (!opens || !window.open(address, '_blank')) Object.assign(document.createElement('a'), { href: address, download: this.file.title }).click();
    setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
  }

  render() {
    return this.isPicture && this.state !== 'unshown' && (this.blob || this.hasPlace) ? this.picture() : this.card();
  }

  get facts() {
    const { mediaType, sizeBytes } = this.file;
    return [word('media_type', mediaType), sizeBytes ? sizeOf(sizeBytes) : ''].filter(Boolean).join('・');
  }

  saving() {
    return this.blob || !this.hasPlace ? nothing : html`<button class="button button-small file-save" type="button" aria-label=${`${say('save')}: ${this.file.title}`} @click=${() => this.take(false)}>${icon('down')}<span>${say('save')}</span></button>`;
  }

  card() {
    const { title, mediaType } = this.file;
    return html`<div class="file-card">${icon('clip')}<span class="file-words"><b>${title}</b><small>${this.facts}</small>
        ${this.state === 'unshown' ? html`<small>${say('not_shown')}</small>` : nothing}</span>
      <span class="file-acts">${mediaType === OPENED && this.hasPlace ? html`<button class="button button-small" type="button" aria-label=${`${say('open')}: ${title}`} @click=${() => this.take(true)}>${icon('eye')}<span>${say('open')}</span></button>` : nothing}${this.saving()}</span></div>`;
  }

  get alt() {
    return say('alt', { kind: word('media_type', this.file.mediaType), title: this.file.title });
  }

  picture() {
    const { address, state } = this;
    return html`<figure class="picture" data-state=${state}><div class="picture-box">${address
      ? html`<button class="picture-open" type="button" title=${say('open_large')} aria-haspopup="dialog" aria-label=${`${say('open_large')}: ${this.alt}`} @click=${() => this.open()}><img src=${address} alt="" decoding="async"
          @error=${() => this.change({ state: 'unshown' })}></button>`
      : state === 'fetching' ? html`<span class="quiet" role="status">${icon('sync')} ${say('fetching')}</span>`
        : html`<button class="button button-small button-text" type="button" @click=${() => this.fetch()}>${icon(state === 'failed' ? 'sync' : 'eye')}<span>${state === 'failed' ? say('not_fetched') : say('fetch', { size: sizeOf(this.file.sizeBytes) })}</span></button>`}</div>
      <figcaption><span class="file-words"><b>${this.file.title}</b><small>${this.blob ? say('preview') : this.facts}</small></span>${this.saving()}</figcaption></figure>${this.isLarge ? this.large() : nothing}`;
  }

  async open() {
    this.change({ isLarge: true, isActual: false });
    await this.updateComplete;
    /** @type {HTMLDialogElement | null} */ (this.querySelector('dialog'))?.showModal();
  }

  /** Over everything, as long as the entry is in the page: what is forgotten closes with it. */
  large() {
    const close = () => /** @type {HTMLDialogElement | null} */ (this.querySelector('dialog'))?.close();
    return html`<dialog class="picture-large" aria-label=${this.alt} @close=${() => this.change({ isLarge: false })} @keydown=${(/** @type {Event} */ event) => event.stopPropagation()}>
      <header class="sheet-head"><p><b>${this.file.title}</b> <small class="quiet">${this.facts}</small></p>
        <button class="button button-text" type="button" aria-pressed=${String(this.isActual)} @click=${() => this.change({ isActual: !this.isActual })}>${icon('search')}<span>${say(this.isActual ? 'fit' : 'actual')}</span></button>
        ${this.saving()}<button class="button button-text" type="button" autofocus @click=${close}>${icon('close')}<span>${say('close')}</span></button></header>
      <div class="picture-whole ${this.isActual ? 'picture-actual' : ''}" tabindex=${this.isActual ? 0 : nothing} role=${this.isActual ? 'region' : nothing} aria-label=${this.isActual ? this.alt : nothing}><img src=${this.address} alt=${this.alt}></div></dialog>`;
  }
}

customElements.define('renkei-attachment', AttachmentView);
