// `<renkei-console-systems>`: the systems that sign in by a key: which there are and when they were used, registering one, and
// for each its keys, its suspension and its end. For the secretariat.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { SCOPES, inPhrases, keySetOf } from '../../console/scopes.js';
import { say } from '../../console/systems-phrases.js';
import { moment, shortMoment } from '../../dates.js';
import { icon } from '../icons.js';
import { facts } from '../sheet.js';
import { Section, none, primary } from './section.js';

/**
 * @typedef {import('../../console/calls.js').System} System
 * @typedef {'keys' | 'suspend' | 'resume' | 'remove'} Doing
 */

/** A household and the secretariat have none. */
const WITHOUT = ['home', 'secretariat'];
const SETTINGS = '/.well-known/smart-configuration';

export class Systems extends Section {
  constructor() {
    super();
    /** @type {System[] | null} */
    this.systems = null;
    /** @type {import('../../console/calls.js').Office[]} */
    this.offices = [];
    this.adds = false;
    /** Chosen for a new one. @type {Set<string>} */
    this.scopes = new Set();
    this.open = '';
    /** What is about to be done to the one that is open. @type {Doing | ''} */
    this.doing = '';
    /** The key that is about to be ended. */
    this.ending = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load());
  }

  async load() {
    await this.model.refreshDirectory();
    [this.systems, this.offices] = await Promise.all([this.calls.systems(), this.calls.offices()]);
  }

  render() {
    const add = html`<button class="button button-primary" type="button" @click=${() => this.begin()}>${icon('plus')}<span>${say('new')}</span></button>`;
    return html`${this.head(say('title'), say('lead'), add)}${this.outcome()}
      ${this.adds ? this.newForm() : nothing}
      ${this.systems === null ? html`<p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p>` : this.systems.length === 0 ? (this.adds ? nothing : none('key', say('none'), say('none_how')))
        : html`<ul class="cards">${repeat(this.systems, ({ id }) => id, (system) => this.system(system))}</ul>`}`;
  }

  begin() {
    this.change({ adds: true, scopes: new Set(), trouble: '', done: '' });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.system-new select'))?.focus());
  }

  newForm() {
    const offices = this.offices.filter(({ type, active }) => active && !WITHOUT.includes(type)).sort((a, b) => a.kana.localeCompare(b.kana, 'ja'));
    return html`<form class="card system-new" @submit=${(/** @type {any} */ event) => this.register(event)}><h2>${icon('plus')}<span>${say('new')}</span></h2>
      <div class="fields-two"><label class="field">${say('office')}<select name="organisation" required><option value="">${say('office_choose')}</option>${offices.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select></label>
        <label class="field">${say('name')}<input name="name" required maxlength="100" autocomplete="off" placeholder=${say('name_how')}></label></div>
      <label class="field">${say('purpose')}<input name="purpose" required maxlength="1000" autocomplete="off" placeholder=${say('purpose_how')}></label>
      <fieldset class="field"><legend>${say('scopes')}</legend><p class="quiet">${say('scopes_how')}</p>
        ${SCOPES.map(([scope, phrase]) => html`<label class="choice-line"><input type="checkbox" .checked=${this.scopes.has(scope)} @change=${(/** @type {any} */ event) => this.choose(scope, event.target.checked)}><span>${say(phrase)}</span></label>`)}</fieldset>
      ${this.keyField()}
      <span class="device-acts">${primary({ busy: this.busy, words: say('new_do') })}<button class="button" type="button" @click=${() => this.change({ adds: false })}>${say('cancel')}</button></span></form>`;
  }

  keyField() {
    return html`<label class="field">${say('keys_field')}<textarea name="jwks" rows="6" required spellcheck="false" placeholder='{"keys": [{"kty": "EC", "crv": "P-384", "kid": "2026-04", …}]}'></textarea>
      <small class="quiet">${say('keys_how')}</small></label>`;
  }

  /** @param {string} scope @param {boolean} chosen */
  choose(scope, chosen) {
    if (chosen) this.scopes.add(scope);
    else this.scopes.delete(scope);
    this.requestUpdate();
  }

  /** @param {any} event */
  register(event) {
    event.preventDefault();
    const fields = new FormData(event.target);
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? '').trim();
    const jwks = keySetOf(text('jwks'));
    if (this.scopes.size === 0 || !jwks) {
      this.change({ trouble: say(this.scopes.size === 0 ? 'scopes_none' : 'key_bad'), done: '' });
      return;
    }
    this.attempt(async () => {
      const made = await this.calls.registerSystem({ organisation: text('organisation'), name: text('name'), purpose: text('purpose'), scopes: [...this.scopes].join(' '), jwks });
      Object.assign(this, { adds: false, open: made.id, doing: '' });
      await this.load();
      await this.refreshDirectory();
      return say('new_done', { name: made.name });
    });
  }

  /** @param {System} system */
  system(system) {
    const { id, name, organisation, suspended_at: suspendedAt, used_at: usedAt } = system;
    const isOpen = this.open === id;
    return html`<li class="card">
      <button class="person-head" type="button" aria-expanded=${String(isOpen)} aria-controls="system-${id}" @click=${() => this.change({ open: isOpen ? '' : id, doing: '', ending: '' })}>
        ${icon('key')}<span class="person-name"><b>${name}</b> <small>${this.officeName(organisation)}</small>
          <small>${usedAt ? say('used', { at: shortMoment(Date.parse(usedAt)) }) : say('used_never')}</small></span>
        ${suspendedAt ? html`<span class="mark mark-restricted">${icon('stop')}<span>${say('suspended', { at: shortMoment(Date.parse(suspendedAt)) })}</span></span>`
          : html`<span class="mark mark-present">${icon('check')}<span>${say('standing')}</span></span>`}</button>
      <div id="system-${id}" ?hidden=${!isOpen}>${isOpen ? this.body(system) : nothing}</div></li>`;
  }

  /** @param {System} system */
  body(system) {
    const { id, purpose, scopes, registered_at: registeredAt } = system;
    return html`<div class="cards">${facts(
      [say('purpose'), purpose],
      [say('scopes'), html`<ul class="body-list">${inPhrases(scopes).map(({ phrase, scope }) => html`<li>${phrase ? say(phrase) : scope}</li>`)}</ul>`],
      [say('client_id'), html`<code class="secret">${id}</code><br><small class="quiet">${say('client_id_how')}</small>`],
      [say('address'), html`<code class="secret">${location.origin}${SETTINGS}</code>`],
    )}<p class="quiet">${say('registered', { at: moment(Date.parse(registeredAt)) })}</p>
      ${this.keys(system)}${this.doing ? this.form(system, this.doing) : this.acts(system)}</div>`;
  }

  /** @param {System} system */
  keys(system) {
    return html`<section><h3>${say('keys')}</h3><ul class="sign-ins">${system.keys.map(({ kid, alg, added_at: addedAt, used_at: usedAt }) => html`<li class="sign-in-row"><div><b>${kid}</b>
      <small>${alg}・${say('key_added', { at: shortMoment(Date.parse(addedAt)) })}・${usedAt ? say('used', { at: shortMoment(Date.parse(usedAt)) }) : say('used_never')}</small></div>
      ${this.ending === kid ? html`<div><p>${say('key_end_sure', { kid })}</p><span class="device-acts">
          <button class="button button-small button-primary" type="button" aria-disabled=${String(this.busy)} @click=${() => this.endKey(system, kid)}>${say('key_end')}</button>
          <button class="button button-small" type="button" @click=${() => this.change({ ending: '' })}>${say('cancel')}</button></span></div>`
        : html`<button class="button button-small" type="button" aria-label=${`${say('key_end')}: ${kid}`} @click=${() => this.askToEnd(system, kid)}>${say('key_end')}</button>`}</li>`)}</ul></section>`;
  }

  /** @param {System} system @param {string} kid */
  askToEnd({ keys }, kid) {
    if (keys.length === 1) this.change({ trouble: say('key_last'), done: '' });
    else this.change({ ending: kid, doing: '', trouble: '', done: '' });
  }

  /** @param {System} system @param {string} kid */
  endKey({ id, keys }, kid) {
    this.attempt(async () => {
      await this.calls.setSystemKeys(id, { keep: keys.map((key) => key.kid).filter((one) => one !== kid) });
      this.ending = '';
      await this.load();
    }, say('ended_key', { kid }));
  }

  /** @param {System} system */
  acts({ suspended_at: suspendedAt }) {
    const act = (/** @type {Parameters<typeof icon>[0]} */ sign, /** @type {Doing} */ doing) =>
      html`<button class="button button-small" type="button" @click=${() => this.change({ doing, ending: '', trouble: '', done: '' })}>${icon(sign)}<span>${say(`act_${doing}`)}</span></button>`;
    return html`<div class="device-acts">${act('key', 'keys')}${suspendedAt ? act('check', 'resume') : act('stop', 'suspend')}${act('leave', 'remove')}</div>`;
  }

  /** @param {System} system @param {Doing} doing */
  form(system, doing) {
    const { name } = system;
    return html`<form class="device-revoke doing" @submit=${(/** @type {any} */ event) => this.do(event, system, doing)}>
      ${doing === 'keys' ? html`<p>${say('keys_new_how')}</p>${this.keyField()}` : html`<p>${say(`sure_${doing}`, { name })}</p>`}
      ${doing === 'suspend' || doing === 'remove' ? html`<label class="field">${say('reason')}<input name="reason" required maxlength="1000" autocomplete="off"></label>` : nothing}
      <span class="device-acts">${primary({ busy: this.busy, words: say(`act_${doing}`) })}<button class="button" type="button" @click=${() => this.change({ doing: '' })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {System} system @param {Doing} doing */
  do(event, { id, name, keys }, doing) {
    event.preventDefault();
    const fields = new FormData(event.target);
    const reason = String(fields.get('reason') ?? '').trim();
    const jwks = doing === 'keys' ? keySetOf(String(fields.get('jwks') ?? '')) : null;
    if (doing === 'keys' && !jwks) {
      this.change({ trouble: say('key_bad'), done: '' });
      return;
    }
    const work = {
      keys: () => this.calls.setSystemKeys(id, { jwks, keep: keys.map(({ kid }) => kid) }),
      suspend: () => this.calls.suspendSystem(id, reason),
      resume: () => this.calls.resumeSystem(id),
      remove: () => this.calls.removeSystem(id, reason),
    };
    this.attempt(async () => {
      await work[doing]();
      this.doing = '';
      await this.load();
    }, say(`did_${doing}`, { name }));
  }
}

customElements.define('renkei-console-systems', Systems);
