// The mock hub's memory: entries by timeline, read markers, the three rules of sharing, and the etiquette of `mock-rules.mjs`. Entries are kept as the JSON mapping says
// them (64-bit numbers as text), so that the client is given what the real hub sends.

import { randomUUID } from 'node:crypto';
import { advises, cite, holdsOf, HUB, inWords, meets, opensDuties } from './mock-rules.mjs';
import { PATIENTS, PEOPLE, actor, seed } from './region.mjs';

const ADMINISTRATIVE = new Set(['registration', 'consent', 'teamLink', 'teamUnlink', 'hostChange', 'alarmLimits', 'dutyStep', 'dutyAnswer']);
const OBSERVATIONS = new Set(['vital', 'note', 'visit', 'statusChange', 'infectionNotice']);
const PERMIT = 'SH-1@share/3#9f2c41aa7be0';
const FORBID = 'SH-7@share/3#9f2c41aa7be0';

export class Journal {
  constructor(now = Date.now()) {
    this.timelines = new Map();
    this.markers = new Map();
    this.answers = new Map();
    /** Emergency accesses: who and where, until when. */
    this.opened = new Map();
    this.onEntry = () => {};
    this.onMarker = () => {};
    const put = (timeline, author, hoursAgo, body, { observedHoursAgo, fixVisit } = {}) => {
      const at = now - hoursAgo * 3_600_000;
      if (fixVisit) body = { visit: { ...body.visit, startedAtUs: us(at - 3_300_000), endedAtUs: us(at - 600_000) } };
      return this.append(timeline, actor(author), at, { body, observedAtUs: us(observedHoursAgo === undefined ? at - 20_000 : now - observedHoursAgo * 3_600_000) });
    };
    seed(put);
    for (const patient of PATIENTS) {
      const head = this.entries(patient.id).length;
      this.markers.set(patient.id, new Map([[actor('doctor').person, { through: head - 1, atMs: now - 3_000_000 }], [actor('manager').person, { through: head, atMs: now - 1_200_000 }], [actor('nurse').person, { through: Math.max(1, head - 5), atMs: now - 9_000_000 }]]));
    }
  }

  actor(key) {
    return actor(key);
  }

  entries(timeline) {
    return this.timelines.get(timeline) ?? [];
  }

  patient(id) {
    return PATIENTS.find((patient) => patient.id === id);
  }

  openedUntil(me, timeline) {
    const until = this.opened.get(`${me.id} ${timeline}`) ?? 0;
    return until > Date.now() ? until : 0;
  }

  linked(me, timeline) {
    return this.patient(timeline)?.team.some((link) => link.people.includes(me.id)) ?? false;
  }

  /** As the hub has it: who was unlinked reads on what their own office wrote, where they ask for it by name. */
  keepsOwn(me, timeline) {
    return Boolean(this.patient(timeline)) && me.role !== 'secretariat' && !this.linked(me, timeline) && !this.openedUntil(me, timeline)
      && this.entries(timeline).some(({ content: { author } }) => author.organisation === me.organisation.id);
  }

  timelinesOf(me) {
    return PATIENTS.map((patient) => patient.id).filter((id) => me.role === 'secretariat' || this.linked(me, id));
  }

  maySee(me, entry) {
    if (me.role === 'secretariat') return ADMINISTRATIVE.has(Object.keys(entry.content.body)[0]);
    if (this.keepsOwn(me, entry.timeline)) return entry.content.author.organisation === me.organisation.id;
    return !(entry.content.sensitivity === 'restricted' && ['helper', 'care_manager'].includes(me.role));
  }

  /** @param {string} timeline @param {object} author @param {number} atMs @param {object} content */
  append(timeline, author, atMs, { id = randomUUID(), body, observedAtUs, sensitivity = 'normal', addressedTo, reasons, onBehalfOf }) {
    body = inCanonicalUnits(body);
    const entries = this.entries(timeline);
    this.timelines.set(timeline, entries);
    const kind = Object.keys(body)[0];
    const vital = kind === 'vital' ? body.vital : kind === 'correction' ? body.correction.body.vital : undefined;
    const entry = {
      id, timeline, seq: String(entries.length + 1), recordedAtUs: us(atMs),
      content: { author, ...(observedAtUs ? { observedAtUs } : {}), sensitivity, ...(addressedTo ? { addressedTo } : {}), body, alarms: vital ? this.alarms(timeline, vital) : [], ruling: this.ruling(timeline, { id, body, reasons }, author, atMs), ...(onBehalfOf ? { onBehalf: actor(PEOPLE.find((one) => one.id === onBehalfOf.person).key) } : {}) },
    };
    entries.push(entry);
    this.onEntry(entry);
    return entry;
  }

  ruling(timeline, { id, body, reasons = [] }, author, atMs) {
    const [opened, met, advice] = [opensDuties({ id, body }, author, atMs), meets(body, author, this.entries(timeline)), advises(body)];
    return { cited: [PERMIT], ...(opened.length ? { opened } : {}), ...(met.length ? { met } : {}), ...(advice.length ? { advice: advice.map(cite) } : {}), ...(reasons.length ? { reasons } : {}) };
  }

  /** What the hub's clock writes. @param {string} timeline @param {object} dutyStep @param {number} [atMs] */
  step(timeline, dutyStep, atMs = Date.now()) {
    return this.append(timeline, HUB, atMs, { body: { dutyStep } });
  }

  alarms(timeline, vital) {
    const limits = this.entries(timeline).findLast((entry) => entry.content.body.alarmLimits)?.content.body.alarmLimits.limits ?? [];
    return limits.flatMap(({ sign, low, high }) => {
      const value = vital.measurements.find((m) => m.sign === sign)?.value;
      if (value === undefined) return [];
      if (low && Number(value) < Number(low)) return [{ sign, value, limit: low, below: true }];
      return high && Number(value) > Number(high) ? [{ sign, value, limit: high }] : [];
    });
  }

  /** The three rules: who is linked posts; observations of the unlinked wait; 「点滴」 is a doctor's word. */
  judge(me, intent) {
    const [kind] = Object.keys(intent.body);
    const text = Object.values(intent.body)[0].text ?? '';
    const answersDuty = kind === 'dutyAnswer' && me.role === 'secretariat';
    const isOwnOffice = kind === 'export' && intent.timeline === me.organisation.id;
    if (!this.linked(me, intent.timeline) && !answersDuty && !isOwnOffice) {
      return OBSERVATIONS.has(kind)
        ? { verdict: 'queued', reasons: [{ ja: 'この患者さんのチームに紐付いていません。', en: 'You are not linked to this patient.' }] }
        : { verdict: 'refused', code: 'not_found', reasons: [{ ja: '患者さんが見つかりません。', en: 'No such patient.' }] };
    }
    if (kind === 'message' && text.includes('点滴を変更') && me.role !== 'doctor') {
      return { verdict: 'refused', code: 'forbidden', reasons: [{ ja: '点滴の指示は医師だけが投稿できます。', en: 'Only doctors post orders for drips.' }], cited: [FORBID] };
    }
    const named = intent.onBehalfOf && PEOPLE.find((one) => one.id === intent.onBehalfOf.person);
    if (intent.onBehalfOf && !(named && this.linked(named, intent.timeline))) {
      return { verdict: 'refused', code: 'not_found', field: 'on_behalf_of', reasons: [{ ja: 'この患者のチームにも、書いている人の事業所にも、その職種のその人はいません', en: "nobody of this patient's team, or of the author's own office, is that person in that role" }] };
    }
    const holds = holdsOf(intent, this.entries(intent.timeline));
    if (holds.length) return { verdict: 'refused', code: 'held', reasons: holds.map(({ title }) => title), cited: holds.map(({ citation }) => citation), holds };
    const ruling = this.ruling(intent.timeline, intent, actor(me.key), Date.now());
    const rules = [...(ruling.opened ?? []).map(({ rule }) => rule), ...(ruling.advice ?? [])].map((citation) => citation.split('@')[0]);
    return { verdict: 'accepted', cited: [PERMIT], ruling, words: rules.map(inWords), alarms: intent.body.vital ? this.alarms(intent.timeline, inCanonicalUnits(intent.body).vital) : [] };
  }

  /** The frame that answers a post; the same id again gets the first answer. */
  post(me, intent) {
    const known = this.answers.get(intent.id);
    if (known) return { accepted: { ...known.accepted, repeated: true } };
    const ruling = this.judge(me, intent);
    if (ruling.verdict === 'refused') return { refused: { id: intent.id, ...ruling, verdict: undefined } };
    if (ruling.verdict === 'queued') return { queued: { id: intent.id, timeline: intent.timeline, reasons: ruling.reasons } };
    const entry = this.append(intent.timeline, actor(me.key), Date.now(), intent);
    const frame = { accepted: { id: entry.id, timeline: entry.timeline, seq: entry.seq, recordedAtUs: entry.recordedAtUs, ruling: entry.content.ruling, words: ruling.words } };
    this.answers.set(intent.id, frame);
    return frame;
  }

  markRead(me, timeline, through) {
    const markers = this.markers.get(timeline);
    if (!markers || through <= (markers.get(me.id)?.through ?? 0)) return;
    markers.set(me.id, { through, atMs: Date.now() });
    this.onMarker({ timeline, person: me.id, through: String(through), atUs: us(Date.now()) });
  }
}

/** ℉ becomes ℃ with what was given beside it, as the hub does with every unit. */
function inCanonicalUnits(body) {
  if (!body.vital) return body;
  const measurements = body.vital.measurements.map((m) => (m.unit === '[degF]'
    ? { ...m, value: String(Math.round(((Number(m.value) - 32) * 500) / 9) / 100), unit: 'Cel', given: { value: m.value, unit: m.unit } } : m));
  return { vital: { ...body.vital, measurements } };
}

const us = (ms) => `${Math.floor(ms)}000`;
