// `<renkei-console-team>`: the team of a patient and, beside it, everybody who could join: offices and people by name, kana and
// profession, added by a click, by the keyboard or by dragging. Ending a link and changing the host take a reason.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { candidates } from '../../console/candidates.js';
import { say } from '../../console/phrases.js';
import { moment } from '../../dates.js';
import { word } from '../../language.js';
import { face } from '../face.js';
import { icon } from '../icons.js';
import { Linking, linkForm } from './link-form.js';
import { PatientPart } from './patient-part.js';
import { buttonWords, commas, holdsOf, none, primary } from './section.js';

const SHOWN_MAX = 8;
const DRAGGED = 'application/x-renkei-candidate';

/** @typedef {import('../../console/calls.js').Link} Link @typedef {import('../../console/candidates.js').Candidate} Candidate */

export class TeamPart extends PatientPart {
  constructor() {
    super();
    this.query = '';
    /** @type {Linking | null} */
    this.linking = null;
    /** What is being done with a link. @type {{what: 'unlink' | 'host', organisation: string, act: Act} | null} */
    this.doing = null;
    this.isOver = false;
  }

  get team() {
    return [...(this.patient.team ?? [])].sort((a, b) => Number(b.host) - Number(a.host));
  }

  render() {
    const { team } = this;
    const over = (/** @type {any} */ event) => {
      if (!event.dataTransfer?.types.includes(DRAGGED)) return;
      event.preventDefault();
      if (!this.isOver) this.change({ isOver: true });
    };
    return html`${this.outcome()}<div class="team-desk">
      <section class="card drop ${this.isOver ? 'drop-over' : ''}" aria-label=${say('team_now')} @dragover=${over} @dragleave=${() => this.change({ isOver: false })} @drop=${(/** @type {any} */ event) => this.drop(event)}>
        <h2>${icon('team')}<span>${say('team_now')}</span><b class="count">${team.length}</b></h2>
        ${this.linking ? linkForm(this.linking, (event) => this.link(event), () => this.endLinking()) : nothing}
        ${team.length === 0 && !this.linking ? none('team', say('team_none'), say('team_none_how')) : nothing}
        <ul class="lines">${repeat(team, ({ organisation }) => organisation, (link) => this.member(link))}</ul>
        <p class="drop-hint quiet">${say('team_drop')}</p>
      </section>
      ${this.picker()}</div>`;
  }

  /** @param {Link} link */
  member(link) {
    const { organisation, people, host, since } = link;
    const office = this.model.organisations.get(organisation);
    const doing = this.doing?.organisation === organisation ? this.doing : null;
    return html`<li class="member" data-office=${organisation}>
      <div><p><b>${this.officeName(organisation)}</b> ${host ? html`<span class="mark mark-host">${say('host')}</span>` : nothing}</p>
        <p class="quiet">${office ? word('organisation_type', office.type) : nothing}${since ? html`・${say('since', { at: moment(Date.parse(since)) })}` : nothing}</p>
        <p class="member-people">${people.length === 0 ? say('everybody') : commas(people.map((id) => this.personName(id)))}</p></div>
      ${doing ? this.doingForm(doing, link) : html`<div class="device-acts">
        <button class="button button-small" type="button" @click=${() => this.begin({ organisation, people })}>${say('member_change')}</button>
        ${host ? nothing : html`<button class="button button-small" type="button" @click=${() => this.beginDoing('host', organisation)}>${say('host_make')}</button>`}
        <button class="button button-small" type="button" @click=${() => this.beginDoing('unlink', organisation)}>${say('unlink')}</button></div>`}</li>`;
  }

  /** @param {{organisation: string, people?: string[]}} chosen */
  begin({ organisation, people = [] }) {
    const before = this.team.find((link) => link.organisation === organisation);
    const linking = new Linking(this, {
      patient: this.patient.id, organisation, people, host: before?.host ?? this.team.length === 0, isThere: Boolean(before),
    });
    this.change({ linking, doing: null, done: '', trouble: '' });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.link-form input:checked'))?.focus());
  }

  endLinking() {
    this.change({ linking: null });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.picker input'))?.focus());
  }

  /** @param {Event} event */
  link(event) {
    event.preventDefault();
    const { linking } = this;
    if (!linking || linking.unsaid) return;
    this.attempt(async () => {
      if (await linking.send() === null) return null;
      this.query = '';
      this.endLinking();
      await this.patientChanged();
      return undefined;
    }, say('linked', { name: this.officeName(linking.organisation) }));
  }

  // ── who may join ──

  picker() {
    const found = candidates(this.query, this.model, this.patient.team ?? []);
    return html`<section class="card picker" aria-label=${say('team_add')}><h2>${icon('plus')}<span>${say('team_add')}</span></h2>
      <label class="search">${icon('search')}<span class="unseen">${say('team_search')}</span><input type="search" autocomplete="off" placeholder=${say('team_search')} .value=${this.query}
        @input=${(/** @type {any} */ event) => this.change({ query: event.target.value })}></label>
      <p class="unseen" role="status">${say('found', { count: found.length })}</p>
      ${found.length === 0 ? none('search', say('team_search_none'), say('team_search_none_how')) : html`<ul class="pick-list">${repeat(found.slice(0, SHOWN_MAX), ({ key }) => key, (one) => this.candidate(one))}</ul>`}
      ${found.length > SHOWN_MAX ? html`<small class="quiet">${say('narrow_search', { count: found.length - SHOWN_MAX })}</small>` : nothing}</section>`;
  }

  /** @param {Candidate} one */
  candidate(one) {
    const { key, organisation, person, role, name, about, isOn } = one;
    const drag = (/** @type {any} */ event) => event.dataTransfer.setData(DRAGGED, key);
    return html`<li class="candidate" draggable=${isOn ? 'false' : 'true'} @dragstart=${drag} data-key=${key}>
      ${person ? face(role) : html`<span class="face face-gray" aria-hidden="true">${icon('office')}</span>`}
      <span class="candidate-name"><b>${name}</b><small>${about}</small></span>
      ${isOn ? html`<span class="mark mark-present">${icon('check')}<span>${say('is_on')}</span></span>` : html`<button class="button button-small" type="button"
        aria-label="${say('add')}: ${name}" @click=${() => this.choose({ organisation, person })}>${icon('plus')}<span>${say('add')}</span></button>`}</li>`;
  }

  /** Somebody of an office that is on the team with some of its people joins them. @param {{organisation: string, person: string}} chosen */
  choose({ organisation, person }) {
    const before = this.team.find((link) => link.organisation === organisation)?.people ?? [];
    this.begin({ organisation, people: person ? [...before, person] : [] });
  }

  /** @param {any} event */
  drop(event) {
    const key = event.dataTransfer?.getData(DRAGGED);
    this.change({ isOver: false });
    if (!key) return;
    event.preventDefault();
    const [organisation, person = ''] = key.split(' ');
    this.choose({ organisation, person });
  }

  // ── ending a link, another host ──

  /** @param {'unlink' | 'host'} what @param {string} organisation */
  beginDoing(what, organisation) {
    this.change({ doing: { what, organisation, act: new Act(this.model, () => this.requestUpdate()) }, linking: null, done: '', trouble: '' });
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.doing input:not([type=checkbox])'))?.focus());
  }

  /** @param {{what: 'unlink' | 'host', organisation: string, act: Act}} doing @param {Link} link */
  doingForm({ what, organisation, act }, link) {
    const words = say(what === 'unlink' ? 'unlink' : 'host_make');
    return html`<form class="device-revoke doing" @submit=${(/** @type {any} */ event) => this.do(event)}>
      <p class="quiet">${say(what === 'unlink' ? 'unlink_how' : 'host_make_how', { name: this.officeName(organisation) })}</p>
      ${what === 'unlink' && link.people.length > 1 ? html`<fieldset class="field"><legend>${say('unlink_whom')}</legend>${link.people.map((id) => html`<label class="choice-line">
        <input type="checkbox" name="people" value=${id} checked><span>${this.personName(id)}</span></label>`)}</fieldset>` : nothing}
      ${what === 'unlink' && link.host ? html`<p class="notice notice-warning">${icon('alarm')}<span>${say('unlink_host')}</span></p>` : nothing}
      <label class="field">${say('reason')}<input name="reason" required maxlength="1000"></label>${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, words) })}
        <button class="button" type="button" @click=${() => this.change({ doing: null })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event */
  do(event) {
    event.preventDefault();
    const { doing } = this;
    if (!doing) return;
    const { what, organisation, act } = doing;
    const fields = new FormData(event.target);
    const reason = String(fields.get('reason') ?? '').trim();
    const linked = this.team.find((link) => link.organisation === organisation)?.people ?? [];
    const people = fields.getAll('people').map(String);
    if (what === 'unlink' && linked.length > 1 && people.length === 0) {
      this.change({ trouble: say('unlink_nobody') });
      return;
    }
    const body = what === 'host' ? { hostChange: { organisation, reason } }
      : { teamUnlink: { organisation, reason, ...(people.length && people.length < linked.length ? { people } : {}) } };
    this.enter(act, body, say(what === 'host' ? 'host_made' : 'unlinked', { name: this.officeName(organisation) }), () => { this.doing = null; });
  }
}

customElements.define('renkei-console-team', TeamPart);
