// What goes onto paper or into one's own chart: a patient's entries of some days as plain lines, each with when, what and
// who; blacked out where it leaves the team. Text only, so that nothing hides behind it. Pure but for the directory's names.

import { calendarDate, clockTime, dayOf, day as dayText, fullDay } from './dates.js';
import { isHub } from './frames.js';
import { say, word } from './language.js';
import { leaks, redactor } from './redact.js';
import { currentAlarms, currentBody } from './timeline.js';
import { whole } from './whole.js';

/** What happened to entries and duties belongs to the hub's record, not to a chart. */
const LEFT_OUT = new Set(['acknowledgement', 'correction', 'retraction', 'duty_step', 'duty_answer', 'registration', 'consent', 'team_link', 'team_unlink', 'host_change', 'emergency_access', 'export', 'closing']);

/**
 * @typedef {import('./model.js').Model} Model
 * @typedef {{at: string, kind: string, who: string, text: string}} Line
 * @typedef {object} Wanted
 * @property {number} fromMs @property {number} untilMs
 * @property {boolean} restricted with what is restricted
 * @property {string} office only what this organisation wrote; empty: everybody's
 * @typedef {{patient: [string, string][], lines: Line[], leaks: boolean}} Paper
 */

/** @param {Model} model @param {import('./frames.js').Actor} author */
function whoWrote(model, author) {
  if (isHub(author)) return say('the_hub');
  return [word('role', author.role), model.personName(author.person), model.organisationName(author.organisation)].filter(Boolean).join(' ');
}

/** @param {Model} model @param {string} timeline @param {Wanted} wanted @returns {import('./timeline.js').Item[]} */
export function entriesFor(model, timeline, { fromMs, untilMs, restricted, office }) {
  return model.timeline(timeline).items.filter((item) => {
    const at = item.observedAtMs ?? item.recordedAtMs;
    return !LEFT_OUT.has(item.kind) && !item.retraction && at >= fromMs && at < untilMs
      && (restricted || item.sensitivity !== 'restricted') && (!office || item.author.organisation === office);
  }).sort((a, b) => (a.observedAtMs ?? a.recordedAtMs) - (b.observedAtMs ?? b.recordedAtMs));
}

/** @param {Model} model @param {import('./timeline.js').Item} item @returns {Line} */
function lineOf(model, item) {
  const at = item.observedAtMs ?? item.recordedAtMs;
  const alarms = currentAlarms(item).map(({ sign }) => word('vital_sign', sign)).join('・');
  const marks = [item.sensitivity === 'restricted' ? `【${word('sensitivity', 'restricted')}】` : '', alarms ? `【${say('alarm')}: ${alarms}】` : '', item.corrections.length ? `【${say('paper_corrected')}】` : ''].join('');
  const told = item.onBehalf ? `（${say('behalf_short', { named: whoWrote(model, item.onBehalf) })}）` : '';
  return { at: `${dayText(at)} ${clockTime(at)}`, kind: word('kind', item.kind), who: whoWrote(model, item.author) + told, text: marks + whole(model, currentBody(item)) };
}

/** Who decides for the patient is written in words: `長女 山本 春子`, `山本 春子（長女）`. */
const KIN = /^(?:[長次二三四五末]?[男女]|夫|妻|母|父|姉|兄|弟|妹|孫|嫁|婿|姪|甥)$/;
/** @param {string} proxy */
const nameIn = (proxy) => proxy.split(/[\s（）()・、]+/u).filter((part) => part && !KIN.test(part)).slice(0, 2).join(' ');

/** Names of family and others, of every list that this page holds and nobody took back, and of whoever decides. @param {Model} model @param {string} timeline @returns {string[]} */
function closeTo(model, timeline) {
  const named = model.timeline(timeline).items.filter(({ kind, retraction }) => ['related_persons', 'acp_note'].includes(kind) && !retraction).map(currentBody);
  return [...new Set(named.flatMap(({ items = [], proxy = '' }) => [...items.map((/** @type {any} */ one) => one.name ?? ''), nameIn(proxy)]).map((name) => name.trim()).filter(Boolean))];
}

/** What the page knows of the patient. @param {Model} model @param {string} timeline @returns {import('./redact.js').Known} */
export function knownOf(model, timeline) {
  const { registration } = model.timeline(timeline);
  return {
    name: model.patientName(timeline), birthDate: registration?.birthDate ?? model.patients.get(timeline)?.birth_date ?? '',
    close: closeTo(model, timeline),
    identifiers: (registration?.identifiers ?? []).map((/** @type {any} */ one) => one.value ?? '').filter(Boolean),
  };
}

/** @param {Model} model @param {string} timeline @param {Wanted} wanted @param {import('./redact.js').Choice} choice @returns {Paper} */
export function paperOf(model, timeline, wanted, choice) {
  const known = knownOf(model, timeline);
  const redact = redactor(known, choice);
  const birth = choice.birth ? say('paper_birth_year', { year: known.birthDate.slice(0, 4) }) : calendarDate(known.birthDate);
  const sex = model.timeline(timeline).registration?.sex ?? model.patients.get(timeline)?.sex ?? '';
  /** @type {[string, string][]} */
  const patient = [[say('name'), redact(`${known.name.kanji}（${known.name.kana}）`)], [say('birth_date'), birth], [say('sex'), word('sex', sex)]];
  const lines = entriesFor(model, timeline, wanted).map((item) => lineOf(model, item)).map((line) => ({ ...line, text: redact(line.text), who: redact(line.who) }));
  const all = [...patient.map(([, value]) => value), ...lines.flatMap(({ who, text }) => [who, text])].join('\n');
  return { patient, lines, leaks: leaks(all, known, choice) };
}

/** Who takes it out, and when: stands on every sheet and below every copy. @param {Model} model @param {number} nowMs */
export function takenOutBy(model, nowMs) {
  const { me } = model;
  return say('paper_by', { who: me ? `${me.person.name.kanji}（${word('role', me.role)}・${me.organisation.name}）` : '', at: `${fullDay(nowMs)} ${clockTime(nowMs)}` });
}

/** A day as text for one's own chart. @param {Model} model @param {string} timeline @param {number} atMs in that day @param {string} office */
export function dayForChart(model, timeline, atMs, office) {
  const day = new Date(atMs);
  const fromMs = new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const untilMs = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
  const { name } = knownOf(model, timeline);
  const lines = entriesFor(model, timeline, { fromMs, untilMs, restricted: true, office }).map((item) => ({ item, line: lineOf(model, item) }));
  return [
    `${name.kanji}（${name.kana}） ${fullDay(atMs)}`, '',
    ...lines.map(({ item, line }) => `${clockTime(item.observedAtMs ?? item.recordedAtMs)} ${line.kind}（${line.who}）\n${line.text}\n`),
    takenOutBy(model, model.clock.now()),
  ].join('\n');
}

/** The days that entries stand on, the newest first. @param {Model} model @param {string} timeline @returns {number[]} a moment of each */
export function daysOf(model, timeline) {
  const days = new Map();
  for (const item of model.timeline(timeline).items) if (!LEFT_OUT.has(item.kind)) days.set(dayOf(item.observedAtMs ?? item.recordedAtMs), item.observedAtMs ?? item.recordedAtMs);
  return [...days.values()].sort((a, b) => b - a);
}
