// `<renkei-console-office-entry>`: an office comes and goes: its entry into the network, and a suspension of its use with a
// reason, until it is lifted. Both stand on the timeline of the office.

import { html, nothing } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { say } from '../../console/phrases.js';
import { calendarDate, fullDay, localInput } from '../../dates.js';
import { readEntry } from '../../frames.js';
import { word } from '../../language.js';
import { icon } from '../icons.js';
import { Section, buttonWords, holdsOf, primary } from './section.js';

export class OfficeEntry extends Section {
  static properties = { ...Section.properties, office: { attribute: false }, view: { attribute: false } };

  constructor() {
    super();
    /** @type {import('../../console/calls.js').Office} */
    this.office = /** @type {any} */ (undefined);
    /** @type {import('../../console/calls.js').OfficeView | null} */
    this.view = null;
    /** The entry in force. @type {import('../../frames.js').Entry | null} */
    this.entered = null;
    /** @type {'enter' | 'suspend' | 'lift' | ''} */
    this.doing = '';
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {{id: string} | undefined} */ (changed.get('office'));
    if (!changed.has('office') || before?.id === this.office.id) return;
    Object.assign(this, { entered: null, doing: '', done: '', trouble: '', act: new Act(this.model, () => this.requestUpdate()) });
    this.look().catch(() => {});
  }

  async look() {
    const { id } = this.office;
    const entries = (await this.calls.entries(id, 1)).map(readEntry);
    if (id === this.office.id) this.change({ entered: entries.findLast(({ kind }) => kind === 'office_entry') ?? null });
  }

  render() {
    const { entered, view } = this;
    return html`<section class="card"><h2>${icon('link')}<span>${word('kind', 'office_entry')}</span></h2>${this.outcome()}
      ${entered ? html`<p>${icon('check')} ${say('entered', { at: fullDay(entered.recordedAtMs), name: entered.body.representative ?? '' })}
        ${entered.body.appliedOn ? html`<small class="quiet">${say('entry_applied_on')}：${calendarDate(entered.body.appliedOn)}</small>` : nothing}</p>` : html`<p class="quiet">${say('entry_lead')}</p>`}
      ${this.doing ? this.form(this.doing) : html`<div class="device-acts">
        ${entered ? nothing : this.begin('enter', say('entry_record'))}${view?.suspended ? this.begin('lift', say('office_lift')) : this.begin('suspend', say('office_suspend'))}</div>`}</section>`;
  }

  /** @param {'enter' | 'suspend' | 'lift'} doing @param {string} words */
  begin(doing, words) {
    return html`<button class="button button-small" type="button" @click=${() => this.change({ doing, done: '', trouble: '' })}>${words}</button>`;
  }

  /** @param {'enter' | 'suspend' | 'lift'} doing */
  form(doing) {
    const act = /** @type {Act} */ (/** @type {any} */ (this).act);
    const today = localInput(this.model.clock.now()).slice(0, 10);
    const words = say(doing === 'enter' ? 'entry_do' : doing === 'lift' ? 'office_lift' : 'office_suspend');
    return html`<form class="device-revoke doing" @submit=${(/** @type {any} */ event) => this.do(event, doing, act)}>
      ${doing === 'enter' ? html`<label class="field">${say('entry_representative')}<input name="representative" required maxlength="100" autocomplete="off"></label>
        <label class="field">${say('entry_applied_on')}<input type="date" name="appliedOn" value=${today}></label>`
        : html`<p class="quiet">${say(doing === 'lift' ? 'office_lift_how' : 'office_suspend_how', { name: this.office.name })}</p>
        <label class="field">${say('reason')}<input name="reason" required maxlength="1000"></label>`}
      ${holdsOf(act)}
      <span class="device-acts">${primary({ busy: this.busy, words: buttonWords(act, words) })}<button class="button" type="button" @click=${() => this.change({ doing: '' })}>${say('cancel')}</button></span></form>`;
  }

  /** @param {any} event @param {'enter' | 'suspend' | 'lift'} doing @param {Act} act */
  do(event, doing, act) {
    event.preventDefault();
    const fields = new FormData(event.target);
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? '').trim();
    const body = doing === 'enter' ? { officeEntry: { representative: text('representative'), appliedOn: text('appliedOn') } }
      : { suspension: { reason: text('reason'), ...(doing === 'lift' ? { lifted: true } : {}) } };
    this.attempt(async () => {
      if (await act.send(this.office.id, body) === null) return null;
      this.doing = '';
      await this.look();
      this.dispatchEvent(new CustomEvent('view-changed'));
      return undefined;
    }, say(doing === 'enter' ? 'entry_done' : doing === 'lift' ? 'office_lifted' : 'office_suspended_now'));
  }
}

customElements.define('renkei-console-office-entry', OfficeEntry);
