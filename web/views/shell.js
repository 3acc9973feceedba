// `<renkei-shell>`: the frame of the page. Header with the connection state, the patients at the left, one patient at the
// right (one of the two on a phone), and the address (#/patients/ID) that says which.

import { html, nothing } from '../vendor/lit.js';
import { chooseLanguage, inLanguage, language, say, word } from '../language.js';
import { connectionNotice, connectionState } from './connection.js';
import { currentAlarms } from '../timeline.js';
import { face, whoText } from './face.js';
import { icon } from './icons.js';
import { signInPage } from './sign-in.js';
import { View } from './view.js';
import './emergency.js';
import './patient.js';
import './patients.js';

const ADDRESS = /^#\/patients\/([0-9a-f-]{36})$/;

export class Shell extends View {
  constructor() {
    super();
    /** @type {(token: string) => void} */
    this.signIn = () => {};
    this.rejected = false;
    this.follow = () => this.model.select(ADDRESS.exec(location.hash)?.[1] ?? '');
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('hashchange', this.follow);
    this.addEventListener('rule-wanted', this.findRule);
    this.addEventListener('emergency', this.breakGlass);
    this.follow();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.follow);
    this.removeEventListener('rule-wanted', this.findRule);
    this.removeEventListener('emergency', this.breakGlass);
  }

  /** @param {any} event a `RuleWanted` of some citation below */
  findRule(event) {
    event.answer(this.model.rule(event.citation));
  }

  breakGlass() {
    /** @type {import('./emergency.js').EmergencyDialog | null} */ (this.querySelector('renkei-emergency'))?.begin();
  }

  switchLanguage() {
    chooseLanguage(language() === 'ja' ? 'en' : 'ja');
    this.model.changed();
  }

  render() {
    const { model } = this;
    document.title = this.title_();
    if (model.stage === 'signed_out') {
      return signInPage({
        code: model.signOutCode,
        rejected: this.rejected,
        signIn: this.signIn,
        reject: () => {
          this.rejected = true;
          this.requestUpdate();
        },
        switchLanguage: () => this.switchLanguage(),
      });
    }
    return html`
      <a class="skip" href="#main" @click=${(/** @type {Event} */ event) => this.skip(event)}>${say('skip')}</a>
      ${this.header()}
      ${connectionNotice(model)}
      <div class="panes" data-open=${model.selected ? 'patient' : 'list'}>
        <renkei-patients class="pane pane-list" .model=${model}></renkei-patients>
        <main id="main" class="pane pane-main" tabindex="-1">${this.main()}</main>
      </div>
      <renkei-emergency .model=${model}></renkei-emergency>
      <div class="unseen" role="log" aria-live="polite">${this.news()}</div>`;
  }

  title_() {
    let alarms = 0;
    let entries = 0;
    for (const id of this.model.patients.keys()) {
      const unread = this.model.unread(id);
      alarms += unread.alarms;
      entries += unread.entries;
    }
    const mark = alarms ? `⚠ ${alarms} ` : entries ? `(${entries}) ` : '';
    return `${mark}連携 Renkei`;
  }

  header() {
    const { me } = this.model;
    return html`<header class="bar">
      <a class="brand" href="#/">${icon('link')}<span>連携 <small>Renkei</small></span></a>
      ${connectionState(this.model)}
      <div class="bar-me">
        ${me ? html`${face(me.role)}<span class="bar-name"><b>${me.person.name.kanji}</b>
          <small>${word('role', me.role)}・${me.organisation.name}</small></span>` : nothing}
      </div>
      <button class="button button-text" type="button" lang=${language() === 'ja' ? 'en' : 'ja'} @click=${() => this.switchLanguage()}>
        ${icon('language')}<span>${language() === 'ja' ? 'English' : '日本語'}</span></button>
      <button class="button button-text" type="button" @click=${() => this.signOut()}>
        ${icon('leave')}<span>${say('sign_out')}</span></button>
    </header>`;
  }

  main() {
    const { model } = this;
    if (model.selected && (model.patients.has(model.selected) || model.timelines.has(model.selected))) {
      return html`<renkei-patient .model=${model}></renkei-patient>`;
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
    return html`<div class="empty">${icon('team')}<h1>${say('choose_patient')}</h1><p>${say('choose_patient_how')}</p></div>`;
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
    const { unsent } = this.model.outbox;
    if (unsent > 0 && !confirm(say('sign_out_unsent', { count: unsent }))) return;
    location.hash = '';
    this.model.signOut();
  }
}

customElements.define('renkei-shell', Shell);
