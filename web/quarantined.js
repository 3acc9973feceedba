// What this person wrote under earlier sign-ins, could not send, and now waits at the hub for a word of theirs: sending it
// to the rules as they are now, or letting it be. The secretariat sees that something waits, not what it says. No DOM.

/**
 * @typedef {import('./rest.js').Text} Text
 * @typedef {object} Quarantined
 * @property {string} id
 * @property {string} timeline
 * @property {string} kind
 * @property {string} person
 * @property {string} role
 * @property {string} organisation
 * @property {string} written_at
 * @property {string} received_at
 * @property {string} expires_at
 * @property {import('./frames.js').Intent | null} intent for its author alone
 */

export class QuarantinedPosts {
  /** @param {import('./model.js').Model} model */
  constructor(model) {
    this.model = model;
    this.clear();
  }

  clear() {
    /** @type {Quarantined[]} in the order they were written */
    this.posts = [];
    /** @type {Map<string, Text>} what the hub said to one that it did not take */
    this.troubles = new Map();
    this.busy = false;
  }

  async look() {
    try {
      const { posts = [] } = await this.model.rest.quarantined();
      this.posts = posts.sort((a, b) => Date.parse(a.written_at) - Date.parse(b.written_at));
    } catch {
      // Shown when the hub is asked again.
    }
    this.model.changed();
  }

  /** Sends these, in order. One that is not taken stays, with what the hub says. @param {Quarantined[]} posts */
  release(posts) {
    return this.each(posts, (id) => this.model.rest.releaseQuarantined(id));
  }

  /** @param {Quarantined} post */
  discard(post) {
    return this.each([post], (id) => this.model.rest.discardQuarantined(id));
  }

  /** @param {Quarantined[]} posts @param {(id: string) => Promise<any>} act */
  async each(posts, act) {
    if (this.busy) return;
    this.busy = true;
    this.model.changed();
    for (const { id } of posts) {
      try {
        await act(id);
        this.troubles.delete(id);
      } catch (/** @type {any} */ error) {
        this.troubles.set(id, error.reason ?? { ja: 'いまは連携ハブに届きません', en: 'the hub is out of reach' });
      }
    }
    this.busy = false;
    await this.look();
  }
}
