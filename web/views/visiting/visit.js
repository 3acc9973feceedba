// `<renkei-visit>`: the visit to one patient, over the whole screen: who it is in large letters, and three parts to write
// behind tabs. What was sent is said, and stays to be seen below.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { age, calendarDate, clockTime, dayOf } from '../../dates.js';
import { say, word } from '../../language.js';
import { phrase } from '../../visiting/phrases.js';
import { roundOf } from '../../visiting/round.js';
import { icon } from '../icons.js';
import { View } from '../view.js';
import './visit-note.js';
import './vitals-pad.js';
import './wounds-part.js';

const PARTS = /** @type {const} */ ([
  ['vitals', 'part_vitals', 'heart'],
  ['note', 'part_note', 'edit'],
  ['wounds', 'part_wounds', 'camera'],
]);

/** What became of a post, as it is told: sent is only what the hub has. */
const BECAME = /** @type {const} */ ({
  waiting: { look: 'kept', sign: 'wait', ending: '_waits' },
  sent: { look: 'kept', sign: 'sync', ending: '_going' },
  refused: { look: 'returned', sign: 'stop', ending: '_back' },
  queued: { look: 'kept', sign: 'link', ending: '_queued' },
  stored: { look: 'stored', sign: 'check', ending: '' },
});

export class VisitView extends View {
  static properties = { ...View.properties, patient: {} };

  constructor() {
    super();
    this.patient = '';
    this.addEventListener('part-wanted', (/** @type {any} */ event) => this.open(event.detail, true));
    this.addEventListener('posted', () => this.posted());
  }

  get round() {
    return roundOf(this.model, this.patient);
  }

  render() {
    const { model, patient, round } = this;
    round.takeUp();
    const photos = round.attaching.items.length;
    return html`<div class="visit">
      ${this.head()}
      <div class="tabs visit-tabs" role="tablist" aria-label=${phrase('parts')} @keydown=${this.turn}>${PARTS.map(([name, title, sign]) => html`
        <button type="button" role="tab" id="visit-tab-${name}" aria-selected=${String(round.part === name)} aria-controls="visit-panel" tabindex=${round.part === name ? 0 : -1}
          @click=${() => this.open(name)}>${icon(sign)}<span>${phrase(title)}</span>${name === 'wounds' && photos ? html`<b class="badge">${photos}</b>` : nothing}</button>`)}</div>
      <div class="visit-panel" id="visit-panel" role="tabpanel" aria-labelledby="visit-tab-${round.part}">
        <div role="status" class="visit-status">${this.status()}</div>
        ${repeat([round.part], (key) => key, (part) => (part === 'vitals' ? html`<renkei-vitals-pad .model=${model} .patient=${patient}></renkei-vitals-pad>`
          : part === 'note' ? html`<renkei-visit-note .model=${model} .patient=${patient}></renkei-visit-note>`
            : html`<renkei-wounds .model=${model} .patient=${patient}></renkei-wounds>`))}
      </div></div>`;
  }

  head() {
    const { model, patient } = this;
    const name = model.patientName(patient);
    const known = model.patients.get(patient);
    return html`<header class="visit-top">
      <a class="button button-text visit-back" href="#/visits">${icon('back')}<span>${phrase('back_to_today')}</span></a>
      <div class="visit-name"><h1>${name.kanji}<small>${name.kana}</small></h1>
        ${known ? html`<p class="quiet">${calendarDate(known.birth_date)}（${say('age', { age: age(known.birth_date) })}）・${word('sex', known.sex)}</p>` : nothing}</div>
      <a class="button button-text" href="#/patients/${patient}">${icon('clock')}<span>${phrase('open_timeline')}</span></a></header>`;
  }

  /** What was sent a moment ago, and the vital signs of today's visit. */
  status() {
    const { model, round, patient } = this;
    const { sent } = round;
    if (sent) {
      const { look, sign, ending } = BECAME[model.outbox.find(sent.id)?.state ?? 'stored'];
      return html`<p class="visit-sent visit-${look}">${icon(sign)}<b>${phrase(`sent_${sent.kind}${ending}`)}</b> <span>${clockTime(sent.atMs)}${ending === '_waits' ? `・${phrase('sent_will_go')}` : ''}</span>
        ${look === 'returned' ? html`<a class="button" href="#/sending">${icon('hand')}<span>${phrase('sent_why')}</span></a>` : nothing}
        ${sent.kind === 'visit' ? html`<button class="button" type="button" @click=${this.planNext}>${icon('clock')}<span>${phrase('plan_next')}</span></button>
          <a class="button" href="#/visits">${icon('home')}<span>${phrase('to_next')}</span></a>` : nothing}</p>`;
    }
    const today = dayOf(model.clock.now());
    const vital = model.timeline(patient).items.findLast((item) => item.kind === 'vital' && !item.retraction
      && item.author.person === model.myId && dayOf(item.observedAtMs ?? item.recordedAtMs) === today);
    return vital ? html`<p class="quiet">${icon('check')} ${phrase('vitals_done', { at: clockTime(vital.observedAtMs ?? vital.recordedAtMs) })}</p>` : nothing;
  }

  /** The next visit is planned by the form of the patient's page, and stands in the round of its day. */
  planNext() {
    this.dispatchEvent(new CustomEvent('write-record', { bubbles: true, detail: { timeline: this.patient, kind: 'visit_plan', values: {} } }));
  }

  /** @param {string} part @param {boolean} [moves] whether the focus goes there too */
  open(part, moves = false) {
    const turns = this.round.part !== part;
    this.round.part = part;
    this.requestUpdate();
    // Each part begins at its head; where the one before was read is nothing to this one.
    if (turns) this.updateComplete.then(() => this.querySelector('.visit-panel')?.scrollTo(0, 0));
    if (moves) this.updateComplete.then(() => document.getElementById(`visit-tab-${part}`)?.focus());
  }

  /** After the values comes the note; after the note the next patient. */
  posted() {
    if (this.round.sent?.kind === 'vital') this.open('note', true);
    else this.open('vitals', true);
  }

  /** Arrow keys move between tabs. @param {KeyboardEvent} event */
  turn(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = PARTS.findIndex(([name]) => name === this.round.part);
    this.open(PARTS[(at + step + PARTS.length) % PARTS.length][0], true);
  }
}

customElements.define('renkei-visit', VisitView);
