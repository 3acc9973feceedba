// `<renkei-meter>`: a Bluetooth meter beside the pad, where the browser has one to offer. A reading is shown first and
// goes into the pad when the nurse says so: a meter also tells what it kept of somebody else.

import { html, nothing } from '../../vendor/lit.js';
import { localInput, shortMoment } from '../../dates.js';
import { word } from '../../language.js';
import { Meter, canRead } from '../../visiting/meters.js';
import { phrase } from '../../visiting/phrases.js';
import { roundOf } from '../../visiting/round.js';
import { icon } from '../icons.js';
import './icons.js';
import { View } from '../view.js';

/** A reading whose time by the meter is further away than this is not of this visit, or its clock is wrong. */
const FRESH_MS_MAX = 15 * 60_000;
const READINGS_MAX = 5;

/** @typedef {{reading: import('../../visiting/gatt.js').Reading, name: string, streams: boolean, used: boolean}} Heard */

export class MeterPanel extends View {
  static properties = { ...View.properties, patient: {} };

  constructor() {
    super();
    this.patient = '';
    this.isThere = false;
    /** @type {'idle' | 'choosing' | 'connecting' | 'waiting' | 'gone' | 'failed'} */
    this.state = 'idle';
    /** @type {Meter | null} */
    this.meter = null;
    /** @type {Heard[]} newest first */
    this.heard = [];
  }

  connectedCallback() {
    super.connectedCallback();
    canRead().then((isThere) => this.become({ isThere }));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.meter?.end();
  }

  /** @param {Partial<Pick<MeterPanel, 'state' | 'isThere' | 'heard'>>} change */
  become(change) {
    Object.assign(this, change);
    this.requestUpdate();
  }

  render() {
    if (!this.isThere) return nothing;
    const { state } = this;
    const name = this.meter?.name ?? '';
    return html`${state === 'idle' || state === 'gone' || state === 'failed' ? html`<button class="button meter-ask" type="button" @click=${this.ask}>${icon('meter')}<span>${phrase(state === 'idle' ? 'meter_ask' : 'meter_ask_again')}</span></button>` : nothing}
      <div role="status">${state === 'choosing' ? html`<p class="meter-state">${icon('meter')}<span>${phrase('meter_choose')}</span></p>`
        : state === 'connecting' ? html`<p class="meter-state">${icon('sync')}<span>${phrase('meter_connecting', { name })}</span>${this.stop()}</p>`
          : state === 'waiting' ? html`<p class="meter-state">${icon('meter')}<span>${phrase('meter_waiting', { name })}</span>${this.stop()}</p>`
            : state === 'failed' ? html`<p class="field-error">${phrase('meter_cannot')}</p>` : nothing}</div>
      ${this.heard.length ? html`<ul class="meter-readings" aria-label=${phrase('meter_readings')} role="list">${this.heard.map((one) => this.reading(one))}</ul>` : nothing}`;
  }

  stop() {
    return html`<button class="button button-small" type="button" @click=${this.end}>${phrase('meter_stop')}</button>`;
  }

  /** @param {Heard} heard */
  reading(heard) {
    const { reading: { values, atMs, unsteady }, used, name } = heard;
    const now = this.model.clock.now();
    const old = this.isOld(heard);
    return html`<li class="meter-reading ${old ? 'meter-old' : ''} ${used ? 'meter-used' : ''}"><span class="meter-values">${values.map(({ sign, value, unit }) => html`<span>${word('vital_sign', sign)} <b>${value}</b> <small>${word('unit', unit)}</small></span>`)}</span>
      ${used ? html`<span class="mark mark-present">${icon('check')}<span>${phrase('meter_used')}</span></span>`
        : html`<button class="button" type="button" @click=${() => this.use(heard)}>${phrase('meter_use')}</button>`}
      <span class="quiet">${phrase('meter_from', { name })}${atMs === null ? nothing : html`・${phrase('meter_reading_at', { at: shortMoment(atMs, now) })}`}</span>
      ${old ? html`<span class="field-error">${icon('alarm')} ${phrase('meter_old')}</span>` : nothing}
      ${unsteady ? html`<span class="field-error">${icon('alarm')} ${phrase('meter_unsteady')}</span>` : nothing}</li>`;
  }

  /** @param {Heard} heard */
  isOld({ reading: { atMs, stored } }) {
    return atMs === null ? stored : Math.abs(this.model.clock.now() - atMs) > FRESH_MS_MAX;
  }

  async ask() {
    this.meter?.end();
    const meter = new Meter(/** @type {any} */ (navigator).bluetooth, {
      connecting: () => this.become({ state: 'connecting' }),
      connected: () => this.become({ state: 'waiting' }),
      told: (reading, streams) => this.hear({ reading, name: meter.name, streams, used: false }),
      gone: () => this.meter === meter && this.become({ state: 'gone' }),
    });
    this.meter = meter;
    this.become({ state: 'choosing' });
    try {
      await meter.begin();
    } catch (/** @type {any} */ error) {
      if (this.meter !== meter) return;
      meter.end();
      // The person closed the list: nothing went wrong.
      this.become({ state: error.name === 'NotFoundError' ? 'idle' : 'failed' });
    }
  }

  end() {
    this.meter?.end();
    this.meter = null;
    this.become({ state: 'idle' });
  }

  /** What streams is one reading that moves until it is used. @param {Heard} heard */
  hear(heard) {
    const kept = heard.streams ? this.heard.filter((one) => !one.streams || one.used) : this.heard;
    if (heard.streams && kept.some(({ streams }) => streams)) return;
    const byTime = (/** @type {Heard} */ a, /** @type {Heard} */ b) => (b.reading.atMs ?? Infinity) - (a.reading.atMs ?? Infinity) || 0;
    this.become({ heard: [heard, ...kept].sort(byTime).slice(0, READINGS_MAX) });
  }

  /** @param {Heard} heard */
  use(heard) {
    const { reading, name } = heard;
    heard.used = true;
    roundOf(this.model, this.patient).take(reading, name, this.isOld(heard) && reading.atMs !== null ? localInput(reading.atMs) : '');
    this.requestUpdate();
  }
}

customElements.define('renkei-meter', MeterPanel);
