// The client's end of the WebSocket: connects, says hello, resumes from its cursors, sends the outbox in order and comes
// back after a loss. It tells what happened through one callback, keeps no entries and shows nothing. Clock, randomness,
// sockets and tickets are arguments, so that the tests own them.

import { judgeClosing, pauseMs } from './closing.js';
import { Cursors } from './cursors.js';
import { msOfUs, number, readActor, readEntry, readVerdict } from './frames.js';

export const SUBPROTOCOL = 'renkei.v1.json';
const CLIENT = 'renkei-web/0.1';
const VERSION = 1;
const FIRST_FRAME_MS_MAX = 15_000;
const DRY_RUN_MS_MAX = 8_000;
const NOT_NOW_PAUSE_MS = 3_000;

/**
 * connecting: on the way. catching_up: reading what was missed. live: nothing is missing. waiting: lost, trying again at
 * `retryAtMs`. offline: the device has no network. ended: trying again cannot help.
 * @typedef {'connecting' | 'catching_up' | 'live' | 'waiting' | 'offline' | 'ended'} Phase
 * @typedef {{phase: Phase, code: string, retryAtMs: number, reason?: {ja: string, en: string}}} Connection
 * @typedef {object} Clock
 * @property {() => number} now
 * @property {() => number} random
 * @property {(call: () => void, ms: number) => any} after
 * @property {(timer: any) => void} cancel
 * Several tabs share an outbox, and one of them sends: `take` calls when it is this one's turn, `leave` ends it.
 * @typedef {{take: (call: () => void) => void, leave: () => void}} Turn
 * @typedef {object} Doors
 * @property {() => Promise<string>} takeTicket rejects with {status, code, retryAfterMs?}
 * @property {(subprotocol: string) => WebSocket} openSocket
 * @property {import('./outbox.js').Outbox} outbox
 * @property {Turn} [turn]
 * @property {() => string} language
 * @property {Clock} clock
 * @property {(happening: any) => void} tell
 */

/** @type {Turn} */
const ALWAYS = { take: (call) => call(), leave() {} };

export class Hub {
  /** @param {Doors} doors */
  constructor({ takeTicket, openSocket, outbox, turn = ALWAYS, language, clock, tell }) {
    this.takeTicket = takeTicket;
    this.openSocket = openSocket;
    this.language = language;
    this.tell = tell;
    this.outbox = outbox;
    this.turn = turn;
    this.clock = clock;
    this.cursors = new Cursors();
    /** @type {Connection} */
    this.connection = { phase: 'connecting', code: '', retryAtMs: 0 };
    /** @type {WebSocket | null} */
    this.socket = null;
    this.attempt = 0;
    this.generation = 0;
    this.stopped = false;
    /** @type {Map<string, ((verdict: any) => void)[]>} */
    this.dryRuns = new Map();
    this.welcomed = false;
    this.heartbeatMs = FIRST_FRAME_MS_MAX / 3;
    this.lastSentMs = 0;
    this.lastHeardMs = 0;
    this.inFlightMax = 1;
    this.reset();
  }

  /** Everything that lives as long as one socket. */
  reset() {
    this.welcomed = false;
    this.mySending = false;
    this.settledIn = false;
    /** @type {import('./closing.js').Goodbye | null} */
    this.goodbye = null;
    this.inFlightMax = 1;
    this.paused = false;
    for (const waiting of this.dryRuns.values()) for (const answer of waiting) answer(null);
    this.dryRuns.clear();
    for (const timer of [this.watch, this.retryTimer]) this.clock.cancel(timer);
  }

  // ── coming and going ──

  /** Connects for whoever is signed in, also after `stop`: a page that had to be begun anew goes on. */
  begin() {
    this.stopped = false;
    return this.connect();
  }

  /** Connects at once, whatever was planned. */
  async connect() {
    if (this.stopped || this.socket) return;
    const generation = ++this.generation;
    this.reset();
    this.enter({ phase: 'connecting' });
    let ticket;
    try {
      ticket = await this.takeTicket();
    } catch (/** @type {any} */ error) {
      if (generation === this.generation && !this.stopped) this.ticketRefused(error);
      return;
    }
    if (generation !== this.generation || this.stopped) return;
    const socket = this.openSocket(SUBPROTOCOL);
    this.socket = socket;
    const mine = () => this.socket === socket;
    socket.onopen = () => mine() && this.hello(ticket);
    socket.onmessage = (event) => mine() && this.receive(event.data);
    socket.onclose = (event) => mine() && this.closed(event.code);
    this.lastHeardMs = this.clock.now();
    this.heartbeatMs = FIRST_FRAME_MS_MAX / 3;
    this.keepWatch();
  }

  /** @param {{status?: number, code?: string, retryAfterMs?: number, reason?: any}} error */
  ticketRefused(error) {
    const status = error.status ?? 0;
    const final = status >= 400 && status < 500 && status !== 408 && status !== 429;
    if (final) this.end(status === 401 ? 'sign_in_ended' : (error.code ?? 'refused'), error.reason);
    else this.retryLater('lost', error.retryAfterMs ?? 0);
  }

  /** @param {string} ticket */
  hello(ticket) {
    this.send({ hello: { version: VERSION, ticket, client: CLIENT, language: this.language() } });
  }

  /** @param {number} code */
  closed(code) {
    const goodbye = this.goodbye;
    this.drop();
    if (this.stopped) return;
    const next = judgeClosing(code, goodbye);
    if (next.retry) this.retryLater(next.code, next.afterMs);
    else this.end(next.code, next.reason);
  }

  /** Lets go of the socket without waiting for its close. */
  drop() {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
    this.cursors.lose();
    this.outbox.lose();
    this.turn.leave();
    this.reset();
  }

  /** @param {string} code @param {number} afterMs */
  retryLater(code, afterMs) {
    const ms = pauseMs(this.attempt, this.clock.random(), afterMs);
    this.attempt += 1;
    this.enter({ phase: 'waiting', code, retryAtMs: this.clock.now() + ms });
    this.retryTimer = this.clock.after(() => this.connect(), ms);
  }

  /** @param {string} code @param {{ja: string, en: string}} [reason] */
  end(code, reason) {
    this.stopped = true;
    this.enter({ phase: 'ended', code, reason });
  }

  /** Signing out: closes, and comes back for nobody but who begins anew. */
  stop() {
    this.stopped = true;
    this.generation += 1;
    this.drop();
  }

  /** The device lost or found its network. @param {boolean} online */
  network(online) {
    if (this.stopped) return;
    if (online) {
      this.attempt = 0;
      this.connect();
      return;
    }
    this.generation += 1;
    this.drop();
    this.enter({ phase: 'offline' });
  }

  /** @param {Partial<Connection> & {phase: Phase}} connection */
  enter(connection) {
    this.connection = { code: '', retryAtMs: 0, ...connection };
    this.tell({ what: 'connection', connection: this.connection });
  }

  // ── sending ──

  /** @param {object} frame */
  send(frame) {
    this.lastSentMs = this.clock.now();
    this.socket?.send(JSON.stringify(frame));
  }

  /** Puts a post into the outbox and sends what can be sent. @param {import('./frames.js').Intent} intent */
  post(intent) {
    this.outbox.add(intent, this.clock.now());
    this.tell({ what: 'outbox' });
    this.flush();
  }

  /** From the moment it is this tab's turn. */
  beginSending() {
    const { socket } = this;
    this.turn.take(() => {
      if (!this.welcomed || this.socket !== socket) return;
      this.mySending = true;
      this.flush();
    });
  }

  flush() {
    if (!this.welcomed || !this.mySending || this.paused) return;
    while (this.inFlight < this.inFlightMax) {
      const intent = this.outbox.next();
      if (!intent) return;
      this.send({ post: { intent } });
    }
  }

  get inFlight() {
    let waiting = 0;
    for (const answers of this.dryRuns.values()) waiting += answers.length;
    return waiting + this.outbox.items.filter((item) => item.state === 'sent').length;
  }

  /**
   * What would this post cause? `null` when the hub cannot be asked now.
   * @param {import('./frames.js').Intent} intent @returns {Promise<import('./frames.js').Verdict | null>}
   */
  dryRun(intent) {
    if (!this.welcomed || this.inFlight >= this.inFlightMax) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = this.clock.after(() => resolve(null), DRY_RUN_MS_MAX);
      const answer = (/** @type {any} */ verdict) => {
        this.clock.cancel(timer);
        resolve(verdict);
      };
      this.dryRuns.set(intent.id, [...(this.dryRuns.get(intent.id) ?? []), answer]);
      this.send({ dryRun: { intent } });
    });
  }

  /** @param {string} timeline @param {number} through @returns {boolean} whether the hub is there to be told */
  markRead(timeline, through) {
    if (this.welcomed) this.send({ markRead: { timeline, through: String(through) } });
    return this.welcomed;
  }

  /** Reads a timeline from where this page stands (0 after a `forget`). @param {string} timeline */
  resubscribe(timeline) {
    const place = this.cursors.place(timeline);
    if (this.welcomed) this.send({ subscribe: { timelines: [{ timeline, after: String(place.after) }] } });
  }

  /** Reads a timeline no more. @param {string} timeline */
  leave(timeline) {
    this.cursors.forget(timeline);
    if (this.welcomed) this.send({ unsubscribe: { timelines: [timeline] } });
  }

  /** Beats when silent, and gives the connection up when nothing was heard for three beats. */
  keepWatch() {
    this.clock.cancel(this.watch);
    this.watch = this.clock.after(() => {
      const now = this.clock.now();
      if (now - this.lastHeardMs >= 3 * this.heartbeatMs) {
        this.drop();
        this.retryLater('lost', 0);
        return;
      }
      if (this.welcomed && now - this.lastSentMs >= this.heartbeatMs) this.send({ heartbeat: {} });
      this.keepWatch();
    }, this.heartbeatMs / 2);
  }

  // ── hearing ──

  /** @param {string} data */
  receive(data) {
    this.lastHeardMs = this.clock.now();
    const frame = JSON.parse(data);
    const [name] = Object.keys(frame);
    const hear = HEAR[name];
    if (hear) hear(this, frame[name]);
  }

  settleIn() {
    const { phase } = this.connection;
    if (phase !== 'catching_up' && phase !== 'live') return;
    const now = this.settledIn && !this.cursors.catchingUp ? 'live' : 'catching_up';
    if (now === 'live') this.attempt = 0;
    if (now !== phase) this.enter({ phase: now });
  }

  /** @param {import('./frames.js').Verdict} verdict @param {any} raw */
  answered(verdict, raw) {
    if (verdict.verdict === 'refused' && raw.retry) {
      // The refusal says nothing about the post: it goes back to its place,
      // and nothing overtakes it while the hub recovers.
      const item = this.outbox.find(verdict.id);
      if (item) item.state = 'waiting';
      this.paused = true;
      this.clock.after(() => {
        this.paused = false;
        this.flush();
      }, NOT_NOW_PAUSE_MS);
    } else {
      const item = this.outbox.settle(verdict, this.clock.now());
      this.tell({ what: 'verdict', verdict, item, seq: number(raw.seq) });
    }
    this.tell({ what: 'outbox' });
    this.flush();
  }
}

/** What each frame of the hub does. A frame not listed here is of a newer hub and is passed over. */
export const HEAR = /** @type {Record<string, (hub: Hub, frame: any) => void>} */ ({
  welcome(hub, frame) {
    hub.welcomed = true;
    hub.heartbeatMs = number(frame.heartbeatMs) || 20_000;
    hub.inFlightMax = number(frame.limits?.postsInFlightMax) || 1;
    hub.tell({ what: 'welcome', actor: readActor(frame.actor), until: msOfUs(frame.authenticatedUntilUs) });
    hub.enter({ phase: 'catching_up' });
    hub.send({ subscribe: { allMine: true, timelines: hub.cursors.list() } });
    hub.beginSending();
    // With no timeline at all nothing would ever say "caught up".
    hub.clock.after(() => {
      hub.settledIn = true;
      hub.settleIn();
    }, 1_500);
    hub.keepWatch();
  },
  subscribed(hub, { timeline, after, head }) {
    hub.settledIn = true;
    if (!hub.cursors.opened(timeline, number(after))) hub.resubscribe(timeline);
    hub.tell({ what: 'subscribed', timeline, head: number(head) });
    hub.settleIn();
  },
  delivery(hub, { after, entry: raw }) {
    const entry = readEntry(raw);
    const verdict = hub.cursors.delivered(entry.timeline, number(after), entry.seq);
    if (verdict === 'take') {
      hub.tell({ what: 'entry', entry });
      // A post of our own on its timeline is as good as the answer, which may have been lost.
      if (hub.outbox.find(entry.id)) hub.answered(readVerdict('accepted', entry), entry);
    } else if (verdict === 'lost') {
      hub.resubscribe(entry.timeline);
      hub.settleIn();
    }
  },
  caughtUp(hub, { timeline, through }) {
    hub.cursors.caughtUp(timeline, number(through));
    hub.tell({ what: 'caught_up', timeline });
    hub.settleIn();
  },
  heartbeat(hub, { through = [] }) {
    for (const reached of through) hub.cursors.reached(reached.timeline, number(reached.through));
    hub.settledIn = true;
    hub.settleIn();
  },
  forget(hub, { timeline, entry = '', reason }) {
    if (!entry) hub.cursors.forget(timeline);
    hub.tell({ what: 'forget', timeline, entry, reason });
    hub.settleIn();
  },
  accepted: (hub, frame) => hub.answered(readVerdict('accepted', frame), frame),
  refused: (hub, frame) => hub.answered(readVerdict('refused', frame), frame),
  queued: (hub, frame) => hub.answered(readVerdict('queued', frame), frame),
  dryRunResult(hub, frame) {
    const [answer, ...rest] = hub.dryRuns.get(frame.id) ?? [];
    if (rest.length) hub.dryRuns.set(frame.id, rest);
    else hub.dryRuns.delete(frame.id);
    answer?.(readVerdict(frame.verdict, frame));
    hub.flush();
  },
  readMarker: (hub, { timeline, person, through, atUs }) =>
    hub.tell({ what: 'read_marker', timeline, person, through: number(through), atMs: msOfUs(atUs) }),
  presence: (hub, { timeline, people = [] }) => hub.tell({ what: 'presence', timeline, people: people.map(readActor) }),
  notice: (hub, { what, timeline, duty = '', dueUs, words }) => hub.tell({ what: 'notice', of: what, timeline, duty, dueMs: msOfUs(dueUs), words }),
  error(hub, { code = '', about = '', message }) {
    const id = about;
    const reasons = message ? [message] : [];
    const refusal = readVerdict('refused', { id, code, reasons });
    if (hub.dryRuns.has(id)) HEAR.dryRunResult(hub, { id, verdict: 'refused', code, reasons });
    else if (hub.outbox.find(id)) hub.answered(refusal, {});
    // A timeline that is not there is one this reader may no longer see.
    else if (hub.cursors.places.has(id) && code === 'not_found') HEAR.forget(hub, { timeline: id, reason: message });
    // One that cannot be read now is asked for again.
    else if (hub.cursors.places.has(id)) hub.clock.after(() => hub.resubscribe(id), hub.heartbeatMs);
    else hub.tell({ what: 'error', code, message });
  },
  goodbye(hub, { close, code = '', reason, retry = false, retryAfterMs }) {
    hub.goodbye = { code, reason, retry, retryAfterMs: number(retryAfterMs) };
    // The hub closes next; a client that hears nothing more need not wait for it.
    hub.clock.after(() => hub.goodbye && hub.socket && hub.closed(number(close)), 2_000);
  },
});
