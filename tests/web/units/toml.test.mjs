// The reader and writer of rule files: what it reads it leaves as it is, byte for byte, and one change is one changed line.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Day, append, apply, edits, linesOf, plain, read, removeTable, setKey, written } from '../../../web/console/toml.js';

const FOLDER = path.resolve(import.meta.dirname, '../../../rulebooks');
const SHIPPED = readdirSync(FOLDER).filter((name) => name.endsWith('.toml')).map((name) => ({ name, text: readFileSync(path.join(FOLDER, name), 'utf8') }));

test('every file that ships is read wholly, and saying again what it says changes no byte', () => {
  assert.ok(SHIPPED.length >= 8);
  for (const { name, text } of SHIPPED) {
    const file = read(text);
    assert.deepEqual(file.unreadable, [], name);
    let pairs = 0;
    for (const table of file.tables) {
      for (const { key, node } of table.pairs) {
        pairs += 1;
        assert.equal(setKey(file, table, key, plain(node)), text, `${name}: ${key}`);
      }
    }
    // Nothing was passed over: each line with a key is one of them.
    const keys = text.split('\n').filter((line) => /^("[^"]+"|[\w-]+)\s*=/.test(line)).length;
    assert.equal(pairs, keys, name);
  }
});

test('every value that ships is the same after it is written anew and read again', () => {
  for (const { name, text } of SHIPPED) {
    for (const { pairs } of read(text).tables) {
      for (const { key, node } of pairs) assert.deepEqual(plain(read(`x = ${written(plain(node))}\n`).tables[0].pairs[0].node), plain(node), `${name}: ${key}`);
    }
  }
});

test('strings of all kinds, comments and values over several lines', () => {
  const file = read('a = "x \\"y\\" \\u3042" # "z"\nb = \'\\n\'\nc = [ # first\n  1, "two", # second\n  { d = true },\n]\ne = """\none\ntwo"""\n"f.g" = 2026-04-01\n');
  assert.deepEqual(file.unreadable, []);
  const values = Object.fromEntries(file.tables[0].pairs.map(({ key, node }) => [key, plain(node)]));
  assert.deepEqual(values, { a: 'x "y" あ', b: '\\n', c: [1, 'two', { d: true }], e: 'one\ntwo', 'f.g': new Day('2026-04-01') });
});

/** The text of `a` after it says something else. */
const changed = (before, value) => {
  const file = read(`a = ${before}\n`);
  return setKey(file, file.tables[0], 'a', value).slice(4, -1);
};

test('a list keeps its spacing and comments when something comes or goes', () => {
  assert.equal(changed('[ "x",  "y" ]', ['x', 'y', 'z']), '[ "x",  "y", "z" ]');
  assert.equal(changed('[ "x",  "y" ]', ['w', 'x', 'y']), '[ "w", "x",  "y" ]');
  assert.equal(changed('[ "x",  "y" ]', ['y']), '[ "y" ]');
  assert.equal(changed('[ "x",  "y" ]', ['x']), '[ "x" ]');
  assert.equal(changed('["x"]', []), '[]');
  assert.equal(changed('[]', ['x']), '["x"]');
  assert.equal(changed('[\n  { b = 1 }, # why\n  { b = 2 },\n]', [{ b: 1 }, { b: 3 }]), '[\n  { b = 1 }, # why\n  { b = 3 },\n]');
});

test('a table in a line keeps what was not changed', () => {
  assert.equal(changed('{ time = "4h", placeholder = true }', { time: '3h', placeholder: true }), '{ time = "3h", placeholder = true }');
  assert.equal(changed('{time="4h",   placeholder = true}', { time: '3h', placeholder: true }), '{time="3h",   placeholder = true}');
  assert.equal(changed('{ time = "4h", placeholder = true }', { time: '4h' }), '{ time = "4h" }');
  assert.equal(changed('{ time = "4h" }', { time: '4h', clock: 'business' }), '{ time = "4h", clock = "business" }');
  assert.equal(changed('{ placeholder = true, time = "4h" }', { time: '4h' }), '{ time = "4h" }');
  assert.equal(changed('{ "a.b" = true }', { 'a.b': true, 'c.d': ['x'] }), '{ "a.b" = true, "c.d" = ["x"] }');
  assert.equal(changed('{ time = "4h", placeholder = true }', '3h'), '"3h"');
});

test('a new key stands where its kind belongs, in the columns of its neighbours; one taken out leaves nothing', () => {
  const text = '[[rule]]\nid       = "A"\nkind     = "duty" # why\n\n# after\n';
  const file = read(text);
  const more = setKey(file, file.tables[1], 'on', 'post:visit', { order: ['id', 'kind', 'on'] });
  assert.equal(more, '[[rule]]\nid       = "A"\nkind     = "duty" # why\non       = "post:visit"\n\n# after\n');
  const again = read(more);
  assert.equal(setKey(again, again.tables[1], 'on', undefined), text);
});

test('a table goes without the comments around it, and one that comes stands at the end', () => {
  const text = '# one\n[[rule]]\nid = "A"\n\n# two\n[[rule]]\nid = "B"\n';
  const file = read(text);
  assert.equal(removeTable(file, file.tables[1]), '# one\n# two\n[[rule]]\nid = "B"\n');
  assert.equal(append(text, '[[rule]]', [['id', 'C'], ['kind', 'duty']]), `${text}\n[[rule]]\nid   = "C"\nkind = "duty"\n`);
});

test('a line that cannot be read is told, and the others are read all the same', () => {
  const text = 'a = 1\nb = “x”\nc = "open\nd = 2\n';
  const file = read(text);
  assert.deepEqual(file.unreadable.map(linesOf(text)), [2, 3]);
  assert.deepEqual(file.tables[0].pairs.map(({ key }) => key), ['a', 'd']);
});

test('edits are applied from the end, so that none moves another', () => {
  const { node } = read('a = ["x", "y"]\n').tables[0].pairs[0];
  assert.equal(apply('a = ["x", "y"]\n', edits(node, ['longer', 'z'])), 'a = ["longer", "z"]\n');
});

test('a place is in the line that holds it, from the first sign to the line end', () => {
  const text = 'ab\n\ncd';
  assert.deepEqual([...text].map((_, at) => linesOf(text)(at)), [1, 1, 1, 2, 3, 3]);
  assert.equal(linesOf(text)(text.length), 3);
});
