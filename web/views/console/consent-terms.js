// What stands on a consent form beside the signature: which version of the form it is, and what the patient did not agree
// to. Fields for registering (`register.js`) and for a later consent (`papers.js`); the version typed last is remembered here.

import { html, live } from '../../vendor/lit.js';
import { say } from '../../console/phrases.js';
import { word } from '../../language.js';

/** Nothing about a patient: what the region calls its form. */
const KEY = 'renkei.consent_form';
const VERSION_CHARS_MAX = 100;
/** As `src/domain/withheld.rs` has them. */
export const PURPOSES = ['family', 'systems', 'export', 'education'];

export const lastFormVersion = () => localStorage.getItem(KEY) ?? '';

/** @param {string} version */
export const rememberFormVersion = (version) => {
  if (version.trim()) localStorage.setItem(KEY, version.trim());
};

/** @param {readonly string[]} purposes */
export const purposesText = (purposes) => purposes.map((purpose) => word('withheld_purpose', purpose)).join('・');

/**
 * @param {{formVersion: string, withheld: string[]}} terms
 * @param {(change: {formVersion?: string, withheld?: string[]}) => void} type
 */
export function consentTerms({ formVersion, withheld }, type) {
  const tick = (/** @type {string} */ purpose, /** @type {boolean} */ isWithheld) =>
    type({ withheld: PURPOSES.filter((one) => (one === purpose ? isWithheld : withheld.includes(one))) });
  return html`<label class="field">${say('form_version')}<input name="form-version" autocomplete="off" maxlength=${VERSION_CHARS_MAX} placeholder=${say('form_version_how')}
      .value=${live(formVersion)} @input=${(/** @type {any} */ event) => type({ formVersion: event.target.value })}></label>
    <fieldset class="field withheld"><legend>${say('withheld')}</legend>
      ${PURPOSES.map((purpose) => html`<label class="choice-line"><input type="checkbox" name="withheld" value=${purpose} .checked=${live(withheld.includes(purpose))}
        @change=${(/** @type {any} */ event) => tick(purpose, event.target.checked)}><span>${word('withheld_purpose', purpose)}</span></label>`)}
      <small class="quiet">${say('withheld_how')}</small></fieldset>`;
}
