// What a tablet could not send before its sign-in was ended, with the real hub: the secretariat sees that it waits and for whom,
// sends an observation for its author, lets another be, and never sees a word; its author sends the rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { consoleOf, openAt, sharedPatient } from '../console-page.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { setUp } from '../fresh-hub.mjs';
import { assertNothingSticksOut, becomes, isIn, stumbles } from '../page.mjs';

const SEEN = '仙骨部に水疱ひとつ';
const SAID = '明日は10時に伺います';

/** Writes without network, as the composer does. */
async function write(page, kind, text) {
  await page.evaluate(([what, words]) => {
    const { model } = document.querySelector('renkei-shell');
    model.hub.post(model.intent(model.selected, { [what]: { text: words } }));
  }, [kind, text]);
  await page.locator('.entries-scroll article', { hasText: text }).waitFor();
}

test('the secretariat looks after what devices handed in: whose it is, what it may send, and what its author has to', { timeout: 180_000 }, async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const screenOf = async (role, options) => {
    const page = await openPage(options);
    await page.goto(hub.links.get(role));
    await isIn(page);
    return page;
  };
  const [desk, doctor, nurse] = [await screenOf('secretariat'), await screenOf('doctor'), await screenOf('nurse', { size: 'tablet' })];
  const patient = await sharedPatient(doctor, nurse);
  const nurseId = await nurse.evaluate(() => document.querySelector('renkei-shell').model.myId);
  const nurseName = await desk.evaluate((id) => document.querySelector('renkei-shell').model.personName(id), nurseId);
  for (const page of [doctor, nurse]) await page.evaluate((id) => { location.hash = `#/patients/${id}`; }, patient);
  await nurse.locator('renkei-composer').waitFor();
  // What envelopes are sealed with was fetched while there was a network.
  await nurse.waitForFunction(() => document.querySelector('renkei-shell').model.keeper.slip);
  await openAt(desk, '#/console/quarantine', '預かり中の投稿');
  await desk.getByText('預かっている投稿はありません。').waitFor();

  await nurse.context().setOffline(true);
  await nurse.locator('.pill-good').waitFor({ state: 'detached' });
  await write(nurse, 'note', SEEN);
  await write(nurse, 'message', SAID);
  await write(nurse, 'note', '書き間違い');
  await nurse.evaluate(() => document.querySelector('renkei-shell').model.keeper.flush());
  await desk.evaluate((id) => document.querySelector('renkei-shell').model.rest.call('DELETE', `/people/${id}/sign-ins`), nurseId);
  await nurse.context().setOffline(false);
  await nurse.getByText('前のサインインで送れなかった投稿 3 件を、連携ハブに預けました').waitFor({ timeout: 30_000 });

  // The console's first page tells of it, and leads there.
  await openAt(desk, '#/console', /今日/);
  const tile = consoleOf(desk).locator('[data-card=quarantine]');
  await tile.getByText(`${nurseName}・記録`).first().waitFor();
  await tile.getByRole('link', { name: '開く', exact: true }).click();
  const card = consoleOf(desk).locator('.card', { hasText: nurseName });
  // The day of the demo goes on for her: it signs in for her anew, sooner or later.
  await becomes(() => card.innerText(), /本人は(?:、いまサインインしていません|サインインしています)/);
  await card.getByRole('link', { name: /^[\d-]+$/ }).waitFor();
  const posts = card.locator('.kept-post');
  await posts.nth(2).waitFor();
  await becomes(() => posts.locator('.kind').allInnerTexts(), ['記録', 'メッセージ', '記録']);
  for (const words of [SEEN, SAID]) await becomes(() => consoleOf(desk).getByText(words).count(), 0, 'what they say is their author’s');
  await posts.nth(1).getByText('本人だけが送れます').waitFor();
  await becomes(() => posts.nth(1).getByRole('button', { name: '事務局から送る' }).count(), 0);
  await desk.shot('quarantine-desk-ja');
  assert.deepEqual(await stumbles(desk), []);

  await posts.nth(0).getByRole('button', { name: '事務局から送る' }).click();
  await posts.nth(0).getByText(`${nurseName} さんの名前で「記録」を送ります。`).waitFor();
  await desk.shot('quarantine-send-desk-ja');
  assert.deepEqual(await stumbles(desk), []);
  await posts.nth(0).locator('button[type=submit]').click();
  await becomes(() => posts.count(), 3, 'not without a reason');
  await posts.nth(0).getByLabel('事務局から送る理由（監査記録に残ります）').fill('本人は休職。管理者に確かめた');
  await posts.nth(0).getByRole('button', { name: '事務局から送る' }).click();
  await desk.getByText(`${nurseName} さんの名前で送りました。患者の経過に入りました。`).waitFor();
  await doctor.locator('article', { hasText: SEEN }).locator('.who-name', { hasText: nurseName }).waitFor();
  await posts.nth(2).waitFor({ state: 'detached' });

  await posts.nth(1).getByRole('button', { name: '送らずに消す' }).click();
  await posts.nth(1).getByText('内容は消え、元に戻せません。').waitFor();
  const discard = posts.nth(1).locator('button[type=submit]');
  await discard.click();
  await becomes(() => posts.count(), 2, 'not before somebody was asked');
  await posts.nth(1).getByLabel('消す理由（監査記録に残ります）').fill('本人の書き間違い');
  await posts.nth(1).getByLabel(/本人に確かめました/).check();
  await discard.click();
  await desk.getByText('送らずに消しました。内容は残っていません。').waitFor();
  await posts.nth(1).waitFor({ state: 'detached' });
  const { records } = await desk.evaluate(() => document.querySelector('renkei-shell').model.rest.call('GET', '/audit?kind=quarantine'));
  assert.deepEqual(records.map(({ reason }) => reason).filter(Boolean).toSorted(), ['本人の書き間違い', '本人は休職。管理者に確かめた'].toSorted());

  // Its author, signed in again, reads it and sends it; the secretariat's list is empty by itself.
  const again = await openPage({ size: 'phone' });
  const invited = await hub.operate('--language', 'en', 'sign-in', '--person', nurseId, '--public-url', new URL(hub.links.get('nurse')).origin);
  await setUp(again, { link: /https:\S+#invitation=\S+/.exec(invited)?.[0] ?? '', code: /code (\d{6})/.exec(invited)?.[1] ?? '' });
  await isIn(again);
  await again.getByText('前のサインインで書いた投稿 1 件を、連携ハブが預かっています').waitFor();
  await desk.getByRole('button', { name: '読み込みなおす' }).click();
  await card.getByText('本人はサインインしています').waitFor();
  await again.getByRole('link', { name: '確かめる' }).click();
  await again.locator('.sending-row', { hasText: SAID }).getByRole('button', { name: '送る' }).click();
  await doctor.locator('article', { hasText: SAID }).waitFor();
  // The page that she sent it from says that it is stored.
  const stored = again.locator('section', { hasText: '届いたもの' });
  await stored.getByText(SAID).waitFor();
  await stored.getByText(/^保存しました/).waitFor();
  await again.getByText('未送信の記録はありません。').waitFor();
  await desk.getByRole('button', { name: '読み込みなおす' }).click();
  await desk.getByText('預かっている投稿はありません。').waitFor();
  assert.deepEqual(desk.complaints, []);
});

for (const [size, language, colorScheme] of [['phone', 'ja-JP', 'dark'], ['tablet', 'en-GB', 'light']]) {
  test(`the list on a ${size}, ${language}, ${colorScheme}: of somebody who left, and of one that ends soon`, async (t) => {
    const hub = await demoHub(t, STANDING_STILL);
    await hub.start();
    const { openPage } = await openBrowser(t);
    const desk = await openPage({ size, language, colorScheme });
    const inDays = (count) => new Date(Date.now() + count * 86_400_000).toISOString();
    const header = (id, of) => ({ id, written_at: inDays(-2), synced_at: null, received_at: inDays(-1), intent: null, kind: 'note', ...of });
    await desk.goto(hub.links.get('secretariat'));
    await isIn(desk);
    const of = await desk.evaluate(() => {
      const { model } = document.querySelector('renkei-shell');
      const here = [...model.people.values()].find(({ positions }) => positions.some(({ role }) => role === 'nurse'));
      return { timeline: [...model.patients.keys()][0], person: here.id, ...here.positions.find(({ role }) => role === 'nurse') };
    });
    const posts = [header('1', { ...of, expires_at: inDays(2) }), header('2', { ...of, kind: 'order', expires_at: inDays(20) }),
      header('3', { ...of, role: 'doctor', kind: 'vital', expires_at: inDays(9), timeline: '0190ffff-0000-7000-8000-000000000001' })];
    await desk.route('**/api/v1/quarantine', (route) => route.fulfill({ json: { posts } }));
    await desk.evaluate(() => { location.hash = '#/console/quarantine'; });
    const isEnglish = language === 'en-GB';
    await desk.getByText(isEnglish ? 'No longer works here in this role' : 'いまこの役割では利用していません').waitFor();
    await desk.getByText(isEnglish ? /^ends soon/ : /^まもなく期限/).waitFor();
    await desk.getByRole('link', { name: isEnglish ? 'Open the patient' : '患者を開く' }).waitFor();
    await desk.getByRole('button', { name: isEnglish ? 'Discard' : '送らずに消す' }).first().click();
    await assertNothingSticksOut(desk, size);
    await desk.shot(`quarantine-${size}-${language.slice(0, 2)}`, { fullPage: true });
    assert.deepEqual(await stumbles(desk), []);
    // What the hub says to a post that it does not take stands with it.
    await desk.getByRole('button', { name: isEnglish ? 'Cancel' : 'やめる', exact: true }).click();
    await desk.getByRole('button', { name: isEnglish ? 'Send it for them' : '事務局から送る' }).first().click();
    await desk.locator('.kept-post form input[name=reason]').fill('…');
    await desk.locator('.kept-post form button[type=submit]').click();
    await desk.locator('.kept-post form .field-error').waitFor();
  });
}
