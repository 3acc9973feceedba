// Above the page: records of some patients do not open at the hub, so that nobody takes the list for whole; and whom to tell.
// Fetched only where there are some. The hub says how many, not whose: the page cannot name them.

import { html } from '../vendor/lit.js';
import { phrasebook } from '../language.js';
import { icon } from './icons.js';

export const PHRASES = {
  all: ['患者 {count} 人の記録が、いま開けません（検索しても出ません）。同じ人を登録し直さず、ハブの運用者に知らせてください。',
    'The records of {count} patients do not open now, and no search finds them. Do not register them again; tell whoever runs the hub.'],
  family: ['見守っている方のうち {count} 人の記録が、いま開けません。連携事務局に知らせてください。',
    'The records of {count} of those whom you look after do not open now. Please tell the secretariat.'],
  family_near: ['見守っている方のうち {count} 人の記録が、いま開けません。担当の事業所に知らせてください。',
    'The records of {count} of those whom you look after do not open now. Please tell an office that looks after them.'],
  mine: ['担当の患者さんのうち {count} 人の記録が、いま開けず、一覧に出ていません。急ぎの連絡は電話でして、連携事務局に知らせてください。',
    'The records of {count} of your patients do not open now: they are missing from the list. Phone what is urgent, and tell the secretariat.'],
};

export const say = phrasebook(PHRASES);

/** Offices whose numbers a family is given where it knows no better one. */
const NEAR_MAX = 3;

/** @param {import('../model.js').Model} model */
export function unreadableNotice({ unreadablePatients: count, isSecretariat, me, organisations }) {
  const offices = isSecretariat ? [] : [...organisations.values()].filter(({ type, phone }) => type !== 'home' && phone);
  const secretariats = offices.filter(({ type }) => type === 'secretariat');
  const isFamily = me?.role === 'family';
  // A secretariat may have no number in the directory: of the offices of their teams some number stands here.
  const toTell = isFamily && secretariats.length === 0 ? offices.slice(0, NEAR_MAX) : secretariats;
  const family = toTell === secretariats || toTell.length === 0 ? 'family' : 'family_near';
  return html`<p class="banner banner-warning banner-list unreadable" role="alert">${icon('alarm')}<span>${say(isSecretariat ? 'all' : isFamily ? family : 'mine', { count })}</span>
    ${toTell.map(({ name, phone = '' }) => html`<a class="button button-small" href="tel:${phone.replace(/[^\d+]/g, '')}">${icon('phone')} ${name} ${phone}</a>`)}</p>`;
}
