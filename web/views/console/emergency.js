// `<renkei-console-emergency>`: who opened a patient's record in an emergency, why and until when, and what whoever runs the hub's
// machine took out; the secretariat reviews each by acknowledging it, with a word.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { moment } from '../../dates.js';
import { word } from '../../language.js';
import { face } from '../face.js';
import { icon } from '../icons.js';
import { takenWords } from '../sheet.js';
import { openPerson } from './person.js';
import { Section, buttonWords, choices, holdsOf, none, primary } from './section.js';

/** @typedef {import('../../console/calls.js').Access} Access */

const OUTCOMES = /** @type {const} */ (['found', 'unjustified']);

export class EmergencyReviews extends Section {
  constructor() {
    super();
    /** @type {Access[] | null} */
    this.accesses = null;
    this.reviewing = '';
    /** What the review finds: the hub keeps its words, no outcome. @type {'found' | 'unjustified'} */
    this.outcomeOf = 'found';
    /** @type {Act | null} */
    this.act = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load());
  }

  async load() {
    await this.model.refreshDirectory();
    this.accesses = (await this.calls.accesses()).sort((a, b) => Date.parse(b.declared_at) - Date.parse(a.declared_at));
  }

  render() {
    const waiting = (this.accesses ?? []).filter((one) => !one.reviewed_at);
    const reviewed = (this.accesses ?? []).filter((one) => one.reviewed_at);
    return html`${this.head(say('section_emergency'), say('emergency_lead'))}${this.outcome()}
      ${this.accesses === null ? html`<p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p>` : html`
        <h2>${say('emergency_waiting')} <span class="count">${waiting.length}</span></h2>
        ${waiting.length === 0 ? none('check', say('emergency_none'), say('emergency_none_how')) : this.list(waiting)}
        ${reviewed.length === 0 ? nothing : html`<h2>${say('emergency_reviewed')} <span class="count">${reviewed.length}</span></h2>${this.list(reviewed)}`}`}`;
  }

  /** @param {Access[]} accesses */
  list(accesses) {
    return html`<ul class="cards">${repeat(accesses, ({ id }) => id, (access) => this.access(access))}</ul>`;
  }

  /** @param {Access} access */
  access(access) {
    const { id, patient, person, role, organisation, reason, declared_at: at, until, reviewed_at: reviewedAt, command } = access;
    const isOpen = Date.parse(until) > this.model.clock.now();
    return html`<li class="card">
      <div class="who-row">${face(role)}<p>${command ? html`<b>${takenWords(command)}</b>` : html`<b>${this.personName(person)}</b> <span class="quiet">${word('role', role)}・${this.officeName(organisation)}</span>`}<br>
        ${patient ? html`<a href=${hrefOf('patients', patient.id)}><b>${patient.name.kanji}</b></a> <small class="quiet">${patient.name.kana}</small>` : html`<b>${say('emergency_region')}</b>`}</p>
        ${isOpen ? html`<span class="mark mark-restricted">${icon('eye')}<span>${say('emergency_open_until', { at: moment(Date.parse(until)) })}</span></span>` : nothing}</div>
      <blockquote>${reason}</blockquote>
      <p class="quiet">${command ? moment(Date.parse(at)) : say('emergency_from_to', { from: moment(Date.parse(at)), until: moment(Date.parse(until)) })}${reviewedAt
        ? html`・${icon('check')} ${say('emergency_reviewed_at', { at: moment(Date.parse(reviewedAt)) })}` : nothing}</p>
      ${reviewedAt ? nothing : this.reviewing === id ? this.form(access) : html`<div class="device-acts">
        <button class="button button-primary button-small" type="button" @click=${() => this.begin(id)}>${icon('check')}<span>${say('emergency_review')}</span></button></div>`}</li>`;
  }

  /** @param {string} reviewing */
  begin(reviewing) {
    this.change({ reviewing, outcomeOf: 'found', act: new Act(this.model, () => this.requestUpdate()) });
  }

  /** @param {Access} access */
  form(access) {
    const act = /** @type {Act} */ (this.act);
    return html`<form class="device-revoke" @submit=${(/** @type {any} */ event) => this.review(event, access)}>
      ${choices('emergency-outcome', say('emergency_outcome'), OUTCOMES.map((one) => [one, say(`emergency_${one}`)]), this.outcomeOf, (one) => this.decide(/** @type {any} */ (one)))}
      <label class="field">${say('emergency_word')}<textarea name="text" rows="2" required maxlength="2000" placeholder=${say('emergency_word_how')}></textarea></label>
      ${this.outcomeOf === 'unjustified' && !access.command ? html`<p class="notice notice-warning">${icon('alarm')}<span>${say('emergency_unjustified_then')} <a href=${hrefOf('offices', access.organisation)} @click=${() => openPerson(access.person)}>${say('emergency_account')}</a></span></p>` : nothing}
      ${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, say('emergency_record')) })}
      <button class="button" type="button" @click=${() => this.change({ reviewing: '', act: null })}>${say('cancel')}</button></span></form>`;
  }

  /** Its first words say so: whoever reads the entry sees it at once. @param {'found' | 'unjustified'} outcome */
  decide(outcome) {
    const field = /** @type {HTMLTextAreaElement} */ (this.querySelector('textarea[name=text]'));
    const words = say('emergency_unjustified_words');
    const rest = field.value.startsWith(words) ? field.value.slice(words.length) : field.value;
    field.value = outcome === 'unjustified' ? words + rest : rest;
    this.change({ outcomeOf: outcome });
    field.focus();
  }

  /** @param {any} event @param {Access} access */
  review(event, { id, timeline }) {
    event.preventDefault();
    const text = String(new FormData(event.target).get('text') ?? '').trim();
    const act = /** @type {Act} */ (this.act);
    this.attempt(async () => {
      if (await act.send(timeline, { acknowledgement: { target: id, text } }) === null) return null;
      if (this.act === act) Object.assign(this, { reviewing: '', act: null });
      await this.load();
      return undefined;
    }, say('emergency_done'));
  }
}

customElements.define('renkei-console-emergency', EmergencyReviews);
