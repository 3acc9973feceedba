// `<renkei-console-retention>`: which records had to be kept and need be no longer, until when others must be kept, what was
// destroyed, and by which spans. For the secretariat; destroying one is `destroying.js`.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { dayAfter, daysSince } from '../../console/destroying.js';
import { say } from '../../console/retention-phrases.js';
import { calendarDate, moment } from '../../dates.js';
import { inLanguage, word } from '../../language.js';
import { icon } from '../icons.js';
import { facts } from '../sheet.js';
import { Section, none } from './section.js';
import './destroying.js';

/**
 * @typedef {import('../../console/calls.js').Due} Due
 * @typedef {import('../../console/calls.js').Kept} Kept
 * @typedef {import('../../console/calls.js').Patient} Patient
 * @typedef {import('../../console/calls.js').RetentionView} RetentionView
 * @typedef {import('../../console/calls.js').Standing} Standing
 */

const SEARCH_PAUSE_MS = 250;
const FOUND_MAX = 8;

export class RetentionSection extends Section {
  constructor() {
    super();
    /** @type {RetentionView | null} */
    this.view = null;
    /** The record that is about to be destroyed. */
    this.destroying = '';
    this.query = '';
    /** @type {{patients: Patient[], more: boolean} | null} */
    this.found = null;
    /** By patient, as far as it was asked for. @type {Map<string, Standing>} */
    this.standings = new Map();
    this.asked = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load());
  }

  async load() {
    await this.model.refreshDirectory();
    this.view = await this.calls.retention();
    this.standings.clear();
  }

  /** Only so many records are looked into at once. @param {string} after */
  async lookFurther(after) {
    const more = await this.calls.retention({ after });
    if (this.view) this.view = { ...more, due: [...this.view.due, ...more.due.filter(({ patient }) => !this.view?.due.some((one) => one.patient === patient))] };
  }

  render() {
    const { view } = this;
    const again = html`<button class="button" type="button" @click=${() => this.attempt(() => this.load())}>${icon('sync')}<span>${say('again')}</span></button>`;
    return html`${this.head(say('title'), say('lead'), again)}${this.outcome()}
      ${view === null ? html`<p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p>` : html`
        <h2>${say('due')} <span class="count">${view.due.length}</span></h2>
        ${view.due.length === 0 ? none('check', say('due_none'), say('due_none_how')) : html`<ul class="cards">${repeat(view.due, ({ patient }) => patient, (due) => this.due(due))}</ul>`}
        ${view.next ? html`<p class="more-below"><button class="button" type="button" @click=${() => this.attempt(() => this.lookFurther(view.next ?? ''))}>${icon('down')}<span>${say('look_further')}</span></button></p>` : nothing}
        ${this.waiting()}${this.destroyed(view)}${this.spans(view)}`}`;
  }

  /** @param {Kept} kept */
  kept({ ended_on: endedOn, until, type, years }) {
    return facts([say('ended_on'), calendarDate(endedOn)], [say('why'), say('years', { type: word('organisation_type', type), count: years })], [say('last_day'), calendarDate(until)]);
  }

  /** @param {Due} due */
  due(due) {
    const { patient, name, kept } = due;
    const days = daysSince(kept.until, this.model.clock.now());
    return html`<li class="card" data-patient=${patient}>
      <div class="who-row"><p><b>${name.kanji}</b> <small class="quiet">${name.kana}</small></p><span class="mark mark-restricted">${icon('clock')}<span>${days <= 1 ? say('ended_since_one') : say('ended_since', { count: days })}</span></span></div>
      ${this.kept(kept)}
      ${this.destroying === patient ? this.form(due) : html`<div class="device-acts"><button class="button button-small" type="button" aria-label=${`${say('destroy')}: ${name.kanji}`}
        @click=${() => this.change({ destroying: patient, trouble: '', done: '' })}>${icon('erase')}<span>${say('destroy')}</span></button></div>`}</li>`;
  }

  /** @param {Due} due */
  form(due) {
    const end = () => this.change({ destroying: '' });
    return html`<renkei-console-destroying .model=${this.model} .due=${due} @destroying-ended=${end}
      @record-destroyed=${() => this.settle(due, '', say('destroyed_done', { name: due.name.kanji }))}
      @record-gone=${(/** @type {any} */ event) => this.settle(due, event.detail)}></renkei-console-destroying>`;
  }

  /** The list is asked for anew, and what became of it is said where it is seen. @param {Due} due @param {string} trouble @param {string} [done] */
  async settle(due, trouble, done = '') {
    this.change({ destroying: '', query: '', found: null });
    await this.attempt(() => this.load());
    // Nothing of a destroyed record stays on this screen, nor in what it searches.
    if (done) {
      this.model.patients.delete(due.patient);
      this.model.timelines.delete(due.patient);
    }
    this.change(trouble ? { trouble, done: '' } : { done });
    this.querySelector('.console-head')?.scrollIntoView({ block: 'start' });
  }

  waiting() {
    return html`<h2>${say('waiting')}</h2><p class="quiet">${say('search_how')}</p>
      <form class="console-search-one" role="search" @submit=${(/** @type {Event} */ event) => event.preventDefault()}><label class="search">${icon('search')}<span class="unseen">${say('search')}</span>
        <input type="search" autocomplete="off" placeholder=${say('search')} .value=${this.query} @input=${(/** @type {any} */ event) => this.typed(event.target.value)}></label></form>
      <div role="status">${this.found === null ? nothing : this.found.patients.length === 0 ? html`<p class="quiet">${say('search_none')}</p>` : html`
        <ul class="lines">${repeat(this.found.patients.slice(0, FOUND_MAX), ({ id }) => id, (patient) => this.foundOne(patient))}</ul>
        ${this.found.more || this.found.patients.length > FOUND_MAX ? html`<p class="quiet">${say('search_more')}</p>` : nothing}`}</div>`;
  }

  /** @param {string} query */
  typed(query) {
    this.change({ query });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), SEARCH_PAUSE_MS);
  }

  async search() {
    this.asked += 1;
    const asked = this.asked;
    const q = this.query.trim();
    try {
      const found = q ? await this.calls.patients({ q }) : null;
      if (asked === this.asked) this.change({ found });
    } catch (/** @type {any} */ error) {
      this.change({ trouble: say('not_loaded') });
      this.model.failed(error);
    }
  }

  /** @param {Patient} patient */
  foundOne(patient) {
    const { id, name, birth_date: birthDate } = patient;
    const standing = this.standings.get(id);
    const due = standing?.state === 'due' && standing.kept ? { patient: id, name, kept: standing.kept } : null;
    return html`<li class="standing-row" data-patient=${id}>
      <div class="who-row"><p><b>${name.kanji}</b> <small class="quiet">${name.kana}・${calendarDate(birthDate)}</small></p>
        ${standing ? this.mark(standing) : html`<button class="button button-small" type="button" @click=${() => this.attempt(() => this.ask(id))}>${icon('clock')}<span>${say('ask')}</span></button>`}</div>
      ${standing?.state === 'in_care' ? html`<p class="quiet">${say('standing_in_care_how')}</p>` : standing?.kept ? this.kept(standing.kept) : nothing}
      ${due && !this.view?.due.some((one) => one.patient === id) ? this.destroying === id ? this.form(due) : html`<div class="device-acts"><button class="button button-small" type="button"
        aria-label=${`${say('destroy')}: ${name.kanji}`} @click=${() => this.change({ destroying: id, trouble: '', done: '' })}>${icon('erase')}<span>${say('destroy')}</span></button></div>` : nothing}</li>`;
  }

  /** @param {Standing} standing */
  mark({ state, kept }) {
    if (state === 'in_care') return html`<span class="mark mark-present">${icon('heart')}<span>${say('standing_in_care')}</span></span>`;
    if (state === 'due') return html`<span class="mark mark-restricted">${icon('clock')}<span>${say('standing_due')}</span></span>`;
    return html`<span class="mark mark-host">${icon('clock')}<span>${say('standing_kept', { at: calendarDate(dayAfter(kept?.until ?? '')) })}</span></span>`;
  }

  /** @param {string} patient */
  async ask(patient) {
    const { patient: standing } = await this.calls.retention({ patient });
    if (standing) this.standings.set(patient, standing);
  }

  /** @param {RetentionView} view */
  destroyed({ destroyed }) {
    return html`<h2>${say('destroyed')} <span class="count">${destroyed.length}</span></h2>
      ${destroyed.length === 0 ? html`<p class="quiet">${say('destroyed_none')}</p>` : html`<p class="quiet">${say('destroyed_how')}</p>
        <ul class="lines">${repeat(destroyed, ({ patient }) => patient, ({ patient, destroyed_at: at, by, kept }) => html`<li class="standing-row">
          <p><b>${say('destroyed_at', { at: moment(Date.parse(at)) })}</b>・${by ? say('destroyed_by', { name: this.personName(by) }) : say('destroyed_by_operator')}</p>
          <p class="quiet">${say('last_day')} ${calendarDate(kept.until)}（${say('years', { type: word('organisation_type', kept.type), count: kept.years })}）・${say('number')} <code>${patient}</code></p></li>`)}</ul>`}`;
  }

  /** @param {RetentionView} view */
  spans({ spans }) {
    return html`<h2>${say('span_title')}</h2><p class="quiet">${say('span_how')}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${say('span_title')}><table class="table table-links spans"><thead><tr><th scope="col">${say('type')}</th><th scope="col">${say('kept_for')}</th><th scope="col">${say('basis')}</th></tr></thead>
        <tbody>${spans.map(({ type, years, basis }) => html`<tr><th scope="row">${word('organisation_type', type)}</th><td>${say('years_count', { count: years })}</td><td>${inLanguage(basis)}</td></tr>`)}</tbody></table></div>`;
  }
}

customElements.define('renkei-console-retention', RetentionSection);
