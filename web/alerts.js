// Sounds and the badge of this device: listens to what arrives, plays a short tone made here (nothing is fetched), and
// keeps the number on the app's icon. Of a patient nothing is said: neither in the tone nor on the badge.

import { isHeard, isHeldBack, isQuiet, readSettings, weightOf, weightOfNotice } from './alerting.js';
import { selfOf } from './mentions.js';
import { NO_NEED } from './need.js';

const KEY = 'renkei.alerts';
/** Many entries of one moment make one sound. */
const TOGETHER_MS = 1_200;
/** Tones in hertz, one after the other. @type {Record<import('./alerting.js').Weight, number[]>} */
const TONES = { urgent: [880, 1175, 880, 1175], mine: [659, 880], other: [659] };
const TONE_S = 0.14;
const LOUDNESS = 0.25;
const ORDER = /** @type {const} */ (['urgent', 'mine', 'other']);

/**
 * @typedef {object} Device
 * @property {() => string | null} load
 * @property {(text: string) => void} save
 * @property {(hertz: number[], toneS: number, loudness: number) => void} play
 * @property {(count: number) => void} badge
 */

export class Alerts {
  /** @param {import('./model.js').Model} model @param {Device} device */
  constructor(model, device) {
    this.model = model;
    this.device = device;
    this.settings = readSettings(device.load());
    /** @type {import('./alerting.js').Weight | null} */
    this.waiting = null;
    this.isHeldBack = false;
    this.shown = -1;
  }

  /** @param {Partial<import('./alerting.js').Settings>} change */
  change(change) {
    this.adopt(change);
    this.model.ringing?.changed(change);
  }

  /** As the hub keeps them. @param {Partial<import('./alerting.js').Settings>} kept */
  adopt(kept) {
    this.settings = readSettings(JSON.stringify({ ...this.settings, ...kept }));
    this.device.save(JSON.stringify(this.settings));
    this.model.changed();
  }

  /** An entry of somebody else arrived while the page was live. @param {import('./timeline.js').Item} item */
  hearEntry(item) {
    if (item.author.person === this.model.myId || item.kind.startsWith('duty_')) return;
    this.hear(weightOf(item, selfOf(this.model.me), this.model.timeline(item.timeline).byId));
  }

  /** @param {{of: string, dueMs: number}} notice */
  hearNotice(notice) {
    this.hear(weightOfNotice(notice, this.settings, this.model.clock.now()));
  }

  /** @param {import('./alerting.js').Weight} weight */
  hear(weight) {
    const now = this.model.clock.now();
    if (isHeldBack(weight, this.settings, now)) this.isHeldBack = true;
    if (!isHeard(weight, this.settings, now)) return;
    const isFirst = this.waiting === null;
    if (isFirst || ORDER.indexOf(weight) < ORDER.indexOf(/** @type {any} */ (this.waiting))) this.waiting = weight;
    if (isFirst) this.model.clock.after(() => this.sound(), weight === 'urgent' ? 0 : TOGETHER_MS);
  }

  sound() {
    const weight = this.waiting;
    this.waiting = null;
    if (weight) this.play(weight);
  }

  /** @param {import('./alerting.js').Weight} weight */
  play(weight) {
    this.device.play(TONES[weight], TONE_S, LOUDNESS);
  }

  /** Called with every painting: the badge is of now, and what was held back is told of once when the quiet hours are over. */
  look() {
    const { late, open, asked, alarms, mentions } = this.model.stage === 'ready' ? this.model.needs.sum : NO_NEED;
    const count = late + open + asked + alarms + mentions;
    if (count !== this.shown) {
      this.shown = count;
      this.device.badge(count);
    }
    if (!this.isHeldBack || isQuiet(this.settings, this.model.clock.now())) return;
    this.isHeldBack = false;
    if (count > 0) this.hear('mine');
  }
}

/** The device as browsers have it. A page may make sounds once somebody touched it. @returns {Device} */
export function thisDevice() {
  /** @type {AudioContext | null} */
  let context = null;
  const arm = () => {
    context ??= new AudioContext();
    context.resume();
  };
  for (const gesture of ['pointerdown', 'keydown']) window.addEventListener(gesture, arm, { once: true, capture: true });
  const navigator_ = /** @type {any} */ (navigator);
  return {
    load: () => localStorage.getItem(KEY),
    save: (text) => localStorage.setItem(KEY, text),
    badge: (count) => (count ? navigator_.setAppBadge?.(count) : navigator_.clearAppBadge?.())?.catch(() => {}),
    play(hertz, toneS, loudness) {
      if (!context) return;
      hertz.forEach((frequency, at) => {
        const sound = /** @type {AudioContext} */ (context);
        const [tone, volume] = [new OscillatorNode(sound, { frequency }), new GainNode(sound, { gain: 0 })];
        const start = sound.currentTime + at * toneS;
        volume.gain.setValueAtTime(loudness, start);
        volume.gain.exponentialRampToValueAtTime(0.001, start + toneS);
        tone.connect(volume).connect(sound.destination);
        tone.start(start);
        tone.stop(start + toneS);
      });
    },
  };
}
