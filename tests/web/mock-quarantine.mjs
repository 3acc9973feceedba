// Where the mock hub takes envelopes in: its key pair, and what it found in them. Opens HPKE (RFC 9180, base mode,
// P-256, HKDF-SHA256, AES-GCM) with Node's own means, so that a story never trusts the page's sealing to open itself.

import { createDecipheriv, createECDH, createHmac } from 'node:crypto';

const number2 = (value) => Buffer.from([value >> 8, value & 0xff]);
const KEM = Buffer.concat([Buffer.from('KEM'), number2(0x0010)]);
const AES = { 1: [16, 'aes-128-gcm'], 2: [32, 'aes-256-gcm'] };
const TAG_BYTES = 16;

const hmac = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const extract = (suite, salt, label, material) => hmac(salt, 'HPKE-v1', suite, label, material);
const expand = (suite, prk, label, info, length) => hmac(prk, number2(length), 'HPKE-v1', suite, label, info, [1]).subarray(0, length);

/** Opens what was sealed to `receiver` (an ECDH of Node), or throws. */
export function open(receiver, { info, aad, enc, text, aead = 2 }) {
  const [keyBytes, cipher] = AES[aead];
  const suite = Buffer.concat([Buffer.from('HPKE'), number2(0x0010), number2(1), number2(aead)]);
  const prk = extract(KEM, '', 'eae_prk', receiver.computeSecret(enc));
  const shared = expand(KEM, prk, 'shared_secret', Buffer.concat([enc, receiver.getPublicKey()]), 32);
  const context = Buffer.concat([Buffer.alloc(1), extract(suite, '', 'psk_id_hash', ''), extract(suite, '', 'info_hash', info)]);
  const secret = extract(suite, shared, 'secret', '');
  const opening = createDecipheriv(cipher, expand(suite, secret, 'key', context, keyBytes), expand(suite, secret, 'base_nonce', context, 12));
  opening.setAAD(Buffer.from(aad)).setAuthTag(text.subarray(-TAG_BYTES));
  return Buffer.concat([opening.update(text.subarray(0, -TAG_BYTES)), opening.final()]).toString('utf8');
}

export class Quarantine {
  constructor() {
    this.pair = createECDH('prime256v1');
    this.pair.generateKeys();
    /** What was in the envelopes that came. */
    this.slips = [];
    /** Ids of which something became. */
    this.done = new Set();
  }

  key() {
    return { id: 'mock', public_key: this.pair.getPublicKey('base64url') };
  }

  take(envelopes) {
    for (const { id, key, enc, text } of envelopes) {
      const info = `renkei quarantine ${key}`;
      this.slips.push(JSON.parse(open(this.pair, { info, aad: id, enc: Buffer.from(enc, 'base64url'), text: Buffer.from(text, 'base64url') })));
    }
    return {};
  }

  of({ key, id: person, role, organisation }) {
    const at = (ms) => new Date(ms).toISOString();
    return this.slips.filter(({ pass, intent }) => pass === `pass of ${key}` && !this.done.has(intent.id)).map(({ intent, writtenAtMs }) => ({
      id: intent.id, timeline: intent.timeline, kind: Object.keys(intent.body)[0], person, role, organisation: organisation.id,
      written_at: at(writtenAtMs), received_at: at(Date.now()), expires_at: at(Date.now() + 30 * 86_400_000), intent,
    }));
  }

  resolve(hub, me, id, isReleased) {
    const slip = this.slips.find(({ intent }) => intent.id === id);
    if (isReleased) hub.journal.post(me, slip.intent);
    this.done.add(id);
    return [200, { verdict: 'accepted' }];
  }
}
