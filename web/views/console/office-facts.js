// Whom to turn to in an office, who is on duty now, and whether it pledged: as the office told it itself.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../../console/phrases.js';
import { moment } from '../../dates.js';
import { word } from '../../language.js';
import { icon } from '../icons.js';
import { facts } from '../sheet.js';

/** @param {import('./office.js').OfficePage} section @param {import('../../console/calls.js').OfficeView | null} view */
export function officeFacts(section, view) {
  if (!view) return html`<section class="card"><h2>${icon('reply')}<span>${say('contact')}</span></h2><p class="quiet">${say('loading')}</p></section>`;
  const { contact, on_duty: onDuty, pledged, suspended } = view;
  return html`<section class="card"><h2>${icon('reply')}<span>${say('contact')}</span></h2>
    <p><span class="mark ${pledged ? 'mark-present' : 'mark-restricted'}">${icon(pledged ? 'check' : 'wait')}<span>${say(pledged ? 'pledged' : 'pledged_not')}</span></span>
      ${suspended ? html`<span class="mark mark-alarm">${icon('stop')}<span>${say('office_suspended')}</span></span>` : nothing}</p>
    ${contact ? facts(
      [say('contact_department'), contact.department], [say('person'), contact.person ? section.personName(contact.person) : ''],
      [say('phone'), contact.phone ? html`<a href="tel:${contact.phone.replace(/[^\d+]/g, '')}">${contact.phone}</a>` : ''], [say('fax'), contact.fax], [say('email'), contact.email],
      [say('contact_hours'), [contact.hours, contact.around_the_clock ? say('around_the_clock') : ''].filter(Boolean).join('・')], [say('contact_text'), contact.text])
      : html`<p class="quiet">${say('contact_none')}</p>`}
    <renkei-console-contact .model=${section.model} .office=${section.office} .view=${view} .staff=${section.staff}></renkei-console-contact>
    <h3>${say('on_duty')}</h3>
    ${onDuty?.length ? html`<ul class="papers">${onDuty.map((/** @type {any} */ one) => html`<li><b>${section.personName(one.person)}</b> <span class="quiet">${word('role', one.role ?? '')}</span>
      ${one.phone ? html`<a href="tel:${one.phone.replace(/[^\d+]/g, '')}">${one.phone}</a>` : nothing} <small class="quiet">${say('due_until', { at: moment(Date.parse(one.until)) })}</small></li>`)}</ul>`
      : html`<p class="quiet">${say('on_duty_none')}${say('on_duty_none_how')}</p>`}</section>`;
}
