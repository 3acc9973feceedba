// What somebody types to destroy a record, and the days by which it may be. Pure; the hub judges everything again.

import { birthDateOf, spaced } from './names.js';

/**
 * @typedef {{name: string, birthDate: string, reason: string}} Typed
 * @typedef {'name' | 'birth_date' | 'reason'} TypedField
 */

const DAY_MS = 86_400_000;

/** @type {readonly TypedField[]} in the order of the form */
export const FIELDS = ['name', 'birth_date', 'reason'];

/** What is missing or cannot be read, by field, as phrases. @param {Typed} typed @returns {Partial<Record<TypedField, 'name_missing' | 'birth_date_bad' | 'reason_missing'>>} */
export const faultsOf = ({ name, birthDate, reason }) => ({
  ...(name.trim() ? {} : { name: 'name_missing' }),
  ...(birthDateOf(birthDate) ? {} : { birth_date: 'birth_date_bad' }),
  ...(reason.trim() ? {} : { reason: 'reason_missing' }),
});

/** @param {Typed} typed without faults */
export const asGiven = ({ name, birthDate, reason }) => ({ name: spaced(name), birth_date: birthDateOf(birthDate), reason: reason.trim() });

/** The day after, of `YYYY-MM-DD`: the first on which it may be destroyed. @param {string} until */
export const dayAfter = (until) => new Date(Date.parse(until) + DAY_MS).toISOString().slice(0, 10);

/** Whole days since `YYYY-MM-DD`, by the calendar of this device. @param {string} until @param {number} nowMs */
export function daysSince(until, nowMs) {
  const now = new Date(nowMs);
  return Math.round((Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()) - Date.parse(until)) / DAY_MS);
}
