// A wound as it is told by choices: one line of the note, the title of its photographs, and the photograph taken of the
// same place before. Sizes are decimals in centimetres as they were typed.

import { localInput } from '../dates.js';
import { language } from '../language.js';
import { decimalIn } from '../readings.js';
import { currentBody } from '../timeline.js';
import { CHOICES, inWords } from './choices.js';
import { phrase, phraseIn } from './phrases.js';

const ASPECTS = /** @type {const} */ (['sort', 'depth', 'wet', 'course']);

/**
 * @typedef {import('../attaching.js').Attachment} Attachment
 * @typedef {import('../attaching.js').Arriving} Arriving
 * @typedef {{place: string, elsewhere: string, sort: string, depth: string, wet: string, course: string, length: string, width: string, photos: Arriving[]}} Wound
 */

/** @returns {Wound} */
export const newWound = () => ({ place: '', elsewhere: '', sort: '', depth: '', wet: '', course: '', length: '', width: '', photos: [] });

/** @param {string} aspect @param {string} code */
const word = (aspect, code) => (code ? inWords(language(), CHOICES.wound[aspect].chips[code] ?? { ja: code, en: code }) : '');

/** Where it is, in words. @param {Wound} wound */
export const placeOf = ({ place, elsewhere }) => (place === 'elsewhere' && elsewhere.trim() ? elsewhere.trim() : word('place', place));

/** "3 × 2 cm", as far as it was measured. @param {Wound} wound */
export function sizeOf({ length, width }) {
  const said = [length, width].map(decimalIn).filter((one) => one !== null);
  return said.length ? `${said.join(' × ')} cm` : '';
}

/** Whether a size was typed that is none. @param {Wound} wound */
export const hasFault = ({ length, width }) => [length, width].some((text) => text.trim() !== '' && decimalIn(text) === null);

/** The line of the note; empty while its place is not said. @param {Wound} wound */
export function lineOf(wound) {
  if (!placeOf(wound)) return '';
  const size = sizeOf(wound);
  const told = [size && phrase('wound_size', { size }), ...ASPECTS.map((aspect) => {
    const said = word(aspect, wound[aspect]);
    return said && (aspect === 'sort' ? said : phrase('wound_aspect', { aspect: inWords(language(), CHOICES.wound[aspect]), said }));
  })].filter(Boolean);
  return [placeOf(wound), ...told].join(phrase('list_comma'));
}

/** What a photograph of it is called. @param {Wound} wound @param {number} nowMs */
export const titleOf = (wound, nowMs) => phrase('wound_photo_title', { place: placeOf(wound) || phrase('wound'), on: localInput(nowMs).slice(0, 10) });

/**
 * The newest photograph of the same place in an earlier entry: told by its title, in either language.
 * @param {import('../timeline.js').Timeline} timeline @param {Wound} wound
 * @returns {{entry: string, attachment: Attachment, atMs: number} | null}
 */
export function photoBefore(timeline, wound) {
  const place = CHOICES.wound.place.chips[wound.place];
  const names = wound.place === 'elsewhere' ? [wound.elsewhere.trim()].filter(Boolean) : place ? [place.ja, place.en] : [];
  if (names.length === 0) return null;
  const titles = names.flatMap((name) => (/** @type {const} */ (['ja', 'en'])).map((one) => phraseIn(one, 'wound_photo_title', { place: name, on: '' })));
  for (let at = timeline.items.length - 1; at >= 0; at -= 1) {
    const item = timeline.items[at];
    if (item.retraction) continue;
    const attachment = (currentBody(item).attachments ?? []).find((/** @type {Attachment} */ one) =>
      one.mediaType?.startsWith('image/') && titles.some((title) => one.title.startsWith(`${title.trim()} `)));
    if (attachment) return { entry: item.id, attachment, atMs: item.observedAtMs ?? item.recordedAtMs };
  }
  return null;
}
