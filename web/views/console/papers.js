// `<renkei-console-papers>`: who the patient is (`identity.js`), how the attending doctor stands to the registration, the consent and where its papers are; the
// doctor's agreement taken on paper, and a change of consent.

import { html, live, nothing } from '../../vendor/lit.js';
import { ACCEPTED } from '../../attaching.js';
import { Act } from '../../console/act.js';
import { agreementOf, registrationOf } from '../../console/course.js';
import { say } from '../../console/phrases.js';
import { handIn } from '../../console/registering.js';
import { fullDay, localInput, moment } from '../../dates.js';
import { word } from '../../language.js';
import { icon } from '../icons.js';
import { consentTerms, lastFormVersion, purposesText, rememberFormVersion } from './consent-terms.js';
import './identity.js';
import { PatientPart } from './patient-part.js';
import { buttonWords, choices, commas, holdsOf, none, primary } from './section.js';

/** As many entries as a timeline of years has: a registration may be corrected late. */
const PAGES_MAX = 40;
const SIGNS = /** @type {const} */ ({ given: 'check', on_paper: 'check', awaited: 'wait', none: 'alarm' });

export class PapersPart extends PatientPart {
  constructor() {
    super();
    /** @type {import('../../console/course.js').Agreement | null} */
    this.agreement = null;
    /** The registration in force, which is written anew with the doctor's agreement. @type {any} */
    this.registration = null;
    this.takesPaper = false;
    this.state = 'team';
    this.givenBy = 'patient';
    this.givenOn = '';
    this.document = '';
    this.formVersion = '';
    /** @type {string[]} */
    this.withheld = [];
    /** @type {File | null} */
    this.file = null;
    /** @type {any} */
    this.uploaded = null;
  }

  connectedCallback() {
    super.connectedCallback();
    const changed = () => this.requestUpdate();
    this.paperAct = new Act(this.model, changed);
    this.consentAct = new Act(this.model, changed);
    this.givenOn = localInput(this.model.clock.now()).slice(0, 10);
    // What is withheld stays ticked until somebody unticks it.
    this.withheld = this.patient.withheld ?? [];
    this.formVersion = lastFormVersion() || (this.patient.consent_form ?? '');
    this.attempt(() => this.load());
  }

  async load() {
    const raw = await this.calls.entries(this.patient.id, PAGES_MAX);
    this.agreement = agreementOf(raw);
    this.registration = registrationOf(raw)?.body ?? null;
  }

  render() {
    return html`<renkei-console-identity .model=${this.model} .patient=${this.patient}></renkei-console-identity>${this.outcome()}<div class="team-desk">${this.doctor()}${this.consent()}</div>`;
  }

  doctor() {
    const { agreement } = this;
    if (!agreement) return html`<section class="card"><h2>${icon('hand')}<span>${say('papers_doctor')}</span></h2><p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p></section>`;
    const { state, doctor, atMs, paper, documents } = agreement;
    return html`<section class="card"><h2>${icon('hand')}<span>${say('papers_doctor')}</span></h2>
      <p class="mark ${state === 'given' || state === 'on_paper' ? 'mark-present' : 'mark-restricted'}">${icon(SIGNS[state])}<span>${say(`agreement_${state}`)}</span></p>
      <p>${doctor ? html`<b>${this.personName(doctor)}</b> ` : nothing}${atMs ? html`<small class="quiet">${moment(atMs)}</small>` : nothing}</p>
      ${paper ? html`<p class="quiet">${paper}</p>` : nothing}
      ${state === 'awaited' ? html`<p class="quiet">${say('agreement_awaited_how')}</p>` : nothing}
      ${(state === 'awaited' || state === 'none') && this.registration ? this.takesPaper ? this.paperForm()
        : html`<button class="button" type="button" @click=${() => this.change({ takesPaper: true })}>${icon('clip')}<span>${say('paper_take')}</span></button>` : nothing}
      <h3>${say('papers_kept')}</h3>
      ${documents.length === 0 ? none('clip', say('papers_none')) : html`<ul class="papers">${documents.map(({ kind, text, atMs: at, files }) => html`<li>
        <b>${word('kind', kind)}</b> <span>${commas([text, ...files.map((/** @type {any} */ one) => one.title)].filter(Boolean))}</span> <small class="quiet">${fullDay(at)}</small></li>`)}</ul>`}</section>`;
  }

  paperForm() {
    const act = /** @type {Act} */ (this.paperAct);
    return html`<form class="device-revoke" @submit=${(/** @type {any} */ event) => this.takePaper(event)}>
      <label class="field">${say('doctor_paper_kept')}<input name="paper" required maxlength="1000" value=${say('doctor_paper_default')}></label>
      <p class="quiet">${say('paper_take_how')}</p>${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, say('paper_do')) })}
        <button class="button" type="button" @click=${() => this.change({ takesPaper: false })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event */
  takePaper(event) {
    event.preventDefault();
    const agreedOnPaper = String(new FormData(event.target).get('paper') ?? '').trim();
    this.attempt(async () => {
      // It is written anew as it stands now: somebody may have corrected it since this page was opened.
      await this.load();
      if (await /** @type {Act} */ (this.paperAct).send(this.patient.id, { registration: { ...this.registration, agreedOnPaper } }) === null) return null;
      this.takesPaper = false;
      await this.patientChanged();
      await this.load();
      return undefined;
    }, say('paper_done'));
  }

  consent() {
    const act = /** @type {Act} */ (this.consentAct);
    const isTeam = this.state === 'team';
    const type = (/** @type {Partial<PapersPart>} */ change) => {
      this.change(change);
      act.edited();
    };
    return html`<section class="card"><h2>${icon('edit')}<span>${say('consent')}</span></h2>
      <p>${say('consent_now')} <b>${word('consent_state', this.patient.consent ?? 'none')}</b>${this.patient.consent_form ? html`（${this.patient.consent_form}）` : nothing}</p>
      <p class="withheld-now">${this.patient.withheld?.length ? say('withheld_now', { purposes: purposesText(this.patient.withheld) }) : say('withheld_none')}</p>
      <form class="device-revoke" @submit=${(/** @type {any} */ event) => this.changeConsent(event)}>
        ${choices('consent-state', say((this.patient.consent ?? 'none') === 'none' ? 'consent_first' : 'consent_change'), [['team', word('consent_state', 'team')], ['withdrawn', word('consent_state', 'withdrawn')]], this.state, (state) => type({ state }))}
        ${choices('consent-by', say('given_by'), [['patient', word('consent_giver', 'patient')], ['proxy', word('consent_giver', 'proxy')]], this.givenBy, (givenBy) => type({ givenBy }))}
        <label class="field">${say(isTeam ? 'given_on' : 'withdrawn_on')}<input type="date" required .value=${live(this.givenOn)} @change=${(/** @type {any} */ event) => type({ givenOn: event.target.value })}></label>
        <label class="field">${say('document')}<input maxlength="1000" placeholder=${say('kept_how')} .value=${live(this.document)} @input=${(/** @type {any} */ event) => type({ document: event.target.value })}></label>
        <div class="kept">${this.file ? html`<p class="chosen">${icon('clip')}<span>${this.file.name}</span><button class="button button-small" type="button" @click=${() => type({ file: null, uploaded: null })}>${say('remove')}</button></p>`
          : html`<label class="button button-small attach-pick">${icon('clip')}<span>${say('document_file')}</span><input class="unseen" type="file" accept=${ACCEPTED}
            @change=${(/** @type {any} */ event) => type({ file: event.target.files[0] ?? null, uploaded: null })}></label>`}</div>
        ${isTeam ? consentTerms(this, type) : html`<p class="notice notice-warning">${icon('alarm')}<span>${say('withdraw_how')}</span></p>`}
        ${holdsOf(act)}
        <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, say('consent_do')) })}</span></form></section>`;
  }

  /** @param {any} event */
  changeConsent(event) {
    event.preventDefault();
    const { state, givenBy, givenOn, file, withheld } = this;
    const formVersion = this.formVersion.trim();
    this.attempt(async () => {
      this.uploaded ??= file && await handIn(this.model, this.patient.id, file);
      const terms = state === 'team' ? { formVersion, withheld } : {};
      const body = { consent: { state, givenBy, givenOn, document: this.document.trim(), ...terms, ...(this.uploaded ? { attachments: [this.uploaded] } : {}) } };
      if (await /** @type {Act} */ (this.consentAct).send(this.patient.id, body) === null) return null;
      if (state === 'team') rememberFormVersion(formVersion);
      Object.assign(this, { document: '', file: null, uploaded: null });
      await this.patientChanged();
      await this.load();
      return undefined;
    }, say('consent_done'));
  }
}

customElements.define('renkei-console-papers', PapersPart);
