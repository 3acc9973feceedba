// What the sections of the console about rules share: work that is done once at a time, and its trouble in words.

import { html, nothing } from '../../vendor/lit.js';
import { RulesRest } from '../../console/rules-rest.js';
import { say } from '../../console/rules-phrases.js';
import { inLanguage } from '../../language.js';
import { icon } from '../icons.js';
import { View } from '../view.js';

export class Section extends View {
  static properties = { ...View.properties, item: {} };

  constructor() {
    super();
    this.item = '';
    this.busy = false;
    this.trouble = '';
    this.done = '';
    /** @type {RulesRest | null} */
    this.calls = null;
  }

  get hub() {
    this.calls ??= new RulesRest(this.model.rest);
    return this.calls;
  }

  /** Does one thing at a time. @param {() => Promise<void>} work @returns {Promise<boolean>} whether it was done */
  async attempt(work) {
    if (this.busy) return false;
    Object.assign(this, { busy: true, trouble: '', done: '' });
    this.requestUpdate();
    let isDone = true;
    try {
      await work();
    } catch (/** @type {any} */ error) {
      if (!(error?.status >= 0)) throw error;
      isDone = false;
      this.trouble = inLanguage(error.reason) || say(error.status === 0 ? 'unreachable' : 'failed');
    } finally {
      this.busy = false;
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
        @click=${() => !this.busy && !off && act()}>
      ${glyph ? icon(glyph) : nothing}<span>${label}</span></button>`;
  }
}
