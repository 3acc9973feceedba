// What is blacked out is gone, drugs that begin like a name are not; and what became of a request to take records out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEntry } from '../../../web/frames.js';
import { knownOf } from '../../../web/paper.js';
import { leaks, masked, redactor } from '../../../web/redact.js';
import { PaperPermission, requestsOn, scopeOf, termsOf } from '../../../web/paper-permission.js';
import { Timeline } from '../../../web/timeline.js';

const ALL = { name: true, birth: true, phones: true, words: ['港区春日1-2-3', '春子'] };
const known = (kanji, kana, birthDate = '1938-04-12') => ({ name: { kanji, kana }, birthDate, identifiers: ['A-123456'] });

test('the first letter of each part of a name stays', () => {
  assert.deepEqual(['高橋 ハル', '林 昭', 'タカハシ ハル', 'Smith John'].map(masked), ['高● ハ●', '● ●', 'タ●●● ハ●', 'S●●●● J●●●']);
});

test('a name goes however it is written; a drug that begins like it stays', () => {
  const redact = redactor(known('高橋 ハル', 'タカハシ ハル'), ALL);
  for (const [text, left] of [
    ['高橋 ハルさん、高橋ハル様、高橋　ハル', '高● ハ●さん、高● ハ●様、高● ハ●'],
    ['高橋さん宅へ。ハルさんの様子', '高●さん宅へ。ハ●さんの様子'],
    ['たかはし はる / タカハシハル', 'た●●● は● / タ●●● ハ●'],
    ['ハルシオン0.25mgを1錠。春はるばる', 'ハルシオン0.25mgを1錠。春はるばる'],
    ['長女 春子さん（港区春日1-2-3）', '長女 ●●さん（●●●●●●●●）'],
    ['被保険者番号 A-123456', '被保険者番号 ●●●●●●●●'],
  ]) assert.equal(redact(text), left);
});

test('a family name of one letter goes where a person is meant', () => {
  const redact = redactor(known('林 昭', 'ハヤシ アキラ'), ALL);
  assert.equal(redact('林さん、林様は林檎を。山林の昭和。林の話。林 昭'), '●さん、●様は林檎を。山林の昭和。●の話。● ●');
});

test('a day of birth in every way it is written, and telephone numbers', () => {
  const redact = redactor(known('高橋 ハル', 'タカハシ ハル'), ALL);
  for (const text of ['1938年4月12日', '1938-04-12', '1938/4/12', '昭和13年4月12日', 'S13.4.12']) assert.equal(redact(`${text}生`), '●年●月●日生', text);
  assert.equal(redact('19380412'), '●●●●●●●●');
  assert.equal(redact('1938年4月13日、SpO2 97、体温36.5'), '1938年4月13日、SpO2 97、体温36.5');
  for (const phone of ['03-5550-0101', '09055500111', '０９０－５５５０－０１１１', '(03)5550-0101'.slice(1)]) assert.match(redact(`電話${phone}`), /^電話●●●●/, phone);
  assert.equal(redactor(known('高橋 ハル', 'タカハシ ハル'), { name: false, birth: false, phones: false, words: [] })('高橋 ハル 03-5550-0101'), '高橋 ハル 03-5550-0101');
});

test('names of family go with the patient’s own, and what is left of them is found', () => {
  const one = { ...known('高橋 ハル', 'タカハシ ハル'), close: ['川口 民子', '太郎'] };
  assert.equal(redactor(one, ALL)('川口 民子さん（090-5550-0199）、川口民子、太郎さんに電話。'), '川● 民●さん（●●●●）、川● 民●、太●さんに電話。');
  assert.equal(redactor(one, { ...ALL, name: false })('川口 民子'), '川口 民子');
  assert.ok(leaks('川 口民子', one, ALL) && !leaks('川● 民●', one, ALL) && !leaks('川口 民子', one, { ...ALL, name: false }));
});

test('whoever decides for the patient is known by name, not by what they are to them', () => {
  const timeline = new Timeline('p');
  timeline.apply(readEntry({ id: 'a', timeline: 'p', seq: '1', recordedAtUs: '1000', content: { author: { person: 'n', role: 'nurse' }, body: { acpNote: { text: '家で', proxy: '長女 川口 春子' } } } }));
  const model = /** @type {any} */ ({ timeline: () => timeline, patientName: () => ({ kanji: '高橋 ハル', kana: 'タカハシ ハル' }), patients: new Map() });
  assert.deepEqual(knownOf(model, 'p').close, ['川口 春子']);
});

test('what is still there is found: in another width, spaced, or never blacked out', () => {
  const one = known('高橋 ハル', 'タカハシ ハル');
  assert.equal(leaks('高 橋 ハ ル', one, ALL), true);
  assert.equal(leaks('ﾀｶﾊｼ ﾊﾙ', one, ALL), true);
  assert.equal(leaks('港区春日１-２-３', one, ALL), true);
  assert.equal(leaks(redactor(one, ALL)('高橋 ハル 03-5550-0101 港区春日1-2-3'), one, ALL), false);
  assert.equal(leaks('高橋 ハル', one, { ...ALL, name: false }), false);
});

test('terms become the same words and come back; requests wait, are permitted once, declined or used', () => {
  const terms = { purpose: '紹介', to: 'みどり歯科', from: '2026-11-20', until: '2026-11-27', hides: ['name', 'phones'] };
  const scope = scopeOf(terms);
  assert.deepEqual(termsOf({ purpose: '紹介', scope }), terms);
  assert.equal(termsOf({ purpose: 'x', scope: '10月分の記録' }), null);
  const timeline = new Timeline('office');
  let seq = 0;
  const put = (id, role, body, by = role) => timeline.apply(readEntry({ id, timeline: 'office', seq: String(seq += 1), recordedAtUs: `${seq}000`, content: { author: { person: by, role }, body } }));
  const ask = (id) => put(id, 'nurse', { export: { purpose: '紹介', scope, patients: ['p'], planned: true } });
  ['waiting', 'permitted', 'used', 'own'].forEach(ask);
  put('a', 'secretariat', { acknowledgement: { target: 'permitted' } });
  put('b', 'secretariat', { acknowledgement: { target: 'used' } });
  put('c', 'nurse', { export: { purpose: '紹介', scope, patients: ['p'], request: 'used' } });
  put('d', 'doctor', { acknowledgement: { target: 'own' } });
  assert.deepEqual(requestsOn(timeline).map(({ id, standing }) => [id, standing]), [['own', 'waiting'], ['used', 'done'], ['permitted', 'permitted'], ['waiting', 'waiting']]);
});

test('only an accepted post lets the sheet be opened: not one refused, nor one that is simply gone', async () => {
  const outcome = async (settle) => {
    const outbox = { items: [{ intent: { id: 'e' }, state: 'sent' }], results: [], find: (id) => outbox.items.find(({ intent }) => intent.id === id), remove: () => { outbox.items = []; } };
    let changed = () => {};
    const model = { outbox, listen: (call) => { changed = call; return () => {}; }, clock: { cancel() {} } };
    const taking = new PaperPermission(model, 'p', () => null, () => {});
    const settled = taking.settled('e');
    changed();
    settle(outbox);
    changed();
    return settled;
  };
  assert.equal(await outcome((outbox) => Object.assign(outbox, { items: [], results: [{ id: 'e' }] })), true);
  assert.equal(await outcome((outbox) => { outbox.items = []; }), false, 'gone');
  assert.equal(await outcome((outbox) => { outbox.items = [{ intent: { id: 'e' }, state: 'refused', verdict: { reasons: [{ ja: '不可', en: 'no' }] } }]; }), false);
});
