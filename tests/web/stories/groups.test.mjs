// Groups, with the real hub: the secretariat makes one, a nurse and a doctor talk there, what names a patient is held until each
// piece is settled, what is unread is told, a message is taken out, and the group is closed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { assertNothingSticksOut, becomes, isIn, stumbles } from '../page.mjs';

/** What the hub refuses is an error to the browser too. */
const otherComplaints = (page) => page.complaints.filter((one) => !/status of (403|409|422)/.test(one));

async function open(openPage, hub, role, options) {
  const page = await openPage(options);
  await page.goto(hub.links.get(role));
  await isIn(page);
  await page.waitForFunction(() => document.querySelector('renkei-shell').model.board);
  await page.evaluate(() => { location.hash = '#/console/groups'; });
  const section = page.locator('renkei-console-groups');
  await section.getByRole('heading', { level: 1 }).waitFor();
  return { page, section };
}

/** As when some seconds went by. */
const again = ({ page }) => page.evaluate(async () => {
  const section = document.querySelector('renkei-console-groups');
  await section.load();
  section.requestUpdate();
});
const nameOf = ({ page }) => page.evaluate(() => document.querySelector('renkei-shell').model.me.person.name.kanji);

test('a group is made, talks, is warned of a patient’s name, has something taken out, and is closed', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const desk = await open(openPage, hub, 'secretariat');
  const nurse = await open(openPage, hub, 'nurse', { size: 'phone' });
  const doctor = await open(openPage, hub, 'doctor', { size: 'tablet', language: 'en-GB', colorScheme: 'dark' });
  await nurse.section.getByText('入っているグループはありません。').waitFor();
  await nurse.section.getByText('グループを作るのは、事務局か事業所の管理者です。').waitFor();
  await becomes(() => nurse.section.getByRole('button', { name: 'グループを作る' }).count(), 0);
  await nurse.page.shot('groups-empty-phone-ja');

  await desk.section.getByRole('button', { name: 'グループを作る' }).click();
  await desk.section.getByLabel('グループの名前').fill('褥瘡の勉強会');
  await desk.section.getByLabel('何のグループか').fill('道具と手順を持ち寄ります。');
  for (const who of [nurse, doctor]) {
    const name = await nameOf(who);
    await desk.section.getByLabel('人を加える').fill(name);
    const hit = desk.section.locator('.group-found').getByRole('button', { name });
    // Directly below what was typed, above all else: on a phone the keyboard covers the rest.
    await becomes(() => hit.evaluate((one) => one.closest('.group-search') === document.querySelector('.group-form input[type=search]').closest('.group-search')), true);
    await hit.click();
  }
  await desk.section.getByLabel('人を加える').fill('そのような人');
  await desk.section.getByText('見つかりません。').waitFor();
  await desk.section.getByLabel('人を加える').fill('');
  await desk.section.getByRole('heading', { name: 'メンバー 2 人' }).waitFor();
  await desk.section.locator('.group-form .attendance li', { hasText: '看護師・' }).waitFor();
  assert.deepEqual(await stumbles(desk.page), []);
  await assertNothingSticksOut(desk.page, 'making a group');
  await desk.page.shot('group-make-desk-ja', { fullPage: true });
  await desk.section.getByRole('button', { name: '保存する' }).click();
  await desk.section.getByText('保存しました。').waitFor();
  await desk.section.getByText('メンバーではないので').waitFor();

  const name = await nurse.page.evaluate(async () => (await document.querySelector('renkei-shell').model.rest.call('GET', '/patients')).patients[0].name.kanji);
  await again(nurse);
  await nurse.section.getByRole('button', { name: /褥瘡の勉強会/ }).click();
  await nurse.section.getByText('まだ何も書かれていません。').waitFor();
  await nurse.section.getByLabel('メッセージ').fill(`${name}さんの傷の写真を見てください`);
  await nurse.section.getByRole('button', { name: '送る' }).click();
  await nurse.section.getByText('患者さんの情報が含まれているかもしれません').waitFor();
  await becomes(() => nurse.section.locator('.found-piece b').allInnerTexts(), [name]);
  assert.deepEqual(await stumbles(nurse.page), []);
  await assertNothingSticksOut(nurse.page, 'a message that names a patient');
  await nurse.page.shot('group-found-phone-ja', { fullPage: true });
  await nurse.section.getByLabel('メッセージ').fill('次回は第2会議室です。');
  await nurse.section.getByRole('button', { name: '送る' }).click();
  await nurse.section.getByText('送りました。').waitFor();
  await nurse.section.locator('.group-message .board-text').getByText('次回は第2会議室です。').waitFor();

  // The doctor is told where she is, and reads.
  await doctor.page.evaluate(() => { location.hash = '#/'; });
  await doctor.page.evaluate(() => document.querySelector('renkei-shell').model.board.look());
  const line = doctor.page.locator('.group-line');
  await line.getByText('1 unread in your groups').waitFor();
  assert.deepEqual(await stumbles(doctor.page), []);
  // One group alone is opened where it was left off.
  await line.getByRole('link', { name: 'Read' }).click();
  await doctor.section.getByText('次回は第2会議室です。').waitFor();
  await doctor.section.locator('.unread-line + .group-message', { hasText: '次回は第2会議室です。' }).waitFor();
  await doctor.section.getByText('1 unread').waitFor({ state: 'detached' });
  await line.waitFor({ state: 'detached' });
  await becomes(() => doctor.page.evaluate(() => document.querySelector('renkei-shell').model.board.groupsUnread), 0, 'nothing is left to read');
  await becomes(() => doctor.section.getByRole('button', { name: 'Send', exact: true }).evaluate((one) => one.getBoundingClientRect().bottom <= innerHeight), true, 'and can be answered at once');
  await doctor.section.getByLabel('Message').fill('道具を持って行きます。');
  await doctor.section.getByRole('button', { name: 'Send', exact: true }).click();
  await doctor.section.getByText('It is sent.').waitFor();
  assert.deepEqual(await stumbles(doctor.page), []);
  await assertNothingSticksOut(doctor.page, 'a group on a tablet');
  await doctor.page.shot('group-read-tablet-en-dark', { fullPage: true });

  await again(nurse);
  const mine = nurse.section.locator('.group-message[data-mine="true"]');
  await mine.getByRole('button', { name: '取り消す' }).click();
  await mine.locator('.doing').getByRole('button', { name: '取り消す' }).click();
  await mine.getByText('書いた人が取り消しました。').waitFor();
  await again(desk);
  await desk.section.getByText('書いた人が取り消しました。').waitFor();
  const others = desk.section.locator('.group-message', { hasText: '道具を持って行きます。' });
  await others.getByRole('button', { name: '取り消す' }).click();
  await desk.section.getByLabel('取り消す理由（メンバーに見えます）').fill('場所が変わったため');
  await desk.section.locator('.doing').getByRole('button', { name: '取り消す' }).click();
  await desk.section.getByText('グループを管理する人が取り消しました：場所が変わったため').waitFor();
  assert.deepEqual(await stumbles(desk.page), []);
  await desk.page.shot('group-looked-after-desk-ja', { fullPage: true });

  // More than a phone shows at once: what is new begins with its line; what fits, with the field below it.
  const said = (texts) => doctor.page.evaluate(async (all) => {
    const { rest } = document.querySelector('renkei-shell').model;
    const { groups } = await rest.call('GET', '/groups');
    const { id } = groups.find(({ name }) => name === '褥瘡の勉強会');
    for (const text of all) await rest.call('POST', `/groups/${id}/messages`, { text, confirmed: [] });
  }, texts);
  const reopened = async (unread) => {
    const row = nurse.section.getByRole('button', { name: /褥瘡の勉強会/ });
    if (await row.getAttribute('aria-expanded') === 'true') await row.click();
    await again(nurse);
    await nurse.section.getByRole('button', { name: new RegExp(`褥瘡の勉強会.*未読 ${unread}`) }).click();
    await nurse.section.getByText('ここから未読').waitFor();
    return (where) => nurse.section.locator(where).evaluate((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return top >= one.closest('.console-main').getBoundingClientRect().top - 1 && bottom <= innerHeight;
    });
  };
  await nurse.section.getByRole('button', { name: /褥瘡の勉強会/ }).click();
  await said(Array.from({ length: 15 }, (_, at) => `資料 ${at + 1} を持って行きます。`));
  const isSeen = await reopened(15);
  await becomes(() => isSeen('.unread-line'), true);
  await nurse.page.shot('group-unread-many-phone-ja');
  await said(['場所はいつものところです。', 'よろしくお願いします。']);
  await reopened(2);
  await becomes(() => isSeen('.unread-line'), true);
  await becomes(() => isSeen('.group-composer .button-primary'), true, 'the whole field, and the way to send');
  assert.deepEqual(await stumbles(nurse.page), []);
  await nurse.page.shot('group-unread-phone-ja');
  await again(desk);

  await desk.section.getByRole('button', { name: 'グループを終了する' }).click();
  await desk.section.getByText('終了すると、だれも書けなくなります。').waitFor();
  await desk.section.locator('.doing').getByRole('button', { name: 'グループを終了する' }).click();
  await desk.section.getByText('グループを終了しました。').waitFor();
  await desk.section.getByText('このグループは終了しています。').waitFor();
  await again(nurse);
  await nurse.section.getByText('このグループは終了しています。').waitFor();
  await becomes(() => nurse.section.getByLabel('メッセージ').count(), 0);
  await nurse.page.shot('group-closed-phone-ja', { fullPage: true });
  assert.deepEqual([nurse, desk, doctor].flatMap(({ page }) => otherComplaints(page)), []);
});
