// The duties of one timeline as this page holds them: the same fold as `src/domain/duties.rs`, over what rulings opened
// and met, steps of the hub's clock and answers of people. No I/O; lateness beyond what the hub said is a matter of `now`.

import { msOfUs, readDebtor, readDuty } from './frames.js';

/**
 * @typedef {import('./frames.js').Debtor} Debtor
 * @typedef {import('./timeline.js').Item} Item
 * @typedef {'open' | 'snoozed' | 'overdue' | 'escalated' | 'paused' | 'met' | 'declined' | 'waived' | 'closed'} Standing
 * A duty and what became of it.
 * @typedef {object} Course
 * @property {string} timeline
 * @property {string} cause id of the entry that opened it; empty: a state asks for it, or this reader may not see it
 * @property {string} owner organisation that wrote the cause
 * @property {number} openedAtMs
 * @property {number} round
 * @property {number | null} overdueAtMs when the hub first said that it was late; never taken back
 * @property {number | null} pausedSinceMs
 * @property {Standing} stands
 * @property {Standing} stood how far it had come when it ended
 * @property {number} inherited how often others took the place of debtors who had gone
 * @property {number} told steps of the chain that were told
 * @property {Item | null} unable said by whoever owed it, before it was late: that they cannot. What follows is the chain's, and no delay of theirs
 * @property {string} closedFor
 * @property {Item | null} endedBy
 * @property {number} endedAtMs
 * @typedef {import('./frames.js').Duty & Course} Duty
 */

const ENDED = new Set(['met', 'declined', 'waived', 'closed']);

/** @param {Duty} duty */
export const isOpen = (duty) => !ENDED.has(duty.stands);
/** @param {Duty} duty @returns {Standing} */
export const standingOf = (duty) => (isOpen(duty) && duty.pausedSinceMs !== null ? 'paused' : duty.stands);
/** Still owed after its due time, whether the hub has said so yet or not. @param {Duty} duty @param {number} nowMs */
export const isLate = (duty, nowMs) => isOpen(duty) && duty.pausedSinceMs === null
  && (duty.stands === 'overdue' || duty.stands === 'escalated' || nowMs > duty.dueMs);
/** Whether this person said in time that they cannot, and it is the next one's turn. @param {Duty} duty @param {string} myId */
export const isUnable = (duty, myId) => isOpen(duty) && duty.unable?.author.person === myId;
/** Ended, and after its due time. @param {Duty} duty */
export const wasLate = (duty) => !isOpen(duty) && duty.unable === null && (duty.overdueAtMs !== null || duty.endedAtMs > duty.dueMs);

/**
 * Whether somebody acting as `me` is one of those who owe: anybody of the organisation in the role.
 * @param {Debtor[]} debtors @param {{role: string, organisation: {id: string}} | null} me
 */
export const owes = (debtors, me) => Boolean(me)
  && debtors.some(({ organisation, roles }) => organisation === me?.organisation.id && roles.includes(me?.role ?? ''));

/** Whom a step of the chain tells: of the debtors themselves, whoever owes by then. @param {Duty | import('./frames.js').Duty} duty @param {number} level @returns {Debtor[]} */
export function toldAt(duty, level) {
  const { of, roles, capacity, told } = duty.chain[level];
  if (of !== 'debtor') return told;
  return duty.debtors.map((debtor) => ({ ...debtor, roles: roles.length ? roles : debtor.roles, capacity, person: '' }));
}

/** The one due first in front. @param {Duty} a @param {Duty} b */
export const byDue = (a, b) => a.dueMs - b.dueMs || (a.id < b.id ? -1 : 1);

export class Duties {
  /** @param {string} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    /** @type {Map<string, Duty>} */
    this.all = new Map();
    /** @type {number | null} the patient is away, so that what is asked for from now on rests too */
    this.awaySinceMs = null;
  }

  /** @param {string} cause */
  openedBy(cause) {
    return [...this.all.values()].filter((duty) => duty.cause === cause);
  }

  /** Takes the next entry of the timeline in. @param {Item} item */
  apply(item) {
    for (const opened of item.opened ?? []) this.insert(opened, item, item.id);
    for (const id of item.met ?? []) this.end(this.all.get(id), 'met', item);
    TAKE_IN[item.kind]?.(this, item);
  }

  /** @param {import('./frames.js').Duty} opened @param {Item} by @param {string} cause */
  insert(opened, by, cause) {
    // The same cause and rule again is the same duty.
    if (!this.all.has(opened.id)) this.all.set(opened.id, {
      ...opened, timeline: this.timeline, cause, owner: cause ? by.author.organisation : '', openedAtMs: by.recordedAtMs, round: 0,
      overdueAtMs: null, pausedSinceMs: null, stands: 'open', stood: 'open', inherited: 0, told: 0, unable: null, closedFor: '', endedBy: null, endedAtMs: 0,
    });
    if (this.awaySinceMs !== null) this.pause(/** @type {Duty} */ (this.all.get(opened.id)), by.recordedAtMs);
  }

  /** @param {Duty | undefined} duty @param {Standing} stands @param {Item} by @param {string} [closedFor] */
  end(duty, stands, by, closedFor = '') {
    if (!duty || !isOpen(duty)) return;
    Object.assign(duty, { stood: duty.stands, stands, closedFor, pausedSinceMs: null, endedBy: by, endedAtMs: by.recordedAtMs });
  }

  /** @param {(duty: Duty) => boolean} which @param {string} closedFor @param {Item} by */
  endAll(which, closedFor, by) {
    for (const duty of this.all.values()) if (which(duty)) this.end(duty, 'closed', by, closedFor);
  }

  /** @param {Duty} duty @param {number} atMs */
  pause(duty, atMs) {
    if (isOpen(duty) && duty.onAdmission === 'pauses') duty.pausedSinceMs ??= atMs;
  }

  /** The patient came home, or died. @param {number} atMs */
  resume(atMs) {
    this.awaySinceMs = null;
    for (const duty of this.all.values()) if (duty.pausedSinceMs !== null) resume(duty, atMs);
  }

  /** What ended them was taken back; while something else had closed one, nobody could act. @param {Item} item */
  reopen({ body, recordedAtMs }) {
    for (const duty of this.all.values()) {
      if (isOpen(duty) || duty.endedBy?.id !== body.target) continue;
      const wasClosed = duty.stands === 'closed';
      const since = duty.endedAtMs;
      Object.assign(duty, { stands: duty.stood, closedFor: '', endedBy: null, endedAtMs: 0 });
      if (!wasClosed) continue;
      duty.pausedSinceMs = since;
      resume(duty, recordedAtMs);
    }
  }
}

/** The time away does not count; what was late before stays late. @param {Duty} duty @param {number} atMs */
function resume(duty, atMs) {
  beginRound(duty, duty.dueMs + atMs - (duty.pausedSinceMs ?? atMs), duty.stands);
  duty.pausedSinceMs = null;
}

/** @param {Duty} duty @param {any} inherited */
function inherit(duty, { number = 0, to = [] }) {
  if (!isOpen(duty) || number !== duty.inherited) return;
  const heirs = to.map(readDebtor);
  const gone = duty.debtors.map(({ organisation }) => organisation)
    .filter((organisation) => !heirs.some((/** @type {Debtor} */ heir) => heir.organisation === organisation));
  Object.assign(duty, { debtors: heirs, inherited: number + 1, inPlaceOf: [...new Set([...duty.inPlaceOf, ...gone])] });
}

/** @param {Duty} duty @param {number} dueMs @param {Standing} stands */
function beginRound(duty, dueMs, stands) {
  Object.assign(duty, { dueMs, stands, round: duty.round + 1 });
}

/** @param {Duty} duty @param {Item} item a step of the clock */
function step(duty, item) {
  const { body } = item;
  if (!isOpen(duty) || (body.round ?? 0) !== duty.round || duty.pausedSinceMs !== null) return;
  if (body.overdue || body.escalated) {
    duty.overdueAtMs ??= item.recordedAtMs;
    if (duty.stands !== 'escalated') duty.stands = 'overdue';
  }
  if (body.escalated) {
    duty.stands = 'escalated';
    duty.told = Math.max(duty.told, (body.escalated.level ?? 0) + 1);
  }
}

/** @type {Record<string, (duties: Duties, item: Item) => void>} */
const TAKE_IN = {
  duty_step(duties, item) {
    const { body } = item;
    const duty = duties.all.get(body.duty);
    if (body.opened) duties.insert(readDuty(body.opened), item, '');
    // Neither belongs to a round, or waits for a patient to come home.
    else if (body.closed) duties.end(duty, 'closed', item, body.closed);
    else if (body.metAtUs) duties.end(duty, 'met', item);
    else if (body.inherited && duty) inherit(duty, body.inherited);
    else if (duty) step(duty, item);
  },
  duty_answer(duties, item) {
    const { body } = item;
    const duty = duties.all.get(body.duty);
    if (!duty || !isOpen(duty)) return;
    const until = msOfUs(body.snoozedUntilUs);
    if (body.declined) duties.end(duty, 'declined', item);
    if (body.waived) duties.end(duty, 'waived', item);
    // Whoever takes it up again, or is given it, did not say that they cannot.
    if (until > duty.dueMs || body.handedOver) duty.unable = null;
    if (until > duty.dueMs) beginRound(duty, until, 'snoozed');
    if (body.handedOver) Object.assign(duty, { debtors: (body.handedOver.to ?? []).map(readDebtor), inPlaceOf: [] });
    // Due now, so that the chain is told at once. One that is late already is told of anyway.
    if (body.cannotGo && item.recordedAtMs < duty.dueMs) {
      duty.unable ??= item;
      beginRound(duty, item.recordedAtMs, 'open');
    }
  },
  admission(duties, item) {
    duties.endAll((duty) => duty.onAdmission === 'closes', 'admission', item);
    duties.awaySinceMs ??= item.recordedAtMs;
    for (const duty of duties.all.values()) duties.pause(duty, item.recordedAtMs);
  },
  discharge: (duties, item) => duties.resume(item.recordedAtMs),
  death(duties, item) {
    duties.endAll((duty) => duty.onDeath === 'closes', 'death', item);
    duties.resume(item.recordedAtMs);
  },
  closing: (duties, item) => duties.endAll((duty) => duty.cause !== item.id, 'page_closed', item),
  retraction(duties, item) {
    duties.endAll((duty) => duty.cause === item.body.target, 'cause_retracted', item);
    duties.reopen(item);
  },
};

/** A duty as `GET /api/v1/duties` lists it. @param {any} raw @returns {Duty} */
export function readListed(raw) {
  const debtor = (/** @type {any} */ one) => readDebtor({ ...one, person: one.person ?? '' });
  const ms = (/** @type {string | null | undefined} */ at) => (at ? Date.parse(at) : null);
  const paused = raw.standing === 'paused';
  return {
    id: raw.id, rule: raw.rule, timeline: raw.timeline, cause: raw.cause ?? '', owner: '', debtors: raw.debtors.map(debtor),
    dueMs: ms(raw.due) ?? 0, openedAtMs: ms(raw.opened_at) ?? 0, overdueAtMs: ms(raw.overdue_at), endedAtMs: ms(raw.ended_at) ?? 0,
    stands: paused ? 'open' : raw.standing, pausedSinceMs: paused ? 0 : null, closedFor: raw.closed_for ?? '', endedBy: null, round: 0, stood: 'open', inherited: 0, unable: null,
    inPlaceOf: raw.in_place_of ?? [], onAdmission: '', onDeath: '',
    unconfirmed: raw.unconfirmed ?? false, standing: false, acknowledge: false, kinds: [], answers: false, business: false, inPerson: false,
    chain: raw.chain.map((/** @type {any} */ one) => ({ roles: [], capacity: '', of: '', afterMs: one.after_s * 1000, business: one.clock === 'business', told: one.told.map(debtor) })),
    told: raw.chain.filter((/** @type {any} */ one) => one.done).length, waysOut: raw.ways_out ?? [],
  };
}
