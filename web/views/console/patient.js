// `<renkei-console-patient>`: one patient as the secretariat sees them: the team and who joins it, who is still on, papers, and
// the end. Nothing of the chart but what the papers need.

import { html, nothing } from '../../vendor/lit.js';
import { agreementOf } from '../../console/course.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { age, calendarDate } from '../../dates.js';
import { say as sayOfPage, word } from '../../language.js';
import { icon } from '../icons.js';
import { Section, consentMark } from './section.js';
import './closing-form.js';
import './papers.js';
import './review.js';
import './team.js';

/** As many entries as a timeline of years has: a registration may be corrected late. */
export const PAGES_MAX = 40;
const PARTS = /** @type {const} */ (['team', 'review', 'papers', 'closing']);

export class ConsolePatient extends Section {
  constructor() {
    super();
    /** @type {(import('../../console/calls.js').Patient & {head: number}) | null} */
    this.patient = null;
    /** How the attending doctor stands to it, once the papers were looked into. @type {import('../../console/course.js').Agreement | null} */
    this.agreement = null;
    /** @type {typeof PARTS[number]} */
    this.shown = 'team';
    this.addEventListener('patient-changed', (/** @type {any} */ event) => { event.detail.loaded = this.load(); });
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) this.load();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('item')) return;
    Object.assign(this, { patient: null, agreement: null, shown: 'team', done: '', trouble: '' });
    this.load();
  }

  async load() {
    const { item } = this;
    try {
      const [patient] = await Promise.all([this.calls.patient(item), this.model.refreshDirectory()]);
      if (item === this.item) this.change({ patient, trouble: '' });
      // Who waits for the doctor is seen at once; what does not come hides nothing else.
      this.calls.entries(item, PAGES_MAX).then((raw) => item === this.item && this.change({ agreement: agreementOf(raw) }), () => {});
    } catch (/** @type {any} */ error) {
      this.change({ trouble: say(error.status === 404 ? 'patient_none' : 'failed') });
      this.model.failed(error);
    }
  }

  render() {
    const { patient } = this;
    return html`<a class="back-link" href=${hrefOf('patients')}>${icon('back')}<span>${say('section_patients')}</span></a>
      ${this.outcome()}
      ${patient ? html`${this.head(html`${patient.name.kanji} <small>${patient.name.kana}</small>`,
          html`${calendarDate(patient.birth_date)}・${say('years', { count: age(patient.birth_date) })}・${word('sex', patient.sex)}${(patient.identifiers ?? []).map(({ value }) => html`・${value}`)} ${patient.for_training ? html`<span class="mark mark-restricted">${icon('team')}<span>${sayOfPage('training_mark')}</span></span>` : nothing} ${consentMark(patient)} ${this.awaited()}`,
          html`<a class="button" href="#/patients/${patient.id}">${icon('reply')}<span>${say('to_timeline')}</span></a>`)}
        ${this.parts()}${this.content(patient)}` : this.trouble ? nothing : html`<p class="quiet">${say('loading')}</p>`}`;
  }

  /** The registration waits for its doctor. */
  awaited() {
    const { state, doctor } = this.agreement ?? {};
    return state === 'awaited' ? html`<span class="mark mark-restricted">${icon('wait')}<span>${say('doctor_awaited', { name: this.personName(doctor ?? '') })}</span></span>` : nothing;
  }

  parts() {
    const move = (/** @type {KeyboardEvent} */ event) => {
      const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (!by) return;
      this.change({ shown: PARTS[(PARTS.indexOf(this.shown) + by + PARTS.length) % PARTS.length] });
      this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('[role=tab][aria-selected=true]'))?.focus());
    };
    return html`<div class="console-tabs" role="tablist" aria-label=${say('patient_parts')} @keydown=${move}>${PARTS.map((part) => html`
      <button type="button" role="tab" id="tab-${part}" aria-controls="part" aria-selected=${String(this.shown === part)} tabindex=${this.shown === part ? 0 : -1}
        @click=${() => this.change({ shown: part })}>${say(`part_${part}`)}</button>`)}</div>`;
  }

  /** @param {import('../../console/calls.js').Patient} patient */
  content(patient) {
    const { model } = this;
    const part = {
      team: () => html`<renkei-console-team .model=${model} .patient=${patient}></renkei-console-team>`,
      review: () => html`<renkei-console-review .model=${model} .patient=${patient}></renkei-console-review>`,
      papers: () => html`<renkei-console-papers .model=${model} .patient=${patient}></renkei-console-papers>`,
      closing: () => html`<renkei-console-closing .model=${model} .patient=${patient}></renkei-console-closing>`,
    }[this.shown]();
    return html`<div id="part" role="tabpanel" aria-labelledby="tab-${this.shown}">${part}</div>`;
  }
}

customElements.define('renkei-console-patient', ConsolePatient);
