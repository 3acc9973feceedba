// How far this page has come on each timeline. A cursor is only worth as much as the entries held beside it, so both
// start together: from 0, or from what `keeper.js` kept of both in one transaction.

/** The cursors of one page. */
export class Cursors {
  constructor() {
    /** @type {Map<string, {after: number, awaiting: boolean, open: boolean, caughtUp: boolean}>} */
    this.places = new Map();
  }

  /** @param {string} timeline */
  place(timeline) {
    let place = this.places.get(timeline);
    if (!place) this.places.set(timeline, (place = { after: 0, awaiting: false, open: false, caughtUp: false }));
    return place;
  }

  /** Every cursor as `subscribe` takes it. @returns {{timeline: string, after: string}[]} */
  list() {
    return [...this.places].map(([timeline, place]) => ({ timeline, after: String(place.after) }));
  }

  /** The socket is gone: nothing is being read. */
  lose() {
    for (const place of this.places.values()) Object.assign(place, { awaiting: false, open: false, caughtUp: false });
  }

  /**
   * Reading starts at `after`. False if that is not where this page stands, so that it must ask again; a hub that
   * insists is believed, so that the two never ask each other forever.
   * @param {string} timeline @param {number} after
   */
  opened(timeline, after) {
    const place = this.place(timeline);
    const insists = place.awaiting && place.open;
    if (insists) place.after = after;
    place.open = true;
    place.caughtUp = false;
    place.awaiting = after !== place.after;
    return !place.awaiting;
  }

  /**
   * A delivery of `seq` that follows `after`.
   * `take`: apply it. `lost`: something is missing, ask again from the cursor. `drop`: nothing to do.
   * @param {string} timeline @param {number} after @param {number} seq
   * @returns {'take' | 'lost' | 'drop'}
   */
  delivered(timeline, after, seq) {
    const place = this.place(timeline);
    // Known already, or sent before the hub heard that something was lost.
    if (place.awaiting || seq <= place.after) return 'drop';
    if (after > place.after) {
      Object.assign(place, { awaiting: true, open: false });
      return 'lost';
    }
    place.after = seq;
    return 'take';
  }

  /** Everything up to `through` was sent or passed over. @param {string} timeline @param {number} through */
  reached(timeline, through) {
    const place = this.place(timeline);
    if (!place.awaiting) place.after = Math.max(place.after, through);
  }

  /** @param {string} timeline @param {number} through */
  caughtUp(timeline, through) {
    this.reached(timeline, through);
    const place = this.place(timeline);
    if (!place.awaiting) place.caughtUp = true;
  }

  /** Whether the hub feeds this timeline. @param {string} timeline */
  isOpen(timeline) {
    return this.places.get(timeline)?.open ?? false;
  }

  /** Whether nothing of this timeline is missing here. @param {string} timeline */
  isCaughtUp(timeline) {
    const place = this.places.get(timeline);
    return Boolean(place && place.caughtUp && !place.awaiting);
  }

  /** @param {string} timeline */
  forget(timeline) {
    this.places.delete(timeline);
  }

  /** Whether some timeline is still being caught up on. */
  get catchingUp() {
    return [...this.places.values()].some((place) => place.awaiting || (place.open && !place.caughtUp));
  }
}
