// `<renkei-console-announcements>`: announcements of the region, or of one's own office: writing one, after a look for what may
// say something about a patient, correcting and withdrawing it, its history, and who has read it. For the secretariat and
// administrators of an office.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { say } from '../../board-phrases.js';
import { calendarDate, localInput, moment } from '../../dates.js';
import { word } from '../../language.js';
import { WORDS } from '../../words.js';
import { icon } from '../icons.js';
import { foundPart } from './found.js';
import { Section, choices, none, primary } from './section.js';

/**
 * @typedef {{types: string[], organisations: string[], roles: string[]}} Audience
 * @typedef {{version: number, by_name: string, at: string, is_withdrawn: boolean, reason: string, title: string, text: string, until: string, audience: Audience}} Version
 * @typedef {{id: string, organisation: string, organisation_name: string, versions: Version[], is_standing: boolean}} Sent
 * @typedef {{version: number, offices: {organisation: string, name: string, addressed: number, read: number}[], people: {person: string, name: {kanji: string}, organisation: string, role: string, read_at: string | null}[] | null}} Reach
 * @typedef {{id: string, version: number, title: string, text: string, until: string, reason: string, audience: Audience, isFor: 'everybody' | 'some'}} Draft
 */

/** A notice that nobody takes down does not hang for ever. */
const STANDS_DAYS = 30;
const DAY_MS = 86_400_000;
/** Who speaks to whom: households and systems are no offices. */
const TYPES = Object.keys(WORDS.organisation_type).filter((type) => type !== 'home');
const ROLES = Object.keys(WORDS.role).filter((role) => role !== 'gateway');

const nobody = () => ({ types: [], organisations: [], roles: [] });
/** @param {Audience} audience */
const isEverybody = ({ types, organisations, roles }) => types.length + organisations.length + roles.length === 0;

export class Announcements extends Section {
  constructor() {
    super();
    /** @type {Sent[] | null} */
    this.sent = null;
    /** @type {Draft | null} */
    this.draft = null;
    this.withdrawing = '';
    this.found = /** @type {import('./found.js').Found[]} */ ([]);
    /** @type {Set<string>} */
    this.confirmed = new Set();
    this.open = '';
    /** @type {Reach | null} */
    this.reach = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load());
  }

  /** What others announce, and who has read meanwhile; not while somebody writes. */
  freshen() {
    return this.draft || this.withdrawing ? undefined : Promise.all([this.load(), this.open ? this.lookWhoRead() : null]).then(() => this.requestUpdate());
  }

  async load() {
    await this.model.refreshDirectory();
    const { announcements } = await this.model.rest.call('GET', '/announcements/sent');
    this.sent = announcements;
  }

  /** Of the one that is open. */
  async lookWhoRead() {
    const { open } = this;
    const reach = await this.model.rest.call('GET', `/announcements/${encodeURIComponent(open)}/receipts`);
    if (open === this.open) this.reach = reach;
  }

  render() {
    const add = html`<button class="button button-primary" type="button" @click=${() => this.begin()}>${icon('plus')}<span>${say('announcement_new')}</span></button>`;
    return html`${this.head(say('board'), say(this.model.isSecretariat ? 'lead' : 'lead_office'), this.draft ? nothing : add)}${this.outcome()}
      ${this.draft ? this.form(this.draft) : nothing}
      ${this.sent === null ? html`<p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p>`
        : this.sent.length === 0 ? none('board', say('none_sent'), say('none_sent_how'))
          : html`<ul class="cards">${repeat(this.sent, ({ id }) => id, (one) => this.one(one))}</ul>`}`;
  }

  /** @param {Sent} [of] */
  begin(of) {
    const current = of?.versions.at(-1);
    const until = localInput(this.model.clock.now() + STANDS_DAYS * DAY_MS).slice(0, 10);
    this.change({
      draft: {
        id: of?.id ?? '', version: current?.version ?? 0, title: current?.title ?? '', text: current?.text ?? '', until: current?.until ?? until,
        reason: '', audience: structuredClone(current?.audience ?? nobody()), isFor: current && !isEverybody(current.audience) ? 'some' : 'everybody',
      },
      found: [], confirmed: new Set(), withdrawing: '', trouble: '', done: '',
    });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.announcement-form input'))?.focus());
  }

  /** @param {Draft} draft */
  form(draft) {
    const isNew = !draft.id;
    const lacking = this.lackingIn(draft);
    const take = (/** @type {keyof Draft} */ field) => (/** @type {any} */ event) => { Object.assign(draft, { [field]: event.target.value }); this.requestUpdate(); };
    return html`<form class="card announcement-form" novalidate @submit=${(/** @type {any} */ event) => this.publish(event)}><h2>${icon(isNew ? 'plus' : 'edit')}<span>${say(isNew ? 'announcement_new' : 'correct')}</span></h2>
      <label class="field">${say('title')}<input name="title" required maxlength="100" autocomplete="off" .value=${draft.title} @input=${take('title')}></label>
      <label class="field">${say('text')}<textarea name="text" rows="6" required maxlength="4000" .value=${draft.text} @input=${take('text')}></textarea><small class="quiet">${say('text_how')}</small></label>
      <label class="field">${say('until')}<input name="until" type="date" required .value=${draft.until} @input=${take('until')}></label>
      ${this.model.isSecretariat ? this.audience(draft) : html`<p class="quiet">${say('audience_our')}</p>`}
      ${isNew ? nothing : html`<label class="field">${say('reason')}<input name="reason" maxlength="500" autocomplete="off" .value=${draft.reason} @input=${take('reason')}></label>`}
      ${this.foundPart()}
      <span class="device-acts">${primary({ busy: this.busy, unsaid: lacking.length > 0, words: say(isNew ? 'publish' : 'correction_do'), sign: 'send' })}<button class="button" type="button" @click=${() => this.change({ draft: null, found: [] })}>${say('cancel')}</button>
        ${lacking.length ? html`<small class="quiet">${say('lacking', { fields: lacking.join('・') })}</small>` : nothing}</span></form>`;
  }

  /** What it still needs, in words. @param {Draft} draft */
  lackingIn({ title, text, until, isFor, audience }) {
    const isAddressed = !this.model.isSecretariat || isFor === 'everybody' || !isEverybody(audience);
    return [...(title.trim() ? [] : [say('title')]), ...(text.trim() ? [] : [say('text')]), ...(until ? [] : [say('until')]), ...(isAddressed ? [] : [say('audience')])];
  }

  /** A form in which nothing was typed is not found open by whoever comes back. */
  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.draft && !this.draft.id && !this.draft.title.trim() && !this.draft.text.trim()) this.draft = null;
  }

  foundPart() {
    return foundPart(this.found, this.confirmed, () => this.requestUpdate());
  }

  /** @param {Draft} draft */
  audience(draft) {
    const { audience } = draft;
    const choose = (/** @type {any} */ isFor) => {
      Object.assign(draft, { isFor });
      this.requestUpdate();
    };
    return html`${choices('audience', say('audience'), [['everybody', say('audience_everybody')], ['some', say('audience_some')]], draft.isFor, choose)}
      ${draft.isFor === 'everybody' ? nothing : html`
        ${this.ticks(say('audience_types'), audience, 'types', TYPES.map((type) => [type, word('organisation_type', type)]))}
        ${this.offices(audience)}
        ${this.ticks(say('audience_roles'), audience, 'roles', ROLES.map((role) => [role, word('role', role)]))}`}`;
  }

  /** @param {string} legend @param {Audience} audience @param {'types' | 'roles'} part @param {string[][]} options */
  ticks(legend, audience, part, options) {
    const set = (/** @type {string} */ code, /** @type {boolean} */ isChosen) => {
      audience[part] = isChosen ? [...audience[part], code] : audience[part].filter((one) => one !== code);
      this.requestUpdate();
    };
    return html`<fieldset class="field"><legend>${legend}</legend><div class="chips">${options.map(([code, words]) => html`<label class="choice"><input type="checkbox" .checked=${audience[part].includes(code)}
      @change=${(/** @type {any} */ event) => set(code, event.target.checked)}><span>${words}</span></label>`)}</div></fieldset>`;
  }

  /** @param {Audience} audience */
  offices(audience) {
    const offices = [...this.model.organisations.values()].filter(({ id, type }) => type !== 'home' && !audience.organisations.includes(id));
    const add = (/** @type {any} */ event) => {
      if (event.target.value) audience.organisations = [...audience.organisations, event.target.value];
      event.target.value = '';
      this.requestUpdate();
    };
    const remove = (/** @type {string} */ id) => {
      audience.organisations = audience.organisations.filter((one) => one !== id);
      this.requestUpdate();
    };
    return html`<label class="field">${say('audience_office')}<select @change=${add}><option value="">${say('audience_office_none')}</option>${offices.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select></label>
      ${audience.organisations.length ? html`<ul class="attendance">${audience.organisations.map((id) => html`<li><b>${this.officeName(id)}</b>
        <button class="button button-small" type="button" aria-label=${say('remove_person', { name: this.officeName(id) })} @click=${() => remove(id)}>${icon('close')}</button></li>`)}</ul>` : nothing}`;
  }

  /** @param {any} event */
  publish(event) {
    event.preventDefault();
    const { draft } = this;
    if (!draft || this.lackingIn(draft).length > 0) return;
    const audience = draft.isFor === 'everybody' && this.model.isSecretariat ? nobody() : draft.audience;
    this.attempt(async () => {
      const { id, version, title, text, until, reason } = draft;
      if (!await this.isConfirmed({ title, text, reason })) return '';
      const given = { title, text, until, audience, confirmed: this.found.map(({ excerpt }) => excerpt) };
      const made = id ? await this.model.rest.call('PUT', `/announcements/${encodeURIComponent(id)}`, { ...given, version, reason })
        : await this.model.rest.call('POST', '/announcements', given);
      Object.assign(this, { draft: null, found: [] });
      // Whoever wrote it has read it.
      await this.model.board?.markRead(id ? { id, version: version + 1 } : { id: made.id, version: 1 });
      await this.settled();
      return say(id ? 'correction_done' : 'published');
    });
  }

  /** Looks for what may say something about a patient; whether all of it is confirmed. @param {{title: string, text: string, reason: string}} texts */
  async isConfirmed(texts) {
    const { found } = await this.model.rest.call('POST', '/announcements/check', texts);
    this.found = found;
    const isSettled = this.found.every(({ excerpt }) => this.confirmed.has(excerpt));
    if (!isSettled) this.updateComplete.then(() => this.querySelector('.found')?.scrollIntoView({ block: 'nearest' }));
    return isSettled;
  }

  async settled() {
    await this.load();
    await this.model.board?.look();
  }

  /** @param {Sent} one */
  one(one) {
    const { id, versions, is_standing: isStanding, organisation_name: office } = one;
    const current = /** @type {Version} */ (versions.at(-1));
    const isOpen = this.open === id;
    return html`<li class="card">
      <button class="person-head" type="button" aria-expanded=${String(isOpen)} aria-controls="announcement-${id}" @click=${() => this.toggle(id)}>
        ${icon('board')}<span class="person-name"><b>${current.title}</b> <small>${office}</small> <small>${say('until_day', { at: calendarDate(current.until) })}</small></span>
        <span class="group-marks"><span class="mark ${isStanding ? 'mark-present' : 'mark-restricted'}">${icon(isStanding ? 'check' : 'stop')}<span>${say(current.is_withdrawn ? 'withdrawn' : isStanding ? 'standing' : 'ended')}</span></span>${icon('next')}</span></button>
      <div id="announcement-${id}" ?hidden=${!isOpen}>${isOpen ? this.body(one, current) : nothing}</div></li>`;
  }

  /** @param {string} id */
  toggle(id) {
    const open = this.open === id ? '' : id;
    this.change({ open, reach: null, withdrawing: '', found: [], confirmed: new Set() });
    if (open) this.attempt(() => this.lookWhoRead());
  }

  /** @param {Sent} one @param {Version} current */
  body(one, current) {
    return html`<div class="cards"><p class="board-text">${current.text}</p><p class="quiet">${say('audience')}: ${this.audienceWords(current.audience)}</p>
      ${current.is_withdrawn ? html`<p>${say('withdrawn_why', { reason: current.reason })}</p>` : nothing}
      ${this.reach ? this.reached(this.reach) : nothing}
      ${one.versions.length > 1 ? html`<details><summary>${say('history')}</summary><ol class="board-list">${one.versions.map((version) => html`<li class="board-item"><p class="quiet">${say('history_version', { version: version.version, at: moment(Date.parse(version.at)), name: version.by_name })}
        ${version.is_withdrawn ? say('withdrawn') : nothing} ${version.reason}</p><b>${version.title}</b><p class="board-text">${version.text}</p></li>`)}</ol></details>` : nothing}
      ${!one.is_standing ? nothing : this.withdrawing === one.id ? this.withdrawal(one.id, current.version) : html`<span class="device-acts"><button class="button" type="button" @click=${() => this.begin(one)}>${icon('edit')}<span>${say('correct')}</span></button>
        <button class="button" type="button" @click=${() => this.change({ withdrawing: one.id, found: [], confirmed: new Set(), draft: null })}>${icon('stop')}<span>${say('withdraw')}</span></button></span>`}</div>`;
  }

  /** @param {Audience} audience */
  audienceWords(audience) {
    if (isEverybody(audience)) return say('audience_everybody');
    const { types, organisations, roles } = audience;
    return [...types.map((type) => word('organisation_type', type)), ...organisations.map((id) => this.officeName(id)), ...roles.map((role) => word('role', role))].join('・');
  }

  /** @param {Reach} reach */
  reached({ offices, people }) {
    const sum = (/** @type {'addressed' | 'read'} */ of) => offices.reduce((all, office) => all + office[of], 0);
    return html`<section><h3>${say('read_of', { read: sum('read'), addressed: sum('addressed') })}</h3>
      <table class="table"><thead><tr><th scope="col">${say('office')}</th><th scope="col">${say('read_office')}</th></tr></thead>
        <tbody>${offices.map(({ name, addressed, read }) => html`<tr><th scope="row">${name}</th><td>${read} / ${addressed}</td></tr>`)}</tbody></table>
      ${people ? html`<details><summary>${say('people_read')}</summary><ul class="attendance">${people.map(({ name, organisation, role, read_at: readAt }) => html`<li><b>${name.kanji}<small>${word('role', role)}・${this.officeName(organisation)}</small></b>
        <span class="mark ${readAt ? 'mark-present' : ''}">${readAt ? say('read_at', { at: moment(Date.parse(readAt)) }) : say('mark_unread')}</span></li>`)}</ul></details>` : nothing}</section>`;
  }

  /** @param {string} id @param {number} version */
  withdrawal(id, version) {
    return html`<form class="doing" @submit=${(/** @type {any} */ event) => this.withdraw(event, id, version)}><label class="field">${say('reason')}<input name="reason" required maxlength="500" autocomplete="off"></label>${this.foundPart()}
      <span class="device-acts">${primary({ busy: this.busy, words: say('withdraw'), sign: 'stop' })}<button class="button" type="button" @click=${() => this.change({ withdrawing: '' })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {string} id @param {number} version that is withdrawn */
  withdraw(event, id, version) {
    event.preventDefault();
    const reason = String(new FormData(event.target).get('reason') ?? '');
    this.attempt(async () => {
      if (!await this.isConfirmed({ title: '', text: '', reason })) return '';
      await this.model.rest.call('POST', `/announcements/${encodeURIComponent(id)}/withdrawal`, { reason, confirmed: this.found.map(({ excerpt }) => excerpt) });
      Object.assign(this, { withdrawing: '', found: [] });
      await this.model.board?.markRead({ id, version: version + 1 });
      await this.settled();
      return say('withdraw_done');
    });
  }
}

customElements.define('renkei-console-announcements', Announcements);
