// Connected systems in the console, with the real hub: one is registered with its public key, signs in by it, gets another
// key, is suspended, let in again and removed.

import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { assertNothingSticksOut, isIn, stumbles } from '../page.mjs';

/** A key as the system's side makes it. */
function newKey(kid) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES384', use: 'sig' } };
}

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Asks for a token as SMART Backend Services says; the answer. */
async function askForToken(page, client, { kid, privateKey }) {
  const { token_endpoint: endpoint } = await page.evaluate(async () => (await fetch('/.well-known/smart-configuration')).json());
  const claims = { iss: client, sub: client, aud: endpoint, exp: Math.floor(Date.now() / 1000) + 200, jti: randomUUID() };
  const signed = `${encoded({ alg: 'ES384', typ: 'JWT', kid })}.${encoded(claims)}`;
  const assertion = `${signed}.${sign('sha384', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  return page.evaluate(async (shown) => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: shown, scope: 'system/Observation.rs',
    });
    const response = await fetch('/oauth/token', { method: 'POST', body });
    return { status: response.status, ...await response.json() };
  }, assertion);
}

test('a system is registered, used, given another key, suspended, let in again and removed', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const page = await openPage();
  await page.goto(hub.links.get('secretariat'));
  await isIn(page);
  await page.evaluate(() => { location.hash = '#/console/systems'; });
  const section = page.locator('renkei-console-systems');
  await section.getByText('連携システムはまだありません。').waitFor();
  const [first, second] = [newKey('2026-04'), newKey('2027-04')];

  await section.getByRole('button', { name: 'システムを登録する' }).click();
  const form = section.locator('.system-new');
  await form.getByLabel('事業所').locator('option').nth(2).waitFor({ state: 'attached' });
  const offices = await form.getByLabel('事業所').locator('option').allInnerTexts();
  assert.ok(offices.length > 2 && !offices.some((name) => name.includes('事務局')), offices.join());
  await form.getByLabel('事業所').selectOption({ index: 1 });
  await form.getByLabel('名前').fill('みなと電子カルテ');
  await form.getByLabel('目的').fill('バイタルの送信と閲覧');
  await form.getByLabel('鍵').fill('-----BEGIN PUBLIC KEY-----');
  await form.getByLabel('バイタル・検査結果を読む').check();
  await form.getByRole('button', { name: '登録する', exact: true }).click();
  await section.getByText('JWK の集まりとして読めません。').waitFor();
  await form.getByLabel('鍵').fill(JSON.stringify({ keys: [{ ...first.jwk, d: 'AAAA' }] }));
  await form.getByRole('button', { name: '登録する', exact: true }).click();
  await section.getByText('秘密鍵が含まれています。').waitFor();
  await form.getByLabel('鍵').fill(JSON.stringify(first.jwk));
  await assertNothingSticksOut(page, 'registering a system');
  assert.deepEqual(await stumbles(page), []);
  await page.shot('console-system-new', { fullPage: true });
  await form.getByRole('button', { name: '登録する', exact: true }).click();
  await section.getByText('みなと電子カルテ を登録しました。').waitFor();
  const client = await section.locator('.secret').first().innerText();
  await section.getByText('まだ使われていません').first().waitFor();

  const reopened = async () => {
    await page.evaluate(() => { location.hash = '#/console/queue'; });
    await page.evaluate(() => { location.hash = '#/console/systems'; });
    await section.getByText('みなと電子カルテ').first().waitFor();
  };
  const granted = await askForToken(page, client, first);
  assert.equal(granted.scope, 'system/Observation.rs', JSON.stringify(granted));
  await reopened();
  await section.getByText(/最後の利用/).first().waitFor();
  await page.shot('console-system');

  await section.getByRole('button', { name: '終わらせる: 2026-04' }).click();
  await section.getByText('最後の鍵は終わらせられません。').waitFor();
  await section.getByRole('button', { name: '鍵を加える' }).click();
  await section.locator('.doing').getByLabel('鍵').fill(JSON.stringify({ keys: [second.jwk] }));
  await section.locator('.doing').getByRole('button', { name: '鍵を加える' }).click();
  await section.getByText('鍵を加えました。').waitFor();
  assert.equal((await askForToken(page, client, second)).status, 200);
  await section.getByRole('button', { name: '終わらせる: 2026-04' }).click();
  await section.getByRole('button', { name: '終わらせる', exact: true }).click();
  await section.getByText('鍵「2026-04」を終わらせました。').waitFor();
  assert.equal((await askForToken(page, client, first)).status, 401);
  assert.equal((await askForToken(page, client, second)).status, 200);
  assert.deepEqual(await stumbles(page), []);

  await section.getByRole('button', { name: '停止', exact: true }).click();
  await section.getByLabel('理由（監査記録に残ります）').fill('鍵の漏えいの疑い');
  await section.locator('.doing').getByRole('button', { name: '停止' }).click();
  await section.getByText(/停止中/).waitFor();
  assert.equal((await askForToken(page, client, second)).status, 401);
  await page.shot('console-system-suspended');
  await section.getByRole('button', { name: '再開', exact: true }).click();
  await section.locator('.doing').getByRole('button', { name: '再開' }).click();
  await section.getByText('みなと電子カルテ を再開しました。').waitFor();
  assert.equal((await askForToken(page, client, second)).status, 200);
  await section.getByRole('button', { name: '削除', exact: true }).click();
  await section.getByLabel('理由（監査記録に残ります）').fill('更新');
  await section.locator('.doing').getByRole('button', { name: '削除' }).click();
  await section.getByText('連携システムはまだありません。').waitFor();
  // What the hub answers to a private key, and to a key that has ended, is an error to the browser too.
  assert.deepEqual(page.complaints.filter((one) => !/status of (401|422)/.test(one)), []);
});
