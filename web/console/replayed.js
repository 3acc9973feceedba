// What a replay says, made ready to be drawn: the duties of each rule under the draft beside those in force. No templates.

/**
 * @typedef {import('./rules-rest.js').Replayed} Replayed
 * @typedef {import('./rules-rest.js').Lived} Lived
 */

const NONE = { opened: 0, unconfirmed: 0, in_time: 0, late: 0, escalated: 0, ended: 0, undetermined: 0 };

/** The bars of a rule's duties: those told to somebody else are late, too, and stand apart. @param {Lived} lived */
export const barsOf = ({ in_time: inTime, late, escalated, ended, undetermined }) => ({ in_time: inTime, late: late - escalated, escalated, ended, undetermined });

/**
 * The duties of each rule under the draft and under what is in force; `null`: of what is in force nothing is known.
 * @param {Replayed} draft @param {Replayed | null} inForce @returns {{rule: string, draft: Lived, inForce: Lived | null, standing: boolean}[]}
 */
export function comparedDuties(draft, inForce) {
  const posted = [...new Set([...Object.keys(draft.duties), ...Object.keys(inForce?.duties ?? {})])].sort()
    .map((rule) => ({ rule, draft: draft.duties[rule] ?? NONE, inForce: inForce ? inForce.duties[rule] ?? NONE : null, standing: false }));
  const standing = Object.entries(draft.standing).map(([rule, both]) => ({ rule, draft: both.draft, inForce: both.in_force, standing: true }));
  return [...posted, ...standing];
}

/**
 * The hub's words: a line for what changes, indented ones for how. A set is called by its title, where it is known.
 * @param {string} text @param {Map<string, string>} titles of sets by id
 */
export function differenceBlocks(text, titles = new Map()) {
  /** @type {{head: string, lines: string[]}[]} */
  const blocks = [];
  for (const line of text.split('\n').filter((one) => one.trim())) {
    if (line.startsWith(' ') && blocks.length) blocks[blocks.length - 1].lines.push(line.trim());
    else blocks.push({ head: line.trim().replace(/(?<=[（(])[\w-]+(?=[）)])/g, (id) => titles.get(id) ?? id), lines: [] });
  }
  return blocks;
}
