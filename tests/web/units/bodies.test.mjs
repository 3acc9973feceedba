// Every golden body as the timeline shows it: all that was written is there, in words, in both languages. Templates are
// only put together here, not painted; the stories look at the painted page.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readBody } from '../../../web/frames.js';
import { WORDS } from '../../../web/words.js';

// What lit asks of a page when it is loaded; nothing of it is used to put templates together.
globalThis.document = { createTreeWalker: () => ({}), createComment: () => ({}), documentElement: {} };
globalThis.HTMLElement = class {};
globalThis.customElements = { define: () => {} };
globalThis.localStorage = { getItem: () => null, setItem: () => {} };
const { bodyOf } = await import('../../../web/views/bodies.js');
await import('../../../web/later-phrases.js');
await import('../../../web/views/later-values.js');
const { chooseLanguage } = await import('../../../web/language.js');

const EXAMPLES = path.resolve(import.meta.dirname, '../../../proto/examples/client');
const model = { personName: (id) => `person ${id}`, organisationName: (id) => `organisation ${id}`, timelines: new Map() };

/** The words of a template, as one text. */
function wordsOf(template) {
  if (template === null || template === undefined || typeof template === 'symbol' || typeof template === 'function') return '';
  if (Array.isArray(template)) return template.map(wordsOf).join(' ');
  if (typeof template !== 'object') return String(template);
  // A file, which an element of its own shows.
  if (template.sha256) return template.title;
  return (template.strings ?? []).map((part, at) => part + wordsOf(template.values?.[at])).join('');
}

/** What is about another entry is shown with that entry. */
const ABOUT_ANOTHER = ['acknowledgement', 'correction', 'retraction'];
const bodies = readdirSync(EXAMPLES).filter((name) => /^post_.*\.json$/.test(name)).map((name) =>
  [name, readBody(JSON.parse(readFileSync(path.join(EXAMPLES, name), 'utf8')).post.intent.body)]).filter(([, body]) => !ABOUT_ANOTHER.includes(body.kind));

/** Texts people wrote: not ids, codes, moments or numbers. */
function written(value) {
  if (typeof value === 'string') return /[^\x00-\x7f]/.test(value) ? [value] : [];
  return value && typeof value === 'object' ? Object.values(value).flatMap(written) : [];
}

for (const language of ['ja', 'en']) {
  test(`what people wrote is shown, and codes as words (${language})`, () => {
    chooseLanguage(language);
    for (const [name, body] of bodies) {
      const shown = wordsOf(bodyOf(body, { model, alarms: [] }));
      assert.ok(!/undefined|\[object/.test(shown), `${name}: ${shown}`);
      for (const text of written(body)) assert.ok(shown.includes(text), `${name} hides “${text}”`);
    }
  });
}

test('a code is never shown as it is where there is a word for it', () => {
  chooseLanguage('ja');
  const codes = new Set(Object.values(WORDS).flatMap((list) => Object.keys(list)).filter((code) => /_/.test(code)));
  for (const [name, body] of bodies) {
    const shown = wordsOf(bodyOf(body, { model, alarms: [] })).replace(/<[^>]*>/g, ' ');
    for (const code of codes) assert.ok(!new RegExp(`(^|\\s)${code}(\\s|$)`).test(shown), `${name} shows ${code}`);
  }
});

test('limits read as the range that is right for this patient, not as when the alarm is', () => {
  chooseLanguage('ja');
  const shown = (limits) => wordsOf(bodyOf({ kind: 'alarm_limits', limits }, { model, alarms: [] })).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  assert.match(shown([{ sign: 'spo2', low: '92' }]), /この方の範囲 SpO2 92 以上/);
  assert.doesNotMatch(shown([]), /この方の範囲/);
});

test('a kind of a newer hub shows what was written', () => {
  assert.ok(wordsOf(bodyOf({ kind: 'telepathy', text: '思い' }, { model, alarms: [] })).includes('思い'));
});
