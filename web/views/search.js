// `<renkei-search>`: the search of one timeline, over it: words, kind, author, office and days; what was found, the newest
// first; and once an entry was chosen, a slim bar that leads to the next and the one before. `Search` does the work.

import { html, live, nothing, repeat } from '../vendor/lit.js';
import { fullDay, clockTime } from '../dates.js';
import { folded } from '../fold.js';
import { gist, said } from '../gist.js';
import { say, word } from '../language.js';
import { EVERYTHING, Search, asksNothing, choices } from '../search.js';
import { currentBody } from '../timeline.js';
import { forWhomText } from './behalf.js';
import { face, whoText } from './face.js';
import { icon } from './icons.js';
import { EntryWanted } from './quote.js';
import { View } from './view.js';

const TYPING_PAUSE_MS = 250;
const SHOWN_MAX = 200;
const AROUND_CHARS = 40;

/** @typedef {import('../timeline.js').Item} Item */

export class SearchPanel extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    this.isOpen = false;
    this.wanted = { ...EVERYTHING };
    /** @type {Search | null} */
    this.search = null;
    /** Which one of those found is looked at; -1: the list is shown. */
    this.at = -1;
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener('search-wanted', this.open);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.search?.stop();
    this.removeEventListener('search-wanted', this.open);
  }

  open() {
    Object.assign(this, { isOpen: true, at: -1 });
    this.requestUpdate();
    this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('input'))?.focus());
  }

  close() {
    this.search?.stop();
    Object.assign(this, { isOpen: false, search: null, wanted: { ...EVERYTHING } });
    this.requestUpdate();
  }

  /** @param {Partial<import('../search.js').Wanted>} change */
  want(change) {
    Object.assign(this.wanted, change);
    this.search?.stop();
    this.model.clock.cancel(this.timer);
    this.timer = this.model.clock.after(() => this.begin(), TYPING_PAUSE_MS);
    this.requestUpdate();
  }

  begin() {
    if (!this.isOpen) return;
    this.search = asksNothing(this.wanted) ? null : new Search(this.model, this.timelineId, { ...this.wanted }, () => this.requestUpdate());
    this.search?.run();
    this.requestUpdate();
  }

  /** @returns {Item[]} */
  get found() {
    return this.search?.progress.found ?? [];
  }

  /** @param {number} at */
  go(at) {
    const item = this.found[at];
    if (!item) return;
    this.at = at;
    this.requestUpdate();
    this.dispatchEvent(new EntryWanted(this.timelineId, item.id));
  }

  render() {
    if (!this.isOpen) return nothing;
    return this.at < 0 ? this.panel() : this.bar();
  }

  /** Where one stands among those found. */
  bar() {
    const { at, found } = this;
    return html`<div class="search-bar" role="group" aria-label=${say('search_timeline')}>
      <span aria-live="polite">${say('search_at', { at: at + 1, count: found.length })}</span>
      <button class="button button-small" type="button" aria-disabled=${String(at === 0)} @click=${() => this.go(at - 1)}>${say('search_newer')}</button>
      <button class="button button-small" type="button" aria-disabled=${String(at === found.length - 1)} @click=${() => this.go(at + 1)}>${say('search_older')}</button>
      <button class="button button-small button-text" type="button" @click=${this.open}>${icon('list')}<span>${say('search_list')}</span></button>
      <button class="button button-small button-text" type="button" aria-label=${say('search_close')} title=${say('search_close')} @click=${this.close}>${icon('close')}</button></div>`;
  }

  panel() {
    return html`<section class="search-panel" aria-label=${say('search_timeline')} @keydown=${this.key}>
      <form class="search-form" role="search" @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        this.begin();
      }}>
        <div class="search-words"><label class="search">${icon('search')}<span class="unseen">${say('search_words')}</span>
          <input type="search" placeholder=${say('search_words')} autocomplete="off" .value=${live(this.wanted.text)} @input=${this.typed('text')}></label>
          <button class="button button-text" type="button" @click=${this.close}>${icon('close')}<span>${say('close')}</span></button></div>
        ${this.narrowing()}
      </form>
      ${this.results()}</section>`;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === 'Escape' && !event.isComposing) this.close();
  }

  /** @param {keyof import('../search.js').Wanted} field */
  typed(field) {
    return (/** @type {any} */ event) => this.want({ [field]: event.target.value });
  }

  narrowing() {
    const { model } = this;
    const { kinds, people, organisations } = choices(model.timeline(this.timelineId).items);
    const named = (/** @type {string[]} */ ids, /** @type {(id: string) => string} */ name) => ids.map((id) => /** @type {[string, string]} */ ([id, name(id)])).filter(([, text]) => text);
    return html`<div class="search-narrow">
      ${this.choice('kind', 'search_kind', kinds.map((kind) => [kind, word('kind', kind)]))}
      ${this.choice('person', 'search_person', named(people, (id) => model.personName(id)))}
      ${this.choice('organisation', 'organisation', named(organisations, (id) => model.organisationName(id)))}
      ${this.day('from', 'search_from')}${this.day('until', 'search_until')}</div>`;
  }

  /** @param {'kind' | 'person' | 'organisation'} field @param {any} phrase @param {[string, string][]} options */
  choice(field, phrase, options) {
    return html`<label><span>${say(phrase)}</span><select aria-label=${say(phrase)} @change=${this.typed(field)}><option value="" .selected=${live(!this.wanted[field])}>${say('search_any')}</option>
      ${options.map(([value, text]) => html`<option value=${value} .selected=${live(this.wanted[field] === value)}>${text}</option>`)}</select></label>`;
  }

  /** @param {'from' | 'until'} field @param {any} phrase */
  day(field, phrase) {
    return html`<label><span>${say(phrase)}</span><input type="date" .value=${live(this.wanted[field])} @input=${this.typed(field)}></label>`;
  }

  results() {
    const { search, found } = this;
    if (!search) return html`<p class="search-state quiet">${say('search_how')}</p>`;
    const { state, looked, held, fromHub } = search.progress;
    const shown = found.slice(0, SHOWN_MAX);
    return html`<p class="search-state" role="status">${state === 'searching' ? html`<progress max=${Math.max(held, 1)} value=${looked} aria-label=${say('search_running')}></progress>` : nothing}
        <span>${say(`search_${state}`, { count: found.length, looked: looked + fromHub })}</span></p>
      ${state === 'done' && found.length === 0 ? this.nothingFound() : nothing}
      <ol class="search-found">${repeat(shown, ({ id }) => id, (item, at) => this.result(item, at))}</ol>
      ${found.length > SHOWN_MAX ? html`<p class="search-state quiet">${say('search_more', { count: found.length - SHOWN_MAX })}</p>` : nothing}`;
  }

  /** What to try then: other words, or no condition. */
  nothingFound() {
    const { text } = this.wanted;
    const isNarrowed = !asksNothing({ ...this.wanted, text: '' });
    return html`<p class="search-state quiet">${say('search_none_how')}</p>
      ${isNarrowed ? html`<p class="search-state"><button class="button button-small" type="button" @click=${() => this.want({ ...EVERYTHING, text })}>${say('search_widen')}</button></p>` : nothing}`;
  }

  /** @param {Item} item @param {number} at */
  result(item, at) {
    const ms = item.observedAtMs ?? item.recordedAtMs;
    return html`<li><button type="button" class="search-result" @click=${() => this.go(at)}>${face(item.author.role)}<span>
      <span class="search-about"><b>${word('kind', item.kind)}</b> ${whoText(this.model, item.author)} ${forWhomText(this.model, item)} <time>${fullDay(ms)} ${clockTime(ms)}</time>
        ${item.retraction ? html`<span class="mark">${say('quote_retracted')}</span>` : nothing}</span>
      <span class="search-words-found">${marked(currentBody(item), this.wanted.text)}</span></span></button></li>`;
  }
}

/** The words around the first one that was searched for, with it set off. @param {import('../frames.js').Body} body @param {string} wanted */
function marked(body, wanted) {
  const [first] = wanted.normalize('NFKC').trim().split(/\s+/).filter(Boolean);
  const words = said(body);
  if (!first) return gist(body);
  // Folded letter by letter, because folding may change how many there are.
  const letters = [...words];
  let text = '';
  /** @type {number[]} which letter each unit of the folded text comes from */
  const origin = [];
  for (const [at, letter] of letters.entries()) {
    const plain = folded(letter);
    for (let unit = 0; unit < plain.length; unit += 1) origin.push(at);
    text += plain;
  }
  const needle = folded(first);
  const place = text.indexOf(needle);
  if (place < 0) return gist(body);
  const [from, to] = [origin[place], origin[place + needle.length - 1] + 1];
  const [start, end] = [Math.max(0, from - AROUND_CHARS), to + AROUND_CHARS * 2];
  return html`${start > 0 ? '…' : ''}${letters.slice(start, from).join('')}<mark>${letters.slice(from, to).join('')}</mark>${letters.slice(to, end).join('')}${end < letters.length ? '…' : ''}`;
}

customElements.define('renkei-search', SearchPanel);
