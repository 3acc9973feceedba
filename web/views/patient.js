// `<renkei-patient>`: one patient. Name and who is looking above; timeline and composer, vitals, team beside each other
// on a wide screen and behind three tabs on a narrow one.

import { html, nothing, repeat } from '../vendor/lit.js';
import { age, calendarDate } from '../dates.js';
import { PHRASES } from '../phrases.js';
import { aside, say, word } from '../language.js';
import { elementOf, fetchLater, later } from './coming.js';
import { emergencyBanners, formerBanner, isFormer, trainingBanner } from './emergency-marks.js';
import { face, whoText } from './face.js';
import { icon } from './icons.js';
import { View } from './view.js';
import './entries.js';

const TABS = /** @type {const} */ ([
  ['timeline', 'tab_timeline', 'clock'],
  ['summary', 'tab_summary', 'list'],
  ['vitals', 'tab_vitals', 'heart'],
  ['team', 'tab_team', 'team'],
]);

export class PatientView extends View {
  constructor() {
    super();
    /** @type {string} */
    this.tab = '';
  }

  connectedCallback() {
    super.connectedCallback();
    // What is written or looked up stands on the timeline.
    this.toTimeline = (/** @type {Event} */ event) => /** @type {Element} */ (event.target).localName !== 'renkei-composer' && this.tab && this.open('timeline');
    for (const wish of ['write-record', 'entry-wanted']) this.addEventListener(wish, this.toTimeline);
    this.addEventListener('part-wanted', (/** @type {any} */ { detail: { name, wish } }) => this.handOn(name, wish));
    // Whoever looks at a patient will write, too.
    fetchLater().then(() => {
      this.requestUpdate();
      /** @type {View | null} */ (this.querySelector('renkei-entries'))?.requestUpdate();
    }, () => {});
  }

  /** Tells a part of this page what somebody wishes; of one that is still on its way, once it is there. @param {string} name @param {Event} wish */
  async handOn(name, wish) {
    try {
      (this.querySelector(name) ?? await elementOf(this, name)).dispatchEvent(wish);
    } catch {
      this.model.say({ ja: PHRASES.later_failed[0], en: PHRASES.later_failed[1] });
    }
  }

  render() {
    const { model } = this;
    const id = model.selected;
    // Of somebody who is not on the list there is what one's own office wrote, and nothing to do.
    const isTheirs = model.isSecretariat || model.patients.has(id);
    const tab = isTheirs ? this.tab || (model.isSecretariat ? 'team' : 'timeline') : 'timeline';
    const isThere = later() !== null;
    return html`<div class="patient ${isTheirs ? '' : 'patient-former'}" data-tab=${tab}>
      <div class="patient-top">${this.head(id)}${formerBanner(model, id)}${trainingBanner(model, id)}${emergencyBanners(model, id)}</div>
      ${isTheirs ? html`<div class="tabs" role="tablist" aria-label=${say('parts_of_patient')} @keydown=${this.turn}>${this.tabs.map(([name, phrase, sign]) => html`
        <button type="button" role="tab" id="tab-${name}" aria-selected=${String(tab === name)} aria-controls="panel-${name}"
          tabindex=${tab === name ? 0 : -1} @click=${() => this.open(name)}>${icon(sign)}<span>${say(phrase)}</span></button>`)}
      </div>` : nothing}
      <section class="panel panel-timeline" id="panel-timeline" aria-label=${say('tab_timeline')}>
        ${model.isSecretariat ? html`<p class="quiet panel-note">${say('secretariat_sees')}</p>` : nothing}
        ${repeat([id], (key) => key, (key) => html`
          <renkei-entries .model=${model} .timelineId=${key}></renkei-entries>
          ${isThere ? html`<renkei-search .model=${model} .timelineId=${key}></renkei-search>` : nothing}
          ${model.isSecretariat || !isThere || !isTheirs ? nothing : html`<renkei-composer .model=${model} .timelineId=${key}></renkei-composer>
            <renkei-follow-up .model=${model} .timelineId=${key}></renkei-follow-up>`}`)}
      </section>
      ${tab === 'summary' && isThere ? html`<section class="panel panel-summary" id="panel-summary" aria-label=${say('tab_summary')}>
        <renkei-summary .model=${model} .timelineId=${id}></renkei-summary>
        <renkei-paper .model=${model} .timelineId=${id}></renkei-paper><renkei-day-copy .model=${model} .timelineId=${id}></renkei-day-copy></section>` : nothing}
      ${isTheirs ? html`<div class="panel-side">
        ${model.isSecretariat || !isThere ? nothing : html`<section class="panel panel-vitals" id="panel-vitals" aria-labelledby="vitals-title">
          ${repeat([id], (key) => key, (key) => html`<renkei-graphs .model=${model} .timelineId=${key}></renkei-graphs>`)}
        </section>`}
        <section class="panel panel-team" id="panel-team" aria-label=${say('tab_team')}>${isThere ? later()?.teamSection(model, id) : nothing}
          ${model.isSecretariat && isThere ? repeat([id], (key) => key, (key) => html`<renkei-seen-by .model=${model} .timelineId=${key}></renkei-seen-by>`) : nothing}
          ${isThere && (model.isSecretariat || model.isProfessional) ? repeat([id], (key) => key, (key) => html`<renkei-taking-out .model=${model} .timelineId=${key}></renkei-taking-out>`) : nothing}</section>
      </div>` : nothing}
    </div>`;
  }

  /** The secretariat sees no chart, and so no empty one. */
  get tabs() {
    return TABS.filter(([name]) => !['vitals', 'summary'].includes(name) || !this.model.isSecretariat);
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
        <h1>${name.kanji || say(isFormer(model, id) ? 'former_unnamed' : 'loading')}<small>${name.kana}</small></h1>
        <p>${birthDate ? `${calendarDate(birthDate)}${aside(say('age', { age: age(birthDate) }))}` : nothing}
          ${word('sex', registration?.sex ?? patient?.sex ?? '')}
          ${consent && consent !== 'team' ? html`<span class="mark mark-alarm">${icon('alarm')}<span>${word('consent_state', consent)}</span></span>` : nothing}
          ${patient?.withheld?.length ? html`<span class="mark mark-restricted withheld">${icon('alarm')}<span>${say('withheld_mark', { purposes: patient.withheld.map((one) => word('withheld_purpose', one)).join('・') })}</span></span>` : nothing}</p>
      </div>
      ${this.present(id)}
      ${model.isProfessional && model.patients.has(id) ? html`<a class="button button-small visit-write" href="#/visits/${id}" title=${say('visit_write')}>${icon('home')}<span>${say('visit_write')}</span><span class="visit-short" aria-hidden="true">${say('visit_short')}</span></a>` : nothing}
      ${model.isSecretariat || !model.patients.has(id) ? nothing : html`<button class="button button-small summary-open" type="button" aria-pressed=${String(this.tab === 'summary')}
        @click=${() => this.open(this.tab === 'summary' ? 'timeline' : 'summary')}>${icon('list')}<span>${say('tab_summary')}</span></button>`}
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
