// `<renkei-console>`: the frame of the secretariat's console: its navigation, and the section that the address names. It
// and its sections are fetched only by those who open them, with their style sheet.

import { html, nothing } from '../../vendor/lit.js';
import { say } from '../../console/phrases.js';
import { hrefOf, sectionsOf } from '../../console/sections.js';
import { icon } from '../icons.js';
import { View } from '../view.js';

/** @typedef {import('../../console/sections.js').Section} Section */

const STYLES = '/styles/console.css';
const GROUPS = /** @type {const} */ ([['daily', 'group_daily'], ['region', 'group_region']]);

/** @returns {Promise<void>} when the style sheet is there, or will not come */
const styled = new Promise((resolve) => {
  const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: STYLES });
  sheet.onload = sheet.onerror = () => resolve(undefined);
  document.head.append(sheet);
});

export class Console extends View {
  static properties = { ...View.properties, section: {}, item: {} };

  constructor() {
    super();
    this.section = '';
    this.item = '';
    this.menuOpen = false;
    /** What is fetched: `null` when it does not come. @type {Map<string, HTMLElement | null>} */
    this.elements = new Map();
    this.isStyled = false;
    styled.then(() => {
      this.isStyled = true;
      this.requestUpdate();
    });
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('section') || changed.has('item')) this.menuOpen = false;
    const chosen = this.chosen();
    if (chosen && !this.elements.has(chosen.id)) this.fetch(chosen);
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('section') || changed.has('item')) this.querySelector('.console-main')?.scrollTo(0, 0);
  }

  /** The section of the address; without one the first that this person may open. @returns {Section | undefined} */
  chosen() {
    const sections = sectionsOf(this.model);
    return this.section ? sections.find(({ id }) => id === this.section) : sections[0];
  }

  /** @param {Section} section */
  async fetch({ id, load }) {
    try {
      await load();
      const element = document.createElement(`renkei-console-${id}`);
      Object.assign(element, { model: this.model });
      this.elements.set(id, element);
    } catch {
      this.elements.set(id, null);
    }
    this.requestUpdate();
  }

  /** @param {string} id */
  again(id) {
    this.elements.delete(id);
    this.requestUpdate();
  }

  render() {
    if (!this.isStyled) return html`<p class="quiet">${say('loading')}</p>`;
    const chosen = this.chosen();
    return html`<div class="console">
      ${this.navigation(chosen)}
      <div class="console-main">${this.content(chosen)}</div></div>`;
  }

  /** @param {Section | undefined} chosen */
  navigation(chosen) {
    const sections = sectionsOf(this.model);
    const toggle = () => {
      this.menuOpen = !this.menuOpen;
      this.requestUpdate();
    };
    return html`<nav class="console-nav" aria-label=${say('menu_of')}>
      <div class="console-bar"><a class="button console-home" href="#/" aria-label=${say('to_patients')}>${icon('back')}<span>${say('back')}</span></a>
        <button class="button console-menu" type="button" aria-expanded=${String(this.menuOpen)} @click=${toggle}>
        ${icon(this.menuOpen ? 'close' : 'list')}<span>${say('menu')}</span><b>${chosen ? say(chosen.title) : nothing}</b></button></div>
      <div class="console-ways" data-open=${String(this.menuOpen)}>
        ${GROUPS.map(([group, title]) => {
          const rows = sections.filter((section) => section.group === group);
          return rows.length === 0 ? nothing : html`<h2>${say(title)}</h2><ul>${rows.map((section) => html`<li>
            <a href=${hrefOf(section.id)} aria-current=${section === chosen || section.id === chosen?.id ? 'page' : nothing}>${icon(section.icon)}<span>${say(section.title)}</span></a></li>`)}</ul>`;
        })}
        <a class="console-back" href="#/">${icon('back')}<span>${say('to_patients')}</span></a>
      </div></nav>`;
  }

  /** @param {Section | undefined} chosen */
  content(chosen) {
    if (!chosen) return html`<div class="empty">${icon('stop')}<h1>${say('not_yours')}</h1></div>`;
    const element = this.elements.get(chosen.id);
    if (element === undefined) return html`<p class="console-loading" role="status">${icon('sync')}<span>${say('loading')}</span></p>`;
    if (element === null) {
      return html`<div class="empty">${icon('wait')}<h1>${say('not_there')}</h1><p>${say('not_there_how')}</p>
        <button class="button" type="button" @click=${() => this.again(chosen.id)}>${say('try_again')}</button></div>`;
    }
    element.setAttribute('item', this.section === chosen.id ? this.item : '');
    return element;
  }
}

customElements.define('renkei-console', Console);
