// The page of somebody who is not signed in: how to get in, and why they were signed out. The link from the hub or the
// secretariat carries the token; a whole link can also be pasted here.

import { html, nothing } from '../vendor/lit.js';
import { tokenIn } from '../credentials.js';
import { language, say } from '../language.js';
import { icon } from './icons.js';

/** @param {string} code why this person is here */
function reason(code) {
  if (!code) return nothing;
  const text = code === 'sign_in_ended' ? say('signed_out_ended') : say('signed_out_other', { code });
  return html`<p class="notice notice-warning" role="alert">${icon('alarm')}<span>${text}</span></p>`;
}

/**
 * @param {{code: string, rejected: boolean, signIn: (token: string) => void, reject: () => void, switchLanguage: () => void}} page
 */
export function signInPage({ code, rejected, signIn, reject, switchLanguage }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem('link'));
    const token = tokenIn(field.value);
    field.value = '';
    if (token) signIn(token);
    else reject();
  };
  return html`<main id="main" class="sign-in">
    <div class="sign-in-card">
      <p class="brand brand-large">${icon('link')}<span>連携 <small>Renkei</small></span></p>
      <h1>${say('sign_in_title')}</h1>
      ${reason(code)}
      <p>${say('sign_in_how')}</p>
      <form @submit=${submit} autocomplete="off">
        <label for="sign-in-link">${say('sign_in_link')}</label>
        <input id="sign-in-link" name="link" type="password" spellcheck="false" required
          aria-describedby=${rejected ? 'sign-in-wrong' : nothing} aria-invalid=${rejected ? 'true' : nothing}>
        ${rejected ? html`<p id="sign-in-wrong" class="field-error" role="alert">${say('sign_in_wrong')}</p>` : nothing}
        <button class="button button-primary" type="submit">${say('sign_in')}</button>
      </form>
      <button class="button button-text" type="button" lang=${language() === 'ja' ? 'en' : 'ja'} @click=${switchLanguage}>
        ${icon('language')}<span>${language() === 'ja' ? 'English' : '日本語'}</span></button>
    </div>
  </main>`;
}
