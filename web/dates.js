// Moments and dates as people read them, in the language of the page and the time zone of the device.

import { language } from './language.js';

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} name @param {Intl.DateTimeFormatOptions} options @param {number} ms */
function format(name, options, ms) {
  const locale = language() === 'en' ? 'en-GB' : 'ja-JP';
  const key = `${locale} ${name}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found.format(ms);
}

/** 14:03 @param {number} ms */
export const clockTime = (ms) => format('time', { hour: '2-digit', minute: '2-digit', hour12: false }, ms);
/** 11月22日(土) / Sat 22 Nov @param {number} ms */
export const day = (ms) => format('day', { month: 'short', day: 'numeric', weekday: 'short' }, ms);
/** 2025年11月22日(土) @param {number} ms */
export const fullDay = (ms) =>
  format('full', { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' }, ms);
/** 11/22 @param {number} ms */
export const shortDay = (ms) => format('short', { month: 'numeric', day: 'numeric' }, ms);

/** One value for each local day. @param {number} ms */
export function dayOf(ms) {
  const date = new Date(ms);
  return date.getFullYear() * 10_000 + (date.getMonth() + 1) * 100 + date.getDate();
}

/** The day where it is not today's, and the time. @param {number} ms @param {number} nowMs */
export function moment(ms, nowMs = Date.now()) {
  if (dayOf(ms) === dayOf(nowMs)) return clockTime(ms);
  const date = new Date(ms).getFullYear() === new Date(nowMs).getFullYear() ? day(ms) : fullDay(ms);
  return `${date} ${clockTime(ms)}`;
}

/** The same in as few characters as a table or a tile has room for. @param {number} ms @param {number} nowMs */
export const shortMoment = (ms, nowMs = Date.now()) =>
  dayOf(ms) === dayOf(nowMs) ? clockTime(ms) : `${shortDay(ms)} ${clockTime(ms)}`;

/** The machine's form for the `datetime` attribute. @param {number} ms */
export const machineTime = (ms) => new Date(ms).toISOString();

/** `YYYY-MM-DD` of the region's calendar as people write it; text of another shape is shown as it is. @param {string} text */
export function calendarDate(text) {
  const [year, month, date] = text.split('-').map(Number);
  if (!year || !month || !date) return text;
  return format('full', { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' },
    new Date(year, month - 1, date).getTime()).replace(/\s*\(.\)$|^\w{3}, /, '');
}

/** Whole years since a birth date. @param {string} birthDate @param {number} nowMs */
export function age(birthDate, nowMs = Date.now()) {
  const [year, month, date] = birthDate.split('-').map(Number);
  const now = new Date(nowMs);
  const had = now.getMonth() + 1 > month || (now.getMonth() + 1 === month && now.getDate() >= date);
  return now.getFullYear() - year - (had ? 0 : 1);
}

/** A moment for an `<input type="datetime-local">`. @param {number} ms */
export function localInput(ms) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
