// Chromium for the stories of the web client: started without a word to the outside world, and screenshots.
// Every file in stories/ opens its pages through this; it knows nothing of Renkei.

import assert from 'node:assert/strict';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SCREENSHOTS = path.join(ROOT, 'target/screenshots');
const STEP_TIMEOUT_MS = 20_000;
/** A page is a hundred small files, and other tests may be running. */
const NAVIGATION_TIMEOUT_MS = 30_000;

// Chromium asks its maker's hosts for updates and experiments at every start; a test run must not.
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 },
  desk: { viewport: { width: 1280, height: 800 } },
};

/** Chromium itself falls over now and then before it shows anything, which says nothing of the page. */
async function launch(options, tries = 3) {
  try {
    return await chromium.launch(options);
  } catch (error) {
    if (tries <= 1) throw error;
    console.error(`Chromium did not start, and is started again: ${error.message.split('\n')[0]}`);
    return launch(options, tries - 1);
  }
}

/**
 * Starts Chromium with an empty profile for the test `t`, and closes it when `t` ends.
 * Certificates are not checked, because the development CA is made anew for each run.
 */
export async function openBrowser(t, { flags = [] } = {}) {
  const executablePath = process.env.RENKEI_TEST_CHROMIUM;
  assert.ok(executablePath, 'RENKEI_TEST_CHROMIUM is not set: run the stories with ./test');
  // The sandbox needs a user other than root.
  const args = [...QUIET, ...flags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const browser = await launch({ executablePath, headless: true, args });
  t.after(() => browser.close());
  return {
    /** A page of its own visitor: no cookie, cache or storage is shared with another. */
    async openPage({ size = 'desk', language = 'ja-JP', ...options } = {}) {
      const context = await browser.newContext({
        ...SIZES[size],
        locale: language,
        timezoneId: 'Asia/Tokyo',
        ignoreHTTPSErrors: true,
        ...options,
      });
      context.setDefaultTimeout(STEP_TIMEOUT_MS);
      context.setDefaultNavigationTimeout(NAVIGATION_TIMEOUT_MS);
      const page = await context.newPage();
      return watch(page);
    },
  };
}

/**
 * Chromium on a profile that outlives it, for the test `t`: opened, killed as if the power went, and opened again.
 * @param {string} folder
 */
export async function openProfile(t, folder, { size = 'tablet', language = 'ja-JP', ...options } = {}) {
  const executablePath = process.env.RENKEI_TEST_CHROMIUM;
  assert.ok(executablePath, 'RENKEI_TEST_CHROMIUM is not set: run the stories with ./test');
  const args = process.getuid?.() === 0 ? [...QUIET, '--no-sandbox'] : QUIET;
  const context = await chromium.launchPersistentContext(folder, {
    executablePath, headless: true, args, ...SIZES[size], locale: language, timezoneId: 'Asia/Tokyo', ignoreHTTPSErrors: true, ...options,
  });
  t.after(() => context.close().catch(() => {}));
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  context.setDefaultNavigationTimeout(NAVIGATION_TIMEOUT_MS);
  return {
    context,
    openPage: async () => watch(await context.newPage()),
    /** Everything of this browser ends at once, without a word to any page. */
    async kill() {
      const ended = new Promise((resolve) => context.once('close', resolve));
      for (const pid of await processesOn(folder)) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It went with the one before it.
        }
      }
      await ended;
    },
  };
}

/** The processes that work on a profile. @param {string} folder */
async function processesOn(folder) {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(`--user-data-dir=${folder}`) ? Number(pid) : 0)));
  return found.filter((pid) => pid > 0);
}

/** Collects what the page complains of, so that a story can assert that it complains of nothing. */
function watch(page) {
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    // The development CA is trusted by nobody here, and Chromium starts no service worker then; the page does without.
    const isOfDevelopment = message.text() === 'An SSL certificate error occurred when fetching the script.';
    if (message.type() === 'error' && !isOfDevelopment) complaints.push(`console: ${message.text()}`);
  });
  return Object.assign(page, {
    complaints,
    /** Saves what is seen as target/screenshots/NAME.png and returns the path. */
    async shot(name, options = {}) {
      assert.match(name, /^[a-z0-9-]+$/, 'a screenshot is named in kebab-case');
      await mkdir(SCREENSHOTS, { recursive: true });
      const file = path.join(SCREENSHOTS, `${name}.png`);
      await page.screenshot({ path: file, animations: 'disabled', ...options });
      return file;
    },
  });
}
