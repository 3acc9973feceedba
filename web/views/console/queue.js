// `<renkei-console-queue>`: who wrote about a patient without being on the team. Their entries are kept sealed; linking the
// office lets them join the timeline, dismissing ends the wait with a reason.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { grouped } from '../../console/waiting.js';
import { moment } from '../../dates.js';
import { word } from '../../language.js';
import { face } from '../face.js';
import { icon } from '../icons.js';
import { Linking, linkForm } from './link-form.js';
import { Section, none } from './section.js';

/** @typedef {import('../../console/waiting.js').Group} Group */

const LOOKS_MAX = 6;
const LOOK_PAUSE_MS = 700;

export class Queue extends Section {
  constructor() {
    super();
    /** @type {Group[] | null} */
    this.groups = null;
    /** @type {Linking | null} */
    this.linking = null;
    this.linkingKey = '';
    /** The group about to be dismissed. */
    this.dismissing = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(() => this.load());
  }

  /** Who waits is news; the form that somebody fills in stays as it is. */
  freshen() {
    return this.linkingKey || this.dismissing ? undefined : this.load().then(() => this.requestUpdate());
  }

  async load() {
    await this.model.refreshDirectory();
    this.groups = grouped(await this.calls.queue());
  }

  render() {
    const again = html`<button class="button" type="button" @click=${() => this.attempt(() => this.load())}>${icon('sync')}<span>${say('look_again')}</span></button>`;
    return html`${this.head(say('section_queue'), say('queue_lead'), again)}${this.outcome()}
      ${this.groups === null ? html`<p class="quiet">${say(this.busy ? 'loading' : 'not_loaded')}</p>` : this.groups.length === 0 ? none('check', say('queue_none'), say('queue_none_how'))
        : html`<ul class="cards">${repeat(this.groups, ({ key }) => key, (group) => this.group(group))}</ul>`}`;
  }

  /** @param {Group} group */
  group(group) {
    const { key, ids, first } = group;
    const { patient, person, role, organisation, received_at: receivedAt } = first;
    const open = this.linkingKey === key || this.dismissing === key;
    return html`<li class="card"><div class="card-row">
      <div class="who-row">${face(role)}<p><b>${this.personName(person)}</b> <span class="quiet">${word('role', role)}・${this.officeName(organisation)}</span>
        <br>${say('queue_about')} <a href=${hrefOf('patients', patient.id)}><b>${patient.name.kanji}</b></a> <small class="quiet">${patient.name.kana}</small></p></div>
      <p class="quiet">${icon('clock')} ${say('queue_since', { at: moment(Date.parse(receivedAt)) })}・${say('queue_entries', { count: ids.length })}</p>
      ${open ? nothing : html`<div class="device-acts">
        <button class="button button-primary button-small" type="button" @click=${() => this.begin(group)}>${icon('link')}<span>${say('queue_link')}</span></button>
        <button class="button button-small" type="button" @click=${() => this.change({ dismissing: key, linkingKey: '', linking: null })}>${say('queue_dismiss')}</button></div>`}</div>
      ${this.linkingKey === key && this.linking ? linkForm(this.linking, (event) => this.link(event, group), () => this.change({ linking: null, linkingKey: '' })) : nothing}
      ${this.dismissing === key ? this.dismissForm(group) : nothing}</li>`;
  }

  /** @param {Group} group */
  begin({ key, first: { patient, organisation, person } }) {
    const before = patient.team?.find((link) => link.organisation === organisation);
    const people = [...new Set([...(before?.people ?? []), person])];
    this.change({ linkingKey: key, dismissing: '', linking: new Linking(this, { patient: patient.id, organisation, people, isThere: Boolean(before) }) });
  }

  /** @param {Event} event @param {Group} group */
  link(event, { ids, first: { patient } }) {
    event.preventDefault();
    const { linking } = this;
    if (!linking || linking.unsaid) return;
    this.attempt(async () => {
      if (await linking.send() === null) return null;
      this.change({ linking: null, linkingKey: '' });
      const joined = await this.haveJoined(ids);
      return say(joined ? 'queue_linked' : 'queue_joining', { name: patient.name.kanji, count: ids.length });
    });
  }

  /** The hub lets them join the timeline after the link, which takes a moment. @param {string[]} ids */
  async haveJoined(ids) {
    for (let look = 0; ; look += 1) {
      await this.load();
      if (!this.groups?.some((group) => group.ids.some((id) => ids.includes(id)))) return true;
      if (look === LOOKS_MAX) return false;
      await new Promise((resolve) => { this.model.clock.after(() => resolve(undefined), LOOK_PAUSE_MS); });
    }
  }

  /** @param {Group} group */
  dismissForm(group) {
    return html`<form class="device-revoke" @submit=${(/** @type {any} */ event) => this.dismiss(event, group)}>
      <label class="field">${say('queue_dismiss_why')}<input name="reason" required maxlength="1000"></label>
      <p class="quiet">${say('queue_dismiss_how')}</p>
      <span class="device-acts"><button class="button button-primary button-small" type="submit" aria-disabled=${String(this.busy)}>${say('queue_dismiss')}</button>
      <button class="button button-small" type="button" @click=${() => this.change({ dismissing: '' })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {Group} group */
  dismiss(event, { ids }) {
    event.preventDefault();
    const reason = String(new FormData(event.target).get('reason') ?? '').trim();
    this.attempt(async () => {
      try {
        for (const id of ids) await this.calls.dismiss(id, reason);
        this.dismissing = '';
      } finally {
        await this.load();
      }
    }, say('queue_dismissed'));
  }
}

customElements.define('renkei-console-queue', Queue);
