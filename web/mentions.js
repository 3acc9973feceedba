// Whom an entry speaks to: roles and people a message names, addressees of any entry, whoever it was written for, the author
// of what it answers. Says whether that is this person, for marks, counts and filters. Who may see an entry is the hub's matter, not this file's.

import { currentBody } from './timeline.js';

/**
 * @typedef {import('./frames.js').Addressee} Addressee
 * @typedef {import('./timeline.js').Item} Item
 * @typedef {{id: string, role: string, organisation: string}} Self a person in the role they act in
 */

/** @param {import('./rest.js').Me | null} me @returns {Self} */
export const selfOf = (me) => ({ id: me?.person.id ?? '', role: me?.role ?? '', organisation: me?.organisation.id ?? '' });

/** Everybody it names, each once. @param {import('./frames.js').Body} body @param {Addressee[]} addressedTo @returns {Addressee[]} */
export function addresseesOf(body, addressedTo) {
  const roles = /** @type {string[]} */ (body.toRoles ?? []);
  const named = roles.filter((role) => !addressedTo.some((one) => one.role === role));
  return [...named.map((role) => ({ role })), ...addressedTo];
}

/** @param {Addressee} to @param {Self} self */
const means = (to, self) => to.person === self.id || (to.role !== undefined && to.role === self.role)
  || (to.organisation !== undefined && to.organisation === self.organisation);

/** The entry that one refers to, by whichever name its kind has for that. @param {import('./frames.js').Body} body @returns {string} */
export const referenceOf = (body) => body.answers ?? body.about ?? body.request ?? '';

/**
 * Whether others speak to this person with it: by name, by role, by writing it for them, or by answering what they wrote.
 * @param {Item} item @param {Self} self @param {Map<string, Item>} byId of its timeline
 */
export function speaksTo(item, self, byId) {
  if (item.author.person === self.id || item.retraction) return false;
  if (item.onBehalf?.person === self.id) return true;
  const body = currentBody(item);
  if (addresseesOf(body, item.addressedTo).some((to) => means(to, self))) return true;
  const reference = referenceOf(body);
  return reference !== '' && byId.get(reference)?.author.person === self.id;
}
