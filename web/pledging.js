// What somebody has still to pledge, and giving it. Whoever never pledged what the rules ask sees nothing else first; what
// ran out is shown and waits. Knows no DOM; the view is `views/pledging.js`.

import { uuidV7 } from './uuid.js';

/**
 * @typedef {{ja: string, en: string}} Text
 * @typedef {{rule: string, title: Text, reason: Text, by: 'person' | 'organisation', since: string | null, first: boolean}} Owed
 */

export class Pledging {
  /** @param {import('./model.js').Model} model */
  constructor(model) {
    this.model = model;
    /** The timeline they are given on. @type {string} */
    this.timeline = '';
    this.clear();
  }

  clear() {
    /** @type {Owed[]} */
    this.owed = [];
    this.timeline = '';
    /** Whether the page is looked at by choice, to give again what ran out. */
    this.isOpen = false;
    this.busy = false;
    /** @type {Text | null} */
    this.trouble = null;
  }

  /** Whether nothing else is open before these are given. */
  get comesFirst() {
    return this.owed.some(({ first }) => first);
  }

  async look() {
    try {
      const { timeline, owed } = await this.model.rest.pledges();
      this.timeline = timeline;
      this.owed = owed;
      this.trouble = null;
    } catch (/** @type {any} */ error) {
      this.trouble = error.reason ?? { ja: 'いまは連携ハブに届きません', en: 'the hub is out of reach' };
      this.model.failed(error);
    }
    this.model.changed();
  }

  /** @param {boolean} open */
  open(open) {
    this.isOpen = open;
    this.model.changed();
  }

  /** Gives all that is owed: the person's own, then the office's. What was given stays given when the rest fails. */
  async give() {
    if (this.busy) return;
    this.busy = true;
    this.trouble = null;
    this.model.changed();
    try {
      for (const by of ['person', 'organisation']) {
        const rules = this.owed.filter((one) => one.by === by).map(({ rule }) => rule);
        if (rules.length > 0) await this.model.rest.post(this.timeline, { id: uuidV7(), body: { pledge: { by, rules } } });
      }
      this.isOpen = false;
      this.busy = false;
      if (this.model.stage === 'pledging') await this.model.start();
      else await this.look();
    } catch (/** @type {any} */ error) {
      this.busy = false;
      const trouble = error.reason ?? { ja: 'いまは連携ハブに届きません。もう一度お試しください', en: 'the hub is out of reach; please try again' };
      // A colleague may have given the office's meanwhile.
      await this.look();
      this.trouble = trouble;
      this.model.changed();
    }
  }
}
