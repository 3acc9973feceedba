// A file of the draft as text, for those who want it: with the numbers of its lines, and the mistakes as ways to them.

import { html, live, nothing } from '../../vendor/lit.js';
import { say } from '../../console/rules-phrases.js';
import { inLanguage } from '../../language.js';
import { icon } from '../icons.js';

/** @param {import('./version.js').RuleVersion} view @param {import('../../console/draft.js').Draft} draft */
export function textPart(view, draft) {
  const names = [...draft.texts.keys()];
  const name = draft.texts.has(view.file) ? view.file : names.find((one) => draft.sets.some(({ file, parts }) => file === one && parts.layer !== 'floor')) ?? names[0];
  const text = draft.texts.get(name) ?? '';
  const wrong = draft.mistakes.filter(({ file }) => file === name);
  const lines = text.split('\n');
  const choose = (/** @type {any} */ event) => {
    view.file = event.target.value;
    view.requestUpdate();
  };
  const write = (/** @type {any} */ event) => {
    draft.write(name, event.target.value);
    view.requestUpdate();
  };
  return html`<section class="rules-text"><label class="field"><span>${say('text_file')}</span><select
      @change=${choose}>${names.map((one) => html`<option value=${one} .selected=${live(one === name)}>${one}</option>`)}</select></label>
    ${wrong.length ? html`<ul class="rule-mistakes">${wrong.map(({ line, column, text: said }) => html`<li class="field-error">${icon('alarm')}
      <button class="button-link" type="button" @click=${(/** @type {any} */ event) => goToLine(event.target.closest('.rules-text'), lines, line, column)}>${say('line', { line })}</button><span>${inLanguage(said)}</span></li>`)}</ul>` : nothing}
    <div class="rules-lines scroll"><pre aria-hidden="true">${lines.map((_, at) => html`<span class=${wrong.some(({ line }) => line === at + 1) ? 'rules-wrong' : nothing}>${at + 1}
</span>`)}</pre>
      <textarea aria-label=${say('text_of', { file: name })} spellcheck="false" autocapitalize="off" wrap="off" rows=${lines.length}
          .value=${live(text)} ?readonly=${!view.mayEdit} @input=${write}></textarea></div></section>`;
}

/** @param {HTMLElement} part @param {string[]} lines @param {number} line @param {number} column */
function goToLine(part, lines, line, column) {
  const area = part.querySelector('textarea');
  const number = part.querySelectorAll('pre span')[line - 1];
  if (!area) return;
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus({ preventScroll: true });
  area.setSelectionRange(start + Math.max(0, column - 1), start + (lines[line - 1]?.length ?? 0));
  number?.scrollIntoView({ block: 'center' });
}
