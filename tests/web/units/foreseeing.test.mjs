// What the page foresees without the hub, held against what hubs of each version answered to the same drafts
// (`tests/golden/dry_run`): it may know less, and never says that something goes through which does not. And how the
// rules get here, are kept and forgotten.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Draft } from '../../../web/draft.js';
import { kindOf, readEntry, readVerdict } from '../../../web/frames.js';
import { Foreseeing } from '../../../web/rules/foreseeing.js';
import { judge } from '../../../web/rules/judging.js';
import { LookBack } from '../../../web/rules/past.js';
import { Table } from '../../../web/rules/table.js';
import { Timeline } from '../../../web/timeline.js';
import { FakeClock, settled } from '../fake-world.mjs';

const GOLDEN = path.resolve(import.meta.dirname, '../../golden/dry_run');
const versions = (existsSync(GOLDEN) ? readdirSync(GOLDEN) : []).filter((name) => existsSync(path.join(GOLDEN, name, 'tables.json')));
const read = (version, name) => readFileSync(path.join(GOLDEN, version, name), 'utf8');
const json = (version, name) => JSON.parse(read(version, name));
const idOf = (citation) => citation.split('@')[0];
const ids = (rules) => rules.map(({ citation }) => idOf(citation));

/** `held by=OP-1,OP-2b` @param {string} text */
function answerOf(text) {
  const [fate, ...more] = text.trim().split(' ');
  const lists = Object.fromEntries(more.map((one) => one.split('=')).map(([name, list]) => [name, list.split(',')]));
  const { by = [], duties = [], advice = [] } = lists;
  return { fate, by, advice, duties: duties.map((one) => one.replace('?', '')) };
}

/** Everything a version's folder holds, as rows of a draft with what the page knows around it. */
function* rowsOf(version) {
  const table = Table.of(json(version, 'tables.json'), 0);
  const { now, people } = json(version, 'people.json');
  const drafts = json(version, 'drafts.json');
  const states = new Map();
  for (const line of read(version, 'answers.txt').trim().split('\n')) {
    const [[state, who, draft], ...answers] = line.split(' | ').map((part, at) => (at === 0 ? part.split(' ') : answerOf(part)));
    if (!states.has(state)) states.set(state, json(version, `states/${state}.json`));
    const { timeline: id, through, cards, sees, entries } = states.get(state);
    const card = cards[who];
    const timeline = new Timeline(id);
    for (const raw of entries) if (sees[who]?.includes(Number(raw.seq))) timeline.apply(readEntry(raw));
    const around = {
      me: people[who], card, items: timeline.items, consent: timeline.consent?.state, withheld: timeline.consent ? (timeline.consent.withheld ?? []) : undefined, through, isPartial: false, isOpened: false, onTheWay: [],
      typeOf: (organisation) => Object.values(people).find((one) => one.organisation.id === organisation)?.organisation.type ?? '',
      nowMs: Date.parse(now),
    };
    yield { name: line.split(' | ')[0], table, intent: { id: 'draft', timeline: id, ...drafts[draft] }, around: card ? around : null, answers };
  }
}

const isIn = (some, all) => some.every((one) => all.includes(one));

for (const version of versions) {
  test(`what the page of today foresees by the rules of ${version} is what the hub answered, or left to it`, () => {
    const counts = { fully: 0, partly: 0, unknown: 0, nothing: 0 };
    const says = {};
    for (const { name, table, intent, around, answers } of rowsOf(version)) {
      // Of a patient whom this person does not serve the page says nothing.
      if (!around) {
        counts.nothing += 1;
        continue;
      }
      const judged = judge(table, intent, around);
      const [held, mayHold, opened, mayOpen, advice, mayAdvise] = [judged.held, judged.mayHold, judged.opened, judged.mayOpen, judged.advice, judged.mayAdvise].map(ids);
      for (const { fate, by, duties, advice: given } of answers) {
        const told = `${name}: ${judged.says} (${[held, mayHold, opened, mayOpen, advice, mayAdvise].join(' | ')}), the hub: ${fate} ${by} ${duties} ${given}`;
        if (judged.says === 'accepted') assert.equal(fate, 'accepted', told);
        if (judged.says === 'held') assert.ok(['held', 'refused', 'not_found', 'invalid'].includes(fate), told);
        if (judged.says === 'refused') assert.ok(['refused', 'not_found', 'invalid'].includes(fate), told);
        if (judged.says === 'queued') assert.ok(['queued', 'invalid'].includes(fate), told);
        if (fate === 'held') assert.ok(isIn(by, [...held, ...mayHold]) && isIn(held, by), told);
        if (fate === 'accepted') {
          const isAbout = judged.says === 'unknown' || judged.says === 'accepted';
          assert.ok(isAbout && isIn(opened, duties) && isIn(advice, given), told);
          assert.ok(answersNothing(intent) || (isIn(duties, [...opened, ...mayOpen]) && isIn(given, [...advice, ...mayAdvise])), told);
        }
      }
      const isFull = mayHold.length + mayOpen.length + mayAdvise.length === 0;
      counts[judged.says === 'unknown' ? (held.length + opened.length + advice.length ? 'partly' : 'unknown') : isFull ? 'fully' : 'partly'] += 1;
      says[judged.says] = (says[judged.says] ?? 0) + 1;
    }
    console.log(version, counts, says);
    assert.ok(counts.fully > counts.unknown, JSON.stringify(counts));
  });
}

/** What is about another entry is not judged here at all. */
const answersNothing = ({ body }) => ['acknowledgement', 'correction', 'retraction'].includes(kindOf(Object.keys(body)[0]));

// ── how the rules get here, and what becomes of drafts ──

/** A model as far as foreseeing looks at it; the hub gives `rules` under the tag `"1"` unless they are there. */
function worldOf({ phase = 'live' } = {}) {
  const clock = new FakeClock();
  const world = { asked: [], noted: [], tag: '"1"', given: null, posted: [] };
  const model = {
    clock, stage: 'ready', syncedAtMs: 5, isSecretariat: false,
    rest: { rulebookTables: async (tag) => (world.asked.push(tag), tag === world.tag ? null : { tag: world.tag, tables: world.given }) },
    hub: { connection: { phase }, cursors: { places: new Map([['t', { after: 0 }]]) }, dryRun: async () => world.answer ?? null, post: (intent) => world.posted.push(intent) },
    keeper: { note: (record) => world.noted.push(record), partial: new Set() },
    me: { person: { id: 'n' }, role: 'nurse', organisation: { id: 's', type: 'nursing_station' } },
    patients: new Map([['t', { id: 't', birth_date: '1938-04-12', consent: 'team', team: [{ organisation: 's', people: [], host: true, roles: ['nurse'] }], stay: 'home', closed: false }]]),
    timelines: new Map([['t', new Timeline('t')]]), emergency: { opened: new Map() }, outbox: { of: () => [] }, organisations: new Map(),
  };
  model.foreseeing = new Foreseeing(model);
  return Object.assign(world, { model, clock, foreseeing: model.foreseeing });
}

const text = { ja: '決まり', en: 'rule' };
const term = (field, ...is) => ({ field, is, words: text });
const flag = (code) => ({ code, type: 'flag', label: { ja: code, en: code }, no: { ja: `not ${code}`, en: `not ${code}` } });
const rule = (id, does, when, more = {}) => ({ citation: `${id}@set/1#a`, title: text, says: text, strength: 'must', on: ['message'], when: [when], does, ...more });
const GIVEN = {
  format: 1, fingerprint: 'f', sets: [{ id: 'set', version: '1', title: text }], shown: [{ kind: 'message', team: ['doctor'], own: ['nurse'] }],
  fields: [flag('actor.on_team'), flag('record.urgent'), flag('record.phoned'), { code: 'time.band', type: 'choice', label: text, values: ['day', 'night'].map((code) => ({ code, label: text })) }],
  rules: [
    rule('P', 'permit', [term('actor.on_team', 'true')]),
    rule('G', 'gate', [term('record.urgent', 'true')], { gate: { require: [[term('record.phoned', 'true')]], pass_if: [], exceptions: [], reason_ok: true } }),
    rule('N', 'gate', [term('time.band', 'night')], { on: ['lab_request'], gate: { require: [[term('record.phoned', 'true')]], pass_if: [], exceptions: [], reason_ok: false } }),
  ],
};
const said = (body, reasons) => ({ id: 'i', timeline: 't', body, ...(reasons ? { reasons } : {}) });

test('the rules are fetched when they changed, kept with when that was, and forgotten', async () => {
  const world = worldOf();
  world.given = GIVEN;
  await world.foreseeing.refresh();
  assert.deepEqual([world.asked, world.noted, world.foreseeing.kept.fetchedAtMs], [[''], ['tables'], world.clock.now()]);
  const kept = structuredClone(world.foreseeing.kept);
  await world.clock.pass(11 * 60_000);
  assert.deepEqual(world.asked, ['', '"1"'], 'asked again after a while, by the tag');
  assert.ok(world.foreseeing.kept.fetchedAtMs > kept.fetchedAtMs, 'and known to be in force at that time');
  world.foreseeing.learn(['DEFAULT-DENY@set/1#a', 'P@set/1#a']);
  await settled();
  assert.equal(world.asked.length, 2, 'cited of a set that is here');
  world.tag = '"2"';
  world.foreseeing.learn(['P@set/2#b']);
  await settled();
  assert.deepEqual([world.asked.length, world.foreseeing.tag], [3, '"2"']);
  world.foreseeing.clear();
  assert.equal(world.foreseeing.kept, null);
  world.foreseeing.takeUp(kept);
  assert.equal(world.foreseeing.table.fetchedAtMs, kept.fetchedAtMs);
  world.foreseeing.takeUp({ ...kept, given: { ...GIVEN, format: 2 } });
  assert.deepEqual([world.foreseeing.table, world.foreseeing.tag], [null, ''], 'a format that this page cannot read is none');
});

test('the rules are fetched also where this came between the greeting and the last of what was missed, and again when they did not come', async () => {
  for (const [phase, asked] of [['live', 1], ['catching_up', 1], ['connecting', 0], ['offline', 0]]) {
    const world = worldOf({ phase });
    world.given = GIVEN;
    world.foreseeing.begin();
    await settled();
    assert.deepEqual([world.asked.length, Boolean(world.foreseeing.table)], [asked, asked === 1], phase);
  }
  const world = worldOf();
  const { rest } = world.model;
  world.given = GIVEN;
  world.model.rest = { rulebookTables: async () => { throw new Error('too busy'); } };
  world.foreseeing.begin();
  await settled();
  world.model.rest = rest;
  await world.clock.pass(31_000);
  assert.ok(world.foreseeing.table);
});

test('what this page cannot know it leaves to the hub', async () => {
  const world = worldOf();
  world.foreseeing.takeUp({ given: GIVEN, fetchedAtMs: 1, tag: '' });
  const saysOf = (intent) => world.foreseeing.foresee(intent)?.says;
  assert.equal(saysOf(said({ message: { text: '了解です' } })), 'accepted');
  assert.equal(saysOf(said({ message: { text: '了解です', newField: 1 } })), 'unknown', 'a field that is not known here');
  assert.equal(saysOf(said({ message: { text: '写真', attachments: [{}] } })), 'unknown', 'a file');
  assert.equal(saysOf(said({ message: { text: '至急', urgent: true } })), 'unknown', 'whose calls are seen is not known');
  const held = { message: { text: '至急', urgent: true } };
  world.foreseeing.takeUp({ given: { ...GIVEN, fields: GIVEN.fields.map((one) => (one.code === 'record.phoned' ? { ...one, past: { how: 'exists', of: ['call'], within_s: 1800 } } : one)), shown: [...GIVEN.shown, { kind: 'call', team: [], own: ['nurse'] }] }, fetchedAtMs: 1, tag: '' });
  assert.equal(saysOf(said(held)), 'held');
  const [hold] = world.foreseeing.foresee(said(held)).holds;
  assert.deepEqual([hold.citation, hold.missing[0][0].now.en], ['G@set/1#a', 'not record.phoned']);
  assert.equal(saysOf(said(held, [{ rule: 'G', text: ' ' }])), 'held', 'an empty reason is none');
  assert.equal(saysOf(said(held, [{ rule: 'G', text: '往診中' }])), 'accepted');
  world.model.outbox.of = () => [{ state: 'waiting', intent: said({ call: { to: 'doctor' } }) }];
  assert.equal(saysOf(said(held)), 'unknown', 'a call is on its way');
  world.model.outbox.of = () => [];
  world.model.keeper.partial.add('t');
  assert.equal(saysOf(said(held)), 'unknown', 'only the end of the timeline is here');
  assert.equal(saysOf(said({ labRequest: { text: '採血' } })), 'refused', 'no rule permits it');
  world.model.patients.clear();
  assert.equal(world.foreseeing.foresee(said(held)), null, 'of somebody who is not on the list nothing is said');
});

test('a draft shows what is foreseen, is sent whatever that says, and is asked again when the hub is there', async () => {
  const world = worldOf({ phase: 'offline' });
  world.foreseeing.takeUp({ given: GIVEN, fetchedAtMs: 1, tag: '' });
  let shown = 0;
  const draft = new Draft(world.model, () => ({ id: '', timeline: 't', body: { message: { text: '了解です' } } }), () => { shown += 1; });
  draft.edited();
  await world.clock.pass(1_000);
  assert.deepEqual([draft.state, draft.foreseen?.says, draft.verdict], ['unknown', 'accepted', null]);
  const { id } = draft;
  world.answer = readVerdict('accepted', { id });
  world.foreseeing.askAgain();
  await settled();
  assert.deepEqual([draft.state, draft.foreseen, draft.id === id], ['judged', null, true]);
  assert.ok(shown > 2);
  world.answer = null;
  assert.equal(await draft.send(), true, 'without the hub it goes to the outbox');
  assert.equal(world.posted.length, 1);
});

test('absence is believed where nothing is hidden, taken back or corrected', () => {
  const note = { kind: 'note', seq: 1, recordedAtMs: 1, retraction: null, corrections: [], body: { kind: 'note' } };
  const asked = (items, isWhole, how) => new LookBack(items, { isWhole, onTheWay: new Set(), nowMs: 10 }).ask({ how, of: ['note'] });
  assert.deepEqual([asked([], true, 'exists'), asked([], true, 'missing'), asked([note], true, 'exists')], [false, true, true]);
  assert.deepEqual([asked([], false, 'exists'), asked([], false, 'missing'), asked([note], false, 'exists')], [undefined, undefined, undefined], 'something is hidden');
  assert.equal(asked([{ ...note, retraction: note }], true, 'exists'), undefined);
  assert.equal(asked([{ ...note, corrections: [note] }], true, 'missing'), undefined);
});

test('a duty is foreseen where somebody else on the team owes it and may see the post; advice in its order', () => {
  const duty = { owed_by: text, roles: ['doctor'], of: 'team', by_role: true, each: false, met_by: text, acknowledge: true, within_s: 60, business: false, within: text, chain: [], ways_out: null };
  const stay = { code: 'patient.stay', type: 'choice', label: text, values: ['home', 'admitted'].map((code) => ({ code, label: text })) };
  const consent = { code: 'patient.consent', type: 'choice', label: text, values: ['none', 'team'].map((code) => ({ code, label: text })) };
  const open = term('time.band', 'night');
  const rules = [...GIVEN.rules, rule('D', 'duty', [], { duty }), rule('A1', 'nudge', [open]), rule('A2', 'nudge', []), rule('A3', 'nudge', [])];
  const world = worldOf();
  const { foreseeing, model } = world;
  foreseeing.takeUp({ given: { ...GIVEN, fields: [...GIVEN.fields, stay, consent], rules }, fetchedAtMs: 1, tag: '' });
  const foreseen = (more = {}) => foreseeing.foresee({ ...said({ message: { text: '発熱' } }), ...more });
  assert.deepEqual([ids(foreseen().opened), ids(foreseen().mayOpen)], [[], ['D']], 'no doctor is on the team');
  model.patients.get('t').team.push({ organisation: 'c', people: [], host: false, roles: ['doctor'] });
  assert.deepEqual([ids(foreseen().opened), ids(foreseen().mayOpen)], [['D'], []]);
  assert.deepEqual(ids(foreseen({ sensitivity: 'restricted' }).mayOpen), ['D'], 'who may see it is left to the hub');
  model.patients.get('t').stay = 'admitted';
  assert.deepEqual(ids(foreseen().mayOpen), ['D']);
  assert.deepEqual([ids(foreseen().advice), ids(foreseen().mayAdvise)], [[], ['A2', 'A3', 'A1']], 'two are given, and which of them is not known');
});

test('what the patient withholds is known where the list and the timeline say the same, each purpose by itself', () => {
  const codes = ['family', 'systems', 'export', 'education'].map((purpose) => `patient.withholds_${purpose}`);
  const world = worldOf();
  const { foreseeing, model } = world;
  const rules = [...GIVEN.rules, ...codes.map((code, at) => rule(`W${at}`, 'nudge', [term(code, 'true')]))];
  foreseeing.takeUp({ given: { ...GIVEN, fields: [...GIVEN.fields, ...codes.map(flag)], rules }, fetchedAtMs: 1, tag: '' });
  const advised = () => {
    const { advice, mayAdvise } = foreseeing.foresee(said({ message: { text: '了解です' } }));
    return [ids(advice), ids(mayAdvise)];
  };
  const card = model.patients.get('t');
  Object.assign(card, { consent: 'team', withheld: ['export'] });
  const consent = (more) => { model.timelines.get('t').consent = { kind: 'consent', ...more }; };
  consent({ state: 'team', withheld: ['export'] });
  assert.deepEqual(advised(), [['W2'], []]);
  consent({ state: 'team' });
  assert.deepEqual(advised(), [[], ['W0', 'W1', 'W2', 'W3']], 'the timeline knows of a later consent');
  consent({ state: 'withdrawn' });
  assert.deepEqual(advised()[0], [], 'so it does of a withdrawal');
  Object.assign(card, { consent: 'withdrawn' });
  assert.deepEqual(advised(), [['W2'], []], 'what was withheld before a withdrawal the list says');
  consent({ state: 'withdrawn', withheld: ['family'] });
  assert.deepEqual(advised()[0], [], 'and of what a later one adds');
  Object.assign(card, { consent: null, withheld: undefined });
  assert.deepEqual(advised()[0], [], 'not for this reader');
});
