// `<renkei-console-roster>`: who is on duty at an office in the next two weeks; whoever works there writes the days to come:
// by turns, day by day, or from a spreadsheet. It stands on the timeline of the office.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { say } from '../../console/roster-phrases.js';
import {
  DAYS_MAX, SHIFTS_MAX, dayAfter, dayAt, daysBetween, endsNextDay, gaps, inTurn, isWeekend, lastTold, lineOf, monthEnd, msOfDay, newLine, pasted, rehoured, rosterOf, standing,
  usualOf,
} from '../../console/roster.js';
import { day as dayWords, shortDay } from '../../dates.js';
import { readEntry } from '../../frames.js';
import { icon } from '../icons.js';
import { Section, buttonWords, commas, holdsOf, primary } from './section.js';

/** @typedef {import('../../console/roster.js').Line} Line */

const PAGES_MAX = 20;
const SHOWN_DAYS = 14;

export class Roster extends Section {
  static properties = { ...Section.properties, office: { attribute: false }, staff: { attribute: false } };

  constructor() {
    super();
    /** @type {import('../../console/calls.js').Office} */
    this.office = /** @type {any} */ (undefined);
    /** @type {import('../../console/calls.js').Person[]} */
    this.staff = [];
    /** @type {import('../../frames.js').Entry[] | null} */
    this.entries = null;
    this.writes = false;
    this.from = '';
    this.until = '';
    this.text = '';
    /** As pasted, and how many of its rows were taken. */
    this.table = '';
    this.taken = 0;
    /** @type {Line[]} */
    this.lines = [];
    this.usual = usualOf([]);
    /** @type {string[]} */
    this.order = [];
    /** @type {string[]} */
    this.unclear = [];
  }

  forget() {
    Object.assign(this, { writes: false, from: '', until: '', text: '', table: '', taken: 0, lines: [], usual: usualOf([]), order: [], unclear: [] });
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {{id: string} | undefined} */ (changed.get('office'));
    if (!changed.has('office') || before?.id === this.office.id) return;
    this.forget();
    Object.assign(this, { entries: null, done: '', trouble: '', act: new Act(this.model, () => this.requestUpdate()) });
    this.look().catch((error) => this.model.failed(error));
  }

  async look() {
    const { id } = this.office;
    const entries = (await this.calls.entries(id, PAGES_MAX)).map(readEntry);
    if (id === this.office.id) this.change({ entries });
  }

  get isOurs() {
    return this.model.me?.organisation.id === this.office.id;
  }

  get today() {
    return dayAt(this.model.clock.now());
  }

  get people() {
    // A machine answers no telephone.
    return this.staff.filter(({ id, active }) => active && this.roleOf(id) !== 'gateway');
  }

  get days() {
    return daysBetween(this.from, this.until);
  }

  /** @param {string} person */
  roleOf(person) {
    return this.staff.find(({ id }) => id === person)?.positions.find(({ organisation }) => organisation === this.office.id)?.role ?? '';
  }

  render() {
    return html`<section class="card"><h2>${icon('clock')}<span>${say('roster')}</span></h2><p class="quiet">${say('lead')}</p>
      ${this.outcome()}${this.writes ? this.form() : this.shown()}</section>`;
  }

  shown() {
    if (this.entries === null) return nothing;
    const days = standing(this.entries, this.today, dayAfter(this.today, SHOWN_DAYS - 1));
    const told = days.filter(({ shifts }) => shifts.length > 0);
    return html`${told.length === 0 ? html`<p class="quiet">${say('roster_none')}</p>` : html`<ul class="rota">${told.map(({ day, shifts }) => html`<li>
        <span class="rota-day ${isWeekend(day) ? 'rota-weekend' : ''}">${dayWords(msOfDay(day))}</span>
        <ul>${shifts.map((shift) => html`<li><b>${this.personName(shift.person)}</b> <span class="quiet">${hours(lineOf(shift))}</span>
          ${shift.phone ? html`<a href="tel:${shift.phone.replace(/[^\d+]/g, '')}">${shift.phone}</a>` : nothing}</li>`)}</ul></li>`)}</ul>`}
      ${this.isOurs ? html`<div class="device-acts"><button class="button" type="button" @click=${() => this.begin()}>${icon('edit')}<span>${say('roster_write')}</span></button></div>` : nothing}`;
  }

  begin() {
    this.change({ writes: true, done: '', trouble: '', usual: usualOf(lastTold(this.entries ?? [])) });
    this.choosePeriod(this.today, dayAfter(this.today, SHOWN_DAYS - 1));
  }

  stop() {
    this.forget();
    this.requestUpdate();
  }

  /** Days that were told already come as they stand; the others begin empty. @param {string} from @param {string} until */
  choosePeriod(from, until) {
    const lines = standing(this.entries ?? [], from, until).flatMap(({ day, shifts }) => (shifts.length ? shifts.map(lineOf) : [newLine(day, '', this.usual)]));
    this.change({ from, until, lines, unclear: [], taken: 0 });
  }

  form() {
    const act = /** @type {Act} */ (/** @type {any} */ (this).act);
    return html`<form class="doing roster-form" @submit=${(/** @type {any} */ event) => this.send(event, act)}>
      ${this.period()}${this.usualHours()}${this.turns()}${this.paste()}
      <p class="quiet">${say('replaces')}</p>
      <ul class="rota rota-lines">${repeat(this.days, (day) => day, (day) => this.dayRow(day))}</ul>
      <label class="field">${say('roster_text')}<input name="text" maxlength="1000" autocomplete="off" .value=${this.text} @input=${(/** @type {any} */ event) => this.change({ text: event.target.value })}></label>
      ${this.advice()}${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, unsaid: this.wrong !== '', words: buttonWords(act, say('roster_send')) })}
        <button class="button" type="button" @click=${() => this.stop()}>${say('cancel')}</button></span></form>`;
  }

  period() {
    const next = dayAfter(monthEnd(this.today), 1);
    /** @type {[Parameters<typeof say>[0], string, string][]} */
    const usual = [['period_fortnight', this.today, dayAfter(this.today, SHOWN_DAYS - 1)], ['period_month', this.today, monthEnd(this.today)], ['period_next', next, monthEnd(next)]];
    return html`<fieldset class="field"><legend>${say('period')}</legend><div class="chips">${usual.map(([words, from, until]) => html`<label class="choice"><input type="radio" name="period"
        .checked=${this.from === from && this.until === until} @change=${() => this.choosePeriod(from, until)}><span>${say(words)}</span></label>`)}</div>
      <div class="fields-two"><label class="field">${say('roster_from')}<input type="date" required .value=${this.from} @change=${(/** @type {any} */ event) => this.choosePeriod(event.target.value, this.until)}></label>
        <label class="field">${say('roster_until')}<input type="date" required .value=${this.until} @change=${(/** @type {any} */ event) => this.choosePeriod(this.from, event.target.value)}></label></div></fieldset>`;
  }

  usualHours() {
    /** @param {'weekday' | 'weekend'} days @param {'from' | 'until'} end @param {Parameters<typeof say>[0]} words */
    const time = (days, end, words) => html`<label class="field">${say(words)}<input type="time" .value=${this.usual[days][end]}
      @change=${(/** @type {any} */ event) => this.rehour({ ...this.usual, [days]: { ...this.usual[days], [end]: event.target.value } })}></label>`;
    return html`<fieldset class="field"><legend>${say('usual')}</legend><div class="roster-usual">
      ${time('weekday', 'from', 'weekday_from')}${time('weekday', 'until', 'weekday_until')}${time('weekend', 'from', 'weekend_from')}${time('weekend', 'until', 'weekend_until')}
      <label class="field">${say('usual_phone')}<input type="tel" maxlength="40" autocomplete="off" .value=${this.usual.phone} @change=${(/** @type {any} */ event) => this.rehour({ ...this.usual, phone: event.target.value.trim() })}></label></div></fieldset>`;
  }

  /** @param {import('../../console/roster.js').Usual} usual */
  rehour(usual) {
    this.change({ lines: rehoured(this.lines, this.usual, usual), usual });
  }

  turns() {
    /** @param {string} id @param {boolean} takes */
    const choose = (id, takes) => this.change({ order: takes ? [...this.order, id] : this.order.filter((one) => one !== id) });
    return html`<fieldset class="field"><legend>${say('order')}</legend><p class="quiet">${say('order_how')}</p><div class="chips">${this.people.map(({ id, name }) => html`<label class="choice">
        <input type="checkbox" .checked=${this.order.includes(id)} @change=${(/** @type {any} */ event) => choose(id, event.target.checked)}><span>${this.order.includes(id) ? html`<b>${this.order.indexOf(id) + 1}</b> ` : nothing}${name.kanji}</span></label>`)}</div>
      <div class="device-acts"><button class="button button-small" type="button" aria-disabled=${String(this.order.length === 0)} @click=${() => this.order.length > 0 && this.change({ lines: inTurn(this.days, this.order, this.usual) })}>${say('order_do')}</button></div></fieldset>`;
  }

  paste() {
    return html`<details class="more"><summary>${icon('list')}<span>${say('paste')}</span></summary><p class="quiet">${say('paste_how')}</p>
      <label class="field">${say('paste_label')}<textarea rows="4" spellcheck="false" .value=${this.table} @input=${(/** @type {any} */ event) => this.change({ table: event.target.value })}></textarea></label>
      <div role="status">${this.unclear.map((words) => html`<p class="field-error">${icon('alarm')}<span>${words}</span></p>`)}
        ${this.taken ? html`<p class="outcome-done">${icon('check')}<span>${say('paste_taken', { count: this.taken })}</span></p>` : nothing}</div>
      <div class="device-acts"><button class="button button-small" type="button" aria-disabled=${String(!this.table.trim())} @click=${() => this.table.trim() && this.read()}>${say('paste_do')}</button></div></details>`;
  }

  read() {
    const { lines, troubles } = pasted(this.table, { days: this.days, people: this.people, usual: this.usual });
    if (troubles.length > 0) return this.change({ unclear: troubles.map(({ trouble, ...names }) => say(trouble, names)), taken: 0 });
    const told = new Set(lines.map(({ day }) => day));
    return this.change({ lines: [...this.lines.filter(({ day }) => !told.has(day)), ...lines], unclear: [], taken: lines.length });
  }

  /** @param {string} day */
  dayRow(day) {
    const words = dayWords(msOfDay(day));
    const lines = this.lines.filter((line) => line.day === day);
    const more = html`<button class="button button-small" type="button" aria-label=${say('add_line', { day: words })} @click=${() => this.change({ lines: [...this.lines, newLine(day, '', this.usual)] })}>${icon('plus')}</button>`;
    return html`<li><span class="rota-day ${isWeekend(day) ? 'rota-weekend' : ''}">${words}</span>
      <div>${lines.map((line, at) => html`<div class="rota-line">${this.lineParts(line, words, lines.length > 1)}${at === lines.length - 1 ? more : nothing}</div>`)}</div></li>`;
  }

  /** Hours and number stand as words until somebody wants others. @param {Line} line @param {string} day in words @param {boolean} several */
  lineParts(line, day, several) {
    /** @param {Partial<Line>} change */
    const change = (change) => this.change({ lines: this.lines.map((one) => (one === line ? { ...one, ...change } : one)) });
    const value = (/** @type {any} */ event) => event.target.value;
    const opens = line.isOpen || (line.person && (!line.from || !line.until));
    return html`<select aria-label=${say('line_person', { day })} @change=${(/** @type {any} */ event) => change({ person: value(event) })}>
        <option value="" ?selected=${!line.person}>${say('nobody')}</option>${this.people.map(({ id, name }) => html`<option value=${id} ?selected=${id === line.person}>${name.kanji}</option>`)}</select>
      ${opens ? html`<input type="time" aria-label=${say('line_from', { day })} aria-invalid=${String(Boolean(line.person) && !line.from)} .value=${line.from} @change=${(/** @type {any} */ event) => change({ from: value(event), isOpen: true })}>
        <span aria-hidden="true">–${endsNextDay(line) ? say('next_day') : ''}</span><input type="time" aria-label=${say('line_until', { day })} aria-invalid=${String(Boolean(line.person) && !line.until)} .value=${line.until} @change=${(/** @type {any} */ event) => change({ until: value(event), isOpen: true })}>
        <input type="tel" maxlength="40" aria-label=${say('line_phone', { day })} placeholder=${say('contact_phone')} .value=${line.phone} @change=${(/** @type {any} */ event) => change({ phone: value(event).trim(), isOpen: true })}>`
        : line.person ? html`<button class="button button-small rota-hours" type="button" aria-label=${`${say('line_hours', { day })} ${hours(line)}`} @click=${() => change({ isOpen: true })}><span>${hours(line)}</span>${icon('edit')}</button>` : nothing}
      ${several ? html`<button class="button button-small" type="button" aria-label=${say('line_remove', { day })} @click=${() => this.change({ lines: this.lines.filter((one) => one !== line) })}>${icon('close')}</button>` : nothing}`;
  }

  /** What keeps it from being sent, as it stands now; empty: nothing. */
  get wrong() {
    const { days, lines } = this;
    const named = lines.filter(({ person }) => person).length;
    if (days.length === 0) return say('days_order');
    if (days.length > DAYS_MAX) return say('days_max', { max: DAYS_MAX });
    if (named === 0) return say('shifts_none');
    if (named > SHIFTS_MAX) return say('shifts_max', { max: SHIFTS_MAX });
    const { unclear } = gaps(days, lines);
    return unclear.length ? say('times_missing', { days: inWords([...new Set(unclear.map(({ day }) => day))]) }) : '';
  }

  /** Beside the button. Days without anybody are no mistake, but nobody should overlook them. */
  advice() {
    const { wrong } = this;
    const { empty } = gaps(this.days, this.lines);
    return html`<div role="status" class="roster-advice">${wrong ? html`<p class="field-error">${icon('alarm')}<span>${wrong}</span></p>` : nothing}
      ${empty.length ? html`<p class="quiet">${say('days_empty', { count: empty.length, days: inWords(empty) })}</p>` : nothing}</div>`;
  }

  /** @param {any} event @param {Act} act */
  send(event, act) {
    event.preventDefault();
    if (this.wrong) return this.toGap();
    const { lines } = this;
    return this.attempt(async () => {
      if (await act.send(this.office.id, rosterOf(this.from, this.until, lines, (person) => this.roleOf(person), this.text.trim())) === null) return null;
      this.forget();
      await this.look();
      this.dispatchEvent(new CustomEvent('view-changed'));
      return undefined;
    }, say('roster_done'));
  }

  /** To the first field that lacks something, two screens up perhaps. */
  toGap() {
    const fields = /** @type {HTMLInputElement[]} */ ([...this.querySelectorAll('.rota-line input[type=time]')]);
    const missing = fields.find(({ value }) => !value) ?? /** @type {HTMLElement | null} */ (this.querySelector('.rota-line select'));
    missing?.focus();
  }
}

/** @param {Line} line */
const hours = (line) => `${line.from}–${endsNextDay(line) ? say('next_day') : ''}${line.until}`;
/** @param {string[]} days */
const inWords = (days) => commas(days.map((day) => shortDay(msOfDay(day))));

customElements.define('renkei-console-roster', Roster);
