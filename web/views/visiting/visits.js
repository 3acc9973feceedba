// `<renkei-visits>`: today's visits, and behind each the visit to one patient. Fetched by those who visit, with its style
// sheet. Planned visits come from the timelines; where none is planned, patients are added by hand.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { age, calendarDate, clockTime, day, dayOf, moment } from '../../dates.js';
import { isLate } from '../../duties.js';
import { say, word } from '../../language.js';
import { RoundKeeping } from '../../visiting/keeping.js';
import { Pins } from '../../visiting/pins.js';
import { phrase } from '../../visiting/phrases.js';
import { dropOthers, isBegun } from '../../visiting/round.js';
import { Today, sorted, visitedAtMs } from '../../visiting/today.js';
import { limitsBroken } from './last-values.js';
import { icon } from '../icons.js';
import { View } from '../view.js';
import './visit.js';

/** @typedef {import('../../visiting/today.js').Row} Row */

const STYLES = '/styles/visiting.css';

/** @returns {Promise<void>} when the style sheet is there, or will not come */
const styled = new Promise((resolve) => {
  const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: STYLES });
  sheet.onload = sheet.onerror = () => resolve(undefined);
  document.head.append(sheet);
});

export class Visits extends View {
  constructor() {
    super();
    this.today = new Today();
    /** @type {RoundKeeping | null} */
    this.keeping = null;
    // The camera takes the screen, and may take the page with it.
    this.leaving = () => document.hidden && this.keeping?.save();
    this.isStyled = false;
    styled.then(() => {
      this.isStyled = true;
      this.requestUpdate();
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.keeping = new RoundKeeping(this.model);
    document.addEventListener('visibilitychange', this.leaving);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.leaving);
    this.keeping?.save();
  }

  get pins() {
    return new Pins(localStorage, this.model.myId, this.model.clock.now);
  }

  render() {
    const { model } = this;
    if (!this.isStyled || !model.me) return html`<div class="empty">${icon('sync')}<p>${say('loading')}</p></div>`;
    this.keeping?.restore();
    dropOthers(model);
    const patient = model.visiting?.patient ?? '';
    // The secretariat and the family do not visit; an address that somebody else sent them leads to nothing.
    if (!model.isProfessional) return html`<div class="empty">${icon('link')}<p>${phrase('not_mine')}</p><a class="button" href="#/">${say('to_list')}</a></div>`;
    if (!patient) return this.list();
    if (model.patients.has(patient)) return repeat([patient], (key) => key, (key) => html`<renkei-visit .model=${model} .patient=${key}></renkei-visit>`);
    const isLoading = model.hub.connection.phase !== 'live';
    return html`<div class="empty">${icon(isLoading ? 'sync' : 'link')}<p>${isLoading ? say('loading') : phrase('not_mine')}</p>
      <a class="button" href="#/visits">${phrase('back_to_today')}</a></div>`;
  }

  rows() {
    const { model } = this;
    const me = /** @type {import('../../rest.js').Me} */ (model.me);
    const visitor = { person: me.person.id, role: me.role, organisation: me.organisation.id };
    const pinned = new Set(this.pins.list);
    /** @type {Map<string, number>} */
    const due = new Map();
    for (const { timeline, dueMs } of model.owing.mine.open) due.set(timeline, Math.min(due.get(timeline) ?? Infinity, dueMs));
    return sorted([...model.patients.keys()].map((id) => ({
      id, kana: model.patientName(id).kana, pinned: pinned.has(id), dueMs: due.get(id) ?? Infinity,
      facts: this.today.of(model.timeline(id), visitor, model.clock.now()),
    })));
  }

  list() {
    const { model } = this;
    const now = model.clock.now();
    const { planned, unplanned, added, others } = this.rows();
    const todays = [...planned, ...unplanned, ...added];
    const done = todays.filter(({ facts }) => facts.made).length;
    return html`<div class="visits">
      <header class="visits-head"><a class="button button-text back" href="#/">${icon('back')}<span>${say('to_list')}</span></a>
        <h1>${say('visits_today')}<small>${day(now)}</small></h1>
        ${todays.length ? html`<p class="count">${phrase('today_counts', { count: todays.length, done })}</p>` : nothing}</header>
      ${planned.length ? html`<section aria-labelledby="visits-planned"><h2 id="visits-planned">${phrase('planned')}</h2>
        <ul class="visit-cards">${repeat(planned, ({ id }) => id, (row) => this.card(row))}</ul><p class="quiet">${phrase('today_how')}</p></section>` : nothing}
      ${unplanned.length ? html`<section aria-labelledby="visits-unplanned"><h2 id="visits-unplanned">${phrase('unplanned')}</h2>
        <ul class="visit-cards">${repeat(unplanned, ({ id }) => id, (row) => this.card(row))}</ul></section>` : nothing}
      ${added.length ? html`<section aria-labelledby="visits-added"><h2 id="visits-added">${phrase('added_by_hand')}</h2>
        <ul class="visit-cards">${repeat(added, ({ id }) => id, (row) => this.card(row))}</ul><p class="quiet">${phrase('added_how')}</p></section>` : nothing}
      ${todays.length === 0 ? html`<p class="visits-none">${icon('home')}<span>${phrase('nothing_planned')}</span></p>` : nothing}
      <section aria-labelledby="visits-others"><h2 id="visits-others">${phrase('other_patients')}</h2>
        ${others.length ? html`<ul class="visit-others">${repeat(others, ({ id }) => id, (row) => this.other(row))}</ul>` : html`<p class="quiet">${phrase('no_others')}</p>`}</section>
    </div>`;
  }

  /** A visit of today: one large target for the hand. @param {Row} row */
  card(row) {
    const { model } = this;
    const { id, facts, pinned } = row;
    const name = model.patientName(id);
    const plan = facts.plans.find(({ mine, joins }) => mine || joins);
    const others = facts.plans.filter((one) => one !== plan);
    return html`<li class="visit-card ${facts.made ? 'visit-made' : ''}"><a class="visit-open" href="#/visits/${id}">
        <span class="visit-at">${facts.made ? html`${icon('check')}<small>${clockTime(visitedAtMs(facts.made))}</small><small>${phrase('here_done')}</small>`
          : plan ? html`<b>${clockTime(plan.atMs)}</b>${plan.endsAtMs ? html`<small>–${clockTime(plan.endsAtMs)}</small>` : nothing}` : icon('home')}</span>
        <span class="visit-who"><b>${name.kanji}</b><small>${name.kana}</small>${this.born(id)}
          ${plan?.text ? html`<span class="visit-text">${plan.text}</span>` : nothing}
          ${this.marks(row, plan?.joins && !plan.mine)}
          ${others.map((one) => html`<span class="quiet">${phrase('others_come', { at: clockTime(one.atMs), who: word('role', one.role) || model.organisationName(one.organisation) })}</span>`)}
          ${this.lastVisit(row)}</span>
        ${icon('next')}</a>
      ${pinned && !facts.made ? html`<button class="button button-text visit-unpin" type="button" aria-label="${phrase('remove_today')}: ${name.kanji}"
        @click=${() => this.pin(id, false)}>${icon('close')}</button>` : nothing}</li>`;
  }

  /** @param {string} id */
  born(id) {
    const patient = this.model.patients.get(id);
    return patient ? html`<span class="quiet">${calendarDate(patient.birth_date)}（${say('age', { age: age(patient.birth_date) })}）・${word('sex', patient.sex)}</span>` : nothing;
  }

  /** @param {Row} row @param {boolean} [joins] */
  marks({ id, dueMs }, joins = false) {
    const { model } = this;
    const now = model.clock.now();
    const mine = dueMs === Infinity ? [] : model.owing.mine.open.filter(({ timeline }) => timeline === id);
    const unread = model.needs.unread(id);
    return html`<span class="patient-marks">
      ${joins ? html`<span class="mark mark-present">${icon('team')}<span>${phrase('joins')}</span></span>` : nothing}
      ${limitsBroken(model, id).map((broken) => html`<span class="mark mark-alarm">${icon('alarm')}<span>${broken}</span></span>`)}
      ${mine.length ? html`<span class="mark mark-restricted">${icon('clock')}<span>${mine.some((duty) => isLate(duty, now)) ? phrase('due_late', { count: mine.length })
        : phrase('due_first', { count: mine.length, at: moment(dueMs, now) })}</span></span>` : nothing}
      ${unread.entries ? html`<span class="mark mark-unread"><span>${say('unread', { count: unread.entries })}</span></span>` : nothing}
      ${model.outbox.of(id).some(({ state }) => state === 'waiting' || state === 'sent') ? html`<span class="mark mark-restricted">${icon('wait')}<span>${phrase('unsent')}</span></span>` : nothing}
      ${isBegun(model, id) ? html`<span class="mark mark-host">${icon('edit')}<span>${phrase('begun')}</span></span>` : nothing}</span>`;
  }

  /** @param {Row} row */
  lastVisit({ facts }) {
    if (!facts.last || facts.last === facts.made) return nothing;
    const at = visitedAtMs(facts.last);
    const days = Math.round((startOf(this.model.clock.now()) - startOf(at)) / 86_400_000);
    return html`<span class="quiet">${phrase('last_visit', { at: days > 1 ? `${day(at)}・${phrase('days_ago', { count: days })}` : moment(at), who: this.model.personName(facts.last.author.person) })}</span>`;
  }

  /** @param {Row} row */
  other(row) {
    const name = this.model.patientName(row.id);
    return html`<li><a class="visit-other" href="#/visits/${row.id}"><span class="visit-who"><b>${name.kanji}</b><small>${name.kana}</small>
        ${this.marks(row)}${this.lastVisit(row)}</span></a>
      <button class="button" type="button" aria-label="${phrase('add_today')}: ${name.kanji}" @click=${() => this.pin(row.id, true)}>${icon('plus')}<span>${phrase('add_today')}</span></button></li>`;
  }

  /** @param {string} id @param {boolean} added */
  pin(id, added) {
    if (added) this.pins.add(id);
    else this.pins.remove(id);
    this.requestUpdate();
  }
}

/** @param {number} ms the beginning of its local day */
const startOf = (ms) => (dayOf(ms), new Date(ms).setHours(0, 0, 0, 0));

customElements.define('renkei-visits', Visits);
