// Which sound, and when: by weight, by wish, and through quiet hours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULTS, isHeard, isQuiet, quietUntil, readSettings, weightOf, weightOfNotice } from '../../../web/alerting.js';
import { Alerts } from '../../../web/alerts.js';
import { FakeClock } from '../fake-world.mjs';

const at = (hour, minute = 0, day = 28) => new Date(2026, 10, day, hour, minute).getTime();
const NIGHT = { wish: 'all', quiet: true, from: '21:00', until: '07:00' };
const ME = { id: 'me', role: 'nurse', organisation: 'o' };

test('quiet hours pass midnight, end when they say, and are none when they begin where they end', () => {
  assert.deepEqual([20, 21, 23, 0, 6, 7, 12].map((hour) => isQuiet(NIGHT, at(hour))), [false, true, true, true, true, false, false]);
  assert.deepEqual([12, 13, 14].map((hour) => isQuiet({ ...NIGHT, from: '13:00', until: '14:00' }, at(hour))), [false, true, false]);
  assert.equal(isQuiet({ ...NIGHT, from: '07:00' }, at(8)), false);
  assert.equal(isQuiet({ ...NIGHT, quiet: false }, at(23)), false);
  assert.equal(quietUntil(NIGHT, at(23)), at(7, 0, 29));
  assert.equal(quietUntil(NIGHT, at(3)), at(7));
});

test('what is urgent is heard at night; what is not waits; a duty that falls due before the morning is urgent', () => {
  assert.deepEqual(['urgent', 'mine', 'other'].map((weight) => isHeard(weight, NIGHT, at(23))), [true, false, false]);
  assert.equal(weightOfNotice({ of: 'opened', dueMs: at(2) }, NIGHT, at(1)), 'urgent');
  assert.equal(weightOfNotice({ of: 'opened', dueMs: at(9) }, NIGHT, at(1)), 'mine');
  assert.equal(weightOfNotice({ of: 'overdue', dueMs: 0 }, NIGHT, at(1)), 'urgent');
  assert.equal(weightOfNotice({ of: 'escalated', dueMs: at(9) }, NIGHT, at(12)), 'urgent');
  assert.deepEqual(['all', 'mine', 'urgent', 'none'].map((wish) => ['urgent', 'mine', 'other'].filter((weight) => isHeard(weight, { ...NIGHT, wish }, at(12))).length), [3, 2, 1, 0]);
});

test('alarms, emergencies and what is marked urgent weigh most; then what speaks to me', () => {
  const item = (body, more = {}) => ({ author: { person: 'other' }, alarms: [], corrections: [], retraction: null, addressedTo: [], kind: 'message', body: { kind: 'message', ...body }, ...more });
  const weigh = (one) => weightOf(one, ME, new Map());
  assert.deepEqual([item({}, { alarms: [{}] }), item({ emergency: true }), item({ urgent: true }), item({ toRoles: ['nurse'] }), item({ toRoles: ['doctor'] })].map(weigh), ['urgent', 'urgent', 'urgent', 'mine', 'other']);
});

test('settings that were spoilt are those of the beginning', () => {
  for (const kept of [null, '{', '{"wish":"loud","from":"25:00","quiet":"yes"}', '[]']) assert.deepEqual(readSettings(kept), DEFAULTS);
  assert.deepEqual(readSettings('{"wish":"urgent","quiet":true,"from":"22:30","until":"06:00"}'), { wish: 'urgent', quiet: true, from: '22:30', until: '06:00' });
});

test('many of one moment make one sound, of the weightiest; what was held back is told of once in the morning; the badge is of now', async () => {
  const clock = new FakeClock();
  clock.ms = at(23);
  const [played, badges] = [[], []];
  const model = { clock, stage: 'ready', myId: 'me', me: null, needs: { sum: { late: 1, open: 0, asked: 0, alarms: 0, mentions: 2 } }, changed() {} };
  const alerts = new Alerts(model, { load: () => JSON.stringify(NIGHT), save: () => {}, play: (hertz) => played.push(hertz.length), badge: (count) => badges.push(count) });
  alerts.hear('mine');
  alerts.look();
  await clock.pass(5_000);
  assert.deepEqual([played, badges], [[], [3]], 'quiet');
  for (const weight of ['other', 'urgent', 'mine', 'urgent']) alerts.hear(weight);
  await clock.pass(5_000);
  assert.deepEqual(played, [4], 'one, the urgent one');
  clock.ms = at(7, 1, 29);
  alerts.look();
  alerts.look();
  await clock.pass(5_000);
  assert.deepEqual(played, [4, 2]);
  for (const weight of ['other', 'mine']) alerts.hear(weight);
  await clock.pass(5_000);
  assert.deepEqual([played, badges], [[4, 2, 2], [3]]);
});
