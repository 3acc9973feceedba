// Speaking to each other on a timeline: answering an entry, quoting it, naming a role or a person, seeing what is for me.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, becomes, holds, isTicked, openPatient, startRegion, stumbles, write } from '../page.mjs';
import { ORGANISATIONS, person } from '../region.mjs';

const [, STATION] = ORGANISATIONS;
const composer = (page) => page.locator('#composer-text');

async function send(page, text) {
  await composer(page).press('Control+Enter');
  await page.locator('article.entry-mine', { hasText: text }).waitFor();
}

for (const [size, language, reply] of [['desk', 'ja-JP', '返信'], ['phone', 'en-GB', 'Reply']]) {
  test(`a message is answered by keyboard, and the answer leads back to it (${size}, ${language})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    const nurse = await screenOf('nurse', { size, language });
    const doctor = await screenOf('doctor');
    await openPatient(nurse);
    const asked = nurse.locator('article', { hasText: '本日15時に臨時往診します' });
    await asked.getByRole('button', { name: reply, exact: true }).press('Enter');
    await nurse.waitForFunction(() => document.activeElement?.id === 'composer-text');
    await nurse.locator('.reply-card .quote', { hasText: '本日15時に臨時往診します' }).waitFor();
    await nurse.keyboard.type('承知しました。私も同席します。');
    await nurse.locator('.verdict-good').waitFor();
    await nurse.shot(`reply-${size}-${language.slice(0, 2)}`);
    await assertNothingSticksOut(nurse, 'replying');
    assert.deepEqual(await stumbles(nurse), []);
    await send(nurse, '承知しました。');
    const sent = await hub.posted();
    const cause = hub.journal.entries(HARU.id).find(({ content }) => content.body.message?.text.includes('臨時往診'));
    assert.equal(sent.body.message.answers, cause.id);
    await becomes(() => nurse.locator('.reply-card').count(), 0, 'the next message answers nothing');

    // The author of what was answered is spoken to, without having been named.
    await doctor.locator('.patient-row', { hasText: '高橋' }).locator('.mark-mention').waitFor();
    await openPatient(doctor);
    const answer = doctor.locator('article', { hasText: '私も同席します' });
    await answer.locator('.mark-mention').waitFor();
    await doctor.shot(`replied-${size}-${language.slice(0, 2)}`);
    await answer.locator('.quote').click();
    await doctor.waitForFunction(() => document.activeElement?.textContent?.includes('本日15時に臨時往診します'));
    await doctor.locator('article', { hasText: '本日15時に臨時往診します' }).getByText('返信 1').first().click();
    assert.deepEqual([...nurse.complaints, ...doctor.complaints], []);
  });
}

test('a role and a person are named while typing: shown with who is on duty, sent as addressees, found by those meant', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  hub.offices.set(STATION.id, { on_duty: [{ person: person('nurse2').id, role: 'nurse', phone: '', from: '', until: '' }] });
  const [doctor, nurse, pharmacist] = await Promise.all([screenOf('doctor'), screenOf('nurse', { size: 'phone' }), screenOf('pharmacist')]);
  await openPatient(doctor);
  await composer(doctor).focus();
  await doctor.keyboard.type('@かん');
  await becomes(() => doctor.getByRole('listbox').count(), 0, 'kana of a label are not its name');
  await composer(doctor).fill('');
  await doctor.keyboard.type('@看');
  const list = doctor.getByRole('listbox', { name: '宛先の候補' });
  await list.getByText('いまの当番：伊藤 さくら').waitFor();
  await doctor.shot('mention-desk-ja');
  assert.deepEqual(await stumbles(doctor), []);
  await doctor.keyboard.press('Enter');
  await holds(composer(doctor), '@看護師 ');
  await doctor.keyboard.type('明日の朝に採血を。 @ナカムラ');
  await doctor.keyboard.press('ArrowDown');
  await doctor.keyboard.press('ArrowUp');
  await doctor.keyboard.press('Tab');
  await holds(composer(doctor), /採血を。 @中村 誠 $/);
  await doctor.getByText('宛先: 看護師・中村 誠').waitFor();
  await doctor.keyboard.type('に残薬も確かめてもらいます。 @');
  await doctor.getByRole('listbox').waitFor();
  await doctor.keyboard.press('Escape');
  await doctor.getByRole('listbox').waitFor({ state: 'detached' });
  await doctor.locator('.verdict-good').waitFor();
  await send(doctor, '残薬も確かめて');
  const sent = await hub.posted();
  assert.deepEqual([sent.body.message.toRoles, sent.addressedTo], [['nurse'], [{ person: person('pharmacist').id }]]);

  for (const page of [nurse, pharmacist]) {
    await page.locator('.patient-row', { hasText: '高橋' }).locator('.mark-mention').waitFor();
    await openPatient(page);
    const entry = page.locator('article', { hasText: '残薬も確かめて' });
    await becomes(() => entry.innerText(), /わたし宛て\s*宛先: 看護師・中村 誠/);
    await becomes(() => entry.locator('.mention').allInnerTexts(), ['@看護師', '@中村 誠']);
  }
  await nurse.getByRole('button', { name: 'わたし宛て' }).click();
  await nurse.locator('article', { hasText: '残薬も確かめて' }).waitFor();
  await nurse.shot('for-me-phone-ja');
  await assertNothingSticksOut(nurse, 'for me');
  await becomes(() => nurse.locator('article', { hasText: '来週の担当者会議' }).count(), 0);
  assert.deepEqual([...doctor.complaints, ...nurse.complaints, ...pharmacist.complaints], []);
});

for (const [size, language, said] of [
  ['phone', 'ja-JP', { everyone: '宛先: チーム全員', role: '看護師', done: '決定', hint: '本文に @ と書いても', line: '宛先: 看護師・中村 誠', under: '薬剤師・あおば薬局', file: 'ファイルを添える', lacks: 'あと必要：内容' }],
  ['desk', 'en-GB', { everyone: 'To: everyone', role: 'Nurse', done: 'Done', hint: 'type @ in the text', line: 'To: nurse・中村 誠', under: 'pharmacist・あおば薬局', file: 'Attach a file', lacks: 'Still needed: Text' }],
]) {
  test(`whom it is for is chosen on a sheet of its own, with professions; a file may come before the words (${size}, ${language})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    const doctor = await screenOf('doctor', { size, language });
    await openPatient(doctor);
    const rest = doctor.locator('.composer-send .attach-pick');
    await becomes(() => rest.innerText(), new RegExp(said.file), 'it is there before anything is typed');
    await doctor.shot(`composer-resting-${size}-${language.slice(0, 2)}`);
    await rest.locator('input').setInputFiles({ name: '創.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
    await doctor.locator('.composer .file-ready').waitFor();
    await doctor.getByText(said.lacks).waitFor();
    await becomes(() => doctor.locator('.composer .attach-pick').count(), 1, 'one way to files');
    await write(doctor, '明日の朝に採血を。');
    await doctor.getByRole('button', { name: said.everyone }).press('Enter');
    const sheet = doctor.locator('dialog.addressees');
    await sheet.getByText(said.hint).waitFor();
    await sheet.getByRole('checkbox', { name: said.role, exact: true }).check();
    const person = sheet.locator('.choice', { hasText: '中村 誠' });
    await becomes(() => person.innerText(), new RegExp(said.under), 'with profession and office');
    await person.getByRole('checkbox').check();
    // Enter at a name chooses, and sends nothing.
    await person.getByRole('checkbox').press('Enter');
    await doctor.shot(`addressees-${size}-${language.slice(0, 2)}`);
    await assertNothingSticksOut(doctor, 'whom to address');
    assert.deepEqual(await stumbles(doctor), []);
    await sheet.getByRole('button', { name: said.done }).click();
    await doctor.getByRole('button', { name: said.line }).waitFor();
    assert.equal(hub.heard.filter(({ post }) => post).length, 0);
    await doctor.locator('.verdict-good').waitFor();
    await becomes(() => doctor.locator('.composer .button-primary').evaluate((one) => one.getBoundingClientRect().bottom <= innerHeight), true, 'the way to send is in view');
    await send(doctor, '明日の朝に採血を。');
    const sent = await hub.posted('message');
    assert.deepEqual([sent.body.message.toRoles, sent.addressedTo?.length, sent.body.message.attachments.length], [['nurse'], 1, 1]);
    assert.deepEqual(doctor.complaints, []);
  });
}

test('what is restricted is answered as restricted; its words are quoted when asked; who may not see it sees nothing of it', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { sensitivity: 'restricted', body: { note: { text: '告知はまだしていません。\nご長女と相談中です。' } } });
  const nurse = await screenOf('nurse');
  await openPatient(nurse);
  const secret = nurse.locator('article', { hasText: '告知はまだ' });
  await secret.getByRole('button', { name: '返信', exact: true }).click();
  await nurse.getByRole('button', { name: '本文を引用' }).click();
  await holds(composer(nurse), /^> 告知はまだしていません。\n> ご長女と相談中です。\n$/);
  await isTicked(nurse.getByRole('checkbox', { name: '取扱注意' }));
  await composer(nurse).fill(`${await composer(nurse).inputValue()}点滴を変更してよいですか。`);
  await nurse.getByText('この内容は送信できません').waitFor();
  await composer(nurse).fill((await composer(nurse).inputValue()).replace('点滴を変更してよいですか。', '次の訪問で伺います。'));
  await nurse.locator('.verdict-good').waitFor();
  await send(nurse, '次の訪問で伺います');
  const sent = await hub.posted();
  assert.equal(sent.sensitivity, 'restricted');
  const mine = nurse.locator('article.entry-mine', { hasText: '次の訪問で伺います' });
  await becomes(() => mine.locator('.body-quote').innerText(), '告知はまだしていません。\nご長女と相談中です。');
  await nurse.shot('quoted-ja');
  // Who may not see the entry sees that something was answered, and nothing of it.
  hub.journal.append(HARU.id, hub.journal.actor('nurse'), Date.now(), { body: { message: { text: '了解です。', answers: hub.journal.entries(HARU.id).find(({ content }) => content.sensitivity === 'restricted').id } } });
  const helper = await screenOf('helper');
  await openPatient(helper);
  await helper.locator('article', { hasText: '了解です。' }).locator('.quote-unknown', { hasText: '別の記録' }).waitFor();
  await becomes(() => helper.getByText('告知はまだ').count(), 0);
});

test('parts of the timeline: kinds that belong together, and nothing counts as read that was passed over', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('pharmacist', { size: 'phone' });
  await page.locator('.patient-row', { hasText: '高橋' }).waitFor();
  const read = hub.nextFrame((frame) => frame.markRead);
  await openPatient(page);
  await read;
  const kinds = async () => [...new Set(await page.locator('.entries .kind').allInnerTexts())].sort();
  const part = (name) => page.getByRole('group', { name: '表示する記録' }).getByRole('button', { name, exact: true });
  await part('バイタル').click();
  await page.locator('.entries .kind-vital').last().waitFor();
  await becomes(kinds, ['アラーム値の設定', 'バイタル']);
  const told = () => hub.heard.filter((frame) => frame.markRead).length;
  const before = told();
  hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { message: { text: '見えていない連絡' } } });
  hub.journal.append(HARU.id, hub.journal.actor('nurse'), Date.now(), { body: { vital: { measurements: [{ sign: 'pulse', value: '71', unit: '/min' }] } } });
  await page.locator('dd', { hasText: '71' }).first().waitFor();
  await page.locator('.entries-scroll').evaluate((element) => { element.scrollTop = 0; });
  assert.equal(told(), before, 'a part is not the timeline');
  await part('すべて').click();
  await page.getByText('見えていない連絡').waitFor();
  await hub.nextFrame((frame) => frame.markRead);
  await part('文書・写真').click();
  await page.getByText('あてはまる記録はありません。').waitFor();
});

test('of whoever read on past a restricted entry it is not said that they read it', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const say = (text, more = {}) => hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body: { message: { text } }, ...more });
  say('検査の結果は、本人にはまだ伝えていません。', { sensitivity: 'restricted' });
  say('明日の往診は10時です。');
  const [doctor, nurse, helper] = [await screenOf('doctor'), await screenOf('nurse', { size: 'phone' }), await screenOf('helper', { size: 'phone' })];
  await Promise.all([doctor, nurse, helper].map((page) => openPatient(page)));
  await doctor.locator('article', { hasText: '明日の往診は10時です。' }).getByText('既読 2').waitFor();
  await becomes(() => helper.getByText('検査の結果は').count(), 0, 'the helper is not shown it');
  const kept = doctor.locator('article', { hasText: '検査の結果は' });
  await kept.getByText('ここまで読んだ 2').click();
  await kept.getByText('この記録を見られない職種の人がいることがあります').waitFor();
  await kept.getByText('加藤 由美').waitFor();
  await doctor.shot('read-past-restricted-ja');
  assert.deepEqual(await stumbles(doctor), []);
  assert.deepEqual([...doctor.complaints, ...nurse.complaints, ...helper.complaints], []);
});

test('what one wrote oneself is never unread; what comes after it is', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('manager');
  await openPatient(page);
  await page.locator('.entries-scroll article').first().waitFor();
  await write(page, '明日の担当者会議は14時からです。');
  await page.locator('#composer-text').press('Control+Enter');
  await page.locator('article.entry-mine', { hasText: '担当者会議は14時' }).waitFor();
  await becomes(() => page.locator('.unread-line').count(), 0);
  hub.journal.append(HARU.id, hub.journal.actor('nurse'), Date.now(), { body: { message: { text: '伺います。' } } });
  const row = page.locator('.entries-scroll li', { has: page.locator('article', { hasText: '伺います。' }) });
  await row.locator('.unread-line').waitFor();
});
