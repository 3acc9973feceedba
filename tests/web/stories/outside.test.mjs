// Signing in by another service in a real browser: linked on one's own page, out and in again by it, asked for a second factor
// where the service proves one, and told plainly where nobody is linked.

import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { freshHub, setUp, shownCode } from '../fresh-hub.mjs';
import { SECRET, openProvider } from '../oidc-provider.mjs';
import { assertNothingSticksOut, becomes, isIn, signOut, stumbles } from '../page.mjs';

const ENTER = '「みなと病院」でサインイン';

/** A hub that trusts the service. */
const hubThatTrusts = (t, { issuer }) => freshHub(t, async (folder) => {
  const secret = path.join(folder, 'oidc.secret');
  await writeFile(secret, SECRET);
  await chmod(secret, 0o600);
  return `\n[accounts.oidc]\nissuer = "${issuer}"\nname = "みなと病院"\nclient_id = "renkei"\nclient_secret_file = "oidc.secret"\namr_values = ["pwd+otp"]\n`;
});

async function leave(page) {
  await signOut(page);
  await page.getByRole('button', { name: ENTER }).waitFor();
}

/** Leaves for the service, is let in there, and comes back. */
async function goThere(page, button) {
  await button.click();
  await page.getByRole('heading', { name: 'みなと病院' }).waitFor();
  await page.getByRole('link', { name: '職員としてログイン' }).click();
}

async function link(page) {
  await page.getByRole('button', { name: /三浦 恵子/ }).click();
  await goThere(page, page.getByRole('button', { name: '「みなと病院」と結び付ける' }));
  await page.locator('.banner-good').getByText('「みなと病院」と結び付けました').waitFor();
  await becomes(() => page.locator('.banner-warning').count(), 0, 'good news is no warning');
}

test('the service is linked on the account page, lets its owner in, and is unlinked again', async (t) => {
  const provider = await openProvider(t);
  const hub = await hubThatTrusts(t, provider);
  const { openPage } = await openBrowser(t);
  const page = await openPage();
  await setUp(page, hub.invited);
  await isIn(page);
  await link(page);
  await isIn(page);
  assert.ok(!page.url().includes('oidc'), page.url());
  await page.getByRole('button', { name: /三浦 恵子/ }).click();
  const identities = page.locator('.identities');
  await identities.getByText('248289761001').waitFor();
  await page.shot('outside-account', { fullPage: true });
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'identities of the account');
  await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click();

  await leave(page);
  await page.shot('outside-sign-in', { fullPage: true });
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'signing in by another service');
  await goThere(page, page.getByRole('button', { name: ENTER }));
  await isIn(page);
  const cookies = (await page.context().cookies()).map(({ name }) => name).filter((name) => name.startsWith('__Host-'));
  assert.deepEqual(cookies.sort(), ['__Host-renkei', '__Host-renkei-device']);
  const held = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
  assert.ok(!held.includes('rk_'), held);

  page.on('dialog', (asked) => asked.accept());
  await page.getByRole('button', { name: /三浦 恵子/ }).click();
  await identities.getByRole('button', { name: '解除' }).click();
  await page.getByText('結び付けを解除しました').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '閉じる' }).click();
  await leave(page);
  await goThere(page, page.getByRole('button', { name: ENTER }));
  await page.getByText('外部サービスからはサインインできませんでした').waitFor();
  await page.shot('outside-refused', { fullPage: true });
  assert.deepEqual(page.complaints.filter((one) => !one.includes('401')), []);
});

test('where the service proves one factor the hub asks for another', async (t) => {
  const provider = await openProvider(t, { sub: '7', amr: ['pwd'] });
  const hub = await hubThatTrusts(t, provider);
  const { openPage } = await openBrowser(t);
  const page = await openPage();
  const { secret } = await setUp(page, hub.invited);
  await isIn(page);
  await link(page);
  await isIn(page);
  await leave(page);
  await goThere(page, page.getByRole('button', { name: ENTER }));
  await page.getByRole('heading', { name: 'もう一つの確認' }).waitFor();
  await page.shot('outside-second', { fullPage: true });
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'the second factor');
  const answer = async (code) => {
    await page.getByLabel('確認コード（6 桁）').fill(code);
    await page.getByRole('button', { name: '次へ' }).click();
  };
  await answer('000000');
  await page.getByText('確認コードのどれかが違います').waitFor();
  await answer(shownCode(secret, 1));
  await isIn(page);
});

test('an invitation is taken by the service, which then is the way in', async (t) => {
  const provider = await openProvider(t);
  const hub = await hubThatTrusts(t, provider);
  const { openPage } = await openBrowser(t);
  const page = await openPage();
  await page.goto(hub.invited.link);
  await page.getByLabel('招待コード（6 桁）').fill(hub.invited.code);
  await page.getByRole('button', { name: '次へ' }).click();
  await goThere(page, page.getByRole('button', { name: '「みなと病院」で始める' }));
  await isIn(page);
  await leave(page);
  await goThere(page, page.getByRole('button', { name: ENTER }));
  await isIn(page);
});
