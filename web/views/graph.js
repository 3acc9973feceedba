// One graph on a canvas: points and lines of one or two signs, alarm limits as dashed lines, values outside them as
// triangles that point the way they went. `graphs.js` calls this; it knows nothing of the page.

import { clockTime, dayOf, shortDay } from '../dates.js';

const HEIGHT_PX = 148;
const DAY_S = 86_400;

/** @type {Promise<typeof import('../vendor/uplot.js')> | undefined} */
let loading;

/** @param {Element} place @param {string} name */
const colour = (place, name) => getComputedStyle(place).getPropertyValue(name).trim();

/**
 * @param {any} plot @param {number} x @param {number} y @param {number} size @param {string} shape
 */
function mark(plot, x, y, size, shape) {
  const { ctx } = plot;
  ctx.beginPath();
  if (shape === 'dot' || shape === 'ring') ctx.arc(x, y, size * 0.62, 0, 2 * Math.PI);
  else {
    const tip = shape === 'up' ? -size * 1.25 : size * 1.25;
    ctx.moveTo(x, y + tip);
    ctx.lineTo(x - size * 1.1, y - tip * 0.7);
    ctx.lineTo(x + size * 1.1, y - tip * 0.7);
    ctx.closePath();
  }
  ctx.fill();
  ctx.stroke();
}

/** Times under the graph: the hour within a day, else the date; a new day is always named. @param {any} _ @param {number[]} ticks @param {any} axis @param {any} space @param {number} step */
function timeLabels(_, ticks, axis, space, step) {
  let before = 0;
  return ticks.map((tick) => {
    const ms = tick * 1000;
    const newDay = dayOf(ms) !== before;
    before = dayOf(ms);
    if (step >= DAY_S) return shortDay(ms);
    return newDay ? `${clockTime(ms)}\n${shortDay(ms)}` : clockTime(ms);
  });
}

/**
 * Draws into `place` and returns how to remove it.
 * @param {HTMLElement} place
 * @param {{signs: string[], readings: import('../readings.js').Reading[], limits: {label: string, low?: string, high?: string}[], width: number}} graph
 */
export function drawGraph(place, { signs, readings, limits, width }) {
  /** @type {any} */
  let plot;
  let gone = false;
  loading ??= import('../vendor/uplot.js');
  loading.then(({ default: UPlot }) => {
    if (!gone) plot = new UPlot(/** @type {any} */ (options(place, signs, readings, limits, width)), /** @type {any} */ (columns(signs, readings)), place);
  });
  return () => {
    gone = true;
    plot?.destroy();
  };
}

/** @param {string[]} signs @param {import('../readings.js').Reading[]} readings */
function columns(signs, readings) {
  const rows = readings.filter((reading) => signs.some((sign) => sign in reading.values));
  return [rows.map((row) => row.atMs / 1000), ...signs.map((sign) => rows.map((row) => (sign in row.values ? Number(row.values[sign]) : null)))];
}

/** @param {HTMLElement} place @param {string[]} signs @param {import('../readings.js').Reading[]} readings @param {{label: string, low?: string, high?: string}[]} limits @param {number} width */
function options(place, signs, readings, limits, width) {
  const [ink, quiet, line, surface, alarm] = ['--graph', '--text-quiet', '--line', '--surface', '--bad'].map((name) => colour(place, name));
  const rows = readings.filter((reading) => signs.some((sign) => sign in reading.values));
  const lines = limits.flatMap(({ low, high, label }) => [low, high].filter((limit) => limit).map((limit) => ({ at: Number(limit), words: `${label} ${limit}` })));
  const bounds = lines.map(({ at }) => at);
  const axis = { stroke: quiet, font: '12px system-ui', grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    // At the right half a label of the axis has room beside the last tick.
    padding: [10, 24, 0, 0],
    scales: { x: { time: true, range: widened }, y: { range: (/** @type {any} */ _, /** @type {number} */ low, /** @type {number} */ high) => around([low, high, ...bounds]) } },
    axes: [{ ...axis, values: timeLabels, space: 64, size: 38 }, { ...axis, size: 44, space: 22 }],
    series: [{}, ...signs.map(() => ({ stroke: ink, width: 2, spanGaps: true, points: { show: false } }))],
    hooks: {
      draw: [(/** @type {any} */ u) => {
        const { ctx } = u;
        ctx.save();
        ctx.setLineDash([6, 5]);
        ctx.strokeStyle = alarm;
        ctx.lineWidth = 1.5 * devicePixelRatio;
        ctx.fillStyle = alarm;
        Object.assign(ctx, { textAlign: 'left', textBaseline: 'alphabetic' });
        ctx.font = `${11 * devicePixelRatio}px system-ui`;
        for (const { at, words } of lines) {
          const y = u.valToPos(at, 'y', true);
          ctx.fillText(words.trim(), u.bbox.left + 4 * devicePixelRatio, y - 4 * devicePixelRatio);
          ctx.beginPath();
          ctx.moveTo(u.bbox.left, y);
          ctx.lineTo(u.bbox.left + u.bbox.width, y);
          ctx.stroke();
        }
        ctx.setLineDash([]);
        signs.forEach((sign, at) => rows.forEach((row, index) => {
          if (!(sign in row.values)) return;
          const broken = row.alarms[sign];
          ctx.strokeStyle = broken ? alarm : ink;
          ctx.fillStyle = broken ? alarm : at === 0 ? ink : surface;
          const shape = broken ? (broken.below ? 'down' : 'up') : at === 0 ? 'dot' : 'ring';
          mark(u, u.valToPos(u.data[0][index], 'x', true), u.valToPos(Number(row.values[sign]), 'y', true), 5 * devicePixelRatio, shape);
        }));
        ctx.restore();
      }],
    },
  };
}

/** Room at both ends, and half a day around a single reading. @param {any} _ @param {number} low @param {number} high */
const widened = (_, low, high) => {
  const room = high > low ? (high - low) * 0.04 : DAY_S / 2;
  return [low - room, high + room];
};

/** A range that holds all values with room above and below. @param {number[]} values */
function around(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = Math.max((high - low) * 0.15, 1);
  return [low - room, high + room];
}
