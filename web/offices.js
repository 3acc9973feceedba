// What offices tell of themselves: whom to turn to, with which number, and who is on duty. Asked once per office and kept
// for some minutes, because the hub records each look. Used by mentions and by the summary.

const KEPT_MS = 300_000;

/**
 * @typedef {{department: string, person: string | null, phone: string, fax: string, email: string, hours: string, around_the_clock: boolean, text: string}} Contact
 * @typedef {{person: string, role: string, phone: string, from: string, until: string}} Shift
 * @typedef {{contact: Contact | null, on_duty: Shift[] | null, pledged: boolean}} Office
 */

export class Offices {
  /** @param {import('./model.js').Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Map<string, {atMs: number, office: Office | null}>} */
    this.held = new Map();
  }

  clear() {
    this.held.clear();
  }

  /** What is known now; asks where nothing is, or where it is old. @param {string} id @returns {Office | null} */
  of(id) {
    const now = this.model.clock.now();
    const held = this.held.get(id);
    if (!held || now - held.atMs > KEPT_MS) {
      this.held.set(id, { atMs: now, office: held?.office ?? null });
      this.ask(id);
    }
    return this.held.get(id)?.office ?? null;
  }

  /** @param {string} id */
  async ask(id) {
    // An office that says nothing, or a hub that is away, leaves the directory's number.
    const office = await this.model.rest.office(id).catch(() => null);
    const held = this.held.get(id);
    if (!office || !held) return;
    held.office = office;
    this.model.changed();
  }

  /** People on duty in a role now at these offices. @param {string[]} organisations @param {string} role @returns {string[]} */
  onDuty(organisations, role) {
    const types = new Map(organisations.map((id) => [id, this.model.organisations.get(id)?.type]));
    return organisations.filter((id) => types.get(id) !== 'home').flatMap((id) => this.of(id)?.on_duty ?? [])
      .filter((shift) => shift.role === role).map(({ person }) => person);
  }
}
