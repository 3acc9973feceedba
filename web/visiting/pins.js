// The patients that somebody added to today's visits by hand. Kept on this device for this day: ids alone, no name, and
// for the person who added them. The hub is not told.

import { dayOf } from '../dates.js';

const KEY = 'renkei.visits';
const PINS_MAX = 50;

export class Pins {
  /** @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} storage @param {string} person @param {() => number} now */
  constructor(storage, person, now) {
    this.storage = storage;
    this.person = person;
    this.now = now;
  }

  /** @returns {string[]} ids of patients, in the order they were added */
  get list() {
    try {
      const { day, person, patients } = JSON.parse(this.storage.getItem(KEY) ?? '{}');
      if (day === dayOf(this.now()) && person === this.person && Array.isArray(patients)) return patients.filter((id) => typeof id === 'string');
    } catch { /* What cannot be read is yesterday's. */ }
    return [];
  }

  /** @param {string} patient */
  has(patient) {
    return this.list.includes(patient);
  }

  /** @param {string} patient */
  add(patient) {
    this.keep([...this.list.filter((id) => id !== patient), patient].slice(-PINS_MAX));
  }

  /** @param {string} patient */
  remove(patient) {
    this.keep(this.list.filter((id) => id !== patient));
  }

  /** @param {string[]} patients */
  keep(patients) {
    if (patients.length === 0) this.storage.removeItem(KEY);
    else this.storage.setItem(KEY, JSON.stringify({ day: dayOf(this.now()), person: this.person, patients }));
  }
}
