// What has still to be pledged: whoever has to pledge first sees nothing else, and goes on the moment it is done.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pledging } from '../../../web/pledging.js';

const owed = (rule, by, first) => ({ rule, by, first, since: null, title: { ja: rule, en: rule }, reason: { ja: '', en: '' } });

/** A model with this much owed, and what it was asked to do. */
function world(list, { stage = 'pledging', fail = '' } = {}) {
  const done = [];
  const model = {
    stage,
    rest: {
      pledges: async () => ({ timeline: 'office', owed: list }),
      post: async (timeline, { body }) => {
        if (fail === body.pledge.by) throw Object.assign(new Error(), { reason: { ja: 'だめ', en: 'no' } });
        done.push([timeline, body.pledge.by, body.pledge.rules]);
      },
    },
    changed: () => {},
    failed: () => {},
    start: async () => done.push('start'),
  };
  return { done, pledging: new Pledging(/** @type {any} */ (model)) };
}

test('each name is pledged in on its own, and then the page begins', async () => {
  const { done, pledging } = world([owed('A', 'person', true), owed('B', 'person', true), owed('C', 'organisation', true)]);
  await pledging.look();
  assert.equal(pledging.comesFirst, true);
  await pledging.give();
  assert.deepEqual(done, [['office', 'person', ['A', 'B']], ['office', 'organisation', ['C']], 'start']);
});

test('an office that has pledged is not asked again, and what ran out keeps nobody', async () => {
  const { done, pledging } = world([owed('A', 'person', false)], { stage: 'ready' });
  await pledging.look();
  assert.equal(pledging.comesFirst, false);
  pledging.open(true);
  await pledging.give();
  assert.deepEqual(done, [['office', 'person', ['A']]]);
  assert.equal(pledging.isOpen, false);
});

test('what is refused is told, and nothing begins', async () => {
  const { done, pledging } = world([owed('A', 'person', true), owed('C', 'organisation', true)], { fail: 'organisation' });
  await pledging.look();
  await pledging.give();
  assert.deepEqual(done, [['office', 'person', ['A']]]);
  assert.deepEqual(pledging.trouble, { ja: 'だめ', en: 'no' });
  assert.equal(pledging.busy, false);
});
