// `<renkei-console-closing>`: the page of a patient who is no longer served is closed, after death or a confirmed end.

import { html } from '../../vendor/lit.js';
import { Act } from '../../console/act.js';
import { say } from '../../console/phrases.js';
import { WORDS } from '../../words.js';
import { word } from '../../language.js';
import { icon } from '../icons.js';
import { PatientPart } from './patient-part.js';
import { buttonWords, choices, holdsOf, primary } from './section.js';

const REASONS = Object.keys(WORDS.closing_reason);

export class ClosingPart extends PatientPart {
  constructor() {
    super();
    this.reason = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.act = new Act(this.model, () => this.requestUpdate());
  }

  render() {
    const act = /** @type {Act} */ (this.act);
    return html`${this.outcome()}<section class="card"><h2>${icon('stop')}<span>${say('closing_title')}</span></h2><p class="quiet">${say('closing_lead')}</p>
      <form class="device-revoke" @submit=${(/** @type {any} */ event) => this.close(event)}>
        ${choices('closing-reason', say('reason'), REASONS.map((reason) => [reason, word('closing_reason', reason)]), this.reason, (reason) => this.edited({ reason }))}
        <label class="choice-line"><input type="checkbox" name="confirmed" @change=${() => this.edited()}><span>${say('closing_confirmed')}</span></label>
        <label class="field">${say('closing_text')}<textarea name="text" rows="2" maxlength="2000"></textarea></label>
        ${holdsOf(act)}
        <span class="device-acts">${primary({ busy: this.busy, unsaid: !this.reason, words: buttonWords(act, say('closing_do')), sign: 'stop' })}</span></form></section>`;
  }

  /** What held it before may not hold it now. @param {Record<string, unknown>} [change] */
  edited(change = {}) {
    this.act?.edited();
    this.change(change);
  }

  /** @param {any} event */
  close(event) {
    event.preventDefault();
    if (!this.reason) return;
    const fields = new FormData(event.target);
    const text = String(fields.get('text') ?? '').trim();
    const closing = { reason: this.reason, ...(fields.get('confirmed') ? { confirmed: true } : {}), ...(text ? { text } : {}) };
    this.enter(/** @type {Act} */ (this.act), { closing }, say('closing_done'), () => { this.reason = ''; });
  }
}

customElements.define('renkei-console-closing', ClosingPart);
