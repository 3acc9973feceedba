// `<renkei-console-groups>`: people who talk with each other at work, about no patient. Members read and write; the secretariat or
// an office's administrator makes groups and looks after them. What may say of a patient is confirmed piece by piece before
// it is sent.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { merged, workers } from '../../console/groups.js';
import { say } from '../../console/groups-phrases.js';
import { moment } from '../../dates.js';
import { say as sayOfPage, word } from '../../language.js';
import { icon } from '../icons.js';
import { foundPart } from './found.js';
import { groupForm } from './group-form.js';
import { Section, commas, none, primary } from './section.js';

/**
 * @typedef {import('../../console/groups.js').Group} Group
 * @typedef {import('../../console/groups.js').Message} Message
 */

export class Groups extends Section {
  constructor() {
    super();
    /** @type {Group[] | null} */
    this.groups = null;
    this.mayMake = false;
    /** @type {import('../../console/groups.js').Person[]} */
    this.people = [];
    this.open = '';
    /** Of the one that is open, the oldest first. @type {Message[]} */
    this.messages = [];
    this.more = false;
    /** The first message that was unread when it was opened. */
    this.unreadFrom = 0;
    this.text = '';
    /** The message that is being taken out. */
    this.takingOut = 0;
    /** Whether whoever looks after the one that is open is asked if it is to be closed. */
    this.isClosing = false;
    /** @type {import('./group-form.js').GroupDraft | null} */
    this.draft = null;
    this.found = /** @type {import('./found.js').Found[]} */ ([]);
    /** @type {Set<string>} */
    this.confirmed = new Set();
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load()).then(() => this.openNamed());
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('item') && this.groups) this.openNamed();
  }

  /** The one that the address leads to. */
  openNamed() {
    if (this.item && this.item !== this.open && this.groups?.some(({ id }) => id === this.item)) this.toggle(this.item);
  }

  /** Not while somebody is asked about what they wrote. */
  freshen() {
    return this.draft || this.takingOut || this.isClosing || this.found.length ? undefined : this.load().then(() => this.requestUpdate());
  }

  async load() {
    const { groups, may_make: mayMake } = await this.model.rest.call('GET', '/groups');
    Object.assign(this, { groups, mayMake });
    this.model.board?.hearGroups(groups);
    if (this.open && !groups.some((/** @type {Group} */ { id }) => id === this.open)) Object.assign(this, { open: '', messages: [] });
    if (this.open) await this.read();
  }

  /** What is new in the one that is open; whoever is in it has read it then. */
  async read() {
    const { open } = this;
    const { messages, more } = await this.model.rest.call('GET', `/groups/${encodeURIComponent(open)}/messages`);
    if (open !== this.open) return;
    const known = this.messages.length;
    this.messages = merged(this.messages, messages);
    if (known === 0 || this.messages.length === messages.length) this.more = more;
    const group = this.groups?.find(({ id }) => id === open);
    const last = this.messages.at(-1)?.number ?? 0;
    if (group?.is_member && group.unread && !this.unreadFrom) this.unreadFrom = last - group.unread + 1;
    if (!group?.is_member || !group.unread || document.hidden) return;
    await this.model.rest.call('POST', `/groups/${encodeURIComponent(open)}/receipt`, { number: last });
    group.unread = 0;
    this.model.board?.hearGroups(this.groups ?? []);
  }

  async older() {
    const { messages, more } = await this.model.rest.call('GET', `/groups/${encodeURIComponent(this.open)}/messages?before=${this.messages[0]?.number ?? 0}`);
    Object.assign(this, { messages: [...[...messages].reverse(), ...this.messages], more });
  }

  render() {
    const add = this.mayMake && !this.draft ? html`<button class="button button-primary" type="button" @click=${() => this.edit()}>${icon('plus')}<span>${say('make')}</span></button>` : nothing;
    return html`${this.head(say('groups'), say('lead'), add)}${this.outcome()}
      ${this.draft ? this.form(this.draft) : nothing}
      ${this.groups === null ? html`<p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p>`
        : this.groups.length === 0 ? none('team', say(this.mayMake ? 'no_group' : 'none'), say(this.mayMake ? 'none_make' : 'none_how'))
          : html`<ul class="cards">${repeat(this.groups, ({ id }) => id, (group) => this.group(group))}</ul>`}`;
  }

  /** @param {Group} group */
  group(group) {
    const { id, name, organisation_name: office, members, is_closed: isClosed, unread } = group;
    const isOpen = this.open === id;
    return html`<li class="card"><button class="person-head" type="button" aria-expanded=${String(isOpen)} aria-controls="group-${id}" @click=${() => this.toggle(id)}>
        ${icon('team')}<span class="person-name"><b>${name}</b> <small>${say('members', { count: members.length })}・${office}</small></span>
        <span class="group-marks">${unread && !isClosed ? html`<span class="mark mark-present">${say('unread', { count: unread })}</span>` : nothing}${isClosed ? html`<span class="mark mark-restricted">${icon('stop')}<span>${say('closed')}</span></span>` : nothing}${icon('next')}</span></button>
      <div id="group-${id}" ?hidden=${!isOpen}>${isOpen ? this.body(group) : nothing}</div></li>`;
  }

  /** @param {string} id */
  toggle(id) {
    const open = this.open === id ? '' : id;
    this.change({ open, messages: [], more: false, unreadFrom: 0, text: '', draft: null, ...this.nothingDone() });
    if (open) this.attempt(() => this.read()).then(() => this.showNewest(open));
  }

  /** What is new stands at the end, with the field to answer in below it; of more than fits, the first. @param {string} open */
  async showNewest(open) {
    await this.updateComplete;
    if (open !== this.open) return;
    (this.querySelector('.group-composer') ?? this.querySelector('.group-messages > li:last-child'))?.scrollIntoView({ block: 'end' });
    const line = this.querySelector('.group-messages > .unread-line');
    const top = this.closest('.console-main')?.getBoundingClientRect().top ?? 0;
    if (line && line.getBoundingClientRect().top < top) line.scrollIntoView({ block: 'start' });
  }

  nothingDone() {
    return { takingOut: 0, isClosing: false, found: [], confirmed: new Set() };
  }

  /** @param {Group} group */
  body(group) {
    const { about, members, is_closed: isClosed, is_member: isMember, organisation_name: office } = group;
    return html`<div class="cards group-body">${about ? html`<p class="board-text">${about}</p>` : nothing}
      <details class="group-members"><summary>${say('members', { count: members.length })}</summary><p>${commas(members.map(({ name }) => name.kanji))}</p><p class="quiet">${say('looked_after', { name: office })}</p></details>
      ${this.more ? html`<span class="device-acts"><button class="button button-small" type="button" @click=${() => this.attempt(() => this.older())}>${icon('back')}<span>${say('older')}</span></button></span>` : nothing}
      ${this.messages.length === 0 ? html`<p class="quiet">${say(this.busy ? 'loading' : 'none_messages')}</p>`
        : html`<ol class="group-messages">${repeat(this.messages, ({ number }) => number, (message) => [this.unreadLine(message), this.message(group, message)])}</ol>`}
      ${isClosed ? html`<p class="quiet">${say('closed_how')}</p>` : isMember ? this.composer(group) : html`<p class="quiet">${say('not_member')}</p>`}
      ${this.managing(group)}</div>`;
  }

  /** For whoever looks after it. @param {Group} group */
  managing(group) {
    const { is_closed: isClosed, may_manage: mayManage } = group;
    if (!mayManage) return nothing;
    const close = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.close(group);
    };
    if (this.isClosing) {
      return html`<form class="doing" @submit=${close}><p>${say('close_sure')}</p><span class="device-acts">${primary({ busy: this.busy, words: say('close_group'), sign: 'stop' })}
        <button class="button" type="button" @click=${() => this.change(this.nothingDone())}>${say('cancel')}</button></span></form>`;
    }
    return html`<span class="device-acts"><button class="button" type="button" @click=${() => this.edit(group)}>${icon('edit')}<span>${say('change')}</span></button>
      ${isClosed ? html`<button class="button" type="button" @click=${() => this.close(group)}>${icon('sync')}<span>${say('open_again')}</span></button>`
        : html`<button class="button" type="button" @click=${() => this.change({ ...this.nothingDone(), isClosing: true })}>${icon('stop')}<span>${say('close_group')}</span></button>`}</span>`;
  }

  /** Above the first that was unread; where earlier ones were not fetched, above all that were. @param {Message} message */
  unreadLine({ number }) {
    const first = Math.max(this.unreadFrom, this.messages[0].number);
    return this.unreadFrom && number === first ? html`<li class="unread-line"><span>${sayOfPage('unread_from_here')}</span></li>` : nothing;
  }

  /** @param {Group} group @param {Message} message */
  message(group, message) {
    const { number, name, role, organisation_name: office, at, text, is_mine: isMine, withdrawn, may_withdraw: mayWithdraw } = message;
    return html`<li class="group-message" data-mine=${String(isMine)}><p class="quiet"><b>${name.kanji}</b> <span>${word('role', role)}・${office}</span> <time datetime=${at}>${moment(Date.parse(at))}</time></p>
      ${withdrawn ? html`<p class="quiet">${withdrawn.by_author ? say('withdrawn_author') : say('withdrawn_other', { reason: withdrawn.reason })}</p>` : html`<p class="board-text">${text}</p>`}
      ${this.takingOut === number ? this.takeOut(group, message)
        : mayWithdraw ? html`<button class="button-link group-withdraw" type="button" @click=${() => this.change({ ...this.nothingDone(), takingOut: number })}><span>${say('withdraw')}<span class="unseen"> ${text.slice(0, 20)}</span></span></button>` : nothing}</li>`;
  }

  /** @param {Group} group @param {Message} message */
  takeOut(group, { number, is_mine: isMine }) {
    const send = (/** @type {any} */ event) => {
      event.preventDefault();
      const reason = String(new FormData(event.target).get('reason') ?? '');
      this.attempt(async () => {
        if (reason && !await this.isConfirmed([reason])) return '';
        await this.model.rest.call('POST', `/groups/${encodeURIComponent(group.id)}/withdrawal`, { number, reason, confirmed: this.found.map(({ excerpt }) => excerpt) });
        Object.assign(this, this.nothingDone());
        await this.load();
        return say('withdrawn');
      });
    };
    return html`<form class="doing" @submit=${send}><p class="quiet">${say('withdraw_how')}</p>
      <label class="field">${say(isMine ? 'reason_mine' : 'reason')}<input name="reason" ?required=${!isMine} maxlength="500" autocomplete="off"></label>
      ${foundPart(this.found, this.confirmed, () => this.requestUpdate())}
      <span class="device-acts">${primary({ busy: this.busy, words: say('withdraw'), sign: 'stop' })}<button class="button" type="button" @click=${() => this.change(this.nothingDone())}>${say('cancel')}</button></span></form>`;
  }

  /** @param {Group} group */
  composer(group) {
    const send = (/** @type {any} */ event) => {
      event.preventDefault();
      const text = this.text.trim();
      if (!text) return;
      this.attempt(async () => {
        if (!await this.isConfirmed([text])) return '';
        await this.model.rest.call('POST', `/groups/${encodeURIComponent(group.id)}/messages`, { text, confirmed: this.found.map(({ excerpt }) => excerpt) });
        Object.assign(this, { text: '', ...this.nothingDone() });
        await this.load();
        return say('sent');
      });
    };
    return html`<form class="group-composer" @submit=${send}><label class="field">${say('message')}<textarea name="text" rows="3" required maxlength="1000" .value=${this.text}
        @input=${(/** @type {any} */ event) => { this.text = event.target.value; }}></textarea><small class="quiet">${say('message_how')}</small></label>
      ${this.takingOut ? nothing : foundPart(this.found, this.confirmed, () => this.requestUpdate())}
      <span class="device-acts">${primary({ busy: this.busy, words: say('send'), sign: 'send' })}</span></form>`;
  }

  /** Looks for what may say something about a patient, among those whom this person may know of; whether all of it is confirmed. @param {string[]} texts */
  async isConfirmed(texts) {
    ({ found: this.found } = await this.model.rest.call('POST', '/groups/check', { texts }));
    const isSettled = this.found.every(({ excerpt }) => this.confirmed.has(excerpt));
    if (!isSettled) this.updateComplete.then(() => this.querySelector('.found')?.scrollIntoView({ block: 'nearest' }));
    return isSettled;
  }

  /** @param {Group} [of] */
  edit(of) {
    this.change({ draft: { id: of?.id ?? '', name: of?.name ?? '', about: of?.about ?? '', isClosed: of?.is_closed ?? false, members: [...(of?.members ?? [])], query: '' }, trouble: '', done: '', ...this.nothingDone() });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.group-form input'))?.focus());
    this.attempt(async () => {
      await this.model.refreshDirectory();
      ({ people: this.people } = await this.model.rest.call('GET', '/people'));
    });
  }

  /** @param {import('./group-form.js').GroupDraft} draft */
  form(draft) {
    const known = this.groups?.find(({ id }) => id === draft.id);
    const by = known?.organisation ?? this.model.me?.organisation.id ?? '';
    const isRegional = this.model.organisations.get(by)?.type === 'secretariat';
    const offices = isRegional ? [...this.model.organisations.values()].filter(({ type }) => type !== 'home') : [];
    const positionsOf = (/** @type {import('../../console/groups.js').Person} */ { positions }) => positions.map(({ role, organisation }) => `${word('role', role)}・${this.officeName(organisation)}`).join(' / ');
    return groupForm(draft, {
      people: workers(this.people, isRegional ? '' : by), offices, positionsOf, found: this.found, confirmed: this.confirmed, busy: this.busy, changed: () => this.requestUpdate(),
      save: (event) => this.save(event), cancel: () => this.change({ draft: null, ...this.nothingDone() }),
    });
  }

  /** @param {any} event @param {string} [done] what is said then */
  save(event, done = say('done')) {
    event.preventDefault();
    const { id, name, about, isClosed, members } = /** @type {import('./group-form.js').GroupDraft} */ (this.draft);
    this.attempt(async () => {
      if (!await this.isConfirmed([name, about])) return '';
      const { rest } = this.model;
      const given = { name, about, members: members.map(({ person }) => person), is_closed: isClosed, confirmed: this.found.map(({ excerpt }) => excerpt) };
      if (id) await rest.call('PUT', `/groups/${encodeURIComponent(id)}`, given);
      else ({ id: this.open } = await rest.call('POST', '/groups', given));
      Object.assign(this, { draft: null, ...(id ? {} : { messages: [], more: false }), ...this.nothingDone() });
      await this.load();
      return done;
    });
  }

  /** Closes it, or opens it again. @param {Group} group */
  close({ id, name, about, members, is_closed: isClosed }) {
    this.change({ draft: { id, name, about, members, isClosed: !isClosed, query: '' } });
    this.save(new Event('submit', { cancelable: true }), say(isClosed ? 'opened_now' : 'closed_now'));
  }
}

customElements.define('renkei-console-groups', Groups);
