// Gathers for each patient of this page what `need.js` puts in order: their unread entries, counted once per change of a
// timeline, and the duties of this person. Asked by the list, the title and the badge; keeps no entries.

import { agreementAsked } from './agreeing.js';
import { isLate } from './duties.js';
import { selfOf } from './mentions.js';
import { NO_NEED, byNeed, groupOf, whileRead } from './need.js';

/**
 * @typedef {import('./need.js').Need} Need
 * @typedef {{entries: number, alarms: number, mentions: number}} Unread
 */

/** @type {Unread} */
const NOTHING_UNREAD = { entries: 0, alarms: 0, mentions: 0 };

export class Needs {
  /** @param {import('./model.js').Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Map<string, {version: number, through: number, unread: Unread}>} */
    this.counted = new Map();
    /** @type {Map<string, {version: number, item: import('./timeline.js').Item | null}>} */
    this.agreeing = new Map();
    /** The patient being read, and how it stood when that began. @type {{id: string, need: Need} | null} */
    this.reading = null;
  }

  clear() {
    this.counted.clear();
    this.agreeing.clear();
    this.reading = null;
  }

  /** What this person has not read; nothing until their marker is known. @param {string} id @returns {Unread} */
  unread(id) {
    const { model } = this;
    const markers = model.markers.get(id);
    if (!markers || model.isSecretariat) return NOTHING_UNREAD;
    const timeline = model.timeline(id);
    const through = markers.get(model.myId)?.through ?? 0;
    const held = this.counted.get(id);
    if (held && held.version === timeline.version && held.through === through) return held.unread;
    const unread = timeline.unread(through, selfOf(model.me));
    this.counted.set(id, { version: timeline.version, through, unread });
    return unread;
  }

  /** The registration of a patient that waits for this person's agreement. @param {string} id */
  agreement(id) {
    const timeline = this.model.timelines.get(id);
    if (!timeline) return null;
    const held = this.agreeing.get(id);
    if (held && held.version === timeline.version) return held.item;
    const item = agreementAsked(timeline, this.model.myId);
    this.agreeing.set(id, { version: timeline.version, item });
    return item;
  }

  /** All that wait for it. */
  get agreements() {
    return [...this.model.patients.keys()].flatMap((id) => this.agreement(id) ?? []);
  }

  /** @returns {Map<string, Need>} by patient */
  get all() {
    const { model } = this;
    const now = model.clock.now();
    /** @type {Map<string, Need>} */
    const needs = new Map([...model.patients.keys()].map((id) =>
      [id, { ...NO_NEED, ...this.unread(id), asked: this.agreement(id) ? 1 : 0, lastMs: model.timelines.get(id)?.last?.recordedAtMs ?? 0 }]));
    for (const duty of model.isSecretariat ? [] : model.owing.waitingNow) {
      const need = needs.get(duty.timeline);
      if (!need) continue;
      if (isLate(duty, now)) need.late += 1;
      else need.open += 1;
      need.dueMs = Math.min(need.dueMs, duty.dueMs);
    }
    return needs;
  }

  /** Patients in the order they need this person, each in its group. */
  get rows() {
    const { model } = this;
    const needs = this.all;
    this.follow(needs);
    const rows = [...model.patients.values()].map((patient) => {
      const need = /** @type {Need} */ (needs.get(patient.id));
      const placed = this.reading?.id === patient.id ? whileRead(this.reading.need, need) : need;
      return { id: patient.id, patient, need, placed, group: model.isSecretariat ? 'rest' : groupOf(placed) };
    });
    // The secretariat has nothing unread, and a list that stays as it is when it opens one.
    const byKana = (/** @type {any} */ a, /** @type {any} */ b) => a.patient.name.kana.localeCompare(b.patient.name.kana, 'ja');
    return rows.sort((a, b) => (model.isSecretariat ? 0 : byNeed(a.placed, b.placed)) || byKana(a, b));
  }

  /** @param {Map<string, Need>} needs */
  follow(needs) {
    const { selected } = this.model;
    if (this.reading?.id === selected) return;
    const need = needs.get(selected);
    this.reading = need ? { id: selected, need } : null;
  }

  /** How much of everything waits for this person: what the title and the badge say. */
  get sum() {
    const sum = { ...NO_NEED };
    for (const need of this.all.values()) {
      for (const count of /** @type {const} */ (['late', 'open', 'asked', 'alarms', 'mentions', 'entries'])) sum[count] += need[count];
    }
    return sum;
  }
}
