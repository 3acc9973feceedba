// My identities at another service, in the dialog of my account: which are linked, another, away with one.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { say } from '../language.js';
import { leave } from '../outside.js';
import { icon } from './icons.js';

/** @typedef {import('../rest.js').Identity} Identity */

export class MyIdentities {
  /** @param {import('./account.js').AccountDialog} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    /** What the service is called; empty: there is none. */
    this.service = '';
    /** @type {Identity[]} */
    this.list = [];
  }

  get rest() {
    return this.dialog.model.rest;
  }

  async load() {
    const { service, identities } = await this.rest.myIdentities();
    Object.assign(this, { service: service ?? '', list: identities });
  }

  /** The page leaves; what comes of it is told when it is back. */
  link() {
    return this.dialog.attempt(async () => leave('link', (await this.rest.leaveToLink()).location));
  }

  /** @param {Identity} identity */
  unlink({ id, subject }) {
    if (!confirm(say('outside_unlink_sure', { subject }))) return undefined;
    return this.dialog.attempt(async () => {
      await this.rest.unlinkIdentity(id);
      await this.dialog.load();
      this.dialog.done = say('outside_unlinked');
    });
  }

  render() {
    if (!this.service && this.list.length === 0) return nothing;
    return html`<section class="identities"><h3>${say('outside')}</h3>
      ${this.service ? html`<p class="quiet">${say('outside_explained', { name: this.service })}</p>` : nothing}
      <ul class="sign-ins">${this.list.map((one) => this.one(one))}</ul>
      ${this.service ? html`<button class="button" type="button" @click=${() => this.link()}>${icon('link')}<span>${say('outside_link', { name: this.service })}</span></button>` : nothing}</section>`;
  }

  /** @param {Identity} identity */
  one(identity) {
    const { subject, issuer, linked_at: linked, used_at: used } = identity;
    const times = [say('passkey_added', { at: moment(Date.parse(linked)) }), used ? say('passkey_last_used', { at: moment(Date.parse(used)) }) : ''];
    return html`<li class="sign-in-row"><div><b>${subject}</b><small>${issuer}</small><small>${times.filter(Boolean).join('・')}</small></div>
      <button class="button button-small" type="button" @click=${() => this.unlink(identity)}>${say('outside_unlink')}</button></li>`;
  }
}
