// `<renkei-seen-by>`: who was given this patient's record to read, for the secretariat. Asked for by hand, because asking is
// itself on record.

import { html, nothing } from '../vendor/lit.js';
import { shortMoment } from '../dates.js';
import { inLanguage, say, word } from '../language.js';
import { face } from './face.js';
import { icon } from './icons.js';
import { takenWords } from './sheet.js';
import { View } from './view.js';

/**
 * @typedef {object} Exposure who was given a record to read, summed up
 * @property {{name: string | null, role: string | null, organisation_name: string | null}} by
 * @property {string} first_at
 * @property {string | null} last_at `null`: it goes on
 * @property {number} reads
 * @property {boolean} by_emergency
 * @typedef {{at: string, command: string | null, reason: string | null}} TakenOut by a command on the hub's machine
 */

export class SeenBy extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    /** @type {Exposure[] | null} */
    this.lines = null;
    this.more = false;
    /** Records of reading that do not open. */
    this.unreadable = 0;
    /** By commands on the hub's machine. @type {TakenOut[]} */
    this.taken = [];
    this.trouble = '';
  }

  render() {
    return html`<section class="seen-by" aria-labelledby="seen-by-title">
      <h3 id="seen-by-title">${say('seen_by')}</h3>
      ${this.lines === null ? html`<p class="quiet">${say('seen_by_explained')}</p>` : this.list(this.lines)}
      <button class="button" type="button" @click=${this.ask}>${icon('eye')}<span>${say(this.lines === null ? 'seen_by_ask' : 'seen_by_again')}</span></button>
      <p class="field-error" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p>
    </section>`;
  }

  /** @param {Exposure[]} lines */
  list(lines) {
    if (lines.length + this.taken.length + this.unreadable === 0) return html`<p class="quiet" role="status">${say('seen_by_nobody')}</p>`;
    const newest = [...lines].sort((a, b) => (b.last_at ?? '9').localeCompare(a.last_at ?? '9'));
    return html`<ul class="seen-by-people">${this.taken.map((taken) => this.takenLine(taken))}${newest.map((line) => this.line(line))}</ul>
      ${this.more ? html`<p class="quiet">${say('seen_by_more')}</p>` : nothing}
      ${this.unreadable ? html`<p class="field-error">${icon('alarm')}<span>${say('seen_by_unreadable', { count: this.unreadable })}</span></p>` : nothing}
      <p class="quiet">${say('seen_by_devices')} <a href="#/console/audit/${this.timelineId}">${say('seen_by_audit')}</a></p>`;
  }

  /** @param {Exposure} line */
  line({ by, first_at: first, last_at: last, reads, by_emergency: emergency }) {
    const now = this.model.clock.now();
    const until = last ? shortMoment(Date.parse(last), now) : say('seen_by_now');
    return html`<li>${face(by.role ?? '')}<div>
      <p><b>${by.name ?? say('seen_by_unknown')}</b> <small>${word('role', by.role ?? '')}・${by.organisation_name ?? say('unknown_organisation')}</small>
        ${emergency ? html`<span class="mark mark-alarm">${icon('alarm')}<span>${say('seen_by_emergency')}</span></span>` : nothing}</p>
      <p class="quiet">${say('seen_by_span', { from: shortMoment(Date.parse(first), now), until, count: reads })}</p>
    </div></li>`;
  }

  /** @param {TakenOut} taken */
  takenLine({ at, command, reason }) {
    return html`<li>${face('gateway')}<div><p><b>${takenWords(command ?? '')}</b></p>
      <p class="quiet">${shortMoment(Date.parse(at), this.model.clock.now())}${reason ? `・${reason}` : nothing}</p></div></li>`;
  }

  async ask() {
    this.trouble = '';
    try {
      const { lines, more, unreadable = 0, taken_out: taken = [] } = await this.model.rest.call('GET', `/audit/exposures?${new URLSearchParams({ patient: this.timelineId })}`);
      Object.assign(this, { lines, more, unreadable, taken });
    } catch (/** @type {any} */ error) {
      this.trouble = inLanguage(error.reason) || say('seen_by_failed');
    }
    this.requestUpdate();
  }
}

customElements.define('renkei-seen-by', SeenBy);
