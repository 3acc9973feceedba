// The base of every section of the console: one piece of work at a time, what went wrong in words, what was done. And the
// small parts that several sections use.

import { html, nothing } from '../../vendor/lit.js';
import { Calls } from '../../console/calls.js';
import { say } from '../../console/phrases.js';
import { Turns, pressed } from '../../console/turns.js';
import { phrasesOf } from '../../forms.js';
import { inLanguage, language, say as sayOfPage } from '../../language.js';
import { beforeSend } from '../before-send.js';
import { icon } from '../icons.js';
import { View } from '../view.js';

/** How often what waits for somebody is asked for again while its page is looked at. */
const FRESH_MS = 20_000;

export class Section extends View {
  static properties = { ...View.properties, item: {} };

  constructor() {
    super();
    /** What the address names beside the section. */
    this.item = '';
    this.busy = false;
    this.inLine = new Turns();
    this.trouble = '';
    this.done = '';
  }

  /** What is asked for again by itself, of sections whose content others change; nothing while somebody is at a form. @returns {Promise<unknown> | undefined} */
  freshen() {
    return undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    const look = () => document.hidden || this.busy || this.freshen()?.catch((error) => this.model.failed(error));
    const next = () => {
      this.freshTimer = this.model.clock.after(async () => {
        await look();
        if (this.isConnected) next();
      }, FRESH_MS);
    };
    next();
    this.unseen = new AbortController();
    document.addEventListener('visibilitychange', look, { signal: this.unseen.signal });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.model.clock.cancel(this.freshTimer);
    this.unseen?.abort();
    // What was done then is no news when somebody comes back.
    Object.assign(this, { trouble: '', done: '' });
  }

  /** How a section calls fields that are only its own. @returns {Record<string, string>} */
  get fieldNames() {
    return {};
  }

  get calls() {
    return new Calls(this.model.rest);
  }

  /** @param {Record<string, unknown>} change */
  change(change) {
    Object.assign(this, change);
    this.requestUpdate();
  }

  /**
   * Whatever asks the hub goes through here, one after the other: a button that is pressed twice does it once, and what is
   * pressed meanwhile waits for its turn (`turns.js`).
   * @param {() => Promise<unknown>} work @param {string} [done] said when it went well, unless the work says it itself; work that returns `null` was held
   */
  async attempt(work, done = '') {
    const { item } = this;
    const turn = this.inLine.take(pressed());
    if (turn === true) this.change({ busy: true, trouble: '', done: '' });
    else if (!await turn) return;
    let isWell = false;
    try {
      // What was pressed about one is not done to another.
      const answer = item === this.item ? await work() : '';
      isWell = answer !== null;
      if (!isWell) this.showHolds();
      else this.done = (typeof answer === 'string' ? answer : done) || this.done;
    } catch (/** @type {any} */ error) {
      this.trouble = troubleOf(error, this.fieldNames);
      this.model.failed(error);
    }
    if (this.inLine.end(isWell)) this.trouble = [this.trouble, say('left_out')].filter(Boolean).join(' ');
    this.change({ busy: this.inLine.isBusy });
  }

  /** What holds it comes into view, wherever the button was. */
  async showHolds() {
    await this.updateComplete;
    this.querySelector('.holds')?.scrollIntoView({ block: 'nearest' });
  }

  /** What went wrong, or what was done: always in the page, so that a screen reader hears it. */
  outcome() {
    return html`<div class="outcome"><p class="field-error" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p>
      <p class="outcome-done" role="status">${this.done ? html`${icon('check')}<span>${this.done}</span>` : nothing}</p></div>`;
  }

  /**
   * The head of a section. @param {unknown} title @param {unknown} [lead] @param {unknown} [acts]
   */
  head(title, lead = nothing, acts = nothing) {
    return html`<header class="console-head"><div><h1>${title}</h1>${lead === nothing ? nothing : html`<p class="quiet">${lead}</p>`}</div>
      ${acts === nothing ? nothing : html`<div class="console-acts">${acts}</div>`}</header>`;
  }

  /** @param {string} id */
  officeName(id) {
    return this.model.organisationName(id) || sayOfPage('unknown_organisation');
  }

  /** @param {string} id */
  personName(id) {
    return this.model.personName(id) || sayOfPage('somebody');
  }

  /** What was added or changed here is on every page of this person at once. */
  async refreshDirectory() {
    this.model.directoryAtMs = 0;
    await this.model.refreshDirectory();
  }
}

/** Of a request that did not go through: the hub's words, with the field they are about. @param {any} error @param {Record<string, string>} [own] names of fields that only one section has */
export function troubleOf(error, own = {}) {
  if (!error.status) return error.code === 'unreachable' ? sayOfPage('entrance_unreachable') : say('failed');
  const field = own[String(error.field ?? '').split('.').at(-1) ?? ''] ?? (phrasesOf(error.field ?? '').map((phrase) => sayOfPage(phrase)).join(' › ') || fieldName(error.field ?? ''));
  return [field, inLanguage(error.reason) || say('failed')].filter(Boolean).join('：');
}

/** Fields of the console's own forms. @param {string} field */
function fieldName(field) {
  const known = /** @type {Record<string, Parameters<typeof say>[0]>} */ ({
    name: 'name', kanji: 'name', kana: 'kana', birth_date: 'birth_date', sex: 'sex', phone: 'phone', type: 'office_type',
    reason: 'reason', role: 'role', given_on: 'given_on', given_by: 'given_by', document: 'document', organisation: 'office', person: 'person', login: 'login',
  });
  const found = field.split(/[.[\]]/).reverse().find((part) => part in known);
  return found ? say(known[found]) : '';
}

/** What holds an act, with the room for a reason; nothing while nothing does. @param {import('../../console/act.js').Act} act @param {Partial<import('../before-send.js').Form>} [form] */
export const holdsOf = (act, form = {}) =>
  (act.holds.size === 0 ? nothing : beforeSend(/** @type {any} */ (act), { offered: [], take: () => {}, ...form }));

/** The words a press of the button has, after a reason was asked for. @param {import('../../console/act.js').Act} act @param {string} plain */
export const buttonWords = (act, plain) => ([...act.holds.values()].some(({ reasonOk }) => reasonOk) ? say('send_with_reason') : plain);

/** @param {{unsaid?: boolean, busy: boolean, words: unknown, sign?: Parameters<typeof icon>[0]}} what */
export const primary = ({ unsaid = false, busy, words, sign = 'check' }) =>
  html`<button class="button button-primary" type="submit" aria-disabled=${String(busy || unsaid)}>${icon(sign)}<span>${words}</span></button>`;

/** @param {{consent?: string | null, withheld?: string[]}} patient */
export function consentMark({ consent, withheld = [] }) {
  const state = consent ?? 'none';
  return html`<span class="mark ${state === 'team' ? 'mark-present' : 'mark-restricted'}">${icon(state === 'team' ? 'check' : 'alarm')}<span>${say(/** @type {any} */ (`consent_${state}`))}</span></span>${
    withheld.length ? html` <span class="mark mark-restricted">${icon('alarm')}<span>${say('withheld_some')}</span></span>` : nothing}`;
}

/** Names beside each other, as the language sets them. @param {string[]} parts */
export const commas = (parts) => parts.join(language() === 'en' ? ', ' : '、');

/** Nothing is here, and what to do then. @param {Parameters<typeof icon>[0]} sign @param {string} words @param {unknown} [how] */
export const none = (sign, words, how = nothing) =>
  html`<div class="console-none">${icon(sign)}<p><b>${words}</b></p>${how === nothing ? nothing : html`<p class="quiet">${how}</p>`}</div>`;

/** Choices of which one holds. @param {string} name @param {unknown} legend @param {[string, string][]} choices value and words @param {string} value @param {(value: string) => void} choose */
export const choices = (name, legend, choices, value, choose) => html`<fieldset class="field"><legend>${legend}</legend>
  <div class="chips">${choices.map(([one, words]) => html`<label class="choice"><input type="radio" name=${name} value=${one} .checked=${value === one}
    @change=${() => choose(one)}><span>${words}</span></label>`)}</div></fieldset>`;
