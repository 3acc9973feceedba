// Envelopes: the published vector of RFC 9180 (A.3.1), and that what the page seals, another implementation opens.

import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';
import { test } from 'node:test';
import { open, Quarantine } from '../mock-quarantine.mjs';
import { AES_128_GCM, seal } from '../../../web/sealing.js';

const hex = (text) => Buffer.from(text, 'hex');
const VECTOR = {
  info: '4f6465206f6e2061204772656369616e2055726e',
  mine: '4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb',
  enc: '04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4',
  receiver: '04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0',
  receiverKey: 'f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2',
  text: '5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434',
};
const [about, said] = ['Count-0', 'Beauty is truth, truth beauty'];

test('the vector of the RFC is sealed to the byte, and opened', async () => {
  const enc = hex(VECTOR.enc);
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const jwk = { kty: 'EC', crv: 'P-256', x: enc.subarray(1, 33).toString('base64url'), y: enc.subarray(33).toString('base64url') };
  const ephemeral = {
    publicKey: await crypto.subtle.importKey('raw', enc, curve, true, []),
    privateKey: await crypto.subtle.importKey('jwk', { ...jwk, d: hex(VECTOR.mine).toString('base64url') }, curve, false, ['deriveBits']),
  };
  const sealed = await seal(hex(VECTOR.receiver).toString('base64url'), hex(VECTOR.info).toString('latin1'), about, said, { ephemeral, aead: AES_128_GCM });
  assert.deepEqual(sealed, { enc: enc.toString('base64url'), text: hex(VECTOR.text).toString('base64url') });
  const receiver = createECDH('prime256v1');
  receiver.setPrivateKey(hex(VECTOR.receiverKey));
  assert.equal(open(receiver, { info: hex(VECTOR.info), aad: about, enc, text: hex(VECTOR.text), aead: 1 }), said);
});

test('each envelope is another, opens with the right key, under its own id alone', async () => {
  const { pair, ...quarantine } = new Quarantine();
  const key = pair.getPublicKey('base64url');
  const [one, two] = await Promise.all([seal(key, 'info', 'a', said), seal(key, 'info', 'a', said)]);
  assert.notEqual(one.enc, two.enc);
  const raw = ({ enc, text }) => ({ enc: Buffer.from(enc, 'base64url'), text: Buffer.from(text, 'base64url') });
  assert.equal(open(pair, { info: 'info', aad: 'a', ...raw(one) }), said);
  assert.throws(() => open(pair, { info: 'info', aad: 'b', ...raw(one) }));
  assert.throws(() => open(pair, { info: 'other', aad: 'a', ...raw(one) }));
  assert.throws(() => open(new Quarantine().pair, { info: 'info', aad: 'a', ...raw(one) }));
  assert.deepEqual(quarantine.slips, []);
});
