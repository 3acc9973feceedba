// For whom one may write, and what an entry written for somebody is to them and to the rules kept on the device.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forWhom } from '../../../web/addressing.js';
import { readEntry } from '../../../web/frames.js';
import { speaksTo } from '../../../web/mentions.js';
import { isSound } from '../../../web/rules/sound.js';

const TIMELINE = 'haru';
const people = [
  ['me', 'nurse', 'station'], ['colleague', 'nurse', 'station'], ['gateway', 'gateway', 'station'], ['helper', 'helper', 'help'],
  ['stranger', 'doctor', 'elsewhere'], ['one-of-clinic', 'doctor', 'clinic'], ['other-of-clinic', 'doctor', 'clinic'],
].map(([id, role, organisation]) => [id, { id, name: id, positions: [{ role, organisation }] }]);
people.find(([id]) => id === 'helper')[1].positions.push({ role: 'care_manager', organisation: 'help' });

const model = {
  myId: 'me', me: { organisation: { id: 'station' } }, people: new Map(people), personName: (id) => id,
  patients: new Map([[TIMELINE, { team: [{ organisation: 'help', people: [] }, { organisation: 'clinic', people: ['one-of-clinic'] }] }]]),
};

test('one’s own office comes first, linked or not; of other offices those on the team, in each of their roles', () => {
  const offered = forWhom(model, TIMELINE).map(({ organisation, people: of }) => [organisation, of.map(({ person, role }) => `${person} ${role}`)]);
  assert.deepEqual(offered, [
    ['station', ['colleague nurse']],
    ['clinic', ['one-of-clinic doctor']],
    ['help', ['helper care_manager', 'helper helper']],
  ]);
});

const raw = {
  id: 'e1', timeline: TIMELINE, seq: '4', recordedAtUs: '1775003400250000',
  content: { author: { person: 'colleague', role: 'nurse' }, body: { note: { text: '電話で' } }, onBehalf: { person: 'helper', role: 'helper', organisation: 'help', organisationType: 'home_help' } },
};
const itemOf = (entry) => ({ ...readEntry(entry), corrections: [], retraction: null, acknowledgements: [], replies: [] });

test('what was written for somebody speaks to them, and to nobody else because of it', () => {
  const item = itemOf(raw);
  const to = (id, role) => speaksTo(item, { id, role, organisation: 'help' }, new Map());
  assert.deepEqual(item.onBehalf, raw.content.onBehalf);
  assert.ok(to('helper', 'helper'));
  assert.ok(!to('another', 'helper'), 'a person is named, not a role');
  assert.ok(!speaksTo(item, { id: 'colleague', role: 'nurse', organisation: 'station' }, new Map()), 'not to whoever wrote it');
  assert.ok(!speaksTo({ ...item, retraction: item }, { id: 'helper', role: 'helper', organisation: 'help' }, new Map()));
  const { onBehalf, ...own } = raw.content;
  assert.equal(itemOf({ ...raw, content: own }).onBehalf, null);
});

test('of a draft that names somebody nothing is promised without the hub', () => {
  const around = { items: [], card: { birth_date: '1938-04-12' }, nowMs: Date.now() };
  const body = { text: '電話で' };
  assert.ok(isSound('note', body, {}, around));
  assert.ok(!isSound('note', body, { onBehalfOf: { person: 'helper', role: 'helper', organisation: 'help' } }, around));
});
