// What waits at the hub for a word of this person, above the page: posts of earlier sign-ins. The secretariat looks after
// everybody's in its console.

import '../later-phrases.js';
import { html, nothing } from '../vendor/lit.js';
import { say } from '../language.js';
import { icon } from './icons.js';

/** @param {import('../model.js').Model} model */
export function quarantineNotice({ quarantined: { posts, mine }, isSecretariat, showsSending, console: shown }) {
  const others = isSecretariat && shown?.section !== 'quarantine' ? posts.length - mine.length : 0;
  return html`${showsSending ? nothing : notice(mine.length, 'quarantine_notice', '#/sending')}${notice(others, 'quarantine_notice_all', '#/console/quarantine')}`;
}

/** @param {number} count @param {'quarantine_notice' | 'quarantine_notice_all'} words @param {string} href */
const notice = (count, words, href) => (count === 0 ? nothing
  : html`<p class="banner banner-news">${icon('hand')}<span>${say(words, { count })}</span><a class="button button-small" href=${href}>${say('quarantine_look')}</a></p>`);
