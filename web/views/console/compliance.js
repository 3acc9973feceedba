// `<renkei-console-compliance>`: how duties are kept, in counts by rule, type of office and month, never by person or
// office: pictures with their tables, for a period that is chosen, and as CSV.

import { html, nothing } from '../../vendor/lit.js';
import { monthBefore, saveBlob, summed } from '../../console/figures.js';
import { say } from '../../console/rules-phrases.js';
import { inLanguage, word } from '../../language.js';
import { chart, patterns } from './bars.js';
import { Section } from './rule-section.js';

/**
 * @typedef {import('../../console/rules-rest.js').Cell} Cell
 * @typedef {'rule' | 'type' | 'month'} By
 */

/** What became of a duty. All of them together are those that were opened. */
export const FATES = /** @type {const} */ (['met_in_time', 'met_late', 'answered_otherwise', 'declined', 'waived', 'closed', 'open']);
const TONES = [0, 1, 4, 2, 5, 6, 3];
const COUNTED = [...FATES, 'opened', 'overdue'];
const MONTHS_SHOWN = 6;

export class ConsoleCompliance extends Section {
  constructor() {
    super();
    this.from = monthBefore(MONTHS_SHOWN - 1);
    this.until = monthBefore(0);
    /** @type {By} */
    this.by = 'rule';
    this.rule = '';
    /** @type {{duties: Cell[], pairs: import('../../console/rules-rest.js').Pairs[]} | null} */
    this.found = null;
  }

  connectedCallback() {
    super.connectedCallback();
    if (!this.found) this.load();
  }

  /** Whole months, as the hub counts. */
  get span() {
    return { from: this.from && `${this.from}-01`, until: this.until && `${this.until}-01` };
  }

  load() {
    return this.attempt(async () => { this.found = await this.hub.compliance(this.span); });
  }

  save() {
    this.attempt(async () => saveBlob(`compliance-${this.from}-${this.until}.csv`, await this.hub.complianceCsv(this.span)));
  }

  render() {
    return html`<section class="rules"><h1>${say('compliance')}</h1><p class="quiet">${say('compliance_how')}</p>${this.messages()}
      ${this.choices()}${this.found ? this.figures(this.found) : this.busy ? html`<p class="quiet" role="status">${say('loading')}</p>` : nothing}</section>`;
  }

  /** @param {'from' | 'until' | 'by' | 'rule'} name @returns {(event: any) => void} */
  choose(name) {
    return (event) => {
      Object.assign(this, { [name]: event.target.value });
      this.requestUpdate();
    };
  }

  choices() {
    const rules = [...new Map((this.found?.duties ?? []).map(({ rule, title }) => [rule, inLanguage(title ?? undefined)]))].sort();
    return html`<form class="rules-card rules-filter" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.load(); }}>
      <label class="field"><span>${say('compliance_from')}</span><input type="month" required max=${this.until} .value=${this.from} @change=${this.choose('from')}></label>
      <label class="field"><span>${say('compliance_until')}</span><input type="month" required min=${this.from} .value=${this.until} @change=${this.choose('until')}></label>
      <label class="field"><span>${say('compliance_by')}</span><select
          @change=${this.choose('by')}>${/** @type {By[]} */ (['rule', 'type', 'month']).map((by) => html`<option value=${by}
              ?selected=${by === this.by}>${say(`compliance_by_${by}`)}</option>`)}</select></label>
      <label class="field"><span>${say('compliance_rule')}</span><select @change=${this.choose('rule')}><option value="">${say('compliance_every_rule')}</option>
        ${rules.map(([rule, title]) => html`<option value=${rule} ?selected=${rule === this.rule}>${rule} ${title}</option>`)}</select></label>
      <p class="rule-line"><button class="button button-primary" type="submit" aria-disabled=${String(this.busy)}>${say('compliance_show')}</button>
      ${this.button(say('compliance_csv'), () => this.save(), { glyph: 'down' })}</p></form>`;
  }

  /** @param {{duties: Cell[], pairs: import('../../console/rules-rest.js').Pairs[]}} found */
  figures({ duties, pairs }) {
    const cells = duties.filter(({ rule }) => !this.rule || rule === this.rule);
    return html`${patterns()}<section class="rules-card">${cells.length ? this.picture(cells) : html`<p class="quiet">${say('compliance_none')}</p>`}</section>
      ${cells.length ? html`<section class="rules-card">${cellTable(cells)}</section>` : nothing}
      ${pairs.length ? html`<section class="rules-card">${pairsChart(pairs)}</section>` : nothing}`;
  }

  /** @param {Cell[]} cells */
  picture(cells) {
    const keys = { rule: (/** @type {Cell} */ { rule }) => rule, type: typeOf, month: (/** @type {Cell} */ { month }) => month };
    const groups = [...summed(cells, keys[this.by], COUNTED)].sort(([a], [b]) => a.localeCompare(b));
    const rows = groups.map(([key, { first, sums }]) => ({ label: key, note: this.by === 'rule' ? inLanguage(first.title ?? undefined) : '', values: sums }));
    return chart({
      title: say('compliance'), of: say(`compliance_by_${this.by}`), rows, file: `compliance-by-${this.by}`,
      series: FATES.map((key, at) => ({ key, label: say(`sum_${key}`), tone: TONES[at] })),
      more: [{ label: say('sum_opened'), of: ({ values }) => values.opened }, { label: say('sum_overdue'), of: ({ values }) => values.overdue }],
    });
  }
}

/** @param {Cell} cell */
const typeOf = ({ organisation_type: type }) => (type ? word('organisation_type', type) : say('office_type_few'));

/** @param {Cell[]} cells */
const cellTable = (cells) => html`<h2>${say('compliance_cells')}</h2><div class="scroll" tabindex="0" role="region"
    aria-label=${say('compliance_cells')}><table class="table bar-table"><thead><tr>
  <th scope="col">${say('rule')}</th><th scope="col">${say('office_type')}</th><th scope="col">${say('month')}</th><th scope="col">${say('sum_opened')}</th>
  ${FATES.map((key) => html`<th scope="col">${say(`sum_${key}`)}</th>`)}<th scope="col">${say('sum_overdue')}</th></tr></thead>
  <tbody>${cells.map((cell) => html`<tr><th scope="row">${cell.rule} <small>${inLanguage(cell.title ?? undefined)}</small></th><td>${typeOf(cell)}</td><td>${cell.month}</td><td>${cell.opened}</td>
    ${FATES.map((key) => html`<td>${cell[key]}</td>`)}<td>${cell.overdue}</td></tr>`)}</tbody></table></div>`;

/** @param {import('../../console/rules-rest.js').Pairs[]} pairs */
const pairsChart = (pairs) => chart({
  title: say('compliance_pairs'), of: say('rule'), file: 'compliance-pairs',
  rows: pairs.map(({ rule, title, organisation_types: types, met, not_met: not }) => ({
    label: rule, note: say('pair_of', { title: inLanguage(title ?? undefined), types: types.map((type) => word('organisation_type', type)).join('・') }), values: { met, not },
  })),
  series: [{ key: 'met', label: say('pair_met'), tone: 0 }, { key: 'not', label: say('pair_not_met'), tone: 3 }],
});

customElements.define('renkei-console-compliance', ConsoleCompliance);
