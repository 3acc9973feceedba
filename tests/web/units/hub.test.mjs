// The protocol client: hello, resume, gaps, forget, the outbox across losses, and when it comes back or gives up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../../web/model.js';
import { delivery, FakeClock, FakeSocket, fakeWorld, intent, settled, TIMELINE } from '../fake-world.mjs';

const subscribed = (after, head) => ({ subscribed: { timeline: TIMELINE, after: String(after), head: String(head) } });
const caughtUp = (through) => ({ caughtUp: { timeline: TIMELINE, through: String(through) } });

test('hello carries the ticket, and the rest waits for the welcome', async () => {
  const world = fakeWorld();
  world.hub.post(intent('a'));
  world.hub.connect();
  await settled();
  assert.equal(world.socket.subprotocol, 'renkei.v1.json');
  world.socket.open();
  assert.deepEqual(world.socket.sent, [{ hello: { version: 1, ticket: 'one-time', client: 'renkei-web/0.1', language: 'ja' } }]);
  world.socket.hear({ welcome: { heartbeatMs: 10_000, limits: { postsInFlightMax: 2 } } });
  assert.deepEqual(world.socket.sent.slice(1), [{ subscribe: { allMine: true, timelines: [] } }, { post: { intent: intent('a') } }]);
});

test('live means that nothing is missing', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  assert.equal(world.phase(), 'catching_up');
  socket.hear(subscribed(0, 2));
  socket.hear(delivery(0, 1));
  socket.hear(delivery(1, 2));
  assert.equal(world.phase(), 'catching_up');
  socket.hear(caughtUp(2));
  assert.equal(world.phase(), 'live');
});

test('a reader without any timeline becomes live too', async () => {
  const world = fakeWorld();
  await world.arrive();
  await world.clock.pass(2_000);
  assert.equal(world.phase(), 'live');
});

test('after a loss reading resumes from the cursor, hidden entries counted', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  socket.hear(subscribed(0, 5));
  socket.hear(delivery(0, 1));
  socket.hear(delivery(1, 4));
  socket.hear(caughtUp(5));
  socket.hear({ heartbeat: { through: [{ timeline: TIMELINE, through: '9' }] } });
  socket.onclose({ code: 1006 });
  assert.equal(world.phase(), 'waiting');
  await world.clock.pass(1_000);
  assert.equal(world.sockets.length, 2);
  world.socket.open();
  world.socket.hear({ welcome: { heartbeatMs: 10_000 } });
  assert.deepEqual(world.socket.frames('subscribe'), [{ allMine: true, timelines: [{ timeline: TIMELINE, after: '9' }] }]);
});

test('a delivery that does not follow the cursor is a loss: asked for again, once, and nothing is doubled', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  socket.hear(subscribed(0, 1));
  socket.hear(delivery(0, 1));
  socket.hear(caughtUp(1));
  socket.hear(delivery(2, 3));
  socket.hear(delivery(3, 4));
  assert.deepEqual(world.entries(), [1]);
  assert.deepEqual(socket.frames('subscribe').slice(1), [{ timelines: [{ timeline: TIMELINE, after: '1' }] }]);
  assert.equal(world.phase(), 'catching_up');
  socket.hear(subscribed(1, 4));
  socket.hear(delivery(1, 2));
  socket.hear(delivery(2, 3));
  socket.hear(delivery(3, 4));
  socket.hear(caughtUp(4));
  assert.deepEqual(world.entries(), [1, 2, 3, 4]);
  assert.equal(world.phase(), 'live');
});

test('a delivery that is known already is dropped without a question', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  socket.hear(subscribed(0, 2));
  for (const [after, seq] of [[0, 1], [1, 2], [0, 1], [1, 2], [2, 3]]) socket.hear(delivery(after, seq));
  assert.deepEqual(world.entries(), [1, 2, 3]);
  assert.equal(socket.frames('subscribe').length, 1);
});

test('a hub that insists on another start is believed, so that nobody asks forever', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  socket.hear(subscribed(7, 9));
  socket.hear(subscribed(7, 9));
  socket.hear(delivery(7, 8));
  assert.equal(socket.frames('subscribe').length, 2, 'the first one and one question');
  assert.deepEqual(world.entries(), [8]);
});

test('forget drops the cursor, and reading again starts from nothing', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  socket.hear(subscribed(0, 1));
  socket.hear(delivery(0, 1));
  socket.hear(caughtUp(1));
  socket.hear({ forget: { timeline: TIMELINE, reason: { ja: '解除', en: 'unlinked' } } });
  assert.deepEqual(world.told.at(-1).what, 'forget');
  world.hub.resubscribe(TIMELINE);
  assert.deepEqual(socket.frames('subscribe').at(-1), { timelines: [{ timeline: TIMELINE, after: '0' }] });
});

test('a timeline that can no longer be read is forgotten', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  socket.hear(subscribed(0, 0));
  socket.hear({ error: { code: 'not_found', about: TIMELINE } });
  assert.deepEqual(world.told.filter((one) => one.what === 'forget').map((one) => one.timeline), [TIMELINE]);
});

test('unanswered posts are sent again after a loss: same ids, same order, no more in flight than allowed', async () => {
  const world = fakeWorld();
  const first = await world.arrive();
  for (const id of ['a', 'b', 'c']) world.hub.post(intent(id));
  assert.deepEqual(first.frames('post').map((post) => post.intent.id), ['a', 'b']);
  first.hear({ accepted: { id: 'a', seq: '1' } });
  assert.deepEqual(first.frames('post').map((post) => post.intent.id), ['a', 'b', 'c']);
  first.onclose({ code: 1006 });
  assert.equal(world.outbox.unsent, 2);
  await world.clock.pass(1_000);
  world.socket.open();
  world.socket.hear({ welcome: { heartbeatMs: 10_000, limits: { postsInFlightMax: 1 } } });
  assert.deepEqual(world.socket.frames('post').map((post) => post.intent.id), ['b']);
  world.socket.hear({ accepted: { id: 'b', seq: '2', repeated: true } });
  world.socket.hear({ accepted: { id: 'c', seq: '3' } });
  assert.equal(world.outbox.unsent, 0);
});

test('a post of our own that is delivered needs no other answer', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  world.hub.post(intent('entry-1'));
  socket.hear(subscribed(0, 1));
  socket.hear(delivery(0, 1));
  assert.equal(world.outbox.unsent, 0);
  socket.hear({ accepted: { id: 'entry-1', seq: '1' } });
  assert.equal(world.outbox.items.length, 0);
});

test('a refusal keeps the words; a hub that cannot store keeps the post and its turn', async () => {
  const world = fakeWorld();
  const socket = await world.arrive({ inFlight: 1 });
  world.hub.post(intent('a'));
  world.hub.post(intent('b'));
  socket.hear({ refused: { id: 'a', code: 'unavailable', retry: true, reasons: [{ ja: '', en: 'later' }] } });
  assert.equal(world.outbox.unsent, 2);
  await world.clock.pass(10_000);
  assert.deepEqual(socket.frames('post').map((post) => post.intent.id), ['a', 'a']);
  socket.hear({ refused: { id: 'a', code: 'forbidden', reasons: [{ ja: '不可', en: 'no' }], cited: ['SH-7@share/3#1'] } });
  assert.equal(world.outbox.unsent, 1);
  assert.equal(world.outbox.find('a').state, 'refused');
  assert.deepEqual(world.outbox.find('a').verdict.cited, ['SH-7@share/3#1']);
});

test('a dry run is answered, and says nothing without a hub', async () => {
  const world = fakeWorld();
  assert.equal(await world.hub.dryRun(intent('a')), null);
  const socket = await world.arrive();
  const asked = world.hub.dryRun(intent('a'));
  socket.hear({ dryRunResult: { id: 'a', verdict: 'refused', code: 'forbidden', reasons: [{ ja: '不可', en: 'no' }] } });
  assert.equal((await asked).verdict, 'refused');
  const lost = world.hub.dryRun(intent('a'));
  socket.onclose({ code: 1006 });
  assert.equal(await lost, null);
});

test('silence for three heartbeats is a loss; a quiet client beats', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  await world.clock.pass(16_000);
  assert.deepEqual(socket.frames('heartbeat'), [{}]);
  await world.clock.pass(19_500);
  assert.equal(socket.closed, true);
  assert.notEqual(world.phase(), 'live');
});

test('what is final ends, and what may pass is tried again after at least what the hub asked', async () => {
  const final = fakeWorld();
  (await final.arrive()).hear({ goodbye: { close: 4200, code: 'sign_in_ended', retry: false } });
  final.socket.onclose({ code: 4200 });
  assert.equal(final.phase(), 'ended');
  await final.clock.pass(600_000);
  assert.equal(final.sockets.length, 1);

  const passing = fakeWorld();
  (await passing.arrive()).hear({ goodbye: { close: 4000, code: 'going_away', retry: true, retryAfterMs: 20_000 } });
  passing.socket.onclose({ code: 4000 });
  await passing.clock.pass(19_000);
  assert.equal(passing.sockets.length, 1);
  await passing.clock.pass(5_000);
  assert.equal(passing.sockets.length, 2);
});

test('no ticket for a dead sign-in, another try for a dead network', async () => {
  const rejected = fakeWorld({ takeTicket: async () => Promise.reject({ status: 401 }) });
  rejected.hub.connect();
  await settled();
  assert.deepEqual([rejected.phase(), rejected.hub.connection.code], ['ended', 'sign_in_ended']);

  let calls = 0;
  const broken = fakeWorld({ takeTicket: async () => { calls += 1; throw { status: 0 }; } });
  broken.hub.connect();
  await broken.clock.pass(120_000);
  assert.equal(broken.phase(), 'waiting');
  assert.ok(calls > 4 && calls < 20, `${calls} calls in two minutes`);
});

test('the device goes offline and comes back at once', async () => {
  const world = fakeWorld();
  await world.arrive();
  world.hub.network(false);
  assert.equal(world.phase(), 'offline');
  await world.clock.pass(600_000);
  assert.equal(world.sockets.length, 1);
  world.hub.network(true);
  await settled();
  assert.equal(world.sockets.length, 2);
});

test('frames and fields of a newer hub are passed over', async () => {
  const world = fakeWorld();
  const socket = await world.arrive();
  socket.hear({ somethingNew: { x: 1 } });
  socket.hear({});
  socket.hear(subscribed(0, 1));
  socket.hear(delivery(0, 1, { body: { brandNewKind: { text: 'x' } }, later: true }));
  assert.equal(world.told.find((one) => one.what === 'entry').entry.kind, 'brand_new_kind');
});

test('a page that was stopped because something comes first connects when it is begun anew', async () => {
  const world = fakeWorld();
  await world.arrive();
  world.hub.stop();
  await world.hub.connect();
  assert.equal(world.sockets.length, 1, 'nothing but a beginning brings it back');
  world.hub.begin();
  await settled();
  assert.equal(world.sockets.length, 2);
});

test('whoever pledges anew while the page is open is connected again', async () => {
  const sockets = [];
  const me = { person: { id: 'n' }, role: 'nurse', expires_at: '2026-11-28T00:00:00Z', pledges_first: false };
  const answers = { me: async () => me, takeTicket: async () => 'one-time', pledges: async () => ({ timeline: 't', owed: [] }) };
  const rest = new Proxy(answers, { get: (known, name) => known[name] ?? (async () => []) });
  const openSocket = () => sockets[sockets.push(new FakeSocket()) - 1];
  const model = new Model(/** @type {any} */ ({ rest, clock: new FakeClock(), beforePaint: () => {}, openSocket, language: () => 'ja', marks: () => ({ mine: null, isOfTab: false, all: [] }) }));
  await model.start();
  await settled();
  me.pledges_first = true;
  model.failed(/** @type {any} */ ({ status: 403, code: 'pledge_owed' }));
  await settled();
  assert.deepEqual([model.stage, sockets.length, sockets[0].closed], ['pledging', 1, true]);
  me.pledges_first = false;
  await model.pledging.give();
  await settled();
  assert.deepEqual([model.stage, sockets.length], ['ready', 2]);
});
