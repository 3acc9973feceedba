// `<renkei-duty-answer>`: what somebody says to a duty instead of meeting it, with the reason: declined, more time, unable
// to go, handed over, or let go by whom it is owed to. Which of these, the duty's own terms say.

import { html, live, nothing } from '../vendor/lit.js';
import { localInput } from '../dates.js';
import { Draft } from '../draft.js';
import { usOfMs } from '../frames.js';
import { inLanguage, say, word } from '../language.js';
import { WORDS } from '../words.js';
import { beforeSend } from './before-send.js';
import { answerPhrase, answersTo } from './duty.js';
import { owedText, untilText } from './duty-words.js';
import { icon } from './icons.js';
import { verdictLine } from './verdict.js';
import { View } from './view.js';

const DAY_MS = 86_400_000;

/**
 * @typedef {import('../duties.js').Duty} Duty
 * @typedef {{office: import('../rest.js').Organisation, roles: string[], people: {id: string, role: string}[]}} Heir an office, the roles there that may owe it, and who has them
 */

export class DutyAnswer extends View {
  constructor() {
    super();
    /** @type {Duty | null} */
    this.duty = null;
    this.clear();
  }

  clear() {
    /** @type {import('../frames.js').Verdict | null} shown last */
    this.judged = null;
    /** @type {string} */
    this.answer = '';
    /** @type {string} */
    this.reason = '';
    /** @type {string} */
    this.until = '';
    /** @type {string} */
    this.office = '';
    /** @type {string[]} */
    this.roles = [];
    /** @type {string} */
    this.person = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.draft = new Draft(this.model, () => this.build(), () => this.requestUpdate());
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  /** @param {Duty} duty */
  open(duty) {
    this.clear();
    this.duty = duty;
    const ways = answersTo(this.model, duty);
    if (ways.length === 1) this.choose(ways[0]);
    this.until = localInput(Math.max(duty.dueMs, this.model.clock.now()) + DAY_MS);
    this.draft?.begin();
    this.requestUpdate();
    this.updateComplete.then(() => {
      this.dialog.showModal();
      /** @type {HTMLElement | null} */ (this.dialog.querySelector('.sheet-body :is(input, textarea)'))?.focus();
    });
  }

  /** What the answer says, as proto3 JSON has it; `null` while something is missing. */
  said() {
    if (this.answer === 'decline') return { declined: {} };
    if (this.answer === 'waive') return { waived: {} };
    if (this.answer === 'cannot_go') return { cannotGo: {} };
    if (this.answer === 'snooze') return this.until ? { snoozedUntilUs: usOfMs(new Date(this.until).getTime()) } : null;
    const office = this.model.organisations.get(this.office);
    if (this.answer !== 'hand_over' || !office || this.roles.length === 0) return null;
    const to = { organisation: office.id, organisationType: office.type, roles: this.roles, capacity: this.person ? 'person' : 'member', ...(this.person ? { person: this.person } : {}) };
    return { handedOver: { to: [to] } };
  }

  /** What was not said yet. @returns {import('../language.js').Phrase[]} */
  get lacking() {
    const { answer } = this;
    const isHandedOver = answer === 'hand_over';
    return /** @type {[unknown, import('../language.js').Phrase][]} */ ([
      [answer, 'duty_answer_which'], [answer !== 'snooze' || this.until, 'duty_snoozed'], [!isHandedOver || this.office, 'organisation'],
      [!isHandedOver || this.roles.length, 'role'], [this.reason.trim(), 'reason'],
    ]).filter(([isThere]) => !isThere).map(([, phrase]) => phrase);
  }

  build() {
    const said = this.said();
    if (!this.duty || !said || !this.reason.trim()) return null;
    return { ...this.model.intent(this.duty.timeline, { dutyAnswer: { duty: this.duty.id, reason: this.reason, ...said } }), id: '' };
  }

  /** @param {Partial<DutyAnswer>} change */
  change(change) {
    Object.assign(this, change);
    this.draft?.edited();
    this.requestUpdate();
  }

  /** What is refused says so where it is seen. */
  updated() {
    const { verdict = null } = this.draft ?? {};
    if (verdict === this.judged) return;
    this.judged = verdict;
    if (this.draft?.refused) this.querySelector('.before-send')?.scrollIntoView({ block: 'nearest' });
  }

  render() {
    const { duty, lacking } = this;
    const draft = /** @type {Draft} */ (this.draft);
    const ready = this.build() !== null && !draft.refused;
    return html`<dialog class="sheet duty-answer" aria-labelledby="duty-answer-title"><form @submit=${this.submit} novalidate>
      <header class="sheet-head"><h2 id="duty-answer-title">${say(duty ? answerPhrase(answersTo(this.model, duty)) : 'duty_answer_do')}${duty ? html`<small>${this.model.patientName(duty.timeline).kanji}</small>` : nothing}</h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
      <div class="sheet-body">${duty ? this.fields(duty) : nothing}${beforeSend(draft, { offered: [], take: () => {}, saysVerdict: true })}</div>
      <footer class="sheet-foot">${duty && lacking.length ? html`<p class="quiet">${say('lacking', { fields: lacking.map((phrase) => say(phrase)).join('・') })}</p>`
        : verdictLine(draft, () => this.querySelector('.before-send')?.scrollIntoView({ block: 'end' }))}<button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('send')}<span>${say('duty_answer_send')}</span></button></footer>
    </form></dialog>`;
  }

  /** @param {Duty} duty */
  fields(duty) {
    return html`<div class="duty-about"><p><b>${owedText(this.model, duty)}</b> ${untilText(duty)}</p>
        <p class="quiet">${inLanguage(this.model.owing.title(duty.rule) ?? undefined)}</p></div>
      <fieldset class="field chips"><legend>${say('duty_answer_which')}</legend>${answersTo(this.model, duty).map((way) => html`<label class="choice">
        <input type="radio" name="duty-answer" .checked=${live(this.answer === way)} @change=${() => this.choose(way)}>
        <span>${say(/** @type {any} */ (`answer_way_${way}`))}</span></label>`)}</fieldset>
      ${this.answer ? html`<p class="quiet">${say(/** @type {any} */ (`answer_way_${this.answer}_how`))}</p>` : nothing}
      ${this.answer === 'snooze' ? html`<label class="field">${say('duty_snoozed')}<input type="datetime-local" .value=${live(this.until)}
        @input=${(/** @type {any} */ event) => this.change({ until: event.target.value })}></label>` : nothing}
      ${this.answer === 'hand_over' ? this.heir(duty) : nothing}
      <label class="field"><span class="field-name">${say('reason')}<small class="needed">${say('needed')}</small></span><textarea rows="2" .value=${live(this.reason)}
        @input=${(/** @type {any} */ event) => this.change({ reason: event.target.value })}></textarea></label>`;
  }

  /** @param {string} answer */
  choose(answer) {
    const heirs = answer === 'hand_over' && this.duty ? this.heirs(this.duty) : [];
    this.change({ answer });
    if (heirs.length === 1 && !this.office) this.give(heirs[0]);
  }

  /** @param {Heir | undefined} heir */
  give(heir) {
    this.change({ office: heir?.office.id ?? '', person: '', roles: heir?.roles ?? [] });
  }

  /**
   * Offices of the team with somebody of a role that owes it: nobody else may take it over, and what was asked of somebody in
   * person stays with their office. @param {Duty} duty @returns {Heir[]}
   */
  heirs(duty) {
    const { model } = this;
    const owing = duty.debtors.flatMap(({ roles }) => roles);
    const theirs = duty.inPerson || duty.debtors.some(({ person }) => person) ? duty.debtors.map(({ organisation }) => organisation) : null;
    return (model.patients.get(duty.timeline)?.team ?? []).flatMap(({ organisation, people: linked = [] }) => {
      const office = model.organisations.get(organisation);
      if (!office || office.type === 'home' || (theirs && !theirs.includes(organisation))) return [];
      const people = [...model.people.values()].flatMap(({ id, positions = [] }) => positions
        .filter((position) => position.organisation === organisation && owing.includes(position.role)).map(({ role }) => ({ id, role })));
      const roles = Object.keys(WORDS.role).filter((role) => people.some((one) => one.role === role));
      return roles.length ? [{ office, roles, people: people.filter(({ id }) => id !== model.myId && (linked.length === 0 || linked.includes(id))) }] : [];
    });
  }

  /** Who owes it from now on. @param {Duty} duty */
  heir(duty) {
    const { model } = this;
    const heirs = this.heirs(duty);
    const chosen = heirs.find(({ office }) => office.id === this.office);
    if (heirs.length === 0) return html`<p class="notice" role="status">${icon('stop')}<span>${say('hand_over_nobody')}</span></p>`;
    return html`<label class="field"><span class="field-name">${say('organisation')}<small class="needed">${say('needed')}</small></span><select
        @change=${(/** @type {any} */ event) => this.give(heirs.find(({ office }) => office.id === event.target.value))}>
        <option value="" ?selected=${!this.office}>${say('not_said')}</option>
        ${heirs.map(({ office: { id, name } }) => html`<option value=${id} ?selected=${this.office === id}>${name}</option>`)}</select></label>
      ${chosen ? html`<fieldset class="field chips"><legend>${say('role')}<small class="needed">${say('needed')}</small></legend>${chosen.roles.map((role) => html`<label class="choice"><input type="checkbox" .checked=${live(this.roles.includes(role))}
        @change=${() => this.change({ roles: this.roles.includes(role) ? this.roles.filter((one) => one !== role) : [...this.roles, role] })}><span>${word('role', role)}</span></label>`)}</fieldset>
        <label class="field">${say('person')}<select @change=${(/** @type {any} */ event) => this.change({ person: event.target.value })}>
          <option value="" ?selected=${!this.person}>${say('not_said')}</option>
          ${chosen.people.filter(({ role }) => this.roles.includes(role)).map(({ id }) => html`<option value=${id} ?selected=${this.person === id}>${model.personName(id)}</option>`)}</select></label>` : nothing}`;
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (!(await /** @type {Draft} */ (this.draft).send())) return;
    this.clear();
    this.duty = null;
    this.dialog.close();
    this.requestUpdate();
  }
}

customElements.define('renkei-duty-answer', DutyAnswer);
