// Counts, tables and pictures of the console's rules part: nothing is lost between the hub's numbers and the bars.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { csvText, momentOf, monthBefore, reviewState, summed } from '../../../web/console/figures.js';
import { barsOf, comparedDuties, differenceBlocks } from '../../../web/console/replayed.js';
import { PHRASES } from '../../../web/console/rules-phrases.js';

test('a table as CSV keeps commas, quotes and line ends, and hands no formula to a spreadsheet', () => {
  assert.equal(csvText([['a', 'b'], ['x,"y"', 2], ['=1+1', -3]]), '\ufeffa,b\r\n"x,""y""",2\r\n\'=1+1,-3\r\n');
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

const lived = (more) => ({ opened: 0, unconfirmed: 0, in_time: 0, late: 0, escalated: 0, ended: 0, undetermined: 0, ...more });
const replayed = (more) => ({ events: 0, undetermined: 0, unreadable: 0, destroyed: 0, changes: [], duties: {}, standing: {}, nudges: {}, text: { ja: '', en: '' }, ...more });

test('the bars of a rule hold each of its duties once: those told to others are late ones', () => {
  const bars = barsOf(lived({ opened: 9, in_time: 3, late: 4, escalated: 1, ended: 1, undetermined: 1 }));
  assert.deepEqual(bars, { in_time: 3, late: 3, escalated: 1, ended: 1, undetermined: 1 });
  assert.equal(Object.values(bars).reduce((sum, count) => sum + count, 0), 9);
});

test('duties stand beside those in force, with zeros where one has none; without a version in force nothing is made up', () => {
  const draft = replayed({ duties: { B: lived({ opened: 2 }) }, standing: { S: { draft: lived({ opened: 1 }), in_force: lived({ opened: 5 }) } } });
  const before = replayed({ duties: { A: lived({ opened: 3 }) } });
  const rows = (inForce) => comparedDuties(draft, inForce).map(({ rule, draft: one, inForce: other }) => [rule, one.opened, other && other.opened]);
  assert.deepEqual(rows(before), [['A', 0, 3], ['B', 2, 0], ['S', 1, 5]]);
  assert.deepEqual(rows(null), [['B', 2, null], ['S', 1, 5]]);
});

test("the hub's words of a difference become a heading with its lines", () => {
  assert.deepEqual(differenceBlocks('変わるルール：A\n  期限：…\n  条件：…\n変わるルール：B\n'), [{ head: '変わるルール：A', lines: ['期限：…', '条件：…'] }, { head: '変わるルール：B', lines: [] }]);
  assert.equal(differenceBlocks('変わるルール：ND-M1「…」（etiquette-doctor-nurse）', new Map([['etiquette-doctor-nurse', '在宅医と訪問看護の約束ごと']]))[0].head, '変わるルール：ND-M1「…」（在宅医と訪問看護の約束ごと）', 'a set by its title');
});

test('a review is told of two months before, and when it is over', () => {
  const now = Date.parse('2026-11-27T12:00:00');
  assert.deepEqual([null, '2027-03-31', '2027-01-20', '2026-11-27', '2026-11-26'].map((day) => reviewState(day, now)), ['', '', 'near', 'near', 'past']);
});

test('months go back over the turn of the year', () => {
  assert.deepEqual([0, 1, 12].map((before) => monthBefore(before, new Date(2026, 0, 31))), ['2026-01', '2025-12', '2025-01']);
});

test('every phrase says the same in both languages, and each is said somewhere', () => {
  const folder = path.resolve(import.meta.dirname, '../../../web');
  const sources = ['console', 'views/console'].flatMap((name) => readdirSync(path.join(folder, name)).map((file) => readFileSync(path.join(folder, name, file), 'utf8')));
  const text = sources.filter((source) => !source.includes('export const PHRASES')).join('\n');
  // `part_${key}` and the like.
  const made = [...text.matchAll(/`([a-z_]*)\$\{[a-z]+\}([a-z_]*)`/g)].map(([, head, tail]) => [head, tail]);
  assert.deepEqual(Object.keys(PHRASES), Object.keys(PHRASES).sort());
  for (const [key, [ja, en]] of Object.entries(PHRASES)) {
    const holes = (said) => [...said.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();
    assert.deepEqual(holes(ja), holes(en), key);
    assert.ok(ja && en, key);
    assert.ok(text.includes(`'${key}'`) || made.some(([head, tail]) => (head || tail) && key.startsWith(head) && key.endsWith(tail)), `${key} is never said`);
  }
});
