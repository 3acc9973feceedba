// `<renkei-duty-answer>`: what somebody says to a duty instead of meeting it, with the reason: declined, more time, unable
// to go, handed over, or let go by whom it is owed to. Which of these, the duty's own terms say.

import { html, live, nothing } from '../vendor/lit.js';
import { localInput } from '../dates.js';
import { Draft } from '../draft.js';
import { usOfMs } from '../frames.js';
import { inLanguage, say, word } from '../language.js';
import { WORDS } from '../words.js';
import { beforeSend } from './before-send.js';
import { answersTo } from './duty.js';
import { owedText, untilText } from './duty-words.js';
import { icon } from './icons.js';
import { View } from './view.js';

const DAY_MS = 86_400_000;

/** @typedef {import('../duties.js').Duty} Duty */

export class DutyAnswer extends View {
  constructor() {
    super();
    /** @type {Duty | null} */
    this.duty = null;
    this.clear();
  }

  clear() {
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
    if (ways.length === 1) this.answer = ways[0];
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

  render() {
    const { duty } = this;
    const draft = /** @type {Draft} */ (this.draft);
    const ready = this.build() !== null && !draft.refused;
    return html`<dialog class="sheet duty-answer" aria-labelledby="duty-answer-title"><form @submit=${this.submit} novalidate>
      <header class="sheet-head"><h2 id="duty-answer-title">${say('duty_answer_do')}${duty ? html`<small>${this.model.patientName(duty.timeline).kanji}</small>` : nothing}</h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
      <div class="sheet-body">${duty ? this.fields(duty) : nothing}${beforeSend(draft)}</div>
      <footer class="sheet-foot"><button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('send')}<span>${say('duty_answer_send')}</span></button></footer>
    </form></dialog>`;
  }

  /** @param {Duty} duty */
  fields(duty) {
    return html`<div class="duty-about"><p><b>${owedText(this.model, duty)}</b> ${untilText(duty)}</p>
        <p class="quiet">${inLanguage(this.model.owing.title(duty.rule) ?? undefined)}</p></div>
      <fieldset class="field chips"><legend>${say('duty_answer_which')}</legend>${answersTo(this.model, duty).map((way) => html`<label class="choice">
        <input type="radio" name="duty-answer" .checked=${live(this.answer === way)} @change=${() => this.change({ answer: way })}>
        <span>${say(/** @type {any} */ (`answer_way_${way}`))}</span></label>`)}</fieldset>
      ${this.answer ? html`<p class="quiet">${say(/** @type {any} */ (`answer_way_${this.answer}_how`))}</p>` : nothing}
      ${this.answer === 'snooze' ? html`<label class="field">${say('duty_snoozed')}<input type="datetime-local" .value=${live(this.until)}
        @input=${(/** @type {any} */ event) => this.change({ until: event.target.value })}></label>` : nothing}
      ${this.answer === 'hand_over' ? this.heir(duty) : nothing}
      <label class="field"><span class="field-name">${say('reason')}<small class="needed">${say('needed')}</small></span><textarea rows="2" .value=${live(this.reason)}
        @input=${(/** @type {any} */ event) => this.change({ reason: event.target.value })}></textarea></label>`;
  }

  /** Who owes it from now on. @param {Duty} duty */
  heir(duty) {
    const { model } = this;
    const team = (model.patients.get(duty.timeline)?.team ?? []).flatMap(({ organisation }) => model.organisations.get(organisation) ?? []);
    const there = [...model.people.values()].flatMap((one) => (one.positions ?? []).filter(({ organisation }) => organisation === this.office).map(({ role }) => ({ one, role })));
    const roles = Object.keys(WORDS.role).filter((role) => there.some((position) => position.role === role));
    const chosen = (/** @type {string} */ office) => {
      const owing = duty.debtors.flatMap((debtor) => debtor.roles);
      const held = new Set([...model.people.values()].flatMap((one) => (one.positions ?? []).filter(({ organisation }) => organisation === office).map(({ role }) => role)));
      this.change({ office, person: '', roles: owing.filter((role) => held.has(role)) });
    };
    return html`<label class="field">${say('organisation')}<select @change=${(/** @type {any} */ event) => chosen(event.target.value)}>
        <option value="" ?selected=${!this.office}>${say('not_said')}</option>
        ${team.map(({ id, name }) => html`<option value=${id} ?selected=${this.office === id}>${name}</option>`)}</select></label>
      ${roles.length ? html`<fieldset class="field chips"><legend>${say('role')}</legend>${roles.map((role) => html`<label class="choice"><input type="checkbox" .checked=${live(this.roles.includes(role))}
        @change=${() => this.change({ roles: this.roles.includes(role) ? this.roles.filter((one) => one !== role) : [...this.roles, role] })}><span>${word('role', role)}</span></label>`)}</fieldset>
        <label class="field">${say('person')}<select @change=${(/** @type {any} */ event) => this.change({ person: event.target.value })}>
          <option value="" ?selected=${!this.person}>${say('not_said')}</option>
          ${there.filter(({ role }) => this.roles.includes(role)).map(({ one }) => html`<option value=${one.id} ?selected=${this.person === one.id}>${model.personName(one.id)}</option>`)}</select></label>` : nothing}`;
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
