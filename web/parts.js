// Which part of a timeline is looked at: everything, what is for this person, or kinds that belong together. Pure.

import { isOpen, owes } from './duties.js';
import { selfOf, speaksTo } from './mentions.js';
import { currentBody } from './timeline.js';

/** @typedef {'all' | 'mine' | 'talk' | 'vital' | 'visit' | 'order' | 'files'} Part */

/** @type {Record<string, string[]>} */
const KINDS = {
  talk: ['message', 'note', 'call', 'consultation', 'status_change', 'infection_notice', 'acp_note', 'periodic_record', 'related_persons'],
  vital: ['vital', 'alarm_limits', 'lab_result', 'lab_request'],
  visit: ['visit', 'visit_plan', 'joint_visit', 'conference', 'nursing_report', 'admission', 'discharge'],
  order: ['order', 'order_document', 'verbal_order_received', 'standing_order', 'nursing_instruction', 'device_change', 'medication_list', 'medication_report', 'allergies', 'problem_list', 'care_plan'],
};

/** @type {Part[]} */
export const PARTS = ['all', 'mine', 'talk', 'vital', 'visit', 'order', 'files'];

/** @param {Part} part @param {import('./timeline.js').Timeline} timeline @param {import('./rest.js').Me | null} me @returns {import('./timeline.js').Item[]} */
export function partOf(part, timeline, me) {
  if (part === 'all') return timeline.items;
  if (part === 'files') return timeline.items.filter((item) => !item.retraction && (currentBody(item).attachments ?? []).length > 0);
  if (part !== 'mine') return timeline.items.filter(({ kind }) => KINDS[part].includes(kind));
  const self = selfOf(me);
  const owed = new Set([...timeline.duties.all.values()].filter((duty) => isOpen(duty) && owes(duty.debtors, me)).map(({ cause }) => cause));
  return timeline.items.filter((item) => owed.has(item.id) || speaksTo(item, self, timeline.byId));
}
