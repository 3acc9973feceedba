// What Bluetooth meters say: numbers of IEEE 11073-20601 and the measurement characteristics of five GATT services, byte
// by byte. Numbers are the examples of the Bluetooth SIG's "Personal Health Devices Transcoding" white paper; packets
// are put together field by field as the GATT Specification Supplement orders them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LAST_RECORD, bloodPressure, decimal, glucose, oximetryContinuous, oximetrySpot, readPacket, temperature, weight } from '../../../web/visiting/gatt.js';
import { Meter, SERVICES, canRead } from '../../../web/visiting/meters.js';

const packet = (...bytes) => new DataView(Uint8Array.from(bytes.flat()).buffer);
const u16 = (value) => [value & 0xff, value >> 8];
const u32 = (value) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
/** 2026-04-01 09:30:15 by the meter's clock. */
const TIME = [...u16(2026), 4, 1, 9, 30, 15];
const TIME_MS = new Date(2026, 3, 1, 9, 30, 15).getTime();
const values = (reading) => reading?.values.map(({ sign, value, unit }) => `${sign} ${value} ${unit}`);

test('decimals are made digit by digit', () => {
  const cases = [[364, -1, '36.4'], [114, 0, '114'], [-1, 0, '-1'], [5, -3, '0.005'], [58200, -3, '58.2'], [12, 2, '1200'], [0, 3, '0'], [0, -2, '0'], [980, -1, '98']];
  for (const [mantissa, exponent, text] of cases) assert.equal(decimal(mantissa, exponent), text);
});

test('a FLOAT of the white paper: 36.4 °C is FF 00 01 6C, most significant first; what is no number is none', () => {
  assert.deepEqual(values(temperature(packet(0x00, u32(0xff00016c)))), ['temperature 36.4 Cel']);
  assert.deepEqual(values(temperature(packet(0x00, u32(0xfe000d97)))), ['temperature 34.79 Cel']);
  for (const special of [0x007fffff, 0x00800000, 0x007ffffe, 0x00800002, 0x00800001]) assert.equal(temperature(packet(0x00, u32(special))), null, special.toString(16));
});

test('an SFLOAT has a mantissa of 12 and an exponent of 4 bits, both signed; what is no number is none', () => {
  const spo2 = (raw) => values(oximetrySpot(packet(0x00, u16(raw), u16(0x07ff))));
  assert.deepEqual(spo2(0x0062), ['spo2 98 %']);
  assert.deepEqual(spo2(0xf3d4), ['spo2 98 %'], '980 × 10⁻¹');
  assert.deepEqual(spo2(0xf3cf), ['spo2 97.5 %']);
  for (const special of [0x07ff, 0x0800, 0x07fe, 0x0802, 0x0801]) assert.equal(spo2(special), undefined, special.toString(16));
  assert.deepEqual(values(oximetrySpot(packet(0x00, u16(0xfffe), u16(0x07ff)))), ['spo2 -0.2 %'], 'a sign is kept: the field says that it cannot be true');
});

test('blood pressure: pressures, time, pulse, and what the cuff complains of', () => {
  const plain = bloodPressure(packet(0x00, u16(128), u16(76), u16(93)));
  assert.deepEqual([values(plain), plain.atMs, plain.unsteady], [['systolic 128 mm[Hg]', 'diastolic 76 mm[Hg]'], null, false]);
  const whole = bloodPressure(packet(0x1e, u16(128), u16(76), u16(93), TIME, u16(72), 0x01, u16(0b100)));
  assert.deepEqual([values(whole), whole.atMs, whole.unsteady], [['systolic 128 mm[Hg]', 'diastolic 76 mm[Hg]', 'pulse 72 /min'], TIME_MS, true]);
  assert.equal(bloodPressure(packet(0x10, u16(128), u16(76), u16(93), u16(0b11000))).unsteady, false, 'a range of the pulse is not unsteady');
  assert.deepEqual(values(bloodPressure(packet(0x01, u16(0xf0aa), u16(0xf065), u16(0xf07b)))), ['systolic 17 kPa', 'diastolic 10.1 kPa']);
  const failed = packet(0x04, u16(0x07ff), u16(0x07ff), u16(0x07ff), u16(0x07ff));
  assert.equal(bloodPressure(failed), null, 'a failed measurement says nothing');
});

test('a meter whose clock was never set has no time', () => {
  assert.equal(bloodPressure(packet(0x02, u16(128), u16(76), u16(93), u16(0), 0, 0, 0, 0, 0)).atMs, null);
});

test('oximetry: spot checks with time and status, streams with fast and slow values passed over', () => {
  const spot = oximetrySpot(packet(0x03, u16(96), u16(70), TIME, u16(1 << 9)));
  assert.deepEqual([values(spot), spot.atMs, spot.stored], [['spo2 96 %', 'pulse 70 /min'], TIME_MS, true]);
  for (const bit of [10, 11, 12, 13, 15]) assert.equal(oximetrySpot(packet(0x02, u16(96), u16(70), u16(1 << bit))), null, `status bit ${bit}`);
  assert.equal(oximetrySpot(packet(0x02, u16(96), u16(70), u16(1 << 14))).unsteady, true);
  const stream = packet(0x07, u16(97), u16(71), u16(90), u16(60), u16(91), u16(61), u16(1 << 14));
  assert.deepEqual([values(oximetryContinuous(stream)), oximetryContinuous(stream).unsteady], [['spo2 97 %', 'pulse 71 /min'], true]);
});

test('temperature: Fahrenheit, time, and where it was taken', () => {
  const taken = temperature(packet(0x07, u32(0xff0003dc), TIME, 1));
  assert.deepEqual([values(taken), taken.atMs, taken.site], [['temperature 98.8 [degF]'], TIME_MS, 'axilla']);
  assert.equal(temperature(packet(0x04, u32(0xff00016c), 2)).site, '', 'the body is no site of ours');
});

test('weight: steps of 5 g and of a hundredth of a pound; a failed one is none', () => {
  assert.deepEqual(values(weight(packet(0x00, u16(11_640)))), ['weight 58.2 kg']);
  assert.deepEqual(values(weight(packet(0x03, u16(12_830), TIME))), ['weight 128.3 [lb_av]']);
  assert.equal(weight(packet(0x00, u16(0xffff))), null);
});

test('glucose: mass and moles, and a clock that was moved', () => {
  const mass = glucose(packet(0x03, u16(7), TIME, u16(0xfff6), u16(0xb06e), 0x11));
  assert.deepEqual([values(mass), mass.atMs, mass.stored], [['glucose 110 mg/dL'], TIME_MS - 600_000, true]);
  assert.deepEqual(values(glucose(packet(0x06, u16(7), TIME, u16(0xc03d), 0x11))), ['glucose 6.1 mmol/L']);
  assert.equal(glucose(packet(0x00, u16(7), TIME)), null, 'a record without a concentration');
});

test('a packet that ends before it should, or is empty, says nothing and breaks nothing', () => {
  const readers = SERVICES.flatMap(({ measurements }) => measurements.map(({ read }) => read));
  for (const read of readers) {
    for (const bytes of [[], [0xff], [0xff, 1, 2, 3], Array(6).fill(0xff)]) assert.equal(readPacket(read, packet(bytes)), null, `${read.name} ${bytes}`);
  }
});

/** A meter as the browser shows it. @param {Record<number, Record<number, object>>} services */
function fakeMeter(services, name = 'BP7000') {
  const world = { asked: null, written: [], disconnected: false, sources: {} };
  const characteristic = (id) => (world.sources[id] ??= Object.assign(new EventTarget(), {
    value: null, startNotifications: async () => { world.sources[id].listens = true; }, writeValueWithResponse: async (bytes) => { world.written.push([id, ...bytes]); },
  }));
  const device = Object.assign(new EventTarget(), { name, gatt: {
    connect: async () => ({ getPrimaryService: async (id) => (services[id] ? { getCharacteristic: async (one) => (services[id].includes(one) ? characteristic(one) : Promise.reject(new Error('none'))) } : Promise.reject(new Error('none'))) }),
    disconnect: () => { world.disconnected = true; },
  } });
  world.bluetooth = { requestDevice: async (options) => ((world.asked = options), device) };
  world.device = device;
  world.says = (id, view) => {
    world.sources[id].value = view;
    world.sources[id].dispatchEvent(new Event('characteristicvaluechanged'));
  };
  return world;
}

function listener() {
  const heard = { told: [], states: [] };
  return { heard, ears: { connecting: (name) => heard.states.push(name), connected: () => heard.states.push('connected'), told: (reading) => heard.told.push(values(reading)), gone: () => heard.states.push('gone') } };
}

test('a meter is chosen among those that have one of the five services, and what it says is told', async () => {
  const world = fakeMeter({ 0x1810: [0x2a35] });
  const { heard, ears } = listener();
  const meter = new Meter(world.bluetooth, ears);
  await meter.begin();
  assert.deepEqual(world.asked.filters.flatMap(({ services }) => services), [0x1810, 0x1822, 0x1809, 0x181d, 0x1808]);
  world.says(0x2a35, packet(0x00, u16(128), u16(76), u16(93)));
  world.says(0x2a35, packet(0x00));
  world.device.dispatchEvent(new Event('gattserverdisconnected'));
  assert.deepEqual([heard.states, heard.told], [['BP7000', 'connected', 'gone'], [['systolic 128 mm[Hg]', 'diastolic 76 mm[Hg]']]]);
  meter.end();
  assert.ok(world.disconnected);
});

test('a glucose meter is asked for its last record; a device with nothing to read is refused', async () => {
  const world = fakeMeter({ 0x1808: [0x2a18, 0x2a52] });
  await new Meter(world.bluetooth, listener().ears).begin();
  assert.deepEqual(world.written, [[0x2a52, ...LAST_RECORD]]);
  assert.ok(world.sources[0x2a52].listens && world.sources[0x2a18].listens);
  await assert.rejects(new Meter(fakeMeter({ 0x180f: [] }).bluetooth, listener().ears).begin());
});

test('nothing is offered without the browser\'s Bluetooth or without a radio', async () => {
  assert.equal(await canRead(undefined), false);
  assert.equal(await canRead({ requestDevice: () => {}, getAvailability: async () => false }), false);
  assert.equal(await canRead({ requestDevice: () => {}, getAvailability: async () => true }), true);
});
