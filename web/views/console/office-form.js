// `<renkei-console-office-form>`: name, sort and telephone of an office; a new one without `office`.

import { html, nothing } from '../../vendor/lit.js';
import { katakana } from '../../console/names.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { word } from '../../language.js';
import { WORDS } from '../../words.js';
import { Section, primary } from './section.js';

/** @typedef {import('../../console/calls.js').Office} Office */

const TYPES = Object.keys(WORDS.organisation_type);

export class OfficeForm extends Section {
  static properties = { ...Section.properties, office: { attribute: false } };

  constructor() {
    super();
    /** @type {Office | null} */
    this.office = null;
  }

  render() {
    const { office } = this;
    return html`<form class="card office-form" @submit=${(/** @type {any} */ event) => this.save(event)}>
      <div class="fields-two">
        <label class="field">${say('office_name')}<input name="name" required maxlength="100" autocomplete="off" .value=${office?.name ?? ''}></label>
        <label class="field">${say('kana')}<input name="kana" maxlength="100" autocomplete="off" .value=${office?.kana ?? ''}></label>
        <label class="field">${say('office_type')}<select name="type" required>${office ? nothing : html`<option value="">${say('choose')}</option>`}
          ${TYPES.map((type) => html`<option value=${type} ?selected=${type === office?.type}>${word('organisation_type', type)}</option>`)}</select></label>
        <label class="field">${say('phone')}<input name="phone" type="tel" maxlength="40" autocomplete="off" .value=${office?.phone ?? ''}></label></div>
      <label class="choice-line"><input type="checkbox" name="active" ?checked=${office?.active ?? true}><span>${say('office_active')}</span></label>
      ${this.outcome()}<div class="device-acts">${primary({ busy: this.busy, words: say(office ? 'save' : 'office_add') })}</div></form>`;
  }

  /** @param {any} event */
  save(event) {
    event.preventDefault();
    const fields = new FormData(event.target);
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? '').trim();
    this.attempt(async () => {
      const saved = await this.calls.saveOffice({
        id: this.office?.id ?? '', name: text('name'), kana: katakana(text('kana')), type: text('type'), phone: text('phone'),
        active: fields.get('active') !== null, identifiers: this.office?.identifiers ?? [],
      });
      this.dispatchEvent(new CustomEvent('office-changed', { bubbles: true }));
      if (!this.office) location.hash = hrefOf('offices', saved.id);
    }, say('saved'));
  }
}

customElements.define('renkei-console-office-form', OfficeForm);
