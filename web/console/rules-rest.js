// What the rules' part of the console asks of the hub: versions and their life, what a draft would change, compliance and
// the audit log. Nothing is kept here.

import { RestError } from '../rest.js';

/**
 * @typedef {import('../rest.js').Text} Text
 * @typedef {{name: string, text: string}} File
 * @typedef {{code: string, about: string, place: string, text: Text}} Note
 * @typedef {{file: string, line: number, column: number, code: string, text: Text}} Mistake
 * @typedef {{id: string, title: string, fingerprint: string, stage: string, stage_label: Text, drafted_at: string, effective_at: string | null}} VersionLine
 * @typedef {{body: string, role: string, person: string, signed_on: string}} Signature
 * @typedef {{id: string, version: string, title: Text, agreement: string, signatures: Signature[]}} SignedSet
 * @typedef {{set: string, body: string | null, role: string | null}} Unsigned
 * @typedef {VersionLine & {only_seeds: boolean, files: File[], sets: SignedSet[], unsigned: Unsigned[], notes: Note[]}} Version
 * @typedef {{citation: string, id: string, title: Text, reason: Text, strength: {code: string}, effect: {code: string, ja: string}, view: string[], post: string[]}} RuleInForce
 * @typedef {object} SetInForce
 * @property {string} id
 * @property {string} version
 * @property {Text} title
 * @property {string} layer
 * @property {string} stage
 * @property {Text} stage_label
 * @property {string} effective
 * @property {string | null} review_by
 * @property {{body: string, role: string, on: string}[]} agreed_by
 * @property {RuleInForce[]} rules
 * @typedef {{source: 'shipped' | 'configured' | 'version', version: string | null, only_seeds: boolean, fingerprint: string, notes: Note[], sets: SetInForce[]}} InForce
 * @typedef {{code: string, rules: string[], place: string | null, text: Text}} Finding
 * @typedef {{role: string, kind: string, may_view: boolean, views_own_only: boolean, may_post: boolean, rules: number}} Covered
 * @typedef {{opened: number, unconfirmed: number, in_time: number, late: number, escalated: number, ended: number, undetermined: number}} Lived
 * @typedef {object} Replayed
 * @property {number} events
 * @property {number} undetermined
 * @property {number} unreadable
 * @property {number} destroyed
 * @property {{from: string, to: string, count: number, examples: string[]}[]} changes
 * @property {Record<string, Lived>} duties
 * @property {Record<string, {draft: Lived, in_force: Lived}>} standing
 * @property {Record<string, number>} nudges
 * @property {Text} text
 * @typedef {object} Cell
 * @property {string} rule
 * @property {Text | null} title
 * @property {string | null} organisation_type
 * @property {string} month
 * @property {number} opened
 * @property {number} met_in_time
 * @property {number} met_late
 * @property {number} declined
 * @property {number} waived
 * @property {number} answered_otherwise
 * @property {number} closed
 * @property {number} open
 * @property {number} overdue
 * @typedef {{rule: string, title: Text | null, organisation_types: string[], met: number, not_met: number}} Pairs
 * @typedef {{as: string, person: string | null, name: string | null, role: string | null, organisation: string | null, organisation_name: string | null}} Who
 * @typedef {{seq: number, at: string, kind: string, by: Who, on_behalf_of?: Who, device: string | null, registered_device: {id: string, name: string | null} | null, sign_in: string | null, patient: string | null, office: string | null, failed: boolean, ja: string, en: string, reason: string | null}} AuditLine
 * @typedef {{id: string, name: {kanji: string, kana: string}, birth_date: string}} Card
 * @typedef {{by: Who, timeline: string, first_at: string, last_at: string | null, reads: number, by_emergency: boolean}} Exposed
 */

/** A replay walks through years of posts; an export through every line. */
const LONG_MS_MAX = 300_000;

const at = encodeURIComponent;
/** @param {Record<string, string>} search */
const query = (search) => String(new URLSearchParams(Object.entries(search).filter(([, value]) => value)));

export class RulesRest {
  /** @param {import('../rest.js').Rest} rest */
  constructor(rest) {
    this.rest = rest;
  }

  /** @returns {Promise<InForce>} */
  inForce() {
    return this.rest.call('GET', '/rulebook');
  }

  /** The files of what is in force; `null` where the hub does not give them. @returns {Promise<File[] | null>} */
  async filesInForce() {
    try {
      return (await this.rest.call('GET', '/rulebook/files')).files ?? null;
    } catch (/** @type {any} */ error) {
      if (error.status === 404 || error.status === 405 || error.status === 403) return null;
      throw error;
    }
  }

  /** @returns {Promise<{configured: boolean, versions: VersionLine[]}>} */
  versions() {
    return this.rest.call('GET', '/rulebooks');
  }

  /** The version that decides now; empty where what ships does, or what the configuration names. */
  async versionInForce() {
    const { configured, versions } = await this.versions();
    return (configured ? undefined : versions.find(({ stage }) => stage === 'in_force'))?.id ?? '';
  }

  /** @param {string} id @returns {Promise<Version>} */
  version(id) {
    return this.rest.call('GET', `/rulebooks/${at(id)}`);
  }

  /** In the order in which the hub keeps files, so that its fingerprint stays the same. @param {string} title @param {File[]} files @returns {Promise<Version>} */
  draft(title, files) {
    return this.rest.call('POST', '/rulebooks', { title, files: [...files].sort((a, b) => (a.name < b.name ? -1 : 1)) });
  }

  /** Not over what somebody else saved meanwhile. @param {string} id @param {string} fingerprint of what was opened @param {File[]} files @returns {Promise<Version>} */
  save(id, fingerprint, files) {
    return this.rest.call('PUT', `/rulebooks/${at(id)}`, { fingerprint, files });
  }

  /** @param {string} id @returns {Promise<{findings: Finding[], coverage: Covered[]}>} */
  analysis(id) {
    return this.rest.call('GET', `/rulebooks/${at(id)}/analysis`);
  }

  /** @param {string} id @returns {Promise<{text: Text}>} */
  difference(id) {
    return this.rest.call('GET', `/rulebooks/${at(id)}/difference`);
  }

  /** @param {string} id @param {number | null} days @returns {Promise<Replayed>} */
  async replay(id, days) {
    const response = await this.rest.fetch('POST', `/rulebooks/${at(id)}/replay`, LONG_MS_MAX, days ? { since_days: days } : {});
    return response.json();
  }

  /** Why the hub ruled as it did on an entry. @param {string} entry @returns {Promise<{answers: {text: Text}[]}>} */
  explain(entry) {
    return this.rest.call('GET', `/rulebook/explain?${query({ entry })}`);
  }

  /** @param {string} id @param {string} fingerprint @returns {Promise<Version>} */
  propose(id, fingerprint) {
    return this.rest.call('POST', `/rulebooks/${at(id)}/propose`, { fingerprint });
  }

  /** @param {string} id @param {{set: string, agreement: string, body: string, role: string, person?: string, signed_on?: string}} given @returns {Promise<Version>} */
  sign(id, given) {
    return this.rest.call('POST', `/rulebooks/${at(id)}/signatures`, given);
  }

  /** @param {string} id @param {string} fingerprint @param {string} on @returns {Promise<Version>} */
  putInForce(id, fingerprint, on) {
    return this.rest.call('POST', `/rulebooks/${at(id)}/in-force`, { fingerprint, on: on || null });
  }

  /** @param {string} id @param {string} reason @returns {Promise<Version>} */
  retire(id, reason) {
    return this.rest.call('POST', `/rulebooks/${at(id)}/retire`, { reason });
  }

  /** The agreement sheets as a page to print. `fetch` would give text, which no trusted page turns into a document. @param {string} id @returns {Promise<Document>} */
  sheet(id) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('GET', `/api/v1/rulebooks/${at(id)}/sheet`);
      request.timeout = LONG_MS_MAX;
      request.responseType = 'document';
      for (const [name, value] of Object.entries(this.rest.credentials())) request.setRequestHeader(name, value);
      request.onerror = request.ontimeout = () => reject(new RestError(0, { code: 'unreachable' }, 0));
      request.onload = () => (request.status === 200 && request.responseXML ? resolve(request.responseXML) : reject(new RestError(request.status, {}, 0)));
      request.send();
    });
  }

  /** @param {Record<string, string>} span @returns {Promise<{duties: Cell[], pairs: Pairs[]}>} */
  compliance(span) {
    return this.rest.call('GET', `/compliance?${query(span)}`);
  }

  /** @param {Record<string, string>} span @returns {Promise<Blob>} */
  async complianceCsv(span) {
    return (await this.rest.fetch('GET', `/compliance.csv?${query(span)}`, LONG_MS_MAX)).blob();
  }

  /** @param {Record<string, string>} search @returns {Promise<{records: AuditLine[], patients: Card[], next: number | null}>} */
  audit(search) {
    return this.rest.call('GET', `/audit?${query(search)}`);
  }

  /** @param {Record<string, string>} search @returns {Promise<{lines: Exposed[], patients: Card[], more: boolean, unreadable?: number, taken_out?: import('../views/seen-by.js').TakenOut[]}>} */
  exposures(search) {
    return this.rest.call('GET', `/audit/exposures?${query(search)}`);
  }

  /** @param {Record<string, string>} wish which part, in which form, and why @returns {Promise<Blob>} */
  async exportAudit(wish) {
    return (await this.rest.fetch('POST', '/audit/export', LONG_MS_MAX, Object.fromEntries(Object.entries(wish).filter(([, value]) => value)))).blob();
  }
}
