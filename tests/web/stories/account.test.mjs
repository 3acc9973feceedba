// From an invitation to a working day on a real hub: both factors set up, the role chosen, sign-ins listed and ended. The
// page never holds what signs it in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { PASSWORD, freshHub, setUp, shownCode } from '../fresh-hub.mjs';
import { assertNothingSticksOut, becomes, isIn, signOut, stumbles } from '../page.mjs';

/** Pledges what the region agreed, which comes before anything else. */
async function pledge(page, shot) {
  await page.getByRole('heading', { name: '申し合わせの確認' }).waitFor();
  await becomes(() => page.locator('renkei-patients').count(), 0, 'nothing else is shown');
  if (shot) {
    await page.shot(shot, { fullPage: true });
    assert.deepEqual(await stumbles(page), []);
    await assertNothingSticksOut(page, 'pledging');
  }
  const begin = page.getByRole('button', { name: '確認して始める' });
  await begin.click();
  // Not before every one of them was read and ticked.
  await becomes(() => begin.count(), 1);
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await begin.click();
}

/** What the page asks the hub, as its own scripts do. */
const ask = (page, method, path, body) => page.evaluate(async ([verb, at, sent]) => {
  const headers = { 'renkei-client': 'page', 'content-type': 'application/json' };
  const answer = await fetch(`/api/v1${at}`, { method: verb, headers, ...(sent ? { body: JSON.stringify(sent) } : {}) });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}, [method, path, body]);

test('the first person of a region sets up both factors and is in, and no script can read what signs them in', async (t) => {
  const hub = await freshHub(t);
  const { openPage } = await openBrowser(t);
  const page = await openPage({ size: 'phone' });
  const { login, secret } = await setUp(page, hub.invited, 'account-set-up');
  await isIn(page);

  const cookies = await page.context().cookies();
  const cookie = cookies.find(({ name }) => name === '__Host-renkei');
  assert.deepEqual([cookie?.httpOnly, cookie?.secure, cookie?.sameSite, cookie?.path], [true, true, 'Strict', '/']);
  const held = await page.evaluate(() => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]));
  assert.ok(!held.includes('rk_'), held);
  await page.reload();
  await isIn(page);

  await signOut(page);
  await page.getByLabel('サインイン ID').waitFor();
  await page.shot('account-sign-in');
  assert.deepEqual(await stumbles(page), []);
  await assertNothingSticksOut(page, 'signing in');
  await becomes(() => page.getByText('サインイン用のリンク').count(), 0, 'links are for the demo');
  assert.deepEqual((await page.context().cookies()).map(({ name }) => name), ['__Host-renkei-device']);

  const fill = async (code) => {
    await page.getByLabel('サインイン ID').fill(login);
    await page.getByLabel('パスワード').fill(PASSWORD);
    await page.getByLabel('確認コード（6 桁）').fill(code);
    await page.getByRole('button', { name: 'サインイン' }).click();
  };
  await fill('000000');
  await page.getByText('サインイン ID・パスワード・確認コードのどれかが違います').waitFor();
  await page.shot('account-refused');
  // A phone's clock may be half a minute ahead; the code of this half minute was used.
  await fill(shownCode(secret, 1));
  await isIn(page);
  assert.deepEqual(page.complaints.filter((one) => !one.includes('401')), []);
});

test('whoever has two roles is asked which, sees it, changes it, and signs out everywhere at once', async (t) => {
  const hub = await freshHub(t);
  const { openPage } = await openBrowser(t);
  const secretariat = await openPage();
  await setUp(secretariat, hub.invited);
  await isIn(secretariat);
  const enter = async (path, body) => {
    const answer = await ask(secretariat, 'POST', path, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const station = await enter('/organisations', { name: 'みなと訪問看護ステーション', type: 'nursing_station' });
  const clinic = await enter('/organisations', { name: 'ひかりクリニック', type: 'clinic' });
  const positions = [station, clinic].map(({ id }) => ({ role: 'nurse', organisation: id }));
  const hanako = await enter('/people', { name: { kanji: '佐藤 花子', kana: 'サトウ ハナコ' }, positions });
  const invited = await enter(`/people/${hanako.id}/invitations`, {});

  const page = await openPage();
  await setUp(page, invited);
  await page.getByRole('heading', { name: 'どの職務で使いますか' }).waitFor();
  await page.shot('account-choose-role');
  assert.deepEqual(await stumbles(page), []);
  await page.getByRole('button', { name: /ひかりクリニック/ }).click();
  await pledge(page, 'account-pledges');
  await isIn(page);
  await page.getByRole('button', { name: /佐藤 花子/ }).click();
  await page.getByText('この端末', { exact: true }).waitFor();
  await page.shot('account-dialog');
  assert.deepEqual(await stumbles(page), []);
  await page.getByRole('button', { name: /みなと訪問看護ステーション/ }).click();
  // At another office she pledges anew.
  await pledge(page);
  await isIn(page);
  await page.locator('.bar-name', { hasText: 'みなと訪問看護ステーション' }).waitFor();

  // Another tab of the same browser is the same person; when one signs out everywhere, both are out.
  const other = await page.context().newPage();
  await other.goto(hub.url);
  await other.getByText('佐藤 花子').waitFor();
  // She has lost her phone: it does not wait for lists that are slow to come.
  await page.route('**/api/v1/me/passkeys', () => {});
  await page.getByRole('button', { name: /佐藤 花子/ }).click();
  await page.getByRole('button', { name: 'すべての端末でサインアウト' }).click();
  await page.getByLabel('サインイン ID').waitFor();
  await other.getByLabel('サインイン ID').waitFor();
  // What was asked at that moment is answered by the end of the sign-in.
  assert.deepEqual(page.complaints.filter((one) => !one.includes('401')), []);
});
