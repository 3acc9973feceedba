// `<renkei-patient>`: one patient. Name and who is looking above; timeline and composer, vitals, team beside each other
// on a wide screen and behind three tabs on a narrow one.

import { html, nothing, repeat } from '../vendor/lit.js';
import { age, calendarDate } from '../dates.js';
import { say, word } from '../language.js';
import { emergencyBanners } from './emergency.js';
import { face, whoText } from './face.js';
import { icon } from './icons.js';
import { teamSection } from './team.js';
import { View } from './view.js';
import './composer.js';
import './entries.js';
import './follow-up.js';
import './graphs.js';
import './seen-by.js';
import './taking-out.js';

const TABS = /** @type {const} */ ([
  ['timeline', 'tab_timeline', 'clock'],
  ['vitals', 'tab_vitals', 'heart'],
  ['team', 'tab_team', 'team'],
]);

export class PatientView extends View {
  constructor() {
    super();
    /** @type {string} */
    this.tab = '';
  }

  render() {
    const { model } = this;
    const id = model.selected;
    const tab = this.tab || (model.isSecretariat ? 'team' : 'timeline');
    return html`<div class="patient" data-tab=${tab}>
      <div class="patient-top">${this.head(id)}${emergencyBanners(model, id)}</div>
      <div class="tabs" role="tablist" aria-label=${say('parts_of_patient')} @keydown=${this.turn}>${this.tabs.map(([name, phrase, sign]) => html`
        <button type="button" role="tab" id="tab-${name}" aria-selected=${String(tab === name)} aria-controls="panel-${name}"
          tabindex=${tab === name ? 0 : -1} @click=${() => this.open(name)}>${icon(sign)}<span>${say(phrase)}</span></button>`)}
      </div>
      <section class="panel panel-timeline" id="panel-timeline" aria-label=${say('tab_timeline')}>
        ${model.isSecretariat ? html`<p class="quiet panel-note">${say('secretariat_sees')}</p>` : nothing}
        ${repeat([id], (key) => key, (key) => html`
          <renkei-entries .model=${model} .timelineId=${key}></renkei-entries>
          ${model.isSecretariat ? nothing : html`<renkei-composer .model=${model} .timelineId=${key}></renkei-composer>
            <renkei-follow-up .model=${model} .timelineId=${key}></renkei-follow-up>`}`)}
      </section>
      <div class="panel-side">
        ${model.isSecretariat ? nothing : html`<section class="panel panel-vitals" id="panel-vitals" aria-labelledby="vitals-title">
          ${repeat([id], (key) => key, (key) => html`<renkei-graphs .model=${model} .timelineId=${key}></renkei-graphs>`)}
        </section>`}
        <section class="panel panel-team" id="panel-team" aria-labelledby="team-title">${teamSection(model, id)}
          ${model.isSecretariat ? repeat([id], (key) => key, (key) => html`<renkei-seen-by .model=${model} .timelineId=${key}></renkei-seen-by>`) : nothing}
          ${model.isSecretariat || model.isProfessional ? repeat([id], (key) => key, (key) => html`<renkei-taking-out .model=${model} .timelineId=${key}></renkei-taking-out>`) : nothing}</section>
      </div>
    </div>`;
  }

  /** The secretariat sees no chart, and so no empty one. */
  get tabs() {
    return TABS.filter(([name]) => name !== 'vitals' || !this.model.isSecretariat);
  }

  /** @param {string} id */
  head(id) {
    const { model } = this;
    const patient = model.patients.get(id);
    const registration = model.timelines.get(id)?.registration;
    const name = model.patientName(id);
    const birthDate = registration?.birthDate ?? patient?.birth_date ?? '';
    const consent = model.timelines.get(id)?.consent?.state ?? patient?.consent ?? '';
    return html`<header class="patient-head">
      <a class="button button-text back" href="#/">${icon('back')}<span>${say('to_list')}</span></a>
      <div class="patient-title">
        <h1>${name.kanji || say('loading')}<small>${name.kana}</small></h1>
        <p>${birthDate ? html`${calendarDate(birthDate)}（${say('age', { age: age(birthDate) })}）` : nothing}
          ${word('sex', registration?.sex ?? patient?.sex ?? '')}
          ${consent && consent !== 'team' ? html`<span class="mark mark-alarm">${icon('alarm')}<span>${word('consent_state', consent)}</span></span>` : nothing}</p>
      </div>
      ${this.present(id)}
    </header>`;
  }

  /** Who is looking at this patient now, this person left out. @param {string} id */
  present(id) {
    const { model } = this;
    const people = (model.presence.get(id) ?? []).filter((actor) => actor.person !== model.myId);
    if (people.length === 0) return nothing;
    return html`<ul class="present" aria-label=${say('present_now')}>${people.slice(0, 6).map((actor) => html`
      <li title=${whoText(model, actor)}>${face(actor.role)}<span class="dot" aria-hidden="true"></span><span class="unseen">${whoText(model, actor)}</span></li>`)}
      ${people.length > 6 ? html`<li class="present-more">+${people.length - 6}</li>` : nothing}</ul>`;
  }

  /** @param {string} name */
  open(name) {
    this.tab = name;
    this.requestUpdate();
  }

  /** Arrow keys move between tabs. @param {KeyboardEvent} event */
  turn(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const { tabs } = this;
    const at = tabs.findIndex(([name]) => `tab-${name}` === /** @type {HTMLElement} */ (event.target).id);
    const [name] = tabs[(at + step + tabs.length) % tabs.length];
    this.open(name);
    this.updateComplete.then(() => document.getElementById(`tab-${name}`)?.focus());
  }
}

customElements.define('renkei-patient', PatientView);
