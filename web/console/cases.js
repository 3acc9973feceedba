// Finding a case: by any words, all of which must stand somewhere in it, and by a tag. What `views/console/cases.js` shows.

import { folded } from '../fold.js';

/**
 * @typedef {{title: string, happened: string, done: string, outcome: string, roles: string[], tags: string[], shows_office: boolean}} CaseWords
 * @typedef {{id: string, words: CaseWords, office_name: string | null, published_at: string}} PublishedCase
 * @typedef {{id: string, version: number, step: 'drafted' | 'handed_in' | 'returned' | 'approved' | 'withdrawn', step_label: import('../rest.js').Text, changed_at: string, is_mine: boolean,
 *   author_name: string, office_name: string, words: CaseWords | null, remark: string, consent: string, is_published: boolean}} CaseWork
 */

/**
 * @param {PublishedCase[]} cases @param {string} query @param {string} tag `''`: whatever it is about
 * @param {(role: string) => string} roleWord how a profession is called
 */
export function casesWith(cases, query, tag, roleWord) {
  const wanted = query.split(/\s+/).map(folded).filter(Boolean);
  return cases.filter(({ words, office_name: office }) => {
    if (tag && !words.tags.includes(tag)) return false;
    const text = folded([words.title, words.happened, words.done, words.outcome, office ?? '', ...words.roles.map(roleWord)].join('\n'));
    return wanted.every((word) => text.includes(word));
  });
}

/** All that is looked through before others read it. @param {CaseWords} words @param {string} consent */
export const textsOf = ({ title, happened, done, outcome }, consent) => [title, happened, done, outcome, consent];

/** What it still lacks to be handed in, as the hub asks for it. @param {CaseWords} words */
export const lackingOf = (words) => /** @type {const} */ (['happened', 'done', 'outcome', 'roles', 'tags']).filter((part) => (typeof words[part] === 'string' ? words[part].trim() : words[part]).length === 0);

/** What may be done with a case by whoever sees it so. @param {CaseWork} work @param {boolean} mayReview */
export function actsOn({ step, is_mine: isMine, is_published: isPublished }, mayReview) {
  const isWithdrawn = step === 'withdrawn';
  const isBegun = !isWithdrawn && step !== 'approved';
  return {
    edit: isMine && !isWithdrawn,
    handIn: isMine && (step === 'drafted' || step === 'returned'),
    discard: isMine && isBegun,
    review: mayReview && !isMine && step === 'handed_in',
    withdraw: !isWithdrawn && ((isMine && isPublished) || mayReview),
  };
}
