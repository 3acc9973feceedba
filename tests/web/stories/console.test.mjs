// The secretariat at its console, with the real hub: a patient from registration to the first message, a nurse who is invited
// and active the same day, entries that waited for a link, links from a table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { consoleOf, demoRegion as region, openAt as open } from '../console-page.mjs';
import { freshHub, setUp } from '../fresh-hub.mjs';
import { assertNothingSticksOut, becomes, holds, isIn, isTicked, stumbles } from '../page.mjs';

/** A model of how long hands take (keystroke-level, Card et al.): pointing, pressing and thinking for a click; three keys for a character of Japanese. */
const CLICK_S = 2.65;
const CHARACTER_S = 3 * 0.28;
const MINUTES_3_S = 180;
const ONE_PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Clicks and characters that a person's hands make on this page, across its reloads. */
async function watchHands(page) {
  const hands = { clicks: 0, characters: 0 };
  await page.exposeFunction('handsClicked', () => { hands.clicks += 1; });
  await page.exposeFunction('handsTyped', () => { hands.characters += 1; });
  await page.addInitScript(() => {
    addEventListener('pointerdown', () => window.handsClicked(), true);
    addEventListener('input', (event) => event.target.matches('input:not([type=radio], [type=checkbox]), textarea') && window.handsTyped(), true);
  });
  return hands;
}

const type = async (page, label, text) => {
  const field = consoleOf(page).getByLabel(label, { exact: true });
  await field.click();
  await field.pressSequentially(text);
};

/** Asks until the hub knows that somebody has read a patient's page. */
const isMarkedRead = (page, timeline, person) => page.evaluate(async ([of, by]) => {
  for (let asked = 0; asked < 100; asked += 1) {
    const { markers } = await document.querySelector('renkei-shell').model.rest.call('GET', `/timelines/${of}/read-markers`);
    if (markers.some((marker) => marker.person === by)) return;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error('it was never marked as read');
}, [timeline, person]);

/** Whoever it is, in the fields of the first step. */
async function typeWho(page, { name, kana, birth, sex }) {
  await type(page, '氏名', name);
  await type(page, 'フリガナ', kana);
  await type(page, '生年月日', birth);
  await consoleOf(page).getByRole('radio', { name: sex, exact: true }).check();
}

async function tapUsual(page, ...names) {
  for (const name of names) await consoleOf(page).getByRole('button', { name }).click();
}

async function addToTeam(page, query, name) {
  await type(page, '事業所・人・職種で探す', query);
  await consoleOf(page).getByRole('button', { name: `加える: ${name}` }).click();
  await consoleOf(page).getByLabel('すでにこの患者に関わっていることを確かめました').check();
  await consoleOf(page).locator('.link-form').getByRole('button', { name: 'チームに加える' }).click();
}

test('a new patient from registration to the first message, in under three minutes of clicks and keys', async (t) => {
  const screenOf = await region(t);
  const [desk, nurse] = [await screenOf('secretariat', {}, watchHands), await screenOf('nurse', { size: 'phone' })];
  const hands = desk.prepared;
  await desk.getByRole('link', { name: '管理コンソール' }).click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /今日/ }).waitFor();
  await consoleOf(desk).getByRole('link', { name: '患者を登録する' }).click();
  await typeWho(desk, { name: '橋本 ウメ', kana: 'はしもと うめ', birth: 'S12.3.4', sex: '女' });
  await consoleOf(desk).getByText('1937年3月4日').waitFor();
  await consoleOf(desk).getByRole('button', { name: /山田 健一/ }).click();
  await consoleOf(desk).getByRole('radio', { name: '同意書を預かっている' }).check();
  await tapUsual(desk, '主治医同意書（事務局保管）', '利用申込書（事務局保管）', /^同意書（事務局保管）/);
  await desk.shot('console-register-ready');
  assert.deepEqual(await stumbles(desk), []);
  await consoleOf(desk).getByRole('button', { name: '登録する' }).click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /橋本 ウメ/ }).waitFor();
  await addToTeam(desk, 'こもれび', '訪問看護ステーションこもれび');
  await consoleOf(desk).getByText('訪問看護ステーションこもれび をチームに加えました。').waitFor();
  await becomes(() => consoleOf(desk).locator('.member').count(), 2);
  await desk.shot('console-team-linked');

  await nurse.locator('.patient-row', { hasText: '橋本 ウメ' }).click();
  await nurse.locator('#composer-text').fill('本日から訪問看護を始めます。');
  await nurse.getByText('この内容は送信できます').waitFor();
  await nurse.locator('#composer-text').press('Control+Enter');
  await nurse.locator('article.entry-mine', { hasText: '本日から訪問看護を始めます。' }).waitFor();

  const seconds = hands.clicks * CLICK_S + hands.characters * CHARACTER_S;
  t.diagnostic(`${hands.clicks} clicks, ${hands.characters} characters: ${Math.round(seconds)} s`);
  assert.ok(hands.clicks > 10 && hands.characters > 15, 'hands were watched');
  assert.ok(seconds < MINUTES_3_S, `${seconds} s`);
  assert.deepEqual(desk.complaints, []);
});

test('somebody like this is registered: the way is to open them; another person takes a word', async (t) => {
  const screenOf = await region(t);
  const desk = await screenOf('secretariat', { size: 'tablet' });
  await open(desk, '#/console/patients/new', '患者を登録する');
  await typeWho(desk, { name: '新井 幸子', kana: 'アライ サチコ', birth: '1955/2/3', sex: '女' });
  const alike = consoleOf(desk).locator('.alike-same');
  await alike.getByText('同じ名前・生年月日').waitFor();
  await consoleOf(desk).getByRole('button', { name: /山田 健一/ }).click();
  await tapUsual(desk, '利用申込書（事務局保管）', /^同意書（事務局保管）/);
  const submit = consoleOf(desk).getByRole('button', { name: '登録する' });
  await becomes(() => submit.getAttribute('aria-disabled'), 'true', 'not while it may be the same person');
  await desk.shot('console-register-alike-tablet');
  await assertNothingSticksOut(desk, 'somebody alike on a tablet');
  assert.deepEqual(await stumbles(desk), []);
  await consoleOf(desk).getByLabel('別の人であることを確かめました').check();
  await becomes(() => submit.getAttribute('aria-disabled'), 'false');
  await alike.getByRole('link', { name: 'この人を開く' }).first().click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /新井 幸子/ }).waitFor();
  assert.deepEqual(desk.complaints, []);
});

test('the doctor is asked here: until the answer others wait or take a reason, and the console sees the answer', async (t) => {
  const screenOf = await region(t);
  const [desk, doctor] = [await screenOf('secretariat'), await screenOf('doctor')];
  await open(desk, '#/console/patients/new', '患者を登録する');
  await typeWho(desk, { name: '大西 フミ', kana: 'オオニシ フミ', birth: '昭和9年5月6日', sex: '女' });
  await type(desk, '主治医を氏名・フリガナ・医療機関で探す', 'やまだ');
  await consoleOf(desk).getByRole('button', { name: /山田 健一/ }).click();
  await tapUsual(desk, '利用申込書（事務局保管）', /^同意書（事務局保管）/);
  await consoleOf(desk).getByRole('button', { name: '登録する' }).click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /大西 フミ/ }).waitFor();
  const address = new URL(desk.url()).hash;

  await consoleOf(desk).locator('.console-head').getByText('主治医の返事待ち（山田 健一）').waitFor();

  await addToTeam(desk, '小川', '小川 隆');
  const hold = consoleOf(desk).locator('.hold');
  await hold.getByText('主治医の返事を待つあいだは、主治医の所属のほかは紐付けない').waitFor();
  await desk.shot('console-team-held');
  assert.deepEqual(await stumbles(desk), []);
  await hold.locator('textarea').fill('退院が明日に決まり、薬の準備が要るため');
  await consoleOf(desk).getByRole('button', { name: '理由を添えて進める' }).click();
  await consoleOf(desk).getByText('つばき薬局 をチームに加えました。').waitFor();
  await consoleOf(desk).locator('.member', { hasText: 'つばき薬局' }).getByText('小川 隆').waitFor();

  await open(desk, '#/console', /今日/);
  const waits = consoleOf(desk).locator('[data-card=advice]');
  await waits.getByText('大西 フミ').first().waitFor();
  // It stands among what waits for the doctor: in the list, and with their duties, with a way to say no.
  await doctor.locator('.patient-group-mine .patient-row', { hasText: '大西 フミ' }).getByText('同意のお願い').waitFor();
  await doctor.evaluate(() => { location.hash = '#/duties'; });
  const asked = doctor.locator('renkei-duties li', { hasText: '大西 フミ' });
  await asked.getByText('主治医としての同意をお願いします').waitFor();
  await doctor.shot('console-doctor-duties');
  assert.deepEqual(await stumbles(doctor), []);
  await asked.getByRole('button', { name: '同意しない（理由を書く）' }).click();
  const call = doctor.locator('.record-form[open]');
  await becomes(() => call.getByLabel('内容').inputValue(), '登録に同意できません（連携事務局へ）：');
  await doctor.shot('console-doctor-refuses');
  await call.getByRole('button', { name: '閉じる' }).click();
  await doctor.evaluate(() => { location.hash = ''; });
  await doctor.locator('.patient-row', { hasText: '大西 フミ' }).click();
  await doctor.locator('.line-details', { hasText: '大西 フミ' }).locator('.mark', { hasText: '同意のお願い' }).first().waitFor();
  await doctor.getByText('主治医としての同意をお願いします').waitFor();
  await doctor.shot('console-doctor-asked');
  assert.deepEqual(await stumbles(doctor), []);
  await doctor.getByRole('button', { name: '登録に同意する' }).click();
  await doctor.getByText('主治医としての同意をお願いします').waitFor({ state: 'detached' });
  await becomes(() => doctor.locator('.patient-row', { hasText: '大西 フミ' }).getByText('同意のお願い').count(), 0);
  await open(desk, address, /大西 フミ/);
  await becomes(() => consoleOf(desk).getByText(/主治医の返事待ち/).count(), 0);
  await consoleOf(desk).getByRole('tab', { name: '登録と同意' }).click();
  await consoleOf(desk).getByText('主治医が同意しています').waitFor();
  await desk.shot('console-papers');
  assert.deepEqual(await stumbles(desk), []);
  assert.deepEqual(desk.complaints.filter((one) => !one.includes('422')), []);
});

test('another host than the doctor’s office takes a reason, which is asked for once', async (t) => {
  const screenOf = await region(t);
  const desk = await screenOf('secretariat', { size: 'phone' });
  await open(desk, '#/console/patients/new', '患者を登録する');
  await typeWho(desk, { name: '平田 タケ', kana: 'ヒラタ タケ', birth: '1931-10-02', sex: '女' });
  await consoleOf(desk).getByRole('button', { name: /山田 健一/ }).click();
  await tapUsual(desk, '利用申込書（事務局保管）', /^同意書（事務局保管）/);
  await consoleOf(desk).getByLabel('管理事業所').selectOption({ label: '訪問看護ステーションこもれび' });
  await consoleOf(desk).getByRole('button', { name: '登録する' }).click();
  const hold = consoleOf(desk).locator('.hold');
  await hold.getByText('主治医の返事を待つあいだは、主治医の所属のほかは紐付けない').waitFor();
  await desk.shot('console-register-held-phone');
  await assertNothingSticksOut(desk, 'a held registration on a phone');
  assert.deepEqual(await stumbles(desk), []);
  await hold.locator('textarea').fill('訪問看護がすでに始まっているため');
  await consoleOf(desk).getByRole('button', { name: '理由を添えて進める' }).click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /平田 タケ/ }).waitFor();
  await consoleOf(desk).locator('.member', { hasText: '訪問看護ステーションこもれび' }).getByText('管理事業所', { exact: true }).waitFor();
  await consoleOf(desk).getByText('同意あり').waitFor();
  assert.deepEqual(desk.complaints.filter((one) => !one.includes('422')), []);
});

test('who waits in the queue is linked, and the sealed entry is there', async (t) => {
  const screenOf = await region(t);
  const [desk, nurse] = [await screenOf('secretariat', { size: 'phone' }), await screenOf('nurse')];
  await open(desk, '#/console/patients', '患者');
  await consoleOf(desk).getByLabel('氏名・フリガナで探す').fill('おおつか');
  await consoleOf(desk).locator('.line-row', { hasText: '大塚 弘' }).click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /大塚 弘/ }).waitFor();
  const patient = new URL(desk.url()).hash.split('/').at(-1);
  await open(desk, '#/console', /今日/);
  await consoleOf(desk).locator('[data-card=queue] .tile-count', { hasText: '0' }).waitFor();
  // The nurse was asked to look in by telephone, and writes what she saw before anybody linked her.
  const status = await nurse.evaluate(async ([timeline]) => {
    const { uuidV7 } = await import('/uuid.js');
    const { currentToken } = await import('/credentials.js');
    const token = currentToken();
    const answer = await fetch(`/api/v1/timelines/${timeline}/entries`, {
      method: 'POST', headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : { 'renkei-client': 'page' }) },
      body: JSON.stringify({ id: uuidV7(), body: { note: { text: '居室で転倒されていました。外傷はありません。' } } }),
    });
    return answer.status;
  }, [patient]);
  assert.equal(status, 202, 'queued');

  // Nobody pressed anything: what cannot wait comes by itself.
  await consoleOf(desk).locator('[data-card=queue]').getByText('大塚 弘').waitFor({ timeout: 60_000 });
  await desk.shot('console-home-phone', { fullPage: true });
  await open(desk, '#/console/queue', '紐付け待ち');
  const card = consoleOf(desk).locator('.card', { hasText: '佐藤 由美子' });
  await card.getByRole('button', { name: 'いま紐付ける' }).click();
  await isTicked(card.getByRole('radio', { name: '担当者を選ぶ' }));
  await desk.shot('console-queue-phone');
  await assertNothingSticksOut(desk, 'the queue on a phone');
  assert.deepEqual(await stumbles(desk), []);
  await card.getByLabel('すでにこの患者に関わっていることを確かめました').check();
  await card.getByRole('button', { name: 'チームに加える' }).click();
  await card.waitFor({ state: 'detached' });
  await consoleOf(desk).getByText('預かっていた記録 1 件が経過に入りました。').waitFor();
  await nurse.locator('.patient-row', { hasText: '大塚 弘' }).click();
  await nurse.locator('article', { hasText: '居室で転倒されていました。' }).waitFor();
  assert.deepEqual(desk.complaints, []);
});

test('links from a table: every row read first, applied with its verdict, and nothing twice', async (t) => {
  const screenOf = await region(t);
  const desk = await screenOf('secretariat');
  await open(desk, '#/console/patients/table', '表から紐付ける');
  const table = ['患者番号,患者氏名,生年月日,事業所,担当者', 'A10023,,,つばき薬局,', ',大塚 弘,S21.4.19,つばき薬局,小川 隆', ',大塚 弘,1946/4/19,さくら坂歯科,', ',だれか,1950/1/1,つばき薬局,', 'A10023,,,ない事業所,'].join('\n');
  await consoleOf(desk).getByLabel('または、ここに貼り付ける').fill(table);
  const look = consoleOf(desk).getByRole('button', { name: '内容を確かめる' });
  await look.click();
  await consoleOf(desk).getByText(/直すところ 2/).waitFor();
  await consoleOf(desk).getByText('この患者は登録されていません').waitFor();
  await consoleOf(desk).getByText('この名前の事業所はありません').waitFor();
  const rows = () => consoleOf(desk).locator('.table-links tbody tr');
  const ready = await rows().filter({ hasText: '紐付けます' }).count();
  assert.ok(ready >= 2, `${ready} rows to link`);
  await consoleOf(desk).getByLabel(/どの事業所も、すでにその患者に関わっている/).check();
  await consoleOf(desk).getByRole('button', { name: `${ready} 行を紐付ける` }).click();
  await consoleOf(desk).getByText(`紐付けたもの ${ready}`).waitFor();
  await becomes(() => rows().filter({ hasText: '紐付けました' }).count(), ready);
  await desk.shot('console-table', { fullPage: true });
  assert.deepEqual(await stumbles(desk), []);
  await look.click();
  await consoleOf(desk).getByText('紐付けるもの 0・すでに済み 3・直すところ 2').waitFor();
  assert.deepEqual(desk.complaints, []);
});

test('a nurse is invited and active the same day', async (t) => {
  const hub = await freshHub(t);
  const { openPage } = await openBrowser(t);
  const desk = await openPage();
  await setUp(desk, hub.invited);
  await isIn(desk);
  await desk.getByRole('link', { name: '管理コンソール' }).click();
  await consoleOf(desk).getByRole('link', { name: '事業所と人' }).click();
  await consoleOf(desk).getByRole('link', { name: '事業所を加える' }).click();
  await consoleOf(desk).getByLabel('事業所名').fill('訪問看護ステーションみなと');
  await consoleOf(desk).getByLabel('フリガナ').fill('ほうもんかんごすてーしょんみなと');
  await consoleOf(desk).getByLabel('種別').selectOption('nursing_station');
  await consoleOf(desk).getByLabel('電話').fill('03-5550-0102');
  await consoleOf(desk).getByRole('button', { name: '加える', exact: true }).click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: '訪問看護ステーションみなと' }).waitFor();
  await consoleOf(desk).getByText('まだだれもいません。').waitFor();
  await consoleOf(desk).getByRole('button', { name: '人を加える' }).click();
  await consoleOf(desk).getByLabel('氏名').fill('佐藤 花子');
  await consoleOf(desk).locator('.add-person').getByLabel('フリガナ').fill('さとう はなこ');
  await holds(consoleOf(desk).getByLabel('職務'), 'nurse', 'what mostly works there');
  await consoleOf(desk).getByRole('button', { name: '加える', exact: true }).click();
  const row = consoleOf(desk).locator('.person', { hasText: '佐藤 花子' });
  await row.getByText('未招待').waitFor();
  await row.locator('.person-head').click();
  await row.getByRole('button', { name: '招待する' }).click();
  await row.getByRole('img', { name: '招待の QR コード' }).waitFor();
  await row.getByText('招待中').waitFor();
  await desk.shot('console-invitation', { fullPage: true });
  assert.deepEqual(await stumbles(desk), []);

  const phone = await openPage({ size: 'phone' });
  await setUp(phone, { link: await row.locator('.once .secret').innerText(), code: await row.locator('.once .told').innerText() });
  // What the region agreed comes first: the nurse's own part, and that of the office.
  await phone.getByRole('heading', { name: '申し合わせの確認' }).waitFor();
  for (const box of await phone.getByRole('checkbox').all()) await box.check();
  await phone.getByRole('button', { name: '確認して始める' }).click();
  await isIn(phone);
  await phone.shot('console-nurse-begins-phone');
  await row.getByRole('button', { name: '控えました' }).click();
  await desk.reload();
  await row.getByText('利用中').waitFor();
  await consoleOf(desk).getByText('事業所の誓約済み').waitFor();
  await row.locator('.person-head').click();
  await row.getByRole('button', { name: 'ID の発行を記録' }).click();
  await row.getByRole('button', { name: 'ID の発行を記録' }).click();
  await row.getByText('ID の発行を記録しました。').waitFor();

  await consoleOf(desk).getByRole('button', { name: '利用開始を記録する' }).click();
  await consoleOf(desk).getByLabel('申込書に署名した代表者').fill('港 一郎');
  await consoleOf(desk).getByRole('button', { name: '記録する', exact: true }).click();
  await consoleOf(desk).getByText(/利用開始（代表：港 一郎）/).waitFor();
  // The telephone with the authenticator is lost.
  await row.getByRole('button', { name: '入れないとき（再設定）' }).click();
  await row.getByLabel('理由').fill('電話の紛失。対面で本人と確かめた');
  await row.getByRole('button', { name: '入れないとき（再設定）' }).click();
  await row.getByRole('img', { name: '招待の QR コード' }).waitFor();
  await phone.getByRole('heading', { name: '在宅チームの連携' }).waitFor();
  await row.getByRole('button', { name: '控えました' }).click();

  await row.getByRole('button', { name: '停止する' }).click();
  await row.getByText('佐藤 花子 さんは、すぐにサインインできなくなります。').waitFor();
  await row.getByRole('button', { name: '停止する' }).click();
  await row.getByText('停止中').waitFor();
  const coming = consoleOf(desk).locator('renkei-console-office-entry');
  await coming.getByRole('button', { name: '利用を止める' }).click();
  await coming.getByLabel('理由').fill('情報の取扱い事故のため');
  await coming.getByRole('button', { name: '利用を止める' }).click();
  await consoleOf(desk).getByText('利用停止中').waitFor();
  await coming.getByRole('button', { name: '停止を解除する' }).click();
  await coming.getByLabel('理由').fill('対策を確かめました');
  await coming.getByRole('button', { name: '停止を解除する' }).click();
  await coming.getByText('停止を解除しました。').waitFor();
  await consoleOf(desk).getByText('利用停止中').waitFor({ state: 'detached' });
  assert.deepEqual(await stumbles(desk), []);
  assert.deepEqual(desk.complaints, []);
});

test('the answer is lost on the way: pressing again registers nobody twice; with its file the consent form is kept', async (t) => {
  const screenOf = await region(t);
  const desk = await screenOf('secretariat');
  await open(desk, '#/console/patients/new', '患者を登録する');
  await typeWho(desk, { name: '小松 ヨネ', kana: 'こまつ よね', birth: 'T15.8.9', sex: '女' });
  await consoleOf(desk).getByRole('button', { name: /山田 健一/ }).click();
  await tapUsual(desk, '利用申込書（事務局保管）', /^同意書（事務局保管）/);
  let lost = 0;
  await desk.route('**/api/v1/patients', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.fallback();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  const submit = consoleOf(desk).getByRole('button', { name: '登録する' });
  await submit.click();
  await consoleOf(desk).getByText('連携ハブに接続できません').waitFor();
  await submit.click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /小松 ヨネ/ }).waitFor();
  await open(desk, '#/console/patients', '患者');
  await consoleOf(desk).getByLabel('生年月日').fill('大正15年8月9日');
  await consoleOf(desk).getByText('1 人', { exact: true }).waitFor();

  await open(desk, '#/console/patients/new', '患者を登録する');
  await typeWho(desk, { name: '小松 トヨ', kana: 'コマツ トヨ', birth: '1930-08-09', sex: '女' });
  await consoleOf(desk).getByRole('button', { name: /山田 健一/ }).click();
  await tapUsual(desk, '利用申込書（事務局保管）');
  await consoleOf(desk).locator('input[type=file]').setInputFiles({ name: '同意書.png', mimeType: 'image/png', buffer: Buffer.from(ONE_PIXEL, 'base64') });
  await consoleOf(desk).getByRole('button', { name: '登録する' }).click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /小松 トヨ/ }).waitFor();
  await consoleOf(desk).getByRole('tab', { name: '登録と同意' }).click();
  await consoleOf(desk).getByText('同意書.png').waitFor();
  await consoleOf(desk).getByText('返事を待っています').waitFor();
  await consoleOf(desk).getByRole('button', { name: '同意書を預かった' }).click();
  await consoleOf(desk).getByRole('button', { name: '預かったことを記録' }).click();
  await consoleOf(desk).getByText('同意書を預かっています').waitFor();
  assert.deepEqual(desk.complaints.filter((one) => !one.includes('ERR_FAILED')), []);
});

test('a team by keyboard and by dragging; another host; who is still on; the end of a page', async (t) => {
  const screenOf = await region(t);
  const desk = await screenOf('secretariat');
  await open(desk, '#/console/patients', '患者');
  await consoleOf(desk).getByLabel('氏名・フリガナで探す').fill('大塚');
  await consoleOf(desk).locator('.line-row', { hasText: '大塚 弘' }).press('Enter');
  await consoleOf(desk).getByRole('heading', { level: 1, name: /大塚 弘/ }).waitFor();
  const members = consoleOf(desk).locator('.member');
  await members.first().waitFor();
  const before = await members.count();

  // Without a mouse: from the search to the button, and through the form.
  await consoleOf(desk).getByLabel('事業所・人・職種で探す').focus();
  await desk.keyboard.insertText('こもれび');
  const add = consoleOf(desk).getByRole('button', { name: '加える: 訪問看護ステーションこもれび' });
  await add.waitFor();
  await desk.keyboard.press('Tab');
  await becomes(() => add.evaluate((one) => one === document.activeElement), true, 'the first candidate is next');
  await desk.keyboard.press('Enter');
  await consoleOf(desk).locator('.link-form').waitFor();
  await desk.waitForFunction(() => document.activeElement?.closest('.link-form'));
  const box = consoleOf(desk).getByLabel('すでにこの患者に関わっていることを確かめました');
  for (let press = 0; press < 6 && !await box.evaluate((one) => one === document.activeElement); press += 1) await desk.keyboard.press('Tab');
  await desk.keyboard.press('Space');
  await desk.keyboard.press('Enter');
  await consoleOf(desk).getByText('訪問看護ステーションこもれび をチームに加えました。').waitFor();
  await desk.waitForFunction((count) => document.querySelectorAll('renkei-console .member').length === count, before + 1);

  await type(desk, '事業所・人・職種で探す', '小川');
  await consoleOf(desk).locator('.candidate', { hasText: '小川 隆' }).dragTo(consoleOf(desk).locator('.drop'), { targetPosition: { x: 80, y: 30 } });
  const form = consoleOf(desk).locator('.link-form');
  await form.getByLabel(/小川 隆/).waitFor();
  await isTicked(form.getByLabel(/小川 隆/));
  await form.getByRole('radio', { name: 'これからの分だけ' }).check();
  await box.check();
  let sent = 0;
  desk.on('request', (request) => { if (request.method() === 'POST' && request.url().endsWith('/entries')) sent += 1; });
  await form.getByRole('button', { name: 'チームに加える' }).dblclick();
  await consoleOf(desk).getByText('つばき薬局 をチームに加えました。').waitFor();
  assert.equal(sent, 1, 'pressed twice, done once');

  // Whoever changes a link says again how far it reaches: nothing is opened by the way.
  const pharmacy = members.filter({ hasText: 'つばき薬局' });
  await pharmacy.getByRole('button', { name: '担当者を変える' }).click();
  await form.getByLabel(/西田 恵/).check();
  await box.check();
  await form.getByText('これまでの記録の範囲を選んでください。').waitFor();
  await form.getByRole('radio', { name: 'これからの分だけ' }).check();
  await form.getByRole('button', { name: 'チームに加える' }).click();
  await pharmacy.locator('.member-people', { hasText: '小川 隆' }).filter({ hasText: '西田 恵' }).waitFor();

  const nurse = await screenOf('nurse', { size: 'phone' });
  await nurse.locator('.patient-row', { hasText: '大塚 弘' }).click();
  await isMarkedRead(desk, new URL(desk.url()).hash.split('/').at(-1), await nurse.locator('renkei-shell').evaluate((shell) => shell.model.myId));

  const station = members.filter({ hasText: '訪問看護ステーションこもれび' });
  await station.getByRole('button', { name: '管理事業所にする' }).click();
  await station.getByLabel('理由').fill('訪問の回数が最も多いため');
  await station.getByRole('button', { name: '管理事業所にする' }).click();
  await consoleOf(desk).getByText('訪問看護ステーションこもれび を管理事業所にしました。').waitFor();
  await station.getByText('管理事業所', { exact: true }).waitFor();
  await becomes(() => consoleOf(desk).locator('.member .mark-host').count(), 1);

  await consoleOf(desk).getByRole('tab', { name: 'まだ関わっているか' }).click();
  // The nurse has looked at the patient.
  await station.getByText(/最後に読んだ日：/).waitFor();
  await desk.shot('console-review');
  assert.deepEqual(await stumbles(desk), []);
  await pharmacy.getByRole('button', { name: '外す' }).click();
  await pharmacy.getByRole('button', { name: '外す' }).click();
  await consoleOf(desk).getByText('つばき薬局 をチームから外しました。').waitFor();
  await pharmacy.waitFor({ state: 'detached' });

  await consoleOf(desk).getByRole('tab', { name: '閉じる' }).click();
  await consoleOf(desk).getByRole('radio', { name: '転居・転院' }).check();
  await consoleOf(desk).getByRole('button', { name: 'ページを閉じる' }).click();
  await consoleOf(desk).getByText('ページを閉じるのは、死亡か利用の終わりを確かめてから').waitFor();
  await desk.shot('console-closing-held');
  await consoleOf(desk).getByLabel('利用の終わりを、関わる人に確かめました').check();
  await consoleOf(desk).getByRole('button', { name: 'ページを閉じる' }).click();
  await consoleOf(desk).getByText('ページを閉じました。').waitFor();
  assert.deepEqual(desk.complaints.filter((one) => !one.includes('422')), []);
});

test('an emergency access is reviewed with a word', async (t) => {
  const screenOf = await region(t);
  const [desk, nurse] = [await screenOf('secretariat'), await screenOf('nurse')];
  await nurse.getByRole('button', { name: '緊急閲覧' }).click();
  const dialog = nurse.getByRole('dialog', { name: '緊急閲覧' });
  await dialog.getByLabel('氏名').fill('大塚 弘');
  await dialog.getByLabel('生年月日').fill('1946-04-19');
  await dialog.getByRole('button', { name: '探す' }).click();
  await dialog.getByLabel('開く理由').fill('救急隊からの問い合わせ');
  await dialog.getByRole('button', { name: '宣言して開く' }).click();
  await nurse.getByRole('heading', { level: 1, name: '大塚 弘' }).waitFor();

  await open(desk, '#/console', /今日/);
  await consoleOf(desk).locator('[data-card=emergency]').getByRole('link', { name: '開く', exact: true }).click();
  const card = consoleOf(desk).locator('.card', { hasText: '大塚 弘' });
  await card.getByText('救急隊からの問い合わせ').waitFor();
  await card.getByRole('button', { name: '確認する' }).click();
  // It may also be found that it was not justified: the words say so, and the way to the person is there.
  await card.getByRole('radio', { name: '正当と認められない' }).check();
  await becomes(() => card.getByLabel('確認した内容').inputValue(), '正当と認められません：');
  await card.getByRole('link', { name: 'この人を開く' }).waitFor();
  await desk.shot('console-emergency-unjustified');
  assert.deepEqual(await stumbles(desk), []);
  await card.getByRole('radio', { name: '必要な閲覧だった' }).check();
  await becomes(() => card.getByLabel('確認した内容').inputValue(), '');
  await card.getByLabel('確認した内容').fill('救急隊の要請と電話で確かめました。');
  await desk.shot('console-emergency-review');
  assert.deepEqual(await stumbles(desk), []);
  await card.getByRole('button', { name: '確認を記録' }).click();
  await consoleOf(desk).getByText('確認を待つものはありません。').waitFor();
  await card.getByText(/に確認$/).waitFor();
  await nurse.locator('article', { hasText: '救急隊からの問い合わせ' }).getByText('確認 1', { exact: true }).waitFor();
  assert.deepEqual([...desk.complaints, ...nurse.complaints], []);
});

test('a nurse has groups and rules, an administrator their own office with its people, and neither the region', async (t) => {
  const screenOf = await region(t);
  const [desk, nurse] = [await screenOf('secretariat'), await screenOf('nurse', { size: 'tablet' })];
  await becomes(() => nurse.getByRole('link', { name: 'わたしたちの事業所' }).count(), 0);
  await nurse.evaluate(() => { location.hash = '#/console'; });
  await consoleOf(nurse).getByRole('heading', { level: 1, name: 'グループ' }).waitFor();
  await open(nurse, '#/console/rules', 'ルールブック');
  await nurse.evaluate(() => { location.hash = '#/console/audit'; });
  await nurse.getByText('この画面は、事務局と事業所の管理者だけが使えます。').waitFor();
  await desk.evaluate(async () => {
    const { rest, organisations } = document.querySelector('renkei-shell').model;
    const office = [...organisations.values()].find(({ name }) => name === '訪問看護ステーションこもれび');
    await rest.call('POST', `/organisations/${office.id}/staff`, { name: { kanji: '山本 光', kana: 'ヤマモト ヒカル' }, role: 'nurse' });
  });
  await open(desk, '#/console/offices', '事業所と人');
  await consoleOf(desk).getByRole('button', { name: 'アカウントを調べる' }).click();
  // Whoever never came stands there with the way to them; a machine does not.
  const idle = consoleOf(desk).locator('.accounts tbody tr');
  await idle.filter({ hasText: '山本 光' }).getByText('未招待').waitFor();
  await becomes(() => idle.filter({ hasText: '測定機器' }).count(), 0);
  await assertNothingSticksOut(desk, 'who cannot sign in');
  await desk.shot('console-accounts');
  await idle.filter({ hasText: '山本 光' }).getByRole('link', { name: /招待する/ }).click();
  await consoleOf(desk).locator('.person', { hasText: '山本 光' }).getByRole('button', { name: '招待する' }).waitFor();
  await open(desk, '#/console/offices', '事業所と人');
  await consoleOf(desk).getByLabel('事業所・人で探す').fill('さとう ゆみこ');
  await consoleOf(desk).locator('.line-row', { hasText: '佐藤 由美子' }).click();
  const row = consoleOf(desk).locator('.person', { hasText: '佐藤 由美子' });
  await row.locator('.person-head').click();
  await row.getByRole('button', { name: '事業所の管理者' }).click();
  await row.getByRole('button', { name: '管理者にする' }).click();
  await row.getByText('佐藤 由美子 さんを管理者にしました。').waitFor();
  await row.locator('.person-head .mark', { hasText: '管理者' }).waitFor();
  await row.getByRole('button', { name: '管理者から外す' }).waitFor();

  await nurse.goto(`${new URL(nurse.url()).origin}/#/console`);
  await nurse.reload();
  await consoleOf(nurse).getByRole('heading', { level: 1, name: '訪問看護ステーションこもれび' }).waitFor();
  await consoleOf(nurse).getByRole('button', { name: 'メニュー' }).click();
  await becomes(() => consoleOf(nurse).locator('.console-ways li').allInnerTexts(), ['わたしたちの事業所', 'お知らせ', 'グループ', 'ルールブック', '約束と守られ方', '研修', '事例']);
  await consoleOf(nurse).getByRole('button', { name: 'メニュー' }).click();
  await consoleOf(nurse).getByRole('button', { name: '人を加える' }).click();
  await consoleOf(nurse).getByLabel('氏名').fill('村田 光');
  await consoleOf(nurse).locator('.add-person').getByLabel('フリガナ').fill('むらた ひかる');
  await consoleOf(nurse).getByRole('button', { name: '加える', exact: true }).click();
  const added = consoleOf(nurse).locator('.person', { hasText: '村田 光' });
  await added.locator('.person-head').click();
  await becomes(() => added.getByRole('button', { name: '停止する' }).count(), 0, 'that is the secretariat’s');
  await added.getByRole('button', { name: '招待する' }).click();
  await added.getByText('招待中').waitFor();
  await nurse.shot('console-own-office-tablet');
  await assertNothingSticksOut(nurse, 'our office on a tablet');
  assert.deepEqual(await stumbles(nurse), []);
  assert.deepEqual(desk.complaints, []);
});
