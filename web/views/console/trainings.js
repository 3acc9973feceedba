// `<renkei-console-trainings>`: which trainings there were, who was there, and who was at none of a kind. Entered by the
// secretariat; an office's administrator sees those of their people.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { TRAINING_KINDS, say } from '../../board-phrases.js';
import { calendarDate, localInput } from '../../dates.js';
import { folded } from '../../fold.js';
import { inLanguage, language, word } from '../../language.js';
import { icon } from '../icons.js';
import { Section, none, primary } from './section.js';

/**
 * @typedef {import('../../board.js').Training} Training
 * @typedef {import('../../board.js').Attendance} Attendance
 * @typedef {{id: string, name: {kanji: string, kana: string}, positions: {role: string, organisation: string}[], active: boolean}} Person
 */

const FOUND_MAX = 8;
const STATES = /** @type {const} */ (['expected', 'attended', 'absent']);
const kinds = () => TRAINING_KINDS.map(([code, ja, en]) => /** @type {const} */ ([code, language() === 'ja' ? ja : en]));

export class Trainings extends Section {
  constructor() {
    super();
    /** @type {Training[] | null} */
    this.trainings = null;
    this.adds = false;
    this.open = '';
    this.changing = '';
    /** As typed; a field that was not touched is not here. @type {Record<string, string>} */
    this.typed = {};
    /** @type {Person[]} */
    this.people = [];
    this.query = '';
    this.kind = 'rules';
    /** @type {Person[] | null} */
    this.missing = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load());
  }

  async load() {
    await this.model.refreshDirectory();
    const [{ trainings }, { people }] = await Promise.all([this.model.rest.call('GET', '/trainings'), this.model.rest.call('GET', '/people')]);
    Object.assign(this, { trainings, people });
    await this.lookForMissing();
  }

  async lookForMissing() {
    ({ people: this.missing } = await this.model.rest.call('GET', `/trainings/missing?kind=${this.kind}`));
  }

  render() {
    const add = this.model.isSecretariat && !this.adds ? html`<button class="button button-primary" type="button" @click=${() => this.change({ adds: true, changing: '', typed: {} })}>${icon('plus')}<span>${say('training_new')}</span></button>` : nothing;
    const how = this.model.isSecretariat ? [say('none_training'), say('none_training_how')] : [say('none_training_office'), nothing];
    return html`${this.head(say('trainings'), say('training_lead'), add)}${this.outcome()}
      ${this.adds ? this.form() : nothing}
      ${this.trainings === null ? html`<p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p>`
        : this.trainings.length === 0 ? none('team', /** @type {string} */ (how[0]), how[1])
          : html`<ul class="cards">${repeat(this.trainings, ({ id }) => id, (one) => this.one(one))}</ul>`}
      ${this.missingPart()}`;
  }

  /** @param {Training} [of] */
  form(of) {
    const day = of?.day ?? localInput(this.model.clock.now()).slice(0, 10);
    const lacking = this.lackingIn(of, day);
    return html`<form class="card training-form" novalidate @input=${(/** @type {any} */ { target }) => this.type(target)} @submit=${(/** @type {any} */ event) => this.save(event, of)}><h2>${icon(of ? 'edit' : 'plus')}<span>${say(of ? 'training_change' : 'training_new')}</span></h2>
      <label class="field">${say('training_title')}<input name="title" required maxlength="100" autocomplete="off" .value=${of?.title ?? ''}></label>
      <div class="fields-two"><label class="field">${say('training_kind')}<select name="kind">${kinds().map(([code, words]) => html`<option value=${code} ?selected=${code === of?.kind}>${words}</option>`)}</select></label>
        <label class="field">${say('training_day')}<input name="day" type="date" required .value=${day}></label></div>
      <span class="device-acts">${primary({ busy: this.busy, unsaid: lacking.length > 0, words: say('training_do') })}<button class="button" type="button" @click=${() => this.change({ adds: false, changing: '', typed: {} })}>${say('cancel')}</button>
        ${lacking.length ? html`<small class="quiet">${say('lacking', { fields: lacking.join('・') })}</small>` : nothing}</span></form>`;
  }

  /** @param {{name: string, value: string}} field */
  type({ name, value }) {
    this.change({ typed: { ...this.typed, [name]: value } });
  }

  /** What it still needs, in words. @param {Training | undefined} of @param {string} day */
  lackingIn(of, day) {
    const { typed } = this;
    return [...((typed.title ?? of?.title ?? '').trim() ? [] : [say('training_title')]), ...(typed.day ?? day ? [] : [say('training_day')])];
  }

  /** A form in which nothing was typed is not found open by whoever comes back. */
  disconnectedCallback() {
    super.disconnectedCallback();
    if (!Object.values(this.typed).some((value) => value.trim())) Object.assign(this, { adds: false, changing: '' });
  }

  /** @param {any} event @param {Training} [of] */
  save(event, of) {
    event.preventDefault();
    if (this.lackingIn(of, of?.day ?? '-').length > 0) return;
    const fields = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, String(value)]));
    this.attempt(async () => {
      const { rest } = this.model;
      if (of) await rest.call('PUT', `/trainings/${of.id}`, { ...fields, is_cancelled: of.is_cancelled });
      else ({ id: this.open } = await rest.call('POST', '/trainings', fields));
      Object.assign(this, { adds: false, changing: '', typed: {} });
      await this.settled();
    }, say(of ? 'training_saved' : 'training_done'));
  }

  async settled() {
    await this.load();
    await this.model.board?.look();
  }

  /** @param {Training} one */
  one(one) {
    const { id, title, day, kind_label: kind, is_cancelled: isCancelled, attendance } = one;
    const isOpen = this.open === id;
    const count = (/** @type {string} */ state) => attendance.filter((at) => at.state === state).length;
    return html`<li class="card">
      <button class="person-head" type="button" aria-expanded=${String(isOpen)} aria-controls="training-${id}" @click=${() => this.change({ open: isOpen ? '' : id, changing: '', query: '' })}>
        ${icon('team')}<span class="person-name"><b>${title}</b> <small>${calendarDate(day)}</small> <small>${inLanguage(kind)}</small>
          <small>${say('attendance', { attended: count('attended'), expected: count('expected'), absent: count('absent') })}</small></span>
        ${isCancelled ? html`<span class="mark mark-restricted">${icon('stop')}<span>${say('cancelled')}</span></span>` : nothing}</button>
      <div id="training-${id}" ?hidden=${!isOpen}>${isOpen ? this.body(one) : nothing}</div></li>`;
  }

  /** @param {Training} one */
  body(one) {
    const { attendance } = one;
    if (!this.model.isSecretariat) return html`<ul class="attendance">${attendance.map(({ person, name, label }) => html`<li><b>${name.kanji}<small>${this.positionsOf(person)}</small></b><span class="mark">${inLanguage(label)}</span></li>`)}</ul>`;
    if (this.changing === one.id) return this.form(one);
    return html`<div class="cards">
      ${attendance.length === 0 ? html`<p class="quiet">${say('no_people')}</p>` : html`<ul class="attendance">${repeat(attendance, ({ person }) => person, (at) => this.person(one, at))}</ul>`}
      ${this.expectedAt(one.id).length > 1 ? html`<span class="device-acts"><button class="button" type="button" @click=${() => this.note(one, () => this.expectedAt(one.id).map(({ person }) => ({ person, state: 'attended' })))}>${icon('check')}<span>${say('all_attended')}</span></button></span>` : nothing}
      ${this.adding(one)}
      <span class="device-acts"><button class="button" type="button" @click=${() => this.change({ changing: one.id, adds: false, typed: {} })}>${icon('edit')}<span>${say('training_change')}</span></button>
        <button class="button" type="button" @click=${() => this.cancel(one)}>${icon('stop')}<span>${say(one.is_cancelled ? 'cancel_undo' : 'cancel_training')}</span></button></span></div>`;
  }

  /** @param {Training} one @param {Attendance} at */
  person(one, { person, name, state }) {
    return html`<li><b>${name.kanji}<small>${this.positionsOf(person)}</small></b>
      <select aria-label=${say('state_of', { name: name.kanji })} @change=${(/** @type {any} */ { target: { value } }) => this.note(one, () => [{ person, state: value }])}>
        ${STATES.map((code) => html`<option value=${code} ?selected=${code === state}>${say(code)}</option>`)}</select>
      <button class="button button-small" type="button" aria-label=${say('remove_person', { name: name.kanji })} @click=${() => this.note(one, () => [{ person, state: null }])}>${icon('close')}</button></li>`;
  }

  /** @param {string} id */
  positionsOf(id) {
    const person = this.people.find((one) => one.id === id);
    return (person?.positions ?? []).map(({ role, organisation }) => `${word('role', role)}・${this.officeName(organisation)}`).join(' / ');
  }

  /** @param {Training} one */
  adding(one) {
    const listed = new Set(one.attendance.map(({ person }) => person));
    const query = folded(this.query);
    const found = query ? this.people.filter(({ id, name, active }) => active && !listed.has(id) && [name.kanji, name.kana].some((part) => folded(part).includes(query))).slice(0, FOUND_MAX) : [];
    const offices = [...this.model.organisations.values()].filter(({ type }) => type !== 'home');
    return html`<div class="fields-two"><div class="group-search"><label class="field">${say('add_person')}<input type="search" autocomplete="off" placeholder=${say('add_person_how')} .value=${this.query} @input=${(/** @type {any} */ event) => this.change({ query: event.target.value })}></label>
        ${found.length ? html`<ul class="attendance">${found.map(({ id, name }) => html`<li><b>${name.kanji}<small>${this.positionsOf(id)}</small></b>
          <button class="button button-small" type="button" @click=${() => this.note(one, () => [{ person: id, state: 'expected' }])}>${icon('plus')}<span>${say('expected')}<span class="unseen"> ${name.kanji}</span></span></button></li>`)}</ul>` : nothing}</div>
      <label class="field">${say('add_office')}<select @change=${(/** @type {any} */ event) => this.addOffice(one, event)}><option value="">${say('audience_office_none')}</option>${offices.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select></label></div>`;
  }

  /** @param {Training} one @param {any} event */
  addOffice(one, event) {
    const { value } = event.target;
    event.target.value = '';
    if (!value) return;
    this.attempt(async () => {
      await this.model.rest.call('PUT', `/trainings/${one.id}/attendance`, { offices: [value] });
      await this.settled();
    }, say('added_office', { name: this.officeName(value) }));
  }

  /** Who is expected by now: what was noted a moment ago counts. @param {string} id */
  expectedAt(id) {
    return (this.trainings?.find((one) => one.id === id)?.attendance ?? []).filter(({ state }) => state === 'expected');
  }

  /** @param {Training} one @param {() => {person: string, state: string | null}[]} people as it is when it is their turn */
  note(one, people) {
    this.attempt(async () => {
      const noted = people();
      if (noted.length > 0) await this.model.rest.call('PUT', `/trainings/${one.id}/attendance`, { people: noted });
      this.query = '';
      await this.settled();
    }, say('attendance_noted'));
  }

  /** @param {Training} one */
  cancel({ id, title, kind, day, is_cancelled: isCancelled }) {
    this.attempt(async () => {
      await this.model.rest.call('PUT', `/trainings/${id}`, { title, kind, day, is_cancelled: !isCancelled });
      await this.settled();
    }, say('training_saved'));
  }

  missingPart() {
    const choose = (/** @type {any} */ event) => {
      this.kind = event.target.value;
      this.attempt(() => this.lookForMissing());
    };
    const { missing } = this;
    return html`<section class="card training-missing"><h2>${icon('search')}<span>${say('missing')}</span></h2>
      <div class="fields-two"><label class="field">${say('training_kind')}<select @change=${choose}>${kinds().map(([code, words]) => html`<option value=${code} ?selected=${code === this.kind}>${words}</option>`)}</select></label>
        <span class="device-acts"><button class="button" type="button" @click=${() => this.saveTable()}>${icon('down')}<span>${say('missing_csv')}</span></button></span></div>
      ${missing === null ? nothing : missing.length === 0 ? html`<p>${icon('check')} ${say('missing_none')}</p>` : html`<p class="quiet">${say('missing_people', { count: missing.length })}</p>
        <ul class="attendance">${missing.map(({ name, positions }) => html`<li><b>${name.kanji}<small>${positions.map(({ role, organisation }) => `${word('role', role)}・${this.officeName(organisation)}`).join(' / ')}</small></b></li>`)}</ul>`}</section>`;
  }

  saveTable() {
    this.attempt(async () => {
      const response = await this.model.rest.fetch('GET', `/trainings/missing.csv?kind=${this.kind}`, 15_000);
      const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(await response.blob()), download: `training-missing-${this.kind}.csv` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    });
  }
}

customElements.define('renkei-console-trainings', Trainings);
