// `<renkei-visit-note>`: a visit note of choices, section by section, with the devices as they were found, the time, and
// one sentence. What the choices become is shown as it will be sent, with the hub's ruling under it.

import { html, live, nothing } from '../../vendor/lit.js';
import { clockTime, moment, shortDay } from '../../dates.js';
import { language, say, word } from '../../language.js';
import { CHOICES, inWords } from '../../visiting/choices.js';
import { devicesOf, textOf, timesFault, toggled } from '../../visiting/note.js';
import { phrase } from '../../visiting/phrases.js';
import { roundOf } from '../../visiting/round.js';
import { beforeSend } from '../before-send.js';
import { behalfField } from '../behalf-field.js';
import { whoText } from '../face.js';
import { icon } from '../icons.js';
import './icons.js';
import { View } from '../view.js';
import './sentence.js';

/** @typedef {import('../../visiting/note.js').Told} Told */

export class VisitNote extends View {
  static properties = { ...View.properties, patient: {} };

  constructor() {
    super();
    this.patient = '';
  }

  get round() {
    return roundOf(this.model, this.patient);
  }

  /** @param {Partial<import('../../visiting/note.js').Chosen>} change */
  change(change) {
    Object.assign(this.round.chosen, change);
    this.round.noteEdited();
  }

  render() {
    const { round } = this;
    const { chosen, wounds, attaching } = round;
    const text = textOf(chosen, wounds);
    const ready = round.visit() !== null && !round.note.refused;
    return html`<form class="note-form" @submit=${this.submit} novalidate>
      ${this.about()}
      ${Object.entries(CHOICES.note).map(([section, words]) => html`${section === 'family' ? this.devices() : nothing}${this.section(section, words)}`)}
      <renkei-sentence .model=${this.model} .value=${chosen.sentence} @said=${(/** @type {any} */ event) => this.change({ sentence: event.detail })}
        @heard=${(/** @type {any} */ event) => this.change({ sentence: joined(round.chosen.sentence, event.detail) })}></renkei-sentence>
      ${this.times()}
      ${behalfField(this.model, this.patient, chosen.named ?? null, (named) => this.change({ named }))}
      <div class="chips"><label class="choice"><input type="checkbox" .checked=${live(chosen.tellDoctor)} @change=${() => this.change({ tellDoctor: !chosen.tellDoctor })}><span>${say('tell_doctor')}</span></label>
        <label class="choice"><input type="checkbox" .checked=${live(chosen.acp)} @change=${() => this.change({ acp: !chosen.acp })}><span>${phrase('acp')}</span></label></div>
      ${text ? html`<section class="note-preview" aria-labelledby="note-preview"><h2 id="note-preview">${phrase('will_be_sent')}</h2><p class="body-text">${text}</p>
        ${attaching.items.length ? html`<p class="quiet">${icon('clip')} ${phrase('photos_go_along', { count: attaching.items.length })}</p>` : nothing}</section>` : nothing}
      ${beforeSend(round.note, { offered: [], take: (way) => this.take(way) })}
      <footer class="visit-foot"><button class="button" type="button" @click=${() => this.wantPart('wounds')}>${icon('camera')}<span>${phrase('to_wounds')}</span></button>
        <button class="button button-primary" type="submit" aria-disabled=${String(!ready)}>${icon('send')}<span>${say(round.note.confirmed ? 'send_to_queue' : 'send')}</span></button></footer>
    </form>`;
  }

  /** What it answers, where a duty asked for it. */
  about() {
    const { model, patient, round: { chosen: { about } } } = this;
    const item = about ? model.timeline(patient).byId.get(about) : undefined;
    return item ? html`<p class="note-about">${icon('reply')}<span>${say('about_entry')}: <a href="#/patients/${patient}/${item.id}">${say('about', { kind: word('kind', item.kind), who: whoText(model, item.author), at: moment(item.recordedAtMs) })}</a></span>
      <button class="button button-text" type="button" @click=${() => this.change({ about: '' })}>${phrase('about_not')}</button></p>` : nothing;
  }

  /** @param {string} section @param {import('../../visiting/choices.js').Section} words */
  section(section, { chips, ...name }) {
    const chosen = this.round.chosen.chips[section] ?? [];
    const toggle = (/** @type {string} */ chip) => this.change({ chips: { ...this.round.chosen.chips, [section]: toggled(chosen, section, chip) } });
    return html`<fieldset class="note-section chips" data-section=${section}><legend>${inWords(language(), name)}</legend>
      ${Object.entries(chips).map(([chip, label]) => html`<label class="choice"><input type="checkbox" .checked=${live(chosen.includes(chip))} @change=${() => toggle(chip)}><span>${inWords(language(), label)}</span></label>`)}</fieldset>`;
  }

  /** What the timeline last told of each device, to be confirmed or put right. */
  devices() {
    const told = devicesOf(this.model.timeline(this.patient)).filter(({ settings }) => settings.length > 0);
    return told.length === 0 ? nothing : html`<section class="note-section" aria-labelledby="note-devices"><h2 id="note-devices">${phrase('device_found')}</h2>
      ${told.map((device) => this.device(device))}</section>`;
  }

  /** @param {Told} told */
  device({ device, settings, atMs }) {
    const found = this.round.chosen.devices[device];
    const put = (/** @type {import('../../visiting/note.js').Found | undefined} */ how) => {
      const { [device]: _, ...others } = this.round.chosen.devices;
      this.change({ devices: how ? { ...others, [device]: how } : others });
    };
    const choice = (/** @type {'same' | 'other'} */ how) => html`<label class="choice"><input type="radio" name="found-${device}" .checked=${live(found?.found === how)}
      @change=${() => put({ found: how, settings: settings.map((one) => ({ ...one })) })} @click=${() => found?.found === how && put(undefined)}><span>${phrase(how === 'same' ? 'device_same_choose' : 'device_other_choose')}</span></label>`;
    return html`<fieldset class="note-device chips"><legend>${device} <small class="quiet">${settings.map(({ name, value, unit = '' }) => `${name} ${value} ${unit}`.trim()).join('、')}（${shortDay(atMs)}）</small></legend>
      ${choice('same')}${choice('other')}
      ${found?.found === 'other' ? html`<div class="note-settings">${found.settings.map((setting, at) => html`<label class="field"><span>${setting.name}（${setting.unit}）</span>
        <input inputmode="decimal" autocomplete="off" maxlength="100" .value=${live(setting.value)} @input=${(/** @type {any} */ event) =>
          put({ found: 'other', settings: found.settings.map((one, place) => (place === at ? { ...one, value: event.target.value } : one)) })}></label>`)}</div>` : nothing}</fieldset>`;
  }

  times() {
    const { chosen } = this.round;
    const field = (/** @type {'startedAt' | 'endedAt'} */ name) => html`<div class="note-time"><label class="field"><span>${phrase(name === 'startedAt' ? 'started' : 'ended')}</span>
        <input type="time" .value=${live(chosen[name])} @input=${(/** @type {any} */ event) => this.change({ [name]: event.target.value })}></label>
      <button class="button" type="button" aria-label="${phrase(name === 'startedAt' ? 'started' : 'ended')}: ${phrase('now')}"
        @click=${() => this.change({ [name]: hoursOf(this.model.clock.now()) })}>${phrase('now')}</button></div>`;
    return html`<fieldset class="note-section note-times"><legend>${phrase('times')}</legend>${field('startedAt')}${field('endedAt')}
      ${timesFault(chosen) ? html`<p class="field-error">${phrase('times_upside_down')}</p>` : nothing}</fieldset>`;
  }

  /** What a rule asks for first is written on the patient's page. @param {import('../../ways.js').Way} way */
  take(way) {
    if (way.way === 'write') this.dispatchEvent(new CustomEvent('write-record', { bubbles: true, detail: { timeline: this.patient, kind: way.kind, values: {} } }));
  }

  /** @param {string} part */
  wantPart(part) {
    this.dispatchEvent(new CustomEvent('part-wanted', { bubbles: true, detail: part }));
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    if (await this.round.sendNote()) this.dispatchEvent(new CustomEvent('posted', { bubbles: true }));
  }
}

/** What was heard after what stands there. @param {string} written @param {string} heard */
const joined = (written, heard) => (written && language() === 'en' ? `${written} ${heard}` : written + heard);

/** `HH:MM` for a time field. @param {number} ms */
const hoursOf = (ms) => clockTime(ms).padStart(5, '0');

customElements.define('renkei-visit-note', VisitNote);
