// Rules as a form sees them: every part of every shipped rule is read and written without a change, one changed deadline is
// one changed line, and Japanese spellings mean the same.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Draft, sameNumber } from '../../../web/console/draft.js';
import { LISTS, RULE_KEYS, keyCode } from '../../../web/console/rule-codes.js';
import { addRule, readSet, removeRule, setPart } from '../../../web/console/rule-file.js';
import { isFound, partyWords, ruleLines } from '../../../web/console/wording.js';
import { Vocabulary } from '../../../web/console/vocabulary.js';
import { chooseLanguage } from '../../../web/language.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const file = (name) => readFileSync(path.join(ROOT, 'rulebooks', name), 'utf8');
const WORDS = new Vocabulary(file('vocabulary.toml'));
const NAMES = readdirSync(path.join(ROOT, 'rulebooks')).filter((name) => name.endsWith('.toml') && name !== 'vocabulary.toml');
const NURSES = 'etiquette-doctor-nurse.toml';

const ruleOf = (text, id) => readSet(NURSES, text, WORDS).rules.find((rule) => rule.id === id);
/** Lines that are not the same. */
const changedLines = (before, after) => {
  const [a, b] = [before.split('\n'), after.split('\n')];
  assert.equal(a.length, b.length);
  return a.flatMap((line, at) => (line === b[at] ? [] : [[line, b[at]]]));
};

test('every part of every rule that ships is written as it was read, byte for byte', () => {
  let parts = 0;
  for (const name of NAMES) {
    const text = file(name);
    const set = readSet(name, text, WORDS);
    for (const [key, value] of Object.entries(set.parts)) if (key !== 'agreed_by') assert.equal(setPart(text, null, key, structuredClone(value), WORDS), text, `${name}: ${key}`);
    for (const rule of set.rules) {
      assert.ok(rule.whole && LISTS.kind[rule.kind], rule.id);
      for (const [key, value] of Object.entries(rule.parts)) {
        assert.ok(RULE_KEYS.includes(key), `${rule.id}: ${key}`);
        assert.equal(setPart(text, rule.at, key, structuredClone(value), WORDS), text, `${rule.id}: ${key}`);
        parts += 1;
      }
    }
  }
  assert.ok(parts > 1000, `${parts}`);
});

test('one changed deadline is one changed line', () => {
  const text = file(NURSES);
  const { at, parts } = ruleOf(text, 'ND-M1');
  const after = setPart(text, at, 'within', { ...parts.within, time: '3h', placeholder: false }, WORDS);
  assert.deepEqual(changedLines(text, after), [['within   = { time = "4h", placeholder = true }', 'within   = "3h"']]);
});

test('a condition gains a value, a debtor and a chain change, each in its own line', () => {
  const text = file(NURSES);
  const { at, parts } = ruleOf(text, 'ND-M1');
  const when = structuredClone(parts.when);
  when[0][1].values.push('removed');
  assert.deepEqual(changedLines(text, setPart(text, at, 'when', when, WORDS)).map(([, line]) => line),
    ['when     = { "actor.role" = "doctor", "device.change" = ["introduced", "setting", "removed"], "team.has_nurse" = true }']);
  assert.deepEqual(changedLines(text, setPart(text, at, 'owed_by', { ...parts.owed_by, each: false }, WORDS)).map(([, line]) => line), ['owed_by  = "nurse"']);
  assert.deepEqual(changedLines(text, setPart(text, at, 'escalate', parts.escalate.slice(0, 1), WORDS)).map(([, line]) => line), ['escalate = ["manager"]']);
  const out = setPart(text, at, 'ways_out', ['decline'], WORDS);
  assert.equal(out.replace('ways_out = "decline"\n', ''), text);
  assert.equal(setPart(out, at, 'ways_out', undefined, WORDS), text);
});

test('bodies are written into a header that has none, and the seed becomes a proposal', () => {
  const text = file(NURSES);
  let after = setPart(text, null, 'status', 'proposed', WORDS);
  after = setPart(after, null, 'bodies', [{ body: 'みなと医師会', role: 'doctor', person: '三浦 恵子' }, { body: '訪看協', role: 'nurse', person: '' }], WORDS);
  assert.match(after, /status {4}= "proposed"\n/);
  assert.match(after, /bodies {4}= \[\{ body = "みなと医師会", role = "doctor", person = "三浦 恵子" \}, \{ body = "訪看協", role = "nurse" \}\]\n/);
  assert.deepEqual(readSet(NURSES, after, WORDS).parts.bodies[1], { body: '訪看協', role: 'nurse', person: '' });
});

test('rules in Japanese spelling mean the same, and keep it where they are not changed', () => {
  const guide = readFileSync(path.join(ROOT, 'docs/rulebook-guide.ja.md'), 'utf8');
  const text = /```toml local\n([^]*?)```/.exec(guide)[1];
  const { parts: header, rules: [rule] } = readSet('local.toml', text, WORDS);
  assert.deepEqual([header.id, header.layer, header.status, header.effective], ['minato', 'sharing', 'draft', '2027-04-01']);
  assert.equal(rule.kind, 'duty');
  assert.deepEqual(rule.parts.on, ['post:visit_plan']);
  assert.deepEqual(rule.parts.when, [[{ field: 'actor.role', op: 'is', values: ['doctor', 'nurse'], placeholder: false }, { field: 'team.has_care_manager', op: 'is', values: [true], placeholder: false }]]);
  assert.deepEqual([rule.parts.owed_by.roles, rule.parts.met_by.acts, rule.parts.within], [['care_manager'], ['acknowledge'], { time: '2d', business: true, placeholder: false }]);
  for (const [key, value] of Object.entries(rule.parts)) {
    assert.equal(setPart(text, rule.at, key, value, WORDS), text, key);
  }
  const after = setPart(text, rule.at, 'within', { ...rule.parts.within, time: '3d' }, WORDS);
  assert.deepEqual(changedLines(text, after).map(([, line]) => line), ['"期限"   = { "長さ" = "3d", "数え方" = "営業時間" }']);
});

test('a rule that is added is whole, and taken out again it leaves the file as it was', () => {
  const text = file(NURSES);
  for (const kind of Object.keys(LISTS.kind)) {
    const more = addRule(text, kind, 'XX-1');
    const rule = ruleOf(more, 'XX-1');
    assert.equal(rule.kind, kind);
    assert.equal(removeRule(more, rule.at).trimEnd(), text.trimEnd());
  }
});

test('keys of rule files are those of the hub', () => {
  const rust = readFileSync(path.join(ROOT, 'src/rulebook/words.rs'), 'utf8');
  const keys = [...rust.matchAll(/^ {4}[A-Z_]+ = "([a-z_]+)" "([^"]+)";/gm)];
  assert.ok(keys.length > 60);
  // `単位` is the unit of a number in the vocabulary, and what a standing rule counts by: `Vocabulary` knows.
  for (const [, code, ja] of keys) if (code !== 'unit') assert.equal(keyCode(ja, code === 'who' ? 'pledge' : ''), code, ja);
});

test('a rule is said in words, and found by them', () => {
  const set = readSet(NURSES, file(NURSES), WORDS);
  const rule = set.rules.find(({ id }) => id === 'ND-M1');
  const said = Object.fromEntries(ruleLines(rule, WORDS).map(({ key, says }) => [key, says]));
  assert.equal(said.when, '操作者の職種が「医師」、かつ機器に起きたことが「導入、設定変更」、かつチームに訪問看護師がいる');
  assert.equal(said.owed_by, '看護師（事業所ごとに）');
  assert.equal(said.within, '4時間【仮置き】');
  assert.deepEqual(set.rules.filter((one) => isFound(one, '点滴 書面', WORDS)).map(({ id }) => id), []);
  assert.deepEqual(set.rules.filter((one) => isFound(one, '設定変更 必ず', WORDS)).map(({ id }) => id), ['ND-M1']);
  for (const name of NAMES) {
    for (const one of readSet(name, file(name), WORDS).rules) for (const { says } of ruleLines(one, WORDS)) assert.doesNotMatch(says, /undefined|\[object|group:/, one.id);
  }
});

test('who owes reads as people say it, in both languages', () => {
  const party = (/** @type {object} */ said) => ({ roles: [], of: '', as: '', each: false, ...said });
  const table = [
    [party({ roles: ['doctor'], of: 'named', as: 'person' }), '名前の挙がった相手の医師本人', 'doctor of those named, in person'],
    [party({ of: 'named', as: 'person' }), '名前の挙がった相手本人', 'those named, in person'],
    [party({ roles: ['nurse'], of: 'named', as: 'manager' }), '名前の挙がった相手の管理者（看護師）', 'the manager of those named (nurse)'],
    [party({ of: 'visited', each: true }), '訪問していた事業所（事業所ごとに）', 'offices that visited (each office for itself)'],
    [party({ roles: ['nurse'], of: 'team' }), 'チームの看護師', 'nurse of the team'],
    [party({ roles: ['nurse'], as: 'manager' }), '管理者（看護師）', 'the manager (nurse)'],
    [party({ of: 'subject', as: 'contact' }), '対象の事業所の連絡担当', 'the liaison of the organisation itself'],
    [party({ as: 'manager' }), '管理者', 'the manager'],
    [party({ of: 'author' }), '書いた人', 'the author'],
    [party({ of: 'author', as: 'person' }), '書いた人', 'the author'],
    [party({ of: 'region' }), '事務局', 'secretariat'],
    [party({ roles: ['secretariat'], of: 'region' }), '事務局', 'secretariat'],
    [party({}), '全員', 'everybody'],
  ];
  // A page's, which a unit has none of.
  Object.assign(globalThis, { localStorage: { getItem: () => null, setItem: () => {} }, document: { documentElement: { lang: 'ja' } } });
  try {
    for (const [at, language] of ['ja', 'en'].entries()) {
      chooseLanguage(/** @type {any} */ (language));
      for (const [said, ...expected] of table) assert.equal(partyWords(/** @type {any} */ (said), WORDS), expected[at]);
    }
  } finally {
    chooseLanguage('ja');
  }
  for (const name of NAMES) {
    for (const one of readSet(name, file(name), WORDS).rules) for (const { says } of ruleLines(one, WORDS)) assert.doesNotMatch(says, /のの|の（|の$|の →/, one.id);
  }
});

/** A draft whose unsaved text is kept in `kept`. */
function draft(kept = { text: null }) {
  const files = ['vocabulary.toml', NURSES].map((name) => ({ name, text: file(name) }));
  return new Draft(files, { load: () => kept.text, save: (text) => { kept.text = text; } });
}

test('what was typed and not saved is there after the page is read anew, unless somebody saved meanwhile', () => {
  const kept = { text: null };
  const one = draft(kept);
  one.set(one.sets[0].rules[0], 'strength', 'should');
  assert.ok(one.isChanged && draft(kept).isChanged);
  assert.equal(draft(kept).sets[0].rules[0].parts.strength, 'should');
  const theirs = new Draft([{ name: NURSES, text: `${file(NURSES)}# theirs\n` }], { load: () => kept.text, save: () => {} });
  assert.ok(!theirs.isChanged);
  one.kept(one.files);
  assert.ok(!one.isChanged && !draft(kept).isChanged);
});

test('a mistake of the hub stands at its part, stays there when lines move, and goes when the part is mended', () => {
  const one = draft();
  const [set] = one.sets;
  const { lines } = set.rules.find(({ id }) => id === 'ND-M1b');
  one.told([{ file: NURSES, line: lines.within[0], column: 12, code: 'bad-duration', text: { ja: 'だめ', en: 'no' } }, { file: NURSES, line: 1, column: 1, code: 'syntax', text: { ja: '', en: '' } }]);
  assert.deepEqual(one.mistakesOf(NURSES, 'ND-M1b').map(({ key }) => key), ['within']);
  assert.equal(one.mistakesElsewhere.length, 1);
  one.set(set.rules[0], 'ways_out', ['decline']);
  assert.equal(one.mistakesOf(NURSES, 'ND-M1b', 'within').length, 1);
  one.set(one.sets[0].rules[1], 'within', { time: '12h', business: false, placeholder: false });
  assert.equal(one.mistakesOf(NURSES, 'ND-M1b').length, 0);
});

test('a new rule gets a number that nobody has', () => {
  const one = draft();
  assert.equal(one.freeId(one.sets[0]), 'MU-S3');
  one.add(one.sets[0], 'nudge', 'MU-S7');
  assert.equal(one.freeId(one.sets[0]), 'MU-S8');
});

test('a set whose rules changed under the version number in force is named before it is proposed', () => {
  const [inForce, changed] = [draft(), draft()];
  const named = () => sameNumber(changed, inForce).map(({ file: name }) => name);
  changed.setOf(changed.sets[0], 'status', 'proposed');
  assert.deepEqual(named(), [], 'what is said of the set alone');
  changed.set(changed.sets[0].rules[0], 'strength', 'should');
  assert.deepEqual(named(), [NURSES]);
  changed.setOf(changed.sets[0], 'version', '9.9.9');
  assert.deepEqual(named(), []);
});
