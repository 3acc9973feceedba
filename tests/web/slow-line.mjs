// A slow line in front of a hub, for measuring: bytes of all connections share one rate each way, and each byte takes half a
// round trip. A connection costs the round trip of its TCP handshake, and begins with ten segments in flight that double
// with what is acknowledged (RFC 6928, RFC 5681), as on a real line; loss is not modelled.

import net from 'node:net';

const SEGMENT_BYTES = 1_460;
const SEGMENTS_AT_FIRST = 10;

/** One way through the line, for all connections. @param {number} bitsPerS */
function rateOf(bitsPerS) {
  let freeAtMs = 0;
  /** When these bytes are through. */
  return (bytes) => {
    freeAtMs = Math.max(performance.now(), freeAtMs) + (bytes * 8_000) / bitsPerS;
    return freeAtMs;
  };
}

/** Carries what one side says to the other. @param {net.Socket} from @param {net.Socket} to */
function carry(from, to, rate, { rttMs, openAtMs = 0 }) {
  let [window, inFlight] = [SEGMENTS_AT_FIRST * SEGMENT_BYTES, 0];
  /** @type {Buffer[]} */
  const waiting = [];
  /** Whichever timer comes first brings what was sent first: those of nearly the same moment keep no order. @type {Buffer[]} */
  const underWay = [];
  const arrive = () => {
    const segment = underWay.shift();
    if (segment && to.writable) to.write(segment);
  };
  const pump = () => {
    while (waiting.length > 0 && inFlight < window) {
      const segment = waiting.shift();
      inFlight += segment.length;
      const arrivesAtMs = rate(segment.length) + rttMs / 2;
      underWay.push(segment);
      setTimeout(arrive, Math.max(arrivesAtMs - performance.now(), 0));
      setTimeout(() => {
        inFlight -= segment.length;
        window += segment.length;
        pump();
      }, Math.max(arrivesAtMs + rttMs / 2 - performance.now(), 0));
    }
  };
  from.on('data', (bytes) => {
    for (let at = 0; at < bytes.length; at += SEGMENT_BYTES) waiting.push(bytes.subarray(at, at + SEGMENT_BYTES));
    setTimeout(pump, Math.max(openAtMs - performance.now(), 0));
  });
  const end = () => setTimeout(() => to.destroy(), rttMs);
  from.on('close', end);
  from.on('error', end);
}

/** @param {number} port of the hub on this machine @param {{rttMs: number, downBitsPerS: number, upBitsPerS: number}} line */
export async function slowLine(port, { rttMs, downBitsPerS, upBitsPerS }) {
  const [down, up] = [rateOf(downBitsPerS), rateOf(upBitsPerS)];
  const server = net.createServer({ noDelay: true }, (client) => {
    const hub = net.connect({ port, host: '127.0.0.1', noDelay: true });
    carry(client, hub, up, { rttMs, openAtMs: performance.now() + rttMs });
    carry(hub, client, down, { rttMs });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { port: /** @type {net.AddressInfo} */ (server.address()).port, close: () => server.close() };
}
