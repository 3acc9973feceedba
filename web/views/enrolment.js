// The page of a device that fetches its certificate, and what the hub sees of the device that somebody signs in on: the help
// for whoever cannot get in. `entrance.js` holds how far it is.

import { html, nothing } from '../vendor/lit.js';
import { say } from '../language.js';
import { moment } from '../dates.js';
import { saveBundle } from '../enrolment.js';
import { icon } from './icons.js';

/** @typedef {import('../entrance.js').Entrance} Entrance */

/**
 * @param {Entrance} entrance
 * @param {{codeForm: () => any, trouble: () => any}} parts of the sign-in page
 */
export function enrolmentPage(entrance, { codeForm, trouble }) {
  const enrolment = entrance.enrolment;
  if (!enrolment) return nothing;
  const { opened, bundle } = enrolment;
  if (bundle) {
    return html`<h1>${say('enrolled_title')}</h1>
      <p class="set-up-name"><span>${say('device_passphrase')}</span><b class="told">${bundle.passphrase}</b><small>${say('enrolled_passphrase')}</small></p>
      <ol class="steps"><li>${say('enrolled_open')}</li><li>${say('enrolled_type')}</li><li>${say('enrolled_again')}</li></ol>
      <p><button class="button" type="button" @click=${() => saveBundle(bundle)}>${icon('down')}<span>${say('enrolled_file')}</span></button></p>
      <p class="quiet">${say('enrolled_systems')}</p>
      <button class="button button-primary" type="button" @click=${() => entrance.leaveEnrolment()}>${say('enrolled_done')}</button>`;
  }
  if (opened) {
    return html`<h1>${say('enrolling_title')}</h1>
      <p class="set-up-name"><span>${opened.organisation}</span><b>${opened.device}</b><small>${say('enrolling_check')}</small></p>
      ${trouble()}
      <button class="button button-primary" type="button" aria-disabled=${String(entrance.busy)} @click=${() => entrance.fetchCertificate()}>
        ${entrance.busy ? say('entrance_busy') : say('enrolling_fetch')}</button>`;
  }
  return html`<h1>${say('enrolling_title')}</h1><p>${say('invitation_code_how')}</p>${codeForm()}
    <button class="button-link" type="button" @click=${() => entrance.leaveEnrolment()}>${say('have_account')}</button>`;
}

/** What the hub sees of this device. @param {Entrance} entrance */
export function deviceHelp({ device }) {
  if (!device || device.demand === 'off') return nothing;
  const at = device.expires_at ? moment(Date.parse(device.expires_at)) : '';
  return html`<details class="more"><summary>${say('device_help')}</summary>
    <p class="quiet">${say(`device_shown_${device.shown}`, { at })}</p>
    <p class="quiet">${say(device.demand === 'required' ? 'device_help_required' : 'device_help_optional')}</p></details>`;
}

/** Said before anybody types in vain. @param {Entrance} entrance */
export function deviceNotice({ device }) {
  if (device?.demand !== 'required' || device.shown === 'registered') return nothing;
  return html`<p class="notice notice-warning" role="alert">${icon('alarm')}<span>${say('device_notice')}</span></p>`;
}
