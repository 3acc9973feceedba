// What Bluetooth meters say, as pure functions: the measurement characteristics of the GATT services for blood pressure,
// pulse oximetry, temperature, weight and glucose (Bluetooth SIG, GATT Specification Supplement), whose numbers are
// SFLOAT and FLOAT of IEEE 11073-20601. Values become decimal text digit by digit, without a binary fraction between.

/**
 * @typedef {{sign: string, value: string, unit: string}} Value
 * @typedef {object} Reading
 * @property {Value[]} values
 * @property {number | null} atMs by the meter's clock, taken for local time; `null`: it has none
 * @property {string} site as in a post, or empty
 * @property {boolean} unsteady the meter reports movement, a loose cuff, an irregular pulse or the like
 * @property {boolean} stored the meter says that it comes out of its memory
 */

/** NaN, not at this resolution, the infinities, reserved. */
const SFLOAT_SPECIAL = new Set([0x07fe, 0x07ff, 0x0800, 0x0801, 0x0802]);
const FLOAT_SPECIAL = new Set([0x7ffffe, 0x7fffff, 0x800000, 0x800001, 0x800002]);

/** Decimal text of `mantissa` × 10^`exponent`. @param {number} mantissa @param {number} exponent */
export function decimal(mantissa, exponent) {
  const sign = mantissa < 0 ? '-' : '';
  const digits = String(Math.abs(mantissa));
  if (exponent >= 0) return sign + (mantissa === 0 ? '0' : digits + '0'.repeat(exponent));
  const padded = digits.padStart(1 - exponent, '0');
  const fraction = padded.slice(exponent).replace(/0+$/, '');
  return sign + padded.slice(0, exponent) + (fraction ? `.${fraction}` : '');
}

/** Reads a packet from its beginning; what is shorter than it says throws a `RangeError`. */
class Packet {
  /** @param {DataView} view */
  constructor(view) {
    this.view = view;
    this.at = 0;
  }

  u8() {
    return this.view.getUint8(this.at++);
  }

  u16() {
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }

  skip(/** @type {number} */ bytes) {
    this.at += bytes;
  }

  /** @param {number} [shift] powers of ten between the meter's unit and ours @returns {string | null} */
  sfloat(shift = 0) {
    const raw = this.u16();
    if (SFLOAT_SPECIAL.has(raw & 0x0fff) && raw >>> 12 === 0) return null;
    const mantissa = (raw & 0x0fff) >= 0x0800 ? (raw & 0x0fff) - 0x1000 : raw & 0x0fff;
    const exponent = raw >>> 12 >= 8 ? (raw >>> 12) - 16 : raw >>> 12;
    return decimal(mantissa, exponent + shift);
  }

  /** @returns {string | null} */
  float() {
    this.at += 4;
    const raw = this.view.getUint32(this.at - 4, true);
    const low = raw & 0xffffff;
    if (FLOAT_SPECIAL.has(low) && raw >>> 24 === 0) return null;
    return decimal(low >= 0x800000 ? low - 0x1000000 : low, (raw >> 24));
  }

  /** A moment without a time zone; `null` where the meter's clock was never set. @returns {number | null} */
  time() {
    const [year, month, date, hours, minutes, seconds] = [this.u16(), this.u8(), this.u8(), this.u8(), this.u8(), this.u8()];
    return year && month && date ? new Date(year, month - 1, date, hours, minutes, seconds).getTime() : null;
  }
}

/** @param {[sign: string, value: string | null, unit: string][]} told @param {Partial<Reading>} [more] @returns {Reading | null} */
function reading(told, more = {}) {
  const values = told.flatMap(([sign, value, unit]) => (value === null ? [] : [{ sign, value, unit }]));
  return values.length ? { values, atMs: null, site: '', unsteady: false, stored: false, ...more } : null;
}

const BODY_MOVED = 1 << 0, CUFF_LOOSE = 1 << 1, PULSE_IRREGULAR = 1 << 2, POSITION_WRONG = 1 << 5;

/** Blood Pressure Measurement, 0x2A35. @param {DataView} view */
export function bloodPressure(view) {
  const packet = new Packet(view);
  const flags = packet.u8();
  const unit = flags & 1 ? 'kPa' : 'mm[Hg]';
  const [systolic, diastolic] = [packet.sfloat(), packet.sfloat()];
  packet.skip(2);
  const atMs = flags & 2 ? packet.time() : null;
  const pulse = flags & 4 ? packet.sfloat() : null;
  if (flags & 8) packet.skip(1);
  const status = flags & 16 ? packet.u16() : 0;
  const unsteady = (status & (BODY_MOVED | CUFF_LOOSE | PULSE_IRREGULAR | POSITION_WRONG)) !== 0;
  return reading([['systolic', systolic, unit], ['diastolic', diastolic, unit], ['pulse', pulse, '/min']], { atMs, unsteady });
}

const FROM_STORAGE = 1 << 9, DEMONSTRATION = 1 << 10, TESTING = 1 << 11, CALIBRATING = 1 << 12, UNAVAILABLE = 1 << 13, QUESTIONABLE = 1 << 14, INVALID = 1 << 15;

/** @param {string | null} spo2 @param {string | null} pulse @param {number} status @param {number | null} atMs */
function oximetry(spo2, pulse, status, atMs) {
  if (status & (DEMONSTRATION | TESTING | CALIBRATING | UNAVAILABLE | INVALID)) return null;
  return reading([['spo2', spo2, '%'], ['pulse', pulse, '/min']], { atMs, unsteady: (status & QUESTIONABLE) !== 0, stored: (status & FROM_STORAGE) !== 0 });
}

/** PLX Spot-Check Measurement, 0x2A5E. @param {DataView} view */
export function oximetrySpot(view) {
  const packet = new Packet(view);
  const flags = packet.u8();
  const [spo2, pulse] = [packet.sfloat(), packet.sfloat()];
  const atMs = flags & 1 ? packet.time() : null;
  return oximetry(spo2, pulse, flags & 2 ? packet.u16() : 0, atMs);
}

/** PLX Continuous Measurement, 0x2A5F: its normal values. @param {DataView} view */
export function oximetryContinuous(view) {
  const packet = new Packet(view);
  const flags = packet.u8();
  const [spo2, pulse] = [packet.sfloat(), packet.sfloat()];
  for (const bit of [1, 2]) if (flags & bit) packet.skip(4);
  return oximetry(spo2, pulse, flags & 4 ? packet.u16() : 0, null);
}

/** Temperature types as sites of a post, where there is one. @type {Record<number, string>} */
const TEMPERATURE_SITES = { 1: 'axilla', 3: 'ear', 4: 'finger', 6: 'mouth', 7: 'rectum', 9: 'ear' };

/** Temperature Measurement, 0x2A1C. @param {DataView} view */
export function temperature(view) {
  const packet = new Packet(view);
  const flags = packet.u8();
  const value = packet.float();
  const atMs = flags & 2 ? packet.time() : null;
  const site = flags & 4 ? (TEMPERATURE_SITES[packet.u8()] ?? '') : '';
  return reading([['temperature', value, flags & 1 ? '[degF]' : 'Cel']], { atMs, site });
}

const WEIGHT_FAILED = 0xffff;

/** Weight Measurement, 0x2A9D: steps of 0.005 kg or 0.01 lb. @param {DataView} view */
export function weight(view) {
  const packet = new Packet(view);
  const flags = packet.u8();
  const raw = packet.u16();
  if (raw === WEIGHT_FAILED) return null;
  const atMs = flags & 2 ? packet.time() : null;
  return reading([flags & 1 ? ['weight', decimal(raw, -2), '[lb_av]'] : ['weight', decimal(raw * 5, -3), 'kg']], { atMs });
}

/** From kg/L to mg/dL, from mol/L to mmol/L, in powers of ten. */
const PER_DECILITRE = 5, MILLIMOLES = 3;

/** Glucose Measurement, 0x2A18; one without a concentration is none. @param {DataView} view */
export function glucose(view) {
  const packet = new Packet(view);
  const flags = packet.u8();
  packet.skip(2);
  let atMs = packet.time();
  if (flags & 1) {
    const offset = packet.u16();
    if (atMs !== null) atMs += (offset >= 0x8000 ? offset - 0x10000 : offset) * 60_000;
  }
  if (!(flags & 2)) return null;
  const isMolar = (flags & 4) !== 0;
  return reading([['glucose', packet.sfloat(isMolar ? MILLIMOLES : PER_DECILITRE), isMolar ? 'mmol/L' : 'mg/dL']], { atMs, stored: true });
}

/** Record Access Control Point: report the last stored record. */
export const LAST_RECORD = Uint8Array.of(0x01, 0x06);

/** What a packet says, or `null` where it says nothing that can be used. @param {(view: DataView) => Reading | null} read @param {DataView} view */
export function readPacket(read, view) {
  try {
    return read(view);
  } catch {
    return null;
  }
}
