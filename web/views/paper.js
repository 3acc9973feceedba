// `<renkei-paper>`: what is to go onto paper, for whom, and what is blacked out. For one's own office it is opened at once;
// for an office that does not take part only once the hub has it on record, with a permission where the rules ask for one.

import { html, live, nothing } from '../vendor/lit.js';
import { calendarDate } from '../dates.js';
import { inLanguage, say } from '../language.js';
import { entriesFor, paperOf, takenOutBy } from '../paper.js';
import { today } from '../summary.js';
import { PaperPermission, termsOf } from '../paper-permission.js';
import { beforeSend } from './before-send.js';
import { icon } from './icons.js';
import { verdictLine } from './verdict.js';
import { View } from './view.js';

const DAYS_BEFORE = 7;
const HIDES = /** @type {const} */ (['name', 'birth', 'phones']);
const DAY_MS = 86_400_000;

/** @param {string} day @param {number} add */
const dayMs = (day, add) => {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year, month - 1, date + add).getTime();
};

export class PaperDialog extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    /** @type {'own' | 'other'} */
    this.whom = 'own';
    this.to = '';
    this.purpose = '';
    this.words = '';
    this.restricted = false;
    /** @type {string[]} */
    this.hides = [];
    this.from = '';
    this.until = '';
    this.busy = false;
    this.asked = false;
    this.leaks = false;
    /** @type {PaperPermission | null} */
    this.takingOut = null;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get isAsleep() {
    return this.hasUpdated && !this.dialog.open;
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener('paper-wanted', this.begin);
  }

  begin() {
    const now = this.model.clock.now();
    Object.assign(this, { whom: 'own', to: '', purpose: '', words: '', restricted: false, hides: [], busy: false, asked: false, leaks: false });
    Object.assign(this, { from: today(now - DAYS_BEFORE * DAY_MS), until: today(now) });
    this.takingOut = new PaperPermission(this.model, this.timelineId, () => this.terms(), () => this.requestUpdate());
    this.requestUpdate();
    this.updateComplete.then(() => this.dialog.showModal());
  }

  /** @returns {import('../paper-permission.js').Terms | null} */
  terms() {
    const { to, purpose, from, until } = this;
    const hides = [...this.hides, ...(this.words.trim() ? ['words'] : []), ...(this.restricted ? ['restricted-included'] : [])];
    return this.whom === 'other' && to.trim() && purpose.trim() && from && until && from <= until ? { to, purpose, from, until, hides } : null;
  }

  /** @param {Partial<PaperDialog>} change */
  change(change) {
    Object.assign(this, change, { asked: false, leaks: false });
    if (this.whom === 'other') this.takingOut?.edited();
    this.requestUpdate();
  }

  /** @param {'own' | 'other'} whom */
  choose(whom) {
    this.change({ whom, hides: whom === 'other' ? [...HIDES] : [] });
    if (whom === 'other') this.takingOut?.look();
  }

  get choice() {
    return { name: this.hides.includes('name'), birth: this.hides.includes('birth'), phones: this.hides.includes('phones'), words: this.words.split('\n').map((one) => one.trim()).filter(Boolean) };
  }

  /** Which entries. */
  get wanted() {
    return { fromMs: dayMs(this.from, 0), untilMs: dayMs(this.until, 1), restricted: this.restricted || this.whom === 'own', office: '' };
  }

  get paper() {
    return paperOf(this.model, this.timelineId, this.wanted, this.choice);
  }

  /** Puts the sheet in the place of the page. @param {string} record id of the entry that it is on record with */
  open(record) {
    const { model, from, until, paper } = this;
    const office = model.me?.organisation;
    this.dialog.close();
    const isOther = this.whom === 'other';
    model.showPaper({
      title: say(isOther ? 'paper_title' : 'paper_title_own'), to: isOther ? this.to.trim() : '', purpose: isOther ? this.purpose.trim() : '',
      from: [office?.name, office && model.organisations.get(office.id)?.phone].filter(Boolean).join(' '),
      period: `${calendarDate(from)} – ${calendarDate(until)}`, by: takenOutBy(model, model.clock.now()), record, paper,
    });
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (this.busy || !this.takingOut || this.from > this.until) return;
    // What could not be blacked out must not be taken out.
    this.leaks = this.paper.leaks;
    if (this.leaks) return this.requestUpdate();
    if (this.whom === 'own') return this.open('');
    this.busy = true;
    const record = this.takingOut.taking.id;
    const taken = await this.takingOut.take();
    this.busy = false;
    if (taken) this.open(record);
    this.requestUpdate();
  }

  async ask() {
    this.busy = true;
    this.asked = await /** @type {PaperPermission} */ (this.takingOut).ask();
    this.busy = false;
    this.requestUpdate();
  }

  render() {
    const draft = this.takingOut?.taking;
    const held = Boolean(draft?.refused);
    const ready = !this.busy && this.from <= this.until && (this.whom === 'own' || (this.terms() !== null && !held));
    return html`<dialog class="sheet paper-dialog" aria-labelledby="paper-title"><form @submit=${this.submit} novalidate>
      <header class="sheet-head"><h2 id="paper-title">${say('paper_make')}<small>${this.model.patientName(this.timelineId).kanji}</small></h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
      <div class="sheet-body">${this.takingOut ? this.fields() : nothing}</div>
      <footer class="sheet-foot">${this.leaks ? html`<p class="field-error" role="alert">${icon('alarm')}<span>${say('paper_leaks')}</span></p>` : nothing}
        ${this.whom === 'other' && draft ? verdictLine(draft, () => this.querySelector('.before-send')?.scrollIntoView({ block: 'end' })) : nothing}
        ${this.whom === 'other' && held && this.terms() ? html`<button class="button" type="button" aria-disabled=${String(this.busy || this.asked)} @click=${() => !this.busy && !this.asked && this.ask()}>
          ${icon('hand')}<span>${say(this.asked ? 'paper_asked' : 'paper_ask')}</span></button>` : nothing}
        <button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('printer')}<span>${say(this.whom === 'own' ? 'paper_open' : 'paper_record_open')}</span></button></footer>
    </form></dialog>`;
  }

  fields() {
    const line = (/** @type {'to' | 'purpose'} */ field, /** @type {any} */ phrase) => html`<label class="field"><span class="field-name">${say(phrase)}<small class="needed">${say('needed')}</small></span>
      <input type="text" maxlength="200" autocomplete="off" .value=${live(this[field])} @input=${(/** @type {any} */ event) => this.change({ [field]: event.target.value })}></label>`;
    const day = (/** @type {'from' | 'until'} */ field, /** @type {any} */ phrase) => html`<label class="field"><span class="field-name">${say(phrase)}</span>
      <input type="date" .value=${live(this[field])} @input=${(/** @type {any} */ event) => this.change(/** @type {any} */ ({ [field]: event.target.value }))}></label>`;
    const isOther = this.whom === 'other';
    return html`<fieldset class="field chips"><legend>${say('paper_whom')}</legend>${/** @type {const} */ (['own', 'other']).map((whom) => html`<label class="choice"><input type="radio" name="paper-whom"
        .checked=${live(this.whom === whom)} @change=${() => this.choose(whom)}><span>${say(`paper_${whom}`)}</span></label>`)}</fieldset>
      <p class="quiet">${say(isOther ? 'paper_other_how' : 'paper_own_how')}</p>
      ${isOther ? html`${this.requests()}${line('to', 'paper_to')}${line('purpose', 'purpose')}` : nothing}
      <div class="paper-days">${day('from', 'search_from')}${day('until', 'search_until')}</div>
      ${this.span()}
      <fieldset class="field chips"><legend>${say('paper_hide')}</legend>${HIDES.map((one) => html`<label class="choice"><input type="checkbox" .checked=${live(this.hides.includes(one))}
        @change=${() => this.change({ hides: HIDES.filter((other) => (other === one) !== this.hides.includes(other)) })}><span>${say(`paper_hide_${one}`)}</span></label>`)}</fieldset>
      <label class="field"><span class="field-name">${say('paper_hide_words')}</span><textarea rows="2" .value=${live(this.words)} placeholder=${say('paper_hide_words_how')}
        @input=${(/** @type {any} */ event) => this.change({ words: event.target.value })}></textarea></label>
      ${isOther ? html`<label class="choice"><input type="checkbox" .checked=${live(this.restricted)} @change=${() => this.change({ restricted: !this.restricted })}><span>${say('paper_restricted')}</span></label>` : nothing}
      ${isOther && this.takingOut ? beforeSend(this.takingOut.taking, { offered: [], take: () => {}, saysVerdict: true }) : nothing}
      ${this.takingOut?.refused.map((reason) => html`<p class="field-error" role="alert">${inLanguage(reason)}</p>`)}`;
  }

  /** How much it will be, before anybody opens it. */
  span() {
    const { from, until } = this;
    if (!from || !until) return nothing;
    if (from > until) return html`<p class="field-error">${icon('alarm')}<span>${say('paper_days_upside_down')}</span></p>`;
    const count = entriesFor(this.model, this.timelineId, this.wanted).length;
    return html`<p class="quiet paper-count">${count === 0 ? say('paper_empty') : say('paper_count', { count })}</p>`;
  }

  /** What was asked for, with a way to take it up. */
  requests() {
    const asked = /** @type {PaperPermission} */ (this.takingOut).mine.map((request) => ({ request, terms: termsOf(request) }));
    if (asked.length === 0) return nothing;
    return html`<ul class="paper-requests" aria-label=${say('paper_requests')}>${asked.map(({ request, terms }) => html`<li><span><b>${terms?.to ?? request.scope}</b> ${request.purpose}
        <small class="quiet">${terms ? `${calendarDate(terms.from)} – ${calendarDate(terms.until)}` : nothing}</small></span>
      <span class="mark ${request.standing === 'permitted' ? 'mark-present' : ''}">${say(`paper_${request.standing}`)}</span>
      ${request.standing === 'permitted' && terms ? html`<button class="button button-small" type="button" @click=${() => this.change({ ...terms, restricted: terms.hides.includes('restricted-included'), hides: HIDES.filter((one) => terms.hides.includes(one)) })}>${say('paper_take_up')}</button>` : nothing}</li>`)}</ul>`;
  }
}

customElements.define('renkei-paper', PaperDialog);
