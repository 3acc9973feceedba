// The linking queue as people think of it: who waits, for whom. Pure.

/**
 * Entries of one author about one patient: one link opens the way for all of them.
 * @typedef {{key: string, first: import('./calls.js').Waiting, ids: string[]}} Group
 */

/** @param {import('./calls.js').Waiting[]} waiting @returns {Group[]} those who wait the longest in front */
export function grouped(waiting) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const one of [...waiting].sort((a, b) => Date.parse(a.received_at) - Date.parse(b.received_at))) {
    const key = [one.timeline, one.organisation, one.person, one.role].join(' ');
    const group = groups.get(key) ?? { key, first: one, ids: [] };
    group.ids.push(one.id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
