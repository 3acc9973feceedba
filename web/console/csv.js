// Tables of links as a spreadsheet writes them: read, and each row resolved to a patient, an office and a person, or its
// trouble named. Pure; nothing is done here.

import { birthDateOf, folded } from './names.js';

/**
 * @typedef {import('./calls.js').Patient} Patient
 * @typedef {import('./calls.js').Office} Office
 * @typedef {import('./calls.js').Person} Person
 * @typedef {{patient: string, name: string, birthDate: string, office: string, person: string, host: string}} Cells
 * @typedef {'patient_missing' | 'patient_unknown' | 'patient_several' | 'office_missing' | 'office_unknown' | 'office_several' | 'person_unknown' | 'person_several' | 'host_unclear' | 'birth_date_unclear'} Trouble
 * @typedef {object} Row
 * @property {number} line as the spreadsheet counts
 * @property {Cells} cells
 * @property {Patient | null} patient
 * @property {Office | null} office
 * @property {Person | null} person
 * @property {boolean} host
 * @property {boolean} isThere what it asks for is so already, or stands in a row above
 * @property {Trouble | ''} trouble
 */

export const ROWS_MAX = 500;

/** Names of columns that people use. @type {Record<keyof Cells, string[]>} */
const COLUMNS = {
  patient: ['患者番号', '番号', 'patient', 'patientid', 'identifier'],
  name: ['患者氏名', '氏名', '患者', '名前', 'name', 'patientname'],
  birthDate: ['生年月日', 'birthdate', 'birth_date', 'dateofbirth'],
  office: ['事業所', '事業所名', 'office', 'officename', 'organisation'],
  person: ['担当者', '担当', '人', 'person', 'personname'],
  host: ['管理事業所', '管理', 'host'],
};
const YES = new Set(['1', 'はい', '○', '◯', '〇', 'yes', 'true', 'y', '管理']);
const NO = new Set(['', '0', 'いいえ', '×', 'no', 'false', 'n', '-']);

/** Cells of a CSV or a table pasted from a spreadsheet, quotes as RFC 4180 has them. @param {string} text @returns {string[][]} */
export function cellsOf(text) {
  const plain = text.replace(/^\ufeff/, '');
  const mark = plain.split('\n', 1)[0].includes('\t') ? '\t' : ',';
  const rows = [['']];
  let quoted = false;
  for (let at = 0; at < plain.length; at += 1) {
    const row = rows[rows.length - 1];
    const char = plain[at];
    if (quoted && char === '"' && plain[at + 1] === '"') {
      row[row.length - 1] += '"';
      at += 1;
    } else if (char === '"' && (quoted || row[row.length - 1] === '')) quoted = !quoted;
    else if (!quoted && char === mark) row.push('');
    else if (!quoted && char === '\n') rows.push(['']);
    else if (quoted || char !== '\r') row[row.length - 1] += char;
  }
  return rows.map((row) => row.map((cell) => cell.trim()));
}

/**
 * Rows by the names of their columns; `null`: without a column for the office, or for the patient.
 * @param {string} text @returns {{line: number, cells: Cells}[] | null}
 */
export function rowsOf(text) {
  const [head, ...rest] = cellsOf(text);
  const places = /** @type {Record<keyof Cells, number>} */ (Object.fromEntries(Object.entries(COLUMNS)
    .map(([name, known]) => [name, head.findIndex((cell) => known.some((one) => folded(one) === folded(cell).replace(/[_-]/g, '')))])));
  if (places.office < 0 || (places.patient < 0 && (places.name < 0 || places.birthDate < 0))) return null;
  return rest.map((row, at) => ({
    line: at + 2,
    cells: /** @type {Cells} */ (Object.fromEntries(Object.entries(places).map(([name, place]) => [name, row[place] ?? '']))),
  })).filter(({ cells }) => Object.values(cells).some(Boolean));
}

/** The patients that a row may mean. @param {Cells} cells @param {Patient[]} patients @param {string} birthDate */
const meant = (cells, patients, birthDate) => patients.filter(({ name, birth_date: born, identifiers }) => (cells.patient
  ? (identifiers ?? []).some(({ value }) => folded(value) === folded(cells.patient))
  : born === birthDate && [name.kanji, name.kana].some((one) => folded(one) === folded(cells.name))));

/**
 * @param {{line: number, cells: Cells}[]} rows
 * @param {{patients: Patient[], offices: Office[], people: Person[]}} known
 * @returns {Row[]}
 */
export function resolved(rows, known) {
  const above = new Set();
  return rows.map(({ line, cells }) => {
    /** @type {Row} */
    const row = { line, cells, patient: null, office: null, person: null, host: YES.has(cells.host.toLowerCase()), isThere: false, trouble: '' };
    row.trouble = resolve(row, known);
    if (row.trouble) return row;
    const asked = [row.patient?.id, row.office?.id, row.person?.id ?? '', row.host].join(' ');
    row.isThere = above.has(asked) || isLinked(row);
    above.add(asked);
    return row;
  });
}

/** @param {Row} row @param {{patients: Patient[], offices: Office[], people: Person[]}} known @returns {Trouble | ''} */
function resolve(row, { patients, offices, people }) {
  const { cells } = row;
  const birthDate = birthDateOf(cells.birthDate);
  if (!cells.patient && !cells.name) return 'patient_missing';
  if (!cells.patient && !birthDate) return 'birth_date_unclear';
  const found = meant(cells, patients, birthDate);
  if (found.length !== 1) return found.length ? 'patient_several' : 'patient_unknown';
  [row.patient] = found;
  if (!cells.office) return 'office_missing';
  const named = offices.filter(({ name, kana, active }) => active && [name, kana].some((one) => folded(one) === folded(cells.office)));
  if (named.length !== 1) return named.length ? 'office_several' : 'office_unknown';
  [row.office] = named;
  if (cells.person) {
    const there = people.filter(({ name, active, positions }) => active && positions.some(({ organisation }) => organisation === named[0].id)
      && [name.kanji, name.kana].some((one) => folded(one) === folded(cells.person)));
    if (there.length !== 1) return there.length ? 'person_several' : 'person_unknown';
    [row.person] = there;
  }
  return YES.has(cells.host.toLowerCase()) || NO.has(cells.host.toLowerCase()) ? '' : 'host_unclear';
}

/** Whether the team has it already; everybody of an office includes each of its people. @param {Row} row */
export function isLinked({ patient, office, person, host }) {
  const link = patient?.team?.find(({ organisation }) => organisation === office?.id);
  if (!link || (host && !link.host)) return false;
  return link.people.length === 0 || (person !== null && link.people.includes(person.id));
}

/** The link that a row asks for: it replaces the one before, so people linked by then are named again. @param {Row} row @param {'all' | 'nothing'} history */
export function linkOf({ patient, office, person, host }, history) {
  const before = patient?.team?.find(({ organisation }) => organisation === office?.id)?.people ?? [];
  const people = person ? [...new Set([...before, person.id])] : [];
  return { organisation: office?.id ?? '', people, ...(host ? { host } : {}), history, relationConfirmed: true };
}

/** Takes into the patient's team what the hub accepted, for the rows below. @param {Row} row @param {{organisation: string, people: string[]}} link */
export function noteLinked({ patient, host }, { organisation, people }) {
  if (!patient) return;
  const others = (patient.team ?? []).filter((one) => one.organisation !== organisation);
  const wasHost = patient.team?.some((one) => one.organisation === organisation && one.host) ?? false;
  patient.team = [...(host ? others.map((one) => ({ ...one, host: false })) : others), { organisation, people, host: host || wasHost }];
}
