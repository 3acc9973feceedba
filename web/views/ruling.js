// The rules behind an entry or a verdict: a small disclosure with each citation taken apart. The words of a rule, and who
// agreed on it, come with the rulebook's own pages.

import { html, nothing } from '../vendor/lit.js';
import { say } from '../language.js';
import { icon } from './icons.js';

/**
 * The parts of `RULE@set/version#hash`; what has another shape is shown whole.
 * @param {string} citation
 */
export function citationParts(citation) {
  const match = /^([^@]+)@([^/]+)\/([^#]+)(?:#(.*))?$/.exec(citation);
  if (!match) return { rule: citation, set: '', version: '', hash: '' };
  const [, rule, set, version, hash = ''] = match;
  return { rule, set, version, hash };
}

/** @param {string[]} cited */
export function citations(cited) {
  return html`<ul class="citations">${cited.map((citation) => {
    const { rule, set, version, hash } = citationParts(citation);
    return html`<li><b class="citation-rule">${rule}</b>
      ${set ? html`<span>${say('rule_of', { set, version })}</span>` : nothing}
      ${hash ? html`<code title=${hash}>#${hash.slice(0, 8)}</code>` : nothing}</li>`;
  })}</ul>`;
}

/** @param {string[]} cited */
export function ruling(cited) {
  if (cited.length === 0) return nothing;
  return html`<details class="ruling"><summary>${icon('gavel')}<span>${say('ruling')}</span></summary>
    <div class="ruling-sheet"><p>${say('ruling_explained')}</p>${citations(cited)}</div></details>`;
}
