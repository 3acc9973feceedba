// `<renkei-summary>`: one patient on one screen: what to look out for, allergies, the key person, problems, illness, drugs,
// devices, standing orders, wishes, whom to phone, what is planned. Each with the entry it comes from; what nobody recorded is
// said to be missing: of allergies and family in a card of their own, of the others in one line.

import { html, nothing } from '../vendor/lit.js';
import { calendarDate, moment, shortMoment } from '../dates.js';
import { drugText, gist, relationText, settingsText } from '../gist.js';
import { aside, say, word } from '../language.js';
import { summaryOf } from '../summary.js';
import { GRAPHS, unitOf } from '../readings.js';
import { forWhomText } from './behalf.js';
import { alarmText } from './bodies.js';
import { callLink } from './calling.js';
import { DutyWish } from './duty.js';
import { whoText } from './face.js';
import { isFamily, officesToAsk } from './for-family.js';
import { icon } from './icons.js';
import { leadsTo } from './quote.js';
import { keyFirst, numbersOf, relative } from './relatives.js';
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
    // On a phone who is here in a hurry has the key person on the first screen; in the order of the page, so that it is read so, too.
    const isNarrow = matchMedia('(max-width: 48em)').matches;
    const rest = this.rest(summary);
    const missing = rest.filter(({ said }) => !said);
    return html`${isNarrow ? nothing : this.acts()}<div class="summary"><h2 class="unseen">${say('tab_summary')}</h2>
      ${this.heed(summary)}
      ${isFamily(this.model) && !summary.allergies ? nothing : this.card('allergies', word('kind', 'allergies'), summary.allergies, ({ body }) => html`${body.noneKnown ? html`<p>${say('none_known')}</p>` : nothing}
        ${list((body.items ?? []).map((/** @type {any} */ one) => html`<b>${one.substance}</b>${aside(word('allergy_type', one.allergyType ?? ''))} ${one.reaction}`))}${plain(body.text)}`, 'summary_no_allergies')}
      ${this.keyPeople(summary)}
      ${rest.map(({ name, title, said, show }) => (said ? this.section(name, title, show()) : nothing))}
      ${this.phones(summary)}${this.vitals()}
      ${summary.planned.length ? this.section('planned', say('summary_planned'), this.many(summary.planned.slice(0, 4), ({ item, body }) => html`<p><b>${moment(Number(body.startsAtUs ?? body.atUs ?? body.heldAtUs) / 1000)}</b>
        ${word('kind', item.kind)} ${body.organisation ? this.model.organisationName(body.organisation) : ''}</p>${plain(body.text)}`)) : nothing}
      ${isFamily(this.model) ? this.section('for-family', say('family_summary'), html`<p>${say('family_not_shown')}</p>`) : missing.length ? html`<section class="summary-card summary-missing"><p class="summary-none">${say('summary_nothing_of')}${missing.map(({ title }) => title).join('・')}</p>
        ${missing.some(({ name }) => name === 'problems') ? this.renew('problem_list', null, word('kind', 'problem_list')) : nothing}</section>` : nothing}
    </div>${isNarrow ? this.acts() : nothing}`;
  }

  acts() {
    if (!this.model.isProfessional) return nothing;
    const act = (/** @type {string} */ name, /** @type {string} */ wish, /** @type {'printer' | 'copy'} */ sign, /** @type {'paper_make' | 'copy_day'} */ words) => html`<button class="button button-small" type="button"
      @click=${() => this.dispatchEvent(new CustomEvent('part-wanted', { bubbles: true, detail: { name, wish: new Event(wish) } }))}>${icon(sign)}<span>${say(words)}</span></button>`;
    return html`<p class="summary-acts">${act('renkei-paper', 'paper-wanted', 'printer', 'paper_make')}${act('renkei-day-copy', 'day-copy-wanted', 'copy', 'copy_day')}</p>`;
  }

  /** Cards that are there when something was said of theirs. @param {Summary} summary @returns {{name: string, title: string, said: unknown, show: () => unknown}[]} */
  rest(summary) {
    const { problems, instruction, drugs, drugsSince, devices, standing, acp } = summary;
    return [
      { name: 'problems', title: word('kind', 'problem_list'), said: problems, show: () => this.problems(/** @type {Said} */ (problems)) },
      { name: 'illness', title: say('summary_illness'), said: instruction, show: () => this.illness(summary) },
      { name: 'drugs', title: say('drugs'), said: drugs ?? drugsSince.length, show: () => this.drugs(summary) },
      { name: 'devices', title: say('devices'), said: devices.length, show: () => this.devices(summary) },
      { name: 'standing', title: word('kind', 'standing_order'), said: standing.length, show: () => this.many(standing, ({ body }) => html`<p><b>${body.condition}</b></p>${plain(body.instruction)}${plain((body.drugs ?? []).map(drugText).join('、'))}
        ${body.until ? html`<p class="quiet">${say('summary_until', { at: calendarDate(body.until) })}</p>` : nothing}`) },
      { name: 'acp', title: word('kind', 'acp_note'), said: acp, show: () => this.acp(/** @type {Said} */ (acp)) },
    ];
  }

  /** @param {Said} acp */
  acp(acp) {
    const { body } = acp;
    return html`${body.keepPrivate ? html`<p class="body-flag">${icon('stop')}<span>${say('keep_private')}</span></p>` : nothing}${plain(body.text)}
      ${body.proxy ? html`<p><span class="quiet">${say('proxy')}</span> <b>${body.proxy}</b></p>` : nothing}
      ${body.discussedOn ? html`<p class="quiet">${say('discussed_on')} ${calendarDate(body.discussedOn)}</p>` : nothing}${this.source(acp)}`;
  }

  /** @param {string} name @param {unknown} title @param {unknown} content */
  section(name, title, content) {
    return html`<section class="summary-card summary-${name}" aria-labelledby="summary-${name}"><h3 id="summary-${name}">${title}</h3>${content}</section>`;
  }

  /** One thing, or that nobody recorded it. @param {string} name @param {string} title @param {Said | null} said @param {(said: Said) => unknown} show @param {any} [missing] */
  card(name, title, said, show, missing = 'summary_nothing') {
    return this.section(name, title, said ? html`${show(said)}${this.source(said)}` : html`<p class="summary-none">${say(missing)}</p>`);
  }

  /** @param {Said[]} all @param {(said: Said) => unknown} show */
  many(all, show) {
    return html`<ul class="summary-list">${all.map((one) => html`<li>${show(one)}${this.source(one)}</li>`)}</ul>`;
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

  /** The way to a list's form, which begins with the list that stands. @param {string} kind @param {Said | null} said @param {string} [title] where none stands above it */
  renew(kind, said, title = '') {
    if (!this.model.isProfessional) return nothing;
    const wish = () => this.dispatchEvent(new DutyWish('write-record', { timeline: this.timelineId, kind }));
    const words = say(said ? 'summary_renew' : 'summary_write');
    return html`<button class="button button-small summary-renew" type="button" aria-label="${word('kind', kind)}: ${words}" @click=${wish}>${icon('edit')}<span>${title ? `${title}: ${words}` : words}</span></button>`;
  }

  /** The main one first; what is over stands below, in a quiet voice. @param {Said} problems */
  problems(problems) {
    const items = /** @type {any[]} */ (problems.body.items ?? []);
    const line = (/** @type {any} */ one) => html`<b>${one.name}</b>${one.status === 'active' ? nothing : aside(word('problem_status', one.status ?? ''))}
      ${one.since ? html`<small class="quiet">${say('since_at', { at: calendarDate(one.since) })}</small>` : nothing} ${one.note}`;
    const over = items.filter(({ status }) => status === 'resolved');
    return html`${list(items.filter(({ status }) => status !== 'resolved').map(line))}
      ${over.length ? html`<div class="summary-over">${list(over.map(line))}</div>` : nothing}${plain(problems.body.text)}${this.source(problems)}${this.renew('problem_list', problems)}`;
  }

  /** @param {Summary} summary */
  illness({ instruction, carePlan }) {
    const { body } = /** @type {Said} */ (instruction);
    return html`${body.diagnosis ? html`<p><b>${body.diagnosis}</b></p>` : nothing}${plain(body.condition)}
      <p class="quiet">${[body.bedridden && `${say('bedridden')} ${word('bedridden_level', body.bedridden)}`, body.dementia && `${say('dementia')} ${word('dementia_level', body.dementia)}`,
        (body.careLevel ?? carePlan?.body.careLevel) && word('care_level', body.careLevel ?? carePlan?.body.careLevel)].filter(Boolean).join('・')}</p>
      ${plain(body.outlook)}${this.source(/** @type {Said} */ (instruction))}`;
  }

  /** @param {Summary} summary */
  drugs({ drugs, drugsSince }) {
    const since = drugsSince.length ? html`<p class="body-flag">${icon('alarm')}<span>${say('summary_drugs_since', { count: drugsSince.length })}</span></p>
      <ul class="summary-list">${drugsSince.map((one) => html`<li>${gist(one.body)}${this.source(one)}</li>`)}</ul>` : nothing;
    return html`${drugs ? html`${list((drugs.body.drugs ?? []).map((/** @type {any} */ drug) => html`<b>${drug.name}</b> ${[drug.dose, drug.usage].filter(Boolean).join(' ')}`))}
      ${plain(drugs.body.text)}${drugs.body.asOf ? html`<p class="quiet">${say('as_of')} ${calendarDate(drugs.body.asOf)}</p>` : nothing}${this.source(drugs)}`
      : html`<p class="summary-none">${say('summary_nothing')}</p>`}${since}`;
  }

  /** @param {Summary} summary */
  devices({ devices }) {
    return html`<ul class="summary-list">${devices.map((device) => html`<li><p><b>${device.name}</b></p>${plain(settingsText(device.settings))}
      ${device.found ? html`<p class="body-flag">${icon('alarm')}<span>${say('summary_found', { settings: settingsText(device.found.settings) })}</span></p>${this.source(device.found)}` : nothing}
      ${this.source(device)}</li>`)}</ul>`;
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

  /** Family and others in the order in which they are phoned, and what other entries say of whom to turn to. @param {Summary} summary */
  keyPeople({ related, acp, instruction }) {
    const { model } = this;
    const items = /** @type {any[]} */ (related?.body.items ?? []);
    const family = (model.patients.get(this.timelineId)?.team ?? []).filter(({ organisation }) => model.organisations.get(organisation)?.type === 'home')
      .flatMap(({ people }) => (people ?? []).map((id) => model.personName(id))).filter(Boolean);
    const rows = /** @type {[string, string][]} */ ([[say('proxy'), acp?.body.proxy ?? ''], [say('emergency_contact'), instruction?.body.emergencyContact ?? ''], [word('role', 'family'), family.join('、')]]).filter(([, text]) => text);
    if (isFamily(model) && !related && rows.length === 0) return nothing;
    return this.section('people', say('summary_key_person'), html`${related ? html`${related.body.nobody ? html`<p class="body-flag">${icon('alarm')}<span>${say('nobody')}</span></p>` : nothing}
      ${items.length ? html`<ol class="summary-list summary-relatives">${items.map((one) => html`<li class="summary-related">${relative(model, this.timelineId, one)}</li>`)}</ol>` : nothing}${plain(related.body.text)}${this.source(related)}`
      : html`<p class="summary-none">${say('summary_nothing')}</p>`}${this.renew('related_persons', related)}
      ${rows.length ? html`<h4 class="quiet">${say('summary_more_contacts')}</h4><dl class="summary-facts">${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>` : nothing}`);
  }

  /** The key person stands among whom one rings. @param {Summary} summary */
  phones({ related }) {
    const { model, timelineId } = this;
    const close = keyFirst(related?.body.items ?? []).filter(({ keyPerson, phones }) => keyPerson && phones?.length);
    const team = isFamily(model) ? officesToAsk(model).map(({ id }) => ({ organisation: id })) : model.patients.get(timelineId)?.team ?? [];
    const isListed = (/** @type {string} */ id) => Boolean(model.organisations.get(id)?.phone || model.offices.of(id)?.contact?.phone);
    const logsCalls = model.isProfessional && (close.length > 0 || team.some(({ organisation }) => isListed(organisation)));
    return this.section('phones', say('summary_phones'), html`<ul class="summary-list">
      ${close.map((one) => html`<li class="summary-close"><p><b>${one.name}</b>${aside(`${relationText(one)}・${say('key_person')}`)}</p>${numbersOf(model, timelineId, one)}</li>`)}
      ${team.filter(({ organisation }) => model.organisations.get(organisation)?.type !== 'home').map(({ organisation }) => {
      const office = isFamily(model) ? null : model.offices.of(organisation);
      const { contact } = office ?? {};
      const phone = contact?.phone || model.organisations.get(organisation)?.phone || '';
      return html`<li class="summary-phone"><p><b>${model.organisationName(organisation) || say('unknown_organisation')}</b> ${callLink(model, timelineId, { phone, organisation, person: contact?.phone ? contact.person ?? '' : '' })}</p>
        ${contact ? html`<p class="quiet">${[contact.department, contact.person && model.personName(contact.person), contact.around_the_clock ? say('around_the_clock') : contact.hours].filter(Boolean).join('・')}</p>` : nothing}
        ${(office?.on_duty ?? []).map((shift) => html`<p class="quiet">${say('on_duty_now', { names: `${model.personName(shift.person)}${aside(word('role', shift.role))}` })}
          ${callLink(model, timelineId, { phone: shift.phone, organisation, person: shift.person, role: shift.role })}</p>`)}</li>`;
    })}</ul>${logsCalls ? html`<p class="quiet">${say('summary_call_how')}</p>` : nothing}`);
  }
}

/** @param {unknown[]} items */
const list = (items) => (items.length ? html`<ul class="body-list summary-items">${items.map((item) => html`<li>${item}</li>`)}</ul>` : nothing);
/** @param {string | undefined} text */
const plain = (text) => (text ? html`<p class="body-text">${text}</p>` : nothing);

customElements.define('renkei-summary', SummaryView);
