// Linking an office to a patient (紐付け): everybody or persons, how much of the past they see, and that they already serve
// the patient. Used on the patient's page and in the linking queue; what the rules hold is shown under it.

import { html, live, nothing } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { say } from '../../console/phrases.js';
import { usOfMs } from '../../frames.js';
import { word } from '../../language.js';
import { face } from '../face.js';
import { icon } from '../icons.js';
import { buttonWords, choices, holdsOf, primary } from './section.js';

/** @typedef {import('./section.js').Section} Section */

export class Linking {
  /**
   * @param {Section} section
   * @param {{patient: string, organisation: string, people?: string[], host?: boolean, isThere?: boolean}} asked
   */
  constructor(section, { patient, organisation, people = [], host = false, isThere = false }) {
    this.section = section;
    this.patient = patient;
    this.organisation = organisation;
    /** Empty: everybody. */
    this.people = new Set(people);
    this.everybody = people.length === 0;
    this.host = host;
    this.isThere = isThere;
    /** Of a link that is there the hub does not say how far it reaches: it is chosen anew. @type {'all' | 'from' | 'nothing' | ''} */
    this.history = isThere ? '' : 'all';
    this.from = '';
    this.confirmed = false;
    this.act = new Act(section.model, () => section.requestUpdate());
  }

  /** @param {Partial<Linking>} change */
  change(change) {
    Object.assign(this, change);
    this.act.edited();
    this.section.requestUpdate();
  }

  /** @param {string} person */
  toggle(person) {
    if (!this.people.delete(person)) this.people.add(person);
    this.change({ everybody: false });
  }

  /** What is still to be said before it can be sent, in words. */
  get unsaid() {
    if (!this.everybody && this.people.size === 0) return say('link_choose_people');
    if (!this.history) return say('link_choose_history');
    if (this.history === 'from' && !this.from) return say('link_choose_from');
    return this.confirmed ? '' : say('link_confirm_first');
  }

  /** @returns {Promise<any>} `null` when a rule holds it */
  send() {
    const { patient, organisation, everybody, people, host, history, from, confirmed } = this;
    return this.act.send(patient, { teamLink: {
      organisation, people: everybody ? [] : [...people], ...(host ? { host } : {}), history,
      ...(history === 'from' ? { historyFromUs: usOfMs(new Date(`${from}T00:00`).getTime()) } : {}), relationConfirmed: confirmed,
    } });
  }
}

/** @param {Linking} linking @param {(event: Event) => void} submit @param {() => void} cancel */
export function linkForm(linking, submit, cancel) {
  const { section, organisation, act } = linking;
  const office = section.model.organisations.get(organisation);
  return html`<form class="link-form" data-office=${organisation} aria-label="${say('link_of', { name: office?.name ?? '' })}" @submit=${submit}>
    <p class="link-whom">${icon('link')}<b>${section.officeName(organisation)}</b> ${office ? html`<small class="quiet">${word('organisation_type', office.type)}</small>` : nothing}</p>
    ${linking.isThere ? html`<p class="quiet">${say('link_replaces')}</p>` : nothing}
    ${peopleOf(linking)}
    ${choices(`history-${organisation}`, say('link_history'), [['all', say('history_all')], ['nothing', say('history_nothing')], ['from', say('history_from')]],
      linking.history, (history) => linking.change({ history: /** @type {any} */ (history) }))}
    ${linking.history === 'from' ? html`<label class="field">${say('history_from_day')}<input type="date" .value=${live(linking.from)}
      @change=${(/** @type {any} */ event) => linking.change({ from: event.target.value })}></label>` : nothing}
    <label class="choice-line"><input type="checkbox" .checked=${live(linking.confirmed)} @change=${(/** @type {any} */ event) => linking.change({ confirmed: event.target.checked })}>
      <span>${say('link_confirmed')}</span></label>
    <label class="choice-line"><input type="checkbox" .checked=${live(linking.host)} @change=${(/** @type {any} */ event) => linking.change({ host: event.target.checked })}>
      <span>${say('link_host')}</span></label>
    ${holdsOf(act, { held: say('held_link') })}
    <div class="device-acts">${primary({ busy: section.busy, unsaid: linking.unsaid !== '', words: buttonWords(act, say('link_do')), sign: 'link' })}
      <button class="button" type="button" @click=${cancel}>${say('cancel')}</button>
      ${linking.unsaid ? html`<small class="quiet">${linking.unsaid}</small>` : nothing}</div></form>`;
}

/** @param {Linking} linking */
function peopleOf(linking) {
  const { section, organisation } = linking;
  const people = [...section.model.people.values()].filter((/** @type {any} */ person) => person.active !== false
    && person.positions?.some((/** @type {any} */ one) => one.organisation === organisation && one.role !== 'gateway'));
  const name = `everybody-${organisation}`;
  return html`<fieldset class="field"><legend>${say('link_who')}</legend><div class="chips">
    <label class="choice"><input type="radio" name=${name} .checked=${live(linking.everybody)} @change=${() => linking.change({ everybody: true })}><span>${say('everybody')}</span></label>
    <label class="choice"><input type="radio" name=${name} .checked=${live(!linking.everybody)} @change=${() => linking.change({ everybody: false })}><span>${say('some_people')}</span></label></div>
    ${linking.everybody ? nothing : people.length === 0 ? html`<p class="quiet">${say('office_nobody')}</p>` : html`<ul class="link-people">${people.map((person) => {
      const role = person.positions?.find((one) => one.organisation === organisation)?.role ?? '';
      return html`<li><label class="choice-line"><input type="checkbox" .checked=${live(linking.people.has(person.id))} @change=${() => linking.toggle(person.id)}>
        ${face(role)}<span>${section.personName(person.id)}<small>${word('role', role)}</small></span></label></li>`;
    })}</ul>`}</fieldset>`;
}
