// A rule as a card: in words for whoever reads, as a form for whoever writes a draft. What the hub found wrong stands at
// the part that it concerns.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../../console/rules-phrases.js';
import { listWord, ruleLines, titleOf } from '../../console/wording.js';
import { inLanguage } from '../../language.js';
import { icon } from '../icons.js';
import { choose, conditionField, optionsOf, partyField, pickMany, spanField, spansField, stepsField, tick, write } from './pickers.js';

/**
 * @typedef {import('../../console/draft.js').Draft} Draft
 * @typedef {import('../../console/rule-file.js').Rule} Rule
 * @typedef {object} Bench what holds the cards together
 * @property {Draft} draft
 * @property {boolean} mayEdit
 * @property {string} editing the rule whose form is open
 * @property {Map<string, import('../../console/rules-rest.js').Text[]>} notes by rule
 * @property {(id: string) => void} edit
 * @property {() => void} changed
 * @property {(rule: Rule) => void} remove
 */

const DEBTORS = ['team', 'author', 'named', 'visited', 'not_visited', 'host', 'region'];
const STANDING = ['team', 'host', 'region', 'subject'];
const VIEWED = new Set(['record.sensitivity', 'record.infection', 'record.own', 'record.addressed']);
const ORIGINS = ['published', 'proposal', 'law'];

/** @param {Bench} bench @param {Rule} rule */
export function ruleCard(bench, rule) {
  const { draft, editing, mayEdit } = bench;
  const isEdited = mayEdit && editing === rule.id;
  const wrong = draft.mistakesOf(rule.file, rule.id);
  const notes = bench.notes.get(rule.id) ?? [];
  return html`<li class="rule-card" id="rule-${rule.id}" data-wrong=${wrong.length ? 'true' : nothing}>
    <header class="rule-head"><h4><span class="rule-id">${rule.id}</span> ${titleOf(rule) || say('untitled')}</h4>
      <p class="rule-marks"><span class="mark rule-kind">${listWord('kind', rule.kind)}</span><span class="mark">${listWord('strength', rule.parts.strength ?? '')}</span>${
        wrong.length ? html`<span class="mark mark-alarm">${icon('alarm')}${say('mistakes_count', { count: wrong.length })}</span>` : nothing}</p>
      ${mayEdit ? html`<button class="button button-small" type="button" aria-expanded=${String(isEdited)} @click=${() => bench.edit(isEdited ? '' : rule.id)}>
        ${icon(isEdited ? 'check' : 'edit')}<span>${say(isEdited ? 'edit_done' : 'edit')}</span><span class="unseen">${rule.id}</span></button>` : nothing}</header>
    ${isEdited ? ruleForm(bench, rule) : words(draft, rule)}
    ${isEdited ? nothing : mistakes(wrong)}
    ${notes.length ? html`<ul class="rule-notes">${notes.map((text) => html`<li>${icon('wait')}<span>${inLanguage(text)}</span></li>`)}</ul>` : nothing}</li>`;
}

/** @param {Draft} draft @param {Rule} rule */
const words = (draft, rule) => html`<p class="rule-reason">${inLanguage(rule.parts.reason)}</p>
  <dl class="rule-lines">${ruleLines(rule, draft.words).map(({ about, says }) => html`<div><dt>${about}</dt><dd>${says}</dd></div>`)}</dl>`;

/** @param {import('../../console/draft.js').PlacedMistake[]} list */
export const mistakes = (list) => (list.length === 0 ? nothing : html`<div role="alert"><ul class="rule-mistakes">${list.map(({ text }) => html`<li class="field-error">
  ${icon('alarm')}<span>${inLanguage(text)}</span></li>`)}</ul></div>`);

/** @param {Bench} bench @param {Rule} rule */
function ruleForm(bench, rule) {
  const { draft } = bench;
  if (!rule.whole || !FORMS[rule.kind]) return html`<p class="field-error" role="alert">${icon('alarm')}<span>${say('only_as_text')}</span></p>${mistakes(draft.mistakesOf(rule.file, rule.id))}`;
  const set = (/** @type {string} */ key) => (/** @type {any} */ value) => {
    draft.set(rule, key, value);
    bench.changed();
  };
  const part = (/** @type {string} */ key, /** @type {any} */ input) => {
    const wrong = draft.mistakesOf(rule.file, rule.id, key);
    return html`<div class="rule-part" data-part=${key} data-wrong=${wrong.length ? 'true' : nothing}>${input}${mistakes(wrong)}</div>`;
  };
  const form = new RuleForm(rule, draft, set, part);
  const origins = optionsOf('origin').filter(({ code }) => ORIGINS.includes(code) || code === rule.parts.origin);
  return html`<form class="rule-form" aria-label=${say('form_of', { rule: rule.id })} @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <div class="rule-grid rule-grid-two">${form.text('ja')}${form.text('en')}${form.both('reason')}</div>
    <div class="rule-grid">${part('strength', choose(say('part_strength'), rule.parts.strength ?? '', optionsOf('strength'), set('strength')))}
      ${part('origin', choose(say('part_origin'), rule.parts.origin ?? '', origins, set('origin')))}</div>
    ${FORMS[rule.kind](form)}
    ${mistakes(draft.mistakesOf(rule.file, rule.id, ''))}
    <p class="rule-ends"><button class="button button-small" type="button" @click=${() => bench.edit('')}>${icon('check')}<span>${say('edit_done')}</span></button>
      <button class="button button-small button-text" type="button" @click=${() => bench.remove(rule)}>${say('rule_remove')}</button></p></form>`;
}

/** The inputs of one rule's parts. */
class RuleForm {
  /** @param {Rule} rule @param {Draft} draft @param {(key: string) => (value: any) => void} set @param {(key: string, input: any) => any} part */
  constructor(rule, draft, set, part) {
    this.rule = rule;
    this.draft = draft;
    this.set = set;
    this.part = part;
    this.parts = rule.parts;
    this.words = draft.words;
  }

  /** @param {'ja' | 'en'} lang */
  text(lang) {
    return this.part(lang, write(say(`part_title_${lang}`), this.parts[lang] ?? '', this.set(lang), { lang, rows: 2, max: 300 }));
  }

  /** Japanese and English of one text. @param {'reason' | 'advice'} key */
  both(key) {
    const now = this.parts[key] ?? { ja: '', en: '' };
    const put = (/** @type {'ja' | 'en'} */ lang) => (/** @type {string} */ text) => {
      const next = { ...now, [lang]: text };
      this.set(key)(key === 'advice' && !next.ja && !next.en ? undefined : next);
    };
    return html`${this.part(key, write(say(`part_${key}_ja`), now.ja, put('ja'), { lang: 'ja', rows: 2 }))}${write(say(`part_${key}_en`), now.en, put('en'), { lang: 'en', rows: 2 })}`;
  }

  /** The kinds of record that it is about. @param {'post' | 'view'} action */
  acts(action) {
    const all = this.parts.on ?? [];
    const others = all.filter((/** @type {string} */ act) => !act.startsWith(`${action}:`));
    const kinds = all.filter((/** @type {string} */ act) => act.startsWith(`${action}:`)).map((/** @type {string} */ act) => act.slice(action.length + 1));
    return this.part(action === 'post' || !others.length ? 'on' : `on_${action}`, pickMany(say(action === 'view' ? 'on_view' : 'on_post'), kinds, this.words.options('kinds'),
      (chosen) => this.set('on')([...others, ...chosen.map((kind) => `${action}:${kind}`)])));
  }

  /** Whether a fact may be asked by this rule. @param {string} field */
  fits(field) {
    const known = this.words.fields.get(field);
    if (!known) return false;
    if (this.rule.kind === 'standing') return known.kinds === null && ['team', 'history', 'patient', 'subject'].includes(known.from);
    const on = /** @type {string[]} */ (this.parts.on ?? []);
    if (on.some((act) => act.startsWith('view:'))) return ['actor', 'patient', 'request'].includes(known.from) || VIEWED.has(field);
    const { kinds } = known;
    const posted = this.words.members(on.map((act) => act.slice(act.indexOf(':') + 1)), 'kinds');
    return known.from !== 'subject' && (kinds === null || posted.some((kind) => kinds.includes(kind)));
  }

  /** @param {'when' | 'unless' | 'paused_when' | 'require' | 'pass_if'} key */
  condition(key) {
    return this.part(key, conditionField(say(`form_${key}`), this.parts[key] ?? [], { words: this.words, fits: (field) => this.fits(field), needed: key === 'require' }, this.set(key)));
  }

  /** @param {'within' | 'every'} key */
  span(key) {
    return this.part(key, spanField(say(`part_${key}`), this.parts[key] ?? { time: '', business: false, placeholder: false }, this.set(key)));
  }

  /** @param {string[]} relations */
  party(relations) {
    return this.part('owed_by', partyField(say('part_owed_by'), this.parts.owed_by ?? { roles: [], of: '', as: '', each: false }, this.words, relations, this.set('owed_by')));
  }

  chain() {
    return html`<div class="rule-grid">${this.part('remind', spansField(this.parts.remind ?? [], this.set('remind')))}
      ${this.part('escalate', stepsField(this.parts.escalate ?? [], this.words, this.set('escalate')))}
      ${this.part('ways_out', pickMany(say('part_ways_out'), this.parts.ways_out ?? [], optionsOf('ways_out'), (ways) => this.set('ways_out')(ways.length ? ways : undefined)))}</div>`;
  }

  metBy() {
    const met = this.parts.met_by ?? { acts: [], answers: false, same: '' };
    const options = [{ code: 'acknowledge', label: { ja: '確認', en: 'acknowledging' } }, ...this.words.options('kinds').map(({ code, label }) => ({ code: `post:${code}`, label }))];
    return this.part('met_by', html`<fieldset class="field"><legend>${say('part_met_by')}</legend>
      ${pickMany(say('met_by_acts'), met.acts, options, (acts) => this.set('met_by')({ ...met, acts }))}
      ${tick(say('met_by_answers'), met.answers, (answers) => this.set('met_by')({ ...met, answers }))}
      ${choose(say('met_by_same'), met.same, optionsOf('same'), (same) => this.set('met_by')({ ...met, same }), { none: say('met_by_any') })}</fieldset>`);
  }

  /** A word of a closed list. @param {'effect' | 'per' | 'advise' | 'by' | 'on_admission' | 'on_death'} key @param {string} [unsaid] what holds where nothing is written */
  word(key, unsaid) {
    return this.part(key, choose(say(`part_${key}`), this.parts[key] ?? unsaid ?? '', optionsOf(key), this.set(key)));
  }

  /** @param {'reason_ok' | 'aggregate'} key */
  flag(key) {
    return this.part(key, tick(say(`form_${key}`), this.parts[key] === true, (value) => this.set(key)(value || undefined)));
  }

  overrides() {
    const permits = this.draft.sets.flatMap(({ rules }) => rules.filter(({ parts }) => parts.effect === 'permit'))
      .map(({ id, parts: { ja, en } }) => ({ code: id, label: { ja: `${id} ${ja}`, en: `${id} ${en}` } }));
    return this.part('overrides', pickMany(say('part_overrides'), this.parts.overrides ?? [], permits, this.set('overrides')));
  }
}

/** What each kind of rule is made of. @type {Record<string, (form: RuleForm) => any>} */
const FORMS = {
  gate: (form) => html`${form.acts('post')}${form.condition('when')}${form.condition('unless')}${form.condition('require')}${form.condition('pass_if')}${form.flag('reason_ok')}`,
  duty: (form) => html`${form.acts('post')}${form.condition('when')}${form.condition('unless')}${form.party(DEBTORS)}${form.metBy()}${form.span('within')}${form.chain()}
    <div class="rule-grid">${form.word('on_admission', 'goes_on')}${form.word('on_death', 'closes')}</div>`,
  standing: (form) => html`${form.word('per')}${form.condition('when')}${form.condition('unless')}${form.condition('paused_when')}${form.party(STANDING)}
    ${form.part('keep', pickMany(say('part_keep'), form.parts.keep ?? [], form.words.options('kinds'), form.set('keep')))}${form.span('every')}${form.chain()}${form.flag('aggregate')}`,
  nudge: (form) => html`${form.acts('post')}${form.condition('when')}${form.condition('unless')}${form.word('advise')}<div class="rule-grid rule-grid-two">${form.both('advice')}</div>`,
  pledge: (form) => html`<div class="rule-grid">${form.part('who', pickMany(say('part_who'), form.parts.who ?? [], form.words.options('roles'), form.set('who')))}${form.word('by')}</div>${form.span('every')}`,
  share: (form) => html`${form.word('effect')}${form.acts('view')}${form.acts('post')}${form.condition('when')}${form.condition('unless')}${form.parts.effect === 'forbid' ? form.overrides() : nothing}`,
};
