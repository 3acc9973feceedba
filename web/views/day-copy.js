// `<renkei-day-copy>`: a day's entries as plain text for one's own chart, copied with a note of who took them and when.
// Copying for one's own chart is treatment: nothing leaves the office, and the reading is on record at the hub already.

import { html, live } from '../vendor/lit.js';
import { fullDay } from '../dates.js';
import { say } from '../language.js';
import { dayForChart, daysOf } from '../paper.js';
import { icon } from './icons.js';
import { View } from './view.js';

const DAYS_OFFERED_MAX = 60;

export class DayCopy extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    this.atMs = 0;
    this.isOwn = false;
    this.isCopied = false;
    this.text = '';
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get isAsleep() {
    return this.hasUpdated && !this.dialog.open;
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener('day-copy-wanted', this.begin);
  }

  begin() {
    this.change({ atMs: daysOf(this.model, this.timelineId)[0] ?? this.model.clock.now(), isOwn: false });
    this.updateComplete.then(() => this.dialog.showModal());
  }

  /** The text is made once for each choice: what was copied is what was seen. @param {{atMs?: number, isOwn?: boolean}} change */
  change(change) {
    Object.assign(this, change, { isCopied: false });
    this.text = dayForChart(this.model, this.timelineId, this.atMs, this.isOwn ? (this.model.me?.organisation.id ?? '') : '');
    this.requestUpdate();
  }

  /** @param {Event} event */
  async copy(event) {
    event.preventDefault();
    const field = /** @type {HTMLTextAreaElement} */ (this.querySelector('textarea'));
    // Where the browser does not let a page copy, the text is marked to be copied by hand.
    this.isCopied = await navigator.clipboard?.writeText(this.text).then(() => true, () => false) ?? false;
    if (!this.isCopied) field.select();
    this.requestUpdate();
  }

  render() {
    const days = this.atMs ? daysOf(this.model, this.timelineId).slice(0, DAYS_OFFERED_MAX) : [];
    return html`<dialog class="sheet day-copy" aria-labelledby="day-copy-title"><form @submit=${this.copy}>
      <header class="sheet-head"><h2 id="day-copy-title">${say('copy_day')}<small>${this.model.patientName(this.timelineId).kanji}</small></h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
      <div class="sheet-body"><div class="paper-days"><label class="field"><span class="field-name">${say('on')}</span><select @change=${(/** @type {any} */ event) => this.change({ atMs: Number(event.target.value) })}>
          ${days.map((atMs) => html`<option value=${atMs} ?selected=${atMs === this.atMs}>${fullDay(atMs)}</option>`)}</select></label></div>
        <label class="choice"><input type="checkbox" .checked=${live(this.isOwn)} @change=${() => this.change({ isOwn: !this.isOwn })}><span>${say('copy_own_only')}</span></label>
        <label class="field"><span class="field-name">${say('copy_text')}</span><textarea rows="12" readonly .value=${live(this.text)}></textarea></label>
        <p class="quiet">${say('copy_how')}</p></div>
      <footer class="sheet-foot"><p role="status">${this.isCopied ? html`${icon('check')}<span>${say('copied')}</span>` : ''}</p>
        <button class="button button-primary" type="submit">${icon('copy')}<span>${say('copy_do')}</span></button></footer>
    </form></dialog>`;
  }
}

customElements.define('renkei-day-copy', DayCopy);
