// The devices in use as the timeline last told of them, and what that tells a form about another change of one. Pure.

import { folded } from './fold.js';
import { summaryOf } from './summary.js';

/** @type {WeakMap<import('./timeline.js').Timeline, {version: number, told: import('./summary.js').Device[]}>} */
const held = new WeakMap();

/** Worked out once per change of the timeline, not with every key. @param {import('./timeline.js').Timeline} timeline */
export function devicesTold(timeline) {
  const before = held.get(timeline);
  if (before && before.version === timeline.version) return before.told;
  // Of what is told of devices nothing depends on the moment.
  const told = summaryOf(timeline, 0).devices;
  held.set(timeline, { version: timeline.version, told });
  return told;
}

/**
 * The settings before the change, where the device is known and nobody wrote others: a name that is still being typed takes
 * back what an earlier one brought.
 * @param {import('./timeline.js').Timeline} timeline @param {import('./forms.js').Values} values as they stood @param {string} device as it is named now
 * @returns {import('./forms.js').Values} what becomes of `before`
 */
export function settingsBefore(timeline, { device: named = '', before = [] }, device) {
  const of = (/** @type {string} */ name) => devicesTold(timeline).find((one) => folded(one.name) === folded(name))?.settings ?? [];
  const isOurs = JSON.stringify(before) === JSON.stringify(of(named)) || before.every((/** @type {any} */ row) => !row.name && !row.value);
  return isOurs ? { before: of(device).map((row) => ({ ...row })) } : {};
}
