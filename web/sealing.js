// Seals a text so that only the holder of a P-256 key can open it: HPKE in base mode (RFC 9180, DHKEM(P-256, HKDF-SHA256),
// HKDF-SHA256, AES-256-GCM), one message for each key made. The counterpart is `src/vault/envelope.rs`; both are tested
// against the vectors of the RFC.

const encoder = new TextEncoder();
const KEM = bytes('KEM', number2(0x0010));
/** @typedef {{id: number, keyBytes: number}} Aead */
/** What is used here, and what the published vectors with this curve are for. */
const AES_256_GCM = { id: 0x0002, keyBytes: 32 };
export const AES_128_GCM = { id: 0x0001, keyBytes: 16 };
const NONCE_BYTES = 12;
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };

/**
 * @param {string} publicKey of the receiver, an uncompressed point in base64url
 * @param {string} info what the sealing is for @param {string} about bound to it, not in it @param {string} text
 * @param {{ephemeral?: CryptoKeyPair, aead?: Aead}} [given] by the tests
 * @returns {Promise<{enc: string, text: string}>} in base64url
 */
export async function seal(publicKey, info, about, text, { ephemeral, aead = AES_256_GCM } = {}) {
  const pair = ephemeral ?? /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(CURVE, true, ['deriveBits']));
  const receiver = ofBase64(publicKey);
  const enc = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const { key, nonce } = await schedule(await encapsulate(pair.privateKey, enc, receiver), encoder.encode(info), aead);
  const sealing = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: encoder.encode(about) }, sealing, encoder.encode(text));
  return { enc: toBase64(enc), text: toBase64(new Uint8Array(sealed)) };
}

/** @param {CryptoKey} mine @param {Uint8Array<ArrayBuffer>} enc @param {Uint8Array<ArrayBuffer>} receiver */
async function encapsulate(mine, enc, receiver) {
  const theirs = await crypto.subtle.importKey('raw', receiver, CURVE, false, []);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, mine, 256));
  const prk = await extract(KEM, new Uint8Array(), 'eae_prk', shared);
  return expand(KEM, prk, 'shared_secret', bytes(enc, receiver), 32);
}

/** @param {Uint8Array<ArrayBuffer>} shared @param {Uint8Array<ArrayBuffer>} info @param {Aead} aead */
async function schedule(shared, info, { id, keyBytes }) {
  const suite = bytes('HPKE', number2(0x0010), number2(0x0001), number2(id));
  const context = bytes(
    new Uint8Array(1),
    await extract(suite, new Uint8Array(), 'psk_id_hash', new Uint8Array()),
    await extract(suite, new Uint8Array(), 'info_hash', info),
  );
  const secret = await extract(suite, shared, 'secret', new Uint8Array());
  return { key: await expand(suite, secret, 'key', context, keyBytes), nonce: await expand(suite, secret, 'base_nonce', context, NONCE_BYTES) };
}

/** `LabeledExtract`. @param {Uint8Array} suite @param {Uint8Array<ArrayBuffer>} salt @param {string} label @param {Uint8Array} material */
const extract = (suite, salt, label, material) => hmac(salt, bytes('HPKE-v1', suite, label, material));

/** `LabeledExpand`, of at most one block. @param {Uint8Array} suite @param {Uint8Array<ArrayBuffer>} prk @param {string} label @param {Uint8Array} info @param {number} length */
async function expand(suite, prk, label, info, length) {
  const block = await hmac(prk, bytes(number2(length), 'HPKE-v1', suite, label, info, new Uint8Array([1])));
  return block.slice(0, length);
}

/** @param {Uint8Array<ArrayBuffer>} key @param {Uint8Array<ArrayBuffer>} data */
async function hmac(key, data) {
  // An empty key counts as zeros, and browsers take no empty one.
  const material = key.length ? key : new Uint8Array(32);
  const imported = await crypto.subtle.importKey('raw', material, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, data));
}

/** @param {number} value */
function number2(value) {
  return new Uint8Array([value >> 8, value & 0xff]);
}

/** @param {(string | Uint8Array)[]} parts @returns {Uint8Array<ArrayBuffer>} */
function bytes(...parts) {
  const all = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const joined = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** @param {Uint8Array} data */
export const toBase64 = (data) => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export const ofBase64 = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
