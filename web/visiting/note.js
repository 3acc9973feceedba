// A visit note out of choices: which chips are chosen, the devices as they were found, a sentence, and the `visit` that
// they become. Its text is made of the choices in the language of the page, so that everybody can read it; what the
// wire has fields for goes into those: times, devices with settings, whether the doctor needs to know, photographs.

import { usOfMs } from '../frames.js';
import { language } from '../language.js';
import { currentBody } from '../timeline.js';
import { CHOICES, inWords } from './choices.js';
import { phrase } from './phrases.js';
import { hasFault, lineOf, titleOf } from './wounds.js';

/**
 * @typedef {{name: string, value: string, unit?: string}} Setting
 * @typedef {{device: string, settings: Setting[], atMs: number}} Told a device as the timeline last told of it
 * @typedef {{found: 'same' | 'other', settings: Setting[]}} Found
 * @typedef {object} Chosen
 * @property {Record<string, string[]>} chips codes by section
 * @property {Record<string, Found>} devices by their name
 * @property {string} sentence
 * @property {string} startedAt `HH:MM` of today
 * @property {string} endedAt
 * @property {boolean} tellDoctor
 * @property {boolean} acp
 * @property {string} [about] the entry that it answers
 * @property {import('../frames.js').OnBehalfOf | null} [named] who told it, where it is written on their behalf
 */

/** Chooses a chip or takes it back; one that stands alone rules the others out. @param {string[]} chosen @param {string} section @param {string} chip @returns {string[]} */
export function toggled(chosen, section, chip) {
  if (chosen.includes(chip)) return chosen.filter((one) => one !== chip);
  const { chips } = CHOICES.note[section];
  return chips[chip].alone ? [chip] : [...chosen.filter((one) => !chips[one].alone), chip];
}

/** The chosen chips of a section in the order of the vocabulary. @param {string} section @param {string[]} chosen */
const inOrder = (section, chosen) => Object.keys(CHOICES.note[section].chips).filter((chip) => chosen.includes(chip));

/** The text: a line for each section that something was chosen in, one for each wound, the sentence last. @param {Chosen} chosen @param {import('./wounds.js').Wound[]} wounds */
export function textOf({ chips, devices, sentence }, wounds) {
  const sections = Object.entries(CHOICES.note).map(([section, { chips: words, ...name }]) => {
    const said = inOrder(section, chips[section] ?? []).map((chip) => inWords(language(), words[chip]));
    return said.length ? phrase('line', { name: inWords(language(), name), said: said.join(phrase('list_comma')) }) : '';
  });
  const found = Object.entries(devices).map(([device, { found: how }]) => phrase('line', { name: device, said: phrase(how === 'same' ? 'device_same' : 'device_other') }));
  const told = wounds.map(lineOf).filter(Boolean).map((line) => phrase('line', { name: phrase('wound'), said: line }));
  return [...sections, ...found, ...told, sentence.trim()].filter(Boolean).join('\n');
}

/** Today at a time of day. @param {string} time `HH:MM` @param {number} nowMs */
function momentOf(time, nowMs) {
  const [hours, minutes] = time.split(':').map(Number);
  return new Date(nowMs).setHours(hours, minutes, 0, 0);
}

/** What keeps the times from being true, if anything. @param {Chosen} chosen */
export const timesFault = ({ startedAt, endedAt }) => Boolean(startedAt && endedAt && endedAt < startedAt);

/**
 * The `visit`, or `null` while there is nothing to send or something is wrong.
 * @param {Chosen} chosen @param {import('./wounds.js').Wound[]} wounds @param {import('../attaching.js').Attaching} attaching @param {number} nowMs
 * @returns {Record<string, any> | null}
 */
export function noteBody(chosen, wounds, attaching, nowMs) {
  const text = textOf(chosen, wounds);
  if (!text || timesFault(chosen) || wounds.some(hasFault)) return null;
  const { startedAt, endedAt, tellDoctor, acp, about } = chosen;
  const devices = Object.entries(chosen.devices).map(([device, { settings }]) => ({ device, settings: settings.filter(({ name, value }) => name && value.trim()) }));
  const attachments = attaching.items.flatMap((item) => {
    const wound = wounds.find(({ photos }) => photos.includes(item));
    return item.attachment ? [wound ? { ...item.attachment, title: titleOf(wound, nowMs) } : item.attachment] : [];
  });
  return {
    text,
    ...(startedAt ? { startedAtUs: usOfMs(momentOf(startedAt, nowMs)) } : {}),
    ...(endedAt ? { endedAtUs: usOfMs(momentOf(endedAt, nowMs)) } : {}),
    ...(tellDoctor ? { tellDoctor } : {}),
    ...(acp ? { acp } : {}),
    ...(about ? { about } : {}),
    ...(devices.length ? { devices } : {}),
    ...(attachments.length ? { attachments } : {}),
  };
}

/** The devices in use, with the settings that were told last. @param {import('../timeline.js').Timeline} timeline @returns {Told[]} */
export function devicesOf(timeline) {
  /** @type {Map<string, Told>} */
  const devices = new Map();
  for (const item of timeline.items) {
    if (item.retraction || (item.kind !== 'device_change' && item.kind !== 'nursing_instruction')) continue;
    const body = currentBody(item);
    if (item.kind === 'nursing_instruction') {
      for (const { device, settings = [] } of body.devices ?? []) devices.set(device, { device, settings, atMs: item.recordedAtMs });
    } else if (body.change === 'removed') devices.delete(body.device);
    else devices.set(body.device, { device: body.device, settings: body.after ?? [], atMs: item.recordedAtMs });
  }
  return [...devices.values()];
}
