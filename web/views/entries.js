// `<renkei-entries>`: the entries of one timeline, oldest above, with a window that keeps at most 80 of them in the page.
// It follows the end while the reader is there, keeps their place when they are not, and reports what was seen.

import { html, noChange, nothing, repeat } from '../vendor/lit.js';
import { dayOf, fullDay } from '../dates.js';
import { language, say } from '../language.js';
import { PARTS, partOf } from '../parts.js';
import { readersOf } from '../reached.js';
import * as span from '../window.js';
import { later } from './coming.js';
import { entry } from './entry.js';
import { icon } from './icons.js';
import { View } from './view.js';

const AT_END_PX = 80;
/** Rows are added from this far off; nearer than `NEAR_PX` in large steps, because somebody is fast. */
const EDGE_PX = 1_800;
const NEAR_PX = 500;

export class Entries extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    this.following = true;
    /** @type {import('../window.js').Span} */
    this.span = { from: 0, to: 0 };
    /** How many entries there were at the last painting, and where the scroller stood. */
    this.rendered = 0;
    this.topBefore = 0;
    /** The last entry this person had read when they came; the "new" line stands after it. */
    this.unreadAfter = /** @type {number | null} */ (null);
    /** What each row on the screen was painted from: what is the same is not worked out again. @type {Map<string, string>} */
    this.painted = new Map();
    this.directory = { people: new Map(), organisations: new Map(), epoch: 0 };
    this.jumpTo = (/** @type {string} */ id) => this.jump(id);
    /** @type {import('../parts.js').Part} */
    this.chosenPart = 'all';
    /** What is looked at, worked out once for each change. @type {{key: string, items: import('../timeline.js').Item[]}} */
    this.held = { key: '', items: [] };
    this.followUp = (/** @type {string} */ act, /** @type {import('../timeline.js').Item} */ item) => (act === 'reply' ? this.reply(item)
      : this.tell('renkei-follow-up', new CustomEvent('follow-up', { detail: { act, item } })));
  }

  connectedCallback() {
    super.connectedCallback();
    this.whenPosted = (/** @type {Event} */ event) => event.target instanceof Node && this.parentElement?.contains(event.target) && this.toEnd();
    document.addEventListener('posted', this.whenPosted);
    this.addEventListener('entry-wanted', this.wanted);
    this.resizing = new ResizeObserver(() => this.following && this.scrollToEnd());
    this.resizing.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.whenPosted) document.removeEventListener('posted', this.whenPosted);
    this.removeEventListener('entry-wanted', this.wanted);
    this.resizing?.disconnect();
  }

  /** @param {any} event an `EntryWanted` of this timeline; of others the page knows more */
  wanted(event) {
    if (event.timeline !== this.timelineId) return;
    event.stopPropagation();
    if (this.timeline.byId.has(event.entry)) this.jump(event.entry);
    // Found at the hub and on its way here.
    else this.model.wanted = event.entry;
  }

  /** Answers an entry, with the words in it that are selected. @param {import('../timeline.js').Item} item */
  reply(item) {
    const selection = getSelection();
    const within = this.querySelector(`[data-seq="${item.seq}"] .entry-body`);
    const words = selection && within?.contains(selection.anchorNode) && within.contains(selection.focusNode) ? selection.toString() : '';
    this.tell('renkei-composer', new CustomEvent('reply', { detail: { item, words } }));
  }

  /** What another part of the patient's page does; it may be on its way still. @param {string} name @param {Event} wish */
  tell(name, wish) {
    this.dispatchEvent(new CustomEvent('part-wanted', { bubbles: true, detail: { name, wish } }));
  }

  get timeline() {
    return this.model.timeline(this.timelineId);
  }

  /** The entries that are looked at. */
  get items() {
    const { timeline, chosenPart: part } = this;
    const key = `${part} ${timeline.id} ${timeline.version}`;
    if (part === 'all') return timeline.items;
    if (this.held.key !== key) this.held = { key, items: partOf(part, timeline, this.model.me) };
    return this.held.items;
  }

  /** @param {import('../parts.js').Part} part */
  show(part) {
    this.chosenPart = part;
    this.toEnd();
  }

  get scroller() {
    return /** @type {HTMLElement | null} */ (this.querySelector('.entries-scroll'));
  }

  willUpdate() {
    const { items } = this;
    const marker = this.model.markers.get(this.timelineId);
    if (this.unreadAfter === null && marker) this.unreadAfter = marker.get(this.model.myId)?.through ?? 0;
    // What one wrote oneself is not unread.
    for (let next; this.unreadAfter && this.unreadAfter < this.timeline.lastSeq; this.unreadAfter = next.seq) {
      next = this.timeline.items.find(({ seq }) => seq > Number(this.unreadAfter));
      if (next?.author.person !== this.model.myId) break;
    }
    this.span = this.following ? span.tail(items.length) : span.within(this.span, items.length);
    this.anchor = this.following ? null : this.firstVisible();
    const { wanted } = this.model;
    if (wanted && this.timeline.byId.has(wanted)) {
      this.model.wanted = '';
      this.updateComplete.then(() => this.jump(wanted));
    }
  }

  /** The first row on the screen and where it stands, so that it can stay there. */
  firstVisible() {
    const { scroller } = this;
    if (!scroller) return null;
    const top = scroller.getBoundingClientRect().top;
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (scroller.querySelectorAll('[data-seq]'))) {
      const box = row.getBoundingClientRect();
      if (box.bottom > top) return { seq: row.dataset.seq, top: box.top };
    }
    return null;
  }

  updated() {
    const { scroller, anchor } = this;
    if (!scroller) return;
    if (this.following) this.scrollToEnd();
    else if (anchor) {
      const row = scroller.querySelector(`[data-seq="${anchor.seq}"]`);
      if (row) scroller.scrollTop += row.getBoundingClientRect().top - anchor.top;
      this.topBefore = scroller.scrollTop;
    }
    this.reportSeen();
  }

  scrollToEnd() {
    const { scroller } = this;
    if (!scroller) return;
    scroller.scrollTop = scroller.scrollHeight;
    this.topBefore = scroller.scrollTop;
  }

  toEnd() {
    this.following = true;
    this.requestUpdate();
  }

  scrolled() {
    const { scroller } = this;
    if (!scroller) return;
    // What is on the screen counts, not what arrived since: only the reader leaves the end, never an entry that comes in.
    const count = this.rendered;
    const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    const wentUp = scroller.scrollTop < this.topBefore - 1;
    this.topBefore = scroller.scrollTop;
    const following = (below < AT_END_PX && this.span.to >= count) || (this.following && !wentUp);
    let next = this.span;
    const step = (/** @type {number} */ leftPx) => (leftPx < NEAR_PX ? span.STEP_ROWS : span.SMALL_STEP_ROWS);
    if (scroller.scrollTop < EDGE_PX && this.span.from > 0) next = span.earlier(this.span, step(scroller.scrollTop));
    else if (below < EDGE_PX && this.span.to < count) next = span.later(this.span, count, step(below));
    if (following !== this.following || next !== this.span) {
      this.following = following;
      this.span = next;
      this.requestUpdate();
    }
    this.reportSeen();
  }

  /** The last entry on the screen counts as seen while somebody looks at this page. */
  reportSeen() {
    const { scroller } = this;
    // What lies between the entries of a part was not seen.
    if (!scroller || this.chosenPart !== 'all' || document.hidden || !document.hasFocus() || scroller.clientHeight === 0) return;
    const bottom = scroller.getBoundingClientRect().bottom;
    const rows = /** @type {HTMLElement[]} */ ([...scroller.querySelectorAll('[data-seq]')]);
    const row = rows.findLast((one) => one.getBoundingClientRect().top < bottom - 8);
    if (row) this.model.seen(this.timelineId, Number(row.dataset.seq));
  }

  /** @param {string} id */
  jump(id) {
    if (!this.timeline.byId.has(id)) return;
    if (!this.items.some((item) => item.id === id)) this.chosenPart = 'all';
    const { items } = this;
    const row = items.findIndex((item) => item.id === id);
    this.following = false;
    this.span = span.around(row, items.length);
    this.requestUpdate();
    this.updateComplete.then(() => {
      const place = this.querySelector(`[data-seq="${items[row].seq}"]`);
      place?.scrollIntoView({ block: 'center' });
      /** @type {HTMLElement | null | undefined} */ (place?.querySelector('.entry'))?.focus({ preventScroll: true });
    });
  }

  render() {
    const { items } = this;
    this.rendered = items.length;
    const shown = items.slice(this.span.from, this.span.to);
    const painted = this.painted;
    this.painted = new Map();
    const circumstances = this.circumstances();
    const moving = new Set([...this.timeline.duties.all.values()].map(({ cause }) => cause));
    const outbox = this.model.outbox.of(this.timelineId);
    const missed = this.following ? 0 : items.length - this.span.to;
    return html`${this.parts()}<div class="entries-scroll" tabindex="0" role="region" aria-label=${say('tab_timeline')} @scroll=${this.scrolled}>
      ${items.length === 0 && outbox.length === 0 ? html`<p class="entries-empty">${say(this.chosenPart !== 'all' ? 'part_none' : this.model.hub.connection.phase === 'live' ? 'no_entries' : 'loading')}</p>` : nothing}
      ${this.span.from > 0 ? html`<p class="entries-more">${say('earlier_entries', { count: this.span.from })}</p>` : nothing}
      <ol class="entries" aria-label=${say('tab_timeline')}>${repeat(shown, (item) => item.id, (item, at) => {
        // Duties tell how long is left, and an agreement or a word on what was written for me may be on its way: painted each time.
        const from = moving.has(item.id) || item.kind === 'registration' || item.onBehalf?.person === this.model.myId ? '' : this.paintedFrom(item, shown[at - 1], circumstances);
        this.painted.set(item.id, from);
        return this.row(item, shown[at - 1], from !== '' && painted.get(item.id) === from);
      })}</ol>
      ${outbox.length > 0 ? html`<div class="entries-outbox">${repeat(outbox, (item) => item.intent.id, (item) => later()?.pending(this.model, item, (one) => this.edit(one)))}</div>` : nothing}
    </div>
    ${this.following ? nothing : html`<button class="button to-end" type="button" @click=${this.toEnd}>${icon('down')}
      <span>${missed > 0 ? say('newer_entries', { count: missed }) : say('to_newest')}</span></button>`}`;
  }

  /** What to look at. The secretariat sees too little to choose from. */
  parts() {
    if (this.model.isSecretariat) return nothing;
    const search = () => this.tell('renkei-search', new Event('search-wanted'));
    return html`<div class="entries-tools"><button type="button" class="filter search-open" @click=${search}>${icon('search')}<span>${say('search_timeline')}</span></button>
      <div class="parts scroll" role="group" aria-label=${say('list_parts')}>${PARTS.map((part) => html`<button type="button" class="filter"
      aria-pressed=${String(this.chosenPart === part)} @click=${() => this.show(part)}>${say(`part_${part}`)}</button>`)}</div></div>`;
  }

  /** What all rows depend on beside their own entry. */
  circumstances() {
    const { people, organisations } = this.model;
    if (people !== this.directory.people || organisations !== this.directory.organisations) this.directory = { people, organisations, epoch: this.directory.epoch + 1 };
    // What may be said of an entry depends on whether the patient is on the list, which may come later.
    return [this.timelineId, this.model.patients.has(this.timelineId), this.timeline.touched, this.directory.epoch, language(), dayOf(this.model.clock.now()), this.unreadAfter, later() !== null].join(' ');
  }

  /** @param {import('../timeline.js').Item} item @param {import('../timeline.js').Item | undefined} before @param {string} circumstances */
  paintedFrom(item, before, circumstances) {
    return `${circumstances} ${before?.id} ${readersOf(this.model, item).length}`;
  }

  /** @param {import('../timeline.js').Item} item @param {import('../timeline.js').Item | undefined} before @param {boolean} isPainted as it is */
  row(item, before, isPainted) {
    const newDay = !before || dayOf(before.recordedAtMs) !== dayOf(item.recordedAtMs);
    const firstUnread = this.unreadAfter !== null && this.unreadAfter > 0 && item.seq > this.unreadAfter && before && before.seq <= this.unreadAfter;
    return html`<li data-seq=${item.seq}>
      ${isPainted ? noChange : newDay ? html`<p class="day"><span>${fullDay(item.recordedAtMs)}</span></p>` : nothing}
      ${isPainted ? noChange : firstUnread ? html`<p class="unread-line"><span>${say('unread_from_here')}</span></p>` : nothing}
      ${isPainted ? noChange : entry(this.model, item, this.jumpTo, this.followUp)}</li>`;
  }

  /** @param {import('../outbox.js').Item} item */
  edit(item) {
    this.tell('renkei-composer', new CustomEvent('edit-again', { detail: item }));
    this.model.outbox.remove(item.intent.id);
    this.model.changed();
  }
}

customElements.define('renkei-entries', Entries);
