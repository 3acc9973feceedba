// How stories ask the page: not at one instant. What comes of an act is painted with a later frame, and on a slow machine much
// later; `becomes`, `holds` and `isTicked` of `page.mjs` ask until it is so.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const STORIES = path.resolve(import.meta.dirname, '../stories');
/** An assertion on what a locator or the page says just now. */
const AT_ONE_INSTANT = /assert\.(?:equal|deepEqual|match|ok)\((?:\w+\()*await [^;]*\.(?:count|innerText|allInnerTexts|textContent|isVisible|isChecked|inputValue|getAttribute)\(/;

test('no story asserts what the page says at one instant', () => {
  const hurried = readdirSync(STORIES).flatMap((file) => readFileSync(path.join(STORIES, file), 'utf8').split('\n')
    .flatMap((line, at) => (AT_ONE_INSTANT.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])));
  assert.deepEqual(hurried, []);
  assert.match('assert.equal(await page.locator(\'x\').count(), 0);', AT_ONE_INSTANT);
});
