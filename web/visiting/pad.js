// The number pad as pure functions: what a key makes of what stands in a field, what is wrong in the fields, and the
// measurements that they become. Nothing copies the last value: a value that nobody measured must not look measured.

import { SIGNS, decimalIn, faultsOf, unitOf } from '../readings.js';

/** Digits in front of and behind the point that a field takes; more is a slip of the hand. */
const WHOLE_DIGITS_MAX = 4;
const FRACTION_DIGITS_MAX = 2;

/** @typedef {'0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '.' | 'back' | 'clear'} Key */

/** As a telephone has them. @type {Key[]} */
export const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', 'back'];

/** @param {string} sign */
export const takesPoint = (sign) => SIGNS.some((known) => known.sign === sign && known.step !== '1');

/** What stands in the field after a key. @param {string} text @param {Key} key @param {string} sign */
export function press(text, key, sign) {
  if (key === 'clear') return '';
  if (key === 'back') return text.slice(0, -1);
  if (key === '.') return takesPoint(sign) && !text.includes('.') ? `${text || '0'}.` : text;
  const [whole, fraction] = text.split('.');
  if (fraction !== undefined) return fraction.length < FRACTION_DIGITS_MAX ? text + key : text;
  if (whole === '0') return key;
  return whole.length < WHOLE_DIGITS_MAX ? text + key : text;
}

/**
 * The value that was probably meant where the point was left out: 365 for 36.5. Only where what was typed cannot be
 * true and the tenth of it can.
 * @param {string} sign @param {string} text
 */
export function meant(sign, text) {
  const value = decimalIn(text);
  const known = SIGNS.find((one) => one.sign === sign);
  if (!known || !takesPoint(sign) || value === null || value.includes('.') || Number(value) <= known.high) return '';
  const tenth = Number(value) / 10;
  return tenth >= known.low && tenth <= known.high ? tenth.toFixed(1) : '';
}

/**
 * Whether a value is nearer to the last one with its point moved than as it stands: 58 kg after 5.8 or 580. A question
 * to the hand, not a judgement of the patient.
 * @param {string} text @param {string | undefined} last
 */
export function isShifted(text, last) {
  const [value, before] = [Number(decimalIn(text) ?? NaN), Number(last ?? NaN)];
  if (!(value > 0) || !(before > 0)) return false;
  return Math.abs(Math.log10(value / before)) > 0.5;
}

/** Where a value stands to the patient's own limits: the hub's own test of an alarm. @param {string} text @param {{low?: string, high?: string} | undefined} limit @returns {'above' | 'below' | ''} */
export function beyond(text, limit) {
  const value = decimalIn(text);
  if (value === null || !limit) return '';
  if (limit.high && Number(value) > Number(limit.high)) return 'above';
  return limit.low && Number(value) < Number(limit.low) ? 'below' : '';
}

/**
 * What the fields become; empty when there is nothing to send or something is wrong.
 * @param {Record<string, string>} typed by sign @param {(sign: string) => string} [unit]
 */
export function measurementsIn(typed, unit = unitOf) {
  if (Object.keys(faultsOf(typed, unit)).length > 0) return [];
  return SIGNS.filter(({ sign }) => typed[sign]?.trim())
    .map(({ sign }) => ({ sign, value: /** @type {string} */ (decimalIn(typed[sign])), unit: unit(sign) }));
}
