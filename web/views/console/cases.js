// `<renkei-console-cases>`: good-practice cases. Everybody at work reads what is published, found by words and tags, and writes
// their own; the secretariat returns or approves what others handed in. What may say of whom a case speaks is confirmed piece
// by piece, by its author and again by whoever approves it.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { actsOn, casesWith, lackingOf, textsOf } from '../../console/cases.js';
import { say } from '../../console/cases-phrases.js';
import { moment } from '../../dates.js';
import { inLanguage, word } from '../../language.js';
import { icon } from '../icons.js';
import { caseForm, noWords } from './case-form.js';
import { foundPart } from './found.js';
import { Section, none, primary } from './section.js';

/**
 * @typedef {import('../../console/cases.js').CaseWords} CaseWords
 * @typedef {import('../../console/cases.js').PublishedCase} PublishedCase
 * @typedef {import('../../console/cases.js').CaseWork} CaseWork
 * @typedef {'hand-in' | 'approval' | 'return' | 'withdrawal' | 'discard'} Doing
 */

export class Cases extends Section {
  constructor() {
    super();
    /** @type {PublishedCase[] | null} */
    this.published = null;
    /** @type {CaseWork[]} */
    this.work = [];
    /** @type {{code: string, label: import('../../rest.js').Text}[]} */
    this.tags = [];
    this.mayReview = false;
    /** @type {import('./case-form.js').CaseDraft | null} */
    this.draft = null;
    this.open = '';
    /** What is being done with the one that is open. @type {Doing | ''} */
    this.doing = '';
    this.found = /** @type {import('./found.js').Found[]} */ ([]);
    /** @type {Set<string>} */
    this.confirmed = new Set();
    this.query = '';
    this.tag = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load());
  }

  /** Not while somebody writes, or has a case before them: what they approve is what they read. */
  freshen() {
    return this.draft || this.doing || this.open.startsWith('work-') ? undefined : this.load().then(() => this.requestUpdate());
  }

  async load() {
    const { rest } = this.model;
    const [{ cases, tags }, work] = await Promise.all([rest.call('GET', '/cases'), rest.call('GET', '/cases/work')]);
    Object.assign(this, { published: cases, tags, work: work.cases, mayReview: work.may_review });
  }

  render() {
    const add = this.draft ? nothing : html`<button class="button button-primary" type="button" @click=${() => this.begin()}>${icon('plus')}<span>${say('begin')}</span></button>`;
    const waiting = this.work.filter((work) => actsOn(work, this.mayReview).review);
    const mine = this.work.filter(({ is_mine: isMine }) => isMine);
    const others = this.work.filter((work) => !work.is_mine && !waiting.includes(work));
    return html`${this.head(say('cases'), say('lead'), add)}${this.outcome()}
      ${this.draft ? caseForm(this.draft, {
        tags: this.tags, busy: this.busy, changed: () => this.requestUpdate(), save: (event) => this.save(event), cancel: () => this.change({ draft: null }),
      }) : nothing}
      ${this.published === null ? html`<p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p>`
        : html`${this.worked('waiting', waiting)}${this.worked('mine', mine)}${this.reading(this.published)}${this.worked('others', others)}`}`;
  }

  /** @param {CaseWork} [of] */
  begin(of) {
    this.change({ draft: { id: of?.id ?? '', version: of?.version ?? 0, step: of?.step ?? '', words: structuredClone(of?.words ?? noWords()) }, doing: '', trouble: '', done: '' });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.case-form input'))?.focus());
  }

  /** @param {any} event */
  save(event) {
    event.preventDefault();
    const { id, version, words } = /** @type {import('./case-form.js').CaseDraft} */ (this.draft);
    this.attempt(async () => {
      const { rest } = this.model;
      const saved = id ? await rest.call('PUT', `/cases/${encodeURIComponent(id)}`, { version, words }) : await rest.call('POST', '/cases', { words });
      await this.load();
      Object.assign(this, { draft: null, open: `work-${saved.id}`, doing: '' });
      this.showOpen();
      return say(lackingOf(words).length ? 'saved_lacking' : 'saved');
    });
  }

  /** @param {'waiting' | 'mine' | 'others'} title @param {CaseWork[]} cases */
  worked(title, cases) {
    if (cases.length === 0) return nothing;
    return html`<section class=${`cases-part cases-${title}`}><h2>${say(title)} <small>${say('found_count', { count: cases.length })}</small></h2>
      <ul class="cards">${repeat(cases, ({ id }) => id, (work) => this.card(`work-${work.id}`, work.words?.title ?? say('withdrawn_case'), work.is_mine ? '' : `${work.author_name}・${work.office_name}`,
        html`<span class="mark ${work.step === 'approved' ? 'mark-present' : work.step === 'withdrawn' ? 'mark-restricted' : ''}">${inLanguage(work.step_label)}</span>`, () => this.workBody(work)))}</ul></section>`;
  }

  /** @param {string} id @param {unknown} title @param {unknown} aside @param {unknown} mark @param {() => unknown} body */
  card(id, title, aside, mark, body) {
    const isOpen = this.open === id;
    return html`<li class="card"><button class="person-head" type="button" aria-expanded=${String(isOpen)} aria-controls="case-${id}" @click=${() => this.toggle(id)}>
        ${icon('book')}<span class="person-name"><b>${title}</b> <small>${aside}</small></span>${mark}</button>
      <div id="case-${id}" ?hidden=${!isOpen}>${isOpen ? body() : nothing}</div></li>`;
  }

  /** @param {string} id */
  toggle(id) {
    this.change({ open: this.open === id ? '' : id, ...this.nothingDone() });
    this.showOpen();
  }

  /** What unfolds is seen. */
  async showOpen() {
    this.requestUpdate();
    await this.updateComplete;
    document.getElementById(`case-${this.open}`)?.closest('.card')?.scrollIntoView({ block: 'nearest' });
  }

  get fieldNames() {
    return { title: say('title'), happened: say('happened'), done: say('done'), outcome: say('outcome'), roles: say('roles'), tags: say('tags'), consent: say('consent_at'), remark: say('remark'), reason: say('reason') };
  }

  nothingDone() {
    return { doing: /** @type {''} */ (''), found: [], confirmed: new Set() };
  }

  /** @param {CaseWords} words */
  words({ happened, done, outcome, roles, tags }) {
    const label = (/** @type {string} */ tag) => this.tags.find(({ code }) => code === tag)?.label;
    const part = (/** @type {'happened' | 'done' | 'outcome'} */ title, /** @type {string} */ text) => (text ? html`<h3>${say(title)}</h3><p class="board-text">${text}</p>` : nothing);
    return html`${part('happened', happened)}${part('done', done)}${part('outcome', outcome)}
      <p class="quiet">${[...roles.map((role) => word('role', role)), ...tags.map((tag) => inLanguage(label(tag) ?? { ja: tag, en: tag }))].join('・')}</p>`;
  }

  /** Nothing is done with a case while one is being written: it would throw away what is typed. @param {CaseWork} work */
  workBody(work) {
    const { step, remark, consent, words, is_published: isPublished } = work;
    return html`<div class="cards case-body">${words ? this.words(words) : nothing}
      ${step === 'withdrawn' ? html`<p>${say('withdrawn_why', { reason: remark })}</p>` : remark ? html`<p class="card-warning case-remark">${say('remark_said', { remark })}</p>` : nothing}
      ${consent ? html`<p class="quiet">${say('consent_kept', { at: consent })}</p>` : nothing}
      ${isPublished && step !== 'approved' ? html`<p class="quiet">${say('published_still')}</p>` : nothing}
      ${this.mayReview && work.is_mine && step === 'handed_in' ? html`<p class="quiet">${say('waiting_other')}</p>` : nothing}
      ${this.draft ? nothing : this.doing ? this.deed(work, this.doing) : this.acts(work)}</div>`;
  }

  /** @param {CaseWork} work */
  acts(work) {
    const { edit, handIn, discard, review, withdraw } = actsOn(work, this.mayReview);
    const lacking = handIn && work.words ? lackingOf(work.words) : [];
    const act = (/** @type {boolean} */ may, /** @type {Doing} */ doing, /** @type {Parameters<typeof say>[0]} */ words, /** @type {Parameters<typeof icon>[0]} */ sign, kind = '') => (may
      ? html`<button class="button ${kind}" type="button" @click=${() => this.change({ ...this.nothingDone(), doing, draft: null })}>${icon(sign)}<span>${say(words)}</span></button>` : nothing);
    return html`${lacking.length ? html`<p class="case-lacking">${icon('hand')} ${say('still_needed', { parts: lacking.map((part) => say(part)).join('・') })}</p>` : nothing}
      <span class="device-acts">${act(review, 'approval', 'approve', 'check', 'button-primary')}${act(review, 'return', 'return', 'reply')}${act(handIn && lacking.length === 0, 'hand-in', 'hand_in', 'send', 'button-primary')}
      ${edit ? html`<button class="button ${lacking.length ? 'button-primary' : ''}" type="button" @click=${() => this.begin(work)}>${icon('edit')}<span>${say('correct')}</span></button>` : nothing}
      ${act(discard, 'discard', work.step === 'handed_in' ? 'discard_handed_in' : 'discard', 'erase')}${act(withdraw, 'withdrawal', 'withdraw', 'stop')}</span>`;
  }

  /** @param {CaseWork} work @param {Doing} doing */
  deed(work, doing) {
    const tick = (/** @type {string} */ name, /** @type {unknown} */ words) => html`<label class="choice-line"><input type="checkbox" name=${name} required><span>${words}</span></label>`;
    const [how, fields, words, sign] = /** @type {const} */ ({
      'hand-in': [say('hand_in_how'), html`${tick('consent_given', say('consent_given'))}<label class="field">${say('consent_at')}<input name="consent" required maxlength="200" autocomplete="off" .value=${work.consent}></label>`, say('hand_in'), 'send'],
      approval: [say('approve_how'), tick('consent_seen', say('consent_seen')), say('approve'), 'check'],
      return: ['', html`<label class="field">${say('remark')}<textarea name="remark" rows="3" required maxlength="500"></textarea></label>`, say('return'), 'reply'],
      withdrawal: [say('withdraw_how'), html`<label class="field">${say('reason')}<input name="reason" required maxlength="500" autocomplete="off"></label>`, say('withdraw'), 'stop'],
      discard: [say('discard_sure'), nothing, say(work.step === 'handed_in' ? 'discard_handed_in' : 'discard_do'), 'erase'],
    })[doing];
    return html`<form class="doing" @submit=${(/** @type {any} */ event) => this.do(event, work, doing)}>${how ? html`<p class="quiet">${how}</p>` : nothing}${fields}
      ${foundPart(this.found, this.confirmed, () => this.requestUpdate())}
      <span class="device-acts">${primary({ busy: this.busy, words, sign })}<button class="button" type="button" @click=${() => this.change(this.nothingDone())}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {CaseWork} work @param {Doing} doing */
  do(event, work, doing) {
    event.preventDefault();
    const given = new FormData(event.target);
    const text = (/** @type {string} */ name) => String(given.get(name) ?? '');
    const { id, version, words } = work;
    const texts = { 'hand-in': () => textsOf(/** @type {CaseWords} */ (words), text('consent')), approval: () => textsOf(/** @type {CaseWords} */ (words), work.consent), return: () => [text('remark')], withdrawal: () => [text('reason')], discard: () => [] }[doing]();
    const body = {
      'hand-in': { version, consent_given: given.has('consent_given'), consent: text('consent') }, approval: { version, consent_seen: given.has('consent_seen') },
      return: { version, remark: text('remark') }, withdrawal: { reason: text('reason') }, discard: {},
    }[doing];
    this.attempt(async () => {
      if (texts.length > 0 && !await this.isConfirmed(texts)) return '';
      const { rest } = this.model;
      const path = `/cases/${encodeURIComponent(id)}`;
      if (doing === 'discard') await rest.call('DELETE', path);
      else await rest.call('POST', `${path}/${doing}`, { ...body, confirmed: this.found.map(({ excerpt }) => excerpt) });
      Object.assign(this, this.nothingDone());
      await this.load();
      return say(/** @type {const} */ ({ 'hand-in': 'handed_in', approval: 'approved', return: 'returned', withdrawal: 'withdrawn', discard: 'discarded' })[doing]);
    });
  }

  /** Looks for what may say something about a patient, among those whom this person may know of; whether all of it is confirmed. @param {string[]} texts */
  async isConfirmed(texts) {
    ({ found: this.found } = await this.model.rest.call('POST', '/cases/check', { texts }));
    const isSettled = this.found.every(({ excerpt }) => this.confirmed.has(excerpt));
    if (!isSettled) this.updateComplete.then(() => this.querySelector('.found')?.scrollIntoView({ block: 'nearest' }));
    return isSettled;
  }

  /** @param {PublishedCase[]} published */
  reading(published) {
    if (published.length === 0) return none('book', say('none'), say('none_how'));
    const cases = casesWith(published, this.query, this.tag, (role) => word('role', role));
    const used = this.tags.filter(({ code }) => published.some(({ words }) => words.tags.includes(code)));
    const choose = (/** @type {string} */ tag) => () => this.change({ tag });
    return html`<section class="cases-part cases-published"><h2>${say('published')} <small>${say('found_count', { count: cases.length })}</small></h2>
      <label class="field">${say('find')}<input type="search" autocomplete="off" .value=${this.query} @input=${(/** @type {any} */ event) => this.change({ query: event.target.value })}></label>
      <div class="chips" role="group" aria-label=${say('tags')}>${[{ code: '', label: null }, ...used].map(({ code, label }) => html`<label class="choice"><input type="radio" name="case-tag" value=${code} .checked=${this.tag === code}
        @change=${choose(code)}><span>${label ? inLanguage(label) : say('all_tags')}</span></label>`)}</div>
      ${cases.length === 0 ? html`<p class="quiet">${say('none_found')}</p>` : html`<ul class="cards">${repeat(cases, ({ id }) => id, ({ id, words, office_name: office, published_at: at }) =>
        this.card(id, words.title, html`${office ? html`<span>${say('from_office', { name: office })}</span> ` : nothing}<span>${say('published_at', { at: moment(Date.parse(at)) })}</span>`, nothing,
          () => html`<div class="cards case-body">${this.words(words)}</div>`))}</ul>`}</section>`;
  }
}

customElements.define('renkei-console-cases', Cases);
