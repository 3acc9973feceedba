// Posts without a verdict, in the order they were written; verdicts that ask something of the author; and what became of
// the last ones that were answered. Lives in memory, kept on a shelf (`shelf.js`, IndexedDB) that several tabs share: a
// post is sent once it is kept, so that whatever was sent is still there when the browser dies.

/** Answers that are shown among the results. */
const RESULTS_MAX = 50;
/** Longer than this between writing and the answer, and a post counts as sent afterwards. */
export const AFTERWARDS_MS_MIN = 60_000;

/**
 * @typedef {import('./frames.js').Intent} Intent
 * @typedef {import('./frames.js').Verdict} Verdict
 * @typedef {{kanji: string, kana: string}} Name
 * @typedef {object} Item
 * @property {Intent} intent
 * @property {'waiting' | 'sent' | 'refused' | 'queued'} state waiting and sent are unsent: the hub has not answered
 * @property {number} writtenAtMs
 * @property {number} [answeredAtMs]
 * @property {Verdict} [verdict]
 * @property {Name} [name] of the patient, for when it may no longer be asked for
 * @property {boolean} [keeping] on its way to the shelf
 * @property {boolean} [unkept] the device could not keep it: it is in this tab alone
 * @typedef {{id: string, timeline: string, kind: string, words: string, writtenAtMs: number, answeredAtMs: number, name?: Name}} Result of a post that was accepted
 * What keeps the outbox. `put` and `remove` may return nothing when they are done at once.
 * @typedef {object} Shelf
 * @property {(item: Item) => Promise<void> | void} put at the end, or where it stands already
 * @property {(id: string, result?: Result) => Promise<void> | void} remove
 * @property {() => Promise<{items: Item[], results: Result[]}>} list
 */

/** Keeps nothing: before anybody is signed in, and where a browser has no place for it. @type {Shelf} */
export const NO_SHELF = { put() {}, remove() {}, list: async () => ({ items: [], results: [] }) };

export class Outbox {
  /** @param {Shelf} [shelf] @param {(timeline: string) => Name | undefined} [nameOf] */
  constructor(shelf = NO_SHELF, nameOf = () => undefined) {
    this.shelf = shelf;
    this.nameOf = nameOf;
    /** @type {Item[]} */
    this.items = [];
    /** @type {Result[]} the last one in front */
    this.results = [];
    /** Grows with every change of this tab, so that an older reading of the shelf is not taken for a newer one. */
    this.changes = 0;
    /** Called when a post can be sent that could not before. */
    this.ready = () => {};
    /** Called when the device could not keep something. @type {(error: unknown) => void} */
    this.failed = () => {};
  }

  /** Takes up what a shelf holds. @param {Shelf} shelf */
  async open(shelf) {
    this.shelf = shelf;
    await this.reload();
  }

  /** What other tabs put on the shelf or took from it. */
  async reload() {
    const { shelf } = this;
    let changes;
    let listed;
    do {
      ({ changes } = this);
      listed = await shelf.list();
    } while (changes !== this.changes);
    if (shelf !== this.shelf) return;
    const sent = new Map(this.items.filter(({ state }) => state === 'sent').map((item) => [item.intent.id, item]));
    const kept = listed.items.map((item) => (item.state === 'waiting' && sent.get(item.intent.id)) || item);
    this.items = [...kept, ...this.items.filter(({ unkept }) => unkept)];
    this.results = listed.results.slice(0, RESULTS_MAX);
    this.ready();
  }

  /** Nothing of it remains in memory. */
  clear() {
    this.changes += 1;
    this.shelf = NO_SHELF;
    this.items = [];
    this.results = [];
  }

  /** The number of posts the hub has not answered. */
  get unsent() {
    return this.items.filter((item) => item.state === 'waiting' || item.state === 'sent').length;
  }

  /** The number of posts whose answer asks something of the author. */
  get returned() {
    return this.items.filter((item) => item.state === 'refused').length;
  }

  /** @param {string} id */
  find(id) {
    return this.items.find((item) => item.intent.id === id);
  }

  /** Appends, or replaces a refused post of the same id at the end. @param {Intent} intent @param {number} nowMs */
  add(intent, nowMs) {
    this.changes += 1;
    this.items = this.items.filter((item) => item.intent.id !== intent.id);
    /** @type {Item} */
    const item = { intent, state: 'waiting', writtenAtMs: nowMs, name: this.nameOf(intent.timeline) };
    this.items.push(item);
    const kept = this.shelf.put(item);
    if (!kept) return;
    item.keeping = true;
    kept.catch((error) => {
      item.unkept = true;
      this.failed(error);
    }).finally(() => {
      item.keeping = false;
      this.ready();
    });
  }

  /**
   * The next post to send, marked as sent. None while an earlier one is not kept yet or waits to be tried again, so that
   * order holds.
   * @returns {Intent | undefined}
   */
  next() {
    const item = this.items.find((candidate) => candidate.state === 'waiting');
    if (!item || item.keeping) return undefined;
    item.state = 'sent';
    return item.intent;
  }

  /** The socket is gone: what was sent without an answer is sent again, under the same ids. */
  lose() {
    for (const item of this.items) if (item.state === 'sent') item.state = 'waiting';
  }

  /**
   * The hub answered. Accepted posts leave; the others stay until the author has dealt with them.
   * @param {Verdict} verdict @param {number} nowMs @returns {Item | undefined}
   */
  settle(verdict, nowMs) {
    const item = this.find(verdict.id);
    if (!item) return undefined;
    this.changes += 1;
    item.answeredAtMs = nowMs;
    if (verdict.verdict === 'accepted') {
      this.stored(item, nowMs);
    } else {
      Object.assign(item, { state: verdict.verdict, verdict });
      this.shelf.put(item)?.catch((error) => this.failed(error));
    }
    return item;
  }

  /** It stands among the results, by whatever way it was sent. @param {Pick<Item, 'intent' | 'writtenAtMs' | 'name'>} item @param {number} nowMs */
  stored(item, nowMs) {
    const result = resultOf(item, nowMs);
    this.results = [result, ...this.results].slice(0, RESULTS_MAX);
    this.take(result.id, result);
  }

  /** The author has read the verdict, or gives the post up. @param {string} id */
  remove(id) {
    this.take(id);
  }

  /** @param {string} id @param {Result} [result] */
  take(id, result) {
    this.changes += 1;
    this.items = this.items.filter((item) => item.intent.id !== id);
    this.shelf.remove(id, result)?.catch((error) => this.failed(error));
  }

  /** The name of a patient as it stood when something was written about them, while that stands here. @param {string} timeline @returns {Name | undefined} */
  nameKept(timeline) {
    return this.items.find(({ intent, name }) => name?.kanji && intent.timeline === timeline)?.name ?? this.results.find((one) => one.name?.kanji && one.timeline === timeline)?.name;
  }

  /** @param {string} timeline */
  of(timeline) {
    return this.items.filter((item) => item.intent.timeline === timeline);
  }
}

/** @param {Pick<Item, 'intent' | 'writtenAtMs' | 'name'>} item @param {number} nowMs @returns {Result} */
function resultOf({ intent, writtenAtMs, name }, nowMs) {
  const [kind] = Object.keys(intent.body);
  const { text, comment, subject } = intent.body[kind] ?? {};
  return { id: intent.id, timeline: intent.timeline, kind, words: String(text ?? comment ?? subject ?? '').slice(0, 80), writtenAtMs, answeredAtMs: nowMs, name };
}
