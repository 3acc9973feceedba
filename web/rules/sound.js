// Whether a body is one that the hub takes whatever the rules say: only of such a draft this page says that it goes through.
// Narrower than the hub's own checks, never wider: of a kind or a field that is not listed here nothing is promised, nor of
// files, which only the hub can look at. Used by `judging.js`.

import { msOfUs } from '../frames.js';
import { TEXT_CHARS_MAX } from '../limits.js';
import { SIGNS, decimalIn, implausible } from '../readings.js';
import { isNumber } from '../standing-lists.js';

const LIST_MAX = 50;

/** Surrogate pairs count twice here: narrower than the hub, never wider. */
const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value.length <= TEXT_CHARS_MAX;
const isWritten = (/** @type {unknown} */ value) => typeof value === 'string' && value.trim() !== '' && isText(value);
const isFlag = (/** @type {unknown} */ value) => typeof value === 'boolean';
const oneOf = (/** @type {string[]} */ ...codes) => (/** @type {unknown} */ value) => typeof value === 'string' && codes.includes(value);
const each = (/** @type {Record<string, Test>} */ tests, /** @type {string[]} */ required) => (/** @type {unknown} */ value, /** @type {any} */ around) => Array.isArray(value)
  && value.length <= LIST_MAX && value.every((one) => fits(one, tests, required, around));

const TOPICS = oneOf('other', 'sudden_vital', 'consciousness', 'severe_pain', 'fall', 'drug_change', 'same_day_visit');
const ROLES = oneOf('doctor', 'dentist', 'nurse', 'pharmacist', 'dental_hygienist', 'rehab', 'care_manager', 'helper', 'msw', 'equipment_adviser', 'municipality', 'family');
const SETTINGS = each({ name: isWritten, value: isWritten, unit: isText }, ['name', 'value']);
const DRUGS = each({ name: isWritten, code: isText, dose: isText, usage: isText }, ['name']);

/**
 * @typedef {(value: any, around: {nowMs: number, stands: (entry: string) => boolean, serves: (organisation: string) => boolean}) => boolean} Test
 * @typedef {Record<string, Test>} Tests by the name of the field
 */

/** @type {Test} */
const isPast = (value, { nowMs }) => /^\d+$/.test(value) && msOfUs(value) <= nowMs;
/** @type {Test} */
const isPastDay = (value, { nowMs }) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value) && Date.parse(value) <= nowMs;
/** An entry that this reader sees and that nobody took back. @type {Test} */
const stands = (value, around) => around.stands(value);
/** @type {Test} */
const isOnTeam = (value, around) => around.serves(value);

const isMeasured = (/** @type {unknown} */ value) => Array.isArray(value) && value.length > 0 && value.length <= SIGNS.length
  && new Set(value.map(({ sign }) => sign)).size === value.length
  && value.every((one) => fits(one, { sign: isText, value: isText, unit: isText }, ['sign', 'value', 'unit']) && isPlausible(one))
  && !isUpsideDown(value);

/** @param {{sign: string, value: string, unit: string}} measurement */
function isPlausible({ sign, value, unit }) {
  const known = SIGNS.find((one) => one.sign === sign);
  return known !== undefined && unit === known.units[0] && decimalIn(value) === value && !implausible(sign, value, unit);
}

/** @param {{sign: string, value: string}[]} measurements */
function isUpsideDown(measurements) {
  const valueOf = (/** @type {string} */ of) => Number(measurements.find(({ sign }) => sign === of)?.value ?? NaN);
  return valueOf('diastolic') > valueOf('systolic');
}

const RELATIONS = oneOf('spouse', 'child', 'child_in_law', 'grandchild', 'parent', 'sibling', 'relative', 'guardian', 'neighbour', 'friend');
/** @type {Test} */
const arePhones = (value) => each({ number: isNumber, used: oneOf('mobile', 'home', 'work') }, ['number'])(value, {}) && value.length <= 5;
/** @type {Test} Somebody who is neither of the family nor a friend is told of in words, too: that the hub looks at. */
const areRelated = each({
  name: isWritten, relationship: RELATIONS, relationshipText: isText, phones: arePhones, keyPerson: isFlag, livesWithPatient: isFlag, decidesForPatient: isFlag, note: isText,
}, ['name', 'relationship']);
const areProblems = each({ name: isWritten, code: isText, status: oneOf('active', 'inactive', 'resolved'), since: isPastDay, note: isText }, ['name', 'status']);

/** @type {Record<string, {tests: Tests, required: string[]}>} */
const BODIES = {
  message: { tests: { text: isWritten, toRoles: (value) => Array.isArray(value) && value.length <= LIST_MAX && value.every((role) => ROLES(role)), urgent: isFlag, topic: TOPICS, answers: stands }, required: ['text'] },
  note: { tests: { text: isWritten, tellDoctor: isFlag, acp: isFlag, about: stands }, required: ['text'] },
  vital: { tests: { measurements: isMeasured, device: isText, comment: isText }, required: ['measurements'] },
  visit: {
    tests: {
      text: isWritten, startedAtUs: isPast, endedAtUs: isPast, tellDoctor: isFlag, acp: isFlag, offSharedSheet: isFlag, about: stands,
      devices: each({ device: isWritten, settings: SETTINGS }, ['device']),
    },
    required: ['text'],
  },
  status_change: { tests: { text: isWritten, noticedAtUs: isPast, tellDoctor: isFlag, topic: TOPICS, emergency: isFlag, urgent: isFlag, about: stands }, required: ['text'] },
  call: { tests: { to: oneOf('doctor', 'nurse', 'other'), reached: isFlag, text: isText, calledAtUs: isPast, about: stands }, required: ['to'] },
  device_change: {
    tests: { device: isWritten, change: oneOf('introduced', 'setting', 'removed'), before: SETTINGS, after: SETTINGS, reason: isText, emergency: isFlag },
    required: ['device', 'change'],
  },
  lab_request: { tests: { text: isWritten, urgent: isFlag }, required: ['text'] },
  order: {
    tests: { orderType: oneOf('drip', 'opioid', 'important_drug', 'routine'), text: isWritten, emergency: isFlag, standardForm: isFlag, changesDrugs: isFlag, drugs: DRUGS },
    required: ['orderType', 'text'],
  },
  lab_result: { tests: { text: isWritten }, required: ['text'] },
  consultation: { tests: { to: isOnTeam, toRole: ROLES, text: isWritten, topic: TOPICS, urgent: isFlag }, required: ['to', 'text'] },
  infection_notice: { tests: { infection: oneOf('covid', 'other'), text: isWritten }, required: ['infection', 'text'] },
  admission: { tests: { place: isWritten, reason: isText, text: isText }, required: ['place'] },
  discharge: { tests: { destination: isText, treatment: isText, explanation: isText, text: isText }, required: [] },
  acp_note: { tests: { text: isWritten, keepPrivate: isFlag, proxy: isText }, required: ['text'] },
  problem_list: { tests: { items: (value, around) => areProblems(value, around) && value.length > 0, text: isText }, required: ['items'] },
  related_persons: { tests: { items: (value, around) => areRelated(value, around) && value.length > 0, text: isText }, required: ['items'] },
  medication_report: { tests: { text: isWritten, forDoctor: isFlag, proposal: isText }, required: ['text'] },
  standing_order: { tests: { condition: isWritten, instruction: isWritten, drugs: DRUGS }, required: ['condition', 'instruction'] },
};

/** @param {any} value @param {Tests} tests @param {string[]} required @param {any} [around] */
function fits(value, tests, required, around) {
  return Boolean(value) && required.every((name) => value[name] !== undefined)
    && Object.entries(value).every(([name, one]) => one === undefined || Boolean(tests[name]?.(one, around)));
}

/**
 * @param {string} kind @param {Record<string, any>} body @param {import('../frames.js').Intent} intent @param {import('./facts.js').Around} around
 */
export function isSound(kind, body, { observedAtUs, addressedTo = [], sensitivity = 'normal', reasons = [], onBehalfOf }, { items, card, nowMs }) {
  const known = BODIES[kind];
  if (!known || !['normal', 'restricted'].includes(sensitivity) || addressedTo.length > 0 || reasons.length > 10 || onBehalfOf) return false;
  const standing = (/** @type {string} */ id) => items.some((item) => item.id === id && !item.retraction);
  const observedMs = observedAtUs === undefined ? nowMs : msOfUs(observedAtUs);
  // A birth date begins somewhere on the earth a day before.
  if (observedMs > nowMs || observedMs < Date.parse(card.birth_date) + 86_400_000) return false;
  if (kind === 'visit' && body.startedAtUs !== undefined && body.endedAtUs !== undefined && Number(body.endedAtUs) < Number(body.startedAtUs)) return false;
  if (kind === 'device_change' && body.change === 'setting' && !body.after?.length) return false;
  const serves = (/** @type {string} */ id) => Boolean(card.team?.some(({ organisation }) => organisation === id));
  return fits(body, known.tests, known.required, { nowMs, stands: standing, serves });
}
