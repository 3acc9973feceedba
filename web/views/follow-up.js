// `<renkei-follow-up>`: what is said about an entry later, in a dialog: acknowledged by a reader, corrected or taken back
// by its author. The hub's ruling comes first, as in the composer. Corrected here are texts and measurements; whatever
// else was wrong is taken back and written again.

import { html, live, nothing } from '../vendor/lit.js';
import { CORRECTED_TEXTS } from '../acts.js';
import { moment } from '../dates.js';
import { Draft } from '../draft.js';
import { say, word } from '../language.js';
import { decimalIn, implausible } from '../readings.js';
import { currentBody } from '../timeline.js';
import { WORDS } from '../words.js';
import { beforeSend } from './before-send.js';
import { bodyOf } from './bodies.js';
import { icon } from './icons.js';
import { View } from './view.js';

/**
 * @typedef {import('../timeline.js').Item} Item
 * @typedef {import('../acts.js').Act} Act
 */

export class FollowUp extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    this.clear();
  }

  clear() {
    /** @type {Item | null} */
    this.item = null;
    /** @type {Act} */
    this.act = 'acknowledgement';
    this.text = '';
    this.reason = '';
    /** @type {Record<string, string>} what was typed for each measurement, by sign */
    this.typed = {};
  }

  connectedCallback() {
    super.connectedCallback();
    this.draft = new Draft(this.model, () => this.build(), () => this.requestUpdate());
    this.addEventListener('follow-up', this.begin);
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get isAsleep() {
    return this.hasUpdated && !this.dialog.open;
  }

  /** @param {any} event */
  begin({ detail: { act, item } }) {
    this.clear();
    Object.assign(this, { act, item, reason: act === 'retraction' ? 'mistake' : '' });
    const body = currentBody(item);
    if (act === 'correction') this.text = body.kind === 'vital' ? (body.comment ?? '') : (body.text ?? '');
    for (const { sign, value } of body.measurements ?? []) this.typed[sign] = value;
    this.draft?.begin();
    this.draft?.edited();
    this.requestUpdate();
    this.updateComplete.then(() => {
      this.dialog.showModal();
      /** @type {HTMLElement | null} */ (this.dialog.querySelector('textarea, input'))?.focus();
    });
  }

  /** The measurements of the entry. @returns {{sign: string, value: string, unit: string}[]} */
  get measurements() {
    return (this.item && currentBody(this.item).measurements) ?? [];
  }

  /** What is wrong with a number, by sign. */
  faults() {
    return Object.fromEntries(this.measurements.flatMap(({ sign, unit }) => {
      const typed = this.typed[sign] ?? '';
      const value = decimalIn(typed);
      const bounds = value === null ? null : implausible(sign, value, unit);
      if (value === null) return [[sign, say('not_a_number', { typed })]];
      return bounds ? [[sign, say('implausible', { value, low: bounds.low, high: bounds.high, unit: word('unit', unit) })]] : [];
    }));
  }

  /** What the entry should have said, or `null` while nothing was changed. */
  corrected() {
    const { kind, ...before } = currentBody(/** @type {Item} */ (this.item));
    if (CORRECTED_TEXTS.has(kind)) return this.text.trim() && this.text !== before.text ? { [kind]: { ...before, text: this.text } } : null;
    if (Object.keys(this.faults()).length > 0) return null;
    const measurements = this.measurements.map(({ sign, value, unit, ...given }) => {
      const typed = /** @type {string} */ (decimalIn(this.typed[sign]));
      // What was given in another unit no longer holds where the number was changed.
      return typed === value ? { sign, value, unit, ...given } : { sign, value: typed, unit };
    });
    const { comment, ...rest } = before;
    const after = { ...rest, measurements: measurements.map(({ sign, value, unit }) => ({ sign, value, unit })), ...(this.text ? { comment: this.text } : {}) };
    const same = (this.text === (comment ?? '')) && this.measurements.every(({ sign, value }, at) => measurements[at].sign === sign && measurements[at].value === value);
    return same ? null : { vital: after };
  }

  build() {
    if (!this.item) return null;
    const target = this.item.id;
    const said = (/** @type {string} */ text) => (text.trim() ? { text } : {});
    if (this.act === 'acknowledgement') return this.intent({ acknowledgement: { target, ...said(this.text) } });
    if (this.act === 'retraction') return this.intent({ retraction: { target, reason: this.reason, ...said(this.text) } });
    const body = this.corrected();
    return body && this.intent({ correction: { target, body, ...(this.reason ? { reason: this.reason } : {}) } });
  }

  /** @param {Record<string, any>} body */
  intent(body) {
    return { ...this.model.intent(this.timelineId, body), id: '' };
  }

  /** @param {Partial<FollowUp>} change */
  change(change) {
    Object.assign(this, change);
    this.draft?.edited();
    this.requestUpdate();
  }

  render() {
    const { item } = this;
    const draft = /** @type {Draft} */ (this.draft);
    const ready = this.build() !== null && !draft.refused;
    return html`<dialog class="sheet follow-up" aria-labelledby="follow-up-title"><form @submit=${this.submit} novalidate>
      <header class="sheet-head"><h2 id="follow-up-title">${say(`${this.act}_title`)}
        ${item ? html`<small>${word('kind', item.kind)}・${moment(item.recordedAtMs)}</small>` : nothing}</h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
      <div class="sheet-body">${item ? this.fields(item) : nothing}</div>
      <footer class="sheet-foot">${beforeSend(draft)}
        <button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('send')}
          <span>${say(draft.confirmed ? 'send_to_queue' : `${this.act}_send`)}</span></button></footer>
    </form></dialog>`;
  }

  /** @param {Item} item */
  fields(item) {
    const typing = (/** @type {any} */ event) => this.change({ text: event.target.value });
    if (this.act === 'correction') return this.correctionFields(item, typing);
    return html`<div class="follow-up-about">${bodyOf(currentBody(item), { model: this.model, alarms: item.alarms })}</div>
      ${this.act === 'retraction' ? html`<fieldset class="chips"><legend>${say('reason')}</legend>
        ${Object.keys(WORDS.retraction_reason).map((reason) => html`<label class="choice"><input type="radio" name="retraction-reason"
          .checked=${live(this.reason === reason)} @change=${() => this.change({ reason })}><span>${word('retraction_reason', reason)}</span></label>`)}</fieldset>
        <p class="quiet">${say(this.reason === 'wrong_patient' ? 'retraction_hides' : 'retraction_strikes')}</p>` : nothing}
      <label class="wide">${say('comment')}<textarea rows="2" .value=${live(this.text)} @input=${typing}></textarea></label>`;
  }

  /** @param {Item} item @param {(event: any) => void} typing */
  correctionFields(item, typing) {
    const faults = this.faults();
    return html`${this.measurements.length ? html`<div class="vital-fields">${this.measurements.map(({ sign, unit }) => html`<div class="vital-field">
        <p class="vital-name"><label for="corrected-${sign}">${word('vital_sign', sign)}</label><span class="quiet">${word('unit', unit)}</span></p>
        <input id="corrected-${sign}" type="text" inputmode="decimal" autocomplete="off" .value=${live(this.typed[sign] ?? '')}
          aria-describedby="corrected-${sign}-about" aria-invalid=${faults[sign] ? 'true' : nothing}
          @input=${(/** @type {any} */ event) => this.change({ typed: { ...this.typed, [sign]: event.target.value } })}>
        <p class="vital-about" id="corrected-${sign}-about">${faults[sign] ? html`<span class="field-error">${icon('alarm')}<span>${faults[sign]}</span></span>` : nothing}</p>
      </div>`)}</div>` : nothing}
      <label class="wide">${say(item.kind === 'vital' ? 'comment' : 'correct_text')}<textarea rows="4" .value=${live(this.text)} @input=${typing}></textarea></label>
      <label class="wide">${say('correction_reason')}<input type="text" .value=${live(this.reason)}
        @input=${(/** @type {any} */ event) => this.change({ reason: event.target.value })}></label>
      <p class="quiet">${say('correction_explained')}</p>`;
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (!(await /** @type {Draft} */ (this.draft).send())) return;
    this.clear();
    this.dialog.close();
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('posted', { bubbles: true }));
  }
}

customElements.define('renkei-follow-up', FollowUp);
