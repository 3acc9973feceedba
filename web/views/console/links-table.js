// `<renkei-console-links-table>`: links from a spreadsheet. Every row is read and shown with what it means or its trouble before
// anything is done; then they are applied one by one, each with its verdict, and nothing twice.

import { html, nothing } from '../../vendor/lit.js';
import { ROWS_MAX, isLinked, linkOf, noteLinked, resolved, rowsOf } from '../../console/csv.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { calendarDate } from '../../dates.js';
import { inLanguage } from '../../language.js';
import { readVerdict } from '../../frames.js';
import { uuidV7 } from '../../uuid.js';
import { icon } from '../icons.js';
import { Section, choices, none, primary, troubleOf } from './section.js';

/**
 * @typedef {import('../../console/csv.js').Row} Row
 * @typedef {{state: 'done' | 'there' | 'held' | 'failed', words: string}} Outcome
 */

const LOOKS = /** @type {const} */ ({ done: ['check', 'good'], there: ['check', 'quiet'], held: ['hand', 'warning'], failed: ['alarm', 'bad'] });

export class LinksTable extends Section {
  constructor() {
    super();
    this.text = '';
    /** @type {Row[] | null} */
    this.rows = null;
    /** The entry of each row: sent again, it is the same one. @type {Map<Row, string>} */
    this.ids = new Map();
    /** @type {Map<Row, Outcome>} */
    this.outcomes = new Map();
    /** @type {'all' | 'nothing'} */
    this.history = 'all';
    this.confirmed = false;
  }

  /** @param {any} event */
  async pick(event) {
    const [file] = event.target.files;
    event.target.value = '';
    if (!file) return;
    const bytes = await file.arrayBuffer();
    this.change({ text: textOf(bytes) });
    this.read();
  }

  read() {
    this.attempt(async () => {
      Object.assign(this, { rows: null, outcomes: new Map(), ids: new Map(), confirmed: false });
      const rows = rowsOf(this.text);
      if (!rows) throw { status: 400, reason: { ja: say('table_columns'), en: say('table_columns') } };
      if (rows.length > ROWS_MAX) throw { status: 400, reason: { ja: say('table_too_long', { max: ROWS_MAX }), en: say('table_too_long', { max: ROWS_MAX }) } };
      const [patients, offices, people] = await Promise.all([this.patientsOf(rows), this.calls.offices(), this.calls.people()]);
      this.rows = resolved(rows, { patients, offices, people });
    });
  }

  /** Each patient once, so that rows of one patient know what those above did. @param {{cells: import('../../console/csv.js').Cells}[]} rows */
  async patientsOf(rows) {
    const { patients, more } = await this.calls.patients({});
    if (!more) return patients;
    const found = new Map(patients.map((patient) => [patient.id, patient]));
    for (const { patient, name } of new Map(rows.map(({ cells }) => [`${cells.patient} ${cells.name}`, cells])).values()) {
      const answer = await this.calls.patients(patient ? { identifier: patient } : { q: name });
      for (const one of answer.patients) if (!found.has(one.id)) found.set(one.id, one);
    }
    return [...found.values()];
  }

  get ready() {
    return (this.rows ?? []).filter((row) => !row.trouble && !row.isThere && this.outcomes.get(row)?.state !== 'done');
  }

  render() {
    const { rows } = this;
    return html`<a class="back-link" href=${hrefOf('patients')}>${icon('back')}<span>${say('section_patients')}</span></a>
      ${this.head(say('links_table'), say('table_lead'))}${this.outcome()}
      <section class="card"><h2><span class="step">1</span>${say('table_read')}</h2>
        <p class="quiet">${say('table_columns')}</p>
        <label class="button attach-pick">${icon('clip')}<span>${say('table_pick')}</span><input class="unseen" type="file" accept=".csv,.tsv,.txt,text/csv" @change=${(/** @type {any} */ event) => this.pick(event)}></label>
        <label class="field">${say('table_paste')}<textarea rows="5" spellcheck="false" placeholder=${say('table_example')} .value=${this.text}
          @input=${(/** @type {any} */ event) => this.change({ text: event.target.value })}></textarea></label>
        <div class="device-acts"><button class="button" type="button" aria-disabled=${String(this.busy || !this.text.trim())} @click=${() => this.text.trim() && this.read()}>${icon('search')}<span>${say('table_look')}</span></button></div></section>
      ${rows === null ? nothing : html`<section class="card"><h2><span class="step">2</span>${say('table_check')}</h2>${rows.length === 0 ? none('list', say('table_empty')) : this.table(rows)}</section>
        ${rows.length === 0 ? nothing : this.applying(rows)}`}`;
  }

  /** @param {Row[]} rows */
  table(rows) {
    const wrong = rows.filter(({ trouble }) => trouble).length;
    const there = rows.filter(({ isThere }) => isThere).length;
    return html`<p role="status">${say('table_counts', { ready: rows.length - wrong - there, there, wrong })}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${say('table_check')}><table class="table table-links"><thead><tr>
        ${/** @type {const} */ (['table_line', 'patient', 'office', 'person', 'table_outcome']).map((name) => html`<th scope="col">${say(name)}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => this.row(row))}</tbody></table></div>`;
  }

  /** @param {Row} row */
  row(row) {
    const { line, cells, patient, office, person, host } = row;
    return html`<tr><th scope="row">${line}</th>
      <td>${patient ? html`<b>${patient.name.kanji}</b> <small>${calendarDate(patient.birth_date)}</small>` : html`${cells.patient || cells.name} <small>${cells.birthDate}</small>`}</td>
      <td>${office?.name ?? cells.office}${host ? html` <span class="mark mark-host">${say('host')}</span>` : nothing}</td>
      <td>${person?.name.kanji ?? (cells.person || say('everybody'))}</td>
      <td>${this.rowOutcome(row)}</td></tr>`;
  }

  /** @param {Row} row */
  rowOutcome(row) {
    const outcome = this.outcomes.get(row);
    if (outcome) {
      const [sign, tone] = LOOKS[outcome.state];
      return html`<span class="row-outcome row-${tone}">${icon(sign)}<span>${outcome.words}</span></span>`;
    }
    if (row.trouble) return html`<span class="row-outcome row-bad">${icon('alarm')}<span>${say(`trouble_${row.trouble}`)}</span></span>`;
    if (row.isThere) return html`<span class="row-outcome row-quiet">${icon('check')}<span>${say('row_there')}</span></span>`;
    return html`<span class="row-outcome">${icon('link')}<span>${say('row_ready')}</span></span>`;
  }

  /** @param {Row[]} rows */
  applying(rows) {
    const { ready } = this;
    const done = rows.filter((row) => this.outcomes.get(row)?.state === 'done').length;
    if (ready.length === 0) return html`<section class="card"><p role="status">${icon('check')} ${say('table_all_done', { count: done })}</p></section>`;
    return html`<section class="card"><h2><span class="step">3</span>${say('table_apply')}</h2>
      <form class="device-revoke" @submit=${(/** @type {Event} */ event) => this.apply(event)}>
        ${choices('table-history', say('link_history'), [['all', say('history_all')], ['nothing', say('history_nothing')]], this.history, (history) => this.change({ history: /** @type {any} */ (history) }))}
        ${ready.some(({ patient, office }) => patient?.team?.some(({ organisation }) => organisation === office?.id)) ? html`<p class="quiet">${say('table_replaces')}</p>` : nothing}
        <label class="choice-line"><input type="checkbox" .checked=${this.confirmed} @change=${(/** @type {any} */ event) => this.change({ confirmed: event.target.checked })}><span>${say('table_confirmed')}</span></label>
        <span class="device-acts">${primary({ busy: this.busy, unsaid: !this.confirmed, words: say('table_do', { count: ready.length }), sign: 'link' })}
          ${this.busy ? html`<small role="status">${say('table_progress', { done, count: done + ready.length })}</small>` : nothing}</span></form></section>`;
  }

  /** @param {Event} event */
  apply(event) {
    event.preventDefault();
    if (!this.confirmed) return;
    this.attempt(async () => {
      for (const row of this.ready) {
        this.outcomes.set(row, await this.applyRow(row));
        this.requestUpdate();
      }
    });
  }

  /** @param {Row} row @returns {Promise<Outcome>} */
  async applyRow(row) {
    if (isLinked(row)) return { state: 'there', words: say('row_there') };
    const link = linkOf(row, this.history);
    // The same id only for the same entry: another try may find another team.
    const key = JSON.stringify(link);
    const kept = this.ids.get(row)?.split(' ');
    const id = kept && kept.slice(1).join(' ') === key ? kept[0] : uuidV7();
    this.ids.set(row, `${id} ${key}`);
    try {
      await this.model.rest.post(row.patient?.id ?? '', { id, body: { teamLink: link } });
      noteLinked(row, link);
      return { state: 'done', words: say('row_done') };
    } catch (/** @type {any} */ error) {
      const { holds } = readVerdict('refused', error.problem ?? {});
      if (holds.length) return { state: 'held', words: holds.map(({ title }) => inLanguage(title)).join('・') };
      return { state: 'failed', words: troubleOf(error) };
    }
  }
}

/** Spreadsheets here write UTF-8 or Shift_JIS. @param {ArrayBuffer} bytes */
function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('shift_jis').decode(bytes);
  }
}

customElements.define('renkei-console-links-table', LinksTable);
