// The base of what stands on a patient's page in the console: it knows the patient, and says when the patient changed.

import { Section } from './section.js';

/** @typedef {import('../../console/calls.js').Patient} Patient */

export class PatientPart extends Section {
  static properties = { ...Section.properties, patient: { attribute: false } };

  constructor() {
    super();
    /** @type {Patient} */
    this.patient = /** @type {any} */ (undefined);
  }

  /** The page asks the hub anew, and what was done is said when it shows. */
  async patientChanged() {
    const event = new CustomEvent('patient-changed', { bubbles: true, detail: /** @type {{loaded?: Promise<void>}} */ ({}) });
    this.dispatchEvent(event);
    await event.detail.loaded;
  }

  /**
   * An entry on the patient's timeline, by an act that may be held.
   * @param {import('../../console/act.js').Act} act @param {Record<string, any>} body @param {string} done @param {() => void} after
   */
  enter(act, body, done, after) {
    return this.attempt(async () => {
      if (await act.send(this.patient.id, body) === null) return null;
      after();
      await this.patientChanged();
      return undefined;
    }, done);
  }
}
