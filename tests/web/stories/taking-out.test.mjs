// A record taken out, with the real hub: the nurse asks on the patient's page, the secretariat permits it in the console, the
// nurse gets one file, once; and a request that is declined.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { assertNothingSticksOut, becomes, isIn, stumbles } from '../page.mjs';

const WHY = '転院先への引き継ぎ';

async function region(t) {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  return async (role, options) => {
    const page = await openPage(options);
    await page.goto(hub.links.get(role));
    await isIn(page);
    return page;
  };
}

/** Opens the dialog on the page of the first patient. */
async function begin(page, { tab = '' } = {}) {
  await page.locator('.patient-row').first().click();
  if (tab) await page.getByRole('tab', { name: tab }).click();
  await page.getByRole('button', { name: '記録を持ち出す' }).click();
  return page.getByRole('dialog', { name: '記録の持ち出し' });
}

async function ask(dialog) {
  await dialog.getByLabel('何のために').fill(WHY);
  await dialog.getByRole('button', { name: '申請する' }).click();
  await dialog.getByText('事務局の許可を待っています。').waitFor();
}

async function openRequests(desk) {
  await desk.evaluate(() => { location.hash = '#/console'; });
  const card = desk.locator('[data-card="exports"]');
  await card.getByText(WHY, { exact: false }).first().waitFor();
  await desk.shot('console-home-exports');
  await card.getByRole('link', { name: /開く|見る/ }).last().click();
  await desk.getByRole('heading', { level: 1, name: '持ち出しの申請' }).waitFor();
  return desk.locator('renkei-console-exports');
}

test('asked for on the page, permitted in the console, and taken once', async (t) => {
  const screenOf = await region(t);
  const [nurse, desk] = [await screenOf('nurse', { size: 'phone' }), await screenOf('secretariat')];
  const dialog = await begin(nurse, { tab: 'チーム' });
  await dialog.getByLabel('何のために').waitFor();
  await assertNothingSticksOut(nurse, 'asking on a phone');
  assert.deepEqual(await stumbles(nurse), []);
  await nurse.shot('taking-out-ask-phone-ja');
  await ask(dialog);
  await nurse.shot('taking-out-waiting-phone-ja');

  const requests = await openRequests(desk);
  await requests.getByRole('button', { name: '許可する' }).click();
  await requests.getByText(/一度受け取れるようになります/).waitFor();
  assert.deepEqual(await stumbles(desk), []);
  await desk.shot('console-exports-permit');
  await requests.locator('form').getByRole('button', { name: '許可する' }).click();
  await requests.getByText('許可しました。').waitFor();

  await dialog.getByRole('button', { name: '返事を確かめる' }).click();
  await dialog.getByText(/許可しました。.*までに一度だけ使えます/).waitFor();
  await assertNothingSticksOut(nurse, 'permitted, on a phone');
  assert.deepEqual(await stumbles(nurse), []);
  await nurse.shot('taking-out-permitted-phone-ja');
  const [download] = await Promise.all([nurse.waitForEvent('download'), dialog.getByRole('button', { name: 'ファイルを受け取る' }).click()]);
  assert.match(download.suggestedFilename(), /^renkei-record-\d{4}-\d\d-\d\d\.zip$/, 'without a name of anybody');
  const { stdout } = await promisify(execFile)('python3', ['-c', `
import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
page = archive.read('record.html').decode()
assert '<script' not in page
print(page.split('<h1>')[1].split('</h1>')[0], sorted(archive.namelist())[-2:])`, await download.path()]);
  const name = await nurse.evaluate(() => { const { model } = document.querySelector('renkei-shell'); return model.patientName(model.selected).kanji; });
  assert.ok(stdout.includes(`${name} さんの記録`) && stdout.includes('record.json'), stdout);
  await dialog.getByText('受け取りました。').waitFor();
  await dialog.getByText('持ち出し済みです。').waitFor();
  await dialog.getByRole('button', { name: 'もう一度申請する' }).click();
  await dialog.getByLabel('何のために').waitFor();
  assert.deepEqual([...nurse.complaints, ...desk.complaints], []);
});

test('a request that is declined says so, and another can be made', async (t) => {
  const screenOf = await region(t);
  const [doctor, desk] = [await screenOf('doctor'), await screenOf('secretariat', { size: 'tablet', colorScheme: 'dark' })];
  const dialog = await begin(doctor);
  await ask(dialog);
  const requests = await openRequests(desk);
  await requests.getByRole('button', { name: '断る' }).click();
  await requests.getByLabel('断る理由（申請した事業所に届きます）').fill('紹介状で足ります');
  await assertNothingSticksOut(desk, 'declining on a tablet');
  await desk.shot('console-exports-decline-tablet-ja');
  await requests.getByRole('button', { name: '断ることを記録する' }).click();
  await requests.getByText('断りました。').waitFor();
  await dialog.getByRole('button', { name: '返事を確かめる' }).click();
  await dialog.getByText('事務局が断りました。').waitFor();
  await doctor.shot('taking-out-declined');
  await dialog.getByRole('button', { name: 'もう一度申請する' }).click();
  await ask(dialog);
  assert.deepEqual([...doctor.complaints, ...desk.complaints], []);
});

test('a sheet for an office that does not take part is asked for in words: where to, which days, what is blacked out', async (t) => {
  const screenOf = await region(t);
  const [nurse, desk] = [await screenOf('nurse'), await screenOf('secretariat')];
  for (const [to, hides] of [['みどり内科', 'name+birth+phones'], ['あおば整形外科', 'restricted-included']]) {
    await nurse.evaluate(async ([whom, hidden, purpose]) => {
      const { model } = document.querySelector('renkei-shell');
      const body = { export: { purpose, scope: `${whom} / 2026-11-22..2026-11-29 / ${hidden}`, patients: [model.patients.keys().next().value], planned: true } };
      model.hub.post(model.intent(model.me.organisation.id, body));
    }, [to, hides, WHY]);
  }
  const requests = await openRequests(desk);
  const card = (to) => requests.locator('.card', { hasText: to });
  await becomes(() => card('みどり内科').locator('dl').innerText(), /宛先\s+みどり内科\s+期間\s+2026年11月22日 – 2026年11月29日\s+伏せるもの\s+氏名の一部、生年月日（年だけ残る）、電話番号/);
  await card('あおば整形外科').locator('.mark', { hasText: '伏せるものなし' }).waitFor();
  await becomes(() => card('あおば整形外科').locator('dl').innerText(), /取扱注意の記録\s+含みます/);
  await becomes(() => requests.getByText(/name\+birth|restricted-included|\.\./).count(), 0, 'no words of the machine');
  assert.deepEqual(await stumbles(desk), []);
  await assertNothingSticksOut(desk, 'a sheet that is asked for');
  await desk.shot('console-exports-sheet');
});
