// Blacks out what could tell who a patient is, in plain text: the name however it is written and those of the family, the
// day of birth, telephone numbers, identifiers and whatever words the person at the screen adds. What was blacked out is gone from the text, and
// `leaks` looks once more. Drugs that begin like a name are left alone. Pure.

/**
 * @typedef {object} Known of the patient
 * @property {{kanji: string, kana: string}} name
 * @property {string} birthDate `YYYY-MM-DD`
 * @property {string[]} identifiers
 * @property {string[]} [close] names of family and others, as they are recorded
 * @typedef {{name: boolean, birth: boolean, phones: boolean, words: string[]}} Choice what to black out
 */

const MARK = '●';
/** In one script a name goes on where the next letter is of it: ハル in ハルシオン. */
const SCRIPTS = [/[ァ-ヺー]/u, /[ぁ-ゖー]/u, /[一-鿿々]/u, /[a-z]/iu];
const AFTER_A_NAME = '(?=さん|様|さま|氏|家|邸|殿|宅|君|ちゃん|[\\s、。，．・,.（(の]|$)';
const PHONE = /(?<![\d０-９])[0０][\d０-９]{1,4}[-‐－ー(（)） ]?[\d０-９]{1,4}[-‐－ー)） ]?[\d０-９]{3,4}(?![\d０-９])/gu;
const ERAS = /** @type {const} */ ([['明治', 'M', 1868], ['大正', 'T', 1912], ['昭和', 'S', 1926], ['平成', 'H', 1989], ['令和', 'R', 2019]]);

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** @param {string} kana */
const hiragana = (kana) => kana.replace(/[ァ-ヶ]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0x60));

/** The first letter of a part stays, so that those who know the patient recognise them; a part of one letter goes. @param {string} name */
export const masked = (name) => name.split(/\s+/).map((part) => {
  const letters = [...part];
  return letters.length < 2 ? MARK : letters[0] + MARK.repeat(letters.length - 1);
}).join(' ');

/** @param {string} part @returns {RegExp} a part of a name where it stands for itself */
function alone(part) {
  const script = SCRIPTS.find((one) => [...part].every((letter) => one.test(letter)))?.source;
  const bounds = script ? [`(?<!${script})`, `(?!${script})`] : ['', ''];
  // Family names of two characters and more are followed by titles in the same script.
  if (script === SCRIPTS[2].source) return new RegExp([...part].length > 1 ? escaped(part) : `${bounds[0]}${escaped(part)}${AFTER_A_NAME}`, 'giu');
  return new RegExp(bounds[0] + escaped(part) + bounds[1], 'giu');
}

/** @param {Known['name']} name @returns {[RegExp, string][]} the whole name first */
function ofName({ kanji, kana }) {
  const writings = [kanji, kana, hiragana(kana)].filter((one) => one.trim());
  const whole = writings.map((one) => /** @type {[RegExp, string]} */ ([new RegExp(one.split(/\s+/).map(escaped).join('[\\s・]*'), 'giu'), masked(one)]));
  const parts = writings.flatMap((one) => one.split(/\s+/)).filter((part, at, all) => all.indexOf(part) === at)
    .map((part) => /** @type {[RegExp, string]} */ ([alone(part), masked(part)]));
  return [...whole, ...parts];
}

/** @param {string} date @returns {[RegExp, string][]} */
function ofBirth(date) {
  const [year, month, day] = date.split('-').map(Number);
  if (!year || !month || !day) return [];
  const rest = `\\s*(?:年|[-/.．／])\\s*0?${month}\\s*(?:月|[-/.．／])\\s*0?${day}(?!\\d)\\s*日?`;
  const years = [String(year), ...ERAS.filter(([, , first]) => first <= year && year - first < 65).flatMap(([name, letter, first]) => [`${name}\\s*${year - first + 1}`, `${letter}\\s*${year - first + 1}`])];
  return [[new RegExp(`(?:${years.join('|')})${rest}`, 'giu'), '●年●月●日'], [new RegExp(`${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`, 'gu'), MARK.repeat(8)]];
}

/** @param {Known} known @param {Choice} choice @returns {[RegExp, string][]} */
function rulesOf(known, choice) {
  const words = [...choice.words, ...(choice.name ? known.identifiers : [])].map((word) => word.trim()).filter(Boolean);
  return [
    ...words.map((word) => /** @type {[RegExp, string]} */ ([new RegExp(escaped(word), 'giu'), MARK.repeat(Math.min(8, [...word].length))])),
    ...(choice.name ? ofName(known.name) : []),
    ...(choice.name ? (known.close ?? []).flatMap((kanji) => ofName({ kanji, kana: '' })) : []),
    ...(choice.birth ? ofBirth(known.birthDate) : []),
    ...(choice.phones ? [/** @type {[RegExp, string]} */ ([PHONE, MARK.repeat(4)])] : []),
  ];
}

/** @param {Known} known @param {Choice} choice @returns {(text: string) => string} */
export function redactor(known, choice) {
  const rules = rulesOf(known, choice);
  return (text) => rules.reduce((left, [found, instead]) => left.replace(found, instead), text.normalize('NFC'));
}

/** What of the whole name or the words is still there, however it is spaced and in whatever width. @param {string} text @param {Known} known @param {Choice} choice @returns {boolean} */
export function leaks(text, known, choice) {
  const plain = (/** @type {string} */ one) => one.normalize('NFKC').replace(/\s/g, '').toLowerCase();
  const kept = [...choice.words, ...(choice.name ? [known.name.kanji, known.name.kana, hiragana(known.name.kana), ...known.identifiers, ...(known.close ?? [])] : [])].map(plain).filter((one) => [...one].length > 1);
  const all = plain(text);
  return kept.some((one) => all.includes(one)) || (choice.phones && new RegExp(PHONE.source, 'u').test(text));
}
