// What this page knows of a draft and of the patient, as words that rules ask about. Whatever only the hub can know is left
// out and so stays unknown: the hour of arrival, other timelines, who is suspended, what the calendar or a glossary says.
// What is said of the patient is as the hub said it last. Used by `judging.js`.

import { kindOf } from '../frames.js';
import { currentBody } from '../timeline.js';
import { CLOCKS_APART_MS, LookBack } from './past.js';
import { noticedAtMs, saidBy } from './said.js';

/**
 * @typedef {import('./possible.js').Slots} Slots
 * @typedef {import('../timeline.js').Item} Item
 * What a page knows around a draft. @typedef {object} Around
 * @property {{person: {id: string}, role: string, organisation: {id: string, type: string}}} me
 * @property {import('../rest.js').Patient} card
 * @property {Item[]} items of the timeline, in the order of `seq`
 * @property {string | undefined} consent as the timeline last said it
 * @property {string[] | undefined} [withheld] by that consent
 * @property {number} through how far the hub has told of the timeline
 * @property {boolean} isPartial only its last entries are kept here
 * @property {boolean} isOpened by emergency access
 * @property {string[]} onTheWay kinds of own posts that wait, for this patient
 * @property {(organisation: string) => string} typeOf empty: not known
 * @property {number} nowMs
 */

/** Kinds that say where the patient is, and what of it. @type {Record<string, string>} */
const STAYS = { admission: 'admitted', discharge: 'home', death: 'deceased' };
/** Posts of which the hub asks whether somebody was phoned before. */
const ASKED_FOR_CALLS = new Set(['message', 'lab_request', 'consultation', 'status_change', 'visit_plan']);
const ASKED_FOR_CALLS_TO_DOCTORS = new Set(['message', 'lab_request', 'consultation', 'status_change', 'visit']);
/** What only calls of the author's own office answer. */
const OF_CALLS = ['record.phoned', 'record.doctor_phoned'];

/** Nothing hidden and nothing missing: `seq` counts what this reader does not see, too. @param {Around} around */
const isWhole = ({ items, through, isPartial }) => !isPartial && items.length === through && items.every(({ seq }, at) => seq === at + 1);

/** @param {Around} around */
export const lookBack = (around) => new LookBack(around.items, { isWhole: isWhole(around), onTheWay: new Set(around.onTheWay), nowMs: around.nowMs });

/**
 * @param {import('./table.js').Table} table @param {import('../frames.js').Intent} intent @param {Around} around @returns {Slots}
 */
export function factsOf(table, intent, around) {
  const [name] = Object.keys(intent.body);
  const kind = kindOf(name);
  const body = intent.body[name];
  const past = lookBack(around);
  const known = {
    ...ofActor(around), ...ofPatient(around, past), ...ofTeam(around), ...ofRecord(intent, kind),
    ...saidBy(kind, body, intent.sensitivity !== 'restricted', around.typeOf),
    ...ofCalls(table, kind, around, past), ...ofCourse(kind, body, past),
  };
  /** @type {Slots} */
  const slots = new Map();
  for (const [code, value] of Object.entries(known)) if (value !== undefined) slots.set(code, new Set([String(value)]));
  for (const { code, past: asked } of table.fields.values()) {
    const answer = asked && !OF_CALLS.includes(code) ? past.ask(asked) : undefined;
    if (answer !== undefined) slots.set(code, new Set([String(answer)]));
  }
  slots.set('record.delay', delay(intent, kind, body, around.nowMs));
  return table.inDomain(slots);
}

/** @param {Around} around */
export const linkOf = ({ card, me }) => card.team?.find(({ organisation }) => organisation === me.organisation.id);

/** @param {Around} around */
function ofActor(around) {
  const { me, card, isOpened } = around;
  const link = linkOf(around);
  const knowsTeam = Boolean(card.team);
  return {
    'actor.role': me.role,
    'actor.organisation_type': me.organisation.type,
    'actor.on_team': knowsTeam ? Boolean(link && (link.people.length === 0 || link.people.includes(me.person.id))) : undefined,
    'actor.organisation_on_team': knowsTeam ? Boolean(link) : undefined,
    'actor.organisation_was_on_team': link ? false : undefined,
    'actor.is_host': knowsTeam ? Boolean(link?.host) : undefined,
    'actor.break_glass': isOpened || !isWhole(around) || around.items.some(({ kind }) => kind === 'emergency_access') ? undefined : false,
    'actor.own_office': false,
    purpose: me.role === 'secretariat' ? 'admin' : 'care',
  };
}

/** @param {Around} around @param {LookBack} past */
function ofPatient(around, past) {
  const { card, items, consent = card.consent } = around;
  const closings = past.of(['closing']);
  const stays = past.of(Object.keys(STAYS));
  const stay = stays?.at(-1);
  return {
    // Where the list is older or newer than the timeline, the hub is asked.
    'patient.consent': consent === card.consent ? (card.consent ?? undefined) : undefined,
    ...ofWithheld(around),
    'patient.status': card.closed === false && closings?.length === 0 ? 'active' : undefined,
    'patient.registered': items.some(({ kind }) => kind === 'registration') || undefined,
    'patient.has_host': card.team ? card.team.some(({ host }) => host) : undefined,
    'patient.stay': stays && card.stay && (!stay || STAYS[stay.kind] === card.stay) ? card.stay : undefined,
  };
}

/** What the patient did not agree to, as the list says it and the timeline does not contradict. @param {Around} around */
function ofWithheld({ card, consent = card.consent, withheld }) {
  const listed = card.withheld ?? [];
  // Whoever agrees says all of it; a withdrawal adds to what was withheld before.
  const isSame = !withheld || (withheld.every((one) => listed.includes(one)) && (consent !== 'team' || withheld.length === listed.length));
  const known = card.consent && consent === card.consent && isSame;
  return Object.fromEntries(['family', 'systems', 'export', 'education'].map((purpose) => [`patient.withholds_${purpose}`, known ? listed.includes(purpose) : undefined]));
}

/** @param {Around} around */
function ofTeam({ card: { team } }) {
  const has = (/** @type {string} */ role) => (team?.every(({ roles }) => roles) ? team.some(({ roles = [] }) => roles.includes(role)) : undefined);
  return {
    'team.has_nurse': has('nurse'), 'team.has_doctor': has('doctor'), 'team.has_care_manager': has('care_manager'), 'team.has_pharmacist': has('pharmacist'),
    // Of several doctors of one office only the hub knows who serves.
    'team.two_doctors': has('doctor') === false ? false : undefined,
  };
}

/** @param {import('../frames.js').Intent} intent @param {string} kind */
const ofRecord = ({ sensitivity = 'normal', addressedTo = [] }, kind) => ({
  'record.sensitivity': sensitivity,
  'record.infection': kind === 'infection_notice' ? undefined : 'none',
  'record.own': true,
  'record.addressed': addressedTo.length ? undefined : false,
  'target.own': false,
  'target.visible': false,
  'link.own': false,
});

/** @param {import('./table.js').Table} table @param {string} kind @param {Around} around @param {LookBack} past */
function ofCalls(table, kind, { me, isPartial }, past) {
  const asked = table.fields.get('record.phoned')?.past;
  // One's own office's calls are seen, unless the rules hide them or they were not kept.
  const sees = !isPartial && table.seesOwn('call', me.role);
  const isOwn = (/** @type {Item} */ item) => item.author.organisation === me.organisation.id;
  const calls = sees ? past.of(['call'], isOwn) : null;
  const answered = calls?.some((item) => currentBody(item).to === 'doctor' && currentBody(item).reached);
  return {
    'record.phoned': asked && sees && ASKED_FOR_CALLS.has(kind) ? past.ask(asked, isOwn) : undefined,
    // When an answered call is near enough in time is the hub's to say.
    'record.doctor_phoned': calls && ASKED_FOR_CALLS_TO_DOCTORS.has(kind) && !answered ? false : undefined,
  };
}

/** What a body says against what was said before. @param {string} kind @param {Record<string, any>} body @param {LookBack} past */
function ofCourse(kind, body, past) {
  const hasNone = (/** @type {string} */ of) => (past.ofAll([of])?.length === 0 ? false : undefined);
  return {
    'patient.keeps_acp_private': hasNone('acp_note'),
    'visit.device_mismatch': kind === 'visit' && !body.devices?.length ? false : undefined,
    'visit_plan.first_after_discharge': kind === 'visit_plan' && body.firstAfterDischarge ? true : undefined,
    'order.allergy_conflict': kind === 'order' ? hasNone('allergies') : undefined,
  };
}

/** At least what has passed already, and more by the time of arrival. @param {import('../frames.js').Intent} intent @param {string} kind @param {Record<string, any>} body @param {number} nowMs */
function delay({ observedAtUs }, kind, body, nowMs) {
  const moments = [observedAtUs === undefined ? null : Number(observedAtUs) / 1000, noticedAtMs(kind, body)].filter((at) => at !== null);
  if (moments.length === 0) return { low: 0, high: 0 };
  const passedMs = nowMs - Math.min(...moments) - CLOCKS_APART_MS;
  return { low: Math.max(0, Math.floor(passedMs / 1000)), high: Infinity };
}
