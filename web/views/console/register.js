// `<renkei-console-register>`: a patient is registered on one page in three short steps: who, the attending doctor, consent and
// host office. While it is typed, people who are registered already and may be the same are shown.

import { html, live, nothing } from '../../vendor/lit.js';
import { ACCEPTED } from '../../attaching.js';
import { folded, isNoDay, likeness } from '../../console/names.js';
import { Registering } from '../../console/registering.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { age, calendarDate, localInput } from '../../dates.js';
import { word } from '../../language.js';
import { icon } from '../icons.js';
import { consentTerms, lastFormVersion, rememberFormVersion } from './consent-terms.js';
import { Section, buttonWords, choices, holdsOf, primary } from './section.js';

const CHECK_PAUSE_MS = 350;
const DOCTORS_SHOWN_MAX = 8;
const DOCTORS = new Set(['doctor', 'dentist']);
const SEXES = ['female', 'male', 'other', 'unknown'];

/**
 * @typedef {import('../../console/calls.js').Patient} Patient
 * @typedef {{person: string, office: string, role: string}} Doctor
 */

export class Register extends Section {
  constructor() {
    super();
    /** @type {{patient: Patient, how: 'same' | 'birth_date' | 'name'}[]} */
    this.alike = [];
    /** How many may be the same and have a record that does not open. */
    this.unreadable = 0;
    this.isAnother = false;
    this.doctorQuery = '';
    this.asked = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    const today = localInput(this.model.clock.now()).slice(0, 10);
    this.registering = new Registering(this.model, this.calls, () => this.requestUpdate(), today);
    this.registering.formVersion = lastFormVersion();
    this.model.refreshDirectory();
  }

  get draft() {
    return /** @type {Registering} */ (this.registering);
  }

  /** @param {Partial<Registering>} change */
  type(change) {
    Object.assign(this.draft, change);
    this.draft.act.edited();
    this.change({ trouble: '' });
    if ('kanji' in change || 'kana' in change || 'birth' in change) this.checkSoon();
  }

  checkSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), CHECK_PAUSE_MS);
  }

  /** Asks for whoever has the name or the birth date. */
  async check() {
    this.asked += 1;
    const { asked, draft } = this;
    const typed = { kanji: draft.kanji, kana: draft.kana, birthDate: draft.birthDate, sex: draft.sex };
    const searches = [typed.birthDate ? { birth_date: typed.birthDate } : null, ...[typed.kanji, typed.kana].map((q) => (folded(q).length >= 2 ? { q: q.trim() } : null))];
    try {
      const answers = await Promise.all(searches.map((search) => (search ? this.calls.patients(search) : null)));
      if (asked !== this.asked) return;
      const found = new Map(answers.flatMap((answer) => answer?.patients ?? []).map((patient) => [patient.id, patient]));
      const rank = { same: 0, birth_date: 1, name: 2, '': 3 };
      this.alike = /** @type {any} */ ([...found.values()].map((patient) => ({ patient, how: likeness(typed, patient) }))
        .filter(({ how }) => how).sort((a, b) => rank[a.how] - rank[b.how]));
      // One record answers to a name and a birth date.
      this.change({ isAnother: false, unreadable: Math.max(0, ...answers.map((answer) => answer?.unreadable ?? 0)) });
    } catch (/** @type {any} */ error) {
      this.model.failed(error);
    }
  }

  get isDoubled() {
    return this.alike.some(({ how }) => how === 'same');
  }

  render() {
    const { draft } = this;
    return html`<a class="back-link" href=${hrefOf('patients')}>${icon('back')}<span>${say('section_patients')}</span></a>
      ${this.head(say('register'), say('register_lead'))}
      <form class="register" @submit=${this.submit} novalidate>
        ${this.who()}${this.attending()}${this.agreeing()}
        <section class="card register-end">${holdsOf(draft.act, { held: say('held_register') })}${this.steps()}${this.outcome()}
          <div class="register-foot">${this.missing()}<div class="device-acts">${primary({ busy: this.busy, unsaid: !this.isReady, words: buttonWords(draft.act, say('register_do')) })}
          <a class="button" href=${hrefOf('patients')}>${say('cancel')}</a></div></div></section>
      </form>`;
  }

  get isReady() {
    return this.draft.missing.length === 0 && !this.draft.fileFault && (!this.isDoubled || this.isAnother);
  }

  who() {
    const { draft } = this;
    const birthDate = draft.birthDate;
    const noDay = isNoDay(draft.birth);
    return html`<section class="card"><h2><span class="step">1</span>${say('register_who')}</h2>
      <div class="fields-two">
        <label class="field">${say('name')}<input name="kanji" autocomplete="off" maxlength="100" placeholder=${say('name_how')} .value=${live(draft.kanji)}
          @input=${(/** @type {any} */ event) => this.type({ kanji: event.target.value })}></label>
        <label class="field">${say('kana')}<input name="kana" autocomplete="off" maxlength="100" placeholder=${say('kana_how')} .value=${live(draft.kana)}
          @input=${(/** @type {any} */ event) => this.type({ kana: event.target.value })}></label>
        <div class="field"><label for="register-birth">${say('birth_date')}</label><input id="register-birth" name="birth" autocomplete="off" placeholder=${say('birth_date_how')} .value=${live(draft.birth)} aria-describedby="birth-read"
          aria-invalid=${String(noDay || (draft.birth.trim().length > 5 && !birthDate))} @input=${(/** @type {any} */ event) => this.type({ birth: event.target.value })}>
          <small id="birth-read" class=${noDay ? 'field-error' : 'quiet'} aria-live="polite">${noDay ? html`${icon('alarm')}<span>${say('birth_date_none')}</span>` : birthDate ? `${calendarDate(birthDate)}・${say('years', { count: age(birthDate) })}` : say('birth_date_examples')}</small></div>
        ${choices('sex', say('sex'), SEXES.map((sex) => [sex, word('sex', sex)]), draft.sex, (sex) => this.type({ sex }))}
      </div>
      <label class="choice-line"><input type="checkbox" .checked=${live(draft.inFacility)} @change=${(/** @type {any} */ event) => this.type({ inFacility: event.target.checked })}><span>${say('in_facility')}</span></label>
      <label class="choice-line"><input type="checkbox" .checked=${live(draft.forTraining)} @change=${(/** @type {any} */ event) => this.train(event.target.checked)}><span>${say('for_training')}</span></label>
      ${this.alikes()}</section>`;
  }

  /** The hub takes none whose name does not say so. @param {boolean} forTraining */
  train(forTraining) {
    const plain = this.draft.kanji.replace(/^研修用[\s　]*/, '');
    this.type({ forTraining, kanji: forTraining ? `研修用 ${plain}` : plain });
  }

  alikes() {
    const unread = this.unreadable ? html`<p class="notice notice-warning" role="status">${icon('alarm')}<span>${say('alike_unreadable', { count: this.unreadable })}</span></p>` : nothing;
    if (this.alike.length === 0) return html`${unread}<div class="alike-none" role="status"></div>`;
    return html`${unread}<div class="alike ${this.isDoubled ? 'alike-same' : ''}" role="status"><h3>${icon('alarm')}<span>${say(this.isDoubled ? 'alike_same' : 'alike_some')}</span></h3>
      <ul class="lines">${this.alike.slice(0, 6).map(({ patient: { id, name, birth_date: birthDate, sex, team, identifiers }, how }) => html`<li class="alike-row">
        <p><b>${name.kanji}</b> <small class="quiet">${name.kana}</small> <span class="mark">${say(how === 'same' ? 'alike_how_same' : `alike_${how}`)}</span><br>
          <small>${calendarDate(birthDate)}・${word('sex', sex)}${team?.find((link) => link.host) ? `・${this.officeName(team.find((link) => link.host)?.organisation ?? '')}` : ''}${
            identifiers?.length ? `・${identifiers.map(({ value }) => value).join('・')}` : ''}</small></p>
        <a class="button button-small" href=${hrefOf('patients', id)}>${say('alike_open')}</a></li>`)}</ul>
      ${this.isDoubled ? html`<label class="choice-line"><input type="checkbox" .checked=${live(this.isAnother)} @change=${(/** @type {any} */ event) => this.change({ isAnother: event.target.checked })}>
        <span>${say('alike_another')}</span></label>` : nothing}</div>`;
  }

  /** Doctors and dentists of the region, with the office they work for. @returns {Doctor[]} */
  doctors() {
    const wanted = folded(this.doctorQuery);
    return [...this.model.people.values()].flatMap((/** @type {any} */ person) => (person.active === false ? [] : (person.positions ?? [])
      .filter((/** @type {any} */ one) => DOCTORS.has(one.role)).map((/** @type {any} */ one) => ({ person: person.id, office: one.organisation, role: one.role }))))
      .filter(({ person, office }) => !wanted || [this.personName(person), /** @type {any} */ (this.model.people.get(person)?.name)?.kana ?? '', this.officeName(office)]
        .some((text) => folded(text).includes(wanted)));
  }

  attending() {
    const { draft } = this;
    return html`<section class="card"><h2><span class="step">2</span>${say('register_doctor')}</h2>
      ${draft.doctor ? html`<p class="chosen">${icon('check')}<span><b>${this.personName(draft.doctor)}</b> <small class="quiet">${this.officeName(draft.doctorOffice)}</small></span>
          <button class="button button-small" type="button" @click=${() => this.type({ doctor: '', doctorOffice: '' })}>${say('choose_another')}</button></p>` : this.doctorPicker()}
      ${choices('way', say('doctor_way'), [['ask', say('doctor_ask')], ['paper', say('doctor_paper')]], draft.way, (way) => this.type({ way: /** @type {any} */ (way) }))}
      <p class="quiet">${say(draft.way === 'ask' ? 'doctor_ask_how' : 'doctor_paper_how')}</p>
      ${draft.way === 'paper' ? this.kept('paper', say('doctor_paper_kept'), say('doctor_paper_default')) : nothing}
      ${this.kept('application', say('application'), say('application_default'))}</section>`;
  }

  doctorPicker() {
    const found = this.doctors();
    return html`<div class="field"><label class="search">${icon('search')}<span class="unseen">${say('doctor_search')}</span>
        <input type="search" autocomplete="off" placeholder=${say('doctor_search')} .value=${this.doctorQuery} @input=${(/** @type {any} */ event) => this.change({ doctorQuery: event.target.value })}></label>
      ${found.length === 0 ? html`<p class="quiet">${say('doctor_none')} <a href=${hrefOf('offices')}>${say('section_offices')}</a></p>` : html`<ul class="pick-list">${found.slice(0, DOCTORS_SHOWN_MAX).map(({ person, office, role }) => html`<li>
        <button class="button pick" type="button" @click=${() => this.type({ doctor: person, doctorOffice: office })}><span><b>${this.personName(person)}</b>
          <small>${word('role', role)}・${this.officeName(office)}</small></span></button></li>`)}</ul>`}
      ${found.length > DOCTORS_SHOWN_MAX ? html`<small class="quiet">${say('narrow_search', { count: found.length - DOCTORS_SHOWN_MAX })}</small>` : nothing}</div>`;
  }

  /** Where a paper is kept, with what it mostly is to tap. @param {'paper' | 'application' | 'consentKept'} field @param {string} label @param {string} usual */
  kept(field, label, usual) {
    const { draft } = this;
    return html`<div class="kept"><label class="field">${label}<input name=${field} autocomplete="off" maxlength="1000" placeholder=${say('kept_how')} .value=${live(draft[field])}
        @input=${(/** @type {any} */ event) => this.type({ [field]: event.target.value })}></label>
      ${draft[field] === usual ? nothing : html`<button class="button button-small" type="button" @click=${() => this.type({ [field]: usual })}>${icon('plus')}<span>${usual}</span></button>`}</div>`;
  }

  agreeing() {
    const { draft } = this;
    const offices = [...this.model.organisations.values()].filter((/** @type {any} */ one) => one.active !== false && one.type !== 'home' && one.type !== 'secretariat');
    const isOther = draft.way === 'ask' && draft.hostOffice !== '' && draft.hostOffice !== draft.doctorOffice;
    return html`<section class="card"><h2><span class="step">3</span>${say('register_consent')}</h2>
      <div class="fields-two">
        ${choices('given-by', say('given_by'), [['patient', word('consent_giver', 'patient')], ['proxy', word('consent_giver', 'proxy')]], draft.givenBy, (givenBy) => this.type({ givenBy: /** @type {any} */ (givenBy) }))}
        <label class="field">${say('given_on')}<input type="date" name="given-on" .value=${live(draft.givenOn)} @change=${(/** @type {any} */ event) => this.type({ givenOn: event.target.value })}></label></div>
      ${this.kept('consentKept', say('document'), say('document_default'))}
      ${consentTerms(draft, (change) => this.type(change))}
      <div class="kept">${draft.file ? html`<p class="chosen">${icon('clip')}<span>${draft.file.name}</span><button class="button button-small" type="button" @click=${() => this.type({ file: null })}>${say('remove')}</button></p>`
        : html`<label class="button button-small attach-pick">${icon('clip')}<span>${say('document_file')}</span><input class="unseen" type="file" accept=${ACCEPTED}
          @change=${(/** @type {any} */ event) => this.type({ file: event.target.files[0] ?? null })}></label><small class="quiet">${say('document_file_how')}</small>`}
        ${draft.fileFault ? html`<p class="field-error" role="alert">${icon('alarm')}<span>${say(/** @type {any} */ (draft.fileFault))}</span></p>` : nothing}</div>
      <div class="field"><label for="register-host">${say('host')}</label><select id="register-host" name="host" aria-describedby="host-how" .value=${live(draft.hostOffice)} @change=${(/** @type {any} */ event) => this.type({ hostOffice: event.target.value })}>
        <option value="" ?selected=${draft.hostOffice === ''}>${say('host_doctor', { name: draft.doctorOffice ? this.officeName(draft.doctorOffice) : '' })}</option>
        ${offices.map(({ id, name }) => html`<option value=${id} ?selected=${draft.hostOffice === id}>${name}</option>`)}</select>
        <small id="host-how" class="quiet">${say(isOther ? 'host_waits' : 'host_how')}</small></div></section>`;
  }

  /** What is done already, when it goes one after the other. */
  steps() {
    const { done, isStepwise, patient } = this.draft;
    if (!isStepwise || done.size === 0) return nothing;
    return html`<div class="notice notice-warning"><div><p>${say('register_partly')}</p><ul>${/** @type {const} */ (['registration', 'consent', 'host']).map((step) => html`<li>${icon(done.has(step) ? 'check' : 'wait')}
      ${say(/** @type {any} */ (`step_${step}`))}：${say(done.has(step) ? 'step_done' : 'step_open')}</li>`)}</ul><a href=${hrefOf('patients', patient)}>${say('register_partly_open')}</a></div></div>`;
  }

  missing() {
    const missing = [...this.draft.missing, ...(this.isDoubled && !this.isAnother ? ['another'] : [])];
    if (missing.length === 0) return nothing;
    return html`<p class="quiet">${say('still_missing')} ${missing.map((name) => say(/** @type {any} */ (`missing_${name}`))).join('・')}</p>`;
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    if (!this.isReady) return;
    this.attempt(async () => {
      const patient = await this.draft.send();
      if (patient === null) return null;
      rememberFormVersion(this.draft.formVersion);
      location.hash = hrefOf('patients', patient);
      return undefined;
    });
  }
}

customElements.define('renkei-console-register', Register);
