// `<renkei-proof>`: the hub asks, before a grave act, to show once more who one is. The request that was held goes on
// afterwards, as if nothing had been asked.

import { html, nothing } from '../vendor/lit.js';
import { inLanguage, say } from '../language.js';
import { leave } from '../outside.js';
import { NoPasskey, knowsPasskeys, showPasskey } from '../passkeys.js';
import { icon } from './icons.js';
import { View } from './view.js';

export class ProofDialog extends View {
  constructor() {
    super();
    /** @type {{passkey: import('../rest.js').PasskeyQuestion | null, password: boolean, outside?: string | null} | null} */
    this.ways = null;
    this.trouble = '';
    this.busy = false;
    /** @type {((proved: boolean) => void)[]} */
    this.waiting = [];
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  /** Several requests may be held at once: one answer is for all. @returns {Promise<boolean>} */
  async ask() {
    const answered = new Promise((resolve) => this.waiting.push(resolve));
    if (this.waiting.length === 1) {
      Object.assign(this, { ways: null, trouble: '' });
      await this.look();
      await this.updateComplete;
      this.dialog.showModal();
    }
    return answered;
  }

  /** A question is for one answer: after each the hub is asked anew. */
  async look() {
    this.ways = await this.model.rest.askForProof().catch(() => ({ passkey: null, password: false }));
    this.requestUpdate();
  }

  /** @param {boolean} proved */
  end(proved) {
    const waiting = this.waiting.splice(0);
    if (this.dialog.open) this.dialog.close();
    waiting.forEach((resolve) => resolve(proved));
  }

  /** @param {() => Promise<void>} show */
  async attempt(show) {
    if (this.busy) return;
    Object.assign(this, { busy: true, trouble: '' });
    this.requestUpdate();
    try {
      await show();
      this.end(true);
    } catch (/** @type {any} */ error) {
      this.trouble = (error instanceof NoPasskey ? say(error.code) : inLanguage(error.reason)) || say('entrance_unreachable');
      await this.look();
    }
    this.busy = false;
    this.requestUpdate();
  }

  render() {
    return html`<dialog class="sheet account proof" aria-labelledby="proof-title" @close=${() => this.end(false)}>
      <header class="sheet-head"><h2 id="proof-title">${say('proof_title')}</h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('proof_cancel')}</span></button></header>
      <div class="sheet-body"><p>${say('proof_how')}</p>
        <p class="field-error" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p>
        ${this.passkey()}${this.outside()}${this.ways?.password ? this.password() : nothing}</div></dialog>`;
  }

  passkey() {
    const asked = this.ways?.passkey;
    if (!asked || !knowsPasskeys()) return nothing;
    const show = async () => {
      await this.model.rest.proveMyself({ ceremony: asked.ceremony, credential: await showPasskey(asked.options) });
    };
    return html`<button class="button button-primary button-passkey" type="button" aria-disabled=${String(this.busy)} @click=${() => this.attempt(show)}>
      ${icon('key')}<span>${this.busy ? say('entrance_busy') : say('proof_passkey')}</span></button>`;
  }

  /** The page leaves, so that the act itself has to be done again. */
  outside() {
    const name = this.ways?.outside;
    if (!name) return nothing;
    const go = async () => {
      leave('prove', (await this.model.rest.leaveToProve()).location);
      await new Promise(() => {});
    };
    return html`<button class="button button-outside" type="button" aria-disabled=${String(this.busy)} @click=${() => this.attempt(go)}>
      ${icon('link')}<span>${say('outside_proof', { name })}</span></button>`;
  }

  password() {
    return html`<form class="more-fields" @submit=${(/** @type {any} */ event) => this.submit(event)}>
      <label class="wide">${say('password_present')}<input name="password" type="password" autocomplete="current-password" required></label>
      <label class="wide">${say('authenticator_code')}<input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" required class="digits"></label>
      <button class="button" type="submit" aria-disabled=${String(this.busy)}>${say('proof_password')}</button></form>`;
  }

  /** @param {any} event */
  submit(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    this.attempt(async () => {
      await this.model.rest.proveMyself(/** @type {any} */ (given));
      form.reset();
    });
  }
}

customElements.define('renkei-proof', ProofDialog);
