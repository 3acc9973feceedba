// The fold: corrections, retractions, acknowledgements, forgetting, what is unread; readings and the window.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEntry } from '../../../web/frames.js';
import { decimalIn, implausible, latest, readingsOf } from '../../../web/readings.js';
import { Timeline, currentBody, readers } from '../../../web/timeline.js';
import * as span from '../../../web/window.js';

let seq = 0;
function timelineOf(...bodies) {
  seq = 0;
  const timeline = new Timeline('t');
  for (const [id, body, more = {}] of bodies) {
    seq += 1;
    timeline.apply(readEntry({ id, timeline: 't', seq: String(seq), recordedAtUs: `${seq}000000`, content: { author: { person: more.by ?? 'nurse' }, body, ...more } }));
  }
  return timeline;
}
const note = (text) => ({ note: { text } });
const temperature = (value) => ({ vital: { measurements: [{ sign: 'temperature', value, unit: 'Cel' }] } });

test('an entry shows its last correction that was not taken back, and keeps all of them', () => {
  const timeline = timelineOf(
    ['a', note('first')],
    ['b', { correction: { target: 'a', reason: 'slip', body: note('second') } }],
    ['c', { correction: { target: 'a', body: note('third') } }],
    ['d', { retraction: { target: 'c', reason: 'mistake' } }],
  );
  const [item] = timeline.items;
  assert.equal(currentBody(item).text, 'second');
  assert.deepEqual(item.corrections.map((one) => one.id), ['b', 'c']);
  assert.equal(item.body.text, 'first');
  assert.equal(item.retraction, null);
});

test('a retracted reading leaves graph and table, a corrected one changes them', () => {
  const timeline = timelineOf(
    ['a', temperature('36.5')],
    ['b', temperature('63.8')],
    ['c', { correction: { target: 'b', body: temperature('38.6') } }, { alarms: [{ sign: 'temperature', value: '38.6', limit: '38' }] }],
    ['d', temperature('39')],
    ['e', { retraction: { target: 'd', reason: 'wrong_patient' } }],
  );
  const readings = readingsOf(timeline);
  assert.deepEqual(readings.map((reading) => reading.values.temperature), ['36.5', '38.6']);
  assert.equal(latest(readings).temperature.alarm.limit, '38');
});

test('readings stand in the order they were measured', () => {
  const timeline = timelineOf(['a', temperature('36')], ['late', temperature('37'), { observedAtUs: '500000' }]);
  assert.deepEqual(readingsOf(timeline).map((reading) => reading.item.id), ['late', 'a']);
});

test('the same entry twice is held once', () => {
  const timeline = timelineOf(['a', note('x')], ['b', note('y')]);
  assert.equal(timeline.apply(readEntry({ id: 'a', timeline: 't', seq: '1', content: { body: note('x') } })), false);
  assert.equal(timeline.items.length, 2);
});

test('a forgotten entry takes along what points at it', () => {
  const timeline = timelineOf(
    ['limits', { alarmLimits: { limits: [{ sign: 'spo2', low: '90' }] } }],
    ['a', note('x')],
    ['b', { correction: { target: 'a', body: note('y') } }],
    ['c', { acknowledgement: { target: 'b' } }],
    ['d', note('z')],
  );
  timeline.forget('a');
  assert.deepEqual(timeline.items.map((item) => item.id), ['limits', 'd']);
  assert.deepEqual(timeline.limits, [{ sign: 'spo2', low: '90' }]);
  timeline.forget('limits');
  assert.deepEqual(timeline.limits, []);
});

test('alarm limits are those of the last entry that was not taken back', () => {
  const limits = (low) => ({ alarmLimits: { limits: [{ sign: 'spo2', low }] } });
  const timeline = timelineOf(['a', limits('90')], ['b', limits('93')], ['c', { retraction: { target: 'b', reason: 'mistake' } }]);
  assert.deepEqual(timeline.limits, [{ sign: 'spo2', low: '90' }]);
});

test('unread is what others wrote after the marker; a retracted alarm is no alarm', () => {
  const alarms = [{ sign: 'spo2', value: '80', limit: '90', below: true }];
  const timeline = timelineOf(['a', note('1')], ['b', note('2'), { by: 'me' }], ['c', note('3'), { alarms }], ['d', note('4'), { alarms }],
    ['e', { retraction: { target: 'd', reason: 'mistake' } }]);
  assert.deepEqual(timeline.unread(1, { id: 'me', role: 'nurse', organisation: 'o' }), { entries: 3, alarms: 1, mentions: 0 });
  assert.deepEqual(timeline.unread(5, { id: 'me', role: 'nurse', organisation: 'o' }), { entries: 0, alarms: 0, mentions: 0 });
});

test('who has read: markers at or after the entry, its author left out', () => {
  const timeline = timelineOf(['a', note('1'), { by: 'doctor' }]);
  const markers = new Map([['doctor', { through: 1, atMs: 1 }], ['nurse', { through: 1, atMs: 2 }], ['helper', { through: 0, atMs: 3 }]]);
  assert.deepEqual(readers(markers, timeline.items[0]).map(([person]) => person), ['nurse']);
});

test('numbers are read as people type them, and slips are named', () => {
  assert.deepEqual(['３６．５', '36.50', ' 1,013 ', '120', '36。5'].map(decimalIn), ['36.5', '36.5', '1013', '120', '36.5']);
  assert.deepEqual(['', 'abc', '-1', '1e3', '36.5.1', '12345678'].map(decimalIn), [null, null, null, null, null, null]);
  assert.deepEqual(implausible('spo2', '980', '%'), { low: 0, high: 100 });
  assert.equal(implausible('spo2', '98', '%'), null);
  assert.equal(implausible('temperature', '98.6', '[degF]'), null, 'the hub judges what is not in the canonical unit');
});

test('the window never holds more rows than its bound, and reaches both ends', () => {
  const count = 10_000;
  let at = span.tail(count);
  let steps = 0;
  while (at.from > 0) {
    at = span.earlier(at);
    steps += 1;
    assert.ok(at.to - at.from <= span.WINDOW_ROWS_MAX && at.from >= 0);
  }
  while (at.to < count) {
    at = span.later(at, count);
    assert.ok(at.to - at.from <= span.WINDOW_ROWS_MAX && at.to <= count);
  }
  assert.ok(steps <= Math.ceil(count / span.STEP_ROWS));
  for (const row of [0, 5, 5_000, 9_999]) {
    const around = span.around(row, count);
    assert.ok(around.from <= row && row < around.to && around.to <= count, `${row}`);
  }
  assert.deepEqual(span.within({ from: 90, to: 120 }, 100), { from: 70, to: 100 });
});
