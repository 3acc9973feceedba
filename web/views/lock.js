// `<renkei-lock>`: stands in the document instead of the page while it is locked. Says why, whose page it is and how much
// waits, as a number alone; asks for the proof that grave acts ask for. Put there by `lock.js`. Shows nothing of a patient.

import { html, nothing } from '../vendor/lit.js';
import { chooseLanguage, inLanguage, language, word } from '../language.js';
import { IDLE_S } from '../lock.js';
import { say } from '../lock-phrases.js';
import { leave } from '../outside.js';
import { NoPasskey, knowsPasskeys, showPasskey } from '../passkeys.js';
import { face } from './face.js';
import { icon } from './icons.js';
import { JotSheet } from './jotting.js';
import { mayLeave } from './leaving.js';
import { View } from './view.js';

/** @typedef {{passkey: import('../rest.js').PasskeyQuestion | null, password: boolean, outside?: string | null}} Ways */

const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/styles/lock.css' });
document.head.append(sheet);

export class LockScreen extends View {
  constructor() {
    super();
    /** How the lock is told that there is nothing to show, in the demo. */
    this.unlock = () => {};
    /** @type {'asking' | 'away' | 'demo' | Ways} what can be shown, once the hub said */
    this.ways = 'asking';
    this.trouble = '';
    this.busy = false;
    this.jotting = new JotSheet(() => this.model, () => this.requestUpdate());
    this.online = () => this.ways === 'away' && this.ask();
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('online', this.online);
    this.ask();
    this.updateComplete.then(() => this.querySelector('h1')?.focus());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('online', this.online);
  }

  /** A question is for one answer: after each the hub is asked anew. */
  async ask() {
    const { rest } = this.model;
    try {
      this.ways = await rest.askForProof();
    } catch (/** @type {any} */ error) {
      if (error.status === 401) this.model.failed(error);
      // Who came by a link of the demo has no account, and the hub says so.
      this.ways = error.status === 404 && rest.token() && (await rest.ways().catch(() => null))?.links ? 'demo' : 'away';
    }
    this.requestUpdate();
  }

  willUpdate() {
    if (this.ways === 'away' && this.model.hub.connection.phase === 'live' && this.wasAway) this.ask();
    this.wasAway = this.model.hub.connection.phase !== 'live';
  }

  /** @param {() => Promise<unknown>} show */
  async attempt(show) {
    if (this.busy) return;
    Object.assign(this, { busy: true, trouble: '' });
    this.requestUpdate();
    try {
      await show();
    } catch (/** @type {any} */ error) {
      this.trouble = (error instanceof NoPasskey ? say('passkey_none') : inLanguage(error.reason)) || say('failed');
      await this.ask();
    }
    this.busy = false;
    this.requestUpdate();
  }

  render() {
    const { model } = this;
    const { late, open, alarms, mentions } = model.needs.sum;
    const waiting = late + open + alarms + mentions;
    const title = waiting ? say('page_waiting', { count: waiting }) : say('page');
    if (document.title !== title) document.title = title;
    const minutes = Math.floor((model.me?.idle_timeout_s ?? IDLE_S) / 60);
    return html`<main id="main" class="sign-in lock"><div class="sign-in-card">
      <p class="brand brand-large">${icon('link')}<span>連携 <small>Renkei</small></span></p>
      <h1 tabindex="-1" aria-describedby="lock-why">${say('title')}</h1>
      <p id="lock-why">${say('why', { minutes })}</p>
      ${this.whose()}
      <div class="lock-waiting" role="status"><p>${icon('clock')}<span>${waiting ? say('waiting', { count: waiting }) : say('none_waiting')}</span></p>
        ${model.outbox.unsent ? html`<p>${icon('wait')}<span>${say('unsent', { count: model.outbox.unsent })}</span></p>` : nothing}</div>
      <p class="field-error" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p>
      ${this.proof()}
      <p class="lock-leave"><span class="quiet">${say('sign_out_how')}</span>
        <button class="button" type="button" @click=${() => this.signOut()}>${icon('leave')}<span>${say('sign_out')}</span></button></p>
      <button class="button button-text" type="button" lang=${language() === 'ja' ? 'en' : 'ja'} @click=${() => this.switchLanguage()}>
        ${icon('language')}<span>${language() === 'ja' ? 'English' : '日本語'}</span></button>
    </div></main>`;
  }

  whose() {
    const { me } = this.model;
    if (!me) return nothing;
    return html`<p class="lock-whose" role="group" aria-label=${say('whose')}>${face(me.role)}
      <span><b>${me.person.name.kanji}</b><small>${word('role', me.role)}・${me.organisation.name}</small></span></p>`;
  }

  proof() {
    const { ways } = this;
    if (ways === 'asking') return html`<p class="quiet">${icon('sync')} ${say('busy')}</p>`;
    if (ways === 'away') {
      return html`<p class="notice notice-warning" role="alert">${icon('offline')}<span>${say('no_network')}</span></p>
        <button class="button button-primary" type="button" @click=${() => this.ask()}>${icon('sync')}<span>${say('try_again')}</span></button>${this.jotting.render()}`;
    }
    if (ways === 'demo') {
      return html`<p>${say('demo')}</p>
        <button class="button button-primary" type="button" @click=${() => this.unlock()}><span>${say('demo_go_on')}</span></button>`;
    }
    const parts = [this.passkey(ways), this.outside(ways), ways.password ? this.password() : nothing];
    return parts.every((part) => part === nothing) ? html`<p>${say('no_way')}</p>` : parts;
  }

  /** @param {Ways} ways */
  passkey({ passkey }) {
    if (!passkey || !knowsPasskeys()) return nothing;
    const show = async () => this.model.rest.proveMyself({ ceremony: passkey.ceremony, credential: await showPasskey(passkey.options) });
    return html`<button class="button button-primary button-passkey" type="button" aria-disabled=${String(this.busy)} @click=${() => this.attempt(show)}>
      ${icon('key')}<span>${this.busy ? say('busy') : say('passkey')}</span></button>`;
  }

  /** The page leaves, and comes back open. @param {Ways} ways */
  outside({ outside }) {
    if (!outside) return nothing;
    const go = async () => leave('prove', (await this.model.rest.leaveToProve()).location);
    return html`<button class="button button-outside" type="button" aria-disabled=${String(this.busy)} @click=${() => this.attempt(go)}>
      ${icon('link')}<span>${say('outside', { name: outside })}</span></button>`;
  }

  password() {
    return html`<form @submit=${(/** @type {any} */ event) => this.submit(event)}>
      <label class="wide">${say('password')}<input name="password" type="password" autocomplete="current-password" required></label>
      <label class="wide">${say('code')}<input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" required class="digits"></label>
      <button class="button button-primary" type="submit" aria-disabled=${String(this.busy)}>${this.busy ? say('busy') : say('password_open')}</button></form>`;
  }

  /** @param {any} event */
  submit(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    this.attempt(() => this.model.rest.proveMyself(/** @type {any} */ (given)).finally(() => form.reset()));
  }

  switchLanguage() {
    chooseLanguage(language() === 'ja' ? 'en' : 'ja');
    this.model.changed();
    this.requestUpdate();
  }

  signOut() {
    if (!mayLeave(this.model)) return;
    location.hash = '';
    this.model.signOut();
  }
}

customElements.define('renkei-lock', LockScreen);
