// `<renkei-vitals-pad>`: vital signs by a pad of large keys, one field after the other, or by the keys of a keyboard.
// Beside each field stands what is known of it; slips of the hand are named at once, the hub's ruling follows. The last
// value is shown and never taken over by a tap: what nobody measured must not stand in the record as measured.

import { html, live, nothing } from '../../vendor/lit.js';
import { localInput } from '../../dates.js';
import { inLanguage, say, word } from '../../language.js';
import { TEXT_CHARS_MAX } from '../../limits.js';
import { SIGNS, faultsOf, unitOf } from '../../readings.js';
import { KEYS, beyond, isShifted, meant, press, takesPoint } from '../../visiting/pad.js';
import { phrase } from '../../visiting/phrases.js';
import { SOURCES, USUAL } from '../../visiting/ranges.js';
import { roundOf } from '../../visiting/round.js';
import { WORDS } from '../../words.js';
import { beforeSend } from '../before-send.js';
import { behalfField } from '../behalf-field.js';
import { behalfMark } from '../behalf.js';
import { icon } from '../icons.js';
import './icons.js';
import { View } from '../view.js';
import { faultText } from '../vitals-form.js';
import { knownOf, limitOf } from './last-values.js';
import './meter-panel.js';

const ORDER = SIGNS.map(({ sign }) => sign);
const SCALE = 'pain';

export class VitalsPad extends View {
  static properties = { ...View.properties, patient: {} };

  constructor() {
    super();
    this.patient = '';
    /** The sign that keys go to. */
    this.at = ORDER[0];
    this.moreOpen = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.round.nameOf = (sign) => word('vital_sign', sign);
  }

  get round() {
    return roundOf(this.model, this.patient);
  }

  render() {
    const { round } = this;
    const faults = faultsOf(round.typed, (sign) => round.unit(sign));
    const ready = round.vital() !== null && !round.vitals.refused;
    return html`<form class="pad-form" @submit=${this.submit} novalidate>
      <div class="pad-left">
        <renkei-meter .model=${this.model} .patient=${this.patient}></renkei-meter>
        <ol class="pad-fields" @keydown=${this.key}>${ORDER.map((sign) => this.field(sign, faults[sign]))}</ol>
        ${this.more()}
        <details class="pad-sources"><summary>${phrase('usual_source')}</summary><ul>${Object.values(SOURCES).map((source) => html`<li>${inLanguage(source)}</li>`)}</ul></details>
      </div>
      <div class="pad-right"><div class="pad-hand">${this.pad(faults[this.at])}
        <button class="button button-primary pad-send" type="submit" aria-disabled=${String(!ready)}>${icon('send')}<span>${say(round.vitals.confirmed ? 'send_to_queue' : 'send')}</span></button></div>
        ${round.named ? html`<p class="pad-behalf">${behalfMark(this.model, round.named)}</p>` : nothing}${beforeSend(round.vitals)}</div>
    </form>`;
  }

  /** @param {string} sign @param {import('../../readings.js').Fault | undefined} fault */
  field(sign, fault) {
    const { round } = this;
    const text = round.typed[sign] ?? '';
    const metered = round.metered[sign];
    return html`<li class="pad-field ${this.at === sign ? 'pad-field-at' : ''} ${fault ? 'pad-field-bad' : ''}" @click=${() => this.go(sign)}>
      <label for="pad-${sign}">${word('vital_sign', sign)}</label>
      <span class="pad-value"><input id="pad-${sign}" inputmode="none" autocomplete="off" enterkeyhint="next" .value=${live(text)} maxlength="8"
        aria-invalid=${fault ? 'true' : 'false'} aria-describedby="pad-about-${sign}" @focus=${() => this.go(sign, false)}
        @input=${(/** @type {any} */ event) => this.type(sign, event.target.value)}><span>${word('unit', round.unit(sign))}</span></span>
      <p class="pad-known" id="pad-about-${sign}">${knownOf(this.model, this.patient, sign)}
        ${metered && metered.value === text ? html`<span class="mark mark-host">${icon('meter')}<span>${phrase('meter_from', { name: metered.name })}</span></span>` : nothing}
        ${this.warning(sign, text, fault)}</p></li>`;
  }

  /** @param {string} sign @param {string} text @param {import('../../readings.js').Fault | undefined} fault */
  warning(sign, text, fault) {
    if (fault) return html`<span class="field-error">${icon('alarm')}<span>${faultText(fault, text, this.round.unit(sign))}</span></span>`;
    // Limits and last values are told in the usual unit.
    if (this.round.unit(sign) !== unitOf(sign)) return nothing;
    const limit = limitOf(this.model, this.patient, sign);
    const side = beyond(text, limit);
    if (side && limit) return html`<span class="alarm-words">${icon('alarm')}<span>${side === 'above' ? phrase('beyond_above', { limit: limit.high ?? '' }) : phrase('beyond_below', { limit: limit.low ?? '' })}</span></span>`;
    const last = this.model.latestOf(this.patient)[sign]?.value;
    if (isShifted(text, last)) return html`<span class="pad-shifted">${phrase('shifted', { last: last ?? '' })}</span>`;
    // What is usual for others says nothing where a doctor set what is for this patient.
    const unusual = limit ? '' : beyond(text, USUAL[sign]);
    return unusual ? html`<span class="pad-unusual">${unusual === 'above' ? '▲' : '▼'} ${phrase(`usual_${unusual}`)}</span>` : nothing;
  }

  /** @param {import('../../readings.js').Fault | undefined} fault of the field that the keys go to */
  pad(fault) {
    const { at, round } = this;
    const text = round.typed[at] ?? '';
    const offer = fault ? meant(at, text) : '';
    return html`<div class="pad" role="group" aria-label=${phrase('keys')} @pointerdown=${keepFocus}>
      <p class="pad-screen"><span>${word('vital_sign', at)}</span><output for="pad-${at}"><b>${text || '–'}</b> <small>${word('unit', round.unit(at))}</small></output></p>
      ${offer ? html`<button class="button pad-offer" type="button" @click=${() => this.type(at, offer)}>${phrase('meant', { value: offer })}</button>` : nothing}
      ${at === SCALE ? this.scale(text) : html`<div class="pad-keys">${KEYS.map((key) => html`<button type="button" class="pad-key" aria-label=${key === 'back' ? phrase('key_back') : key}
        aria-disabled=${String(key === '.' && !takesPoint(at))} @click=${() => this.type(at, press(text, key, at))}>${key === 'back' ? icon('erase') : key}</button>`)}</div>`}
      <div class="pad-ways"><button type="button" class="button" @click=${() => this.type(at, '')}>${phrase('key_clear')}</button>
        <button type="button" class="button pad-next" @click=${() => this.next()}>${phrase('key_next')}${icon('next')}</button></div></div>`;
  }

  /** @param {string} text */
  scale(text) {
    return html`<div class="pad-scale">${Array.from({ length: 11 }, (_, score) => html`<button type="button" class="pad-key" aria-pressed=${String(text === String(score))}
      @click=${() => this.type(SCALE, String(score))}>${score === 0 ? phrase('pain_none') : score === 10 ? phrase('pain_worst') : score}</button>`)}</div>`;
  }

  more() {
    const { round } = this;
    const set = (/** @type {any} */ change) => {
      Object.assign(round, change);
      round.vitalsEdited();
    };
    return html`<details class="more" .open=${this.moreOpen} @toggle=${(/** @type {any} */ event) => { this.moreOpen = event.target.open; }}>
      <summary>${icon('plus')}<span>${phrase('measured_more')}</span></summary><div class="more-fields">
      <fieldset class="field chips"><legend>${say('site')}</legend>${Object.keys(WORDS.body_site).map((site) => html`<label class="choice"><input type="radio" name="pad-site"
        .checked=${live(round.site === site)} @change=${() => set({ site })} @click=${() => round.site === site && set({ site: '' })}><span>${word('body_site', site)}</span></label>`)}</fieldset>
      <label class="field"><span>${say('measured_at')}</span><input type="datetime-local" max=${localInput(this.model.clock.now() + 60_000)} .value=${live(round.measuredAt)}
        @input=${(/** @type {any} */ event) => set({ measuredAt: event.target.value })}><small class="quiet">${say('empty_is_now')}</small></label>
      <label class="field"><span>${say('comment')}</span><textarea rows="2" maxlength=${TEXT_CHARS_MAX} .value=${live(round.comment)}
        @input=${(/** @type {any} */ event) => set({ comment: event.target.value })}></textarea></label>
      ${behalfField(this.model, this.patient, round.named, (named) => set({ named }))}</div></details>`;
  }

  /** @param {string} sign @param {string} text */
  type(sign, text) {
    this.at = sign;
    this.round.type(sign, text.normalize('NFKC'));
  }

  /** @param {string} sign @param {boolean} [moves] the focus too */
  go(sign, moves = true) {
    if (this.at !== sign) {
      this.at = sign;
      this.requestUpdate();
    }
    if (moves) this.input(sign)?.focus({ preventScroll: true });
  }

  /** @param {string} sign */
  input(sign) {
    return /** @type {HTMLInputElement | null} */ (this.querySelector(`#pad-${sign}`));
  }

  /** To the field after this one, which comes into view; from the last one to the button. @param {number} [step] */
  next(step = 1) {
    const sign = ORDER[ORDER.indexOf(this.at) + step];
    if (!sign) {
      if (step > 0) /** @type {HTMLElement | null} */ (this.querySelector('.pad-send'))?.focus();
      return;
    }
    this.go(sign);
    this.input(sign)?.closest('li')?.scrollIntoView({ block: 'nearest' });
  }

  /** Enter and the arrows go from field to field. @param {KeyboardEvent} event */
  key(event) {
    const step = event.isComposing ? 0 : { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if (!step || event.ctrlKey || event.metaKey) {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) /** @type {HTMLInputElement} */ (event.target).form?.requestSubmit();
      return;
    }
    event.preventDefault();
    this.next(step);
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (!(await this.round.sendVitals())) return;
    this.at = ORDER[0];
    this.dispatchEvent(new CustomEvent('posted', { bubbles: true }));
  }
}

/** The field keeps the focus while the pad is tapped. @param {PointerEvent} event */
const keepFocus = (event) => event.preventDefault();

customElements.define('renkei-vitals-pad', VitalsPad);
