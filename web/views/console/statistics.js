// `<renkei-console-statistics>`: the region in counts, as the hub counts it: organisations by type, people by profession and
// whether they come, patients by consent, entries by month, and how many of those linked read. With tables and CSV.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../../console/rules-phrases.js';
import { word } from '../../language.js';
import { chart, patterns } from './bars.js';
import { Section } from './rule-section.js';

/**
 * @typedef {object} Statistics `GET /api/v1/statistics`
 * @property {{type: string, organisations: number}[]} organisations
 * @property {{role: string, people: number, without_account: number, never_signed_in: number, dormant: number}[]} people
 * @property {{consent: string, patients: number}[]} patients
 * @property {{month: string, of_patients: number, of_organisations: number}[]} entries
 * @property {{linked: number, read_lately: number}} reading
 * @typedef {{key: string, label: string, tone: number}} Series
 */

/** Households, and the secretariat that counts. */
const NO_OFFICES = new Set(['home', 'secretariat']);

/** @template T @param {T[]} list @param {(one: T) => number} of */
const total = (list, of) => list.reduce((sum, one) => sum + of(one), 0);

/** The largest first. @template T @param {T[]} list @param {(one: T) => number} of */
const descending = (list, of) => [...list].sort((one, other) => of(other) - of(one));

/** People by how they come; nobody counts twice. @param {Statistics['people'][number]} counted */
export function coming({ people, never_signed_in: never, dormant }) {
  return { lately: people - never - dormant, dormant, never };
}

export class ConsoleStatistics extends Section {
  constructor() {
    super();
    /** @type {Statistics | null} */
    this.found = null;
  }

  connectedCallback() {
    super.connectedCallback();
    if (!this.found) this.load();
  }

  load() {
    return this.attempt(async () => {
      this.found = await this.model.rest.call('GET', '/statistics');
    });
  }

  render() {
    return html`<section class="rules"><h1>${say('statistics')}</h1><p class="quiet">${say('stat_how')}</p>${this.messages()}
      ${this.found ? this.figures(this.found) : this.notYet(() => this.load())}</section>`;
  }

  /** @param {Statistics} found */
  figures({ organisations, people, patients, entries, reading }) {
    const { linked, read_lately: read } = reading;
    const figure = (/** @type {string} */ label, /** @type {string | number} */ value) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
    const number = /** @type {Series[]} */ ([{ key: 'count', label: say('stat_number'), tone: 0 }]);
    return html`${patterns()}<dl class="rules-figures">
        ${figure(say('stat_offices'), total(organisations.filter(({ type }) => !NO_OFFICES.has(type)), (one) => one.organisations))}
        ${figure(say('stat_patients'), total(patients, (one) => one.patients))}
        ${figure(say('stat_reading'), linked ? say('stat_read_of', { read, linked }) : 0)}</dl>
      ${this.picture('organisations', say('stat_organisations'), say('office_type'), number,
        descending(organisations, (one) => one.organisations).map((one) => [word('organisation_type', one.type), { count: one.organisations }]))}
      ${this.picture('people', say('stat_professions'), say('stat_profession'), [
        { key: 'lately', label: say('stat_lately'), tone: 0 }, { key: 'dormant', label: say('stat_dormant'), tone: 1 }, { key: 'never', label: say('stat_never'), tone: 3 },
      ], descending(people, (one) => one.people).map((one) => [word('role', one.role), coming(one)]))}
      ${this.picture('consent', say('stat_consent'), say('stat_consent_of'), number,
        descending(patients, (one) => one.patients).map((one) => [word('consent_state', one.consent), { count: one.patients }]))}
      ${this.picture('entries', say('stat_entries'), say('month'), [
        { key: 'patients', label: say('stat_of_patients'), tone: 0 }, { key: 'organisations', label: say('stat_of_organisations'), tone: 2 },
      ], entries.map((one) => [one.month, { patients: one.of_patients, organisations: one.of_organisations }]))}`;
  }

  /** @param {string} file @param {string} title @param {string} of @param {Series[]} series @param {[string, Record<string, number>][]} counts */
  picture(file, title, of, series, counts) {
    if (counts.length === 0) return nothing;
    const rows = counts.map(([label, values]) => ({ label, values }));
    return html`<section class="rules-card">${chart({ title, of, rows, series, file: `statistics-${file}` })}</section>`;
  }
}

customElements.define('renkei-console-statistics', ConsoleStatistics);
