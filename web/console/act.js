// One act of the console that the rules have a say in: an entry with its id, sent at the press of its button. What holds
// it, and the reasons written for that, stay with it until it goes through; the card of the composer shows them.

import { readVerdict } from '../frames.js';
import { uuidV7 } from '../uuid.js';

/**
 * @typedef {import('../frames.js').Hold} Hold
 * @typedef {import('../frames.js').Verdict} Verdict
 */

export class Act {
  /** @param {import('../model.js').Model} model @param {() => void} changed */
  constructor(model, changed) {
    this.model = model;
    this.changed = changed;
    this.begin();
  }

  begin() {
    this.id = uuidV7();
    /** The entry as it was last sent: another entry needs another id. @type {string} */
    this.sent = '';
    /** @type {'empty' | 'judged'} */
    this.state = 'empty';
    /** @type {Verdict | null} */
    this.verdict = null;
    /** @type {Map<string, string>} by citation */
    this.reasons = new Map();
    /** @type {Map<string, Hold>} */
    this.holds = new Map();
  }

  /** @param {string} rule a citation @param {string} text */
  write(rule, text) {
    this.reasons.set(rule, text);
    this.changed();
  }

  /** Another team, another document: what held the entry before may not hold this one. */
  edited() {
    this.state = 'empty';
    this.verdict = null;
    this.holds.clear();
  }

  get writtenReasons() {
    return [...this.reasons].filter(([rule, text]) => this.holds.has(rule) && text.trim()).map(([rule, text]) => ({ rule, text: text.trim() }));
  }

  /**
   * @param {string} timeline @param {Record<string, any>} body
   * @returns {Promise<any>} what the hub answered; `null` when a rule holds it, which is then shown
   */
  async send(timeline, body) {
    const text = JSON.stringify([timeline, body, this.writtenReasons]);
    if (this.sent && this.sent !== text) this.id = uuidV7();
    this.sent = text;
    const reasons = this.writtenReasons;
    return this.through(() => this.model.rest.post(timeline, { id: this.id, ...(reasons.length ? { reasons } : {}), body }));
  }

  /** Does it, and keeps what holds it. @param {() => Promise<any>} work */
  async through(work) {
    try {
      const answer = await work();
      this.begin();
      return answer ?? {};
    } catch (/** @type {any} */ error) {
      const verdict = readVerdict('refused', error.problem ?? {});
      if (verdict.holds.length === 0) throw error;
      this.verdict = verdict;
      this.state = 'judged';
      for (const hold of verdict.holds) this.holds.set(hold.citation, hold);
      return null;
    }
  }
}
