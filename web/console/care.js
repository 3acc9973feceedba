// What an office owes for its patients, for whoever administers it. Pure.

import { byDue, isLate, isOpen, readListed } from '../duties.js';

/** @typedef {import('../duties.js').Duty} Duty */

/**
 * Late first, then what is due first; what a timeline of this page says is newer than what the hub listed.
 * @param {string} office @param {any[]} listed as the hub lists duties @param {Duty[]} held by the page @param {number} nowMs @returns {Duty[]}
 */
export function dutiesOfOffice(office, listed, held, nowMs) {
  const known = new Map(listed.map((raw) => [raw.id, readListed(raw)]));
  for (const duty of held) known.set(duty.id, duty);
  return [...known.values()].filter((duty) => isOpen(duty) && duty.timeline !== office && duty.debtors.some(({ organisation }) => organisation === office))
    .sort((a, b) => Number(isLate(b, nowMs)) - Number(isLate(a, nowMs)) || byDue(a, b));
}
