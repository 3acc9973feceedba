// Records whose retention ended, at the secretariat's console: with the real hub, what is in care and what must be kept; with
// answers of years later, one record destroyed after name, birth date and a proof, and what may go wrong on the way.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { OLD, mockRetention } from '../mock-retention.mjs';
import { assertNothingSticksOut, becomes, isIn, startRegion, stumbles } from '../page.mjs';


async function open(page, heading = '保存期間と廃棄') {
  await page.evaluate(() => { location.hash = '#/console/retention'; });
  await page.locator('renkei-console-retention').getByRole('heading', { level: 1, name: heading }).waitFor();
  return page.locator('renkei-console-retention');
}

/** What the hub answers to a record that may not be destroyed, or a wrong name, is an error to the browser too. */
const otherComplaints = (page) => page.complaints.filter((one) => !/status of (403|404|409|422)/.test(one));

test('the hub says until when: in care, kept from the last entry on, and by which spans', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const page = await openPage();
  await page.goto(hub.links.get('secretariat'));
  await isIn(page);
  const section = await open(page);
  await section.getByText('保存期間が終わった記録はありません。').waitFor();
  await section.getByText('医師法第24条（診療録5年）').first().waitFor();
  const [id, name] = await page.evaluate(async () => {
    const { rest } = document.querySelector('renkei-shell').model;
    const { patients } = await rest.call('GET', '/patients');
    return [patients[0].id, patients[0].name.kana];
  });
  await section.getByLabel('患者を氏名・フリガナで探す').fill(name);
  const row = section.locator(`[data-patient="${id}"]`);
  await row.getByRole('button', { name: 'いつまで残すか調べる' }).click();
  await row.getByText('支援中です').waitFor();
  await becomes(() => row.getByRole('button').count(), 0, 'nothing to destroy');

  const closed = await page.evaluate(async (patient) => {
    const { uuidV7 } = await import('/uuid.js');
    const { rest } = document.querySelector('renkei-shell').model;
    const post = (reasons) => rest.post(patient, { id: uuidV7(), body: { closing: { reason: 'moved', confirmed: true } }, ...(reasons ? { reasons } : {}) });
    return post().then(() => true, (error) => post((error.problem.holds ?? []).map((hold) => ({ rule: hold.citation, text: '転居を確かめました' }))).then(() => true));
  }, id);
  assert.ok(closed);
  await section.getByRole('button', { name: 'もう一度調べる' }).click();
  await row.getByRole('button', { name: 'いつまで残すか調べる' }).click();
  await row.getByText(/から廃棄できます/).waitFor();
  await row.getByText('保存する最後の日').waitFor();
  await becomes(() => row.getByRole('button').count(), 0, 'nothing to destroy before its day');
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'a record that is kept');
  await page.shot('console-retention-kept-desk-ja', { fullPage: true });
  // Nor by a request beside the page.
  const refused = await page.evaluate((patient) => document.querySelector('renkei-shell').model.rest
    .call('POST', `/patients/${patient}/destruction`, { name: 'x', birth_date: '1938-04-12', reason: 'y' }).then(() => '', (error) => error.code), id);
  assert.equal(refused, 'retained');
  assert.deepEqual(otherComplaints(page), []);
});

test('one record is destroyed: mistakes at their fields, a proof, and what is left', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('secretary', { size: 'phone' });
  const hub = await mockRetention(page);
  const section = await open(page);
  await section.getByText('大野 タケ').waitFor();
  await page.shot('console-retention-due-phone-ja', { fullPage: true });
  assert.ok(!(await section.innerText()).includes('1928'), 'the birth date is not there to be copied');
  await section.getByRole('button', { name: '廃棄へ進む: 大野 タケ' }).click();
  const form = section.locator('form.destroying');
  await form.getByText('元に戻せません。ほかの患者の記録と').waitFor();
  await form.getByText(/バックアップには、この記録が残っています/).waitFor();
  await becomes(() => page.evaluate(() => document.activeElement?.tagName), 'H3', 'a screen reader begins at the head of the form');
  const destroy = () => form.getByRole('button', { name: 'この記録を廃棄する' }).click();

  await form.getByLabel(/廃棄する理由/).fill('');
  await destroy();
  await form.getByText('氏名を、画面を見て書き写してください。').waitFor();
  await form.getByText('理由を書いてください。').waitFor();
  await becomes(() => page.evaluate(() => document.activeElement?.getAttribute('name')), 'name');
  assert.equal(hub.tried.length, 0, 'nothing was sent');
  await assertNothingSticksOut(page, 'what is missing');
  assert.deepEqual(await stumbles(page), []);
  await page.shot('console-retention-missing-phone-ja', { fullPage: true });

  await form.getByLabel(/患者の氏名/).fill('大野 タキ');
  await form.getByLabel('生年月日').fill('S3.3.3');
  await form.getByLabel(/廃棄する理由/).fill('保存期間の終了');
  await destroy();
  const proof = page.getByRole('dialog', { name: '本人の確認' });
  await proof.waitFor();
  await page.keyboard.press('Escape');
  await form.getByText(/本人確認が必要です/).waitFor();
  assert.equal(hub.due.length, 2, 'nothing is destroyed without a proof');
  await destroy();
  await proof.getByLabel('現在のパスワード').fill('x'.repeat(15));
  await proof.getByLabel(/確認コード/).fill('123456');
  await proof.getByRole('button', { name: 'パスワードで確かめる' }).click();
  await form.getByText('登録されている患者と一致しません').waitFor();
  await becomes(() => page.evaluate(() => document.activeElement?.getAttribute('name')), 'name', 'the field that is wrong');
  await form.getByLabel(/患者の氏名/).fill('オオノ　タケ');
  await destroy();
  await section.getByText('大野 タケ さんの記録を廃棄しました。').waitFor();
  assert.deepEqual(hub.tried.at(-1), { name: 'オオノ タケ', birth_date: '1928-03-03', reason: '保存期間の終了' });
  await section.locator('.lines').getByText(OLD.patient).waitFor();
  await becomes(() => section.locator('.card').count(), 1);
  await page.shot('console-retention-done-phone-ja', { fullPage: true });

  // Somebody wrote on the other one meanwhile.
  hub.writtenOn.add(hub.due[0].patient);
  await section.getByRole('button', { name: /東海林/ }).click();
  await form.getByLabel(/患者の氏名/).fill('東海林庄左衛門');
  await form.getByLabel('生年月日').fill('19310120');
  await destroy();
  await section.getByText(/2031-11-27 まで保存します/).waitFor();
  await section.getByText('保存期間が終わった記録はありません。').waitFor();
  await section.getByRole('button', { name: '続きを調べる' }).click();
  await section.getByText('森 はつ').waitFor();
  assert.deepEqual(otherComplaints(page), []);
});

for (const [size, language, colorScheme, heading, button] of [
  ['tablet', 'ja-JP', 'dark', '保存期間と廃棄', /廃棄へ進む: 大野 タケ/], ['desk', 'en-GB', 'light', 'Retention and destruction', /Destroy: 大野/], ['phone', 'en-GB', 'dark', 'Retention and destruction', /Destroy: 大野/],
]) {
  test(`on a ${size}, ${language}, ${colorScheme}`, async (t) => {
    const { screenOf } = await startRegion(t);
    const page = await screenOf('secretary', { size, language, colorScheme });
    await mockRetention(page);
    const section = await open(page, heading);
    await section.getByRole('button', { name: button }).click();
    await section.locator('form.destroying').waitFor();
    await assertNothingSticksOut(page, `destroying on a ${size}`);
    assert.deepEqual(await stumbles(page), []);
    await page.shot(`console-retention-${size}-${language.slice(0, 2)}`, { fullPage: true });
    assert.deepEqual(page.complaints, []);
  });
}
