// One draft on its way to becoming a post: its id stays the same from the first dry run to the last resend, it is judged
// a moment after each change, and it is judged again before it is sent if the last ruling is not about this very text.
// While the hub cannot be asked, what this device foresees stands in the place of a ruling, and binds nobody.
// Reasons written for rules that hold it belong to the draft, and go with it.

import { uuidV7 } from './uuid.js';

const ASK_PAUSE_MS = 450;

/**
 * @typedef {import('./frames.js').Intent} Intent
 * @typedef {import('./frames.js').Verdict} Verdict
 * @typedef {import('./frames.js').Hold} Hold
 */

export class Draft {
  /**
   * @param {import('./model.js').Model} model
   * @param {() => Intent | null} build the post as it stands, without its id; `null`: nothing to send yet
   * @param {() => void} changed
   */
  constructor(model, build, changed) {
    this.model = model;
    this.build = build;
    this.changed = changed;
    this.id = '';
    this.begin();
  }

  /**
   * A new draft, or a refused post taken up again under its id, with what was written for the rules that hold it.
   * @param {string} [id] @param {import('./frames.js').WrittenReason[]} [reasons] @param {Hold[]} [holds]
   */
  begin(id = uuidV7(), reasons = [], holds = []) {
    this.id = id;
    /** @type {'empty' | 'asking' | 'unknown' | 'judged'} */
    this.state = 'empty';
    /** @type {Verdict | null} */
    this.verdict = null;
    /** @type {import('./rules/foreseeing.js').Foreseen | null} what this device can say while the hub cannot be asked */
    this.foreseen = null;
    this.judgedText = '';
    this.confirmed = false;
    /** @type {Map<string, string>} by citation */
    this.reasons = new Map(reasons.map(({ rule, text }) => [rule, text]));
    /** @type {Map<string, Hold>} what holds it, also when a reason lets it pass by now */
    this.holds = new Map(holds.map((hold) => [hold.citation, hold]));
    this.model.clock.cancel(this.timer);
  }

  /** @returns {Intent | null} */
  intent() {
    const intent = this.build();
    if (!intent) return null;
    const reasons = [...this.reasons].filter(([, text]) => text.trim()).map(([rule, text]) => ({ rule, text }));
    return { ...intent, ...(reasons.length ? { reasons } : {}), id: this.id };
  }

  /** @param {string} rule a citation @param {string} text */
  write(rule, text) {
    this.reasons.set(rule, text);
    this.edited();
    this.changed();
  }

  /** The author changed something. */
  edited() {
    this.model.clock.cancel(this.timer);
    this.confirmed = false;
    if (!this.build()) {
      this.state = 'empty';
      this.verdict = null;
      this.foreseen = null;
      this.holds.clear();
      this.changed();
      return;
    }
    this.timer = this.model.clock.after(() => this.ask(), ASK_PAUSE_MS);
  }

  /** @returns {Promise<Verdict | null>} */
  async ask() {
    const intent = this.intent();
    if (!intent) return null;
    const text = textOf(intent);
    this.state = 'asking';
    this.changed();
    const verdict = await this.model.hub.dryRun(intent);
    const now = this.intent();
    // An answer about an older text says nothing about this one.
    if (now?.id !== intent.id || textOf(now) !== text) return null;
    this.verdict = verdict;
    this.foreseen = null;
    this.state = verdict ? 'judged' : 'unknown';
    this.judgedText = verdict ? text : '';
    if (verdict) this.keepHolds(verdict);
    else this.foresee(intent);
    if (verdict) this.model.foreseeing?.learn(verdict.cited);
    this.changed();
    return verdict;
  }

  /** Without the hub. @param {Intent} intent */
  foresee(intent) {
    const { foreseeing } = this.model;
    this.foreseen = foreseeing?.foresee(intent) ?? null;
    if (this.foreseen) this.keepHolds(this.foreseen);
    foreseeing?.waiting.add(this);
  }

  /** A rule that a reason was written for stays on the screen, so that the reason can be read and changed. @param {{holds: Hold[]}} verdict */
  keepHolds(verdict) {
    for (const citation of this.holds.keys()) if (!this.reasons.get(citation)?.trim()) this.holds.delete(citation);
    for (const hold of verdict.holds) this.holds.set(hold.citation, hold);
  }

  /** Whether the rules as last asked refuse it as it stands. */
  get refused() {
    return this.state === 'judged' && this.verdict?.verdict === 'refused';
  }

  /**
   * Sends unless the rules refuse; a post bound for the linking queue goes at the second press. Without the hub it goes to
   * the outbox unjudged, and the verdict comes after the fact. What was refused is asked again: others may have acted.
   * @returns {Promise<boolean>} whether it was handed over
   */
  async send() {
    const intent = this.intent();
    if (!intent) return false;
    this.model.clock.cancel(this.timer);
    const known = this.state === 'judged' && !this.refused && textOf(intent) === this.judgedText;
    const verdict = known ? this.verdict : await this.ask();
    if (verdict?.verdict === 'refused') return false;
    if (verdict?.verdict === 'queued' && !this.confirmed) {
      this.confirmed = true;
      this.changed();
      return false;
    }
    this.model.hub.post(/** @type {Intent} */ (this.intent()));
    this.begin();
    this.changed();
    return true;
  }
}

/** What a ruling is about; the moment of writing is left out, because it moves with the clock. @param {Intent} intent */
const textOf = ({ observedAtUs, ...rest }) => JSON.stringify(rest);
