// `<renkei-console-offices>`: the offices of the region by sort, with the people in them; and one office with everything about
// it. An office's administrator has their own office here and nothing else.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { Accounts } from '../../console/accounts.js';
import { folded } from '../../console/names.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { moment } from '../../dates.js';
import { word } from '../../language.js';
import { WORDS } from '../../words.js';
import { icon } from '../icons.js';
import { Section, none } from './section.js';
import './office.js';
import './office-form.js';
import { openPerson } from './person.js';

/** @typedef {import('../../console/calls.js').Office} Office @typedef {import('../../console/calls.js').Person} Person */

const NEW = 'new';
const ACTS = /** @type {const} */ ({ none: 'invite', invited: 'invite_again', idle: 'alike_open' });
const TYPES = Object.keys(WORDS.organisation_type);

export class Offices extends Section {
  constructor() {
    super();
    /** @type {Office[] | null} */
    this.offices = null;
    /** @type {Person[]} */
    this.people = [];
    this.query = '';
    /** Looked through when asked for. @type {import('../../console/accounts.js').Accounts | null} */
    this.accounts = null;
    this.addEventListener('office-changed', () => this.load());
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) this.load();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('item')) this.load();
  }

  async load() {
    try {
      const [offices, people] = await Promise.all([this.calls.offices(), this.calls.people()]);
      this.change({ offices, people, trouble: '' });
      await this.refreshDirectory();
    } catch (/** @type {any} */ error) {
      this.change({ trouble: say('failed') });
      this.model.failed(error);
    }
  }

  /** The office of the address; of an administrator their own, whatever the address says. @returns {string} */
  get chosen() {
    const own = this.model.me?.administers ?? [];
    if (this.model.isSecretariat) return this.item;
    return own.includes(this.item) || own.length > 1 ? this.item : own[0] ?? '';
  }

  render() {
    const { model, chosen, offices, people } = this;
    if (chosen === NEW && model.isSecretariat) {
      return html`<a class="back-link" href=${hrefOf('offices')}>${icon('back')}<span>${say('section_offices')}</span></a>
        ${this.head(say('office_new'))}<renkei-console-office-form .model=${model} .office=${null}></renkei-console-office-form>`;
    }
    const office = offices?.find(({ id }) => id === chosen);
    if (chosen && office) return html`<renkei-console-office .model=${model} .office=${office} .people=${people}></renkei-console-office>`;
    if (chosen) return html`${this.outcome()}${offices === null ? html`<p class="quiet">${say('loading')}</p>` : none('office', say('office_none'), html`<a href=${hrefOf('offices')}>${say('section_offices')}</a>`)}`;
    const acts = html`<a class="button button-primary" href=${hrefOf('offices', NEW)}>${icon('plus')}<span>${say('office_new')}</span></a>
      <button class="button" type="button" aria-disabled=${String(this.accounts?.isLooking ?? false)} @click=${() => this.lookThrough()}>${icon('eye')}<span>${say('accounts_look')}</span></button>
      <button class="button" type="button" @click=${() => openDevices()}>${icon('list')}<span>${say('devices')}</span></button>`;
    return html`${this.head(say(model.isSecretariat ? 'section_offices' : 'section_our_office'), say('offices_lead'), model.isSecretariat ? acts : nothing)}${this.outcome()}
      <label class="search console-search-one">${icon('search')}<span class="unseen">${say('offices_search')}</span><input type="search" autocomplete="off" placeholder=${say('offices_search')} .value=${this.query}
        @input=${(/** @type {any} */ event) => this.change({ query: event.target.value })}></label>
      ${this.without()}${offices === null ? html`<p class="quiet">${say('loading')}</p>` : this.list(this.mine(offices))}`;
  }

  lookThrough() {
    if (this.accounts?.isLooking) return;
    this.accounts = new Accounts(this.calls, () => this.requestUpdate());
    this.accounts.look(this.people);
  }

  /** Who cannot sign in yet, office by office. */
  without() {
    const { accounts } = this;
    if (!accounts) return nothing;
    const rows = accounts.without(this.model.clock.now());
    return html`<section class="card accounts"><h2>${icon('eye')}<span>${say('accounts_title')}</span>${accounts.isLooking ? nothing : html`<b class="count">${rows.length}</b>`}</h2>
      ${accounts.isLooking ? html`<p role="status">${say('table_progress', { done: accounts.known.size, count: accounts.count })}</p>`
        : rows.length === 0 ? html`<p role="status">${icon('check')} ${say('accounts_none')}</p>` : html`<div class="table-wide"><table class="accounts-table"><thead><tr><th scope="col">${say('name')}</th><th scope="col">${say('office')}</th><th scope="col">${say('account')}</th><th scope="col">${say('last_use')}</th><th scope="col"><span class="unseen">${say('act')}</span></th></tr></thead>
          <tbody>${rows.map((row) => this.withoutRow(row))}</tbody></table></div>`}</section>`;
  }

  /** Inviting is done where the link and its code are shown: at the person, in their office. @param {import('../../console/accounts.js').Without} row */
  withoutRow({ person, state, until, usedMs }) {
    const office = person.positions[0]?.organisation ?? '';
    return html`<tr><th scope="row">${person.name.kanji}</th><td>${this.officeName(office)}</td>
      <td><span class="mark ${state === 'invited' ? 'mark-host' : 'mark-restricted'}">${icon('wait')}<span>${say(`account_${state}`)}</span></span>${until ? html` <small class="quiet">${say('invited_until', { at: moment(until) })}</small>` : nothing}</td>
      <td>${usedMs ? moment(usedMs) : say(state === 'idle' ? 'signed_out_now' : 'never_used')}</td>
      <td><a class="button button-small" href=${hrefOf('offices', office)} aria-label="${say(ACTS[state])}: ${person.name.kanji}" @click=${() => openPerson(person.id)}>${icon(state === 'idle' ? 'eye' : 'send')}<span>${say(ACTS[state])}</span></a></td></tr>`;
  }

  /** @param {Office[]} offices */
  mine(offices) {
    const own = this.model.me?.administers ?? [];
    return this.model.isSecretariat ? offices : offices.filter(({ id }) => own.includes(id));
  }

  /** @param {Office[]} offices */
  list(offices) {
    const wanted = folded(this.query);
    const found = offices.filter((office) => !wanted || [office.name, office.kana, office.phone, ...this.peopleOf(office).flatMap(({ name }) => [name.kanji, name.kana])]
      .some((text) => folded(text ?? '').includes(wanted)));
    if (found.length === 0) return none('search', say('offices_none'), say('offices_none_how'));
    return TYPES.map((type) => {
      const rows = found.filter((office) => office.type === type).sort((a, b) => a.kana.localeCompare(b.kana, 'ja'));
      return rows.length === 0 ? nothing : html`<h2>${word('organisation_type', type)} <span class="count">${rows.length}</span></h2>
        <ul class="lines">${repeat(rows, ({ id }) => id, (office) => this.office(office, wanted))}</ul>`;
    });
  }

  /** @param {Office} office */
  peopleOf({ id }) {
    return this.people.filter(({ positions }) => positions.some(({ organisation }) => organisation === id));
  }

  /** @param {Office} office @param {string} wanted */
  office(office, wanted) {
    const people = this.peopleOf(office);
    const named = wanted ? people.filter(({ name }) => [name.kanji, name.kana].some((text) => folded(text).includes(wanted))) : [];
    return html`<li><a class="line-row" href=${hrefOf('offices', office.id)}>
      <span class="line-main"><b>${office.name}</b></span>
      <span class="line-facts">${office.phone || say('phone_none')}</span>
      <span class="line-facts">${say('people_of', { count: people.filter(({ active }) => active).length })}${named.length ? `（${named.map(({ name }) => name.kanji).join('・')}）` : ''}</span>
      <span class="line-marks">${office.active ? nothing : html`<span class="mark mark-restricted">${icon('stop')}<span>${say('office_inactive')}</span></span>`}</span></a></li>`;
  }
}

/** The dialog of registered devices, which is part of every page. @param {string} [office] of this one alone */
export function openDevices(office = '') {
  /** @type {import('../devices.js').DevicesDialog | null} */ (document.querySelector('renkei-devices'))?.begin(office);
}

customElements.define('renkei-console-offices', Offices);
