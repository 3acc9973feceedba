// What the rules say to a draft before it is sent: permitted, refused and why, or bound for the linking queue. In words
// and a mark; colour only repeats them.

import { html, nothing } from '../vendor/lit.js';
import { inLanguage, say, word } from '../language.js';
import { alarmText } from './bodies.js';
import { icon } from './icons.js';
import { citations } from './ruling.js';

/** @param {import('../frames.js').Verdict} verdict */
export function reasonsOf(verdict) {
  return html`${verdict.reasons.length ? html`<ul class="reasons">${verdict.reasons.map((reason) => html`<li>${inLanguage(reason)}</li>`)}</ul>` : nothing}
    ${verdict.cited.length ? html`<details class="ruling"><summary>${icon('gavel')}<span>${say('ruling')}</span></summary>
      <div class="ruling-sheet">${citations(verdict.cited)}</div></details>` : nothing}`;
}

const LOOKS = /** @type {const} */ ({
  accepted: ['check', 'verdict_accepted', 'good'],
  refused: ['stop', 'verdict_refused', 'bad'],
  queued: ['link', 'verdict_queued', 'warning'],
});

/**
 * @param {'empty' | 'asking' | 'unknown' | 'judged'} state
 * @param {import('../frames.js').Verdict | null} verdict
 */
export function verdictPanel(state, verdict) {
  if (state === 'empty') return html`<div class="verdict verdict-empty" role="status"></div>`;
  if (state === 'asking' && !verdict) return html`<div class="verdict" role="status"><p>${icon('sync')}<span>${say('verdict_asking')}</span></p></div>`;
  if (state === 'unknown' || !verdict) {
    return html`<div class="verdict verdict-warning" role="status"><p>${icon('wait')}<span>${say('verdict_unknown')}</span></p></div>`;
  }
  const [sign, phrase, tone] = LOOKS[verdict.verdict] ?? LOOKS.refused;
  return html`<div class="verdict verdict-${tone}" role="status">
    <p>${icon(sign)}<b>${say(phrase)}</b></p>
    ${verdict.alarms.length ? html`<p class="alarm-words">${icon('alarm')}<span>${say('would_alarm')}: ${verdict.alarms
      .map((alarm) => `${word('vital_sign', alarm.sign)} ${alarm.value}（${alarmText(alarm)}）`).join('、')}</span></p>` : nothing}
    ${reasonsOf(verdict)}
  </div>`;
}
