// What is known of a value before a new one is written: the last one with its date, the patient's own limits, the usual
// range with its source; and which of the last values broke a limit, in few words.

import { html, nothing } from '../../vendor/lit.js';
import { shortMoment } from '../../dates.js';
import { say, word } from '../../language.js';
import { phrase } from '../../visiting/phrases.js';
import { USUAL } from '../../visiting/ranges.js';
import { limitText } from '../../gist.js';

/** @typedef {import('../../model.js').Model} Model */

/** @param {Model} model @param {string} id @param {string} sign */
export const limitOf = (model, id, sign) => model.timeline(id).limits.find((limit) => limit.sign === sign);

/** @param {Model} model @param {string} id @param {string} sign */
export function knownOf(model, id, sign) {
  const last = model.latestOf(id)[sign];
  const limit = limitOf(model, id, sign);
  const usual = USUAL[sign];
  return html`${last ? html`<span class=${last.alarm ? 'known-alarm' : ''}>${say('last_value')} <b>${last.alarm ? (last.alarm.below ? '▼' : '▲') : nothing}${last.value}</b> <small>${shortMoment(last.atMs, model.clock.now())}</small></span>`
      : html`<span>${say('no_last_value')}</span>`}
    ${limit ? html`<span class="known-own">${say('own_range')} <b>${limitText(limit)}</b></span>` : nothing}
    ${usual ? html`<span>${phrase('usual_range')} ${limitText(usual)}</span>` : nothing}`;
}

/** The last values that are alarms, in few words each. @param {Model} model @param {string} id */
export const limitsBroken = (model, id) => Object.entries(model.latestOf(id)).filter(([, { alarm }]) => alarm)
  .map(([sign, { value, alarm }]) => `${alarm?.below ? '▼' : '▲'} ${word('vital_sign', sign)} ${value}`);
