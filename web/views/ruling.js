// The rules behind an entry or a verdict: a small disclosure with each citation, which opens in words.

import { html, nothing } from '../vendor/lit.js';
import { language, say } from '../language.js';
import { icon } from './icons.js';

/** @param {string[]} cited @param {number} [atMs] when what cites them was received */
export function citations(cited, atMs = 0) {
  return html`<ul class="citations">${cited.map((citation) => html`<li>
    <renkei-citation .citation=${citation} .atMs=${atMs} .words=${language()}></renkei-citation></li>`)}</ul>`;
}

/** @param {import('../timeline.js').Item} item */
export function ruling({ cited, recordedAtMs }) {
  if (cited.length === 0) return nothing;
  return html`<details class="ruling"><summary>${icon('gavel')}<span>${say('ruling')}</span></summary>
    <div class="ruling-sheet"><p>${say('ruling_explained')}</p>${citations(cited, recordedAtMs)}</div></details>`;
}
