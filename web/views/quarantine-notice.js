// What waits at the hub for a word of this person, for the line above the page: posts of earlier sign-ins. The secretariat
// looks after everybody's in its console.

import '../later-phrases.js';
import { say } from '../language.js';

/** @param {import('../model.js').Model} model */
export function keptAtHub({ quarantined: { posts, mine }, isSecretariat, showsSending, console: shown }) {
  const others = isSecretariat && shown?.section !== 'quarantine' ? posts.length - mine.length : 0;
  return [...notice(showsSending ? 0 : mine.length, 'quarantine_notice', '#/sending'), ...notice(others, 'quarantine_notice_all', '#/console/quarantine')];
}

/** @param {number} count @param {'quarantine_notice' | 'quarantine_notice_all'} words @param {string} href */
const notice = (count, words, href) => (count === 0 ? []
  : [{ href, says: { words: say(words, { count }), way: say('quarantine_look'), short: say('quarantine_short', { count }) } }]);
