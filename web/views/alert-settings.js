// `<renkei-alert-settings>`: which sounds this device makes, its quiet hours, and whether it is told while the page is
// closed; a part of the account's dialog.

import { html, live, nothing } from '../vendor/lit.js';
import { WISHES } from '../alerting.js';
import { moment } from '../dates.js';
import { say } from '../language.js';
import { icon } from './icons.js';
import { View } from './view.js';

export class AlertSettings extends View {
  render() {
    const { alerts } = this.model;
    if (!alerts) return nothing;
    const { wish, quiet, from, until } = alerts.settings;
    const time = (/** @type {'from' | 'until'} */ field, /** @type {any} */ phrase, /** @type {string} */ value) => html`<label class="field"><span class="field-name">${say(phrase)}</span>
      <input type="time" required .value=${live(value)} @change=${(/** @type {any} */ event) => event.target.value && alerts.change({ [field]: event.target.value })}></label>`;
    return html`<section class="alert-settings"><h3>${say('alerts')}</h3>
      <fieldset class="chips"><legend class="quiet">${say('alerts_sound')}</legend>${WISHES.map((one) => html`<label class="choice"><input type="radio" name="alert-wish" .checked=${live(wish === one)}
        @change=${() => alerts.change({ wish: one })}><span>${say(`alerts_${one}`)}</span></label>`)}
        <button class="button button-small" type="button" @click=${() => alerts.play('urgent')}>${icon('sound')}<span>${say('alerts_try')}</span></button></fieldset>
      <h4>${say('alerts_quiet_head')}</h4>
      <label class="choice"><input type="checkbox" .checked=${live(quiet)} @change=${() => alerts.change({ quiet: !quiet })}><span>${say('alerts_quiet')}</span></label>
      ${quiet ? html`<div class="paper-days">${time('from', 'alerts_from', from)}${time('until', 'alerts_until', until)}</div>` : nothing}
      <p class="quiet">${say('alerts_how')}</p></section>${this.ringing()}`;
  }

  /** Plain words first; the browser's own question comes after the button. */
  ringing() {
    const { ringing } = this.model;
    if (!ringing || ringing.standing === 'unknown') return nothing;
    const { standing, busy, trouble } = ringing;
    const act = (/** @type {any} */ phrase, /** @type {() => void} */ work) =>
      html`<button class="button ${standing === 'ready' ? 'button-primary' : ''}" type="button" aria-disabled=${String(busy)} @click=${work}>${icon(standing === 'ready' ? 'check' : 'close')}<span>${say(phrase)}</span></button>`;
    const isAsked = standing === 'ready' || standing === 'on';
    return html`<section class="ringing"><h3>${say('ringing')}</h3>
      ${isAsked ? html`<p class="quiet">${say('ringing_how')}</p>` : html`<p>${say(`ringing_${standing}`)}</p>`}
      ${trouble ? html`<p class="field-error" role="alert">${icon('alarm')}<span>${say(/** @type {any} */ (trouble))}</span></p>` : nothing}
      ${standing === 'ready' ? act('ringing_turn_on', () => ringing.turnOn()) : nothing}
      ${standing === 'on' ? html`<p role="status">${icon('check')}<span>${say('ringing_on')}</span></p>${act('ringing_turn_off', () => ringing.turnOff())}` : nothing}
      ${ringing.bells.length > 0 ? html`<h4>${say('ringing_devices')}</h4><ul class="sign-ins">${ringing.bells.map((one) => this.bell(one))}</ul>` : nothing}</section>`;
  }

  /** @param {import('../ringing.js').Bell} bell */
  bell({ id, device, rung_at: rungAt, is_this: isThis }) {
    const { ringing } = this.model;
    return html`<li class="sign-in-row"><div><b>${device || say('device_unknown')}</b> ${isThis ? html`<span class="pill pill-good">${say('ringing_this')}</span>` : nothing}
      <small>${rungAt ? say('ringing_last', { at: moment(Date.parse(rungAt)) }) : say('ringing_never')}</small></div>
      ${isThis ? nothing : html`<button class="button button-small" type="button" @click=${() => ringing?.remove(id)}>${say('ringing_remove')}</button>`}</li>`;
  }
}

customElements.define('renkei-alert-settings', AlertSettings);
