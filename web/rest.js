// The hub's REST interface as this client uses it. Errors become `RestError` with the stable code; nothing is cached.

/** A line that swallows everything answers nothing: after this long the hub counts as out of reach. */
const ANSWER_MS_MAX = 15_000;
/** As long as the hub gives a file either way. */
const FILE_MS_MAX = 300_000;
/** As long as it gives a whole record. */
const RECORD_MS_MAX = 900_000;

export class RestError extends Error {
  /** @param {number} status @param {any} problem `application/problem+json`, or empty @param {number} retryAfterMs */
  constructor(status, problem, retryAfterMs) {
    super(problem.code ?? `http_${status}`);
    this.status = status;
    this.code = /** @type {string} */ (problem.code ?? '');
    this.reason = /** @type {{ja: string, en: string} | undefined} */ (problem.detail);
    /** The whole answer: what holds a post, and by which rules. */
    this.problem = problem;
    /** Of what was sent, where one field is at fault. */
    this.field = /** @type {string} */ (problem.field ?? '');
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * @typedef {{id: string, name: string, kana?: string, type: string, phone?: string}} Organisation
 * @typedef {{id: string, name: string | {kanji: string, kana: string}, positions?: {role: string, organisation: string}[], active?: boolean}} Person
 * @typedef {{organisation: string, people: string[], host: boolean, roles?: string[]}} Link
 * @typedef {object} Patient
 * @property {string} id
 * @property {{kanji: string, kana: string}} name
 * @property {string} birth_date
 * @property {string} sex
 * @property {string} consent
 * @property {string[]} [withheld] purposes that the patient did not agree to
 * @property {string} [consent_form] the version of the form that was signed
 * @property {Link[]} team
 * @property {string | null} [emergency_access_until] seen by emergency access alone
 * @property {string} [stay] home, admitted, deceased
 * @property {boolean} [closed]
 * @property {boolean} [for_training] nobody: registered for training
 * @typedef {{ja: string, en: string}} Text
 * @typedef {object} CitedRule the rule behind a citation
 * @property {Text} title
 * @property {Text} reason
 * @property {{code: string}} strength
 * @property {{code: string}} effect
 * @property {{title: Text, version: string, layer?: string, stage_label?: Text, agreed_by: {body: string, role: string, on: string}[]}} set
 * @property {boolean} in_force
 * @typedef {{role: string, organisation: string, organisation_name: string}} HeldPosition
 * @typedef {{demand: 'off' | 'optional' | 'required', shown: 'nothing' | 'registered' | 'expired' | 'ended', expires_at: string | null}} ShownDevice
 * @typedef {object} Device a registered one
 * @property {string} id
 * @property {string} organisation
 * @property {string} name
 * @property {string | null} seen_at
 * @property {string | null} revoked_at
 * @property {{serial: string, issued_at: string, expires_at: string} | null} certificate
 * @property {string | null} enrolling_until
 * @typedef {{person: {id: string, name: {kanji: string, kana: string}}, role: string, organisation: Organisation, positions?: HeldPosition[], administers?: string[], expires_at: string, idle_timeout_s?: number, pledges_first?: boolean, alarms?: PasskeyAlarm[]}} Me
 * @typedef {{code: string, person: string, name: {kanji: string, kana: string}, passkey: string, at: string}} PasskeyAlarm
 * @typedef {{ceremony: string, options: object}} PasskeyQuestion
 * @typedef {{id: string, issuer: string, subject: string, linked_at: string, used_at: string | null}} Identity
 * @typedef {{ticket: string, code: boolean, passkey: PasskeyQuestion | null}} SecondAsked what the hub asks for besides another service
 * @typedef {{id: string, name: string, added_at: string, used_at: string | null, void_since: string | null, void_because: string | null}} Passkey
 * @typedef {{id: string, position: HeldPosition, device: string, way: string, issued_at: string, used_at: string, expires_at: string, is_this: boolean}} SignIn
 * @typedef {{id: string | null, ticket: string | null, positions: HeldPosition[]}} Entered
 */

export class Rest {
  /** @param {() => string | null} token @param {typeof fetch} [send] */
  constructor(token, send = (input, init) => fetch(input, init)) {
    this.token = token;
    this.send = send;
    /** Asks the person to show once more who they are, where the hub wants that; whether they did. @type {() => Promise<boolean>} */
    this.prove = async () => false;
    /** Hears that the person showed who they are. */
    this.proved = () => {};
  }

  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  async call(method, path, body) {
    const response = await this.fetch(method, path, ANSWER_MS_MAX, body);
    return response.json().catch(() => ({}));
  }

  /** @param {string} method @param {string} path @param {number} answerMsMax @param {object} [body] @param {Record<string, string>} [more] headers @returns {Promise<Response>} one that is ok */
  async fetch(method, path, answerMsMax, body, more = {}) {
    let response;
    try {
      response = await this.send(`/api/v1${path}`, {
        method,
        headers: {
          ...this.credentials(),
          accept: 'application/json, */*;q=0.5',
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...more,
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        cache: 'no-store',
        credentials: this.token() ? 'omit' : 'same-origin',
        signal: AbortSignal.timeout(answerMsMax),
      });
    } catch {
      throw new RestError(0, { code: 'unreachable' }, 0);
    }
    if (response.ok) return response;
    const answer = await response.json().catch(() => ({}));
    // Asked, shown, and sent again: whoever called need not know.
    if (answer.code === 'proof_needed' && await this.prove()) return this.fetch(method, path, answerMsMax, body, more);
    throw new RestError(response.status, answer, Number(response.headers.get('retry-after') ?? 0) * 1000);
  }

  /** A token of a link, or a word by which the hub knows its own page and looks at the cookie. @returns {Record<string, string>} */
  credentials() {
    const token = this.token();
    return token ? { authorization: `Bearer ${token}` } : { 'renkei-client': 'page' };
  }

  /** What the hub's envelopes are sealed to; open to all. @returns {Promise<{id: string, public_key: string}>} */
  quarantineKey() {
    return this.call('GET', '/quarantine/key');
  }

  /** What goes into an envelope to say whose it is. @returns {Promise<{pass: string}>} */
  quarantinePass() {
    return this.call('GET', '/me/quarantine-pass');
  }

  /** What came in envelopes and waits: one's own, or, for the secretariat, all without what they say. @returns {Promise<{posts: import('./quarantined.js').Quarantined[]}>} */
  quarantined() {
    return this.call('GET', '/quarantine');
  }

  /** @param {string} id @returns {Promise<{verdict: 'accepted' | 'queued'}>} */
  releaseQuarantined(id) {
    return this.call('POST', `/quarantine/${encodeURIComponent(id)}/release`);
  }

  /** @param {string} id */
  discardQuarantined(id) {
    return this.call('DELETE', `/quarantine/${encodeURIComponent(id)}`);
  }

  /** Hands in envelopes, without a sign-in. @param {import('./envelopes.js').Envelope[]} envelopes */
  handIn(envelopes) {
    return this.call('POST', '/quarantine', { envelopes });
  }

  /** How people sign in here. @returns {Promise<{password_chars_min: number, passkeys?: string | null, outside?: string | null, links: boolean, device?: ShownDevice}>} */
  ways() {
    return this.call('GET', '/sign-in');
  }

  /** @param {{login: string, password: string, code: string, device: string}} given @returns {Promise<Entered>} */
  signIn(given) {
    return this.call('POST', '/sign-in', given);
  }

  /** @returns {Promise<PasskeyQuestion>} */
  askForPasskey() {
    return this.call('POST', '/sign-in/passkey/options', {});
  }

  /** @param {{ceremony: string, credential: object, device: string}} given @returns {Promise<Entered>} */
  signInByPasskey(given) {
    return this.call('POST', '/sign-in/passkey', given);
  }

  /** @param {{invitation: string, code: string}} given @returns {Promise<PasskeyQuestion>} */
  askInvitedForPasskey(given) {
    return this.call('POST', '/invitations/passkey/options', given);
  }

  /** @param {{invitation: string, code: string, ceremony: string, credential: object, name: string, device: string}} given @returns {Promise<Entered>} */
  acceptInvitationWithPasskey(given) {
    return this.call('POST', '/invitations/passkey', given);
  }

  /** Where to go on at the other service, to sign in. @returns {Promise<{location: string}>} */
  leaveToSignIn() {
    return this.call('POST', '/sign-in/oidc', {});
  }

  /** The same with an invitation. @param {{invitation: string, code: string}} given @returns {Promise<{location: string}>} */
  leaveInvited(given) {
    return this.call('POST', '/invitations/oidc', given);
  }

  /** What became of whoever is back from the other service. @param {{device: string}} given @returns {Promise<Entered | SecondAsked>} */
  finishOutside(given) {
    return this.call('POST', '/sign-in/oidc/finish', given);
  }

  /** @param {{ticket: string, code?: string, ceremony?: string, credential?: object, device: string}} given @returns {Promise<Entered>} */
  showSecond(given) {
    return this.call('POST', '/sign-in/oidc/second', given);
  }

  /** @returns {Promise<{service: string | null, identities: Identity[]}>} */
  myIdentities() {
    return this.call('GET', '/me/identities');
  }

  /** @returns {Promise<{location: string}>} */
  leaveToLink() {
    return this.call('POST', '/me/identities', {});
  }

  /** @returns {Promise<Identity>} */
  linkIdentity() {
    return this.call('POST', '/me/identities/finish', {});
  }

  /** @param {string} id */
  unlinkIdentity(id) {
    return this.call('DELETE', `/me/identities/${encodeURIComponent(id)}`);
  }

  /** @returns {Promise<{location: string}>} */
  leaveToProve() {
    return this.call('POST', '/me/proof/oidc', {});
  }

  /** @returns {Promise<{until: string}>} */
  async proveByOutside() {
    const shown = await this.call('POST', '/me/proof/oidc/finish', {});
    this.proved();
    return shown;
  }

  /** @returns {Promise<{passkeys: Passkey[], has_password: boolean}>} */
  myPasskeys() {
    return this.call('GET', '/me/passkeys');
  }

  /** @returns {Promise<PasskeyQuestion>} */
  askToMakePasskey() {
    return this.call('POST', '/me/passkeys/options', {});
  }

  /** @param {{ceremony: string, credential: object, name: string}} given */
  addPasskey(given) {
    return this.call('POST', '/me/passkeys', given);
  }

  /** @param {string} id @param {string} name */
  renamePasskey(id, name) {
    return this.call('PUT', `/me/passkeys/${encodeURIComponent(id)}`, { name });
  }

  /** @param {string} id */
  removePasskey(id) {
    return this.call('DELETE', `/me/passkeys/${encodeURIComponent(id)}`);
  }

  /** By what one can show who one is. @returns {Promise<{passkey: PasskeyQuestion | null, password: boolean, outside?: string | null}>} */
  askForProof() {
    return this.call('POST', '/me/proof/options', {});
  }

  /** @param {{ceremony: string, credential: object} | {password: string, code: string}} given */
  async proveMyself(given) {
    const shown = await this.call('POST', '/me/proof', given);
    this.proved();
    return shown;
  }

  /** @param {{ticket: string, position: {role: string, organisation: string}}} given @returns {Promise<Entered>} */
  choosePosition(given) {
    return this.call('POST', '/sign-in/position', given);
  }

  /** @param {{invitation: string, code: string}} given @returns {Promise<import('./entrance.js').Opened>} */
  openInvitation(given) {
    return this.call('POST', '/invitations/open', given);
  }

  /** @param {{invitation: string, code: string, password: string, authenticator_code: string, device: string}} given @returns {Promise<Entered>} */
  acceptInvitation(given) {
    return this.call('POST', '/invitations/accept', given);
  }

  /** @param {{enrolment: string, code: string}} given @returns {Promise<{device: string, organisation: string}>} */
  openEnrolment(given) {
    return this.call('POST', '/enrolments/open', given);
  }

  /** @param {{enrolment: string, code: string}} given @returns {Promise<import('./enrolment.js').Bundle>} */
  acceptEnrolment(given) {
    return this.call('POST', '/enrolments/accept', given);
  }

  /** @returns {Promise<Device[]>} */
  async devices() {
    return (await this.call('GET', '/devices')).devices ?? [];
  }

  /** @param {{name: string, organisation: string}} given @returns {Promise<Device>} */
  registerDevice(given) {
    return this.call('POST', '/devices', given);
  }

  /** @param {string} id @returns {Promise<import('./enrolment.js').Bundle>} */
  issueCertificate(id) {
    return this.call('POST', `/devices/${encodeURIComponent(id)}/certificates`, {});
  }

  /** @param {string} id @returns {Promise<{link: string, qr: string, code: string, expires_at: string}>} */
  enrolDevice(id) {
    return this.call('POST', `/devices/${encodeURIComponent(id)}/enrolments`, {});
  }

  /** @param {string} id @param {string} reason */
  revokeDevice(id, reason) {
    return this.call('POST', `/devices/${encodeURIComponent(id)}/revoke`, { reason });
  }

  /** Who may do without a registered device. @returns {Promise<{person: string, until: string}[]>} */
  async deviceExceptions() {
    return (await this.call('GET', '/device-exceptions')).exceptions ?? [];
  }

  /** @param {string} person @param {{until: string, reason: string}} given */
  grantException(person, given) {
    return this.call('PUT', `/people/${encodeURIComponent(person)}/device-exception`, given);
  }

  /** @param {string} person */
  endException(person) {
    return this.call('DELETE', `/people/${encodeURIComponent(person)}/device-exception`);
  }

  /** Which of my devices are rung while their page is closed. @returns {Promise<import('./ringing.js').BellList>} */
  bells() {
    return this.call('GET', '/me/bells');
  }

  /** @param {{endpoint: string, wish: 'mine' | 'urgent', device: string}} bell @returns {Promise<import('./ringing.js').Bell>} */
  putBell(bell) {
    return this.call('POST', '/me/bells', bell);
  }

  /** @param {string} id */
  removeBell(id) {
    return this.call('DELETE', `/me/bells/${encodeURIComponent(id)}`);
  }

  /** @param {{quiet: boolean, from: string, until: string}} hours */
  keepQuiet(hours) {
    return this.call('PUT', '/me/quiet-hours', hours);
  }

  /** @returns {Promise<{sign_ins: SignIn[]}>} */
  mySignIns() {
    return this.call('GET', '/me/sign-ins');
  }

  /** @param {string} id */
  endSignIn(id) {
    return this.call('DELETE', `/me/sign-ins/${encodeURIComponent(id)}`);
  }

  endAllSignIns() {
    return this.call('DELETE', '/me/sign-ins');
  }

  /** @param {{role: string, organisation: string}} position @returns {Promise<{id: string}>} */
  switchPosition(position) {
    return this.call('PUT', '/me/position', position);
  }

  /** @param {{present: string, code: string, new: string}} given */
  changePassword(given) {
    return this.call('PUT', '/me/password', given);
  }

  /** @returns {Promise<Me>} */
  me() {
    return this.call('GET', '/me');
  }

  /** What is still to be pledged, and where. @returns {Promise<{timeline: string, owed: import('./pledging.js').Owed[]}>} */
  pledges() {
    return this.call('GET', '/pledges');
  }

  /** Ends this sign-in everywhere. */
  signOut() {
    return this.call('DELETE', '/me');
  }

  /** With `atMs`, who had agreed is told as of then: when what cites it was received. @param {string} citation @param {number} [atMs] @returns {Promise<CitedRule>} */
  rule(citation, atMs = 0) {
    const at = atMs ? `?${new URLSearchParams({ at: new Date(atMs).toISOString() })}` : '';
    return this.call('GET', `/rulebook/citations/${encodeURIComponent(citation)}${at}`);
  }

  /** The rules about posts as tables. @param {string} tag of those that are here, or empty @returns {Promise<{tag: string, tables: import('./rules/table.js').Given} | null>} nothing: they are the same */
  async rulebookTables(tag) {
    try {
      const response = await this.fetch('GET', '/rulebook/tables', ANSWER_MS_MAX, undefined, tag ? { 'if-none-match': tag } : {});
      return { tag: response.headers.get('etag') ?? '', tables: await response.json() };
    } catch (/** @type {any} */ error) {
      if (error.status === 304) return null;
      throw error;
    }
  }

  /** @returns {Promise<string>} a one-time ticket for the first frame of a socket */
  async takeTicket() {
    return (await this.call('POST', '/tickets')).ticket;
  }

  /**
   * @param {{mine?: boolean, q?: string, birth_date?: string, identifier?: string}} search
   * @returns {Promise<{patients: Patient[], unreadable?: number}>} and of how many more the record does not open
   */
  async patients(search) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(search)) if (value) query.set(name, String(value));
    return { patients: [], ...await this.call('GET', `/patients?${query}`) };
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

  /** A part of a timeline, in the frames of a socket. @param {string} timeline @param {number} after @param {number} limit */
  async entries(timeline, after, limit) {
    const { entries = [], through, more } = await this.call('GET', `/timelines/${encodeURIComponent(timeline)}/entries?${new URLSearchParams({ after: String(after), limit: String(limit) })}`);
    return { entries: /** @type {any[]} */ (entries), through: Number(through ?? after), more: Boolean(more) };
  }

  /** @returns {Promise<Organisation[]>} */
  async organisations() {
    return (await this.call('GET', '/organisations')).organisations ?? [];
  }

  /** Whom to turn to at an office, and who is on duty there; the look is on record. @param {string} id @returns {Promise<import('./offices.js').Office>} */
  office(id) {
    return this.call('GET', `/organisations/${encodeURIComponent(id)}/office`);
  }

  /** @returns {Promise<Person[]>} */
  async people() {
    return (await this.call('GET', '/people')).people ?? [];
  }

  /** What is owed. @param {{mine: boolean, after: string}} which @returns {Promise<{duties?: any[], next?: string | null}>} */
  duties({ mine, after }) {
    return this.call('GET', `/duties?${new URLSearchParams({ ...(mine ? { mine: 'true' } : {}), ...(after ? { after } : {}) })}`);
  }

  /**
   * Hands a file in, before the entry that will name it. `fetch` tells nothing of how far it has come, so this does not use it.
   * @param {string} timeline @param {File} file @param {string} type @param {(share: number) => void} progress from 0 to 1
   * @returns {Promise<{sha256: string, media_type: string, size_bytes: number}>}
   */
  upload(timeline, file, type, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', `/api/v1/timelines/${encodeURIComponent(timeline)}/files`);
      request.timeout = FILE_MS_MAX;
      for (const [name, value] of Object.entries(this.credentials())) request.setRequestHeader(name, value);
      request.setRequestHeader('content-type', type);
      request.setRequestHeader('renkei-file-name', encodeURIComponent(file.name));
      request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
      request.onerror = request.ontimeout = () => reject(new RestError(0, { code: 'unreachable' }, 0));
      request.onload = () => {
        let body = {};
        try {
          body = JSON.parse(request.responseText);
        } catch { /* A proxy on the way may answer in its own words. */ }
        if (request.status === 201 || request.status === 200) resolve(/** @type {any} */ (body));
        else reject(new RestError(request.status, body, 0));
      };
      request.send(file);
    });
  }

  /** The bytes of a file that an entry names. @param {string} timeline @param {string} entry @param {string} sha256 @returns {Promise<Blob>} */
  async file(timeline, entry, sha256) {
    return (await this.fetch('GET', `/timelines/${encodeURIComponent(timeline)}/entries/${encodeURIComponent(entry)}/files/${sha256}`, FILE_MS_MAX)).blob();
  }

  /** My requests to take records out; for the secretariat everybody's. @returns {Promise<{requests: import('./views/taking-out.js').ExportRequest[], patients: Patient[]}>} */
  async exports() {
    const { requests = [], patients = [] } = await this.call('GET', '/exports');
    return { requests, patients };
  }

  /** The record, as one file. The same `id` again is the same taking. @param {string} patient @param {{id: string, request: string, language: string}} wish @returns {Promise<Blob>} */
  async takeRecord(patient, wish) {
    return (await this.fetch('POST', `/patients/${encodeURIComponent(patient)}/exports`, RECORD_MS_MAX, wish)).blob();
  }

  /** @param {string} timeline @returns {Promise<{person: string, through: number, at: string}[]>} */
  async readMarkers(timeline) {
    return (await this.call('GET', `/timelines/${encodeURIComponent(timeline)}/read-markers`)).markers ?? [];
  }
}
