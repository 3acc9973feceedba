// `<renkei-taking-out>`: taking a patient's record out, in a dialog: asking the secretariat, waiting for its answer, and the
// file. How a request stands is asked of the hub when the dialog opens and at the press of a button.

import { html, nothing } from '../vendor/lit.js';
import { moment, shortMoment } from '../dates.js';
import { inLanguage, language } from '../language.js';
import { readVerdict } from '../frames.js';
import { say } from '../taking-phrases.js';
import { uuidV7 } from '../uuid.js';
import { icon } from './icons.js';
import { View } from './view.js';

/**
 * @typedef {object} ExportRequest a wish to take records out, and how it stands
 * @property {string} id
 * @property {string} organisation
 * @property {string} by
 * @property {string} asked_at
 * @property {string} purpose
 * @property {string} scope
 * @property {string[]} patients
 * @property {boolean} de_identified
 * @property {'waiting' | 'permitted' | 'declined' | 'expired' | 'taken'} state
 * @property {string | null} permitted_by
 * @property {string | null} until
 * @property {string | null} duty by which the secretariat owes an answer
 */

const KEPT_MS = 60_000;
const STEPS = /** @type {const} */ (['step_ask', 'step_permit', 'step_take']);

export class TakingOut extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    /** The newest of this patient; `null`: none. `undefined`: not looked yet. @type {ExportRequest | null | undefined} */
    this.request = undefined;
    /** The form is open though there was a request. */
    this.asksAnew = false;
    this.busy = false;
    this.trouble = '';
    this.done = '';
    /** Of what is being taken: kept until it is here, so that a broken download goes on. */
    this.takingId = uuidV7();
    this.requestId = uuidV7();
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  begin() {
    Object.assign(this, { request: undefined, asksAnew: false, trouble: '', done: '' });
    this.requestUpdate();
    this.updateComplete.then(() => this.dialog.showModal());
    this.attempt(() => this.look());
  }

  async look() {
    const { requests } = await this.model.rest.exports();
    const mine = requests.filter(({ by, organisation, patients, de_identified: blind }) => by === this.model.myId && organisation === this.model.me?.organisation.id
      && !blind && (patients.length === 0 || patients.includes(this.timelineId)));
    this.request = mine.find(({ state }) => state === 'permitted') ?? mine[0] ?? null;
  }

  /** @param {() => Promise<unknown>} work */
  async attempt(work) {
    if (this.busy) return;
    Object.assign(this, { busy: true, trouble: '', done: '' });
    this.requestUpdate();
    try {
      await work();
    } catch (/** @type {any} */ error) {
      this.trouble = troubleOf(error);
    }
    this.busy = false;
    this.requestUpdate();
  }

  render() {
    return html`<section class="taking-out">
      <button class="button" type="button" @click=${() => this.begin()}>${icon('leave')}<span>${say('open')}</span></button>
      <dialog class="sheet taking-sheet" aria-labelledby="taking-title">
        <header class="sheet-head"><h2 id="taking-title">${say('title')}</h2>
          <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
        <div class="sheet-body"><p><b>${this.model.patientName(this.timelineId).kanji}</b></p><p class="quiet">${say('lead')}</p>
          ${this.steps()}
          <p class="field-error" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p>
          <p class="outcome-done" role="status">${this.done ? html`${icon('check')}<span>${this.done}</span>` : nothing}</p>
          ${this.now()}</div></dialog></section>`;
  }

  /** Which of the steps is next. */
  get step() {
    if (this.asksAnew || !this.request) return 0;
    return { waiting: 1, permitted: 2, taken: 3 }[/** @type {string} */ (this.request.state)] ?? 0;
  }

  steps() {
    return html`<ol class="taking-steps" aria-label=${say('steps')}>${STEPS.map((name, at) => html`<li class=${at < this.step ? 'taking-past' : ''} aria-current=${at === this.step ? 'step' : nothing}>
      ${at < this.step ? icon('check') : html`<b aria-hidden="true">${at + 1}</b>`}<span>${say(name)}</span></li>`)}</ol>`;
  }

  now() {
    const { request, busy } = this;
    if (request === undefined) return busy ? html`<p class="quiet">${say('taking')}</p>` : nothing;
    if (!request || this.asksAnew) return this.form();
    const { state, purpose, scope, asked_at: askedAt } = request;
    const said = html`<dl class="body-facts"><div><dt>${say('purpose')}</dt><dd>${purpose}</dd></div><div><dt>${say('scope')}</dt><dd>${scope}</dd></div></dl>
      <p class="quiet">${say('asked_at', { at: shortMoment(Date.parse(askedAt)) })}</p>`;
    if (state === 'permitted') {
      const until = moment(Date.parse(request.until ?? ''));
      return html`${said}<p>${say('permitted_by', { name: this.model.personName(request.permitted_by ?? ''), at: until })}</p>
        <p class="notice notice-warning">${icon('alarm')}<span>${say('warning')}</span></p>
        <button class="button button-primary" type="button" aria-disabled=${String(busy)} @click=${() => this.take(request)}>${icon('down')}<span>${say(busy ? 'taking' : 'take')}</span></button>`;
    }
    return html`${said}<p><b>${say(`state_${state}`)}</b></p>
      <div class="device-acts">${state === 'waiting' ? html`<button class="button button-primary" type="button" aria-disabled=${String(busy)} @click=${() => this.attempt(() => this.look())}>${icon('sync')}<span>${say('look_again')}</span></button>`
        : html`<button class="button" type="button" @click=${() => this.askAnew(true)}>${icon('edit')}<span>${say('again')}</span></button>`}</div>`;
  }

  /** @param {boolean} asksAnew */
  askAnew(asksAnew) {
    Object.assign(this, { asksAnew, done: '', trouble: '' });
    this.requestUpdate();
  }

  form() {
    return html`<form class="device-revoke" @submit=${(/** @type {any} */ event) => this.ask(event)}>
      <label class="field">${say('purpose')}<input name="purpose" required maxlength="1000" autocomplete="off" placeholder=${say('purpose_how')}></label>
      <label class="field">${say('scope')}<input name="scope" required maxlength="1000" autocomplete="off" value=${say('scope_all')}></label>
      <span class="device-acts"><button class="button button-primary" type="submit" aria-disabled=${String(this.busy)}>${icon('send')}<span>${say('ask')}</span></button>
        ${this.request ? html`<button class="button" type="button" @click=${() => this.askAnew(false)}>${say('cancel')}</button>` : nothing}</span></form>`;
  }

  /** @param {any} event */
  ask(event) {
    event.preventDefault();
    const fields = new FormData(event.target);
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? '').trim();
    this.attempt(async () => {
      const body = { export: { purpose: text('purpose'), scope: text('scope'), patients: [this.timelineId], planned: true } };
      await this.model.rest.post(this.model.me?.organisation.id ?? '', { id: this.requestId, body });
      Object.assign(this, { requestId: uuidV7(), asksAnew: false });
      await this.look();
    });
  }

  /** @param {ExportRequest} request */
  take(request) {
    this.attempt(async () => {
      const blob = await this.model.rest.takeRecord(this.timelineId, { id: this.takingId, request: request.id, language: language() });
      save(blob);
      this.takingId = uuidV7();
      await this.look();
      this.done = say('taken');
    });
  }
}

/** Under a name that says nothing of the patient. @param {Blob} blob */
function save(blob) {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: address, download: `renkei-record-${new Date().toISOString().slice(0, 10)}.zip` }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** @param {any} error */
function troubleOf(error) {
  if (!error.status) return say(error.code === 'unreachable' ? 'no_signal' : 'failed');
  const [hold] = readVerdict('refused', error.problem ?? {}).holds;
  return [inLanguage(hold?.title), inLanguage(error.reason)].filter(Boolean).join('：') || say('failed');
}

customElements.define('renkei-taking-out', TakingOut);
