// Envelopes whose sign-in has ended are handed in to the hub by their keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Envelopes } from '../../../web/envelopes.js';

test('what is sealed to a key that the hub lost stays, and keeps back nothing else', async () => {
  let kept = ['lost', 'good', 'lost', 'good'].map((key, at) => ({ id: String(at), key, enc: '', text: '', handle: 'h', writtenAtMs: at }));
  const envelopes = new Envelopes();
  envelopes.left = async () => kept;
  envelopes.drop = async (id) => { kept = kept.filter((one) => one.id !== id); };
  const asked = [];
  const handIn = async (batch) => {
    asked.push(batch.map(({ key }) => key));
    if (batch.some(({ key }) => key === 'lost')) throw new Error('422');
  };
  const done = await envelopes.deliver(/** @type {any} */ ({ handIn }), new Set());
  assert.deepEqual(done, { delivered: 2, left: 2 });
  assert.deepEqual(asked, [['lost', 'lost'], ['good', 'good']]);
  assert.deepEqual(kept.map(({ key }) => key), ['lost', 'lost']);
});
