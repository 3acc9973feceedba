// `<renkei-wounds>`: wounds by choices, each with its photographs: made small here, handed in at once, and shown beside
// the one of the same place before. They go with the visit note; nothing is sent from here.

import { html, live, nothing } from '../../vendor/lit.js';
import { shortMoment } from '../../dates.js';
import { language, say } from '../../language.js';
import { CHOICES, inWords } from '../../visiting/choices.js';
import { small } from '../../visiting/photo.js';
import { phrase } from '../../visiting/phrases.js';
import { roundOf } from '../../visiting/round.js';
import { decimalIn } from '../../readings.js';
import { newWound, photoBefore, placeOf, titleOf } from '../../visiting/wounds.js';
import { icon } from '../icons.js';
import './icons.js';
import { View } from '../view.js';

/**
 * @typedef {import('../../visiting/wounds.js').Wound} Wound
 * @typedef {import('../../attaching.js').Arriving} Arriving
 */

export class WoundsPart extends View {
  static properties = { ...View.properties, patient: {} };

  constructor() {
    super();
    this.patient = '';
    /** Addresses of pictures that are shown, let go with this element. @type {Map<Blob | string, string>} */
    this.shown = new Map();
    /** @type {Set<string>} earlier photographs that did not come */
    this.lost = new Set();
    /** @type {Wound | null} whose photograph could not be opened */
    this.unopened = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const address of this.shown.values()) URL.revokeObjectURL(address);
    this.shown.clear();
  }

  get round() {
    return roundOf(this.model, this.patient);
  }

  /** @param {Wound} wound @param {Partial<Wound>} change */
  change(wound, change) {
    Object.assign(wound, change);
    this.round.noteEdited();
  }

  render() {
    const { round } = this;
    return html`<div class="wounds">
      ${round.wounds.length === 0 ? html`<p class="visits-none">${icon('camera')}<span>${phrase('wounds_none')}</span></p>` : nothing}
      ${round.wounds.map((wound, at) => this.wound(wound, at))}
      <button class="button wound-add" type="button" @click=${this.add}>${icon('plus')}<span>${phrase('add_wound')}</span></button>
      <p class="quiet">${phrase('photo_small')}</p>
      <footer class="visit-foot"><p class="quiet">${round.attaching.items.length ? phrase('photos_go_along', { count: round.attaching.items.length }) : nothing}</p>
        <button class="button button-primary" type="button" @click=${() => this.dispatchEvent(new CustomEvent('part-wanted', { bubbles: true, detail: 'note' }))}>${icon('edit')}<span>${phrase('to_note')}</span></button></footer></div>`;
  }

  add() {
    this.round.wounds = [...this.round.wounds, newWound()];
    this.requestUpdate();
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.wound:last-of-type input'))?.focus());
  }

  /** @param {Wound} wound @param {number} at */
  wound(wound, at) {
    const title = placeOf(wound) || phrase('wound_number', { count: at + 1 });
    return html`<section class="wound" aria-label=${title}>
      <header><h2>${title}</h2><button class="button button-text" type="button" @click=${() => this.drop(wound)}>${icon('close')}<span>${phrase('remove_wound')}</span></button></header>
      ${this.aspect(wound, 'place', at)}
      ${wound.place === 'elsewhere' ? html`<label class="field"><span>${phrase('elsewhere')}</span><input maxlength="40" autocomplete="off" .value=${live(wound.elsewhere)}
        @input=${(/** @type {any} */ event) => this.change(wound, { elsewhere: event.target.value })}></label>` : nothing}
      ${this.aspect(wound, 'sort', at)}
      <fieldset class="note-section wound-size"><legend>${phrase('wound_size_title')}</legend>${/** @type {const} */ (['length', 'width']).map((name) => html`<label class="field"><span>${phrase(name === 'length' ? 'wound_length' : 'wound_width')}</span>
        <input inputmode="decimal" autocomplete="off" maxlength="6" .value=${live(wound[name])} aria-invalid=${String(wound[name].trim() !== '' && decimalIn(wound[name]) === null)}
          @input=${(/** @type {any} */ event) => this.change(wound, { [name]: event.target.value })}></label>`)}</fieldset>
      ${this.aspect(wound, 'depth', at)}<p class="quiet">${phrase('depth_hint')}</p>
      ${this.aspect(wound, 'wet', at)}${this.aspect(wound, 'course', at)}
      ${this.photos(wound)}</section>`;
  }

  /** @param {Wound} wound @param {'place' | 'sort' | 'depth' | 'wet' | 'course'} aspect @param {number} at */
  aspect(wound, aspect, at) {
    const { chips, ...name } = CHOICES.wound[aspect];
    return html`<fieldset class="note-section chips"><legend>${inWords(language(), name)}</legend>${Object.entries(chips).map(([code, label]) => html`<label class="choice">
      <input type="radio" name="wound-${at}-${aspect}" .checked=${live(wound[aspect] === code)} @change=${() => this.change(wound, { [aspect]: code })}
        @click=${() => wound[aspect] === code && this.change(wound, { [aspect]: '' })}><span>${inWords(language(), label)}</span></label>`)}</fieldset>`;
  }

  /** @param {Wound} wound */
  photos(wound) {
    const canTake = placeOf(wound) !== '';
    return html`<div class="wound-photos">${this.earlier(wound)}${wound.photos.map((item) => this.photo(wound, item))}
      ${canTake ? html`<label class="button wound-take">${icon('camera')}<span>${phrase('photo_take')}</span><input class="unseen" type="file" accept="image/*" capture="environment"
        @change=${(/** @type {any} */ event) => this.take(wound, event.target)}></label>` : html`<p class="quiet">${icon('camera')} ${phrase('photo_place_first')}</p>`}
      ${this.unopened === wound ? html`<p class="field-error" role="alert">${phrase('photo_cannot')}</p>` : nothing}</div>`;
  }

  /** @param {Wound} wound @param {Arriving} item */
  photo(wound, item) {
    const { attaching } = this.round;
    return html`<figure class="wound-photo">${item.file ? html`<img src=${this.address(item.file)} alt="${phrase('photo_now')}: ${titleOf(wound, this.model.clock.now())}">` : nothing}
      <figcaption>${item.state === 'sending' ? html`<progress max="1" value=${item.share} aria-label=${say('file_sending')}></progress>` : html`<span>${icon(item.state === 'ready' ? 'check' : 'alarm')} ${phrase('photo_now')}</span>`}
        <button class="button button-text" type="button" aria-label="${say('file_remove')}: ${titleOf(wound, this.model.clock.now())}" @click=${() => this.removePhoto(wound, item)}>${icon('close')}</button>
        ${item.fault ? html`<p class="field-error" role="alert">${item.fault}</p>` : nothing}
        ${item.mayRetry ? html`<button class="button button-small" type="button" @click=${() => attaching.send(item)}>${say('file_retry')}</button>` : nothing}</figcaption></figure>`;
  }

  /** The photograph of the same place before: fetched when it is asked for, since looking at it is on record. @param {Wound} wound */
  earlier(wound) {
    if (!placeOf(wound)) return nothing;
    const found = photoBefore(this.model.timeline(this.patient), wound);
    if (!found) return html`<p class="quiet">${phrase('photo_before_none')}</p>`;
    const { sha256, title } = found.attachment;
    const address = this.shown.get(sha256);
    const at = phrase('photo_before_at', { at: shortMoment(found.atMs, this.model.clock.now()) });
    if (address) return html`<figure class="wound-photo wound-before"><img src=${address} alt="${phrase('photo_before')}: ${title}"><figcaption>${at}</figcaption></figure>`;
    return html`<div class="wound-ask"><button class="button" type="button" @click=${() => this.fetchBefore(found.entry, sha256)}>${icon('eye')}<span>${phrase('photo_before_show')}</span></button>
      <small class="quiet">${at}</small>${this.lost.has(sha256) ? html`<p class="field-error" role="alert">${phrase('photo_before_failed')}</p>` : nothing}</div>`;
  }

  /** @param {string} entry @param {string} sha256 */
  async fetchBefore(entry, sha256) {
    this.lost.delete(sha256);
    try {
      const blob = await this.model.rest.file(this.patient, entry, sha256);
      if (this.isConnected) this.shown.set(sha256, URL.createObjectURL(blob));
    } catch {
      this.lost.add(sha256);
    }
    this.requestUpdate();
  }

  /** @param {Blob} file */
  address(file) {
    let address = this.shown.get(file);
    if (!address) this.shown.set(file, (address = URL.createObjectURL(file)));
    return address;
  }

  /** @param {Wound} wound @param {HTMLInputElement} picker */
  async take(wound, picker) {
    const [photo] = picker.files ?? [];
    picker.value = '';
    if (!photo) return;
    const { model, round: { attaching } } = this;
    this.unopened = null;
    try {
      const file = await small(photo, `${titleOf(wound, model.clock.now())}.jpg`);
      attaching.add([file]);
      wound.photos = [...wound.photos, attaching.items[attaching.items.length - 1]];
    } catch {
      this.unopened = wound;
    }
    this.requestUpdate();
  }

  /** @param {Wound} wound @param {Arriving} item */
  removePhoto(wound, item) {
    wound.photos = wound.photos.filter((one) => one !== item);
    this.round.attaching.remove(item);
  }

  /** @param {Wound} wound */
  drop(wound) {
    for (const item of wound.photos) this.round.attaching.remove(item);
    this.round.wounds = this.round.wounds.filter((one) => one !== wound);
    this.round.noteEdited();
  }
}

customElements.define('renkei-wounds', WoundsPart);
