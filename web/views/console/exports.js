// `<renkei-console-exports>`: who asks to take which records out. The secretariat permits a request by acknowledging it, or
// declines the duty that it opened, with a reason; both are entries on the timeline of the office that asks.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { say } from '../../console/exports-phrases.js';
import { calendarDate, moment } from '../../dates.js';
import { termsOf } from '../../paper-permission.js';
import { aside } from '../../language.js';
import { listed } from '../../console/wording.js';
import { icon } from '../icons.js';
import { facts } from '../sheet.js';
import { Section, buttonWords, commas, holdsOf, none, primary } from './section.js';

/**
 * @typedef {import('../taking-out.js').ExportRequest} ExportRequest
 * @typedef {import('../../rest.js').Patient} Patient
 */

const SIGNS = /** @type {const} */ ({ waiting: 'wait', permitted: 'check', declined: 'close', expired: 'clock', taken: 'leave' });
const TONES = { waiting: 'mark-restricted', permitted: 'mark-present', declined: '', expired: '', taken: 'mark-host' };

/** What is blacked out on a sheet, by the words of `scopeOf`. */
const HIDDEN = /** @type {Record<string, Parameters<typeof say>[0]>} */ ({ name: 'hidden_name', birth: 'hidden_birth', phones: 'hidden_phones', words: 'hidden_words' });

/** Which records, in words: a sheet for an office that does not take part says where to, which days and what is blacked out. @param {ExportRequest} request @returns {[string, unknown][]} */
function reach({ purpose, scope, de_identified: blind }) {
  const terms = termsOf({ purpose, scope });
  if (!terms) return [[say('scope'), blind ? `${scope}${aside(say('blind'))}` : scope]];
  const { to, from, until, hides } = terms;
  const hidden = hides.filter((one) => one in HIDDEN);
  return [[say('to'), to], [say('days'), `${calendarDate(from)} – ${calendarDate(until)}`],
    [say('hidden'), hidden.length ? listed(hidden.map((one) => say(HIDDEN[one])))
      : html`<span class="mark mark-restricted">${icon('alarm')}<span>${say('hidden_nothing')}</span></span>`],
    ...(hides.includes('restricted-included') ? /** @type {[string, unknown][]} */ ([[say('restricted'), html`<span class="mark mark-restricted">${icon('alarm')}<span>${say('restricted_included')}</span></span>`]]) : [])];
}

export class ExportRequests extends Section {
  constructor() {
    super();
    /** @type {ExportRequest[] | null} */
    this.requests = null;
    /** Those whom waiting requests name. @type {Map<string, Patient>} */
    this.patients = new Map();
    /** What is about to be done, and to which request. @type {{id: string, how: 'permit' | 'decline'} | null} */
    this.doing = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.act = new Act(this.model, () => this.requestUpdate());
    this.attempt(() => this.load());
  }

  async load() {
    await this.model.refreshDirectory();
    const { requests, patients } = await this.model.rest.exports();
    this.requests = requests;
    this.patients = new Map(patients.map((patient) => [patient.id, patient]));
  }

  render() {
    const { requests } = this;
    const waiting = (requests ?? []).filter(({ state }) => state === 'waiting');
    const earlier = (requests ?? []).filter(({ state }) => state !== 'waiting');
    const again = html`<button class="button" type="button" @click=${() => this.attempt(() => this.load())}>${icon('sync')}<span>${say('look_again')}</span></button>`;
    return html`${this.head(say('title'), say('lead'), again)}${this.outcome()}
      ${requests === null ? html`<p class="quiet">${say('loading')}</p>` : html`
        <h2>${say('waiting')} <span class="count">${waiting.length}</span></h2>
        ${waiting.length === 0 ? none('check', say('none'), say('none_how')) : this.list(waiting)}
        ${earlier.length === 0 ? nothing : html`<h2>${say('earlier')} <span class="count">${earlier.length}</span></h2>${this.list(earlier)}`}`}`;
  }

  /** @param {ExportRequest[]} requests */
  list(requests) {
    return html`<ul class="cards">${repeat(requests, ({ id }) => id, (request) => this.request(request))}</ul>`;
  }

  /** @param {ExportRequest} request */
  whose({ patients }) {
    const names = patients.flatMap((id) => this.patients.get(id)?.name.kanji ?? []);
    if (patients.length === 0) return say('scope_says');
    return names.length === patients.length ? commas(names) : say('several', { count: patients.length });
  }

  /** @param {ExportRequest} request */
  request(request) {
    const { by, organisation, asked_at: askedAt, purpose, state, until } = request;
    const permitted = until ? say('permitted_until', { name: this.personName(request.permitted_by ?? ''), at: moment(Date.parse(until)) }) : '';
    return html`<li class="card">
      <p><b>${this.personName(by)}</b> <span class="quiet">${this.officeName(organisation)}・${say('since', { at: moment(Date.parse(askedAt)) })}</span>
        <span class="mark ${TONES[state]}">${icon(SIGNS[state])}<span>${say(`state_${state}`)}</span></span></p>
      ${facts([say('of_whom'), this.whose(request)], [say('purpose'), purpose], ...reach(request))}
      ${permitted ? html`<p class="quiet">${permitted}</p>` : nothing}
      ${state === 'waiting' ? this.acts(request) : nothing}</li>`;
  }

  /** @param {ExportRequest} request */
  acts(request) {
    const { id, by, duty } = request;
    if (by === this.model.myId) return html`<p class="quiet">${say('own')}</p>`;
    if (this.doing?.id === id) return this.form(request, this.doing.how);
    const begin = (/** @type {'permit' | 'decline'} */ how) => {
      this.act?.begin();
      this.change({ doing: { id, how }, trouble: '', done: '' });
    };
    return html`<div class="device-acts"><button class="button button-primary button-small" type="button" @click=${() => begin('permit')}>${icon('check')}<span>${say('permit')}</span></button>
      ${duty ? html`<button class="button button-small" type="button" @click=${() => begin('decline')}>${icon('close')}<span>${say('decline')}</span></button>` : nothing}</div>`;
  }

  /** @param {ExportRequest} request @param {'permit' | 'decline'} how */
  form(request, how) {
    const act = /** @type {Act} */ (this.act);
    return html`<form class="device-revoke" @submit=${(/** @type {any} */ event) => this.do(event, request, how)}>
      ${how === 'permit' ? html`<p>${say('permit_sure', { name: this.personName(request.by), patients: this.whose(request) })}</p>`
        : html`<label class="field">${say('decline_why')}<input name="reason" required maxlength="1000" autocomplete="off"></label>`}
      ${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, say(how === 'permit' ? 'permit' : 'decline_do')) })}
        <button class="button" type="button" @click=${() => this.change({ doing: null })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {ExportRequest} request @param {'permit' | 'decline'} how */
  do(event, { id, organisation, duty }, how) {
    event.preventDefault();
    const reason = String(new FormData(event.target).get('reason') ?? '').trim();
    const body = how === 'permit' ? { acknowledgement: { target: id } } : { dutyAnswer: { duty, reason, declined: {} } };
    this.attempt(async () => {
      if (await this.act?.send(organisation, body) === null) return null;
      this.doing = null;
      await this.load();
      return undefined;
    }, say(how === 'permit' ? 'permitted' : 'declined'));
  }
}

customElements.define('renkei-console-exports', ExportRequests);
