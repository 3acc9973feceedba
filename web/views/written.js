// What people wrote, as they wrote it: line breaks kept, lines that begin with `> ` set as a quotation, and an `@` before
// a role or a person made visible. Text only; nothing in it can act.

import { html } from '../vendor/lit.js';
import { WORDS } from '../words.js';

const QUOTED = /^(?:>|＞) ?/;
const MENTION = /([@＠])([^\s@＠、。,.:：]+(?: [^\s@＠、。,.:：]+)?)/gu;

const roleNames = new Set(Object.values(WORDS.role).flat());

/** @param {import('../model.js').Model} model @param {string} name */
const isKnown = (model, name) => roleNames.has(name) || [...(model.people?.values() ?? [])].some((person) =>
  (typeof person.name === 'string' ? person.name : person.name.kanji) === name);

/** @param {string} words @param {import('../model.js').Model | undefined} model */
function withMentions(words, model) {
  if (!model || !/[@＠]/.test(words)) return words;
  const pieces = [];
  let from = 0;
  for (const { 0: whole, 1: at, 2: named, index } of words.matchAll(MENTION)) {
    const name = [named, named.split(' ')[0]].find((one) => isKnown(model, one));
    if (!name) continue;
    pieces.push(words.slice(from, index), html`<b class="mention">${at}${name}</b>`);
    from = index + whole.length - (named.length - name.length);
  }
  return [...pieces, words.slice(from)];
}

/** @param {string} text @param {import('../model.js').Model} [model] */
export function written(text, model) {
  const lines = text.split('\n');
  if (!lines.some((line) => QUOTED.test(line))) return html`<p class="body-text">${withMentions(text, model)}</p>`;
  /** @type {{quoted: boolean, lines: string[]}[]} */
  const blocks = [];
  for (const line of lines) {
    const quoted = QUOTED.test(line);
    if (blocks.at(-1)?.quoted !== quoted) blocks.push({ quoted, lines: [] });
    blocks.at(-1)?.lines.push(line.replace(QUOTED, ''));
  }
  return blocks.filter((block) => block.quoted || block.lines.join('').trim()).map((block) => (block.quoted
    ? html`<blockquote class="body-quote">${block.lines.join('\n')}</blockquote>` : html`<p class="body-text">${withMentions(block.lines.join('\n').trim(), model)}</p>`));
}

/** Words of an entry as the beginning of an answer. @param {string} words */
export const asQuotation = (words) => `${words.trim().split('\n').map((line) => `> ${line}`).join('\n')}\n`;
