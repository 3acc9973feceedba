// The duties on the entry that opened them: who owes what, by when, how it stands, and what this person can do about it
// in one tap. Also the quiet lines that tell the course of a duty where it happened.

import { html, nothing } from '../vendor/lit.js';
import { WRITTEN_KINDS } from '../acts.js';
import { moment } from '../dates.js';
import { isLate, isOpen, isUnable, owes } from '../duties.js';
import { msOfUs, readDebtor, readDuty } from '../frames.js';
import { inLanguage, language, say, word } from '../language.js';
import { onItsWay } from './connection.js';
import { debtorsText, owedText, standingText, untilText, whenNobodyActs } from './duty-words.js';
import { icon } from './icons.js';

/**
 * @typedef {import('../model.js').Model} Model
 * @typedef {import('../duties.js').Duty} Duty
 * @typedef {import('../timeline.js').Item} Item
 */

/** Asked of whatever has the forms: answers to a duty, or writing what meets it. */
export class DutyWish extends Event {
  /** @param {'answer-duty' | 'write-record'} wish @param {any} detail */
  constructor(wish, detail) {
    super(wish, { bubbles: true });
    this.detail = detail;
  }
}

/** @param {'answer-duty' | 'write-record'} wish @param {any} detail */
const asks = (wish, detail) => (/** @type {any} */ event) => event.target.dispatchEvent(new DutyWish(wish, detail));

/** Which answers this person may try; the hub has the last word. @param {Model} model @param {Duty} duty */
export function answersTo(model, duty) {
  if (!isOpen(duty)) return [];
  const mine = owes(duty.debtors, model.me);
  const owner = model.isSecretariat || (duty.owner !== '' && duty.owner === model.me?.organisation.id);
  // Told by phone is no answer but a call, logged by either side.
  const ways = duty.waysOut.filter((way) => way !== 'phoned' && !(way === 'cannot_go' && duty.unable) && (way === 'waive' ? owner : mine));
  // What an office was to do that the hub cannot tell is let go once it was told in another way.
  if (mine && model.isSecretariat && duty.inPlaceOf.length && !ways.includes('waive')) ways.push('waive');
  return mine ? [...ways, 'hand_over'] : ways;
}

/** What the way to them is called: where handing over is all there is, no answer is asked for. @param {string[]} answers */
export const answerPhrase = (answers) => (answers.length === 1 && answers[0] === 'hand_over' ? 'answer_way_hand_over' : 'duty_answer_do');

/** What meets it, to be written by whoever owes it. @param {Model} model @param {Duty} duty */
function meetingActs(model, duty) {
  const item = model.timelines.get(duty.timeline)?.byId.get(duty.cause);
  const acts = [];
  if (duty.acknowledge && item) acts.push(acknowledgeButton(model, item));
  // The secretariat has no forms: it acknowledges.
  for (const kind of model.isSecretariat ? [] : duty.kinds.filter((one) => one in WRITTEN_KINDS)) {
    const link = WRITTEN_KINDS[kind];
    const values = { ...(link && duty.cause ? { [link]: duty.cause } : {}), ...(item?.body.orderType ? { orderType: item.body.orderType } : {}) };
    acts.push(html`<button class="button button-small" type="button" @click=${asks('write-record', { timeline: duty.timeline, kind, values })}>${icon('edit')}
      <span>${say('way_write', { kind: word('kind', kind) })}</span></button>`);
  }
  return acts;
}

/** Whether this person may log a call that told whoever owes: their own side, or whoever wrote what opened it. @param {Model} model @param {Duty} duty */
const mayLogCall = (model, duty) => isOpen(duty) && duty.waysOut.includes('phoned') && duty.cause !== '' && !model.isSecretariat
  && (owes(duty.debtors, model.me) || (duty.owner !== '' && duty.owner === model.me?.organisation.id));

/** @param {Duty} duty */
function callButton({ timeline, cause, debtors }) {
  const to = ['doctor', 'nurse'].find((role) => debtors.some(({ roles }) => roles.includes(role))) ?? 'other';
  return html`<button class="button button-small" type="button" @click=${asks('write-record', { timeline, kind: 'call', values: { about: cause, to, reached: true } })}>
    ${icon('edit')}<span>${say('duty_phoned')}</span></button>`;
}

/** @param {Model} model @param {Item} item */
function acknowledgeButton(model, item) {
  const busy = model.isAcknowledging(item.timeline, item.id);
  return html`<button class="button button-small button-primary acknowledge" type="button" aria-disabled=${String(busy)} @click=${() => model.acknowledge(item)}>
    ${busy ? onItsWay(model) : html`${icon('check')}<span>${say('acknowledgement_do')}</span>`}</button>`;
}

/** @param {Model} model @param {Duty} duty */
export function dutyActs(model, duty) {
  const mine = isOpen(duty) && owes(duty.debtors, model.me);
  const answers = answersTo(model, duty);
  const logs = mayLogCall(model, duty);
  if (!mine && !logs && answers.length === 0) return nothing;
  return html`<p class="duty-acts">${mine ? meetingActs(model, duty) : nothing}${logs ? callButton(duty) : nothing}
    ${answers.length ? html`<button class="button button-small button-text" type="button" @click=${asks('answer-duty', duty)}>${icon('reply')}
      <span>${say(answerPhrase(answers))}</span></button>` : nothing}</p>`;
}

/** @param {Model} model @param {Duty} duty */
export function tone(model, duty) {
  if (!isOpen(duty)) return duty.stands === 'met' ? 'done' : 'ended';
  return isLate(duty, model.clock.now()) && !isUnable(duty, model.myId) ? 'late' : 'open';
}

/** @type {Record<string, 'check' | 'stop' | 'close'>} */
const ENDED_SIGNS = { met: 'check', declined: 'stop' };

/** How it stands as a sign beside the words: only what was done is ticked. @param {Duty} duty */
export const dutySign = (duty) => icon(isOpen(duty) ? 'clock' : (ENDED_SIGNS[duty.stands] ?? 'close'));

/** Whether somebody owes an acknowledgement of this entry that this person may give in one tap. @param {Model} model @param {Item} item */
export const asksForAcknowledgement = (model, item) => model.timelines.get(item.timeline)?.duties.openedBy(item.id)
  .some((duty) => duty.acknowledge && isOpen(duty) && owes(duty.debtors, model.me)) ?? false;

/** @param {Model} model @param {Item} item */
export function dutiesOf(model, item) {
  const duties = model.timelines.get(item.timeline)?.duties.openedBy(item.id) ?? [];
  if (duties.length === 0) return nothing;
  return html`<ul class="duties" aria-label=${say('duties')}>${duties.map((duty) => html`<li class="duty duty-${tone(model, duty)}">
    ${dutySign(duty)}
    <div class="duty-words"><p>${dutyLine(model, duty)}</p>
      ${dutyActs(model, duty)}
      <details class="duty-more"><summary>${inLanguage(model.owing.title(duty.rule) ?? undefined) || say('ruling')}</summary>
        ${isOpen(duty) ? whenNobodyActs(model, duty, duty.told) : nothing}
        ${duty.unconfirmed ? html`<p class="quiet">${say('duty_unconfirmed')}</p>` : nothing}
        <renkei-citation .citation=${duty.rule} .atMs=${duty.openedAtMs} .words=${language()}></renkei-citation></details></div></li>`)}</ul>`;
}

/** @param {Model} model @param {Duty} duty */
export const dutyLine = (model, duty) => html`<b>${owedText(model, duty)}</b>
  <span class="duty-standing">${standingText(model, duty, model.clock.now())}</span>`;

// ── the course of a duty, line by line ──

/** @type {Record<string, (model: Model, body: any, duty: Duty | undefined) => string>} */
const SAID = {
  opened(model, { opened }) {
    const duty = readDuty(opened);
    return say('step_opened', { owed: owedText(model, duty), until: untilText(duty) });
  },
  reminded: (model, _, duty) => say('step_reminded', { who: duty ? debtorsText(model, duty.debtors) : '' }),
  overdue: () => say('step_overdue'),
  escalated: (model, { escalated }) => say('step_escalated', { who: debtorsText(model, (escalated.told ?? []).map(readDebtor)) }),
  inherited: (model, { inherited }) => say('step_inherited', { who: debtorsText(model, (inherited.to ?? []).map(readDebtor)) }),
  metAtUs: (_, { metAtUs }) => say('step_met', { at: moment(msOfUs(metAtUs)) }),
  closed: (_, { closed }) => say('step_closed', { reason: word('close_reason', closed) }),
  declined: () => say('answer_declined'),
  snoozedUntilUs: (_, { snoozedUntilUs }) => say('answer_snoozed', { at: moment(msOfUs(snoozedUntilUs)) }),
  waived: () => say('answer_waived'),
  handedOver: (model, { handedOver }) => say('answer_handed_over', { who: debtorsText(model, (handedOver.to ?? []).map(readDebtor)) }),
  cannotGo: () => say('answer_cannot_go'),
};

/** What happened to a duty, or was said to it. @param {Model} model @param {Item} item */
export function courseText(model, { timeline, body }) {
  const duty = model.timelines.get(timeline)?.duties.all.get(body.duty);
  const found = Object.keys(SAID).find((field) => body[field] !== undefined);
  return found ? SAID[found](model, body, duty) : '';
}
