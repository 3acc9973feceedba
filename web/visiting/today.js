// Today's visits out of what the timelines say: planned visits, visits asked to be joined, visits made, and of everybody
// else what is due and how long nobody was there. A fold over one timeline, kept until the timeline changes. No I/O.

import { dayOf } from '../dates.js';
import { msOfUs } from '../frames.js';
import { currentBody } from '../timeline.js';

/**
 * @typedef {import('../timeline.js').Item} Item
 * @typedef {import('../timeline.js').Timeline} Timeline
 * @typedef {{person: string, role: string, organisation: string}} Visitor whose day it is
 * A visit that somebody planned. `mine`: this person's or their office's; `joins`: they are asked to be there.
 * @typedef {{item: Item, atMs: number, endsAtMs: number, text: string, role: string, organisation: string, mine: boolean, joins: boolean}} Plan
 * @typedef {{plans: Plan[], made: Item | null, last: Item | null}} Facts
 * `plans` of the day, `made`: this person's visit of the day, `last`: the last visit of their office
 */

/** @param {Item} item @param {Record<string, any>} body @param {Visitor} visitor @returns {Plan} */
function planned(item, body, visitor) {
  const organisation = body.organisation || item.author.organisation;
  const role = body.role || (body.organisation && body.organisation !== item.author.organisation ? '' : item.author.role);
  const ofOffice = organisation === visitor.organisation && (!role || role === visitor.role);
  return {
    item, organisation, role,
    atMs: msOfUs(body.startsAtUs),
    endsAtMs: body.endsAtUs ? msOfUs(body.endsAtUs) : 0,
    text: body.text ?? '',
    mine: body.person ? body.person === visitor.person : ofOffice,
    joins: (body.invited ?? []).includes(visitor.organisation) || (body.invitedRoles ?? []).includes(visitor.role),
  };
}

/** A visit made together with others, planned for a moment. @param {Item} item @param {Record<string, any>} body @param {Visitor} visitor @returns {Plan} */
const joint = (item, body, visitor) => ({
  item, organisation: item.author.organisation, role: item.author.role, atMs: msOfUs(body.atUs), endsAtMs: 0, text: body.text ?? '',
  mine: item.author.person === visitor.person, joins: (body.organisations ?? []).includes(visitor.organisation),
});

/** When somebody was there: as they said, else when they wrote it. @param {Item} item */
export const visitedAtMs = (item) => {
  const { startedAtUs } = currentBody(item);
  return startedAtUs ? msOfUs(startedAtUs) : item.observedAtMs ?? item.recordedAtMs;
};

/** @param {Timeline} timeline @param {Visitor} visitor @param {number} nowMs @returns {Facts} */
export function factsOf(timeline, visitor, nowMs) {
  const today = dayOf(nowMs);
  /** @type {Facts} */
  const facts = { plans: [], made: null, last: null };
  for (const item of timeline.items) {
    if (item.retraction) continue;
    if (item.kind === 'visit' && item.author.organisation === visitor.organisation) {
      if (!facts.last || visitedAtMs(item) >= visitedAtMs(facts.last)) facts.last = item;
      if (item.author.person === visitor.person && dayOf(visitedAtMs(item)) === today) facts.made = item;
    }
    const body = item.kind === 'visit_plan' || item.kind === 'joint_visit' ? currentBody(item) : null;
    if (!body) continue;
    const plan = item.kind === 'visit_plan' ? planned(item, body, visitor)
      : body.state === 'planned' && body.atUs ? joint(item, body, visitor) : null;
    if (plan && dayOf(plan.atMs) === today) facts.plans.push(plan);
  }
  facts.plans.sort((a, b) => a.atMs - b.atMs);
  return facts;
}

/** Facts of many timelines, each worked out again only when it or the day changed. */
export class Today {
  constructor() {
    /** @type {Map<string, {key: string, facts: Facts}>} */
    this.kept = new Map();
  }

  /** @param {Timeline} timeline @param {Visitor} visitor @param {number} nowMs */
  of(timeline, visitor, nowMs) {
    const key = `${dayOf(nowMs)} ${visitor.person} ${timeline.lastSeq} ${timeline.items.length}`;
    const kept = this.kept.get(timeline.id);
    if (kept?.key === key) return kept.facts;
    const facts = factsOf(timeline, visitor, nowMs);
    this.kept.set(timeline.id, { key, facts });
    return facts;
  }
}

/**
 * @typedef {{id: string, kana: string, facts: Facts, pinned: boolean, dueMs: number}} Row `dueMs`: when the first duty of this person there is due, else infinite
 * The rows of the day: who is planned, by time; who was visited all the same; who was added by hand; and the rest, who is due first and was visited
 * longest ago in front.
 * @param {Row[]} rows
 */
export function sorted(rows) {
  const isPlanned = (/** @type {Row} */ { facts }) => facts.plans.some(({ mine, joins }) => mine || joins);
  const firstMs = (/** @type {Row} */ { facts }) => facts.plans.find(({ mine, joins }) => mine || joins)?.atMs ?? 0;
  const lastMs = (/** @type {Row} */ { facts }) => (facts.last ? visitedAtMs(facts.last) : 0);
  const byKana = (/** @type {Row} */ a, /** @type {Row} */ b) => a.kana.localeCompare(b.kana, 'ja');
  const byDue = (/** @type {Row} */ a, /** @type {Row} */ b) => (a.dueMs === b.dueMs ? 0 : a.dueMs - b.dueMs);
  return {
    planned: rows.filter(isPlanned).sort((a, b) => firstMs(a) - firstMs(b) || byKana(a, b)),
    unplanned: rows.filter((row) => !isPlanned(row) && !row.pinned && row.facts.made).sort(byKana),
    added: rows.filter((row) => !isPlanned(row) && row.pinned).sort(byKana),
    others: rows.filter((row) => !isPlanned(row) && !row.pinned && !row.facts.made).sort((a, b) => byDue(a, b) || lastMs(a) - lastMs(b) || byKana(a, b)),
  };
}
