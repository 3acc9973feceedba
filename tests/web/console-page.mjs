// The secretariat's console in a story: a part of it opened by its address where the page has the console's frame, else by
// itself over the page, with the same model; and the demo with somebody signed in for each role.

import { openBrowser } from './browser.mjs';
import { STANDING_STILL, demoHub } from './demo-hub.mjs';
import { isIn } from './page.mjs';

/** The demo with somebody signed in for each role asked for. */
export async function demoRegion(t) {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  return async (role, options, prepare = async (/** @type {import('playwright-core').Page} */ _page) => {}) => {
    const page = await openPage(options);
    const prepared = await prepare(page);
    await page.goto(hub.links.get(role));
    await isIn(page);
    return Object.assign(page, { prepared });
  };
}

export const consoleOf = (page) => page.locator('renkei-console');

/** Goes to an address of the console and waits for its heading. */
export async function openAt(page, hash, heading) {
  await page.evaluate((to) => { location.hash = to; }, hash);
  await consoleOf(page).getByRole('heading', { level: 1, name: heading }).waitFor();
}

/** @param {import('playwright-core').Page} page @param {string} section @param {string} [item] @param {{alone?: boolean}} [how] `alone`: for somebody who has no console */
export async function openSection(page, section, item = '', { alone = false } = {}) {
  const hasFrame = !alone && await page.evaluate(() => Boolean(document.querySelector('renkei-shell').model.hasConsole));
  if (hasFrame) {
    await page.evaluate((hash) => { location.hash = hash; }, `#/console/${section}${item ? `/${item}` : ''}`);
  } else {
    await page.evaluate(async ([name, first]) => {
      await import(`/views/console/${name}.js`);
      const over = Object.assign(document.createElement('div'), { className: 'console-main', id: 'console-alone' });
      Object.assign(over.style, { position: 'fixed', inset: '0', overflow: 'auto', padding: '1rem', background: 'var(--ground)', zIndex: '5' });
      const model = document.querySelector('renkei-shell').model;
      const element = Object.assign(document.createElement(`renkei-console-${name}`), { model, item: first });
      addEventListener('hashchange', () => { element.item = decodeURIComponent(location.hash.split('/')[3] ?? ''); });
      over.append(element);
      document.getElementById('console-alone')?.remove();
      document.body.append(over);
    }, [section, item]);
  }
  await page.locator(`renkei-console-${section} h1`).waitFor();
}

/** Posts as whoever is signed in on the page, as their composer would. */
export function postAs(page, timeline, body) {
  return page.evaluate(async ([where, what]) => {
    const { uuidV7 } = await import('/uuid.js');
    return document.querySelector('renkei-shell').model.rest.post(where, { id: uuidV7(), body: what });
  }, [timeline, body]);
}

/** A patient whom everybody on these pages has. */
export async function sharedPatient(...pages) {
  await Promise.all(pages.map((page) => page.waitForFunction(() => document.querySelector('renkei-shell').model.patients.size > 0)));
  const lists = await Promise.all(pages.map((page) => page.evaluate(() => [...document.querySelector('renkei-shell').model.patients.keys()])));
  return lists[0].find((id) => lists.every((list) => list.includes(id)));
}
