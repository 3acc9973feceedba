// `<renkei-devices>`: the registered devices that this person looks after, in a dialog: registering one, a link with its code
// or a file with its passphrase for its certificate, and revoking it. For the secretariat and administrators of an office.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { inLanguage, say } from '../language.js';
import { saveBundle } from '../enrolment.js';
import { exceptionsPart, nameOf } from './exceptions.js';
import { icon } from './icons.js';
import { View } from './view.js';

/** @typedef {import('../rest.js').Device} Device */

export class DevicesDialog extends View {
  constructor() {
    super();
    /** @type {Device[] | null} */
    this.devices = null;
    /** @type {import('../rest.js').Organisation[]} */
    this.offices = [];
    /** For the secretariat. @type {{person: string, until: string}[] | null} */
    this.exceptions = null;
    /** @type {import('../rest.js').Person[]} */
    this.people = [];
    /** What is shown this once. @type {{device: string, link?: string, qr?: string, code?: string, passphrase?: string, until: string} | null} */
    this.shown = null;
    this.copied = false;
    /** The device that is about to be revoked. */
    this.revoking = '';
    /** Of one office alone; empty: of all that this person looks after. */
    this.office = '';
    this.trouble = '';
    /** What was done a moment ago. */
    this.done = '';
    /** Why those were granted that this dialog granted: of earlier ones the audit log tells. @type {Map<string, string>} */
    this.reasons = new Map();
    this.busy = false;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  /** @param {string} [office] */
  begin(office = '') {
    Object.assign(this, { office, devices: null, shown: null, revoking: '', trouble: '', done: '' });
    this.reasons.clear();
    this.requestUpdate();
    this.updateComplete.then(() => this.dialog.showModal());
    // Nothing waits for the lists: a lost device is revoked as soon as it is seen.
    this.look(office).catch((error) => this.failed(error));
  }

  /** @param {string} office */
  async look(office) {
    const { me, isSecretariat } = this.model;
    const all = await this.model.rest.organisations();
    this.offices = all.filter(({ id }) => (isSecretariat || me?.administers?.includes(id)) && (!office || id === office));
    if (isSecretariat) this.people = await this.model.rest.people();
    await this.load();
    this.requestUpdate();
  }

  /** @param {any} error */
  failed(error) {
    this.trouble = inLanguage(error.reason) || say('entrance_unreachable');
    this.requestUpdate();
  }

  async load() {
    const { office } = this;
    this.devices = (await this.model.rest.devices()).filter(({ organisation }) => !office || organisation === office);
    if (this.model.isSecretariat) this.exceptions = await this.model.rest.deviceExceptions();
  }

  /** @param {() => Promise<void>} work @returns {Promise<boolean>} whether it went well */
  async attempt(work) {
    if (this.busy) return false;
    Object.assign(this, { busy: true, trouble: '', done: '' });
    this.requestUpdate();
    const isWell = await work().then(() => true, (error) => {
      this.failed(error);
      return false;
    });
    this.busy = false;
    this.requestUpdate();
    return isWell;
  }

  render() {
    return html`<dialog class="sheet account" aria-labelledby="devices-title">
      <header class="sheet-head"><h2 id="devices-title">${say('device_list')}${this.office ? html`<small>${this.model.organisationName(this.office) || this.offices[0]?.name}</small>` : nothing}</h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
      <div class="sheet-body">
        <p class="field-error" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p>
        <p class="devices-done" role="status">${this.done ? html`${icon('check')} ${this.done}` : nothing}</p>
        ${this.once()}${this.list()}${this.form()}${exceptionsPart(this, (person, until, reason) => this.grant(person, until, reason), (person) => this.end(person))}
      </div></dialog>`;
  }

  /** A link with its code, or the passphrase of a file: they go different ways, and are not shown again. */
  once() {
    const { shown } = this;
    if (!shown) return nothing;
    const { device, link, qr, code, passphrase, until } = shown;
    return html`<section class="once" role="status"><h3>${say('device_for', { name: device })}</h3>
      ${link ? html`<img class="qr" alt=${say('device_link_qr')} width="200" height="200" src="data:image/svg+xml;base64,${btoa(qr ?? '')}">
        <p class="quiet">${say('device_link_how')}</p><p><code class="secret">${link}</code></p>
        <p><button class="button button-small" type="button" @click=${() => this.copy(link)}>${icon('copy')}<span>${say(this.copied ? 'device_copied' : 'device_copy')}</span></button></p>` : html`<p>${say('device_file_saved')}</p>`}
      <p class="set-up-name"><span>${say(code ? 'device_code' : 'device_passphrase')}</span><b class="told">${code ?? passphrase}</b>
        <small>${say('device_told_apart')}</small></p>
      <p class="quiet">${say('sign_in_until', { at: moment(Date.parse(until)) })}</p>
      <button class="button" type="button" @click=${() => this.forget()}>${say('device_noted')}</button></section>`;
  }

  forget() {
    this.shown = null;
    this.requestUpdate();
  }

  /** What is shown this once, above the list, comes into view, wherever the button was. @param {NonNullable<DevicesDialog['shown']>} shown */
  showOnce(shown) {
    Object.assign(this, { shown, done: '', copied: false });
    this.requestUpdate();
    this.updateComplete.then(() => this.querySelector('.once')?.scrollIntoView({ block: 'start' }));
  }

  /** @param {string} link */
  async copy(link) {
    // Where the browser does not let it be copied, it stands there to be selected.
    this.copied = await navigator.clipboard.writeText(link).then(() => true, () => false);
    this.requestUpdate();
  }

  list() {
    const { devices } = this;
    if (devices === null) return html`<p class="quiet">${say('loading')}</p>`;
    if (devices.length === 0) return html`<p class="quiet">${say('device_none')}</p>`;
    const [standing, revoked] = [devices.filter((one) => !one.revoked_at), devices.filter((one) => one.revoked_at)];
    return html`<ul class="sign-ins">${standing.map((one) => this.one(one))}</ul>
      ${revoked.length === 0 ? nothing : html`<details class="more"><summary>${say('device_revoked_some', { count: revoked.length })}</summary><ul class="sign-ins">${revoked.map((one) => this.one(one))}</ul></details>`}`;
  }

  /** @param {Device} device */
  one(device) {
    const office = this.offices.find(({ id }) => id === device.organisation)?.name ?? '';
    const { revoked_at: revokedAt, seen_at: seenAt, certificate, enrolling_until: until } = device;
    const isNew = !revokedAt && !certificate && !until;
    return html`<li class="sign-in-row"><div><b>${device.name}</b> ${revokedAt ? html`<span class="pill pill-warning">${say('device_revoked')}</span>` : nothing}
      <small>${office}</small>
      <small>${seenAt ? say('device_seen', { at: moment(Date.parse(seenAt)) }) : say('device_unseen')}${
        certificate && !revokedAt ? html`・${say('device_certificate_until', { at: moment(Date.parse(certificate.expires_at)) })}` : nothing}${
        until ? html`・${say('device_link_until', { at: moment(Date.parse(until)) })}` : nothing}</small>
      ${isNew ? html`<small class="device-next">${icon('hand')} ${say('device_next')}</small>` : nothing}</div>
      ${revokedAt ? nothing : this.revoking === device.id ? this.revokeForm(device) : html`<span class="device-acts">
        <button class="button button-small ${isNew ? 'button-primary' : ''}" type="button" @click=${() => this.attempt(() => this.enrol(device))}>${say('device_link')}</button>
        <button class="button button-small" type="button" @click=${() => this.attempt(() => this.issue(device))}>${say('device_file')}</button>
        <button class="button button-small" type="button" @click=${() => this.ask(device.id)}>${say('device_revoke')}</button></span>`}</li>`;
  }

  /** @param {string} id */
  ask(id) {
    this.revoking = id;
    this.requestUpdate();
  }

  /** @param {Device} device */
  revokeForm(device) {
    return html`<form class="device-revoke" @submit=${(/** @type {any} */ event) => this.revoke(event, device)}>
      <p>${say('device_revoke_how')}</p>
      <label class="wide">${say('device_revoke_why', { name: device.name })}<input name="reason" required maxlength="1000"></label>
      <span class="device-acts"><button class="button button-primary button-small" type="submit">${say('device_revoke')}</button>
      <button class="button button-small" type="button" @click=${() => this.ask('')}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {Device} device */
  revoke(event, device) {
    event.preventDefault();
    const reason = String(new FormData(event.target).get('reason') ?? '');
    this.attempt(async () => {
      await this.model.rest.revokeDevice(device.id, reason);
      this.revoking = '';
      await this.load();
      this.tell(say('device_revoked_done', { name: device.name }));
    });
  }

  /** @param {Device} device */
  async enrol(device) {
    const { link, qr, code, expires_at: until } = await this.model.rest.enrolDevice(device.id);
    await this.load();
    this.showOnce({ device: device.name, link, qr, code, until });
  }

  /** @param {Device} device */
  async issue(device) {
    const bundle = await this.model.rest.issueCertificate(device.id);
    saveBundle(bundle);
    await this.load();
    this.showOnce({ device: device.name, passphrase: bundle.passphrase, until: bundle.expires_at });
  }

  form() {
    return html`<details class="more"><summary>${say('device_register')}</summary>
      <form class="more-fields" @submit=${(/** @type {any} */ event) => this.register(event)}>
        <label class="wide">${say('device_name')}<input name="name" required maxlength="80" autocomplete="off" placeholder=${say('device_name_how')}></label>
        <label class="wide">${say('device_office')}<select name="organisation" required>
          ${this.offices.length > 1 ? html`<option value="">${say('device_office_choose')}</option>` : nothing}
          ${this.offices.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select></label>
        <p class="quiet">${say('device_register_how')}</p>
        <button class="button button-primary" type="submit" aria-disabled=${String(this.busy)}>${say('device_register')}</button></form></details>`;
  }

  /** What was done is said at the top, which comes into view. @param {string} done */
  tell(done) {
    this.done = done;
    this.dialog.querySelector('.sheet-body')?.scrollTo(0, 0);
  }

  /** @param {string} person @param {string} until @param {string} reason */
  grant(person, until, reason) {
    return this.attempt(async () => {
      await this.model.rest.grantException(person, { until, reason });
      this.reasons.set(person, reason);
      await this.load();
      this.tell(say('exception_granted', { name: nameOf(this.people, person), at: moment(Date.parse(until)), reason }));
    });
  }

  /** @param {string} person */
  end(person) {
    this.attempt(async () => {
      await this.model.rest.endException(person);
      await this.load();
      this.tell(say('exception_ended', { name: nameOf(this.people, person) }));
    });
  }

  /** @param {any} event */
  register(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const fields = new FormData(form);
    this.attempt(async () => {
      const name = String(fields.get('name'));
      await this.model.rest.registerDevice({ name, organisation: String(fields.get('organisation')) });
      form.reset();
      form.closest('details')?.removeAttribute('open');
      await this.load();
      this.shown = null;
      this.tell(say('device_registered', { name }));
    });
  }
}

customElements.define('renkei-devices', DevicesDialog);
