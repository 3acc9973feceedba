// What the rules say to a draft as far as this page knows: the same questions in the same order as the hub's `judge.rs` and
// `etiquette.rs`, in three values. What is said for certain holds whatever the hub knows better, as long as nothing changed
// there since; all else is left to it. Pure; used by `foreseeing.js` and by the vectors that the hub made.

import { kindOf } from '../frames.js';
import { ADVICE_MAX } from '../limits.js';
import { factsOf, linkOf } from './facts.js';
import { Asking } from './possible.js';
import { isSound } from './sound.js';

/** What is about another entry, or of a register, is the hub's alone to judge. */
const NOT_HERE = new Set(['acknowledgement', 'correction', 'retraction', 'duty_answer', 'duty_step', 'registration', 'consent', 'team_link', 'team_unlink', 'host_change', 'closing', 'emergency_access',
  'contact_window', 'roster', 'pledge', 'office_entry', 'activation', 'export', 'incident', 'suspension']);

/**
 * @typedef {import('./table.js').Rule} Rule
 * @typedef {import('./table.js').Table} Table
 * @typedef {import('./facts.js').Around} Around
 * @typedef {import('../frames.js').Text} Text
 * accepted: it goes through. held, refused: it does not. queued: it waits for the link. unknown: the hub will say.
 * @typedef {'accepted' | 'held' | 'refused' | 'queued' | 'unknown'} Says
 * @typedef {object} Judged
 * @property {Says} says
 * @property {Rule[]} cited rules that refuse it
 * @property {Rule[]} held gates that hold it, whatever the hub knows better
 * @property {Rule[]} mayHold
 * @property {Rule[]} opened duties that it opens
 * @property {Rule[]} mayOpen
 * @property {Rule[]} advice the first of these are given
 * @property {Rule[]} mayAdvise
 * @property {Text[]} open what is not known here and decides
 * @property {Asking} asking
 */

/** @param {Table} table @param {import('../frames.js').Intent} intent @param {Around} around @returns {Judged} */
export function judge(table, intent, around) {
  const [name] = Object.keys(intent.body);
  const kind = kindOf(name);
  const asking = new Asking(table.fields, factsOf(table, intent, around));
  /** @type {Judged} */
  const judged = { says: 'unknown', cited: [], held: [], mayHold: [], opened: [], mayOpen: [], advice: [], mayAdvise: [], open: [], asking };
  if (NOT_HERE.has(kind)) return judged;
  const rules = table.rulesOn(kind);
  const permission = permissionOf(rules, asking, judged);
  for (const rule of rules) ASK[rule.does]?.(rule, { asking, judged, intent, kind, around, table });
  limitAdvice(judged);
  judged.says = verdictOf(permission, judged, () => isSound(kind, intent.body[name], intent, around));
  judged.open = openWords(judged, rules, permission);
  return judged;
}

/** @typedef {'permitted' | 'refused' | 'queued' | 'unknown'} Permission */

/** A forbid beats every permit; what nothing permits may be queued. @param {Rule[]} rules @param {Asking} asking @param {Judged} judged @returns {Permission} */
function permissionOf(rules, asking, judged) {
  const found = (/** @type {Rule['does']} */ does) => {
    const asked = rules.filter((rule) => rule.does === does).map((rule) => ({ rule, holds: asking.holds(rule.when, rule.unless) }));
    const yes = asked.filter(({ holds }) => holds === 'yes').map(({ rule }) => rule);
    return { yes, isOpen: asked.some(({ holds }) => holds === 'maybe') };
  };
  const [forbids, permits, queues] = [found('forbid'), found('permit'), found('queue')];
  if (forbids.yes.length) {
    judged.cited = forbids.yes;
    return 'refused';
  }
  if (permits.yes.length) return forbids.isOpen ? 'unknown' : 'permitted';
  if (permits.isOpen) return 'unknown';
  if (queues.yes.length && !forbids.isOpen) return 'queued';
  return queues.yes.length || queues.isOpen ? 'unknown' : 'refused';
}

/**
 * @typedef {{asking: Asking, judged: Judged, intent: import('../frames.js').Intent, kind: string, around: Around, table: Table}} Case
 * @type {Partial<Record<Rule['does'], (rule: Rule, of: Case) => void>>}
 */
const ASK = {
  gate(rule, { asking, judged, intent }) {
    const { require, pass_if: passIf, reason_ok: reasonOk } = /** @type {NonNullable<Rule['gate']>} */ (rule.gate);
    const [applies, met, excepted] = [asking.holds(rule.when, rule.unless), asking.holds(require), asking.holds(passIf)];
    if (applies === 'no' || met === 'yes' || excepted === 'yes' || (reasonOk && hasReason(intent, rule))) return;
    (applies === 'yes' && met === 'no' && excepted === 'no' ? judged.held : judged.mayHold).push(rule);
  },
  duty(rule, of) {
    const applies = of.asking.holds(rule.when, rule.unless);
    if (applies === 'no') return;
    const opens = applies === 'yes' && isOwed(rule, of);
    (opens ? of.judged.opened : of.judged.mayOpen).push(rule);
  },
  nudge(rule, { asking, judged }) {
    const applies = asking.holds(rule.when, rule.unless);
    if (applies === 'yes') judged.advice.push(rule);
    else if (applies === 'maybe') judged.mayAdvise.push(rule);
  },
};

/** A reason counts for the rule that it names, by its id or its whole citation. @param {import('../frames.js').Intent} intent @param {Rule} rule */
const hasReason = ({ reasons = [] }, { citation }) => reasons.some(({ rule, text }) => text.trim() && (rule === citation || citation.startsWith(`${rule}@`)));

/** Whether somebody is there who owes it and may see the post: of others than these the hub knows. @param {Rule} rule @param {Case} of */
function isOwed(rule, { asking, intent, kind, around, table }) {
  const duty = /** @type {import('./table.js').DutyTerms} */ (rule.duty);
  const stay = asking.slots.get('patient.stay');
  // What is asked for while the patient is away, or after a death, is the hub's to say.
  if (!(stay instanceof Set && stay.has('home') && stay.size === 1)) return false;
  const { me, card } = around;
  const agreed = asking.slots.get('patient.consent');
  const mine = linkOf(around);
  if (duty.of === 'author') return Boolean(duty.by_role && !duty.acknowledge && mine && table.seesOwn(kind, me.role) && duty.roles.includes(me.role));
  const isOrdinary = (intent.sensitivity ?? 'normal') === 'normal' && agreed instanceof Set && agreed.has('team') && agreed.size === 1;
  if (duty.of !== 'team' || !duty.by_role || !isOrdinary) return false;
  // Nobody is asked to take note of what their own office wrote.
  const others = (card.team ?? []).filter(({ organisation }) => organisation !== me.organisation.id);
  return others.some(({ roles = [] }) => roles.some((role) => duty.roles.includes(role)) && roles.every((role) => !duty.roles.includes(role) || table.seesOfTeam(kind, role)));
}

/** The first two are given, in the order of the rules; behind one that may be given the second is not certain. @param {Judged} judged */
function limitAdvice(judged) {
  const { advice, mayAdvise } = judged;
  if (advice.length + mayAdvise.length <= ADVICE_MAX) return;
  // Which of them come first is the hub's to say, where some are not known.
  if (mayAdvise.length) {
    judged.mayAdvise = [...advice, ...mayAdvise];
    judged.advice = [];
  } else judged.advice = advice.slice(0, ADVICE_MAX);
}

/** @param {Permission} permission @param {Judged} judged @param {() => boolean} isSoundBody @returns {Says} */
function verdictOf(permission, { held, mayHold }, isSoundBody) {
  if (permission === 'refused' || permission === 'queued') return permission;
  if (held.length) return 'held';
  if (permission === 'unknown' || mayHold.length) return 'unknown';
  return isSoundBody() ? 'accepted' : 'unknown';
}

/** What decides and is not known, each once. @param {Judged} judged @param {Rule[]} rules @param {Permission} permission @returns {Text[]} */
function openWords({ asking, mayHold, mayOpen, mayAdvise }, rules, permission) {
  const open = [...mayHold, ...mayOpen, ...mayAdvise];
  if (permission === 'unknown') open.push(...rules.filter(({ does, when, unless }) => ['permit', 'forbid', 'queue'].includes(does) && asking.holds(when, unless) === 'maybe'));
  const terms = open.flatMap(({ when, unless = [], gate }) => [...when, ...unless, ...(gate?.require ?? []), ...(gate?.pass_if ?? [])].flat());
  const codes = new Set(terms.map(({ field }) => field).filter((field) => asking.isOpen(field)));
  return [...codes].map((code) => /** @type {import('./possible.js').Field} */ (asking.fields.get(code))?.label).filter(Boolean);
}
