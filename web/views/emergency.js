// `<renkei-emergency>`: breaking the glass, in a dialog: whom (exact name and birth date), why and for how long.

import { html, live, nothing } from '../vendor/lit.js';
import { birthDateOf } from '../console/names.js';
import { calendarDate } from '../dates.js';
import { inLanguage, say } from '../language.js';
import { icon } from './icons.js';
import { View } from './view.js';

/** Minutes to choose from; the hub allows up to a day. */
const MINUTES = [30, 60, 120, 240];
/** @typedef {{id: string, name: {kanji: string, kana: string}, birth_date: string}} Found */

export class EmergencyDialog extends View {
  constructor() {
    super();
    this.name = '';
    /** As it is typed: in any era, as people say it. */
    this.birthDate = '';
    this.reason = '';
    this.minutes = MINUTES[1];
    /** @type {Found[] | null} */
    this.found = null;
    /** @type {Found | null} */
    this.chosen = null;
    this.trouble = '';
    this.busy = false;
  }

  clear() {
    Object.assign(this, { name: '', birthDate: '', reason: '', minutes: MINUTES[1], found: null, chosen: null, trouble: '' });
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  begin() {
    this.clear();
    this.requestUpdate();
    this.updateComplete.then(() => this.dialog.showModal());
  }

  /** @param {Partial<EmergencyDialog>} change */
  change(change) {
    Object.assign(this, change);
    this.requestUpdate();
  }

  get ready() {
    if (this.busy) return false;
    return this.missing === '';
  }

  /** What is asked for first, in words. */
  get missing() {
    if (this.chosen) return this.reason.trim() ? '' : say('emergency_reason_needed');
    if (!this.name.trim()) return say('emergency_name_needed');
    return birthDateOf(this.birthDate, this.model.clock.now()) ? '' : say('emergency_birth_needed');
  }

  render() {
    return html`<dialog class="sheet emergency" aria-labelledby="emergency-title" @close=${() => this.change({ chosen: null, found: null })}>
      <form @submit=${this.submit} novalidate>
        <header class="sheet-head"><h2 id="emergency-title">${say('emergency_open')}</h2>
          <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
        <div class="sheet-body">${this.chosen ? this.declaring(this.chosen) : this.searching()}
          <p class="field-error" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p></div>
        <footer class="sheet-foot"><button class="button button-primary" type="submit" aria-disabled=${String(!this.ready)}>
          ${icon(this.chosen ? 'eye' : 'search')}<span>${say(this.chosen ? 'emergency_declare' : 'emergency_search')}</span></button>
          ${this.chosen ? html`<button class="button button-text" type="button" @click=${() => this.change({ chosen: null, found: null, trouble: '' })}>${icon('back')}<span>${say('emergency_another')}</span></button>` : nothing}</footer>
      </form></dialog>`;
  }

  searching() {
    const day = birthDateOf(this.birthDate, this.model.clock.now());
    return html`<p class="quiet">${say('emergency_search_explained')}</p>
      <label class="wide">${say('emergency_name')}<input type="text" autocomplete="off" placeholder=${say('emergency_name_how')} .value=${live(this.name)}
        @input=${(/** @type {any} */ event) => this.change({ name: event.target.value, found: null, trouble: '' })}></label>
      <label class="wide">${say('birth_date')}<input type="text" autocomplete="off" placeholder=${say('emergency_birth_how')} .value=${live(this.birthDate)}
        @input=${(/** @type {any} */ event) => this.change({ birthDate: event.target.value, found: null, trouble: '' })}><small class="quiet emergency-day">${day ? html`${icon('check')} ${calendarDate(day)}` : nothing}</small></label>
      ${this.found === null ? nothing : this.found.length === 0 ? html`<p role="status">${say('emergency_nobody')} ${say('emergency_nobody_how')}</p>`
        : html`<ul class="emergency-found">${this.found.map((found) => html`<li><button class="button" type="button" @click=${() => this.change({ chosen: found })}>
          <b>${found.name.kanji}</b> ${found.name.kana}・${calendarDate(found.birth_date)}</button></li>`)}</ul>`}`;
  }

  /** @param {Found} chosen */
  declaring({ name, birth_date: birthDate }) {
    return html`<p class="emergency-whom"><b>${name.kanji}</b> ${name.kana}・${calendarDate(birthDate)}</p>
      <p class="notice notice-warning">${icon('alarm')}<span>${say('emergency_told')}</span></p>
      <label class="wide">${say('emergency_reason')}<textarea rows="3" .value=${live(this.reason)}
        @input=${(/** @type {any} */ event) => this.change({ reason: event.target.value, trouble: '' })}></textarea></label>
      <fieldset class="chips"><legend>${say('emergency_for')}</legend>${MINUTES.map((minutes) => html`<label class="choice">
        <input type="radio" name="emergency-minutes" .checked=${live(this.minutes === minutes)} @change=${() => this.change({ minutes })}>
        <span>${say('minutes_count', { count: minutes })}</span></label>`)}</fieldset>`;
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (this.busy) return;
    this.change({ trouble: this.missing });
    if (this.missing) return;
    this.change({ busy: true });
    try {
      await (this.chosen ? this.declare(this.chosen) : this.search());
    } catch (/** @type {any} */ error) {
      this.trouble = inLanguage(error.reason) || say('emergency_failed');
    }
    this.change({ busy: false });
  }

  async search() {
    this.found = await this.model.rest.emergencySearch(this.name.trim(), birthDateOf(this.birthDate, this.model.clock.now()));
    if (this.found.length === 1) [this.chosen] = this.found;
  }

  /** @param {Found} chosen */
  async declare(chosen) {
    await this.model.emergency.declare(chosen.id, this.reason.trim(), this.minutes);
    this.dialog.close();
    location.hash = `#/patients/${chosen.id}`;
  }
}

customElements.define('renkei-emergency', EmergencyDialog);
