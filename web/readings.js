// Vital signs for forms, tables and graphs: reading what people type, units per sign, series out of a timeline.
// Values stay decimal text on their way to the hub; numbers are made for drawing only. The hub judges what is possible.

import { currentAlarms, currentBody } from './timeline.js';

/**
 * Signs in the order of the form, the units each is taken in (canonical first) and the bounds of the possible that
 * `src/domain/vital.rs` refuses beyond.
 * @type {{sign: string, units: string[], low: number, high: number, step: string}[]}
 */
export const SIGNS = [
  { sign: 'systolic', units: ['mm[Hg]', 'kPa'], low: 0, high: 480, step: '1' },
  { sign: 'diastolic', units: ['mm[Hg]', 'kPa'], low: 0, high: 350, step: '1' },
  { sign: 'pulse', units: ['/min'], low: 0, high: 600, step: '1' },
  { sign: 'spo2', units: ['%'], low: 0, high: 100, step: '1' },
  { sign: 'temperature', units: ['Cel', '[degF]'], low: 11, high: 47, step: '0.1' },
  { sign: 'respiration', units: ['/min'], low: 0, high: 150, step: '1' },
  { sign: 'weight', units: ['kg', 'g', '[lb_av]'], low: 0, high: 640, step: '0.1' },
  { sign: 'glucose', units: ['mg/dL', 'mmol/L'], low: 0, high: 2700, step: '1' },
  { sign: 'pain', units: ['{score}'], low: 0, high: 10, step: '1' },
];

/** @param {string} sign */
export const unitOf = (sign) => SIGNS.find((known) => known.sign === sign)?.units[0] ?? '';

/**
 * The decimal in what somebody typed, in any width (３６．５), or `null`.
 * @param {string} typed
 */
export function decimalIn(typed) {
  const text = typed.normalize('NFKC').replace(/[\s,]/g, '').replace(/[。、・]/g, '.');
  const match = /^(\d{1,7})(?:\.(\d{0,6}))?$/.exec(text);
  if (!match) return null;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  return String(Number(match[1])) + (fraction ? `.${fraction}` : '');
}

/**
 * What is wrong with a value before it is sent, if its unit is the canonical one: a slip of the hand.
 * @param {string} sign @param {string} value @param {string} unit
 */
export function implausible(sign, value, unit) {
  const facts = SIGNS.find((known) => known.sign === sign);
  if (!facts || unit !== facts.units[0]) return null;
  const number = Number(value);
  return number < facts.low || number > facts.high ? { low: facts.low, high: facts.high } : null;
}

/**
 * @typedef {{fault: 'not_a_number'} | {fault: 'implausible', value: string, low: number, high: number} | {fault: 'pressure_upside_down'}} Fault
 * What is wrong in each field of a reading that is being written.
 * @param {Record<string, string>} typed by sign @param {(sign: string) => string} [unit] that it is typed in
 * @returns {Record<string, Fault>}
 */
export function faultsOf(typed, unit = unitOf) {
  /** @type {Record<string, Fault>} */
  const faults = {};
  for (const { sign } of SIGNS) {
    const text = typed[sign]?.trim();
    if (!text) continue;
    const value = decimalIn(text);
    const bounds = value === null ? null : implausible(sign, value, unit(sign));
    if (value === null) faults[sign] = { fault: 'not_a_number' };
    else if (bounds) faults[sign] = { fault: 'implausible', value, ...bounds };
  }
  const [systolic, diastolic] = ['systolic', 'diastolic'].map((sign) => Number(decimalIn(typed[sign] ?? '') ?? NaN));
  if (diastolic > systolic && unit('systolic') === unit('diastolic')) faults.diastolic ??= { fault: 'pressure_upside_down' };
  return faults;
}

/**
 * @typedef {{atMs: number, item: import('./timeline.js').Item, values: Record<string, string>, alarms: Record<string, import('./frames.js').Alarm>}} Reading
 * The readings that hold now, oldest first by the moment of measuring.
 * @param {import('./timeline.js').Timeline} timeline @returns {Reading[]}
 */
export function readingsOf(timeline) {
  /** @type {Reading[]} */
  const readings = [];
  for (const item of timeline.items) {
    if (item.kind !== 'vital' || item.retraction) continue;
    const measurements = currentBody(item).measurements ?? [];
    readings.push({
      atMs: item.observedAtMs ?? item.recordedAtMs,
      item,
      values: Object.fromEntries(measurements.map((/** @type {any} */ m) => [m.sign, m.value])),
      alarms: Object.fromEntries(currentAlarms(item).map((alarm) => [alarm.sign, alarm])),
    });
  }
  return readings.sort((a, b) => a.atMs - b.atMs);
}

/** The last value of each sign. @param {Reading[]} readings */
export function latest(readings) {
  /** @type {Record<string, {value: string, atMs: number, alarm?: import('./frames.js').Alarm}>} */
  const found = {};
  for (const { atMs, values, alarms } of readings) {
    for (const [sign, value] of Object.entries(values)) found[sign] = { value, atMs, alarm: alarms[sign] };
  }
  return found;
}

/** Systolic and diastolic pressure are drawn, listed and read together. */
export const GRAPHS = [
  { name: 'pressure', signs: ['systolic', 'diastolic'] },
  ...['pulse', 'spo2', 'temperature', 'respiration', 'weight', 'glucose', 'pain'].map((sign) => ({ name: sign, signs: [sign] })),
];
