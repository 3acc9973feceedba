// `<renkei-composer>`: a message to the team or a note about the patient, with the ruling before it is sent, and the way
// to the vitals form. What was typed for one patient stays there while another is looked at.

import { html, live, nothing } from '../vendor/lit.js';
import { Draft } from '../draft.js';
import { usOfMs } from '../frames.js';
import { say, word } from '../language.js';
import { WORDS } from '../words.js';
import { icon } from './icons.js';
import { verdictPanel } from './verdict.js';
import { View } from './view.js';
import './vitals-form.js';

const TEXT_CHARS_MAX = 20_000;

/** @type {Map<string, {kind: 'message' | 'note', text: string, toRoles: string[], restricted: boolean}>} by timeline */
const kept = new Map();

export class Composer extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    this.composing = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.draft = new Draft(this.model, () => this.build(), () => this.requestUpdate());
    this.addEventListener('edit-again', this.editAgain);
  }

  get words() {
    let words = kept.get(this.timelineId);
    if (!words) kept.set(this.timelineId, (words = { kind: 'message', text: '', toRoles: [], restricted: false }));
    return words;
  }

  build() {
    const { kind, text, toRoles, restricted } = this.words;
    if (!text.trim()) return null;
    const body = kind === 'note' ? { note: { text } } : { message: { text, ...(toRoles.length ? { toRoles } : {}) } };
    return {
      id: '',
      timeline: this.timelineId,
      observedAtUs: usOfMs(this.model.clock.now()),
      ...(restricted ? { sensitivity: 'restricted' } : {}),
      body,
    };
  }

  /** @param {Partial<{kind: 'message' | 'note', text: string, toRoles: string[], restricted: boolean}>} change */
  change(change) {
    Object.assign(this.words, change);
    this.draft?.edited();
    this.requestUpdate();
  }

  render() {
    const { kind, text, restricted } = this.words;
    const draft = /** @type {Draft} */ (this.draft);
    const refused = draft.state === 'judged' && draft.verdict?.verdict === 'refused';
    return html`<form class="composer" aria-label=${say('compose')} @submit=${this.submit}>
      <div class="composer-kinds" role="radiogroup" aria-label=${say('kind_of_post')}>
        ${/** @type {const} */ (['message', 'note']).map((name) => html`<label class="choice"><input type="radio" name="kind" .checked=${live(kind === name)}
          @change=${() => this.change({ kind: name })}><span>${word('kind', name)}</span></label>`)}
        <button class="button button-vitals" type="button" @click=${this.openVitals}>${icon('heart')}<span>${say('enter_vitals')}</span></button>
      </div>
      <label class="unseen" for="composer-text">${say(kind === 'note' ? 'write_note' : 'write_message')}</label>
      <textarea id="composer-text" rows="2" maxlength=${TEXT_CHARS_MAX} .value=${live(text)} placeholder=${say(kind === 'note' ? 'write_note' : 'write_message')}
        @input=${(/** @type {any} */ event) => this.change({ text: event.target.value })} @keydown=${this.key}></textarea>
      ${text ? this.options(kind, restricted) : nothing}
      ${verdictPanel(draft.state, draft.verdict)}
      <div class="composer-send">
        <small class="quiet">${say('send_shortcut')}</small>
        <button class="button button-primary" type="submit" aria-disabled=${String(!text.trim() || refused)}>${icon('send')}
          <span>${say(draft.confirmed ? 'send_to_queue' : 'send')}</span></button>
      </div>
    </form>
    <renkei-vitals-form .model=${this.model} .timelineId=${this.timelineId}></renkei-vitals-form>`;
  }

  /** @param {string} kind @param {boolean} restricted */
  options(kind, restricted) {
    const { toRoles } = this.words;
    const toggle = (/** @type {string} */ role) =>
      this.change({ toRoles: toRoles.includes(role) ? toRoles.filter((other) => other !== role) : [...toRoles, role] });
    return html`<div class="composer-options">
      ${kind === 'message' ? html`<details><summary>${toRoles.length
        ? say('to_roles', { roles: toRoles.map((role) => word('role', role)).join('・') }) : say('to_everyone')}</summary>
        <div class="chips" role="group" aria-label=${say('to_whom')}>${this.rolesOfTeam().map((role) => html`<label class="choice"><input type="checkbox"
          .checked=${live(toRoles.includes(role))} @change=${() => toggle(role)}><span>${word('role', role)}</span></label>`)}</div></details>` : nothing}
      <label class="choice"><input type="checkbox" .checked=${live(restricted)}
        @change=${() => this.change({ restricted: !restricted })}><span>${word('sensitivity', 'restricted')}</span></label>
    </div>`;
  }

  /** Roles that somebody on this team acts in, in the order of the domain's list. */
  rolesOfTeam() {
    const team = new Set((this.model.patients.get(this.timelineId)?.team ?? []).map((link) => link.organisation));
    const present = new Set([...this.model.people.values()].flatMap((person) =>
      (person.positions ?? []).filter((position) => team.has(position.organisation)).map((position) => position.role)));
    return Object.keys(WORDS.role).filter((role) => present.has(role));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      /** @type {HTMLFormElement} */ (this.querySelector('form')).requestSubmit();
    }
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const draft = /** @type {Draft} */ (this.draft);
    if (!(await draft.send())) return;
    Object.assign(this.words, { text: '', toRoles: [], restricted: false });
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('posted', { bubbles: true }));
    /** @type {HTMLElement} */ (this.querySelector('textarea')).focus();
  }

  openVitals() {
    /** @type {any} */ (this.querySelector('renkei-vitals-form')).open();
  }

  /** Takes a refused post up again, under the same id. @param {any} event */
  editAgain({ detail: item }) {
    const { intent } = item;
    if (intent.body.vital) {
      /** @type {any} */ (this.querySelector('renkei-vitals-form')).open(intent);
      return;
    }
    const kind = intent.body.note ? 'note' : 'message';
    const body = intent.body[kind] ?? {};
    this.draft?.begin(intent.id);
    this.change({ kind, text: body.text ?? '', toRoles: body.toRoles ?? [], restricted: intent.sensitivity === 'restricted' });
    /** @type {HTMLElement} */ (this.querySelector('textarea')).focus();
  }
}

customElements.define('renkei-composer', Composer);
