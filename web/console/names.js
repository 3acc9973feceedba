// Names and birth dates as a secretary types them: any width and kana, eras, with or without marks between. Pure.

const ERAS = /** @type {const} */ ([
  ['M', '明治', 1868], ['T', '大正', 1912], ['S', '昭和', 1926], ['H', '平成', 1989], ['R', '令和', 2019],
]);
const OLDEST_YEAR = 1870;

/** One space between the parts, as the hub keeps names. @param {string} text */
export const spaced = (text) => text.normalize('NFKC').trim().replace(/\s+/g, ' ');

/** Kana of a name in katakana. @param {string} text */
export const katakana = (text) => spaced(text).replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));

/** What is compared: no spaces, one width and case, katakana. @param {string} text */
export const folded = (text) => katakana(text).toLowerCase().replace(/\s/g, '');

const two = (/** @type {number} */ value) => String(value).padStart(2, '0');

/** What was typed as year, month and day, whether there is such a day or not. @param {string} text @returns {[number, number, number] | null} */
function partsOf(text) {
  const plain = text.normalize('NFKC').trim().toUpperCase().replace(/元年/, '1年');
  const digits = /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  const marked = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain);
  const era = /^([MTSHR]|明治|大正|昭和|平成|令和)\s?(\d{1,2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain)
    ?? /^([MTSHR])(\d{2})(\d{2})(\d{2})$/.exec(plain);
  const found = digits ?? marked;
  if (found) return [Number(found[1]), Number(found[2]), Number(found[3])];
  return era && [eraYear(era[1], Number(era[2])), Number(era[3]), Number(era[4])];
}

/** @param {[number, number, number]} parts */
function isInCalendar([year, month, date]) {
  const day = new Date(Date.UTC(year, month - 1, date));
  return day.getUTCFullYear() === year && day.getUTCMonth() === month - 1 && day.getUTCDate() === date;
}

/** A whole date that stands in no calendar, such as the 31st of June. @param {string} text */
export function isNoDay(text) {
  const parts = partsOf(text);
  return parts !== null && !isInCalendar(parts);
}

/**
 * `YYYY-MM-DD` of 1938/4/12, 19380412, S13.4.12 or 昭和13年4月12日; empty where it is no day.
 * @param {string} text @param {number} [nowMs]
 */
export function birthDateOf(text, nowMs = Date.now()) {
  const parts = partsOf(text);
  if (!parts) return '';
  const [year, month, date] = parts;
  return isInCalendar(parts) && year >= OLDEST_YEAR && Date.UTC(year, month - 1, date) <= nowMs ? `${year}-${two(month)}-${two(date)}` : '';
}

/** @param {string} mark @param {number} year */
function eraYear(mark, year) {
  const first = ERAS.find(([letter, name]) => letter === mark || name === mark)?.[2] ?? 0;
  return year >= 1 ? first + year - 1 : 0;
}

/**
 * How far somebody registered is like the one being registered: the same name and birth date, or one of them.
 * @param {{kanji: string, kana: string, birthDate: string, sex: string}} typed
 * @param {{name: {kanji: string, kana: string}, birth_date: string}} patient
 * @returns {'same' | 'birth_date' | 'name' | ''}
 */
export function likeness(typed, { name, birth_date: birthDate }) {
  const sameDay = typed.birthDate !== '' && typed.birthDate === birthDate;
  const [kanji, kana] = [folded(typed.kanji), folded(typed.kana)];
  const sameName = (kanji !== '' && kanji === folded(name.kanji)) || (kana !== '' && kana === folded(name.kana));
  if (sameDay && sameName) return 'same';
  if (sameDay) return 'birth_date';
  return sameName ? 'name' : '';
}
