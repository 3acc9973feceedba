// The rules behind an entry or a verdict: a small disclosure with each citation, which opens in words.

import { html, nothing } from '../vendor/lit.js';
import { language, say } from '../language.js';
import { icon } from './icons.js';
import './citation.js';

/** @param {string[]} cited */
export function citations(cited) {
  return html`<ul class="citations">${cited.map((citation) => html`<li>
    <renkei-citation .citation=${citation} .words=${language()}></renkei-citation></li>`)}</ul>`;
}

/** @param {string[]} cited */
export function ruling(cited) {
  if (cited.length === 0) return nothing;
  return html`<details class="ruling"><summary>${icon('gavel')}<span>${say('ruling')}</span></summary>
    <div class="ruling-sheet"><p>${say('ruling_explained')}</p>${citations(cited)}</div></details>`;
}
