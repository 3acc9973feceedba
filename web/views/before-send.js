// What the rules say to a draft before it is sent, in one calm card: the verdict; which agreed rule holds it, what is
// missing and the ways on; which duties it opens, for whom and by when, and who is told next; at most two pieces of advice.
// While the hub cannot be asked, what this device foresees in its place.

import '../later-phrases.js';
import { html, live, nothing } from '../vendor/lit.js';
import { aside, inLanguage, language, say, word } from '../language.js';
import { ADVICE_MAX, TEXT_CHARS_MAX } from '../limits.js';
import { circumstances, waysOn } from '../ways.js';
import { owedText, untilText, whenNobodyActs } from './duty-words.js';
import { foreseenPanel, foreseenRest } from './foreseen.js';
import { icon } from './icons.js';
import { verdictPanel } from './verdict.js';
import './citation.js';


/**
 * What the form around the card can do. @typedef {object} Form
 * @property {string[]} offered names of its fields
 * @property {(way: import('../ways.js').Way) => void} take goes a way on
 * @property {boolean} [saysVerdict] it says itself whether this can be sent
 * @property {string} [held] what it says while something is asked for, where nothing is sent but done
 * @typedef {import('../draft.js').Draft} Draft
 * @typedef {import('../frames.js').Hold} Hold
 */

/** @type {Form} */
const NOTHING_OFFERED = { offered: [], take: () => {} };

/** @param {Draft} draft @param {Form} [form] */
export function beforeSend(draft, form = NOTHING_OFFERED) {
  const { state, verdict, model } = draft;
  const foreseen = state === 'unknown' ? draft.foreseen : null;
  const holds = state === 'empty' ? [] : [...draft.holds.values()];
  const shown = verdict?.verdict === 'accepted' ? verdict : null;
  return html`<div class="before-send">
    ${foreseen ? foreseenPanel(foreseen) : form.saysVerdict && verdict && (shown || holds.length) ? nothing : verdictPanel(state, verdict, form.held)}
    ${holds.length ? html`<ul class="holds" aria-label=${say('holds')}>${holds.map((hold) => held(draft, hold, form))}</ul>` : nothing}
    ${shown?.opened.length ? html`<section class="promises" aria-label=${say('opens_duties')}><h4>${say('opens_duties')}</h4>
      <ul>${shown.opened.map((duty) => promise(model, duty, shown.words))}</ul></section>` : nothing}
    ${shown ? advice(shown) : nothing}
    ${foreseen ? foreseenRest(foreseen, model.clock.now()) : nothing}
  </div>`;
}

/** @param {Draft} draft @param {Hold} hold @param {Form} form */
function held(draft, hold, form) {
  const written = draft.reasons.get(hold.citation) ?? '';
  const foreseen = draft.state === 'unknown' ? draft.foreseen?.says : '';
  const passes = (draft.state === 'judged' && draft.verdict?.verdict === 'accepted') || foreseen === 'accepted';
  const id = `reason-${hold.citation.replace(/\W/g, '-')}`;
  const others = circumstances(hold, form.offered);
  return html`<li class="hold ${passes ? 'hold-passes' : ''}">
    <h4>${passes ? icon('check') : nothing}<span>${inLanguage(hold.title)}</span></h4>
    ${passes ? html`<p>${say('hold_passes')}</p>` : html`<p class="quiet">${inLanguage(hold.reason)}</p>${missing(hold)}`}
    ${passes ? nothing : html`<p class="hold-ways">${waysOn(hold, form.offered).map((way) => html`<button class="button button-small" type="button"
      @click=${() => form.take(way)}>${icon(WAY_ICONS[way.way])}<span>${wayText(way)}</span></button>`)}</p>
      ${others.length ? html`<p class="quiet">${say('hold_exceptions')} ${others.map(inLanguage).join('・')}</p>` : nothing}`}
    ${hold.reasonOk ? html`<label class="hold-reason" for=${id}><span>${say(passes ? 'reason' : 'hold_reason')}</span>
      <textarea id=${id} rows="1" maxlength=${TEXT_CHARS_MAX} .value=${live(written)} placeholder=${say('hold_reason_how')}
        @input=${(/** @type {any} */ event) => draft.write(hold.citation, event.target.value)}></textarea></label>` : nothing}
    <div class="hold-rule"><renkei-citation .citation=${hold.citation} .words=${language()}></renkei-citation></div>
  </li>`;
}

/** What is so, and what is wanted; one of several is enough. @param {Hold} hold */
function missing({ missing: choices }) {
  return html`<dl class="missing">${choices.map((all, at) => all.map(({ wanted, now }) => html`
    ${at > 0 ? html`<div class="missing-or"><dt>${say('missing_or')}</dt><dd></dd></div>` : nothing}
    <div><dt>${say('missing_now')}</dt><dd>${inLanguage(now)}</dd></div>
    <div><dt>${say('missing_wanted')}</dt><dd><b>${inLanguage(wanted)}</b></dd></div>`))}</dl>`;
}

const WAY_ICONS = /** @type {const} */ ({ attach: 'clip', mark: 'alarm', write: 'edit' });

/** @param {import('../ways.js').Way} way */
function wayText(way) {
  if (way.way === 'attach') return say('way_attach');
  if (way.way === 'write') return say('way_write', { kind: word('kind', way.kind) });
  return say(way.field === 'emergency' ? 'way_emergency' : 'way_family_request');
}

/** @param {import('../model.js').Model} model @param {import('../frames.js').Duty} duty @param {import('../frames.js').RuleInWords[]} words */
function promise(model, duty, words) {
  const rule = words.find(({ citation }) => citation === duty.rule);
  return html`<li class="promise">${icon('clock')}<div>
    <p><b>${owedText(model, duty)}</b> <span class="promise-due">${untilText(duty)}</span></p>
    ${rule ? html`<p class="quiet">${inLanguage(rule.title)}${duty.unconfirmed ? aside(say('duty_unconfirmed')) : ''}</p>` : nothing}
    ${whenNobodyActs(model, duty)}</div></li>`;
}

/** @param {import('../frames.js').Verdict} verdict */
function advice({ advice: cited, words }) {
  const said = words.filter(({ citation }) => cited.includes(citation)).slice(0, ADVICE_MAX);
  if (said.length === 0) return nothing;
  return html`<section class="advice" aria-label=${say('advice')}><h4>${say('advice')}</h4><ul>${said.map(({ title, says, audience }) => html`<li>
    <b>${inLanguage(title)}</b> <span>${inLanguage(says)}</span>${audience && audience !== 'author' ? html` <span class="mark">${say(/** @type {any} */ (`advice_for_${audience}`))}</span>` : nothing}</li>`)}</ul></section>`;
}
