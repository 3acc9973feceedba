// Which part of a long list is in the page: a window that follows the end or moves in steps. Indices only, no DOM, so
// ten thousand entries cost no more than a hundred.

export const WINDOW_ROWS_MAX = 80;
export const STEP_ROWS = 24;
/** While there is time: painting so many takes less than a frame. */
export const SMALL_STEP_ROWS = 6;

/** @typedef {{from: number, to: number}} Span rows `from` (included) to `to` (excluded) */

/** The end of the list. @param {number} count @returns {Span} */
export const tail = (count) => ({ from: Math.max(0, count - WINDOW_ROWS_MAX / 2), to: count });

/** One step towards the beginning; rows far below leave. @param {Span} span @param {number} [rows] @returns {Span} */
export function earlier({ from, to }, rows = STEP_ROWS) {
  const start = Math.max(0, from - rows);
  return { from: start, to: Math.min(to, start + WINDOW_ROWS_MAX) };
}

/** One step towards the end; rows far above leave. @param {Span} span @param {number} count @param {number} [rows] @returns {Span} */
export function later({ from, to }, count, rows = STEP_ROWS) {
  const end = Math.min(count, to + rows);
  return { from: Math.max(from, end - WINDOW_ROWS_MAX), to: end };
}

/** Around one row, to jump to it. @param {number} row @param {number} count @returns {Span} */
export function around(row, count) {
  const from = Math.max(0, Math.min(row - STEP_ROWS / 2, count - WINDOW_ROWS_MAX / 2));
  return { from, to: Math.min(count, from + WINDOW_ROWS_MAX / 2) };
}

/** The same window after rows were dropped by `forget`. @param {Span} span @param {number} count @returns {Span} */
export function within({ from, to }, count) {
  return to <= count ? { from, to } : { from: Math.max(0, from - (to - count)), to: count };
}
