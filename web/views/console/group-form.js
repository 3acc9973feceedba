// Making a group, or changing one: its name, what it is for, who is in it.

import { html, nothing } from '../../vendor/lit.js';
import { peopleNamed } from '../../console/groups.js';
import { say } from '../../console/groups-phrases.js';
import { icon } from '../icons.js';
import { foundPart } from './found.js';
import { primary } from './section.js';

/** @typedef {{id: string, name: string, about: string, isClosed: boolean, members: import('../../console/groups.js').Member[], query: string}} GroupDraft */

const FOUND_MAX = 8;

/**
 * @param {GroupDraft} draft
 * @param {{people: import('../../console/groups.js').Person[], offices: {id: string, name: string}[], positionsOf: (person: import('../../console/groups.js').Person) => unknown,
 *   found: import('./found.js').Found[], confirmed: Set<string>, busy: boolean, changed: () => void, save: (event: any) => void, cancel: () => void}} form
 */
export function groupForm(draft, { people, offices, positionsOf, found, confirmed, busy, changed, save, cancel }) {
  const set = (/** @type {Partial<GroupDraft>} */ change) => { Object.assign(draft, change); changed(); };
  const listed = new Set(draft.members.map(({ person }) => person));
  const add = (/** @type {import('../../console/groups.js').Person[]} */ more) => set({ query: '', members: [...draft.members, ...more.filter(({ id }) => !listed.has(id)).map(({ id, name }) => ({ person: id, name }))] });
  const ofOffice = (/** @type {any} */ event) => {
    const { value } = event.target;
    event.target.value = '';
    if (value) add(people.filter(({ positions }) => positions.some(({ organisation }) => organisation === value)));
  };
  const named = peopleNamed(people, draft.query, listed, FOUND_MAX + 1);
  // Whoever is in the group already stands below.
  const isNobody = people.length > 0 && draft.query.trim() !== '' && peopleNamed(people, draft.query, new Set(), 1).length === 0;
  const worksAt = (/** @type {string} */ id) => {
    const known = people.find((one) => one.id === id);
    return known ? positionsOf(known) : nothing;
  };
  return html`<form class="card group-form" @submit=${save}><h2>${icon(draft.id ? 'edit' : 'plus')}<span>${say(draft.id ? 'change' : 'make')}</span></h2>
    <label class="field">${say('name')}<input name="name" required maxlength="50" autocomplete="off" .value=${draft.name} @input=${(/** @type {any} */ event) => { draft.name = event.target.value; }}></label>
    <label class="field">${say('about')}<textarea name="about" rows="2" maxlength="300" .value=${draft.about} @input=${(/** @type {any} */ event) => { draft.about = event.target.value; }}></textarea><small class="quiet">${say('about_how')}</small></label>
    <div class="fields-two"><div class="group-search"><label class="field">${say('add_person')}<input type="search" autocomplete="off" placeholder=${say('add_person_how')} .value=${draft.query} @input=${(/** @type {any} */ event) => set({ query: event.target.value })}></label>
        ${isNobody ? html`<p class="quiet" role="status">${say('nobody_found')}</p>` : nothing}
        ${named.length ? html`<ul class="attendance group-found">${named.slice(0, FOUND_MAX).map((person) => html`<li><b>${person.name.kanji}<small>${positionsOf(person)}</small></b>
          <button class="button button-small" type="button" @click=${() => add([person])}>${icon('plus')}<span>${say('add_person')}<span class="unseen"> ${person.name.kanji}</span></span></button></li>`)}</ul>${named.length > FOUND_MAX ? html`<p class="quiet">${say('more_people')}</p>` : nothing}` : nothing}</div>
      ${offices.length > 1 ? html`<label class="field">${say('add_office')}<select @change=${ofOffice}><option value="">${say('add_office_none')}</option>${offices.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select></label>` : nothing}</div>
    <h3>${say('members', { count: draft.members.length })}</h3>
    ${draft.members.length === 0 ? html`<p class="quiet">${say('members_none')}</p>` : html`<ul class="attendance">${draft.members.map(({ person, name }) => html`<li><b>${name.kanji}<small>${worksAt(person)}</small></b>
      <button class="button button-small" type="button" @click=${() => set({ members: draft.members.filter((one) => one.person !== person) })}>${icon('close')}<span>${say('remove')}<span class="unseen"> ${name.kanji}</span></span></button></li>`)}</ul>`}
    ${foundPart(found, confirmed, changed)}
    <span class="device-acts">${primary({ busy, unsaid: draft.members.length === 0, words: say('save') })}<button class="button" type="button" @click=${cancel}>${say('cancel')}</button></span></form>`;
}
