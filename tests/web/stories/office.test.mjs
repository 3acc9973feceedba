// The administrator of an office, with the real hub: tells their own people something, sees how many have read it and nobody's
// name, and who of them was at which training; in both languages, at a desk and on a phone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { assertNothingSticksOut, becomes, isIn, stumbles } from '../page.mjs';

const consoleOf = (page) => page.locator('renkei-console');
const lookAgain = (page) => page.evaluate(() => document.querySelector('renkei-shell').model.board.look());

/** A nurse whom the secretariat has just made the administrator of her station; a doctor elsewhere beside. */
async function station(t, options) {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const enter = async (role, how) => {
    const page = await openPage(how);
    await page.goto(hub.links.get(role));
    await isIn(page);
    await page.waitForFunction(() => document.querySelector('renkei-shell').model.board);
    return page;
  };
  const [desk, nurse, doctor] = [await enter('secretariat'), await enter('nurse', options), await enter('doctor')];
  const me = await nurse.evaluate(() => {
    const { person, organisation } = document.querySelector('renkei-shell').model.me;
    return { person: person.id, name: person.name.kanji, office: organisation.id };
  });
  await desk.evaluate(async ([{ person, office }]) => {
    const { rest } = document.querySelector('renkei-shell').model;
    await rest.call('POST', `/organisations/${office}/administrators`, { person });
    const { id } = await rest.call('POST', '/trainings', { title: '地域のルール説明会', kind: 'rules', day: '2026-04-01' });
    await rest.call('PUT', `/trainings/${id}/attendance`, { people: [{ person, state: 'attended' }] });
  }, [me]);
  await nurse.reload();
  await isIn(nurse);
  return { desk, nurse, doctor, me };
}

async function open(page, section, heading) {
  await page.evaluate((to) => { location.hash = `#/console/${to}`; }, section);
  await consoleOf(page).getByRole('heading', { level: 1, name: heading }).waitFor();
}

for (const [size, language, words] of [
  ['desk', 'ja-JP', { board: 'お知らせ', write: 'お知らせを書く', subject: '件名', text: '本文', ours: 'この事業所の人だけに届きます。', publish: '掲示する', published: '掲示しました。', read: /^1 \/ \d+ 人が既読$/, trainings: '研修', attended: '参加' }],
  ['phone', 'en-GB', { board: 'Announcements', write: 'Write an announcement', subject: 'Title', text: 'Text', ours: 'It reaches the people of this office alone.', publish: 'Publish', published: 'It is published.', read: /^1 of \d+ have read it$/, trainings: 'Trainings', attended: 'attended' }],
]) {
  test(`an administrator tells their own office something, and sees who of it was trained (${size}, ${language})`, async (t) => {
    const { desk, nurse, doctor, me } = await station(t, { size, language });
    await open(nurse, 'announcements', words.board);
    const board = consoleOf(nurse).locator('renkei-console-announcements');
    await board.getByRole('button', { name: words.write }).click();
    await board.getByText(words.ours).waitFor();
    await becomes(() => board.getByRole('radio').count(), 0, 'to nobody else');
    await board.getByLabel(words.subject, { exact: true }).fill('来週の申し送り');
    await board.getByLabel(words.text).fill('月曜の朝は8時30分からです。');
    await assertNothingSticksOut(nurse, 'writing to our office');
    assert.deepEqual(await stumbles(nurse), []);
    await nurse.shot(`office-announcement-${size}-${language.slice(0, 2)}`, { fullPage: true });
    await board.getByRole('button', { name: words.publish }).click();
    await board.getByText(words.published).waitFor();
    await board.getByRole('button', { name: /来週の申し送り/ }).click();
    await board.getByRole('heading', { name: words.read }).waitFor();
    await becomes(() => board.locator('details').count(), 0, 'how many, and nobody’s name');
    assert.deepEqual(await stumbles(nurse), []);
    await assertNothingSticksOut(nurse, 'what reached our office');
    await nurse.shot(`office-reach-${size}-${language.slice(0, 2)}`, { fullPage: true });
    await lookAgain(doctor);
    await becomes(() => doctor.evaluate(() => document.querySelector('renkei-shell').model.board.announcements), []);
    await desk.evaluate(() => { location.hash = '#/console/announcements'; });
    await consoleOf(desk).getByRole('button', { name: /来週の申し送り/ }).waitFor();

    await open(nurse, 'trainings', words.trainings);
    const trainings = consoleOf(nurse).locator('renkei-console-trainings');
    await trainings.getByRole('button', { name: /地域のルール説明会/ }).click();
    await trainings.locator('.attendance li', { hasText: me.name }).getByText(words.attended, { exact: true }).waitFor();
    await becomes(() => trainings.locator('.cards').getByRole('combobox').count(), 0, 'the secretariat enters it');
    assert.deepEqual(await stumbles(nurse), []);
    await assertNothingSticksOut(nurse, 'trainings of our office');
    await nurse.shot(`office-trainings-${size}-${language.slice(0, 2)}`, { fullPage: true });
    assert.deepEqual([...nurse.complaints, ...desk.complaints, ...doctor.complaints], []);
  });
}

for (const [size, language, words] of [
  ['desk', 'ja-JP', { patients: '担当している患者', duties: '患者についての約束（続いているもの）', elsewhere: '測定機器 連携' }],
  ['phone', 'en-GB', { patients: 'Patients of this office', duties: 'Open duties about patients', elsewhere: '測定機器 連携' }],
]) {
  test(`an administrator sees the patients and open duties of their office, and who of it has an account (${size}, ${language})`, async (t) => {
    const { nurse, doctor } = await station(t, { size, language });
    const missed = [];
    nurse.on('response', (response) => { if (response.status() === 404) missed.push(new URL(response.url()).pathname); });
    const patient = await nurse.evaluate(() => {
      const { model } = document.querySelector('renkei-shell');
      return [...model.patients.values()].find(({ team }) => team.some(({ organisation }) => organisation === model.me.organisation.id)).id;
    });
    await doctor.evaluate(([id]) => {
      const { model } = document.querySelector('renkei-shell');
      model.hub.post(model.intent(id, { deviceChange: { device: '在宅酸素濃縮器', change: 'setting', after: [{ name: '酸素流量', value: '2', unit: 'L/分' }] } }));
    }, [patient]);
    await nurse.evaluate(() => { location.hash = '#/console/offices'; });
    const office = consoleOf(nurse).locator('renkei-console-office');
    const part = (name) => office.locator(`[data-part=${name}]`);
    await part('patients').getByRole('heading', { name: words.patients }).waitFor();
    await part('duties').getByRole('heading', { name: words.duties }).waitFor();
    await part('duties').locator(`a[href^="#/patients/${patient}/"]`).first().waitFor();
    const counted = async (name) => Number(await part(name).locator('h2 .count').innerText());
    await becomes(async () => (await part('patients').locator('li').count()) === await counted('patients') && (await part('duties').locator('li').count()) === await counted('duties'), true, 'as many as are counted');
    await becomes(() => part('patients').locator(`a[href="#/patients/${patient}"]`).count(), 1);
    assert.deepEqual(await stumbles(nurse), []);
    await assertNothingSticksOut(nurse, 'our office');
    await nurse.shot(`office-own-${size}-${language.slice(0, 2)}`, { fullPage: true });
    // A machine has no account to be asked for.
    await office.locator('renkei-console-person .mark').first().waitFor();
    assert.deepEqual(missed.filter((path) => path.endsWith('/account')), []);
    await part('duties').locator(`a[href^="#/patients/${patient}/"]`).first().click();
    await nurse.locator('renkei-patient').waitFor();
  });
}
