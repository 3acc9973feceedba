// The page for everybody: sizes, languages, light and dark, keyboard, screen readers, text at 200 %, ten thousand entries.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, assertOnlyPanesScroll, becomes, openPatient, startRegion, stumbles, write } from '../page.mjs';

for (const size of ['phone', 'tablet', 'desk']) {
  for (const [language, locale, colorScheme] of [['ja', 'ja-JP', 'light'], ['en', 'en-GB', 'dark']]) {
    test(`${size} in ${language}, ${colorScheme}: nothing sticks out, nothing that axe finds serious`, async (t) => {
      const { screenOf } = await startRegion(t);
      const page = await screenOf('nurse', { size, language: locale, colorScheme });
      await page.locator('.mark-alarm').first().waitFor();
      const look = async (name) => {
        await page.shot(`${name}-${size}-${language}`);
        await assertNothingSticksOut(page, name);
        await assertOnlyPanesScroll(page, name);
        assert.deepEqual(await stumbles(page), [], name);
      };
      await look('list');
      await openPatient(page);
      await write(page, language === 'ja' ? '本日の様子です。' : 'How she is today.');
      await page.locator('.verdict-good').waitFor();
      await look('timeline');
      const small = await page.locator(':is(.entry-foot, .bar) :is(button, summary, a)').evaluateAll((all) => all.filter((one) => one.checkVisibility() && one.offsetHeight < 36).map((one) => `${one.textContent.trim()}: ${one.offsetHeight} px`));
      assert.deepEqual(small, [], 'a finger finds them');
      if (size !== 'desk') {
        for (const tab of ['vitals', 'team']) {
          await page.locator(`#tab-${tab}`).click();
          if (tab === 'vitals') await page.locator('.canvas canvas').first().waitFor();
          await look(tab);
        }
        await page.locator('#tab-timeline').click();
      }
      await page.locator('.button-vitals').click();
      await look('vitals-form');
      assert.deepEqual(page.complaints, []);
    });
  }
}

test('text at 200 % on a phone: all of it is there and nothing sticks out', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'phone' });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
  await page.reload();
  await page.locator('.mark-alarm').first().waitFor();
  await assertNothingSticksOut(page, 'list');
  await openPatient(page);
  await page.shot('timeline-phone-200-ja');
  await assertNothingSticksOut(page, 'timeline');
  await page.locator('#tab-vitals').click();
  await page.locator('.canvas canvas').first().waitFor();
  await page.shot('vitals-phone-200-ja');
  await assertNothingSticksOut(page, 'vitals');
});

test('by keyboard alone: skip, choose a patient, turn the tabs, write, send, open and leave the form', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  await page.keyboard.press('Tab');
  await becomes(() => page.evaluate(() => document.activeElement?.className), 'skip');
  await page.keyboard.press('Enter');
  await becomes(() => page.evaluate(() => document.activeElement?.id), 'main');
  await page.locator('.patient-row', { hasText: '高橋' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#tab-timeline').focus();
  await page.keyboard.press('ArrowRight');
  await becomes(() => page.evaluate(() => document.activeElement?.id), 'tab-summary');
  await page.keyboard.press('ArrowLeft');
  await page.locator('#composer-text').focus();
  await page.keyboard.type('キーボードだけで書きました');
  await page.keyboard.press('Control+Enter');
  await page.locator('article.entry-mine', { hasText: 'キーボードだけで書きました' }).waitFor();
  await becomes(() => page.evaluate(() => document.activeElement?.id), 'composer-text');
  await page.locator('.button-vitals').focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'vital-systolic');
  await page.keyboard.type('120');
  await page.keyboard.press('Enter');
  await becomes(() => page.evaluate(() => document.activeElement?.id), 'vital-diastolic');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(hub.heard.filter((frame) => frame.post).length, 1);
});

test('the language is switched in place and remembered', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await openPatient(page);
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'My patients' }).waitFor();
  await becomes(() => page.locator('html').getAttribute('lang'), 'en');
  await page.reload();
  await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
});

test('ten thousand entries: a window of them in the page, both ends reached, a new one painted at once', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const start = Date.now() - 10_000 * 60_000;
  const doctor = hub.journal.actor('doctor');
  const vital = (at) => ({ vital: { measurements: [{ sign: 'pulse', value: String(60 + (at % 40)), unit: '/min' }] } });
  const head = hub.journal.entries(HARU.id).length;
  hub.journal.timelines.get(HARU.id).length = 0;
  for (let at = 1; at <= 10_000; at += 1) {
    hub.journal.append(HARU.id, doctor, start + at * 60_000, { body: at % 5 === 0 ? vital(at) : { note: { text: `記録その${at}` } } });
  }
  assert.ok(head > 0);
  const before = Date.now();
  const page = await screenOf('nurse');
  await openPatient(page);
  await page.getByText('記録その9999', { exact: true }).waitFor();
  t.diagnostic(`signed in, 10,000 entries held and shown after ${Date.now() - before} ms`);
  const rows = () => page.locator('.entries > li').count();
  assert.ok((await rows()) <= 80, `${await rows()} rows`);

  // Up by screens until the first entry, never more rows than the window.
  const scroller = page.locator('.entries-scroll');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  // The processor's, of the page's main thread: what other processes take says nothing of the page.
  const workedMs = async () => (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1_000;
  const workedBeforeMs = await workedMs();
  const kept = await scroller.evaluate(async (element) => {
    const frame = () => new Promise(requestAnimationFrame);
    let rowsMax = 0;
    let steps = 0;
    for (let step = 0; step < 3_000 && !document.querySelector('[data-seq="1"]'); step += 1) {
      element.scrollTop -= 4_000;
      await frame();
      await frame();
      steps = step + 1;
      rowsMax = Math.max(rowsMax, document.querySelectorAll('.entries > li').length);
    }
    return { rowsMax, steps, first: Boolean(document.querySelector('[data-seq="1"]')) };
  });
  assert.ok(kept.first && kept.rowsMax <= 80, JSON.stringify(kept));
  const stepMs = (await workedMs() - workedBeforeMs) / kept.steps;
  t.diagnostic(`${kept.steps} steps of 4,000 px to the first entry, ${Math.round(stepMs)} ms of the processor each, at most ${kept.rowsMax} rows`);
  // Far above what an idle machine needs; a page that held every entry would be far above this.
  assert.ok(stepMs < 300, `scrolling stutters: ${stepMs} ms of the processor for each step`);

  hub.journal.append(HARU.id, doctor, Date.now(), { body: { note: { text: '新しい記録です' } } });
  await page.getByRole('button', { name: /新しい記録/ }).click();
  await page.getByText('新しい記録です').waitFor();
  const painted = page.evaluate(() => new Promise((resolve) => {
    const { parse } = JSON;
    let heardAt = 0;
    JSON.parse = (text, ...more) => {
      if (String(text).includes('測るための記録')) heardAt = performance.now();
      return parse(text, ...more);
    };
    const look = new MutationObserver(() => {
      if (!document.querySelector('.entries')?.textContent?.includes('測るための記録')) return;
      look.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - heardAt));
    });
    look.observe(document.body, { childList: true, subtree: true, characterData: true });
  }));
  await page.evaluate(() => 0);
  hub.journal.append(HARU.id, doctor, Date.now(), { body: { note: { text: '測るための記録' } } });
  const paintMs = await painted;
  t.diagnostic(`a new entry was painted ${Math.round(paintMs)} ms after its frame`);
});

/** As small as a phone is while somebody types, or as a tablet's head is narrow. */
const SMALL = [['a keyboard', 390, 500, 'ja-JP'], ['a keyboard over much of it', 390, 400, 'en-GB'], ['a narrow phone', 360, 640, 'ja-JP'], ['a desk', 1280, 800, 'en-GB']];

test('notices never push away what is written with: the field and the way to send are in the window', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  hub.announcements = [{
    id: '0196d5a2-7c00-7000-8000-0000000000a1', version: 1, title: '年末年始の窓口と、連絡先の変更について', text: 'x', organisation: 'o', organisation_name: '連携事務局',
    published_at: new Date().toISOString(), changed_at: null, reason: '', is_withdrawn: false, until: '2999-01-01', read_at: null,
  }];
  hub.groups = [{ id: 'g', name: '勉強会', about: '', organisation: 'o', organisation_name: 'o', is_closed: false, members: [], is_member: true, may_manage: false, unread: 3 }];
  for (const [name, width, height, language] of SMALL) {
    const page = await screenOf('nurse', { size: width < 800 ? 'phone' : 'desk', language });
    await page.setViewportSize({ width, height: Math.max(height, 640) });
    await page.locator('.news').waitFor();
    if (width < 800) {
      await becomes(() => page.locator('.news').evaluate((news) => news.offsetHeight < 64 && [...news.querySelectorAll('.button')].map((one) => one.innerText.trim()).join(' ')), language === 'ja-JP' ? 'お知らせ 1 グループ 3' : 'Announcements 1 Groups 3', 'one line for all');
      await assertNothingSticksOut(page, `news on ${name}`);
      assert.deepEqual(await stumbles(page), []);
    }
    await page.setViewportSize({ width, height });
    await openPatient(page);
    const inside = (where) => becomes(() => page.evaluate(() => ['#composer-text', '.composer-send .button'].filter((one) => {
      const { top, bottom } = document.querySelector(one).getBoundingClientRect();
      const middle = document.elementFromPoint(document.querySelector(one).getBoundingClientRect().left + 8, (top + bottom) / 2);
      return top < 0 || bottom > innerHeight || !middle?.closest('.composer');
    })), [], `${name}, ${where}`);
    await page.locator('#composer-text').waitFor();
    await inside('with news');
    await page.context().setOffline(true);
    await page.evaluate(() => document.querySelector('renkei-shell').model.hub.network(false));
    await page.locator(width < 800 ? '.loss-short' : '.loss-long').waitFor();
    if (width < 800) await becomes(() => page.evaluate(() => document.querySelector('.banners').offsetHeight < 48), true, 'the connection in one line');
    await inside('offline');
    await page.locator('#composer-text').click();
    await write(page, '本日の様子です。');
    await page.locator('.foreseen').first().waitFor();
    await inside('offline, with what the device foresees');
    await page.shot(`notices-${width}-${height}`);
    assert.deepEqual(await stumbles(page), []);
  }
});

test('the head of the page is one row on a tablet that is held upright, however much it says', async (t) => {
  const { screenOf } = await startRegion(t);
  for (const [width, language] of [[820, 'ja-JP'], [770, 'en-GB'], [390, 'ja-JP']]) {
    const page = await screenOf('nurse', { size: 'tablet', language });
    await page.setViewportSize({ width, height: 900 });
    const height = await page.locator('.bar').evaluate((bar) => bar.offsetHeight);
    assert.ok(height < 64, `${height} px`);
    await page.evaluate(() => {
      const { model } = document.querySelector('renkei-shell');
      for (const [of, name, count] of [[model.outbox, 'unsent', 12], [model.outbox, 'returned', 3], [model.owing, 'waiting', 7]]) Object.defineProperty(of, name, { get: () => count });
      model.hub.network(false);
      model.changed();
    });
    await page.locator('.pill-bad.pill-count').waitFor();
    await becomes(() => page.locator('.bar').evaluate((bar) => bar.offsetHeight), height, 'nor does a badge make it higher');
    await becomes(() => page.locator('.bar .pill-number').allInnerTexts(), ['12', '3'], 'numbers are not cut off');
    await assertNothingSticksOut(page, `the head at ${width} px`);
    assert.deepEqual(await stumbles(page), []);
    await page.shot(`bar-${width}`);
  }
});
