// `<renkei-console-quarantine>`: posts that devices handed in after their sign-in had ended, by who wrote them. The secretariat
// sees that they wait, tells their authors, and may send observations or let a post be; what they say it never sees.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { OBSERVATIONS, byAuthor, endsSoon, whereaboutsOf } from '../../console/held-back.js';
import { say } from '../../console/quarantine-phrases.js';
import { hrefOf } from '../../console/sections.js';
import { moment } from '../../dates.js';
import { say as sayOfPage, word } from '../../language.js';
import { face } from '../face.js';
import { icon } from '../icons.js';
import { Section, none, primary } from './section.js';

/**
 * @typedef {import('../../console/held-back.js').Author} Author
 * @typedef {import('../../quarantined.js').Quarantined} Quarantined
 */

export class ConsoleQuarantine extends Section {
  constructor() {
    super();
    this.isLoaded = false;
    /** Names of patients, as far as the hub lists them: opening a record for its name would be a reading. @type {Map<string, {kanji: string, kana: string}>} */
    this.names = new Map();
    /** Patients whose names were asked for. @type {Set<string>} */
    this.asked = new Set();
    /** @type {Map<string, import('../../console/calls.js').Account>} */
    this.accounts = new Map();
    /** @type {{id: string, how: 'send' | 'discard'} | null} what is about to be done */
    this.doing = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load());
  }

  freshen() {
    return this.doing ? undefined : this.model.quarantined.ask().then(() => this.learn()).then(() => this.requestUpdate());
  }

  async load() {
    this.asked.clear();
    this.accounts.clear();
    await Promise.all([this.model.refreshDirectory(), this.model.quarantined.ask()]);
    this.isLoaded = true;
    await this.learn();
  }

  /** Whose names, and which accounts, are not known yet. */
  async learn() {
    const { quarantined: { posts }, myId } = this.model;
    if (posts.some(({ timeline }) => !this.asked.has(timeline))) {
      const { patients } = await this.calls.patients({});
      this.names = new Map(patients.map(({ id, name }) => [id, name]));
      for (const { timeline } of posts) this.asked.add(timeline);
    }
    const people = new Set(posts.map(({ person }) => person).filter((person) => person !== myId && !this.accounts.has(person)));
    // What does not come now is asked for again.
    await Promise.all([...people].map((person) => this.calls.account(person).then((account) => this.accounts.set(person, account), () => {})));
  }

  render() {
    const { posts } = this.model.quarantined;
    const again = html`<button class="button" type="button" @click=${() => this.attempt(() => this.load())}>${icon('sync')}<span>${say('look_again')}</span></button>`;
    return html`${this.head(html`${say('title')} ${this.isLoaded ? html`<span class="count">${posts.length}</span>` : nothing}`, say('lead'), again)}${this.outcome()}
      ${!this.isLoaded ? html`<p class="quiet">${this.busy ? sayOfPage('loading') : say('not_loaded')}</p>` : html`
        ${posts.length === 0 ? none('check', say('none'), say('none_how'))
          : html`<ul class="cards">${repeat(byAuthor(posts), ({ key }) => key, (author) => this.author(author))}</ul>`}
        <p class="quiet kept-after">${say('after')} <a href=${hrefOf('audit')}>${say('after_link')}</a></p>`}`;
  }

  /** @param {Author} author */
  author(author) {
    const { person, role, organisation, posts } = author;
    const where = whereaboutsOf(author, this.model.myId, /** @type {any} */ (this.model.people.get(person)), this.accounts.get(person));
    const { phone = '' } = this.model.organisations.get(organisation) ?? {};
    return html`<li class="card">
      <div class="who-row">${face(role)}<p><b>${this.personName(person)}</b> <span class="quiet">${word('role', role)}・${this.officeName(organisation)}</span>
        ${phone && where !== 'own' ? html`<br><a href="tel:${phone.replace(/[^\d+]/g, '')}">${icon('phone')} ${phone}</a>` : nothing}</p></div>
      <p class=${where === 'gone' ? 'kept-warning' : nothing}>${icon(where === 'gone' ? 'alarm' : 'hand')} ${say(`author_${where}`)}
        ${where === 'own' ? html`<a class="button button-small" href="#/sending">${say('look')}</a>` : nothing}</p>
      <ul class="kept-posts">${repeat(posts, ({ id }) => id, (post) => this.post(post, where === 'own'))}</ul></li>`;
  }

  /** @param {Quarantined} post @param {boolean} isOwn */
  post(post, isOwn) {
    const { id, timeline, kind, written_at: written, received_at: received, expires_at: until } = post;
    const name = this.names.get(timeline) ?? this.model.patients.get(timeline)?.name;
    const soon = endsSoon(post, this.model.clock.now());
    return html`<li class="kept-post">
      <p><a href=${hrefOf('patients', timeline)}><b>${name?.kanji ?? say('patient_unlisted')}</b></a>${name ? html` <small class="quiet">${name.kana}</small>` : nothing} <span class="kind">${word('kind', kind)}</span></p>
      <p class="quiet">${say('written', { at: moment(Date.parse(written)) })}・${say('received', { at: moment(Date.parse(received)) })}${soon ? nothing : html`・${say('ends', { at: moment(Date.parse(until)) })}`}</p>
      ${soon ? html`<p><span class="mark mark-restricted">${icon('clock')}<span>${say('ends_soon', { at: moment(Date.parse(until)) })}</span></span></p>` : nothing}
      ${isOwn ? nothing : this.doing?.id === id ? this.form(post, this.doing.how) : this.acts(post)}</li>`;
  }

  /** @param {Quarantined} post */
  acts({ id, kind }) {
    const begin = (/** @type {'send' | 'discard'} */ how) => this.change({ doing: { id, how }, trouble: '', done: '' });
    return html`<div class="device-acts">${OBSERVATIONS.has(kind)
      ? html`<button class="button button-small" type="button" @click=${() => begin('send')}>${icon('send')}<span>${say('send')}</span></button>`
      : html`<span class="quiet">${icon('hand')} ${say('only_author')}</span>`}
      <button class="button button-small button-text" type="button" @click=${() => begin('discard')}>${say('discard')}</button></div>`;
  }

  /** @param {Quarantined} post @param {'send' | 'discard'} how */
  form(post, how) {
    const told = { name: this.personName(post.person), kind: word('kind', post.kind) };
    return html`<form class="device-revoke doing" @submit=${(/** @type {any} */ event) => this.do(event, post, how)}>
      <p>${say(how === 'send' ? 'send_sure' : 'discard_sure', told)}</p>
      <label class="field">${say(how === 'send' ? 'reason_send' : 'reason_discard')}<input name="reason" required maxlength="500" autocomplete="off" placeholder=${say(how === 'send' ? 'reason_send_how' : 'reason_discard_how')}></label>
      ${how === 'discard' ? html`<label class="choice-line"><input type="checkbox" required><span>${say('discard_box')}</span></label>` : nothing}
      ${this.trouble ? html`<p class="field-error">${icon('alarm')}<span>${this.trouble}</span></p>` : nothing}
      <span class="device-acts">${primary({ busy: this.busy, words: say(how === 'send' ? 'send' : 'discard_do'), sign: how === 'send' ? 'send' : 'close' })}
        <button class="button" type="button" @click=${() => this.change({ doing: null, trouble: '' })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {Quarantined} post @param {'send' | 'discard'} how */
  do(event, { id, person }, how) {
    event.preventDefault();
    const reason = String(new FormData(event.target).get('reason') ?? '');
    this.attempt(async () => {
      const answer = await this.calls.settleQuarantined(id, how === 'send' ? 'release' : 'discard', reason);
      this.doing = null;
      await this.model.quarantined.ask();
      if (how === 'discard') return say('discarded');
      return say(answer?.verdict === 'queued' ? 'queued' : 'sent', { name: this.personName(person) });
    });
  }
}

customElements.define('renkei-console-quarantine', ConsoleQuarantine);
