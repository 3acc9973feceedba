// A mistake in a patient's registration put right: what was typed, what of it changed, and the entry that says so. An office's own
// registration is corrected; another's is never touched, so what is so now is registered anew beside it. Pure.

import { birthDateOf, katakana, spaced } from './names.js';

/**
 * @typedef {{kanji: string, kana: string, birth: string, sex: string}} Typed
 * @typedef {{id: string, organisation: string, body: any}} Registration in force, as it was sent
 * @typedef {'kanji' | 'kana' | 'birth_date' | 'sex'} Part
 */

/** @param {Registration} registration @returns {Typed} */
export const typedOf = ({ body: { name, birthDate, sex } }) => ({ kanji: name?.kanji ?? '', kana: name?.kana ?? '', birth: birthDate ?? '', sex: sex ?? '' });

/** The registration as it should be; nothing else of it changes. @param {Registration} registration @param {Typed} typed */
export const mended = ({ body }, { kanji, kana, birth, sex }) => ({ ...body, name: { kanji: spaced(kanji), kana: katakana(kana) }, birthDate: birthDateOf(birth), sex });

/** Which parts differ from what is registered. @param {Registration} registration @param {Typed} typed @returns {Part[]} */
export function changesIn(registration, typed) {
  const [before, after] = [typedOf(registration), mended(registration, typed)];
  const pairs = /** @type {[Part, string, string][]} */ ([
    ['kanji', before.kanji, after.name.kanji], ['kana', before.kana, after.name.kana], ['birth_date', before.birth, after.birthDate], ['sex', before.sex, after.sex],
  ]);
  return pairs.filter(([, was, is]) => was !== is).map(([part]) => part);
}

/** What cannot be registered so. @param {Typed} typed @returns {Part[]} */
export const missingIn = ({ kanji, kana, birth, sex }) => /** @type {[Part, unknown][]} */ ([
  ['kanji', spaced(kanji)], ['kana', katakana(kana)], ['birth_date', birthDateOf(birth)], ['sex', sex],
]).filter(([, value]) => !value).map(([part]) => part);

/** Name and birth date both: that is rather somebody else. @param {Part[]} changes */
export const isAnother = (changes) => changes.includes('birth_date') && changes.includes('kanji');

/** The body that is posted. @param {Registration} registration @param {Typed} typed @param {string} reason @param {string} office mine */
export function entryOf(registration, typed, reason, office) {
  const body = { registration: mended(registration, typed) };
  return registration.organisation === office ? { correction: { target: registration.id, reason, body } } : body;
}
