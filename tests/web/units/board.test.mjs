// Announcements on the page: what is unread, what was read while the hub could not be told, what the device keeps, and that
// nothing of one person is left for the next.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Board } from '../../../web/board.js';

/** What hears that the page comes to the front. */
const backs = [];
globalThis.document ??= /** @type {any} */ ({ hidden: false, addEventListener: (_, back) => backs.push(back) });

const one = (id, more = {}) => ({ id, version: 1, title: id, text: '', organisation_name: '', published_at: '', changed_at: null, reason: '', is_withdrawn: false, until: '2026-04-30', read_at: null, ...more });

/** A page on a hub that answers with these, or not at all. */
function page(announcements) {
  const hub = { announcements, trainings: [], isThere: true, receipts: [], looks: 0 };
  const listeners = [];
  const model = {
    stage: 'ready', myId: 'me', keptBoard: null, nowMs: 0,
    clock: { now: () => model.nowMs },
    hub: { connection: { phase: 'live' } },
    keeper: { notes: 0, note() { this.notes += 1; } },
    rest: {
      async call(method, path, body) {
        if (path === '/announcements') hub.looks += 1;
        if (!hub.isThere) throw Object.assign(new Error('unreachable'), { status: 0 });
        if (path === '/announcements') return { announcements: structuredClone(hub.announcements) };
        if (path === '/trainings') return { trainings: structuredClone(hub.trainings) };
        if (!hub.announcements.some(({ id }) => path.split('/')[2] === id)) throw Object.assign(new Error('not found'), { status: 404 });
        hub.receipts.push([path, body.version]);
        return {};
      },
    },
    listen: (listener) => listeners.push(listener),
    changed: () => {},
    failed: () => {},
    happens: () => listeners.forEach((listener) => listener()),
  };
  const board = new Board(model, () => (model.nowMs < 1e9 ? '2026-04-01' : '2026-05-01'));
  return { hub, model, board };
}

/** All that was asked was answered. */
async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

test('what is unread is counted until it was read as it stands, and ends with its day', async () => {
  const { hub, model, board } = page([one('a'), one('b', { read_at: 'x' })]);
  board.begin();
  await board.look();
  await settled();
  assert.deepEqual(board.unread.map(({ id }) => id), ['a']);
  await board.markRead(board.announcements[0]);
  assert.deepEqual([board.unread, hub.receipts], [[], [['/announcements/a/receipt', 1]]]);
  hub.announcements = [one('a', { version: 2 })];
  await board.look();
  assert.equal(board.unread.length, 1, 'a correction is unread again');
  model.nowMs = 2e9;
  assert.deepEqual(board.standing, [], 'without the hub, too, it ends by itself');
});

test('what was read without the hub is told when it is back; what is gone by then needs no receipt', async () => {
  const { hub, model, board } = page([one('a'), one('b')]);
  board.begin();
  await settled();
  hub.isThere = false;
  for (const read of [...board.announcements]) await board.markRead(read);
  assert.deepEqual([board.unread.length, hub.receipts.length, board.read.size], [0, 0, 2]);
  const { announcements, read } = board.kept;
  assert.deepEqual([announcements.length, read], [2, [{ id: 'a', version: 1 }, { id: 'b', version: 1 }]]);

  // The page is opened again, still without the hub.
  const later = page([]);
  later.hub.isThere = false;
  later.model.keptBoard = { announcements, trainings: [], read };
  later.board.begin();
  await settled();
  assert.deepEqual([later.board.standing.length, later.board.unread.length], [2, 0]);
  Object.assign(hub, { isThere: true, announcements: [one('a')] });
  model.hub.connection.phase = 'waiting';
  model.happens();
  model.hub.connection.phase = 'live';
  model.happens();
  await settled();
  assert.deepEqual([hub.receipts, board.read.size], [[['/announcements/a/receipt', 1]], 0]);
});

test('a page in front hears of a new one within a minute, one that comes back at once, and one that nobody sees asks nothing', async () => {
  const { hub, model, board } = page([]);
  backs.length = 0;
  board.begin();
  await settled();
  /** How often it asked: after so long, in front or not, when something of the page changes. */
  const looks = async (ms, { hidden = false, returns = false } = {}) => {
    const before = hub.looks;
    model.nowMs += ms;
    document.hidden = hidden;
    if (returns) backs.forEach((back) => back());
    model.happens();
    await settled();
    return hub.looks - before;
  };
  hub.announcements = [one('a')];
  assert.deepEqual([hub.looks, await looks(59_000), board.unread.length], [1, 0, 0]);
  assert.deepEqual([await looks(1_000), board.unread.length], [1, 1]);
  assert.equal(await looks(3_600_000, { hidden: true }), 0);
  hub.announcements = [one('a'), one('b')];
  assert.deepEqual([await looks(0, { returns: true }), board.unread.length], [1, 2]);
  assert.equal(await looks(9_000, { returns: true }), 0, 'to and fro');
  assert.equal(await looks(1_000, { returns: true }), 1);
});

test('of groups the unread are counted as their list counts them, and not those that are closed', async () => {
  const { model, board } = page([]);
  const group = (id, unread, isClosed = false) => ({ id, unread, is_closed: isClosed });
  board.hearGroups([group('a', 8), group('b', 7, true), group('c', 0)]);
  assert.deepEqual([board.groupsUnread, board.unreadGroups.map(({ id }) => id)], [8, ['a']]);
  model.isProfessional = true;
  const { call } = model.rest;
  model.rest.call = (method, path, body) => (path === '/groups' ? Promise.resolve({ groups: [group('a', 2), group('c', 3)] }) : call(method, path, body));
  await board.look();
  assert.deepEqual([board.groupsUnread, board.unreadGroups.map(({ id }) => id)], [5, ['a', 'c']]);
  board.hearGroups([group('a', 0), group('c', 0)]);
  assert.equal(board.groupsUnread, 0);
});

test('whoever signs in next finds nothing of the one before', async () => {
  const { model, board } = page([one('a')]);
  board.begin();
  await settled();
  assert.equal(board.unread.length, 1);
  model.stage = 'signed_out';
  model.happens();
  assert.deepEqual([board.announcements, board.trainings, board.read.size], [[], [], 0]);
});
