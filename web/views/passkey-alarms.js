// What the page says at once, over everything, where a passkey seems to have been copied.

import { html } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { say } from '../language.js';
import { icon } from './icons.js';

/** Passkeys that seem to have been copied: mine, and for the secretariat everybody's. @param {import('../rest.js').Me | null} me */
export function passkeyAlarms(me) {
  return (me?.alarms ?? []).map(({ person, name, passkey, at }) => {
    const values = { name: name.kanji, passkey, at: moment(Date.parse(at)) };
    return html`<p class="banner banner-warning" role="alert">${icon('alarm')}
      <span>${say(person === me?.person.id ? 'passkey_alarm_mine' : 'passkey_alarm', values)}</span></p>`;
  });
}
