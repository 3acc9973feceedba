// What a draft would meet, while the hub cannot be asked: by the rules as they were fetched last, kept on the device with the
// rest and forgotten with it. The hub is asked again for whatever was foreseen as soon as it is there. No templates here.

import { kindOf } from '../frames.js';
import { judge } from './judging.js';
import { Table } from './table.js';

/** A rulebook may come into force while nobody posts. */
const LOOK_AGAIN_MS = 10 * 60_000;
/** After rules that did not come. */
const RETRY_MS = 30_000;

/**
 * @typedef {import('../frames.js').Intent} Intent
 * @typedef {import('./judging.js').Judged} Judged
 * @typedef {import('../frames.js').Hold} Hold
 * What this device can say of a draft. @typedef {Judged & {holds: Hold[], sets: import('./table.js').Given['sets'], fetchedAtMs: number, syncedAtMs: number}} Foreseen
 * @typedef {{state: string, ask: () => Promise<any>}} Waiting a draft
 */

export class Foreseeing {
  /** @param {import('../model.js').Model} model */
  constructor(model) {
    this.model = model;
    /** The `etag` of the rules that are here. */
    this.tag = '';
    this.clear();
  }

  clear() {
    this.model.clock.cancel(this.timer);
    /** @type {Table | null} */
    this.table = null;
    this.tag = '';
    this.busy = false;
    /** @type {Set<Waiting>} drafts that the hub could not be asked about */
    this.waiting = new Set();
  }

  // ── the rules ──

  /** It came after the first view: takes what the device kept until now, and asks the hub where it is there. */
  begin() {
    const { model } = this;
    model.foreseeing = this;
    if (model.keptRules) this.takeUp(model.keptRules);
    model.keptRules = null;
    if (this.hubIsThere) this.refresh();
  }

  /** Also while it still sends what was missed: it greeted this page, and does so only once. */
  get hubIsThere() {
    const { phase } = this.model.hub.connection;
    return phase === 'live' || phase === 'catching_up';
  }

  /** What is kept on the device. */
  get kept() {
    const { table, tag } = this;
    return table ? { given: table.given, fetchedAtMs: table.fetchedAtMs, tag } : null;
  }

  /** @param {{given: import('./table.js').Given, fetchedAtMs: number, tag: string} | null} kept */
  takeUp(kept) {
    this.table = Table.of(kept?.given, kept?.fetchedAtMs ?? 0);
    this.tag = this.table ? (kept?.tag ?? '') : '';
  }

  /** Fetches the rules unless they are those that are here; again after a while, as long as the hub is there. */
  async refresh() {
    const { model } = this;
    if (this.busy || model.isSecretariat) return;
    this.busy = true;
    let pauseMs = LOOK_AGAIN_MS;
    try {
      const fetched = await model.rest.rulebookTables(this.tag);
      // Somebody else may be signed in by now.
      if (!this.busy) return;
      const now = model.clock.now();
      if (fetched) this.takeUp({ given: fetched.tables, fetchedAtMs: now, tag: fetched.tag });
      else if (this.table) this.table.fetchedAtMs = now;
      model.keeper.note('tables');
    } catch {
      // The rules of before are better than none; they say of when they are.
      pauseMs = RETRY_MS;
    }
    this.busy = false;
    model.clock.cancel(this.timer);
    if (model.stage === 'ready') this.timer = model.clock.after(() => this.hubIsThere && this.refresh(), pauseMs);
  }

  /** What the hub cites that is not among these rules says that there are others by now. @param {string[]} cited */
  learn(cited) {
    if (this.table && cited.some((citation) => !this.table?.has(citation))) this.refresh();
  }

  // ── drafts ──

  /** @param {Intent} intent @returns {Foreseen | null} nothing where this device does not know enough to say anything */
  foresee(intent) {
    const around = this.around(intent.timeline);
    if (!this.table || !around) return null;
    const judged = judge(this.table, intent, around);
    return {
      ...judged, holds: judged.held.map((rule) => holdOf(rule, judged.asking)), sets: this.table.given.sets,
      fetchedAtMs: this.table.fetchedAtMs, syncedAtMs: this.model.hub.connection.phase === 'live' ? this.model.clock.now() : this.model.syncedAtMs,
    };
  }

  /** @param {string} timeline @returns {import('./facts.js').Around | null} */
  around(timeline) {
    const { me, patients, timelines, hub, keeper, emergency, outbox, organisations, clock } = this.model;
    const [card, held] = [patients.get(timeline), timelines.get(timeline)];
    if (!me || !card || !held || card.emergency_access_until) return null;
    const onTheWay = outbox.of(timeline).filter(({ state }) => state === 'waiting' || state === 'sent');
    return {
      me, card, items: held.items, consent: held.consent?.state, withheld: held.consent ? (held.consent.withheld ?? []) : undefined, through: hub.cursors.places.get(timeline)?.after ?? -1,
      isPartial: keeper.partial.has(timeline), isOpened: emergency.opened.has(timeline),
      onTheWay: onTheWay.map(({ intent }) => kindOf(Object.keys(intent.body)[0])),
      typeOf: (organisation) => organisations.get(organisation)?.type ?? '',
      nowMs: clock.now(),
    };
  }

  /** The hub is there again. */
  askAgain() {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const draft of waiting) if (draft.state === 'unknown') draft.ask();
  }
}

/** A gate that holds, as the hub would tell it. @param {import('./table.js').Rule} rule @param {import('./possible.js').Asking} asking @returns {Hold} */
function holdOf({ citation, title, says, gate }, asking) {
  const { require, exceptions, reason_ok: reasonOk } = /** @type {NonNullable<import('./table.js').Rule['gate']>} */ (gate);
  const missing = require.map((clause) => clause.filter((term) => !asking.isCertain(term)).map(({ field, words }) => ({ wanted: words, now: asking.statement(field) })));
  return { citation, title, reason: says, missing, exceptions, reasonOk };
}
