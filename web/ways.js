// How a held post may go on: what the hub says is missing, turned into something to tap. Facts are recognised by the
// words of the vocabulary (a test compares); what is not recognised is still shown, and may still be written about.

/**
 * @typedef {import('./frames.js').Hold} Hold
 * @typedef {{way: 'attach'} | {way: 'mark', field: string} | {way: 'write', kind: string}} Way attach a file, mark the
 *   post, or write another entry first
 */

/** @type {{fact: string, says: string, way: Way}[]} */
export const FACTS = [
  { fact: 'record.has_document', says: '文書が添えてある', way: { way: 'attach' } },
  { fact: 'record.emergency', says: '緊急である', way: { way: 'mark', field: 'emergency' } },
  { fact: 'station_change.family_request', says: '本人・家族の求めがある', way: { way: 'mark', field: 'familyRequest' } },
  { fact: 'record.phoned', says: '先に電話をしてある', way: { way: 'write', kind: 'call' } },
  { fact: 'station_change.station_consulted', says: '今のステーションが相談を確認している', way: { way: 'write', kind: 'consultation' } },
  { fact: 'care_plan.doctor_opinion', says: '主治医の意見を聞いてある', way: { way: 'write', kind: 'consultation' } },
];

/** How far back a fact looks may stand behind it. @param {import('./frames.js').Text} text */
const wayOf = ({ ja }) => FACTS.find(({ says }) => ja === says || ja.startsWith(`${says}（`))?.way;

/**
 * The ways on that this form can offer, each once: first what the rule wants, then its exceptions.
 * @param {Hold} hold @param {string[]} offered names of the form's fields @returns {Way[]}
 */
export function waysOn(hold, offered) {
  const texts = [...hold.missing.flat().map(({ wanted }) => wanted), ...hold.exceptions];
  /** @type {Way[]} */
  const ways = [];
  for (const text of texts) {
    const found = wayOf(text);
    if (!found || ways.includes(found)) continue;
    if (found.way === 'attach' && !offered.includes('attachments')) continue;
    if (found.way === 'mark' && !offered.includes(found.field)) continue;
    ways.push(found);
  }
  return ways;
}

/** Exceptions that nothing can be tapped for: circumstances. @param {Hold} hold @param {string[]} offered */
export function circumstances(hold, offered) {
  return hold.exceptions.filter((text) => {
    const way = wayOf(text);
    return !way || (way.way === 'mark' && !offered.includes(way.field));
  });
}
