// One entry of a timeline: who, when, what, and what became of it. Alarms, corrections and retractions are said in words
// and marks, not by colour alone; the original of a corrected entry is one click away.

import { html, nothing } from '../vendor/lit.js';
import { actsOn } from '../acts.js';
import { clockTime, dayOf, machineTime, moment } from '../dates.js';
import { aside, say, word } from '../language.js';
import { addresseesOf, selfOf, speaksTo } from '../mentions.js';
import { readersOf } from '../reached.js';
import { currentAlarms, currentBody, currentVersion } from '../timeline.js';
import { addressMark } from './address-mark.js';
import { behalfAsked, behalfLine } from './behalf.js';
import { bodyOf } from './bodies.js';
import { later } from './coming.js';
import { asksForAcknowledgement, courseText, dutiesOf } from './duty.js';
import { face, who, whoText } from './face.js';
import { icon } from './icons.js';
import { repliesTo } from './quote.js';
import { ruling as rulingOf } from './ruling.js';

/** The device's time is worth a word when it differs by a minute from the hub's. */
const CLAIM_DIFFERS_MS_MIN = 60_000;
const ABOUT_ANOTHER = new Set(['acknowledgement', 'correction', 'retraction']);
/** Membership and consent: one line each, opened when wanted, so that they do not crowd out what was said and seen. */
const ADMINISTRATIVE = new Set(['registration', 'consent', 'team_link', 'team_unlink', 'host_change', 'closing']);
const COURSE_OF_A_DUTY = new Set(['duty_step', 'duty_answer']);

/**
 * @typedef {import('../timeline.js').Item} Item
 * @typedef {import('../model.js').Model} Model
 * @typedef {(act: import('../acts.js').Act | 'reply', item: Item) => void} Follow
 */

/** A family has no use for citations. @param {Model} model @param {Item} item */
const ruling = (model, item) => (model.me?.role === 'family' ? nothing : rulingOf(item));

/** @param {Item} item */
function times(item) {
  const { recordedAtMs, observedAtMs } = item;
  const differs = observedAtMs !== null && Math.abs(recordedAtMs - observedAtMs) >= CLAIM_DIFFERS_MS_MIN;
  return {
    recorded: html`<time datetime=${machineTime(recordedAtMs)} title=${say('recorded_at')}>${clockTime(recordedAtMs)}</time>`,
    claimed: differs
      ? html`<span class="claimed">${icon('clock')}<span>${say('observed_at', {
        at: dayOf(observedAtMs) === dayOf(recordedAtMs) ? clockTime(observedAtMs) : moment(observedAtMs),
      })}</span></span>`
      : nothing,
  };
}

/** Of one's own entry also that nobody has read it yet. @param {Model} model @param {Item} item */
function readBy(model, item) {
  const { length: count } = readersOf(model, item);
  if (count === 0 && item.author.person !== model.myId) return nothing;
  return html`<details class="read-by"><summary>${icon('eye')}<span>${say(item.sensitivity === 'restricted' ? 'read_past' : 'read_by', { count })}</span></summary>
    ${later() ? html`<renkei-readers .model=${model} .item=${item}></renkei-readers>` : nothing}</details>`;
}

/** @param {Model} model @param {Item} item */
function acknowledged(model, item) {
  const { acknowledgements } = item;
  if (acknowledgements.length === 0) return nothing;
  return html`<details class="read-by"><summary>${icon('check')}<span>${say('acknowledged_by', { count: acknowledgements.length })}</span></summary>
    <ul>${acknowledgements.map((one) => html`<li><b>${whoText(model, one.author)}</b> <small>${moment(one.recordedAtMs)}</small> ${one.body.text}</li>`)}</ul></details>`;
}

/** Every version of a corrected entry, the first one first. @param {Model} model @param {Item} item */
function history(model, item) {
  if (item.corrections.length === 0) return nothing;
  const versions = [{ version: item, body: item.body, reason: '' },
    ...item.corrections.map((version) => ({ version, body: version.body.body, reason: version.body.reason ?? '' }))];
  return html`<details class="history"><summary>${icon('edit')}<span>${say('corrected', { count: item.corrections.length })}</span></summary>
    <ol>${versions.map(({ version, body, reason }, at) => html`<li data-timeline=${item.timeline} data-entry=${version.id}>
      <p class="quiet">${at === 0 ? say('original') : say('correction_number', { at })}・${whoText(model, version.author)}・${moment(version.recordedAtMs)}
        ${version.retraction && version !== item ? html`・${say('correction_retracted')}` : nothing}</p>
      ${reason ? html`<p class="quiet">${say('reason')}: ${reason}</p>` : nothing}
      ${bodyOf(body, { model, alarms: version.alarms })}</li>`)}</ol></details>`;
}

/** A correction, retraction or acknowledgement where it happened: one line that leads to what it is about. */
function aboutAnother(/** @type {Model} */ model, /** @type {Item} */ item, /** @type {(id: string) => void} */ jump) {
  const target = model.timeline(item.timeline).byId.get(item.body.target);
  const sign = item.kind === 'acknowledgement' ? 'check' : item.kind === 'correction' ? 'edit' : 'stop';
  const about = target
    ? say('about', { kind: word('kind', target.kind), who: whoText(model, target.author), at: moment(target.recordedAtMs) })
    : '';
  return html`<p class="line">${icon(sign)}<span><b>${word('kind', item.kind)}</b>
    ${item.kind === 'retraction' ? aside(word('retraction_reason', item.body.reason ?? '')) : nothing}
    ${whoText(model, item.author)} ${times(item).recorded}
    ${target ? html`<button class="button-link" type="button" @click=${() => jump(target.id)}>${about}</button>` : nothing}
    ${item.body.text ?? ''}</span>${ruling(model, item)}</p>`;
}

/**
 * What became of a duty, where it happened: one quiet line that leads to what opened it.
 * @param {Model} model @param {Item} item @param {(id: string) => void} jump
 */
function course(model, item, jump) {
  const duty = model.timelines.get(item.timeline)?.duties.all.get(item.body.duty);
  const cause = duty && model.timeline(item.timeline).byId.get(duty.cause);
  const said = courseText(model, item);
  const about = cause && say('about', { kind: word('kind', cause.kind), who: whoText(model, cause.author), at: moment(cause.recordedAtMs) });
  return html`<p class="line line-course">${icon(item.kind === 'duty_answer' ? 'reply' : 'clock')}<span>${cause
    ? html`<button class="button-link" type="button" title=${about} @click=${() => jump(cause.id)}>${said}</button> <small>${word('kind', cause.kind)}</small>` : said}
    ${item.body.reason ? html`<q>${item.body.reason}</q>` : nothing}</span>
    <span class="line-who">${whoText(model, item.author)} ${times(item).recorded}</span></p>`;
}

/** @param {Model} model @param {Item} item */
function administrative(model, item) {
  const body = currentBody(item);
  const subject = body.kind === 'consent' ? word('consent_state', body.state ?? '')
    : body.kind === 'registration' ? (body.name?.kanji ?? '')
      : body.kind === 'closing' ? word('closing_reason', body.reason ?? '') : model.organisationName(body.organisation);
  // The doctor who is named attending agrees to the registration by acknowledging it, or says why not.
  const waits = item.kind === 'registration' && model.needs.agreement(item.timeline) === item;
  return html`<details class="line-details"><summary class="line">${icon('link')}<span><b>${word('kind', item.kind)}</b> ${subject}${waits ? html` <span class="mark mark-duty">${icon('hand')}<span>${say('mark_agreement')}</span></span>` : nothing}</span>
      <span class="line-who">${whoText(model, item.author)} ${times(item).recorded}</span></summary>
    <div class="line-body" data-timeline=${item.timeline} data-entry=${currentVersion(item).id}>${bodyOf(body, { model, alarms: [] })}
      <footer class="entry-foot">${history(model, item)}${readBy(model, item)}${ruling(model, currentVersion(item))}</footer></div></details>${waits ? html`<div class="duty">${icon('hand')}${later()?.agreementCard(model, item)}</div>` : nothing}${dutiesOf(model, item)}`;
}

/** @param {Model} model @param {Item} item */
function alarmBanner(model, item) {
  const alarms = currentAlarms(item);
  if (alarms.length === 0 || item.retraction) return nothing;
  return html`<p class="alarm-banner">${icon('alarm')}<b>${say('alarm')}</b>
    <span>${alarms.map((alarm) => word('vital_sign', alarm.sign)).join('・')}</span></p>`;
}

/** @param {Model} model @param {Item} item */
function retracted(model, item) {
  const { retraction } = item;
  if (!retraction) return nothing;
  return html`<div class="retracted"><p>${icon('stop')}<span>${say('retracted', {
    who: whoText(model, retraction.author),
    at: moment(retraction.recordedAtMs),
    reason: word('retraction_reason', retraction.body.reason ?? ''),
  })} ${retraction.body.text ?? ''}</span></p>
    <details><summary>${say('show_retracted')}</summary><div class="struck">${bodyOf(currentBody(item), { model, alarms: [] })}</div></details></div>`;
}

/** @param {Model} model @param {Item} item */
function addressed(model, item) {
  const forMe = speaksTo(item, selfOf(model.me), model.timeline(item.timeline).byId);
  return html`${forMe ? html`<span class="mark mark-mention">${icon('reply')}<span>${say('address_for_me')}</span></span>` : nothing}${addressMark(model, addresseesOf(currentBody(item), item.addressedTo))}
    ${item.sensitivity === 'restricted' ? html`<span class="mark mark-restricted">${icon('stop')}<span>${word('sensitivity', 'restricted')} <small>${say('restricted_means')}</small></span></span>` : nothing}`;
}

/** Why it was sent although a rule would have held it. @param {Item} item */
const passedBy = ({ reasons }) => (reasons.length ? html`<dl class="body-facts passed-by">${reasons.map(({ rule, text }) => html`<div>
  <dt>${say('reason_for_rule', { rule: rule.split('@')[0] })}</dt><dd>${text}</dd></div>`)}</dl>` : nothing);

const ACT_ICONS = /** @type {const} */ ({ acknowledgement: 'check', correction: 'edit', retraction: 'stop', reply: 'reply' });

/** What this person may say about it later. @param {Model} model @param {Item} item @param {Follow} follow */
function followUps(model, item, follow) {
  if (model.isSecretariat || !model.patients.has(item.timeline)) return nothing;
  const acts = [...(item.retraction ? [] : /** @type {const} */ (['reply'])), ...actsOn(item, model.myId)];
  const oneTap = asksForAcknowledgement(model, item);
  return acts.map((act) => html`<button class="button button-small button-text" type="button" @click=${() => follow(act, item)}>
    ${icon(ACT_ICONS[act])}<span>${say(act === 'acknowledgement' && oneTap ? 'acknowledgement_with_words' : `${act}_do`)}</span></button>`);
}

/**
 * @param {Model} model @param {Item} item @param {(id: string) => void} jump leads to another entry
 * @param {Follow} follow begins what is said about this one
 */
export function entry(model, item, jump, follow) {
  if (ABOUT_ANOTHER.has(item.kind)) return aboutAnother(model, item, jump);
  if (COURSE_OF_A_DUTY.has(item.kind)) return course(model, item, jump);
  if (ADMINISTRATIVE.has(item.kind) && !item.retraction) return administrative(model, item);
  const alarmed = currentAlarms(item).length > 0 && !item.retraction;
  const mine = item.author.person === model.myId;
  const { recorded, claimed } = times(item);
  const version = currentVersion(item);
  return html`<article class="entry ${alarmed ? 'entry-alarm' : ''} ${mine ? 'entry-mine' : ''}" tabindex="-1"
      aria-label="${word('kind', item.kind)}, ${whoText(model, item.author)}, ${moment(item.recordedAtMs)}">
    <header class="entry-head">${face(item.author.role)}${who(model, item.author)}${recorded}</header>
    <div class="entry-body" data-timeline=${item.timeline} data-entry=${version.id}>
      <p class="entry-kind"><span class="kind kind-${item.kind}">${word('kind', item.kind)}</span>${addressed(model, item)}</p>
      ${behalfLine(model, item)}${alarmBanner(model, item)}
      ${item.retraction ? retracted(model, item) : bodyOf(currentBody(item), { model, alarms: version.alarms })}
      ${passedBy(item)}${behalfAsked(model, item)}${dutiesOf(model, item)}
      <footer class="entry-foot">${claimed}${history(model, item)}${acknowledged(model, item)}${repliesTo(model, item)}${readBy(model, item)}${ruling(model, version)}${followUps(model, item, follow)}</footer>
    </div>
  </article>`;
}
