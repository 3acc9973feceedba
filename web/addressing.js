// Whom a post can be addressed to on a patient's team, the `@` being typed for one of them, and how the choice goes into
// the post. The family sees an entry only when it is addressed to them, so naming them always does that, too. No I/O.

import { folded } from './fold.js';
import { WORDS } from './words.js';

/**
 * @typedef {{role: string, person: string, name: string, organisation: string}} Candidate `person` empty: everybody in the role
 * @typedef {{from: number, query: string}} Typing an `@` and what follows it, up to the caret
 */

const CANDIDATES_MAX = 8;

/** Positions that people of this team act in; nobody speaks to a machine. @param {import('./model.js').Model} model @param {string} timeline */
function positionsOf(model, timeline) {
  const links = new Map((model.patients.get(timeline)?.team ?? []).map((link) => [link.organisation, link.people ?? []]));
  return [...model.people.values()].flatMap((person) => (person.positions ?? [])
    .filter(({ role, organisation }) => role !== 'gateway' && links.has(organisation) && (!links.get(organisation)?.length || links.get(organisation)?.includes(person.id)))
    .map(({ role, organisation }) => ({ role, organisation, person: person.id })));
}

/** Roles that somebody on this team acts in, in the order of the domain's list. @param {import('./model.js').Model} model @param {string} timeline */
export function rolesOfTeam(model, timeline) {
  const present = new Set(positionsOf(model, timeline).map(({ role }) => role));
  return Object.keys(WORDS.role).filter((role) => present.has(role));
}

/** Everybody else on this team, once each. @param {import('./model.js').Model} model @param {string} timeline @returns {Candidate[]} */
export function peopleOfTeam(model, timeline) {
  const others = positionsOf(model, timeline).filter(({ person }) => person !== model.myId);
  const order = Object.keys(WORDS.role);
  return [...new Map(others.map((one) => [one.person, { ...one, name: model.personName(one.person) }])).values()]
    .sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role) || a.name.localeCompare(b.name, 'ja'));
}

/**
 * For whom this person may write: everybody else of the team in each of their roles, and of their own office, which comes first.
 * @param {import('./model.js').Model} model @param {string} timeline @returns {{organisation: string, people: Candidate[]}[]}
 */
export function forWhom(model, timeline) {
  const mine = model.me?.organisation.id ?? '';
  const colleagues = [...model.people.values()].flatMap(({ id, positions = [] }) => positions.map((position) => ({ ...position, person: id })))
    .filter(({ role, organisation }) => role !== 'gateway' && organisation === mine);
  const order = Object.keys(WORDS.role);
  const all = new Map([...colleagues, ...positionsOf(model, timeline)].filter(({ person }) => person !== model.myId)
    .map((one) => [`${one.person} ${one.role} ${one.organisation}`, { ...one, name: model.personName(one.person) }]));
  const people = [...all.values()].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role) || a.name.localeCompare(b.name, 'ja'));
  const offices = [...new Set([mine, ...people.map(({ organisation }) => organisation)])];
  return offices.map((organisation) => ({ organisation, people: people.filter((one) => one.organisation === organisation) })).filter((office) => office.people.length > 0);
}

/** The `@` that is being written at the caret. @param {string} text @param {number} caret @returns {Typing | null} */
export function typingAt(text, caret) {
  const found = /(?:^|[\s、。（(])[@＠]([^\s@＠、。]{0,20})$/u.exec(text.slice(0, caret));
  return found ? { from: caret - found[1].length - 1, query: found[1] } : null;
}

/** Roles first, then people, whose name, kana or label begins or goes on with what was typed. @param {import('./model.js').Model} model @param {string} timeline @param {string} query @returns {Candidate[]} */
export function candidates(model, timeline, query) {
  const wanted = folded(query);
  const roles = rolesOfTeam(model, timeline).map((role) => ({ role, person: '', name: '', organisation: '' }));
  const names = (/** @type {Candidate} */ { role, person }) => [...(person ? [] : WORDS.role[role]), ...(person ? namesOf(model, person) : [])];
  return [...roles, ...peopleOfTeam(model, timeline)].filter((one) => names(one).some((name) => folded(name).includes(wanted))).slice(0, CANDIDATES_MAX);
}

/** @param {import('./model.js').Model} model @param {string} person @returns {string[]} */
function namesOf(model, person) {
  const name = model.people.get(person)?.name;
  return typeof name === 'string' ? [name] : name ? [name.kanji, name.kana] : [];
}

/**
 * The fields of a post for those chosen. A message names roles itself; whatever else is named goes beside the body.
 * @param {'message' | 'note'} kind @param {string[]} roles @param {string[]} people
 * @returns {{toRoles: string[], addressedTo: import('./frames.js').Addressee[]}}
 */
export function addressing(kind, roles, people) {
  const beside = roles.filter((role) => kind === 'note' || role === 'family').map((role) => ({ role }));
  return { toRoles: kind === 'message' ? roles : [], addressedTo: [...beside, ...people.map((person) => ({ person }))] };
}
