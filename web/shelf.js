// Where the outbox is kept: sealed in the locker of this sign-in, and besides in an envelope that only the hub can open
// and that outlives the sign-in. One thing after the other, so that what is read is never older than what was written.

/** Results are few and short. */
const RESULTS_MAX = 50;

/**
 * @typedef {import('./outbox.js').Item} Item
 * @typedef {import('./outbox.js').Result} Result
 * @typedef {import('./outbox.js').Shelf} Shelf
 */

/** @implements {Shelf} */
export class KeptShelf {
  /**
   * @param {import('./locker.js').Locker} locker
   * @param {{keep: (item: Item) => Promise<void>, drop: (id: string) => Promise<void>}} envelopes
   * @param {() => void} announce tells other tabs
   */
  constructor(locker, envelopes, announce) {
    this.locker = locker;
    this.envelopes = envelopes;
    this.announce = announce;
    /** @type {Promise<any>} */
    this.last = Promise.resolve();
    this.lastPlace = 0;
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  inTurn(work) {
    const done = this.last.then(work);
    this.last = done.catch(() => {});
    return done;
  }

  /** @param {Item} item */
  put(item) {
    const { keeping, unkept, ...kept } = item;
    const { id } = item.intent;
    return this.inTurn(async () => {
      // First the one that lasts longer: if browser or sign-in ends in between, nothing that was written is lost.
      if (item.state === 'waiting') await this.envelopes.keep(item).catch(noEnvelope);
      if (item.state === 'queued') await this.envelopes.drop(id).catch(noEnvelope);
      const before = await this.locker.read('outbox', id);
      const place = before && item.state !== 'waiting' ? before.place : Math.max(Date.now(), this.lastPlace + 1);
      this.lastPlace = Math.max(this.lastPlace, place);
      await this.locker.write([{ store: 'outbox', key: id, value: { ...kept, place, state: kept.state === 'sent' ? 'waiting' : kept.state } }]);
      this.announce();
    });
  }

  /** @param {string} id @param {Result} [result] */
  remove(id, result) {
    return this.inTurn(async () => {
      await this.envelopes.drop(id).catch(noEnvelope);
      const results = result && [result, ...await this.results()].slice(0, RESULTS_MAX);
      await this.locker.write([
        { store: 'outbox', key: id, value: undefined },
        ...(results ? [/** @type {const} */ ({ store: 'records', key: 'results', value: results })] : []),
      ]);
      this.announce();
    });
  }

  /** Makes envelopes of what waits without one: it was written before there was anything to seal them with. */
  sealAll() {
    return this.inTurn(async () => {
      for (const [, item] of await this.locker.readAll('outbox')) if (item.state === 'waiting') await this.envelopes.keep(item).catch(noEnvelope);
    });
  }

  list() {
    return this.inTurn(async () => {
      const kept = (await this.locker.readAll('outbox')).map(([, value]) => value);
      kept.sort((a, b) => a.place - b.place || (a.intent.id < b.intent.id ? -1 : 1));
      this.lastPlace = Math.max(this.lastPlace, kept.at(-1)?.place ?? 0);
      return { items: kept.map(({ place, ...item }) => /** @type {Item} */ (item)), results: await this.results() };
    });
  }

  /** @returns {Promise<Result[]>} */
  async results() {
    return (await this.locker.read('records', 'results')) ?? [];
  }
}

/** The readable copy counts without one. @param {unknown} error */
const noEnvelope = (error) => console.warn('an envelope could not be made or removed', error);
