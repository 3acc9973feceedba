// Every section of the secretariat's console at every size, in light and dark, in both languages, and with large text: nothing
// sticks out and axe finds nothing serious. What each is for, other stories tell.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleOf, demoRegion } from '../console-page.mjs';
import { assertNothingSticksOut, stumbles } from '../page.mjs';

/** Every section that the secretariat has, and what two of them hold besides; the words that say what they show is there. */
const SECTIONS = [
  ['home', '', '.tiles'], ['patients', 'patients', '.line-row'], ['patients', 'patients/new', 'form'], ['patients', 'patients/table', 'h1'],
  ['queue', 'queue', '.cards, .console-none'], ['quarantine', 'quarantine', '.cards, .console-none'], ['offices', 'offices', '.line-row'],
  ['announcements', 'announcements', 'h1'], ['emergency', 'emergency', '.cards, .console-none'], ['exports', 'exports', '.cards, .console-none'],
  ['rules', 'rules', '.rules-card'], ['compliance', 'compliance', 'table'], ['statistics', 'statistics', 'table'],
  ['trainings', 'trainings', 'h1'], ['audit', 'audit', '.audit-line'], ['retention', 'retention', 'h1'], ['systems', 'systems', 'h1'],
];
/** As a screenshot is called. */
const nameOf = (address) => ({ '': 'home', 'patients/new': 'register', 'patients/table': 'table' })[address] ?? address;

async function openSections(page, look) {
  const all = await page.evaluate(async () => (await import('/console/sections.js')).SECTIONS.map(({ id }) => id));
  assert.deepEqual([...new Set(SECTIONS.map(([id]) => id))], all, 'a section is left out');
  for (const [id, address, there] of SECTIONS) {
    await page.evaluate((to) => { location.hash = to; }, `#/console${address ? `/${address}` : ''}`);
    await page.locator(`renkei-console-${id} h1`).waitFor();
    await page.locator(`renkei-console-${id}`).locator(there).first().waitFor();
    await look(nameOf(address));
  }
  await openParts(page, look);
}

/** The parts of a patient and an office with their people, opened from their lists. */
async function openParts(page, look) {
  await page.evaluate(() => { location.hash = '#/console/patients'; });
  await consoleOf(page).locator('.line-row').nth(3).click();
  for (const [at, name] of ['team', 'review', 'papers', 'closing'].entries()) {
    await consoleOf(page).getByRole('tab').nth(at).click();
    await look(`patient-${name}`);
  }
  await page.evaluate(() => { location.hash = '#/console/offices'; });
  await consoleOf(page).locator('.line-row').nth(1).click();
  await consoleOf(page).locator('.person-head').first().click();
  await look('office');
}

for (const [size, language, colorScheme] of [['phone', 'ja', 'light'], ['tablet', 'ja', 'dark'], ['desk', 'ja', 'light'], ['phone', 'en', 'dark'], ['desk', 'en', 'light']]) {
  test(`every section on a ${size}, in ${language}, ${colorScheme}`, async (t) => {
    const screenOf = await demoRegion(t);
    const page = await screenOf('secretariat', { size, colorScheme, language: language === 'en' ? 'en-GB' : 'ja-JP' });
    await openSections(page, async (name) => {
      await page.waitForLoadState('networkidle');
      await assertNothingSticksOut(page, `${name} on a ${size} in ${language}`);
      await page.shot(`console-${name}-${size}-${language}`, { fullPage: true });
      assert.deepEqual(await stumbles(page), [], `${name} on a ${size} in ${language}`);
    });
    assert.deepEqual(page.complaints, []);
  });
}

test('text at 200 % on a phone: all of it is there and nothing sticks out', async (t) => {
  const screenOf = await demoRegion(t);
  const page = await screenOf('secretariat', { size: 'phone' }, async (one) => {
    const devtools = await one.context().newCDPSession(one);
    await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
  });
  await openSections(page, async (name) => {
    await page.waitForLoadState('networkidle');
    await assertNothingSticksOut(page, `${name} at 200 %`);
    await page.shot(`console-${name}-phone-200-ja`);
  });
  assert.deepEqual(page.complaints, []);
});
