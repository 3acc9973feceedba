// What a connected system may be let do, in words: the hub's table of scopes as the secretariat chooses from it. Pure.

/** A scope as it is sent, and which phrase says it. @type {[string, keyof typeof import('./systems-phrases.js').PHRASES][]} */
export const SCOPES = [
  ['system/Patient.rs', 'scope_patient_read'],
  ['system/Observation.rs', 'scope_observation_read'],
  ['system/Observation.c', 'scope_observation_create'],
  ['system/Communication.rs', 'scope_communication_read'],
  ['system/Communication.c', 'scope_communication_create'],
  ['system/DeviceUseStatement.rs', 'scope_device_read'],
  ['system/DeviceUseStatement.c', 'scope_device_create'],
  ['system/ServiceRequest.rs', 'scope_order_read'],
  ['system/DocumentReference.rs', 'scope_document_read'],
  ['system/Condition.rs', 'scope_condition_read'],
  ['system/RelatedPerson.rs', 'scope_related_read'],
];

/** One by one, as they stand in the table: `.crs` is both. @param {string} scopes as the hub lists them */
export const apart = (scopes) => scopes.split(' ').filter(Boolean).flatMap((scope) => {
  const [resource, access] = scope.split('.');
  return access === 'crs' ? [`${resource}.rs`, `${resource}.c`] : [scope];
});

/** The phrases of what is allowed; a scope of a newer hub is shown as it is. @param {string} scopes @returns {{phrase: keyof typeof import('./systems-phrases.js').PHRASES | null, scope: string}[]} */
export function inPhrases(scopes) {
  const given = apart(scopes);
  const known = SCOPES.filter(([scope]) => given.includes(scope)).map(([scope, phrase]) => ({ phrase, scope }));
  return [...known, ...given.filter((one) => !SCOPES.some(([scope]) => scope === one)).map((scope) => ({ phrase: null, scope }))];
}

/**
 * A JWK set from what somebody pasted: a set, a list, or one key.
 * @param {string} text @returns {{keys: object[]} | null} `null`: it is none
 */
export function keySetOf(text) {
  try {
    const read = JSON.parse(text);
    if (Array.isArray(read)) return { keys: read };
    if (Array.isArray(read?.keys)) return { keys: read.keys };
    return typeof read?.kty === 'string' ? { keys: [read] } : null;
  } catch {
    return null;
  }
}
