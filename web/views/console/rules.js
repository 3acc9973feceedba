// `<renkei-console-rules>`: the rulebook: what is in force, in words, and its versions from the first draft to the
// retired. One version (`item`) is shown by `<renkei-rule-version>`.

import { html, nothing } from '../../vendor/lit.js';
import { Draft, VOCABULARY } from '../../console/draft.js';
import { reviewState } from '../../console/figures.js';
import { say } from '../../console/rules-phrases.js';
import { isFound, listWord, listed } from '../../console/wording.js';
import { calendarDate, moment } from '../../dates.js';
import { inLanguage, word } from '../../language.js';
import { icon } from '../icons.js';
import { ruleCard } from './rule-card.js';
import { Section } from './rule-section.js';
import './version.js';

/**
 * @typedef {import('../../console/rules-rest.js').InForce} InForce
 * @typedef {import('../../console/rules-rest.js').SetInForce} SetInForce
 * @typedef {import('../../console/rules-rest.js').VersionLine} VersionLine
 * @typedef {import('../../console/rules-rest.js').File} File
 */

/** @param {Draft} draft @param {import('./rule-card.js').Bench['notes']} notes @returns {import('./rule-card.js').Bench} */
const readOnly = (draft, notes) => ({ draft, mayEdit: false, editing: '', notes, edit: () => {}, changed: () => {}, remove: () => {} });

/** @param {import('../../console/rules-rest.js').RuleInForce} rule @param {string} search */
const isNamed = ({ id, title, reason }, search) => [id, title.ja, title.en, reason.ja, reason.en].join(' ').toLowerCase().includes(search.toLowerCase());

/** Without its file a rule has no words but its title and reason. @param {import('../../console/rules-rest.js').RuleInForce} rule */
const plainCard = ({ id, title, reason, strength, effect }) => html`<li class="rule-card">
  <header class="rule-head"><h4><span class="rule-id">${id}</span> ${inLanguage(title)}</h4>
    <p class="rule-marks"><span class="mark">${listWord('effect', effect.code)}</span><span class="mark">${listWord('strength', strength.code)}</span></p></header>
  <p class="rule-reason">${inLanguage(reason)}</p></li>`;

export class ConsoleRules extends Section {
  constructor() {
    super();
    /** @type {InForce | null} */
    this.inForce = null;
    /** @type {VersionLine[] | null} */
    this.versions = null;
    /** The files of what is in force, to be read in words and drafted from. @type {Draft | null} */
    this.book = null;
    this.search = '';
    /** @type {Set<string>} */
    this.unfolded = new Set();
    /** Of the form of a new draft. @type {File[] | null} */
    this.picked = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('item') && changed.get('item') && !this.item) this.load();
  }

  load() {
    return this.attempt(async () => {
      [this.inForce, { versions: this.versions }] = await Promise.all([this.hub.inForce(), this.hub.versions()]);
      const version = await this.hub.versionInForce();
      const files = version ? (await this.hub.version(version)).files : await this.hub.filesInForce();
      this.book = files && new Draft(files);
    });
  }

  render() {
    if (this.item) return html`<renkei-rule-version .model=${this.model} .item=${this.item}></renkei-rule-version>`;
    return html`<section class="rules"><h1>${say('rulebook')}</h1><p class="quiet">${say('rulebook_how')}</p>${this.messages()}
      ${this.inForce && this.versions ? html`${this.versionsPart(this.versions)}${this.inForcePart(this.inForce)}` : this.notYet(() => this.load())}</section>`;
  }

  // ── versions ──

  /** @param {VersionLine[]} versions */
  versionsPart(versions) {
    return html`<section class="rules-card"><h2>${say('versions')}</h2>
      ${versions.length ? html`<ul class="rules-list">${versions.map(({ id, title, stage, stage_label: label, drafted_at: at, effective_at: from }) => html`<li>
        <a href="#/console/rules/${id}"><b>${title}</b><span class="pill ${stage === 'in_force' ? 'pill-good' : stage === 'agreed' ? 'pill-busy' : ''}">${inLanguage(label)}</span>
        <small>${say('drafted_at', { at: moment(Date.parse(at)) })}${from ? html`・${say('effective_from', { day: moment(Date.parse(from)) })}` : nothing}</small>
        </a></li>`)}</ul>` : html`<p class="quiet">${say('versions_none')}</p>`}
      ${this.model.isSecretariat ? this.draftForm() : nothing}</section>`;
  }

  draftForm() {
    const files = this.picked ?? this.book?.files ?? null;
    return html`<details class="more"><summary>${icon('plus')}<span>${say('draft_new')}</span></summary>
      <form class="more-fields" @submit=${(/** @type {any} */ event) => this.make(event)}>
        <label class="field"><span>${say('draft_title')}</span><input name="title" required maxlength="200" autocomplete="off" placeholder=${say('draft_title_like')}></label>
        ${files ? html`<fieldset class="field"><legend>${say(this.picked ? 'draft_of_files' : 'draft_of_in_force')}</legend>
          ${new Draft(files).sets.map(({ file, parts }) => html`<label class="choice-line"><input type="checkbox" name="file" value=${file} .checked=${true}
              ?disabled=${parts.layer === 'floor'}>
            <span>${inLanguage({ ja: parts.ja, en: parts.en })} <small>${parts.version}${parts.layer === 'floor' ? `・${say('floor_stays')}` : ''}</small></span>
            </label>`)}</fieldset>` : html`<p class="quiet">${say('files_needed')}</p>`}
        <label class="field"><span>${say('draft_files')}</span><input type="file" accept=".toml" multiple
            @change=${(/** @type {any} */ event) => this.take(event.target.files)}></label>
        <p class="quiet">${say('draft_how')}</p>
        <button class="button button-primary" type="submit" aria-disabled=${String(this.busy || !files)}>${say('draft_make')}</button></form></details>`;
  }

  /** @param {FileList} list */
  async take(list) {
    this.picked = list.length ? await Promise.all([...list].map(async (file) => ({ name: file.name, text: await file.text() }))) : null;
    this.requestUpdate();
  }

  /** @param {any} event */
  make(event) {
    event.preventDefault();
    const fields = new FormData(event.target);
    const chosen = new Set(fields.getAll('file').map(String));
    const all = this.picked ?? this.book?.files ?? [];
    const floors = new Set(new Draft(all).sets.filter(({ parts }) => parts.layer === 'floor').map(({ file }) => file));
    const files = all.filter(({ name }) => name === VOCABULARY || floors.has(name) || chosen.has(name));
    if (files.length === 0) return;
    this.attempt(async () => {
      const { id } = await this.hub.draft(String(fields.get('title')).trim(), files);
      location.hash = `#/console/rules/${id}`;
    });
  }

  // ── in force ──

  /** @param {InForce} inForce */
  inForcePart(inForce) {
    return html`<section class="rules-card"><h2>${say('in_force')}</h2>
      ${inForce.only_seeds ? html`<p class="rules-warning">${icon('alarm')}<span>${say('only_seeds')}</span></p>` : nothing}
      <ul class="rules-sets">${inForce.sets.map((set) => this.setLine(set))}</ul>
      ${this.notes(inForce)}
      <h3>${say('rules_all')}</h3>
      <label class="field rules-search"><span>${say('rules_search')}</span><input type="search" autocomplete="off" .value=${this.search}
        @input=${(/** @type {any} */ event) => { this.search = event.target.value; this.requestUpdate(); }}></label>
      ${this.rulesOf(inForce)}</section>`;
  }

  /** @param {SetInForce} set */
  setLine({ title, layer, version, stage_label: stage, review_by: review, agreed_by: agreed, rules }) {
    const due = reviewState(review, Date.now());
    const bodies = agreed.map(({ body, role, on }) => say('agreed_one', { body, role: word('role', role), day: calendarDate(on) }));
    return html`<li class="rules-set"><b>${inLanguage(title)}</b><span class="pill">${inLanguage(stage)}</span>
      <small>${say('set_about', { version, count: rules.length })}</small>
      <small>${bodies.length ? say('agreed_by', { who: listed(bodies) }) : say(layer === 'floor' ? 'floor_unsigned' : 'agreed_by_nobody')}</small>
      ${review ? html`<small class=${due ? 'rules-due' : ''}>${due ? icon(due === 'past' ? 'alarm' : 'clock') : nothing}
        ${say(due === 'past' ? 'review_past' : due === 'near' ? 'review_near' : 'review_by', { day: calendarDate(review) })}</small>` : nothing}</li>`;
  }

  /** @param {InForce} inForce */
  notes({ notes }) {
    if (notes.length === 0) return nothing;
    const placeholders = notes.filter(({ code }) => code === 'placeholder').length;
    return html`<details class="more"><summary>${icon('wait')}<span>${say('notes', { count: notes.length, placeholders })}</span></summary>
      <ul class="rule-notes">${notes.map(({ text }) => html`<li>${icon('wait')}<span>${inLanguage(text)}</span></li>`)}</ul></details>`;
  }

  /** In words where the files are there, else as the hub tells them. @param {InForce} inForce */
  rulesOf({ sets }) {
    const { book, search } = this;
    const noted = this.noted();
    const shown = sets.map((set) => {
      const known = book?.sets.find(({ id }) => id === set.id);
      const isOpen = search !== '' || this.unfolded.has(set.id);
      const card = (/** @type {import('../../console/rule-file.js').Rule} */ rule) => (isOpen && book ? ruleCard(readOnly(book, noted), rule) : nothing);
      const cards = known && book ? known.rules.filter((rule) => isFound(rule, search, book.words)).map(card)
        : set.rules.filter((rule) => isNamed(rule, search)).map(plainCard);
      return { set, cards };
    }).filter(({ cards }) => cards.length);
    if (shown.length === 0) return html`<p class="quiet">${say('rules_none_found')}</p>`;
    return shown.map(({ set, cards }) => html`<details class="rules-group" ?open=${search !== '' || this.unfolded.has(set.id)}
        @toggle=${(/** @type {any} */ event) => this.fold(set.id, event.target.open)}><summary><b>${inLanguage(set.title)}</b> <small>${say('rules_count', { count: cards.length })}</small></summary>
      <ul class="rule-cards">${cards}</ul></details>`);
  }

  /** Sets that are folded up are counted, and not painted. @param {string} id @param {boolean} isOpen */
  fold(id, isOpen) {
    if (isOpen === (this.search !== '' || this.unfolded.has(id))) return;
    if (isOpen) this.unfolded.add(id);
    else this.unfolded.delete(id);
    this.requestUpdate();
  }

  /** What is still to be decided, by rule. */
  noted() {
    /** @type {Map<string, import('../../console/rules-rest.js').Text[]>} */
    const noted = new Map();
    for (const { about, text } of this.inForce?.notes ?? []) noted.set(about, [...(noted.get(about) ?? []), text]);
    return noted;
  }
}

customElements.define('renkei-console-rules', ConsoleRules);
