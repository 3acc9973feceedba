// What an entry says, for each kind of body. A kind of a newer hub shows its text fields, so nothing is hidden.

import { html, nothing } from '../vendor/lit.js';
import { calendarDate, moment } from '../dates.js';
import { msOfUs } from '../frames.js';
import { say, word } from '../language.js';
import { GRAPHS, unitOf } from '../readings.js';
import { icon } from './icons.js';

/**
 * @typedef {import('../frames.js').Body} Body
 * @typedef {import('../frames.js').Alarm} Alarm
 * @typedef {{model: import('../model.js').Model, alarms: Alarm[]}} Context
 */

/** @param {string | undefined} written */
const text = (written) => (written ? html`<p class="body-text">${written}</p>` : nothing);

/** @param {[string, unknown][]} pairs label and value; empty values are left out */
const facts = (...pairs) => html`<dl class="body-facts">${pairs
  .filter(([, value]) => value !== undefined && value !== '' && value !== nothing)
  .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** @param {string} phrase */
const flag = (phrase) => html`<p class="body-flag">${icon('alarm')}<span>${phrase}</span></p>`;

/** @param {string | undefined} us */
const at = (us) => (us ? moment(msOfUs(us)) : '');
/** @param {string | undefined} date */
const date = (date) => (date ? calendarDate(date) : '');

/** "above the limit of 160" in words, and an arrow that says the same. @param {Alarm} alarm */
export const alarmText = (alarm) => say(alarm.below ? 'alarm_below' : 'alarm_above', { limit: alarm.limit });

/** The range without alarm. @param {{low?: string, high?: string}} limit */
export function limitText({ low = '', high = '' }) {
  if (low && high) return say('limit_between', { low, high });
  return low ? say('limit_low', { low }) : say('limit_high', { high });
}

/** @param {any} m a measurement */
const given = (m) => (m.given ? html`<small class="given">（${m.given.value} ${word('unit', m.given.unit)}）</small>` : nothing);

/** @param {Body} body @param {Context} context */
function vital(body, { alarms }) {
  const measurements = /** @type {any[]} */ (body.measurements ?? []);
  const groups = GRAPHS.map(({ name, signs }) => ({ name, found: measurements.filter((m) => signs.includes(m.sign)) }))
    .filter(({ found }) => found.length > 0);
  return html`<dl class="reading">${groups.map(({ name, found }) => {
    const broken = alarms.filter((alarm) => found.some((m) => m.sign === alarm.sign));
    return html`<div class=${broken.length ? 'measured alarmed' : 'measured'}>
      <dt>${found.length > 1 ? say('blood_pressure') : word('vital_sign', found[0].sign)}</dt>
      <dd data-sign=${name}><b>${found.map((m) => m.value).join(' / ')}</b> <small>${word('unit', found[0].unit ?? unitOf(found[0].sign))}</small>
        ${found.map(given)}
        ${broken.map((alarm) => html`<span class="alarm-words">${alarm.below ? '▼' : '▲'} ${found.length > 1
          ? `${word('vital_sign', alarm.sign)} ` : ''}${alarmText(alarm)}</span>`)}</dd>
    </div>`;
  })}</dl>
  ${body.site || body.device ? html`<p class="quiet">${[body.site && word('body_site', body.site), body.device].filter(Boolean).join('・')}</p>` : nothing}
  ${text(body.comment)}`;
}

/** @param {Body} body */
function labResult(body) {
  const items = /** @type {any[]} */ (body.items ?? []);
  return html`${facts([say('sampled_on'), date(body.sampledOn)])}
    ${items.length ? html`<div class="scroll" tabindex="0" role="region" aria-label=${word('kind', 'lab_result')}><table class="table"><thead><tr>
      <th scope="col">${say('lab_item')}</th><th scope="col">${say('lab_value')}</th><th scope="col">${say('lab_range')}</th></tr></thead>
      <tbody>${items.map((item) => html`<tr><th scope="row">${item.name}</th><td>${item.value} ${item.text} ${item.unit}</td><td>${item.range}</td></tr>`)}</tbody>
    </table></div>` : nothing}${text(body.text)}`;
}

/** @param {Body} body @param {Context} context */
function link(body, { model }) {
  const people = (body.people ?? []).map((/** @type {string} */ id) => model.personName(id)).filter(Boolean).join('、');
  const organisation = model.organisationName(body.organisation) || say('unknown_organisation');
  const history = body.history === 'from' ? say('history_from', { from: at(body.historyFromUs) })
    : body.history ? say(body.history === 'nothing' ? 'history_nothing' : 'history_all') : '';
  return html`${facts([say('organisation'), organisation], [say('people'), people], [say('host'), body.host ? say('yes') : ''],
    [say('history'), history], [say('reason'), body.reason])}`;
}

/** @param {Body} body */
const limits = (body) => html`${(body.limits ?? []).length === 0 ? html`<p>${say('limits_removed')}</p>` : nothing}
  <ul class="limits">${(body.limits ?? []).map((/** @type {any} */ limit) => html`<li><span>${word('vital_sign', limit.sign)}</span>
    <b>${limitText(limit)}</b> <small>${word('unit', unitOf(limit.sign))}</small></li>`)}</ul>${text(body.text)}`;

/** @type {Record<string, (body: Body, context: Context) => unknown>} */
const SHOW = {
  vital,
  lab_result: labResult,
  alarm_limits: limits,
  team_link: link,
  team_unlink: link,
  host_change: link,
  message: (body) => html`${(body.toRoles ?? []).length
    ? html`<p class="body-to">${say('to_roles', { roles: body.toRoles.map((/** @type {string} */ role) => word('role', role)).join('・') })}</p>` : nothing}${text(body.text)}`,
  visit: (body) => html`${body.startedAtUs ? facts([say('visited'), [at(body.startedAtUs), at(body.endedAtUs)].filter(Boolean).join('–')]) : nothing}${text(body.text)}`,
  status_change: (body) => html`${body.tellDoctor ? flag(say('tell_doctor')) : nothing}${text(body.text)}
    ${body.noticedAtUs ? facts([say('noticed'), at(body.noticedAtUs)]) : nothing}`,
  infection_notice: (body) => html`${flag(word('infection', body.infection))}${text(body.text)}${facts([say('since'), date(body.since)])}`,
  order: (body) => html`${body.emergency ? flag(say('emergency')) : nothing}
    ${facts([say('order_type'), word('order_type', body.orderType ?? '')])}${text(body.text)}`,
  standing_order: (body) => facts([say('condition'), body.condition], [say('instruction'), body.instruction]),
  nursing_instruction: (body) => facts([say('period'), `${date(body.from)}–${date(body.until)}`], [say('diagnosis'), body.diagnosis],
    [say('condition'), body.condition], [say('instruction'), body.instruction]),
  nursing_report: (body) => facts([say('period'), `${date(body.from)}–${date(body.until)}`], [say('course'), body.course],
    [say('care_given'), body.care], [say('situation'), body.situation]),
  device_change: (body) => facts([word('device_change_type', body.change ?? ''), body.device], [say('before'), body.before], [say('after'), body.after]),
  conference: (body) => html`${facts([say('held'), at(body.heldAtUs)])}${text(body.text)}`,
  registration: (body) => facts([say('name'), `${body.name?.kanji ?? ''}（${body.name?.kana ?? ''}）`], [say('birth_date'), date(body.birthDate)],
    [say('sex'), word('sex', body.sex ?? '')]),
  consent: (body) => facts([say('consent'), word('consent_state', body.state ?? '')], [say('given_by'), word('consent_giver', body.givenBy ?? '')],
    [say('given_on'), date(body.givenOn)], [say('document'), body.document]),
};

/** @param {Body} body @param {Context} context */
export function bodyOf(body, context) {
  const show = SHOW[body.kind];
  if (show) return show(body, context);
  const written = Object.entries(body).filter(([name, value]) => name !== 'kind' && name !== 'target' && typeof value === 'string');
  return written.map(([, value]) => text(value));
}
