// Groups on the page: messages in the order in which they are read, and who may come into one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merged, peopleNamed, workers } from '../../../web/console/groups.js';
import { PHRASES } from '../../../web/console/groups-phrases.js';

const told = (...numbers) => numbers.map((number) => ({ number, text: `${number}` }));
const numbers = (messages) => messages.map(({ number }) => number);

test('the newest come last, older ones stay, and nothing that was not told is passed over', () => {
  assert.deepEqual(numbers(merged([], told(3, 2, 1))), [1, 2, 3]);
  assert.deepEqual(numbers(merged(told(1, 2, 3), told(5, 4, 3))), [1, 2, 3, 4, 5]);
  assert.deepEqual(numbers(merged(told(1, 2), told(5, 4))), [4, 5], 'of 3 the page knows nothing: it is asked for');
  assert.deepEqual(merged([{ number: 1, text: 'before' }], [{ number: 1, text: '' }]), [{ number: 1, text: '' }], 'as it is now');
  assert.deepEqual(numbers(merged(told(1), [])), [1]);
});

test('whoever works comes into a group, and into an office’s those who work there', () => {
  const person = (id, kana, positions, active = true) => ({ id, name: { kanji: id, kana }, positions: positions.map(([role, organisation]) => ({ role, organisation })), active });
  const people = [person('a', 'サトウ', [['nurse', 'o']]), person('b', 'サイトウ', [['family', 'h']]), person('c', 'サカイ', [['doctor', 'p'], ['nurse', 'o']]), person('d', 'サノ', [['nurse', 'o']], false)];
  assert.deepEqual(workers(people, '').map(({ id }) => id), ['a', 'c']);
  assert.deepEqual(workers(people, 'p').map(({ id }) => id), ['c']);
  assert.deepEqual(peopleNamed(people, 'さ', new Set(['a']), 2).map(({ id }) => id), ['b', 'c']);
  assert.deepEqual(peopleNamed(people, ' ', new Set(), 9), []);
});

test('phrases are in order, in two languages, and name the same things', () => {
  const keys = Object.keys(PHRASES);
  assert.deepEqual(keys, [...keys].sort());
  const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [key, [ja, en]] of Object.entries(PHRASES)) {
    assert.ok(ja && en, key);
    assert.deepEqual(names(ja), names(en), key);
  }
});
