// When an open page locks: by times that are compared, whatever timers and clocks did meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOver } from '../../../web/lock.js';
import { LOCK_PHRASES } from '../../../web/lock-phrases.js';

const NOON = Date.UTC(2026, 10, 28, 3);
const kept = { of: 'sign-in-1', touchedMs: NOON, limitS: 1_800, locked: false };

test('the time is over after the limit, and when the clock was put back further than it is put right', () => {
  const after = (ms) => isOver(kept, NOON + ms);
  assert.deepEqual([0, 1_799_999, 1_800_000, 12 * 3_600_000].map(after), [false, false, true, true]);
  assert.deepEqual([-1_000, -60_000, -60_001, -3_600_000].map(after), [false, false, true, true]);
});

test('every phrase of the lock is there in both languages', () => {
  for (const [key, phrases] of Object.entries(LOCK_PHRASES)) assert.ok(phrases.length === 2 && phrases.every((one) => one.length > 0), key);
});
