// `<renkei-composer>`: a message to the team or a note about the patient, to whom and in answer to what, with the ruling
// before it is sent, and the way to the vitals form and to every other kind of entry. What was typed for one patient stays
// there while another is looked at.

import '../later-phrases.js';
import { html, live, nothing } from '../vendor/lit.js';
import { addressing, candidates, typingAt } from '../addressing.js';
import { Attaching } from '../attaching.js';
import { Draft } from '../draft.js';
import { kindOf, usOfMs } from '../frames.js';
import { gist } from '../gist.js';
import { say, titled, word } from '../language.js';
import { TEXT_CHARS_MAX } from '../limits.js';
import { currentBody } from '../timeline.js';
import { addresseesSheet } from './addressees.js';
import { attachPick } from './attach.js';
import { beforeSend } from './before-send.js';
import { behalfOf } from './behalf-field.js';
import { composerOptions, replyCard } from './composer-options.js';
import { icon } from './icons.js';
import { keyIn, labelOf, mentionList } from './mention-list.js';
import { RecordForm } from './record-form.js';
import { View } from './view.js';
import { asQuotation } from './written.js';
import './vitals-form.js';


/**
 * What was typed. `marked`: urgent for a message, for the doctor to know for a note. `answers`: id of an entry, or empty.
 * `named`: on whose behalf.
 * @typedef {{kind: 'message' | 'note', text: string, toRoles: string[], toPeople: string[], answers: string, restricted: boolean, marked: boolean, named: import('./behalf-field.js').Named}} Words
 * @typedef {Words & {attaching: Attaching}} Kept
 */

/** @returns {Words} */
const nothingTyped = () => ({ kind: 'message', text: '', toRoles: [], toPeople: [], answers: '', restricted: false, marked: false, named: null });

/** @type {Map<string, Kept>} by timeline */
const kept = new Map();

/** @param {import('../model.js').Model} model @param {string} timelineId @returns {Kept} */
function wordsFor(model, timelineId) {
  let words = kept.get(timelineId);
  if (!words) {
    const attaching = new Attaching((file, type, progress) => model.rest.upload(timelineId, file, type, progress), () => {});
    kept.set(timelineId, (words = { ...nothingTyped(), attaching }));
  }
  return words;
}

/** What is typed and not sent, by timeline; without files. @returns {[string, Words][]} */
export const begunWords = () => [...kept].filter(([, { text }]) => text.trim()).map(([id, { attaching, ...words }]) => [id, words]);

/** Takes up what was typed before this page was opened, where nothing else was. @param {import('../model.js').Model} model @param {[string, Words][]} begun */
export function takeUpWords(model, begun) {
  for (const [id, words] of begun) {
    const held = wordsFor(model, id);
    if (!held.text.trim()) Object.assign(held, words);
  }
}

/** Adds a note's words to what is typed, for their author to read and send. @param {import('../model.js').Model} model @param {string} id @param {string} text */
export function addWords(model, id, text) {
  const held = wordsFor(model, id);
  const before = held.text.trim();
  Object.assign(held, before ? { text: `${before}\n${text}` } : { kind: 'note', text });
}

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
    /** @type {Draft | undefined} */
    this.draft = undefined;
    /** While the sheet of whom to address is open. */
    this.isAddressing = false;
    /** @type {import('./mention-list.js').Choice | null} while an `@` is typed */
    this.mentioning = null;
  }

  connectedCallback() {
    super.connectedCallback();
    // Also taken out of the page and put back, it goes on with its draft.
    this.draft ??= new Draft(this.model, () => this.build(), () => this.requestUpdate());
    this.words.attaching.changed = () => this.change({});
    this.addEventListener('edit-again', this.editAgain);
    this.addEventListener('write-record', this.write);
    this.addEventListener('reply', this.reply);
    this.addEventListener('posted', this.judgeAgain);
  }

  /** @returns {Kept} */
  get words() {
    return wordsFor(this.model, this.timelineId);
  }

  build() {
    const { kind, text, toRoles, toPeople, answers, restricted, marked, named, attaching } = this.words;
    if (!text.trim() || attaching.unsettled) return null;
    const to = addressing(kind, toRoles, toPeople);
    const attachments = attaching.ready.length ? { attachments: attaching.ready } : {};
    const body = kind === 'note' ? { note: { text, ...(answers ? { about: answers } : {}), ...(marked ? { tellDoctor: true } : {}), ...attachments } }
      : { message: { text, ...(to.toRoles.length ? { toRoles: to.toRoles } : {}), ...(answers ? { answers } : {}), ...(marked ? { urgent: true } : {}), ...attachments } };
    return {
      id: '',
      timeline: this.timelineId,
      observedAtUs: usOfMs(this.model.clock.now()),
      ...(restricted ? { sensitivity: 'restricted' } : {}),
      ...(to.addressedTo.length ? { addressedTo: to.addressedTo } : {}),
      ...behalfOf(named),
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
    const { kind, text, attaching, answers, toRoles, toPeople } = this.words;
    const isBegun = Boolean(text || attaching.items.length || answers || toRoles.length || toPeople.length);
    const draft = /** @type {Draft} */ (this.draft);
    const ready = this.build() !== null && !draft.refused;
    const form = { offered: ['attachments'], take: (/** @type {import('../ways.js').Way} */ way) => this.take(way) };
    return html`<form class="composer" aria-label=${say('compose')} @submit=${this.submit}>
      <div class="composer-kinds" role="radiogroup" aria-label=${say('kind_of_post')}>
        ${/** @type {const} */ (['message', 'note']).map((name) => html`<label class="choice"><input type="radio" name="kind" .checked=${live(kind === name)}
          @change=${() => this.change({ kind: name, marked: false })}><span>${titled(word('kind', name))}</span></label>`)}
        <span class="composer-forms"><button class="button button-record" type="button" @click=${() => this.form.open()}><span>${say('other_records')}</span></button>
          <button class="button button-vitals" type="button" @click=${this.openVitals}>${icon('heart')}<span>${say('enter_vitals')}</span></button></span>
      </div>
      ${replyCard(this)}
      <label class="unseen" for="composer-text">${say(kind === 'note' ? 'write_note' : 'write_message')}</label>
      <textarea id="composer-text" rows="2" maxlength=${TEXT_CHARS_MAX} .value=${live(text)} placeholder=${say(kind === 'note' ? 'write_note' : 'write_message')}${say('write_to')}
        role="combobox" aria-autocomplete="list" aria-haspopup="listbox" aria-expanded=${String(Boolean(this.mentioning))} aria-controls=${this.mentioning ? 'mention-list' : nothing}
        aria-activedescendant=${this.mentioning ? `mention-${this.mentioning.at}` : nothing}
        @input=${this.type} @keydown=${this.key} @blur=${() => this.mention(null)}></textarea>
      ${this.mentioning ? mentionList(this.model, this.mentioning, this.timelineId, (one) => this.address(one)) : nothing}
      ${isBegun ? composerOptions(this) : nothing}
      ${beforeSend(draft, form)}
      <div class="composer-send">
        <small class="quiet">${say('send_shortcut')}</small>
        ${isBegun ? nothing : attachPick(attaching, html`<span class="unseen">${say('attach_pick')}</span>`)}
        <button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('send')}
          <span>${say(draft.confirmed ? 'send_to_queue' : 'send')}</span></button>
      </div>
    </form>
    ${addresseesSheet(this)}
    <renkei-record-form .model=${this.model} .timelineId=${this.timelineId}></renkei-record-form>
    <renkei-vitals-form .model=${this.model} .timelineId=${this.timelineId}></renkei-vitals-form>`;
  }

  get field() {
    return /** @type {HTMLTextAreaElement} */ (this.querySelector('#composer-text'));
  }

  // ── whom it is addressed to, and what it answers ──

  chooseWhom() {
    this.isAddressing = true;
    this.requestUpdate();
    this.updateComplete.then(() => /** @type {HTMLDialogElement} */ (this.querySelector('.addressees')).showModal());
  }

  chosenWhom() {
    this.isAddressing = false;
    this.requestUpdate();
  }

  type() {
    const { value, selectionStart } = this.field;
    const typing = typingAt(value, selectionStart);
    const found = typing ? candidates(this.model, this.timelineId, typing.query) : [];
    this.mention(typing && found.length ? { found, at: 0, from: typing.from } : null);
    this.change({ text: value });
  }

  /** @param {import('./mention-list.js').Choice | null} choice */
  mention(choice) {
    if (!choice && !this.mentioning) return;
    this.mentioning = choice;
    this.requestUpdate();
  }

  /** The name takes the place of what was typed for it. @param {import('../addressing.js').Candidate} one */
  address(one) {
    const { text, toRoles, toPeople } = this.words;
    const from = this.mentioning?.from ?? text.length;
    const before = `${text.slice(0, from)}@${labelOf(one)} `;
    const chosen = one.person ? { toPeople: [...new Set([...toPeople, one.person])] } : { toRoles: [...new Set([...toRoles, one.role])] };
    this.change({ ...chosen, text: before + text.slice(this.field.selectionStart) });
    this.mention(null);
    this.updateComplete.then(() => this.field.setSelectionRange(before.length, before.length));
  }

  /** Answers an entry; what is restricted is answered so, too, unless its author decides otherwise. @param {any} event */
  reply({ detail: { item, words = '' } }) {
    const { text, restricted } = this.words;
    this.change({ answers: item.id, restricted: restricted || item.sensitivity === 'restricted', ...(words ? { text: asQuotation(words) + text } : {}) });
    this.updateComplete.then(() => this.field.focus());
  }

  quoteWords() {
    const { answers, text } = this.words;
    const item = this.model.timeline(this.timelineId).byId.get(answers);
    if (!item || item.retraction) return;
    const body = currentBody(item);
    this.change({ text: asQuotation(body.text || gist(body)) + text });
    this.updateComplete.then(() => this.field.focus());
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const does = this.mentioning && keyIn(event, this.mentioning);
    if (this.mentioning && does) {
      event.preventDefault();
      event.stopPropagation();
      const { found, at } = this.mentioning;
      if (does === 'take') this.address(found[at]);
      else this.mention(does === 'close' ? null : { ...this.mentioning, at: (at + (does === 'down' ? 1 : found.length - 1)) % found.length });
      return;
    }
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
    Object.assign(this.words, { ...nothingTyped(), kind: this.words.kind });
    this.words.attaching.clear();
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('posted', { bubbles: true }));
    this.field.focus();
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
    const beside = /** @type {import('../frames.js').Addressee[]} */ (intent.addressedTo ?? []);
    this.change({
      kind, text: body.text ?? '', answers: body.answers ?? body.about ?? '',
      toRoles: [...new Set([...(body.toRoles ?? []), ...beside.flatMap(({ role }) => role ?? [])])], toPeople: beside.flatMap(({ person }) => person ?? []),
      restricted: intent.sensitivity === 'restricted', marked: Boolean(body.urgent || body.tellDoctor), named: intent.onBehalfOf ?? null,
    });
    this.field.focus();
  }
}

customElements.define('renkei-composer', Composer);
