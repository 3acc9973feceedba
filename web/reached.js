// Who has read an entry, and who has not: of those whose marker went past it, all but whoever certainly was not shown it. A marker says how far
// somebody read, and not what the rules showed them on the way; of what only some professions see the page cannot tell. No I/O.

import { addresseesOf } from './mentions.js';
import { currentBody, readers } from './timeline.js';

/**
 * @typedef {import('./timeline.js').Item} Item
 * @typedef {import('./timeline.js').Timeline} Timeline
 * @typedef {{touched: number, opens: Map<string, number>, opened: Set<string>}} Past from when each office on the team sees, and who ever opened all in an emergency
 * @typedef {{person: string, atMs: number}} Reader `atMs`: when they read as far, 0 where nobody knows, or they have not
 */

/** @type {WeakMap<Timeline, Past>} */
const pasts = new WeakMap();

/** @param {Timeline} timeline @returns {Past} */
function pastOf(timeline) {
  const held = pasts.get(timeline);
  if (held && held.touched === timeline.touched) return held;
  /** @type {Past} */
  const past = { touched: timeline.touched, opens: new Map(), opened: new Set() };
  for (const item of timeline.items) {
    if (item.kind === 'emergency_access') past.opened.add(item.author.person);
    if (item.kind !== 'team_link') continue;
    // Of several links of one office the widest counts: what it once opened may have been read then.
    for (const { organisation, history, historyFromUs } of [item.body, currentBody(item)]) {
      const from = history === 'nothing' ? item.recordedAtMs : history === 'from' ? Number(historyFromUs) / 1000 : 0;
      past.opens.set(organisation, Math.min(past.opens.get(organisation) ?? Infinity, from));
    }
  }
  pasts.set(timeline, past);
  return past;
}

/** @param {Item} item @param {{role: string, organisation: string}} position @param {string} person @param {Past} past */
function wasHidden(item, { role, organisation }, person, past) {
  if (organisation === item.author.organisation) return false;
  if (role === 'family') {
    return !addresseesOf(currentBody(item), item.addressedTo).some((to) => to.person === person || to.role === role || to.organisation === organisation);
  }
  return item.recordedAtMs < (past.opens.get(organisation) ?? 0);
}

/** Whether somebody may have been shown an entry; a machine was not. @param {import('./model.js').Model} model @param {Item} item @param {string} person @param {Past} past */
function mayHaveSeen(model, item, person, past) {
  const positions = model.people.get(person)?.positions ?? [];
  if (positions.length > 0 && positions.every(({ role }) => role === 'gateway')) return false;
  return past.opened.has(person) || positions.length === 0 || !positions.every((position) => wasHidden(item, position, person, past));
}

/** @param {import('./model.js').Model} model @param {Item} item @returns {Reader[]} */
export function readersOf(model, item) {
  const markers = model.markers.get(item.timeline);
  if (!markers) return [];
  const past = pastOf(model.timeline(item.timeline));
  return readers(markers, item).filter(([person]) => mayHaveSeen(model, item, person, past)).map(([person, { atMs }]) => ({ person, atMs }));
}

/** Who of the team is shown it and has not read as far. @param {import('./model.js').Model} model @param {Item} item @returns {Reader[]} */
export function unreadBy(model, item) {
  const markers = model.markers.get(item.timeline);
  if (!markers) return [];
  const past = pastOf(model.timeline(item.timeline));
  const team = new Map((model.patients.get(item.timeline)?.team ?? []).map((link) => [link.organisation, link.people ?? []]));
  return [...model.people.values()].filter(({ id, positions = [] }) => id !== item.author.person && (markers.get(id)?.through ?? 0) < item.seq
    && positions.some(({ organisation }) => team.has(organisation) && (!team.get(organisation)?.length || team.get(organisation)?.includes(id)))
    && mayHaveSeen(model, item, id, past)).map(({ id }) => ({ person: id, atMs: 0 }));
}
