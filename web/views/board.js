// `<renkei-board>`: the announcements that are for this person, in a dialog beside patients, with what they have read, and
// their own trainings. And the quiet line above the list, and the way in, while something is there.

import { html, nothing, repeat } from '../vendor/lit.js';
import { say } from '../board-phrases.js';
import { calendarDate, moment } from '../dates.js';
import { inLanguage } from '../language.js';
import { icon } from './icons.js';
import { View } from './view.js';

/** @typedef {import('../board.js').Announcement} Announcement */

export class BoardDialog extends View {
  constructor() {
    super();
    this.isOpen = false;
  }

  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get isAsleep() {
    return !this.isOpen;
  }

  begin() {
    this.isOpen = true;
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
      ${isRead ? nothing : html`<button class="button" type="button" @click=${() => this.model.board?.markRead(one)}>${icon('check')}<span>${say('i_read')}</span></button>`}</li>`;
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

/** What was not read yet, in one quiet line; of groups in another. @param {import('../model.js').Model} model @param {() => void} open */
export function boardLine(model, open) {
  const unread = model.board?.unread ?? [];
  const inGroups = model.board?.groupsUnread ?? 0;
  const groups = inGroups === 0 ? nothing : html`<p class="banner banner-news group-line" role="status">${icon('team')}<span>${say('groups_unread', { count: inGroups })}</span>
    <a class="button button-small" href="#/console/groups">${say('board_open')}</a></p>`;
  if (unread.length === 0) return groups;
  return html`<p class="banner banner-news board-line" role="status">${icon('board')}<span>${say('board_unread', { count: unread.length, title: unread[0].title })}</span>
    <button class="button button-small" type="button" @click=${open}>${say('board_open')}</button></p>${groups}`;
}
