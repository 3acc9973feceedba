// What must agree with something outside: words with the lists of the domain, bounds of vital signs with the domain's,
// vendored files with their hashes, the code with its types.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { CLOSE_CODES } from '../../../web/closing.js';
import { readBody } from '../../../web/frames.js';
import { HEAR } from '../../../web/hub.js';
import * as LIMITS from '../../../web/limits.js';
import { SIGNS } from '../../../web/readings.js';
import '../../../web/later-phrases.js';
import '../../../web/later-sheets.js';
import '../../../web/later-words.js';
import { PHRASES } from '../../../web/phrases.js';
import { SHEETS } from '../../../web/sheets.js';
import { WORDS } from '../../../web/words.js';
import { fakeWorld } from '../fake-world.mjs';

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
  const files = readdirSync(path.join(ROOT, 'src/domain'), { recursive: true }).filter((name) => name.endsWith('.rs'));
  const lists = files.flatMap((file) => closedLists(`src/domain/${file}`));
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

test('the page keeps to the bounds of the hub', () => {
  const limits = read('src/limits.rs');
  const [, mebibytes] = /ATTACHMENT_BYTES_MAX: u32 = (\d+) << 20;/.exec(limits);
  const bound = (/** @type {string} */ name) => Number(new RegExp(`pub const ${name}: \\w+ = ([\\d_]+);`).exec(limits)?.[1].replaceAll('_', ''));
  assert.deepEqual({ ...LIMITS }, {
    TEXT_CHARS_MAX: bound('TEXT_CHARS_MAX'), FILES_MAX: bound('ATTACHMENTS_MAX'), ADVICE_MAX: bound('NUDGES_PER_POST_MAX'),
    FILE_BYTES_MAX: Number(mebibytes) * 1_048_576,
  });
});

test('the close codes are those of the protocol', () => {
  const rows = [...read('docs/protocol.md').matchAll(/^\| (4\d{3}) \| `(\w+)` \| (retry|final) \|/gm)];
  assert.ok(rows.length >= 15, `${rows.length} rows found`);
  assert.deepEqual(CLOSE_CODES, Object.fromEntries(rows.map(([, number, code, fate]) => [number, { code, retry: fate === 'retry' }])));
});

test('every golden frame of the hub is understood', async () => {
  for (const file of readdirSync(path.join(ROOT, 'proto/examples/server')).filter((name) => name.endsWith('.json'))) {
    const world = fakeWorld();
    const socket = await world.arrive();
    const frame = JSON.parse(read(`proto/examples/server/${file}`));
    const [name] = Object.keys(frame);
    // A frame that nobody handles would be passed over as if of a newer hub.
    assert.ok(name in HEAR, `${file}: no ${name}`);
    if (name === 'delivery') world.hub.cursors.place(frame.delivery.entry.timeline).after = Number(frame.delivery.after ?? 0);
    socket.hear(frame);
    if (name !== 'delivery') continue;
    const { entry } = world.told.find((one) => one.what === 'entry') ?? assert.fail(`${file}: not delivered`);
    assert.ok(entry.author.organisationType && entry.kind in WORDS.kind && entry.recordedAtMs > 1_700_000_000_000, file);
  }
});

test('every golden post is of a kind the page has words and a body for', () => {
  const files = readdirSync(path.join(ROOT, 'proto/examples/client')).filter((name) => /^post_.*\.json$/.test(name));
  const kinds = files.map((file) => readBody(JSON.parse(read(`proto/examples/client/${file}`)).post.intent.body).kind);
  assert.ok(kinds.length >= 25, `${kinds.length} kinds posted`);
  for (const kind of kinds) assert.ok(kind in WORDS.kind, kind);
});

/** The fields of a message in `proto/`, as proto3 JSON names them. */
function fieldsOf(message) {
  const proto = read('proto/renkei/v1/body.proto') + read('proto/renkei/v1/duty.proto');
  const [, body] = new RegExp(`^message ${message} \\{\\n(.*?)^\\}`, 'ms').exec(proto) ?? assert.fail(`no message ${message}`);
  const own = body.replace(/^ {2}message .*?^ {2}\}\n/gms, '');
  return [...own.matchAll(/^ +(?:optional |repeated )?[\w.]+ (\w+) = \d+;/gm)].map(([, name]) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()));
}

test('every field of a body is shown, and none that is not there', () => {
  // Shown elsewhere: the length of a correction's own body, targets as links, measured values as readings.
  const shownOtherwise = new Set(['vital', 'acknowledgement', 'correction', 'retraction', 'registration', 'team_link', 'team_unlink', 'host_change', 'alarm_limits']);
  for (const kind of Object.keys(WORDS.kind).filter((kind) => !shownOtherwise.has(kind))) {
    const message = kind.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());
    const shown = (SHEETS[kind] ?? assert.fail(`${kind} has no sheet`)).map(({ field }) => field);
    assert.deepEqual([...shown].sort(), fieldsOf(message).sort(), kind);
    for (const { phrase, list } of SHEETS[kind]) {
      assert.ok(phrase in PHRASES, `${kind}: no phrase ${phrase}`);
      if (list) assert.ok(list in WORDS, `${kind}: no list ${list}`);
    }
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
