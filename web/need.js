// How much each patient needs this person: late and open duties of theirs, alarms, what is addressed to them, what is
// unread; and the order and groups that follow. Pure; `Model` gathers the counts, `views/patients.js` shows them.

/**
 * @typedef {'now' | 'mine' | 'unread' | 'rest'} Group
 * @typedef {object} Need of one patient
 * @property {number} late duties of mine past their due time
 * @property {number} open duties of mine that wait now
 * @property {number} dueMs when the first of them is due; Infinity: none
 * @property {number} alarms not read yet
 * @property {number} asked registrations that wait for me, the attending doctor, to agree
 * @property {number} mentions addressed to me and not read yet
 * @property {number} entries not read yet, the others included
 * @property {number} lastMs when something was last recorded
 * @typedef {'all' | 'duties' | 'alarms' | 'mentions' | 'unread'} Filter
 */

/** @type {Group[]} */
export const GROUPS = ['now', 'mine', 'unread', 'rest'];

/** @type {Need} */
export const NO_NEED = { late: 0, open: 0, dueMs: Infinity, asked: 0, alarms: 0, mentions: 0, entries: 0, lastMs: 0 };

/** @param {Need} need @returns {Group} */
export function groupOf({ late, open, asked, alarms, mentions, entries }) {
  if (late > 0 || alarms > 0) return 'now';
  if (open > 0 || asked > 0 || mentions > 0) return 'mine';
  return entries > 0 ? 'unread' : 'rest';
}

/** The more urgent one in front: by group, then new alarms, the duty due first, and whatever was recorded last. @param {Need} a @param {Need} b */
export function byNeed(a, b) {
  const group = GROUPS.indexOf(groupOf(a)) - GROUPS.indexOf(groupOf(b));
  const alarmed = Number(b.alarms > 0) - Number(a.alarms > 0);
  const due = a.dueMs === b.dueMs ? 0 : a.dueMs - b.dueMs;
  return group || alarmed || due || b.lastMs - a.lastMs;
}

/** @type {Record<Filter, (need: Need) => boolean>} */
export const FILTERS = {
  all: () => true,
  duties: ({ late, open, asked }) => late + open + asked > 0,
  alarms: ({ alarms }) => alarms > 0,
  mentions: ({ mentions }) => mentions > 0,
  unread: ({ entries }) => entries > 0,
};

/** While somebody reads about a patient, the place in the list is that of the moment they began, unless it is needed more by now. @param {Need} began @param {Need} now */
export const whileRead = (began, now) => (byNeed({ ...began, lastMs: 0 }, { ...now, lastMs: 0 }) <= 0 ? { ...began, lastMs: now.lastMs } : now);
