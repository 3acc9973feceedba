// The hub's REST interface as this client uses it. Errors become `RestError` with the stable code; nothing is cached.

/** A line that swallows everything answers nothing: after this long the hub counts as out of reach. */
const ANSWER_MS_MAX = 15_000;

export class RestError extends Error {
  /** @param {number} status @param {any} problem `application/problem+json`, or empty @param {number} retryAfterMs */
  constructor(status, problem, retryAfterMs) {
    super(problem.code ?? `http_${status}`);
    this.status = status;
    this.code = /** @type {string} */ (problem.code ?? '');
    this.reason = /** @type {{ja: string, en: string} | undefined} */ (problem.detail);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * @typedef {{id: string, name: string, kana?: string, type: string, phone?: string}} Organisation
 * @typedef {{id: string, name: string | {kanji: string, kana: string}, positions?: {role: string, organisation: string}[]}} Person
 * @typedef {{organisation: string, people: string[], host: boolean}} Link
 * @typedef {object} Patient
 * @property {string} id
 * @property {{kanji: string, kana: string}} name
 * @property {string} birth_date
 * @property {string} sex
 * @property {string} consent
 * @property {Link[]} team
 * @property {string | null} [emergency_access_until] seen by emergency access alone
 * @typedef {{ja: string, en: string}} Text
 * @typedef {object} CitedRule the rule behind a citation
 * @property {Text} title
 * @property {Text} reason
 * @property {{code: string}} strength
 * @property {{code: string}} effect
 * @property {{title: Text, version: string, agreed_by: {body: string, role: string, on: string}[]}} set
 * @property {boolean} in_force
 * @typedef {{person: {id: string, name: {kanji: string, kana: string}}, role: string, organisation: Organisation, expires_at: string}} Me
 */

export class Rest {
  /** @param {() => string | null} token @param {typeof fetch} [send] */
  constructor(token, send = (input, init) => fetch(input, init)) {
    this.token = token;
    this.send = send;
  }

  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async call(method, path, body) {
    let response;
    try {
      response = await this.send(`/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token() ?? ''}`,
          accept: 'application/json',
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        cache: 'no-store',
        credentials: 'omit',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
    } catch {
      throw new RestError(0, { code: 'unreachable' }, 0);
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    throw new RestError(response.status, answer, Number(response.headers.get('retry-after') ?? 0) * 1000);
  }

  /** @returns {Promise<Me>} */
  me() {
    return this.call('GET', '/me');
  }

  /** Ends this sign-in everywhere. */
  signOut() {
    return this.call('DELETE', '/me');
  }

  /** @param {string} citation @returns {Promise<CitedRule>} */
  rule(citation) {
    return this.call('GET', `/rulebook/citations/${encodeURIComponent(citation)}`);
  }

  /** @returns {Promise<string>} a one-time ticket for the first frame of a socket */
  async takeTicket() {
    return (await this.call('POST', '/tickets')).ticket;
  }

  /**
   * @param {{mine?: boolean, q?: string, birth_date?: string, identifier?: string}} search
   * @returns {Promise<Patient[]>}
   */
  async patients(search) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(search)) if (value) query.set(name, String(value));
    return (await this.call('GET', `/patients?${query}`)).patients ?? [];
  }

  /** @param {string} id @returns {Promise<Patient>} */
  patient(id) {
    return this.call('GET', `/patients/${encodeURIComponent(id)}`);
  }

  /**
   * Patients of others of exactly this name and birth date, in an emergency.
   * @param {string} name @param {string} birthDate
   * @returns {Promise<{id: string, name: {kanji: string, kana: string}, birth_date: string}[]>}
   */
  async emergencySearch(name, birthDate) {
    return (await this.call('POST', '/emergency-search', { name, birth_date: birthDate })).patients ?? [];
  }

  /** @param {string} timeline @param {object} intent */
  post(timeline, intent) {
    return this.call('POST', `/timelines/${encodeURIComponent(timeline)}/entries`, intent);
  }

  /** @returns {Promise<Organisation[]>} */
  async organisations() {
    return (await this.call('GET', '/organisations')).organisations ?? [];
  }

  /** @returns {Promise<Person[]>} */
  async people() {
    return (await this.call('GET', '/people')).people ?? [];
  }

  /** @param {string} timeline @returns {Promise<{person: string, through: number, at: string}[]>} */
  async readMarkers(timeline) {
    return (await this.call('GET', `/timelines/${encodeURIComponent(timeline)}/read-markers`)).markers ?? [];
  }
}
