// My passkeys in the dialog of my account: which there are, another for this device, other names, away with one. What the
// page says at once where one seems to have been copied is in `passkey-alarms.js`.

import { html, nothing } from '../vendor/lit.js';
import { deviceName } from '../credentials.js';
import { moment } from '../dates.js';
import { say } from '../language.js';
import { knowsPasskeys, makePasskey } from '../passkeys.js';
import { icon } from './icons.js';

/** @typedef {import('../rest.js').Passkey} Passkey */

export class MyPasskeys {
  /** @param {import('./account.js').AccountDialog} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    /** @type {Passkey[]} */
    this.list = [];
    /** Whether a password opens the account besides. */
    this.hasPassword = false;
  }

  get rest() {
    return this.dialog.model.rest;
  }

  async load() {
    const { passkeys, has_password: hasPassword } = await this.rest.myPasskeys();
    Object.assign(this, { list: passkeys, hasPassword });
  }

  /** @param {() => Promise<string>} work what is said when it is done */
  attempt(work) {
    return this.dialog.attempt(async () => {
      const done = await work();
      await this.dialog.load();
      this.dialog.done = done;
    });
  }

  add() {
    return this.attempt(async () => {
      const { ceremony, options } = await this.rest.askToMakePasskey();
      await this.rest.addPasskey({ ceremony, credential: await makePasskey(options), name: deviceName() });
      return say('passkey_added_now');
    });
  }

  /** @param {Passkey} passkey */
  remove({ id, name }) {
    if (!confirm(say('passkey_remove_sure', { name }))) return;
    this.attempt(async () => {
      await this.rest.removePasskey(id);
      return say('passkey_removed');
    });
  }

  /** @param {any} event @param {string} id */
  rename(event, id) {
    event.preventDefault();
    const name = String(new FormData(event.target).get('name') ?? '');
    this.attempt(async () => {
      await this.rest.renamePasskey(id, name);
      event.target.closest('details').open = false;
      return '';
    });
  }

  render() {
    return html`<section class="passkeys"><h3>${say('passkeys')}</h3><p class="quiet">${say('passkeys_explained')}</p>
      ${this.list.length ? html`<ul class="sign-ins">${this.list.map((one) => this.one(one))}</ul>` : html`<p class="quiet">${say('passkeys_nothing')}</p>`}
      ${knowsPasskeys() ? html`<button class="button" type="button" @click=${() => this.add()}>${icon('plus')}<span>${say('passkey_add')}</span></button>` : nothing}
    </section>`;
  }

  /** @param {Passkey} passkey */
  one(passkey) {
    const { id, name, added_at: added, used_at: used, void_since: isVoid } = passkey;
    const times = [say('passkey_added', { at: moment(Date.parse(added)) }), used ? say('passkey_last_used', { at: moment(Date.parse(used)) }) : ''];
    return html`<li class="sign-in-row"><div><b>${name}</b> ${isVoid ? html`<span class="pill pill-bad">${say('passkey_void')}</span>` : nothing}
      <small>${times.filter(Boolean).join('・')}</small>
      <details class="more"><summary>${say('passkey_rename')}</summary>
        <form class="more-fields" @submit=${(/** @type {any} */ event) => this.rename(event, id)}>
          <label class="wide">${say('passkey_name')}<input name="name" .value=${name} maxlength="40" required></label>
          <button class="button button-small" type="submit">${say('passkey_rename')}</button></form></details></div>
      <button class="button button-small" type="button" @click=${() => this.remove(passkey)}>${say('passkey_remove')}</button></li>`;
  }
}
