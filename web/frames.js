// The frames of `renkei.v1.json` (proto3 JSON mapping) as this client uses them: 64-bit numbers arrive as text and
// absent fields as nothing; here they become numbers and empty values. Fields of a newer hub pass through unread.

/**
 * @typedef {{person: string, role: string, organisation: string, organisationType: string}} Actor
 * @typedef {{sign: string, value: string, limit: string, below: boolean}} Alarm
 * @typedef {{ja: string, en: string}} Text
 * @typedef {{kind: string, [field: string]: any}} Body
 * @typedef {{person?: string, organisation?: string, role?: string}} Addressee
 * @typedef {{person: string, role: string, organisation: string}} OnBehalfOf
 * @typedef {object} Intent
 * @property {string} id
 * @property {string} timeline
 * @property {string} [observedAtUs]
 * @property {string} [sensitivity]
 * @property {Addressee[]} [addressedTo]
 * @property {WrittenReason[]} [reasons]
 * @property {OnBehalfOf} [onBehalfOf] for whom it is written, where not for the author
 * @property {Record<string, any>} body proto3 JSON: one property, named as the kind in lowerCamelCase
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} timeline
 * @property {number} seq
 * @property {number} recordedAtMs
 * @property {number | null} observedAtMs
 * @property {Actor} author
 * @property {Actor | null} onBehalf for whom the author says to have written it
 * @property {string} sensitivity
 * @property {Addressee[]} addressedTo
 * @property {string} kind
 * @property {Body} body
 * @property {Alarm[]} alarms
 * @property {string[]} cited
 * @property {Duty[]} opened
 * @property {string[]} met ids of duties
 * @property {WrittenReason[]} reasons written for rules that would have held it
 * @property {string[]} excepted rules that would have held it, had there been no exception
 * @typedef {object} Verdict
 * @property {string} id
 * @property {'accepted' | 'refused' | 'queued'} verdict
 * @property {string} code
 * @property {string} field
 * @property {Text[]} reasons
 * @property {string[]} cited
 * @property {Alarm[]} alarms
 * @property {Hold[]} holds
 * @property {Duty[]} opened duties it opens
 * @property {string[]} advice rules whose advice is given
 * @property {RuleInWords[]} words
 * @typedef {{rule: string, text: string}} WrittenReason
 * @typedef {{citation: string, title: Text, says: Text, audience: string, strength: string}} RuleInWords
 * @typedef {{wanted: Text, now: Text}} Missing
 * @typedef {{citation: string, title: Text, reason: Text, missing: Missing[][], exceptions: Text[], reasonOk: boolean}} Hold
 * @typedef {{organisation: string, organisationType: string, roles: string[], capacity: string, person: string}} Debtor
 * @typedef {{roles: string[], capacity: string, of: string, afterMs: number, business: boolean, told: Debtor[]}} ChainStep
 * @typedef {object} Duty as it was born
 * @property {string} id
 * @property {string} rule
 * @property {Debtor[]} debtors
 * @property {number} dueMs
 * @property {boolean} unconfirmed
 * @property {boolean} standing asked for by a state rather than by an entry
 * @property {boolean} acknowledge an acknowledgement meets it
 * @property {string[]} kinds entries that meet it
 * @property {boolean} answers what meets it must refer to its cause
 * @property {boolean} business its time is counted in opening hours
 * @property {ChainStep[]} chain
 * @property {string[]} waysOut
 * @property {boolean} inPerson it stays with the office of whom it was asked
 * @property {string} onAdmission pauses, goes_on, closes
 * @property {string} onDeath closes, goes_on
 * @property {string[]} inPlaceOf organisations that the debtors are to reach, or whose place they took
 */

/** @param {unknown} value */
export const number = (value) => Number(value ?? 0);
/** @param {unknown} us microseconds, as proto3 JSON writes them */
export const msOfUs = (us) => Math.floor(number(us) / 1000);
/** @param {number} ms */
export const usOfMs = (ms) => `${Math.floor(ms)}000`;

/** `deviceChange` → `device_change`: kinds have one spelling in this client, that of the domain. @param {string} name */
export const kindOf = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** @param {string} kind */
export const nameOf = (kind) => kind.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** @param {any} raw a `Body` message @returns {Body} */
export function readBody(raw) {
  const [name] = Object.keys(raw ?? {});
  if (!name) return { kind: 'unknown' };
  const body = { ...raw[name], kind: kindOf(name) };
  // A correction carries a body of its own.
  if (body.kind === 'correction') body.body = readBody(raw[name].body);
  return body;
}

/** @param {any} raw @returns {Actor} */
export const readActor = (raw) => ({ person: '', role: '', organisation: '', organisationType: '', ...raw });

/** @param {any} raw @returns {Alarm} */
export const readAlarm = (raw) => ({ sign: '', value: '', limit: '', below: false, ...raw });

/** @param {any} raw an `Entry` message @returns {Entry} */
export function readEntry(raw) {
  const content = raw.content ?? {};
  const body = readBody(content.body);
  return {
    id: raw.id,
    timeline: raw.timeline,
    seq: number(raw.seq),
    recordedAtMs: msOfUs(raw.recordedAtUs),
    observedAtMs: content.observedAtUs === undefined ? null : msOfUs(content.observedAtUs),
    author: readActor(content.author),
    onBehalf: content.onBehalf ? readActor(content.onBehalf) : null,
    sensitivity: content.sensitivity ?? 'normal',
    addressedTo: content.addressedTo ?? [],
    kind: body.kind,
    body,
    alarms: (content.alarms ?? []).map(readAlarm),
    cited: content.ruling?.cited ?? [],
    opened: (content.ruling?.opened ?? []).map(readDuty),
    met: content.ruling?.met ?? [],
    reasons: content.ruling?.reasons ?? [],
    excepted: content.ruling?.excepted ?? [],
  };
}

/** @param {any} raw @returns {Debtor} */
export const readDebtor = (raw) => ({ organisation: '', organisationType: '', roles: [], capacity: 'member', person: '', ...raw });

/** @param {any} raw a `Duty` message @returns {Duty} */
export function readDuty(raw) {
  const terms = raw.terms ?? {};
  return {
    id: raw.id,
    rule: raw.rule ?? '',
    debtors: (raw.debtors ?? []).map(readDebtor),
    dueMs: msOfUs(raw.dueUs),
    unconfirmed: raw.unconfirmed ?? false,
    standing: raw.standing ?? false,
    acknowledge: terms.acknowledge ?? false,
    kinds: terms.kinds ?? [],
    answers: terms.answers ?? false,
    business: terms.within?.clock === 'business',
    chain: (terms.escalate ?? []).map((/** @type {any} */ step, /** @type {number} */ level) => ({
      roles: step.roles ?? [],
      capacity: step.capacity ?? 'member',
      of: step.of ?? '',
      afterMs: number(step.after?.seconds) * 1000,
      business: step.after?.clock === 'business',
      told: (raw.chain?.[level]?.told ?? []).map(readDebtor),
    })),
    waysOut: terms.waysOut ?? [],
    inPerson: terms.inPerson ?? false,
    // Of a duty older than these words, what held for all then.
    onAdmission: terms.onAdmission || (raw.standing ? 'pauses' : 'goes_on'),
    onDeath: terms.onDeath || (raw.standing ? 'closes' : 'goes_on'),
    inPlaceOf: raw.inPlaceOf ?? [],
  };
}

/**
 * The verdict in `accepted`, `refused`, `queued` or `dryRunResult`.
 * @param {string} verdict @param {any} raw @returns {Verdict}
 */
export function readVerdict(verdict, raw) {
  return {
    id: raw.id ?? '',
    verdict: /** @type {Verdict['verdict']} */ (verdict),
    code: raw.code ?? '',
    field: raw.field ?? '',
    reasons: raw.reasons ?? [],
    cited: raw.ruling?.cited ?? raw.cited ?? [],
    alarms: (raw.alarms ?? []).map(readAlarm),
    holds: (raw.holds ?? []).map(readHold),
    opened: (raw.ruling?.opened ?? []).map(readDuty),
    advice: raw.ruling?.advice ?? [],
    words: (raw.words ?? []).map((/** @type {any} */ one) => ({ audience: '', strength: '', ...one })),
  };
}

/** @param {any} raw @returns {Hold} */
const readHold = (raw) => ({
  citation: raw.citation ?? '',
  title: raw.title,
  reason: raw.reason,
  missing: (raw.missing ?? []).map((/** @type {any} */ one) => one.all ?? []),
  exceptions: raw.exceptions ?? [],
  reasonOk: raw.reasonOk ?? false,
});

/** What the hub writes by itself, such as a reminder, has nobody as its author. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** @param {Actor} actor */
export const isHub = (actor) => actor.person === NOBODY;
