// What this device keeps of one sign-in: a database of sealed values and the key they are sealed with, which no script can
// read. Where the browser has storage buckets both lie in a bucket of their own, whose files it removes when the sign-in
// ends; see docs/decisions/021-offline.md for what holds elsewhere. Knows nothing of patients or posts.

import { wrap } from './vendor/idb.js';

const VERSION = 1;
const STORES = ['keys', 'records', 'segments', 'places', 'outbox'];
const NONCE_BYTES = 12;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @typedef {'records' | 'segments' | 'places' | 'outbox'} Store
 * @typedef {string | (string | number)[]} Key
 * A value to be kept, or nothing: what stood there is removed. With `from` and `to`, everything between.
 * @typedef {{store: Store, key: Key, value?: any} | {store: Store, from: Key, to: Key}} Change
 * @typedef {{expiresAtMs: number, seenAtMs: number, isOfTab: boolean}} About in the clear; a sign-in of one tab alone does not end with that of the browser
 */

/** Whether this browser can keep anything at all. */
export const canKeep = () => typeof globalThis.indexedDB?.databases === 'function' && Boolean(globalThis.crypto?.subtle);

const buckets = () => /** @type {any} */ (globalThis.navigator)?.storageBuckets;
/** @param {string} handle of the sign-in: hexadecimal */
const nameOf = (handle) => `renkei-${handle}`;

export class Locker {
  /** @param {import('./vendor/idb.js').IDBPDatabase} database @param {string} handle @param {CryptoKey} key @param {any} bucket */
  constructor(database, handle, key, bucket) {
    this.database = database;
    this.handle = handle;
    this.key = key;
    this.bucket = bucket;
    this.closed = false;
    // Whoever ends the sign-in in another tab must not wait for this one.
    database.addEventListener('versionchange', () => this.close());
    database.addEventListener('close', () => { this.closed = true; });
  }

  /** Opens what is kept of a sign-in, or begins it. @param {string} handle @param {number} expiresAtMs @returns {Promise<Locker>} */
  static async open(handle, expiresAtMs) {
    // The envelopes, too, should stay when the device runs short of space; these browsers do not ask the person.
    if (buckets()) await navigator.storage.persist();
    const bucket = await buckets()?.open(nameOf(handle), { durability: 'strict', persisted: true, expires: expiresAtMs });
    const database = await openDatabase(bucket?.indexedDB ?? indexedDB, handle);
    const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' });
    const held = await transaction.store.get('values');
    // Two tabs that begin at once end with one key.
    if (!held) await transaction.store.put(fresh, 'values');
    await transaction.done;
    return new Locker(database, handle, held ?? fresh, bucket);
  }

  /** What is kept of a sign-in already, or nothing. @param {string} handle @returns {Promise<Locker | null>} */
  static async find(handle) {
    const all = buckets();
    const isThere = all ? (await all.keys()).includes(nameOf(handle)) : (await indexedDB.databases()).some(({ name }) => name === nameOf(handle));
    if (!isThere) return null;
    const bucket = await all?.open(nameOf(handle));
    const database = await openDatabase(bucket?.indexedDB ?? indexedDB, handle);
    const key = await database.get('keys', 'values');
    if (key) return new Locker(database, handle, key, bucket);
    database.close();
    return null;
  }

  /** Every sign-in of which something is kept. @returns {Promise<string[]>} handles */
  static async list() {
    const names = buckets() ? await buckets().keys() : (await indexedDB.databases()).map(({ name }) => name ?? '');
    return names.map((/** @type {string} */ name) => /^renkei-([0-9a-f]{32})$/.exec(name)?.[1] ?? '').filter(Boolean);
  }

  /** Removes all that is kept of a sign-in, the key first. @param {string} handle */
  static async destroy(handle) {
    const all = buckets();
    if (all && (await all.keys()).includes(nameOf(handle))) await all.delete(nameOf(handle));
    if (!(await indexedDB.databases()).some(({ name }) => name === nameOf(handle))) return;
    const database = await openDatabase(indexedDB, handle);
    await database.clear('keys').catch(() => {});
    database.close();
    await wrap(indexedDB.deleteDatabase(nameOf(handle)));
  }

  close() {
    this.closed = true;
    this.database.close();
  }

  async destroy() {
    // Also when the files cannot be removed at once: without its key nothing here can be read.
    if (!this.closed) await this.database.clear('keys').catch(() => {});
    this.close();
    await Locker.destroy(this.handle);
  }

  // ── what is said of the sign-in in the clear ──

  /** @returns {Promise<About | undefined>} */
  about() {
    return this.database.get('keys', 'about');
  }

  /** @param {About} about */
  async note(about) {
    await this.database.put('keys', about, 'about');
    await this.bucket?.setExpires(about.expiresAtMs);
  }

  // ── sealed values ──

  /** Makes all changes or none; they are on the disk when this returns. @param {Change[]} changes */
  async write(changes) {
    // Sealing waits, and no transaction outlives waiting for anything but itself.
    const sealed = await Promise.all(changes.map(async (change) => ('value' in change && change.value !== undefined
      ? { ...change, value: await this.seal(change.store, change.key, change.value) } : change)));
    const stores = [...new Set(changes.map(({ store }) => store))];
    if (stores.length === 0) return;
    const transaction = this.database.transaction(stores, 'readwrite', { durability: 'strict' });
    for (const change of sealed) {
      const store = transaction.objectStore(change.store);
      if ('from' in change) store.delete?.(IDBKeyRange.bound(change.from, change.to));
      else if (change.value === undefined) store.delete?.(change.key);
      else store.put?.(change.value, change.key);
    }
    await transaction.done;
  }

  /** @param {Store} store @param {Key} key @returns {Promise<any>} nothing if there is nothing */
  async read(store, key) {
    const sealed = await this.database.get(store, key);
    return sealed && this.open(store, key, sealed);
  }

  /** @param {Store} store @returns {Promise<[any, any][]>} keys and values in the order of keys */
  async readAll(store) {
    const transaction = this.database.transaction(store);
    const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
    return Promise.all(keys.map(async (key, at) => /** @type {[any, any]} */ ([key, await this.open(store, /** @type {Key} */ (key), values[at])])));
  }

  /** @param {string} store @param {Key} key @param {any} value */
  async seal(store, key, value) {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const text = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: placeOf(store, key) }, this.key, encoder.encode(JSON.stringify(value)));
    return { iv, text };
  }

  /** @param {string} store @param {Key} key @param {{iv: BufferSource, text: BufferSource}} sealed */
  async open(store, key, { iv, text }) {
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: placeOf(store, key) }, this.key, text);
    return JSON.parse(decoder.decode(opened));
  }
}

/** A value opens only in its own place. @param {string} store @param {Key} key */
const placeOf = (store, key) => encoder.encode(JSON.stringify([store, key]));

/** @param {IDBFactory} factory @param {string} handle @returns {Promise<import('./vendor/idb.js').IDBPDatabase>} */
async function openDatabase(factory, handle) {
  const request = factory.open(nameOf(handle), VERSION);
  request.onupgradeneeded = () => {
    for (const store of STORES) if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
  };
  return /** @type {any} */ (await wrap(request));
}
