// A list that does not move under the finger: it takes a new order only while nobody points at it, and says when it has
// an older one. What the rows show is always of now. Used by the list of patients; knows nothing of them.

export class Steady {
  constructor() {
    /** @type {{id: string, group: string}[]} as it is on the screen */
    this.places = [];
    /** Whether another order is waiting. */
    this.isOld = false;
  }

  /**
   * @template {{id: string, group: string}} Row
   * The rows in the order to be shown. One that is new while the list is held stands last; one that has gone leaves.
   * @param {Row[]} rows in the order of now @param {boolean} held
   * @returns {Row[]} each in the group it stands in
   */
  take(rows, held) {
    if (!held) this.places = rows.map(({ id, group }) => ({ id, group }));
    const byId = new Map(rows.map((row) => [row.id, row]));
    const kept = this.places.filter(({ id }) => byId.has(id));
    const known = new Set(kept.map(({ id }) => id));
    const added = rows.filter(({ id }) => !known.has(id)).map(({ id }) => ({ id, group: kept.at(-1)?.group ?? byId.get(id)?.group ?? '' }));
    this.places = [...kept, ...added];
    this.isOld = this.places.some(({ id, group }, at) => rows[at].id !== id || rows[at].group !== group);
    return this.places.map(({ id, group }) => ({ .../** @type {Row} */ (byId.get(id)), group }));
  }
}
