// `<renkei-graphs>`: the vitals of one patient. The last values, one small graph for each sign with the alarm limits drawn
// in, and always the table with the same numbers. uPlot is loaded when the first graph is needed.

import { html, nothing } from '../vendor/lit.js';
import { machineTime, shortMoment } from '../dates.js';
import { language, say, word } from '../language.js';
import { GRAPHS, SIGNS, unitOf } from '../readings.js';
import { alarmText } from './bodies.js';
import { isFamily } from './for-family.js';
import { drawGraph } from './graph.js';
import { icon } from './icons.js';
import { View } from './view.js';

const DAY_MS = 86_400_000;
const PERIODS = /** @type {const} */ ([['day', 1], ['week', 7], ['month', 30], ['all', Infinity]]);
const TABLE_ROWS = 20;

/** @param {import('../readings.js').Reading[]} readings @param {string[]} signs */
const summary = (readings, signs) => signs.map((sign) => {
  const values = readings.map((reading) => Number(reading.values[sign])).filter((value) => !Number.isNaN(value));
  return say('graph_summary', { sign: word('vital_sign', sign), count: values.length, low: Math.min(...values), high: Math.max(...values), unit: word('unit', unitOf(sign)) });
}).join(' ');

export class Graphs extends View {
  static properties = { ...View.properties, timelineId: { attribute: false } };

  constructor() {
    super();
    this.timelineId = '';
    this.days = 7;
    this.rows = TABLE_ROWS;
    /** @type {Map<string, {key: string, destroy: () => void}>} */
    this.drawn = new Map();
    this.redraw = () => {
      this.erase();
      this.requestUpdate();
    };
  }

  connectedCallback() {
    super.connectedCallback();
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.dark.addEventListener('change', this.redraw);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.dark?.removeEventListener('change', this.redraw);
    this.sizes?.disconnect();
    this.erase();
  }

  erase() {
    for (const graph of this.drawn.values()) graph.destroy();
    this.drawn.clear();
  }

  get readings() {
    const all = this.model.readingsOf(this.timelineId);
    if (this.days === Infinity) return all;
    const since = this.model.clock.now() - this.days * DAY_MS;
    return all.filter((reading) => reading.atMs >= since);
  }

  /** What was last painted from. */
  key = '';

  /** Entries come in all the time; readings and limits do not. */
  shouldUpdate() {
    const { model, timelineId, days, rows } = this;
    const key = [timelineId, model.timeline(timelineId).readingsVersion, days, rows, language(), Math.floor(model.clock.now() / 60_000)].join(' ');
    if (this.key === key) return false;
    this.key = key;
    return true;
  }

  render() {
    const all = this.model.readingsOf(this.timelineId);
    const { readings } = this;
    const shown = GRAPHS.filter(({ signs }) => readings.some((reading) => signs.some((sign) => sign in reading.values)));
    return html`<h2 id="vitals-title">${icon('heart')}<span>${say('tab_vitals')}</span></h2>
      ${all.length === 0 ? html`<p class="quiet">${say(isFamily(this.model) ? 'family_not_shown' : 'no_vitals')}</p>` : html`
        ${this.lastValues()}
        <div class="chips" role="radiogroup" aria-label=${say('period')}>${PERIODS.map(([name, days]) => html`<label class="choice">
          <input type="radio" name="period" .checked=${this.days === days} @change=${() => { this.days = days; this.requestUpdate(); }}>
          <span>${say(`period_${name}`)}</span></label>`)}</div>
        ${readings.length === 0 ? html`<p class="quiet">${say('no_vitals_in_period')}</p>` : nothing}
        <div class="graphs">${shown.map((graph) => this.figure(graph, readings))}</div>
        ${readings.length ? this.table(readings) : nothing}`}`;
  }

  lastValues() {
    const last = this.model.latestOf(this.timelineId);
    const tiles = GRAPHS.map(({ name, signs }) => ({ name, signs: signs.filter((sign) => last[sign]) })).filter(({ signs }) => signs.length);
    return html`<dl class="tiles">${tiles.map(({ name, signs }) => {
      const alarms = signs.flatMap((sign) => last[sign].alarm ?? []);
      return html`<div class=${alarms.length ? 'tile tile-alarm' : 'tile'}>
        <dt>${name === 'pressure' ? say('blood_pressure') : word('vital_sign', name)}</dt>
        <dd><b>${signs.map((sign) => last[sign].value).join('/')}</b><small>${word('unit', unitOf(signs[0]))}</small></dd>
        ${alarms.map((alarm) => html`<dd class="alarm-words">${alarm.below ? '▼' : '▲'} ${alarmText(alarm)}</dd>`)}
        <dd class="tile-at">${shortMoment(Math.max(...signs.map((sign) => last[sign].atMs)))}</dd></div>`;
    })}</dl>`;
  }

  /** @param {(typeof GRAPHS)[0]} graph @param {import('../readings.js').Reading[]} readings */
  figure({ name, signs }, readings) {
    const limits = this.model.timeline(this.timelineId).limits.filter((limit) => signs.includes(limit.sign));
    return html`<figure class="graph">
      <figcaption><b>${name === 'pressure' ? say('blood_pressure') : word('vital_sign', name)}</b> <small>${word('unit', unitOf(signs[0]))}</small>
        ${name === 'pressure' ? html`<span class="legend"><span>● ${say('systolic_short')}</span><span>○ ${say('diastolic_short')}</span></span>` : nothing}
        ${limits.length ? html`<span class="legend">┄ ${say('own_range')}</span>` : nothing}</figcaption>
      <div class="canvas" data-graph=${name} role="img" aria-label=${summary(readings, signs)}></div></figure>`;
  }

  /** @param {import('../readings.js').Reading[]} readings */
  table(readings) {
    const columns = SIGNS.filter(({ sign }) => readings.some((reading) => sign in reading.values));
    const newest = readings.slice(-this.rows).reverse();
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${say('vitals_table')}><table class="table vitals-table">
      <caption class="unseen">${say('vitals_table')}</caption>
      <thead><tr><th scope="col">${say('measured')}</th>${columns.map(({ sign }) => html`<th scope="col">${word('vital_sign', sign)}<small>${word('unit', unitOf(sign))}</small></th>`)}</tr></thead>
      <tbody>${newest.map(({ atMs, values, alarms }) => html`<tr><th scope="row"><time datetime=${machineTime(atMs)}>${shortMoment(atMs)}</time></th>
        ${columns.map(({ sign }) => {
          const alarm = alarms[sign];
          return html`<td class=${alarm ? 'cell-alarm' : ''}>${alarm ? html`<span aria-hidden="true">${alarm.below ? '▼' : '▲'}</span>` : nothing}${values[sign] ?? ''}
            ${alarm ? html`<span class="unseen">${alarmText(alarm)}</span>` : nothing}</td>`;
        })}</tr>`)}</tbody></table></div>
      ${readings.length > this.rows ? html`<button class="button button-small" type="button" @click=${() => { this.rows += 100; this.requestUpdate(); }}>
        ${say('more_rows', { count: readings.length - this.rows })}</button>` : nothing}`;
  }

  updated() {
    this.draw();
  }

  draw() {
    const { readings } = this;
    const places = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('[data-graph]')]);
    for (const [name, graph] of this.drawn) {
      if (places.some((place) => place.dataset.graph === name)) continue;
      graph.destroy();
      this.drawn.delete(name);
    }
    for (const place of places) {
      const graph = GRAPHS.find(({ name }) => name === place.dataset.graph);
      const width = Math.floor(place.clientWidth);
      if (!graph || width === 0) continue;
      // Drawn again only when something it shows has changed.
      const key = [this.model.timeline(this.timelineId).readingsVersion, this.days, width, language()].join();
      const before = this.drawn.get(graph.name);
      if (before?.key === key) continue;
      before?.destroy();
      const limits = this.model.timeline(this.timelineId).limits.filter((limit) => graph.signs.includes(limit.sign))
        .map((limit) => ({ ...limit, label: graph.signs.length === 1 ? '' : say(limit.sign === 'systolic' ? 'systolic_short' : 'diastolic_short') }));
      this.drawn.set(graph.name, { key, destroy: drawGraph(place, { signs: graph.signs, readings, limits, width }) });
    }
  }
}

customElements.define('renkei-graphs', Graphs);
