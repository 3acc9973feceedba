// A hub client in a world the test owns: a clock that moves when told, sockets that are plain objects, storage in memory.

import { Hub } from '../../web/hub.js';
import { Outbox } from '../../web/outbox.js';

export class FakeClock {
  constructor() {
    this.ms = 1_000_000;
    this.timers = [];
  }

  now = () => this.ms;
  random = () => 0.5;
  after = (call, ms) => {
    const timer = { at: this.ms + ms, call };
    this.timers.push(timer);
    return timer;
  };
  cancel = (timer) => {
    this.timers = this.timers.filter((one) => one !== timer);
  };

  /** Moves on, running what falls due, and lets promises settle. @param {number} ms */
  async pass(ms) {
    const until = this.ms + ms;
    for (;;) {
      await settled();
      const next = this.timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.ms = Math.max(this.ms, next.at);
      next.call();
    }
    this.ms = until;
    await settled();
  }
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));

export class FakeSocket {
  constructor() {
    this.sent = [];
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  open() {
    this.onopen();
  }

  hear(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  /** Frames of one name that the client sent. @param {string} name */
  frames(name) {
    return this.sent.filter((frame) => name in frame).map((frame) => frame[name]);
  }
}

/** Keeps an outbox at once, in memory. */
export function fakeShelf(kept = new Map(), results = []) {
  return {
    put: (item) => void kept.set(item.intent.id, structuredClone({ ...item, state: item.state === 'sent' ? 'waiting' : item.state })),
    remove: (id, result) => void (kept.delete(id), result && results.unshift(result)),
    list: async () => ({ items: structuredClone([...kept.values()]), results: [...results] }),
  };
}

export function fakeWorld({ takeTicket = async () => 'one-time', shelf = fakeShelf(), turn } = {}) {
  const world = { clock: new FakeClock(), sockets: [], told: [] };
  world.outbox = new Outbox(shelf);
  world.hub = new Hub({
    takeTicket,
    openSocket: (subprotocol) => {
      const socket = Object.assign(new FakeSocket(), { subprotocol });
      world.sockets.push(socket);
      return socket;
    },
    outbox: world.outbox,
    turn,
    language: () => 'ja',
    clock: world.clock,
    tell: (happening) => world.told.push(happening),
  });
  Object.defineProperty(world, 'socket', { get: () => world.sockets.at(-1) });
  world.phase = () => world.hub.connection.phase;
  world.entries = () => world.told.filter((one) => one.what === 'entry').map((one) => one.entry.seq);
  /** Connects and is welcomed. */
  world.arrive = async ({ inFlight = 2 } = {}) => {
    world.hub.connect();
    await settled();
    world.socket.open();
    world.socket.hear({ welcome: { version: 1, heartbeatMs: 10_000, limits: { postsInFlightMax: inFlight }, actor: {} } });
    return world.socket;
  };
  return world;
}

export const TIMELINE = '0190cccc-0000-7000-8000-000000000001';

/** A delivery of a note. */
export const delivery = (after, seq, more = {}) => ({
  delivery: { after: String(after), entry: { id: `entry-${seq}`, timeline: TIMELINE, seq: String(seq), recordedAtUs: `${seq}000000`, content: { body: { note: { text: `note ${seq}` } }, ...more } } },
});

export const intent = (id) => ({ id, timeline: TIMELINE, body: { note: { text: id } } });
