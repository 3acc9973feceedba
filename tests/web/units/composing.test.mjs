// Before a post is sent: the ways on from what holds it, the draft that keeps its id and its reasons, forms that become
// bodies and come back, files on their way.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Attaching, typeOf } from '../../../web/attaching.js';
import { Draft } from '../../../web/draft.js';
import { COLUMNS, FORMS, bodyFrom, fieldsFor, kindsFor, phrasesOf, presets, valuesFrom } from '../../../web/forms.js';
import { nameOf, readVerdict } from '../../../web/frames.js';
import '../../../web/later-phrases.js';
import { readEntry } from '../../../web/frames.js';
import { FILE_BYTES_MAX } from '../../../web/limits.js';
import { LISTS, isNumber, standingOf } from '../../../web/standing-lists.js';
import { Timeline } from '../../../web/timeline.js';
import { PHRASES } from '../../../web/phrases.js';
import { SHEETS } from '../../../web/sheets.js';
import { FACTS, circumstances, waysOn } from '../../../web/ways.js';
import { WORDS } from '../../../web/words.js';
import { FakeClock, settled } from '../fake-world.mjs';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const read = (file) => readFileSync(path.join(ROOT, file), 'utf8');
const golden = (name) => JSON.parse(read(`proto/examples/server/${name}.json`));
const [HELD] = readVerdict('refused', golden('refused_held').refused).holds;

test('facts are recognised by the very words of the vocabulary', () => {
  const vocabulary = read('rulebooks/vocabulary.toml');
  for (const { fact, says } of FACTS) {
    const [, field] = vocabulary.split(`[field."${fact}"]`);
    assert.equal(/^ja\s+= "(.*)"$/m.exec(field ?? assert.fail(`${fact} is no word of the vocabulary`))[1], says, fact);
  }
});

test('a held order may take its document or be marked as an emergency, where the form can', () => {
  assert.deepEqual(waysOn(HELD, ['attachments', 'emergency']), [{ way: 'attach' }, { way: 'mark', field: 'emergency' }]);
  assert.deepEqual(waysOn(HELD, ['attachments']), [{ way: 'attach' }]);
  assert.deepEqual(circumstances(HELD, ['attachments', 'emergency']), []);
  assert.deepEqual(circumstances(HELD, []).map(({ en }) => en), ['marked as an emergency']);
});

test('an urgent matter waits for the call, which may be written at once; what is not recognised is told', () => {
  const wanted = (ja) => ({ wanted: { ja, en: '' }, now: { ja: '', en: '' } });
  const hold = { ...HELD, missing: [[wanted('先に電話をしてある')], [wanted('先に電話をしてある')]], exceptions: [{ ja: '夜間である', en: 'at night' }] };
  assert.deepEqual(waysOn(hold, []), [{ way: 'write', kind: 'call' }]);
  assert.deepEqual(waysOn({ ...hold, missing: [[wanted('先に電話をしてある（2時間以内）')]] }, []), [{ way: 'write', kind: 'call' }], 'however far back it looks');
  assert.deepEqual(circumstances(hold, []).map(({ ja }) => ja), ['夜間である']);
});

/** A draft in front of a hub that answers as told. */
function draftOf(answers) {
  const clock = new FakeClock();
  const world = { asked: [], posted: [], text: 'ソルデム3A', clock };
  const hub = {
    dryRun: async (intent) => (world.asked.push(intent), answers(intent)),
    post: (intent) => world.posted.push(intent),
  };
  world.draft = new Draft({ clock, hub }, () => (world.text ? { id: '', timeline: 't', observedAtUs: String(clock.now()), body: { order: { text: world.text } } } : null), () => {});
  return world;
}

const answer = (intent) => (intent.reasons ? readVerdict('accepted', { id: intent.id }) : readVerdict('refused', { ...golden('refused_held').refused, id: intent.id }));

test('a held draft is not sent; a reason lets it pass under the same id, and goes with it', async () => {
  const world = draftOf(answer);
  const { draft } = world;
  draft.edited();
  await world.clock.pass(1_000);
  assert.ok(draft.refused);
  assert.equal(await draft.send(), false);
  assert.deepEqual(world.posted, []);
  const { id } = draft;
  draft.write(HELD.citation, '  ');
  assert.equal(draft.intent().reasons, undefined, 'an empty reason is none');
  draft.write(HELD.citation, '本日中に届けます');
  await world.clock.pass(1_000);
  assert.equal(draft.refused, false);
  assert.deepEqual([...draft.holds.keys()], [HELD.citation], 'the rule stays on the screen with its reason');
  assert.equal(await draft.send(), true);
  assert.deepEqual([world.posted[0].id, world.posted[0].reasons], [id, [{ rule: HELD.citation, text: '本日中に届けます' }]]);
  assert.deepEqual([draft.reasons.size, draft.holds.size, draft.id === id], [0, 0, false], 'the next one starts anew');
});

test('what was held is asked again when sent: somebody else may have acted', async () => {
  let phoned = false;
  const world = draftOf((intent) => (phoned ? readVerdict('accepted', { id: intent.id }) : answer(intent)));
  world.draft.edited();
  await world.clock.pass(1_000);
  phoned = true;
  assert.equal(await world.draft.send(), true);
});

test('a post held after the fact comes back with its id, its reasons and what holds it', () => {
  const { draft } = draftOf(answer);
  draft.begin('0196-again', [{ rule: HELD.citation, text: '前の理由' }], [HELD]);
  assert.deepEqual([draft.intent().id, draft.intent().reasons[0].text, draft.holds.size], ['0196-again', '前の理由', 1]);
});

test('a rule whose gate no longer holds leaves the card, unless a reason was written for it', async () => {
  const world = draftOf((intent) => (intent.body.order.text === 'ok' ? readVerdict('accepted', { id: intent.id }) : answer(intent)));
  world.draft.edited();
  await world.clock.pass(1_000);
  assert.equal(world.draft.holds.size, 1);
  world.text = 'ok';
  world.draft.edited();
  await world.clock.pass(1_000);
  assert.equal(world.draft.holds.size, 0);
});

test('every form has words for each field, of fields that the kind has, and each kind somebody or a duty that asks for it', () => {
  for (const [kind, { by, fields, link }] of Object.entries(FORMS)) {
    assert.ok(kind in WORDS.kind && (by.length > 0 || link) && by.every((role) => role in WORDS.role), kind);
    const known = SHEETS[kind].map(({ field }) => field);
    for (const { name, phrase, list, control } of fields) {
      assert.ok(known.includes(name), `${kind}: no field ${name}`);
      assert.ok(phrase in PHRASES, `${kind}: no phrase ${phrase}`);
      if (control === 'choice' || control === 'select') assert.ok(list in WORDS, `${kind}: no list ${list}`);
    }
    if (link) assert.ok(known.includes(link), `${kind}: no field ${link}`);
    assert.equal(new Set(fields.map(({ name }) => name)).size, fields.length, kind);
  }
  for (const columns of Object.values(COLUMNS)) for (const [, phrase] of columns) assert.ok(phrase in PHRASES, phrase);
  assert.ok(kindsFor('nurse').includes('verbal_order_received') && !kindsFor('nurse').includes('order'));
  assert.deepEqual(kindsFor('family'), ['status_change']);
});

test('what is needed is named until it is said', () => {
  const lacking = (kind, values, files = []) => bodyFrom(kind, values, files).lacking.map(({ name }) => name);
  assert.deepEqual(lacking('order', {}), ['orderType', 'text']);
  assert.deepEqual(lacking('order', { orderType: 'drip', text: '  ' }), ['text']);
  assert.deepEqual(lacking('order_document', { orderType: 'drip' }), ['attachments']);
  assert.deepEqual(lacking('call', { to: 'doctor' }), ['reached'], 'not reached is something to be said');
  assert.deepEqual(lacking('call', { to: 'doctor', reached: false }), []);
  const changed = (change, after) => lacking('device_change', { device: '酸素濃縮器', change, after });
  assert.deepEqual(changed('setting', undefined), ['after'], 'what was set is to be said');
  assert.deepEqual(changed('setting', [{ name: '酸素流量' }]), ['after'], 'with its value');
  assert.deepEqual([changed('setting', [{ name: '酸素流量', value: '2' }]), changed('removed', undefined)], [[], []]);
  assert.ok(fieldsFor('device_change', { change: 'setting' }).find(({ name }) => name === 'after').needed, 'and the form says so');
});

test('golden posts survive the form: taken up and written again they say the same', () => {
  for (const kind of ['status_change', 'lab_request', 'consultation', 'verbal_order_received', 'acp_note', 'standing_order', 'station_change', 'problem_list', 'related_persons']) {
    const body = JSON.parse(read(`proto/examples/client/post_${kind}.json`)).post.intent.body[nameOf(kind)];
    const offered = new Set([...FORMS[kind].fields.map(({ name }) => name), ...(kind === 'verbal_order_received' ? ['organisation'] : [])]);
    // A form says moments to the minute.
    const kept = Object.fromEntries(Object.entries(body).filter(([name]) => offered.has(name) && !name.endsWith('Us')));
    const written = bodyFrom(kind, valuesFrom(kind, body), body.attachments ?? []).body;
    for (const [name, value] of Object.entries(kept)) assert.deepEqual(written[name], kind === 'standing_order' && name === 'drugs' ? value.map(({ code, ...drug }) => drug) : value, `${kind}.${name}`);
  }
});

test('rows without a name are left out; a result that is no number is told in words', () => {
  const { body } = bodyFrom('lab_result', { items: [{ name: 'CRP', value: '０．４２', unit: 'mg/dL' }, { name: '尿蛋白', value: '（1+）' }, { name: ' ', value: '3' }] }, []);
  assert.deepEqual(body.items, [{ name: 'CRP', unit: 'mg/dL', value: '0.42' }, { name: '尿蛋白', text: '（1+）' }]);
  assert.deepEqual(presets('device_change'), { change: 'setting' });
});

const file = (name, type, size = 10) => ({ name, type, size });

test('a list begins with a row, keeps what the form does not ask for, and says what a row still lacks', () => {
  const lacking = (kind, values) => bodyFrom(kind, values, []).lacking.map(({ phrase }) => phrase);
  assert.deepEqual(lacking('problem_list', {}), ['items']);
  assert.deepEqual(lacking('problem_list', { items: [{ status: 'active', note: '2019年ごろ' }] }), ['problem_name']);
  assert.deepEqual(lacking('problem_list', { text: 'まだ確かめていない' }), []);
  const { body } = bodyFrom('problem_list', { items: [{ name: ' 慢性心不全 ', code: 'I50.9', status: 'active', since: '', note: '' }, { status: 'active' }] }, []);
  assert.deepEqual(body, { items: [{ name: '慢性心不全', code: 'I50.9', status: 'active' }] }, 'a row that nobody wrote in is none');

  assert.deepEqual(lacking('related_persons', {}), ['relatives']);
  assert.deepEqual(lacking('related_persons', { nobody: true, items: [{ name: 'だれか' }] }), []);
  assert.deepEqual(bodyFrom('related_persons', { nobody: true, items: [{ name: 'だれか' }] }, []).body, { nobody: true });
  const daughter = { name: '高橋 春子', relationship: 'child', relationshipText: '長女', keyPerson: true, livesWithPatient: false };
  const of = (more) => ({ items: [{ ...daughter, ...more }, LISTS.related.begin()] });
  assert.deepEqual(lacking('related_persons', of({ relationship: '', name: '' })), ['name_of_person', 'relation']);
  assert.deepEqual(lacking('related_persons', of({ relationship: 'other', relationshipText: ' ' })), ['relation_text']);
  assert.deepEqual(lacking('related_persons', of({ phones: [{ number: '長女の携帯' }] })), ['phone_number']);
  const { items } = bodyFrom('related_persons', of({ phones: [{ used: 'mobile', number: '０９０ー５５５０－０１９９' }, { used: 'work', number: ' ' }] }), []).body;
  assert.deepEqual(items, [{ name: '高橋 春子', relationship: 'child', relationshipText: '長女', keyPerson: true, phones: [{ used: 'mobile', number: '090-5550-0199' }] }]);
  assert.deepEqual(['110', '+81 (90) 5550.0199,,12#', '11', '内線 12', '0'.repeat(41)].map(isNumber), [true, true, false, false, false]);
});

test('the list that stands: the newest that was not taken back, as it was corrected', () => {
  const timeline = new Timeline('t');
  const put = (id, seq, body) => timeline.apply(readEntry({ id, timeline: 't', seq: String(seq), recordedAtUs: '1', content: { author: { person: 'p' }, body } }));
  assert.equal(standingOf(timeline, 'problem_list'), null);
  put('a', 1, { problemList: { text: '確認中' } });
  const first = standingOf(timeline, 'problem_list');
  put('b', 2, { correction: { target: 'a', body: { problemList: { text: '高血圧症' } } } });
  const corrected = standingOf(timeline, 'problem_list');
  assert.deepEqual([first.body.text, corrected.body.text], ['確認中', '高血圧症']);
  assert.notEqual(first.version, corrected.version);
  put('c', 3, { problemList: { text: '誤り' } });
  put('d', 4, { retraction: { target: 'c', reason: 'mistake' } });
  assert.equal(standingOf(timeline, 'problem_list').version, corrected.version);
});

test('files: handed in one by one, named when the hub has them, with words for what went wrong', async () => {
  const changes = [];
  const outcomes = [{ sha256: 'ab', media_type: 'application/pdf', size_bytes: 10 }, Object.assign(new Error(), { status: 422, reason: { ja: '中身が違います', en: '' } }), Object.assign(new Error(), { status: 0 })];
  const attaching = new Attaching(async (_, __, progress) => {
    const outcome = outcomes.shift();
    progress(0.5);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }, () => changes.push(attaching.items.map(({ state }) => state).join()));
  attaching.add([file('a.pdf', 'application/pdf')]);
  assert.ok(attaching.unsettled);
  await settled();
  assert.deepEqual(attaching.ready, [{ sha256: 'ab', mediaType: 'application/pdf', sizeBytes: 10, title: 'a.pdf' }]);
  attaching.add([file('b.pdf', 'application/pdf')]);
  await settled();
  attaching.add([file('c.jpg', 'image/jpeg')]);
  await settled();
  assert.deepEqual(attaching.items.map(({ state, fault, mayRetry }) => [state, fault !== '', mayRetry]), [['ready', false, false], ['failed', true, false], ['failed', true, true]]);
  assert.equal(attaching.items[1].fault, '中身が違います');
  attaching.add([file('d.exe', 'application/x-msdownload'), file('e.pdf', 'application/pdf', FILE_BYTES_MAX + 1), file('f.pdf', 'application/pdf', 0)]);
  await settled();
  assert.ok(attaching.items.slice(3).every(({ state, mayRetry }) => state === 'failed' && !mayRetry));
  for (const item of attaching.items.filter(({ state }) => state === 'failed')) attaching.remove(item);
  assert.equal(attaching.unsettled, false);
  assert.ok(changes.includes('sending') && changes.includes('ready'));
});

test('phones leave the type of some photos out', () => {
  assert.deepEqual([typeOf(file('IMG_1.HEIC', '')), typeOf(file('x.csv', 'text/csv; charset=utf-8')), typeOf(file('x.mp4', 'video/mp4')), typeOf(file('x', ''))],
    ['image/heic', 'text/csv', '', '']);
});

test('a field that the hub complains about is called what the form calls it', () => {
  const named = (path) => phrasesOf(path);
  assert.deepEqual(named('body.device_change.after'), ['after']);
  assert.deepEqual(named('dry_run.intent.body.device_change.after[0].value'), ['after', 'setting_value']);
  assert.deepEqual(named('post.intent.body.verbal_order_received.received_at_us'), ['received_at']);
  assert.deepEqual([named(''), named('body.device_change'), named('body.unheard_of.text')], [[], [], []]);
});
