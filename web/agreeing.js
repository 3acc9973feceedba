// Whether a registration waits for this person: they are named as the attending doctor and have not agreed. The same fold as
// `src/domain/state/agreement.rs`, from what this page holds. Pure.

import { currentBody } from './timeline.js';

const DOCTORS = new Set(['doctor', 'dentist']);

/** @typedef {import('./timeline.js').Item} Item */

/** The registration that somebody is asked to agree to, or nothing. @param {import('./timeline.js').Timeline | undefined} timeline @param {string} me @returns {Item | null} */
export function agreementAsked(timeline, me) {
  // Of most patients another doctor is named: their timelines need not be gone through.
  if (!timeline || !me || timeline.registration?.agreedBy !== me) return null;
  let [isAwaited, doctor] = [false, ''];
  /** @type {Item | null} */
  let registration = null;
  for (const item of timeline.items) {
    if (item.kind === 'registration' && !item.retraction) {
      const { agreedBy = '', agreedOnPaper = '' } = currentBody(item);
      const stands = registration && !isAwaited && doctor === agreedBy;
      const isOnPaper = item.author.role === 'secretariat' && agreedOnPaper.trim() !== '';
      isAwaited = agreedBy !== '' && !DOCTORS.has(item.author.role) && !stands && !isOnPaper;
      [registration, doctor] = [item, agreedBy];
    } else if (item.kind === 'acknowledgement' && !item.retraction && item.author.person === doctor) {
      const target = timeline.byId.get(item.body.target);
      if (target === registration || target?.kind === 'team_link') isAwaited = false;
    }
  }
  return isAwaited ? registration : null;
}
