// A hub for the stories of the web client, and for them alone: serves web/ with the policy of the real hub, answers the
// REST calls the client makes, and speaks `renkei.v1.json` from memory. Its rules are few, enough to see each verdict.
// Run by hand: node tests/web/mock-hub.mjs [port]

import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import { answerRest } from './mock-rest.mjs';
import { Journal } from './mock-journal.mjs';
import { Quarantine } from './mock-quarantine.mjs';
import { PEOPLE } from './region.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', png: 'image/png', webmanifest: 'application/manifest+json' };
const HEARTBEAT_MS = 5_000;
const IN_FLIGHT_MAX = 8;

/** A policy as `src/http/assets.rs` has it, so that the stories run under the real one. */
function policyOfTheHub(name) {
  const source = readFileSync(path.join(ROOT, 'src/http/assets.rs'), 'utf8');
  return new RegExp(`const ${name}: &str =\\s*"([^"]+)"`).exec(source)[1].replace(/\\\n\s*/g, '');
}

/** The service worker as the hub sends it: its list of files in front. */
async function workerText(web) {
  const names = (await readdir(web, { recursive: true })).filter((name) => name !== 'worker.js' && name.split('.').at(-1) in TYPES).sort();
  const hashed = await Promise.all(names.map(async (name) => [name === 'index.html' ? '/' : `/${name}`,
    createHash('sha256').update(await readFile(path.join(web, name))).digest('base64')]));
  return `globalThis.RENKEI_FILES = ${JSON.stringify(Object.fromEntries(hashed))};\n${await readFile(path.join(web, 'worker.js'), 'utf8')}`;
}

export class MockHub {
  constructor() {
    this.journal = new Journal();
    this.tickets = new Map();
    this.sessions = new Set();
    this.revoked = new Set();
    this.network = true;
    /** Every frame that clients sent, for the stories to look at. */
    this.heard = [];
    /** Whose sign-ins were ended by themselves. */
    this.ended = [];
    this.awaiting = [];
    /** Pages of timelines that were asked for; and where a subscription gets stuck. */
    this.pages = [];
    this.deliversUntil = null;
    /** What offices say of themselves, by id. */
    this.offices = new Map();
    /** What `GET /duties` lists. */
    this.listed = [];
    /** What the audit log answers, and who asked of whom. */
    this.exposed = [];
    this.lookedUp = [];
    this.quarantine = new Quarantine();
    /** By what people show once more who they are; nothing, as in the demo. And the idle time that the hub tells of, in seconds. */
    this.proof = { password: 'あめのひは', code: '123456' };
    this.idleS = undefined;
    /** With which key browsers ask to be rung (none: nobody is), which are, and every word of one that is to be. */
    this.pushKey = null;
    this.bells = [];
    /** How many records do not open. */
    this.unreadable = 0;
    this.groups = [];
    this.announcements = [];
    this.trainings = [];
    this.rungAt = [];
    this.quietHours = null;
    /** Where the page's files are: a story may bring another version. */
    this.web = path.join(ROOT, 'web');
    this.webFor = () => this.web;
    /** Files that were handed in, and who waits for one. */
    this.files = [];
    this.handingIn = [];
    this.policy = policyOfTheHub('POLICY');
    /** What a page may use of the device, as a region has it that said nothing of it. */
    this.permissions = policyOfTheHub('PERMISSIONS');
    this.server = createServer((request, response) => this.http(request, response));
    this.sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => (offered.has('renkei.v1.json') ? 'renkei.v1.json' : false), maxPayload: 262_144 });
    this.server.on('upgrade', (request, socket, head) => {
      if (!this.network || request.url !== '/ws') socket.destroy();
      else this.sockets.handleUpgrade(request, socket, head, (ws) => this.greet(ws));
    });
    this.journal.onEntry = (entry) => { for (const session of this.sessions) session.offer(entry); };
    this.journal.onMarker = (marker) => this.tellReaders(marker.timeline, { readMarker: marker });
  }

  async listen(port = 0) {
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}/`;
    return this;
  }

  close() {
    for (const ws of this.sockets.clients) ws.terminate();
    this.server.closeAllConnections();
    this.server.close();
  }

  /** @param {string} key of a person of the region */
  link(key) {
    return `${this.url}#token=${PEOPLE.find((one) => one.key === key).token}`;
  }

  hear(frame) {
    this.heard.push(frame);
    this.awaiting = this.awaiting.filter(({ wanted, resolve }) => !wanted(frame) || void resolve(frame));
  }

  /** The next frame of a client that is `wanted`. @param {(frame: any) => boolean} wanted */
  nextFrame(wanted) {
    return new Promise((resolve) => this.awaiting.push({ wanted, resolve }));
  }

  /** The last post, also where it is still on its way out of the page, which keeps it first. @param {string} [kind] @param {(body: any) => unknown} [is] */
  async posted(kind, is = () => true) {
    const isOne = ({ post }) => Boolean(post && (!kind || post.intent.body[kind] !== undefined) && is(post.intent.body));
    return (this.heard.findLast(isOne) ?? await this.nextFrame(isOne)).post.intent;
  }

  /** The last file, once so many were handed in or refused, also where it is still on its way. @param {number} count */
  async handedIn(count) {
    while (this.files.length < count) await new Promise((resolve) => this.handingIn.push(resolve));
    return this.files.at(-1);
  }

  // ── HTTP ──

  async http(request, response) {
    if (!this.network) return request.socket.destroy();
    const url = new URL(request.url, this.url);
    response.setHeader('content-security-policy', this.policy);
    response.setHeader('permissions-policy', this.permissions);
    response.setHeader('x-content-type-options', 'nosniff');
    if (request.method === 'POST' && url.pathname.endsWith('/files')) return this.takeFile(request, response);
    const wanted = /^\/api\/v1\/timelines\/[^/]+\/entries\/[^/]+\/files\/([0-9a-f]{64})$/.exec(url.pathname)?.[1];
    const kept = wanted && this.files.find(({ sha256 }) => sha256 === wanted);
    if (kept) return response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(kept.content);
    if (url.pathname.startsWith('/api/')) return this.api(request, url, response);
    if (url.pathname === '/worker.js') return response.setHeader('content-type', TYPES.js).end(await workerText(this.webFor('worker.js')));
    const name = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
    const type = TYPES[name.split('.').at(-1)];
    try {
      response.setHeader('content-type', type);
      response.end(await readFile(path.join(this.webFor(name), path.normalize(name))));
    } catch {
      response.writeHead(404).end('not found');
    }
  }

  /** Keeps nothing of a file but what the post will say of it; refuses what is told to be refused. */
  async takeFile(request, response) {
    const bytes = [];
    for await (const piece of request) bytes.push(piece);
    const content = Buffer.concat(bytes);
    const name = decodeURIComponent(request.headers['renkei-file-name'] ?? '');
    const [status, body] = this.fileRefusal ? [422, { status: 422, code: 'content_mismatch', detail: this.fileRefusal }]
      : [201, { sha256: createHash('sha256').update(content).digest('hex'), media_type: request.headers['content-type'], size_bytes: content.length, unnamed_until: new Date(Date.now() + 86_400_000).toISOString() }];
    this.files.push({ name, content, sha256: body.sha256 });
    for (const resolve of this.handingIn.splice(0)) resolve();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  async api(request, url, response) {
    // The cookie counts only with the word by which the hub knows its own page.
    const cookie = request.headers['renkei-client'] === 'page' ? /(?:^|; )renkei=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] : undefined;
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? cookie;
    const me = PEOPLE.find((one) => one.token === token && !this.revoked.has(one.key));
    let text = '';
    for await (const part of request) text += part;
    if (url.pathname === '/api/v1/sign-in' && request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ password_chars_min: 15, links: true }));
      return;
    }
    if (url.pathname === '/api/v1/quarantine/key') return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await this.quarantine.key()));
    if (request.method === 'POST' && url.pathname === '/api/v1/quarantine') return response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify(this.quarantine.take(JSON.parse(text).envelopes)));
    const [status, body] = me ? answerRest(this, me, request.method, url, text ? JSON.parse(text) : {})
      : [401, { type: 'about:blank', title: 'Unauthorized', status: 401, code: 'unauthenticated', detail: { ja: 'サインインが必要です', en: 'please sign in' } }];
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  }

  // ── sockets ──

  greet(ws) {
    ws.once('message', (data) => {
      const { hello } = JSON.parse(data);
      const me = hello && this.tickets.get(hello.ticket);
      this.tickets.delete(hello?.ticket);
      if (!me) return ws.close(4103);
      this.sessions.add(new Session(this, ws, me));
    });
  }

  /** @param {string} timeline @param {object} frame */
  tellReaders(timeline, frame) {
    for (const session of this.sessions) if (session.cursors.has(timeline)) session.send(frame);
  }

  presence(timeline) {
    const here = new Map([...this.sessions].filter((session) => session.cursors.has(timeline)).map((session) => [session.me.id, session.actor]));
    this.tellReaders(timeline, { presence: { timeline, people: [...here.values()] } });
  }

  /** What the stories do to the hub. */
  cut() {
    this.network = false;
    for (const ws of this.sockets.clients) ws.terminate();
    this.server.closeAllConnections();
  }

  mend() {
    this.network = true;
  }

  /** @param {string} key @param {string} timeline @param {string} [entry] */
  forget(key, timeline, entry) {
    for (const session of this.sessions) {
      if (session.me.key !== key) continue;
      if (!entry) session.cursors.delete(timeline);
      session.send({ forget: { timeline, ...(entry ? { entry } : {}), reason: { ja: '紐付けが解除されました。', en: 'The link has ended.' } } });
    }
  }

  revoke(key) {
    this.revoked.add(key);
    for (const session of this.sessions) if (session.me.key === key) session.goodbye(4200, 'sign_in_ended', false);
  }
}

/** One socket after its hello. */
class Session {
  constructor(hub, ws, me) {
    Object.assign(this, { hub, ws, me, cursors: new Map(), allMine: false, swallow: false });
    this.actor = hub.journal.actor(me.key);
    ws.on('message', (data) => this.receive(JSON.parse(data)));
    ws.on('close', () => {
      hub.sessions.delete(this);
      for (const timeline of this.cursors.keys()) hub.presence(timeline);
    });
    this.beat = setInterval(() => this.send({ heartbeat: { serverTimeUs: `${Date.now()}000` } }), HEARTBEAT_MS).unref();
    ws.on('close', () => clearInterval(this.beat));
    this.send({ welcome: { version: 1, signIn: me.id, actor: this.actor, heartbeatMs: HEARTBEAT_MS, authenticatedUntilUs: `${Date.now() + 8 * 3_600_000}000`, limits: { frameBytesMax: 262_144, postsInFlightMax: IN_FLIGHT_MAX }, serverTimeUs: `${Date.now()}000` } });
  }

  send(frame) {
    if (this.ws.readyState === this.ws.OPEN) this.ws.send(JSON.stringify(frame));
  }

  goodbye(close, code, retry) {
    this.send({ goodbye: { close, code, retry, reason: { ja: 'サインインが取り消されました。', en: 'The sign-in was revoked.' } } });
    this.ws.close(close);
  }

  receive(frame) {
    const [name] = Object.keys(frame);
    this.hub.hear({ who: this.me.key, ...frame });
    const { journal } = this.hub;
    if (name === 'subscribe') this.subscribe(frame.subscribe);
    if (name === 'unsubscribe') for (const timeline of frame.unsubscribe.timelines) this.cursors.delete(timeline);
    if (name === 'markRead') journal.markRead(this.me, frame.markRead.timeline, Number(frame.markRead.through));
    if (name === 'dryRun') this.send({ dryRunResult: { id: frame.dryRun.intent.id, ...journal.judge(this.me, frame.dryRun.intent) } });
    if (name === 'post') this.post(frame.post.intent);
  }

  post(intent) {
    const answer = this.hub.journal.post(this.me, intent);
    if (this.hub.swallowAnswers) return;
    this.send(answer);
  }

  subscribe({ timelines = [], allMine = false }) {
    const wanted = new Map(timelines.map(({ timeline, after }) => [timeline, Number(after ?? 0)]));
    // As the hub has it: nobody serves all patients, so the secretariat asks for each by name.
    const mine = this.me.role === 'secretariat' ? [] : this.hub.journal.timelinesOf(this.me);
    if (allMine) for (const timeline of mine) if (!wanted.has(timeline)) wanted.set(timeline, 0);
    for (const [timeline, cursor] of wanted) {
      const keepsOwn = this.hub.journal.keepsOwn(this.me, timeline);
      // What the page has is not what it would be sent now.
      if (keepsOwn && cursor > 0) this.send({ forget: { timeline } });
      const after = keepsOwn ? 0 : cursor;
      if (!keepsOwn && !this.hub.journal.timelinesOf(this.me).includes(timeline) && !this.hub.journal.openedUntil(this.me, timeline)) {
        this.send({ error: { code: 'not_found', about: timeline, message: { ja: '見つかりません', en: 'not found' } } });
        continue;
      }
      this.cursors.set(timeline, after);
      const entries = this.hub.journal.entries(timeline);
      this.send({ subscribed: { timeline, after: String(after), head: String(entries.length) } });
      const cutAt = this.hub.deliversUntil?.timeline === timeline ? this.hub.deliversUntil.seq : entries.length;
      for (const entry of entries.slice(0, cutAt)) if (Number(entry.seq) > after) this.offer(entry);
      if (cutAt < entries.length) continue;
      this.send({ caughtUp: { timeline, through: String(entries.length) } });
      this.cursors.set(timeline, entries.length);
      this.hub.presence(timeline);
    }
  }

  /** Delivers an entry, or passes over one that this reader may not see. */
  offer(entry) {
    if (!this.cursors.has(entry.timeline) || !this.hub.journal.maySee(this.me, entry)) return;
    if (this.hub.swallowAnswers && entry.content.author.person === this.me.id) return;
    const after = this.cursors.get(entry.timeline);
    this.cursors.set(entry.timeline, Number(entry.seq));
    if (this.loseNext) return void (this.loseNext = false);
    this.send({ delivery: { after: String(after), entry } });
  }
}

if (process.argv[1] === import.meta.filename) {
  const hub = await new MockHub().listen(Number(process.argv[2] ?? 8123));
  for (const { key } of PEOPLE) console.log(key, hub.link(key));
}
