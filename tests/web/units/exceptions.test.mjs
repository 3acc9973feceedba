// Exceptions without a device: nobody is chosen before somebody chooses, nobody grants themselves one, and who is who is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';

// What lit asks of a page when it is loaded.
globalThis.document = { createTreeWalker: () => ({}), createComment: () => ({}), documentElement: {} };
globalThis.HTMLElement = class {};
globalThis.localStorage = { getItem: () => null, setItem: () => {} };
await import('../../../web/later-phrases.js');
const { exceptionsPart, grantable } = await import('../../../web/views/exceptions.js');

/** All that a template says, in order. */
const flat = (shown) => (Array.isArray(shown) ? shown.map(flat).join('') : shown?.strings ? shown.strings.map((text, at) => text + flat(shown.values[at])).join('')
  : typeof shown === 'function' || typeof shown === 'symbol' ? '' : String(shown ?? ''));

const works = (id, role, organisation, more = {}) => ({ id, name: { kanji: id, kana: '' }, positions: [{ role, organisation }], ...more });
const granting = (people, office = '') => ({ exceptions: [], people, office, busy: false, model: { myId: '山本', organisationName: (id) => id } });

test('who may be given one: whoever works, of the office in question, and never oneself', () => {
  const people = [works('山本', 'secretariat', '事務局'), works('佐藤', 'nurse', 'みなと'), works('鈴木', 'nurse', 'ひかり'), works('田中', 'nurse', 'みなと', { active: false }), { id: '井上', name: '井上', positions: [] }];
  assert.deepEqual(grantable(granting(people)).map(({ id }) => id), ['佐藤', '鈴木']);
  assert.deepEqual(grantable(granting(people, 'ひかり')).map(({ id }) => id), ['鈴木']);
});

test('the list begins with nobody, is required, and says of each where they work', () => {
  const shown = flat(exceptionsPart(granting([works('佐藤', 'nurse', 'みなと'), works('鈴木', 'doctor', 'ひかり')]), async () => true, () => {}));
  const options = [...shown.matchAll(/<option value=([^>]*)>([^<]*)<\/option>/g)].map(([, value, words]) => [value, words]).slice(0, 3);
  assert.deepEqual(options, [['""', '人を選んでください'], ['佐藤', '佐藤（看護師・みなと）'], ['鈴木', '鈴木（医師・ひかり）']]);
  assert.match(shown, /<select name="person" required/);
  assert.match(shown, /いま許可している人はいません/);
});

test('where there is nobody else there is no form, and why is said', () => {
  const shown = flat(exceptionsPart(granting([works('山本', 'secretariat', '事務局')]), async () => true, () => {}));
  assert.doesNotMatch(shown, /<form/);
  assert.match(shown, /自分には許可できない/);
});
