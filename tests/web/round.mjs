// A visiting nurse's round as stories of the tablet tell it: what is planned, how she presses and taps, and the things in her
// bag: a camera's photograph, a meter. Used by stories/tablet.test.mjs and tablet-away.test.mjs.

import { HARU, MASAO, startRegion } from './page.mjs';
import { ORGANISATIONS, PATIENTS, actor } from './region.mjs';

export const [, STATION] = ORGANISATIONS;
export const AKIRA = PATIENTS[3];
export const MINUTE_MS = 60_000;

/** Visits are planned in whole minutes of a day that is today in Tokyo, whatever the hour of the test. */
function startOfToday() {
  const tokyo = new Date(Date.now() + 9 * 3_600_000);
  return Date.UTC(tokyo.getUTCFullYear(), tokyo.getUTCMonth(), tokyo.getUTCDate()) - 9 * 3_600_000;
}

/** @param {number} hour of today */
export const at = (hour) => startOfToday() + hour * 60 * MINUTE_MS;
export const us = (ms) => `${ms}000`;

/** A hub where three visits are planned for today: one of hers, one she is asked to join, one of the doctor alone. */
export async function startRound(t) {
  const region = await startRegion(t);
  const plan = (patient, who, body) => region.hub.journal.append(patient.id, actor(who), Date.now() - 3_600_000, { body: { visitPlan: body } });
  plan(MASAO, 'nurse', { startsAtUs: us(at(10)), endsAtUs: us(at(11)), text: '膀胱カテーテルの交換' });
  plan(HARU, 'doctor', { startsAtUs: us(at(15)), invited: [STATION.id], text: '臨時往診' });
  plan(AKIRA, 'doctor', { startsAtUs: us(at(16)) });
  return region;
}

/** Opens the visit to a patient and waits for it. */
export async function visit(page, patient = HARU) {
  await page.goto(`${page.url().split('#')[0]}#/visits/${patient.id}`);
  await page.locator('.visit-name h1', { hasText: patient.name.kanji }).waitFor();
}

/** Presses keys of the pad. */
export async function press(page, keys) {
  for (const key of keys) await page.locator('.pad-keys').getByRole('button', { name: key, exact: true }).click();
}

/** What the last post of a kind says. */
export const lastPost = async (hub, kind) => (await hub.posted(kind)).body[kind];

export const part = (page, name) => page.locator(`#visit-tab-${name}`).click();
/** Taps a chip. */
export const tap = (place, name) => place.getByLabel(name, { exact: true }).click();
export const section = (page, name) => page.locator(`[data-section="${name}"]`);


/** A photograph as a phone takes it: too large, lying on its side, with the place it was taken. */
export async function photograph(page, width, height) {
  const base64 = await page.evaluate(([w, h]) => new Promise((resolve) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
    const paper = canvas.getContext('2d');
    Object.assign(paper, { fillStyle: '#c98' });
    paper.fillRect(0, 0, w, h);
    Object.assign(paper, { fillStyle: '#933' });
    paper.fillRect(0, 0, w / 2, h);
    canvas.toBlob(async (blob) => resolve(btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''))), 'image/jpeg', 0.8);
  }), [width, height]);
  const jpeg = Buffer.from(base64, 'base64');
  // TIFF, one directory: orientation 6 (turned by 90°), and where it was taken in words, as an ImageDescription.
  const place = Buffer.from('35.6895N 139.6917E\0');
  const tiff = Buffer.concat([Buffer.from('MM\0*\0\0\0\x08\0\x02', 'latin1'), Buffer.from([0x01, 0x0e, 0, 2, 0, 0, 0, place.length, 0, 0, 0, 38]), Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]), Buffer.alloc(4), place]);
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 0xff]), exif, jpeg.subarray(2)]);
}

/** A browser with Bluetooth and the meters that a story lets speak. */
export const fakeBluetooth = () => {
  const sources = new Map();
  const source = (id) => {
    if (!sources.has(id)) sources.set(id, Object.assign(new EventTarget(), { value: null, startNotifications: async () => {} }));
    return sources.get(id);
  };
  const offered = { 0x1810: [0x2a35] };
  const device = Object.assign(new EventTarget(), { name: '上腕式血圧計 BP7000' });
  device.gatt = { connect: async () => ({ getPrimaryService: async (id) => (offered[id] ? { getCharacteristic: async (one) => source(one) } : Promise.reject(new Error('none'))) }), disconnect: () => {} };
  const bluetooth = { getAvailability: async () => true, requestDevice: async () => (globalThis.noMeterChosen ? Promise.reject(new DOMException('closed', 'NotFoundError')) : device) };
  Object.defineProperty(navigator, 'bluetooth', { value: bluetooth, configurable: true });
  globalThis.meterSays = (bytes) => {
    source(0x2a35).value = new DataView(Uint8Array.from(bytes).buffer);
    source(0x2a35).dispatchEvent(new Event('characteristicvaluechanged'));
  };
};
