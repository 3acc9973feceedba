// Patients whose records do not open: the page knows how many, says so to each in their words, and names whom to tell.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../web/model.js';

// What lit asks of a page when it is loaded.
globalThis.document = { createTreeWalker: () => ({}), createComment: () => ({}), documentElement: {} };
globalThis.HTMLElement = class {};
globalThis.localStorage = { getItem: () => null, setItem: () => {} };
const { PHRASES, unreadableNotice } = await import('../../../web/views/unreadable.js');

/** All that a template says, in order. */
const flat = (shown) => (Array.isArray(shown) ? shown.map(flat).join('') : shown?.strings ? shown.strings.map((text, at) => text + flat(shown.values[at])).join('') : String(shown ?? ''));

test('phrases are in order, in two languages, and say how many', () => {
  assert.deepEqual(Object.keys(PHRASES), Object.keys(PHRASES).toSorted());
  for (const phrase of Object.values(PHRASES)) assert.deepEqual(phrase.map((text) => text.match(/\{(\w+)\}/g)), [['{count}'], ['{count}']]);
});

test('how many are missing is known with the list, and of one that is whole nothing is left', async () => {
  const asked = [];
  const answers = [{ patients: [{ id: 'a' }], unreadable: 2 }, { patients: [{ id: 'a' }, { id: 'b' }] }];
  const page = {
    isSecretariat: false, unreadablePatients: 0, rest: { patients: async (search) => (asked.push(search), answers.shift()) },
    emergency: { keep: () => {} }, keeper: { note: () => {} }, changed: () => {}, failed: assert.fail,
  };
  await Model.prototype.refreshPatients.call(page, {});
  assert.deepEqual([[...page.patients.keys()], page.unreadablePatients], [['a'], 2]);
  await Model.prototype.refreshPatients.call(page, {});
  assert.deepEqual([[...page.patients.keys()], page.unreadablePatients, asked], [['a', 'b'], 0, [{ mine: true }, { mine: true }]]);
});

test('a nurse is told to phone and to tell the secretariat, by its number; the secretariat not to register anybody again', () => {
  const organisations = new Map([['s', { name: '連携事務局', type: 'secretariat', phone: '03-5550-0106' }], ['c', { name: 'ひかり', type: 'clinic', phone: '03' }]]);
  const told = (role) => flat(unreadableNotice({ unreadablePatients: 1, isSecretariat: role === 'secretariat', me: { role }, organisations }));
  assert.match(told('nurse'), /担当の患者さんのうち 1 人.*連携事務局に知らせて.*tel:0355500106/s);
  assert.doesNotMatch(told('nurse'), /ひかり/);
  assert.match(told('family'), /見守っている方のうち 1 人.*連携事務局に知らせて.*tel:0355500106/s);
  // A hub that tells a family of no secretariat told it of the offices of its own team.
  organisations.delete('s');
  organisations.set('h', { name: '自宅', type: 'home', phone: '04' });
  assert.match(told('family'), /見守っている方のうち 1 人.*担当の事業所に知らせて.*tel:03".*ひかり/s);
  assert.doesNotMatch(told('family'), /自宅/);
  assert.doesNotMatch(told('nurse'), /tel:/);
  organisations.clear();
  assert.match(told('family'), /連携事務局に知らせて/);
  assert.match(told('secretariat'), /登録し直さず、ハブの運用者に/);
  assert.doesNotMatch(told('secretariat'), /tel:/);
});
