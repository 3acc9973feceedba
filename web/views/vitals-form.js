// `<renkei-vitals-form>`: a reading typed with a number pad, in a dialog that fills a phone. Beside each field its last
// value and the patient's own alarm limits; slips of the hand are named at once, the hub's ruling follows.

import { html, live, nothing } from '../vendor/lit.js';
import { localInput, shortMoment } from '../dates.js';
import { Draft } from '../draft.js';
import { usOfMs } from '../frames.js';
import { aside, say, word } from '../language.js';
import { SIGNS, decimalIn, faultsOf, unitOf } from '../readings.js';
import { WORDS } from '../words.js';
import { beforeSend } from './before-send.js';
import { behalfField, behalfOf } from './behalf-field.js';
import { limitText } from '../gist.js';
import { icon } from './icons.js';
import { View } from './view.js';

/** A slip of the hand in words. @param {import('../readings.js').Fault} fault @param {string} typed @param {string} unit */
export function faultText(fault, typed, unit) {
  if (fault.fault === 'not_a_number') return say('not_a_number', { typed: typed.trim() });
  if (fault.fault === 'pressure_upside_down') return say('pressure_upside_down');
  return say('implausible', { value: fault.value, low: fault.low, high: fault.high, unit: word('unit', unit) });
}

export class VitalsForm extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    /** @type {Draft | undefined} */
    this.draft = undefined;
    this.clear();
  }

  connectedCallback() {
    super.connectedCallback();
    this.draft ??= new Draft(this.model, () => this.build(), () => this.requestUpdate());
  }

  clear() {
    /** @type {Record<string, string>} what was typed, by sign */
    this.typed = {};
    /** @type {Record<string, string>} */
    this.units ??= {};
    this.site = '';
    this.comment = '';
    this.measuredAt = '';
    /** @type {import('./behalf-field.js').Named} */
    this.named = null;
  }

  /** @param {import('../frames.js').Intent} [intent] a refused post to mend */
  open(intent) {
    if (intent) {
      this.clear();
      const { measurements = [], site = '', comment = '' } = intent.body.vital;
      for (const { sign, value, unit } of measurements) Object.assign(this, { typed: { ...this.typed, [sign]: value }, units: { ...this.units, [sign]: unit } });
      Object.assign(this, { site, comment, named: intent.onBehalfOf ?? null, measuredAt: localInput(Number(intent.observedAtUs) / 1000) });
      this.draft?.begin(intent.id);
      this.draft?.edited();
    }
    this.requestUpdate();
    this.updateComplete.then(() => {
      this.dialog.showModal();
      /** @type {HTMLElement | null} */ (this.dialog.querySelector('input'))?.focus();
    });
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get isAsleep() {
    return this.hasUpdated && !this.dialog.open;
  }

  /** What is wrong in each field. @returns {Record<string, string>} */
  faults() {
    return Object.fromEntries(Object.entries(faultsOf(this.typed, (sign) => this.unit(sign)))
      .map(([sign, fault]) => [sign, faultText(fault, this.typed[sign], this.unit(sign))]));
  }

  /** @param {string} sign */
  unit(sign) {
    return this.units[sign] ?? unitOf(sign);
  }

  build() {
    const filled = SIGNS.filter(({ sign }) => this.typed[sign]?.trim());
    if (filled.length === 0 || Object.keys(this.faults()).length > 0) return null;
    const measurements = filled.map(({ sign }) => ({ sign, value: /** @type {string} */ (decimalIn(this.typed[sign])), unit: this.unit(sign) }));
    const at = this.measuredAt ? new Date(this.measuredAt).getTime() : this.model.clock.now();
    return {
      id: '',
      timeline: this.timelineId,
      observedAtUs: usOfMs(at),
      ...behalfOf(this.named),
      body: { vital: { measurements, ...(this.site ? { site: this.site } : {}), ...(this.comment ? { comment: this.comment } : {}) } },
    };
  }

  edited() {
    this.draft?.edited();
    this.requestUpdate();
  }

  /** @param {string} sign @param {string} text as typed; plain digits once the field is left */
  type(sign, text) {
    this.typed = { ...this.typed, [sign]: text };
    this.edited();
  }

  render() {
    const draft = /** @type {Draft} */ (this.draft);
    const faults = this.faults();
    const ready = this.build() !== null && !draft.refused;
    return html`<dialog class="sheet" aria-labelledby="vitals-form-title">
      <form @submit=${this.submit} novalidate>
        <header class="sheet-head"><h2 id="vitals-form-title">${say('enter_vitals')}<small>${this.model.patientName(this.timelineId).kanji}</small></h2>
          <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
        <div class="sheet-body">
          <div class="vital-fields">${SIGNS.map(({ sign, units }) => this.field(sign, units, faults[sign]))}</div>
          <div class="vital-more">
            <label>${say('site')}<select @change=${(/** @type {any} */ event) => { this.site = event.target.value; this.edited(); }}>
              <option value="" ?selected=${!this.site}>${say('not_said')}</option>
              ${Object.keys(WORDS.body_site).map((site) => html`<option value=${site} ?selected=${this.site === site}>${word('body_site', site)}</option>`)}</select></label>
            <label>${say('measured_at')}<input type="datetime-local" max=${localInput(this.model.clock.now() + 60_000)} .value=${live(this.measuredAt)}
              @input=${(/** @type {any} */ event) => { this.measuredAt = event.target.value; this.edited(); }}><small class="quiet">${say('empty_is_now')}</small></label>
            <label class="wide">${say('comment')}<input type="text" .value=${live(this.comment)}
              @input=${(/** @type {any} */ event) => { this.comment = event.target.value; this.edited(); }}></label>
            ${behalfField(this.model, this.timelineId, this.named, (named) => { this.named = named; this.edited(); })}
          </div>
        </div>
        <footer class="sheet-foot">${beforeSend(draft)}
          <button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('send')}<span>${say(draft.confirmed ? 'send_to_queue' : 'send')}</span></button></footer>
      </form></dialog>`;
  }

  /** @param {string} sign @param {string[]} units @param {string | undefined} fault */
  field(sign, units, fault) {
    const last = this.model.latestOf(this.timelineId)[sign];
    const limit = this.model.timeline(this.timelineId).limits.find((one) => one.sign === sign);
    const id = `vital-${sign}`;
    return html`<div class="vital-field">
      <p class="vital-name"><label for=${id}>${word('vital_sign', sign)}</label>
        ${units.length > 1
          ? html`<select aria-label=${say('unit_of', { sign: word('vital_sign', sign) })}
              @change=${(/** @type {any} */ event) => { this.units = { ...this.units, [sign]: event.target.value }; this.edited(); }}>
              ${units.map((unit) => html`<option value=${unit} ?selected=${this.unit(sign) === unit}>${word('unit', unit)}</option>`)}</select>`
          : html`<span class="quiet">${word('unit', units[0])}</span>`}</p>
      <input id=${id} type="text" inputmode="decimal" enterkeyhint="next" autocomplete="off" .value=${live(this.typed[sign] ?? '')}
        aria-describedby="${id}-about" aria-invalid=${fault ? 'true' : nothing} @keydown=${this.next}
        @input=${(/** @type {any} */ event) => this.type(sign, event.target.value)}
        @change=${(/** @type {any} */ event) => this.type(sign, decimalIn(event.target.value) ?? event.target.value)}>
      <p class="vital-about" id="${id}-about">
        ${fault ? html`<span class="field-error">${icon('alarm')}<span>${fault}</span></span>` : nothing}
        ${last ? html`<span>${say('last_value')} <b>${last.value}</b>${aside(shortMoment(last.atMs))}</span>` : html`<span>${say('no_last_value')}</span>`}
        ${limit ? html`<span>${say('own_range')} <b>${limitText(limit)}</b></span>` : nothing}</p>
    </div>`;
  }

  /** Enter goes to the next field, as the number pad's "next" key does. @param {KeyboardEvent} event */
  next(event) {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    const fields = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.vital-field input, [type=submit]')]);
    fields[fields.indexOf(/** @type {HTMLElement} */ (event.target)) + 1]?.focus();
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

customElements.define('renkei-vitals-form', VitalsForm);
