// UUIDv7 (RFC 9562): ids of posts, ordered by the moment they were made. Clock and randomness are arguments.

let lastMs = 0;
let counter = 0;

/**
 * A new id. Within one millisecond, and when the clock steps back, a counter keeps the order of drawing.
 * @param {() => number} now milliseconds since 1970
 * @param {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array} fill
 */
export function uuidV7(now = Date.now, fill = (bytes) => crypto.getRandomValues(bytes)) {
  const bytes = new Uint8Array(16);
  fill(bytes);
  const ms = now();
  if (ms > lastMs) {
    lastMs = ms;
    // Starts low in its 12 bits, so that thousands of ids fit before the next millisecond is borrowed.
    counter = bytes[6] & 0x07;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  for (let at = 5, rest = lastMs; at >= 0; at -= 1, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
