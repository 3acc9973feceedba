// The head of the page on a phone: one row at every width, text at 200 % too, with everything in it or one tap away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, becomes, isIn, startRegion, stumbles } from '../page.mjs';

/** The row, and what a finger can press in it. */
const look = (page) => page.evaluate(() => {
  const bar = document.querySelector('.bar');
  const seen = [...bar.querySelectorAll('a, button')].filter((one) => one.checkVisibility());
  const boxes = seen.map((one) => one.getBoundingClientRect());
  return {
    height: Math.round(bar.getBoundingClientRect().height),
    rows: new Set(boxes.map(({ top, height }) => Math.round((top + height / 2) / 12))).size,
    out: seen.filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 || one.getBoundingClientRect().left < 0).map((one) => one.className),
    small: seen.filter((one, at) => !one.classList.contains('pill') && (boxes[at].width < 43 || boxes[at].height < 43)).map((one) => one.className),
    overlapping: boxes.some((box, at) => boxes.some((other, to) => to > at && box.right > other.left + 1 && other.right > box.left + 1)),
    names: seen.map((one) => one.getAttribute('title') || one.textContent.trim()),
  };
});

for (const [who, language, colorScheme] of [['nurse', 'ja-JP', 'light'], ['secretary', 'en-GB', 'dark'], ['secretary', 'ja-JP', 'light']]) {
  test(`${who} in ${language}: one row, nothing cut, everything reached`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    const page = await screenOf(who, { size: 'phone', language, colorScheme });
    const devtools = await page.context().newCDPSession(page);
    for (const percent of [100, 200]) {
      if (percent === 200) {
        await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
        await page.reload();
        await isIn(page);
      }
      for (const width of [320, 360, 390]) {
        await page.setViewportSize({ width, height: 740 });
        const head = await look(page);
        const where = `${width} px at ${percent} %: ${JSON.stringify(head)}`;
        assert.deepEqual([head.rows, head.out, head.small, head.overlapping], [1, [], [], false], where);
        assert.ok(head.height <= 64, where);
        await assertNothingSticksOut(page, where);
        await page.shot(`head-${who}-${width}-${percent}-${language.slice(0, 2)}`);
      }
    }
    assert.deepEqual(await stumbles(page), []);
    // What is not in the row is one tap away.
    await page.locator('.bar-account').click();
    const account = page.locator('renkei-account dialog');
    await account.getByRole('button', { name: language === 'ja-JP' ? 'English' : '日本語' }).waitFor();
    await page.shot(`head-account-200-${who}-${language.slice(0, 2)}`);
    await assertNothingSticksOut(page, 'account');
    await account.getByRole('button', { name: language === 'ja-JP' ? 'English' : '日本語' }).click();
    await page.locator('.bar-account').click();
    await account.getByRole('button', { name: language === 'ja-JP' ? 'Sign out' : 'サインアウト', exact: true }).click();
    await page.locator('.sign-in').waitFor();
    assert.deepEqual(hub.ended, [who]);
    assert.deepEqual(page.complaints, []);
  });
}

test('on a tablet held upright or on its side the head is one row, with something due in it too, and the way out is in the account', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { deviceChange: { device: '吸引器', change: 'new' } } });
  for (const language of ['ja-JP', 'en-GB']) {
    const page = await screenOf('nurse', { size: 'tablet', language });
    await page.locator('.duties-link .badge').waitFor();
    for (const [width, height] of [[1024, 768], [820, 1180]]) {
      await page.setViewportSize({ width, height });
      await becomes(() => page.locator('.bar').evaluate((bar) => bar.offsetHeight <= 64), true, `${width} px, ${language}`);
      await assertNothingSticksOut(page, `${width} px, ${language}`);
    }
    await page.locator('.bar-account').click();
    await page.locator('renkei-account dialog').getByRole('button', { name: language === 'ja-JP' ? 'サインアウト' : 'Sign out', exact: true }).waitFor();
  }
});
