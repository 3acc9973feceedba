// What the rules say to a draft before it is sent: permitted, refused and why, or bound for the linking queue. In words
// and a mark; colour only repeats them.

import { html, nothing } from '../vendor/lit.js';
import { phrasesOf } from '../forms.js';
import { aside, inLanguage, say, word } from '../language.js';
import { foreseenPhrase } from '../rules/phrases.js';
import { alarmText } from './bodies.js';
import { icon } from './icons.js';
import { citations } from './ruling.js';

/** @param {import('../frames.js').Verdict} verdict */
export function reasonsOf(verdict) {
  const field = phrasesOf(verdict.field).map((phrase) => say(phrase)).join(' › ');
  return html`${verdict.reasons.length ? html`<ul class="reasons">${verdict.reasons.map((reason) => html`<li>${field ? html`<b>${field}</b> ` : nothing}${inLanguage(reason)}</li>`)}</ul>` : nothing}
    ${verdict.cited.length ? html`<details class="ruling"><summary>${icon('gavel')}<span>${say('ruling')}</span></summary>
      <div class="ruling-sheet">${citations(verdict.cited)}</div></details>` : nothing}`;
}

const LOOKS = /** @type {const} */ ({
  accepted: ['check', 'verdict_accepted', 'good'],
  refused: ['stop', 'verdict_refused', 'bad'],
  // A held post lacks something; nothing is wrong with it.
  held: ['hand', 'verdict_held', 'warning'],
  queued: ['link', 'verdict_queued', 'warning'],
});

/**
 * @param {'empty' | 'asking' | 'unknown' | 'judged'} state
 * @param {import('../frames.js').Verdict | null} verdict
 * @param {string} [held] said in place of "before sending"
 */
export function verdictPanel(state, verdict, held) {
  if (state === 'empty') return html`<div class="verdict verdict-empty" role="status"></div>`;
  if (state === 'asking' && !verdict) return html`<div class="verdict" role="status"><p>${icon('sync')}<span>${say('verdict_asking')}</span></p></div>`;
  if (state === 'unknown' || !verdict) {
    return html`<div class="verdict verdict-warning" role="status"><p>${icon('wait')}<span>${say('verdict_unknown')}</span></p></div>`;
  }
  const [sign, phrase, tone] = lookOf(verdict);
  return html`<div class="verdict verdict-${tone}" role="status">
    <p>${icon(sign)}<b>${phrase === 'verdict_held' && held ? held : say(phrase)}</b></p>
    ${verdict.alarms.length ? html`<p class="alarm-words">${icon('alarm')}<span>${say('would_alarm')}: ${verdict.alarms
      .map((alarm) => `${word('vital_sign', alarm.sign)} ${alarm.value}${aside(alarmText(alarm))}`).join('、')}</span></p>` : nothing}
    ${verdict.holds.length ? nothing : reasonsOf(verdict)}
  </div>`;
}

/** @param {import('../frames.js').Verdict} verdict */
const lookOf = ({ verdict, holds }) => (holds.length ? LOOKS.held : (LOOKS[verdict] ?? LOOKS.refused));

/** The same in one line, for the foot of a long form, with the way to the card. @param {import('../draft.js').Draft} draft @param {() => void} show */
export function verdictLine({ state, verdict, foreseen }, show) {
  if (state === 'unknown' && foreseen) {
    return html`<p class="verdict-line verdict-line-warning" role="status">${icon('wait')}<span>${foreseenPhrase('line', { says: foreseenPhrase(foreseen.says) })}</span>
      <button class="button-link" type="button" @click=${show}>${foreseenPhrase('see')}</button></p>`;
  }
  if (!verdict || state === 'empty') return html`<p class="verdict-line" role="status">${state === 'asking' ? say('verdict_asking') : nothing}</p>`;
  const [sign, phrase, tone] = lookOf(verdict);
  return html`<p class="verdict-line verdict-line-${tone}" role="status">${icon(sign)}<span>${say(phrase)}</span>
    ${verdict.holds.length || verdict.opened.length ? html`<button class="button-link" type="button" @click=${show}>${verdict.holds.length
      ? say('see_ways') : say('see_duties', { count: verdict.opened.length })}</button>` : nothing}</p>`;
}
