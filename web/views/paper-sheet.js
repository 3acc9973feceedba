// The sheet itself, as the whole page: nothing of the patient stands beside it, so that what was blacked out is nowhere.
// Printed by the browser; the buttons above are not. Plain black on white, large enough for a fax.

import { html, nothing } from '../vendor/lit.js';
import { say } from '../language.js';
import { icon } from './icons.js';

/**
 * @typedef {{title: string, to: string, from: string, purpose: string, by: string, period: string, record: string, paper: import('../paper.js').Paper, close: () => void}} Sheet
 * @param {Sheet} sheet
 */
export const paperSheet = ({ title, to, from, purpose, by, period, record, paper, close }) => html`<div class="paper-page">
  <div class="paper-acts"><button class="button" type="button" @click=${close}>${icon('back')}<span>${say('paper_back')}</span></button>
    <button class="button button-primary" type="button" @click=${() => window.print()}>${icon('printer')}<span>${say('paper_print')}</span></button></div>
  <main class="paper" id="main" tabindex="-1"><header><h1>${title}</h1>
      <dl class="paper-facts">${/** @type {[string, string][]} */ ([[say('paper_to'), to], [say('paper_from'), from], [say('purpose'), purpose], [say('period'), period]])
        .filter(([, text]) => text).map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}
        ${paper.patient.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
      ${to ? html`<p class="paper-wrong">${say('paper_wrong')}</p>` : nothing}</header>
    <table class="paper-lines"><thead><tr><th scope="col">${say('paper_when')}</th><th scope="col">${say('paper_who')}</th><th scope="col">${say('text')}</th></tr></thead>
      <tbody>${paper.lines.map(({ at, kind, who, text }) => html`<tr><td>${at}</td><td><b>${kind}</b><br>${who}</td><td>${text}</td></tr>`)}</tbody></table>
    ${paper.lines.length === 0 ? html`<p>${say('paper_empty')}</p>` : nothing}
    <footer><p>${by}</p>${record ? html`<p>${say('paper_record', { id: record })}</p>` : nothing}</footer></main></div>`;
