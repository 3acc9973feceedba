// What an entry says, for each kind of body. A kind of a newer hub shows its text fields, so nothing is hidden.

import { html, nothing } from '../vendor/lit.js';
import { limitText } from '../gist.js';
import { aside, say, word } from '../language.js';
import { GRAPHS, unitOf } from '../readings.js';
import { SHEETS } from '../sheets.js';
import { at, attachments, date, facts, sheet, text } from './sheet.js';

/**
 * @typedef {import('../frames.js').Body} Body
 * @typedef {import('../frames.js').Alarm} Alarm
 * @typedef {{model: import('../model.js').Model, alarms: Alarm[]}} Context
 */

/** "above the limit of 160" in words, and an arrow that says the same. @param {Alarm} alarm */
export const alarmText = (alarm) => say(alarm.below ? 'alarm_below' : 'alarm_above', { limit: alarm.limit });

/** @param {any} m a measurement */
const given = (m) => (m.given ? html`<small class="given">${aside(`${m.given.value} ${word('unit', m.given.unit)}`)}</small>` : nothing);

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

/** @param {Body} body @param {Context} context */
function link(body, { model }) {
  const people = (body.people ?? []).map((/** @type {string} */ id) => model.personName(id)).filter(Boolean).join('、');
  const organisation = model.organisationName(body.organisation) || say('unknown_organisation');
  const history = body.history === 'from' ? say('history_from', { from: at(body.historyFromUs) })
    : body.history ? say(body.history === 'nothing' ? 'history_nothing' : 'history_all') : '';
  return html`${facts([say('organisation'), organisation], [say('people'), people], [say('host'), body.host ? say('yes') : ''],
    [say('history'), history], [say('relation_confirmed'), body.relationConfirmed ? say('yes') : ''], [say('reason'), body.reason])}`;
}

/** @param {Body} body */
const limits = (body) => html`${(body.limits ?? []).length === 0 ? html`<p>${say('limits_removed')}</p>` : html`<p class="quiet">${say('own_range')}</p>`}
  <ul class="limits">${(body.limits ?? []).map((/** @type {any} */ limit) => html`<li><span>${word('vital_sign', limit.sign)}</span>
    <b>${limitText(limit)}</b> <small>${word('unit', unitOf(limit.sign))}</small></li>`)}</ul>${text(body.text)}`;

/** Bodies that are more than a sheet of fields. @type {Record<string, (body: Body, context: Context) => unknown>} */
const SHOW = {
  vital,
  alarm_limits: limits,
  team_link: link,
  team_unlink: link,
  host_change: link,
  registration: (body, context) => html`${facts([say('name'), `${body.name?.kanji ?? ''}${aside(body.name?.kana ?? '')}`], [say('birth_date'), date(body.birthDate)],
    [say('sex'), word('sex', body.sex ?? '')], [say('in_facility'), body.inFacility ? say('yes') : ''],
    [say('agreed_by'), body.agreedBy ? context.model.personName(body.agreedBy) || say('somebody') : ''],
    [say('agreed_on_paper'), body.agreedOnPaper ?? ''])}${attachments(body.attachments)}`,
};

/** @param {Body} body @param {Context} context */
export function bodyOf(body, context) {
  const show = SHOW[body.kind];
  if (show) return show(body, context);
  const rows = SHEETS[body.kind];
  if (rows) return sheet(rows, body, context.model);
  const written = Object.entries(body).filter(([name, value]) => name !== 'kind' && name !== 'target' && typeof value === 'string');
  return written.map(([, value]) => text(value));
}
