// What was found in a text that goes to many and may say something about a patient: each piece with its own tick, because
// ticking one thing for all of them is no look.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../../board-phrases.js';
import { inLanguage } from '../../language.js';
import { icon } from '../icons.js';

/** @typedef {{kind: string, label: import('../../rest.js').Text, excerpt: string}} Found */

/** @param {Found[]} found @param {Set<string>} confirmed what was ticked @param {() => void} changed */
export function foundPart(found, confirmed, changed) {
  if (found.length === 0) return nothing;
  const set = (/** @type {string} */ excerpt, /** @type {boolean} */ isTicked) => {
    if (isTicked) confirmed.add(excerpt);
    else confirmed.delete(excerpt);
    changed();
  };
  return html`<div class="found card-warning" role="alert"><p><b>${icon('alarm')} ${say('found')}</b></p><p class="quiet">${say('found_how')}</p>
    ${found.map(({ label, excerpt }) => html`<div class="found-piece"><span><b>${excerpt}</b> <small>${inLanguage(label)}</small></span>
      <label class="choice-line"><input type="checkbox" .checked=${confirmed.has(excerpt)} @change=${(/** @type {any} */ event) => set(excerpt, event.target.checked)}><span>${say('confirm_each')}<span class="unseen"> ${excerpt}</span></span></label></div>`)}</div>`;
}
