// `<renkei-console-person>`: one person of an office: roles, the state of the account, and what may be done about it: an
// invitation (link and code go different ways), recovery, ending sign-ins, administration of the office, suspension.

import { html, nothing } from '../../vendor/lit.js';
import { lastUse } from '../../console/accounts.js';
import { Act } from '../../console/act.js';
import { say } from '../../console/phrases.js';
import { moment } from '../../dates.js';
import { word } from '../../language.js';
import { WORDS } from '../../words.js';
import { face } from '../face.js';
import { icon } from '../icons.js';
import { Section, buttonWords, holdsOf, primary } from './section.js';

/**
 * @typedef {import('../../console/calls.js').Account} Account
 * @typedef {'recover' | 'remove' | 'suspend' | 'administer' | 'administer_not' | 'end_sign_ins' | 'position' | 'activate' | 'restore'} Doing
 */

/** Whose part opens as soon as it is shown: somebody came here for them. */
let wanted = '';
/** @param {string} person */
export const openPerson = (person) => { wanted = person; };

const ROLES = Object.keys(WORDS.role).filter((role) => role !== 'gateway');

export class PersonRow extends Section {
  static properties = { ...Section.properties, office: { attribute: false }, person: { attribute: false }, account: { attribute: false } };

  constructor() {
    super();
    /** @type {import('../../console/calls.js').Office} */
    this.office = /** @type {any} */ (undefined);
    /** @type {import('../../console/calls.js').Person} */
    this.person = /** @type {any} */ (undefined);
    /** @type {Account | null | undefined} */
    this.account = undefined;
    this.isOpen = false;
    /** Whether they administer this office, as far as this page was told. @type {boolean | undefined} */
    this.administers = undefined;
    /** @type {Doing | ''} */
    this.doing = '';
    /** Shown this once. @type {import('../../console/calls.js').Invitation | null} */
    this.once = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.act = new Act(this.model, () => this.requestUpdate());
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('person') && this.person.id === wanted) {
      wanted = '';
      this.isOpen = true;
      this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.person-head'))?.focus());
    }
  }

  /** Of oneself it is known, of others what the hub says of them or what was done here. */
  get isAdministrator() {
    const { account, model, office, person } = this;
    if (this.administers !== undefined) return this.administers;
    if (person.id === model.myId) return Boolean(model.me?.administers?.includes(office.id));
    return account?.administers?.includes(office.id);
  }

  get roles() {
    return this.person.positions.filter(({ organisation }) => organisation === this.office.id).map(({ role }) => role);
  }

  render() {
    const { person, isOpen, roles } = this;
    const id = `person-${person.id}`;
    return html`<div class="person ${person.active ? '' : 'person-off'}">
      <button class="person-head" type="button" aria-expanded=${String(isOpen)} aria-controls=${id} @click=${() => this.change({ isOpen: !isOpen })}>
        ${face(roles[0] ?? '')}<span class="person-name"><b>${person.name.kanji}</b> <small>${person.name.kana}</small><small>${roles.map((role) => word('role', role)).join('・')}</small></span>
        <span class="person-marks">${this.isAdministrator ? html`<span class="mark mark-host">${icon('office')}<span>${say('administrator')}</span></span>` : nothing}${this.state()}</span></button>
      <div id=${id} class="person-body" ?hidden=${!isOpen}>${isOpen ? this.body() : nothing}</div></div>`;
  }

  /** The account in a word. */
  state() {
    const { person, account } = this;
    const mark = (/** @type {string} */ tone, /** @type {Parameters<typeof icon>[0]} */ sign, /** @type {string} */ words) => html`<span class="mark ${tone}">${icon(sign)}<span>${words}</span></span>`;
    if (this.roles.every((role) => role === 'gateway')) return nothing;
    if (!person.active) return mark('mark-restricted', 'stop', say('account_off'));
    if (account === undefined) return html`<span class="mark">${say('loading')}</span>`;
    if (account === null) return html`<span class="mark">${say('account_unseen')}</span>`;
    if (account.is_damaged) return mark('mark-restricted', 'stop', say('account_damaged'));
    // Somebody may come in without an account of their own: by a link of the demo, or of another service.
    if (account.is_set_up || lastUse(account)) return mark('mark-present', 'check', say('account_active'));
    if (account.invited_until) return mark('mark-host', 'wait', say('account_invited'));
    return mark('mark-restricted', 'wait', say('account_none'));
  }

  body() {
    const { account } = this;
    const last = lastUse(account);
    return html`${this.outcome()}
      ${account ? html`<p class="quiet">${account.login ? html`${say('login')}：<b>${account.login}</b>・` : nothing}${account.invited_until ? html`${say('invited_until', { at: moment(Date.parse(account.invited_until)) })}・` : nothing}${
        last ? say('last_used', { at: moment(last) }) : say(account.is_set_up ? 'signed_out_now' : 'never_signed_in')}</p>` : nothing}
      ${this.shownOnce()}${this.doing ? this.form(this.doing) : this.acts()}`;
  }

  acts() {
    const { account, person, model } = this;
    const act = (/** @type {Parameters<typeof icon>[0]} */ sign, /** @type {string} */ words, /** @type {() => void} */ go, kind = '') =>
      html`<button class="button button-small ${kind}" type="button" aria-disabled=${String(this.busy)} @click=${go}>${icon(sign)}<span>${words}</span></button>`;
    if (!person.active) return model.isSecretariat ? html`<div class="device-acts">${act('check', say('restore'), () => this.begin('restore'))}</div>` : nothing;
    return html`<div class="device-acts">
      ${account && !account.is_set_up && !account.is_damaged ? act('send', say(account.invited_until ? 'invite_again' : 'invite'), () => this.invite(), account.invited_until ? '' : 'button-primary') : nothing}
      ${account?.invited_until ? act('close', say('invite_withdraw'), () => this.withdraw()) : nothing}
      ${account?.is_set_up || account?.is_damaged ? act('sync', say('recover'), () => this.begin('recover')) : nothing}
      ${account?.sign_ins.length ? act('leave', say('end_sign_ins'), () => this.begin('end_sign_ins')) : nothing}
      ${model.isSecretariat ? html`${act('edit', say('position_change'), () => this.begin('position'))}
        ${this.office.type === 'home' ? nothing : html`${act('office', say(this.isAdministrator ? 'administer_not' : 'administer'), () => this.begin(this.isAdministrator ? 'administer_not' : 'administer'))}${act('check', say('activate'), () => this.begin('activate'))}`}
        ${act('stop', say('suspend'), () => this.begin('suspend'))}` : nothing}
      ${act('leave', say('person_remove'), () => this.begin('remove'))}</div>`;
  }

  /** @param {Doing} doing */
  begin(doing) {
    this.act?.begin();
    this.change({ doing, trouble: '', done: '' });
  }

  changed(directory = true) {
    this.dispatchEvent(new CustomEvent('account-changed', { bubbles: true, detail: this.person.id }));
    if (directory) this.dispatchEvent(new CustomEvent('office-changed', { bubbles: true }));
  }

  invite() {
    this.attempt(async () => {
      this.once = await this.calls.invite(this.person.id);
      this.changed(false);
    });
  }

  withdraw() {
    this.attempt(async () => {
      await this.calls.withdrawInvitation(this.person.id);
      this.once = null;
      this.changed(false);
    }, say('invite_withdrawn'));
  }

  /** Link and code go different ways, and are not shown again. */
  shownOnce() {
    const { once } = this;
    if (!once) return nothing;
    return html`<section class="once" role="status"><h3>${say('invitation_for', { name: this.person.name.kanji })}</h3>
      <div class="once-two"><img class="qr" alt=${say('invitation_qr')} width="180" height="180" src="data:image/svg+xml;base64,${btoa(once.qr)}">
        <div><p class="quiet">${say('invitation_how')}</p><p><code class="secret">${once.link}</code></p>
        <button class="button button-small" type="button" @click=${() => this.copy(once.link)}>${icon('copy')}<span>${say('copy_link')}</span></button></div></div>
      <p class="set-up-name"><span>${say('invitation_code')}</span><b class="told">${once.code}</b><small>${say('invitation_code_how')}</small></p>
      <p class="quiet">${say('login')}：<b>${once.login}</b>・${say('invited_until', { at: moment(Date.parse(once.expires_at)) })}</p>
      <button class="button" type="button" @click=${() => this.change({ once: null, done: '' })}>${say('invitation_noted')}</button></section>`;
  }

  /** @param {string} text */
  copy(text) {
    navigator.clipboard?.writeText(text).then(() => this.change({ done: say('copied'), trouble: '' }), () => this.change({ trouble: say('copy_failed'), done: '' }));
  }

  /** What is about to be done, said once more, with a reason where the hub keeps one. @param {Doing} doing */
  form(doing) {
    const act = /** @type {Act} */ (this.act);
    const role = this.roles[0] ?? '';
    return html`<form class="device-revoke doing" @submit=${(/** @type {any} */ event) => this.do(event, doing)}>
      <p>${say(/** @type {any} */ (`sure_${doing}`), { name: this.person.name.kanji, office: this.office.name })}</p>
      ${doing === 'recover' ? html`<label class="field">${say('reason')}<input name="reason" required maxlength="1000"></label>` : nothing}
      ${doing === 'position' || doing === 'activate' ? html`<label class="field">${say('role')}<select name="role" required>${ROLES.map((one) => html`<option value=${one} ?selected=${one === role}>${word('role', one)}</option>`)}</select></label>` : nothing}
      ${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, say(doing === 'administer' ? 'administer_do' : doing === 'remove' ? 'person_remove' : doing === 'position' ? 'save' : /** @type {any} */ (doing))) })}
        ${doing === 'administer' && this.isAdministrator === undefined ? html`<button class="button" type="button" aria-disabled=${String(this.busy)} @click=${() => this.run('administer_not', '', '')}>${say('administer_not')}</button>` : nothing}
        <button class="button" type="button" @click=${() => this.change({ doing: '' })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {Doing} doing */
  do(event, doing) {
    event.preventDefault();
    const fields = new FormData(event.target);
    this.run(doing, String(fields.get('reason') ?? '').trim(), String(fields.get('role') ?? ''));
  }

  /** @param {Doing} doing @param {string} reason @param {string} role */
  run(doing, reason, role) {
    this.attempt(async () => {
      if (await WORK[doing](this, reason, role) === null) return null;
      this.doing = '';
      this.changed();
      return undefined;
    }, say(/** @type {any} */ (`did_${doing}`), { name: this.person.name.kanji }));
  }
}

/** @type {Record<Doing, (row: PersonRow, reason: string, role: string) => Promise<unknown>>} */
const WORK = {
  recover: async (row, reason) => {
    row.once = await row.calls.recover(row.person.id, reason);
  },
  remove: async (row) => {
    await row.calls.removeStaff(row.office.id, row.person.id);
  },
  suspend: async (row) => {
    await row.calls.suspend(row.person.id);
  },
  restore: (row) => row.calls.savePerson({ ...row.person, active: true }),
  end_sign_ins: async (row) => {
    await row.calls.endSignIns(row.person.id);
  },
  administer: async (row) => {
    await row.calls.addAdministrator(row.office.id, row.person.id);
    row.administers = true;
  },
  administer_not: async (row) => {
    await row.calls.removeAdministrator(row.office.id, row.person.id);
    row.administers = false;
  },
  position: (row, _, role) => row.calls.savePerson({
    ...row.person, positions: [...row.person.positions.filter(({ organisation }) => organisation !== row.office.id), { organisation: row.office.id, role }],
  }),
  activate: (row, _, role) => /** @type {Act} */ (row.act).send(row.office.id, { activation: { person: row.person.id, role } }),
};

customElements.define('renkei-console-person', PersonRow);
