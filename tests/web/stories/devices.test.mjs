// A tablet from its label to its certificate and back: registered at the console, enrolled by link and code, known by the hub
// when it shows what it installed, revoked. The certificate goes through another TLS implementation than the one that made it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { PASSWORD, freshHub, setUp, shownCode } from '../fresh-hub.mjs';
import { assertNothingSticksOut, becomes, inView, isIn, stumbles } from '../page.mjs';

/** The dialog of devices, opened from the account. */
async function openDevices(page) {
  await page.getByRole('button', { name: /三浦 恵子/ }).click();
  await page.getByRole('button', { name: '登録端末を管理する' }).click();
  return page.getByRole('dialog', { name: '登録端末' });
}

test('a device is registered, fetches its certificate by link and code, is known by it, and is shut out', async (t) => {
  const hub = await freshHub(t);
  const { openPage } = await openBrowser(t);
  const desk = await openPage();
  const { login, secret } = await setUp(desk, hub.invited);
  await isIn(desk);
  const dialog = await openDevices(desk);
  await dialog.getByText('登録された端末はありません。').waitFor();
  await dialog.getByText('端末を登録する').first().click();
  await dialog.getByLabel('端末の名前（ラベル）').fill('タブレット 3');
  await dialog.getByRole('button', { name: '端末を登録する' }).click();
  await dialog.getByText('「タブレット 3」を登録しました。次に、証明書を渡してください。').waitFor();
  await dialog.getByText('まだ接続なし').waitFor();
  await dialog.getByText('証明書がまだありません。').waitFor();
  await desk.shot('devices-registered');
  assert.deepEqual(await stumbles(desk), []);
  await dialog.getByRole('button', { name: '登録リンク' }).click();
  await dialog.getByRole('img', { name: '端末登録用の QR コード' }).waitFor();
  await desk.shot('devices-link');
  assert.deepEqual(await stumbles(desk), []);
  const [link, code] = [await dialog.locator('.once .secret').innerText(), await dialog.locator('.once .told').innerText()];

  const tablet = await openPage({ size: 'tablet' });
  await tablet.goto(link);
  await tablet.getByRole('heading', { name: '端末の登録' }).waitFor();
  assert.ok(!tablet.url().includes('enrolment='), tablet.url());
  await tablet.getByLabel('登録コード（6 桁）').fill('000000' === code ? '000001' : '000000');
  await tablet.getByRole('button', { name: '次へ' }).click();
  await tablet.getByText('端末登録のリンクまたはコードが正しくないか').waitFor();
  await tablet.getByLabel('登録コード（6 桁）').fill(code);
  await tablet.getByRole('button', { name: '次へ' }).click();
  await tablet.getByText('タブレット 3').waitFor();
  const [download] = await Promise.all([
    tablet.waitForEvent('download'),
    tablet.getByRole('button', { name: '証明書を受け取る' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'タブレット-3.p12');
  const passphrase = await tablet.locator('.told').innerText();
  await tablet.shot('devices-enrolled');
  assert.deepEqual(await stumbles(tablet), []);
  await assertNothingSticksOut(tablet, 'a certificate that has come');
  assert.deepEqual(tablet.complaints.filter((one) => !one.includes('401')), []);
  await tablet.getByRole('button', { name: 'サインインへ' }).click();
  await tablet.getByText('この端末について').click();
  await tablet.getByText('この端末の証明書は届いていません。').waitFor();

  const pfx = await readFile(await download.path());
  const known = await openPage({ size: 'tablet', clientCertificates: [{ origin: hub.url, pfx, passphrase }] });
  await known.goto(hub.url);
  await known.getByText('この端末について').click();
  await known.getByText('この端末は登録されています').waitFor();
  await known.getByLabel('サインイン ID').fill(login);
  await known.getByLabel('パスワード').fill(PASSWORD);
  // The code of this half minute was used when the account was set up.
  await known.getByLabel('確認コード（6 桁）').fill(shownCode(secret, 1));
  await known.getByRole('button', { name: 'サインイン' }).click();
  await isIn(known);

  await dialog.getByRole('button', { name: '控えました' }).click();
  // Nobody grants themselves an exception, and this region has one person.
  await dialog.getByText('登録端末なしで使う許可（期限つき）').click();
  await dialog.getByText('自分には許可できないので、事務局のほかの人に頼んでください。').waitFor();
  await dialog.getByRole('button', { name: '取り消す' }).click();
  await dialog.getByText('元には戻せません').waitFor();
  await dialog.getByLabel('タブレット 3 を取り消す理由').fill('駐車場で紛失');
  await desk.shot('devices-revoking');
  await dialog.getByRole('button', { name: '取り消す' }).click();
  await inView(desk, dialog.getByRole('status').getByText('「タブレット 3」を取り消しました。もうつながりません。'));
  await dialog.getByText('取り消した端末 1').click();
  await dialog.getByText('取り消し済み').waitFor();
  await desk.shot('devices-revoked');
  await known.getByText('この端末の登録が取り消されました').waitFor();
  assert.deepEqual(desk.complaints.filter((one) => !one.includes('403')), []);
});

test('nobody has an exception by an oversight: whoever grants one chooses somebody, and never themselves', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const desk = await openPage({ size: 'phone' });
  await desk.goto(hub.links.get('secretariat'));
  await isIn(desk);
  await desk.locator('renkei-devices').waitFor({ state: 'attached' });
  const granted = [];
  await desk.route('**/device-exception', (route) => {
    granted.push([route.request().url().split('/').at(-2), route.request().postDataJSON().reason]);
    return route.fulfill({ status: 204 });
  });
  const myId = await desk.evaluate(() => {
    document.querySelector('renkei-devices').begin();
    return document.querySelector('renkei-shell').model.myId;
  });
  const dialog = desk.getByRole('dialog', { name: '登録端末' });
  await dialog.getByText('登録端末なしで使う許可（期限つき）').click();
  await dialog.getByText('いま許可している人はいません。').waitFor();
  const who = dialog.getByLabel('だれに');
  const values = await who.locator('option').evaluateAll((options) => options.map(({ value }) => value));
  assert.ok(values[0] === '' && values.length > 3 && !values.includes(myId));
  await becomes(() => who.inputValue(), '');
  await dialog.getByLabel('理由（監査記録に残ります）').fill('タブレットの紛失');
  await dialog.getByRole('button', { name: '許可する' }).click();
  await becomes(() => who.evaluate((one) => one.validationMessage), 'だれに許可するかを選んでください。');
  assert.deepEqual(granted, []);
  await assertNothingSticksOut(desk, 'exceptions on a phone');
  assert.deepEqual(await stumbles(desk), []);
  await desk.shot('exceptions-phone-ja');
  await who.selectOption(values[1]);
  await dialog.getByRole('button', { name: '許可する' }).click();
  await becomes(() => granted.length, 1);
  assert.deepEqual(granted, [[values[1], 'タブレットの紛失']]);
  // Whom, until when and why is said, where one looks.
  await inView(desk, dialog.getByText(/さんに .* まで認めました。理由：タブレットの紛失/));
  await becomes(() => who.inputValue(), '', 'nor for the next one');
});
