// The etiquette of the mock hub, a handful of rules in the shape of the real ones: what holds a post, which duties it
// opens and meets, what is advised. Enough to see each on the page; the real rules are proved in Rust.

import { createHash } from 'node:crypto';
import { ORGANISATIONS } from './region.mjs';

const SET = 'etiquette-doctor-nurse/1.0.0#9f2c41d07ab8';
const HOUR_S = 3_600;
const WRITTEN = new Set(['drip', 'opioid', 'important_drug']);

const [CLINIC, STATION, , , , SECRETARIAT] = ORGANISATIONS;
const debtor = (office, role, capacity = 'member', more = {}) => ({ organisation: office.id, organisationType: office.type, roles: [role], capacity, ...more });
const manager = debtor(STATION, 'nurse', 'manager');
const secretariat = debtor(SECRETARIAT, 'secretariat');
const liaison = debtor(CLINIC, 'doctor', 'contact');

export const RULES = {
  'ND-M1': { kind: 'duty', strength: 'must', title: ['医療機器の導入・設定変更は訪問看護へ必ず知らせる', 'The visiting nurse is told when a device is introduced or set differently'], says: ['設定を知らないまま訪問すると、看護師は異常に気づけません。', 'A nurse who does not know the setting cannot see that something is wrong.'] },
  'ND-M2': { kind: 'duty', strength: 'must', title: ['看護師が求めた検査結果を渡す', 'Lab results are given when a nurse asks'], says: ['検査結果は、看護師の観察と判断のよりどころです。', 'Nurses observe and judge by these results.'] },
  'ND-M3': { kind: 'gate', strength: 'must', title: ['点滴・重要な与薬の指示は文書で出す', 'Orders of drips and important drugs are given in writing'], says: ['口頭だけの指示は、聞き違いや書き違いのもとになります。', 'Orders by word of mouth are misheard and miswritten.'] },
  'ND-M3b': { kind: 'duty', strength: 'must', title: ['文書のない指示は、あとから文書を出す', 'An order without its document is followed by it'], says: ['緊急のときは先に動きます。文書はあとから揃えます。', 'In an emergency acting comes first; the paper follows.'] },
  'ND-M3c': { kind: 'nudge', strength: 'should', title: ['指示の文書は、できれば所定の書式で', 'Order documents preferably use the agreed form'], says: ['指示の文書は、できれば所定の書式で出すと、読み落としが減ります。', 'Order documents preferably use the agreed form.'], audience: 'author' },
  'DN-M2': { kind: 'duty', strength: 'must', title: ['必要な状態変化は、遅れず医師に届く', 'A change that matters reaches the doctor without delay'], says: ['看護師が、医師への連絡が必要だと判断しました。', 'The nurse judged that the doctor needs to know.'] },
  'OP-13': { kind: 'gate', strength: 'must', title: ['記録の持ち出しには、事務局の許可が要る', "Records are not taken out without the secretariat's permission"], says: ['許可は、申請を事務局が確認して与えます。', 'The secretariat permits what was asked for by acknowledging it.'] },
  'OP-1': { kind: 'gate', strength: 'must', title: ['急ぎの用件は、先に電話をする', 'Urgent matters are phoned first'], says: ['画面は、すぐに見られるとは限りません。つながらなかった電話も記録に残します。', 'Nobody may be looking at the screen. A call that was not answered counts, too.'] },
};

export const cite = (rule) => `${rule}@${SET}`;
const text = ([ja, en]) => ({ ja, en });

/** A rule of these, in the shape of `RuleInWords`. */
export const inWords = (rule) => ({ citation: cite(rule), title: text(RULES[rule].title), says: text(RULES[rule].says), audience: RULES[rule].audience ?? '', strength: RULES[rule].strength });

const hold = (rule, missing, exceptions, reasonOk) => ({
  citation: cite(rule), title: text(RULES[rule].title), reason: text(RULES[rule].says), missing: missing.map((one) => ({ all: [one] })), exceptions, reasonOk,
});

/** What holds the post. */
export function holdsOf(intent, entries) {
  const { order, message, labRequest, consultation } = intent.body;
  const written = new Set((intent.reasons ?? []).map(({ rule }) => rule.split('@')[0]));
  const holds = [];
  if (order && WRITTEN.has(order.orderType) && !order.attachments?.length && !order.document && !order.emergency && !written.has('ND-M3')) {
    holds.push(hold('ND-M3', [{ wanted: text(['文書が添えてある', 'a document is attached']), now: text(['文書が添えられていない', 'no document is attached']) }],
      [text(['緊急である', 'marked as an emergency'])], true));
  }
  const phoned = entries.some(({ content, recordedAtUs }) => content.body.call && Number(recordedAtUs) > (Date.now() - 2 * HOUR_S * 1000) * 1000);
  if ((message ?? labRequest ?? consultation)?.urgent && !phoned) {
    holds.push(hold('OP-1', [{ wanted: text(['先に電話をしてある', 'a call was made first']), now: text(['先に電話をしていない', 'no call was made first']) }], [], false));
  }
  const taken = intent.body.export;
  const isPermitted = entries.some(({ content }) => content.body.acknowledgement && content.body.acknowledgement.target === taken?.request && content.author.role === 'secretariat');
  if (taken && !taken.planned && !isPermitted) {
    holds.push(hold('OP-13', [{ wanted: text(['事務局がこの持ち出しを許可している', 'the secretariat permitted this export']), now: text(['事務局がこの持ち出しを許可していない', 'the secretariat has not permitted this export']) }], [], false));
  }
  return holds;
}

/** An id that the cause and the rule always give, as in the hub. */
function dutyId(cause, rule) {
  const hex = createHash('sha256').update(`${cause} ${rule}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function duty(cause, atMs, rule, debtors, hours, terms, chain) {
  const clock = terms.clock ?? 'calendar';
  return {
    id: dutyId(cause, rule), rule: cite(rule), debtors, dueUs: `${atMs + hours * HOUR_S * 1000}000`,
    terms: {
      ...terms, clock: undefined, within: { seconds: String(hours * HOUR_S), clock },
      escalate: chain.map(({ roles, capacity }, level) => ({ roles, capacity, of: 'team', after: { ...(level ? { seconds: String(level * 4 * HOUR_S) } : {}), clock: 'calendar' } })),
    },
    chain: chain.map((told) => ({ told: [told] })),
  };
}

/** The duties that an entry of this author opens. */
export function opensDuties({ id, body }, author, atMs) {
  const { deviceChange, labRequest, order, statusChange, visit } = body;
  if (deviceChange && author.role === 'doctor') return [duty(id, atMs, 'ND-M1', [debtor(STATION, 'nurse')], 4, { acknowledge: true }, [manager, secretariat])];
  if (labRequest && author.role === 'nurse') {
    return [duty(id, atMs, 'ND-M2', [debtor(CLINIC, 'doctor')], 72, { kinds: ['lab_result'], answers: true, clock: 'business', waysOut: ['decline', 'snooze', 'waive'] }, [liaison, secretariat])];
  }
  if (order && WRITTEN.has(order.orderType) && !order.attachments?.length && !order.document) {
    return [duty(id, atMs, 'ND-M3b', [debtor(CLINIC, 'doctor', 'person', { person: author.person })], 24, { kinds: ['order_document'], answers: true }, [liaison, secretariat])];
  }
  if ((statusChange ?? visit)?.tellDoctor && author.role === 'nurse') return [duty(id, atMs, 'DN-M2', [debtor(CLINIC, 'doctor')], 2, { acknowledge: true }, [liaison, manager])];
  return [];
}

/** The ids of open duties that an entry meets. */
export function meets(body, author, entries) {
  const [kind] = Object.keys(body);
  const about = body[kind].target ?? body[kind].request ?? body[kind].order ?? body[kind].answers;
  const snake = kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const met = new Set(entries.flatMap(({ content }) => content.ruling.met ?? []));
  return entries.filter(({ id }) => id === about).flatMap(({ content }) => content.ruling.opened ?? []).filter((one) => !met.has(one.id)
    && one.debtors.some(({ organisation, roles }) => organisation === author.organisation && roles.includes(author.role))
    && (kind === 'acknowledgement' ? one.terms.acknowledge : one.terms.kinds?.includes(snake))).map(({ id }) => id);
}

/** The rules whose advice is given. */
export function advises({ order }) {
  return order?.attachments?.length && !order.standardForm ? ['ND-M3c'] : [];
}

/** The hub as the author of the course of duties. */
export const HUB = { person: '00000000-0000-0000-0000-000000000000', role: 'gateway', organisation: '00000000-0000-0000-0000-000000000000', organisationType: 'secretariat' };
export const MANAGER = manager;
