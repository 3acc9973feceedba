// Announcements that are for this person, and the trainings that they were at: asked for when the page is opened, when it
// comes to the front, when the line is back, and every minute while it is in front. Kept on the device with the rest, so that the last
// ones are readable without network; and how much of one's groups is unread. `views/board.js` shows it; writing one is the console's.

/** Nothing here is urgent: what is, is phoned. */
const LOOK_MS = 60_000;
/** Whoever comes back to the page sees what is new at once; going to and fro asks no more often. */
const BACK_MS = 10_000;

/**
 * @typedef {object} Announcement `GET /api/v1/announcements`
 * @property {string} id
 * @property {number} version
 * @property {string} title
 * @property {string} text
 * @property {string} organisation_name
 * @property {string} published_at
 * @property {string | null} changed_at
 * @property {string} reason
 * @property {boolean} is_withdrawn
 * @property {string} until
 * @property {string | null} read_at
 * @typedef {{person: string, name: {kanji: string, kana: string}, state: 'expected' | 'attended' | 'absent', label: import('./rest.js').Text, noted_at: string}} Attendance
 * @typedef {{id: string, title: string, kind: string, kind_label: import('./rest.js').Text, day: string, is_cancelled: boolean, attendance: Attendance[]}} Training
 * @typedef {{announcements: Announcement[], trainings: Training[], read: {id: string, version: number}[]}} Kept
 */

export class Board {
  /** @param {import('./model.js').Model} model @param {(ms: number) => string} dayOf the day of a moment, as `2026-04-01` */
  constructor(model, dayOf) {
    this.model = model;
    this.dayOf = dayOf;
    /** @type {Announcement[]} */
    this.announcements = [];
    /** Mine. @type {Training[]} */
    this.trainings = [];
    /** Groups in which I have not read everything. @type {{id: string, unread: number}[]} */
    this.unreadGroups = [];
    /** What was read here while the hub could not be told. @type {Map<string, number>} */
    this.read = new Map();
    this.wasLive = false;
    this.atMs = -LOOK_MS;
    this.busy = false;
  }

  begin() {
    if (this.model.keptBoard) this.takeUp(this.model.keptBoard);
    this.model.listen(() => this.hear());
    document.addEventListener('visibilitychange', () => document.hidden || this.soon(BACK_MS));
    this.hear();
  }

  hear() {
    const { model } = this;
    if (model.stage === 'signed_out') return this.clear();
    const isLive = model.stage === 'ready' && model.hub.connection.phase === 'live';
    const isBack = isLive && !this.wasLive;
    this.wasLive = isLive;
    if (isBack) this.look();
    else if (isLive && !document.hidden) this.soon();
  }

  /** Unless it was just asked for. @param {number} [pauseMs] */
  soon(pauseMs = LOOK_MS) {
    if (this.model.stage === 'ready' && this.model.clock.now() - this.atMs >= pauseMs) this.look();
  }

  clear() {
    Object.assign(this, { announcements: [], trainings: [], unreadGroups: [], wasLive: false, atMs: -LOOK_MS });
    this.read.clear();
    this.model.keptBoard = null;
  }

  async look() {
    if (this.busy) return;
    this.busy = true;
    this.atMs = this.model.clock.now();
    const { rest, myId } = this.model;
    try {
      await this.tellRead();
      // Families are in none.
      const groups = this.model.isProfessional || this.model.isSecretariat ? rest.call('GET', '/groups') : { groups: [] };
      const [{ announcements }, { trainings }, mine] = await Promise.all([rest.call('GET', '/announcements'), rest.call('GET', '/trainings'), groups]);
      if (this.model.myId !== myId) return;
      this.hearGroups(mine.groups);
      this.announcements = announcements;
      const isMine = (/** @type {Attendance} */ { person }) => person === myId;
      this.trainings = trainings.filter((/** @type {Training} */ { attendance }) => attendance.some(isMine)).map((/** @type {Training} */ one) => ({ ...one, attendance: one.attendance.filter(isMine) }));
      this.model.keeper.note('board');
      this.model.changed();
    } catch (/** @type {any} */ error) {
      this.model.failed(error);
    } finally {
      this.busy = false;
    }
  }

  /** What the list of groups says, and the line above the page, is one count; what is closed waits for nobody. @param {{id: string, unread: number, is_closed: boolean}[]} groups */
  hearGroups(groups) {
    this.unreadGroups = groups.filter(({ unread, is_closed: isClosed }) => unread > 0 && !isClosed);
    this.model.changed();
  }

  get groupsUnread() {
    return this.unreadGroups.reduce((sum, { unread }) => sum + unread, 0);
  }

  /** Those that stand today; without network the last ones that were heard of, each until its end. */
  get standing() {
    const today = this.dayOf(this.model.clock.now());
    return this.announcements.filter(({ until }) => until >= today);
  }

  /** @param {Announcement} one */
  isRead({ id, version, read_at: readAt }) {
    return Boolean(readAt) || (this.read.get(id) ?? 0) >= version;
  }

  get unread() {
    return this.standing.filter((one) => !this.isRead(one));
  }

  /** This person says that they have read it, or wrote it. @param {Pick<Announcement, 'id' | 'version'>} one */
  async markRead({ id, version }) {
    this.read.set(id, version);
    this.model.keeper.note('board');
    this.model.changed();
    await this.tellRead();
  }

  /** What the hub was not told yet. */
  async tellRead() {
    for (const [id, version] of [...this.read]) {
      try {
        await this.model.rest.call('POST', `/announcements/${encodeURIComponent(id)}/receipt`, { version });
      } catch (/** @type {any} */ error) {
        // Without network it is told later; what is for this person no more needs no receipt.
        if (error.status !== 404) return;
      }
      const known = this.announcements.find((one) => one.id === id && one.version === version);
      if (known) known.read_at = new Date(this.model.clock.now()).toISOString();
      this.read.delete(id);
      this.model.keeper.note('board');
    }
    this.model.changed();
  }

  /** @returns {Kept} */
  get kept() {
    return { announcements: this.announcements, trainings: this.trainings, read: [...this.read].map(([id, version]) => ({ id, version })) };
  }

  /** @param {Kept} kept */
  takeUp({ announcements, trainings, read }) {
    Object.assign(this, { announcements, trainings });
    this.read = new Map(read.map(({ id, version }) => [id, version]));
    this.model.keptBoard = null;
    this.model.changed();
  }
}
