// Posts without a verdict, in the order they were written, and verdicts that ask something of the author. Kept in
// sessionStorage, so they survive a reload but not the closing of the tab; IndexedDB comes with the offline tablet.

/**
 * @typedef {import('./frames.js').Intent} Intent
 * @typedef {import('./frames.js').Verdict} Verdict
 * @typedef {object} Item
 * @property {Intent} intent
 * @property {'waiting' | 'sent' | 'refused' | 'queued'} state waiting and sent are unsent: the hub has not answered
 * @property {number} writtenAtMs
 * @property {Verdict} [verdict]
 */

export class Outbox {
  /** @param {{load: () => string | null, save: (text: string) => void}} storage */
  constructor(storage) {
    this.storage = storage;
    /** @type {Item[]} */
    this.items = [];
    this.restore();
  }

  restore() {
    try {
      const items = JSON.parse(this.storage.load() ?? '[]');
      this.items = Array.isArray(items) ? items.filter((item) => item?.intent?.id) : [];
    } catch {
      this.items = [];
    }
    this.lose();
  }

  save() {
    this.storage.save(JSON.stringify(this.items));
  }

  /** The number of posts the hub has not answered. */
  get unsent() {
    return this.items.filter((item) => item.state === 'waiting' || item.state === 'sent').length;
  }

  /** @param {string} id */
  find(id) {
    return this.items.find((item) => item.intent.id === id);
  }

  /** Appends, or replaces a refused post of the same id at the end. @param {Intent} intent @param {number} nowMs */
  add(intent, nowMs) {
    this.items = this.items.filter((item) => item.intent.id !== intent.id);
    this.items.push({ intent, state: 'waiting', writtenAtMs: nowMs });
    this.save();
  }

  /**
   * The next post to send, marked as sent. None while an earlier one waits to be tried again, so that order holds.
   * @returns {Intent | undefined}
   */
  next() {
    const item = this.items.find((candidate) => candidate.state === 'waiting');
    if (!item) return undefined;
    item.state = 'sent';
    this.save();
    return item.intent;
  }

  /** The socket is gone: what was sent without an answer is sent again, under the same ids. */
  lose() {
    for (const item of this.items) if (item.state === 'sent') item.state = 'waiting';
    this.save();
  }

  /**
   * The hub answered. Accepted posts leave; the others stay until the author has dealt with them.
   * @param {Verdict} verdict @returns {Item | undefined}
   */
  settle(verdict) {
    const item = this.find(verdict.id);
    if (!item) return undefined;
    if (verdict.verdict === 'accepted') this.items = this.items.filter((other) => other !== item);
    else Object.assign(item, { state: verdict.verdict, verdict });
    this.save();
    return item;
  }

  /** The author has read the verdict, or gives the post up. @param {string} id */
  remove(id) {
    this.items = this.items.filter((item) => item.intent.id !== id);
    this.save();
  }

  /** @param {string} timeline */
  of(timeline) {
    return this.items.filter((item) => item.intent.timeline === timeline);
  }
}
