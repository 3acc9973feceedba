// The small inputs of a rule's form: several of a list, a span of time, who, a condition. Templates only: each gives the
// whole new value of its part to `set`.

import { html, live, nothing } from '../../vendor/lit.js';
import { LISTS } from '../../console/rule-codes.js';
import { say } from '../../console/rules-phrases.js';
import { either, listWord, timeOf, unitOf } from '../../console/wording.js';
import { inLanguage, language } from '../../language.js';
import { icon } from '../icons.js';

/**
 * @typedef {{code: string, label: {ja: string, en: string}}} Option
 * @typedef {import('../../console/rule-file.js').Term} Term
 * @typedef {import('../../console/rule-file.js').Condition} Condition
 * @typedef {import('../../console/rule-file.js').Party} Party
 * @typedef {import('../../console/rule-file.js').Span} Span
 * @typedef {import('../../console/vocabulary.js').Vocabulary} Vocabulary
 */

/** The words of a closed list as options. @param {string} list @returns {Option[]} */
export const optionsOf = (list) => Object.entries(LISTS[list]).map(([code, [ja, en]]) => ({ code, label: { ja, en } }));

/** @param {Option[]} options @param {string} chosen */
const optionTags = (options, chosen) => options.map(({ code, label }) => html`<option value=${code} .selected=${live(code === chosen)}>${inLanguage(label)}</option>`);

/** @param {string} label @param {string} value @param {Option[]} options @param {(code: string) => void} set @param {{none?: string, hidden?: boolean}} [how] `none`: what an empty choice is called */
export const choose = (label, value, options, set, { none, hidden } = {}) => html`<label class=${hidden ? 'rule-bare' : 'field'}><span class=${hidden ? 'unseen' : nothing}>${label}</span>
  <select @change=${(/** @type {any} */ event) => set(event.target.value)}>
    ${none === undefined ? nothing : html`<option value="" .selected=${live(value === '')}>${none}</option>`}
    ${optionTags(value === '' || options.some(({ code }) => code === value) ? options : [{ code: value, label: { ja: value, en: value } }, ...options], value)}</select></label>`;

/** @param {string} label @param {string} value @param {(text: string) => void} set @param {{lang?: string, rows?: number, max?: number, type?: string, list?: string}} [how] */
export const write = (label, value, set, { lang, rows = 0, max = 1000, type = 'text', list } = {}) => html`<label class="field"><span>${label}</span>
  ${rows ? html`<textarea lang=${lang ?? nothing} rows=${rows} maxlength=${max} .value=${value} @input=${(/** @type {any} */ event) => set(event.target.value)}></textarea>`
    : html`<input type=${type} lang=${lang ?? nothing} list=${list ?? nothing} maxlength=${max} autocomplete="off" .value=${value}
        @input=${(/** @type {any} */ event) => set(event.target.value)}>`}</label>`;

/** @param {string} label @param {boolean} value @param {(value: boolean) => void} set */
export const tick = (label, value, set) => html`<label class="choice-line"><input type="checkbox" .checked=${live(value)}
  @change=${(/** @type {any} */ event) => set(event.target.checked)}><span>${label}</span></label>`;

/** Several of a list: what is chosen as chips that can be taken out, and a list to add from. @param {string} label @param {string[]} values @param {Option[]} options @param {(values: string[]) => void} set */
export function pickMany(label, values, options, set) {
  const labelOf = (/** @type {string} */ code) => inLanguage(options.find((one) => one.code === code)?.label) || code;
  const add = (/** @type {any} */ event) => {
    const { value } = event.target;
    event.target.value = '';
    if (value) set([...values, value]);
  };
  return html`<fieldset class="field rule-many"><legend>${label}</legend>
    ${values.length ? html`<ul class="rule-chips">${values.map((code) => html`<li><span>${labelOf(code)}</span>
      <button type="button" aria-label=${say('take_out', { what: labelOf(code) })}
          @click=${() => set(values.filter((one) => one !== code))}>${icon('close')}</button></li>`)}</ul>` : nothing}
    <select aria-label=${say('add_to', { what: label })} @change=${add}><option value="">${say('add')}</option>
      ${options.filter(({ code }) => !values.includes(code)).map(({ code, label: text }) => html`<option value=${code}>${inLanguage(text)}</option>`)}</select></fieldset>`;
}

const ONE_OF = [{ code: 'is', label: { ja: 'が次のどれか', en: 'is one of' } }, { code: 'not', label: { ja: 'が次のどれでもない', en: 'is none of' } }];
const THAN = [{ code: 'over', label: { ja: 'が次を超える', en: 'is more than' } }, { code: 'under', label: { ja: 'が次より少ない', en: 'is less than' } }];
const UNITS = /** @type {const} */ (['m', 'h', 'd']);

/** @param {string} label @param {string} time @param {(time: string) => void} set */
function timeInputs(label, time, set) {
  const { count, unit } = timeOf(time);
  return html`<label class="rule-bare rule-count"><span class="unseen">${say('count_of', { what: label })}</span>
      <input type="number" min="1" max="3650" inputmode="numeric" .value=${count}
          @input=${(/** @type {any} */ event) => Number(event.target.value) >= 1 && set(`${Math.trunc(Number(event.target.value))}${unit || 'h'}`)}></label>
    <label class="rule-bare"><span class="unseen">${say('unit_of', { what: label })}</span>
      <select @change=${(/** @type {any} */ event) => set(`${count || 1}${event.target.value}`)}>${UNITS.map((one) => html`<option value=${one} .selected=${live(one === unit)}>${say(`unit_${one}`)}</option>`)}</select></label>`;
}

/** @param {string} label @param {Span} span @param {(span: Span) => void} set */
export const spanField = (label, span, set) => html`<fieldset class="field rule-span"><legend>${label}</legend>
  <div class="rule-line">${timeInputs(label, span.time, (time) => set({ ...span, time, placeholder: false }))}
  ${tick(say('business'), span.business, (business) => set({ ...span, business }))}
  ${span.placeholder ? tick(say('placeholder'), true, (placeholder) => set({ ...span, placeholder })) : nothing}</div></fieldset>`;

/** @param {Span[]} spans @param {(spans: Span[] | undefined) => void} set */
export const spansField = (spans, set) => html`<fieldset class="field"><legend>${say('part_remind')}</legend>
  ${spans.map((span, at) => html`<div class="rule-line">${timeInputs(say('part_remind'), span.time, (time) => set(spans.map((one, place) => (place === at ? { ...one, time, placeholder: false } : one))))}
    <button class="button button-small" type="button" @click=${() => set(spans.length > 1 ? spans.filter((_, place) => place !== at) : undefined)}>${say('remove')}</button></div>`)}
  <button class="button button-small rule-add" type="button"
      @click=${() => set([...spans, { time: '1h', business: false, placeholder: false }])}>${icon('plus')}<span>${say('add_reminder')}</span></button></fieldset>`;

/** @param {string} label @param {Party} party @param {Vocabulary} words @param {string[]} relations those that make sense here @param {(party: Party) => void} set */
export const partyField = (label, party, words, relations, set) => html`<fieldset class="field rule-party"><legend>${label}</legend>
  <div class="rule-grid">${pickMany(say('party_roles'), party.roles, words.options('roles'), (roles) => set({ ...party, roles }))}
  ${choose(say('party_of'), party.of, optionsOf('of').filter(({ code }) => relations.includes(code)), (of) => set({ ...party, of }), { none: say('party_of_unsaid') })}
  ${choose(say('party_as'), party.as, optionsOf('as'), (as) => set({ ...party, as }), { none: say('party_as_unsaid') })}</div>
  ${relations.includes('debtor') ? nothing : tick(say('party_each'), party.each, (each) => set({ ...party, each }))}</fieldset>`;

/** The first that may stand in a row: what fits the kinds the rule is about. @param {Vocabulary} words @param {(field: string) => boolean} fits */
const fieldsOf = (words, fits) => [...words.fields].filter(([code]) => fits(code)).map(([code, { label, from }]) => ({ code, label, from }));

/** @param {string} field @param {Vocabulary} words @returns {Term} */
function freshTerm(field, words) {
  const known = words.fields.get(field);
  const first = words.valueOptions(field)[0]?.code;
  if (known?.type === 'number' || known?.type === 'duration') return { field, op: 'over', values: [known.type === 'number' ? 1 : '1h'], placeholder: false };
  return { field, op: 'is', values: [known?.type === 'flag' ? true : first], placeholder: false };
}

/**
 * A condition: rows that must all hold, and blocks of which one must.
 * @param {string} label @param {Condition} condition @param {{words: Vocabulary, fits: (field: string) => boolean, needed?: boolean}} how @param {(condition: Condition | undefined) => void} set
 */
export function conditionField(label, condition, { words, fits, needed = false }, set) {
  const options = fieldsOf(words, fits);
  const give = (/** @type {Condition} */ next) => {
    const left = next.filter((terms) => terms.length);
    set(left.length || needed ? left : undefined);
  };
  const put = (/** @type {number} */ block, /** @type {Term[]} */ terms) => give(condition.map((one, at) => (at === block ? terms : one)));
  const begin = () => options.length && give([...condition, [freshTerm(options[0].code, words)]]);
  return html`<fieldset class="field rule-condition"><legend>${label}</legend>
    ${condition.map((terms, block) => html`${block ? html`<p class="rule-or">${say('or')}</p>` : nothing}<div class="rule-block">
      ${terms.map((term, at) => termRow(term, { words, options }, (next) => put(block, next ? terms.map((one, place) => (place === at ? next : one)) : terms.filter((_, place) => place !== at))))}
      ${addTerm(terms, options, (field) => put(block, [...terms, freshTerm(field, words)]))}</div>`)}
    <button class="button button-small rule-add" type="button"
        @click=${begin}>${icon('plus')}<span>${say(condition.length ? 'add_block' : 'add_condition')}</span></button></fieldset>`;
}

/** @param {Term[]} terms @param {{code: string, label: {ja: string, en: string}}[]} options @param {(field: string) => void} add */
const addTerm = (terms, options, add) => html`<select class="rule-add" aria-label=${say('add_term')} @change=${(/** @type {any} */ event) => {
  const { value } = event.target;
  event.target.value = '';
  if (value) add(value);
}}><option value="">${say('add_term')}</option>${optionTags(options.filter(({ code }) => !terms.some(({ field }) => field === code)), '')}</select>`;

/** @param {Term} term @param {{words: Vocabulary, options: Option[]}} how @param {(term: Term | null) => void} set */
function termRow(term, { words, options }, set) {
  const known = words.fields.get(term.field);
  return html`<div class="rule-term">
    ${choose(say('term_field'), term.field, options, (field) => set(freshTerm(field, words)), { hidden: true })}
    ${known?.type === 'flag' ? flagInput(term, words, set) : known?.type === 'number' || known?.type === 'duration' ? amountInput(term, known, set) : choiceInput(term, words, set)}
    <button class="button button-text rule-drop" type="button" aria-label=${say('remove_term', { what: inLanguage(known?.label) || term.field })}
        @click=${() => set(null)}>${icon('close')}</button></div>`;
}

/** @param {Term} term @param {Vocabulary} words @param {(term: Term) => void} set */
function flagInput(term, words, set) {
  const { label = { ja: term.field, en: term.field }, no } = words.fields.get(term.field) ?? {};
  return choose(say('term_value'), String(term.values[0] === true), [{ code: 'true', label: yes(label, 0) }, { code: 'false', label: no ?? yes(label, 1) }],
    (value) => set({ ...term, values: [value === 'true'] }), { hidden: true });
}

/** @param {{ja: string, en: string}} label @param {number} at */
const yes = (label, at) => (at === 0 ? { ja: `はい：${label.ja}`, en: `Yes: ${label.en}` } : { ja: 'いいえ', en: 'No' });

/** @param {Term} term @param {Vocabulary} words @param {(term: Term) => void} set */
const choiceInput = (term, words, set) => html`${choose(say('term_op'), term.op, ONE_OF,
  (op) => set({ ...term, op: /** @type {Term['op']} */ (op) }), { hidden: true })}
  ${pickMany(say('term_value'), term.values.map(String), words.valueOptions(term.field), (values) => values.length && set({ ...term, values }))}`;

/** @param {Term} term @param {import('../../console/vocabulary.js').Field} known @param {(term: Term) => void} set */
const amountInput = (term, known, set) => html`${choose(say('term_op'), term.op, THAN,
  (op) => set({ ...term, op: /** @type {Term['op']} */ (op) }), { hidden: true })}
  <div class="rule-line">${known.type === 'duration' ? timeInputs(say('term_value'), String(term.values[0]), (time) => set({ ...term, values: [time], placeholder: false }))
    : html`<label class="rule-bare rule-count"><span class="unseen">${say('term_value')}</span><input type="number" .value=${String(term.values[0])}
      @input=${(/** @type {any} */ event) => event.target.value !== '' && set({ ...term, values: [Number(event.target.value)], placeholder: false })}></label><span>${unitOf(known)}</span>`}
  ${term.placeholder ? html`<span class="mark">${say('placeholder')}</span>` : nothing}</div>`;

/** Whoever is told next, and after how long. @param {import('../../console/rule-file.js').Step[]} steps @param {Vocabulary} words @param {(steps: any[] | undefined) => void} set */
export function stepsField(steps, words, set) {
  const give = (/** @type {any[]} */ next) => set(next.length ? next : undefined);
  const short = [
    { code: 'manager', label: { ja: '約束した事業所の管理者', en: "the debtor's manager" } }, { code: 'contact', label: { ja: '約束した事業所の連絡担当', en: "the debtor's liaison" } },
    { code: 'secretariat', label: words.label('roles', 'secretariat') }, { code: 'host', label: { ja: '管理事業所', en: 'the host' } }, { code: 'author', label: { ja: '書いた人', en: 'the author' } },
  ];
  const add = (/** @type {any} */ event) => {
    const { value } = event.target;
    event.target.value = '';
    const none = { roles: [], of: '', as: '', each: false };
    const party = value === 'secretariat' ? { ...none, roles: [value] } : value === 'host' || value === 'author' ? { ...none, of: value } : { ...none, as: value };
    if (value) give([...steps, { party, after: null }]);
  };
  /** One word says it all. */
  const nameOf = (/** @type {Party} */ { roles, of, as }) => {
    const said = [...roles, of, as].filter(Boolean);
    return said.length === 1 ? inLanguage(short.find(({ code }) => code === said[0])?.label) : '';
  };
  return html`<fieldset class="field"><legend>${say('part_escalate')}</legend><ol class="rule-steps">${steps.map((step, at) => html`<li>
      <span>${nameOf(step.party) || partyShort(step.party, words)}${step.after ? html` <small>${say('step_after', { time: step.after.time })}</small>` : nothing}</span>
      <button class="button button-small" type="button" @click=${() => give(steps.filter((_, place) => place !== at))}>${say('remove')}</button></li>`)}</ol>
    <select class="rule-add" aria-label=${say('add_step')} @change=${add}><option value="">${say('add_step')}</option>${optionTags(short, '')}</select></fieldset>`;
}

/** @param {Party} party @param {Vocabulary} words */
const partyShort = ({ roles, of, as }, words) => {
  const parts = [of && listWord('of', of), either(roles.map((role) => inLanguage(words.label('roles', role)))), as && listWord('as', as)].filter(Boolean);
  return (language() === 'en' ? parts.reverse() : parts).join(language() === 'en' ? ' ' : '');
};
