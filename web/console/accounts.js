// Who of the region cannot sign in yet: the hub tells it person by person, so it is looked through a few at a time.

/**
 * @typedef {import('./calls.js').Person} Person
 * @typedef {import('./calls.js').Account} Account
 * @typedef {{person: Person, state: 'invited' | 'none', until: number}} Without
 */

const CALLS_MAX = 4;
/** A connected system signs in with a key of its own. */
const isPerson = (/** @type {Person} */ { active, positions }) => active && positions.some(({ role }) => role !== 'gateway');

export class Accounts {
  /** @param {{account: (person: string) => Promise<Account>}} calls @param {() => void} changed */
  constructor(calls, changed) {
    this.calls = calls;
    this.changed = changed;
    this.isLooking = false;
    this.count = 0;
    /** `null`: not to be seen, or out of reach. @type {Map<string, Account | null>} */
    this.known = new Map();
    /** @type {Person[]} */
    this.people = [];
  }

  /** @param {Person[]} people */
  async look(people) {
    this.people = people.filter(isPerson);
    Object.assign(this, { isLooking: true, count: this.people.length });
    const waiting = this.people.map(({ id }) => id);
    await Promise.all(Array.from({ length: CALLS_MAX }, async () => {
      for (let id = waiting.shift(); id; id = waiting.shift()) {
        this.known.set(id, await this.calls.account(id).catch(() => null));
        this.changed();
      }
    }));
    this.isLooking = false;
    this.changed();
  }

  /** Those not invited first, then the invitations that end soonest. @returns {Without[]} */
  get without() {
    return this.people.flatMap((person) => {
      const account = this.known.get(person.id);
      if (!account || account.is_set_up) return [];
      const until = account.invited_until ? Date.parse(account.invited_until) : 0;
      return [{ person, state: /** @type {'invited' | 'none'} */ (until ? 'invited' : 'none'), until }];
    }).sort((a, b) => a.until - b.until || a.person.name.kana.localeCompare(b.person.name.kana, 'ja'));
  }
}
