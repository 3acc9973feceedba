// Emergency access on the page: what others opened, and that the page forgets by itself when the time is up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emergency, openAccesses } from '../../../web/emergency.js';
import { FakeClock, TIMELINE } from '../fake-world.mjs';

const declared = (person, recordedAtMs, minutes) => ({ kind: 'emergency_access', author: { person, organisation: 'kyukyu' }, recordedAtMs, body: { minutes } });

test('of each person the last declaration counts, until its end; one\'s own is not news', () => {
  const items = [declared('a', 0, 60), declared('b', 0, 1), declared('me', 0, 60), declared('a', 60_000, 5)];
  const open = (nowMs) => openAccesses({ items }, 'me', nowMs).map(({ item, endsAtMs }) => [item.author.person, endsAtMs]);
  assert.deepEqual(open(30_000), [['a', 360_000], ['b', 60_000]]);
  assert.deepEqual(open(60_000), [['a', 360_000]], 'the last moment is outside');
  assert.deepEqual(open(360_000), []);
  assert.deepEqual(openAccesses(undefined, 'me', 0), []);
});

function world(until) {
  const clock = new FakeClock();
  const said = [];
  const patient = { id: TIMELINE, name: { kanji: '田中 ミツ' }, emergency_access_until: until };
  const model = {
    clock,
    patients: new Map(),
    rest: { post: async (timeline, { body }) => said.push(['post', timeline, body]), patient: async () => patient },
    hub: { resubscribe: (timeline) => said.push(['read', timeline]), leave: (timeline) => said.push(['leave', timeline]) },
    changed() {},
    forgetTimeline: (timeline) => { said.push(['forget', timeline]); model.emergency.opened.delete(timeline); },
  };
  model.emergency = new Emergency(model);
  return { clock, said, model };
}

test('a declared patient is read, stays on the list, and is forgotten when the time is up', async () => {
  const { clock, said, model } = world('2026-04-01T01:00:00Z');
  await model.emergency.declare(TIMELINE, '意識がない', 1);
  assert.deepEqual(said.splice(0), [['post', TIMELINE, { emergencyAccess: { reason: '意識がない', minutes: 1 } }], ['read', TIMELINE]]);
  assert.equal(model.emergency.leftMs(TIMELINE), 60_000);
  const list = new Map();
  model.emergency.keep(list);
  assert.deepEqual([...list.keys()], [TIMELINE]);
  await clock.pass(59_999);
  assert.deepEqual(said, []);
  await clock.pass(1);
  assert.deepEqual(said, [['leave', TIMELINE], ['forget', TIMELINE]]);
  assert.equal(model.emergency.leftMs(TIMELINE), 0);
});

test('whom one sees anyway is not forgotten when the time is up', async () => {
  const { clock, said, model } = world(null);
  await model.emergency.declare(TIMELINE, '過去の記録', 1);
  await clock.pass(120_000);
  assert.deepEqual(said.filter(([what]) => what === 'forget'), []);
});
