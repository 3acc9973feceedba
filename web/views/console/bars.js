// Pictures of counts: bars side by side or stacked, drawn as SVG, told apart by pattern and by the words of the legend,
// and always with their table, which can be taken out as CSV. They know nothing of what is counted.

import { html, nothing, svg } from '../../vendor/lit.js';
import { csvText, saveText } from '../../console/figures.js';
import { say } from '../../console/rules-phrases.js';
import { icon } from '../icons.js';

/**
 * @typedef {{key: string, label: string, tone: number}} Series `tone`: which of the seven patterns
 * @typedef {{label: string, note?: string, values: Record<string, number>, extra?: any[]}} Row
 */

const PATTERNS = 7;

/** Put once above the pictures of a page. */
export const patterns = () => html`<svg class="bar-patterns" aria-hidden="true" focusable="false" width="0" height="0"><defs>
  ${Array.from({ length: PATTERNS }, (_, tone) => svg`<pattern id="bar-pattern-${tone}" width="8" height="8" patternUnits="userSpaceOnUse">
    <rect class="bar-ground bar-tone-${tone}" width="8" height="8"></rect>${strokes(tone)}</pattern>`)}</defs></svg>`;

/** @param {number} tone */
function strokes(tone) {
  if (tone === 1) return svg`<path class="bar-stroke" d="M-2 2l4-4M0 8l8-8M6 10l4-4"></path>`;
  if (tone === 2) return svg`<path class="bar-stroke" d="M0 0l8 8M-2 6l4 4M6-2l4 4"></path>`;
  if (tone === 3) return svg`<circle class="bar-dot" cx="4" cy="4" r="1.5"></circle>`;
  if (tone === 4) return svg`<path class="bar-stroke" d="M0 4h8"></path>`;
  if (tone === 5) return svg`<path class="bar-stroke" d="M4 0v8M0 4h8"></path>`;
  if (tone === 6) return svg`<path class="bar-stroke" d="M4 1l3 3-3 3-3-3Z"></path>`;
  return nothing;
}

/** @param {Series[]} series */
export const legend = (series) => html`<ul class="bar-legend">${series.map(({ label, tone }) => html`<li>
  <svg width="18" height="14" aria-hidden="true" focusable="false"><rect width="18" height="14" rx="2"
      fill="url(#bar-pattern-${tone})"></rect></svg><span>${label}</span></li>`)}</ul>`;

/** One bar, its parts beside each other. @param {Record<string, number>} values @param {Series[]} series @param {number} most what the whole width stands for */
export function bar(values, series, most) {
  let from = 0;
  const parts = series.filter(({ key }) => values[key] > 0).map(({ key, tone }) => {
    const share = (values[key] / most) * 100;
    const part = svg`<rect x="${from.toFixed(3)}%" y="0" width="${share.toFixed(3)}%" height="20" fill="url(#bar-pattern-${tone})"></rect>
      <rect class="bar-edge" x="${from.toFixed(3)}%" y="0" width="${share.toFixed(3)}%" height="20"></rect>`;
    from += share;
    return part;
  });
  return html`<svg class="bar-row" width="100%" height="20" aria-hidden="true" focusable="false">${parts}</svg>`;
}

/**
 * The picture with its legend and its table.
 * @param {{title: string, of: string, rows: Row[], series: Series[], file?: string, more?: {label: string, of: (row: Row) => any}[]}} chart `of`: what a row is; `file`: of the CSV
 */
export function chart({ title, of, rows, series, file, more = [] }) {
  const sum = (/** @type {Row} */ { values }) => series.reduce((total, { key }) => total + (values[key] ?? 0), 0);
  const most = Math.max(1, ...rows.map(sum));
  return html`<figure class="bar-chart ${series.length > 1 ? '' : 'bar-chart-plain'}"><figcaption>${title}</figcaption>
    ${series.length > 1 ? legend(series) : nothing}
    <div class="bar-picture" aria-hidden="true">${rows.map((row) => html`<div class="bar-line"><span class="bar-name">${row.label}${row.note ? html` <small>${row.note}</small>` : nothing}</span>
      ${bar(row.values, series, most)}<b class="bar-sum">${sum(row)}</b></div>`)}</div>
    <div class="scroll" tabindex="0" role="region" aria-label=${say('table_of', { title })}><table class="table bar-table"><thead><tr><th scope="col">${of}</th>
      ${series.map(({ label }) => html`<th scope="col">${label}</th>`)}${more.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${row.label}${row.note ? html` <small>${row.note}</small>` : nothing}</th>
        ${series.map(({ key }) => html`<td>${row.values[key] ?? 0}</td>`)}${more.map((column) => html`<td>${column.of(row)}</td>`)}</tr>`)}</tbody></table></div>
    ${file ? html`<button class="button button-small bar-save" type="button" @click=${() => saveText(`${file}.csv`, csvText([[of, ...series.map(({ label }) => label)],
      ...rows.map((row) => [[row.label, row.note].filter(Boolean).join(' '), ...series.map(({ key }) => row.values[key] ?? 0)])]))}>
      ${icon('down')}<span>${say('csv')}</span></button>` : nothing}</figure>`;
}
