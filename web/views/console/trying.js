// What a draft would do, before anybody signs it: oddities at their rules, who may do what, the difference in words, and
// the past replayed under it, as pictures with their tables. Counts by rule, never by person or office.

import { html, nothing } from '../../vendor/lit.js';
import { barsOf, comparedDuties, differenceBlocks } from '../../console/replayed.js';
import { say } from '../../console/rules-phrases.js';
import { titleOf } from '../../console/wording.js';
import { inLanguage, word } from '../../language.js';
import { icon } from '../icons.js';
import { chart, patterns } from './bars.js';

/**
 * @typedef {import('../../console/rules-rest.js').Replayed} Replayed
 * @typedef {import('../../console/rules-rest.js').Covered} Covered
 */

const SPANS = [7, 30, 90, 365, 0];
/** What becomes of a duty, and its pattern. */
const LIVED = /** @type {const} */ ([['in_time', 0], ['late', 1], ['escalated', 2], ['ended', 4], ['undetermined', 3]]);
export class Trying {
  /** @param {import('./version.js').RuleVersion} view */
  constructor(view) {
    this.view = view;
    this.days = 90;
    this.forget();
  }

  /** Another text, other answers. */
  forget() {
    /** @type {{findings: import('../../console/rules-rest.js').Finding[], coverage: Covered[]} | null} */
    this.analysis = null;
    /** @type {import('../../console/rules-rest.js').Text | null} */
    this.difference = null;
    /** @type {Replayed | null} */
    this.replayed = null;
    /** The same days under what is in force, where that is a version. @type {Replayed | null} */
    this.before = null;
    /** Why the hub ruled as it did on an example. @type {{entry: string, text: string} | null} */
    this.example = null;
  }

  /** @param {string} tab */
  open(tab) {
    const { hub, id } = this.view;
    if (tab === 'check' && !this.analysis) this.view.attempt(async () => { this.analysis = await hub.analysis(id); });
    if (tab === 'difference' && !this.difference) this.view.attempt(async () => { this.difference = (await hub.difference(id)).text; });
  }

  findingsByRule() {
    return (this.analysis?.findings ?? []).flatMap(({ rules, text }) => rules.map((about) => ({ about, text })));
  }

  /** @param {string} tab */
  part(tab) {
    if (tab === 'check') return this.checkPart();
    return tab === 'difference' ? this.differencePart() : this.replayPart();
  }

  waiting() {
    return this.view.busy ? html`<p class="quiet" role="status">${say('loading')}</p>` : nothing;
  }

  // ── check and analysis ──

  checkPart() {
    const { analysis, view } = this;
    if (!analysis) return this.waiting();
    const notes = view.version?.notes ?? [];
    return html`<section class="rules-card"><h2>${say('findings')}</h2>
      ${analysis.findings.length ? html`<ul class="rule-notes">${analysis.findings.map(({ rules, text }) => html`<li>${icon('alarm')}<span>${inLanguage(text)}
        ${rules.map((rule) => this.way(rule))}</span></li>`)}</ul>` : html`<p class="rules-good">${icon('check')}<span>${say('findings_none')}</span></p>`}</section>
      <section class="rules-card"><h2>${say('notes_open')}</h2>
        ${notes.length ? html`<ul class="rule-notes">${notes.map(({ about, text }) => html`<li>${icon('wait')}<span>${inLanguage(text)}
        ${this.isRule(about) ? this.way(about) : nothing}</span></li>`)}</ul>` : html`<p class="rules-good">${icon('check')}<span>${say('notes_none')}</span></p>`}</section>
      <section class="rules-card"><h2>${say('coverage')}</h2><p class="quiet">${say('coverage_how')}</p>${coverageTable(analysis.coverage)}</section>`;
  }

  /** The way to a rule's card. @param {string} rule */
  way(rule) {
    return html`<button class="button-link" type="button" @click=${() => this.goTo(rule)}>${say('rule_see', { rule })}</button>`;
  }

  /** @param {string} id */
  isRule(id) {
    return Boolean(this.view.draft?.sets.some(({ rules }) => rules.some((rule) => rule.id === id)));
  }

  /** @param {string} rule */
  goTo(rule) {
    const set = this.view.draft?.sets.find(({ rules }) => rules.some(({ id }) => id === rule));
    if (set) this.view.goTo(/** @type {any} */ ({ file: set.file, owner: rule }));
  }

  // ── difference ──

  differencePart() {
    const { difference } = this;
    if (!difference) return this.waiting();
    const titles = new Map((this.view.draft?.sets ?? []).map(({ id, parts }) => [id, inLanguage({ ja: parts.ja, en: parts.en })]));
    const blocks = differenceBlocks(inLanguage(difference), titles);
    return html`<section class="rules-card"><h2>${say('difference')}</h2>${blocks.map(({ head, lines }) => html`<div class="rules-change"><h3>${head}</h3>
      ${lines.length ? html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>` : nothing}</div>`)}</section>`;
  }

  // ── replay ──

  replay() {
    const { view } = this;
    Object.assign(this, { replayed: null, before: null, example: null });
    view.attempt(async () => {
      const days = this.days || null;
      const version = await view.hub.versionInForce();
      const replayed = await view.hub.replay(view.id, days);
      if (version && version !== view.id) this.before = await view.hub.replay(version, days);
      this.replayed = replayed;
    });
  }

  replayPart() {
    const { replayed, view } = this;
    return html`<section class="rules-card"><h2>${say('replay')}</h2><p class="quiet">${say('replay_how')}</p>
      <div class="rule-line"><label class="field rules-since"><span>${say('replay_since')}</span><select
          @change=${(/** @type {any} */ event) => { this.days = Number(event.target.value); }}>
        ${SPANS.map((days) => html`<option value=${days} ?selected=${days === this.days}>${days ? say('days', { count: days }) : say('days_all')}</option>`)}</select></label>
      ${view.button(say('replay_do'), () => this.replay(), { primary: true, glyph: 'sync' })}</div>
      ${view.busy ? html`<p class="quiet" role="status">${say('replay_runs')}</p>` : nothing}</section>
      ${replayed ? this.pictures(replayed) : nothing}`;
  }

  /** @param {Replayed} replayed */
  pictures(replayed) {
    const { events, undetermined, unreadable, destroyed } = replayed;
    const changed = replayed.changes.reduce((sum, { count }) => sum + count, 0);
    const figures = /** @type {const} */ ([
      ['replay_events', events], ['replay_changed', changed], ['replay_undetermined', undetermined], ['replay_unreadable', unreadable], ['replay_destroyed', destroyed],
    ]);
    return html`${patterns()}<section class="rules-card" aria-live="polite"><h2>${say('replay_result')}</h2>
      <dl class="rules-figures">${figures.map(([name, count]) => html`<div><dt>${say(name)}</dt><dd>${count}</dd></div>`)}</dl></section>
      <section class="rules-card">${this.changes(replayed)}</section>
      <section class="rules-card">${this.duties(replayed)}</section>
      <section class="rules-card">${this.advice(replayed)}
      <details class="more"><summary>${say('replay_words')}</summary><pre class="rules-words">${inLanguage(replayed.text)}</pre></details></section>`;
  }

  /** @param {Replayed} replayed */
  changes({ changes }) {
    if (changes.length === 0) return html`<h3>${say('changes')}</h3><p class="rules-good">${icon('check')}<span>${say('changes_none')}</span></p>`;
    const tones = { permit: 0, hold: 3, queue: 4, deny: 2 };
    const fate = (/** @type {string} */ code) => say(/** @type {any} */ (`fate_${code}`));
    const fates = [...new Set(changes.map(({ to }) => to))];
    const rows = changes.map(({ from, to, count, examples }) => ({ label: say('change_from_to', { from: fate(from), to: fate(to) }), values: { [to]: count }, extra: examples }));
    return html`${chart({
      title: say('changes'), of: say('change'), rows, file: 'replay-changes',
      series: fates.map((code) => ({ key: code, label: say('change_to', { to: fate(code) }), tone: tones[/** @type {keyof typeof tones} */ (code)] ?? 0 })),
      more: [{ label: say('examples'), of: ({ extra = [] }) => extra.map((entry, at) => html`<button class="button-link rules-example" type="button"
          @click=${() => this.explain(entry)}>${say('example', { number: at + 1 })}</button> `) }],
    })}${this.example ? html`<div class="rules-explained" role="status"><b>${say('example_now')}</b><p>${this.example.text}</p></div>` : nothing}`;
  }

  /** @param {string} entry */
  explain(entry) {
    this.view.attempt(async () => {
      try {
        const { answers } = await this.view.hub.explain(entry);
        this.example = { entry, text: answers.map(({ text }) => inLanguage(text)).join('\n') };
      } catch (/** @type {any} */ error) {
        // The secretariat tries rules on records that it may not see.
        if (error.status !== 404 && error.status !== 403) throw error;
        this.example = { entry, text: say('example_hidden', { entry }) };
      }
    });
  }

  /** @param {string} rule */
  nameOf(rule) {
    const found = this.view.draft?.sets.flatMap(({ rules }) => rules).find(({ id }) => id === rule);
    return found ? titleOf(found) : '';
  }

  /** @param {Replayed} replayed */
  duties(replayed) {
    const compared = comparedDuties(replayed, this.before);
    if (compared.length === 0) return html`<h3>${say('duties_replayed')}</h3><p class="quiet">${say('duties_replayed_none')}</p>`;
    const rows = compared.flatMap(({ rule, draft, inForce }) => [
      { label: say('row_draft', { rule }), note: this.nameOf(rule), values: barsOf(draft), extra: [draft] },
      ...(inForce ? [{ label: say('row_in_force', { rule }), values: barsOf(inForce), extra: [inForce] }] : []),
    ]);
    const posted = compared.some(({ inForce }) => inForce === null);
    return html`${chart({
      title: say('duties_replayed'), of: say('rule'), rows, file: 'replay-duties',
      series: LIVED.map(([key, tone]) => ({ key, label: say(`lived_${key}`), tone })),
      more: [{ label: say('lived_opened'), of: ({ extra = [] }) => extra[0].opened }, { label: say('lived_unconfirmed'), of: ({ extra = [] }) => extra[0].unconfirmed }],
    })}${posted ? html`<p class="quiet">${say('duties_before_unknown')}</p>` : nothing}`;
  }

  /** @param {Replayed} replayed */
  advice({ nudges }) {
    const rows = Object.entries(nudges).map(([rule, count]) => ({ label: rule, note: this.nameOf(rule), values: { count } }));
    if (rows.length === 0) return html`<h3>${say('advice_replayed')}</h3><p class="quiet">${say('advice_replayed_none')}</p>`;
    return chart({ title: say('advice_replayed'), of: say('rule'), rows, series: [{ key: 'count', label: say('times'), tone: 0 }], file: 'replay-advice' });
  }
}

/** Roles × kinds of record. @param {Covered[]} coverage */
function coverageTable(coverage) {
  const roles = [...new Set(coverage.map(({ role }) => role))];
  const kinds = [...new Set(coverage.map(({ kind }) => kind))];
  const cells = new Map(coverage.map((cell) => [`${cell.role} ${cell.kind}`, cell]));
  return html`<div class="scroll rules-coverage" tabindex="0" role="region" aria-label=${say('coverage')}><table class="table"><thead><tr><th scope="col">${say('record_kind')}</th>
    ${roles.map((role) => html`<th scope="col">${word('role', role)}</th>`)}</tr></thead>
    <tbody>${kinds.map((kind) => html`<tr><th scope="row">${word('kind', kind)}</th>${roles.map((role) => covered(cells.get(`${role} ${kind}`)))}</tr>`)}</tbody></table></div>`;
}

/** @param {Covered | undefined} cell */
function covered(cell) {
  if (!cell || !(cell.may_view || cell.may_post)) return html`<td class="rules-cell-none">${say('cell_none')}</td>`;
  const { may_view: views, views_own_only: own, may_post: posts, rules } = cell;
  return html`<td>${views ? html`<span class=${own ? 'rules-cell-own' : 'rules-cell-view'}>${say(own ? 'cell_own' : 'cell_view')}</span>` : nothing}${
    posts ? html`<span class="rules-cell-post">${say('cell_post')}</span>` : nothing}${rules ? html`<small>${say('cell_rules', { count: rules })}</small>` : nothing}</td>`;
}
