// The lock of an open page: nobody touched it for the region's idle time, so what is shown of patients is taken out of the
// document, and a lock screen stands there until who is signed in has shown who they are. Started by `inside.js`. Hears,
// sends and keeps nothing itself: sockets, sounds, badge and outbox go on behind it. It binds the page, not the hub.

import { say } from './language.js';
import { comeBack, placeOf } from './place.js';

/** Where the hub does not say it: the idle time that it has unless the region set another. */
export const IDLE_S = 1_800;
const KEY = 'renkei.lock';
/** A hand on the screen is noted so often, for other tabs and for a page that is opened again. */
const NOTE_MS = 5_000;
const LOOK_MS = 1_000;
const TIMER_MS_MAX = 15_000;
const AGAIN_MS = 5_000;
/** Clocks are put right by a little; one that was put back further says nothing of how long nobody was here. */
const BACKWARDS_MS_MAX = 60_000;
const TOUCHES = ['pointerdown', 'pointermove', 'touchstart', 'keydown', 'wheel'];
/** Others may not hold up scrolling. */
const MAY_STOP = new Set(['pointerdown', 'keydown']);
const WAKINGS = /** @type {const} */ ([['document', 'visibilitychange'], ['document', 'resume'], ['window', 'pageshow'], ['window', 'focus']]);

/** @typedef {{of: string, touchedMs: number, limitS: number, locked: boolean}} Kept of one sign-in, on this device */

/** Whether nobody was here for too long: times are compared, because a device that sleeps runs no timers. @param {Kept} kept @param {number} nowMs */
export const isOver = ({ touchedMs, limitS }, nowMs) => nowMs - touchedMs >= limitS * 1_000 || touchedMs - nowMs > BACKWARDS_MS_MAX;

export class Lock {
  /**
   * @param {import('./model.js').Model} model
   * @param {import('./views/shell.js').Shell} page stands in the document while nothing is locked
   * @param {() => import('./keeper.js').Marks} marks
   */
  constructor(model, page, marks) {
    this.model = model;
    this.page = page;
    this.marks = marks;
    this.isLocked = false;
    this.heardMs = 0;
    /** @type {HTMLElement | null} */
    this.screen = null;
    /** @type {import('./place.js').Place | null} */
    this.place = null;
    /** Of which was brought back what had been put away. @type {import('./locker.js').Locker | null} */
    this.locker = null;
  }

  /** Puts the page or the lock screen into the document, before anything of it was painted. */
  begin() {
    for (const kind of TOUCHES) window.addEventListener(kind, (event) => this.touch(event), { capture: true, passive: !MAY_STOP.has(kind) });
    for (const [on, kind] of WAKINGS) (on === 'window' ? window : document).addEventListener(kind, () => this.look());
    window.addEventListener('storage', ({ key }) => (key === KEY || key === null) && this.look());
    this.model.rest.proved = () => this.unlock();
    this.model.listen(() => this.look());
    if (!this.look()) document.body.append(this.page);
    this.watch();
  }

  watch() {
    const { clock } = this.model;
    const kept = this.kept();
    this.look();
    const leftMs = kept && !this.isLocked ? kept.touchedMs + kept.limitS * 1_000 - clock.now() : TIMER_MS_MAX;
    clock.after(() => this.watch(), Math.max(LOOK_MS, Math.min(leftMs, TIMER_MS_MAX)));
  }

  // ── what is kept of it ──

  /** A sign-in of one tab ends with the tab, and so does its lock; that of the browser is of all its tabs. */
  get storage() {
    return this.marks().isOfTab ? sessionStorage : localStorage;
  }

  /** @returns {Kept | null} of this sign-in */
  kept() {
    const { mine } = this.marks();
    try {
      const kept = JSON.parse(this.storage.getItem(KEY) ?? 'null');
      return mine !== null && kept?.of === mine ? kept : null;
    } catch {
      return null;
    }
  }

  /** @param {Partial<Kept>} change */
  note(change) {
    const { mine } = this.marks();
    if (mine === null) return;
    const begun = { of: mine, touchedMs: this.model.clock.now(), limitS: IDLE_S, locked: this.isLocked };
    this.storage.setItem(KEY, JSON.stringify({ ...begun, ...this.kept(), ...change }));
  }

  // ── looking ──

  /** @param {Event} event */
  touch(event) {
    const now = this.model.clock.now();
    if (!event.isTrusted || this.isLocked || Math.abs(now - this.heardMs) < LOOK_MS) return;
    this.heardMs = now;
    // Whoever wakes the device touches what they no longer see.
    if (this.look()) {
      if (MAY_STOP.has(event.type)) event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (Math.abs(now - (this.kept()?.touchedMs ?? 0)) >= NOTE_MS) this.note({ touchedMs: now });
  }

  /** What is true by now of this sign-in. @returns {boolean} whether the page is locked */
  look() {
    const { model } = this;
    const now = model.clock.now();
    if (this.marks().mine === null || model.stage === 'signed_out') {
      if (this.marks().mine === null) localStorage.removeItem(KEY);
      return this.turn(false);
    }
    const kept = this.kept();
    const limitS = model.me?.idle_timeout_s ?? kept?.limitS ?? IDLE_S;
    if (!kept || kept.limitS !== limitS) this.note({ limitS });
    const locked = kept ? kept.locked || isOver({ ...kept, limitS }, now) : this.isLocked;
    if (kept && locked && !kept.locked) this.note({ locked });
    return this.turn(locked);
  }

  /** Who is signed in showed who they are: all tabs of the sign-in open. */
  unlock() {
    this.note({ locked: false, touchedMs: this.model.clock.now() });
    this.look();
  }

  /** @param {boolean} locked */
  turn(locked) {
    if (locked !== this.isLocked) {
      this.isLocked = locked;
      if (locked) this.shut();
      else this.open().catch((error) => console.error('the page did not come back', error));
    }
    if (!locked) this.bringBack();
    return locked;
  }

  // ── shutting and opening ──

  /** Everything of patients leaves the document in one step; what was begun stays with the elements, and sealed. */
  shut() {
    const { model, page } = this;
    if (page.isConnected) {
      this.place = placeOf(page);
      page.remove();
    }
    const plain = Object.assign(document.createElement('main'), { className: 'sign-in', textContent: say('locked') });
    this.stand(plain);
    document.title = say('locked_page');
    this.showScreen();
    model.keeper.flush();
    import('./views/begun.js').then(({ putAway }) => putAway(model)).catch((error) => console.warn('what was begun is in memory alone', error));
  }

  /** @param {HTMLElement} screen */
  stand(screen) {
    this.screen?.remove();
    this.screen = screen;
    document.body.append(screen);
  }

  /** The lock holds also where its screen does not come. */
  async showScreen() {
    try {
      const { LockScreen } = await import('./views/lock.js');
      if (this.isLocked) this.stand(Object.assign(new LockScreen(), { model: this.model, unlock: () => this.unlock() }));
    } catch {
      this.model.clock.after(() => this.isLocked && this.showScreen(), AGAIN_MS);
    }
  }

  async open() {
    const { page } = this;
    // What ended meanwhile must not be seen once more: it is painted anew before it stands in the document.
    if (page.hasUpdated) {
      page.requestUpdate();
      await page.updateComplete;
    }
    if (this.isLocked || page.isConnected) return;
    this.screen?.remove();
    this.screen = null;
    const { place } = this;
    this.place = null;
    comeBack(page, place);
    // Where the page stood here already, its elements still hold what was begun.
    const work = await import('./views/begun.js');
    if (place) await work.forgetMine(this.model);
    await work.offerJots(this.model, page);
  }

  /** What was put away, once for each opening of what the device keeps. */
  bringBack() {
    const { model } = this;
    const { locker } = model.keeper;
    if (!locker || locker === this.locker || model.stage !== 'ready') return;
    this.locker = locker;
    import('./views/begun.js').then(({ takeUp }) => takeUp(model, this.page)).catch((error) => console.warn('what was begun could not be taken up', error));
  }
}
