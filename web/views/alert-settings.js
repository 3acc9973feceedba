// `<renkei-alert-settings>`: which sounds this device makes, and its quiet hours; a part of the account's dialog.

import { html, live, nothing } from '../vendor/lit.js';
import { WISHES } from '../alerting.js';
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
        <button class="button button-small" type="button" @click=${() => alerts.play('urgent')}>${icon('alarm')}<span>${say('alerts_try')}</span></button></fieldset>
      <label class="choice"><input type="checkbox" .checked=${live(quiet)} @change=${() => alerts.change({ quiet: !quiet })}><span>${say('alerts_quiet')}</span></label>
      ${quiet ? html`<div class="paper-days">${time('from', 'alerts_from', from)}${time('until', 'alerts_until', until)}</div>` : nothing}
      <p class="quiet">${say('alerts_how')}</p></section>`;
  }
}

customElements.define('renkei-alert-settings', AlertSettings);
