// What the console asks of the hub beyond what every page does. Shapes only as far as the console reads them.

/**
 * @typedef {import('../rest.js').Text} Text
 * @typedef {{kanji: string, kana: string}} Name
 * @typedef {{organisation: string, people: string[], host: boolean, since?: string}} Link
 * @typedef {{system: string, value: string}} Identifier
 * @typedef {object} Patient
 * @property {string} id
 * @property {Name} name
 * @property {string} birth_date
 * @property {string} sex
 * @property {string | null} [consent]
 * @property {string[]} [withheld]
 * @property {string} [consent_form]
 * @property {boolean} [for_training]
 * @property {Link[] | null} [team]
 * @property {Identifier[] | null} [identifiers]
 * @typedef {{id: string, name: string, kana: string, type: string, phone: string, identifiers: Identifier[], active: boolean}} Office
 * @typedef {{role: string, organisation: string}} Position
 * @typedef {{id: string, name: Name, positions: Position[], active: boolean}} Person
 * @typedef {{login: string | null, is_set_up: boolean, is_damaged?: boolean, invited_until: string | null, administers?: string[], sign_ins: {id: string, used_at: string}[]}} Account
 * @typedef {{link: string, qr: string, code: string, login: string, expires_at: string}} Invitation
 * @typedef {{contact: any, on_duty: any[] | null, pledged: boolean, suspended: boolean | null}} OfficeView
 * @typedef {{id: string, timeline: string, patient: Patient, person: string, role: string, organisation: string, received_at: string}} Waiting
 * @typedef {{id: string, timeline: string, patient: Patient | null, person: string, role: string, organisation: string, reason: string, declared_at: string, until: string, state: string, reviewed_at: string | null, command?: string | null}} Access
 * @typedef {{timeline: string, patient: Patient | null, rule: string, title: Text, reason: Text, given_at: string}} Advice
 * @typedef {{kid: string, alg: string, added_at: string, used_at: string | null}} SystemKey
 * @typedef {{id: string, organisation: string, name: string, purpose: string, scopes: string, keys: SystemKey[], registered_at: string, suspended_at: string | null, used_at: string | null}} System
 * @typedef {{id: string, timeline: string, due: string, standing: string, mine: boolean, title: Text, debtors: {organisation: string}[]}} ListedDuty
 * @typedef {{ended_on: string, until: string, type: string, years: number}} Kept until when a record must be kept, and why
 * @typedef {{patient: string, name: Name, kept: Kept}} Due
 * @typedef {{state: 'in_care' | 'kept' | 'due', kept: Kept | null}} Standing
 * @typedef {{patient: string, destroyed_at: string, by: string | null, kept: Kept}} Stone
 * @typedef {{spans: {type: string, years: number, basis: Text}[], due: Due[], next: string | null, patient: Standing | null, destroyed: Stone[]}} RetentionView
 */

const PAGES_MAX = 20;
const PAGE_ENTRIES = 256;

/** @param {string} id */
const at = (id) => encodeURIComponent(id);

export class Calls {
  /** @param {import('../rest.js').Rest} rest */
  constructor(rest) {
    this.rest = rest;
  }

  /** @param {Record<string, string>} search @returns {Promise<{patients: Patient[], more: boolean, unreadable: number}>} `unreadable`: how many that match cannot be shown */
  async patients(search) {
    const asked = new URLSearchParams(Object.entries(search).filter(([, value]) => value));
    const { patients = [], more = false, unreadable = 0 } = await this.rest.call('GET', `/patients?${asked}`);
    return { patients, more, unreadable };
  }

  /** @param {string} id @returns {Promise<Patient & {head: number}>} */
  patient(id) {
    return this.rest.call('GET', `/patients/${at(id)}`);
  }

  /** With its `request_id` twice is once. @param {object} given @returns {Promise<{id: string}>} */
  register(given) {
    return this.rest.call('POST', '/patients', given);
  }

  /**
   * Entries of a timeline, from its beginning; that they were read is on record at the hub.
   * @param {string} timeline @param {number} pagesMax @returns {Promise<any[]>} `Entry` messages
   */
  async entries(timeline, pagesMax) {
    const all = [];
    let after = 0;
    for (let page = 0; page < pagesMax; page += 1) {
      const { entries = [], through, more } = await this.rest.call('GET', `/timelines/${at(timeline)}/entries?after=${after}&limit=${PAGE_ENTRIES}`);
      all.push(...entries);
      if (!more) break;
      after = through;
    }
    return all;
  }

  /** @param {string} path @param {string} name of the list @param {Record<string, string>} [search] @returns {Promise<any[]>} */
  async pages(path, name, search = {}) {
    const all = [];
    let after = '';
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const answer = await this.rest.call('GET', `${path}?${new URLSearchParams({ ...search, ...(after ? { after } : {}) })}`);
      all.push(...(answer[name] ?? []));
      if (!answer.next) break;
      after = answer.next;
    }
    return all;
  }

  /** @returns {Promise<Advice[]>} */
  advice() {
    return this.pages('/advice', 'advice');
  }

  /** @returns {Promise<ListedDuty[]>} what the secretariat itself owes */
  ownDuties() {
    return this.pages('/duties', 'duties', { state: 'open', mine: 'true' });
  }

  /** @returns {Promise<any[]>} what is still owed on the patients of whoever asks, by whom ever */
  openDuties() {
    return this.pages('/duties', 'duties', { state: 'open' });
  }

  /** @param {string} timeline @returns {Promise<ListedDuty[]>} */
  dutiesOf(timeline) {
    return this.pages(`/timelines/${at(timeline)}/duties`, 'duties', { state: 'open' });
  }

  /** @returns {Promise<Waiting[]>} */
  async queue() {
    return (await this.rest.call('GET', '/linking-queue')).waiting ?? [];
  }

  /** @param {string} id @param {string} reason */
  dismiss(id, reason) {
    return this.rest.call('POST', `/linking-queue/${at(id)}/dismiss`, { reason });
  }

  /** @returns {Promise<Access[]>} */
  async accesses() {
    return (await this.rest.call('GET', '/emergency-accesses')).accesses ?? [];
  }

  /** @returns {Promise<{running: boolean, stopped_at: string | null}>} */
  clock() {
    return this.rest.call('GET', '/duty-clock');
  }

  releaseClock() {
    return this.rest.call('DELETE', '/duty-clock/stop');
  }

  /** @returns {Promise<Office[]>} */
  async offices() {
    return (await this.rest.call('GET', '/organisations')).organisations ?? [];
  }

  /** @returns {Promise<Person[]>} */
  async people() {
    return (await this.rest.call('GET', '/people')).people ?? [];
  }

  /** @param {Partial<Office>} given @returns {Promise<Office>} */
  saveOffice({ id, ...given }) {
    return id ? this.rest.call('PUT', `/organisations/${at(id)}`, given) : this.rest.call('POST', '/organisations', given);
  }

  /** @param {string} id @returns {Promise<OfficeView>} */
  officeView(id) {
    return this.rest.call('GET', `/organisations/${at(id)}/office`);
  }

  /** @param {string} office @param {{name: Name, role: string}} given @returns {Promise<Person>} */
  addStaff(office, given) {
    return this.rest.call('POST', `/organisations/${at(office)}/staff`, given);
  }

  /** @param {string} office @param {string} person */
  removeStaff(office, person) {
    return this.rest.call('DELETE', `/organisations/${at(office)}/staff/${at(person)}`);
  }

  /** @param {string} office @param {string} person */
  addAdministrator(office, person) {
    return this.rest.call('POST', `/organisations/${at(office)}/administrators`, { person });
  }

  /** @param {string} office @param {string} person */
  removeAdministrator(office, person) {
    return this.rest.call('DELETE', `/organisations/${at(office)}/administrators/${at(person)}`);
  }

  /** @param {Person} person @returns {Promise<Person>} */
  savePerson({ id, ...given }) {
    return this.rest.call('PUT', `/people/${at(id)}`, given);
  }

  /** @param {string} person @returns {Promise<Account>} */
  account(person) {
    return this.rest.call('GET', `/people/${at(person)}/account`);
  }

  /** @param {string} person @returns {Promise<Invitation>} */
  invite(person) {
    return this.rest.call('POST', `/people/${at(person)}/invitations`, {});
  }

  /** @param {string} person */
  withdrawInvitation(person) {
    return this.rest.call('DELETE', `/people/${at(person)}/invitations`);
  }

  /** @param {string} person @param {string} reason @returns {Promise<Invitation>} */
  recover(person, reason) {
    return this.rest.call('POST', `/people/${at(person)}/recovery`, { reason });
  }

  /** @param {string} person */
  endSignIns(person) {
    return this.rest.call('DELETE', `/people/${at(person)}/sign-ins`);
  }

  /** @returns {Promise<System[]>} that sign in by a key */
  async systems() {
    return (await this.rest.call('GET', '/clients')).clients ?? [];
  }

  /** @param {{organisation: string, name: string, purpose: string, scopes: string, jwks: object}} given @returns {Promise<System>} */
  registerSystem(given) {
    return this.rest.call('POST', '/clients', given);
  }

  /** These keys beside those that stay, and no others. @param {string} id @param {{jwks?: object | null, keep: string[]}} given */
  setSystemKeys(id, given) {
    return this.rest.call('PUT', `/clients/${at(id)}/keys`, given);
  }

  /** @param {string} id @param {string} reason */
  suspendSystem(id, reason) {
    return this.rest.call('POST', `/clients/${at(id)}/suspension`, { reason });
  }

  /** @param {string} id */
  resumeSystem(id) {
    return this.rest.call('DELETE', `/clients/${at(id)}/suspension`);
  }

  /** @param {string} id @param {string} reason */
  removeSystem(id, reason) {
    return this.rest.call('POST', `/clients/${at(id)}/removal`, { reason });
  }

  /** @param {string} person */
  suspend(person) {
    return this.rest.call('POST', `/people/${at(person)}/suspend`, {});
  }

  /** Which records may be destroyed, by which spans; with `patient`, how that one stands. @param {{after?: string, patient?: string}} [asked] @returns {Promise<RetentionView>} */
  retention(asked = {}) {
    return this.rest.call('GET', `/retention?${new URLSearchParams(asked)}`);
  }

  /** For good. @param {string} patient @param {{name: string, birth_date: string, reason: string}} typed @returns {Promise<Stone>} */
  destroyRecord(patient, typed) {
    return this.rest.call('POST', `/patients/${at(patient)}/destruction`, typed);
  }

  /** What somebody else wrote and could not send. @param {string} id @param {'release' | 'discard'} how @param {string} reason @returns {Promise<{verdict?: 'accepted' | 'queued'}>} */
  settleQuarantined(id, how, reason) {
    return this.rest.call('POST', `/quarantine/${at(id)}/${how}`, { reason });
  }
}
