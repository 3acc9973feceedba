// `<renkei-duties>`: what this person owes across their patients, due soonest first, each with what opened it, what they said they cannot do, and what ended last, done or not. For the
// secretariat: also what is past its due time anywhere, and how all other duties of the region stand.

import { html, nothing, repeat } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { isLate } from '../duties.js';
import { gist } from '../gist.js';
import { inLanguage, say, word } from '../language.js';
import { currentBody } from '../timeline.js';
import { agreementsAsked } from './agreement.js';
import { dutyActs, dutyLine, dutySign, tone } from './duty.js';
import { whoText } from './face.js';
import { icon } from './icons.js';
import { View } from './view.js';

/** @typedef {import('../duties.js').Duty} Duty */

export class DutyList extends View {
  render() {
    const { model } = this;
    const { open, unable, done } = model.owing.mine;
    const now = model.clock.now();
    const coming = open.filter((duty) => !isLate(duty, now));
    const late = open.filter((duty) => isLate(duty, now));
    const none = say(model.isSecretariat ? 'duties_none_here' : 'duties_none');
    return html`<div class="duty-list">
      <header class="duty-list-head"><a class="button button-text back" href="#/">${icon('back')}<span>${say('to_list')}</span></a>
        <h1>${say(model.isSecretariat ? 'duties' : 'duties_mine')}</h1></header>
      ${open.length === 0 && model.needs.agreements.length === 0 ? html`<div class="duty-none">${icon('check')}<p>${none}</p></div>` : nothing}
      ${agreementsAsked(model)}
      ${this.section(say('duties_coming'), coming)}
      ${this.section(say('duties_late'), late)}
      ${this.section(say('duties_unable'), unable)}
      ${this.section(say('duties_elsewhere'), model.owing.elsewhere)}
      ${this.section(say('duties_done'), done.filter(({ stands }) => stands === 'met'))}
      ${this.section(say('duties_ended'), done.filter(({ stands }) => stands !== 'met'))}
    </div>`;
  }

  /** @param {string} title @param {Duty[]} duties */
  section(title, duties) {
    if (duties.length === 0) return nothing;
    return html`<section><h2>${title} <small>${duties.length}</small></h2><ul class="duties">${repeat(duties, ({ id }) => id, (duty) => this.row(duty))}</ul></section>`;
  }

  /** Whose duties these are: a patient's, or an office's own. @param {string} timeline */
  subject(timeline) {
    const office = this.model.organisationName(timeline);
    return office ? { kanji: office, kana: '' } : this.model.patientName(timeline);
  }

  /** What it is about, in one line that leads there; nothing of what this reader may not see. @param {Duty} duty */
  opening({ timeline, cause }) {
    const { model } = this;
    const item = model.timelines.get(timeline)?.byId.get(cause);
    if (!item) return nothing;
    const words = item.retraction ? say('quote_retracted') : gist(currentBody(item));
    return html`<p class="duty-opening"><span class="quiet">${say('duty_opening')}</span> <a href="#/patients/${timeline}/${cause}">${whoText(model, item.author)}
      <small>${word('kind', item.kind)}・${moment(item.recordedAtMs)}</small>${words ? html` <q>${words}</q>` : nothing}</a></p>`;
  }

  /** @param {Duty} duty */
  row(duty) {
    const { model } = this;
    const name = this.subject(duty.timeline);
    return html`<li class="duty duty-${tone(model, duty)}">${dutySign(duty)}
      <div class="duty-words">
        <p class="duty-patient"><a href="#/patients/${duty.timeline}${duty.cause ? `/${duty.cause}` : ''}"><b>${name.kanji || say('loading')}</b> <small>${name.kana}</small></a></p>
        <p>${dutyLine(model, duty)}</p>
        ${this.opening(duty)}
        <p class="quiet">${inLanguage(model.owing.title(duty.rule) ?? undefined)}</p>
        ${dutyActs(model, duty)}
      </div></li>`;
  }
}

customElements.define('renkei-duties', DutyList);
