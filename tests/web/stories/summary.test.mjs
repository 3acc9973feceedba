// One patient on one screen, and a call by a tap that becomes a post.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, MASAO, assertNothingSticksOut, assertOnlyPanesScroll, becomes, holds, isTicked, openPatient, startRegion, stumbles } from '../page.mjs';
import { ORGANISATIONS, PATIENTS, person } from '../region.mjs';

const [CLINIC, STATION] = ORGANISATIONS;
const [, , MITSU] = PATIENTS;
const us = (ms) => `${Math.floor(ms)}000`;

/** What a chart holds after some months. */
function fill(hub) {
  const put = (author, body) => hub.journal.append(HARU.id, hub.journal.actor(author), Date.now() - 3_600_000, { body });
  put('doctor', { nursingInstruction: { from: '2026-11-01', until: '2027-04-30', diagnosis: '慢性心不全、慢性閉塞性肺疾患', condition: '労作時の息切れ。塩分制限を続けている。', bedridden: 'A2', dementia: 'I', careLevel: 'care_2', devices: [{ device: '在宅酸素濃縮器', settings: [{ name: '酸素流量（安静時）', value: '1', unit: 'L/分' }] }], emergencyContact: '長女 高橋 春子 090-5550-0199' } });
  put('pharmacist', { allergies: { items: [{ allergyType: 'drug', substance: 'ペニシリン系', reaction: '発疹' }] } });
  put('doctor', { problemList: { items: [{ name: '慢性心不全', status: 'active', since: '2023-05-10', note: '塩分を控えている' }, { name: '右大腿骨頸部骨折', status: 'resolved', note: '2024年に手術済み' }] } });
  put('manager', { relatedPersons: { items: [
    { name: '高橋 春子', relationship: 'child', relationshipText: '長女', keyPerson: true, decidesForPatient: true, note: '平日の日中は勤務先へ', phones: [{ number: '090-5550-0199', used: 'mobile' }, { number: '03-5550-0198', used: 'work' }] },
    { name: '川口 民子', relationship: 'other', relationshipText: '民生委員', phones: [{ number: '03-5550-0197' }] }] } });
  put('pharmacist', { medicationList: { asOf: '2026-11-20', drugs: [{ name: 'フロセミド錠20mg', dose: '1錠', usage: '朝食後' }, { name: 'アムロジピン錠5mg', dose: '1錠', usage: '朝食後' }] } });
  put('doctor', { order: { orderType: 'routine', text: 'フロセミドを40mgに増量', changesDrugs: true } });
  put('doctor', { standingOrder: { condition: 'SpO2 88%未満が続くとき', instruction: '酸素を2 L/分に上げ、電話で連絡', drugs: [] } });
  put('nurse', { acpNote: { text: '入院はせず、できるだけ家で過ごしたい。', proxy: '長女 高橋 春子', discussedOn: '2026-10-12' } });
  put('nurse', { visitPlan: { startsAtUs: us(Date.now() + 86_400_000), organisation: STATION.id, text: '定期の訪問' } });
  put('nurse', { visit: { text: '酸素流量を確認', devices: [{ device: '在宅酸素濃縮器', settings: [{ name: '酸素流量（安静時）', value: '3', unit: 'L/分' }] }] } });
}

for (const [size, language] of [['desk', 'ja-JP'], ['phone', 'en-GB'], ['tablet', 'ja-JP']]) {
  test(`problems, drugs, allergies, devices, standing orders, wishes and whom to phone, on one screen (${size}, ${language})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    fill(hub);
    hub.offices.set(STATION.id, { contact: { department: '', person: person('nurse2').id, phone: '03-5550-0222', fax: '', email: '', hours: '', around_the_clock: true, text: '' }, on_duty: [{ person: person('nurse').id, role: 'nurse', phone: '090-5550-0111', from: '', until: '' }] });
    const page = await screenOf('doctor', { size, language });
    await openPatient(page);
    if (size === 'desk') await page.locator('.summary-open').press('Enter');
    else await page.locator('#tab-summary').press('Enter');
    await page.locator('.summary-phones').getByText('090-5550-0111').waitFor();
    const card = (name) => page.locator(`.summary-${name}`).first().innerText();
    assert.match(await card('allergies'), /ペニシリン系[\s\S]*発疹/);
    assert.match(await card('drugs'), /フロセミド錠20mg 1錠 朝食後[\s\S]*40mgに増量/);
    assert.match(await card('devices'), /在宅酸素濃縮器[\s\S]*酸素流量（安静時） 1 L\/分[\s\S]*酸素流量（安静時） 3 L\/分/);
    assert.match(await card('heed'), /168[\s\S]*91/);
    assert.match(await card('problems'), /慢性心不全[\s\S]*2023[\s\S]*塩分を控えている[\s\S]*右大腿骨頸部骨折/);
    const family = await card('people');
    assert.match(family, language === 'ja-JP' ? /高橋 春子（長女）\s*キーパーソン\s*代わりに決める人[\s\S]*携帯\s*090-5550-0199[\s\S]*川口 民子（民生委員）/ : /高橋 春子 \(長女\)\s*key person\s*proxy[\s\S]*mobile\s*090-5550-0199[\s\S]*川口 民子 \(民生委員\)/i);
    assert.match(family, /長女 高橋 春子 090-5550-0199/, 'what other entries say of it stands below');
    await page.shot(`summary-${size}-${language.slice(0, 2)}`, size === 'phone' ? {} : {});
    await assertNothingSticksOut(page, 'the summary');
    await assertOnlyPanesScroll(page, 'the summary');
    assert.deepEqual(await stumbles(page), []);

    // Each leads to what it comes from.
    await page.locator('.summary-allergies .summary-source').press('Enter');
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('ペニシリン系'));
    assert.deepEqual(page.complaints, []);
  });
}

test('a tap calls, and the call becomes a post: whom and when are there, answered or not is asked', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'phone' });
  await openPatient(page);
  await page.locator('#tab-summary').click();
  const call = page.locator('.summary-phones .call', { hasText: CLINIC.phone });
  await becomes(() => call.getAttribute('href'), `tel:${CLINIC.phone.replaceAll('-', '')}`);
  // The browser would ask in a window of its own which program dials, and lie over the page with that.
  await page.evaluate(() => document.addEventListener('click', (event) => { if (event.target.closest('a[href^="tel:"]')) event.preventDefault(); }));
  await call.click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('heading', { name: '電話連絡' }).waitFor();
  await isTicked(sheet.getByRole('radio', { name: '医師' }));
  await becomes(() => sheet.getByRole('button', { name: '送信' }).getAttribute('aria-disabled'), 'true', 'whether somebody answered is for the caller to say');
  await sheet.getByRole('radio', { name: 'いいえ' }).check();
  await sheet.getByText('この内容は送信できます').waitFor();
  await page.shot('call-phone-ja');
  await sheet.getByRole('button', { name: '送信' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await page.locator('article.entry-mine', { hasText: '電話連絡' }).waitFor();
  const { call: sent } = (await hub.posted('call')).body;
  assert.deepEqual([sent.to, sent.reached ?? false, sent.organisation], ['doctor', false, CLINIC.id]);
  assert.ok(Math.abs(Number(sent.calledAtUs) / 1000 - Date.now()) < 300_000);
});

test('the key person is called by a tap, and the record of the call says who it was', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  fill(hub);
  const page = await screenOf('nurse', { size: 'phone' });
  await openPatient(page);
  await page.locator('#tab-summary').click();
  const call = page.locator('.summary-people .call', { hasText: '03-5550-0198' });
  await becomes(() => call.getAttribute('href'), 'tel:0355500198');
  await page.evaluate(() => document.addEventListener('click', (event) => { if (event.target.closest('a[href^="tel:"]')) event.preventDefault(); }));
  await call.click();
  const sheet = page.getByRole('dialog');
  await isTicked(sheet.getByRole('radio', { name: 'その他' }));
  await holds(sheet.getByLabel('内容'), '高橋 春子さん（長女）に電話。');
  await sheet.getByRole('radio', { name: 'はい' }).check();
  await sheet.getByRole('button', { name: '送信' }).click();
  await sheet.waitFor({ state: 'hidden' });
  const { call: sent } = (await hub.posted('call')).body;
  assert.deepEqual([sent.to, sent.reached, sent.organisation ?? '', sent.text], ['other', true, '', '高橋 春子さん（長女）に電話。']);
});

for (const [size, language, large] of [['phone', 'ja-JP', false], ['desk', 'en-GB', false], ['phone', 'ja-JP', true]]) {
  test(`family is written anew from the list that stands: choices first, one more, the other first (${size}, ${language}${large ? ', text at 200 %' : ''})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    fill(hub);
    const page = await screenOf('nurse', { size, language });
    if (large) {
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
      await page.reload();
    }
    await openPatient(page);
    await (size === 'desk' ? page.locator('.summary-open') : page.locator('#tab-summary')).press('Enter');
    const ja = language === 'ja-JP';
    await page.locator('.summary-people .summary-renew').click();
    const sheet = page.getByRole('dialog');
    const cards = sheet.locator('.list-card');
    await becomes(() => cards.count(), 2, 'the list that stands');
    await holds(cards.nth(0).locator('[data-part="name"]'), '高橋 春子');
    await isTicked(cards.nth(1).getByRole('radio', { name: ja ? /その他$/ : /somebody else$/ }));
    await sheet.getByRole('button', { name: ja ? '家族・関係者を加える' : 'Add somebody' }).click();
    await cards.nth(2).getByRole('radio', { name: ja ? '孫' : 'grandchild', exact: true }).check();
    const send = sheet.getByRole('button', { name: ja ? '送信' : 'Send', exact: true });
    await becomes(() => send.getAttribute('aria-disabled'), 'true', 'a person has a name');
    await cards.nth(2).locator('[data-part="name"]').fill('高橋 翔');
    await cards.nth(2).locator('input[type="tel"]').fill('０８０ー５５５０ー０１９６');
    await cards.nth(2).getByRole('checkbox', { name: ja ? '同居' : 'lives with the patient', exact: true }).check();
    // One key person is the rule: of another the form says so, and leaves it to whoever writes.
    const key = cards.nth(2).getByRole('checkbox', { name: ja ? /キーパーソン$/ : /key person$/i });
    await key.check();
    await cards.nth(2).getByText(ja ? 'ほかにもキーパーソンがいます。' : 'Somebody else is a key person, too.').waitFor();
    await key.uncheck();
    await becomes(() => sheet.locator('.key-person-another').count(), 0);
    await page.shot(`family-form-${size}-${language.slice(0, 2)}${large ? '-200' : ''}`);
    await assertNothingSticksOut(page, 'the form');
    if (!large) assert.deepEqual(await stumbles(page), []);
    await cards.nth(2).getByRole('button', { name: ja ? /上に移す/ : /Move up/ }).click();
    await holds(cards.nth(1).locator('[data-part="name"]'), '高橋 翔');
    await cards.nth(2).getByRole('button', { name: ja ? /外す/ : /Remove/ }).click();
    await becomes(() => cards.count(), 2);
    await becomes(() => send.getAttribute('aria-disabled'), 'false');
    await send.click();
    await sheet.waitFor({ state: 'hidden' });
    const { relatedPersons } = (await hub.posted('relatedPersons')).body;
    assert.deepEqual(relatedPersons.items.map(({ name, relationship, phones, livesWithPatient = false }) => [name, relationship, phones[0].number, livesWithPatient]),
      [['高橋 春子', 'child', '090-5550-0199', false], ['高橋 翔', 'grandchild', '080-5550-0196', true]]);
    await page.locator('article.entry-mine', { hasText: '高橋 翔' }).waitFor();
    assert.deepEqual(page.complaints, []);
  });
}

test('somebody else wrote a newer list meanwhile: it is said, and taken up by a tap', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  fill(hub);
  const page = await screenOf('doctor');
  await openPatient(page);
  await page.locator('.summary-open').click();
  await page.locator('.summary-problems .summary-renew').click();
  const sheet = page.getByRole('dialog');
  const names = () => sheet.locator('.list-card [data-part="name"]').evaluateAll((all) => all.map(({ value }) => value));
  await becomes(names, ['慢性心不全', '右大腿骨頸部骨折']);
  await sheet.locator('.list-card').nth(1).getByRole('radio', { name: '落ち着いている' }).check();
  hub.journal.append(HARU.id, hub.journal.actor('nurse'), Date.now(), { body: { problemList: { items: [{ name: '褥瘡', status: 'active' }] } } });
  await sheet.getByText('新しい一覧が記録されました').waitFor();
  await sheet.getByRole('button', { name: '新しい一覧から書き直す' }).click();
  await becomes(names, ['褥瘡']);
  await page.shot('problems-form-desk-ja');
  assert.deepEqual(await stumbles(page), []);
});

for (const tab of ['summary', 'team']) {
  test(`whoever is here in a hurry finds the key person and their number on the first screen of a phone (${tab})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    fill(hub);
    const page = await screenOf('helper', { size: 'phone' });
    await openPatient(page);
    await page.locator(`#tab-${tab}`).click();
    const part = page.locator(tab === 'team' ? '.team-family' : '.summary-people');
    await part.getByText(/高橋 春子（長女）/).first().waitFor();
    const box = await part.locator('.call', { hasText: '090-5550-0199' }).boundingBox();
    assert.ok(box.y + box.height <= 844, `the number ends at ${box.y + box.height}`);
    await page.shot(`key-person-${tab}-phone-ja`);
    assert.deepEqual(await stumbles(page), []);
    if (tab === 'team') return;
    await page.locator('.summary-phones .summary-close', { hasText: '高橋 春子' }).locator('.call', { hasText: '090-5550-0199' }).waitFor();
    // A helper has nothing to print in a hurry; a nurse does, below.
    const nurse = await screenOf('nurse', { size: 'phone' });
    await openPatient(nurse);
    await nurse.locator('#tab-summary').click();
    await becomes(() => nurse.evaluate(() => Boolean(document.querySelector('.summary').compareDocumentPosition(document.querySelector('.summary-acts')) & Node.DOCUMENT_POSITION_FOLLOWING)), true, 'paper comes last');
  });
}

test('family in the timeline: numbers stay whole and are called by a tap', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  fill(hub);
  const page = await screenOf('helper', { size: 'phone' });
  await openPatient(page);
  const entry = page.locator('article', { hasText: '川口 民子' });
  await entry.scrollIntoViewIfNeeded();
  const number = entry.getByRole('link', { name: '03-5550-0197' });
  await becomes(() => number.getAttribute('href'), 'tel:0355500197');
  await becomes(() => number.evaluate((link) => link.getClientRects().length), 1, 'in one line');
  await becomes(() => entry.locator('.body-facts > div', { hasText: '川口 民子' }).evaluate((row) => row.querySelector('dd').getBoundingClientRect().top >= row.querySelector('dt').getBoundingClientRect().bottom), true, 'below its label');
  await page.shot('family-entry-phone-ja');
});

test('what nobody recorded is said to be missing, and never taken for none', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('nurse');
  await openPatient(page, MASAO);
  await page.locator('.summary-open').click();
  await page.getByText('「なし」とは確認されていません').waitFor();
  await page.locator('.summary-people').getByText('見える記録がありません。').waitFor();
  await page.getByText('見える記録がないもの：病名・問題の一覧・病名・状態（訪問看護指示書）・薬').waitFor();
  await page.locator('.summary-missing').getByRole('button', { name: '病名・問題の一覧: 記録する' }).waitFor();
  await page.shot('summary-empty-ja');
});

for (const [size, language, said] of [
  ['phone', 'ja-JP', { team: 'チームの一覧は、ご家族の画面には表示されません。', ask: '次の事業所へ電話でお尋ねください', none: 'ご家族宛てでない記録は、この画面には表示されません。', untrue: /まだありません|とは確認されていません|見える記録がない|電話連絡の記録が開きます/ }],
  ['desk', 'en-GB', { team: 'Who is on the team is not shown to families.', ask: 'please phone one of these', none: 'Only what is addressed to families is shown here.', untrue: /No organisation is linked|No vital signs|not confirmed that|Nothing that you can see|opens the record of the call/ }],
]) {
  test(`a family is told what it is not shown, never that there is nothing, and whom to phone (${size}, ${language})`, async (t) => {
    const { hub, openPage } = await startRegion(t);
    const page = await openPage({ size, language });
    const answered = (path, change) => page.route(path, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: change(await answer.json()) });
    });
    await answered('**/api/v1/me', (me) => ({ ...me, role: 'family', organisation: { id: 'home', type: 'home', name: '田中さんのお宅' } }));
    // As the hub has it: a family's card of the patient names no team.
    await answered('**/api/v1/patients?*', ({ patients }) => ({ patients: patients.map(({ team, ...patient }) => patient) }));
    await page.goto(hub.link('helper'));
    await openPatient(page, MITSU);
    const tabs = { timeline: '.panel-timeline', team: '.panel-team', vitals: '.panel-vitals', summary: '.summary' };
    for (const [tab, panel] of Object.entries(tabs)) {
      await page.locator(`#tab-${tab}`).evaluate((one) => one.click());
      const shown = page.locator(panel);
      await shown.waitFor();
      if (tab === 'team') {
        await shown.getByText(said.team).waitFor();
        await becomes(() => shown.innerText(), new RegExp(said.ask));
        const office = shown.locator('.team-organisation', { hasText: 'みなと訪問看護ステーション' });
        await becomes(() => office.locator('.call').getAttribute('href'), 'tel:0355500102');
        await becomes(() => shown.locator('.team-organisation').last().innerText(), /港地区 在宅医療連携事務局/, 'the secretariat after the offices');
      }
      if (tab === 'vitals') await shown.getByText(said.none).waitFor();
      if (tab === 'summary') {
        await shown.getByText(said.none).waitFor();
        await shown.locator('.summary-phone', { hasText: 'ひかり内科クリニック' }).locator('.call').waitFor();
      }
      await page.shot(`family-${tab}-${size}-${language.slice(0, 2)}`);
      await becomes(async () => said.untrue.exec(await page.locator('.patient').innerText())?.[0] ?? '', '', tab);
      await assertNothingSticksOut(page, `family, ${tab}`);
      assert.deepEqual(await stumbles(page), []);
    }
    await becomes(() => page.locator('.ruling').count(), 0, 'no citations for a family');
  });
}
