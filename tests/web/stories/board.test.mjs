// Announcements and trainings, with the real hub: the secretariat writes one that names a patient and is warned, publishes what
// names none, corrects and withdraws it; a nurse on her phone reads it, without network too; a training is entered, with who
// was there and who was not; a patient for training is marked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { assertNothingSticksOut, becomes, holds, isIn, startRegion, stumbles } from '../page.mjs';

/** What the hub refuses is an error to the browser too, and so is a network that is gone. */
const otherComplaints = (page) => page.complaints.filter((one) => !/status of (403|409|422)|ERR_INTERNET_DISCONNECTED|WebSocket/.test(one));

async function signIn(openPage, hub, role, options) {
  const page = await openPage(options);
  await page.goto(hub.links.get(role));
  await isIn(page);
  await page.waitForFunction(() => document.querySelector('renkei-shell').model.board);
  return page;
}

/** As when the page comes to the front again, minutes later. */
const lookAgain = (page) => page.evaluate(() => document.querySelector('renkei-shell').model.board.look());

async function write(section, { title, text }) {
  await section.getByRole('button', { name: 'お知らせを書く' }).click();
  await section.getByLabel('件名').fill(title);
  await section.getByLabel('本文').fill(text);
}

test('an announcement is looked through, published, read on a phone, corrected and withdrawn', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const desk = await signIn(openPage, hub, 'secretariat');
  await desk.evaluate(() => { location.hash = '#/console/announcements'; });
  const section = desk.locator('renkei-console-announcements');
  // The region has one to those who look after care plans and homes: neither to nurses nor to doctors.
  await section.getByRole('button', { name: /モニタリング報告の書き方が変わります/ }).waitFor();
  const name = await desk.evaluate(async () => (await document.querySelector('renkei-shell').model.rest.call('GET', '/patients')).patients[0].name.kanji);

  await write(section, { title: '研修のお知らせ', text: `${name}さん（1938年4月12日生）の件と、12月の研修について` });
  await section.getByRole('button', { name: '掲示する' }).click();
  await section.getByText('患者さんの情報が含まれているかもしれません').waitFor();
  await becomes(() => section.locator('.found-piece b').allInnerTexts(), [name, '1938年4月12日']);
  await section.getByRole('checkbox', { name: `患者さんのことではない ${name}` }).check();
  await assertNothingSticksOut(desk, 'an announcement that names a patient');
  assert.deepEqual(await stumbles(desk), []);
  await desk.shot('board-found-desk-ja', { fullPage: true });
  await section.getByRole('button', { name: '掲示する' }).click();
  await section.getByRole('button', { name: '掲示する', disabled: false }).waitFor();
  await becomes(() => section.locator('.found-piece').count(), 2, 'the other piece is not confirmed');
  await section.getByLabel('本文').fill('12月10日 18時から、みなと会館 第2会議室');
  await section.getByRole('button', { name: '掲示する' }).click();
  await section.getByText('掲示しました。').waitFor();
  await lookAgain(desk);
  await becomes(() => desk.locator('.board-line').count(), 0, 'whoever wrote it has read it');

  const phone = await signIn(openPage, hub, 'nurse', { size: 'phone' });
  const line = phone.locator('.board-line');
  await line.getByText('未読のお知らせが 1 件：研修のお知らせ').waitFor();
  assert.deepEqual(await stumbles(phone), []);
  await assertNothingSticksOut(phone, 'the line of announcements');
  await phone.shot('board-line-phone-ja');
  await line.getByRole('button', { name: '読む' }).click();
  const dialog = phone.getByRole('dialog', { name: 'お知らせ' });
  await dialog.getByText('みなと会館 第2会議室').waitFor();
  assert.deepEqual(await stumbles(phone), []);
  await assertNothingSticksOut(phone, 'announcements on a phone');
  await phone.shot('board-phone-ja');
  await dialog.getByRole('button', { name: '読みました' }).click();
  await dialog.getByText('未読', { exact: true }).waitFor({ state: 'detached' });
  await dialog.getByText('既読にしました').waitFor();
  await phone.waitForFunction(() => document.querySelector('renkei-shell').model.board.read.size === 0);
  await dialog.getByRole('button', { name: '閉じる' }).click();
  await line.waitFor({ state: 'detached' });

  await section.getByRole('button', { name: /研修のお知らせ/ }).click();
  await section.getByRole('heading', { name: /^2 \/ \d+ 人が既読$/ }).waitFor();
  await section.getByText('だれが読んだか').click();
  await becomes(() => section.getByText(/^既読 \d/).count(), 2);
  assert.deepEqual(await stumbles(desk), []);
  await desk.shot('board-reach-desk-ja', { fullPage: true });
  await section.getByRole('button', { name: '訂正する' }).click();
  await section.getByLabel('本文').fill('12月10日 18時から、みなと会館 大会議室');
  await section.getByLabel('理由（読む人に見えます）').fill('会場の変更');
  await section.getByRole('button', { name: '訂正を出す' }).click();
  await section.getByText('訂正しました。').waitFor();
  await becomes(() => desk.evaluate(() => document.querySelector('renkei-shell').model.board.unread.length), 0, 'nor is a correction new to who made it');

  await lookAgain(phone);
  await line.getByText('未読のお知らせが 1 件').waitFor();
  await phone.context().setOffline(true);
  await phone.evaluate(() => document.querySelector('renkei-shell').model.hub.network(false));
  await line.getByRole('button', { name: '読む' }).click();
  await dialog.getByText('大会議室').waitFor();
  await dialog.getByText('最後に受け取ったときの内容です。').waitFor();
  await dialog.getByRole('button', { name: '読みました' }).click();
  await dialog.getByText('未読', { exact: true }).waitFor({ state: 'detached' });
  await becomes(() => phone.evaluate(() => document.querySelector('renkei-shell').model.board.read.size), 1, 'the hub is told later');
  await phone.context().setOffline(false);
  await phone.evaluate(() => document.querySelector('renkei-shell').model.hub.network(true));
  await phone.waitForFunction(() => document.querySelector('renkei-shell').model.board.read.size === 0);
  await dialog.getByRole('button', { name: '閉じる' }).click();

  await section.getByRole('button', { name: '取り下げる' }).click();
  await section.getByLabel('理由（読む人に見えます）').fill('日程を決め直すため');
  await section.locator('.doing').getByRole('button', { name: '取り下げる' }).click();
  await section.getByText('取り下げました。').waitFor();
  await becomes(() => desk.evaluate(() => document.querySelector('renkei-shell').model.board.unread.length), 0, 'nor a withdrawal');
  await lookAgain(phone);
  await line.getByRole('button', { name: '読む' }).click();
  await dialog.getByText('このお知らせは取り下げられました：日程を決め直すため').waitFor();
  await phone.shot('board-withdrawn-phone-ja');
  assert.deepEqual([...otherComplaints(desk), ...otherComplaints(phone)], []);
});

test('the last announcements are there when the page opens without network', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const until = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  hub.announcements = [{
    id: '0196d5a2-7c00-7000-8000-0000000000a1', version: 1, title: 'Drill', text: 'Meeting room 2', organisation: 'o', organisation_name: '連携事務局',
    published_at: new Date().toISOString(), changed_at: null, reason: '', is_withdrawn: false, until, read_at: null,
  }];
  const nurse = await screenOf('nurse', { language: 'en-GB', size: 'phone' });
  await nurse.locator('.board-line').getByText('1 unread: Drill').waitFor();
  await nurse.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await nurse.reload();
  await nurse.waitForFunction(() => navigator.serviceWorker.controller);
  await nurse.locator('.board-line').getByText('1 unread: Drill').waitFor();
  await nurse.evaluate(() => document.querySelector('renkei-shell').model.keeper.flush());
  await nurse.context().setOffline(true);
  await nurse.reload();
  await nurse.locator('.board-line').getByText('1 unread: Drill').waitFor();
  await nurse.locator('.board-line').getByRole('button', { name: 'Read' }).click();
  const dialog = nurse.getByRole('dialog', { name: 'Announcements' });
  await dialog.getByText('Meeting room 2').waitFor();
  await dialog.getByText('As it was when it was last received.').waitFor();
  assert.deepEqual(await stumbles(nurse), []);
  await assertNothingSticksOut(nurse, 'announcements without network');
  await nurse.shot('board-offline-phone-en');
});

test('a training is entered, with who was there, and who was at none', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const desk = await signIn(openPage, hub, 'secretariat');
  const nurse = await signIn(openPage, hub, 'nurse', { language: 'en-GB' });
  const { name, office } = await nurse.evaluate(() => {
    const { person, organisation } = document.querySelector('renkei-shell').model.me;
    return { name: person.name.kanji, office: organisation.name };
  });
  await desk.evaluate(() => { location.hash = '#/console/trainings'; });
  const section = desk.locator('renkei-console-trainings');
  await section.getByRole('button', { name: /写真と個人情報の扱い/ }).waitFor();
  const missing = section.locator('.training-missing');
  await missing.getByText(name).first().waitFor();
  await section.getByRole('button', { name: '研修を登録する' }).click();
  await section.getByLabel('研修の名前').fill('地域のルール説明会');
  await section.getByRole('button', { name: '登録する', exact: true }).click();
  await section.getByText('研修を登録しました。').waitFor();
  await section.getByLabel('事業所の全員を加える').selectOption({ label: office });
  await section.getByText(`${office} の人を、参加予定に加えました。`).waitFor();
  await section.getByLabel(`${name} の出欠`).selectOption('参加');
  await section.getByText('出欠を記録しました。').waitFor();
  await missing.getByText(name).waitFor({ state: 'detached' });
  assert.deepEqual(await stumbles(desk), []);
  await assertNothingSticksOut(desk, 'a training');
  await desk.shot('trainings-desk-ja', { fullPage: true });

  await lookAgain(nurse);
  await nurse.getByRole('button', { name: 'Announcements' }).click();
  const dialog = nurse.getByRole('dialog', { name: 'Announcements' });
  await dialog.getByText('My trainings').waitFor();
  await dialog.getByText('地域のルール説明会').waitFor();
  await becomes(() => dialog.locator('.board-trainings').innerText(), /attended/);
  assert.deepEqual(await stumbles(nurse), []);
  await nurse.shot('trainings-mine-desk-en');

  const phone = await signIn(openPage, hub, 'secretariat', { size: 'phone', language: 'en-GB' });
  await phone.evaluate(() => { location.hash = '#/console/trainings'; });
  await phone.locator('renkei-console-trainings').getByText('地域のルール説明会').click();
  await phone.locator('renkei-console-trainings').getByText('People without a training of this kind').waitFor();
  await assertNothingSticksOut(phone, 'trainings on a phone');
  assert.deepEqual(await stumbles(phone), []);
  await phone.shot('trainings-phone-en', { fullPage: true });
  assert.deepEqual([...otherComplaints(desk), ...otherComplaints(nurse), ...otherComplaints(phone)], []);
});

test('what is pressed while the hub is slow is done after what it stands behind; pressed twice, it is done once', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const desk = await signIn(openPage, hub, 'secretariat');
  const people = await desk.evaluate(async () => {
    const { rest, clock } = document.querySelector('renkei-shell').model;
    const found = (await rest.call('GET', '/people')).people.filter(({ positions }) => positions.some(({ role }) => role === 'nurse')).slice(0, 3);
    const { id } = await rest.call('POST', '/trainings', { title: '地域のルール説明会', kind: 'rules', day: new Date(clock.now()).toISOString().slice(0, 10) });
    await rest.call('PUT', `/trainings/${id}/attendance`, { people: found.map((one) => ({ person: one.id, state: 'expected' })) });
    return found.map(({ name }) => name.kanji);
  });
  assert.equal(people.length, 3);
  /** Holds back what matches until it is let go. */
  const slow = async (url) => {
    const asked = [];
    let go;
    const gone = new Promise((resolve) => { go = resolve; });
    await desk.route(url, async (route) => {
      asked.push(route.request().postDataJSON());
      await gone;
      await route.continue();
    });
    return { asked, go: () => Promise.all([desk.unroute(url, { behavior: 'wait' }).catch(() => {}), go()]) };
  };

  const trainings = desk.locator('renkei-console-trainings');
  await desk.evaluate(() => { location.hash = '#/console/trainings'; });
  await trainings.getByRole('button', { name: /地域のルール説明会/ }).click();
  const noting = await slow('**/api/v1/trainings/*/attendance');
  await trainings.getByLabel(`${people[0]} の出欠`).selectOption('参加');
  await trainings.getByLabel(`${people[1]} の出欠`).selectOption('欠席');
  await trainings.getByRole('button', { name: '予定の人を全員「参加」にする' }).dblclick();
  await noting.go();
  await trainings.getByText('参加 2・予定 0・欠席 1').waitFor();
  assert.deepEqual(noting.asked.map(({ people: noted }) => noted.map(({ state }) => state)), [['attended'], ['absent'], ['attended']], 'one after the other; pressed twice, once');

  const announcements = desk.locator('renkei-console-announcements');
  const listing = await slow('**/api/v1/announcements/sent');
  await desk.evaluate(() => { location.hash = '#/console/announcements'; });
  await write(announcements, { title: '会議室の変更', text: '第2会議室です。' });
  // It looks as if it were not to be pressed yet; people do.
  await announcements.getByRole('button', { name: '掲示する' }).click({ force: true });
  await listing.go();
  await announcements.getByText('掲示しました。').waitFor();
  assert.deepEqual(otherComplaints(desk), []);
});

test('a patient for training is marked wherever they are seen', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const desk = await signIn(openPage, hub, 'secretariat');
  const nurse = await signIn(openPage, hub, 'nurse', { size: 'phone' });
  const office = await nurse.evaluate(() => document.querySelector('renkei-shell').model.me.organisation.id);
  await desk.evaluate(() => { location.hash = '#/console/patients/new'; });
  const form = desk.locator('renkei-console');
  await form.getByLabel('氏名', { exact: true }).fill('高橋 フユ');
  await form.getByLabel(/^研修用の患者/).check();
  await holds(form.getByLabel('氏名', { exact: true }), '研修用 高橋 フユ');
  assert.deepEqual(await stumbles(desk), []);
  await desk.shot('training-register-desk-ja');
  const made = await desk.evaluate(async (organisation) => {
    const { rest } = document.querySelector('renkei-shell').model;
    const { people } = await rest.call('GET', '/people');
    const doctor = people.find(({ positions }) => positions.some(({ role }) => role === 'doctor'));
    const given = {
      name: { kanji: '研修用 高橋 フユ', kana: 'タカハシ フユ' }, birth_date: '1938-04-12', sex: 'female', for_training: true,
      agreed_by: doctor.id, agreed_on_paper: '研修', document: '研修', host: { organisation, people: [] },
      consent: { state: 'team', given_by: 'patient', given_on: '2026-04-01', document: '研修' },
    };
    return rest.call('POST', '/patients', given);
  }, office);
  const row = nurse.locator('.patient-row', { hasText: '高橋 フユ' });
  await row.getByText('研修用', { exact: true }).waitFor();
  await row.click();
  await nurse.locator('.training-banner').getByText('実在の患者さんではありません。').waitFor();
  assert.deepEqual(await stumbles(nurse), []);
  await assertNothingSticksOut(nurse, 'a patient for training');
  await nurse.shot('training-patient-phone-ja');
  await desk.evaluate((id) => { location.hash = `#/console/patients/${id}`; }, made.id);
  await form.getByText('研修用', { exact: true }).waitFor();
  await desk.shot('training-console-desk-ja');
  assert.deepEqual([...otherComplaints(desk), ...otherComplaints(nurse)], []);
});
