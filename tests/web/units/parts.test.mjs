// The small parts: ids, pauses, close codes, sign-in links, languages, citations' shape.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeClosing, pauseMs } from '../../../web/closing.js';
import { deviceName, takeFromAddress, tokenIn } from '../../../web/credentials.js';
import { DOOR_PHRASES } from '../../../web/door-phrases.js';
import { preferred } from '../../../web/language.js';
import { LATER_PHRASES } from '../../../web/later-phrases.js';
import { PHRASES } from '../../../web/phrases.js';
import { uuidV7 } from '../../../web/uuid.js';

test('ids are UUIDv7, carry the moment, and are ordered even when the clock steps back', () => {
  const moments = [1_700_000_000_000, 1_700_000_000_000, 1_699_999_999_000, 1_700_000_000_001];
  const ids = moments.map((ms) => uuidV7(() => ms));
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(ids[0].replace(/-/g, '').slice(0, 12), 16), moments[0]);
  assert.deepEqual([...ids].sort(), ids);
  const many = Array.from({ length: 20_000 }, () => uuidV7(() => 1_700_000_000_002));
  assert.deepEqual([...new Set(many)].sort(), many);
});

test('pauses grow to half a minute, are spread, and respect the hub', () => {
  const spread = [0, 1, 2, 3, 20].map((attempt) => [pauseMs(attempt, 0), pauseMs(attempt, 0.999)]);
  for (const [low] of spread) assert.equal(low, 0);
  assert.deepEqual(spread.slice(0, 3).map(([, high]) => Math.round(high / 1000)), [1, 2, 4]);
  assert.ok(spread[4][1] <= 30_000 && spread[4][1] > 29_000);
  assert.ok(pauseMs(0, 0, 60_000) >= 60_000);
});

test('goodbye is believed before the table; an unknown code of the hub is final, one of the network is not', () => {
  const goodbye = { code: 'going_away', retry: true, retryAfterMs: 5 };
  assert.deepEqual(judgeClosing(4200, goodbye), { retry: true, code: 'going_away', afterMs: 5, reason: undefined });
  assert.deepEqual(judgeClosing(4103, null), { retry: true, code: 'ticket_refused', afterMs: 0 });
  for (const code of [1001, 1005, 1006, 1009, 1011, 1012, 1013]) assert.equal(judgeClosing(code, null).retry, true, `${code}`);
  for (const code of [4200, 4102, 4999]) assert.equal(judgeClosing(code, null).retry, false, `${code}`);
});

test('what a link carries leaves the address at once', () => {
  const replaced = [];
  const history = { replaceState: (...args) => replaced.push(args) };
  assert.deepEqual(takeFromAddress({ hash: '#token=abc.DEF-123', pathname: '/' }, history), { token: 'abc.DEF-123', invitation: null, enrolment: null, isBack: false });
  assert.deepEqual(takeFromAddress({ hash: '#invitation=rk_x', pathname: '/' }, history), { token: null, invitation: 'rk_x', enrolment: null, isBack: false });
  assert.deepEqual(takeFromAddress({ hash: '#enrolment=rk_y', pathname: '/' }, history), { token: null, invitation: null, enrolment: 'rk_y', isBack: false });
  assert.deepEqual(replaced, [[null, '', '/'], [null, '', '/'], [null, '', '/']]);
  assert.deepEqual(takeFromAddress({ hash: '#/patients/x', pathname: '/' }, {}), { token: null, invitation: null, enrolment: null, isBack: false });
});

test('a device is named by its browser and its system', () => {
  const android = 'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
  const ipad = 'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
  assert.deepEqual([android, ipad, 'curl/8'].map(deviceName), ['Chrome / Android', 'Safari / iPad', '']);
});

test('a pasted link or token is taken, anything else is not', () => {
  assert.equal(tokenIn(' https://hub.example/#token=abcdefghijklmnop1 '), 'abcdefghijklmnop1');
  assert.equal(tokenIn('abcdefghijklmnop1'), 'abcdefghijklmnop1');
  for (const text of ['', 'https://hub.example/', 'short', 'two words that are long enough']) assert.equal(tokenIn(text), null, text);
});

test('Japanese first: English for who chose it or asks for it before Japanese', () => {
  assert.equal(preferred(null, ['fr-FR']), 'ja');
  assert.equal(preferred(null, ['de', 'en-US']), 'en');
  assert.equal(preferred(null, ['ja', 'en']), 'ja');
  assert.equal(preferred('en', ['ja']), 'en');
  assert.equal(preferred('xx', ['ja']), 'ja');
});

test('every phrase stands in both languages and takes the same values', () => {
  for (const [key, phrase] of Object.entries(PHRASES)) {
    assert.equal(phrase.length, 2, key);
    const [ja, en] = phrase.map((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort());
    assert.deepEqual(ja, en, key);
    assert.ok(phrase[0] && phrase[1], key);
  }
  // What has a file of its own comes first.
  const joined = [DOOR_PHRASES, LATER_PHRASES].map(Object.keys);
  const first = Object.keys(PHRASES).filter((key) => !joined.flat().includes(key));
  assert.equal(Object.keys(PHRASES).length, first.length + joined.flat().length, 'no phrase is said twice');
  for (const keys of [first, ...joined]) assert.deepEqual(keys, keys.toSorted(), 'in alphabetical order');
});
