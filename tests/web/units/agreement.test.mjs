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
import { whole } from '../../../web/whole.js';
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

test('every field of a body goes onto paper and into the chart', () => {
  // What an office or the hub records is on no patient's paper.
  const offPaper = new Set(['emergency_access', 'closing', 'export', 'consent', 'duty_step', 'duty_answer',
    'contact_window', 'roster', 'pledge', 'office_entry', 'activation', 'incident', 'suspension']);
  const named = (/** @type {any} */ one) => one;
  const model = /** @type {any} */ ({ personName: named, organisationName: named });
  /** Something of each sort, and what of it has to stand there. @type {Record<string, (name: string, list: string) => [any, string[]]>} */
  const samples = {
    text: (name) => [name, [name]], flag: () => [true, []], answer: (name) => (name === '«reached»' ? [true, ['つながった']] : [false, ['いいえ']]),
    word: (_, list) => [Object.keys(WORDS[list])[0], [Object.values(WORDS[list])[0][0]]], words: (_, list) => [Object.keys(WORDS[list]).slice(0, 2), Object.values(WORDS[list]).slice(0, 2).map(([ja]) => ja)],
    date: () => ['2026-11-29', ['11月29日']], dates: () => [['2026-11-29'], ['11月29日']], at: () => ['1790000000000000', ['9月']],
    person: (name) => [name, [name]], organisation: (name) => [name, [name]], organisations: (name) => [[name], [name]],
    settings: (name) => [[{ name, value: '2', unit: 'L' }], [`${name} 2 L`]], devices: (name) => [[{ device: name, settings: [{ name: '流量', value: '3' }] }], [`${name} 流量 3`]],
    drugs: (name) => [[{ name, dose: '1錠', usage: '朝' }], [`${name} 1錠 朝`]], labItems: (name) => [[{ name, value: '4', unit: 'g', range: '1–9' }], [name, '4', 'g', '1–9']],
    participants: (name) => [[{ role: 'nurse', person: name }], [name]], spokenFor: (name) => [[{ by: 'nurse', absent: 'doctor', text: name }], [name]],
    leftovers: (name) => [[{ drug: name, amount: '5錠' }], [name, '5錠']], allergies: (name) => [[{ substance: name, reaction: '発疹' }], [name, '発疹']],
    problems: (name) => [[{ name }], [name]], related: (name) => [[{ name, phones: [{ number: '090-5550-0100' }] }], [name, '090-5550-0100']],
    services: (name) => [[{ name, frequency: '週2回' }], [name, '週2回']], visits: () => [[{ on: '2026-11-28', mark: 'visit' }], ['11月28日']],
    attachments: (name) => [[{ title: name }], [name]],
  };
  for (const [kind, rows] of Object.entries(SHEETS).filter(([kind]) => !offPaper.has(kind))) {
    for (const { field, how, list, phrase } of rows.filter(({ how }) => how !== 'entry' && how !== 'hidden')) {
      const [value, expected] = (samples[how] ?? assert.fail(`${kind}.${field}: nothing of the sort ${how}`))(`«${field}»`, list);
      const text = whole(model, { kind, [field]: value });
      for (const part of how === 'flag' ? [PHRASES[phrase][0]] : expected) assert.ok(text.includes(part), `${kind}.${field}: ${part} in ${text}`);
    }
  }
  assert.equal(whole(model, { kind: 'alarm_limits', limits: [{ sign: 'spo2', low: '92' }, { sign: 'pulse', low: '50', high: '110' }], text: '連絡をください' }),
    'SpO2 92 以上 %・脈拍 50–110 回/分・連絡をください');
  assert.equal(whole(model, { kind: 'device_change', device: '酸素', change: 'setting', before: [{ name: '流量', value: '2', unit: 'L/分' }], after: [{ name: '流量', value: '3', unit: 'L/分' }], reason: '息切れ', emergency: true }),
    '酸素・設定変更・流量 2 L/分 → 流量 3 L/分・息切れ・緊急');
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
