// Passkeys in a real browser, with its own virtual device: from the invitation to the first day, out and in again, a second
// device, a lost one; and the hub that asks again before a grave act.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { freshHub } from '../fresh-hub.mjs';
import { assertNothingSticksOut, becomes, isIn, signOut, stumbles } from '../page.mjs';
import { deviceAt } from '../passkey-device.mjs';

const ENTER = 'パスキーで入る（指紋・顔・端末の暗証番号）';

/** Follows the invitation to where the passkey is made. */
async function openInvitation(page, { link, code }) {
  await page.goto(link);
  await page.getByLabel('招待コード（6 桁）').fill(code);
  await page.getByRole('button', { name: '次へ' }).click();
  await page.getByRole('button', { name: 'パスキーをつくって始める' }).waitFor();
}

async function leave(page) {
  await signOut(page);
  await page.getByRole('button', { name: ENTER }).waitFor();
}

async function openAccount(page) {
  await page.getByRole('button', { name: /三浦 恵子/ }).click();
  await page.getByText('この端末', { exact: true }).waitFor();
}

test('a passkey is made by invitation, lets its owner in without a name, and a locked device does not', async (t) => {
  const hub = await freshHub(t);
  const { openPage } = await openBrowser(t);
  const page = await openPage({ size: 'phone' });
  const phone = await deviceAt(page, false);
  await openInvitation(page, hub.invited);
  await page.shot('passkey-set-up', { fullPage: true });
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'making a passkey');

  // Nobody unlocks it: nothing is made, and the invitation still holds.
  await page.getByRole('button', { name: 'パスキーをつくって始める' }).click();
  await page.getByText('パスキーを確かめられませんでした').waitFor();
  await phone.unlocks(true);
  await page.getByRole('button', { name: 'パスキーをつくって始める' }).click();
  await isIn(page);
  assert.equal((await phone.keys()).length, 1);

  await leave(page);
  await page.shot('passkey-sign-in', { fullPage: true });
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'signing in by passkey');
  await phone.unlocks(false);
  await page.getByRole('button', { name: ENTER }).click();
  await page.getByText('パスキーを確かめられませんでした').waitFor();
  await phone.unlocks(true);
  await page.getByRole('button', { name: ENTER }).click();
  await isIn(page);
  const held = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
  assert.ok(!held.includes('rk_'), held);
  assert.deepEqual(page.complaints, []);
});

test('a second device is added, the lost first one is removed, and the last way in stays', async (t) => {
  const hub = await freshHub(t);
  const { openPage } = await openBrowser(t);
  const page = await openPage();
  const phone = await deviceAt(page);
  await openInvitation(page, hub.invited);
  await page.getByRole('button', { name: 'パスキーをつくって始める' }).click();
  await isIn(page);
  await openAccount(page);
  page.on('dialog', (asked) => asked.accept());
  const passkeys = page.locator('.passkeys');
  await passkeys.getByRole('button', { name: '削除' }).click();
  await page.getByText('これを削除するとサインインできなくなります').waitFor();
  // A device makes one passkey for one account.
  await passkeys.getByRole('button', { name: 'この端末のパスキーを追加' }).click();
  await page.getByText('この端末にはもうパスキーがあります').waitFor();
  const [lost] = await phone.keys();
  await phone.take();
  const tablet = await deviceAt(page);
  await passkeys.getByRole('button', { name: 'この端末のパスキーを追加' }).click();
  await page.getByText('パスキーを追加しました').waitFor();
  await becomes(() => passkeys.getByRole('listitem').count(), 2);
  const second = passkeys.getByRole('listitem').nth(1);
  await second.getByText('名前を変える').first().click();
  await second.getByLabel('パスキーの名前').fill('職場のタブレット');
  await second.getByRole('button', { name: '名前を変える' }).click();
  await passkeys.getByText('職場のタブレット').waitFor();
  await page.shot('passkey-account', { fullPage: true });
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'passkeys of the account');

  // Somebody who found the phone is out at once, and does not come in again.
  const found = await openPage();
  const theirs = await deviceAt(found);
  await theirs.add(lost);
  await found.goto(hub.url);
  await found.getByRole('button', { name: ENTER }).click();
  await isIn(found);
  await passkeys.getByRole('listitem').first().getByRole('button', { name: '削除' }).click();
  await page.getByText('パスキーを削除しました').waitFor();
  await found.getByRole('button', { name: ENTER }).click();
  await found.getByText('パスキーを確かめられませんでした').waitFor();
  await page.getByRole('button', { name: '閉じる' }).first().click();
  await leave(page);
  assert.equal((await tablet.keys()).length, 1);
  await page.getByRole('button', { name: ENTER }).click();
  await isIn(page);
});

test('before a grave act the hub asks once more who it is, and the act goes on by itself', async (t) => {
  const hub = await freshHub(t);
  const { openPage } = await openBrowser(t);
  const page = await openPage();
  const phone = await deviceAt(page);
  await openInvitation(page, hub.invited);
  await page.getByRole('button', { name: 'パスキーをつくって始める' }).click();
  await isIn(page);
  // A hub that was started again remembers nobody's proof.
  await hub.restart();
  await page.reload();
  await isIn(page);
  await openAccount(page);
  const passkeys = page.locator('.passkeys');
  const add = passkeys.getByRole('button', { name: 'この端末のパスキーを追加' });
  await add.click();
  const proof = page.getByRole('dialog', { name: '本人の確認' });
  await proof.getByRole('button', { name: 'パスキーで確かめる' }).waitFor();
  await page.shot('passkey-proof', { fullPage: true });
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'asking for a proof');

  // Whoever found the screen open turns back, or cannot unlock the phone.
  await proof.getByRole('button', { name: 'やめる' }).click();
  await page.getByText('大切な操作です').first().waitFor();
  await phone.unlocks(false);
  await add.click();
  await proof.getByRole('button', { name: 'パスキーで確かめる' }).click();
  await proof.getByText('パスキーを確かめられませんでした').waitFor();
  await phone.unlocks(true);
  await proof.getByRole('button', { name: 'パスキーで確かめる' }).click();
  // It was her: what she asked for is done, as far as this phone does it.
  await page.getByText('この端末にはもうパスキーがあります').waitFor();
  await add.click();
  await page.getByText('この端末にはもうパスキーがあります').waitFor();
  await becomes(() => proof.count(), 0, 'it is not asked twice');
});
