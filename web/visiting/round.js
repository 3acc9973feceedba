// What is being written on a visit to one patient: the values in the pad, the note of choices, the wounds, and the two
// drafts that become a `vital` and a `visit`. Kept while other patients are looked at, in memory alone.

import { Attaching } from '../attaching.js';
import { Draft } from '../draft.js';
import { usOfMs } from '../frames.js';
import { unitOf } from '../readings.js';
import { noteBody } from './note.js';
import { measurementsIn } from './pad.js';

/**
 * @typedef {import('./note.js').Chosen} Chosen
 * @typedef {import('./wounds.js').Wound} Wound
 */

const MISSING_MS_MAX = 10_000;

/** @returns {Chosen} */
const nothingChosen = () => ({ chips: {}, devices: {}, sentence: '', startedAt: '', endedAt: '', tellDoctor: false, acp: false, about: '', named: null });

/** The field of a post that is written on behalf of somebody. @param {import('../frames.js').OnBehalfOf | null | undefined} named */
const behalfOf = (named) => (named ? { onBehalfOf: named } : {});

/** @type {Map<string, Round>} by patient */
const rounds = new Map();

export class Round {
  /** @param {import('../model.js').Model} model @param {string} patient */
  constructor(model, patient) {
    this.model = model;
    this.patient = patient;
    /** @type {string} which of the parts is looked at */
    this.part = 'vitals';
    this.missingSinceMs = 0;
    this.wasAway = false;
    /** What was sent in this round, to be said. @type {{kind: 'vital' | 'visit', id: string, atMs: number} | null} */
    this.sent = null;
    const changed = () => model.changed();
    this.attaching = new Attaching((file, type, progress) => model.rest.upload(patient, file, type, progress), () => this.noteEdited());
    this.vitals = new Draft(model, () => this.vital(), changed);
    this.note = new Draft(model, () => this.visit(), changed);
    /** @type {Record<string, string>} by sign */
    this.typed = {};
    this.site = '';
    this.comment = '';
    /** As a form has it; empty: now. */
    this.measuredAt = '';
    /** On whose behalf the values are written. @type {import('../frames.js').OnBehalfOf | null} */
    this.named = null;
    /** @type {Record<string, {value: string, name: string}>} values taken from a meter, by sign */
    this.metered = {};
    /** @type {Record<string, string>} units other than the usual one, as a meter gave them, by sign */
    this.units = {};
    this.chosen = nothingChosen();
    /** @type {Wound[]} */
    this.wounds = [];
  }

  /** A duty asks for the note of a visit. @param {string} entry that opened it */
  answer(entry) {
    this.part = 'note';
    this.chosen.about = entry;
    this.noteEdited();
  }

  clearVitals() {
    Object.assign(this, { typed: {}, site: '', comment: '', measuredAt: '', named: null, metered: {}, units: {} });
  }

  clearNote() {
    Object.assign(this, { chosen: nothingChosen(), wounds: [] });
    this.attaching.clear();
  }

  /** Which meter each value that still stands as it came is from, in words. @param {(sign: string) => string} name of a sign */
  device(name) {
    /** @type {Map<string, string[]>} */
    const signs = new Map();
    for (const [sign, { value, name: meter }] of Object.entries(this.metered)) {
      if (this.typed[sign] === value) signs.set(meter, [...(signs.get(meter) ?? []), sign]);
    }
    const all = Object.values(this.typed).filter((text) => text.trim()).length;
    const [only] = signs;
    if (only && signs.size === 1 && only[1].length === all) return only[0];
    return [...signs].map(([meter, of]) => `${meter}（${of.map(name).join('・')}）`).join('、');
  }

  /** How signs are called in a post; the view says it in the language of the page. @param {string} sign */
  nameOf = (sign) => sign;

  /** @param {string} sign */
  unit(sign) {
    return this.units[sign] ?? unitOf(sign);
  }

  /** @param {string} sign @param {string} text */
  type(sign, text) {
    this.typed = { ...this.typed, [sign]: text };
    // An emptied field is written anew, in the unit that everybody writes.
    if (!text.trim()) delete this.units[sign];
    this.vitalsEdited();
  }

  /** Puts a meter's reading into the fields. @param {import('./gatt.js').Reading} reading @param {string} name of the meter @param {string} measuredAt where it is not of now */
  take({ values, site }, name, measuredAt) {
    for (const { sign, value, unit } of values) {
      this.typed = { ...this.typed, [sign]: value };
      this.metered[sign] = { value, name };
      if (unit === unitOf(sign)) delete this.units[sign];
      else this.units[sign] = unit;
    }
    this.site ||= site;
    if (measuredAt) this.measuredAt = measuredAt;
    this.vitalsEdited();
  }

  vital() {
    const measurements = measurementsIn(this.typed, (sign) => this.unit(sign));
    if (measurements.length === 0) return null;
    const device = this.device(this.nameOf);
    const { site, comment, named } = this;
    return {
      id: '', timeline: this.patient,
      observedAtUs: usOfMs(this.measuredAt ? new Date(this.measuredAt).getTime() : this.model.clock.now()),
      ...behalfOf(named),
      body: { vital: { measurements, ...(site ? { site } : {}), ...(device ? { device } : {}), ...(comment.trim() ? { comment } : {}) } },
    };
  }

  visit() {
    if (this.attaching.unsettled) return null;
    const visit = noteBody(this.chosen, this.wounds, this.attaching, this.model.clock.now());
    return visit && { id: '', timeline: this.patient, observedAtUs: usOfMs(this.model.clock.now()), ...behalfOf(this.chosen.named), body: { visit } };
  }

  vitalsEdited() {
    this.sent = null;
    this.vitals.edited();
    this.model.changed();
    edited();
  }

  noteEdited() {
    this.sent = null;
    this.note.edited();
    this.model.changed();
    edited();
  }

  /** @returns {Promise<boolean>} whether it went into the outbox */
  async sendVitals() {
    const { id } = this.vitals;
    if (!(await this.vitals.send())) return false;
    this.clearVitals();
    this.sent = { kind: 'vital', id, atMs: this.model.clock.now() };
    edited();
    return true;
  }

  async sendNote() {
    const { id } = this.note;
    if (!(await this.note.send())) return false;
    this.clearNote();
    this.sent = { kind: 'visit', id, atMs: this.model.clock.now() };
    edited();
    return true;
  }

  /** What could not be judged or handed in without the hub is taken up once it is there again. */
  takeUp() {
    if (this.model.hub.connection.phase !== 'live') this.wasAway = true;
    else if (this.wasAway) {
      this.wasAway = false;
      for (const draft of [this.vitals, this.note]) if (draft.state === 'unknown') draft.edited();
      for (const item of this.attaching.items) if (item.state === 'failed' && item.mayRetry) this.attaching.send(item);
    }
  }

  /** Whether something was written and not sent. */
  get isBegun() {
    const { chosen: { chips, devices, sentence, startedAt, endedAt }, typed, attaching, wounds } = this;
    const said = [...Object.values(typed), sentence, startedAt, endedAt].some((text) => text.trim());
    return said || Object.values(chips).some(({ length }) => length > 0) || Object.keys(devices).length > 0 || wounds.length > 0 || attaching.items.length > 0;
  }

  /** What is to be taken up again: all but the photographs, of which the wounds name the place. */
  kept() {
    const { patient, part, typed, site, comment, measuredAt, named, metered, units, chosen, attaching, model } = this;
    const wounds = this.wounds.map((wound) => ({ ...wound, photos: wound.photos.map((item) => attaching.items.indexOf(item)) }));
    return { patient, part, typed, site, comment, measuredAt, named, metered, units, chosen, wounds, atMs: model.clock.now(), ids: [this.vitals.id, this.note.id] };
  }

  /**
   * Takes up what was begun, under the ids that it may have been sent with already.
   * @param {Omit<ReturnType<Round['kept']>, 'patient' | 'atMs'>} kept @param {(import('../attaching.js').Attachment | File)[]} photos
   */
  adopt({ wounds, ids: [vitals, note], part, typed, site, comment, measuredAt, named = null, metered, units, chosen }, photos) {
    const { about } = this.chosen;
    Object.assign(this, { part, typed, site, comment, measuredAt, named, metered, units, chosen });
    // A duty may have asked for it before what is kept was open.
    if (about) this.answer(about);
    const items = photos.map((photo) => {
      if (photo instanceof File) this.attaching.add([photo]);
      else this.attaching.adopt([photo], this.attaching.items);
      return this.attaching.items[this.attaching.items.length - 1];
    });
    this.wounds = wounds.map((wound) => ({ ...wound, photos: wound.photos.map((at) => items[at]).filter(Boolean) }));
    this.vitals.begin(vitals);
    this.note.begin(note);
    this.vitals.edited();
    this.note.edited();
  }
}

/** Told whenever something in a round changed. */
let edited = () => {};

/** @param {() => void} listener the one that keeps rounds */
export function onEdited(listener) {
  edited = listener;
}

/** @param {import('../model.js').Model} model */
export const begunRounds = (model) => [...rounds.values()].filter((round) => round.model === model && round.isBegun);

/** @param {import('../model.js').Model} model @param {string} patient */
export function roundOf(model, patient) {
  const kept = rounds.get(patient);
  if (kept?.model === model) return kept;
  const round = new Round(model, patient);
  rounds.set(patient, round);
  return round;
}

/** Whether something is begun there. @param {import('../model.js').Model} model @param {string} patient */
export function isBegun(model, patient) {
  const round = rounds.get(patient);
  return round?.model === model && round.isBegun;
}

/**
 * What was written about somebody whom this person may no longer see goes with them; not at once, since a list that is
 * read anew lacks them for a moment.
 * @param {import('../model.js').Model} model
 */
export function dropOthers(model) {
  const now = model.clock.now();
  for (const [patient, round] of rounds) {
    if (model.patients.has(patient)) round.missingSinceMs = 0;
    else if (!round.missingSinceMs) round.missingSinceMs = now;
    else if (now - round.missingSinceMs > MISSING_MS_MAX) {
      rounds.delete(patient);
      edited();
    }
  }
}
