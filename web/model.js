// What this page knows: who is signed in, their patients, the timelines, who is looking and who has read. It joins the
// REST interface and the hub, and tells its listeners once per painted frame that something changed. No templates here.

import { SIGN_IN_OVER } from './closing.js';
import { forgetSignIn } from './credentials.js';
import { Emergency } from './emergency.js';
import { isHub, usOfMs } from './frames.js';
import { Hub } from './hub.js';
import { Keeper } from './keeper.js';
import { Needs } from './needs.js';
import { Offices } from './offices.js';
import { Outbox } from './outbox.js';
import { Owing } from './owing.js';
import { Pledging } from './pledging.js';
import { QuarantinedPosts } from './quarantined.js';
import { latest, readingsOf } from './readings.js';
import { start, verify } from './starting.js';
import { Timeline } from './timeline.js';
import { Turn } from './turn.js';
import { uuidV7 } from './uuid.js';

const SEEN_PAUSE_MS = 600;
const MARKER_CALLS_MAX = 3;
const DIRECTORY_AGE_MS_MIN = 20_000;

/**
 * @typedef {import('./rest.js').Patient} Patient
 * @typedef {import('./rest.js').RestError} RestError
 * @typedef {{through: number, atMs: number}} Marker
 * @typedef {object} World what the page is connected to; the tests bring their own
 * @property {import('./rest.js').Rest} rest
 * @property {(subprotocol: string) => WebSocket} openSocket
 * @property {import('./hub.js').Clock} clock
 * @property {() => 'ja' | 'en'} language
 * @property {(call: () => void) => void} beforePaint
 * @property {() => import('./keeper.js').Marks} marks
 */

export class Model {
  /** @param {World} world */
  constructor({ rest, openSocket, clock, language, beforePaint, marks }) {
    this.rest = rest;
    this.clock = clock;
    this.beforePaint = beforePaint;
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    this.outbox = new Outbox(undefined, (id) => (this.emergency.opened.has(id) ? undefined : this.patientName(id)));
    this.keeper = new Keeper(this, marks);
    this.hub = new Hub({
      takeTicket: () => rest.takeTicket(),
      openSocket,
      outbox: this.outbox,
      turn: new Turn(() => `renkei-sending-${this.keeper.handle}`),
      language,
      clock,
      tell: (happening) => this.hear(happening),
    });
    /** @type {'signed_out' | 'starting' | 'pledging' | 'ready'} pledging: nothing else is open before that */
    this.stage = 'signed_out';
    this.signOutCode = '';
    /** @type {Promise<void>} */
    this.handingIn = Promise.resolve();
    /** @type {import('./rest.js').Me | null} */
    this.me = null;
    /** @type {Map<string, Patient>} */
    this.patients = new Map();
    this.unreadablePatients = 0;
    /** What the secretariat last searched for: the list stays as it was searched when something changes. */
    this.search = {};
    /** @type {Map<string, Timeline>} */
    this.timelines = new Map();
    /** @type {Map<string, Map<string, Marker>>} */
    this.markers = new Map();
    /** @type {Map<string, import('./frames.js').Actor[]>} */
    this.presence = new Map();
    /** @type {Map<string, import('./rest.js').Organisation>} */
    this.organisations = new Map();
    /** @type {Map<string, import('./rest.js').Person>} */
    this.people = new Map();
    /** @type {Map<string, number>} what the hub knows this person to have read */
    this.told = new Map();
    /** @type {Map<string, Promise<import('./rest.js').CitedRule>>} */
    this.rules = new Map();
    /** @type {Map<string, import('./rest.js').CitedRule>} the same, once the hub answered */
    this.knownRules = new Map();
    /** @type {Set<string>} timelines whose markers were kept on the device: what others read meanwhile is not among them */
    this.staleMarkers = new Set();
    /** When this page last was as the hub is. */
    this.syncedAtMs = 0;
    /** Whether a newer version of the page waits to be opened; and what to do when the hub came back, perhaps as a newer one. */
    this.newerPage = false;
    this.hubCame = () => {};
    /** Whether what is shown was kept on the device and the hub has not been asked yet. */
    this.unverified = false;
    this.wasLive = false;
    /** What waits in envelopes of earlier sign-ins, what was handed in, and what waits in those of sign-ins that last. */
    this.envelopes = { delivered: 0, left: 0, held: 0 };
    this.owing = new Owing(this);
    /** What a draft would meet while the hub cannot be asked; it comes after the first view. @type {import('./rules/foreseeing.js').Foreseeing | null} */
    this.foreseeing = null;
    /** The rules that this device keeps, until it is there. @type {import('./rules/foreseeing.js').Foreseeing['kept']} */
    this.keptRules = null;
    /** Announcements, and this person's trainings; they come after the first view, and until then as kept. @type {import('./board.js').Board | null} */
    this.board = null;
    /** @type {import('./board.js').Kept | null} */
    this.keptBoard = null;
    this.needs = new Needs(this);
    this.offices = new Offices(this);
    /** Sounds and the badge, where the device has them. @type {import('./alerts.js').Alerts | null} */
    this.alerts = null;
    /** This device rung while the page is closed, where a browser can. @type {import('./ringing.js').Ringing | null} */
    this.ringing = null;
    this.emergency = new Emergency(this);
    this.pledging = new Pledging(this);
    this.quarantined = new QuarantinedPosts(this);
    this.directoryAtMs = 0;
    /** @type {string[]} */
    this.markerQueue = [];
    this.markerCalls = 0;
    this.welcomedOnce = false;
    this.selected = '';
    /** The entry that an address leads to, until it was shown. */
    this.wanted = '';
    /** Whether the list of duties is looked at. */
    this.showsDuties = false;
    /** Today's visits, or the visit to one patient, while they are looked at. @type {{patient: string} | null} */
    this.visiting = null;
    /** Whether what became of posts is looked at. */
    this.showsSending = false;
    /** What the console shows while it is open. @type {{section: string, item: string} | null} */
    this.console = null;
    /** @type {{name: string, reason?: {ja: string, en: string}} | null} a patient who has just left this reader's view */
    this.farewell = null;
    /** A sheet for paper that stands in the place of the page. @type {import('./views/paper-sheet.js').Sheet | null} */
    this.paper = null;
    /** @type {{ja: string, en: string} | null} what did not work, until it was read */
    this.trouble = null;
    /** @type {{ja: string, en: string} | null} what went well elsewhere, until it was read */
    this.success = null;
    /** @type {import('./timeline.js').Item | null} the last entry that arrived while live, for screen readers */
    this.arrived = null;
    /** @type {Map<string, {version: number, readings: import('./readings.js').Reading[]}>} */
    this.readings = new Map();
    /** @type {WeakMap<import('./readings.js').Reading[], ReturnType<typeof latest>>} */
    this.latest = new WeakMap();
  }

  /** @param {() => void} listener @returns {() => void} stops listening */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed() {
    if (this.announced) return;
    this.announced = true;
    this.beforePaint(() => {
      this.announced = false;
      for (const listener of this.listeners) listener();
    });
  }

  /** @param {{ja: string, en: string} | null} words @param {{isGood?: boolean}} [how] something that went well, not a trouble */
  say(words, { isGood = false } = {}) {
    Object.assign(this, { trouble: isGood ? null : words, success: isGood ? words : null });
    this.changed();
  }

  /** @param {import('./rules/foreseeing.js').Foreseeing['kept']} kept */
  takeUpRules(kept) {
    if (this.foreseeing) this.foreseeing.takeUp(kept);
    else this.keptRules = kept;
  }

  // ── signing in and out ──

  start() {
    return start(this);
  }

  /** The person asked to go: the hub ends the sign-in, and this page forgets it whether that could be told or not. */
  async signOut() {
    this.hub.stop();
    await this.rest.signOut().catch(() => {});
    this.leave();
  }

  /** The rule behind a citation, asked for once; as it stood at a moment, or now. @param {string} citation @param {number} [atMs] */
  rule(citation, atMs = 0) {
    const asked = `${citation} ${atMs}`;
    let found = this.rules.get(asked);
    if (!found) {
      found = this.rest.rule(citation, atMs);
      this.rules.set(asked, found);
      found.then((rule) => {
        this.knownRules.set(asked, rule);
        this.keeper.note('rules');
      }, () => {});
      // Not found now may be found when the hub can be reached again.
      found.catch(() => this.rules.delete(asked));
    }
    return found;
  }

  /** @param {string} code why, or empty when the person asked for it */
  leave(code = '') {
    this.hub.stop();
    // Who is signed out by time closed the page for the night; who leaves is rung here no more.
    if (!code) this.ringing?.leave();
    this.outbox.clear();
    // What was written stays in its envelopes, and goes to the hub in them.
    this.keeper.destroy().catch(() => {}).then(() => this.handInEnvelopes());
    forgetSignIn();
    this.signOutCode = code;
    this.stage = 'signed_out';
    for (const held of [this.patients, this.timelines, this.markers, this.presence, this.readings, this.rules, this.knownRules, this.people, this.organisations]) held.clear();
    this.hub.cursors.places.clear();
    this.owing.clear();
    this.foreseeing?.clear();
    this.keptRules = null;
    this.needs.clear();
    this.offices.clear();
    this.emergency.clear();
    this.pledging.clear();
    this.quarantined.clear();
    Object.assign(this, { me: null, paper: null, unreadablePatients: 0 });
    this.changed();
  }

  /** What earlier sign-ins could not send. */
  handInEnvelopes() {
    // One after the other, so that none is handed in twice.
    return (this.handingIn = this.handingIn.then(() => this.handIn()));
  }

  async handIn() {
    const before = this.envelopes;
    const tidied = await this.keeper.tidy().catch(() => ({ ...before, delivered: 0 }));
    // What was handed in a moment ago is still told of.
    this.envelopes = { ...tidied, delivered: before.delivered + tidied.delivered };
    if (this.envelopes.delivered > 0 && this.stage === 'ready') this.quarantined.look();
    this.changed();
  }

  get isSecretariat() {
    return this.me?.role === 'secretariat';
  }

  /** Whether there is a console for this person: the region's, their own office's, or the rules that they sign and live by. */
  get hasConsole() {
    return this.isSecretariat || Boolean(this.me?.administers?.length) || this.isProfessional;
  }

  /** Whether this person's work is visiting: the round of the day stands first for them. */
  get isVisitingNurse() {
    return this.me?.role === 'nurse' && this.me.organisation.type === 'nursing_station';
  }

  get isProfessional() {
    return Boolean(this.me) && !['secretariat', 'family', 'gateway'].includes(this.me?.role ?? '');
  }

  get myId() {
    return this.me?.person.id ?? '';
  }

  // ── who is who ──

  /** @param {object} [search] @param {Promise<void>} [kept] what a refusal waits for: what is being opened cannot be destroyed */
  async refreshPatients(search = this.search, kept) {
    this.search = search;
    try {
      const { patients, unreadable = 0 } = await this.rest.patients(this.isSecretariat ? search : { mine: true });
      this.patients = new Map(patients.map((patient) => [patient.id, patient]));
      Object.assign(this, { unreadablePatients: unreadable, refreshTimer: undefined });
      this.emergency.keep(this.patients);
      this.keeper.note('patients');
    } catch (/** @type {any} */ error) {
      await kept;
      this.failed(error);
    }
    this.changed();
  }

  /** What this person should know at once may have changed since the page was opened. An open socket keeps the sign-in in use anyway. */
  async lookForAlarms() {
    if (this.stage !== 'ready' || this.hub.connection.phase !== 'live') return;
    const me = await this.rest.me().catch(() => null);
    if (!me || !this.me || me.person.id !== this.me.person.id) return;
    this.me = { ...this.me, alarms: me.alarms };
    this.changed();
  }

  /** Several entries of one change refresh the list once. */
  refreshSoon() {
    this.clock.cancel(this.refreshTimer);
    this.refreshTimer = this.clock.after(() => this.refreshPatients(), 300);
  }

  async refreshDirectory() {
    if (this.clock.now() - this.directoryAtMs < DIRECTORY_AGE_MS_MIN) return;
    this.directoryAtMs = this.clock.now();
    try {
      const [organisations, people] = await Promise.all([this.rest.organisations(), this.rest.people()]);
      this.organisations = new Map(organisations.map((organisation) => [organisation.id, organisation]));
      this.people = new Map(people.map((person) => [person.id, person]));
      this.keeper.note('directory');
    } catch (/** @type {any} */ error) {
      this.directoryAtMs = 0;
      this.failed(error);
    }
    this.changed();
  }

  /** Network troubles show in the connection state; a rejected sign-in needs more, and a pledge that was taken back. @param {RestError} error */
  failed(error) {
    if (error.status === 401) this.leave('sign_in_ended');
    else if (error.code === 'pledge_owed' && this.stage === 'ready') {
      this.hub.stop();
      this.start();
    }
  }

  /** @param {string} id */
  personName(id) {
    const name = this.people.get(id)?.name ?? '';
    return typeof name === 'string' ? name : name.kanji;
  }

  /** @param {string} id */
  organisationName(id) {
    return this.organisations.get(id)?.name ?? '';
  }

  /** The patient's names, as the timeline last said. @param {string} id */
  patientName(id) {
    return this.timelines.get(id)?.registration?.name ?? this.patients.get(id)?.name ?? this.outbox.nameKept(id) ?? { kanji: '', kana: '' };
  }

  // ── timelines ──

  /** @param {string} id */
  timeline(id) {
    let timeline = this.timelines.get(id);
    if (!timeline) this.timelines.set(id, (timeline = new Timeline(id)));
    return timeline;
  }

  /** @param {string} id */
  readingsOf(id) {
    const timeline = this.timeline(id);
    const held = this.readings.get(id);
    if (held && held.version === timeline.readingsVersion) return held.readings;
    const readings = readingsOf(timeline);
    this.readings.set(id, { version: timeline.readingsVersion, readings });
    return readings;
  }

  /** @param {string} id */
  latestOf(id) {
    const readings = this.readingsOf(id);
    const held = this.latest.get(readings);
    if (held) return held;
    const found = latest(readings);
    this.latest.set(readings, found);
    return found;
  }

  /** One thing is looked at at a time. @param {Partial<Pick<Model, 'selected' | 'wanted' | 'showsDuties' | 'showsSending' | 'visiting' | 'console'>>} what */
  show(what) {
    Object.assign(this, { selected: '', wanted: '', showsDuties: false, showsSending: false, visiting: null, console: null, farewell: null }, what);
    this.changed();
  }

  /** @param {string} id @param {string} [entry] to be shown there */
  select(id, entry = '') {
    this.look(id);
    this.show({ selected: id, wanted: entry });
  }

  /** Nobody serves every patient: the secretariat reads what it may of the one it looks at, and keeps none. @param {string} id */
  look(id) {
    if (!this.isSecretariat || id === this.selected) return;
    const before = this.selected;
    if (before) {
      this.hub.leave(before);
      for (const held of [this.timelines, this.markers, this.presence, this.readings, this.told]) held.delete(before);
    }
    if (id) this.hub.resubscribe(id);
  }

  /** Nothing else is in the page meanwhile, nor the patient's id in the address that browsers print. @param {Omit<import('./views/paper-sheet.js').Sheet, 'close'>} sheet */
  showPaper(sheet) {
    const address = location.hash;
    history.replaceState(null, '', '#/paper');
    const close = () => {
      this.paper = null;
      history.replaceState(null, '', address);
      this.changed();
    };
    this.paper = { ...sheet, close };
    this.changed();
  }

  showDuties() {
    this.look('');
    this.show({ showsDuties: true });
  }

  /** @param {string} [patient] the visit to one, or the list of today's */
  showVisits(patient = '') {
    this.look('');
    this.show({ visiting: { patient } });
  }

  showSending() {
    this.look('');
    this.show({ showsSending: true });
  }

  /** @param {{section: string, item: string}} address */
  showConsole(address) {
    this.look('');
    this.show({ console: address });
  }

  /** In one tap, for the entry that asks for it. @param {import('./timeline.js').Item} item */
  acknowledge({ id, timeline }) {
    if (!this.isAcknowledging(timeline, id)) this.hub.post(this.intent(timeline, { acknowledgement: { target: id } }));
  }

  /** Whether an acknowledgement of it is on its way. @param {string} timeline @param {string} id */
  isAcknowledging(timeline, id) {
    return this.outbox.of(timeline).some(({ intent, state }) => intent.body.acknowledgement?.target === id && (state === 'waiting' || state === 'sent'));
  }

  /** The person has seen everything up to `through` on the screen. @param {string} timeline @param {number} through */
  seen(timeline, through) {
    // Its marker would say that it read what stands between the entries it may see.
    if (this.isSecretariat) return;
    const markers = this.markers.get(timeline);
    if (!markers || through <= (markers.get(this.myId)?.through ?? 0)) return;
    markers.set(this.myId, { through, atMs: this.clock.now() });
    this.keeper.note('markers');
    this.changed();
    this.clock.cancel(this.seenTimer);
    this.seenTimer = this.clock.after(() => this.tellSeen(), SEEN_PAUSE_MS);
  }

  /** Tells the hub what was read since it was last told, also what was read while the connection was lost. */
  tellSeen() {
    for (const [timeline, held] of this.markers) {
      const through = held.get(this.myId)?.through ?? 0;
      if (through > (this.told.get(timeline) ?? 0) && this.hub.markRead(timeline, through)) this.told.set(timeline, through);
    }
  }

  /** @param {string} timeline @param {Record<string, any>} body @param {object} [more] @returns {import('./frames.js').Intent} */
  intent(timeline, body, more = {}) {
    return { id: uuidV7(), timeline, observedAtUs: usOfMs(this.clock.now()), ...more, body };
  }

  // ── hearing ──

  /** @param {any} happening of the hub */
  hear(happening) {
    const handle = HEAR[happening.what];
    if (handle) handle(this, happening);
    this.changed();
  }

  /** Markers are fetched once per timeline, a few at a time. @param {string} timeline */
  fetchMarkers(timeline) {
    const isKnown = this.markers.has(timeline) && !this.staleMarkers.delete(timeline);
    if (!isKnown && !this.markerQueue.includes(timeline)) this.markerQueue.push(timeline);
    this.drainMarkers();
  }

  async drainMarkers() {
    while (this.markerCalls < MARKER_CALLS_MAX && this.markerQueue.length > 0) {
      const timeline = /** @type {string} */ (this.markerQueue.shift());
      this.markerCalls += 1;
      this.rest.readMarkers(timeline)
        .then((markers) => {
          const held = this.markers.get(timeline) ?? new Map();
          for (const { person, through, at } of markers) mark(held, person, Number(through), Date.parse(at));
          this.markers.set(timeline, held);
          const mine = markers.find(({ person }) => person === this.myId);
          this.told.set(timeline, Number(mine?.through ?? 0));
          this.keeper.note('markers');
          this.tellSeen();
        })
        .catch((error) => this.failed(error))
        .finally(() => {
          this.markerCalls -= 1;
          this.drainMarkers();
          this.changed();
        });
    }
  }

  /** @param {string} timeline @param {{ja: string, en: string}} [reason] */
  async forgetTimeline(timeline, reason) {
    const name = this.patientName(timeline).kanji;
    this.emergency.opened.delete(timeline);
    for (const held of [this.timelines, this.markers, this.presence, this.readings, this.patients]) held.delete(timeline);
    this.keeper.partial.delete(timeline);
    this.keeper.rewrite(timeline);
    if (this.selected === timeline) this.farewell = { name, reason };
    await this.refreshPatients();
    // Still on the list: what may be seen has changed, so it is read again from the beginning.
    if (this.patients.has(timeline)) {
      this.farewell = null;
      if (!this.hub.cursors.isOpen(timeline)) this.hub.resubscribe(timeline);
    } else if (this.selected === timeline) this.selected = '';
    this.changed();
  }
}

/** @param {Map<string, Marker>} markers @param {string} person @param {number} through @param {number} atMs */
function mark(markers, person, through, atMs) {
  if (through > (markers.get(person)?.through ?? 0)) markers.set(person, { through, atMs });
}

const CHANGES_THE_LIST = new Set(['registration', 'consent', 'team_link', 'team_unlink', 'host_change', 'admission', 'discharge', 'death', 'closing']);

const HEAR = /** @type {Record<string, (model: Model, happening: any) => void>} */ ({
  connection(model, { connection }) {
    if (connection.phase === 'ended' && SIGN_IN_OVER.has(connection.code)) model.leave(connection.code);
    if (connection.phase === 'live') {
      model.syncedAtMs = model.clock.now();
      model.foreseeing?.askAgain();
    }
    if (connection.phase === 'waiting' || connection.phase === 'offline') {
      if (model.wasLive) model.syncedAtMs = model.hub.lastHeardMs;
      model.presence.clear();
    }
    model.wasLive = connection.phase === 'live';
    model.keeper.note('me');
  },
  welcome(model) {
    model.tellSeen();
    model.keeper.fetchSlip();
    model.foreseeing?.refresh();
    model.hubCame();
    if (model.unverified) verify(model);
    if (model.welcomedOnce) {
      model.refreshPatients();
      model.owing.refreshSoon();
    }
    model.welcomedOnce = true;
  },
  subscribed(model, { timeline }) {
    // Only its end was kept: it is read again from the beginning.
    if (model.keeper.partial.delete(timeline)) {
      model.timelines.get(timeline)?.clear();
      model.keeper.rewrite(timeline);
    }
    if (!model.patients.has(timeline)) model.refreshSoon();
  },
  entry(model, { entry }) {
    const timeline = model.timeline(entry.timeline);
    if (!timeline.apply(entry)) return;
    model.keeper.noteTimeline(entry.timeline);
    const named = [entry.author, entry.onBehalf].filter((one) => one && !isHub(one));
    if (named.some((one) => one && (!model.people.has(one.person) || !model.organisations.has(one.organisation)))) {
      model.refreshDirectory();
    }
    if (model.hub.connection.phase !== 'live') return;
    model.arrived = timeline.last ?? null;
    if (timeline.last) model.alerts?.hearEntry(timeline.last);
    if (CHANGES_THE_LIST.has(entry.kind)) model.refreshSoon();
    if (model.isSecretariat && entry.kind.startsWith('duty_')) model.owing.refreshSoon();
  },
  verdict(model, { verdict }) {
    model.owing.learn(verdict.words);
    model.foreseeing?.learn(verdict.cited);
  },
  caught_up(model, { timeline }) {
    model.fetchMarkers(timeline);
    model.keeper.noteTimeline(timeline);
  },
  forget(model, { timeline, entry, reason }) {
    if (entry) {
      model.timelines.get(timeline)?.forget(entry);
      model.keeper.rewrite(timeline);
    } else model.forgetTimeline(timeline, reason);
  },
  notice(model, { of, dueMs, words }) {
    model.alerts?.hearNotice({ of, dueMs });
    if (words) model.owing.learn([words]);
    model.owing.refreshSoon();
  },
  presence: (model, { timeline, people }) => model.presence.set(timeline, people),
  read_marker(model, { timeline, person, through, atMs }) {
    const held = model.markers.get(timeline);
    if (held) mark(held, person, through, atMs);
    model.keeper.note('markers');
  },
});
