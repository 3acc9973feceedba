// Every section of the secretariat's console at every size, in light and dark, in both languages, and with large text: nothing
// sticks out and axe finds nothing serious. What each is for, other stories tell.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleOf, demoRegion } from '../console-page.mjs';
import { assertNothingSticksOut, stumbles } from '../page.mjs';

/** Every section that the secretariat has, what two of them hold besides, and what says that they have come. */
const SECTIONS = [
  ['home', '', '.tiles'], ['patients', 'patients', '.line-row'], ['patients', 'patients/new', 'form'], ['patients', 'patients/table', 'textarea'],
  ['queue', 'queue', '.cards, .console-none'], ['quarantine', 'quarantine', '.cards, .console-none'], ['offices', 'offices', '.line-row'],
  ['announcements', 'announcements', '.cards, .console-none'], ['groups', 'groups', '.cards, .console-none'], ['emergency', 'emergency', '.cards, .console-none'], ['exports', 'exports', '.cards, .console-none'],
  ['rules', 'rules', '.rules-card'], ['compliance', 'compliance', 'table'], ['statistics', 'statistics', 'table'],
  ['trainings', 'trainings', '.training-missing .attendance li'], ['cases', 'cases', '.cases-published'], ['audit', 'audit', '.audit-line'], ['retention', 'retention', 'tbody tr'], ['systems', 'systems', '.cards, .console-none'],
];
/** What a press of a button opens in them. */
const FORMS = { announcements: '.console-head .button-primary', groups: '.console-head .button-primary', cases: '.console-head .button-primary', trainings: '.console-head .button-primary', systems: '.console-head .button', rules: '.rules-card details > summary', audit: 'details.more > summary' };
const SHOT_PX_MAX = 5_000;
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
    if (!FORMS[address]) continue;
    await page.locator(`renkei-console-${id}`).locator(FORMS[address]).first().click();
    await page.locator(`renkei-console-${id} form :is(input:not([type=search]), textarea)`).last().waitFor();
    await look(`${address}-form`);
  }
  await openParts(page, look);
}

/** What is wrong with how a section looks on a phone: words of the menu that break, a form that touches what follows it. */
const crooked = (page) => page.evaluate(() => {
  const lines = (one) => Math.round(one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight));
  const words = [...document.querySelectorAll('.console-menu > :is(span, b)')].filter((one) => one.checkVisibility() && lines(one) > 1).map((one) => one.textContent);
  const touching = [...document.querySelectorAll('.console-main form.card')].filter((form) => form.nextElementSibling?.checkVisibility()
    && form.nextElementSibling.getBoundingClientRect().top - form.getBoundingClientRect().bottom < 8).map((form) => form.className);
  return [...words, ...touching];
});

/** All of a section, in a window as high as it takes. */
async function wholeShot(page, name) {
  const { width, height } = page.viewportSize();
  const hidden = await page.evaluate(() => { const { scrollHeight, clientHeight } = document.querySelector('.console-main'); return scrollHeight - clientHeight; });
  await page.setViewportSize({ width, height: Math.min(height + hidden, SHOT_PX_MAX) });
  await page.shot(name);
  await page.setViewportSize({ width, height });
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
      assert.deepEqual(await crooked(page), [], `${name} on a ${size} in ${language}`);
      await wholeShot(page, `console-${name}-${size}-${language}`);
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
    assert.deepEqual(await crooked(page), [], `${name} at 200 %`);
    await page.shot(`console-${name}-phone-200-ja`);
  });
  assert.deepEqual(page.complaints, []);
});
