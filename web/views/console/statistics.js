// `<renkei-console-statistics>`: organisations by type, people by profession, patients by consent and by team: counted in
// the page from the lists that the secretariat may see, with tables and CSV.

import { html, nothing } from '../../vendor/lit.js';
import { counted } from '../../console/figures.js';
import { say } from '../../console/rules-phrases.js';
import { word } from '../../language.js';
import { chart, patterns } from './bars.js';
import { Section } from './rule-section.js';

/**
 * @typedef {{type: string, active?: boolean}} Office
 * @typedef {{id: string, positions?: {role: string}[], active?: boolean}} Person
 * @typedef {{consent: string | null, team: {organisation: string}[] | null}} Patient
 */

/** Roles that people hold; somebody with two positions in one role counts once. @param {Person[]} people */
export const byProfession = (people) => counted(people.flatMap(({ positions = [] }) => [...new Set(positions.map(({ role }) => role))]), (role) => role);

export class ConsoleStatistics extends Section {
  constructor() {
    super();
    /** @type {{offices: Office[], people: Person[]} | null} */
    this.found = null;
  }

  connectedCallback() {
    super.connectedCallback();
    if (!this.found) this.load();
  }

  load() {
    return this.attempt(async () => {
      const { rest } = this.model;
      const [{ organisations = [] }, { people = [] }] = await Promise.all([rest.call('GET', '/organisations'), rest.call('GET', '/people')]);
      const isActive = (/** @type {{active?: boolean}} */ { active }) => active !== false;
      this.found = { offices: organisations.filter(isActive), people: people.filter(isActive) };
    });
  }

  render() {
    return html`<section class="rules"><h1>${say('statistics')}</h1><p class="quiet">${say('stat_how')}</p>${this.messages()}
      ${this.found ? this.figures(this.found) : this.notYet(() => this.load())}</section>`;
  }

  /** Patients are those that the page has listed already: asking anew would put a look at each of them on record. @param {{offices: Office[], people: Person[]}} found */
  figures({ offices, people }) {
    const patients = /** @type {Patient[]} */ ([...this.model.patients.values()]);
    if (offices.length + people.length + patients.length === 0) return html`<p class="quiet">${say('stat_none')}</p>`;
    const team = (/** @type {Patient} */ patient) => String(new Set((patient.team ?? []).map(({ organisation }) => organisation)).size);
    return html`${patterns()}<dl class="rules-figures"><div><dt>${say('stat_offices')}</dt><dd>${offices.length}</dd></div><div><dt>${say('stat_people')}</dt><dd>${people.length}</dd></div>
        <div><dt>${say('stat_patients')}</dt><dd>${patients.length}</dd></div></dl>
      ${this.picture(say('stat_organisations'), say('office_type'), counted(offices, ({ type }) => type).map(([type, count]) => [word('organisation_type', type), count]), 'organisations')}
      ${this.picture(say('stat_professions'), say('stat_profession'), byProfession(people).map(([role, count]) => [word('role', role), count]), 'people')}
      ${this.picture(say('stat_consent'), say('stat_consent_of'), counted(patients, ({ consent }) => consent ?? 'none').map(([state, count]) => [word('consent_state', state), count]), 'consent')}
      ${this.picture(say('stat_teams'), say('stat_teams'), counted(patients, team).sort(([a], [b]) => Number(a) - Number(b)).map(([size, count]) => [say('stat_team_size', { count: size }), count]), 'teams')}`;
  }

  /** @param {string} title @param {string} of @param {[string, number][]} counts @param {string} file */
  picture(title, of, counts, file) {
    if (counts.length === 0) return nothing;
    const rows = counts.map(([label, count]) => ({ label, values: { count } }));
    return html`<section class="rules-card">${chart({ title, of, rows, series: [{ key: 'count', label: say('stat_number'), tone: 0 }], file: `statistics-${file}` })}</section>`;
  }
}

customElements.define('renkei-console-statistics', ConsoleStatistics);
