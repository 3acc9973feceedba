// Getting in, step by step: a passkey, another service, or name, password and code; or an invitation with its code, then a passkey, or a
// password and an authenticator; then the role, where there are several. Knows no DOM; the view is `views/sign-in.js`.

import { deviceName, forgetEnrolment, forgetInvitation, keepInvitation, markSignedIn } from './credentials.js';
import { Enrolment } from './enrolment.js';
import { say } from './language.js';
import { leave } from './outside.js';
import { NoPasskey, knowsPasskeys, makePasskey, showPasskey } from './passkeys.js';

/**
 * @typedef {import('./rest.js').HeldPosition} HeldPosition
 * @typedef {object} Opened what an invitation is for
 * @property {{kanji: string, kana: string}} name
 * @property {string} login
 * @property {'first' | 'recovery'} purpose
 * @property {string} authenticator_uri
 * @property {string} authenticator_secret
 * @property {string} authenticator_qr
 * @property {number} password_chars_min
 */

export class Entrance {
  /**
   * @param {import('./rest.js').Rest} rest
   * @param {{changed: () => void, entered: () => void, invitation: string | null, enrolment?: string | null, isBack?: boolean}} surroundings
   */
  constructor(rest, { changed, entered, invitation, enrolment = null, isBack = false }) {
    this.rest = rest;
    this.changed = changed;
    this.entered = entered;
    this.invitation = invitation;
    this.enrolment = enrolment ? new Enrolment(rest, enrolment) : null;
    /** @type {'sign_in' | 'code' | 'set_up' | 'second' | 'choose' | 'enrol'} */
    this.step = this.enrolment ? 'enrol' : invitation && !isBack ? 'code' : 'sign_in';
    /** @type {Opened | null} */
    this.opened = null;
    this.code = '';
    this.ticket = '';
    /** What the hub asks for besides another service. @type {import('./rest.js').SecondAsked | null} */
    this.second = null;
    /** @type {HeldPosition[]} */
    this.positions = [];
    /** @type {{text: {ja: string, en: string} | undefined, field: string, waitMs: number} | null} */
    this.trouble = null;
    this.busy = false;
    /** Whether links let people in: the demo alone. */
    this.takesLinks = false;
    /** Whether this browser can make passkeys for this hub. */
    this.takesPasskeys = false;
    /** What the other service is called by which people may sign in; empty: there is none. */
    this.outside = '';
    /** What the hub sees of this device. @type {import('./rest.js').ShownDevice | null} */
    this.device = null;
    this.looked = false;
    /** Whether the hub could not be asked. */
    this.isAway = false;
  }

  /** What the hub says of itself, asked until it answers; a page out of reach asks for name and password all the same. */
  async look() {
    if (this.looked) return;
    this.looked = true;
    this.isAway = false;
    const ways = await this.rest.ways().catch(({ status }) => {
      this.isAway = !status || status >= 500;
      return null;
    });
    this.looked = !this.isAway;
    this.takesLinks = ways?.links === true;
    this.takesPasskeys = ways?.passkeys === location.hostname && knowsPasskeys();
    this.outside = ways?.outside ?? '';
    this.device = ways?.device ?? null;
    this.changed();
  }

  /** @param {() => Promise<void>} work @param {string} of where on the page a trouble is told */
  async attempt(work, of = '') {
    if (this.busy) return;
    this.busy = true;
    this.trouble = null;
    this.changed();
    try {
      await work();
    } catch (/** @type {any} */ error) {
      const text = error instanceof NoPasskey ? { ja: say(error.code), en: say(error.code) } : error.reason;
      const ofPasskey = error instanceof NoPasskey || error.code === 'passkey_refused';
      this.trouble = { text, field: ofPasskey ? 'passkey' : of || (error.field ?? ''), waitMs: error.code === 'too_many_tries' ? error.retryAfterMs : 0 };
      this.failed(error.code);
    }
    this.busy = false;
    this.changed();
  }

  /** What cannot be gone on with begins anew. @param {string} code */
  failed(code) {
    if (code === 'invitation_refused' && this.step === 'set_up') this.step = 'code';
    if (code === 'sign_in_refused' && this.step === 'choose') this.step = 'sign_in';
    if (code === 'outside_refused') this.step = 'sign_in';
  }

  /** @param {string} login @param {string} password @param {string} code */
  signIn(login, password, code) {
    return this.attempt(async () => this.follow(await this.rest.signIn({ login, password, code, device: deviceName() })));
  }

  /** Whoever's passkey the device shows. */
  signInByPasskey() {
    return this.attempt(async () => {
      const { ceremony, options } = await this.rest.askForPasskey();
      this.follow(await this.rest.signInByPasskey({ ceremony, credential: await showPasskey(options), device: deviceName() }));
    });
  }

  /** Off to the other service. The page comes back with nothing in its hands. */
  signInOutside() {
    return this.attempt(async () => leave('sign_in', (await this.rest.leaveToSignIn()).location), 'outside');
  }

  /** The account opens by the other service from now on. */
  setUpOutside() {
    const given = { invitation: this.invitation ?? '', code: this.code };
    return this.attempt(async () => leave('sign_in', (await this.rest.leaveInvited(given)).location));
  }

  /** The page is back: what became of it. */
  comeBack() {
    return this.attempt(async () => {
      const answer = await this.rest.finishOutside({ device: deviceName() });
      if ('code' in answer) Object.assign(this, { second: answer, step: 'second' });
      else this.followInvited(answer);
    }, 'outside');
  }

  /** @param {string} code of the authenticator */
  showSecondCode(code) {
    const ticket = this.second?.ticket ?? '';
    return this.attempt(async () => this.follow(await this.rest.showSecond({ ticket, code, device: deviceName() })));
  }

  showSecondPasskey() {
    return this.attempt(async () => {
      const asked = this.second;
      if (!asked?.passkey) return;
      // A question is for one answer; whoever fails begins anew at the other service.
      this.second = { ...asked, passkey: null };
      const { ceremony, options } = asked.passkey;
      this.follow(await this.rest.showSecond({ ticket: asked.ticket, ceremony, credential: await showPasskey(options), device: deviceName() }));
    });
  }

  /** @param {string} code told apart from the link */
  open(code) {
    return this.attempt(async () => {
      this.opened = await this.rest.openInvitation({ invitation: this.invitation ?? '', code });
      this.code = code;
      this.step = 'set_up';
    });
  }

  /** @param {string} password @param {string} authenticatorCode */
  setUp(password, authenticatorCode) {
    return this.attempt(async () => {
      const { invitation, code } = this;
      const entered = await this.rest.acceptInvitation({ invitation: invitation ?? '', code, password, authenticator_code: authenticatorCode, device: deviceName() });
      this.followInvited(entered);
    });
  }

  /** The account opens by a passkey of this device from now on. */
  setUpByPasskey() {
    return this.attempt(async () => {
      const given = { invitation: this.invitation ?? '', code: this.code };
      const { ceremony, options } = await this.rest.askInvitedForPasskey(given);
      const made = { ceremony, credential: await makePasskey(options), name: deviceName(), device: deviceName() };
      const entered = await this.rest.acceptInvitationWithPasskey({ ...given, ...made });
      this.followInvited(entered);
    });
  }

  /** @param {HeldPosition} position */
  choose({ role, organisation }) {
    return this.attempt(async () => this.follow(await this.rest.choosePosition({ ticket: this.ticket, position: { role, organisation } })));
  }

  /** @param {string} invitation from the address, while the page is open */
  beginInvitation(invitation) {
    keepInvitation(invitation);
    Object.assign(this, { invitation, step: 'code', opened: null, trouble: null });
    this.changed();
  }

  /** @param {string} code told apart from the link of a device */
  openEnrolment(code) {
    return this.attempt(async () => this.enrolment?.open(code));
  }

  /** The certificate of this device; the link is used up. */
  fetchCertificate() {
    return this.attempt(async () => {
      await this.enrolment?.fetch();
      forgetEnrolment();
    });
  }

  /** The certificate is there, or was not meant. */
  leaveEnrolment() {
    forgetEnrolment();
    Object.assign(this, { enrolment: null, step: this.invitation ? 'code' : 'sign_in', trouble: null });
    this.changed();
  }

  /** Not this invitation: somebody who has an account signs in. */
  leaveInvitation() {
    forgetInvitation();
    Object.assign(this, { invitation: null, step: 'sign_in', opened: null, trouble: null });
    this.changed();
  }

  /** The invitation, if there was one, is used up. @param {import('./rest.js').Entered} entered */
  followInvited(entered) {
    forgetInvitation();
    this.invitation = null;
    this.follow(entered);
  }

  /** @param {{id: string | null, ticket: string | null, positions: HeldPosition[]}} entered */
  follow({ id, ticket, positions }) {
    this.opened = null;
    if (id) {
      markSignedIn(id);
      this.entered();
      return;
    }
    Object.assign(this, { ticket: ticket ?? '', positions, step: 'choose' });
  }
}
