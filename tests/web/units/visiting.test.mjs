// The visiting screens without a screen: keys that become values, choices that become a note, wounds, the round of the
// day, the size of photographs, and speech that is offered only where it may be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHOICES } from '../../../web/visiting/choices.js';
import { devicesOf, noteBody, textOf, timesFault, toggled } from '../../../web/visiting/note.js';
import { KEYS, beyond, isShifted, meant, measurementsIn, press, takesPoint } from '../../../web/visiting/pad.js';
import { SIDE_PX_MAX, fitted } from '../../../web/visiting/photo.js';
import '../../../web/later-phrases.js';
import { VISIT_PHRASES } from '../../../web/visiting/phrases.js';
import { RoundKeeping } from '../../../web/visiting/keeping.js';
import { Pins } from '../../../web/visiting/pins.js';
import { SOURCES, USUAL } from '../../../web/visiting/ranges.js';
import { Round, dropOthers, isBegun, roundOf as keptRoundOf } from '../../../web/visiting/round.js';
import { isAgreed, isOffered, staysHere } from '../../../web/visiting/speech.js';
import { Today, factsOf, sorted } from '../../../web/visiting/today.js';
import { lineOf, newWound, photoBefore, sizeOf, titleOf } from '../../../web/visiting/wounds.js';
import { Timeline } from '../../../web/timeline.js';
import { SIGNS } from '../../../web/readings.js';
import { FakeClock } from '../fake-world.mjs';

globalThis.document ??= { documentElement: {} };
globalThis.localStorage ??= { getItem: () => null, setItem: () => {} };
const { chooseLanguage } = await import('../../../web/language.js');

const typing = (sign, keys) => [...keys].reduce((text, key) => press(text, key, sign), '');
const NOW = new Date(2026, 3, 1, 11, 0).getTime();

test('keys make what they say: one point where the sign takes one, no leading zero, no endless digits', () => {
  assert.equal(typing('systolic', '128'), '128');
  assert.equal(typing('systolic', '12.8'), '128', 'a pressure takes no point');
  assert.equal(typing('temperature', '36.5'), '36.5');
  assert.equal(typing('temperature', '36..5'), '36.5');
  assert.equal(typing('temperature', '.5'), '0.5');
  assert.equal(typing('weight', '058.25'), '58.25');
  assert.equal(typing('weight', '58.254'), '58.25');
  assert.equal(typing('glucose', '123456'), '1234');
  assert.equal(press('36.5', 'back', 'temperature'), '36.');
  assert.equal(press('36.5', 'clear', 'temperature'), '');
  assert.deepEqual(SIGNS.map(({ sign }) => sign).filter(takesPoint), ['temperature', 'weight']);
  assert.ok(!KEYS.includes('same'), 'nothing takes the last value over');
});

test('a point that was left out is offered where it can only have been meant', () => {
  assert.equal(meant('temperature', '365'), '36.5');
  for (const [sign, text] of [['temperature', '36.5'], ['temperature', '99'], ['temperature', '36'], ['spo2', '980'], ['weight', '585'], ['temperature', '']]) assert.equal(meant(sign, text), '', `${sign} ${text}`);
});

test('a value a decimal place away from the last one is asked about, an ordinary change is not', () => {
  for (const [text, last] of [['585', '58.5'], ['5.8', '58'], ['12', '120']]) assert.ok(isShifted(text, last), `${text} after ${last}`);
  for (const [text, last] of [['180', '110'], ['58', '61'], ['58', undefined], ['0', '3'], ['', '3'], ['300', '110']]) assert.ok(!isShifted(text, last), `${text} after ${last}`);
});

test('the patient\'s own limits are exclusive, as the hub has them', () => {
  const limit = { low: '95', high: '160' };
  assert.deepEqual(['94', '95', '160', '161', ''].map((text) => beyond(text, limit)), ['below', '', '', 'above', '']);
  assert.equal(beyond('900', undefined), '');
});

test('fields become measurements, or nothing while one of them is wrong', () => {
  assert.deepEqual(measurementsIn({ systolic: '128', diastolic: '76', temperature: '36.' }).map(({ sign, value, unit }) => [sign, value, unit]),
    [['systolic', '128', 'mm[Hg]'], ['diastolic', '76', 'mm[Hg]'], ['temperature', '36', 'Cel']]);
  for (const typed of [{}, { systolic: ' ' }, { systolic: '76', diastolic: '128' }, { spo2: '980' }, { pulse: 'x' }]) assert.deepEqual(measurementsIn(typed), [], JSON.stringify(typed));
});

test('every usual value has a source in both languages', () => {
  for (const [sign, { source, low, high }] of Object.entries(USUAL)) {
    assert.ok(SIGNS.some((one) => one.sign === sign) && (low || high), sign);
    assert.ok(SOURCES[source].ja && SOURCES[source].en, sign);
  }
  assert.ok(!('glucose' in USUAL) && !('weight' in USUAL), 'none is invented');
});

test('every phrase and every choice stands in both languages; phrases take the same values and are in order', () => {
  for (const [key, [ja, en]] of Object.entries(VISIT_PHRASES)) {
    const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    assert.ok(ja && en, key);
    assert.deepEqual(holes(ja), holes(en), key);
  }
  assert.deepEqual(Object.keys(VISIT_PHRASES), Object.keys(VISIT_PHRASES).toSorted());
  for (const part of Object.values(CHOICES)) {
    for (const { ja, en, chips } of Object.values(part)) {
      assert.ok(ja && en);
      for (const lang of ['ja', 'en']) assert.equal(new Set(Object.values(chips).map((chip) => chip[lang])).size, Object.keys(chips).length, `${ja}: two chips say the same`);
    }
  }
});

const nothingChosen = () => ({ chips: {}, devices: {}, sentence: '', startedAt: '', endedAt: '', tellDoctor: false, acp: false });
const noFiles = { items: [] };

test('choices become a text that everybody reads, in the order of the vocabulary, the sentence last', () => {
  chooseLanguage('ja');
  const chosen = { ...nothingChosen(), chips: { meals: ['drinks', 'half'], condition: ['swelling'] }, sentence: ' 次回は足を測ります。 ' };
  assert.equal(textOf(chosen, []), '【全身の様子】むくみ\n【食事・水分】半分くらい、水分はとれている\n次回は足を測ります。');
  chooseLanguage('en');
  assert.equal(textOf(chosen, []), 'Condition: swelling\nMeals and drinks: about half, drinking enough\n次回は足を測ります。');
  chooseLanguage('ja');
});

test('a chip that stands alone rules the others out, and they it', () => {
  assert.deepEqual(toggled(['tired', 'pain'], 'condition', 'unchanged'), ['unchanged']);
  assert.deepEqual(toggled(['unchanged'], 'condition', 'pain'), ['pain']);
  assert.deepEqual(toggled(['pain', 'tired'], 'condition', 'pain'), ['tired']);
});

test('what the wire has fields for goes there; nothing said is nothing sent', () => {
  assert.equal(noteBody(nothingChosen(), [], noFiles, NOW), null);
  const chosen = { ...nothingChosen(), chips: { care: ['wiping'] }, startedAt: '10:05', endedAt: '10:50', tellDoctor: true,
    devices: { 酸素濃縮器: { found: 'other', settings: [{ name: '酸素流量', value: '3', unit: 'L/分' }, { name: '時間', value: ' ', unit: '' }] } } };
  const body = noteBody(chosen, [], noFiles, NOW);
  assert.deepEqual(body, {
    text: '【行ったケア】清拭\n【酸素濃縮器】設定が違っていた', startedAtUs: `${new Date(2026, 3, 1, 10, 5).getTime()}000`, endedAtUs: `${new Date(2026, 3, 1, 10, 50).getTime()}000`,
    tellDoctor: true, devices: [{ device: '酸素濃縮器', settings: [{ name: '酸素流量', value: '3', unit: 'L/分' }] }],
  });
  assert.ok(timesFault({ ...chosen, startedAt: '10:50', endedAt: '10:05' }));
  assert.equal(noteBody({ ...chosen, endedAt: '09:00' }, [], noFiles, NOW), null);
});

const photo = (sha, title = '') => ({ state: 'ready', attachment: { sha256: sha, mediaType: 'image/jpeg', sizeBytes: 9, title } });

test('a wound is told in one line and names its photographs; other files keep their names', () => {
  chooseLanguage('ja');
  const [mine, other] = [photo('aa', 'x.jpg'), photo('bb', 'IMG_1.jpg')];
  const wound = { ...newWound(), place: 'sacrum', sort: 'pressure', depth: 'shallow', length: '３.0', width: '2', course: 'better', photos: [mine] };
  assert.equal(sizeOf(wound), '3 × 2 cm');
  assert.equal(lineOf(wound), '仙骨部、大きさ 3 × 2 cm、褥瘡、深さ: 皮がむけている（浅い）、前回とくらべて: 良い');
  const body = noteBody(nothingChosen(), [wound], { items: [mine, other] }, NOW);
  assert.equal(body.text, `【創】${lineOf(wound)}`);
  assert.deepEqual(body.attachments.map(({ title }) => title), ['創部 仙骨部 2026-04-01', 'IMG_1.jpg']);
  assert.equal(lineOf(newWound()), '', 'without a place there is no wound');
  assert.equal(noteBody(nothingChosen(), [{ ...wound, length: '三' }], noFiles, NOW), null, 'a size that is none is not sent');
  assert.equal(titleOf({ ...newWound(), place: 'elsewhere', elsewhere: 'へその下' }, NOW), '創部 へその下 2026-04-01');
});

/** A timeline of entries as the hub delivered them. @param {object[]} entries */
function timelineOf(entries) {
  const timeline = new Timeline('patient');
  entries.forEach(({ author = {}, ...entry }, at) => timeline.apply({
    id: `e${at + 1}`, timeline: 'patient', seq: at + 1, recordedAtMs: NOW - 86_400_000, observedAtMs: null, sensitivity: 'normal', addressedTo: [], alarms: [], cited: [], opened: [], met: [], reasons: [], excepted: [],
    ...entry, body: { kind: entry.kind, ...entry.body }, author: { person: 'me', role: 'nurse', organisation: 'station', organisationType: 'nursing_station', ...author },
  }));
  return timeline;
}

test('the photograph of the same place before is found in either language, the newest first, none that was taken back', () => {
  const visit = (title) => ({ kind: 'visit', body: { text: 'x', attachments: [{ sha256: title, mediaType: 'image/jpeg', sizeBytes: 1, title }] } });
  const timeline = timelineOf([visit('創部 仙骨部 2026-03-01'), visit('wound sacrum 2026-03-08'), visit('創部 左足 2026-03-09'), visit('創部 仙骨部 2026-03-15'), { kind: 'retraction', body: { target: 'e4' } }]);
  assert.equal(photoBefore(timeline, { ...newWound(), place: 'sacrum' })?.attachment.title, 'wound sacrum 2026-03-08');
  assert.equal(photoBefore(timeline, { ...newWound(), place: 'left_foot' })?.entry, 'e3');
  assert.equal(photoBefore(timeline, { ...newWound(), place: 'right_foot' }), null);
  assert.equal(photoBefore(timeline, newWound()), null);
});

test('devices in use stand with the settings told last', () => {
  const change = (device, what, after) => ({ kind: 'device_change', body: { device, change: what, after } });
  const timeline = timelineOf([
    { kind: 'nursing_instruction', body: { devices: [{ device: '吸引器', settings: [{ name: '圧', value: '20', unit: 'kPa' }] }] } },
    change('酸素濃縮器', 'introduced', [{ name: '流量', value: '1', unit: 'L/分' }]), change('酸素濃縮器', 'setting', [{ name: '流量', value: '2', unit: 'L/分' }]),
    change('ポンプ', 'introduced', []), change('ポンプ', 'removed', []), change('酸素濃縮器', 'setting', [{ name: '流量', value: '9', unit: 'L/分' }]), { kind: 'retraction', body: { target: 'e6' } }]);
  assert.deepEqual(devicesOf(timeline).map(({ device, settings }) => [device, settings.map(({ value }) => value)]), [['吸引器', ['20']], ['酸素濃縮器', ['2']]]);
});

const ME = { person: 'me', role: 'nurse', organisation: 'station' };
const us = (hours, days = 0) => `${new Date(2026, 3, 1 + days, hours, 0).getTime()}000`;

test('today\'s visits are those planned for this person or their office, or that they are asked to join', () => {
  const doctor = { person: 'dr', role: 'doctor', organisation: 'clinic', organisationType: 'clinic' };
  const plan = (body, author) => ({ kind: 'visit_plan', body, author });
  const timeline = timelineOf([
    plan({ startsAtUs: us(15), invited: ['station'] }, doctor), plan({ startsAtUs: us(10), person: 'me' }), plan({ startsAtUs: us(9), person: 'colleague' }),
    plan({ startsAtUs: us(8) }, doctor), plan({ startsAtUs: us(10, 1) }), plan({ startsAtUs: us(12) }), { kind: 'retraction', body: { target: 'e6' } },
    { kind: 'joint_visit', author: doctor, body: { text: 'x', state: 'planned', atUs: us(16), organisations: ['station', 'clinic'] } }, { kind: 'joint_visit', author: doctor, body: { text: 'x', state: 'held', atUs: us(7), organisations: ['station'] } }]);
  const { plans, made } = factsOf(timeline, ME, NOW);
  assert.deepEqual(plans.map(({ item, mine, joins }) => [item.id, mine, joins]), [['e4', false, false], ['e3', false, false], ['e2', true, false], ['e1', false, true], ['e8', false, true]]);
  assert.equal(made, null);
});

test('a visit made today is known by when it was made, the last one by the office that made it', () => {
  const visit = (days, author) => ({ kind: 'visit', body: { text: 'x', startedAtUs: us(9, days) }, author });
  const { made, last } = factsOf(timelineOf([visit(0), visit(-7), visit(-1, { person: 'colleague' }), visit(0, { person: 'dr', organisation: 'clinic' })]), ME, NOW);
  assert.deepEqual([made?.id, last?.id], ['e1', 'e1']);
  assert.equal(factsOf(timelineOf([visit(-7), visit(-1, { person: 'colleague' })]), ME, NOW).last?.id, 'e2');
});

test('facts are worked out again when the timeline or the day changes, and not before', () => {
  const today = new Today();
  const timeline = timelineOf([{ kind: 'visit_plan', body: { startsAtUs: us(10) } }]);
  const first = today.of(timeline, ME, NOW);
  assert.equal(today.of(timeline, ME, NOW + 60_000), first);
  assert.equal(today.of(timeline, ME, NOW + 86_400_000).plans.length, 0);
  timeline.apply({ ...timeline.items[0], id: 'later', seq: 2, body: { kind: 'visit_plan', startsAtUs: us(14) } });
  assert.equal(today.of(timeline, ME, NOW).plans.length, 2);
});

test('the planned by time, those visited without a plan, those added by hand, and the rest by what is due and how long nobody was there', () => {
  const facts = (plans = [], more = {}) => ({ plans, made: null, last: null, ...more });
  const plan = (atMs) => ({ atMs, mine: true, joins: false });
  const visited = (ms) => ({ kind: 'visit', body: { kind: 'visit' }, corrections: [], observedAtMs: ms, recordedAtMs: ms });
  const row = (id, given, more = {}) => ({ id, kana: id, facts: given, pinned: false, dueMs: Infinity, ...more });
  const { planned, unplanned, added, others } = sorted([row('late', facts([plan(20)])), row('early', facts([plan(10)])), row('pinned', facts(), { pinned: true }), row('made', facts([], { made: visited(5) })),
    row('long-ago', facts([], { last: visited(1) })), row('lately', facts([], { last: visited(9) })), row('due', facts([], { last: visited(9) }), { dueMs: 3 }), row('others-plan', facts([{ ...plan(1), mine: false }]))]);
  assert.deepEqual([planned, unplanned, added, others].map((rows) => rows.map(({ id }) => id)), [['early', 'late'], ['made'], ['pinned'], ['due', 'others-plan', 'long-ago', 'lately']]);
});

test('what was added by hand is this person\'s and this day\'s, and ids alone', () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key) };
  let now = NOW;
  const pins = new Pins(storage, 'me', () => now);
  for (const id of ['b', 'a', 'b']) pins.add(id);
  assert.deepEqual(pins.list, ['a', 'b']);
  assert.deepEqual(new Pins(storage, 'colleague', () => now).list, []);
  assert.deepEqual(JSON.parse([...kept.values()][0]), { day: 20_260_401, person: 'me', patients: ['a', 'b'] });
  now += 86_400_000;
  assert.deepEqual(pins.list, []);
  now = NOW;
  pins.remove('a');
  pins.remove('b');
  assert.equal(kept.size, 0);
  kept.set('renkei.visits', '{broken');
  assert.deepEqual(pins.list, []);
});

/** A round in front of a hub that takes everything. */
function roundOf() {
  const clock = new FakeClock();
  const posted = [];
  const model = { clock, changed: () => {}, rest: {}, hub: { dryRun: async (intent) => ({ id: intent.id, verdict: 'accepted', holds: [], reasons: [], alarms: [], opened: [], advice: [], words: [], cited: [] }), post: (intent) => posted.push(intent) } };
  const round = new Round(model, 'patient');
  return { round, posted, clock };
}

const BP = { values: [{ sign: 'systolic', value: '128', unit: 'mm[Hg]' }, { sign: 'diastolic', value: '76', unit: 'mm[Hg]' }], atMs: null, site: '', unsteady: false, stored: false };

test('a value from a meter names it; one that the hand changed does not', () => {
  const { round } = roundOf();
  round.take(BP, 'BP7000', '');
  assert.deepEqual(round.vital().body.vital.device, 'BP7000');
  round.type('spo2', '97');
  assert.equal(round.vital().body.vital.device, 'BP7000（systolic・diastolic）', 'the oximetry was typed');
  round.type('diastolic', '77');
  assert.equal(round.vital().body.vital.device, 'BP7000（systolic）');
  round.type('systolic', '129');
  assert.equal(round.vital().body.vital.device, undefined);
});

test('values and note are each written on behalf of whoever was named for it, and the next ones of nobody', async () => {
  const { round, posted } = roundOf();
  const helper = { person: 'kato', role: 'helper', organisation: 'help' };
  round.take(BP, 'BP7000', '');
  round.chosen.chips = { care: ['wiping'] };
  round.chosen.named = helper;
  assert.equal(round.vital().onBehalfOf, undefined, 'the values are her own');
  assert.deepEqual(round.visit().onBehalfOf, helper);
  round.named = helper;
  assert.ok(await round.sendVitals() && await round.sendNote());
  assert.deepEqual(posted.map(({ body, onBehalfOf }) => [Object.keys(body)[0], onBehalfOf]), [['vital', helper], ['visit', helper]]);
  round.take(BP, 'BP7000', '');
  round.chosen.chips = { care: ['wiping'] };
  assert.deepEqual([round.vital().onBehalfOf, round.visit().onBehalfOf], [undefined, undefined]);
});

test('a meter\'s own unit goes as it was given, until the field is written anew', () => {
  const { round } = roundOf();
  round.take({ ...BP, values: [{ sign: 'temperature', value: '98.8', unit: '[degF]' }], site: 'ear' }, 'T1', '');
  assert.deepEqual([round.vital().body.vital.measurements, round.vital().body.vital.site], [[{ sign: 'temperature', value: '98.8', unit: '[degF]' }], 'ear']);
  round.type('temperature', '');
  round.type('temperature', '37.1');
  assert.equal(round.vital().body.vital.measurements[0].unit, 'Cel');
});

test('values go before the note; what was sent is gone from the pad, and the note stays', async () => {
  const { round, posted } = roundOf();
  round.take(BP, 'BP7000', '');
  round.chosen.chips = { care: ['wiping'] };
  assert.ok(await round.sendVitals());
  assert.deepEqual([posted.length, Object.keys(posted[0].body), round.typed, round.sent?.kind], [1, ['vital'], {}, 'vital']);
  round.attaching.items = [{ state: 'sending', attachment: null }];
  assert.equal(await round.sendNote(), false, 'a photograph is still on its way');
  round.attaching.items = [];
  assert.ok(await round.sendNote());
  assert.deepEqual([posted[1].body.visit.text, round.chosen.chips, round.attaching.items], ['【行ったケア】清拭', {}, []]);
});

test('a note that a duty asks for says what it answers, once, also where more was begun before', async () => {
  const { round, posted } = roundOf();
  round.answer('cause');
  assert.equal(round.part, 'note');
  assert.equal(round.isBegun, false, 'nothing is written yet');
  const kept = { ...round.kept(), part: 'vitals', chosen: { ...round.chosen, about: '', sentence: 'ここまで' }, wounds: [] };
  round.adopt(kept, []);
  assert.deepEqual([round.part, round.visit().body.visit.about, round.visit().body.visit.text], ['note', 'cause', 'ここまで']);
  assert.ok(await round.sendNote());
  assert.deepEqual([posted[0].body.visit.about, round.sent], ['cause', { kind: 'visit', id: posted[0].id, atMs: round.sent.atMs }]);
  round.chosen.sentence = 'つぎ';
  assert.equal('about' in round.visit().body.visit, false);
});

test('what was written about somebody goes with them, but not while a list is read anew', () => {
  const { round } = roundOf();
  const { model } = round;
  Object.assign(model, { patients: new Map([['patient', {}]]) });
  keptRoundOf(model, 'patient').type('pulse', '72');
  const kept = keptRoundOf(model, 'patient');
  kept.note.state = 'judged';
  model.patients.clear();
  dropOthers(model);
  model.clock.ms += 5_000;
  dropOthers(model);
  assert.ok(isBegun(model, 'patient') && keptRoundOf(model, 'patient') === kept, 'for a moment');
  model.patients.set('patient', {});
  dropOthers(model);
  model.patients.clear();
  dropOthers(model);
  model.clock.ms += 11_000;
  dropOthers(model);
  assert.ok(!isBegun(model, 'patient') && keptRoundOf(model, 'patient').typed.pulse === undefined, 'for good');
});

/** The page's locker, as far as rounds see it. */
function fakeLocker() {
  const kept = new Map();
  return { kept, closed: false, read: async (store, key) => kept.get(`${store}/${key}`), write: async (changes) => {
    for (const { store, key, value } of changes) {
      if (value === undefined) kept.delete(`${store}/${key}`);
      else kept.set(`${store}/${key}`, JSON.parse(JSON.stringify(value)));
    }
  } };
}

/** A page that was opened anew: nothing of the one before but its locker. @param {object} locker */
function pageWith(locker, patients = ['patient']) {
  const { round, posted, clock } = roundOf();
  const { model } = round;
  const uploaded = [];
  Object.assign(model, { keeper: { locker }, emergency: { opened: new Map() }, patients: new Map(patients.map((id) => [id, {}])), uploaded });
  model.rest.upload = async (_, file) => {
    if (model.isAway) throw Object.assign(new Error('away'), { status: 0 });
    uploaded.push([file.name, Buffer.from(await file.arrayBuffer()).toString()]);
    return { sha256: 'cc', media_type: 'image/jpeg', size_bytes: file.size };
  };
  return { model, posted, clock, keeping: new RoundKeeping(model), uploaded };
}

test('a page that was taken away has what was begun again: values, choices, wounds and photographs, under their ids', async () => {
  const locker = fakeLocker();
  const before = pageWith(locker);
  await before.keeping.restore();
  const round = keptRoundOf(before.model, 'patient');
  round.take(BP, 'BP7000', '');
  round.chosen.chips = { care: ['wiping'] };
  round.named = round.chosen.named = { person: 'kato', role: 'helper', organisation: 'help' };
  before.model.isAway = true;
  const [here, there] = [new File(['later'], '創部 左足 2026-04-01.jpg', { type: 'image/jpeg' }), photo('aa', '創部 左足 2026-04-01')];
  round.attaching.adopt([there.attachment]);
  round.attaching.add([here]);
  round.wounds = [{ ...newWound(), place: 'left_foot', photos: [...round.attaching.items] }];
  round.noteEdited();
  await before.clock.pass(1_000);
  const ids = [round.vitals.id, round.note.id];

  const after = pageWith(locker);
  after.clock.ms = before.clock.ms;
  await after.keeping.restore();
  const again = keptRoundOf(after.model, 'patient');
  assert.ok(again !== round && again.isBegun);
  await after.clock.pass(1_000);
  assert.deepEqual([again.vitals.id, again.note.id], ids);
  assert.deepEqual(again.vital().body, round.vital().body, 'and the meter is named');
  assert.deepEqual([again.vital().onBehalfOf, again.visit().onBehalfOf], [round.named, round.named], 'and whoever told it');
  assert.deepEqual(after.uploaded, [['創部 左足 2026-04-01.jpg', 'later']], 'what the hub did not have is handed in');
  assert.deepEqual(again.visit().body.visit.attachments.map(({ sha256 }) => sha256), ['aa', 'cc']);
  assert.match(again.visit().body.visit.text, /^【行ったケア】清拭\n【創】左足$/);

  for (const send of ['sendVitals', 'sendNote']) {
    assert.ok(await again[send]());
    await after.clock.pass(1_000);
  }
  assert.equal(locker.kept.size, 0, 'what was sent is kept no more');
});

test('nothing begun is written before what was kept is there again; yesterday\'s, and whoever is seen in an emergency, are not', async () => {
  const locker = fakeLocker();
  const { model, clock, keeping } = pageWith(locker, ['patient', 'emergency']);
  keptRoundOf(model, 'patient').type('pulse', '72');
  await clock.pass(1_000);
  assert.equal(locker.kept.size, 0);
  await keeping.restore();
  model.emergency.opened.set('emergency', {});
  keptRoundOf(model, 'emergency').type('pulse', '80');
  await clock.pass(1_000);
  assert.deepEqual(locker.kept.get('records/rounds').map(({ patient }) => patient), ['patient']);
  const later = pageWith(locker);
  later.clock.ms = clock.ms + 17 * 3_600_000;
  await later.keeping.restore();
  assert.equal(keptRoundOf(later.model, 'patient').typed.pulse, undefined);
  locker.closed = true;
  const closed = pageWith(locker);
  await closed.keeping.restore();
  keptRoundOf(closed.model, 'patient').type('pulse', '60');
  await closed.clock.pass(1_000);
  assert.equal(locker.kept.get('records/rounds')[0].typed.pulse, '72', 'a locker that is closed is left alone');
});

test('photographs are made to fit, never larger than they were', () => {
  assert.deepEqual(fitted(4000, 3000), { width: SIDE_PX_MAX, height: 1_200 });
  assert.deepEqual(fitted(3000, 4000), { width: 1_200, height: SIDE_PX_MAX });
  assert.deepEqual(fitted(800, 600), { width: 800, height: 600 });
  assert.deepEqual(fitted(100_000, 1), { width: SIDE_PX_MAX, height: 1 });
});

test('speech is offered where the browser has it and the hub allows the microphone; whether it stays here is asked', async () => {
  class Recognition {}
  const browser = (allows, available) => ({ webkitSpeechRecognition: Object.assign(Recognition, { available }), document: { featurePolicy: { allowsFeature: () => allows } } });
  assert.deepEqual([isOffered({}), isOffered(browser(false)), isOffered(browser(true)), isOffered({ SpeechRecognition: Recognition, document: {} })], [false, false, true, true]);
  assert.deepEqual(await Promise.all([staysHere('ja-JP', browser(true, async () => 'available')), staysHere('ja-JP', browser(true, async () => 'downloadable')), staysHere('ja-JP', {})]), [true, false, false]);
  assert.deepEqual([isAgreed({ getItem: () => null }), isAgreed({ getItem: () => 'yes' })], [false, true]);
});
