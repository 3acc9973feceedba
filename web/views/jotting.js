// Writing on the lock screen without signal: a blank sheet that is put away unread (`JotSheet`, in the lock screen), and the
// dialog that gives the sheets back once the page is open (`<renkei-jots>`). They name no patient; their author does.

import { html, nothing } from '../vendor/lit.js';
import { shortMoment } from '../dates.js';
import { addJot, listJots, removeJot } from '../jots.js';
import { say } from '../lock-phrases.js';
import { addWords } from './composer.js';
import { icon } from './icons.js';
import { View } from './view.js';

const CHARS_MAX = 5_000;

/** @typedef {import('../model.js').Model} Model */

export class JotSheet {
  /** @param {() => Model} model @param {() => void} changed */
  constructor(model, changed) {
    this.model = model;
    this.changed = changed;
    this.count = 0;
    this.isLost = false;
  }

  /** @param {any} event */
  async keep(event) {
    event.preventDefault();
    const field = /** @type {HTMLTextAreaElement} */ (event.target.elements.namedItem('text'));
    if (!field.value.trim()) return;
    try {
      await addJot(this.model(), field.value);
      field.value = '';
      this.isLost = false;
      this.count = (await listJots(this.model())).length;
    } catch (error) {
      console.warn('nothing was put away', error);
      this.isLost = true;
    }
    this.changed();
  }

  render() {
    return html`<details class="more jot"><summary>${say('jot')}</summary><p class="quiet">${say('jot_how')}</p>
      <form autocomplete="off" @submit=${(/** @type {any} */ event) => this.keep(event)}>
        <label class="wide">${say('jot_text')}<textarea name="text" rows="5" maxlength=${CHARS_MAX} required></textarea></label>
        <button class="button" type="submit">${icon('check')}<span>${say('jot_keep')}</span></button></form>
      <p role="status">${this.isLost ? say('jot_lost') : this.count ? say('jot_kept', { count: this.count }) : nothing}</p></details>`;
  }
}

export class JotsDialog extends View {
  constructor() {
    super();
    /** @type {import('../jots.js').Jot[]} */
    this.jots = [];
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  async begin() {
    await this.updateComplete;
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** @param {string} id */
  async drop(id) {
    await removeJot(this.model, id);
    this.jots = this.jots.filter(({ intent }) => intent.id !== id);
    this.requestUpdate();
    if (this.jots.length === 0) this.dialog.close();
  }

  /** @param {any} event @param {import('../jots.js').Jot} jot */
  async move(event, { intent }) {
    event.preventDefault();
    const patient = /** @type {HTMLSelectElement} */ (event.target.elements.namedItem('patient')).value;
    addWords(this.model, patient, intent.body.note?.text ?? '');
    for (const composer of document.querySelectorAll('renkei-composer')) /** @type {any} */ (composer).change({});
    await this.drop(intent.id);
    location.hash = `#/patients/${patient}`;
  }

  /** Closed, it leaves the page; what is left comes again with the next opening. */
  render() {
    return html`<dialog class="sheet account" aria-labelledby="jots-title" @close=${() => this.remove()}>
      <header class="sheet-head"><h2 id="jots-title">${say('jots_title')}</h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('jots_done')}</span></button></header>
      <div class="sheet-body"><p>${say('jots_how')}</p><ul class="jots">${this.jots.map((jot) => this.row(jot))}</ul></div></dialog>`;
  }

  /** @param {import('../jots.js').Jot} jot */
  row(jot) {
    const { id, body } = jot.intent;
    return html`<li><small class="quiet">${say('jots_written', { at: shortMoment(jot.atMs) })}</small><p class="written">${body.note?.text}</p>
      <form @submit=${(/** @type {any} */ event) => this.move(event, jot)}><label class="wide">${say('jots_whose')}
        <select name="patient" required><option value=""></option>${[...this.model.patients.values()].map((one) => html`<option value=${one.id}>${one.name.kanji}</option>`)}</select></label>
        <button class="button button-primary" type="submit">${icon('edit')}<span>${say('jots_move')}</span></button>
        <button class="button" type="button" @click=${() => confirm(say('jots_drop_sure')) && this.drop(id)}>${icon('erase')}<span>${say('jots_drop')}</span></button></form></li>`;
  }
}

customElements.define('renkei-jots', JotsDialog);

/** Gives back what was put away. @param {Model} model @param {HTMLElement} page */
export async function offerJots(model, page) {
  if (!model.keeper.locker) return;
  const jots = await listJots(model);
  if (jots.length === 0 || !page.isConnected || page.querySelector('renkei-jots')) return;
  const dialog = Object.assign(new JotsDialog(), { model, jots });
  page.append(dialog);
  await dialog.begin();
}
