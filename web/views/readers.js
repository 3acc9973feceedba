// `<renkei-readers>`: who has read an entry, and who of the team has not yet: with profession and office, office by office.
// Stands in a fold of the entry and paints only while that is open. Machines read nothing. Of what is restricted it does not say
// who has not read it: the page cannot tell who is shown it.

import '../later-phrases.js';
import { LitElement, html, nothing } from '../vendor/lit.js';
import { moment } from '../dates.js';
import { say, word } from '../language.js';
import { readersOf, unreadBy } from '../reached.js';

/** @typedef {import('../reached.js').Reader} Reader @typedef {import('../model.js').Model} Model */

export class Readers extends LitElement {
  // Painted anew with the entry: markers move while the entry stays.
  static properties = { model: { attribute: false, hasChanged: () => true }, item: { attribute: false, hasChanged: () => true } };

  constructor() {
    super();
    /** @type {Model} */
    this.model = /** @type {any} */ (undefined);
    /** @type {import('../timeline.js').Item} */
    this.item = /** @type {any} */ (undefined);
    this.paint = () => this.requestUpdate();
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.fold = this.closest('details');
    this.fold?.addEventListener('toggle', this.paint);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.fold?.removeEventListener('toggle', this.paint);
  }

  shouldUpdate() {
    return this.fold?.open ?? false;
  }

  render() {
    const { model, item } = this;
    const isPast = item.sensitivity === 'restricted';
    const [read, unread] = [readersOf(model, item), isPast ? [] : unreadBy(model, item)];
    return html`${isPast ? html`<p class="quiet">${say('read_past_how')}</p>` : nothing}${this.offices(read)}
      ${unread.length ? html`<h4>${say('read_not_yet', { count: unread.length })}</h4>${this.offices(unread)}` : nothing}`;
  }

  /** @param {Reader[]} readers */
  offices(readers) {
    const { model, item } = this;
    const team = (model.patients.get(item.timeline)?.team ?? []).map(({ organisation }) => organisation);
    const placed = readers.map((reader) => ({ ...reader, position: positionOf(model, reader.person, team) }));
    const known = [...new Set(placed.map(({ position }) => position.organisation))];
    // The offices of the team as they stand there, then whoever has left it.
    const offices = [...team.filter((id) => known.includes(id)), ...known.filter((id) => !team.includes(id))];
    return html`<ul class="readers">${offices.map((office) => html`<li><span class="readers-office">${model.organisationName(office) || say('unknown_organisation')}</span>
      <ul>${placed.filter(({ position }) => position.organisation === office).map(({ person, atMs, position }) => html`<li><b>${model.personName(person) || say('somebody')}</b>
        <small>${word('role', position.role)}</small> ${atMs ? html`<small>${moment(atMs)}</small>` : nothing}</li>`)}</ul></li>`)}</ul>`;
  }
}

/** Where somebody is for this patient. @param {Model} model @param {string} person @param {string[]} team */
function positionOf(model, person, team) {
  const positions = model.people.get(person)?.positions ?? [];
  return positions.find(({ organisation }) => team.includes(organisation)) ?? positions[0] ?? { role: '', organisation: '' };
}

customElements.define('renkei-readers', Readers);
