// Posts in quarantine as the secretariat looks after them: by who wrote them, whether they can still send them, and what the
// secretariat may do itself. What they say is never here. Pure.

/** Kinds that the secretariat may send for an author: what was seen, and no act of theirs. The hub decides by its own list. */
export const OBSERVATIONS = new Set([
  'vital', 'note', 'visit', 'status_change', 'infection_notice', 'call', 'verbal_order_received', 'admission', 'discharge', 'death',
]);

/** Whoever looks so late that a post ends within this time is told. */
const ENDS_SOON_MS = 3 * 86_400_000;

/**
 * @typedef {import('../quarantined.js').Quarantined} Quarantined
 * @typedef {{key: string, person: string, role: string, organisation: string, posts: Quarantined[]}} Author
 * @typedef {import('./calls.js').Person} Person
 * @typedef {'own' | 'gone' | 'here' | 'away' | 'unknown'} Whereabouts of an author: `gone` no longer works in that role, so that nobody can release as them
 */

/** By who wrote them, and as what: whose posts end first in front. @param {Quarantined[]} posts @returns {Author[]} */
export function byAuthor(posts) {
  /** @type {Map<string, Author>} */
  const authors = new Map();
  for (const post of [...posts].sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at))) {
    const { person, role, organisation } = post;
    const key = [person, role, organisation].join(' ');
    const author = authors.get(key) ?? { key, person, role, organisation, posts: [] };
    author.posts.push(post);
    authors.set(key, author);
  }
  return [...authors.values()];
}

/**
 * @param {Author} author @param {string} myId @param {Person | undefined} person as the directory has them; `undefined`: not in it any more
 * @param {import('./calls.js').Account | null | undefined} account `null`, `undefined`: not to be seen
 * @returns {Whereabouts}
 */
export function whereaboutsOf({ person: id, role, organisation }, myId, person, account) {
  if (id === myId) return 'own';
  const works = person && person.active !== false && person.positions.some((one) => one.role === role && one.organisation === organisation);
  if (!works) return 'gone';
  if (!account) return 'unknown';
  return account.sign_ins.length > 0 ? 'here' : 'away';
}

/** @param {Quarantined} post @param {number} nowMs */
export const endsSoon = ({ expires_at: until }, nowMs) => Date.parse(until) - nowMs < ENDS_SOON_MS;
