// `<renkei-console-contact>`: an office tells whom others turn to; what it told last stands in the fields.

import { html, nothing } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { say } from '../../console/roster-phrases.js';
import { icon } from '../icons.js';
import { Section, buttonWords, holdsOf, primary } from './section.js';

export class ContactForm extends Section {
  static properties = { ...Section.properties, office: { attribute: false }, view: { attribute: false }, staff: { attribute: false } };

  constructor() {
    super();
    /** @type {import('../../console/calls.js').Office} */
    this.office = /** @type {any} */ (undefined);
    /** @type {import('../../console/calls.js').OfficeView | null} */
    this.view = null;
    /** @type {import('../../console/calls.js').Person[]} */
    this.staff = [];
    this.writes = false;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {{id: string} | undefined} */ (changed.get('office'));
    if (changed.has('office') && before?.id !== this.office.id) Object.assign(this, { writes: false, done: '', trouble: '', act: new Act(this.model, () => this.requestUpdate()) });
  }

  render() {
    if (!this.view || this.model.me?.organisation.id !== this.office.id) return nothing;
    return html`${this.outcome()}${this.writes ? this.form() : html`<div class="device-acts"><button class="button button-small" type="button"
      @click=${() => this.change({ writes: true, done: '', trouble: '' })}>${icon('edit')}<span>${say(this.view.contact ? 'contact_change' : 'contact_tell')}</span></button></div>`}`;
  }

  form() {
    const act = /** @type {Act} */ (/** @type {any} */ (this).act);
    const contact = /** @type {any} */ (this.view?.contact ?? {});
    /** @param {string} name @param {Parameters<typeof say>[0]} words @param {string} [type] */
    const field = (name, words, type = 'text') => html`<label class="field">${say(words)}<input name=${name} type=${type} maxlength=${name === 'text' ? 1000 : 200} autocomplete="off" .value=${contact[name] ?? ''}></label>`;
    return html`<form class="doing" @submit=${(/** @type {any} */ event) => this.send(event, act)}>
      ${field('department', 'contact_department')}<label class="field">${say('contact_person')}<select name="person"><option value="">${say('nobody')}</option>
        ${this.staff.filter(({ active, positions }) => active && positions.some(({ role, organisation }) => organisation === this.office.id && role !== 'gateway')).map(({ id, name }) => html`<option value=${id} ?selected=${id === contact.person}>${name.kanji}</option>`)}</select></label>
      <p class="quiet">${say('contact_one')}</p>${field('phone', 'contact_phone', 'tel')}${field('fax', 'contact_fax', 'tel')}${field('email', 'contact_email', 'email')}
      ${field('hours', 'contact_hours')}<label class="choice-line"><input type="checkbox" name="around" ?checked=${Boolean(contact.around_the_clock)}><span>${say('contact_around')}</span></label>
      ${field('text', 'contact_text')}${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, say('contact_do')) })}<button class="button" type="button" @click=${() => this.change({ writes: false })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {Act} act */
  send(event, act) {
    event.preventDefault();
    const fields = new FormData(event.target);
    const told = Object.fromEntries(['department', 'person', 'phone', 'fax', 'email', 'hours', 'text']
      .map((name) => [name, String(fields.get(name) ?? '').trim()]).filter(([, value]) => value));
    const around = fields.get('around') !== null;
    this.attempt(async () => {
      if (!told.phone && !told.fax && !told.email) throw { status: 400, reason: { ja: say('contact_one'), en: say('contact_one') } };
      if (await act.send(this.office.id, { contactWindow: { ...told, ...(around ? { aroundTheClock: true } : {}) } }) === null) return null;
      this.writes = false;
      this.dispatchEvent(new CustomEvent('view-changed', { bubbles: true }));
      return undefined;
    }, say('contact_done'));
  }
}

customElements.define('renkei-console-contact', ContactForm);
