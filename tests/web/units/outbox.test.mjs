// The outbox and its shelf: what is kept before it is sent, what several tabs make of it, and what is told afterwards.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeShelf, fakeWorld, intent, settled } from '../fake-world.mjs';
import { Outbox } from '../../../web/outbox.js';

const states = ({ items }) => items.map((item) => [item.intent.id, item.state]);

test('the outbox survives a reload, and what was on its way is sent again', async () => {
  const shelf = fakeShelf();
  const outbox = new Outbox(shelf);
  for (const id of ['a', 'b', 'c']) outbox.add(intent(id), 1);
  assert.equal(outbox.next().id, 'a');
  outbox.settle({ id: 'b', verdict: 'queued', reasons: [] }, 2);
  const again = new Outbox();
  await again.open(shelf);
  assert.deepEqual(states(again), [['a', 'waiting'], ['b', 'queued'], ['c', 'waiting']]);
  assert.equal(again.unsent, 2);
});

test('a refused post that is sent again takes its place at the end, once', () => {
  const outbox = new Outbox();
  for (const id of ['a', 'b']) outbox.add(intent(id), 1);
  outbox.settle({ id: 'a', verdict: 'refused', reasons: [] }, 2);
  assert.equal(outbox.returned, 1);
  outbox.add({ ...intent('a'), body: { note: { text: 'mended' } } }, 3);
  assert.deepEqual(states(outbox), [['b', 'waiting'], ['a', 'waiting']]);
});

/** A shelf that keeps things when it is told to. */
function slowShelf() {
  const shelf = fakeShelf();
  const waiting = [];
  return { ...shelf, put: (item) => new Promise((resolve, reject) => waiting.push({ keep: () => resolve(shelf.put(item)), refuse: reject })), waiting };
}

test('nothing is sent before it is kept, and nothing overtakes what is being kept', async () => {
  const shelf = slowShelf();
  const world = fakeWorld({ shelf });
  world.outbox.ready = () => world.hub.flush();
  const socket = await world.arrive();
  world.hub.post(intent('a'));
  world.hub.post(intent('b'));
  shelf.waiting[1].keep();
  await settled();
  assert.deepEqual(socket.frames('post'), []);
  shelf.waiting[0].keep();
  await settled();
  assert.deepEqual(socket.frames('post').map((post) => post.intent.id), ['a', 'b']);
});

test('a device that can keep nothing still sends, and says so', async () => {
  const shelf = slowShelf();
  const world = fakeWorld({ shelf });
  const troubles = [];
  Object.assign(world.outbox, { ready: () => world.hub.flush(), failed: (error) => troubles.push(error) });
  const socket = await world.arrive();
  world.hub.post(intent('a'));
  shelf.waiting[0].refuse('full');
  await settled();
  assert.deepEqual([troubles, socket.frames('post').length], [['full'], 1]);
  await world.outbox.reload();
  assert.equal(world.outbox.unsent, 1, 'it is in this tab alone, and stays there');
});

test('reading the shelf while something changes never brings back what is gone', async () => {
  const kept = new Map();
  const shelf = fakeShelf(kept);
  let release;
  const gate = new Promise((resolve) => { release = resolve; });
  const slow = { ...shelf, list: async () => { const listed = await shelf.list(); await gate; return listed; } };
  const outbox = new Outbox(slow);
  outbox.add(intent('a'), 1);
  const reading = outbox.reload();
  await settled();
  outbox.settle({ id: 'a', verdict: 'accepted', reasons: [] }, 2);
  outbox.add(intent('b'), 3);
  release();
  await reading;
  assert.deepEqual(states(outbox), [['b', 'waiting']]);
});

test('of several tabs one sends; when it goes, the next one does, under the same ids', async () => {
  const shelf = fakeShelf();
  const queue = [];
  const turnOf = () => {
    let mine;
    return {
      take(call) { mine = call; queue.push(call); if (queue[0] === call) call(); },
      leave() { const at = queue.indexOf(mine); if (at < 0) return; queue.splice(at, 1); if (at === 0) queue[0]?.(); },
    };
  };
  const [one, two] = [fakeWorld({ shelf, turn: turnOf() }), fakeWorld({ shelf, turn: turnOf() })];
  const [first, second] = [await one.arrive(), await two.arrive()];
  two.hub.post(intent('a'));
  assert.deepEqual(second.frames('post'), [], 'written here, sent there');
  await one.outbox.reload();
  one.hub.flush();
  assert.deepEqual(first.frames('post').map((post) => post.intent.id), ['a']);
  first.onclose({ code: 1006 });
  assert.deepEqual(second.frames('post').map((post) => post.intent.id), ['a']);
});

test('what was stored is told afterwards, with the words it began with', () => {
  const outbox = new Outbox();
  outbox.add({ ...intent('a'), body: { note: { text: '発赤なし' } } }, 1_000);
  outbox.settle({ id: 'a', verdict: 'accepted', reasons: [] }, 3_601_000);
  assert.deepEqual(outbox.results.map(({ id, kind, words, writtenAtMs, answeredAtMs }) => [id, kind, words, writtenAtMs, answeredAtMs]), [['a', 'note', '発赤なし', 1_000, 3_601_000]]);
});

test('whose record it is about is known for as long as it stands here, also once the page may no longer ask', async () => {
  const names = new Map([['t', { kanji: '鈴木 正男', kana: 'スズキ マサオ' }]]);
  const shelf = fakeShelf();
  const outbox = new Outbox(shelf, (timeline) => names.get(timeline));
  outbox.add({ ...intent('a'), timeline: 't' }, 1_000);
  outbox.add({ ...intent('b'), timeline: 'u' }, 1_000);
  names.clear();
  const again = new Outbox();
  await again.open(shelf);
  assert.deepEqual([again.nameKept('t')?.kanji, again.nameKept('u')], ['鈴木 正男', undefined]);
  again.settle({ id: 'a', verdict: 'accepted', reasons: [] }, 2_000);
  assert.equal(again.nameKept('t')?.kanji, '鈴木 正男', 'as a result');
  const refused = new Outbox(fakeShelf(), () => ({ kanji: '鈴木 正男', kana: '' }));
  refused.add({ ...intent('c'), timeline: 't' }, 1_000);
  refused.remove('c');
  assert.equal(refused.nameKept('t'), undefined, 'gone with what was written');
});
