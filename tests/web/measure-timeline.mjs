// Measures the timeline in Chromium, for docs/performance.md: how long a page needs for ten thousand entries, how evenly it
// scrolls through them, and how soon a new entry is painted after its frame. Run by hand, nothing is asserted:
//   RENKEI_TEST_CHROMIUM=/usr/bin/chromium node tests/web/measure-timeline.mjs [entries] [trace file]
// Wall-clock times depend on what else the machine does; the processor time of the page's main thread does so far less.

import { writeFile } from 'node:fs/promises';
import { openBrowser } from './browser.mjs';
import { MockHub } from './mock-hub.mjs';
import { PATIENTS } from './region.mjs';

const [ENTRIES, TRACE] = [Number(process.argv[2] ?? 10_000), process.argv[3]];
const [HARU] = PATIENTS;
const SCREENS_SCROLLED = 60;
const ARRIVALS = 60;
const CATEGORIES = ['blink.user_timing', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'benchmark', 'v8.execute'];

/** Leaves of the trace, so that nothing is counted twice; layout that a script forces is in both. */
const PARTS = { script: ['FunctionCall', 'EvaluateScript', 'FireAnimationFrame', 'RunMicrotasks'], style: ['UpdateLayoutTree'], layout: ['Layout'], paint: ['PrePaint', 'Paint', 'Layerize', 'Commit'], garbage: ['MinorGC', 'MajorGC', 'V8.GCScavenger'] };

const share = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
const told = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.5, 0.95, 0.99, 1].map((part) => share(sorted, part).toFixed(1)).join(' / ');
};

function fill(hub) {
  const start = Date.now() - ENTRIES * 60_000;
  const actors = ['doctor', 'nurse', 'helper', 'manager', 'pharmacist'].map((key) => hub.journal.actor(key));
  const vital = (at) => ({ vital: { measurements: [['systolic', 110 + (at % 40), 'mm[Hg]'], ['diastolic', 60 + (at % 25), 'mm[Hg]'], ['pulse', 60 + (at % 40), '/min'], ['spo2', 93 + (at % 6), '%']].map(([sign, value, unit]) => ({ sign, value: String(value), unit })) } });
  hub.journal.timelines.get(HARU.id).length = 0;
  for (let at = 1; at <= ENTRIES; at += 1) {
    const body = at % 4 === 0 ? vital(at) : at % 11 === 0 ? { message: { text: `連絡その${at}。${'次の訪問で確かめます。'.repeat(at % 5)}`, toRoles: ['nurse'] } } : { note: { text: `記録その${at}。${'食事は七割ほど、表情は明るいです。'.repeat(at % 7)}` } };
    hub.journal.append(HARU.id, actors[at % actors.length], start + at * 60_000, { body });
  }
}

/** Everything the page's main thread did, by the kernel's count of processor time. */
async function traced(devtools, work) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  devtools.on('Tracing.dataCollected', collect);
  await devtools.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES } });
  const result = await work();
  const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
  await devtools.send('Tracing.end');
  await complete;
  devtools.off('Tracing.dataCollected', collect);
  const main = events.find(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const tasks = events.filter(({ name, ph, pid, tid }) => ph === 'X' && pid === main?.pid && tid === main?.tid && name === 'ThreadControllerImpl::RunTask');
  // Of each entry, what the main thread did between its frame and its painting.
  const marks = (mark) => events.filter(({ name, cat, pid }) => name === mark && /user_timing/.test(cat) && pid === main?.pid).map(({ ts }) => ts).sort((a, b) => a - b);
  const painted = marks('painted');
  const arrivedMs = marks('heard').map((from, at) => tasks.filter(({ ts, dur }) => ts + dur > from && ts < painted[at]).reduce((sum, { tdur, dur }) => sum + (tdur ?? dur) / 1000, 0));
  const spent = Object.entries(PARTS).map(([part, names]) => [part, events.filter(({ name, pid, tid }) => names.includes(name) && pid === main?.pid && tid === main?.tid)
    .reduce((sum, { tdur = 0 }) => sum + tdur / 1000, 0)]);
  return { result, events, spent, arrivedMs, cpuMs: tasks.map(({ tdur, dur }) => (tdur ?? dur) / 1000) };
}

/** Scrolls up evenly, and says how far apart the frames were. */
async function scroll(page, devtools) {
  const box = await page.locator('.entries-scroll').boundingBox();
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const frame = (at) => {
      window.frames_.push(at - last);
      last = at;
      window.frameTimer = requestAnimationFrame(frame);
    };
    window.frameTimer = requestAnimationFrame(frame);
  });
  for (let screen = 0; screen < SCREENS_SCROLLED; screen += 1) {
    await devtools.send('Input.synthesizeScrollGesture', { x: box.x + box.width / 2, y: box.y + box.height / 2, yDistance: box.height, speed: 2_400, gestureSourceType: 'mouse', preventFling: true });
  }
  return page.evaluate(() => {
    cancelAnimationFrame(window.frameTimer);
    return { frames: window.frames_.slice(1), rows: document.querySelectorAll('.entries > li').length, top: document.querySelector('[data-seq]').dataset.seq };
  });
}

/** From the frame of an entry to after the painting that shows it. */
async function arrivals(page, hub) {
  await page.evaluate(() => {
    window.painted = [];
    const { parse } = JSON;
    JSON.parse = (text, ...more) => {
      const label = /測るための記録(\d+)/.exec(String(text))?.[0];
      if (label && String(text).includes('"delivery"')) {
        const heard = performance.now();
        performance.mark('heard');
        const look = () => requestAnimationFrame(() => setTimeout(() => {
          if (document.querySelector('.entries')?.lastElementChild?.textContent?.includes(label)) {
            window.painted.push(performance.now() - heard);
            performance.mark('painted');
          }
          else look();
        }));
        look();
      }
      return parse(text, ...more);
    };
  });
  const doctor = hub.journal.actor('doctor');
  for (let at = 1; at <= ARRIVALS; at += 1) {
    hub.journal.append(HARU.id, doctor, Date.now(), { body: { note: { text: `測るための記録${at}` } } });
    await page.waitForFunction((wanted) => window.painted.length >= wanted, at);
  }
  return page.evaluate(() => window.painted);
}

const ends = [];
const t = { after: (end) => ends.push(end) };
const hub = await new MockHub().listen();
fill(hub);
try {
  const { openPage } = await openBrowser(t);
  for (const size of ['phone', 'desk']) {
    const page = await openPage({ size });
    const before = Date.now();
    await page.goto(hub.link('nurse'));
    await page.locator('.pill-good').waitFor({ timeout: 120_000 });
    const heldMs = Date.now() - before;
    const opening = Date.now();
    await page.locator('.patient-row', { hasText: '高橋' }).click();
    await page.locator(`[data-seq="${hub.journal.entries(HARU.id).length}"]`).waitFor();
    console.log(`${size}: ${ENTRIES} entries held after ${heldMs} ms, opened in ${Date.now() - opening} ms`);
    const devtools = await page.context().newCDPSession(page);
    const arrived = await traced(devtools, () => arrivals(page, hub));
    console.log(`  frame → painted, ms (p50 / p95 / p99 / max): ${told(arrived.result)}; of that the main thread's processor time: ${told(arrived.arrivedMs)}`);
    const moved = await traced(devtools, () => scroll(page, devtools));
    const { frames, rows, top } = moved.result;
    console.log(`  scrolling ${SCREENS_SCROLLED} screens to entry ${top}, ${rows} rows: frames apart, ms (p50 / p95 / p99 / max): ${told(frames)}; over 50 ms: ${frames.filter((ms) => ms > 50).length} of ${frames.length}`);
    console.log(`  main thread: ${(moved.cpuMs.reduce((a, b) => a + b, 0) / frames.length).toFixed(1)} ms a frame (${moved.spent.map(([part, ms]) => `${part} ${(ms / frames.length).toFixed(1)}`).join(', ')}); longest tasks: ${moved.cpuMs.toSorted((a, b) => b - a).slice(0, 5).map((ms) => ms.toFixed(0)).join(', ')} ms`);
    if (TRACE) await writeFile(`${TRACE}-${size}.json`, JSON.stringify({ traceEvents: [...arrived.events, ...moved.events] }));
    await page.context().close();
  }
} finally {
  for (const end of ends.reverse()) await end();
  hub.close();
}
