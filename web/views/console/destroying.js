// `<renkei-console-destroying>`: one record is destroyed for good. What goes and what stays is said first; name and birth date
// are typed once more; the hub asks for a fresh proof by itself. Says `record-destroyed` when it is done, `record-gone` when it
// cannot be any more. Judges nothing: the hub does.

import { html, nothing } from '../../vendor/lit.js';
import { FIELDS, asGiven, faultsOf } from '../../console/destroying.js';
import { say as sayOfConsole } from '../../console/phrases.js';
import { say } from '../../console/retention-phrases.js';
import { inLanguage } from '../../language.js';
import { icon } from '../icons.js';
import { Section, troubleOf } from './section.js';

/** @typedef {import('../../console/destroying.js').TypedField} TypedField */

const GONE = /** @type {const} */ (['gone_entries', 'gone_name', 'gone_screens']);
const STAYS = /** @type {const} */ (['stays_stone', 'stays_readers', 'stays_chain']);
/** Written on since, in care again, or destroyed by somebody else: the list of before is wrong. */
const GONE_STATUS = [404, 409];

export class Destroying extends Section {
  static properties = { ...Section.properties, due: { attribute: false } };

  constructor() {
    super();
    /** @type {import('../../console/calls.js').Due} */
    this.due = /** @type {any} */ (undefined);
    /** Words by field. @type {Partial<Record<TypedField, string>>} */
    this.faults = {};
  }

  firstUpdated() {
    this.querySelector('h3')?.focus();
    this.querySelector('h3')?.scrollIntoView({ block: 'nearest' });
  }

  render() {
    const lists = html`<div class="fields-two destroying-what">
      <section><h4>${icon('erase')}<span>${say('gone')}</span></h4><ul class="body-list">${GONE.map((one) => html`<li>${say(one)}</li>`)}</ul></section>
      <section><h4>${icon('check')}<span>${say('stays')}</span></h4><ul class="body-list">${STAYS.map((one) => html`<li>${say(one)}</li>`)}</ul></section></div>`;
    return html`<form class="doing destroying" novalidate @submit=${(/** @type {any} */ event) => this.destroy(event)}>
      <h3 tabindex="-1">${say('destroy_of', { name: this.due.name.kanji })}</h3>${lists}
      <p class="notice">${icon('sync')}<span>${say('backups')}</span></p>
      <p class="notice notice-warning">${icon('alarm')}<span>${say('sure')}</span></p>
      ${this.field('name', say('name'))}${this.field('birth_date', sayOfConsole('birth_date'), sayOfConsole('birth_date_how'))}
      ${this.field('reason', say('reason'), '', say('reason_default'), say('reason_how'))}
      ${this.outcome()}
      <span class="device-acts"><button class="button button-grave" type="submit" aria-disabled=${String(this.busy)}>${icon('erase')}<span>${say('destroy_do')}</span></button>
        <button class="button" type="button" @click=${() => this.tell('destroying-ended')}>${say('cancel')}</button></span></form>`;
  }

  /** @param {TypedField} name @param {unknown} label @param {string} [example] @param {string} [value] @param {string} [how] */
  field(name, label, example = '', value = '', how = '') {
    const fault = this.faults[name];
    return html`<label class="field">${label}<input name=${name} autocomplete="off" maxlength="1000" placeholder=${example || nothing} value=${value}
      aria-invalid=${fault ? 'true' : nothing} aria-describedby="destroying-${name}" @input=${() => fault && this.change({ faults: { ...this.faults, [name]: undefined } })}>
      <small id="destroying-${name}" class=${fault ? 'field-error' : 'quiet'}>${fault ?? how}</small></label>`;
  }

  /** @param {string} what @param {unknown} [detail] */
  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  /** The first that is wrong, where it is mended. @param {Partial<Record<TypedField, string>>} faults */
  async show(faults) {
    this.change({ faults, busy: false });
    await this.updateComplete;
    const first = FIELDS.find((field) => faults[field]);
    /** @type {HTMLElement | null} */ (this.querySelector(`[name="${first}"]`))?.focus();
  }

  /** @param {any} event */
  async destroy(event) {
    event.preventDefault();
    if (this.busy) return;
    const fields = new FormData(event.target);
    const text = (/** @type {TypedField} */ name) => String(fields.get(name) ?? '');
    const typed = { name: text('name'), birthDate: text('birth_date'), reason: text('reason') };
    const missing = Object.fromEntries(Object.entries(faultsOf(typed)).map(([field, phrase]) => [field, say(phrase)]));
    this.change({ trouble: '' });
    if (Object.keys(missing).length > 0) {
      this.show(missing);
      return;
    }
    this.change({ busy: true, faults: {} });
    try {
      const stone = await this.calls.destroyRecord(this.due.patient, asGiven(typed));
      this.change({ busy: false });
      this.tell('record-destroyed', stone);
    } catch (/** @type {any} */ error) {
      if (GONE_STATUS.includes(error.status)) this.tell('record-gone', troubleOf(error));
      else if (FIELDS.includes(error.field)) this.show({ [error.field]: inLanguage(error.reason) });
      else this.change({ busy: false, trouble: troubleOf(error) });
      this.model.failed(error);
    }
  }
}

customElements.define('renkei-console-destroying', Destroying);
