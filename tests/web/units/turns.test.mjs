// Turns of a section of the console: nothing that was pressed is lost, nothing is done twice, and nothing is done on top of
// what did not go well.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../../web/console/turns.js';

/** Works off what is pressed, as a section does; what was begun, in its order. */
function section() {
  const turns = new Turns();
  const begun = [];
  const ends = new Map();
  const press = async (name, by) => {
    const turn = turns.take(by);
    if (turn !== true && !(await turn)) return 'not done';
    begun.push(name);
    const isWell = await new Promise((resolve) => { ends.set(name, resolve); });
    return turns.end(isWell) ? 'others left out' : 'done';
  };
  /** Lets it end, and whatever follows begin. */
  const end = async (name, isWell = true) => {
    ends.get(name)(isWell);
    await new Promise(setImmediate);
  };
  return { turns, begun, press, end };
}

test('what is pressed while something is at work waits for it, in the order it was pressed', async () => {
  const { turns, begun, press, end } = section();
  const all = [press('list', null), press('save', {}), press('send', {})];
  assert.deepEqual([begun, turns.isBusy], [['list'], true]);
  await end('list');
  assert.deepEqual(begun, ['list', 'save']);
  await end('save');
  await end('send');
  assert.deepEqual([await Promise.all(all), begun, turns.isBusy], [['done', 'done', 'done'], ['list', 'save', 'send'], false]);
});

test('the same control is meant once, at work or waiting, and again once it is done', async () => {
  const { begun, press, end } = section();
  const [save, send] = [{}, {}];
  press('save', save);
  press('send', send);
  assert.deepEqual(await Promise.all([press('save again', save), press('send again', send)]), ['not done', 'not done']);
  await end('save');
  await end('send');
  press('save once more', save);
  assert.deepEqual(begun, ['save', 'send', 'save once more']);
});

test('what was pressed behind something that failed is left out; what the page itself asks for is not, nor what follows its own failing', async () => {
  const { begun, press, end } = section();
  const all = [press('list', null), press('save', {}), press('send', {}), press('list again', null)];
  await end('list', false);
  await end('save', false);
  assert.deepEqual(begun, ['list', 'save', 'list again']);
  await end('list again');
  assert.deepEqual(await Promise.all(all), ['done', 'others left out', 'not done', 'done']);
});
