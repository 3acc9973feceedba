// The fold of duties on the page: opened and met by rulings, late by the hub's clock, answered by people. The same course
// as `src/domain/duties/tests.rs` tells of; and the golden frames that carry duties.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isLate, isOpen, isUnable, owes, readListed, standingOf, toldAt, wasLate } from '../../../web/duties.js';
import { readEntry, readVerdict } from '../../../web/frames.js';
import { dutiesOfOffice } from '../../../web/console/care.js';
import { Owing } from '../../../web/owing.js';
import { Timeline } from '../../../web/timeline.js';

const HOUR_MS = 3_600_000;
const DUE_MS = 10 * HOUR_MS;
const nurse = { person: 'n', role: 'nurse', organisation: 'station', organisationType: 'nursing_station' };
const doctor = { person: 'd', role: 'doctor', organisation: 'clinic', organisationType: 'clinic' };
const hub = { person: '00000000-0000-0000-0000-000000000000', role: 'gateway', organisation: '00000000-0000-0000-0000-000000000000', organisationType: 'secretariat' };
const owing = { id: 'duty', rule: 'ND-M1@e/1#00', debtors: [{ organisation: 'station', roles: ['nurse'] }], dueUs: `${DUE_MS}000`, terms: { acknowledge: true, waysOut: ['snooze', 'decline'] } };

/** A timeline with a device change at hour 6 that opened a duty due at hour 10; `then` are entries after it. */
function timelineWith(then, opened = owing) {
  const timeline = new Timeline('t');
  let seq = 0;
  const put = (hour, author, body, ruling = {}) => {
    seq += 1;
    timeline.apply(readEntry({ id: `e${seq}`, timeline: 't', seq: String(seq), recordedAtUs: `${hour * HOUR_MS}000`, content: { author, body, ruling } }));
  };
  put(6, doctor, { deviceChange: { device: '酸素' } }, { opened: [opened] });
  for (const entry of then) put(...entry);
  return timeline;
}

const after = (...then) => timelineWith(then).duties.all.get('duty');
const step = (hour, more) => [hour, hub, { dutyStep: { duty: 'duty', ...more } }];
const answer = (hour, more) => [hour, nurse, { dutyAnswer: { duty: 'duty', reason: '理由', ...more } }];
const met = (hour) => [hour, nurse, { acknowledgement: { target: 'e1' } }, { met: ['duty'] }];

test('a duty stands as what came after says', () => {
  const courses = [
    ['open', []],
    ['met', [met(8)]],
    ['overdue', [step(10, { overdue: {} })]],
    ['escalated', [step(10, { overdue: {} }), step(10, { escalated: {} })]],
    ['met', [step(10, { overdue: {} }), met(11)]],
    ['snoozed', [answer(9, { snoozedUntilUs: `${20 * HOUR_MS}000` })]],
    ['open', [answer(9, { snoozedUntilUs: `${9 * HOUR_MS}000` })]],
    ['declined', [answer(9, { declined: {} })]],
    ['waived', [[9, doctor, { dutyAnswer: { duty: 'duty', reason: '不要', waived: {} } }]]],
    ['closed', [step(9, { closed: 'no_longer_asked' })]],
    ['closed', [[9, doctor, { retraction: { target: 'e1', reason: 'mistake' } }]]],
    ['closed', [[9, doctor, { closing: { reason: 'moved' } }]]],
    ['declined', [answer(9, { declined: {} }), met(11)]],
    // What the clock had planned before more time was given no longer holds.
    ['snoozed', [answer(9, { snoozedUntilUs: `${20 * HOUR_MS}000` }), step(10, { overdue: {} })]],
    ['overdue', [answer(9, { snoozedUntilUs: `${20 * HOUR_MS}000` }), step(20, { round: 1, overdue: {} })]],
  ];
  for (const [stands, then] of courses) assert.equal(standingOf(after(...then)), stands, JSON.stringify(then));
});

test('late is late: also before the hub says so, and also when it was met since', () => {
  const open = after();
  assert.equal(isLate(open, DUE_MS - 1), false);
  assert.equal(isLate(open, DUE_MS + 1), true);
  const late = after(step(10, { overdue: {} }), met(11));
  assert.deepEqual([isLate(late, 12 * HOUR_MS), wasLate(late), isOpen(late)], [false, true, false]);
  assert.equal(wasLate(after(met(8))), false);
});

test('who cannot go makes it due at once; who hands over owes it no longer', () => {
  assert.equal(after(answer(8, { cannotGo: {} })).dueMs, 8 * HOUR_MS);
  const { debtors } = after(answer(8, { handedOver: { to: [{ organisation: 'other', roles: ['nurse'] }] } }));
  assert.deepEqual([owes(debtors, { role: 'nurse', organisation: { id: 'station' } }), owes(debtors, { role: 'nurse', organisation: { id: 'other' } })], [false, true]);
  assert.equal(owes(debtors, { role: 'helper', organisation: { id: 'other' } }), false);
  assert.equal(owes(debtors, null), false);
});

test('who said in time that they cannot is not late, and colleagues are; whoever takes it up again or is given it is not asked by that', () => {
  const unable = after(answer(8, { cannotGo: {} }), step(8, { round: 1, overdue: {} }), step(8, { round: 1, escalated: {} }));
  assert.deepEqual([isLate(unable, 9 * HOUR_MS), isUnable(unable, 'n'), isUnable(unable, 'colleague')], [true, true, false]);
  const done = after(answer(8, { cannotGo: {} }), step(8, { round: 1, overdue: {} }), met(9));
  assert.deepEqual([isUnable(done, 'n'), wasLate(done)], [false, false], 'no delay of theirs');
  assert.equal(after(answer(11, { cannotGo: {} })).unable, null, 'late already');
  for (const more of [{ snoozedUntilUs: `${20 * HOUR_MS}000` }, { handedOver: { to: [{ organisation: 'other', roles: ['nurse'] }] } }]) assert.equal(after(answer(8, { cannotGo: {} }), answer(9, more)).unable, null);
  const { list } = owingOf([timelineWith([answer(8, { cannotGo: {} })])]);
  assert.deepEqual([list.mine.open.length, list.mine.unable.length, list.waiting], [0, 1, 0]);
});

test('a standing duty rests while the patient is away, and a death ends it', () => {
  const standing = (...then) => timelineWith(then, { ...owing, standing: true }).duties.all.get('duty');
  assert.equal(standingOf(standing([7, doctor, { admission: { place: '病院' } }])), 'paused');
  assert.equal(isLate(standing([7, doctor, { admission: { place: '病院' } }]), 50 * HOUR_MS), false);
  assert.equal(standing([7, doctor, { admission: { place: '病院' } }], [31, doctor, { discharge: {} }]).dueMs, DUE_MS + 24 * HOUR_MS);
  assert.equal(standingOf(standing([7, doctor, { death: {} }])), 'closed');
  assert.equal(standingOf(after([7, doctor, { death: {} }])), 'open', 'what an entry asked for goes on');
});

test('a rule says what becomes of its duties when the patient goes to hospital or dies', () => {
  const of = (onAdmission, onDeath, ...then) => timelineWith(then, { ...owing, terms: { ...owing.terms, onAdmission, onDeath } }).duties.all.get('duty');
  const admitted = [7, doctor, { admission: { place: '病院' } }];
  const died = [8, doctor, { death: {} }];
  assert.equal(standingOf(of('pauses', 'closes', admitted)), 'paused');
  assert.equal(of('closes', 'closes', admitted).closedFor, 'admission');
  assert.equal(standingOf(of('goes_on', 'closes', admitted)), 'open');
  assert.equal(of('goes_on', 'closes', died).closedFor, 'death');
  assert.equal(standingOf(of('pauses', 'goes_on', admitted, died)), 'open', 'nobody is in hospital any more');
  const mistaken = of('goes_on', 'closes', died, [12, doctor, { retraction: { target: 'e2', reason: 'mistake' } }]);
  assert.deepEqual([standingOf(mistaken), mistaken.dueMs], ['open', DUE_MS + 4 * HOUR_MS]);
});

test('whoever takes the place of an office that left owes it, once for each time', () => {
  const passed = step(8, { inherited: { to: [{ organisation: 'office', roles: ['secretariat'] }] } });
  const duty = after(passed, passed);
  assert.deepEqual([duty.debtors.map(({ organisation }) => organisation), duty.inPlaceOf, duty.inherited], [['office'], ['station'], 1]);
  assert.deepEqual(after(passed, [9, { ...nurse, organisation: 'office' }, { dutyAnswer: { duty: 'duty', reason: '理由', handedOver: { to: [{ organisation: 'other' }] } } }]).inPlaceOf, []);
});

test('a duty that the clock opened is owed without a cause', () => {
  const timeline = timelineWith([[7, hub, { dutyStep: { duty: 'standing', opened: { ...owing, id: 'standing', standing: true } } }]]);
  assert.equal(timeline.duties.all.get('standing').cause, '');
  assert.deepEqual(timeline.duties.openedBy('e1').map(({ id }) => id), ['duty']);
});

test('a cause that is forgotten takes its duty along', () => {
  const timeline = timelineWith([met(8)]);
  timeline.forget('e1');
  assert.equal(timeline.duties.all.size, 0);
});

test('a step of the chain that tells the debtors tells whoever owes by then', () => {
  const chain = [{ told: [] }];
  const duty = timelineWith([answer(8, { handedOver: { to: [{ organisation: 'other', roles: ['nurse'], person: 'x' }] } })],
    { ...owing, chain, terms: { ...owing.terms, escalate: [{ of: 'debtor', capacity: 'manager', after: {} }] } }).duties.all.get('duty');
  assert.deepEqual(toldAt(duty, 0).map(({ organisation, capacity, person, roles }) => [organisation, capacity, person, ...roles]), [['other', 'manager', '', 'nurse']]);
});

/** What is owed by one nurse, of a model that has these timelines. */
function owingOf(timelines, { me = { role: 'nurse', organisation: { id: 'station' } }, pages = [] } = {}) {
  const asked = [];
  const model = {
    me, myId: 'n', isSecretariat: me.role === 'secretariat', timelines: new Map(timelines.map((one, at) => [`t${at}`, one])),
    changed: () => {}, keeper: { note() {} }, needs: { agreements: [] },
    failed: () => assert.fail('not asked to fail'), clock: { cancel: () => {}, now: () => 6 * HOUR_MS },
    rest: { duties: async (which) => (asked.push(which), pages[asked.length - 1]) },
    rule: async (citation) => ({ title: { ja: `題 ${citation}`, en: '' } }),
  };
  return { list: new Owing(model), asked };
}

test('my duties across patients: due soonest first, then what was done last', () => {
  const soon = timelineWith([], { ...owing, id: 'soon', dueUs: `${7 * HOUR_MS}000` });
  const done = timelineWith([[8, nurse, { acknowledgement: { target: 'e1' } }, { met: ['done'] }]], { ...owing, id: 'done' });
  const others = timelineWith([], { ...owing, id: 'others', debtors: [{ organisation: 'clinic', roles: ['doctor'] }] });
  const { open, done: ended } = owingOf([timelineWith([]), soon, done, others]).list.mine;
  assert.deepEqual(open.map(({ id }) => id), ['soon', 'duty']);
  assert.deepEqual(ended.map(({ id }) => id), ['done']);
});

test('a periodic duty is counted when it comes near, one of a patient who is away is not', () => {
  const standing = (days) => timelineWith([], { ...owing, id: `in ${days}`, standing: true, dueUs: `${days * 24 * HOUR_MS}000` });
  const away = timelineWith([[7, doctor, { admission: { place: '病院' } }]], { ...owing, id: 'away', standing: true });
  const { list } = owingOf([timelineWith([]), standing(2), standing(30), away]);
  assert.deepEqual([list.mine.open.length, list.waiting], [4, 2]);
});

const listed = (id, standing, more = {}) => ({
  id, timeline: 't9', rule: 'ND-M1@e/1#00', title: { ja: '知らせる', en: 'told' }, cause: null, opened_at: '2026-04-01T00:30:00Z', due: '2026-04-01T04:30:00Z',
  debtors: [{ organisation: 'station', roles: ['nurse'], capacity: 'member', person: null }], mine: false, standing, closed_for: null, overdue_at: null, ended_at: null,
  chain: [{ told: [], after_s: 0, clock: 'calendar', done: true }], ways_out: ['waive'], unconfirmed: false, ...more,
});

test('the secretariat is given what is late anywhere, page by page, with titles', async () => {
  const me = { role: 'secretariat', organisation: { id: 'office' } };
  const { list, asked } = owingOf([], { me, pages: [{ duties: [listed('a', 'overdue')], next: 't9' }, { duties: [listed('b', 'open'), listed('c', 'paused')], next: null }] });
  await list.refresh();
  assert.deepEqual(asked, [{ mine: false, after: '' }, { mine: false, after: 't9' }]);
  assert.deepEqual(list.mine.open.map(({ id }) => id), ['a']);
  assert.deepEqual(list.elsewhere.map(({ id }) => id).sort(), ['b', 'c'], 'it sees how all others stand');
  assert.deepEqual(list.title('ND-M1@e/1#00'), { ja: '知らせる', en: 'told' });
  assert.equal(standingOf(list.listed.get('c')), 'paused');
});

test('nobody but the secretariat is shown what others owe', async () => {
  const { list } = owingOf([], { pages: [{ duties: [listed('b', 'open', { debtors: [{ organisation: 'clinic', roles: ['doctor'], capacity: 'member', person: null }] })] }] });
  await list.refresh();
  assert.deepEqual([list.mine.open, list.elsewhere], [[], []]);
});

test('what a timeline says of a duty is newer than a list', async () => {
  const { list } = owingOf([timelineWith([met(8)])], { pages: [{ duties: [listed('duty', 'overdue')] }] });
  await list.refresh();
  assert.deepEqual(list.mine.open, []);
});

test('a title that is not known is asked for once', async () => {
  const { list } = owingOf([]);
  assert.equal(list.title('X@e/1'), null);
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(list.title('X@e/1').ja, '題 X@e/1');
});

test('spans and standings in words: one hour, two hours; what was declined is not said to be done', async () => {
  // What lit asks of a page when it is loaded.
  globalThis.document = { createTreeWalker: () => ({}), createComment: () => ({}), documentElement: {} };
  globalThis.HTMLElement = class {};
  globalThis.customElements = { define: () => {} };
  globalThis.localStorage = { getItem: () => null, setItem: () => {} };
  const { chooseLanguage } = await import('../../../web/language.js');
  const { debtorText, spanText, standingText } = await import('../../../web/views/duty-words.js');
  chooseLanguage('en');
  assert.deepEqual([0, 1, 2, 24, 47, 48, 96].map((hours) => spanText(hours * HOUR_MS)), ['1 minute', '1 hour', '2 hours', '24 hours', '47 hours', '2 days', '4 days']);
  const model = { organisationName: () => 'みなと', personName: () => '' };
  const ended = (standing) => standingText(model, readListed(listed('a', standing, { ended_at: '2026-04-01T03:00:00Z' })), 0);
  assert.deepEqual(['met', 'declined', 'waived', 'closed'].map((standing) => ended(standing).split(' ')[0]), ['done', 'declined', 'let', 'closed']);
  chooseLanguage('ja');
  assert.deepEqual(['met', 'declined', 'waived'].map((standing) => /済みました|お断り|求めないことに/.exec(ended(standing))?.[0]), ['済みました', 'お断り', '求めないことに']);
  const of = (capacity) => debtorText(model, { organisation: 's', organisationType: 'nursing_station', roles: ['nurse'], capacity, person: '' });
  assert.deepEqual([of('member'), of('manager'), of('contact')], ['みなと 看護師', 'みなとの管理者（決まっていなければ看護師）', 'みなとの連絡担当（決まっていなければ看護師）']);
});

test('golden frames: duties, holds and words are read whole', () => {
  const golden = (name) => JSON.parse(readFileSync(path.resolve(import.meta.dirname, `../../../proto/examples/server/${name}.json`), 'utf8'));
  const verdict = readVerdict('accepted', golden('dry_run_result_duties').dryRunResult);
  assert.equal(verdict.opened.length, 1);
  assert.deepEqual(verdict.opened[0].chain.map(({ afterMs, told }) => [afterMs, told.length]), [[0, 1], [4 * HOUR_MS, 1]]);
  assert.deepEqual(verdict.words.map(({ audience }) => audience), ['', 'author']);
  const { holds } = readVerdict('refused', golden('refused_held').refused);
  assert.deepEqual([holds[0].reasonOk, holds[0].missing[0][0].now.ja], [true, '文書が添えてない']);
  assert.equal(readEntry(golden('delivery_duties').delivery.entry).opened[0].acknowledge, true);
  assert.equal(readListed(listed('a', 'closed', { closed_for: 'death' })).closedFor, 'death');
});

test('an office’s administrator sees what the office owes for its patients: late first, newest standing, nothing of others or of the office itself', () => {
  const listed = (id, due, more = {}) => ({ id, rule: 'R', timeline: 'p', cause: null, debtors: [{ organisation: 'station', roles: ['nurse'], capacity: 'member', person: null }],
    due: new Date(due * HOUR_MS).toISOString(), opened_at: new Date(0).toISOString(), standing: 'open', chain: [], ways_out: [], ...more });
  const of = (raw, held = []) => dutiesOfOffice('station', raw, held, 12 * HOUR_MS).map(({ id }) => id);
  assert.deepEqual(of([listed('soon', 13), listed('late', 11), listed('overdue', 20, { standing: 'overdue' }), listed('now', 12.5)]), ['late', 'overdue', 'now', 'soon']);
  assert.deepEqual(of([listed('ours', 13, { timeline: 'station' }), listed('theirs', 13, { debtors: [{ organisation: 'clinic', roles: ['doctor'], capacity: 'member', person: null }] })]), []);
  assert.deepEqual(of([listed('done', 13)], [{ ...readListed(listed('done', 13)), stands: 'met' }]), [], 'met meanwhile');
});
