// `<renkei-patients>`: the patients of this person, those who need them first; for the secretariat every registered
// patient, by search. Choosing one changes the address.

import { html, nothing, repeat } from '../vendor/lit.js';
import { age, calendarDate, moment } from '../dates.js';
import { say, word } from '../language.js';
import { emergencyButton } from './emergency.js';
import { icon } from './icons.js';
import { View } from './view.js';

const SEARCH_PAUSE_MS = 300;

/** Kana of either kind, letters of any width and case, without spaces. @param {string} text */
export function folded(text) {
  return text.normalize('NFKC').toLowerCase().replace(/\s/g, '')
    .replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
}

export class Patients extends View {
  constructor() {
    super();
    this.query = '';
    this.birthDate = '';
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

  render() {
    const { model } = this;
    const wanted = folded(this.query);
    // The secretariat's search is the hub's; others look through the few patients they have.
    const rows = model.sortedPatients.filter(({ patient: { name } }) =>
      model.isSecretariat || !wanted || folded(name.kanji).includes(wanted) || folded(name.kana).includes(wanted));
    const title = say(model.isSecretariat ? 'registered_patients' : 'my_patients');
    return html`<nav aria-label=${title}>
      <div class="list-head">
        <h2>${title}<span class="count">${say('people_count', { count: rows.length })}</span></h2>
        <label class="search">${icon('search')}<span class="unseen">${say('search_patients')}</span>
          <input type="search" placeholder=${say('search_patients')} .value=${this.query} @input=${this.search}></label>
        ${model.isSecretariat
          ? html`<label class="list-birth"><span>${say('birth_date')}</span><input type="date" .value=${this.birthDate} @input=${this.search}></label>`
          : nothing}
        <div class="list-ways">${model.isProfessional ? html`<a class="button list-visits" href="#/visits" aria-current=${model.visiting ? 'page' : nothing}>${icon('home')}<span>${say('visits_today')}</span></a>` : nothing}
        ${emergencyButton(model)}</div>
      </div>
      ${rows.length === 0 ? html`<p class="list-empty">${say(model.hub.connection.phase === 'live' ? 'no_patients' : 'loading')}</p>` : nothing}
      <ul class="patient-list">${repeat(rows, ({ patient }) => patient.id, (row) => this.row(row))}</ul>
    </nav>`;
  }

  /** @param {(typeof this.model.sortedPatients)[0]} row */
  row({ patient, unread, lastMs }) {
    const { model } = this;
    const name = model.patientName(patient.id);
    const last = model.timelines.get(patient.id)?.last;
    const present = (model.presence.get(patient.id) ?? []).filter((actor) => actor.person !== model.myId).length;
    const chosen = model.selected === patient.id;
    return html`<li><a class="patient-row ${unread.alarms ? 'has-alarm' : ''}" href="#/patients/${patient.id}"
        aria-current=${chosen ? 'true' : nothing}>
      <span class="patient-name"><b>${name.kanji}</b><small>${name.kana}</small></span>
      <span class="patient-facts">${say('age', { age: age(patient.birth_date) })}・${word('sex', patient.sex)}${model.isSecretariat
        ? html`・${calendarDate(patient.birth_date)}` : nothing}</span>
      ${model.isSecretariat
        ? html`<span class="patient-last">${say('linked_count', { count: (patient.team ?? []).length })}・${word('consent_state', patient.consent)}</span>`
        : html`<span class="patient-last">${last ? html`${word('kind', last.kind)}・<time>${moment(lastMs)}</time>` : say('no_entries')}</span>`}
      <span class="patient-marks">
        ${unread.alarms ? html`<span class="mark mark-alarm">${icon('alarm')}<span>${say('alarms', { count: unread.alarms })}</span></span>` : nothing}
        ${unread.entries ? html`<span class="mark mark-unread"><span>${say('unread', { count: unread.entries })}</span></span>` : nothing}
        ${present ? html`<span class="mark mark-present"><span class="dot" aria-hidden="true"></span><span>${say('present', { count: present })}</span></span>` : nothing}
      </span>
    </a></li>`;
  }
}

customElements.define('renkei-patients', Patients);
