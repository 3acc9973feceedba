// `<renkei-summary>`: one patient on one screen: what to look out for, allergies, problems, illness, drugs, devices, standing
// orders, wishes, family, whom to phone, what is planned. Each with the entry it comes from; what nobody recorded is said to be missing.

import { html, nothing } from '../vendor/lit.js';
import { calendarDate, moment, shortMoment } from '../dates.js';
import { closenessOf, drugText, gist, relationText, settingsText } from '../gist.js';
import { aside, say, word } from '../language.js';
import { summaryOf } from '../summary.js';
import { GRAPHS, unitOf } from '../readings.js';
import { forWhomText } from './behalf.js';
import { alarmText } from './bodies.js';
import { callLink } from './calling.js';
import { DutyWish } from './duty.js';
import { whoText } from './face.js';
import { icon } from './icons.js';
import { leadsTo } from './quote.js';
import { View } from './view.js';

/** @typedef {import('../summary.js').Said} Said @typedef {import('../summary.js').Summary} Summary */

export class SummaryView extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    /** @type {{version: number, minute: number, summary: Summary} | null} */
    this.held = null;
  }

  /** @returns {Summary} */
  get summary() {
    const timeline = this.model.timeline(this.timelineId);
    const minute = Math.floor(this.model.clock.now() / 60_000);
    const { held } = this;
    if (held && held.version === timeline.version && held.minute === minute) return held.summary;
    const summary = summaryOf(timeline, this.model.clock.now());
    this.held = { version: timeline.version, minute, summary };
    return summary;
  }

  render() {
    const { summary } = this;
    return html`<div class="summary"><h2 class="unseen">${say('tab_summary')}</h2>
      ${this.heed(summary)}
      ${this.card('allergies', word('kind', 'allergies'), summary.allergies, ({ body }) => html`${body.noneKnown ? html`<p>${say('none_known')}</p>` : nothing}
        ${list((body.items ?? []).map((/** @type {any} */ one) => html`<b>${one.substance}</b>${aside(word('allergy_type', one.allergyType ?? ''))} ${one.reaction}`))}${plain(body.text)}`, 'summary_no_allergies')}
      ${this.problems(summary)}${this.illness(summary)}${this.drugs(summary)}${this.devices(summary)}
      ${this.many('standing', word('kind', 'standing_order'), summary.standing, ({ body }) => html`<p><b>${body.condition}</b></p>${plain(body.instruction)}${plain((body.drugs ?? []).map(drugText).join('、'))}
        ${body.until ? html`<p class="quiet">${say('summary_until', { at: calendarDate(body.until) })}</p>` : nothing}`)}
      ${this.card('acp', word('kind', 'acp_note'), summary.acp, ({ body }) => html`${body.keepPrivate ? html`<p class="body-flag">${icon('stop')}<span>${say('keep_private')}</span></p>` : nothing}${plain(body.text)}
        ${body.proxy ? html`<p><span class="quiet">${say('proxy')}</span> <b>${body.proxy}</b></p>` : nothing}
        ${body.discussedOn ? html`<p class="quiet">${say('discussed_on')} ${calendarDate(body.discussedOn)}</p>` : nothing}`)}
      ${this.keyPeople(summary)}${this.phones()}${this.vitals()}
      ${summary.planned.length ? this.many('planned', say('summary_planned'), summary.planned.slice(0, 4), ({ item, body }) => html`<p><b>${moment(Number(body.startsAtUs ?? body.atUs ?? body.heldAtUs) / 1000)}</b>
        ${word('kind', item.kind)} ${body.organisation ? this.model.organisationName(body.organisation) : ''}</p>${plain(body.text)}`) : nothing}
    </div>`;
  }

  /** @param {string} name @param {unknown} title @param {unknown} content */
  section(name, title, content) {
    return html`<section class="summary-card summary-${name}" aria-labelledby="summary-${name}"><h3 id="summary-${name}">${title}</h3>${content}</section>`;
  }

  /** One thing, or that nobody recorded it. @param {string} name @param {string} title @param {Said | null} said @param {(said: Said) => unknown} show @param {any} [missing] */
  card(name, title, said, show, missing = 'summary_nothing') {
    return this.section(name, title, said ? html`${show(said)}${this.source(said)}` : html`<p class="summary-none">${say(missing)}</p>`);
  }

  /** @param {string} name @param {string} title @param {Said[]} all @param {(said: Said) => unknown} show */
  many(name, title, all, show) {
    return this.section(name, title, all.length ? html`<ul class="summary-list">${all.map((one) => html`<li>${show(one)}${this.source(one)}</li>`)}</ul>` : html`<p class="summary-none">${say('summary_nothing')}</p>`);
  }

  /** Who said it, when; leads there. @param {{item: import('../timeline.js').Item}} said */
  source({ item }) {
    return html`<button class="button-link summary-source" type="button" @click=${leadsTo(this.timelineId, item.id)}>${whoText(this.model, item.author)}${item.onBehalf ? `・${forWhomText(this.model, item)}` : ''}・${shortMoment(item.recordedAtMs)}</button>`;
  }

  /** @param {Summary} summary */
  heed({ away, infections }) {
    const alarmed = Object.entries(this.model.latestOf(this.timelineId)).filter(([, { alarm }]) => alarm);
    if (!away && infections.length === 0 && alarmed.length === 0) return nothing;
    return this.section('heed', html`${icon('alarm')}<span>${say('summary_heed')}</span>`, html`<ul class="summary-list">
      ${alarmed.map(([sign, { value, alarm, atMs }]) => html`<li><b>${word('vital_sign', sign)} ${value} ${word('unit', unitOf(sign))}</b> ${alarm ? alarmText(alarm) : nothing} <small class="quiet">${shortMoment(atMs)}</small></li>`)}
      ${[...(away ? [away] : []), ...infections].map((one) => html`<li><b>${word('kind', one.item.kind)}</b> ${gist(one.body)}${this.source(one)}</li>`)}</ul>`);
  }

  /** The way to a list's form, which begins with the list that stands. @param {string} kind @param {Said | null} said */
  renew(kind, said) {
    if (!this.model.isProfessional) return nothing;
    const wish = () => this.dispatchEvent(new DutyWish('write-record', { timeline: this.timelineId, kind }));
    return html`<button class="button button-small summary-renew" type="button" aria-label="${word('kind', kind)}: ${say(said ? 'summary_renew' : 'summary_write')}" @click=${wish}>${icon('edit')}<span>${say(said ? 'summary_renew' : 'summary_write')}</span></button>`;
  }

  /** The main one first; what is over stands below, in a quiet voice. @param {Summary} summary */
  problems({ problems }) {
    const items = /** @type {any[]} */ (problems?.body.items ?? []);
    const line = (/** @type {any} */ one) => html`<b>${one.name}</b>${one.status === 'active' ? nothing : aside(word('problem_status', one.status ?? ''))}
      ${one.since ? html`<small class="quiet">${say('since_at', { at: calendarDate(one.since) })}</small>` : nothing} ${one.note}`;
    const over = items.filter(({ status }) => status === 'resolved');
    return this.section('problems', word('kind', 'problem_list'), html`${problems ? html`${list(items.filter(({ status }) => status !== 'resolved').map(line))}
      ${over.length ? html`<div class="summary-over">${list(over.map(line))}</div>` : nothing}${plain(problems.body.text)}${this.source(problems)}`
      : html`<p class="summary-none">${say('summary_nothing')}</p>`}${this.renew('problem_list', problems)}`);
  }

  /** @param {Summary} summary */
  illness({ instruction, carePlan }) {
    return this.card('illness', say('summary_illness'), instruction, ({ body }) => html`${body.diagnosis ? html`<p><b>${body.diagnosis}</b></p>` : nothing}${plain(body.condition)}
      <p class="quiet">${[body.bedridden && `${say('bedridden')} ${word('bedridden_level', body.bedridden)}`, body.dementia && `${say('dementia')} ${word('dementia_level', body.dementia)}`,
        (body.careLevel ?? carePlan?.body.careLevel) && word('care_level', body.careLevel ?? carePlan?.body.careLevel)].filter(Boolean).join('・')}</p>
      ${plain(body.outlook)}`, 'summary_no_illness');
  }

  /** @param {Summary} summary */
  drugs({ drugs, drugsSince }) {
    const since = drugsSince.length ? html`<p class="body-flag">${icon('alarm')}<span>${say('summary_drugs_since', { count: drugsSince.length })}</span></p>
      <ul class="summary-list">${drugsSince.map((one) => html`<li>${gist(one.body)}${this.source(one)}</li>`)}</ul>` : nothing;
    return this.section('drugs', say('drugs'), html`${drugs ? html`${list((drugs.body.drugs ?? []).map((/** @type {any} */ drug) => html`<b>${drug.name}</b> ${[drug.dose, drug.usage].filter(Boolean).join(' ')}`))}
      ${plain(drugs.body.text)}${drugs.body.asOf ? html`<p class="quiet">${say('as_of')} ${calendarDate(drugs.body.asOf)}</p>` : nothing}${this.source(drugs)}`
      : html`<p class="summary-none">${say('summary_nothing')}</p>`}${since}`);
  }

  /** @param {Summary} summary */
  devices({ devices }) {
    return this.section('devices', say('devices'), devices.length ? html`<ul class="summary-list">${devices.map((device) => html`<li><p><b>${device.name}</b></p>${plain(settingsText(device.settings))}
      ${device.found ? html`<p class="body-flag">${icon('alarm')}<span>${say('summary_found', { settings: settingsText(device.found.settings) })}</span></p>${this.source(device.found)}` : nothing}
      ${this.source(device)}</li>`)}</ul>` : html`<p class="summary-none">${say('summary_nothing')}</p>`);
  }

  vitals() {
    const latest = this.model.latestOf(this.timelineId);
    const shown = GRAPHS.filter(({ signs }) => signs.some((sign) => latest[sign]));
    if (shown.length === 0) return nothing;
    return this.section('vitals', say('summary_vitals'), html`<dl class="summary-readings">${shown.map(({ name, signs }) => {
      const values = signs.map((sign) => latest[sign]).filter(Boolean);
      return html`<div class=${values.some(({ alarm }) => alarm) ? 'alarmed' : ''}><dt>${name === 'pressure' ? say('blood_pressure') : word('vital_sign', name)}</dt>
        <dd><b>${values.map(({ value }) => value).join('/')}</b> <small>${word('unit', unitOf(signs[0]))}</small><small>${shortMoment(Math.max(...values.map(({ atMs }) => atMs)))}</small></dd></div>`;
    })}</dl>`);
  }

  /** Somebody close: who it is, what holds of them, each number to be called by a tap. @param {any} one */
  relative(one) {
    const { model, timelineId } = this;
    const text = say('call_related', { name: one.name, relation: relationText(one) });
    return html`<li class="summary-related"><p><b>${one.name}</b>${aside(relationText(one))} ${closenessOf(one).map((mark) => html`<span class="mark ${mark === say('key_person') ? 'mark-present' : ''}"><span>${mark}</span></span> `)}</p>
      ${(one.phones ?? []).map((/** @type {any} */ phone) => html`<p class="summary-line">${phone.used ? html`<span class="quiet">${word('phone_use', phone.used)}</span>` : nothing} ${callLink(model, timelineId, { phone: phone.number, organisation: '', text })}</p>`)}
      ${plain(one.note)}</li>`;
  }

  /** Family and others in the order in which they are phoned, and what other entries say of whom to turn to. @param {Summary} summary */
  keyPeople({ related, acp, instruction }) {
    const { model } = this;
    const items = /** @type {any[]} */ (related?.body.items ?? []);
    const family = (model.patients.get(this.timelineId)?.team ?? []).filter(({ organisation }) => model.organisations.get(organisation)?.type === 'home')
      .flatMap(({ people }) => (people ?? []).map((id) => model.personName(id))).filter(Boolean);
    const rows = /** @type {[string, string][]} */ ([[say('proxy'), acp?.body.proxy ?? ''], [say('emergency_contact'), instruction?.body.emergencyContact ?? ''], [word('role', 'family'), family.join('、')]]).filter(([, text]) => text);
    return this.section('people', say('summary_key_person'), html`${related ? html`${related.body.nobody ? html`<p class="body-flag">${icon('alarm')}<span>${say('nobody')}</span></p>` : nothing}
      ${items.length ? html`<ol class="summary-list summary-relatives">${items.map((one) => this.relative(one))}</ol>` : nothing}${plain(related.body.text)}${this.source(related)}`
      : html`<p class="summary-none">${say('summary_nothing')}</p>`}${this.renew('related_persons', related)}
      ${rows.length ? html`<h4 class="quiet">${say('summary_more_contacts')}</h4><dl class="summary-facts">${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>` : nothing}`);
  }

  phones() {
    const { model, timelineId } = this;
    const team = model.patients.get(timelineId)?.team ?? [];
    return this.section('phones', say('summary_phones'), html`<ul class="summary-list">${team.filter(({ organisation }) => model.organisations.get(organisation)?.type !== 'home').map(({ organisation }) => {
      const office = model.offices.of(organisation);
      const { contact } = office ?? {};
      const phone = contact?.phone || model.organisations.get(organisation)?.phone || '';
      return html`<li class="summary-phone"><p><b>${model.organisationName(organisation) || say('unknown_organisation')}</b> ${callLink(model, timelineId, { phone, organisation, person: contact?.phone ? contact.person ?? '' : '' })}</p>
        ${contact ? html`<p class="quiet">${[contact.department, contact.person && model.personName(contact.person), contact.around_the_clock ? say('around_the_clock') : contact.hours].filter(Boolean).join('・')}</p>` : nothing}
        ${(office?.on_duty ?? []).map((shift) => html`<p class="quiet">${say('on_duty_now', { names: `${model.personName(shift.person)}${aside(word('role', shift.role))}` })}
          ${callLink(model, timelineId, { phone: shift.phone, organisation, person: shift.person, role: shift.role })}</p>`)}</li>`;
    })}</ul>${model.isSecretariat ? nothing : html`<p class="quiet">${say('summary_call_how')}</p>`}`);
  }
}

/** @param {unknown[]} items */
const list = (items) => (items.length ? html`<ul class="body-list summary-items">${items.map((item) => html`<li>${item}</li>`)}</ul>` : nothing);
/** @param {string | undefined} text */
const plain = (text) => (text ? html`<p class="body-text">${text}</p>` : nothing);

customElements.define('renkei-summary', SummaryView);
