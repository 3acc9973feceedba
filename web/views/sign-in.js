// The page of somebody who is not signed in: how to get in, and why they were signed out. One step at a time, as
// `entrance.js` says: a passkey, another service, or name, password and code; an invitation's code; setting up both factors;
// a second factor; the role to act in.

import { html, nothing } from '../vendor/lit.js';
import { tokenIn } from '../credentials.js';
import { inLanguage, language, say, word } from '../language.js';
import { deviceHelp, deviceNotice, enrolmentPage } from './enrolment.js';
import { face } from './face.js';
import { icon } from './icons.js';

/** @typedef {import('../entrance.js').Entrance} Entrance */

/**
 * @param {{entrance: Entrance, code: string, rejected: boolean, signIn: (token: string) => void, reject: () => void, switchLanguage: () => void, notice: unknown}} page
 */
export function signInPage(page) {
  const { entrance, code, switchLanguage, notice } = page;
  const steps = { sign_in: () => signInForm(page), code: () => codeForm(entrance), set_up: () => setUpForm(entrance), second: () => secondForm(entrance), choose: () => choice(entrance), enrol: () => enrolling(entrance) };
  return html`<main id="main" class="sign-in">
    <div class="sign-in-card">
      <p class="brand brand-large">${icon('link')}<span>連携 <small>Renkei</small></span></p>
      ${reason(code, entrance)}${notice}
      ${steps[entrance.step]()}
      <button class="button button-text" type="button" lang=${language() === 'ja' ? 'en' : 'ja'} @click=${switchLanguage}>
        ${icon('language')}<span>${language() === 'ja' ? 'English' : '日本語'}</span></button>
    </div>
  </main>`;
}

/** Why somebody is here, where more can be said than a code. @type {Record<string, 'signed_out_ended' | 'signed_out_device_revoked' | 'signed_out_device_elsewhere' | 'device_notice'>} */
const REASONS = {
  sign_in_ended: 'signed_out_ended',
  sign_in_expired: 'signed_out_ended',
  device_revoked: 'signed_out_device_revoked',
  device_refused: 'device_notice',
  device_required: 'device_notice',
  device_elsewhere: 'signed_out_device_elsewhere',
};

/** @param {string} code why this person is here @param {Entrance} entrance */
function reason(code, { step, trouble }) {
  if (!code || step !== 'sign_in' || trouble) return nothing;
  const known = REASONS[code];
  const text = known ? say(known) : say('signed_out_other', { code });
  return html`<p class="notice notice-warning" role="alert">${icon('alarm')}<span>${text}</span></p>`;
}

/** @param {Entrance} entrance */
function trouble({ trouble }) {
  const wait = trouble && trouble.waitMs > 0 ? say('sign_in_wait', { minutes: Math.ceil(trouble.waitMs / 60_000) }) : '';
  return html`<p id="entrance-trouble" class="field-error" role="alert">${trouble ? html`${icon('alarm')}<span>
    ${inLanguage(trouble.text) || say('entrance_unreachable')} ${wait}</span>` : nothing}</p>`;
}

/** @param {(fields: Record<string, string>) => void} send */
const submits = (send) => (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
  send(Object.fromEntries([...data].map(([name, value]) => [name, String(value)])));
};

/** @param {Entrance} entrance @param {string} label */
const submitButton = ({ busy }, label) => html`<button class="button button-primary" type="submit" aria-disabled=${String(busy)}>
  ${busy ? say('entrance_busy') : label}</button>`;

const codeField = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ hint) => html`<label class="wide">${label}
  <input name=${name} inputmode="numeric" autocomplete="one-time-code" pattern="[0-9０-９ ]{6,8}" maxlength="8" required class="digits"
    aria-describedby="entrance-trouble"></label>${hint ? html`<p class="quiet">${hint}</p>` : nothing}`;

/** @param {{entrance: Entrance, rejected: boolean, signIn: (token: string) => void, reject: () => void}} page */
function signInForm({ entrance, rejected, signIn, reject }) {
  const send = submits(({ login, password, code }) => entrance.signIn(login, password, code));
  return html`<h1>${say('sign_in_title')}</h1>${deviceNotice(entrance)}
    ${entrance.takesPasskeys ? html`${passkeyButton(entrance, say('passkey_sign_in'), () => entrance.signInByPasskey())}
      ${entrance.trouble?.field === 'passkey' ? trouble(entrance) : nothing}` : nothing}
    ${entrance.outside ? html`${outsideButton(entrance, 'outside_sign_in', () => entrance.signInOutside())}
      ${entrance.trouble?.field === 'outside' ? trouble(entrance) : nothing}` : nothing}
    ${entrance.takesPasskeys || entrance.outside ? html`<h2 class="or-password">${say('or_password')}</h2>` : nothing}
    <form @submit=${send}>
      <label class="wide">${say('sign_in_name')}<input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required
        aria-describedby="entrance-trouble"></label>
      <label class="wide">${say('password')}<input name="password" type="password" autocomplete="current-password" required
        aria-describedby="entrance-trouble"></label>
      ${codeField('code', say('authenticator_code'), say('authenticator_code_where'))}
      ${isTold(entrance) ? nothing : trouble(entrance)}
      ${submitButton(entrance, say('sign_in'))}
    </form>
    <details class="more"><summary>${say('sign_in_cannot')}</summary><p class="quiet">${say('sign_in_cannot_explained')}</p></details>
    ${deviceHelp(entrance)}
    ${entrance.takesLinks ? linkForm(rejected, signIn, reject) : nothing}`;
}

/** @param {Entrance} entrance @param {string} label @param {() => void} act */
const passkeyButton = ({ busy }, label, act) => html`<button class="button button-primary button-passkey" type="button" aria-disabled=${String(busy)} @click=${act}>
  ${icon('key')}<span>${busy ? say('entrance_busy') : label}</span></button>`;

/** @param {Entrance} entrance @param {'outside_sign_in' | 'outside_set_up'} phrase @param {() => void} act */
const outsideButton = ({ busy, outside }, phrase, act) => html`<button class="button button-outside" type="button" aria-disabled=${String(busy)} @click=${act}>
  ${icon('link')}<span>${busy ? say('entrance_busy') : say(phrase, { name: outside })}</span></button>`;

/** Whether a trouble is told where it arose, above. @param {Entrance} entrance */
const isTold = ({ trouble, outside }) => trouble?.field === 'passkey' || (trouble?.field === 'outside' && outside !== '');

/** Another service proved one factor. @param {Entrance} entrance */
function secondForm(entrance) {
  const { second, outside } = entrance;
  if (!second) return nothing;
  return html`<h1>${say('outside_second')}</h1><p>${say('outside_second_how', { name: outside })}</p>
    ${second.passkey && entrance.takesPasskeys ? passkeyButton(entrance, say('proof_passkey'), () => entrance.showSecondPasskey()) : nothing}
    ${second.code ? html`<form @submit=${submits(({ code }) => entrance.showSecondCode(code))}>
      ${codeField('code', say('authenticator_code'), say('authenticator_code_where'))}${trouble(entrance)}${submitButton(entrance, say('go_on'))}
    </form>` : trouble(entrance)}`;
}

/** Only in the demo. @param {boolean} rejected @param {(token: string) => void} signIn @param {() => void} reject */
function linkForm(rejected, signIn, reject) {
  const send = submits(({ link }) => {
    const token = tokenIn(link);
    if (token) signIn(token);
    else reject();
  });
  return html`<form class="sign-in-link" @submit=${send} autocomplete="off">
    <label class="wide" for="sign-in-link">${say('sign_in_link')}</label>
    <input id="sign-in-link" name="link" type="password" spellcheck="false" required
      aria-describedby=${rejected ? 'sign-in-wrong' : nothing} aria-invalid=${rejected ? 'true' : nothing}>
    ${rejected ? html`<p id="sign-in-wrong" class="field-error" role="alert">${say('sign_in_wrong')}</p>` : nothing}
    <button class="button" type="submit">${say('sign_in_by_link')}</button></form>`;
}

/** @param {Entrance} entrance */
function codeForm(entrance) {
  return html`<h1>${say('invitation_title')}</h1><p>${say('invitation_code_how')}</p>
    <form @submit=${submits(({ code }) => entrance.open(code))}>
      ${codeField('code', say('invitation_code'), '')}
      ${trouble(entrance)}
      ${submitButton(entrance, say('go_on'))}
    </form>
    <button class="button-link" type="button" @click=${() => entrance.leaveInvitation()}>${say('have_account')}</button>`;
}

/** A device fetches its certificate. @param {Entrance} entrance */
function enrolling(entrance) {
  const codeOf = () => html`<form @submit=${submits(({ code }) => entrance.openEnrolment(code))}>
    ${codeField('code', say('device_code'), '')}${trouble(entrance)}${submitButton(entrance, say('go_on'))}</form>`;
  return enrolmentPage(entrance, { codeForm: codeOf, trouble: () => trouble(entrance) });
}

/** @param {Entrance} entrance */
function setUpForm(entrance) {
  const { opened } = entrance;
  if (!opened) return nothing;
  const title = html`<h1>${say(opened.purpose === 'first' ? 'set_up_title' : 'set_up_again_title', { name: opened.name.kanji })}</h1>`;
  const outside = entrance.outside ? html`<section class="set-up-outside">${outsideButton(entrance, 'outside_set_up', () => entrance.setUpOutside())}</section>` : nothing;
  if (!entrance.takesPasskeys) return html`${title}${outside}${setUpByPassword(entrance, opened)}`;
  return html`${title}
    <section class="set-up-passkey"><h2>${say('passkeys')}</h2><p>${say('passkey_make_how')}</p>
      ${passkeyButton(entrance, say('passkey_make'), () => entrance.setUpByPasskey())}</section>${outside}
    <details class="more" ?open=${entrance.trouble?.field === 'password' || entrance.trouble?.field === 'authenticator_code'}>
      <summary>${say('set_up_by_password')}</summary>${setUpByPassword(entrance, opened)}</details>
    ${trouble(entrance)}`;
}

/** @param {Entrance} entrance @param {import('../entrance.js').Opened} opened */
function setUpByPassword(entrance, opened) {
  const field = entrance.trouble?.field ?? '';
  const invalid = (/** @type {string} */ name) => (field === name ? 'true' : nothing);
  return html`<form class="set-up" @submit=${submits(({ password, code }) => entrance.setUp(password, code))}>
      <p class="set-up-name"><span>${say('sign_in_name')}</span><b>${opened.login}</b><small>${say('sign_in_name_keep')}</small></p>
      <input name="login" autocomplete="username" .value=${opened.login} hidden readonly>
      <section><h2>${say('set_up_password')}</h2><p class="quiet">${say('set_up_password_how', { count: opened.password_chars_min })}</p>
        <label class="wide">${say('password')}<input name="password" type="password" autocomplete="new-password" minlength=${opened.password_chars_min}
          required aria-invalid=${invalid('password')} aria-describedby="entrance-trouble"></label>
        <label class="choice-line"><input type="checkbox" @change=${showPassword}>${say('password_show')}</label></section>
      <section><h2>${say('set_up_authenticator')}</h2><p class="quiet">${say('set_up_authenticator_how')}</p>
        <img class="qr" alt=${say('set_up_authenticator_qr')} width="200" height="200" src="data:image/svg+xml;base64,${btoa(opened.authenticator_qr)}">
        <p><a class="button" href=${opened.authenticator_uri}>${say('set_up_authenticator_here')}</a></p>
        <p class="quiet">${say('set_up_authenticator_typed')} <code class="secret">${opened.authenticator_secret.replace(/(.{4})/g, '$1 ').trim()}</code></p>
        ${codeField('code', say('authenticator_code'), say('set_up_authenticator_code'))}</section>
      ${entrance.takesPasskeys ? nothing : trouble(entrance)}
      ${submitButton(entrance, say('set_up_done'))}
    </form>`;
}

/** @param {any} event */
function showPassword({ target }) {
  target.form.elements.namedItem('password').type = target.checked ? 'text' : 'password';
}

/** @param {Entrance} entrance */
function choice(entrance) {
  return html`<h1>${say('choose_position')}</h1><p class="quiet">${say('choose_position_how')}</p>
    <ul class="positions">${entrance.positions.map((position) => html`<li>${positionButton(position, () => entrance.choose(position), false)}</li>`)}</ul>
    ${trouble(entrance)}`;
}

/** @param {import('../rest.js').HeldPosition} position @param {() => void} choose @param {boolean} isCurrent */
export function positionButton(position, choose, isCurrent) {
  return html`<button class="button position" type="button" aria-current=${isCurrent ? 'true' : nothing} @click=${choose}>
    ${face(position.role)}<span><b>${word('role', position.role)}</b><small>${position.organisation_name}</small></span>
    ${isCurrent ? icon('check') : nothing}</button>`;
}
