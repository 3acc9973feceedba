// What an office's administrator has to look after beside people and devices: the patients whom the office serves, and what it
// still owes for them, late first. From what the hub gives whoever asks, in the role they act in; read only.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { dutiesOfOffice } from '../../console/care.js';
import { say } from '../../console/phrases.js';
import { age } from '../../dates.js';
import { isLate } from '../../duties.js';
import { inLanguage, say as sayOfPage, word } from '../../language.js';
import { owedText, standingText } from '../duty-words.js';
import { icon } from '../icons.js';

/**
 * @typedef {import('./office.js').OfficePage} OfficePage
 * @typedef {import('../../duties.js').Duty} Duty
 * @typedef {import('../../rest.js').Patient} Patient
 */

/** So many stand there at once; the rest opens. */
const SHOWN_MAX = 10;

/** @template T @param {T[]} all @param {(one: T) => string} key @param {(one: T) => unknown} row */
function lines(all, key, row) {
  const rest = all.slice(SHOWN_MAX);
  return html`<ul class="lines">${repeat(all.slice(0, SHOWN_MAX), key, row)}</ul>
    ${rest.length ? html`<details class="more"><summary>${icon('plus')}<span>${say('care_more', { count: rest.length })}</span></summary><ul class="lines">${repeat(rest, key, row)}</ul></details>` : nothing}`;
}

/** @param {number} count */
const late = (count) => (count ? html`<span class="mark mark-late">${icon('clock')}<span>${say('home_late', { count })}</span></span>` : nothing);

/** Both parts, for whoever acts for this very office. @param {OfficePage} page */
export function officeCare(page) {
  const { model, office } = page;
  if (model.isSecretariat || office.type === 'home') return nothing;
  // The hub answers for the office in which somebody acts, and for no other that they administer.
  if (model.me?.organisation.id !== office.id) return html`<section class="card office-care"><h2>${icon('heart')}<span>${say('care_patients')}</span></h2><p class="quiet">${say('care_elsewhere')}</p></section>`;
  const duties = dutiesOfOffice(office.id, page.listed ?? [], model.owing.all, model.clock.now());
  return html`${patients(page, duties)}${owed(page, duties)}`;
}

/** @param {OfficePage} page @param {Duty[]} duties */
function patients(page, duties) {
  const { model, office } = page;
  const now = model.clock.now();
  const rows = [...model.patients.values()].filter(({ team }) => (team ?? []).some(({ organisation }) => organisation === office.id)).map((patient) => {
    const own = duties.filter(({ timeline }) => timeline === patient.id);
    return { patient, open: own.length, late: own.filter((duty) => isLate(duty, now)).length };
  }).sort((a, b) => b.late - a.late || b.open - a.open || a.patient.name.kana.localeCompare(b.patient.name.kana, 'ja'));
  return html`<section class="card office-care" data-part="patients"><h2>${icon('heart')}<span>${say('care_patients')}</span><b class="count">${rows.length}</b></h2>
    <p class="quiet">${say('care_patients_how')}</p>
    ${rows.length === 0 ? html`<p class="quiet">${say('care_patients_none')}</p>` : lines(rows, ({ patient }) => patient.id, ({ patient, open, late: behind }) => html`<li>
      <a class="line-row" href="#/patients/${patient.id}"><span class="line-main"><b>${patient.name.kanji}</b> <small>${patient.name.kana}</small></span>
        <span class="line-facts">${sayOfPage('age', { age: age(patient.birth_date) })}・${word('sex', patient.sex)}</span>
        <span class="line-facts">${who(page, patient)}</span>
        <span class="line-marks">${late(behind)}${open > behind ? html`<span class="mark mark-duty">${icon('clock')}<span>${say('owes', { count: open - behind })}</span></span>` : nothing}</span></a></li>`)}</section>`;
}

/** Who of the office serves them. @param {OfficePage} page @param {Patient} patient */
function who(page, { team }) {
  const people = team.find(({ organisation }) => organisation === page.office.id)?.people ?? [];
  return people.length ? people.map((id) => page.personName(id)).join('・') : say('everybody');
}

/** @param {OfficePage} page @param {Duty[]} duties */
function owed(page, duties) {
  const { model } = page;
  const now = model.clock.now();
  return html`<section class="card office-care" data-part="duties"><h2>${icon('clock')}<span>${say('care_duties')}</span><b class="count">${duties.length}</b>${late(duties.filter((duty) => isLate(duty, now)).length)}</h2>
    ${duties.length === 0 ? html`<p class="quiet">${icon('check')} ${say('care_duties_none')}</p>` : lines(duties, ({ id }) => id, (duty) => html`<li>
      <a class="line-row" href="#/patients/${duty.timeline}${duty.cause ? `/${duty.cause}` : ''}"><span class="line-main"><b>${model.patientName(duty.timeline).kanji}</b>
          <small>${inLanguage(model.owing.title(duty.rule) ?? undefined)}</small></span>
        <span class="line-facts">${owedText(model, duty)}</span>
        <span class="line-marks"><span class="mark ${isLate(duty, now) ? 'mark-late' : ''}">${icon('clock')}<span>${standingText(model, duty, now)}</span></span></span></a></li>`)}</section>`;
}
