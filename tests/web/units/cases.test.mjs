// Good-practice cases on the page: found by words and tags, and what may be done with one by whom.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actsOn, casesWith, lackingOf, textsOf } from '../../../web/console/cases.js';
import { PHRASES } from '../../../web/console/cases-phrases.js';

const words = (more) => ({ title: '退院前の顔合わせ', happened: 'カニューレの扱いが不安だった', done: '練習した', outcome: 'よく眠れた', roles: ['nurse'], tags: ['discharge'], shows_office: false, ...more });
const one = (id, more = {}, office = null) => ({ id, words: words(more), office_name: office, published_at: '' });
const ROLES = { nurse: '看護師', msw: '医療ソーシャルワーカー' };

test('a case is found by words wherever they stand, however they are written, and by its tag', () => {
  const cases = [one('a'), one('b', { title: '薬のカレンダー', tags: ['medication', 'discharge'], roles: ['msw'] }, 'みなと病院')];
  const found = (query, tag = '') => casesWith(cases, query, tag, (role) => ROLES[role]).map(({ id }) => id);
  assert.deepEqual(found(''), ['a', 'b']);
  assert.deepEqual(found('ｶﾆｭｰﾚ'), ['a', 'b']);
  assert.deepEqual(found('かにゅーれ　カレンダー'), ['b'], 'all words, whatever kana');
  assert.deepEqual(found('看護師'), ['a']);
  assert.deepEqual(found('みなと'), ['b']);
  assert.deepEqual(found('', 'medication'), ['b']);
  assert.deepEqual(found('顔合わせ', 'medication'), []);
});

test('all that others will read is looked through, and where the form is kept', () => {
  assert.deepEqual(textsOf(words(), '同意書綴り'), ['退院前の顔合わせ', 'カニューレの扱いが不安だった', '練習した', 'よく眠れた', '同意書綴り']);
});

test('what a case lacks to be handed in is named, as the hub would refuse it', () => {
  assert.deepEqual(lackingOf(words()), []);
  assert.deepEqual(lackingOf(words({ done: ' ', roles: [], tags: [] })), ['done', 'roles', 'tags']);
});

test('its author writes, hands in and throws away; the secretariat looks at what others handed in', () => {
  const can = (work, mayReview = false) => Object.entries(actsOn({ is_mine: false, is_published: false, ...work }, mayReview)).filter(([, may]) => may).map(([act]) => act);
  assert.deepEqual(can({ step: 'drafted', is_mine: true }), ['edit', 'handIn', 'discard']);
  assert.deepEqual(can({ step: 'handed_in', is_mine: true }), ['edit', 'discard']);
  assert.deepEqual(can({ step: 'returned', is_mine: true }), ['edit', 'handIn', 'discard']);
  assert.deepEqual(can({ step: 'approved', is_mine: true, is_published: true }), ['edit', 'withdraw']);
  assert.deepEqual(can({ step: 'drafted', is_mine: true, is_published: true }), ['edit', 'handIn', 'discard', 'withdraw']);
  assert.deepEqual(can({ step: 'withdrawn', is_mine: true }), []);
  assert.deepEqual(can({ step: 'handed_in' }, true), ['review', 'withdraw']);
  assert.deepEqual(can({ step: 'handed_in', is_mine: true }, true), ['edit', 'discard', 'withdraw'], 'nobody approves their own');
  assert.deepEqual(can({ step: 'drafted' }, true), ['withdraw']);
  assert.deepEqual(can({ step: 'withdrawn' }, true), []);
});

test('phrases are in order, in two languages, and name the same things', () => {
  const keys = Object.keys(PHRASES);
  assert.deepEqual(keys, [...keys].sort());
  const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [key, [ja, en]] of Object.entries(PHRASES)) {
    assert.ok(ja && en, key);
    assert.deepEqual(names(ja), names(en), key);
  }
});
