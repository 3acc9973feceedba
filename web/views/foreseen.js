// What this device foresees of a draft while the hub cannot be asked, marked as such: whether it goes through, which duties it
// opens for whom and by when, advice, what is left to the hub and why; by which rules, and as of when. Part of the card
// before sending, which shows what holds it.

import { html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { inLanguage, language, say } from '../language.js';
import { ADVICE_MAX } from '../limits.js';
import { foreseenPhrase as phrase } from '../rules/phrases.js';
import { icon } from './icons.js';

/**
 * @typedef {import('../rules/foreseeing.js').Foreseen} Foreseen
 * @typedef {import('../rules/table.js').Rule} Rule
 */

const OPEN_NAMED_MAX = 5;
const LOOKS = /** @type {const} */ ({
  accepted: ['check', 'good'], held: ['hand', 'warning'], refused: ['stop', 'bad'], queued: ['link', 'warning'], unknown: ['wait', 'warning'],
});

/** The verdict in words, with its mark. @param {Foreseen} foreseen */
export function foreseenPanel({ says, cited }) {
  const [sign, tone] = LOOKS[says];
  return html`<div class="verdict verdict-${tone} foreseen" role="status"><p class="foreseen-mark">${icon('wait')}<span>${phrase('by_device')}</span></p>
    <p>${icon(sign)}<b>${phrase(says)}</b></p>
    ${cited.length ? html`<ul class="reasons">${cited.map(({ title }) => html`<li>${inLanguage(title)}</li>`)}</ul>` : nothing}</div>`;
}

/** What follows the verdict and what holds it. @param {Foreseen} foreseen @param {number} [nowMs] */
export function foreseenRest(foreseen, nowMs = Date.now()) {
  const { says, opened, advice } = foreseen;
  const goes = says === 'accepted' || says === 'unknown';
  return html`${goes && opened.length ? html`<section class="promises" aria-label=${phrase('opens')}><h4>${phrase('opens')}</h4>
      <ul>${opened.map((rule) => promise(rule, nowMs))}</ul></section>` : nothing}
    ${goes && advice.length ? html`<section class="advice" aria-label=${say('advice')}><h4>${say('advice')}</h4><ul>${advice.slice(0, ADVICE_MAX).map(advised)}</ul></section>` : nothing}
    ${says === 'refused' || says === 'queued' ? nothing : leftToHub(foreseen)}
    ${howKnown(foreseen, nowMs)}`;
}

/** @param {Rule} rule @param {number} nowMs */
function promise({ title, duty }, nowMs) {
  if (!duty) return nothing;
  const who = inLanguage(duty.owed_by);
  return html`<li class="promise">${icon('clock')}<div>
    <p><b>${phrase('owed', { who, act: inLanguage(duty.met_by) })}</b> <span class="foreseen-due">${phrase('within', { span: inLanguage(duty.within) })}${duty.business ? nothing
      : phrase('within_now', { at: moment(nowMs + duty.within_s * 1000, nowMs) })}</span></p>
    <p class="quiet">${inLanguage(title)}</p>
    ${duty.chain.length ? html`<p class="quiet chain">${phrase('then')} ${duty.chain.map(inLanguage).join(' → ')}</p>` : nothing}</div></li>`;
}

/** @param {Rule} rule */
const advised = ({ title, says, audience }) => html`<li><b>${inLanguage(title)}</b> <span>${inLanguage(says)}</span>${audience
  ? html` <span class="mark">${say(/** @type {any} */ (`advice_for_${audience}`))}</span>` : nothing}</li>`;

/** What only the hub can say. @param {Foreseen} foreseen */
function leftToHub({ mayHold, mayOpen, mayAdvise, open }) {
  const left = /** @type {const} */ ([...mayHold.map((rule) => ['may_hold', rule]), ...mayOpen.map((rule) => ['may_open', rule]), ...mayAdvise.map((rule) => ['advice_open', rule])]);
  if (left.length === 0 && open.length === 0) return nothing;
  const named = open.slice(0, OPEN_NAMED_MAX).map(inLanguage).join(language() === 'en' ? '; ' : '、');
  return html`<section class="foreseen-later" aria-label=${phrase('later')}><h4>${phrase('later')}</h4>
    ${left.length ? html`<ul>${left.map(([how, rule]) => html`<li>${inLanguage(/** @type {Rule} */ (rule).title)} <span class="mark">${phrase(/** @type {any} */ (how))}</span></li>`)}</ul>` : nothing}
    ${named ? html`<p class="quiet">${phrase('not_known')} ${named}</p>` : nothing}</section>`;
}

/** By which rules, and as of when; the set of what is shown stands for the others. @param {Foreseen} foreseen @param {number} nowMs */
function howKnown({ sets, held, cited, opened, mayHold, advice, fetchedAtMs, syncedAtMs }, nowMs) {
  const [shown] = [...held, ...cited, ...opened, ...mayHold, ...advice];
  const first = sets.find(({ id, version }) => shown?.citation.includes(`@${id}/${version}#`)) ?? sets[0];
  const more = sets.length > 1 ? ` ${phrase('sets_more', { count: sets.length - 1 })}` : '';
  const named = first ? `${inLanguage(first.title)} ${first.version}${more}` : '';
  return html`<p class="quiet foreseen-how">${phrase('how_known', { rules: moment(fetchedAtMs, nowMs), sets: named, synced: moment(syncedAtMs, nowMs) })}</p>`;
}
