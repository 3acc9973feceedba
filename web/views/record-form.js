// `<renkei-record-form>`: every kind of entry that is written by form, in a dialog that fills a phone. The kind is chosen
// first; what was typed for one kind stays while another is written, such as the call that an urgent request waits for.

import { html, nothing } from '../vendor/lit.js';
import { Attaching } from '../attaching.js';
import { settingsBefore } from '../devices-told.js';
import { Draft } from '../draft.js';
import { FORMS, bodyFrom, fieldsFor, kindsFor, presets, valuesFrom } from '../forms.js';
import { kindOf, nameOf, usOfMs } from '../frames.js';
import { say, word } from '../language.js';
import { beforeSend } from './before-send.js';
import { behalfField, behalfOf } from './behalf-field.js';
import { fieldsOf } from './field.js';
import { standingOf } from '../standing-lists.js';
import { icon } from './icons.js';
import { verdictLine } from './verdict.js';
import { View } from './view.js';

/** @typedef {{kind: string, values: import('../forms.js').Values, draft: Draft, attaching: Attaching, opened: boolean, named: import('./behalf-field.js').Named, typed: boolean, basis: string}} Slip one kind being written; `basis`: the list that it began with */

export class RecordForm extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    /** The kind being written; empty: it is still to be chosen. */
    this.kind = '';
    /** The kind that waits until this one was sent. */
    this.waiting = '';
    /** @type {Map<string, Slip>} */
    this.slips = new Map();
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get isAsleep() {
    return this.hasUpdated && !this.dialog.open;
  }

  /** @param {string} kind @returns {Slip} */
  slip(kind) {
    let slip = this.slips.get(kind);
    if (slip) return slip;
    const { model } = this;
    const edited = () => {
      slip?.draft.edited();
      this.requestUpdate();
    };
    /** @type {Slip} */
    const made = {
      kind,
      values: presets(kind),
      draft: new Draft(model, () => this.build(kind), () => this.requestUpdate()),
      attaching: new Attaching((file, type, progress) => model.rest.upload(this.timelineId, file, type, progress), edited),
      opened: false,
      named: null,
      typed: false,
      basis: '',
    };
    slip = made;
    this.renew(made);
    this.slips.set(kind, made);
    return made;
  }

  /** Of a kind that somebody now turns to: a list that was only looked at begins anew. @param {string} kind @returns {Slip} */
  turnTo(kind) {
    if (FORMS[kind].renews && !this.slips.get(kind)?.typed) this.slips.delete(kind);
    return this.slip(kind);
  }

  /** A list begins with the one that stands, whose place it takes. @param {Slip} slip */
  renew(slip) {
    const standing = FORMS[slip.kind].renews ? standingOf(this.model.timeline(this.timelineId), slip.kind) : null;
    slip.basis = standing?.version ?? '';
    if (standing) slip.values = valuesFrom(slip.kind, standing.body);
  }

  /** What to know of a list before it is changed. @param {Slip} slip */
  renewing(slip) {
    if (!FORMS[slip.kind].renews) return nothing;
    const version = standingOf(this.model.timeline(this.timelineId), slip.kind)?.version ?? '';
    if (version !== slip.basis) {
      return html`<p class="notice notice-warning" role="status">${icon('alarm')}<span>${say('list_changed')}</span>
        <button class="button button-small" type="button" @click=${() => { this.renew(slip); slip.draft.edited(); this.requestUpdate(); }}>${say('list_renew')}</button></p>`;
    }
    return version ? html`<p class="quiet">${say('list_renews')}</p>` : nothing;
  }

  /** @param {string} kind */
  build(kind) {
    const slip = this.slips.get(kind);
    if (!slip) return null;
    const { body, lacking } = bodyFrom(kind, slip.values, slip.attaching.ready);
    if (lacking.length > 0) return null;
    return { id: '', timeline: this.timelineId, observedAtUs: usOfMs(this.model.clock.now()), ...behalfOf(slip.named), body: { [nameOf(kind)]: body } };
  }

  /**
   * @param {string} [kind] chosen already @param {import('../forms.js').Values} [values] filled in already
   * @param {import('../outbox.js').Item} [again] a refused post to mend
   */
  open(kind = '', values = {}, again) {
    this.kind = kind;
    this.waiting = '';
    if (kind) {
      const slip = this.turnTo(kind);
      Object.assign(slip.values, values);
      // What is filled in already is seen.
      slip.opened ||= fieldsFor(kind, slip.values).some(({ name, more }) => more && values[name] !== undefined);
      if (again) {
        const { id, body, reasons, onBehalfOf } = again.intent;
        slip.named = onBehalfOf ?? null;
        slip.values = valuesFrom(kind, body[nameOf(kind)]);
        slip.attaching.adopt(body[nameOf(kind)].attachments ?? []);
        slip.typed = true;
        slip.draft.begin(id, reasons, again.verdict?.holds);
      }
      slip.draft.edited();
    }
    this.requestUpdate();
    this.updateComplete.then(() => {
      if (!this.dialog.open) this.dialog.showModal();
      this.focusFirst();
    });
  }

  /** Whether a refused post is one of this form's. @param {import('../frames.js').Intent} intent */
  static writes(intent) {
    const [name] = Object.keys(intent.body);
    // A message or a note is the composer's, wherever it was begun.
    return (FORMS[kindOf(name)]?.by.length ?? 0) > 0;
  }

  focusFirst() {
    /** @type {HTMLElement | null} */ (this.dialog.querySelector('.sheet-body :is(button, input, textarea, select)'))?.focus();
  }

  /** @param {string} kind */
  choose(kind) {
    this.kind = kind;
    if (kind) this.turnTo(kind);
    this.requestUpdate();
    this.updateComplete.then(() => this.focusFirst());
  }

  /** @param {Slip} slip @param {string} name @param {any} value */
  set(slip, name, value) {
    slip.typed = true;
    const told = slip.kind === 'device_change' && name === 'device' ? settingsBefore(this.model.timeline(this.timelineId), slip.values, value) : {};
    slip.values = { ...slip.values, ...told, [name]: value };
    slip.draft.edited();
    this.requestUpdate();
  }

  /** On whose behalf it is written. @param {Slip} slip @param {import('./behalf-field.js').Named} named */
  writeFor(slip, named) {
    slip.named = named;
    slip.draft.edited();
    this.requestUpdate();
  }

  /** @param {Slip} slip @param {import('../ways.js').Way} way */
  take(slip, way) {
    if (way.way === 'mark') this.set(slip, way.field, true);
    else if (way.way === 'write') {
      this.waiting = slip.kind;
      this.choose(way.kind);
    } else /** @type {HTMLInputElement | null} */ (this.querySelector('.attach-pick input'))?.click();
  }

  render() {
    const { kind, model } = this;
    const slip = kind ? this.slip(kind) : null;
    return html`<dialog class="sheet record-form" aria-labelledby="record-form-title"><form @submit=${this.submit} @keydown=${this.key} novalidate>
      <header class="sheet-head"><h2 id="record-form-title">${kind ? word('kind', kind) : say('choose_kind')}<small>${model.patientName(this.timelineId).kanji}</small></h2>
        <span class="sheet-turn">${kind && !this.waiting ? html`<button class="button button-text" type="button" @click=${() => this.choose('')}>${icon('back')}<span>${say('other_kind')}</span></button>` : nothing}
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></span></header>
      <div class="sheet-body">${slip ? this.fields(slip) : this.kinds()}</div>
      ${slip ? this.foot(slip) : nothing}
    </form></dialog>`;
  }

  kinds() {
    return html`<ul class="kinds">${kindsFor(this.model.me?.role ?? '').map((kind) => html`<li>
      <button class="button kind-choice" type="button" @click=${() => this.choose(kind)}><span>${word('kind', kind)}</span>
        ${this.slips.has(kind) && this.slips.get(kind)?.draft.state !== 'empty' && (this.slips.get(kind)?.typed || !FORMS[kind].renews) ? html`<small class="mark">${say('begun')}</small>` : nothing}</button></li>`)}</ul>`;
  }

  /** @param {Slip} slip */
  fields(slip) {
    const { kind, values, attaching } = slip;
    const around = (/** @type {import('../forms.js').Field} */ field) => ({
      model: this.model, timeline: this.timelineId, attaching, value: values[field.name], set: (/** @type {any} */ value) => this.set(slip, field.name, value),
    });
    const fields = fieldsFor(kind, values);
    const folded = fields.filter(({ more }) => more);
    const form = { saysVerdict: true, offered: fields.map(({ name }) => name), take: (/** @type {import('../ways.js').Way} */ way) => this.take(slip, way) };
    return html`${this.waiting ? html`<p class="notice">${icon('reply')}<span>${say('comes_back_to', { kind: word('kind', this.waiting) })}</span></p>` : nothing}
      ${this.renewing(slip)}${fieldsOf(fields.filter(({ more }) => !more), around)}
      ${folded.length ? html`<details class="more" .open=${slip.opened} @toggle=${(/** @type {any} */ event) => { slip.opened = event.target.open; }}>
        <summary>${icon('plus')}<span>${say('more_fields')}</span></summary><div class="more-fields">${fieldsOf(folded, around)}</div></details>` : nothing}
      ${behalfField(this.model, this.timelineId, slip.named, (named) => this.writeFor(slip, named))}
      ${beforeSend(slip.draft, form)}`;
  }

  /** @param {Slip} slip */
  foot({ kind, values, draft, attaching }) {
    const { lacking } = bodyFrom(kind, values, attaching.ready);
    const ready = lacking.length === 0 && !attaching.unsettled && !draft.refused;
    const hint = attaching.unsettled ? say(attaching.isStuck ? 'files_failed' : 'files_unsettled')
      : lacking.length ? say('lacking', { fields: lacking.map(({ phrase }) => say(phrase)).join('・') }) : '';
    return html`<footer class="sheet-foot">${hint ? html`<p class="quiet">${hint}</p>` : verdictLine(draft, () => this.querySelector('.record-form .before-send')?.scrollIntoView({ block: 'end', behavior: 'smooth' }))}
      <button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('send')}<span>${say(draft.confirmed ? 'send_to_queue' : 'send')}</span></button></footer>`;
  }

  /** Enter ends a word, not the form: what is not finished is not sent by accident. @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== 'Enter' || event.isComposing) return;
    const { form, type = '' } = /** @type {HTMLInputElement} */ (event.target);
    if (event.ctrlKey || event.metaKey) form?.requestSubmit();
    else if (!['text', 'tel', 'date', 'datetime-local'].includes(type)) return;
    event.preventDefault();
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const slip = this.kind ? this.slip(this.kind) : null;
    if (!slip || slip.attaching.unsettled || !(await slip.draft.send())) return;
    this.slips.delete(slip.kind);
    const back = this.waiting;
    this.waiting = '';
    if (back) {
      this.choose(back);
      this.slip(back).draft.edited();
    } else this.dialog.close();
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('posted', { bubbles: true }));
  }
}

customElements.define('renkei-record-form', RecordForm);
