// The page of pledges: what was agreed, in words, and one button under it. Before anything else for whoever never pledged;
// by choice for whoever gives again what ran out.

import { html, nothing } from '../vendor/lit.js';
import { inLanguage, language, say } from '../language.js';
import { icon } from './icons.js';

/**
 * @param {{model: import('../model.js').Model, signOut: () => void, switchLanguage: () => void}} page
 */
export function pledgePage({ model, signOut, switchLanguage }) {
  const { pledging, me } = model;
  const give = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    pledging.give();
  };
  const again = !pledging.comesFirst;
  return html`<main id="main" class="sign-in">
    <div class="sign-in-card pledge-card">
      <p class="brand brand-large">${icon('link')}<span>連携 <small>Renkei</small></span></p>
      <h1>${say('pledges_title')}</h1>
      <p>${say(again ? 'pledges_again' : 'pledges_first')}</p>
      <form @submit=${give}>
        ${part(pledging.owed.filter(({ by }) => by === 'person'), say('pledges_own', { name: me?.person.name.kanji ?? '' }), '')}
        ${part(pledging.owed.filter(({ by }) => by === 'organisation'), say('pledges_office', { name: me?.organisation.name ?? '' }), say('pledges_office_once'))}
        ${pledging.trouble ? html`<p class="field-error" role="alert">${icon('alarm')}<span>${inLanguage(pledging.trouble)}</span></p>` : nothing}
        ${pledging.owed.length > 0 ? html`<button class="button button-primary" type="submit" aria-disabled=${String(pledging.busy)}>
          ${say(pledging.busy ? 'entrance_busy' : again ? 'pledges_give_again' : 'pledges_give')}</button>`
    : html`<button class="button" type="button" @click=${() => model.start()}>${say('pledges_look_again')}</button>`}
      </form>
      ${again && pledging.isOpen ? html`<button class="button button-text" type="button" @click=${() => pledging.open(false)}>${say('pledges_later')}</button>` : nothing}
      <div class="pledge-ways">
        <button class="button button-text" type="button" lang=${language() === 'ja' ? 'en' : 'ja'} @click=${switchLanguage}>
          ${icon('language')}<span>${language() === 'ja' ? 'English' : '日本語'}</span></button>
        <button class="button button-text" type="button" @click=${signOut}>${icon('leave')}<span>${say('sign_out')}</span></button>
      </div>
    </div>
  </main>`;
}

/** @param {import('../pledging.js').Owed[]} owed @param {string} heading @param {string} hint */
function part(owed, heading, hint) {
  if (owed.length === 0) return nothing;
  return html`<section class="pledge-part"><h2>${heading}</h2>${hint ? html`<p class="quiet">${hint}</p>` : nothing}
    ${owed.map(({ title, reason, rule }) => html`<label class="pledge"><input type="checkbox" required name=${rule}>
      <span><b>${inLanguage(title)}</b><small>${inLanguage(reason)}</small></span></label>`)}</section>`;
}
