// What a patient's entries say about the team: whether the attending doctor has answered, and when each office wrote last.
// Pure, over `Entry` messages as the secretariat may read them.

import { isHub, readEntry } from '../frames.js';

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

/** The doctor acknowledges the registration, or a link. @param {Entry} entry @param {string} doctor @param {Entry[]} entries */
function isAnswer({ kind, author, body }, doctor, entries) {
  if (kind !== 'acknowledgement' || author.person !== doctor) return false;
  const target = entries.find(({ id }) => id === body.target);
  return target?.kind === 'registration' || target?.kind === 'team_link';
}

/** When each office last wrote about this patient. @param {any[]} raw @returns {Map<string, number>} */
export function lastByOffice(raw) {
  const last = new Map();
  for (const { author, recordedAtMs, kind } of raw.map(readEntry)) {
    if (!isHub(author) && kind !== 'duty_step') last.set(author.organisation, Math.max(last.get(author.organisation) ?? 0, recordedAtMs));
  }
  return last;
}

/**
 * The team with what each office did last, those quiet the longest in front; the host and homes behind the others of a day.
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
