// What the page knows of groups: messages in the order in which they are read, and people who may come into one. What
// `views/console/groups.js` shows.

import { folded } from '../fold.js';

/**
 * @typedef {{person: string, name: {kanji: string, kana: string}}} Member
 * @typedef {{id: string, name: string, about: string, organisation: string, organisation_name: string, is_closed: boolean, members: Member[], is_member: boolean, may_manage: boolean, unread: number}} Group
 * @typedef {{number: number, person: string, name: {kanji: string, kana: string}, role: string, organisation_name: string, at: string, text: string, is_mine: boolean,
 *   withdrawn: {at: string, by_author: boolean, reason: string} | null, may_withdraw: boolean}} Message
 * @typedef {{id: string, name: {kanji: string, kana: string}, positions: {role: string, organisation: string}[], active: boolean}} Person
 */

/** As they are read, the oldest first: what the hub told just now, and of what is older what the page had. @param {Message[]} known @param {Message[]} told the newest first */
export function merged(known, told) {
  if (told.length === 0) return known;
  const first = told[told.length - 1].number;
  // What lies between was never told: it is asked for again rather than left out unseen.
  const older = known.filter(({ number }) => number < first);
  const hangsTogether = older.length > 0 && older[older.length - 1].number === first - 1;
  return [...(hangsTogether ? older : []), ...[...told].reverse()];
}

/** Who may come into a group: whoever works, and of an office's group there. @param {Person[]} people @param {string} office `''`: anywhere */
export const workers = (people, office) => people.filter(({ active, positions }) => active
  && positions.some(({ role, organisation }) => role !== 'family' && role !== 'gateway' && (!office || office === organisation)));

/** @param {Person[]} people @param {string} query @param {Set<string>} but @param {number} max */
export function peopleNamed(people, query, but, max) {
  const wanted = folded(query);
  if (!wanted) return [];
  return people.filter(({ id, name }) => !but.has(id) && [name.kanji, name.kana].some((part) => folded(part).includes(wanted))).slice(0, max);
}
