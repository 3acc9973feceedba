// Words of the web stories: a hub, people with their screens, and what they do there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openBrowser } from './browser.mjs';
import { MockHub } from './mock-hub.mjs';
import { PATIENTS } from './region.mjs';

export const [HARU, MASAO] = PATIENTS;
const AXE = readFileSync(path.join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** It is there, and wholly on the screen, where whoever pressed the button looks. @param {any} what */
export async function inView(page, what) {
  await what.waitFor();
  await becomes(() => what.evaluate((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight && one.contains(document.elementFromPoint(...(({ left, width }) => [left + Math.min(width, 20) / 2, (top + bottom) / 2])(one.getBoundingClientRect())));
  }), true, 'on the screen');
}

/** A page that starts fetches and does as much as in an hour after that: it is given the time of a navigation. */
const START_MS_MAX = 30_000;
const PAINT_MS_MAX = 10_000;
const PAINT_MS_STEP = 50;

/** Somebody's page has started, and everything is caught up. */
export const isIn = (page) => page.locator('.pill-good').waitFor({ timeout: START_MS_MAX });

/** The line is there again, and somebody presses the button that says so, unless the page was quicker. */
export async function reconnect(page) {
  const button = page.getByRole('button', { name: '今すぐ再接続' });
  await button.click({ timeout: PAINT_MS_MAX }).catch(() => {});
  await isIn(page);
}

/** A mock hub and a browser for the test `t`. */
export async function startRegion(t) {
  const hub = await new MockHub().listen();
  t.after(() => hub.close());
  const { openPage } = await openBrowser(t);
  return {
    hub,
    /** A person's screen, signed in by the link, with everything caught up. */
    async screenOf(key, options) {
      const page = await openPage(options);
      await page.goto(hub.link(key));
      await isIn(page);
      // What comes after the list is there, too: a story may cut the network at once.
      await page.locator('renkei-proof').waitFor({ state: 'attached', timeout: START_MS_MAX });
      return page;
    },
    openPage,
  };
}

/** Opens a patient from the list. */
export async function openPatient(page, patient = HARU) {
  await page.locator('.patient-row', { hasText: patient.name.kanji }).click();
  await page.getByRole('heading', { level: 1, name: patient.name.kanji }).waitFor();
}

/** Asks until the answer is as expected, or for some seconds: what is not done by hand is painted with the next frame. */
async function settled(ask, isSo) {
  const until = Date.now() + PAINT_MS_MAX;
  let answer = await ask();
  while (!isSo(answer) && Date.now() < until) {
    await setTimeout(PAINT_MS_STEP);
    answer = await ask();
  }
  return answer;
}

/**
 * What is asked of the page is as expected, at once or soon: what comes of an act is painted with a later frame, and on a slow
 * machine much later. @param {() => Promise<any>} ask @param {any} expected a pattern, or the very answer @param {string} [why]
 */
export async function becomes(ask, expected, why) {
  const check = (answer) => (expected instanceof RegExp ? assert.match(answer, expected, why) : assert.deepEqual(answer, expected, why));
  check(await settled(ask, (answer) => {
    try {
      check(answer);
      return true;
    } catch {
      return false;
    }
  }));
}

/** What stands in a field. @param {any} field @param {string | RegExp} expected @param {string} [why] */
export const holds = (field, expected, why) => becomes(() => field.inputValue(), expected, why);

/** A box or a choice is ticked. @param {any} box @param {string} [why] */
export const isTicked = (box, why) => becomes(() => box.isChecked(), true, why);

/** Writes into the composer and waits for the ruling. */
export async function write(page, text) {
  await page.locator('#composer-text').fill(text);
  await page.locator('.composer .verdict').filter({ hasNot: page.locator('.verdict-empty') }).first().waitFor();
}

/** The findings of axe that a person would stumble over. */
export async function stumbles(page) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const look = async (where) => (await window.axe.run(where, { runOnly: rules })).violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical');
    // A bar that stays covers a part of whatever lies beneath it just then: such a target is looked at once more in the middle.
    const isTooSmall = async (node) => {
      const target = document.querySelector(node.target[0]);
      target.scrollIntoView({ block: 'center' });
      return (await look(target)).some(({ id }) => id === 'target-size');
    };
    const found = [];
    for (const { id, nodes } of await look(document)) {
      const left = [];
      for (const node of nodes) if (id !== 'target-size' || await isTooSmall(node)) left.push(node);
      if (left.length > 0) found.push({ id, nodes: left });
    }
    return found;
  });
  return violations
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.any.map((one) => one.message).join('; ')}`).join(' | ')}`);
}

/** Fails if the page itself scrolls beside its panes: what is hidden for the eye must not make it longer. */
export async function assertOnlyPanesScroll(page, where) {
  const [height, width, ...window] = await page.evaluate(() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth, innerHeight, document.documentElement.clientWidth]);
  assert.ok(height <= window[0] && width <= window[1], `${where}: a page of ${width} × ${height} px in a window of ${window[1]} × ${window[0]} px`);
}

/** Fails if something sticks out at the side. */
export async function assertNothingSticksOut(page, where) {
  const wide = await page.evaluate(() => [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll, .unseen') && getComputedStyle(one).position !== 'absolute' && one.checkVisibility())
    .slice(0, 5).map((one) => `${one.tagName}.${one.className}`));
  assert.deepEqual(wide, [], where);
}

/** Signs out: by the head of the page, or on a phone in one's account. */
export async function signOut(page) {
  const head = page.locator('.bar-leave');
  if (await head.isVisible()) return head.click();
  await page.locator('.bar-account').click();
  return page.locator('renkei-account dialog').getByRole('button', { name: 'サインアウト', exact: true }).click();
}
