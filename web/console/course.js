// What is known of a patient's team: whether the attending doctor has answered, and when each office last read the page.
// Pure, over what the secretariat may see, which is no chart.

import { readEntry } from '../frames.js';

/**
 * How the attending doctor stands to the registration: agreed, on paper, asked and not answered, or nobody was named.
 * @typedef {{state: 'given' | 'on_paper' | 'awaited' | 'none', doctor: string, atMs: number, paper: string, documents: {kind: string, text: string, atMs: number, files: any[]}[]}} Agreement
 * @typedef {import('../frames.js').Entry} Entry
 */

/** @param {any[]} raw @returns {Agreement} */
export function agreementOf(raw) {
  const entries = raw.map(readEntry);
  const registration = entries.findLast(({ kind }) => kind === 'registration');
  const { agreedBy: doctor = '', agreedOnPaper: paper = '' } = /** @type {Record<string, string>} */ (registration?.body ?? {});
  const documents = entries.filter(({ kind }) => kind === 'registration' || kind === 'consent')
    .map(({ kind, body, recordedAtMs }) => ({ kind, text: body.document ?? '', atMs: recordedAtMs, files: body.attachments ?? [] }))
    .filter(({ text, files }) => text || files.length);
  const answer = doctor ? entries.find((entry) => isAnswer(entry, doctor, entries)) : undefined;
  if (answer) return { state: 'given', doctor, atMs: answer.recordedAtMs, paper, documents };
  if (registration?.author.role === 'doctor') return { state: 'given', doctor: registration.author.person, atMs: registration.recordedAtMs, paper, documents };
  if (paper) return { state: 'on_paper', doctor, atMs: registration?.recordedAtMs ?? 0, paper, documents };
  return { state: doctor ? 'awaited' : 'none', doctor, atMs: registration?.recordedAtMs ?? 0, paper, documents };
}

/**
 * The registration in force as it was sent: the last one, as it was last corrected. Whoever writes it anew begins from this.
 * @param {any[]} raw @returns {{id: string, organisation: string, body: any} | null}
 */
export function registrationOf(raw) {
  const entries = raw.map((sent) => ({ sent, ...readEntry(sent) }));
  const last = entries.findLast(({ kind }) => kind === 'registration');
  if (!last) return null;
  const takenBack = new Set(entries.filter(({ kind }) => kind === 'retraction').map(({ body }) => body.target));
  const correction = entries.findLast(({ id, kind, body }) => kind === 'correction' && body.target === last.id && !takenBack.has(id));
  const body = correction ? correction.sent.content.body.correction.body.registration : last.sent.content.body.registration;
  return { id: last.id, organisation: last.author.organisation, body };
}

/** The doctor acknowledges the registration, or a link. @param {Entry} entry @param {string} doctor @param {Entry[]} entries */
function isAnswer({ kind, author, body }, doctor, entries) {
  if (kind !== 'acknowledgement' || author.person !== doctor) return false;
  const target = entries.find(({ id }) => id === body.target);
  return target?.kind === 'registration' || target?.kind === 'team_link';
}

/**
 * When somebody of each office last read this patient's page. The secretariat sees no chart, so it cannot know who wrote;
 * somebody of two offices of the team counts for both.
 * @param {{person: string, at: string}[]} markers @param {Map<string, {positions?: {organisation: string}[]}>} people @returns {Map<string, number>}
 */
export function lastReadByOffice(markers, people) {
  const last = new Map();
  for (const { person, at } of markers) {
    for (const { organisation } of people.get(person)?.positions ?? []) last.set(organisation, Math.max(last.get(organisation) ?? 0, Date.parse(at)));
  }
  return last;
}

/**
 * The team with when each office last read, those quiet the longest in front; who never read is quiet since the link.
 * @template {{organisation: string, since?: string}} Link
 * @param {Link[]} team @param {Map<string, number>} last
 * @returns {{link: Link, lastMs: number | null, quietSinceMs: number}[]}
 */
export function byQuiet(team, last) {
  return team.map((link) => {
    const lastMs = last.get(link.organisation) ?? null;
    return { link, lastMs, quietSinceMs: lastMs ?? (link.since ? Date.parse(link.since) : 0) };
  }).sort((a, b) => a.quietSinceMs - b.quietSinceMs);
}
