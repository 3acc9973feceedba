// Counts, tables and pictures of the console's rules part: nothing is lost between the hub's numbers and the bars.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, csvText, momentOf, summed } from '../../../web/console/figures.js';

test('a table as CSV keeps commas, quotes and line ends, and hands no formula to a spreadsheet', () => {
  assert.equal(csvText([['a', 'b'], ['x,"y"', 2], ['=1+1', -3]]), '\ufeffa,b\r\n"x,""y""",2\r\n\'=1+1,-3\r\n');
});

test('things are counted, the most frequent first, without those that have no key', () => {
  assert.deepEqual(counted(['a', 'b', 'b', null], (one) => one), [['b', 2], ['a', 1]]);
});

test('cells are summed by a key', () => {
  const cells = [{ rule: 'A', opened: 2, late: 1 }, { rule: 'B', opened: 1, late: 0 }, { rule: 'A', opened: 3, late: 0 }];
  const groups = summed(cells, ({ rule }) => rule, ['opened', 'late']);
  assert.deepEqual([...groups].map(([key, { sums }]) => [key, sums.opened, sums.late]), [['A', 5, 1], ['B', 1, 0]]);
});

test('a moment is sent with its zone, and an empty one not at all', () => {
  assert.match(momentOf('2026-04-01T09:00'), /^2026-0[34]-\d\dT\d\d:00:00\.000Z$/);
  assert.equal(momentOf(''), '');
  assert.equal(momentOf('soon'), '');
});
