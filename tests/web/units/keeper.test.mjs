// What is written of a timeline onto the device, and what comes back of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENTRIES_KEPT_MAX, Keeper, SEGMENT_ENTRIES, handleOf, segmentsOf } from '../../../web/keeper.js';
import { keptOf, putBack } from '../../../web/kept.js';
import { Cursors } from '../../../web/cursors.js';
import { Model } from '../../../web/model.js';
import { KeptShelf } from '../../../web/shelf.js';
import { FakeClock, intent, settled } from '../fake-world.mjs';
import { Timeline } from '../../../web/timeline.js';

const entry = (seq) => ({ id: `e${seq}`, timeline: 't', seq, recordedAtMs: seq, observedAtMs: null, author: { person: 'n' }, kind: 'note', body: { kind: 'note', text: `${seq}` }, alarms: [], opened: [], met: [] });

function timelineOf(count) {
  const timeline = new Timeline('t');
  for (let seq = 1; seq <= count; seq += 1) timeline.apply(entry(seq));
  return timeline;
}

/** A locker in memory. */
function fakeLocker() {
  const stores = { records: new Map(), segments: new Map(), places: new Map() };
  const compare = ([a], [b]) => (a < b ? -1 : 1);
  return {
    write(changes) {
      for (const change of changes) {
        const store = stores[change.store];
        if ('from' in change) for (const key of store.keys()) { const [id, at] = JSON.parse(key); if (id === change.from[0] && at >= change.from[1] && at <= change.to[1]) store.delete(key); }
        if (!('key' in change)) continue;
        if (change.value === undefined) store.delete(JSON.stringify(change.key));
        else store.set(JSON.stringify(change.key), structuredClone(change.value));
      }
    },
    readAll: async (store) => [...stores[store]].map(([key, value]) => [JSON.parse(key), value]).sort(([a], [b]) => (Array.isArray(a) ? a[1] - b[1] : compare([a], [b]))),
    stores,
  };
}

/** A model that holds nothing yet. */
function emptyModel() {
  const timelines = new Map();
  return {
    timelines, hub: { cursors: new Cursors() }, owing: {}, rules: new Map(), knownRules: new Map(),
    timeline(id) {
      if (!timelines.has(id)) timelines.set(id, new Timeline(id));
      return timelines.get(id);
    },
  };
}

async function restored(locker) {
  const [model, keeper] = [emptyModel(), { written: new Map(), partial: new Set() }];
  putBack(model, await keptOf(locker), keeper);
  return { model, ...keeper };
}

test('entries and cursor come back together, however they were written', async () => {
  const locker = fakeLocker();
  locker.write([{ store: 'records', key: 'me', value: { me: { person: { id: 'n' } }, syncedAtMs: 5 } }]);
  const timeline = timelineOf(SEGMENT_ENTRIES + 3);
  const first = segmentsOf('t', timeline.items.slice(0, 10), undefined, 10);
  locker.write(first.changes);
  const second = segmentsOf('t', timeline.items, first.count, SEGMENT_ENTRIES + 9);
  locker.write(second.changes);
  assert.deepEqual(second.changes.map(({ key }) => key), [['t', 0], ['t', 1], 't'], 'what is full and written is left alone from then on');
  assert.deepEqual(segmentsOf('t', timeline.items, second.count, 99).changes.map(({ key }) => key), [['t', 1], 't']);
  const { model, written, partial } = await restored(locker);
  assert.deepEqual(model.timelines.get('t').items.map(({ seq }) => seq), timeline.items.map(({ seq }) => seq));
  assert.equal(model.hub.cursors.place('t').after, SEGMENT_ENTRIES + 9, 'hidden entries count');
  assert.deepEqual([written.get('t'), partial.size], [SEGMENT_ENTRIES + 3, 0]);
});

test('of a long timeline the end is kept, shown, and read anew from the beginning', async () => {
  const locker = fakeLocker();
  locker.write([{ store: 'records', key: 'me', value: { me: {}, syncedAtMs: 0 } }]);
  const timeline = timelineOf(ENTRIES_KEPT_MAX + 200);
  const { count } = segmentsOf('t', timeline.items.slice(0, 100), undefined, 100);
  locker.write(segmentsOf('t', timeline.items.slice(0, 100), undefined, 100).changes);
  locker.write(segmentsOf('t', timeline.items, count, 9_999).changes);
  const { model, partial } = await restored(locker);
  const { items } = model.timelines.get('t');
  assert.ok(items.length <= ENTRIES_KEPT_MAX && items.at(-1).seq === ENTRIES_KEPT_MAX + 200, `${items.length}`);
  assert.deepEqual([[...partial], model.hub.cursors.list()], [['t'], []]);
});

test('what was taken out is written nowhere', async () => {
  const locker = fakeLocker();
  locker.write([{ store: 'records', key: 'me', value: { me: {}, syncedAtMs: 0 } }]);
  const timeline = timelineOf(SEGMENT_ENTRIES * 2);
  const { count } = segmentsOf('t', timeline.items, undefined, 200);
  locker.write(segmentsOf('t', timeline.items, undefined, 200).changes);
  timeline.forget('e3');
  locker.write(segmentsOf('t', timeline.items, undefined, 200).changes);
  assert.ok(count > timeline.items.length && !JSON.stringify([...locker.stores.segments]).includes('e3"'));
});

test('what is kept is named by the sign-in without telling it', async () => {
  const [one, again, other] = await Promise.all(['a', 'a', 'b'].map(handleOf));
  assert.match(one, /^[0-9a-f]{32}$/);
  assert.deepEqual([one === again, one === other], [true, false]);
});

/** A keeper whose device still writes something down when the sign-in ends. @param {Promise<any>} writing */
function endingKeeper(writing) {
  const [clock, done] = [new FakeClock(), []];
  const keeper = new Keeper(/** @type {any} */ ({ clock }), () => ({ mine: 'a', isOfTab: false, all: ['a'] }));
  Object.assign(keeper, { slip: {}, shelf: { last: writing }, locker: { destroy: async () => void done.push(keeper.slip ? 'with its seal' : 'destroyed') } });
  return { clock, done, keeper };
}

test('a sign-in that ends while something is being written seals that first; a disk that hangs holds up nothing', async () => {
  let written = () => {};
  const { done, keeper } = endingKeeper(new Promise((resolve) => { written = () => resolve(undefined); }));
  const ended = keeper.destroy();
  await settled();
  assert.deepEqual([done, Boolean(keeper.slip)], [[], true], 'what it is sealed with is still there');
  written();
  await ended;
  assert.deepEqual([done, keeper.slip], [['destroyed'], undefined]);

  const hanging = endingKeeper(new Promise(() => {}));
  hanging.keeper.destroy();
  await hanging.clock.pass(2_000);
  assert.deepEqual(hanging.done, ['destroyed']);
});

test('what was written is in its envelope also where the device keeps nothing more', async () => {
  const sealed = [];
  const gone = { read: async () => { throw new Error('closed'); }, write: async () => { throw new Error('closed'); } };
  const shelf = new KeptShelf(/** @type {any} */ (gone), { keep: async ({ intent: { id } }) => void sealed.push(id), drop: async () => {} }, () => {});
  await assert.rejects(shelf.put({ intent: intent('a'), state: 'waiting', writtenAtMs: 1 }));
  assert.deepEqual(sealed, ['a']);
});

test('what was handed in stays told of when the page looks once more and finds nothing left', async () => {
  const model = new Model(/** @type {any} */ ({ rest: {}, clock: new FakeClock(), beforePaint: () => {} }));
  const found = [{ delivered: 2, left: 1 }, { delivered: 1, left: 0 }, { delivered: 0, left: 0 }];
  model.keeper.tidy = async () => found.shift() ?? Promise.reject(new Error('no disk'));
  await Promise.all([model.handInEnvelopes(), model.handInEnvelopes(), model.handInEnvelopes()]);
  assert.deepEqual(model.envelopes, { delivered: 3, left: 0 });
  await model.handInEnvelopes();
  assert.deepEqual(model.envelopes, { delivered: 3, left: 0 });
});
