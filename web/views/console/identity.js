// `<renkei-console-identity>`: who the patient is, as registered, and a mistake in it put right. The entry is posted like any
// other, so that the rules have their say, and what stood there before stays in the history.

import { html, live, nothing } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { registrationOf } from '../../console/course.js';
import { changesIn, entryOf, isAnother, mended, missingIn, typedOf } from '../../console/identity.js';
import { say } from '../../console/identity-phrases.js';
import { birthDateOf, likeness } from '../../console/names.js';
import { say as sayOfConsole } from '../../console/phrases.js';
import { age, calendarDate } from '../../dates.js';
import { word } from '../../language.js';
import { WORDS } from '../../words.js';
import { icon } from '../icons.js';
import { facts } from '../sheet.js';
import { PatientPart } from './patient-part.js';
import { buttonWords, choices, holdsOf, primary } from './section.js';

/** @typedef {import('../../console/identity.js').Part} Part */

/** As many entries as a timeline of years has: a registration may be corrected late. */
const PAGES_MAX = 40;
const FAULTS = /** @type {const} */ ({ kanji: 'kanji_missing', kana: 'kana_missing', birth_date: 'birth_date_bad', sex: 'sex_missing' });
const NAMES = /** @type {const} */ ({ kanji: 'name', kana: 'kana', birth_date: 'birth_date', sex: 'sex' });

export class IdentityPart extends PatientPart {
  constructor() {
    super();
    /** @type {import('../../console/identity.js').Registration | null} */
    this.registration = null;
    /** @type {import('../../console/identity.js').Typed | null} while it is being put right */
    this.typed = null;
    this.reason = '';
    this.isSame = false;
    this.isTried = false;
    /** Somebody of the same name and birth date, and whether that was told. */
    this.doubled = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.act = new Act(this.model, () => this.requestUpdate());
    this.attempt(() => this.load());
  }

  async load() {
    this.registration = registrationOf(await this.calls.entries(this.patient.id, PAGES_MAX));
  }

  render() {
    const { registration } = this;
    return html`<section class="card"><h2>${icon('edit')}<span>${say('title')}</span></h2>${this.outcome()}
      ${!registration ? html`<p class="quiet">${sayOfConsole(this.busy ? 'loading' : 'not_loaded')}</p>` : this.typed ? this.form(registration, this.typed) : html`${this.facts(registration)}
        <div><button class="button" type="button" @click=${() => this.begin(registration)}>${icon('edit')}<span>${say('begin')}</span></button></div>`}</section>`;
  }

  /** @param {import('../../console/identity.js').Registration} registration */
  facts(registration) {
    const { kanji, kana, birth, sex } = typedOf(registration);
    return facts([sayOfConsole('name'), kanji], [sayOfConsole('kana'), kana], [sayOfConsole('birth_date'), `${calendarDate(birth)}・${sayOfConsole('years', { count: age(birth) })}`], [sayOfConsole('sex'), word('sex', sex)]);
  }

  /** @param {import('../../console/identity.js').Registration} registration */
  begin(registration) {
    this.act?.begin();
    this.change({ typed: typedOf(registration), reason: say('reason_default'), isSame: false, isTried: false, doubled: '', trouble: '', done: '' });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('input[name=kanji]'))?.focus());
  }

  /** @param {Partial<import('../../console/identity.js').Typed>} change */
  type(change) {
    this.act?.edited();
    this.change({ typed: { ...this.typed, ...change }, doubled: '' });
  }

  /** @param {import('../../console/identity.js').Registration} registration @param {import('../../console/identity.js').Typed} typed */
  form(registration, typed) {
    const changes = changesIn(registration, typed);
    const act = /** @type {Act} */ (this.act);
    const isOurs = registration.organisation === this.model.me?.organisation.id;
    return html`<form class="doing identity" novalidate @submit=${(/** @type {any} */ event) => this.submit(event, registration)}><p class="quiet">${say('how')}</p>
      ${isOurs ? nothing : html`<p class="notice notice-warning">${icon('alarm')}<span>${say('of_another', { office: this.officeName(registration.organisation) })}</span></p>`}
      <div class="fields-two">${this.field('kanji', typed.kanji, (kanji) => this.type({ kanji }))}${this.field('kana', typed.kana, (kana) => this.type({ kana }))}
        ${this.field('birth_date', typed.birth, (birth) => this.type({ birth }))}<div>${choices('identity-sex', sayOfConsole('sex'), Object.keys(WORDS.sex).map((sex) => [sex, word('sex', sex)]), typed.sex, (sex) => this.type({ sex }))}</div></div>
      ${this.changes(registration, typed, changes)}
      <label class="field">${say('reason')}<input name="reason" maxlength="1000" autocomplete="off" .value=${live(this.reason)} @input=${(/** @type {any} */ event) => this.change({ reason: event.target.value })}></label>
      <div><label class="choice-line"><input type="checkbox" name="same" .checked=${live(this.isSame)} @change=${(/** @type {any} */ event) => this.change({ isSame: event.target.checked })}><span>${say('is_same')}</span></label>
        ${this.isTried && !this.isSame ? html`<p class="field-error" role="alert">${say('is_same_missing')}</p>` : nothing}</div>
      ${this.doubled ? html`<p class="notice notice-warning" role="alert">${icon('alarm')}<span>${say('doubled', { name: this.doubled })}</span></p>` : nothing}
      ${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, unsaid: changes.length === 0, words: buttonWords(act, say('do')) })}
        <button class="button" type="button" @click=${() => this.change({ typed: null })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {'kanji' | 'kana' | 'birth_date'} part @param {string} value @param {(value: string) => void} set */
  field(part, value, set) {
    const fault = this.typed && missingIn(this.typed).includes(part) && (this.isTried || (part === 'birth_date' && value.trim().length > 5));
    const read = part === 'birth_date' && birthDateOf(value) ? `${calendarDate(birthDateOf(value))}・${sayOfConsole('years', { count: age(birthDateOf(value)) })}` : '';
    return html`<label class="field">${sayOfConsole(NAMES[part])}<input name=${part} autocomplete="off" maxlength="100" .value=${live(value)} aria-invalid=${fault ? 'true' : nothing} aria-describedby="identity-${part}"
      @input=${(/** @type {any} */ event) => set(event.target.value)}><small id="identity-${part}" class=${fault ? 'field-error' : 'quiet'}>${fault ? say(FAULTS[part]) : read}</small></label>`;
  }

  /** @param {import('../../console/identity.js').Registration} registration @param {import('../../console/identity.js').Typed} typed @param {Part[]} changes */
  changes(registration, typed, changes) {
    const after = mended(registration, typed);
    const [was, is] = [typedOf(registration), { kanji: after.name.kanji, kana: after.name.kana, birth: after.birthDate, sex: typed.sex }];
    const shown = (/** @type {typeof is} */ values, /** @type {Part} */ part) => (part === 'birth_date' ? (values.birth ? calendarDate(values.birth) : '…') : part === 'sex' ? word('sex', values.sex) : values[part] || '…');
    return html`<div role="status">${changes.length === 0 ? html`<p class="quiet">${say('changes_none')}</p>` : html`<h3>${say('changes')}</h3>
      ${facts(...changes.map((part) => /** @type {[string, unknown]} */ ([sayOfConsole(NAMES[part]), say('from_to', { from: shown(was, part), to: shown(is, part) })])))}`}
      ${isAnother(changes) ? html`<p class="notice notice-warning">${icon('alarm')}<span>${say('another')}</span></p>` : nothing}</div>`;
  }

  /** @param {any} event @param {import('../../console/identity.js').Registration} registration */
  async submit(event, registration) {
    event.preventDefault();
    const { typed } = this;
    if (!typed || changesIn(registration, typed).length === 0) return;
    this.change({ isTried: true });
    const [missing] = missingIn(typed);
    if (missing || !this.isSame) {
      /** @type {HTMLElement | null} */ (this.querySelector(`[name="${missing === 'sex' ? 'identity-sex' : missing ?? 'same'}"]`))?.focus();
      return;
    }
    await this.attempt(async () => {
      if (await this.isDoubled(registration, typed)) return 'doubled';
      const body = entryOf(registration, typed, this.reason.trim(), this.model.me?.organisation.id ?? '');
      if (await this.act?.send(this.patient.id, body) === null) return null;
      this.typed = null;
      await this.load();
      await this.patientChanged();
      await this.model.refreshPatients();
      return say('done');
    });
    if (this.doubled && this.done === 'doubled') this.change({ done: '' });
  }

  /** Told once; whoever goes on then has looked. @param {import('../../console/identity.js').Registration} registration @param {import('../../console/identity.js').Typed} typed */
  async isDoubled(registration, typed) {
    if (this.doubled) return false;
    const { name, birthDate } = mended(registration, typed);
    const { patients } = await this.calls.patients({ birth_date: birthDate });
    const found = patients.find((one) => one.id !== this.patient.id && likeness({ ...name, birthDate, sex: typed.sex }, one) === 'same');
    this.doubled = found ? found.name.kanji : '';
    return Boolean(found);
  }
}

customElements.define('renkei-console-identity', IdentityPart);
