// What a reader may try to say about an entry later: acknowledge, correct or take back. The rules have the last word; the
// dialog that says it is `views/follow-up.js`. And which kinds of entries have a form, without the forms.

/**
 * @typedef {import('./timeline.js').Item} Item
 * @typedef {'acknowledgement' | 'correction' | 'retraction'} Act
 */

export const CORRECTED_TEXTS = new Set(['note', 'message']);

/** Which of the three this person may try on an entry. @param {Item} item @param {string} me @returns {Act[]} */
export function actsOn(item, me) {
  if (item.retraction) return [];
  if (item.author.person !== me) {
    return item.acknowledgements.some((one) => one.author.person === me) ? [] : ['acknowledgement'];
  }
  const { kind } = item;
  // Whoever opened the records cannot take back that they did.
  if (kind === 'emergency_access') return [];
  return [...(CORRECTED_TEXTS.has(kind) || kind === 'vital' ? /** @type {const} */ (['correction']) : []), 'retraction'];
}

/** Kinds that `forms.js` has a form for, each with the field in which it names what it is about, if it does. @type {Record<string, string>} */
export const WRITTEN_KINDS = {
  status_change: 'about', visit: 'about', order: 'answers', order_document: 'order', device_change: '', call: 'about',
  verbal_order_received: '', lab_request: '', lab_result: 'request', consultation: '', visit_plan: '', nursing_instruction: '',
  nursing_report: '', standing_order: '', station_change: '', acp_note: '', problem_list: '', related_persons: '', message: 'answers', note: 'about',
};
