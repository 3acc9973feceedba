// `<renkei-composer>`: a message to the team or a note about the patient, with the ruling before it is sent, and the way
// to the vitals form and to every other kind of entry. What was typed for one patient stays there while another is looked at.

import { html, live, nothing } from '../vendor/lit.js';
import { Attaching } from '../attaching.js';
import { Draft } from '../draft.js';
import { kindOf, usOfMs } from '../frames.js';
import { say, word } from '../language.js';
import { WORDS } from '../words.js';
import { attachField } from './attach.js';
import { beforeSend } from './before-send.js';
import { icon } from './icons.js';
import { RecordForm } from './record-form.js';
import { View } from './view.js';
import './vitals-form.js';

const TEXT_CHARS_MAX = 20_000;

/**
 * What was typed. `marked`: urgent for a message, for the doctor to know for a note.
 * @typedef {{kind: 'message' | 'note', text: string, toRoles: string[], restricted: boolean, marked: boolean}} Words
 * @typedef {Words & {attaching: Attaching}} Kept
 */

/** @type {Map<string, Kept>} by timeline */
const kept = new Map();

/** Posts that the author can take up again here. @param {import('../frames.js').Intent} intent */
export function mendable(intent) {
  const { vital, note, message } = intent.body;
  return Boolean(vital || note || message) || RecordForm.writes(intent);
}

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
    this.words.attaching.changed = () => this.change({});
    this.addEventListener('edit-again', this.editAgain);
    this.addEventListener('write-record', this.write);
    this.addEventListener('posted', this.judgeAgain);
  }

  /** @returns {Kept} */
  get words() {
    const { model, timelineId } = this;
    let words = kept.get(timelineId);
    if (!words) {
      const attaching = new Attaching((file, type, progress) => model.rest.upload(timelineId, file, type, progress), () => {});
      kept.set(timelineId, (words = { kind: 'message', text: '', toRoles: [], restricted: false, marked: false, attaching }));
    }
    return words;
  }

  build() {
    const { kind, text, toRoles, restricted, marked, attaching } = this.words;
    if (!text.trim() || attaching.unsettled) return null;
    const attachments = attaching.ready.length ? { attachments: attaching.ready } : {};
    const body = kind === 'note' ? { note: { text, ...(marked ? { tellDoctor: true } : {}), ...attachments } }
      : { message: { text, ...(toRoles.length ? { toRoles } : {}), ...(marked ? { urgent: true } : {}), ...attachments } };
    return {
      id: '',
      timeline: this.timelineId,
      observedAtUs: usOfMs(this.model.clock.now()),
      ...(restricted ? { sensitivity: 'restricted' } : {}),
      body,
    };
  }

  /** @param {Partial<Words>} change */
  change(change) {
    Object.assign(this.words, change);
    this.draft?.edited();
    this.requestUpdate();
  }

  /** What else was sent from here, such as a call, may be what a rule waited for. @param {Event} event */
  judgeAgain(event) {
    if (event.target !== this) this.draft?.edited();
  }

  get form() {
    return /** @type {RecordForm} */ (this.querySelector('renkei-record-form'));
  }

  /** @param {any} event */
  write({ detail: { kind, values } }) {
    this.form.open(kind, values);
  }

  /** @param {import('../ways.js').Way} way */
  take(way) {
    if (way.way === 'write') this.form.open(way.kind);
    else /** @type {HTMLInputElement | null} */ (this.querySelector('.composer .attach-pick input'))?.click();
  }

  render() {
    const { kind, text, attaching } = this.words;
    const draft = /** @type {Draft} */ (this.draft);
    const ready = this.build() !== null && !draft.refused;
    const form = { offered: ['attachments'], take: (/** @type {import('../ways.js').Way} */ way) => this.take(way) };
    return html`<form class="composer" aria-label=${say('compose')} @submit=${this.submit}>
      <div class="composer-kinds" role="radiogroup" aria-label=${say('kind_of_post')}>
        ${/** @type {const} */ (['message', 'note']).map((name) => html`<label class="choice"><input type="radio" name="kind" .checked=${live(kind === name)}
          @change=${() => this.change({ kind: name, marked: false })}><span>${word('kind', name)}</span></label>`)}
        <span class="composer-forms"><button class="button button-record" type="button" @click=${() => this.form.open()}><span>${say('other_records')}</span></button>
          <button class="button button-vitals" type="button" @click=${this.openVitals}>${icon('heart')}<span>${say('enter_vitals')}</span></button></span>
      </div>
      <label class="unseen" for="composer-text">${say(kind === 'note' ? 'write_note' : 'write_message')}</label>
      <textarea id="composer-text" rows="2" maxlength=${TEXT_CHARS_MAX} .value=${live(text)} placeholder=${say(kind === 'note' ? 'write_note' : 'write_message')}
        @input=${(/** @type {any} */ event) => this.change({ text: event.target.value })} @keydown=${this.key}></textarea>
      ${text || attaching.items.length ? this.options() : nothing}
      ${beforeSend(draft, form)}
      <div class="composer-send">
        <small class="quiet">${say('send_shortcut')}</small>
        <button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('send')}
          <span>${say(draft.confirmed ? 'send_to_queue' : 'send')}</span></button>
      </div>
    </form>
    <renkei-record-form .model=${this.model} .timelineId=${this.timelineId}></renkei-record-form>
    <renkei-vitals-form .model=${this.model} .timelineId=${this.timelineId}></renkei-vitals-form>`;
  }

  options() {
    const { kind, toRoles, restricted, marked, attaching } = this.words;
    const toggle = (/** @type {string} */ role) =>
      this.change({ toRoles: toRoles.includes(role) ? toRoles.filter((other) => other !== role) : [...toRoles, role] });
    return html`<div class="composer-options">
      ${kind === 'message' ? html`<details><summary>${toRoles.length
        ? say('to_roles', { roles: toRoles.map((role) => word('role', role)).join('・') }) : say('to_everyone')}</summary>
        <div class="chips" role="group" aria-label=${say('to_whom')}>${this.rolesOfTeam().map((role) => html`<label class="choice"><input type="checkbox"
          .checked=${live(toRoles.includes(role))} @change=${() => toggle(role)}><span>${word('role', role)}</span></label>`)}</div></details>` : nothing}
      <label class="choice"><input type="checkbox" .checked=${live(marked)}
        @change=${() => this.change({ marked: !marked })}><span>${say(kind === 'note' ? 'tell_doctor' : 'urgent')}</span></label>
      <label class="choice"><input type="checkbox" .checked=${live(restricted)}
        @change=${() => this.change({ restricted: !restricted })}><span>${word('sensitivity', 'restricted')}</span></label>
      ${attachField(attaching, html`<span class="unseen">${say('attachments')}</span>`)}
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
    Object.assign(this.words, { text: '', toRoles: [], restricted: false, marked: false });
    this.words.attaching.clear();
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
    if (RecordForm.writes(intent)) {
      this.form.open(kindOf(Object.keys(intent.body)[0]), {}, item);
      return;
    }
    const kind = intent.body.note ? 'note' : 'message';
    const body = intent.body[kind] ?? {};
    this.draft?.begin(intent.id, intent.reasons, item.verdict?.holds);
    this.words.attaching.adopt(body.attachments ?? []);
    this.change({ kind, text: body.text ?? '', toRoles: body.toRoles ?? [], restricted: intent.sensitivity === 'restricted', marked: Boolean(body.urgent || body.tellDoctor) });
    /** @type {HTMLElement} */ (this.querySelector('textarea')).focus();
  }
}

customElements.define('renkei-composer', Composer);
