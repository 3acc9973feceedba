// `<renkei-console-audit>`: who did what, who saw this patient, what this account was given to see; and taking the records
// out. Looking here is itself on record, and the page says so.

import { html, nothing } from '../../vendor/lit.js';
import { momentOf, saveBlob } from '../../console/figures.js';
import { say } from '../../console/rules-phrases.js';
import { calendarDate, fullDay, clockTime, localInput, machineTime } from '../../dates.js';
import { language, word } from '../../language.js';
import { icon } from '../icons.js';
import { takenWords } from '../sheet.js';
import { Section } from './rule-section.js';

/**
 * @typedef {import('../../console/rules-rest.js').AuditLine} AuditLine
 * @typedef {import('../../console/rules-rest.js').Card} Card
 * @typedef {import('../../console/rules-rest.js').Exposed} Exposed
 * @typedef {import('../../console/rules-rest.js').Who} Who
 * @typedef {'list' | 'patient' | 'person'} Way
 */

const KINDS = /** @type {const} */ ([
  'read', 'read_ended', 'accepted', 'refused', 'queued', 'dismissed', 'written_for', 'sign_in_began', 'sign_in_ended', 'account', 'device', 'client', 'directory', 'rulebook', 'duty_clock', 'emergency_search', 'keeping', 'quarantine', 'announcement', 'training', 'case', 'group', 'audit',
]);
const FORMATS = /** @type {const} */ ([['jsonl', 'JSON Lines', 'jsonl'], ['csv', 'CSV', 'csv'], ['fhir', 'FHIR AuditEvent (NDJSON)', 'ndjson'], ['fhir-bundle', 'FHIR Bundle (JSON)', 'json']]);
const PAGE = '50';
const MINUTE_MS = 60_000;
/** Of the id of a device whose name does not open: enough to tell one from another. */
const ID_END_CHARS = 8;
/** @type {Way[]} */
const WAYS = ['list', 'patient', 'person'];

/** @param {number} ms */
const exact = (ms) => html`<time datetime=${machineTime(ms)}>${fullDay(ms)} ${clockTime(ms)}</time>`;

export class ConsoleAudit extends Section {
  constructor() {
    super();
    /** @type {Way} */
    this.way = 'list';
    /** @type {Card | null} */
    this.patient = null;
    /** What a search by name found. @type {Card[] | null} */
    this.candidates = null;
    /** @type {Record<'person' | 'organisation' | 'kind' | 'from' | 'until', string>} */
    this.filter = { person: '', organisation: '', kind: '', from: '', until: '' };
    /** @type {AuditLine[] | null} */
    this.lines = null;
    /** @type {number | null} */
    this.next = null;
    /** @type {Map<string, Card>} */
    this.cards = new Map();
    /** @type {{lines: Exposed[], more: boolean, unreadable: number, taken: import('../seen-by.js').TakenOut[]} | null} */
    this.exposed = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.model.refreshDirectory();
    if (!this.lines) this.search();
  }

  /** The address may name a patient, as the page of who saw them does. @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const patient = changed.has('item') && this.item ? this.model.patients.get(this.item) : undefined;
    if (!patient || patient.id === this.patient?.id) return;
    Object.assign(this, { way: 'list', patient });
    this.search();
  }

  /** What is asked of the hub. @returns {Record<string, string>} */
  get asked() {
    const { person, organisation, kind, from, until } = this.filter;
    return { patient: this.patient?.id ?? '', person, organisation, kind, from: momentOf(from), until: momentOf(until) };
  }

  search() {
    if (this.way !== 'list') return this.expose();
    return this.attempt(async () => {
      Object.assign(this, { lines: null, next: null });
      await this.page();
    });
  }

  /** The next page behind what is shown. */
  async page() {
    const { records, patients, next } = await this.hub.audit({ ...this.asked, limit: PAGE, ...(this.next ? { cursor: String(this.next) } : {}) });
    for (const card of patients) this.cards.set(card.id, card);
    this.lines = [...(this.lines ?? []), ...records];
    this.next = next;
  }

  expose() {
    const { patient, person, from, until } = this.asked;
    /** @type {Record<string, string>} */
    const who = this.way === 'patient' ? { patient } : { person };
    this.exposed = null;
    if (!Object.values(who)[0]) {
      this.trouble = say(this.way === 'patient' ? 'audit_patient_needed' : 'audit_person_needed');
      this.requestUpdate();
      return Promise.resolve(false);
    }
    return this.attempt(async () => {
      const { lines, patients, more, unreadable = 0, taken_out: taken = [] } = await this.hub.exposures({ ...who, from, until });
      for (const card of patients) this.cards.set(card.id, card);
      this.exposed = { lines, more, unreadable, taken };
    });
  }

  /** One by one, with the devices, what a line of exposures sums up. @param {Exposed} line */
  eachReading({ by, timeline, first_at: first, last_at: last }) {
    const filter = { person: by.person ?? '', organisation: '', kind: 'read', from: localInput(Date.parse(first)), until: last ? localInput(Date.parse(last) + MINUTE_MS) : '' };
    Object.assign(this, { way: 'list', exposed: null, filter, patient: this.cards.get(timeline) ?? this.patient });
    this.search();
    this.closest('.console-main')?.scrollTo(0, 0);
  }

  /** @param {any} event */
  find(event) {
    event.preventDefault();
    const q = String(new FormData(event.target.closest('form')).get('q') ?? '').trim();
    if (q) this.attempt(async () => { ({ patients: this.candidates } = await this.model.rest.patients({ q })); });
  }

  /** @param {Card | null} patient */
  choosePatient(patient) {
    Object.assign(this, { patient, candidates: null });
    this.requestUpdate();
  }

  /** @param {any} event */
  take(event) {
    event.preventDefault();
    const given = new FormData(event.target);
    const [format, reason] = ['format', 'reason'].map((name) => String(given.get(name) ?? '').trim());
    if (!reason) {
      this.trouble = say('audit_export_why_needed');
      this.requestUpdate();
      return;
    }
    const ending = FORMATS.find(([code]) => code === format)?.[2];
    this.attempt(async () => {
      saveBlob(`renkei-audit.${ending}`, await this.hub.exportAudit({ ...this.asked, format, reason }));
      this.done = say('audit_exported');
    });
  }

  render() {
    const choose = (/** @type {Way} */ way) => {
      Object.assign(this, { way, exposed: null, trouble: '', done: '' });
      this.requestUpdate();
    };
    return html`<section class="rules"><h1>${say('audit')}</h1><p class="quiet">${say('audit_how')}</p>
      <nav class="rules-tabs" aria-label=${say('audit')}>${WAYS.map((way) => html`<button type="button" aria-current=${String(way === this.way)}
          @click=${() => choose(way)}>${say(`audit_view_${way}`)}</button>`)}</nav>
      ${this.way === 'person' ? nothing : this.patientBox()}${this.filterForm()}${this.messages()}
      ${this.way === 'list' ? html`${this.list()}${this.exportForm()}` : this.exposures()}</section>`;
  }

  patientBox() {
    const { patient, candidates } = this;
    if (patient) {
      return html`<p class="rules-card rule-line"><b>${say('audit_patient_chosen', { name: patient.name.kanji, birth: calendarDate(patient.birth_date) })}</b>
        <button class="button button-small" type="button" @click=${() => this.choosePatient(null)}>${say('audit_patient_any')}</button></p>`;
    }
    return html`<form class="rules-card" role="search" @submit=${(/** @type {any} */ event) => this.find(event)}><div class="rule-line audit-find">
      <label class="field"><span>${say(this.way === 'list' ? 'audit_narrow' : 'audit_patient')}</span><input type="search" name="q" autocomplete="off" maxlength="100"></label>
      <button class="button" type="submit" aria-disabled=${String(this.busy)}>${icon('search')}<span>${say('audit_patient_find')}</span></button></div>
      ${candidates === null ? nothing : candidates.length === 0 ? html`<p class="quiet" role="status">${say('audit_patient_none')}</p>` : html`<ul class="rules-list">${candidates.map((one) => html`<li>
        <button class="button audit-candidate" type="button"
            @click=${() => this.choosePatient(one)}><b>${one.name.kanji}</b><small>${one.name.kana}・${calendarDate(one.birth_date)}</small>${icon('next')}</button></li>`)}</ul>`}</form>`;
  }

  filterForm() {
    const { model, filter } = this;
    const set = (/** @type {keyof typeof filter} */ name) => (/** @type {any} */ event) => { filter[name] = event.target.value; };
    const people = [...model.people.keys()].map((id) => ({ id, name: model.personName(id) })).sort((a, b) => a.name.localeCompare(b.name, 'ja'));
    const person = html`<label class="field"><span>${say('audit_person')}</span><select @change=${set('person')}><option value="">${say('audit_anybody')}</option>
      ${people.map(({ id, name }) => html`<option value=${id} ?selected=${id === filter.person}>${name}</option>`)}</select></label>`;
    return html`<form class="rules-card rules-filter" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.search(); }}>
      ${this.way === 'patient' ? nothing : person}
      ${this.way === 'list' ? html`<label class="field"><span>${say('audit_office')}</span><select
          @change=${set('organisation')}><option value="">${say('audit_any_office')}</option>
        ${[...model.organisations.values()].map(({ id, name }) => html`<option value=${id} ?selected=${id === filter.organisation}>${name}</option>`)}</select></label>
      <label class="field"><span>${say('audit_kind')}</span><select @change=${set('kind')}><option value="">${say('audit_all_kinds')}</option>
        ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === filter.kind}>${say(`audit_kind_${kind}`)}</option>`)}</select></label>` : nothing}
      <label class="field rules-from"><span>${say('audit_from')}</span><input type="datetime-local" .value=${filter.from} @change=${set('from')}></label>
      <label class="field"><span>${say('audit_until')}</span><input type="datetime-local" .value=${filter.until} @change=${set('until')}></label>
      <p class="rule-line"><button class="button button-primary" type="submit"
          aria-disabled=${String(this.busy)}>${icon('search')}<span>${say('audit_search')}</span></button></p></form>`;
  }

  /** @param {Who} who */
  who({ as, name, role, organisation_name: office }) {
    if (as !== 'person') return say(as === 'operator' ? 'audit_by_operator' : as === 'hub' ? 'audit_by_nobody' : 'stat_unknown');
    return html`<b>${name ?? say('stat_unknown')}</b>${role ? html` <small>${word('role', role)}${office ? `・${office}` : ''}</small>` : nothing}`;
  }

  list() {
    const { lines, next } = this;
    if (lines === null) return this.busy ? html`<p class="quiet" role="status">${say('loading')}</p>` : nothing;
    if (lines.length === 0) return html`<p class="rules-card quiet">${say('audit_none')}</p>`;
    return html`<section class="rules-card"><p class="quiet" role="status">${say('audit_lines', { count: lines.length })}</p>
      <ol class="audit-lines">${lines.map((line) => html`<li class="audit-line">
      <small>${exact(Date.parse(line.at))}</small><span class="audit-who">${this.who(line.by)}${line.on_behalf_of ? html` <small>${say('audit_on_behalf')}</small> ${this.who(line.on_behalf_of)}` : nothing}</span>
      <span class="audit-said">${line[language()]}${line.failed ? html` <span class="mark mark-alarm">${say('audit_failed')}</span>` : nothing}${this.about(line.patient)}</span>
      ${this.beside(line)}</li>`)}</ol>
      ${next === null ? nothing : this.button(say('audit_more'), () => this.attempt(() => this.page()), { glyph: 'down' })}</section>`;
  }

  /** On which device, by which sign-in, and why, as somebody wrote it. @param {AuditLine} line */
  beside({ device, registered_device: registered, sign_in: signIn, reason }) {
    const where = [
      registered && say('audit_registered', { name: registered.name ?? say('audit_unnamed', { id: registered.id.slice(-ID_END_CHARS) }) }),
      device && say('audit_device', { name: device }),
      // Of two windows of the same browser the end of the id says which it was.
      signIn && say('audit_sign_in', { id: signIn.slice(-ID_END_CHARS) }),
    ].filter(Boolean);
    return html`${where.length ? html`<span class="audit-device">${icon('key')} ${where.join('・')}</span>` : nothing}
      ${reason ? html`<span class="audit-reason">${say('audit_reason', { reason })}</span>` : nothing}`;
  }

  /** @param {string | null} id */
  about(id) {
    const card = id ? this.cards.get(id) : undefined;
    return card ? html` <span class="mark">${icon('heart')}${card.name.kanji}</span>` : nothing;
  }

  /** Whose record somebody saw, and as what. @param {string} timeline @param {Who} by */
  whose(timeline, { role, organisation_name: office }) {
    const name = this.cards.get(timeline)?.name.kanji ?? (this.model.organisationName(timeline) || say('stat_unknown'));
    return html`<b>${name}</b> <small>${[role && word('role', role), office].filter(Boolean).join('・')}</small>`;
  }

  exposures() {
    const { exposed } = this;
    if (exposed === null) return this.busy ? html`<p class="quiet" role="status">${say('loading')}</p>` : nothing;
    if (exposed.lines.length + exposed.taken.length + exposed.unreadable === 0) return html`<p class="rules-card quiet">${say('seen_none')}</p>`;
    return html`<section class="rules-card">${exposed.more ? html`<p class="rules-warning">${icon('alarm')}<span>${say('seen_more')}</span></p>` : nothing}
      ${exposed.unreadable ? html`<p class="rules-warning">${icon('alarm')}<span>${say('seen_unreadable', { count: exposed.unreadable })}</span></p>` : nothing}
      <ol class="audit-lines">${exposed.taken.map(({ at, command, reason }) => html`<li class="audit-line"><span class="audit-who"><b>${takenWords(command ?? '')}</b></span>
      <span class="audit-said">${reason ?? ''}</span><small>${exact(Date.parse(at))}</small></li>`)}${exposed.lines.map((line) => this.exposedLine(line))}</ol></section>`;
  }

  /** @param {Exposed} line */
  exposedLine(line) {
    const { by, timeline, first_at: first, last_at: last, reads, by_emergency: emergency } = line;
    return html`<li class="audit-line">
      <span class="audit-who">${this.way === 'patient' ? this.who(by) : this.whose(timeline, by)}</span>
      <span class="audit-said">${say('seen_reads', { count: reads })}${emergency ? html` <span class="mark mark-alarm">${icon('alarm')}${say('seen_by_emergency')}</span>` : nothing}
        ${by.person ? html`<button class="button button-small button-text" type="button" @click=${() => this.eachReading(line)}>${icon('key')}<span>${say('seen_each')}</span></button>` : nothing}</span>
      <small>${exact(Date.parse(first))} – ${last ? exact(Date.parse(last)) : say('seen_goes_on')}</small></li>`;
  }

  exportForm() {
    return html`<details class="more"><summary>${icon('down')}<span>${say('audit_export')}</span></summary><form class="rules-card"
        @submit=${(/** @type {any} */ event) => this.take(event)}>
      <p class="rules-warning">${icon('eye')}<span>${say('audit_export_how')}</span></p>
      <label class="field rules-search"><span>${say('audit_format')}</span><select name="format">${FORMATS.map(([code, label]) => html`<option value=${code}>${label}</option>`)}</select></label>
      <label class="field"><span>${say('audit_export_why')}</span><textarea name="reason" rows="2" maxlength="1000" autocomplete="off"></textarea></label>
      <p><button class="button button-primary" type="submit" aria-disabled=${String(this.busy)}>${say('audit_export_do')}</button></p></form></details>`;
  }
}

customElements.define('renkei-console-audit', ConsoleAudit);
