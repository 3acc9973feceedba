// A duty in neutral words: who owes what, by when, how it stands, who is told when nobody acts. It states; it does not
// blame. Used by the card before sending, the timeline and the list of duties.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { isLate, isOpen, isUnable, standingOf, toldAt, wasLate } from '../duties.js';
import { language, say, word } from '../language.js';
import { whoText } from './face.js';

/**
 * @typedef {import('../model.js').Model} Model
 * @typedef {import('../frames.js').Debtor} Debtor
 * @typedef {import('../frames.js').Duty} Born
 * @typedef {import('../duties.js').Duty} Duty
 * @typedef {import('../timeline.js').Item} Item
 */

const HOUR_MS = 3_600_000;
const DAYS_FROM_MS = 48 * HOUR_MS;
/** A step that tells a manager or a liaison may leave the role open: then all roles are meant, and naming them says nothing. */
const ROLES_NAMED_MAX = 4;

/**
 * みなと訪問看護ステーション 看護師. Of a manager or liaison also who is told where the office named none: everybody of the role.
 * @param {Model} model @param {Debtor} debtor
 */
export function debtorText(model, { organisation, organisationType, roles, capacity, person }) {
  const name = model.organisationName(organisation) || word('organisation_type', organisationType) || say('unknown_organisation');
  const who = (person && model.personName(person)) || (roles.length > ROLES_NAMED_MAX ? '' : roles.map((role) => word('role', role)).join('・'));
  if (capacity !== 'manager' && capacity !== 'contact') return `${name} ${who}`.trim();
  const one = say('debtor_one', { name, one: word('capacity', capacity) });
  if (!who) return one;
  return person ? `${one} ${who}` : say('debtor_one_or', { one, who });
}

/** Any of them. @param {Model} model @param {Debtor[]} debtors */
export const debtorsText = (model, debtors) => debtors.map((debtor) => debtorText(model, debtor)).join(language() === 'en' ? ' or ' : ' か ');

/** What has to be done, as a noun; empty where a list does not say. @param {Born} duty */
export function actText({ acknowledge, kinds }) {
  const acts = [...(acknowledge ? [word('kind', 'acknowledgement')] : []), ...kinds.map((kind) => word('kind', kind))];
  return acts.join(language() === 'en' ? ' or ' : 'か');
}

/** Who owes what. @param {Model} model @param {Born} duty */
export function owedText(model, duty) {
  const act = actText(duty);
  const [one, ...others] = duty.debtors;
  if (act && others.length === 0 && one?.person && one.person === model.myId) return say('duty_owed_mine', { act });
  const place = duty.inPlaceOf.map((organisation) => model.organisationName(organisation) || say('unknown_organisation'));
  const who = debtorsText(model, duty.debtors) + (place.length ? say('duty_in_place_of', { who: place.join('・') }) : '');
  return act ? say('duty_owed', { who, act }) : who;
}

/** By when; with opening hours only these were counted. @param {Born} duty @param {number} [nowMs] */
export const untilText = (duty, nowMs = Date.now()) => say(duty.business ? 'duty_until_business' : 'duty_until', { at: moment(duty.dueMs, nowMs) });

/** A span in its one largest unit. @param {number} ms */
export function spanText(ms) {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return counted('span_minute', minutes);
  if (ms < DAYS_FROM_MS) return counted('span_hour', Math.round(ms / HOUR_MS));
  return counted('span_day', Math.round(ms / (24 * HOUR_MS)));
}

/** @param {'span_minute' | 'span_hour' | 'span_day'} unit @param {number} count */
const counted = (unit, count) => say(count === 1 ? unit : `${unit}s`, { count });

/** Who said that they cannot, and who was told of it since. @param {Model} model @param {Duty} duty @param {Item} unable @param {number} nowMs */
function unableText(model, duty, { author, recordedAtMs }, nowMs) {
  const at = moment(recordedAtMs, nowMs);
  const told = duty.chain.flatMap((_, level) => (level < duty.told ? [debtorsText(model, toldAt(duty, level))] : [])).filter(Boolean);
  const next = told.length ? say('standing_unable_told', { who: [...new Set(told)].join('、') }) : duty.chain.length ? say('standing_unable_next') : '';
  return (isUnable(duty, model.myId) ? say('standing_unable_mine', { at }) : say('standing_unable', { by: whoText(model, author), at })) + next;
}

/** How it stands now, in a phrase. @param {Model} model @param {Duty} duty @param {number} nowMs */
export function standingText(model, duty, nowMs) {
  const standing = standingOf(duty);
  if (standing === 'paused') return say('standing_paused');
  if (isOpen(duty) && duty.unable) return unableText(model, duty, duty.unable, nowMs);
  if (isLate(duty, nowMs)) return say('standing_late', { at: moment(duty.dueMs, nowMs), span: spanText(nowMs - duty.dueMs) });
  if (isOpen(duty)) {
    return say(standing === 'snoozed' ? 'standing_snoozed' : 'standing_open', { at: untilText(duty, nowMs), span: spanText(duty.dueMs - nowMs) });
  }
  if (!duty.endedBy && standing !== 'closed') {
    const ended = standing === 'met' ? 'standing_done' : standing === 'waived' ? 'standing_waived_at' : 'standing_declined_at';
    return say(ended, { at: moment(duty.endedAtMs, nowMs) });
  }
  const by = duty.endedBy ? whoText(model, duty.endedBy.author) : '';
  const at = moment(duty.endedAtMs, nowMs);
  if (standing === 'closed') return say('standing_closed', { reason: word('close_reason', duty.closedFor), at });
  const act = duty.endedBy ? word('kind', duty.endedBy.kind) : '';
  const said = say(standing === 'met' ? 'standing_met' : standing === 'waived' ? 'standing_waived' : 'standing_declined', { by, at, act });
  return wasLate(duty) && standing === 'met' ? `${said}${say('standing_after_due')}` : said;
}

/** A step of the chain: when, and who. @param {Born} duty @param {number} level */
function stepTime(duty, level) {
  const { afterMs, business } = duty.chain[level];
  if (afterMs === 0) return say('chain_at_once');
  if (business) return say('chain_later_business', { span: spanText(afterMs) });
  return moment(duty.dueMs + afterMs);
}

/** Who is told next, and when, if nobody acts. @param {Model} model @param {Born | Duty} duty @param {number} [from] steps that were told already */
export function whenNobodyActs(model, duty, from = 0) {
  const steps = duty.chain.map((_, level) => level).filter((level) => level >= from && toldAt(duty, level).length > 0);
  if (steps.length === 0) return nothing;
  return html`<p class="quiet chain">${say('chain')} ${steps.map((level, at) => html`${at ? ' → ' : nothing}<span class="chain-step"><small>${stepTime(duty, level)}</small>
    ${debtorsText(model, toldAt(duty, level))}</span>`)}</p>`;
}
