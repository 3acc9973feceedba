// Counts of lists, tables as CSV, and files made in the page. No templates.

const KEPT_MS = 60_000;
/** So long before it is due, a review is told of. */
const NEAR_MS = 60 * 86_400_000;
/** A spreadsheet takes these at the beginning of a cell for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** @param {string | number} cell */
function csvCell(cell) {
  const text = typeof cell === 'number' ? String(cell) : FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** As RFC 4180 has it, with the mark by which spreadsheets know UTF-8. @param {(string | number)[][]} rows */
export const csvText = (rows) => `\ufeff${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;

/** @param {string} name @param {Blob} blob */
export function saveBlob(name, blob) {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** @param {string} name @param {string} text */
export const saveText = (name, text) => saveBlob(name, new Blob([text], { type: 'text/csv;charset=utf-8' }));

/**
 * Sums of cells by a key, in the order in which the keys come.
 * @template {Record<string, any>} Cell
 * @param {Cell[]} cells @param {(cell: Cell) => string} keyOf @param {string[]} fields @returns {Map<string, {first: Cell, sums: Record<string, number>}>}
 */
export function summed(cells, keyOf, fields) {
  /** @type {Map<string, {first: Cell, sums: Record<string, number>}>} */
  const groups = new Map();
  for (const cell of cells) {
    const key = keyOf(cell);
    const group = groups.get(key) ?? { first: cell, sums: Object.fromEntries(fields.map((field) => [field, 0])) };
    for (const field of fields) group.sums[field] += cell[field] ?? 0;
    groups.set(key, group);
  }
  return groups;
}

/** A moment of the device's clock, as the hub takes it: RFC 3339. @param {string} local of an `<input type="datetime-local">` */
export const momentOf = (local) => (local && !Number.isNaN(Date.parse(local)) ? new Date(local).toISOString() : '');

/** `YYYY-MM`, so many months before. @param {number} before @param {Date} [now] */
export function monthBefore(before, now = new Date()) {
  const at = new Date(now.getFullYear(), now.getMonth() - before, 1);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}`;
}

/** Whether the review of a set is due. @param {string | null} day @param {number} nowMs @returns {'' | 'near' | 'past'} */
export function reviewState(day, nowMs) {
  if (!day) return '';
  const left = Date.parse(`${day}T23:59:59`) - nowMs;
  return left < 0 ? 'past' : left < NEAR_MS ? 'near' : '';
}
