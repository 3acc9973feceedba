// The page against the real hub: what a newcomer sees after the first command, and that nothing is lost when the hub is
// killed or the line goes dead.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { becomes, isIn } from '../page.mjs';

async function signIn(openPage, link, options) {
  const page = await openPage(options);
  await page.goto(link);
  await isIn(page);
  await page.locator('.patient-row').first().waitFor();
  return page;
}

const patients = async (page) =>
  (await page.locator('.patient-row .patient-name').allInnerTexts()).map((name) => name.split('\n')[0]);

/** A patient whom both have, opened on both pages. */
async function openShared(one, other) {
  const theirs = new Set(await patients(other));
  const shared = (await patients(one)).find((name) => theirs.has(name));
  assert.ok(shared, 'a doctor and a nurse of the demo share a patient');
  await Promise.all([open(one, shared), open(other, shared)]);
  return shared;
}

async function open(page, name) {
  await page.locator('.patient-row', { hasText: name }).first().click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

async function post(page, text) {
  await page.locator('#composer-text').fill(text);
  await page.locator('#composer-text').press('Control+Enter');
}

test('the invented day streams to those who may see it, over TLS, and two people talk in it', async (t) => {
  const hub = await demoHub(t, '30');
  await hub.start();
  const { openPage } = await openBrowser(t);
  const [nurse, doctor, family] = await Promise.all([
    signIn(openPage, hub.links.get('nurse'), { size: 'tablet' }),
    signIn(openPage, hub.links.get('doctor')),
    signIn(openPage, hub.links.get('family'), { size: 'phone' }),
  ]);
  const unread = (page) => page.locator('.patient-row').allInnerTexts();
  const before = await unread(doctor);
  await doctor.waitForFunction((then) => document.querySelectorAll('.patient-row').length > 0
    && [...document.querySelectorAll('.patient-row')].map((row) => row.innerText).join() !== then, before.join(), { timeout: 30_000 });
  const name = await openShared(nurse, doctor);
  await post(nurse, 'この連絡は本物のハブを通りました。');
  const received = doctor.locator('article', { hasText: 'この連絡は本物のハブを通りました。' });
  await received.waitFor();
  await received.getByText('判定の根拠').click();
  await received.getByText(/SH-\d/).first().waitFor();
  await doctor.shot('demo-desk-ja');
  await nurse.shot('demo-tablet-ja');
  assert.ok((await patients(family)).length >= 1, 'the family has its own patient and no other');
  assert.ok((await patients(family)).length < (await patients(doctor)).length);
  await family.shot('demo-family-phone-ja');
  assert.deepEqual([...nurse.complaints, ...doctor.complaints, ...family.complaints], [], name);
});

test('the hub is killed and started again: what was written meanwhile arrives, once, after what was there', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const [nurse, doctor] = await Promise.all([
    signIn(openPage, hub.links.get('nurse')), signIn(openPage, hub.links.get('doctor')),
  ]);
  await openShared(nurse, doctor);
  await post(nurse, '停電の前');
  await doctor.locator('article', { hasText: '停電の前' }).waitFor();
  await hub.kill();
  await nurse.locator('.pill-good').waitFor({ state: 'detached' });
  await post(nurse, '停電のあいだ');
  await nurse.locator('.pill-warning', { hasText: '未送信 1' }).waitFor();
  await hub.start();
  await doctor.locator('article', { hasText: '停電のあいだ' }).waitFor({ timeout: 40_000 });
  await nurse.locator('.pill-warning', { hasText: '未送信' }).waitFor({ state: 'detached' });
  const said = (page) => page.locator('article', { hasText: '停電の' }).locator('.body-text').allInnerTexts();
  assert.deepEqual(await said(doctor), ['停電の前', '停電のあいだ']);
  assert.deepEqual(await said(nurse), ['停電の前', '停電のあいだ']);
});

test('the line goes dead without a word: the page notices, and goes on where it was', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const [nurse, doctor] = await Promise.all([
    signIn(openPage, hub.links.get('nurse')), signIn(openPage, hub.links.get('doctor')),
  ]);
  await openShared(nurse, doctor);
  hub.freeze();
  await post(nurse, '圏外で書いたこと');
  // The pause before the next try is anything up to a second, so the page may already be trying again.
  await nurse.locator('.pill-good').waitFor({ state: 'detached', timeout: 90_000 });
  await nurse.locator('.pill-warning', { hasText: '未送信 1' }).waitFor();
  hub.thaw();
  await doctor.locator('article', { hasText: '圏外で書いたこと' }).waitFor({ timeout: 40_000 });
  await becomes(() => doctor.locator('article', { hasText: '圏外で書いたこと' }).count(), 1);
});

test('a newcomer sees what a patient lives with and whom to call, and writes the family anew: the hub takes it, the doctor sees it', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const nurse = await signIn(openPage, hub.links.get('nurse'), { size: 'phone' });
  await open(nurse, '佐々木 トメ');
  await nurse.locator('#tab-summary').click();
  await becomes(() => nurse.locator('.summary-problems').innerText(), /慢性心不全[\s\S]*高血圧症[\s\S]*慢性腎臓病[\s\S]*大腿骨頸部骨折/);
  await becomes(() => nurse.locator('.summary-people').innerText(), /佐々木 健太（長男）\s*キーパーソン[\s\S]*佐々木 直美（長男の妻）/);
  await nurse.shot('demo-summary-phone-ja');
  await nurse.locator('.summary-people .summary-renew').click();
  const sheet = nurse.getByRole('dialog');
  await sheet.getByRole('button', { name: '家族・関係者を加える' }).click();
  const card = sheet.locator('.list-card').nth(2);
  await card.getByRole('radio', { name: 'その他', exact: true }).check();
  await card.locator('[data-part="name"]').fill('川口 民子');
  await card.locator('[data-part="relationshipText"]').fill('民生委員');
  await card.locator('input[type="tel"]').fill('０３−５５５０−０１９７');
  await sheet.locator('.verdict-line-good').waitFor();
  await sheet.getByRole('button', { name: '送信' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await nurse.locator('#tab-summary').click();
  await becomes(() => nurse.locator('.summary-people .call').last().getAttribute('href'), 'tel:0355500197');
  const doctor = await signIn(openPage, hub.links.get('doctor'));
  await open(doctor, '佐々木 トメ');
  await doctor.locator('.summary-open').click();
  await becomes(() => doctor.locator('.summary-people').innerText(), /川口 民子（民生委員）[\s\S]*03-5550-0197/);
  await doctor.shot('demo-summary-desk-ja');
  const family = await signIn(openPage, hub.links.get('family'), { size: 'phone' });
  await open(family, '佐々木 トメ');
  await family.locator('#tab-summary').click();
  await family.getByRole('region', { name: '要約' }).getByText('ご家族宛てでない記録は、この画面には表示されません').waitFor();
  await family.locator('.summary-phones a[href^="tel:"]').first().waitFor();
  await becomes(() => family.locator('.summary-people').count(), 0, 'written by the professions, for the professions');
});
