// This device rung while its page is closed: asks the browser's push service, tells the hub, and keeps both together. What is
// pushed has no content; the worker shows words that are always the same. Quiet hours are kept by the hub as well, so that
// they hold then. `views/alert-settings.js` shows it; `app.js` begins it once the worker is there.

import { deviceName } from './credentials.js';

const KEY = 'renkei.ringing';

/**
 * @typedef {{id: string, device: string, wish: 'mine' | 'urgent', added_at: string, renewed_at: string, rung_at: string | null, is_this: boolean}} Bell
 * @typedef {{key: string | null, bells: Bell[], quiet_hours: {from: string, until: string} | null}} BellList
 * @typedef {'unknown' | 'off' | 'unable' | 'install_first' | 'denied' | 'ready' | 'on'} Standing
 * @typedef {object} Pushing what the browser gives
 * @property {() => Standing | 'able'} able
 * @property {() => Promise<'granted' | 'denied' | 'default'>} ask
 * @property {() => 'granted' | 'denied' | 'default'} permission
 * @property {() => Promise<{endpoint: string, key: string} | null>} find
 * @property {(key: string) => Promise<{endpoint: string}>} subscribe
 * @property {() => Promise<unknown>} unsubscribe
 * @property {() => string | null} load
 * @property {(text: string | null) => void} save
 * @property {() => string} device
 */

export class Ringing {
  /** @param {import('./model.js').Model} model @param {Pushing} pushing */
  constructor(model, pushing) {
    this.model = model;
    this.pushing = pushing;
    /** @type {Standing} */
    this.standing = 'unknown';
    /** @type {Bell[]} */
    this.bells = [];
    this.key = '';
    this.begun = false;
    this.busy = false;
    this.trouble = '';
    /** What was chosen while something was under way. @type {Partial<import('./alerting.js').Settings> | null} */
    this.chosen = null;
  }

  /** Once somebody is signed in: what they chose here before goes on; what another person chose here ends. */
  async begin() {
    if (this.begun) return;
    this.begun = true;
    await this.attempt(async () => {
      await this.load();
      if (this.standing === 'on' || this.standing === 'ready') await this.settle();
    });
  }

  /** What the hub knows. */
  async load() {
    const list = await this.model.rest.bells();
    this.bells = list.bells;
    this.key = list.key ?? '';
    const { alerts } = this.model;
    if (alerts && list.quiet_hours && !this.chosen) alerts.adopt({ quiet: true, ...list.quiet_hours });
    this.look();
  }

  look() {
    const able = this.pushing.able();
    if (!this.key) this.standing = 'off';
    else if (able !== 'able') this.standing = able;
    else if (this.pushing.permission() === 'denied') this.standing = 'denied';
    else this.standing = this.isMine() && this.pushing.permission() === 'granted' ? 'on' : 'ready';
  }

  /** Whether whoever is signed in wished for it in this browser. */
  isMine() {
    return Boolean(this.model.myId) && this.pushing.load() === this.model.myId;
  }

  /** INVARIANT: a browser rings for whoever is signed in now, or for nobody. */
  async settle() {
    const known = await this.pushing.find();
    if (this.standing === 'on') {
      if (known && known.key !== this.key) await this.pushing.unsubscribe();
      await this.tell(known && known.key === this.key ? known : await this.pushing.subscribe(this.key));
    } else if (known) {
      await this.pushing.unsubscribe();
    }
  }

  /** @param {{endpoint: string}} subscription */
  async tell({ endpoint }) {
    const { rest, alerts } = this.model;
    const wish = alerts?.settings.wish === 'urgent' ? 'urgent' : 'mine';
    const { id } = await rest.putBell({ endpoint, wish, device: this.pushing.device() });
    this.bells = (await rest.bells()).bells;
    // Where this device was to be rung before, it is no more.
    const old = this.bells.filter((bell) => bell.is_this && bell.id !== id);
    for (const bell of old) await rest.removeBell(bell.id);
    this.bells = this.bells.filter((bell) => !old.includes(bell));
  }

  /** The browser took the address away by which this device was rung. */
  async renew() {
    if (this.standing === 'on') await this.attempt(() => this.settle());
  }

  /** After a touch, for browsers ask only then. */
  async turnOn() {
    await this.attempt(async () => {
      if (await this.pushing.ask() !== 'granted') return;
      const known = await this.pushing.find();
      if (known && known.key !== this.key) await this.pushing.unsubscribe();
      await this.tell(known && known.key === this.key ? known : await this.pushing.subscribe(this.key));
      this.pushing.save(this.model.myId);
      await this.keepQuiet();
    });
  }

  async turnOff() {
    await this.attempt(async () => {
      const mine = this.bells.find((bell) => bell.is_this);
      this.pushing.save(null);
      await this.pushing.unsubscribe();
      if (mine) await this.model.rest.removeBell(mine.id);
      await this.load();
    });
  }

  /** Another device of mine. @param {string} id */
  async remove(id) {
    await this.attempt(async () => {
      await this.model.rest.removeBell(id);
      await this.load();
    });
  }

  /** The settings of this page changed: what the hub needs of them goes to it. @param {Partial<import('./alerting.js').Settings>} change */
  changed(change) {
    if (this.standing === 'unknown' || this.standing === 'off') return;
    if (this.busy) {
      this.chosen = { ...this.chosen, ...change };
      return;
    }
    const isWish = 'wish' in change && this.standing === 'on';
    const isQuiet = 'quiet' in change || 'from' in change || 'until' in change;
    if (!isWish && !isQuiet) return;
    this.attempt(async () => {
      if (isWish) await this.settle();
      if (isQuiet) await this.keepQuiet();
    });
  }

  async keepQuiet() {
    const { alerts } = this.model;
    if (!alerts) return;
    const { quiet, from, until } = alerts.settings;
    await this.model.rest.keepQuiet({ quiet: quiet && from !== until, from, until: from === until ? otherThan(from) : until });
  }

  /** Whoever leaves is rung no more here; the hub has ended it with the sign-in. */
  leave() {
    Object.assign(this, { standing: 'unknown', bells: [], key: '', begun: false, chosen: null });
    this.pushing.save(null);
    this.pushing.unsubscribe().catch(() => {});
  }

  /** @param {() => Promise<void>} work */
  async attempt(work) {
    if (this.busy) return;
    Object.assign(this, { busy: true, trouble: '' });
    this.model.changed();
    try {
      await work();
    } catch (/** @type {any} */ error) {
      this.trouble = error?.field === 'endpoint' ? 'ringing_unlisted' : 'ringing_failed';
    }
    if (this.standing !== 'unknown') this.look();
    this.busy = false;
    const { chosen } = this;
    this.chosen = null;
    if (chosen) this.changed(chosen);
    this.model.changed();
  }
}

/** @param {string} time */
const otherThan = (time) => (time === '00:00' ? '00:01' : '00:00');

/** The browser as it is. @returns {Pushing} */
export function thisBrowser() {
  const registration = async () => /** @type {ServiceWorkerRegistration} */ (await navigator.serviceWorker.getRegistration());
  const subscription = async () => (await registration())?.pushManager.getSubscription() ?? null;
  return {
    able() {
      const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
      // There, only a page on the home screen is rung.
      if (isApple && !matchMedia('(display-mode: standalone)').matches) return 'install_first';
      return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window ? 'able' : 'unable';
    },
    ask: () => Notification.requestPermission(),
    permission: () => Notification.permission,
    async find() {
      const known = await subscription();
      if (!known) return null;
      const key = known.options.applicationServerKey;
      return { endpoint: known.endpoint, key: key ? base64url(new Uint8Array(key)) : '' };
    },
    async subscribe(key) {
      const { pushManager } = await navigator.serviceWorker.ready;
      return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    },
    unsubscribe: async () => (await subscription())?.unsubscribe(),
    load: () => localStorage.getItem(KEY),
    save: (text) => (text === null ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, text)),
    device: deviceName,
  };
}

/** @param {Uint8Array} bytes */
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
