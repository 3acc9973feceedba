// Taking a patient's entries out of the hub, for an office that does not take part: recorded as an `export` on this
// office's own timeline before anything is shown to be printed, and permitted where the rules ask for that. Copies for
// one's own chart are treatment at one's own office and are not taken out. Shows nothing.

import { Draft } from './draft.js';
import { readEntry } from './frames.js';
import { Timeline } from './timeline.js';

const PAGE_ENTRIES = 256;
const SEPARATOR = ' / ';

/**
 * @typedef {{purpose: string, to: string, from: string, until: string, hides: string[]}} Terms what is taken where, why, and what is blacked out
 * @typedef {'waiting' | 'permitted' | 'declined' | 'done'} Standing
 * @typedef {{id: string, purpose: string, scope: string, patients: string[], standing: Standing, atMs: number}} Request
 */

/** The same terms always make the same words, by which a permission is found again. @param {Terms} terms */
export const scopeOf = ({ to, from, until, hides }) => [to.trim().replaceAll(SEPARATOR, ' '), `${from}..${until}`, hides.join('+') || '-'].join(SEPARATOR);

/** @param {Pick<Request, 'purpose' | 'scope'>} request @returns {Terms | null} `null`: written by other means */
export function termsOf({ purpose, scope }) {
  const [, to, from, until, hides] = /^(.+) \/ (\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d) \/ (\S+)$/.exec(scope) ?? [];
  return to ? { purpose, to, from, until, hides: hides === '-' ? [] : hides.split('+') } : null;
}

/** Requests of an office and what became of them. @param {Timeline} timeline @returns {Request[]} the newest first */
export function requestsOn(timeline) {
  const exports = timeline.items.filter(({ kind, retraction }) => kind === 'export' && !retraction);
  const done = new Set(exports.filter(({ body }) => !body.planned).map(({ body }) => body.request));
  return exports.filter(({ body }) => body.planned).map((item) => {
    const permitted = item.acknowledgements.some(({ author }) => author.role === 'secretariat' && author.person !== item.author.person);
    const declined = timeline.duties.openedBy(item.id).some(({ stands }) => stands === 'declined');
    /** @type {Standing} */
    const standing = done.has(item.id) ? 'done' : permitted ? 'permitted' : declined ? 'declined' : 'waiting';
    return { id: item.id, purpose: item.body.purpose, scope: item.body.scope, patients: item.body.patients ?? [], standing, atMs: item.recordedAtMs };
  }).reverse();
}

export class PaperPermission {
  /** @param {import('./model.js').Model} model @param {string} patient @param {() => Terms | null} terms `null` while something is missing @param {() => void} changed */
  constructor(model, patient, terms, changed) {
    this.model = model;
    this.patient = patient;
    this.terms = terms;
    this.changed = changed;
    /** @type {Request[]} */
    this.requests = [];
    this.taking = new Draft(model, () => this.intent(false), changed);
    this.asking = new Draft(model, () => this.intent(true), changed);
    /** @type {import('./frames.js').Text[]} why the hub would not have it after all */
    this.refused = [];
  }

  /** @param {boolean} planned @returns {import('./frames.js').Intent | null} */
  intent(planned) {
    const terms = this.terms();
    const office = this.model.me?.organisation.id;
    if (!terms || !office) return null;
    const scope = scopeOf(terms);
    const permitted = planned ? undefined : this.permitted(terms);
    const body = { export: { purpose: terms.purpose.trim(), scope, patients: [this.patient], ...(planned ? { planned: true } : {}), ...(permitted ? { request: permitted.id } : {}) } };
    return { ...this.model.intent(office, body), id: '' };
  }

  /** What was asked for in these very terms, and permitted for one time. @param {Terms} terms */
  permitted(terms) {
    return this.requests.find((one) => one.standing === 'permitted' && one.patients.includes(this.patient) && one.scope === scopeOf(terms) && one.purpose === terms.purpose.trim());
  }

  /** What this office asked for on this patient. */
  get mine() {
    return this.requests.filter(({ patients, standing }) => patients.includes(this.patient) && standing !== 'done');
  }

  edited() {
    this.refused = [];
    this.taking.edited();
  }

  /** Reads the requests of this office from its own timeline. */
  async look() {
    const office = this.model.me?.organisation.id ?? '';
    const timeline = new Timeline(office);
    try {
      for (let [after, more] = [0, true]; more;) {
        const page = await this.model.rest.entries(office, after, PAGE_ENTRIES);
        for (const raw of page.entries) timeline.apply(readEntry(raw));
        ({ through: after, more } = page);
      }
      this.requests = requestsOn(timeline);
    } catch (/** @type {any} */ error) {
      this.model.failed(error);
    }
    this.edited();
    this.changed();
  }

  /** Asks the secretariat. @returns {Promise<boolean>} whether the request is on record */
  async ask() {
    const id = this.asking.id;
    if (!(await this.asking.send()) || !(await this.settled(id))) return false;
    await this.look();
    return true;
  }

  /** @returns {Promise<boolean>} whether it is on record that these entries are taken out: only then may they be shown */
  async take() {
    const id = this.taking.id;
    return (await this.taking.send()) && this.settled(id);
  }

  /** The hub's answer to a post. A refusal is told here, because the office's timeline is not looked at. @param {string} id @returns {Promise<boolean>} */
  settled(id) {
    return new Promise((resolve) => {
      const look = () => {
        const item = this.model.outbox.find(id);
        if (item && (item.state === 'waiting' || item.state === 'sent')) return;
        stop();
        if (item) {
          this.refused = item.verdict?.reasons ?? [];
          this.model.outbox.remove(id);
        }
        // A post that is gone was not accepted by that: somebody may have signed out, or dropped it in another tab.
        resolve(!item && this.model.outbox.results.some((result) => result.id === id));
        this.changed();
      };
      const stop = this.model.listen(look);
      look();
    });
  }
}
