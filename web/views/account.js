// `<renkei-account>`: my account, in a dialog: the role I act in, where I am signed in, my passkeys, my
// identities at another service, another password.

import { html, nothing } from '../vendor/lit.js';
import { markSignedIn } from '../credentials.js';
import { moment } from '../dates.js';
import { inLanguage, language, say, word } from '../language.js';
import { NoPasskey } from '../passkeys.js';
import './alert-settings.js';
import { face } from './face.js';
import { say as sayOfBoard } from '../board-phrases.js';
import { hasBoard } from './board.js';
import { icon } from './icons.js';
import { mayLeave } from './leaving.js';
import { MyIdentities } from './my-identities.js';
import { MyPasskeys } from './my-passkeys.js';
import { positionButton } from './sign-in.js';
import { View } from './view.js';

/** @typedef {import('../rest.js').SignIn} SignIn */

export class AccountDialog extends View {
  constructor() {
    super();
    /** @type {SignIn[] | null} */
    this.signIns = null;
    this.passkeys = new MyPasskeys(this);
    this.identities = new MyIdentities(this);
    this.trouble = '';
    this.done = '';
    this.busy = false;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  begin() {
    Object.assign(this, { signIns: null, trouble: '', done: '' });
    this.requestUpdate();
    this.updateComplete.then(() => this.dialog.showModal());
    // Nothing waits for the lists: whoever lost a device ends its sign-ins before they are there.
    this.load().catch((error) => this.failed(error));
  }

  async load() {
    this.signIns = (await this.model.rest.mySignIns()).sign_ins;
    this.requestUpdate();
    await Promise.all([this.passkeys.load(), this.identities.load()]);
    this.requestUpdate();
  }

  /** @param {any} error */
  failed(error) {
    this.trouble = (error instanceof NoPasskey ? say(error.code) : inLanguage(error.reason)) || say('entrance_unreachable');
    this.requestUpdate();
  }

  /** @param {() => Promise<void>} work */
  async attempt(work) {
    if (this.busy) return;
    Object.assign(this, { busy: true, trouble: '', done: '' });
    this.requestUpdate();
    try {
      await work();
    } catch (error) {
      this.failed(error);
    }
    this.busy = false;
    this.requestUpdate();
  }

  render() {
    const { me } = this.model;
    if (!me) return nothing;
    return html`<dialog class="sheet account" aria-labelledby="account-title">
      <header class="sheet-head"><h2 id="account-title">${say('account')}</h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
      <div class="sheet-body">
        <p class="field-error" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p>
        ${this.done ? html`<p role="status">${icon('check')}<span>${this.done}</span></p>` : nothing}
        ${this.self(me)}${this.positions(me)}<renkei-alert-settings .model=${this.model}></renkei-alert-settings>${this.list()}${this.passkeys.render()}${this.identities.render()}${this.devices(me)}${this.passkeys.hasPassword ? this.password() : nothing}
      </div></dialog>`;
  }

  /** Who this is, and what the head of the page has no room for on a phone. @param {import('../rest.js').Me} me */
  self({ person, role, organisation }) {
    const does = (/** @type {string} */ what) => {
      this.dialog.close();
      this.dispatchEvent(new CustomEvent(what));
    };
    return html`<section class="account-self"><div class="who-me">${face(role)}<p><b>${person.name.kanji}</b><small>${word('role', role)}・${organisation.name}</small></p></div>
      <div class="device-acts">${hasBoard(this.model) ? html`<button class="button" type="button" @click=${() => does('open-board')}>${icon('board')}<span>${sayOfBoard('board')}</span></button>` : nothing}
        ${this.model.isProfessional ? html`<a class="button" href="#/console/groups" @click=${() => this.dialog.close()}>${icon('team')}<span>${sayOfBoard('groups')}</span></a>
          <a class="button" href="#/console/cases" @click=${() => this.dialog.close()}>${icon('book')}<span>${sayOfBoard('cases')}</span></a>` : nothing}
        <button class="button" type="button" lang=${language() === 'ja' ? 'en' : 'ja'} @click=${() => does('switch-language')}>${icon('language')}<span>${language() === 'ja' ? 'English' : '日本語'}</span></button>
        <button class="button" type="button" @click=${() => does('sign-out')}>${icon('leave')}<span>${say('sign_out')}</span></button></div></section>`;
  }

  /** @param {import('../rest.js').Me} me */
  positions({ role, organisation, positions = [] }) {
    if (positions.length < 2) return nothing;
    const isCurrent = (/** @type {import('../rest.js').HeldPosition} */ one) => one.role === role && one.organisation === organisation.id;
    return html`<section><h3>${say('choose_position')}</h3><ul class="positions">${positions.map((one) =>
      html`<li>${positionButton(one, () => !isCurrent(one) && this.attempt(() => this.switch(one)), isCurrent(one))}</li>`)}</ul></section>`;
  }

  /** @param {import('../rest.js').HeldPosition} position */
  async switch({ role, organisation }) {
    if (this.model.outbox.unsent > 0) throw { reason: { ja: say('switch_unsent'), en: say('switch_unsent') } };
    // The sign-in until now ends with this; its socket must not take that for the end of everything.
    this.model.hub.stop();
    try {
      markSignedIn((await this.model.rest.switchPosition({ role, organisation })).id);
    } catch (error) {
      this.model.hub.begin();
      throw error;
    }
    // Another role sees other things: nothing of this page can remain.
    location.replace(location.pathname);
  }

  list() {
    return html`<section><h3>${say('sign_ins')}</h3>
      ${this.signIns === null ? html`<p class="quiet">${say('loading')}</p>` : html`<ul class="sign-ins">${this.signIns.map((one) => this.one(one))}</ul>`}
      <button class="button" type="button" @click=${() => this.everywhere()}>${icon('leave')}<span>${say('sign_out_everywhere')}</span></button></section>`;
  }

  /** @param {SignIn} one */
  one({ id, device, position, used_at: usedAt, expires_at: expiresAt, is_this: isThis }) {
    return html`<li class="sign-in-row"><div><b>${device || say('device_unknown')}</b> ${isThis ? html`<span class="pill pill-good">${say('sign_in_this')}</span>` : nothing}
      <small>${word('role', position.role)}・${position.organisation_name}</small>
      <small>${say('sign_in_used', { at: moment(Date.parse(usedAt)) })}・${say('sign_in_until', { at: moment(Date.parse(expiresAt)) })}</small></div>
      ${isThis ? nothing : html`<button class="button button-small" type="button" @click=${() => this.attempt(() => this.end(id))}>${say('sign_in_end')}</button>`}</li>`;
  }

  /** @param {string} id */
  async end(id) {
    await this.model.rest.endSignIn(id);
    await this.load();
  }

  everywhere() {
    if (!mayLeave(this.model)) return;
    this.attempt(async () => {
      await this.model.rest.endAllSignIns();
      this.dialog.close();
      this.model.leave('');
    });
  }

  /** For whoever looks after devices. @param {import('../rest.js').Me} me */
  devices(me) {
    if (!this.model.isSecretariat && !me.administers?.length) return nothing;
    return html`<section><h3>${say('device_list')}</h3>
      <button class="button" type="button" @click=${() => this.openDevices()}>${icon('list')}<span>${say('device_look_after')}</span></button></section>`;
  }

  openDevices() {
    this.dialog.close();
    /** @type {import('./devices.js').DevicesDialog | null} */ (document.querySelector('renkei-devices'))?.begin();
  }

  password() {
    return html`<details class="more"><summary>${say('password_change')}</summary>
      <form class="more-fields" @submit=${(/** @type {any} */ event) => this.changePassword(event)}>
        <label class="wide">${say('password_present')}<input name="present" type="password" autocomplete="current-password" required></label>
        <label class="wide">${say('authenticator_code')}<input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" required class="digits"></label>
        <label class="wide">${say('password_new')}<input name="new" type="password" autocomplete="new-password" required></label>
        <p class="quiet">${say('password_change_explained')}</p>
        <button class="button button-primary" type="submit" aria-disabled=${String(this.busy)}>${say('password_change')}</button></form></details>`;
  }

  /** @param {any} event */
  changePassword(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    this.attempt(async () => {
      await this.model.rest.changePassword(/** @type {any} */ (given));
      form.reset();
      await this.load();
      this.done = say('password_changed');
    });
  }
}

customElements.define('renkei-account', AccountDialog);
