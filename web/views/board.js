// `<renkei-board>`: the announcements that are for this person, in a dialog beside patients, with what they have read, and
// their own trainings. And the quiet line above the page with all that waits to be looked at, and the way in, while something is there.

import { html, nothing, repeat } from '../vendor/lit.js';
import { say } from '../board-phrases.js';
import { calendarDate, moment } from '../dates.js';
import { inLanguage } from '../language.js';
import { icon } from './icons.js';
import { keptAtHub } from './quarantine-notice.js';
import { View } from './view.js';

/** @typedef {import('../board.js').Announcement} Announcement */

export class BoardDialog extends View {
  constructor() {
    super();
    this.isOpen = false;
    /** What was read since it was opened. @type {Set<string>} */
    this.readNow = new Set();
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get isAsleep() {
    return !this.isOpen;
  }

  begin() {
    this.isOpen = true;
    this.readNow.clear();
    this.requestUpdate();
    this.updateComplete.then(() => this.dialog.showModal());
    this.model.board?.look();
  }

  close() {
    this.isOpen = false;
    this.requestUpdate();
  }

  render() {
    const { board } = this.model;
    return html`<dialog class="sheet board" aria-labelledby="board-title" @close=${() => this.close()}>
      <header class="sheet-head"><h2 id="board-title">${say('board')}</h2>
        <button class="button button-text" type="button" @click=${() => this.dialog.close()}>${icon('close')}<span>${say('close')}</span></button></header>
      ${this.isOpen && board ? html`<div class="sheet-body">
        ${this.model.hub.connection.phase === 'live' ? nothing : html`<p class="quiet">${say('board_offline')}</p>`}
        ${board.standing.length === 0 ? html`<p class="quiet">${say('board_none')}</p>`
          : html`<ul class="board-list">${repeat(board.standing, ({ id }) => id, (one) => this.announcement(one))}</ul>`}
        ${board.trainings.length === 0 ? nothing : html`<h3>${say('my_trainings')}</h3><ul class="board-trainings">${board.trainings.map((one) => this.training(one))}</ul>`}
      </div>` : nothing}</dialog>`;
  }

  /** @param {Announcement} one */
  announcement(one) {
    const { title, text, organisation_name: office, published_at: publishedAt, changed_at: changedAt, is_withdrawn: isWithdrawn, reason, until } = one;
    const isRead = this.model.board?.isRead(one) ?? true;
    return html`<li class="board-item" data-unread=${String(!isRead)}>
      <h3>${isWithdrawn ? html`<s>${title}</s>` : title} ${isRead ? nothing : html`<span class="mark mark-present">${say('mark_unread')}</span>`}
        ${isWithdrawn ? html`<span class="mark mark-restricted">${icon('stop')}<span>${say('withdrawn')}</span></span>` : nothing}</h3>
      <p class="quiet"><span>${say('from_office', { name: office })}</span> <span>${say('published_at', { at: moment(Date.parse(publishedAt)) })}</span>
        ${changedAt && !isWithdrawn ? html`<span>${say('corrected_at', { at: moment(Date.parse(changedAt)) })}</span>` : nothing}
        <span>${say('until_day', { at: calendarDate(until) })}</span></p>
      ${isWithdrawn ? html`<p>${say('withdrawn_why', { reason })}</p>` : html`<p class="board-text">${text}</p>
        ${changedAt && reason ? html`<p class="quiet">${say('reason')}: ${reason}</p>` : nothing}`}
      <p class="board-done" role="status" tabindex="-1">${isRead && this.readNow.has(one.id) ? html`${icon('check')}<span>${say('read_done')}</span>` : nothing}</p>
      ${isRead ? nothing : html`<button class="button" type="button" @click=${(/** @type {any} */ event) => this.read(one, event.currentTarget)}>${icon('check')}<span>${say('i_read')}</span></button>`}</li>`;
  }

  /** The button goes; what was done stands in its place. @param {Announcement} one @param {HTMLElement} button */
  read(one, button) {
    this.readNow.add(one.id);
    /** @type {HTMLElement | null} */ (button.previousElementSibling)?.focus();
    this.model.board?.markRead(one);
  }

  /** @param {import('../board.js').Training} one */
  training({ title, day, kind_label: kind, is_cancelled: isCancelled, attendance }) {
    return html`<li><b>${title}</b> <small class="quiet">${calendarDate(day)} ${inLanguage(kind)}</small>
      <span class="mark">${isCancelled ? say('cancelled') : attendance.map(({ label }) => inLanguage(label))}</span></li>`;
  }
}

customElements.define('renkei-board', BoardDialog);

/** Whether something is there to be read. @param {import('../model.js').Model} model */
export const hasBoard = ({ board }) => Boolean(board && board.standing.length + board.trainings.length > 0);

/** The way to it, in the head of the page. @param {import('../model.js').Model} model @param {() => void} open */
export function boardLink(model, open) {
  const { board } = model;
  if (!board || !hasBoard(model)) return nothing;
  const count = board.unread.length;
  return html`<button class="button button-text board-link" type="button" title=${say('board')} @click=${open}>${icon('board')}<span>${say('board')}</span>${count ? html`<b class="badge">${count}</b>` : nothing}</button>`;
}

/**
 * Alone it has all of its words; beside others, where there is no room, the way alone stands there and says what and how many.
 * @param {string} name @param {Parameters<typeof icon>[0]} sign @param {{words: string, way: string, short: string}} says @param {(words: unknown) => unknown} way
 */
const piece = (name, sign, { words, way: plain, short }, way) => html`<p class="news-piece ${name}" role="status"><span class="news-words">${icon(sign)}<span>${words}</span></span>
  ${way(html`<span class="news-way">${plain}</span><span class="news-short">${icon(sign)}<span>${short}</span></span>`)}</p>`;

/** @param {string} href */
const link = (href) => (/** @type {unknown} */ words) => html`<a class="button button-small" href=${href}>${words}</a>`;

/** What waits at the hub for a word of somebody, what was not read yet, of groups too: one quiet line. @param {import('../model.js').Model} model @param {() => void} open */
export function newsLine(model, open) {
  const { board, console: shown } = model;
  const unread = board?.unread ?? [];
  const inGroups = shown?.section === 'groups' ? [] : board?.unreadGroups ?? [];
  const count = board?.groupsUnread ?? 0;
  const group = inGroups.length === 1 ? `/${encodeURIComponent(inGroups[0].id)}` : '';
  const pieces = [
    ...keptAtHub(model).map(({ says, href }) => piece('kept-line', 'hand', says, link(href))),
    ...(unread.length ? [piece('board-line', 'board', { words: say('board_unread', { count: unread.length, title: unread[0].title }), way: say('board_open'), short: say('board_short', { count: unread.length }) },
      (words) => html`<button class="button button-small" type="button" @click=${open}>${words}</button>`)] : []),
    ...(inGroups.length ? [piece('group-line', 'team', { words: say('groups_unread', { count }), way: say('board_open'), short: say('groups_short', { count }) }, link(`#/console/groups${group}`))] : []),
  ];
  return pieces.length ? html`<div class="banner banner-news news">${pieces}</div>` : nothing;
}
