// `<renkei-door>`: what stands before the page until somebody is signed in, and again when they no longer are. What it says
// is in `sign-in.js`, how one gets in in `entrance.js`. Knows no model: what is behind it may not be there yet.

import { LitElement } from '../vendor/lit.js';
import { currentEnrolment, currentInvitation, keepToken } from '../credentials.js';
import { Entrance } from '../entrance.js';
import { chooseLanguage, language } from '../language.js';
import { envelopeNotice } from './envelope-notice.js';
import { signInPage } from './sign-in.js';
import '../door-phrases.js';

/** A new page for a new person: nothing of the one before can remain. */
const anew = () => location.replace(location.pathname);

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
    this.envelopes = { delivered: 0, left: 0 };
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
    this.entrance.look();
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
      notice: envelopeNotice(this.envelopes),
    });
  }
}

customElements.define('renkei-door', Door);
