// `<renkei-citation>`: one rule that a ruling cites. Its parts at once; opened, the rule in words, how binding it is and
// who agreed on it, from the rulebook that was in force then.

import '../later-phrases.js';
import { LitElement, html, nothing } from '../vendor/lit.js';
import { calendarDate } from '../dates.js';
import { aside, inLanguage, language, say } from '../language.js';

/** @typedef {import('../rest.js').CitedRule} CitedRule */

/**
 * The parts of `RULE@set/version#hash`; what has another shape is shown whole.
 * @param {string} citation
 */
export function citationParts(citation) {
  const match = /^([^@]+)@([^/]+)\/([^#]+)(?:#(.*))?$/.exec(citation);
  if (!match) return { rule: citation, set: '', version: '', hash: '' };
  const [, rule, set, version, hash = ''] = match;
  return { rule, set, version, hash };
}

/** Asked of whatever holds the page together, so that no ruling has to carry the model. */
export class RuleWanted extends Event {
  /** @param {string} citation @param {number} atMs @param {(found: Promise<CitedRule>) => void} answer */
  constructor(citation, atMs, answer) {
    super('rule-wanted', { bubbles: true });
    this.citation = citation;
    this.atMs = atMs;
    this.answer = answer;
  }
}

export class Citation extends LitElement {
  static properties = { citation: { attribute: false }, atMs: { attribute: false }, words: { attribute: false } };

  constructor() {
    super();
    this.citation = '';
    /** When what cites it was received; 0: it has not been yet. */
    this.atMs = 0;
    /** The language it was painted in: another one paints it again. */
    this.words = language();
    /** @type {CitedRule | null} */
    this.rule = null;
    /** @type {'closed' | 'asking' | 'known' | 'unknown'} */
    this.state = 'closed';
  }

  createRenderRoot() {
    return this;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('citation') || changed.get('citation') === undefined) return;
    this.rule = null;
    this.state = 'closed';
  }

  /** @param {any} event */
  toggled({ target }) {
    if (!target.open || this.state === 'asking' || this.state === 'known') return;
    const { citation, atMs } = this;
    this.state = 'asking';
    this.requestUpdate();
    this.dispatchEvent(new RuleWanted(citation, atMs, (found) => found.then((rule) => {
      if (citation !== this.citation) return;
      Object.assign(this, { rule, state: 'known' });
    }, () => {
      this.state = 'unknown';
    }).finally(() => this.requestUpdate())));
  }

  render() {
    const { rule, version } = citationParts(this.citation);
    // The set's name in the rule files is no word for people; its title comes with the rule's words.
    return html`<details class="citation" @toggle=${this.toggled}><summary><b class="citation-rule">${rule}</b>
      ${version ? html`<span>${say('rule_version', { version })}</span>` : nothing}</summary>
      <div class="citation-words" role="status">${this.inWords()}</div></details>`;
  }

  inWords() {
    if (this.state === 'unknown') return html`<p>${say('rule_unknown')}</p>`;
    if (this.state !== 'known' || !this.rule) return html`<p>${say('loading')}</p>`;
    const { title, reason, strength, effect, set, in_force: inForce } = this.rule;
    const agreed = set.agreed_by.map(({ body, on }) => `${body}${aside(calendarDate(on))}`).join('、');
    return html`<h4>${inLanguage(title)}</h4><p>${inLanguage(reason)}</p>
      <dl class="facts"><div><dt>${say('rule_effect')}</dt><dd>${say(/** @type {any} */ (`rule_effect_${effect.code}`))}</dd></div>
        <div><dt>${say('rule_strength')}</dt><dd>${say(/** @type {any} */ (`rule_strength_${strength.code}`))}</dd></div>
        <div><dt>${say('rule_set')}</dt><dd>${say('rule_of', { set: inLanguage(set.title), version: set.version })}</dd></div>
        <div><dt>${say('rule_agreed_by')}</dt><dd>${agreed || say(set.layer === 'floor' ? 'rule_floor_unsigned' : 'rule_agreed_by_nobody')}${set.stage_label ? html` <small>${inLanguage(set.stage_label)}</small>` : nothing}</dd></div>
        <div><dt>${say('rule_citation')}</dt><dd><code>${this.citation}</code></dd></div></dl>
      ${inForce ? nothing : html`<p class="quiet">${say('rule_of_the_past')}</p>`}`;
  }
}

customElements.define('renkei-citation', Citation);
