// Every sheet on a low screen: what it holds can be reached, its head and its foot stay. With more in it than any of them holds
// by itself, so that none passes because it happens to be short.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomes, openPatient, startRegion } from '../page.mjs';

/** Opens each sheet that the page can show now, with something tall at its end, and scrolls there: which, and of which the head, the foot or the end is off the screen. */
const reach = (page) => page.evaluate(async () => {
  const [opened, off] = [[], []];
  for (const dialog of document.querySelectorAll('dialog.sheet')) {
    const body = dialog.querySelector('.sheet-body');
    if (!body || !dialog.parentElement?.checkVisibility()) continue;
    opened.push(dialog.parentElement.closest(':not(section)').localName);
    if (!dialog.open) dialog.showModal();
    const end = Object.assign(document.createElement('p'), { textContent: 'おわり' });
    end.style.paddingTop = '120rem';
    body.append(end);
    body.scrollTop = body.scrollHeight;
    const isSeen = (one) => Boolean(one) && one.getBoundingClientRect().bottom <= innerHeight + 1 && one.getBoundingClientRect().bottom > 0;
    const parts = [end, ...dialog.querySelectorAll('.sheet-head, .sheet-foot')];
    if (!parts.every(isSeen)) off.push(dialog.className);
    end.remove();
    dialog.close();
  }
  return { opened, off };
});

for (const [name, viewport] of [['phone', { width: 390, height: 600 }], ['desk', { width: 1280, height: 600 }]]) {
  test(`what every sheet holds can be reached (${name} of ${viewport.height} px)`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    hub.announcements = [{ id: 'a', title: 'お知らせ', text: '本文', organisation_name: '事務局', published_at: new Date().toISOString(), until: '2099-01-01', is_withdrawn: false, read_at: null }];
    const page = await screenOf('nurse', { size: name, viewport });
    await openPatient(page);
    await page.locator('renkei-taking-out').waitFor({ state: 'attached' });
    // The one in which this was found, as somebody opens it: its last part comes into view.
    await page.locator('.bar-account').click();
    const account = page.locator('renkei-account dialog');
    await account.getByText('すべての端末でサインアウト').waitFor();
    await account.locator('.sheet-body').hover();
    await page.mouse.wheel(0, 5_000);
    await becomes(() => account.locator('.sheet-body > :last-child').evaluate((one) => one.getBoundingClientRect().bottom <= innerHeight), true, 'the end of my account');
    await account.getByRole('button', { name: '閉じる' }).click();
    await page.evaluate(() => document.querySelector('renkei-board').begin());
    await page.locator('renkei-board .sheet-body').waitFor();
    const opened = new Set();
    for (const tab of ['timeline', 'summary', 'team']) {
      await page.locator(`#tab-${tab}`).evaluate((one) => one.click());
      await becomes(() => page.locator('.patient').getAttribute('data-tab'), tab);
      const { opened: shown, off } = await reach(page);
      assert.deepEqual(off, [], tab);
      for (const sheet of shown) opened.add(sheet);
    }
    for (const sheet of ['account', 'board', 'devices', 'emergency', 'proof', 'record-form', 'vitals-form', 'follow-up', 'duty-answer', 'paper', 'day-copy', 'taking-out']) assert.ok(opened.has(`renkei-${sheet}`), `${sheet} in ${[...opened]}`);
    assert.deepEqual(page.complaints, []);
  });
}
