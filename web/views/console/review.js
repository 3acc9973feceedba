// `<renkei-console-review>`: who is still on? Each office of the team with when somebody of it last read the patient's page and
// what it owes, the quiet ones in front; each is kept or ended. Who wrote stands in the chart, which the secretariat does not see.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { byQuiet, lastReadByOffice } from '../../console/course.js';
import { say } from '../../console/phrases.js';
import { fullDay } from '../../dates.js';
import { word } from '../../language.js';
import { icon } from '../icons.js';
import { PatientPart } from './patient-part.js';
import { buttonWords, holdsOf, none, primary } from './section.js';

const DAY_MS = 86_400_000;
/** From so many days without being read an office is asked about. */
const QUIET_DAYS = 90;

/** How often each stands there. @param {string[]} ids @returns {Map<string, number>} */
function counted(ids) {
  const counts = new Map();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

export class ReviewPart extends PatientPart {
  constructor() {
    super();
    /** @type {Map<string, number> | null} */
    this.last = null;
    /** Open duties by office; `null`: the hub did not say. @type {Map<string, number> | null} */
    this.owed = null;
    /** @type {Set<string>} */
    this.kept = new Set();
    this.ending = '';
    /** @type {Act | null} */
    this.act = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.attempt(async () => {
      const [markers, duties] = await Promise.all([this.model.rest.readMarkers(this.patient.id), this.calls.dutiesOf(this.patient.id).catch(() => null)]);
      this.last = lastReadByOffice(markers, this.model.people);
      this.owed = duties && counted(duties.flatMap(({ debtors }) => debtors.map(({ organisation }) => organisation)));
    });
  }

  render() {
    const team = this.patient.team ?? [];
    if (team.length === 0) return none('team', say('team_none'));
    const rows = byQuiet(team, this.last ?? new Map());
    return html`${this.outcome()}<section class="card"><h2>${icon('eye')}<span>${say('part_review')}</span></h2>
      <p class="quiet">${say('review_lead')}</p>
      ${this.last || this.busy ? nothing : html`<p class="quiet">${say('not_loaded')}</p>`}
      <ul class="lines">${repeat(rows, ({ link }) => link.organisation, (row) => this.row(row))}</ul></section>`;
  }

  /** @param {{link: import('../../console/calls.js').Link, lastMs: number | null, quietSinceMs: number}} row */
  row({ link, lastMs, quietSinceMs }) {
    const { organisation, host, since } = link;
    const office = this.model.organisations.get(organisation);
    const days = Math.floor((this.model.clock.now() - quietSinceMs) / DAY_MS);
    const isQuiet = this.last !== null && days >= QUIET_DAYS && office?.type !== 'home';
    const owed = this.owed?.get(organisation) ?? 0;
    return html`<li class="member" data-office=${organisation}><div>
      <p><b>${this.officeName(organisation)}</b> ${host ? html`<span class="mark mark-host">${say('host')}</span>` : nothing}
        ${isQuiet ? html`<span class="mark mark-restricted">${icon('clock')}<span>${say('quiet_days', { count: days })}</span></span>` : nothing}
        ${this.kept.has(organisation) ? html`<span class="mark mark-present">${icon('check')}<span>${say('kept')}</span></span>` : nothing}</p>
      <p class="quiet">${office ? word('organisation_type', office.type) : nothing}${since ? html`・${say('since', { at: fullDay(Date.parse(since)) })}` : nothing}</p>
      ${this.last ? html`<p>${lastMs ? say('last_read', { at: fullDay(lastMs) }) : say('never_read')}${owed ? html`・${say('owes', { count: owed })}` : nothing}</p>` : nothing}</div>
      ${this.ending === organisation ? this.form(link) : html`<div class="device-acts">
        <button class="button button-small" type="button" aria-pressed=${String(this.kept.has(organisation))} @click=${() => this.keep(organisation)}>${icon('check')}<span>${say('keep')}</span></button>
        <button class="button button-small" type="button" @click=${() => this.change({ ending: organisation, act: new Act(this.model, () => this.requestUpdate()) })}>${say('unlink')}</button></div>`}</li>`;
  }

  /** @param {string} organisation */
  keep(organisation) {
    if (!this.kept.delete(organisation)) this.kept.add(organisation);
    this.requestUpdate();
  }

  /** @param {import('../../console/calls.js').Link} link */
  form({ organisation }) {
    const act = /** @type {Act} */ (this.act);
    return html`<form class="device-revoke doing" @submit=${(/** @type {any} */ event) => this.end(event, organisation)}>
      <p class="quiet">${say('unlink_how', { name: this.officeName(organisation) })}</p>
      <label class="field">${say('reason')}<input name="reason" required maxlength="1000" value=${say('review_reason')}></label>${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, say('unlink')) })}
        <button class="button" type="button" @click=${() => this.change({ ending: '', act: null })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {string} organisation */
  end(event, organisation) {
    event.preventDefault();
    const reason = String(new FormData(event.target).get('reason') ?? '').trim();
    this.enter(/** @type {Act} */ (this.act), { teamUnlink: { organisation, reason } }, say('unlinked', { name: this.officeName(organisation) }),
      () => Object.assign(this, { ending: '', act: null }));
  }
}

customElements.define('renkei-console-review', ReviewPart);
