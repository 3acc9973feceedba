// What is owed across patients: the duties of every timeline this page holds, and what the hub lists beyond that (for the
// secretariat, who sees how duties stand and no chart). Titles of rules are learnt from verdicts or asked for once.

import { byDue, isLate, isOpen, isUnable, owes, readListed, standingOf } from './duties.js';

const PAGES_MAX = 20;
const REFRESH_PAUSE_MS = 1_000;
const DONE_SHOWN_MAX = 20;
/** A periodic duty is counted from this long before it is due. */
const STANDING_COUNTED_MS = 3 * 86_400_000;

/** @typedef {import('./duties.js').Duty} Duty */

export class Owing {
  /** @param {import('./model.js').Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Map<string, {ja: string, en: string} | null>} titles by citation; `null`: asked for, not known */
    this.titles = new Map();
    /** @type {Map<string, Duty>} what the hub listed */
    this.listed = new Map();
  }

  clear() {
    this.titles.clear();
    this.listed.clear();
    this.model.clock.cancel(this.timer);
  }

  /** @param {import('./frames.js').RuleInWords[]} words */
  learn(words) {
    for (const { citation, title } of words) this.titles.set(citation, title);
  }

  /** The title of the rule a duty comes from, once it is known. @param {string} citation */
  title(citation) {
    const known = this.titles.get(citation);
    if (known !== undefined) return known;
    this.titles.set(citation, null);
    this.model.rule(citation).then(({ title }) => {
      this.titles.set(citation, title);
      this.model.changed();
    }, () => {});
    return null;
  }

  /** Every duty this page knows of; what a timeline says is newer than a list. @returns {Duty[]} */
  get all() {
    const known = new Map(this.listed);
    for (const { duties } of this.model.timelines.values()) for (const [id, duty] of duties.all) known.set(id, duty);
    return [...known.values()];
  }

  /** Whether it is this person's to act on: owed in their role, or, for the secretariat, late anywhere. @param {Duty} duty */
  concerns(duty) {
    return owes(duty.debtors, this.model.me) || (this.model.isSecretariat && (duty.stands === 'overdue' || duty.stands === 'escalated'));
  }

  /** What waits for an answer of mine is apart from what I said I cannot do. @returns {{open: Duty[], unable: Duty[], done: Duty[]}} due first in front, done last in front */
  get mine() {
    const mine = this.all.filter((duty) => this.concerns(duty) || (!isOpen(duty) && duty.endedBy?.author.person === this.model.myId));
    const done = mine.filter((duty) => !isOpen(duty)).sort((a, b) => b.endedAtMs - a.endedAtMs).slice(0, DONE_SHOWN_MAX);
    const unable = (/** @type {Duty} */ duty) => isUnable(duty, this.model.myId);
    return { open: mine.filter((duty) => isOpen(duty) && !unable(duty)).sort(byDue), unable: mine.filter(unable).sort(byDue), done };
  }

  /** What others owe and the secretariat sees the standing of, beside what concerns it. @returns {Duty[]} due first in front */
  get elsewhere() {
    if (!this.model.isSecretariat) return [];
    return this.all.filter((duty) => isOpen(duty) && !this.concerns(duty)).sort(byDue);
  }

  /** Those of mine that wait for me now: what an entry asks for, and periodic ones that are due soon. */
  get waitingNow() {
    const now = this.model.clock.now();
    return this.mine.open.filter((duty) => standingOf(duty) !== 'paused'
      && (!duty.standing || isLate(duty, now) || duty.dueMs - now < STANDING_COUNTED_MS));
  }

  get waiting() {
    return this.waitingNow.length + this.model.needs.agreements.length;
  }

  /** Several changes of one moment ask once. */
  refreshSoon() {
    this.model.clock.cancel(this.timer);
    this.timer = this.model.clock.after(() => this.refresh(), REFRESH_PAUSE_MS);
  }

  async refresh() {
    /** @type {Map<string, Duty>} */
    const listed = new Map();
    try {
      let after = '';
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const { duties = [], next } = await this.model.rest.duties({ mine: !this.model.isSecretariat, after });
        for (const raw of duties) {
          listed.set(raw.id, readListed(raw));
          if (raw.title) this.titles.set(raw.rule, raw.title);
        }
        if (!next) break;
        after = next;
      }
      this.listed = listed;
      this.model.keeper.note('duties');
      this.model.changed();
    } catch (/** @type {any} */ error) {
      // A hub that keeps no list leaves what the timelines say.
      this.model.failed(error);
    }
  }
}
