// `<renkei-shell>`: the frame of the page. Header with the connection state, the patients at the left, one patient at the
// right (one of the two on a phone), and the address (#/patients/ID) that says which.

import { html, nothing } from '../vendor/lit.js';
import { consoleAddress } from '../console/address.js';
import { chooseLanguage, inLanguage, language, say, word } from '../language.js';
import { PHRASES } from '../phrases.js';
import { elementOf, fetchLater, later } from './coming.js';
import { connectionNotice, connectionState } from './connection.js';
import { currentAlarms } from '../timeline.js';
import { isFormer } from './emergency-marks.js';
import { face, whoText } from './face.js';
import { fetchFile } from './fetching.js';
import { icon } from './icons.js';
import { passkeyAlarms } from './passkey-alarms.js';
import { mayLeave } from './leaving.js';
import { View } from './view.js';
import './patients.js';

/** #/patients/ID, and the entry that a link leads to. */
const ADDRESS = /^#\/patients\/([0-9a-f-]{36})(?:\/([0-9a-f-]{36}))?$/;
const DUTIES = '#/duties';
const SENDING = '#/sending';
const CONSOLE = '#/console';
/** #/visits, and the patient who is visited. */
const VISITS = /^#\/visits(?:\/([0-9a-f-]{36}))?$/;
/** What comes after the list, and what only some people open: the element, and what is said when it does not come. */
const PARTS = /** @type {const} */ ({
  'renkei-patient': { load: () => import('./patient.js'), failed: 'later_failed' },
  'renkei-console': { load: () => Promise.all([import('./console/console.js'), fetchLater()]), failed: 'console_failed' },
  'renkei-visits': { load: () => Promise.all([import('./visiting/visits.js'), fetchLater()]), failed: 'visits_failed' },
});
const PART_AGAIN_MS = 5_000;

/** All of its words, and what it is called where those have no room. @param {string} title @param {string} short */
const wayWords = (title, short) => html`<span>${title}</span><span class="bar-short" aria-hidden="true">${short}</span>`;

export class Shell extends View {
  constructor() {
    super();
    /** @type {Set<string>} parts that are on their way */
    this.fetching = new Set();
    /** @type {Promise<void> | undefined} */
    this.doorComes = undefined;
    this.follow = () => {
      const [, patient = '', entry = ''] = ADDRESS.exec(location.hash) ?? [];
      const address = consoleAddress(location.hash);
      const visit = VISITS.exec(location.hash);
      if (address) this.model.showConsole(address);
      else if (visit) this.model.showVisits(visit[1]);
      else if (location.hash === DUTIES) this.model.showDuties();
      else if (location.hash === SENDING) this.model.showSending();
      else this.model.select(patient, entry);
    };
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('hashchange', this.follow);
    this.addEventListener('rule-wanted', this.findRule);
    this.addEventListener('answer-duty', this.answerDuty);
    this.addEventListener('file-wanted', this.findFile);
    this.addEventListener('write-record', this.writeRecord);
    this.addEventListener('emergency', this.breakGlass);
    this.addEventListener('entry-wanted', this.findEntry);
    this.model.rest.prove = async () => (await this.later('renkei-proof')).ask();
    this.follow();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.follow);
    this.removeEventListener('rule-wanted', this.findRule);
    this.removeEventListener('emergency', this.breakGlass);
    this.removeEventListener('entry-wanted', this.findEntry);
  }

  /** @param {any} event a `RuleWanted` of some citation below */
  findRule(event) {
    event.answer(this.model.rule(event.citation, event.atMs));
  }

  /** @param {any} event a `FileWanted` of some entry below */
  findFile(event) {
    fetchFile(this.model, event);
  }

  /** @param {any} event what somebody wants to say to a duty */
  async answerDuty({ detail: duty }) {
    (await this.later('renkei-duty-answer')).open(duty);
  }

  /** An entry is written on its patient's page. @param {any} event */
  async writeRecord({ detail, target }) {
    if (target.localName === 'renkei-composer') return;
    if (detail.kind === 'visit' && this.model.isVisitingNurse) return this.writeVisit(detail);
    await PARTS['renkei-patient'].load();
    if (this.model.selected !== detail.timeline) {
      location.hash = `#/patients/${detail.timeline}`;
      this.model.select(detail.timeline);
      await new Promise((painted) => { this.model.beforePaint(() => setTimeout(painted)); });
    }
    /** @type {import('./patient.js').PatientView | null} */ (this.querySelector('renkei-patient'))?.handOn('renkei-composer', new CustomEvent('write-record', { detail }));
  }

  /** Who visits writes it by choices, and what it answers goes along. @param {{timeline: string, values: {about?: string}}} wish */
  async writeVisit({ timeline, values }) {
    const [{ roundOf }] = await Promise.all([import('../visiting/round.js'), PARTS['renkei-visits'].load()]);
    roundOf(this.model, timeline).answer(values.about ?? '');
    location.hash = `#/visits/${timeline}`;
  }

  /** @param {any} event an `EntryWanted` of another patient, or from beside the timeline */
  findEntry({ timeline, entry }) {
    const address = `#/patients/${timeline}/${entry}`;
    if (location.hash === address) this.model.select(timeline, entry);
    else location.hash = address;
  }

  /** A dialog that comes a moment after the first view. @param {string} name */
  async later(name) {
    try {
      return await elementOf(this, name);
    } catch (error) {
      const [ja, en] = PHRASES.later_failed;
      this.model.say({ ja, en });
      throw error;
    }
  }

  async breakGlass() {
    (await this.later('renkei-emergency')).begin();
  }

  async openBoard() {
    (await this.later('renkei-board')).begin();
  }

  async openAccount() {
    (await this.later('renkei-account')).begin();
  }

  switchLanguage() {
    chooseLanguage(language() === 'ja' ? 'en' : 'ja');
    this.model.changed();
  }

  render() {
    const { model } = this;
    const title = this.title_();
    // Setting it tells the browser's window, also when it is the same.
    if (document.title !== title) document.title = title;
    if (model.stage === 'signed_out') return this.door();
    if (model.stage === 'pledging' || model.pledging.isOpen) {
      return later()?.pledgePage({ model, signOut: () => this.signOut(), switchLanguage: () => this.switchLanguage() }) ?? this.awaited();
    }
    if (model.paper) return later()?.paperSheet(model.paper);
    return html`
      <a class="skip" href="#main" @click=${(/** @type {Event} */ event) => this.skip(event)}>${say('skip')}</a>
      ${this.header()}
      <div class="banners">${connectionNotice(model)}
      ${model.trouble ? html`<p class="banner banner-warning" role="alert">${icon('alarm')}<span>${inLanguage(model.trouble)}</span>
        <button class="button button-small" type="button" @click=${() => model.say(null)}>${say('close')}</button></p>` : nothing}
      ${model.success ? html`<p class="banner banner-good" role="status">${icon('check')}<span>${inLanguage(model.success)}</span>
        <button class="button button-small" type="button" @click=${() => model.say(null)}>${say('close')}</button></p>` : nothing}
      ${passkeyAlarms(model.me)}
      ${later()?.newsLine(model, () => this.openBoard())}</div>
      ${model.console ? this.console(model.console) : model.visiting?.patient ? this.visit() : html`<div class="panes" data-open=${model.selected || model.showsDuties || model.showsSending || model.visiting || model.farewell ? 'patient' : 'list'}>
        <renkei-patients class="pane pane-list" .model=${model}></renkei-patients>
        <main id="main" class="pane pane-main" tabindex="-1">${this.main()}</main>
      </div>`}
      ${later() ? html`<renkei-emergency .model=${model}></renkei-emergency>
        <renkei-duty-answer .model=${model}></renkei-duty-answer>
        <renkei-account .model=${model} @sign-out=${() => this.signOut()} @switch-language=${() => this.switchLanguage()} @open-board=${() => this.openBoard()}></renkei-account>
        <renkei-devices .model=${model}></renkei-devices>
        <renkei-board .model=${model}></renkei-board>
        <renkei-proof .model=${model}></renkei-proof>` : nothing}
      <div class="unseen" role="log" aria-live="polite">${this.news()}</div>`;
  }

  /** Somebody was here and is no longer signed in. */
  door() {
    const { model } = this;
    if (customElements.get('renkei-door')) return html`<renkei-door .rest=${model.rest} .code=${model.signOutCode} .envelopes=${model.envelopes} @hub-there=${() => model.handInEnvelopes()}></renkei-door>`;
    this.doorComes ??= import('./door.js').then(() => this.requestUpdate(), () => location.reload());
    return html`<main id="main" class="sign-in"><p>${say('loading')}</p></main>`;
  }

  updated() {
    this.classList.toggle('is-paper', Boolean(this.model.paper));
  }

  title_() {
    const { alarms, entries } = this.model.needs.sum;
    const mark = alarms ? `⚠ ${alarms} ` : entries ? `(${entries}) ` : '';
    return `${mark}連携 Renkei`;
  }

  header() {
    const { model } = this;
    const { me } = model;
    return html`<header class="bar">
      <a class="brand" href="#/">${icon('link')}<span>連携 <small>Renkei</small></span></a>
      ${connectionState(this.model)}
      ${this.duties()}
      ${later()?.boardLink(model, () => this.openBoard()) ?? nothing}
      ${this.consoleLink()}
      ${this.pledges()}
      <div class="bar-me">
        ${me ? html`<button class="bar-me bar-account" type="button" title=${say('account')} @click=${() => this.openAccount()}>${face(me.role)}
          <span class="bar-name"><b>${me.person.name.kanji}</b><small>${word('role', me.role)}・${me.organisation.name}</small></span>
          <span class="bar-short">${say('account')}</span></button>` : nothing}
      </div>
      <button class="button button-text bar-language" type="button" lang=${language() === 'ja' ? 'en' : 'ja'} @click=${() => this.switchLanguage()}>
        ${icon('language')}<span>${language() === 'ja' ? 'English' : '日本語'}</span></button>
      <button class="button button-text bar-leave" type="button" @click=${() => this.signOut()}>
        ${icon('leave')}<span>${say('sign_out')}</span></button>
    </header>`;
  }

  /** The way to the duties of this person, with how many there are. */
  duties() {
    const { model } = this;
    const count = model.owing.waiting;
    // Families owe none as a rule, and the word says nothing to them.
    if (!count && model.me?.role === 'family') return nothing;
    const title = say(model.isSecretariat ? 'duties' : 'duties_mine');
    return html`<a class="button button-text duties-link" href=${DUTIES} aria-current=${model.showsDuties ? 'page' : nothing} title=${title}>
      ${icon('list')}${wayWords(title, say('duties_short'))}${count ? html`<b class="badge">${count}</b>` : nothing}</a>`;
  }

  /** The console, for those who have one. */
  consoleLink() {
    if (!this.model.hasConsole) return nothing;
    const [title, short, glyph] = this.consoleTitle();
    return html`<a class="button button-text console-link" href=${CONSOLE} aria-current=${this.model.console ? 'page' : nothing} title=${title}>
      ${icon(glyph)}${wayWords(title, short)}</a>`;
  }

  /** @returns {[string, string, 'office' | 'team']} */
  consoleTitle() {
    const { isSecretariat, me } = this.model;
    if (isSecretariat) return [say('console'), say('console_short'), 'office'];
    return me?.administers?.length ? [say('console_office'), say('console_office_short'), 'office'] : [say('console_region'), say('console_region'), 'team'];
  }

  /** It takes the whole width. @param {{section: string, item: string}} address */
  console({ section, item }) {
    return html`<main id="main" class="panes-one" tabindex="-1">${this.placeholder('renkei-console')
      ?? html`<renkei-console .model=${this.model} .section=${section} .item=${item}></renkei-console>`}</main>`;
  }

  /** So does a visit: it is written with both hands. */
  visit() {
    return html`<main id="main" class="panes-one" tabindex="-1">${this.visits()}</main>`;
  }

  visits() {
    return this.placeholder('renkei-visits') ?? html`<renkei-visits .model=${this.model}></renkei-visits>`;
  }

  /** What stands in place of a part until it is there. @param {keyof typeof PARTS} name */
  placeholder(name) {
    if (customElements.get(name)) return undefined;
    if (!this.fetching.has(name)) this.fetchPart(name);
    return html`<div class="empty">${icon('sync')}<p>${say('loading')}</p></div>`;
  }

  /** @param {keyof typeof PARTS} name */
  async fetchPart(name) {
    this.fetching.add(name);
    const { load, failed } = PARTS[name];
    try {
      await load();
      this.fetching.delete(name);
      this.requestUpdate();
    } catch {
      // Where nobody asked for it, it is tried again in silence; not at every painting.
      setTimeout(() => {
        this.fetching.delete(name);
        this.requestUpdate();
      }, PART_AGAIN_MS);
      if (!location.hash) return;
      const [ja, en] = PHRASES[failed];
      this.model.say({ ja, en });
      location.hash = '';
    }
  }

  /** What ran out and waits to be pledged again. */
  pledges() {
    const { pledging } = this.model;
    if (pledging.owed.length === 0) return nothing;
    return html`<button class="button button-text" type="button" title=${say('pledges_title')} @click=${() => pledging.open(true)}>
      ${icon('check')}${wayWords(say('pledges_title'), say('pledges_short'))}<b class="badge">${pledging.owed.length}</b></button>`;
  }

  /** In place of what is on its way. */
  awaited() {
    fetchLater().then(() => this.requestUpdate(), () => {});
    return html`<div class="empty">${icon('sync')}<p>${say('loading')}</p></div>`;
  }

  main() {
    const { model } = this;
    if ((model.showsSending || model.showsDuties) && !later()) return this.awaited();
    if (model.showsSending) return html`<renkei-sending .model=${model}></renkei-sending>`;
    if (model.showsDuties) return html`<renkei-duties .model=${model}></renkei-duties>`;
    if (model.selected && (model.patients.has(model.selected) || model.timelines.has(model.selected))) {
      return this.placeholder('renkei-patient') ?? html`<renkei-patient .model=${model}></renkei-patient>`;
    }
    if (model.selected && model.hub.connection.phase !== 'live' && !model.farewell) {
      return html`<div class="empty">${icon('sync')}<p>${say('loading')}</p></div>`;
    }
    if (model.farewell) {
      const { name, reason } = model.farewell;
      return html`<div class="empty" role="alert">${icon('link')}<h1>${say('farewell', { name })}</h1>
        <p>${inLanguage(reason) || say('farewell_explained')}</p>
        <a class="button" href="#/">${say('to_list')}</a></div>`;
    }
    // An address of somebody else's, or of a patient who was shared.
    if (model.selected && isFormer(model, model.selected)) {
      return html`<div class="empty">${icon('link')}<h1>${say('not_shared')}</h1><a class="button" href="#/">${say('to_list')}</a></div>`;
    }
    if (model.visiting || model.isVisitingNurse) return this.visits();
    return html`<div class="empty">${icon('team')}<h1>${say('choose_patient')}</h1><p>${say(model.isSecretariat ? 'choose_patient_desk' : 'choose_patient_how')}</p></div>`;
  }

  /** What a screen reader says when an entry arrives. */
  news() {
    const item = this.model.arrived;
    if (!item || item.author.person === this.model.myId) return nothing;
    const values = {
      patient: this.model.patientName(item.timeline).kanji,
      who: whoText(this.model, item.author),
      kind: word('kind', item.kind),
    };
    return say(currentAlarms(item).length > 0 ? 'news_alarm' : 'news', values);
  }

  /** The address belongs to the patient, so "skip to content" moves the focus itself. @param {Event} event */
  skip(event) {
    event.preventDefault();
    document.getElementById('main')?.focus();
  }

  signOut() {
    if (!mayLeave(this.model)) return;
    location.hash = '';
    this.model.signOut();
  }
}

customElements.define('renkei-shell', Shell);
