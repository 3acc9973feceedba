// Who has read an entry: whose marker went past it without having been shown it is not counted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEntry } from '../../../web/frames.js';
import { readersOf, unreadBy } from '../../../web/reached.js';
import { Timeline } from '../../../web/timeline.js';

const HOUR_MS = 3_600_000;
const OFFICES = { doctor: 'clinic', nurse: 'station', pharmacist: 'pharmacy', helper: 'help', family: 'home', gone: 'former' };

/** @param {[string, object, object?][]} said by whom, hour after hour; everybody has read all of it */
function modelOf(...said) {
  const timeline = new Timeline('t');
  said.forEach(([by, body, more = {}], at) => timeline.apply(readEntry({
    id: `e${at}`, timeline: 't', seq: String(at + 1), recordedAtUs: `${(at + 1) * HOUR_MS}000`,
    content: { author: { person: by, role: by, organisation: OFFICES[by], organisationType: 'clinic' }, body, ...more },
  })));
  const people = new Map(Object.entries(OFFICES).map(([id, organisation]) => [id, { id, positions: id === 'gone' ? [] : [{ role: id, organisation }] }]));
  const markers = new Map([['t', new Map(Object.keys(OFFICES).map((person) => [person, { through: said.length, atMs: 1 }]))]]);
  const model = { people, markers, timeline: () => timeline };
  return { model, timeline, read: (at) => readersOf(model, timeline.items[at]).map(({ person }) => person).sort(), unread: (at) => unreadBy(model, timeline.items[at]).map(({ person }) => person).sort() };
}

const note = { note: { text: '様子' } };
const link = (organisation, history, more = {}) => ({ teamLink: { organisation, history, ...more } });

test('whom a later link showed nothing of the past is not among those who read it; whom it showed all or a part is', () => {
  const { read } = modelOf(['nurse', note], ['nurse', note], ['doctor', link('pharmacy', 'nothing')], ['doctor', link('help', 'from', { historyFromUs: `${1.5 * HOUR_MS}000` })],
    ['doctor', link('station', 'all')], ['nurse', note]);
  assert.deepEqual(read(0), ['doctor', 'gone'], 'neither pharmacist nor helper, and no author');
  assert.deepEqual(read(1), ['doctor', 'gone', 'helper']);
  assert.deepEqual(read(5), ['doctor', 'gone', 'helper', 'pharmacist'], 'what came after the links all of them have');
});

test('an office that once saw all may have read it then; an emergency access opens all of the past; one’s own is shown always', () => {
  const relinked = modelOf(['nurse', note], ['doctor', link('pharmacy', 'all')], ['doctor', link('pharmacy', 'nothing')]);
  assert.ok(relinked.read(0).includes('pharmacist'));
  const opened = modelOf(['nurse', note], ['pharmacist', { emergencyAccess: { reason: '搬送', minutes: 60 } }], ['doctor', link('pharmacy', 'nothing')]);
  assert.ok(opened.read(0).includes('pharmacist'));
  const own = modelOf(['pharmacist', note], ['doctor', link('pharmacy', 'nothing')]);
  own.model.people.set('colleague', { id: 'colleague', positions: [{ role: 'pharmacist', organisation: 'pharmacy' }] });
  own.model.markers.get('t').set('colleague', { through: 9, atMs: 1 });
  assert.ok(own.read(0).includes('colleague'));
});

test('family has read what was addressed to them', () => {
  const { read } = modelOf(['nurse', note], ['nurse', { message: { text: 'ご家族へ', toRoles: ['family'] } }], ['nurse', note, { addressedTo: [{ person: 'family' }] }]);
  assert.deepEqual([0, 1, 2].map((at) => read(at).includes('family')), [false, true, true]);
});

test('a link that comes later is counted at once', () => {
  const { timeline, read } = modelOf(['nurse', note]);
  assert.ok(read(0).includes('pharmacist'), 'nothing is known of their link: it is not on this page');
  timeline.apply(readEntry({ id: 'l', timeline: 't', seq: '2', recordedAtUs: `${9 * HOUR_MS}000`, content: { author: { person: 'doctor', role: 'doctor', organisation: 'clinic' }, body: link('pharmacy', 'nothing') } }));
  assert.ok(!read(0).includes('pharmacist'));
});

test('who of the team has not read it is told apart: nobody to whom it was not shown, no machine, not its author', () => {
  const { model, read, unread } = modelOf(['nurse', note], ['doctor', link('pharmacy', 'nothing')], ['nurse', note]);
  model.people.set('machine', { id: 'machine', positions: [{ role: 'gateway', organisation: 'station' }] });
  model.people.set('colleague', { id: 'colleague', positions: [{ role: 'nurse', organisation: 'station' }] });
  model.patients = new Map([['t', { team: ['clinic', 'station', 'pharmacy', 'home'].map((organisation) => ({ organisation })) }]]);
  assert.deepEqual(unread(2), ['colleague'], 'all others have');
  for (const person of ['doctor', 'pharmacist', 'family']) model.markers.get('t').delete(person);
  model.markers.get('t').set('machine', { through: 3, atMs: 1 });
  assert.deepEqual(unread(2), ['colleague', 'doctor', 'pharmacist']);
  assert.deepEqual(unread(0), ['colleague', 'doctor'], 'what came before their link was not shown to the pharmacy');
  assert.ok(!read(2).includes('machine'));
});
