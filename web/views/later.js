// What the first view does without (see `coming.js`): all dialogs, what is written with, graphs, search, paper, one's
// account and devices, lists of duties and of posts, and what seals envelopes; with their style sheets.

// First: elements that stand in the page already speak as soon as they are known.
import '../later-phrases.js';
import './later-icons.js';
import './later-values.js';
import './account.js';
import './attachment.js';
import './board.js';
import './citation.js';
import './composer.js';
import './day-copy.js';
import './devices.js';
import './duties.js';
import './duty-answer.js';
import './emergency.js';
import './follow-up.js';
import './graphs.js';
import './paper.js';
import './proof.js';
import './readers.js';
import './search.js';
import './seen-by.js';
import './sending.js';
import './summary.js';
import './taking-out.js';
import '../envelopes.js';

export { agreementCard } from './agreement.js';
export { boardLink, newsLine } from './board.js';
export { paperSheet } from './paper-sheet.js';
export { pending } from './pending.js';
export { pledgePage } from './pledging.js';
export { teamSection } from './team.js';

/** They stand in the page in their place among the others, waiting: where two say something of one thing, the order counts. */
const SHEETS = /** @type {HTMLLinkElement[]} */ ([...document.querySelectorAll('link[rel="later"]')]);

/** @returns {Promise<unknown>} when the style sheets are there, or will not come */
export const styled = Promise.all(SHEETS.map((sheet) => new Promise((resolve) => {
  sheet.onload = sheet.onerror = resolve;
  sheet.rel = 'stylesheet';
})));
