// When this device makes a sound, and which: by what arrived, by the settings of whoever uses the device, and by quiet
// hours, which what is urgent passes. Pure; `alerts.js` listens and plays.

import { speaksTo } from './mentions.js';

/**
 * @typedef {'urgent' | 'mine' | 'other'} Weight
 * @typedef {'all' | 'mine' | 'urgent' | 'none'} Wish which sounds are wished for
 * @typedef {{wish: Wish, quiet: boolean, from: string, until: string}} Settings quiet hours `from`–`until`, HH:MM, on this device
 */

/** @type {Settings} */
export const DEFAULTS = { wish: 'mine', quiet: false, from: '21:00', until: '07:00' };
export const WISHES = /** @type {const} */ (['all', 'mine', 'urgent', 'none']);

const HEARD = /** @type {Record<Wish, Weight[]>} */ ({ all: ['urgent', 'mine', 'other'], mine: ['urgent', 'mine'], urgent: ['urgent'], none: [] });
/** A duty that is late, or was passed on because it was, waits for nobody's morning. */
const URGENT_NOTICES = new Set(['overdue', 'escalated', 'access_opened']);

/** @param {string | null} kept @returns {Settings} */
export function readSettings(kept) {
  try {
    const read = JSON.parse(kept ?? '{}');
    const isTime = (/** @type {unknown} */ one) => typeof one === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(one);
    return {
      wish: WISHES.includes(read.wish) ? read.wish : DEFAULTS.wish, quiet: read.quiet === true,
      from: isTime(read.from) ? read.from : DEFAULTS.from, until: isTime(read.until) ? read.until : DEFAULTS.until,
    };
  } catch {
    return { ...DEFAULTS };
  }
}

/** @param {string} time */
const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Whether it is quiet now; hours that pass midnight are one night. @param {Settings} settings @param {number} nowMs */
export function isQuiet({ quiet, from, until }, nowMs) {
  if (!quiet || from === until) return false;
  const now = new Date(nowMs);
  const at = now.getHours() * 60 + now.getMinutes();
  return minutes(from) < minutes(until) ? at >= minutes(from) && at < minutes(until) : at >= minutes(from) || at < minutes(until);
}

/** When the quiet hours of this moment end. @param {Settings} settings @param {number} nowMs */
export function quietUntil({ until }, nowMs) {
  const end = new Date(nowMs);
  end.setHours(Number(until.slice(0, 2)), Number(until.slice(3)), 0, 0);
  if (end.getTime() <= nowMs) end.setDate(end.getDate() + 1);
  return end.getTime();
}

/** @param {import('./timeline.js').Item} item @param {import('./mentions.js').Self} self @param {Map<string, import('./timeline.js').Item>} byId @returns {Weight} */
export function weightOf(item, self, byId) {
  const { alarms, body } = item;
  if (alarms.length > 0 || body.emergency || body.urgent) return 'urgent';
  return speaksTo(item, self, byId) ? 'mine' : 'other';
}

/** A notice of the hub goes only to those on call. What falls due before the quiet hours end cannot wait for their end. @param {{of: string, dueMs: number}} notice @param {Settings} settings @param {number} nowMs @returns {Weight} */
export function weightOfNotice({ of, dueMs }, settings, nowMs) {
  if (URGENT_NOTICES.has(of)) return 'urgent';
  return isQuiet(settings, nowMs) && dueMs > 0 && dueMs < quietUntil(settings, nowMs) ? 'urgent' : 'mine';
}

/** Whether it is heard now. @param {Weight} weight @param {Settings} settings @param {number} nowMs */
export const isHeard = (weight, settings, nowMs) => HEARD[settings.wish].includes(weight) && (weight === 'urgent' || !isQuiet(settings, nowMs));
/** Whether it would have been heard, had it not been quiet. @param {Weight} weight @param {Settings} settings @param {number} nowMs */
export const isHeldBack = (weight, settings, nowMs) => HEARD[settings.wish].includes(weight) && !isHeard(weight, settings, nowMs);
