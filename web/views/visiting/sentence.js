// `<renkei-sentence>`: the one sentence of a note, typed (`said`, all of it) or spoken (`heard`, what is to be added).
// Speaking is agreed to once on a device; where the sound may leave the device, that is said first.

import { html, live, nothing } from '../../vendor/lit.js';
import { language } from '../../language.js';
import { phrase } from '../../visiting/phrases.js';
import { Listening, agree, isAgreed, isOffered, staysHere } from '../../visiting/speech.js';
import { icon } from '../icons.js';
import './icons.js';
import { View } from '../view.js';

const CHARS_MAX = 10_000;

export class Sentence extends View {
  static properties = { ...View.properties, value: {} };

  constructor() {
    super();
    this.value = '';
    this.local = false;
    this.trouble = false;
    /** @type {Listening | null} */
    this.listening = null;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.listening?.stop();
  }

  render() {
    return html`<label class="field" for="visit-sentence"><span>${phrase('one_sentence')}</span></label>
      <textarea id="visit-sentence" rows="2" maxlength=${CHARS_MAX} .value=${live(this.value)} placeholder=${phrase('one_sentence_how')}
        @input=${(/** @type {any} */ event) => this.dispatchEvent(new CustomEvent('said', { detail: event.target.value }))}></textarea>
      ${isOffered() ? html`<button class="button speech ${this.listening ? 'speech-on' : ''}" type="button" aria-pressed=${String(Boolean(this.listening))} @click=${this.press}>
        ${icon('microphone')}<span>${phrase(this.listening ? 'speech_stop' : 'speech_listen')}</span></button>` : nothing}
      <p role="status" class="quiet">${this.trouble ? phrase('speech_trouble') : this.listening && this.local ? phrase('speech_local') : nothing}</p>
      <dialog class="sheet speech-ask" aria-labelledby="speech-title"><form method="dialog">
        <header class="sheet-head"><h2 id="speech-title">${phrase('speech_title')}</h2></header>
        <div class="sheet-body"><p>${phrase(this.local ? 'speech_local' : 'speech_notice')}</p></div>
        <footer class="sheet-foot speech-ways"><button class="button" value="no">${phrase('speech_no')}</button>
          <button class="button button-primary" value="yes" @click=${this.agreed}>${phrase('speech_yes')}</button></footer></form></dialog>`;
  }

  async press() {
    if (this.listening) {
      this.listening.stop();
      return;
    }
    this.local = await staysHere(locale());
    this.requestUpdate();
    if (isAgreed(localStorage)) this.listen();
    else this.updateComplete.then(() => /** @type {HTMLDialogElement} */ (this.querySelector('dialog')).showModal());
  }

  agreed() {
    agree(localStorage);
    this.listen();
  }

  listen() {
    this.trouble = false;
    this.listening = new Listening({
      language: locale(), local: this.local,
      heard: (text) => this.dispatchEvent(new CustomEvent('heard', { detail: text })),
      ended: (trouble) => {
        this.listening = null;
        this.trouble = trouble;
        this.requestUpdate();
      },
    });
    this.requestUpdate();
  }
}

const locale = () => (language() === 'en' ? 'en-GB' : 'ja-JP');

customElements.define('renkei-sentence', Sentence);
