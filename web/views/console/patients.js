// `<renkei-console-patients>`: every registered patient by search, and the ways on: registering one, links from a table,
// and the page of one patient.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { birthDateOf } from '../../console/names.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { age, calendarDate } from '../../dates.js';
import { say as sayOfPage, word } from '../../language.js';
import { icon } from '../icons.js';
import { Section, consentMark, none } from './section.js';
import './links-table.js';
import './patient.js';
import './register.js';

const SEARCH_PAUSE_MS = 250;
const NEW = 'new';
const TABLE = 'table';

/** @typedef {import('../../console/calls.js').Patient} Patient */

export class ConsolePatients extends Section {
  constructor() {
    super();
    this.query = '';
    this.birth = '';
    /** @type {Patient[] | null} */
    this.patients = null;
    this.more = false;
    /** How many that match have a record that does not open. */
    this.unreadable = 0;
    this.asked = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    // Somebody comes back to it: others may have registered meanwhile.
    if (this.hasUpdated && !this.item) this.search();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('item') && !this.item) this.search();
  }

  async search() {
    this.asked += 1;
    const asked = this.asked;
    try {
      await this.model.refreshDirectory();
      const answer = await this.calls.patients({ q: this.query.trim(), birth_date: birthDateOf(this.birth) });
      // An answer to an older question says nothing about this one.
      if (asked === this.asked) this.change({ ...answer, trouble: '' });
    } catch (/** @type {any} */ error) {
      this.change({ trouble: say('failed') });
      this.model.failed(error);
    }
  }

  /** @param {Partial<ConsolePatients>} change */
  typed(change) {
    this.change(change);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), SEARCH_PAUSE_MS);
  }

  render() {
    const { model, item } = this;
    if (item === NEW) return html`<renkei-console-register .model=${model}></renkei-console-register>`;
    if (item === TABLE) return html`<renkei-console-links-table .model=${model}></renkei-console-links-table>`;
    if (item) return html`<renkei-console-patient .model=${model} item=${item}></renkei-console-patient>`;
    return html`${this.head(say('section_patients'), say('patients_lead'), html`
        <a class="button button-primary" href=${hrefOf('patients', NEW)}>${icon('plus')}<span>${say('register')}</span></a>
        <a class="button" href=${hrefOf('patients', TABLE)}>${icon('list')}<span>${say('links_table')}</span></a>`)}
      ${this.outcome()}
      <form class="console-search" role="search" @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
        <label class="search">${icon('search')}<span class="unseen">${say('patients_search')}</span>
          <input type="search" autocomplete="off" placeholder=${say('patients_search')} .value=${this.query} @input=${(/** @type {any} */ event) => this.typed({ query: event.target.value })}></label>
        <label class="console-birth"><span>${say('birth_date')}</span><input autocomplete="off" placeholder=${say('birth_date_how')} .value=${this.birth}
          aria-invalid=${String(this.birth.trim() !== '' && !birthDateOf(this.birth))} @input=${(/** @type {any} */ event) => this.typed({ birth: event.target.value })}></label></form>
      ${this.list()}`;
  }

  list() {
    const { patients, unreadable } = this;
    if (patients === null) return html`<p class="quiet">${say('loading')}</p>`;
    const missing = unreadable ? html`<p class="notice notice-warning" role="status">${icon('alarm')}<span>${say('patients_unreadable', { count: unreadable })}</span></p>` : nothing;
    if (patients.length === 0) {
      // Whoever is only not to be read is not registered a second time.
      return unreadable ? missing : none('search', say('patients_none'), html`<a href=${hrefOf('patients', NEW)}>${say('patients_none_how')}</a>`);
    }
    return html`${missing}<p class="quiet" role="status">${say('people_found', { count: patients.length })}${this.more ? say('patients_more') : ''}</p>
      <ul class="lines">${repeat(patients, ({ id }) => id, (patient) => this.patient(patient))}</ul>`;
  }

  /** @param {Patient} patient */
  patient(patient) {
    const { id, name, birth_date: birthDate, sex, team } = patient;
    const host = team?.find((link) => link.host);
    return html`<li><a class="line-row" href=${hrefOf('patients', id)}>
      <span class="line-main"><b>${name.kanji}</b> <small>${name.kana}</small></span>
      <span class="line-facts">${calendarDate(birthDate)}・${say('years', { count: age(birthDate) })}・${word('sex', sex)}</span>
      <span class="line-facts">${host ? say('host_is', { name: this.officeName(host.organisation) }) : say('host_none')}${team ? say('team_of', { count: team.length }) : nothing}</span>
      <span class="line-marks">${patient.for_training ? html`<span class="mark mark-restricted">${icon('team')}<span>${sayOfPage('training_mark')}</span></span>` : nothing}${consentMark(patient)}</span></a></li>`;
  }
}

customElements.define('renkei-console-patients', ConsolePatients);
