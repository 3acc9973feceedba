// Writing a case: its words, who took part, what it is about. Nothing is looked through here; that is done when it is handed in.

import { html } from '../../vendor/lit.js';
import { say } from '../../console/cases-phrases.js';
import { inLanguage, word } from '../../language.js';
import { WORDS } from '../../words.js';
import { icon } from '../icons.js';
import { primary } from './section.js';

/** @typedef {{id: string, version: number, step: string, words: import('../../console/cases.js').CaseWords}} CaseDraft */

const ROLES = Object.keys(WORDS.role).filter((role) => role !== 'gateway');
const PARTS = /** @type {const} */ (['happened', 'done', 'outcome']);

/** @returns {import('../../console/cases.js').CaseWords} */
export const noWords = () => ({ title: '', happened: '', done: '', outcome: '', roles: [], tags: [], shows_office: false });

/**
 * @param {CaseDraft} draft
 * @param {{tags: {code: string, label: import('../../rest.js').Text}[], busy: boolean, changed: () => void, save: (event: any) => void, cancel: () => void}} form
 */
export function caseForm(draft, { tags, busy, changed, save, cancel }) {
  const { words } = draft;
  const take = (/** @type {'title' | 'happened' | 'done' | 'outcome'} */ field) => (/** @type {any} */ event) => { words[field] = event.target.value; };
  return html`<form class="card case-form" @submit=${save}><h2>${icon(draft.id ? 'edit' : 'plus')}<span>${say(draft.id ? 'correct' : 'begin')}</span></h2>
    ${draft.step === 'handed_in' ? html`<p class="quiet">${say('edit_taken_back')}</p>` : ''}
    <label class="field">${say('title')}<input name="title" required maxlength="100" autocomplete="off" .value=${words.title} @input=${take('title')}><small class="quiet">${say('title_how')}</small></label>
    ${PARTS.map((part) => html`<label class="field">${needed(say(part))}<textarea name=${part} rows="4" maxlength="2000" .value=${words[part]} @input=${take(part)}></textarea><small class="quiet">${say(`${part}_how`)}</small></label>`)}
    ${ticks(needed(say('roles')), words.roles, ROLES.map((role) => [role, word('role', role)]), (chosen) => { words.roles = chosen; }, changed)}
    ${ticks(needed(say('tags')), words.tags, tags.map(({ code, label }) => [code, inLanguage(label)]), (chosen) => { words.tags = chosen; }, changed)}
    <label class="choice-line"><input type="checkbox" .checked=${words.shows_office} @change=${(/** @type {any} */ event) => { words.shows_office = event.target.checked; }}><span>${say('shows_office')}</span></label>
    <span class="device-acts">${primary({ busy, words: say('save') })}<button class="button" type="button" @click=${cancel}>${say('cancel')}</button></span></form>`;
}

/** A part that a draft does without. @param {string} name */
const needed = (name) => html`<span class="field-name">${name}<small class="needed">${say('for_handing_in')}</small></span>`;

/** @param {unknown} legend @param {string[]} chosen @param {string[][]} options @param {(chosen: string[]) => void} choose @param {() => void} changed */
const ticks = (legend, chosen, options, choose, changed) => html`<fieldset class="field"><legend>${legend}</legend><div class="chips">${options.map(([code, words]) => html`<label class="choice"><input type="checkbox"
  .checked=${chosen.includes(code)} @change=${(/** @type {any} */ event) => {
    choose(event.target.checked ? [...chosen, code] : chosen.filter((one) => one !== code));
    changed();
  }}><span>${words}</span></label>`)}</div></fieldset>`;
