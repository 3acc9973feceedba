// One patient in a nutshell: the fold over their timeline that tells what holds now. Of each thing the newest word that
// was not taken back, as corrected, with the entry it stands in. Pure. What no entry says is not guessed.

import { folded } from './fold.js';
import { currentBody } from './timeline.js';

/**
 * @typedef {import('./timeline.js').Item} Item
 * @typedef {import('./frames.js').Body} Body
 * @typedef {{item: Item, body: Body}} Said
 * @typedef {{name: string, settings: any[], item: Item, found: {settings: any[], item: Item} | null}} Device `found`: other settings, seen at a visit since
 * @typedef {object} Summary
 * @property {Said | null} allergies
 * @property {Said | null} problems
 * @property {Said | null} related family and others, with the key person
 * @property {Said | null} instruction the nursing instruction that was written last
 * @property {Said | null} carePlan
 * @property {Said | null} drugs
 * @property {Said[]} drugsSince orders that change them, after the list
 * @property {Device[]} devices
 * @property {Said[]} standing orders in force
 * @property {Said | null} acp
 * @property {Said[]} infections of the last weeks
 * @property {Said | null} away an admission, or the death
 * @property {Said[]} planned visits and meetings to come
 */

const INFECTION_SHOWN_MS = 28 * 86_400_000;

/** @param {number} ms @returns {string} the day here, as dates are written */
export function today(ms) {
  const at = new Date(ms);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** @param {any[]} settings */
const inOrder = (settings) => JSON.stringify(settings.map(({ name, value, unit = '' }) => [folded(name), folded(value), folded(unit)]).sort());

/** @param {Map<string, Device>} devices @param {Said} said */
function takeDevices(devices, { item, body }) {
  const set = (/** @type {string} */ name, /** @type {any[]} */ settings) => devices.set(folded(name), { name, settings, item, found: null });
  if (body.kind === 'device_change') {
    if (body.change === 'removed') devices.delete(folded(body.device));
    else set(body.device, body.after ?? []);
  }
  for (const { device, settings = [] } of body.kind === 'nursing_instruction' ? (body.devices ?? []) : []) set(device, settings);
  for (const { device, settings = [] } of body.kind === 'visit' ? (body.devices ?? []) : []) {
    const known = devices.get(folded(device));
    // Seen and never announced: it is there all the same.
    if (!known) set(device, settings);
    else known.found = inOrder(known.settings) === inOrder(settings) ? null : { settings, item };
  }
}

/** @param {import('./timeline.js').Timeline} timeline @param {number} nowMs @returns {Summary} */
export function summaryOf(timeline, nowMs) {
  const said = timeline.items.filter(({ retraction }) => !retraction).map((item) => ({ item, body: currentBody(item) }));
  const of = (/** @type {string[]} */ ...kinds) => said.filter(({ item }) => kinds.includes(item.kind));
  const newest = (/** @type {string} */ kind) => of(kind).at(-1) ?? null;
  /** @type {Map<string, Device>} */
  const devices = new Map();
  for (const one of said) takeDevices(devices, one);
  const drugs = newest('medication_list');
  const stay = of('admission', 'discharge', 'death').at(-1) ?? null;
  const day = today(nowMs);
  const startMs = (/** @type {Body} */ body) => Number(body.startsAtUs ?? body.atUs ?? body.heldAtUs ?? 0) / 1000;
  return {
    allergies: newest('allergies'),
    problems: newest('problem_list'),
    related: newest('related_persons'),
    instruction: newest('nursing_instruction'),
    carePlan: newest('care_plan'),
    drugs,
    drugsSince: of('order').filter(({ item, body }) => body.changesDrugs && item.seq > (drugs?.item.seq ?? 0)),
    devices: [...devices.values()],
    standing: of('standing_order').filter(({ body }) => !body.until || body.until >= day),
    acp: newest('acp_note'),
    infections: of('infection_notice').filter(({ item }) => nowMs - item.recordedAtMs < INFECTION_SHOWN_MS),
    away: stay && stay.item.kind !== 'discharge' ? stay : null,
    planned: of('visit_plan', 'joint_visit', 'conference').filter(({ body }) => body.state !== 'held' && startMs(body) > nowMs)
      .sort((a, b) => startMs(a.body) - startMs(b.body)),
  };
}
