// `<renkei-console-office>`: one office: whom to turn to, who is on duty, what it pledged; the people in it with the state of
// their accounts; its entry into the network, its data and its devices.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { isPerson, lastUse } from '../../console/accounts.js';
import { folded, katakana, spaced } from '../../console/names.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { localInput } from '../../dates.js';
import { inLanguage, word } from '../../language.js';
import { WORDS } from '../../words.js';
import { icon } from '../icons.js';
import { officeCare } from './office-care.js';
import { officeFacts } from './office-facts.js';
import { openDevices } from './offices.js';
import { Section, commas, none, primary } from './section.js';
import './contact-form.js';
import './office-entry.js';
import './office-form.js';
import './person.js';
import './roster.js';

/**
 * @typedef {import('../../console/calls.js').Office} Office
 * @typedef {import('../../console/calls.js').Person} Person
 * @typedef {import('../../console/calls.js').Account} Account
 */

const CALLS_MAX = 4;
const ROLES = Object.keys(WORDS.role).filter((role) => role !== 'gateway');
/** What mostly works in such an office stands first in the choice. @type {Record<string, string>} */
const USUAL = {
  clinic: 'doctor', hospital: 'doctor', nursing_station: 'nurse', pharmacy: 'pharmacist', dental_clinic: 'dentist', care_office: 'care_manager', home_help: 'helper',
  day_service: 'helper', support_centre: 'care_manager', municipality: 'municipality', secretariat: 'secretariat', home: 'family',
};

export class OfficePage extends Section {
  static properties = { ...Section.properties, office: { attribute: false }, people: { attribute: false } };

  constructor() {
    super();
    /** @type {Office} */
    this.office = /** @type {any} */ (undefined);
    /** @type {Person[]} */
    this.people = [];
    /** @type {import('../../console/calls.js').OfficeView | null} */
    this.view = null;
    /** `null`: the hub did not say. @type {Map<string, Account | null>} */
    this.accounts = new Map();
    /** Duties that the office itself owes. @type {import('../../console/calls.js').ListedDuty[] | null} */
    this.duties = null;
    /** Duties of the patients of whoever asks, whoever owes them. @type {any[] | null} */
    this.listed = null;
    this.adds = false;
    /** As typed for somebody to be added. */
    this.typed = '';
    this.addEventListener('account-changed', (/** @type {any} */ event) => this.loadAccount(event.detail));
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {Office | undefined} */ (changed.get('office'));
    if (changed.has('office') && before?.id !== this.office.id) {
      Object.assign(this, { view: null, accounts: new Map(), duties: null, listed: null, adds: false, done: '', trouble: '' });
      this.load();
    }
    if (changed.has('people')) this.loadAccounts();
  }

  get staff() {
    return this.people.filter(({ positions }) => positions.some(({ organisation }) => organisation === this.office.id))
      .sort((a, b) => Number(b.active) - Number(a.active) || a.name.kana.localeCompare(b.name.kana, 'ja'));
  }

  async load() {
    const { id } = this.office;
    await Promise.all([
      this.calls.officeView(id).then((view) => id === this.office.id && this.change({ view }), () => {}),
      this.calls.dutiesOf(id).then((duties) => id === this.office.id && this.change({ duties }), () => {}),
      this.isOurs ? this.lookAtCare() : nothing,
    ]);
  }

  /** Whether whoever looks acts for this very office, which is no secretariat's. */
  get isOurs() {
    return !this.model.isSecretariat && this.model.me?.organisation.id === this.office.id;
  }

  /** What the office owes for its patients; their names stand in the list that every page keeps. */
  async lookAtCare() {
    const { id } = this.office;
    const listed = await this.calls.openDuties().catch(() => null);
    for (const { rule, title } of listed ?? []) if (title) this.model.owing.titles.set(rule, title);
    if (listed && id === this.office.id) this.change({ listed });
  }

  freshen() {
    return this.isOurs ? this.lookAtCare() : undefined;
  }

  /** A few at a time. */
  async loadAccounts() {
    // A machine signs in with a key, and has no account to be asked for.
    const waiting = this.staff.filter((person) => isPerson(person) && !this.accounts.has(person.id)).map(({ id }) => id);
    await Promise.all(Array.from({ length: CALLS_MAX }, async () => {
      for (let id = waiting.shift(); id; id = waiting.shift()) await this.loadAccount(id);
    }));
  }

  /** @param {string} person */
  async loadAccount(person) {
    const account = await this.calls.account(person).catch(() => null);
    this.accounts.set(person, account);
    this.requestUpdate();
  }

  render() {
    const { office, model } = this;
    const many = model.isSecretariat || (model.me?.administers?.length ?? 0) > 1;
    return html`${many ? html`<a class="back-link" href=${hrefOf('offices')}>${icon('back')}<span>${say('section_offices')}</span></a>` : nothing}
      ${this.head(office.name, html`${word('organisation_type', office.type)}${office.phone ? html`・<a href="tel:${office.phone.replace(/[^\d+]/g, '')}">${office.phone}</a>` : nothing}
        ${office.active ? nothing : html`<span class="mark mark-restricted">${icon('stop')}<span>${say('office_inactive')}</span></span>`}`,
        html`<button class="button" type="button" @click=${() => openDevices(office.id)}>${icon('list')}<span>${say('devices')}</span></button>`)}
      ${this.outcome()}
      <div class="office-desk"><div class="office-people">${this.peopleCard()}</div><div class="office-side">
        ${office.type === 'home' ? nothing : html`<div @view-changed=${() => this.load()}>${officeFacts(this, this.view)}</div>`}${this.dutiesCard()}
        ${model.isSecretariat ? html`${office.type === 'home' ? nothing : html`<renkei-console-office-entry .model=${model} .office=${office} .view=${this.view}
          @view-changed=${() => this.load()}></renkei-console-office-entry>`}<details class="card more"><summary><h2>${icon('edit')}<span>${say('office_change')}</span></h2></summary>
          <renkei-console-office-form .model=${model} .office=${office}></renkei-console-office-form></details>` : nothing}</div>
        ${officeCare(this)}
        ${office.type === 'home' ? nothing : html`<renkei-console-roster .model=${model} .office=${office} .staff=${this.staff} @view-changed=${() => this.load()}></renkei-console-roster>`}</div>`;
  }

  peopleCard() {
    const { staff } = this;
    const idle = staff.filter((person) => isPerson(person) && this.accounts.get(person.id)?.is_set_up === false && !lastUse(this.accounts.get(person.id))).length;
    return html`<section class="card"><h2>${icon('team')}<span>${say('people')}</span><b class="count">${staff.length}</b></h2>
      ${idle ? html`<p class="mark mark-restricted">${icon('wait')}<span>${say('without_account', { count: idle })}</span></p>` : nothing}
      ${staff.length === 0 ? none('team', say('people_none'), say('people_none_how')) : html`<ul class="lines">${repeat(staff, ({ id }) => id, (person) => html`<li>
        <renkei-console-person .model=${this.model} .office=${this.office} .person=${person} .account=${this.accounts.get(person.id)}></renkei-console-person></li>`)}</ul>`}
      ${this.adds ? this.addForm() : html`<div class="device-acts"><button class="button button-primary" type="button" @click=${() => this.beginAdding()}>${icon('plus')}<span>${say('person_add')}</span></button></div>`}</section>`;
  }

  beginAdding() {
    this.change({ adds: true, typed: '', done: '', trouble: '' });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.add-person input'))?.focus());
  }

  addForm() {
    const usual = USUAL[this.office.type] ?? '';
    return html`<form class="add-person device-revoke" @submit=${(/** @type {any} */ event) => this.add(event)}><h3>${say('person_add')}</h3>
      <div class="fields-two"><label class="field">${say('name')}<input name="kanji" required maxlength="100" autocomplete="off" placeholder=${say('name_how')} @input=${(/** @type {any} */ event) => this.change({ typed: event.target.value })}></label>
        <label class="field">${say('kana')}<input name="kana" required maxlength="100" autocomplete="off" placeholder=${say('kana_how')}></label>
        <label class="field">${say('role')}<select name="role" required>${ROLES.map((role) => html`<option value=${role} ?selected=${role === usual}>${word('role', role)}</option>`)}</select></label></div>
      ${this.namesakes()}
      <span class="device-acts">${primary({ busy: this.busy, words: say('person_add_do') })}<button class="button" type="button" @click=${() => this.change({ adds: false })}>${say('cancel')}</button></span></form>`;
  }

  /** Somebody of this name works elsewhere: they may be meant, and need no second account. */
  namesakes() {
    const wanted = folded(this.typed);
    const found = wanted.length < 2 || !this.model.isSecretariat ? [] : this.people.filter(({ name, positions, active }) => active
      && folded(name.kanji) === wanted && !positions.some(({ organisation }) => organisation === this.office.id));
    if (found.length === 0) return html`<div class="alike-none" role="status"></div>`;
    return html`<div class="alike" role="status"><h3>${icon('alarm')}<span>${say('namesakes')}</span></h3><ul>${found.map((person) => html`<li class="alike-row"><p><b>${person.name.kanji}</b> <small class="quiet">${person.name.kana}</small><br>
      <small>${commas(person.positions.map(({ role, organisation }) => `${word('role', role)}・${this.officeName(organisation)}`))}</small></p>
      <button class="button button-small" type="button" aria-disabled=${String(this.busy)} @click=${(/** @type {any} */ event) => this.addKnown(person, event.target.closest('form'))}>${say('namesake_add')}</button></li>`)}</ul></div>`;
  }

  /** @param {Person} person @param {HTMLFormElement} form */
  addKnown(person, form) {
    const role = String(new FormData(form).get('role'));
    this.attempt(async () => {
      await this.calls.savePerson({ ...person, positions: [...person.positions, { role, organisation: this.office.id }] });
      this.adds = false;
      this.officeChanged();
    }, say('namesake_added', { name: person.name.kanji }));
  }

  /** @param {any} event */
  add(event) {
    event.preventDefault();
    const fields = new FormData(event.target);
    const name = { kanji: spaced(String(fields.get('kanji'))), kana: katakana(String(fields.get('kana'))) };
    this.attempt(async () => {
      await this.calls.addStaff(this.office.id, { name, role: String(fields.get('role')) });
      this.adds = false;
      this.officeChanged();
    }, say('person_added', { name: name.kanji }));
  }

  officeChanged() {
    this.dispatchEvent(new CustomEvent('office-changed', { bubbles: true }));
  }

  dutiesCard() {
    const { duties } = this;
    if (!duties || duties.length === 0) return nothing;
    const now = this.model.clock.now();
    return html`<section class="card"><h2>${icon('clock')}<span>${say('office_duties')}</span><b class="count">${duties.length}</b></h2>
      <ul class="tile-lines">${duties.map(({ title, due }) => html`<li>${inLanguage(title)} <small class="quiet">${say(Date.parse(due) < now ? 'due_was' : 'due_until', { at: localInput(Date.parse(due)).replace('T', ' ') })}</small></li>`)}</ul></section>`;
  }
}

customElements.define('renkei-console-office', OfficePage);
