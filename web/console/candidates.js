// Who could join a team: offices and people of the region, found by name, kana, profession or sort of office. Pure.

import { word } from '../language.js';
import { folded } from './names.js';

/**
 * @typedef {{key: string, organisation: string, person: string, role: string, name: string, about: string, isOn: boolean}} Candidate `person` empty: the office
 * @typedef {{organisations: Map<string, any>, people: Map<string, any>}} Directory
 */

/** These are never linked by the console: they see what is theirs without. */
const NOT_LINKED = new Set(['secretariat']);

/** A machine signs in with a key of its own and has no patients to be given. */
const isPerson = (/** @type {{role: string}} */ { role }) => role !== 'gateway';
/** A household is one patient's, and its name says whose: only who searches for it by name is shown one, or who has it on the team. */
const isHidden = (/** @type {string | undefined} */ type, /** @type {boolean} */ isOn) => type === 'home' && !isOn;

/**
 * What begins as asked comes first, offices before people; whoever is on the team already last.
 * @param {string} query @param {Directory} directory @param {{organisation: string, people: string[]}[]} team @returns {Candidate[]}
 */
export function candidates(query, { organisations, people }, team) {
  const wanted = query.trim().split(/\s+/).map(folded).filter(Boolean);
  const whole = folded(query);
  const offices = [...organisations.values()].filter(({ active, type }) => active !== false && !NOT_LINKED.has(type));
  const all = /** @type {(Candidate & {texts: string[]})[]} */ ([
    ...offices.map((office) => ofOffice(office, team)),
    ...[...people.values()].filter(({ active }) => active !== false).flatMap((person) => (person.positions ?? [])
      .filter((/** @type {any} */ one) => isPerson(one) && offices.some(({ id }) => id === one.organisation))
      .map((/** @type {any} */ one) => ofPerson(person, one, organisations.get(one.organisation), team))),
  ]);
  return all.filter(({ organisation, isOn, texts }) => {
    const hides = isHidden(organisations.get(organisation)?.type, isOn);
    if (hides && whole === '') return false;
    // The third says of what sort it is, or in which role.
    const folds = texts.filter((_, place) => !hides || place !== 2).map(folded);
    return folds.some((text) => text.includes(whole)) || wanted.every((part) => folds.some((text) => text.includes(part)));
  }).map((one) => ({ ...one, rank: rankOf(one, whole) }))
    .sort((a, b) => a.rank - b.rank || a.texts[1].localeCompare(b.texts[1], 'ja'))
    .map(({ texts, rank, ...candidate }) => candidate);
}

/** @param {Candidate & {texts: string[]}} one @param {string} whole */
function rankOf({ isOn, person, texts }, whole) {
  const begins = whole !== '' && texts.slice(0, 2).some((text) => folded(text).startsWith(whole));
  return (isOn ? 4 : 0) + (begins ? 0 : 2) + (person ? 1 : 0);
}

/** @param {any} office @param {{organisation: string, people: string[]}[]} team */
function ofOffice({ id, name, kana, type }, team) {
  const link = team.find(({ organisation }) => organisation === id);
  return { key: id, organisation: id, person: '', role: '', name, about: word('organisation_type', type), isOn: link?.people.length === 0, texts: [name, kana ?? '', word('organisation_type', type)] };
}

/** @param {any} person @param {any} position @param {any} office @param {{organisation: string, people: string[]}[]} team */
function ofPerson({ id, name }, { role, organisation }, office, team) {
  const link = team.find((one) => one.organisation === organisation);
  const isOn = link !== undefined && (link.people.length === 0 || link.people.includes(id));
  const { kanji, kana } = typeof name === 'string' ? { kanji: name, kana: '' } : name;
  return {
    key: `${organisation} ${id}`, organisation, person: id, role, name: kanji, about: `${word('role', role)}・${office.name}`, isOn,
    texts: [kanji, kana, word('role', role), office.name, office.kana ?? ''],
  };
}
