// `<renkei-patients>`: the patients of this person by how much they need them, in groups that can be filtered and that
// stand still under the finger; for the secretariat every registered patient, by search. Choosing one changes the address.

import { html, nothing, repeat } from '../vendor/lit.js';
import { age, calendarDate, shortMoment } from '../dates.js';
import { folded } from '../fold.js';
import { say, word } from '../language.js';
import { FILTERS, GROUPS } from '../need.js';
import { Steady } from '../steady.js';
import { emergencyButton, isTraining } from './emergency-marks.js';
import { icon } from './icons.js';
import { View } from './view.js';

const SEARCH_PAUSE_MS = 300;
/** After a finger was lifted, the next tap may follow. */
const TOUCH_HOLDS_MS = 4_000;

export class Patients extends View {
  constructor() {
    super();
    this.query = '';
    this.birthDate = '';
    /** @type {import('../need.js').Filter} */
    this.filter = 'all';
    this.steady = new Steady();
    this.isPointedAt = false;
    this.touchedAtMs = -TOUCH_HOLDS_MS;
    this.addEventListener('pointerenter', (event) => this.pointed(event, true));
    this.addEventListener('pointerleave', (event) => this.pointed(event, false));
    for (const touch of ['pointerdown', 'scroll', 'wheel', 'touchmove']) this.addEventListener(touch, () => this.touched(), { capture: true, passive: true });
  }

  /** @param {PointerEvent} event @param {boolean} enters */
  pointed({ pointerType }, enters) {
    if (pointerType !== 'mouse') return;
    this.isPointedAt = enters;
    if (!enters) this.requestUpdate();
  }

  touched() {
    this.touchedAtMs = this.model.clock.now();
    this.model.clock.cancel(this.touchTimer);
    this.touchTimer = this.model.clock.after(() => this.requestUpdate(), TOUCH_HOLDS_MS);
  }

  /** Whether somebody is about to choose: by mouse, finger or keyboard, on a list that can be seen. */
  get isHeld() {
    if (!this.checkVisibility()) return false;
    return this.isPointedAt || this.model.clock.now() - this.touchedAtMs < TOUCH_HOLDS_MS || this.querySelector('.patient-row:focus-visible') !== null;
  }

  search(/** @type {Event} */ event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.type === 'date') this.birthDate = field.value;
    else this.query = field.value;
    this.requestUpdate();
    if (!this.model.isSecretariat) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.model.refreshPatients({ q: this.query.trim(), birth_date: this.birthDate }), SEARCH_PAUSE_MS);
  }

  /** @param {import('../need.js').Filter} filter */
  choose(filter) {
    this.filter = filter;
    this.sortAnew();
  }

  sortAnew() {
    this.sorts = true;
    this.requestUpdate();
  }

  render() {
    const { model } = this;
    const wanted = folded(this.query);
    // The secretariat's search is the hub's; others look through the few patients they have.
    const found = model.needs.rows.filter(({ patient: { name } }) =>
      model.isSecretariat || !wanted || folded(name.kanji).includes(wanted) || folded(name.kana).includes(wanted));
    const rows = this.steady.take(found.filter(({ placed }) => FILTERS[this.filter](placed)), !this.sorts && this.isHeld);
    this.sorts = false;
    const title = this.whose();
    return html`<nav aria-label=${title}>
      <div class="list-head">
        <h2>${title}${this.isBlank ? nothing : html`<span class="count">${say('people_count', { count: rows.length })}</span>`}</h2>
        <label class="search">${icon('search')}<span class="unseen">${say('search_patients')}</span>
          <input type="search" placeholder=${say('search_patients')} .value=${this.query} @input=${this.search}></label>
        ${model.isSecretariat
          ? html`<label class="list-birth"><span>${say('birth_date')}</span><input type="date" .value=${this.birthDate} @input=${this.search}></label>`
          : this.filters(found)}
        <div class="list-ways">${model.isProfessional ? html`<a class="button list-visits" href="#/visits" aria-current=${model.visiting ? 'page' : nothing}>${icon('home')}<span>${say('visits_today')}</span></a>` : nothing}
        ${emergencyButton(model)}</div>
      </div>
      ${rows.length === 0 ? html`<p class="list-empty">${this.nobody(found.length)}</p>` : nothing}
      ${GROUPS.map((group) => this.group(group, rows.filter((row) => row.group === group), rows.length))}
      ${this.steady.isOld ? html`<button class="button button-small list-again" type="button" @click=${this.sortAnew}>${icon('sync')}<span>${say('list_again')}</span></button>` : nothing}
    </nav>`;
  }

  whose() {
    const { isSecretariat, me } = this.model;
    return say(isSecretariat ? 'registered_patients' : me?.role === 'family' ? 'my_family' : 'my_patients');
  }

  /** All that would be here does not open: not the same as nobody. */
  get isBlank() {
    const { isSecretariat, needs, unreadablePatients } = this.model;
    return !isSecretariat && unreadablePatients > 0 && needs.rows.length === 0;
  }

  /** @param {number} found before the filter */
  nobody(found) {
    if (found > 0) return say('filtered_none');
    if (this.isBlank) return say('list_blank');
    return say(this.model.hub.connection.phase === 'live' ? 'no_patients' : 'loading');
  }

  /** How many patients each filter would leave; those that leave none are not offered. @param {typeof this.model.needs.rows} found */
  filters(found) {
    const counts = Object.entries(FILTERS).map(([name, keeps]) => /** @type {const} */ ([/** @type {import('../need.js').Filter} */ (name), found.filter(({ need }) => keeps(need)).length]));
    const offered = counts.filter(([name, count]) => name === 'all' || name === this.filter || count > 0);
    if (offered.length < 2) return nothing;
    return html`<div class="filters" role="group" aria-label=${say('filter_patients')}>${offered.map(([name, count]) => html`<button type="button"
      class="filter" aria-pressed=${String(this.filter === name)} @click=${() => this.choose(name)}>${say(`filter_${name}`)}${name === 'all' ? nothing : html` <b>${count}</b>`}</button>`)}</div>`;
  }

  /** @param {import('../need.js').Group} group @param {typeof this.model.needs.rows} rows @param {number} all in every group */
  group(group, rows, all) {
    if (rows.length === 0) return nothing;
    const isOne = this.model.isSecretariat;
    // "Others" beside nobody would be a riddle.
    const isAlone = group === 'rest' && rows.length === all;
    const list = html`<ul class="patient-list" aria-label=${isOne || isAlone ? this.whose() : say(`need_${group}`)}>${repeat(rows, ({ id }) => id, (row) => this.row(row))}</ul>`;
    if (isOne) return list;
    return html`<section class="patient-group patient-group-${group}">${isAlone ? nothing : html`<h3><span>${say(`need_${group}`)}</span><span class="count">${rows.length}</span></h3>`}${list}</section>`;
  }

  /** @param {(typeof this.model.needs.rows)[0]} row */
  row({ patient, need }) {
    const { model } = this;
    const name = model.patientName(patient.id);
    const last = model.timelines.get(patient.id)?.last;
    const chosen = model.selected === patient.id;
    return html`<li><a class="patient-row ${need.alarms ? 'has-alarm' : ''}" href="#/patients/${patient.id}"
        aria-current=${chosen ? 'true' : nothing}>
      <span class="patient-line"><span class="patient-name"><b>${name.kanji}</b><small>${name.kana}</small></span>
      <span class="patient-facts">${say('age', { age: age(patient.birth_date) })}・${word('sex', patient.sex)}${model.isSecretariat
        ? html`・${calendarDate(patient.birth_date)}` : nothing}</span></span>
      <span class="patient-line"><span class="patient-marks">${this.marks(patient.id, need)}</span>
        <span class="patient-last">${model.isSecretariat
        ? html`${say('linked_count', { count: (patient.team ?? []).length })}・${patient.consent === 'none' ? say('consent_not_yet') : word('consent_state', patient.consent)}`
        : last ? html`${word('kind', last.kind)}・<time>${shortMoment(need.lastMs)}</time>` : say('no_entries')}</span></span>
    </a></li>`;
  }

  /** @param {string} id @param {import('../need.js').Need} need */
  marks(id, { late, open, asked, alarms, mentions, entries }) {
    const present = (this.model.presence.get(id) ?? []).filter((actor) => actor.person !== this.model.myId).length;
    return html`
      ${this.model.emergency.leftMs(id) ? html`<span class="mark mark-restricted">${icon('eye')}<span>${say('emergency_mark')}</span></span>` : nothing}
      ${isTraining(this.model, id) ? html`<span class="mark mark-late">${icon('team')}<span>${say('training_mark')}</span></span>` : nothing}
      ${alarms ? html`<span class="mark mark-alarm">${icon('alarm')}<span>${say('alarms', { count: alarms })}</span></span>` : nothing}
      ${late ? html`<span class="mark mark-late">${icon('clock')}<span>${say('mark_late', { count: late })}</span></span>` : nothing}
      ${open ? html`<span class="mark mark-duty">${icon('clock')}<span>${say('mark_duties', { count: open })}</span></span>` : nothing}
      ${asked ? html`<span class="mark mark-duty">${icon('hand')}<span>${say('mark_agreement')}</span></span>` : nothing}
      ${mentions ? html`<span class="mark mark-mention">${icon('reply')}<span>${say('mark_mentions', { count: mentions })}</span></span>` : nothing}
      ${entries ? html`<span class="mark mark-unread"><span>${say('unread', { count: entries })}</span></span>` : nothing}
      ${present ? html`<span class="mark mark-present" title=${say('present', { count: present })}>${icon('eye')}<span class="unseen">${say('present', { count: present })}</span><span aria-hidden="true">${say('present_short', { count: present })}</span></span>` : nothing}`;
  }
}

customElements.define('renkei-patients', Patients);
