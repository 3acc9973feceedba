// A visiting nurse's round where it is not easy: by keyboard alone, without signal, with large text, with a camera that takes
// the page away; and all of it with the real hub.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { HARU, assertNothingSticksOut, assertOnlyPanesScroll, becomes, holds, isIn, reconnect, stumbles } from '../page.mjs';
import { at, fakeBluetooth, lastPost, part, photograph, press, section, startRound, STATION, tap, visit } from '../round.mjs';

test('by keyboard alone: values, the note, and on to the next patient', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'desk' });
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
  await page.locator('.visit-card', { hasText: '高橋 ハル' }).getByRole('link').focus();
  await page.keyboard.press('Enter');
  await page.locator('#pad-systolic').focus();
  await page.keyboard.type('１４２');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'pad-diastolic');
  await page.keyboard.type('84');
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(), 'pad-systolic');
  await holds(page.locator('#pad-systolic'), '142');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('status').getByText('バイタルを送りました').waitFor();
  assert.equal(await focused(), 'visit-tab-note');
  await section(page, 'condition').getByLabel('変わりなし').focus();
  await page.keyboard.press('Space');
  await page.getByText('この内容は送信できます').waitFor();
  await page.getByRole('button', { name: '送信' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('訪問の記録を送りました').waitFor();
  assert.equal(await focused(), 'visit-tab-vitals');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await focused(), 'visit-tab-wounds');
  await lastPost(hub, 'visit');
  assert.equal(hub.heard.filter((frame) => frame.post).length, 2);
});

test('in a home without signal: it is sent later, once, and the round says that it waits', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  await visit(page);
  // The rules come after the first view.
  await page.waitForFunction(() => document.querySelector('renkei-shell').model.foreseeing?.table);
  hub.cut();
  await page.locator('.pill-warning, .pill-bad, .pill-busy').first().waitFor();
  await press(page, '128');
  await page.locator('.pad-right .foreseen-mark').getByText('この端末での見込み').waitFor();
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('status').getByText('バイタルをこの端末に保存しました（未送信）').waitFor();
  await page.getByRole('status').getByText('つながりしだい送ります').waitFor();
  await becomes(() => page.getByText('送りました').count(), 0, 'nothing was sent');
  await page.shot('visit-kept-tablet-ja');
  await page.getByRole('link', { name: '今日の訪問へ' }).click();
  await page.locator('.visit-card', { hasText: '高橋 ハル' }).getByText('未送信').waitFor();
  await page.shot('visits-offline-tablet-ja');
  hub.mend();
  await page.locator('.visit-card', { hasText: '高橋 ハル' }).getByText('未送信').waitFor({ state: 'detached' });
  const kept = hub.journal.entries(HARU.id).filter(({ content }) => content.body.vital?.measurements.some(({ value }) => value === '128'));
  assert.equal(kept.length, 1);
});

test('a patient who leaves her view is closed, and what was written about them is not shown again', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  await visit(page);
  await press(page, '128');
  const link = HARU.team.find(({ organisation }) => organisation === STATION.id);
  const people = [...link.people];
  t.after(() => { link.people = people; });
  link.people = [];
  hub.forget('nurse', HARU.id);
  await page.getByText('この患者さんの記録は、いまは開けません。').waitFor();
  await becomes(() => page.locator('.pad-keys').count(), 0);
});

for (const size of ['tablet', 'phone', 'desk']) {
  for (const [language, locale, colorScheme] of [['ja', 'ja-JP', 'light'], ['en', 'en-GB', 'dark']]) {
    test(`${size} in ${language}, ${colorScheme}: nothing sticks out, nothing that axe finds serious`, async (t) => {
      const { screenOf } = await startRound(t);
      const page = await screenOf('nurse', { size, language: locale, colorScheme });
      const look = async (name) => {
        await page.shot(`${name}-${size}-${language}`);
        await assertNothingSticksOut(page, name);
        await assertOnlyPanesScroll(page, name);
        assert.deepEqual(await stumbles(page), [], name);
      };
      await page.goto(`${page.url().split('#')[0]}#/visits`);
      await page.locator('.visit-card').nth(1).waitFor();
      await look('visits');
      await visit(page);
      await page.locator('#pad-systolic').fill('178');
      await page.locator('.verdict-good').waitFor();
      await look('visit-vitals');
      await part(page, 'note');
      await section(page, 'condition').locator('.choice').nth(1).click();
      await page.locator('.verdict-good').waitFor();
      await look('visit-note');
      await part(page, 'wounds');
      await page.locator('.wound-add').click();
      await page.locator('.wound .choice').first().click();
      await look('visit-wounds');
      assert.deepEqual(page.complaints, []);
    });
  }
}

test('text at 200 % on a phone: all of it is there and nothing sticks out', async (t) => {
  const { screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'phone' });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
  await page.goto(`${page.url().split('#')[0]}#/visits`);
  await page.reload();
  await page.locator('.visit-card').first().waitFor();
  await page.shot('visits-phone-200-ja');
  await assertNothingSticksOut(page, 'visits');
  await visit(page);
  await page.shot('visit-vitals-phone-200-ja');
  await assertNothingSticksOut(page, 'vitals');
  await part(page, 'note');
  await assertNothingSticksOut(page, 'note');
});

test('the real hub takes all of it: a meter\'s reading, a note with devices and times, a wound with its photograph', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const page = await openPage({ size: 'tablet' });
  await page.addInitScript(fakeBluetooth);
  await page.goto(hub.links.get('nurse'));
  await isIn(page);
  await page.locator('.visit-other, .visit-open').first().click();
  await page.locator('.pad-keys').waitFor();
  await page.shot('visit-pad-demo-ja');
  await page.getByRole('button', { name: '測定器から読む' }).click();
  await page.getByText('につながりました').waitFor();
  await page.evaluate(() => globalThis.meterSays([0x04, 142, 0, 84, 0, 103, 0, 72, 0]));
  await page.getByRole('button', { name: 'この値を使う' }).click();
  await page.locator('.pad-right .verdict-good').waitFor();
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('status').getByText('バイタルを送りました').waitFor();

  await tap(section(page, 'condition'), '変わりなし');
  for (const device of await page.locator('.note-device').all()) await tap(device, '設定どおり');
  await page.getByRole('button', { name: '開始: いま' }).click();
  await part(page, 'wounds');
  await page.getByRole('button', { name: '創を加える' }).click();
  await tap(page.locator('.wound'), '仙骨部');
  await page.locator('.wound-take input').setInputFiles({ name: 'IMG_0001.JPG', mimeType: 'image/jpeg', buffer: await photograph(page, 2400, 1800) });
  await page.getByText('写真 1 枚が「訪問の記録」と一緒に送られます。').first().waitFor();
  await page.getByRole('button', { name: '訪問の記録へ' }).click();
  await page.locator('.note-form .verdict-good').waitFor();
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('status').getByText('訪問の記録を送りました').waitFor();
  await part(page, 'wounds');
  await page.getByRole('button', { name: '創を加える' }).click();
  await tap(page.locator('.wound'), '仙骨部');
  await page.getByRole('button', { name: '前回の写真を並べる' }).click();
  await page.getByRole('img', { name: /前回の写真: 創部 仙骨部/ }).waitFor();

  await page.getByRole('link', { name: '経過を見る' }).click();
  const [vital, visit] = [page.locator('article.entry-mine', { hasText: '上腕式血圧計 BP7000' }), page.locator('article.entry-mine', { hasText: '【創】仙骨部' })];
  await Promise.all([vital.waitFor(), visit.waitFor()]);
  await becomes(() => vital.innerText(), /142 \/ 84/);
  await becomes(() => visit.innerText(), /【全身の様子】変わりなし[\s\S]*創部 仙骨部/);
  await becomes(() => page.locator('.entry-pending').count(), 0, 'nothing was refused');
  await page.shot('visit-timeline-demo-ja');
  assert.deepEqual(page.complaints, []);
});

test('the camera took the page away: what was begun is there again, sealed on the device until then, and goes once', async (t) => {
  const { hub, openPage } = await startRound(t);
  const page = await openPage({ size: 'tablet' });
  await page.goto(hub.link('nurse'));
  await isIn(page);
  await visit(page);
  await press(page, '128');
  await part(page, 'note');
  await tap(section(page, 'care'), '清拭');
  await part(page, 'wounds');
  await page.getByRole('button', { name: '創を加える' }).click();
  await tap(page.locator('.wound'), '左足');
  await page.locator('.wound-take input').setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: await photograph(page, 800, 600) });
  await page.getByText('写真 1 枚が「訪問の記録」と一緒に送られます。').first().waitFor();
  await page.evaluate(() => document.querySelector('renkei-visits').keeping.save());
  await page.reload();
  await isIn(page);
  await page.locator('.note-preview, .wound, #pad-systolic').first().waitFor();
  await page.getByRole('heading', { name: '左足' }).waitFor();
  await part(page, 'vitals');
  await holds(page.locator('#pad-systolic'), '128');
  await part(page, 'note');
  await page.locator('.note-preview').getByText('【行ったケア】清拭').waitFor();
  await page.getByText('この内容は送信できます').waitFor();
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('status').getByText('訪問の記録を送りました').waitFor();
  const body = await lastPost(hub, 'visit');
  assert.equal(body.text, '【行ったケア】清拭\n【創】左足');
  assert.equal(body.attachments.length, 1);
  assert.deepEqual(page.complaints, []);
});

test('no signal all morning: the page is opened there, the round is known, a photograph and a note wait and go once', async (t) => {
  const { hub, openPage } = await startRound(t);
  const page = await openPage({ size: 'tablet' });
  await page.goto(hub.link('nurse'));
  await isIn(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await isIn(page);
  await page.locator('.visit-card').nth(1).waitFor();
  await page.evaluate(() => document.querySelector('renkei-shell').model.keeper.flush());
  const taken = await photograph(page, 800, 600);
  hub.cut();
  await page.reload();
  await page.locator('.visit-card', { hasText: '高橋 ハル' }).getByText('15:00').waitFor();
  await visit(page);
  await press(page, '128');
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('status').getByText('つながりしだい送ります').waitFor();
  await part(page, 'wounds');
  await page.getByRole('button', { name: '創を加える' }).click();
  await tap(page.locator('.wound'), '左足');
  await page.locator('.wound-take input').setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: taken });
  await page.getByRole('button', { name: 'もう一度送る' }).waitFor();
  await part(page, 'note');
  await tap(section(page, 'care'), '創の処置');
  await page.getByRole('link', { name: '今日の訪問へ' }).click();
  await page.locator('.visit-card', { hasText: '高橋 ハル' }).getByText('書きかけ').waitFor();
  await page.evaluate(() => document.querySelector('renkei-visits').keeping.save());
  await page.reload();
  await visit(page);
  await page.locator('.note-preview').getByText('【行ったケア】創の処置').waitFor();
  assert.equal(hub.files.length, 0);
  hub.mend();
  await reconnect(page);
  assert.equal((await lastPost(hub, 'vital')).measurements[0].value, '128');
  await page.getByText('この内容は送信できます').waitFor();
  await page.getByRole('button', { name: '送信' }).click();
  const body = await lastPost(hub, 'visit');
  assert.deepEqual([body.text, body.attachments.length, hub.files.length], ['【行ったケア】創の処置\n【創】左足', 1, 1]);
});
