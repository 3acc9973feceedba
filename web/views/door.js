// `<renkei-door>`: what stands before the page until somebody is signed in, and again when they no longer are. What it says
// is in `sign-in.js`, how one gets in in `entrance.js`. Knows no model: what is behind it may not be there yet.

import { LitElement, html, nothing } from '../vendor/lit.js';
import { currentEnrolment, currentInvitation, keepToken } from '../credentials.js';
import { Entrance } from '../entrance.js';
import { chooseLanguage, language, say } from '../language.js';
import { envelopeNotice } from './envelope-notice.js';
import { icon } from './icons.js';
import { signInPage } from './sign-in.js';
import '../door-phrases.js';

/** A new page for a new person: nothing of the one before can remain. */
const anew = () => location.replace(location.pathname);

/** How often a hub that is out of reach is looked for. */
const LOOK_AGAIN_MS = 10_000;

export class Door extends LitElement {
  static properties = { code: {}, envelopes: { attribute: false } };

  constructor() {
    super();
    /** @type {import('../rest.js').Rest} */
    this.rest = /** @type {any} */ (undefined);
    /** Why somebody is here, or empty. */
    this.code = '';
    this.isBack = false;
    /** What earlier sign-ins left behind. */
    this.envelopes = { delivered: 0, left: 0, held: 0 };
    this.rejected = false;
    /** @type {Entrance | null} */
    this.entrance = null;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    const changed = () => this.requestUpdate();
    this.entrance ??= new Entrance(this.rest, { changed, entered: anew, invitation: currentInvitation(), enrolment: currentEnrolment(), isBack: this.isBack });
    this.look();
    window.addEventListener('online', this.look);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('online', this.look);
    clearTimeout(this.again);
  }

  /** The hub may come within reach while somebody stands here, and with it what is handed in without a sign-in. */
  look = async () => {
    const entrance = /** @type {Entrance} */ (this.entrance);
    const wasAway = entrance.isAway;
    clearTimeout(this.again);
    await entrance.look();
    if (entrance.isAway) this.again = setTimeout(this.look, LOOK_AGAIN_MS);
    else if (wasAway) this.dispatchEvent(new Event('hub-there'));
  };

  /** Whoever left something here must not think that it is gone. Numbers alone: anybody may hold the device. */
  notice() {
    const { envelopes, entrance } = this;
    return html`${entrance?.isAway ? html`<p class="notice notice-warning" role="status">${icon('offline')}<span>${say('door_away')}</span></p>` : nothing}
      ${envelopes.held > 0 ? html`<p class="notice notice-warning" role="status">${icon('wait')}<span>${say('door_kept', { count: envelopes.held })}</span></p>` : nothing}
      ${envelopeNotice(envelopes)}`;
  }

  render() {
    return signInPage({
      entrance: /** @type {Entrance} */ (this.entrance),
      code: this.code,
      rejected: this.rejected,
      signIn: (token) => {
        keepToken(token);
        anew();
      },
      reject: () => {
        this.rejected = true;
        this.requestUpdate();
      },
      switchLanguage: () => {
        chooseLanguage(language() === 'ja' ? 'en' : 'ja');
        this.requestUpdate();
      },
      notice: this.notice(),
    });
  }
}

customElements.define('renkei-door', Door);
