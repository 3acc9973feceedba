// What this person wrote under earlier sign-ins, could not send, and now waits at the hub for a word of theirs, which
// `releasing.js` tells. The secretariat sees that something of others waits, not what it says. No DOM.

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

  /** Asks the hub; fails as the request does. */
  async ask() {
    const { posts = [] } = await this.model.rest.quarantined();
    this.posts = posts.sort((a, b) => Date.parse(a.written_at) - Date.parse(b.written_at));
    this.model.changed();
  }

  /** What cannot be asked now is shown when the hub is asked again. */
  look() {
    return this.ask().catch(() => this.model.changed());
  }

  /** Which of them this person wrote. */
  get mine() {
    return this.posts.filter(({ person }) => person === this.model.myId);
  }
}
