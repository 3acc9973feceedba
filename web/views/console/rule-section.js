// What the sections of the console about rules share: work that is done once at a time, and its trouble in words.

import { html, nothing } from '../../vendor/lit.js';
import { RulesRest } from '../../console/rules-rest.js';
import { say } from '../../console/rules-phrases.js';
import { Turns, pressed } from '../../console/turns.js';
import { inLanguage } from '../../language.js';
import { icon } from '../icons.js';
import { View } from '../view.js';

export class Section extends View {
  static properties = { ...View.properties, item: {} };

  constructor() {
    super();
    this.item = '';
    this.busy = false;
    this.inLine = new Turns();
    this.trouble = '';
    this.done = '';
    /** @type {RulesRest | null} */
    this.calls = null;
  }

  get hub() {
    this.calls ??= new RulesRest(this.model.rest);
    return this.calls;
  }

  /** Does one thing after the other; what is pressed meanwhile waits for its turn. @param {() => Promise<void>} work @returns {Promise<boolean>} whether it was done */
  async attempt(work) {
    const { item } = this;
    const turn = this.inLine.take(pressed());
    if (turn === true) Object.assign(this, { busy: true, trouble: '', done: '' });
    else if (!await turn) return false;
    this.requestUpdate();
    // What was pressed about one is not done to another.
    const isOfAnother = item !== this.item;
    let isDone = false;
    try {
      if (!isOfAnother) {
        await work();
        isDone = true;
      }
    } catch (/** @type {any} */ error) {
      if (!(error?.status >= 0)) throw error;
      this.trouble = inLanguage(error.reason) || say(error.status === 0 ? 'unreachable' : 'failed');
    } finally {
      if (this.inLine.end(isDone || isOfAnother)) this.trouble = [this.trouble, say('left_out')].filter(Boolean).join(' ');
      this.busy = this.inLine.isBusy;
      this.requestUpdate();
    }
    return isDone;
  }

  /** What did not work, and what did. */
  messages() {
    return html`<p class="field-error rule-trouble" role="alert">${this.trouble ? html`${icon('alarm')}<span>${this.trouble}</span>` : nothing}</p>
      <p class="rule-done" role="status">${this.done ? html`${icon('check')}<span>${this.done}</span>` : nothing}</p>`;
  }

  /** Where nothing has come yet: it is on its way, or did not come. @param {() => void} again */
  notYet(again) {
    return this.busy ? html`<p class="quiet" role="status">${say('loading')}</p>` : this.button(say('again'), again);
  }

  /** @param {string} label @param {() => void} act @param {{primary?: boolean, small?: boolean, glyph?: Parameters<typeof icon>[0], off?: boolean}} [how] `off`: not yet */
  button(label, act, { primary = false, small = false, glyph, off = false } = {}) {
    return html`<button class="button ${primary ? 'button-primary' : ''} ${small ? 'button-small' : ''}" type="button" aria-disabled=${String(this.busy || off)}
        @click=${() => !off && act()}>
      ${glyph ? icon(glyph) : nothing}<span>${label}</span></button>`;
  }
}
