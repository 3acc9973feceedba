// Meters by Web Bluetooth: the person chooses one in the browser's own list, and what it says is told as readings. Which
// meters are known to the page, and what becomes of a reading, is not decided here; nothing is paired behind anybody.

import { LAST_RECORD, bloodPressure, glucose, oximetryContinuous, oximetrySpot, readPacket, temperature, weight } from './gatt.js';

/**
 * @typedef {import('./gatt.js').Reading} Reading
 * @typedef {{characteristic: number, read: (view: DataView) => Reading | null, streams?: boolean}} Measurement `streams`: the newest stands for all
 * @typedef {{service: number, measurements: Measurement[], records?: number}} Service `records`: the control point that stored ones are asked for at
 */

/** @type {Service[]} */
export const SERVICES = [
  { service: 0x1810, measurements: [{ characteristic: 0x2a35, read: bloodPressure }] },
  { service: 0x1822, measurements: [{ characteristic: 0x2a5e, read: oximetrySpot }, { characteristic: 0x2a5f, read: oximetryContinuous, streams: true }] },
  { service: 0x1809, measurements: [{ characteristic: 0x2a1c, read: temperature }] },
  { service: 0x181d, measurements: [{ characteristic: 0x2a9d, read: weight }] },
  { service: 0x1808, measurements: [{ characteristic: 0x2a18, read: glucose }], records: 0x2a52 },
];
const NAME_CHARS_MAX = 40;

/** Whether this browser reads meters and this device has the radio for it. @param {any} [bluetooth] */
export async function canRead(bluetooth = /** @type {any} */ (globalThis.navigator)?.bluetooth) {
  if (!bluetooth?.requestDevice) return false;
  return bluetooth.getAvailability ? bluetooth.getAvailability().catch(() => true) : true;
}

/**
 * @typedef {object} Ears
 * @property {(name: string) => void} connecting
 * @property {() => void} connected it listens from now on
 * @property {(reading: Reading, streams: boolean) => void} told
 * @property {() => void} gone the meter switched itself off, as most do after a measurement
 */

export class Meter {
  /** @param {any} bluetooth @param {Ears} ears */
  constructor(bluetooth, ears) {
    this.bluetooth = bluetooth;
    this.ears = ears;
    /** @type {any} */
    this.device = null;
    this.gone = () => this.ears.gone();
  }

  get name() {
    return [...(this.device?.name ?? '')].slice(0, NAME_CHARS_MAX).join('').trim() || 'Bluetooth';
  }

  /** Has the person choose a meter, and listens to it. Rejects where none was chosen or it cannot be read. */
  async begin() {
    this.device = await this.bluetooth.requestDevice({ filters: SERVICES.map(({ service }) => ({ services: [service] })) });
    this.ears.connecting(this.name);
    this.device.addEventListener('gattserverdisconnected', this.gone);
    const server = await this.device.gatt.connect();
    let heard = 0;
    for (const service of SERVICES) heard += await this.listen(server, service);
    if (heard === 0) throw new Error('nothing to read');
    this.ears.connected();
  }

  /** @param {any} server @param {Service} service @returns {Promise<number>} how many characteristics are listened to */
  async listen(server, { service, measurements, records }) {
    const found = await server.getPrimaryService(service).catch(() => null);
    if (!found) return 0;
    let heard = 0;
    for (const { characteristic, read, streams = false } of measurements) {
      const source = await found.getCharacteristic(characteristic).catch(() => null);
      if (!source) continue;
      source.addEventListener('characteristicvaluechanged', () => {
        const reading = readPacket(read, source.value);
        if (reading) this.ears.told(reading, streams);
      });
      await source.startNotifications();
      heard += 1;
    }
    if (records && heard) {
      const control = await found.getCharacteristic(records);
      await control.startNotifications();
      await control.writeValueWithResponse(LAST_RECORD);
    }
    return heard;
  }

  end() {
    this.device?.removeEventListener('gattserverdisconnected', this.gone);
    this.device?.gatt?.disconnect();
    this.device = null;
  }
}
