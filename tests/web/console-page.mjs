// Opens a part of the secretariat's console in a story: by its address where the page has the console's frame, else by
// itself over the page, with the same model.

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
  const lists = await Promise.all(pages.map((page) => page.evaluate(() => [...document.querySelector('renkei-shell').model.patients.keys()])));
  return lists[0].find((id) => lists.every((list) => list.includes(id)));
}
