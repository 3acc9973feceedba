// One patient in a nutshell: what holds now, out of everything that was said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devicesTold, settingsBefore } from '../../../web/devices-told.js';
import { readEntry } from '../../../web/frames.js';
import { gist, measured } from '../../../web/gist.js';
import { summaryOf, today } from '../../../web/summary.js';
import { Timeline } from '../../../web/timeline.js';

const NOW = new Date(2026, 10, 28, 12).getTime();
function timelineOf(...bodies) {
  const timeline = new Timeline('t');
  bodies.forEach(([id, body], at) => timeline.apply(readEntry({ id, timeline: 't', seq: String(at + 1), recordedAtUs: `${NOW - (bodies.length - at) * 60_000}000`, content: { author: { person: 'p' }, body } })));
  return timeline;
}
const of = (...bodies) => summaryOf(timelineOf(...bodies), NOW);
const setting = (value) => [{ name: '酸素流量', value, unit: 'L/分' }];

test('devices stand as they were announced last, by whatever spelling; what was taken away is gone; what a visit found otherwise is said', () => {
  const { devices } = of(
    ['a', { nursingInstruction: { from: '2026-11-01', until: '2027-02-28', devices: [{ device: '在宅酸素濃縮装置', settings: setting('1') }, { device: '吸引器' }] } }],
    ['b', { deviceChange: { device: '在宅 酸素濃縮装置', change: 'setting', after: setting('２') } }],
    ['c', { deviceChange: { device: '吸引器', change: 'removed' } }],
    ['d', { visit: { text: 'x', devices: [{ device: '在宅酸素濃縮装置', settings: setting('2') }] } }],
    ['e', { visit: { text: 'x', devices: [{ device: '在宅酸素濃縮装置', settings: setting('3') }, { device: '輸液ポンプ', settings: [] }] } }],
  );
  assert.deepEqual(devices.map(({ name, settings, found }) => [name, settings[0]?.value, found?.settings[0].value]), [['在宅 酸素濃縮装置', '２', '3'], ['輸液ポンプ', undefined, undefined]]);
});

test('a change begins with the settings as they were told; what somebody wrote there stays', () => {
  const timeline = timelineOf(['a', { deviceChange: { device: '在宅酸素', change: 'setting', after: setting('1') } }], ['b', { deviceChange: { device: '吸引器', change: 'new' } }]);
  assert.deepEqual(devicesTold(timeline).map(({ name }) => name), ['在宅酸素', '吸引器']);
  assert.deepEqual(settingsBefore(timeline, {}, '在宅 酸素'), { before: setting('1') }, 'by whatever spelling');
  assert.deepEqual(settingsBefore(timeline, { device: '在宅酸素', before: setting('1') }, '在宅酸素の'), { before: [] }, 'not that one after all');
  assert.deepEqual(settingsBefore(timeline, { device: '吸引器', before: setting('3') }, '在宅酸素'), {}, 'written by hand');
});

test('what was taken back is as if never said, and what was corrected is as it is now', () => {
  const said = of(
    ['a', { allergies: { items: [{ allergyType: 'drug', substance: 'ペニシリン' }] } }],
    ['b', { allergies: { noneKnown: true } }],
    ['c', { retraction: { target: 'b', reason: 'wrong_patient' } }],
    ['d', { acpNote: { text: '自宅で過ごしたい', proxy: '長男' } }],
    ['e', { correction: { target: 'd', body: { acpNote: { text: '自宅で過ごしたい', proxy: '長女' } } } }],
  );
  assert.equal(said.allergies.body.items[0].substance, 'ペニシリン');
  assert.equal(said.acp.body.proxy, '長女');
  assert.equal(said.drugs, null);
});

test('problems and family: the newest list stands, and its gist names who is who', () => {
  const said = of(
    ['a', { problemList: { items: [{ name: '高血圧症', status: 'active' }] } }],
    ['b', { problemList: { items: [{ name: '慢性心不全', status: 'active', since: '2023-05-10', note: '塩分を控える' }, { name: '骨折', status: 'resolved' }] } }],
    ['c', { relatedPersons: { items: [{ name: '高橋 春子', relationship: 'child', relationshipText: '長女', keyPerson: true, phones: [{ number: '090-5550-0199', used: 'mobile' }] }, { name: '川口 民子', relationship: 'neighbour' }] } }],
    ['d', { relatedPersons: { nobody: true } }],
    ['e', { retraction: { target: 'd', reason: 'wrong_patient' } }],
  );
  assert.deepEqual(said.problems.body.items.map(({ name }) => name), ['慢性心不全', '骨折']);
  assert.equal(said.related.body.items[0].name, '高橋 春子');
  assert.equal(gist(said.problems.body), '慢性心不全（続いている） 2023年5月10日– 塩分を控える・骨折（解決済み）');
  assert.equal(gist(said.related.body), '高橋 春子（長女） キーパーソン 090-5550-0199・川口 民子（近所の人）');
  assert.equal(gist({ kind: 'related_persons', nobody: true }), '身寄りなし');
  assert.equal(of().related, null);
});

test('standing orders end with their day; orders after the list of drugs are told; visits to come; away until discharged', () => {
  const us = (ms) => `${ms}000`;
  const said = of(
    ['a', { standingOrder: { condition: '発熱', instruction: 'アセトアミノフェン', until: '2026-11-27' } }],
    ['b', { standingOrder: { condition: '疼痛', instruction: 'モルヒネ', until: '2026-11-28' } }],
    ['c', { order: { orderType: 'routine', text: '利尿薬を中止', changesDrugs: true } }],
    ['d', { medicationList: { drugs: [{ name: 'アムロジピン' }] } }],
    ['e', { order: { orderType: 'routine', text: '利尿薬を再開', changesDrugs: true } }],
    ['f', { visitPlan: { startsAtUs: us(NOW + 7_200_000) } }],
    ['g', { visitPlan: { startsAtUs: us(NOW - 7_200_000) } }],
    ['h', { admission: { place: '市民病院' } }],
  );
  assert.deepEqual(said.standing.map(({ body }) => body.condition), ['疼痛']);
  assert.deepEqual(said.drugsSince.map(({ body }) => body.text), ['利尿薬を再開']);
  assert.deepEqual(said.planned.map(({ item }) => item.id), ['f']);
  assert.equal(said.away.item.kind, 'admission');
  assert.equal(of(['a', { admission: { place: 'x' } }], ['b', { discharge: {} }]).away, null);
  assert.equal(today(NOW), '2026-11-28');
});

test('the gist of an entry in one line', () => {
  assert.deepEqual(measured([{ sign: 'systolic', value: '120', unit: 'mm[Hg]' }, { sign: 'diastolic', value: '70', unit: 'mm[Hg]' }, { sign: 'spo2', value: '97', unit: '%' }]), ['血圧 120/70 mmHg', 'SpO2 97 %']);
  assert.equal(gist({ kind: 'message', text: '> 前の話\n了解です。', attachments: [{ title: '写真' }] }), '了解です。・📎写真');
  assert.equal([...gist({ kind: 'note', text: 'あ'.repeat(500) })].length, 141);
  assert.equal(gist({ kind: 'device_change', device: '吸引器', change: 'setting', after: setting('2') }), '吸引器・設定変更・酸素流量 2 L/分');
});
