// Who needs this person first, who is spoken to, and a list that stands still.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreementAsked } from '../../../web/agreeing.js';
import { addressing, candidates, peopleOfTeam, rolesOfTeam, typingAt } from '../../../web/addressing.js';
import { readEntry } from '../../../web/frames.js';
import { addresseesOf, speaksTo } from '../../../web/mentions.js';
import { FILTERS, NO_NEED, byNeed, groupOf, whileRead } from '../../../web/need.js';
import { Steady } from '../../../web/steady.js';
import { Timeline } from '../../../web/timeline.js';

const need = (more) => ({ ...NO_NEED, ...more });
const ME = { id: 'me', role: 'nurse', organisation: 'station' };

test('late duties and alarms are seen at once, then what waits for me, then what is unread; the newest first among equals', () => {
  const rows = [
    ['quiet', need({ lastMs: 900 })], ['unread', need({ entries: 3, lastMs: 800 })], ['mentioned', need({ mentions: 1, entries: 1, lastMs: 100 })],
    ['owed later', need({ open: 1, dueMs: 5_000 })], ['owed soon', need({ open: 1, dueMs: 2_000 })], ['late', need({ late: 1, dueMs: 10 })],
    ['alarm', need({ alarms: 1, entries: 1 })], ['older', need({ lastMs: 1 })],
  ];
  assert.deepEqual(rows.toSorted(([, a], [, b]) => byNeed(a, b)).map(([name]) => name), ['alarm', 'late', 'owed soon', 'owed later', 'mentioned', 'unread', 'quiet', 'older']);
  assert.deepEqual(rows.map(([, one]) => groupOf(one)), ['rest', 'unread', 'mine', 'mine', 'mine', 'now', 'now', 'rest']);
  const left = (name) => rows.filter(([, one]) => FILTERS[name](one)).map(([row]) => row);
  assert.deepEqual([left('duties'), left('alarms'), left('mentions'), left('unread')], [['owed later', 'owed soon', 'late'], ['alarm'], ['mentioned'], ['unread', 'mentioned', 'alarm'].sort((a, b) => rows.findIndex(([one]) => one === a) - rows.findIndex(([one]) => one === b))]);
});

test('a patient being read keeps the place it had, and goes up when it is needed more', () => {
  const began = need({ entries: 4, mentions: 1, lastMs: 10 });
  assert.equal(groupOf(whileRead(began, need({ lastMs: 20 }))), 'mine');
  assert.equal(whileRead(began, need({ lastMs: 20 })).lastMs, 20);
  assert.equal(groupOf(whileRead(began, need({ alarms: 1, lastMs: 20 }))), 'now');
});

test('a list that is held keeps its order, puts what is new last, lets go of what went, and says that it is old', () => {
  const steady = new Steady();
  const rows = (text) => text.split(' ').map((one) => ({ id: one[0], group: one.slice(1), said: one }));
  const shown = (text, held) => steady.take(rows(text), held).map(({ id, group, said }) => `${id}${group}:${said}`).join(' ');
  assert.equal(shown('a1 b2 c2', false), 'a1:a1 b2:b2 c2:c2');
  assert.equal(shown('c1 a1 b2', true), 'a1:a1 b2:b2 c2:c1', 'what a row says is of now, where it stands is not');
  assert.equal(steady.isOld, true);
  assert.equal(shown('d1 c1 b2', true), 'b2:b2 c2:c1 d2:d1');
  assert.equal(shown('d1 c1 b2', false), 'd1:d1 c1:c1 b2:b2');
  assert.equal(steady.isOld, false);
});

test('an entry speaks to me by name, role or office, or by answering me; not my own, not one taken back', () => {
  const timeline = new Timeline('t');
  let seq = 0;
  const put = (id, author, body, more = {}) => timeline.apply(readEntry({ id, timeline: 't', seq: String(seq += 1), recordedAtUs: '1', content: { author: { person: author }, body, ...more } }));
  put('mine', 'me', { note: { text: 'seen' } });
  put('role', 'doctor', { message: { text: 'x', toRoles: ['nurse'] } });
  put('other', 'doctor', { message: { text: 'x', toRoles: ['pharmacist'] } });
  put('name', 'doctor', { note: { text: 'x' } }, { addressedTo: [{ person: 'me' }] });
  put('office', 'doctor', { order: { text: 'x' } }, { addressedTo: [{ organisation: 'station' }] });
  put('answer', 'doctor', { message: { text: 'x', answers: 'mine' } });
  put('own', 'me', { message: { text: 'x', toRoles: ['nurse'] } });
  put('wrong', 'doctor', { message: { text: 'x', toRoles: ['nurse'] } });
  put('gone', 'doctor', { retraction: { target: 'wrong', reason: 'mistake' } });
  const spoken = timeline.items.filter((item) => speaksTo(item, ME, timeline.byId)).map(({ id }) => id);
  assert.deepEqual(spoken, ['role', 'name', 'office', 'answer']);
  assert.deepEqual(timeline.unread(1, ME), { entries: 7, alarms: 0, mentions: 4 });
  assert.deepEqual(addresseesOf({ kind: 'message', toRoles: ['nurse', 'family'] }, [{ role: 'family' }]), [{ role: 'nurse' }, { role: 'family' }], 'each once');
});

test('the family sees what names them; a message names roles itself, a note beside its body', () => {
  assert.deepEqual(addressing('message', ['nurse', 'family'], ['p1']), { toRoles: ['nurse', 'family'], addressedTo: [{ role: 'family' }, { person: 'p1' }] });
  assert.deepEqual(addressing('note', ['nurse'], []), { toRoles: [], addressedTo: [{ role: 'nurse' }] });
});

test('an @ is one at the beginning of a word; who is offered is on this team, and never oneself', () => {
  assert.deepEqual(typingAt('明日 @看護', 6), { from: 3, query: '看護' });
  assert.deepEqual(typingAt('＠', 1), { from: 0, query: '' });
  for (const text of ['mail@example', '@看護師 済', '']) assert.equal(typingAt(text, text.length), null, text);
  const person = (id, kanji, kana, role, organisation) => [id, { id, name: { kanji, kana }, positions: [{ role, organisation }] }];
  const model = {
    myId: 'me', patients: new Map([['p', { team: [{ organisation: 'clinic', people: [] }, { organisation: 'station', people: ['me', 'n2'] }] }]]),
    people: new Map([person('d', '渡辺 健一', 'ワタナベ ケンイチ', 'doctor', 'clinic'), person('me', '佐藤 花子', 'サトウ ハナコ', 'nurse', 'station'), person('n2', '伊藤 さくら', 'イトウ サクラ', 'nurse', 'station'), person('n3', '木村 あい', 'キムラ アイ', 'nurse', 'station'), person('x', '中村 誠', 'ナカムラ マコト', 'pharmacist', 'pharmacy')]),
    personName: (id) => model.people.get(id)?.name.kanji ?? '',
  };
  assert.deepEqual(rolesOfTeam(model, 'p'), ['doctor', 'nurse']);
  assert.deepEqual(peopleOfTeam(model, 'p').map(({ person: one }) => one), ['d', 'n2'], 'those who are linked');
  assert.deepEqual(candidates(model, 'p', 'いと').map(({ person: one }) => one), ['n2']);
  assert.deepEqual(candidates(model, 'p', '看').map(({ role, person: one }) => [role, one]), [['nurse', '']]);
});

test('a registration waits for the doctor whom it names, until they acknowledge it or a link, or it is on paper; as the hub counts', () => {
  const DESK = { person: 'desk', role: 'secretariat' };
  const DOCTOR = { person: 'me', role: 'doctor' };
  const asked = (/** @type {[string, any, any][]} */ ...entries) => {
    const timeline = new Timeline('t');
    entries.forEach(([id, author, body], at) => timeline.apply(readEntry({ id, timeline: 't', seq: String(at + 1), recordedAtUs: '1', content: { author, body } })));
    return agreementAsked(timeline, 'me')?.id ?? null;
  };
  const registration = { registration: { agreedBy: 'me' } };
  const agreed = (/** @type {string} */ target) => /** @type {[string, any, any]} */ ([`a${target}`, DOCTOR, { acknowledgement: { target } }]);
  const first = /** @type {[string, any, any]} */ (['r', DESK, registration]);
  const link = /** @type {[string, any, any]} */ (['l', DESK, { teamLink: { organisation: 'clinic' } }]);
  const anew = /** @type {[string, any, any]} */ (['r2', DESK, registration]);
  assert.equal(asked(first, link), 'r');
  assert.equal(asked(first, link, anew), 'r2', 'written anew before the answer');
  assert.equal(asked(first, agreed('r')), null);
  assert.equal(asked(first, link, agreed('l')), null, 'the link of their office');
  assert.equal(asked(first, agreed('r'), anew), null, 'a name put right is not asked for again');
  assert.equal(asked(['r', DESK, { registration: { agreedBy: 'me', agreedOnPaper: '棚' } }]), null);
  assert.equal(asked(['r', { person: 'n', role: 'nurse' }, { registration: { agreedBy: 'me', agreedOnPaper: '棚' } }]), 'r', 'paper for which no secretariat vouches');
  assert.equal(asked(['r', DESK, { registration: { agreedBy: 'another' } }]), null);
  assert.equal(asked(['r', { person: 'd', role: 'doctor' }, registration]), null, 'a doctor registered');
  const other = /** @type {[string, any, any]} */ (['o', DESK, { registration: { agreedBy: 'another' } }]);
  assert.equal(asked(first, agreed('r'), other, ['r3', DESK, registration]), 'r3', 'another doctor stood between');
  assert.equal(groupOf(need({ asked: 1 })), 'mine');
  assert.equal(FILTERS.duties(need({ asked: 1 })), true);
});
