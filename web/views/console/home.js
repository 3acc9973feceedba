// `<renkei-console-home>`: what waits for the secretariat today, a card for each sort with how many there are and the way
// there. Each card is asked for by itself: one that does not come says so and hides none of the others.

import { html, nothing, repeat } from '../../vendor/lit.js';
import { actsOn } from '../../console/cases.js';
import { agreementOf } from '../../console/course.js';
import { hrefOf } from '../../console/sections.js';
import { say } from '../../console/phrases.js';
import { fullDay, moment } from '../../dates.js';
import { inLanguage, word } from '../../language.js';
import { icon } from '../icons.js';
import { Section, commas } from './section.js';

/** How many patients' papers are looked into for the doctor's answer; whoever has a team by now has one. */
const LOOKED_INTO_MAX = 40;
const SHOWN_MAX = 5;
/** Asked again by themselves: what cannot wait, and of that only what opens no patient's record, since every reading is on record. */
const FRESH = new Set(['queue', 'quarantine', 'emergency', 'duties']);

/**
 * @typedef {import('../../console/calls.js').Patient} Patient
 * @typedef {{words: unknown, small?: unknown, href: string}} Line
 * @typedef {{count: number, lines: Line[], late?: number}} Found
 * @typedef {object} Card
 * @property {string} id
 * @property {Parameters<typeof say>[0]} title
 * @property {Parameters<typeof say>[0]} none
 * @property {Parameters<typeof icon>[0]} sign
 * @property {string} href
 * @property {(home: Home) => Promise<Found>} find
 */

/** @param {Patient} patient @param {unknown} [small] @returns {Line} */
const line = ({ id, name }, small) => ({ words: name.kanji, small, href: hrefOf('patients', id) });

/** @param {Line[]} lines @returns {Found} */
const found = (lines) => ({ count: lines.length, lines });

/** @type {Card[]} */
const CARDS = [
  { id: 'queue', title: 'section_queue', none: 'home_queue_none', sign: 'wait', href: hrefOf('queue'), find: async (home) => found((await home.calls.queue())
    .map(({ patient, person, received_at: at }) => ({ ...line(patient, `${home.personName(person)}・${moment(Date.parse(at))}`), href: hrefOf('queue') }))) },
  { id: 'quarantine', title: 'section_quarantine', none: 'home_quarantine_none', sign: 'hand', href: hrefOf('quarantine'), find: async (home) => {
    await home.model.quarantined.ask();
    return found(home.model.quarantined.posts.map(({ person, kind, received_at: at }) => ({ words: `${home.personName(person)}・${word('kind', kind)}`, small: moment(Date.parse(at)), href: hrefOf('quarantine') })));
  } },
  { id: 'emergency', title: 'home_emergency', none: 'home_emergency_none', sign: 'eye', href: hrefOf('emergency'), find: async (home) => found((await home.calls.accesses())
    .filter((one) => !one.reviewed_at).map(({ patient, person, declared_at: at, command }) => ({ words: patient?.name.kanji ?? say('emergency_region'),
      small: `${command ? say('emergency_operator') : home.personName(person)}・${moment(Date.parse(at))}`, href: hrefOf('emergency') }))) },
  { id: 'exports', title: 'home_exports', none: 'home_exports_none', sign: 'leave', href: hrefOf('exports'), find: (home) => home.findExports() },
  { id: 'cases', title: 'home_cases', none: 'home_cases_none', sign: 'book', href: hrefOf('cases'), find: (home) => home.findCases() },
  { id: 'duties', title: 'home_duties', none: 'home_duties_none', sign: 'clock', href: '#/duties', find: (home) => home.findDuties() },
  { id: 'doctor', title: 'home_doctor', none: 'home_doctor_none', sign: 'hand', href: hrefOf('patients'), find: (home) => home.findAwaited() },
  { id: 'consent', title: 'home_consent', none: 'home_consent_none', sign: 'edit', href: hrefOf('patients'), find: async (home) => found((await home.everybody()).patients
    .filter(({ consent }) => consent === 'none' || consent === null).map((patient) => line(patient))) },
  { id: 'advice', title: 'home_advice', none: 'home_advice_none', sign: 'gavel', href: hrefOf('patients'), find: async (home) => found((await home.calls.advice())
    .map(({ patient, timeline, title }) => ({ words: inLanguage(title), small: patient?.name.kanji ?? home.model.organisationName(timeline), href: hrefOf(patient ? 'patients' : 'offices', timeline) }))) },
  { id: 'pledges', title: 'home_pledges', none: 'home_pledges_none', sign: 'check', href: '', find: async (home) => {
    await home.model.pledging.look();
    return found(home.model.pledging.owed.map(({ title }) => ({ words: inLanguage(title), href: '' })));
  } },
];

export class Home extends Section {
  constructor() {
    super();
    /** What was found by card; `null` when it did not come. @type {Map<string, Found | null>} */
    this.found = new Map();
    /** @type {{running: boolean, stopped_at: string | null} | null} */
    this.clock = null;
    this.releasing = false;
    /** @type {Promise<{patients: Patient[], more: boolean}> | null} */
    this.patients = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  freshen() {
    return this.find(CARDS.filter(({ id }) => FRESH.has(id) && this.found.get(id)));
  }

  async load() {
    this.patients = null;
    await this.model.refreshDirectory();
    this.calls.clock().then((clock) => this.change({ clock }), () => {});
    this.found.clear();
    await this.find(CARDS);
  }

  /** @param {Card[]} cards */
  async find(cards) {
    await Promise.all(cards.map(async ({ id, find }) => {
      try {
        this.found.set(id, await find(this));
      } catch (/** @type {any} */ error) {
        // What was found before says more than that it could not be asked again; the head of the page says that the line is down.
        if (!this.found.get(id)) this.found.set(id, null);
        this.model.failed(error);
      }
      this.requestUpdate();
    }));
  }

  /** Asked for once, for all cards. */
  everybody() {
    this.patients ??= this.calls.patients({});
    return this.patients;
  }

  /** @returns {Promise<Found>} */
  async findDuties() {
    const now = this.model.clock.now();
    const duties = await this.calls.ownDuties();
    const late = duties.filter(({ due }) => Date.parse(due) < now).length;
    const lines = duties.map(({ title, due, timeline }) => ({
      words: inLanguage(title), small: `${this.subject(timeline)} ${say(Date.parse(due) < now ? 'due_was' : 'due_until', { at: moment(Date.parse(due)) })}`, href: '#/duties',
    }));
    return { ...found(lines), late };
  }

  /** Who waits for a permission to take records out. @returns {Promise<Found>} */
  async findExports() {
    const { requests, patients } = await this.model.rest.exports();
    const names = new Map(patients.map(({ id, name }) => [id, name.kanji]));
    return found(requests.filter(({ state }) => state === 'waiting').map(({ by, patients: whose, purpose, asked_at: at }) => ({
      words: [this.personName(by), commas(whose.flatMap((id) => names.get(id) ?? []))].filter(Boolean).join('・'), small: `${purpose}・${moment(Date.parse(at))}`, href: hrefOf('exports'),
    })));
  }

  /** What others handed in. @returns {Promise<Found>} */
  async findCases() {
    /** @type {{cases: import('../../console/cases.js').CaseWork[], may_review: boolean}} */
    const { cases, may_review: mayReview } = await this.model.rest.call('GET', '/cases/work');
    const waiting = cases.filter((work) => actsOn(work, mayReview).review);
    return found(waiting.map(({ words, author_name: author, changed_at: at }) => ({ words: words?.title, small: `${author}・${moment(Date.parse(at))}`, href: hrefOf('cases') })));
  }

  /** @param {string} timeline */
  subject(timeline) {
    return this.model.organisationName(timeline) || this.model.patientName(timeline).kanji;
  }

  /** The hub keeps no list of them: whoever has one office at most may be waiting for the doctor. @returns {Promise<Found>} */
  async findAwaited() {
    const alone = (await this.everybody()).patients.filter(({ team }) => (team?.length ?? 0) <= 1).slice(0, LOOKED_INTO_MAX);
    const lines = [];
    for (const patient of alone) {
      const { state, doctor, atMs } = agreementOf(await this.calls.entries(patient.id, 1));
      if (state === 'awaited') lines.push(line(patient, say('home_asked', { name: this.personName(doctor), at: moment(atMs) })));
    }
    return found(lines);
  }

  render() {
    const now = this.model.clock.now();
    const waiting = [...this.found.values()].reduce((sum, one) => sum + (one?.count ?? 0), 0);
    const lead = this.found.size < CARDS.length ? say('loading') : waiting ? say('home_lead', { count: waiting }) : say('home_calm');
    return html`${this.head(html`${say('section_home')} <small>${fullDay(now)}</small>`, lead, html`
        <a class="button button-primary" href=${hrefOf('patients', 'new')}>${icon('plus')}<span>${say('register')}</span></a>
        <button class="button" type="button" @click=${() => this.load()}>${icon('sync')}<span>${say('look_again')}</span></button>`)}
      ${this.outcome()}${this.stopped()}
      <ul class="tiles">${repeat(this.ordered, ({ id }) => id, (card) => this.card(card))}</ul>`;
  }

  /** What waits comes first, once everything was found. */
  get ordered() {
    if (this.found.size < CARDS.length) return CARDS;
    const calm = ({ id } = CARDS[0]) => this.found.get(id)?.count === 0;
    return [...CARDS.filter((card) => !calm(card)), ...CARDS.filter((card) => calm(card))];
  }

  /** @param {Card} card */
  card({ id, title, none, sign, href }) {
    const here = this.found.get(id);
    const count = here?.count ?? 0;
    return html`<li class="card tile-card ${count ? 'tile-waits' : ''}" data-card=${id}>
      <h2>${icon(sign)}<span>${say(title)}</span>${here ? html`<b class="tile-count">${count}</b>` : nothing}</h2>
      ${here === undefined ? html`<p class="quiet">${say('loading')}</p>` : here === null ? html`<p class="field-error">${icon('alarm')}<span>${say('home_failed')}</span></p>`
        : count === 0 ? html`<p class="quiet">${icon('check')} ${say(none)}</p>` : html`
        ${here.late ? html`<p class="mark mark-restricted">${icon('clock')}<span>${say('home_late', { count: here.late })}</span></p>` : nothing}
        <ul class="tile-lines">${here.lines.slice(0, SHOWN_MAX).map(({ words, small, href: to }) => html`<li>
          ${to ? html`<a href=${to}>${words}</a>` : html`<span>${words}</span>`}${small ? html` <small class="quiet">${small}</small>` : nothing}</li>`)}</ul>
        ${this.way(id, href, count)}`}</li>`;
  }

  /** @param {string} id @param {string} href @param {number} count */
  way(id, href, count) {
    // Each line leads to its patient; the list of all of them would not be these.
    if (href === hrefOf('patients') && count <= SHOWN_MAX) return nothing;
    if (id === 'pledges') return html`<button class="button button-small" type="button" @click=${() => this.model.pledging.open(true)}>${say('home_pledge_now')}</button>`;
    return html`<a class="button button-small" href=${href}>${say(count > SHOWN_MAX ? 'home_all' : 'home_open', { count })}</a>`;
  }

  /** Nobody is reminded while the clock of duties stands still. */
  stopped() {
    const { clock } = this;
    if (!clock || (clock.running && !clock.stopped_at)) return nothing;
    return html`<section class="card card-warning" role="alert"><h2>${icon('stop')}<span>${say('clock_stopped')}</span></h2>
      <p>${say('clock_stopped_how', { at: clock.stopped_at ? moment(Date.parse(clock.stopped_at)) : '' })}</p>
      ${this.releasing ? html`<p><b>${say('clock_release_sure')}</b></p><div class="device-acts">
          <button class="button button-primary" type="button" aria-disabled=${String(this.busy)} @click=${() => this.release()}>${say('clock_release')}</button>
          <button class="button" type="button" @click=${() => this.change({ releasing: false })}>${say('cancel')}</button></div>`
        : html`<div class="device-acts"><button class="button" type="button" @click=${() => this.change({ releasing: true })}>${say('clock_release')}</button></div>`}</section>`;
  }

  release() {
    this.attempt(async () => {
      await this.calls.releaseClock();
      this.releasing = false;
      this.clock = await this.calls.clock();
    }, say('clock_released'));
  }
}

customElements.define('renkei-console-home', Home);
