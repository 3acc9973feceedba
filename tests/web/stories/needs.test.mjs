// The list of patients: in groups by how much they need this person, filtered, and still under the finger.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, MASAO, assertNothingSticksOut, becomes, startRegion, stumbles } from '../page.mjs';
import { PATIENTS } from '../region.mjs';

const [, , MITSU, AKIRA] = PATIENTS;

/** Names by group, as the list shows them. */
const groups = (page) => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('.patient-list')].map((list) =>
  [list.getAttribute('aria-label'), [...list.querySelectorAll('.patient-name b')].map((one) => one.textContent)])));

/** Marks of the list: a nurse has the visits of the day beside it, with marks of their own. */
const unreadMarks = (page) => page.locator('renkei-patients .mark-unread');

/** Everything was read but what the story adds. */
function allRead(hub, key) {
  for (const { id } of PATIENTS) hub.journal.markers.get(id).set(hub.journal.actor(key).person, { through: hub.journal.entries(id).length, atMs: Date.now() });
}

const say = (hub, patient, author, body, more = {}) => hub.journal.append(patient.id, hub.journal.actor(author), Date.now(), { body, ...more });

for (const [size, language, now, mine, unread, rest] of [['desk', 'ja-JP', 'すぐに見る', 'わたしを待っている', '未読あり', 'そのほか'], ['phone', 'en-GB', 'See at once', 'Waiting for me', 'Unread', 'Others']]) {
  test(`alarms and late duties, what waits for me, unread, others: with counts and filters (${size}, ${language})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    allRead(hub, 'nurse');
    say(hub, HARU, 'nurse2', { vital: { measurements: [{ sign: 'spo2', value: '86', unit: '%' }] } });
    say(hub, MASAO, 'doctor', { message: { text: '明日の採血をお願いします。', toRoles: ['nurse'] } });
    say(hub, MITSU, 'helper', { note: { text: '入浴を楽しまれました。' } });
    const page = await screenOf('nurse', { size, language });
    await unreadMarks(page).nth(2).waitFor();
    assert.deepEqual(await groups(page), { [now]: ['高橋 ハル'], [mine]: ['鈴木 正男'], [unread]: ['田中 ミツ'], [rest]: ['井上 昭'] });
    await page.shot(`needs-${size}-${language.slice(0, 2)}`);
    await assertNothingSticksOut(page, 'the list');
    assert.deepEqual(await stumbles(page), []);

    const pressed = page.getByRole('button', { name: language === 'ja-JP' ? /^わたし宛て/ : /^For me/ });
    await becomes(() => pressed.innerText(), /1$/);
    await pressed.press('Enter');
    await becomes(() => pressed.getAttribute('aria-pressed'), 'true');
    assert.deepEqual(Object.values(await groups(page)).flat(), ['鈴木 正男']);
    await page.getByRole('button', { name: language === 'ja-JP' ? 'すべて' : 'All', exact: true }).click();
    await becomes(() => page.locator('.patient-row').count(), 4);

    // A late duty of mine counts as much as an alarm.
    const cause = say(hub, AKIRA, 'doctor', { deviceChange: { device: '在宅酸素濃縮器', change: 'setting', after: [{ name: '酸素流量', value: '3' }] } });
    await page.locator('.patient-row', { hasText: '井上' }).locator('.mark-duty').waitFor();
    hub.journal.step(AKIRA.id, { duty: cause.content.ruling.opened[0].id, overdue: {} });
    await page.locator('.patient-row', { hasText: '井上' }).locator('.mark-late').waitFor();
    assert.deepEqual(page.complaints, []);
  });
}

test('the list stands still under the pointer, says that it is old, and sorts when it is left or asked', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  allRead(hub, 'nurse');
  const page = await screenOf('nurse');
  await page.locator('.patient-row').nth(3).waitFor();
  const order = async () => Object.values(await groups(page)).flat();
  await page.locator('.patient-row').first().hover();
  const before = await order();
  const last = before.at(-1);
  say(hub, PATIENTS.find(({ name }) => name.kanji === last), 'helper', { note: { text: '少し咳があります。' } });
  await page.locator('.patient-row', { hasText: last }).getByText('未読 1').waitFor();
  assert.deepEqual(await order(), before, 'the mark is of now, the place is not');
  await page.shot('needs-held-ja');
  await page.getByRole('button', { name: '新しい順番に並べる' }).click();
  assert.equal((await order())[0], last);

  const next = (await order()).at(-1);
  say(hub, PATIENTS.find(({ name }) => name.kanji === next), 'helper', { note: { text: '食欲があります。' } });
  await page.locator('.patient-row', { hasText: next }).getByText('未読 1').waitFor();
  assert.notEqual((await order())[0], next);
  await page.mouse.move(900, 500);
  await page.waitForFunction((name) => document.querySelector('.patient-name b')?.textContent === name, next);
});

test('whom I read stays where I found them until I go on', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  allRead(hub, 'nurse');
  say(hub, MITSU, 'helper', { note: { text: '午後は眠っておられました。' } });
  const page = await screenOf('nurse');
  await unreadMarks(page).waitFor();
  await page.locator('.patient-row', { hasText: '田中' }).click();
  await page.mouse.move(900, 400);
  await unreadMarks(page).waitFor({ state: 'detached' });
  assert.deepEqual((await groups(page))['未読あり'], ['田中 ミツ'], 'read, and still in its place');
  await page.locator('.patient-row', { hasText: '鈴木' }).click();
  await page.mouse.move(900, 400);
  await page.waitForFunction(() => document.querySelectorAll('.patient-group').length === 1);
  await becomes(() => page.locator('.patient-group h3').count(), 0, 'nobody is "others" where nobody else is');
});

for (const [size, language, key, words] of [['phone', 'ja-JP', 'nurse', /担当の患者さんのうち 1 人の記録が、いま開けず/], ['desk', 'en-GB', 'doctor', /The records of 1 of your patients do not open/]]) {
  test(`a list that is not whole says so, and whom to tell (${size}, ${language}); one that is whole fetches nothing for it`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    const page = await screenOf(key, { size, language });
    const fetched = () => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/views/unreadable.js')));
    await page.locator('.patient-row').nth(3).waitFor();
    assert.equal(await fetched(), false);
    hub.unreadable = 1;
    await page.evaluate(() => document.querySelector('renkei-shell').model.refreshPatients());
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    await page.getByRole('link', { name: /03-5550-0106/ }).waitFor();
    await page.locator('.patient-row').nth(3).waitFor();
    await becomes(() => page.getByText(/いま表示できません|It cannot be shown now/).count(), 0, 'others are there');
    await page.shot(`unreadable-${size}-${language.slice(0, 2)}`);
    await assertNothingSticksOut(page, 'the list');
    assert.deepEqual(await stumbles(page), []);
    assert.deepEqual(page.complaints, []);
  });
}

test('a family whose one record does not open is told so, and whom to phone; nobody says that there is no patient', async (t) => {
  const { openPage, hub } = await startRegion(t);
  const page = await openPage({ size: 'phone' });
  await page.route('**/api/v1/me', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...await answer.json(), role: 'family' } });
  });
  await page.route(/\/api\/v1\/patients(\?|$)/, (route) => route.fulfill({ json: { patients: [], unreadable: 1 } }));
  await page.route('**/api/v1/organisations', async (route) => {
    const answer = await route.fetch();
    const { organisations } = await answer.json();
    await route.fulfill({ response: answer, json: { organisations: organisations.filter(({ type }) => type === 'nursing_station') } });
  });
  await page.goto(hub.link('nurse'));
  await page.getByRole('alert').filter({ hasText: '見守っている方のうち 1 人の記録が、いま開けません' }).waitFor();
  await page.getByRole('link', { name: /03-5550-0102/ }).waitFor();
  await page.locator('.list-empty').getByText('いま表示できません。').waitFor();
  await becomes(() => page.locator('.list-head .count').count(), 0, 'nor "0 people"');
  await becomes(() => page.locator('.duties-link').count(), 0, 'a family owes nothing');
  await assertNothingSticksOut(page, 'a family without a list');
  assert.deepEqual(await stumbles(page), []);
  await page.shot('unreadable-family-phone-ja');
});
