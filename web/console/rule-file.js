// A rule file as a form sees it: sets, rules and their parts as plain data, whatever spelling the file uses; and the
// smallest change of the text that makes a part say something else.

import { LISTS, RULE_KEYS, SET_KEYS, codeIn, keyCode } from './rule-codes.js';
import { Day, append, linesOf, plain, read, removeTable, setKey } from './toml.js';

/**
 * @typedef {import('./vocabulary.js').Vocabulary} Vocabulary
 * @typedef {{time: string, business: boolean, placeholder: boolean}} Span
 * @typedef {{field: string, op: 'is' | 'not' | 'over' | 'under', values: any[], placeholder: boolean}} Term one fact of a condition
 * @typedef {Term[][]} Condition any of these, and all inside one
 * @typedef {{roles: string[], of: string, as: string, each: boolean}} Party
 * @typedef {{acts: string[], answers: boolean, same: string}} MetBy
 * @typedef {{party: Party, after: Span | null}} Step
 * @typedef {Record<string, any>} Parts by key; only those that are written
 * @typedef {{file: string, at: number, id: string, kind: string, from: number, to: number, parts: Parts, lines: Lines, whole: boolean}} Rule
 * @typedef {{file: string, id: string, from: number, to: number, parts: Parts, lines: Lines, rules: Rule[]}} RuleSet lines from 1
 * @typedef {Record<string, [number, number]>} Lines the first and last line of each part
 */

const list = (/** @type {any} */ value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** @param {any} table @param {string} code */
const part = (table, code) => {
  for (const [key, value] of Object.entries(table ?? {})) if (keyCode(key) === code) return /** @type {any} */ (value);
  return undefined;
};

const truth = (/** @type {any} */ value) => value === true || value === 'はい' || value === 'yes';

/** @param {any} value @returns {Span} */
export function spanOf(value) {
  if (typeof value === 'string') return { time: value, business: false, placeholder: false };
  return { time: String(part(value, 'time') ?? ''), business: codeIn('clock', part(value, 'clock') ?? '') === 'business', placeholder: truth(part(value, 'placeholder')) };
}

/** @param {Span} span */
export const writtenSpan = ({ time, business, placeholder }) =>
  (business || placeholder ? { time, ...(business ? { clock: 'business' } : {}), ...(placeholder ? { placeholder: true } : {}) } : time);

/** @param {any} value @param {Vocabulary} words @returns {Condition} */
export function conditionOf(value, words) {
  return list(value).map((clause) => Object.entries(clause).map(([key, wanted]) => {
    const field = words.field(key);
    return { field, ...wantedOf(wanted, field, words) };
  }));
}

/** @param {any} wanted @param {string} field @param {Vocabulary} words @returns {Omit<Term, 'field'>} */
function wantedOf(wanted, field, words) {
  const values = (/** @type {any} */ given) => list(given).map((one) => valueOf(one, field, words));
  if (wanted && typeof wanted === 'object' && !Array.isArray(wanted)) {
    const placeholder = truth(part(wanted, 'placeholder'));
    for (const op of /** @type {const} */ (['not', 'over', 'under'])) {
      if (part(wanted, op) !== undefined) return { op, values: values(part(wanted, op)), placeholder };
    }
  }
  return { op: 'is', values: values(wanted), placeholder: false };
}

/** @param {any} value @param {string} field @param {Vocabulary} words */
function valueOf(value, field, words) {
  const type = words.fields.get(field)?.type;
  if (type === 'flag') return truth(value);
  return typeof value === 'string' && type !== 'duration' ? words.value(field, value) : value;
}

/** @param {Condition} condition */
export function writtenCondition(condition) {
  const clauses = condition.filter((terms) => terms.length).map((terms) => Object.fromEntries(terms.map((term) => [term.field, writtenTerm(term)])));
  return clauses.length === 0 ? undefined : clauses.length === 1 ? clauses[0] : clauses;
}

/** @param {Term} term */
function writtenTerm({ op, values, placeholder }) {
  const value = values.length === 1 ? values[0] : values;
  return op === 'is' ? value : { [op]: value, ...(placeholder ? { placeholder: true } : {}) };
}

/** @param {any} value @param {Vocabulary} words @returns {Party} */
export function partyOf(value, words) {
  if (typeof value !== 'string') {
    return {
      roles: list(part(value, 'role')).map((role) => words.code('roles', role)),
      of: codeIn('of', part(value, 'of') ?? ''), as: codeIn('as', part(value, 'as') ?? ''), each: truth(part(value, 'each')),
    };
  }
  const role = words.code('roles', value);
  const none = { roles: [], of: '', as: '', each: false };
  if (words.lists.roles.has(role) || role.startsWith('group:')) return { ...none, roles: [role] };
  const short = { 投稿した人の所属: 'author', 管理事業所: 'host' }[value] ?? value;
  if (LISTS.as[codeIn('as', short)]) return { ...none, as: codeIn('as', short) };
  return { ...none, of: codeIn('of', short) };
}

/** @param {Party} party */
export function writtenParty({ roles, of, as, each }) {
  if (!each && roles.length === 1 && !of && !as) return roles[0];
  if (!each && roles.length === 0 && (of === 'author' || of === 'host' || of === 'region') && !as) return of;
  if (!each && roles.length === 0 && !of && (as === 'manager' || as === 'contact')) return as;
  return {
    ...(roles.length ? { role: roles.length === 1 ? roles[0] : roles } : {}), ...(of ? { of } : {}), ...(as ? { as } : {}), ...(each ? { each: true } : {}),
  };
}

/** @param {string} act @param {Vocabulary} words */
function actOf(act, words) {
  if (act === 'acknowledge' || act === '確認') return 'acknowledge';
  const { action, kind } = words.act(act);
  return `${action}:${kind}`;
}

/** @param {any} value @param {Vocabulary} words @returns {MetBy} */
function metByOf(value, words) {
  const table = value && typeof value === 'object' && !Array.isArray(value) ? value : { act: value };
  return { acts: list(part(table, 'act')).map((act) => actOf(act, words)), answers: truth(part(table, 'answers')), same: codeIn('same', part(table, 'same') ?? '') };
}

/** @param {any} value @param {Vocabulary} words @returns {Step[]} */
const stepsOf = (value, words) => list(value).map((step) => {
  const to = typeof step === 'object' ? part(step, 'to') : undefined;
  const after = typeof step === 'object' ? part(step, 'after') : undefined;
  return { party: partyOf(to ?? step, words), after: after === undefined ? null : spanOf(after) };
});

const one = (/** @type {any[]} */ values) => (values.length === 0 ? undefined : values.length === 1 ? values[0] : values);

/** How each part is read into plain data, and written again. @type {Record<string, {read: (value: any, words: Vocabulary) => any, write: (value: any) => any}>} */
const SHAPES = {
  text: { read: (value) => value, write: (value) => value },
  reason: { read: (value) => ({ ja: part(value, 'ja') ?? '', en: part(value, 'en') ?? '' }), write: (value) => value },
  flag: { read: truth, write: (value) => (value ? true : undefined) },
  condition: { read: conditionOf, write: writtenCondition },
  required: { read: conditionOf, write: (value) => writtenCondition(value) ?? {} },
  span: { read: spanOf, write: writtenSpan },
  spans: { read: (value) => list(value).map(spanOf), write: (value) => one(value.map(writtenSpan)) },
  party: { read: partyOf, write: writtenParty },
  acts: { read: (value, words) => list(value).map((act) => actOf(act, words)), write: (value) => one(value) ?? [] },
  kinds: { read: (value, words) => list(value).map((kind) => words.code('kinds', kind)), write: (value) => one(value) ?? [] },
  roles: { read: (value, words) => list(value).map((role) => words.code('roles', role)), write: (value) => one(value) ?? [] },
  words: { read: (value) => list(value).map((way) => codeIn('ways_out', way)), write: one },
  ids: { read: list, write: (value) => value },
  day: { read: (value) => (value instanceof Day ? value.text : ''), write: (value) => (value ? new Day(value) : undefined) },
  metBy: {
    read: metByOf,
    write: ({ acts, answers, same }) => (answers || same ? { act: one(acts) ?? [], ...(answers ? { answers: true } : {}), ...(same ? { same } : {}) } : one(acts) ?? []),
  },
  steps: {
    read: stepsOf,
    write: (value) => (value.length === 0 ? undefined : value.map((/** @type {Step} */ { party, after }) => {
      const to = writtenParty(party);
      return after || typeof to !== 'string' ? { to, ...(after ? { after: writtenSpan(after) } : {}) } : to;
    })),
  },
  bodies: {
    read: (value, words) => list(value).map((body) => ({ body: part(body, 'body') ?? '', role: words.code('roles', part(body, 'role') ?? ''), person: part(body, 'person') ?? '' })),
    write: (value) => (value.length ? value.map((/** @type {any} */ { body, role, person }) => ({ body, role, ...(person ? { person } : {}) })) : undefined),
  },
};

/** @type {Record<string, keyof typeof SHAPES>} */
const SHAPE_OF = {
  reason: 'reason', advice: 'reason', on: 'acts', when: 'condition', unless: 'condition', paused_when: 'condition', require: 'required', pass_if: 'condition',
  reason_ok: 'flag', aggregate: 'flag', owed_by: 'party', met_by: 'metBy', within: 'span', every: 'span', remind: 'spans', escalate: 'steps', ways_out: 'words',
  keep: 'kinds', who: 'roles', overrides: 'ids', between: 'roles', effective: 'day', review_by: 'day', bodies: 'bodies',
};

const shapeOf = (/** @type {string} */ key) => SHAPES[SHAPE_OF[key] ?? 'text'];

/** @param {import('./toml.js').Table} table @param {Vocabulary} words @returns {Parts} */
function partsOf(table, words) {
  const kindPair = table.pairs.find(({ key }) => keyCode(key) === 'kind');
  const kind = kindPair ? codeIn('kind', String(plain(kindPair.node))) : '';
  return Object.fromEntries(table.pairs.map(({ key, node }) => {
    const code = keyCode(key, kind);
    const value = plain(node);
    return [code, LISTS[code] && typeof value === 'string' && code !== 'ways_out' ? codeIn(code, value) : shapeOf(code).read(value, words)];
  }));
}

/** Reads a file of rules; `null` where it has no rule set. @param {string} name @param {string} text @param {Vocabulary} words @returns {RuleSet | null} */
export function readSet(name, text, words) {
  const file = read(text);
  const header = file.tables.find(({ path, array }) => !array && keyCode(path[0] ?? '') === 'ruleset');
  if (!header) return null;
  const lineOf = linesOf(text);
  const lines = (/** @type {import('./toml.js').Table} */ { pairs }, kind = '') => Object.fromEntries(pairs.map(({ key, start, end }) =>
    [keyCode(key, kind), /** @type {[number, number]} */ ([lineOf(start), lineOf(Math.max(start, end - 1))])]));
  const span = (/** @type {import('./toml.js').Table} */ { start, pairs, body }) => {
    const end = pairs[pairs.length - 1]?.end ?? body;
    return { from: lineOf(start), to: lineOf(Math.max(start, end - 1)) };
  };
  const broken = file.unreadable;
  const rules = file.tables.flatMap((table, at) => {
    if (!table.array || keyCode(table.path[0]) !== 'rule') return [];
    const parts = partsOf(table, words);
    const whole = !broken.some((place) => place >= table.start && place < table.end);
    return [{ file: name, at, id: String(parts.id ?? ''), kind: String(parts.kind ?? ''), ...span(table), parts, lines: lines(table, parts.kind), whole }];
  });
  const parts = partsOf(header, words);
  return { file: name, id: String(parts.id ?? name), ...span(header), parts, lines: lines(header), rules };
}

/** What spellings mean in a part that speaks of the vocabulary. @param {Vocabulary} words @returns {(text: string) => string} */
const canonOf = (words) => (text) => {
  const said = { 確認: 'acknowledge', はい: 'true', いいえ: 'false' }[text];
  if (said) return said;
  if (/^[^:：]+[:：]/.test(text) && !text.startsWith('group:')) {
    const { action, kind } = words.act(text);
    return `${action}:${kind}`;
  }
  const key = keyCode(text);
  if (key !== text) return key;
  for (const name of Object.keys(LISTS)) if (codeIn(name, text) !== text) return codeIn(name, text);
  const field = words.field(text);
  if (words.fields.has(field)) return field;
  for (const name of ['roles', 'kinds', 'organisation_types']) {
    const code = words.code(name, text);
    if (code !== text) return code;
  }
  return text;
};

/**
 * Sets a part of a rule (`at`: its table) or of the set's header (`null`).
 * @param {string} text @param {number | null} at @param {string} key @param {any} value @param {Vocabulary} words
 */
export function setPart(text, at, key, value, words) {
  const file = read(text);
  const table = at === null ? file.tables.find(({ path, array }) => !array && keyCode(path[0] ?? '') === 'ruleset') : file.tables[at];
  if (!table) return text;
  const { kind = '' } = partsOf(table, words);
  const speaksWords = !['ja', 'en', 'reason', 'advice', 'bodies', 'id', 'version'].includes(key);
  const written = value === undefined ? undefined : shapeOf(key).write(value);
  return setKey(file, table, key, written, {
    canon: speaksWords ? canonOf(words) : keyCode, canonKey: (one) => keyCode(one, kind), order: at === null ? SET_KEYS : RULE_KEYS,
  });
}

/** @param {string} text @param {number} at */
export function removeRule(text, at) {
  const file = read(text);
  return file.tables[at] ? removeTable(file, file.tables[at]) : text;
}

/** A new rule of a kind, with what every rule of the kind needs. @param {string} text @param {string} kind @param {string} id */
export function addRule(text, kind, id) {
  /** @type {Record<string, [string, any][]>} */
  const needed = {
    gate: [['on', 'post:message'], ['require', { 'record.phoned': true }]],
    duty: [['on', 'post:message'], ['owed_by', 'nurse'], ['met_by', 'acknowledge'], ['within', '1d']],
    standing: [['per', 'patient'], ['owed_by', 'nurse'], ['keep', 'visit'], ['every', '30d']],
    nudge: [['on', 'post:message'], ['advise', 'author']],
    pledge: [['who', 'group:professions'], ['by', 'person'], ['every', '365d']],
    share: [['effect', 'forbid'], ['overrides', []], ['on', 'view:note'], ['when', { 'actor.role': 'family' }]],
  };
  return append(text, '[[rule]]', [['id', id], ['kind', kind], ['strength', 'should'], ['origin', 'proposal'], ['ja', ''], ['en', ''], ['reason', { ja: '', en: '' }], ...needed[kind]]);
}
