// Measures the first view in Chromium, for docs/performance.md: how long it takes over a slow line and on a slow processor
// until somebody can sign in, and, for who is signed in, until the list of patients is there. Run by hand against a real
// hub, nothing is asserted:
//   RENKEI_TEST_CHROMIUM=/usr/bin/chromium RENKEI_TEST_BINARY=target/release/renkei node tests/web/measure-first-view.mjs [runs]
// Lines: what Lighthouse calls "slow 4G" and WebPageTest "3G Fast" (150 ms, 1.6 Mbit/s down, 750 kbit/s up), and what
// WebPageTest calls "3G" (300 ms, 1.6 Mbit/s, 768 kbit/s); once as a line (`slow-line.mjs`), once as DevTools emulate the
// former: every request waits 3.75 round trips and gets 0.9 of the rate (Lighthouse, docs/throttling.md). Processor: 4x.

import { openBrowser } from './browser.mjs';
import { STANDING_STILL, demoHub } from './demo-hub.mjs';
import { slowLine } from './slow-line.mjs';

const RUNS = Number(process.argv[2] ?? 5);
const CPU_SLOWER = 4;
const KBIT = 1_000;
const DEVTOOLS = { latency: 150 * 3.75, downloadThroughput: (1_600 * KBIT * 0.9) / 8, uploadThroughput: (750 * KBIT * 0.9) / 8 };
const LINES = [
  { name: 'line of 150 ms, 1.6 Mbit/s', line: { rttMs: 150, downBitsPerS: 1_600 * KBIT, upBitsPerS: 750 * KBIT } },
  { name: 'line of 300 ms, 1.6 Mbit/s', line: { rttMs: 300, downBitsPerS: 1_600 * KBIT, upBitsPerS: 768 * KBIT } },
  { name: 'DevTools, 562.5 ms a request, 1.44 Mbit/s', line: null },
];
const VIEWS = {
  'sign-in': '.sign-in-card input[name="login"]',
  list: '.patient-row',
  'list, installed page': '.patient-row',
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Notes in the page when what is waited for was painted. @param {string} selector */
function watch(selector) {
  const look = () => (document.querySelector(selector)?.checkVisibility() ? requestAnimationFrame(() => setTimeout(() => { window.usableMs = performance.now(); })) : requestAnimationFrame(look));
  look();
}

/** One cold look, or one at a page that the browser keeps. */
async function look(openPage, { address, token, view, devtoolsLine }) {
  const page = await openPage({ size: 'phone' });
  try {
    if (token) {
      // As somebody who signed in: by a cookie, and the browser's mark that there is one.
      await page.context().addCookies([{ name: '__Host-renkei', value: token, url: address, secure: true, httpOnly: true, sameSite: 'Strict' }]);
      await page.addInitScript(() => localStorage.setItem('renkei.signed_in', 'measured'));
    }
    if (view.includes('installed')) {
      await page.goto(address);
      await page.evaluate(() => navigator.serviceWorker.ready);
      await page.locator(VIEWS[view]).first().waitFor({ timeout: 60_000 });
    }
    await page.addInitScript(watch, VIEWS[view]);
    const devtools = await page.context().newCDPSession(page);
    let [bytes, requests] = [0, 0];
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
    devtools.on('Network.requestWillBeSent', () => { requests += 1; });
    await devtools.send('Network.enable');
    await devtools.send('Performance.enable');
    if (devtoolsLine) await devtools.send('Network.emulateNetworkConditions', { offline: false, ...devtoolsLine });
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER });
    await page.goto(address, { waitUntil: 'commit', timeout: 60_000 });
    const usable = await page.waitForFunction(() => window.usableMs, undefined, { timeout: 60_000 });
    const [ms, kib, count] = [await usable.jsonValue(), bytes / 1000, requests];
    const { metrics } = await devtools.send('Performance.getMetrics');
    const scriptMs = (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0) * 1000;
    const protocol = await page.evaluate(() => performance.getEntriesByType('navigation')[0].nextHopProtocol);
    return { ms, kib, count, scriptMs, protocol };
  } finally {
    await page.context().close();
  }
}

const ends = [];
const t = { after: (end) => ends.push(end) };
try {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const link = new URL(hub.links.get('nurse'));
  const token = new URLSearchParams(link.hash.slice(1)).get('token');
  for (const { name, line } of LINES) {
    const way = line ? await slowLine(Number(link.port), line) : null;
    if (way) t.after(way.close);
    // Service workers want a certificate that is taken without asking. The page keeps its origin, which the hub knows; its connections go through the line.
    const { openPage } = await openBrowser(t, { flags: ['--ignore-certificate-errors', ...(way ? [`--host-resolver-rules=MAP ${link.host} 127.0.0.1:${way.port}`] : [])] });
    for (const view of Object.keys(VIEWS)) {
      const seen = [];
      for (let run = 0; run < RUNS; run += 1) {
        const looked = look(openPage, { address: `${link.origin}/`, token: view === 'sign-in' ? null : token, view, devtoolsLine: line ? null : DEVTOOLS });
        await looked.then((one) => seen.push(one), (error) => console.log(`${name}: ${view}: a look was lost: ${error.message.split('\n')[0]}`));
      }
      if (seen.length === 0) continue;
      const of = (what) => median(seen.map((one) => one[what]));
      console.log(`${name}: ${view} after ${of('ms').toFixed(0)} ms (${seen.map(({ ms }) => ms.toFixed(0)).join(', ')}); ${of('count')} requests, ${of('kib').toFixed(0)} kB, script ${of('scriptMs').toFixed(0)} ms, ${seen[0].protocol}`);
    }
  }
} finally {
  for (const end of ends.reverse()) await end();
}
