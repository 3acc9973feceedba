// Who agrees to a version: the bodies of each set and their representatives, by form; and the way from the draft into
// force: proposed, signed by each body here or on paper, in force from a day, retired.

import { html, nothing } from '../../vendor/lit.js';
import { HEADER, sameNumber } from '../../console/draft.js';
import { say } from '../../console/rules-phrases.js';
import { listWord, listed } from '../../console/wording.js';
import { calendarDate } from '../../dates.js';
import { inLanguage, word } from '../../language.js';
import { icon } from '../icons.js';
import { choose, write } from './pickers.js';
import { mistakes } from './rule-card.js';

/**
 * @typedef {import('./version.js').RuleVersion} View
 * @typedef {import('../../console/draft.js').Draft} Draft
 * @typedef {import('../../console/rule-file.js').RuleSet} RuleSet
 * @typedef {import('../../console/rules-rest.js').Version} Version
 * @typedef {import('../../console/rules-rest.js').SignedSet} SignedSet
 * @typedef {{body: string, role: string, person: string}} Body
 */

const AGREEMENT_SHOWN = 12;
const PROPOSABLE = [
  { code: 'seed', label: { ja: 'ひな形（だれにも合意を求めない）', en: 'template (nobody is asked to agree)' } },
  { code: 'proposed', label: { ja: '提案（団体に合意を求める）', en: 'proposed (bodies are asked to agree)' } },
];

/** Today of the device, as `<input type="date">` has it. @param {number} [ahead] days */
export function dayInput(ahead = 0) {
  const at = new Date(Date.now() + ahead * 86_400_000);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
}

// ── sets and their bodies ──

/** @param {View} view @param {Draft} draft */
export const setsPart = (view, draft) => html`<p class="quiet">${say('sets_how')}</p>
  ${view.mayEdit && draft.sets.some(({ parts }) => parts.status === 'seed') ? html`<p>${view.button(say('sets_propose_all'), () => proposeAll(view, draft), { glyph: 'check' })}</p>` : nothing}
  <datalist id="rules-people">${[...view.model.people.keys()].map((id) => html`<option value=${view.model.personName(id)}></option>`)}</datalist>
  ${draft.sets.map((set) => setCard(view, draft, set))}`;

/** @param {View} view @param {Draft} draft */
function proposeAll(view, draft) {
  // The places of the sets stay; their texts do not.
  for (const { file } of draft.sets) {
    const set = draft.sets.find((one) => one.file === file);
    if (set?.parts.status === 'seed') draft.setOf(set, 'status', 'proposed');
  }
  view.requestUpdate();
}

/** @param {View} view @param {Draft} draft @param {RuleSet} set */
function setCard(view, draft, set) {
  const { parts } = set;
  const put = (/** @type {string} */ key) => (/** @type {any} */ value) => {
    draft.setOf(set, key, value === '' ? undefined : value);
    view.requestUpdate();
  };
  const title = inLanguage({ ja: parts.ja, en: parts.en });
  const wrong = mistakes(draft.mistakesOf(set.file, HEADER));
  if (!view.mayEdit) return html`<section class="rules-card"><h2>${title}</h2>${bodiesRead(parts.bodies ?? [])}</section>`;
  return html`<section class="rules-card" aria-label=${title}><h2>${title} <small>${listWord('layer', parts.layer)}</small></h2>${wrong}
    <div class="rule-grid">${write(say('set_title_ja'), parts.ja ?? '', put('ja'), { lang: 'ja', max: 200 })}${write(say('set_title_en'), parts.en ?? '', put('en'), { lang: 'en', max: 200 })}
      ${write(say('set_version'), parts.version ?? '', put('version'), { max: 20 })}${choose(say('set_status'), parts.status ?? '', PROPOSABLE, put('status'))}
      ${write(say('set_effective'), parts.effective ?? '', put('effective'), { type: 'date' })}${write(say('set_review_by'), parts.review_by ?? '', put('review_by'), { type: 'date' })}</div>
    ${parts.layer === 'floor' ? html`<p class="quiet">${say('floor_unsigned')}</p>` : bodiesForm(view, draft, set, put('bodies'))}</section>`;
}

/** @param {Body[]} bodies */
const bodiesRead = (bodies) => (bodies.length === 0 ? html`<p class="quiet">${say('bodies_none')}</p>` : html`<ul class="rules-bodies">${bodies.map(({ body, role, person }) => html`<li>
  <b>${body}</b> <small>${word('role', role)}${person ? `・${say('represented_by', { person })}` : nothing}</small></li>`)}</ul>`);

/** @param {View} view @param {Draft} draft @param {RuleSet} set @param {(bodies: Body[] | undefined) => void} put */
function bodiesForm(view, draft, { parts }, put) {
  const bodies = /** @type {Body[]} */ (parts.bodies ?? []);
  const sides = /** @type {string[]} */ (parts.between ?? []);
  const change = (/** @type {number} */ at, /** @type {Partial<Body>} */ with_) => put(bodies.map((one, place) => (place === at ? { ...one, ...with_ } : one)));
  const missing = sides.filter((side) => !bodies.some(({ role }) => role === side));
  const add = () => put([...bodies, { body: '', role: missing[0] ?? 'doctor', person: '' }]);
  return html`<fieldset class="field rules-bodies"><legend>${say('bodies')}</legend>
    ${bodies.length ? nothing : html`<p class="quiet">${say('bodies_none')}</p>`}
    ${bodies.map(({ body, role, person }, at) => html`<div class="rules-body">${write(say('body_name'), body, (text) => change(at, { body: text }), { max: 120 })}
      ${choose(say('body_role'), role, draft.words.options('roles').filter(({ code }) => !code.startsWith('group:')), (code) => change(at, { role: code }))}
      ${write(say('body_person'), person, (text) => change(at, { person: text }), { max: 80, list: 'rules-people' })}
      <button class="button button-small" type="button" @click=${() => put(bodies.length > 1 ? bodies.filter((_, place) => place !== at) : undefined)}>${say('remove')}<span class="unseen"> ${body}</span></button></div>`)}
    ${missing.length ? html`<p class="rules-warning">${icon('alarm')}<span>${say('bodies_missing', { roles: listed(missing.map((role) => word('role', role))) })}</span></p>` : nothing}
    <button class="button button-small rule-add" type="button" @click=${add}>${icon('plus')}<span>${say('body_add')}</span></button></fieldset>`;
}

// ── from the draft into force ──

/** @param {View} view @param {Version} version @param {Draft} draft */
export function lifePart(view, version, draft) {
  const { stage } = version;
  const isSecretariat = view.model.isSecretariat;
  return html`${draft.isChanged ? html`<p class="rules-warning">${icon('alarm')}<span>${say('save_first')}</span></p>` : nothing}
    <section class="rules-card"><h2>${say('sheet')}</h2><p class="quiet">${say('sheet_how')}</p>${view.button(say('sheet_open'), () => openSheet(view), { glyph: 'list' })}</section>
    ${isSecretariat && stage === 'draft' ? proposing(view, version, draft) : nothing}
    <section class="rules-card"><h2>${say('signatures')}</h2>${stage === 'draft' ? html`<p class="quiet">${say('signatures_after')}</p>` : nothing}
      ${version.sets.filter(({ id }) => layerOf(draft, id) !== 'floor').map((set) => signedSet(view, version, draft, set))}</section>
    ${isSecretariat && (stage === 'agreed' || (stage === 'draft' && version.only_seeds)) ? enacting(view, version) : nothing}
    ${isSecretariat ? copying(view, draft) : nothing}${isSecretariat && stage !== 'retired' ? retiring(view) : nothing}`;
}

/** @param {Draft} draft @param {string} id */
const layerOf = (draft, id) => draft.sets.find((set) => set.id === id)?.parts.layer;

/** @param {View} view @param {Version} version @param {Draft} draft */
function proposing(view, { fingerprint, unsigned }, draft) {
  const seeds = draft.sets.filter(({ parts }) => parts.status === 'seed').length;
  const unnamed = new Set(unsigned.filter(({ body }) => !body).map(({ set }) => set)).size;
  const ready = !seeds && !unnamed && !draft.isChanged;
  const numbered = view.inForce ? sameNumber(draft, view.inForce) : [];
  const line = (/** @type {boolean} */ good, /** @type {string} */ text) => html`<li class=${good ? 'rules-signed' : 'rules-unsigned'}>${icon(good ? 'check' : 'wait')}<span>${text}</span></li>`;
  return html`<section class="rules-card"><h2>${say('propose')}</h2><p class="quiet">${say('propose_how')}</p>
    <ul class="rules-ready">${line(!draft.isChanged, say(draft.isChanged ? 'ready_unsaved' : 'ready_saved'))}
      ${line(!seeds, say(seeds ? 'ready_seeds' : 'ready_no_seeds', { count: seeds }))}${line(!unnamed, say(unnamed ? 'ready_bodies_missing' : 'ready_bodies', { count: unnamed }))}
      ${numbered.length ? line(false, say('ready_same_number', { sets: listed(numbered.map(({ parts }) => `${inLanguage({ ja: parts.ja, en: parts.en })} ${parts.version}`)) })) : nothing}</ul>
    <p class="rule-ends">${seeds || unnamed || numbered.length ? view.button(say('ready_mend'), () => view.show('sets')) : nothing}
    ${view.button(say('propose_do'), () => step(view, say('proposed'), () => view.hub.propose(view.id, fingerprint)), { primary: true, off: !ready })}</p></section>`;
}

/** @param {View} view @param {string} done @param {() => Promise<Version>} work */
const step = (view, done, work) => view.attempt(async () => {
  view.take(await work());
  view.done = done;
});

/** @param {View} view @param {Version} version @param {Draft} draft @param {SignedSet} set */
function signedSet(view, version, draft, set) {
  const bodies = /** @type {Body[]} */ (draft.sets.find(({ id }) => id === set.id)?.parts.bodies ?? []);
  const open = version.unsigned.filter((one) => one.set === set.id);
  const personOf = (/** @type {import('../../console/rules-rest.js').Unsigned} */ asked) =>
    bodies.find(({ body, role }) => body === asked.body && role === asked.role)?.person ?? '';
  return html`<section class="rules-signing"><h3>${inLanguage(set.title)} <small>${say('agreement', { number: set.agreement.slice(0, AGREEMENT_SHOWN) })}</small></h3>
    <ul>${set.signatures.map(({ body, role, person, signed_on: on }) => html`<li class="rules-signed">${icon('check')}
      <span>${say('signed_by', { body, role: word('role', role), person, day: calendarDate(on) })}</span></li>`)}
    ${open.map((one) => html`<li class="rules-unsigned">${icon('wait')}<span>${unsignedWords(one)}</span>
      ${version.stage !== 'draft' && one.body && one.role ? signing(view, set, { body: one.body, role: one.role, person: personOf(one) }) : nothing}</li>`)}</ul></section>`;
}

/** @param {import('../../console/rules-rest.js').Unsigned} unsigned */
function unsignedWords({ body, role }) {
  if (body) return say('unsigned_by', { body, role: word('role', role ?? '') });
  return role ? say('unsigned_side', { role: word('role', role) }) : say('unsigned_any');
}

/** The representative signs here; the secretariat records what was signed on paper. @param {View} view @param {SignedSet} set @param {Body} asked */
function signing(view, { id, agreement }, { body, role, person }) {
  const { model } = view;
  const sign = (/** @type {object} */ with_) => step(view, say('signed', { body }), () => view.hub.sign(view.id, { set: id, agreement, body, role, ...with_ }));
  if (model.isSecretariat) {
    return html`<form class="rules-paper" aria-label=${say('paper_of', { body })} @submit=${(/** @type {any} */ event) => {
      event.preventDefault();
      const fields = new FormData(event.target);
      sign({ person: String(fields.get('person')), signed_on: String(fields.get('on')) });
    }}><label class="field"><span>${say('paper_person')}</span><input name="person" required maxlength="80" autocomplete="off" value=${person}></label>
      <label class="field"><span>${say('paper_on')}</span><input name="on" type="date" required max=${dayInput()} value=${dayInput()}></label>
      <button class="button button-small" type="submit" aria-disabled=${String(view.busy)}>${say('paper_record')}</button></form>`;
  }
  if (model.me?.role !== role) return nothing;
  return html`<form class="rules-paper" aria-label=${say('sign_as', { body })} @submit=${(/** @type {any} */ event) => {
    event.preventDefault();
    sign({});
  }}><label class="choice-line"><input type="checkbox" required><span>${say('sign_read', { body })}</span></label>
    <button class="button button-primary" type="submit" aria-disabled=${String(view.busy)}>${say('sign_as', { body })}</button></form>`;
}

/** @param {View} view @param {Version} version */
const enacting = (view, { fingerprint, only_seeds: onlySeeds }) => html`<section class="rules-card"><h2>${say('enact')}</h2><p class="quiet">${say(onlySeeds ? 'enact_seeds_how' : 'enact_how')}</p>
  <form class="rules-paper" aria-label=${say('enact')} @submit=${(/** @type {any} */ event) => {
    event.preventDefault();
    const on = String(new FormData(event.target).get('on'));
    if (confirm(say('enact_sure', { day: calendarDate(on) }))) step(view, say('enacted', { day: calendarDate(on) }), () => view.hub.putInForce(view.id, fingerprint, on));
  }}><label class="field"><span>${say('enact_on')}</span><input name="on" type="date" required value=${dayInput(1)}></label>
    <button class="button button-primary" type="submit" aria-disabled=${String(view.busy)}>${say('enact_do')}</button></form></section>`;

/** Another draft with these files: what is in force is never edited itself. @param {View} view @param {Draft} draft */
const copying = (view, draft) => html`<details class="more rules-retire"><summary>${say('copy')}</summary><form class="rules-paper" aria-label=${say('copy')} @submit=${(/** @type {any} */ event) => {
  event.preventDefault();
  const title = String(new FormData(event.target).get('title')).trim();
  view.attempt(async () => { location.hash = `#/console/rules/${(await view.hub.draft(title, draft.files)).id}`; });
}}><label class="field"><span>${say('draft_title')}</span><input name="title" required maxlength="200" autocomplete="off"></label>
  <button class="button button-small" type="submit" aria-disabled=${String(view.busy)}>${say('draft_make')}</button></form></details>`;

/** @param {View} view */
const retiring = (view) => html`<details class="more rules-retire"><summary>${say('retire')}</summary><form class="rules-paper" aria-label=${say('retire')}
    @submit=${(/** @type {any} */ event) => {
  event.preventDefault();
  const reason = String(new FormData(event.target).get('reason'));
  step(view, say('retired'), () => view.hub.retire(view.id, reason));
}}><label class="field"><span>${say('retire_why')}</span><input name="reason" required maxlength="1000" autocomplete="off"></label>
  <button class="button button-small" type="submit" aria-disabled=${String(view.busy)}>${say('retire_do')}</button></form></details>`;

/** A page of its own to print from, opened at the press of the button and filled when the hub has answered. @param {View} view */
function openSheet(view) {
  const page = window.open('', '_blank');
  view.attempt(async () => {
    if (!page) {
      view.trouble = say('sheet_blocked');
      return;
    }
    try {
      fillSheet(page, await view.hub.sheet(view.id));
    } catch (error) {
      page.close();
      throw error;
    }
  });
}

/** Its own style goes in as a sheet made here: the page allows none that is written into a document. @param {any} page @param {Document} sheet */
function fillSheet(page, sheet) {
  const made = new page.CSSStyleSheet();
  made.replaceSync([...sheet.querySelectorAll('style')].map(({ textContent }) => textContent).join('\n'));
  for (const style of sheet.querySelectorAll('style')) style.remove();
  page.document.adoptedStyleSheets = [made];
  page.document.title = sheet.title;
  page.document.documentElement.lang = sheet.documentElement.lang;
  page.document.body.replaceChildren(...[...sheet.body.childNodes].map((node) => page.document.importNode(node, true)));
}
