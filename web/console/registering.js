// A patient on the way to being registered: what was typed, what is still missing, and the sending. Registration, consent
// and the host office go in one request; with a file of the consent form, or with reasons written for a rule, they go one
// after the other, each once, and what is done stays done.

import { typeOf } from '../attaching.js';
import { FILE_BYTES_MAX } from '../limits.js';
import { uuidV7 } from '../uuid.js';
import { Act } from './act.js';
import { birthDateOf, katakana, spaced } from './names.js';

/** @typedef {'registration' | 'consent' | 'host'} Step */
const STEPS = /** @type {const} */ (['registration', 'consent', 'host']);

export class Registering {
  /** @param {import('../model.js').Model} model @param {import('./calls.js').Calls} calls @param {() => void} changed @param {string} today */
  constructor(model, calls, changed, today) {
    this.model = model;
    this.calls = calls;
    this.changed = changed;
    this.kanji = '';
    this.kana = '';
    this.birth = '';
    this.sex = '';
    this.inFacility = false;
    /** Nobody: registered for training. */
    this.forTraining = false;
    this.doctor = '';
    /** The office of the doctor, of several perhaps. */
    this.doctorOffice = '';
    /** @type {'ask' | 'paper'} */
    this.way = 'ask';
    this.paper = '';
    this.application = '';
    /** @type {'patient' | 'proxy'} */
    this.givenBy = 'patient';
    this.givenOn = today;
    this.consentKept = '';
    this.formVersion = '';
    /** What the patient did not agree to. @type {string[]} */
    this.withheld = [];
    /** @type {File | null} */
    this.file = null;
    /** Empty: the doctor's office. */
    this.hostOffice = '';
    this.act = new Act(model, changed);
    this.requestId = uuidV7();
    this.sent = '';
    this.patient = '';
    /** @type {Set<Step>} */
    this.done = new Set();
    this.isStepwise = false;
    /** @type {any} */
    this.uploaded = null;
  }

  get birthDate() {
    return birthDateOf(this.birth);
  }

  get host() {
    return this.hostOffice || this.doctorOffice;
  }

  /** The fields that are still empty or not understood. @returns {string[]} */
  get missing() {
    const fields = /** @type {[string, unknown][]} */ ([
      ['kanji', spaced(this.kanji)], ['kana', katakana(this.kana)], ['birth_date', this.birthDate], ['sex', this.sex],
      ['doctor', this.doctor], ['paper', this.way === 'ask' || this.paper.trim()], ['application', this.application.trim()],
      ['given_on', this.givenOn], ['document', this.consentKept.trim() || this.file], ['host', this.host],
    ]);
    return fields.filter(([, value]) => !value).map(([name]) => name);
  }

  /** What is wrong with the file, as a phrase; empty when nothing is. */
  get fileFault() {
    if (!this.file) return '';
    if (!typeOf(this.file)) return 'file_type';
    return this.file.size > FILE_BYTES_MAX || this.file.size === 0 ? 'file_size' : '';
  }

  get registration() {
    return {
      name: { kanji: spaced(this.kanji), kana: katakana(this.kana) }, birthDate: this.birthDate, sex: this.sex,
      ...(this.inFacility ? { inFacility: true } : {}), ...(this.forTraining ? { forTraining: true } : {}), agreedBy: this.doctor, document: this.application.trim(),
      ...(this.way === 'paper' ? { agreedOnPaper: this.paper.trim() } : {}),
    };
  }

  /** @returns {Promise<string | null>} the patient's id; `null` when a rule holds it */
  async send() {
    const reasons = [...this.act.holds.values()].some(({ citation }) => this.act.reasons.get(citation)?.trim());
    if (this.file || reasons) this.isStepwise = true;
    return this.isStepwise ? this.sendSteps() : this.sendAtOnce();
  }

  async sendAtOnce() {
    const { name, birthDate, sex, inFacility, forTraining, agreedBy, document, agreedOnPaper } = /** @type {any} */ (this.registration);
    const given = {
      name, birth_date: birthDate, sex, in_facility: inFacility ?? false, ...(forTraining ? { for_training: true } : {}), agreed_by: agreedBy, document, agreed_on_paper: agreedOnPaper ?? '',
      consent: { state: 'team', given_by: this.givenBy, given_on: this.givenOn, document: this.consentKept.trim(), form_version: this.formVersion.trim(), withheld: this.withheld },
      host: { organisation: this.host, people: [] },
    };
    const text = JSON.stringify(given);
    if (this.sent && this.sent !== text) this.requestId = uuidV7();
    this.sent = text;
    const answer = await this.act.through(() => this.calls.register({ ...given, request_id: this.requestId }));
    return answer === null ? null : /** @type {string} */ (answer.id);
  }

  async sendSteps() {
    this.patient ||= uuidV7();
    for (const step of STEPS) {
      if (this.done.has(step)) continue;
      if (await this.sendStep(await this.bodyOf(step)) === null) return null;
      this.done.add(step);
      this.changed();
    }
    return this.patient;
  }

  /** Reasons that were written before are given to the rule that asks for one. @param {Record<string, any>} body */
  async sendStep(body) {
    const { act } = this;
    const { reasons } = act;
    act.edited();
    let answer = await act.send(this.patient, body);
    const isAnswered = [...act.holds.keys()].every((citation) => reasons.get(citation)?.trim());
    if (answer === null && isAnswered) answer = await act.send(this.patient, body);
    // Kept for the steps that follow.
    act.reasons = reasons;
    return answer;
  }

  /** @param {Step} step @returns {Promise<Record<string, any>>} */
  async bodyOf(step) {
    if (step === 'registration') return { registration: this.registration };
    if (step === 'host') return { teamLink: { organisation: this.host, people: [], host: true, history: 'all', relationConfirmed: true } };
    const attachments = this.file ? [await this.upload(this.file)] : [];
    return { consent: { state: 'team', givenBy: this.givenBy, givenOn: this.givenOn, document: this.consentKept.trim(), formVersion: this.formVersion.trim(), withheld: this.withheld, ...(attachments.length ? { attachments } : {}) } };
  }

  /** @param {File} file */
  async upload(file) {
    this.uploaded ??= await handIn(this.model, this.patient, file);
    return this.uploaded;
  }
}

/** Hands a file in for an entry that names it. @param {import('../model.js').Model} model @param {string} patient @param {File} file */
export async function handIn(model, patient, file) {
  const kept = await model.rest.upload(patient, file, typeOf(file), () => {});
  return { sha256: kept.sha256, mediaType: kept.media_type, sizeBytes: kept.size_bytes, title: [...file.name].slice(0, 100).join('') };
}
