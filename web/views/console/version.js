// `<renkei-rule-version>`: one version of the rulebook. A draft is written here by form or as text, checked, tried on the
// past, proposed, signed and put in force; everybody else reads it, and a body's representative signs.

import { html, nothing } from '../../vendor/lit.js';
import { Draft, HEADER } from '../../console/draft.js';
import { say } from '../../console/rules-phrases.js';
import { isFound, listWord, partName } from '../../console/wording.js';
import { moment } from '../../dates.js';
import { inLanguage } from '../../language.js';
import { icon } from '../icons.js';
import { optionsOf } from './pickers.js';
import { mistakes, ruleCard } from './rule-card.js';
import { textPart } from './rule-text.js';
import { Section } from './rule-section.js';
import { lifePart, setsPart } from './signing.js';
import { Trying } from './trying.js';

/**
 * @typedef {import('../../console/rules-rest.js').Version} Version
 * @typedef {import('../../console/rule-file.js').Rule} Rule
 * @typedef {'rules' | 'text' | 'sets' | 'check' | 'difference' | 'replay' | 'life'} Tab
 */

/** @type {Tab[]} */
const TABS = ['rules', 'text', 'sets', 'check', 'difference', 'replay', 'life'];
/** What whoever signs looks at. @type {Tab[]} */
const READ = ['rules', 'difference', 'life'];
const EDITABLE = new Set(['draft', 'proposed', 'agreed']);

export class RuleVersion extends Section {
  constructor() {
    super();
    /** @type {Version | null} */
    this.version = null;
    /** @type {Draft | null} */
    this.draft = null;
    /** @type {Tab} */
    this.tab = 'rules';
    this.search = '';
    this.editing = '';
    /** Whose text is shown. */
    this.file = '';
    /** Sets that are unfolded. @type {Set<string>} */
    this.unfolded = new Set();
    this.trying = new Trying(this);
    /** What is in force, to see which sets changed. @type {Draft | null} */
    this.inForce = null;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('item')) this.load();
  }

  get id() {
    return this.item;
  }

  load() {
    Object.assign(this, { version: null, draft: null, editing: '', tab: 'rules' });
    this.trying = new Trying(this);
    return this.attempt(async () => {
      const { item } = this;
      const version = await this.hub.version(item);
      if (item === this.item) this.take(version);
      this.lookAtInForce();
    });
  }

  /** Only for a word of advice: what does not come hides nothing. */
  async lookAtInForce() {
    if (this.inForce || !this.model.isSecretariat) return;
    const version = await this.hub.versionInForce().catch(() => '');
    const files = version ? (await this.hub.version(version).catch(() => null))?.files : await this.hub.filesInForce().catch(() => null);
    this.inForce = files ? new Draft(files) : null;
    this.requestUpdate();
  }

  /** @param {Version} version */
  take(version) {
    const key = `renkei.draft.${version.id}`;
    this.version = version;
    if (this.draft) this.draft.kept(version.files);
    else this.draft = new Draft(version.files, { load: () => sessionStorage.getItem(key), save: (text) => (text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key)) });
  }

  get mayEdit() {
    return this.model.isSecretariat && EDITABLE.has(this.version?.stage ?? '');
  }

  render() {
    const { version, draft } = this;
    if (!version || !draft) return html`<section class="rules">${this.back()}${this.messages()}${this.notYet(() => this.load())}</section>`;
    return html`<section class="rules">${this.back()}
      <header class="rules-title"><h1>${version.title}</h1><span class="pill ${version.stage === 'in_force' ? 'pill-good' : 'pill-busy'}">${inLanguage(version.stage_label)}</span>
        <small>${say('drafted_at', { at: moment(Date.parse(version.drafted_at)) })}${
          version.effective_at ? html`・${say('effective_from', { day: moment(Date.parse(version.effective_at)) })}` : nothing}</small></header>
      <nav class="rules-tabs" aria-label=${say('parts_of_version')}>${(this.model.isSecretariat ? TABS : READ).map((tab) => html`<button type="button"
          aria-current=${tab === this.tab ? 'true' : 'false'}
        @click=${() => this.show(tab)}>${say(`tab_${tab}`)}</button>`)}</nav>
      ${this.messages()}${this.mistakesPart(draft)}
      ${this.content(version, draft)}
      ${draft.isChanged && this.mayEdit ? this.saveBar(version) : nothing}</section>`;
  }

  back() {
    return html`<p><a class="button-link rules-back" href="#/console/rules">${icon('back')}<span>${say('to_rulebook')}</span></a></p>`;
  }

  /** @param {Tab} tab */
  show(tab) {
    Object.assign(this, { tab, trouble: '', done: '' });
    this.requestUpdate();
    this.trying.open(tab);
  }

  /** @param {Version} version @param {Draft} draft */
  content(version, draft) {
    if (this.tab === 'text') return textPart(this, draft);
    if (this.tab === 'sets') return setsPart(this, draft);
    if (this.tab === 'life') return lifePart(this, version, draft);
    if (this.tab === 'rules') return this.rulesPart(version, draft);
    return html`${draft.isChanged ? html`<p class="rules-warning">${icon('alarm')}<span>${say('save_first')}</span></p>` : nothing}${this.trying.part(this.tab)}`;
  }

  // ── saving ──

  /** @param {Version} version */
  saveBar({ stage }) {
    return html`<div class="rules-save" role="region" aria-label=${say('unsaved')}><span>${icon('edit')}${say(stage === 'draft' ? 'unsaved' : 'unsaved_signed')}</span>
      ${this.button(say('save'), () => this.save(), { primary: true })}
      <button class="button button-text" type="button" @click=${() => confirm(say('undo_sure')) && this.undo()}>${say('undo')}</button></div>`;
  }

  undo() {
    this.draft?.forget();
    this.requestUpdate();
  }

  save() {
    const { draft } = this;
    if (!draft) return;
    this.attempt(async () => {
      try {
        this.take(await this.hub.save(this.item, this.version?.fingerprint ?? '', draft.files));
        this.trying.forget();
        this.done = say('saved');
      } catch (/** @type {any} */ error) {
        draft.told(error.problem?.mistakes ?? []);
        for (const { file, owner } of draft.mistakes) if (owner) this.unfolded.add(file);
        throw error;
      }
    });
  }

  /** Every mistake, each a way to its rule. @param {Draft} draft */
  mistakesPart(draft) {
    if (draft.mistakes.length === 0) return nothing;
    // Japanese and English of one text stand in one line, and lack the same.
    const once = new Map(draft.mistakes.map((one) => [[one.file, one.owner || one.line, one.key, one.text.ja].join(' '), one]));
    return html`<section class="rules-mistakes" aria-label=${say('mistakes')}><h2>${icon('alarm')}${say('mistakes_count', { count: once.size })}</h2>
      <ul>${[...once.values()].map((one) => html`<li><button class="button-link" type="button"
          @click=${() => this.goTo(one)}>${this.placeWords(one)}</button> ${inLanguage(one.text)}</li>`)}</ul></section>`;
  }

  /** @param {import('../../console/draft.js').PlacedMistake} one */
  placeWords({ file, owner, key }) {
    const place = owner && owner !== HEADER ? owner : file;
    return [place, partName(key)].filter(Boolean).join(' ');
  }

  /** @param {import('../../console/draft.js').PlacedMistake} one */
  async goTo({ file, owner }) {
    const isRule = owner !== '' && owner !== HEADER;
    this.unfolded.add(file);
    Object.assign(this, { tab: isRule ? 'rules' : owner ? 'sets' : 'text', file, search: '', editing: isRule && this.mayEdit ? owner : this.editing });
    this.requestUpdate();
    await this.updateComplete;
    const card = isRule ? document.getElementById(`rule-${owner}`) : null;
    const wrong = /** @type {HTMLElement | null} */ (card?.querySelector('.rule-part[data-wrong] :is(input, select, textarea)') ?? null);
    wrong?.focus({ preventScroll: true });
    (wrong?.closest('.rule-part') ?? card)?.scrollIntoView({ block: wrong ? 'center' : 'start' });
  }

  // ── rules by card ──

  /** @param {Version} version @param {Draft} draft */
  rulesPart({ notes }, draft) {
    /** @type {Map<string, any[]>} */
    const noted = new Map();
    for (const { about, text } of [...notes, ...this.trying.findingsByRule()]) noted.set(about, [...(noted.get(about) ?? []), text]);
    const bench = {
      draft, mayEdit: this.mayEdit, editing: this.editing, notes: noted,
      edit: (/** @type {string} */ id) => { this.editing = id; this.requestUpdate(); },
      changed: () => this.requestUpdate(),
      remove: (/** @type {Rule} */ rule) => this.removeRule(rule),
    };
    const shown = draft.sets.map((set) => ({ set, rules: set.rules.filter((rule) => isFound(rule, this.search, draft.words) || rule.id === this.editing) }))
      .filter(({ rules }) => rules.length || !this.search);
    return html`<label class="field rules-search"><span>${say('rules_search')}</span><input type="search" autocomplete="off" .value=${this.search}
        @input=${(/** @type {any} */ event) => { this.search = event.target.value; this.requestUpdate(); }}></label>
      ${shown.length ? nothing : html`<p class="quiet">${say('rules_none_found')}</p>`}
      ${shown.map(({ set, rules }) => this.group(set, rules, draft, bench))}`;
  }

  /** A set's rules; folded up, none of them is painted. @param {import('../../console/rule-file.js').RuleSet} set @param {Rule[]} rules @param {Draft} draft @param {import('./rule-card.js').Bench} bench */
  group(set, rules, draft, bench) {
    const { file, parts } = set;
    const mayEdit = bench.mayEdit && parts.layer !== 'floor';
    const isOpen = this.unfolded.has(file) || this.search !== '';
    const toggled = (/** @type {any} */ event) => {
      if (event.target.open === isOpen) return;
      if (event.target.open) this.unfolded.add(file);
      else this.unfolded.delete(file);
      this.requestUpdate();
    };
    return html`<details class="rules-group" ?open=${isOpen} @toggle=${toggled}>
      <summary><b>${inLanguage({ ja: parts.ja, en: parts.en })}</b>
        <small>${listWord('layer', parts.layer)}・${parts.version}・${say('rules_count', { count: rules.length })}</small></summary>
      ${mistakes(draft.mistakesOf(file, HEADER))}
      ${parts.layer === 'floor' ? html`<p class="quiet">${say('floor_fixed')}</p>` : nothing}
      ${isOpen ? html`<ul class="rule-cards">${rules.map((rule) => ruleCard({ ...bench, mayEdit }, rule))}</ul>${mayEdit ? this.adding(draft, set) : nothing}` : nothing}</details>`;
  }

  /** @param {Draft} draft @param {import('../../console/rule-file.js').RuleSet} set */
  adding(draft, set) {
    const add = (/** @type {any} */ event) => {
      const { value } = event.target;
      event.target.value = '';
      if (!value) return;
      const id = draft.freeId(set);
      draft.add(set, value, id);
      this.editing = id;
      this.requestUpdate();
    };
    return html`<label class="field rules-add"><span>${say('rule_add')}</span><select @change=${add}><option value="">${say('rule_add_kind')}</option>
      ${optionsOf('kind').map(({ code, label }) => html`<option value=${code}>${inLanguage(label)} — ${say(/** @type {any} */ (`kind_${code}`))}</option>`)}</select></label>`;
  }

  /** @param {Rule} rule */
  removeRule(rule) {
    if (!confirm(say('rule_remove_sure', { rule: rule.id }))) return;
    this.draft?.remove(rule);
    this.editing = '';
    this.requestUpdate();
  }
}

customElements.define('renkei-rule-version', RuleVersion);
