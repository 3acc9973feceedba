// Who of the region cannot sign in yet, or has not used their account for long: the hub tells it person by person, so it is looked through a few at a time.

/**
 * @typedef {import('./calls.js').Person} Person
 * @typedef {import('./calls.js').Account} Account
 * @typedef {{person: Person, state: 'invited' | 'none' | 'idle', until: number, usedMs: number}} Without `usedMs`: when they last did something; 0: the hub tells of no sign-in
 */

const CALLS_MAX = 4;
/** As the statistics count who has not used the hub for long. */
const IDLE_MS = 90 * 86_400_000;
/** A connected system signs in with a key of its own. */
export const isPerson = (/** @type {Person} */ { active, positions }) => active && positions.some(({ role }) => role !== 'gateway');

/** @param {Account | null | undefined} account */
export const lastUse = (account) => Math.max(0, ...(account?.sign_ins ?? []).map((one) => Date.parse(one.used_at)));

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

  /** Those not invited first, then the invitations that end soonest, then whoever has not used their account. @param {number} nowMs @returns {Without[]} */
  without(nowMs) {
    const order = /** @type {const} */ (['none', 'invited', 'idle']);
    return this.people.flatMap((person) => {
      const account = this.known.get(person.id);
      const usedMs = lastUse(account);
      if (!account || (usedMs > 0 && nowMs - usedMs < IDLE_MS)) return [];
      const until = account.invited_until ? Date.parse(account.invited_until) : 0;
      /** @type {Without['state']} */
      const state = account.is_set_up || usedMs > 0 ? 'idle' : until ? 'invited' : 'none';
      return [{ person, state, until, usedMs }];
    }).sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.until - b.until || b.usedMs - a.usedMs || a.person.name.kana.localeCompare(b.person.name.kana, 'ja'));
  }
}
