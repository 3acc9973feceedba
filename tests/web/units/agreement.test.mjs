// What must agree with something outside: words with the lists of the domain, bounds of vital signs with the domain's,
// vendored files with their hashes, the code with its types.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { SIGNS } from '../../../web/readings.js';
import { WORDS } from '../../../web/words.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const read = (file) => readFileSync(path.join(ROOT, file), 'utf8');

/** Every `closed_list!` of a Rust file: its name in snake_case, and code → labels. */
function closedLists(file) {
  return [...read(file).matchAll(/closed_list! \{\n(.*?)\n\}\n/gs)].map(([, body]) => {
    const name = /^ {4}([A-Z]\w+) \{$/m.exec(body)[1].replace(/(?!^)([A-Z])/g, '_$1').toLowerCase();
    return [name, Object.fromEntries([...body.matchAll(/\w+ = "([^"]*)", "([^"]*)", "([^"]*)";/g)].map(([, code, ja, en]) => [code, [ja, en]]))];
  });
}

test('the page calls everything what the domain calls it', () => {
  const lists = readdirSync(path.join(ROOT, 'src/domain')).flatMap((file) => closedLists(`src/domain/${file}`));
  assert.ok(lists.length >= 14, `${lists.length} lists found`);
  for (const [name, list] of lists) {
    if (!(name in WORDS)) continue;
    assert.deepEqual(WORDS[name], list, name);
  }
  const known = new Set(lists.map(([name]) => name));
  for (const name of Object.keys(WORDS)) assert.ok(known.has(name), `${name} is no list of the domain`);
});

test('the form knows the bounds and canonical units of the domain', () => {
  const source = read('src/domain/vital.rs');
  const units = new Map([...read('src/domain/unit.rs').matchAll(/(\w+) = "([^"]*)", "[^"]*", "[^"]*";/g)].map(([, member, code]) => [member, code]));
  const members = new Map([...source.matchAll(/(\w+) = "([a-z0-9]+)", "[^"]*", "[^"]*";/g)].map(([, member, code]) => [code, member]));
  for (const { sign, units: [unit], low, high } of SIGNS) {
    const [, after] = source.split(`Self::${members.get(sign)} => `, 2);
    const facts = after.split('Self::')[0];
    assert.equal(units.get(/Unit::(\w+)/.exec(facts)[1]), unit, sign);
    assert.deepEqual(/\((\d+), (\d+)\)/.exec(facts).slice(1).map(Number), [low, high], sign);
  }
});

test('vendored files are the ones VENDORED.md speaks of', () => {
  const listed = new Map([...read('web/VENDORED.md').matchAll(/^\| `(vendor\/[^`]+)` .*`([0-9a-f]{64})` \|$/gm)].map(([, file, hash]) => [file, hash]));
  const found = readdirSync(path.join(ROOT, 'web/vendor')).filter((file) => /\.(js|css)$/.test(file)).map((file) => `vendor/${file}`);
  assert.deepEqual([...listed.keys()].sort(), found.sort());
  for (const [file, hash] of listed) assert.equal(createHash('sha256').update(read(`web/${file}`)).digest('hex'), hash, file);
});

test('the types hold', () => {
  const checker = path.join(ROOT, 'tests/web/node_modules/.bin/tsc');
  try {
    execFileSync(checker, ['--project', path.join(ROOT, 'tests/web/tsconfig.json')], { encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout);
  }
});
