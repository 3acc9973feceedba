// Emergency access as this page holds it: whom this person opened, until when; and at the end the page forgets by itself,
// whether the hub can be reached or not. Whether it may be declared the hub decides.

import { PHRASES } from './phrases.js';
import { uuidV7 } from './uuid.js';

/** How often the remaining time is shown anew. */
const TICK_MS = 15_000;
const [ja, en] = PHRASES.emergency_ended;

/**
 * @typedef {import('./model.js').Model} Model
 * @typedef {import('./rest.js').Patient} Patient
 * @typedef {{patient: Patient, endsAtMs: number}} Opened
 */

export class Emergency {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Map<string, Opened>} */
    this.opened = new Map();
  }

  clear() {
    this.opened.clear();
    this.model.clock.cancel(this.timer);
  }

  /** Milliseconds left, or 0 for a patient seen without emergency access. @param {string} patient */
  leftMs(patient) {
    const opened = this.opened.get(patient);
    return opened ? Math.max(0, opened.endsAtMs - this.model.clock.now()) : 0;
  }

  /** Declares access and reads the timeline. @param {string} timeline @param {string} reason @param {number} minutes */
  async declare(timeline, reason, minutes) {
    const { model } = this;
    // Counted from before the hub heard of it: the page is never later than the hub.
    const endsAtMs = model.clock.now() + minutes * 60_000;
    await model.rest.post(timeline, { id: uuidV7(), body: { emergencyAccess: { reason, minutes } } });
    const patient = await model.rest.patient(timeline);
    if (patient.emergency_access_until) this.opened.set(timeline, { patient, endsAtMs });
    model.patients.set(timeline, patient);
    model.hub.resubscribe(timeline);
    this.watch();
    model.changed();
  }

  /** The list of patients was read anew, without those of others. @param {Map<string, Patient>} patients */
  keep(patients) {
    for (const [id, { patient }] of this.opened) if (!patients.has(id)) patients.set(id, patient);
  }

  watch() {
    const { clock, hub } = this.model;
    clock.cancel(this.timer);
    const now = clock.now();
    for (const [id, { endsAtMs }] of this.opened) {
      if (now < endsAtMs) continue;
      hub.leave(id);
      this.model.forgetTimeline(id, { ja, en });
    }
    this.model.changed();
    if (this.opened.size === 0) return;
    const nextMs = Math.min(TICK_MS, ...[...this.opened.values()].map(({ endsAtMs }) => Math.max(0, endsAtMs - now)));
    this.timer = clock.after(() => this.watch(), nextMs);
  }
}

/** @type {WeakMap<import('./timeline.js').Timeline, {version: number, items: import('./timeline.js').Item[]}>} */
const declared = new WeakMap();

/** Looked for once per change, not with every painting. @param {import('./timeline.js').Timeline} timeline */
function declaredOn(timeline) {
  const held = declared.get(timeline);
  if (held && held.version === timeline.version) return held.items;
  const items = timeline.items.filter(({ kind }) => kind === 'emergency_access');
  declared.set(timeline, { version: timeline.version, items });
  return items;
}

/**
 * The accesses of others to a timeline that are open at `nowMs`; of each person's the last declaration counts.
 * @param {import('./timeline.js').Timeline | undefined} timeline @param {string} me @param {number} nowMs
 * @returns {{item: import('./timeline.js').Item, endsAtMs: number}[]}
 */
export function openAccesses(timeline, me, nowMs) {
  const last = new Map();
  for (const item of timeline ? declaredOn(timeline) : []) {
    if (item.author.person !== me) last.set(`${item.author.person} ${item.author.organisation}`, item);
  }
  return [...last.values()]
    .map((item) => ({ item, endsAtMs: item.recordedAtMs + (item.body.minutes ?? 0) * 60_000 }))
    .filter(({ endsAtMs }) => nowMs < endsAtMs);
}
