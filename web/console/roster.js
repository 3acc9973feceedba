// An office's rota while it is looked at and written: the shifts that stand for a day, lines for days to come, lines from a
// spreadsheet, and the body that tells them. A shift belongs to the day it begins on; one that does not end after its
// beginning ends the day after. Pure.

import { Timeline, currentBody } from '../timeline.js';
import { cellsOf } from './csv.js';
import { folded } from './names.js';

/**
 * @typedef {import('./calls.js').Person} Person
 * @typedef {{startsAtUs: string, endsAtUs: string, role: string, person: string, phone?: string}} Shift
 * @typedef {{day: string, person: string, from: string, until: string, phone: string, isOpen?: boolean}} Line a shift as it is written: `YYYY-MM-DD`, `HH:MM`; open: its hours are being changed
 * @typedef {{from: string, until: string}} Hours
 * @typedef {{weekday: Hours, weekend: Hours, phone: string}} Usual
 * @typedef {'roster_columns' | 'roster_row_day' | 'roster_row_person' | 'roster_row_time'} Trouble
 */

/** As many as one entry may hold. */
export const SHIFTS_MAX = 200;
/** Two months at most are written at once. */
export const DAYS_MAX = 62;

/** Names of columns that people use. @type {Record<'day' | 'person' | 'from' | 'until' | 'phone', string[]>} */
const COLUMNS = {
  day: ['日付', '日', 'date', 'day'],
  person: ['氏名', '名前', '担当者', '担当', '当番', 'name', 'person'],
  from: ['開始', 'から', 'from', 'start'],
  until: ['終了', 'まで', 'until', 'end'],
  phone: ['電話', '電話番号', 'phone'],
};

const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
/** @param {Date} date */
const textOf = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
/** @param {string} day @param {number} [days] after it */
const dateOf = (day, days = 0) => {
  const [year, month, date] = day.split('-').map(Number);
  return new Date(year, month - 1, date + days);
};
/** @param {string} us */
const msOf = (us) => Number(us) / 1000;
/** @param {number} ms */
const hourOf = (ms) => `${two(new Date(ms).getHours())}:${two(new Date(ms).getMinutes())}`;

/** @param {string} day @param {number} days */
export const dayAfter = (day, days) => textOf(dateOf(day, days));
/** @param {number} ms */
export const dayAt = (ms) => textOf(new Date(ms));
/** The last day of the month that a day is in. @param {string} day */
export const monthEnd = (day) => textOf(new Date(dateOf(day).getFullYear(), dateOf(day).getMonth() + 1, 0));
/** @param {string} day */
export const isWeekend = (day) => [0, 6].includes(dateOf(day).getDay());
/** The moment a day begins. @param {string} day */
export const msOfDay = (day) => dateOf(day).getTime();

/** Each day from the first to the last; none where they are not in order. @param {string} from @param {string} until */
export function daysBetween(from, until) {
  const days = [];
  for (let day = from; from && day <= until && days.length <= DAYS_MAX; day = dayAfter(day, 1)) days.push(day);
  return days;
}

/** The rotas that stand, as they are corrected, the newest last. @param {import('../frames.js').Entry[]} entries */
function toldOf(entries) {
  const timeline = new Timeline('');
  for (const entry of entries) timeline.apply(entry);
  return timeline.items.filter(({ kind, retraction }) => kind === 'roster' && !retraction).map(currentBody);
}

/**
 * What the office's own timeline says of each day: the newest rota that speaks of it, and what was said after that.
 * @param {import('../frames.js').Entry[]} entries @param {string} from @param {string} until
 * @returns {{day: string, isTold: boolean, shifts: Shift[]}[]}
 */
export function standing(entries, from, until) {
  const told = toldOf(entries);
  return daysBetween(from, until).map((day) => {
    const newest = told.findLastIndex((one) => one.from <= day && day <= one.until);
    const shifts = told.slice(Math.max(newest, 0)).flatMap(({ shifts: all = [] }) => all.filter((/** @type {Shift} */ { startsAtUs }) => dayAt(msOf(startsAtUs)) === day));
    return { day, isTold: newest >= 0, shifts: shifts.sort((a, b) => Number(a.startsAtUs) - Number(b.startsAtUs)) };
  });
}

/** What was told last, as lines. @param {import('../frames.js').Entry[]} entries @returns {Line[]} */
export const lastTold = (entries) => (toldOf(entries).at(-1)?.shifts ?? []).map(lineOf);

/** @param {Shift} shift @returns {Line} */
export const lineOf = ({ startsAtUs, endsAtUs, person, phone = '' }) =>
  ({ day: dayAt(msOf(startsAtUs)), person, from: hourOf(msOf(startsAtUs)), until: hourOf(msOf(endsAtUs)), phone });

/** Whether its end is of the day after. @param {Hours} hours */
export const endsNextDay = ({ from, until }) => Boolean(from && until) && until <= from;

/** The hours and the number that most lines have; empty where there are none. @param {Line[]} lines @returns {Usual} */
export function usualOf(lines) {
  const mostly = (/** @type {string[]} */ texts) => {
    const times = new Map();
    for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
    return [...times].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  };
  const hours = (/** @type {Line[]} */ some) => {
    const [from = '', until = ''] = mostly(some.map((line) => `${line.from} ${line.until}`)).split(' ');
    return { from, until };
  };
  const weekends = lines.filter(({ day }) => isWeekend(day));
  const weekdays = lines.filter(({ day }) => !isWeekend(day));
  return { weekday: hours(weekdays.length ? weekdays : lines), weekend: hours(weekends.length ? weekends : lines), phone: mostly(lines.map(({ phone }) => phone)) };
}

/** A line for a day, with the usual hours. @param {string} day @param {string} person @param {Usual} usual @returns {Line} */
export const newLine = (day, person, { weekday, weekend, phone }) => ({ day, person, ...(isWeekend(day) ? weekend : weekday), phone });

/** One line a day, people one after the other. @param {string[]} days @param {string[]} people @param {Usual} usual */
export const inTurn = (days, people, usual) => days.map((day, at) => newLine(day, people[at % people.length] ?? '', usual));

/** Lines with the usual hours have the new ones, those that differ keep theirs. @param {Line[]} lines @param {Usual} before @param {Usual} after @returns {Line[]} */
export function rehoured(lines, before, after) {
  return lines.map((line) => {
    const [was, is] = [newLine(line.day, '', before), newLine(line.day, '', after)];
    const hours = line.from === was.from && line.until === was.until ? { from: is.from, until: is.until } : {};
    return { ...line, ...hours, phone: line.phone === was.phone ? is.phone : line.phone };
  });
}

/** Days nobody is down for, and lines that name somebody and no hours. @param {string[]} days @param {Line[]} lines */
export function gaps(days, lines) {
  const named = lines.filter(({ person }) => person);
  return { empty: days.filter((day) => !named.some((line) => line.day === day)), unclear: named.filter(({ from, until }) => !from || !until) };
}

/**
 * What is told: lines without a person are left out.
 * @param {string} from @param {string} until @param {Line[]} lines @param {(person: string) => string} roleOf @param {string} text
 */
export function rosterOf(from, until, lines, roleOf, text) {
  const us = (/** @type {string} */ day, /** @type {string} */ time) => {
    const [hours, minutes] = time.split(':').map(Number);
    const at = dateOf(day);
    at.setHours(hours, minutes);
    return `${at.getTime()}000`;
  };
  const shifts = lines.filter(({ person }) => person).map((line) => ({
    startsAtUs: us(line.day, line.from), endsAtUs: us(endsNextDay(line) ? dayAfter(line.day, 1) : line.day, line.until), role: roleOf(line.person), person: line.person,
    ...(line.phone ? { phone: line.phone } : {}),
  }));
  return { roster: { from, until, shifts, ...(text ? { text } : {}) } };
}

/** `12/1`, `12月1日`, `2026/12/1`, `2026-12-01`: a day among those that are written; empty for another. @param {string} text @param {string[]} days */
function dayOfCell(text, days) {
  const numbers = (text.normalize('NFKC').match(/\d+/g) ?? []).map(Number);
  if (numbers.length === 3) return days.find((day) => day === `${numbers[0]}-${two(numbers[1])}-${two(numbers[2])}`) ?? '';
  return numbers.length === 2 ? days.find((day) => day.endsWith(`-${two(numbers[0])}-${two(numbers[1])}`)) ?? '' : '';
}

/** `9:00`, `9時`, `17時30分`; `null`: no time of a day. @param {string} text */
function timeOfCell(text) {
  const [, hours, minutes = '0'] = /^(\d{1,2})(?:[:時](\d{1,2})?分?)?$/.exec(text.normalize('NFKC').replace(/\s/g, '')) ?? [];
  return hours !== undefined && Number(hours) < 24 && Number(minutes) < 60 ? `${two(Number(hours))}:${two(Number(minutes))}` : null;
}

/**
 * Lines as a spreadsheet writes them; the usual hours where a row names none. Nothing is taken while a row is unclear.
 * @param {string} text @param {{days: string[], people: Person[], usual: Usual}} known
 * @returns {{lines: Line[], troubles: {line: number, trouble: Trouble, cell: string}[]}}
 */
export function pasted(text, { days, people, usual }) {
  const [head, ...rows] = cellsOf(text);
  const place = Object.fromEntries(Object.entries(COLUMNS).map(([name, known]) => [name, head.findIndex((cell) => known.includes(cell.toLowerCase()))]));
  if (place.day < 0 || place.person < 0) return { lines: [], troubles: [{ line: 1, trouble: 'roster_columns', cell: head.join('・') }] };
  /** @type {Line[]} */
  const lines = [];
  /** @type {{line: number, trouble: Trouble, cell: string}[]} */
  const troubles = [];
  for (const [at, row] of rows.entries()) {
    if (!row.some(Boolean)) continue;
    const cell = (/** @type {string} */ name) => row[place[name]] ?? '';
    const day = dayOfCell(cell('day'), days);
    const found = people.filter(({ name }) => [name.kanji, name.kana].some((one) => folded(one) === folded(cell('person'))));
    const [from, until] = ['from', 'until'].map((name) => (cell(name) ? timeOfCell(cell(name)) : ''));
    /** @param {Trouble} trouble @param {string} name */
    const wrong = (trouble, name) => troubles.push({ line: at + 2, trouble, cell: cell(name) });
    if (!day) wrong('roster_row_day', 'day');
    else if (found.length !== 1) wrong('roster_row_person', 'person');
    else if (from === null || until === null) wrong('roster_row_time', from === null ? 'from' : 'until');
    else {
      const line = newLine(day, found[0].id, usual);
      lines.push({ ...line, from: from || line.from, until: until || line.until, phone: cell('phone') || line.phone });
    }
  }
  return { lines, troubles };
}
