// Writing on behalf of somebody: a helper rings, a doctor says it on the telephone. Chosen in one line, shown wherever the
// entry is shown, and answered in one tap by whoever was named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, becomes, holds, openPatient, startRegion, stumbles, write } from '../page.mjs';
import { person } from '../region.mjs';
import { part, press, section, startRound, tap, visit } from '../round.mjs';

const SAID = '昼食は半分残し、口数が少なかったとのこと。';
/** How a person stands in the list. */
const key = (of) => {
  const { id, role, organisation } = person(of);
  return `${id} ${role} ${organisation.id}`;
};
const named = (of) => {
  const { id, role, organisation } = person(of);
  return { person: id, role, organisation: organisation.id };
};

async function send(page, text) {
  await page.locator('#composer-text').press('Control+Enter');
  await page.locator('article.entry-mine', { hasText: text }).waitFor();
}

test('what a helper rang in is written by the nurse, shown as told by her, and confirmed by her in one tap', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const nurse = await screenOf('nurse', { size: 'desk' });
  await openPatient(nurse);
  await nurse.locator('label.choice', { hasText: '記録' }).first().click();
  await becomes(() => nurse.locator('.composer .behalf-field').count(), 0, 'in nobody’s way before anything is written');
  await write(nurse, SAID);
  const field = nurse.locator('.composer').getByLabel('代わりに書く');
  await becomes(() => field.locator('optgroup').evaluateAll(([first]) => first?.label), person('nurse').organisation.name, 'one’s own office first');
  await becomes(() => field.locator('option', { hasText: '佐藤 花子' }).count(), 0, 'not oneself');
  await nurse.shot('on-behalf-quiet-desk-ja');
  await field.selectOption(key('helper'));
  await nurse.getByText('記録した人は、あなたのままです').waitFor();
  await nurse.locator('.composer .verdict-good').waitFor();
  await nurse.shot('on-behalf-composer-desk-ja');
  assert.deepEqual(await stumbles(nurse), []);
  await send(nurse, SAID);
  assert.deepEqual((await hub.posted()).onBehalfOf, named('helper'));
  const mine = nurse.locator('article.entry-mine', { hasText: SAID });
  await mine.getByText('代筆：加藤 由美（介護職）に聞いて、佐藤 花子が記入').waitFor();
  await mine.getByText('加藤 由美さんの確認はまだ').waitFor();
  await becomes(() => mine.getByRole('button', { name: '合っている' }).count(), 0, 'not for its author to say');
  // What is sent is forgotten: the next one is one's own again.
  await write(nurse, '次の連絡');
  await holds(nurse.locator('.composer').getByLabel('代わりに書く'), '');
  await nurse.locator('#composer-text').fill('');

  const helper = await screenOf('helper', { size: 'phone' });
  await helper.locator('.patient-row', { hasText: '高橋' }).locator('.mark-mention').waitFor();
  await openPatient(helper);
  const told = helper.locator('article', { hasText: SAID });
  await told.getByText('あなたに聞いて書かれた記録です').waitFor();
  await told.locator('.mark-mention', { hasText: 'わたし宛て' }).waitFor();
  await told.scrollIntoViewIfNeeded();
  await helper.shot('on-behalf-asked-phone-ja');
  await assertNothingSticksOut(helper, 'asked');
  assert.deepEqual(await stumbles(helper), []);
  await told.getByRole('button', { name: '合っている' }).click();
  await told.getByText('加藤 由美さんが「合っている」と確認').waitFor();
  await becomes(() => told.getByRole('button', { name: '合っている' }).count(), 0);
  await mine.getByText('加藤 由美さんが「合っている」と確認').waitFor();
  await nurse.shot('on-behalf-confirmed-desk-ja');

  // Found by the name of whoever told it, on paper and in the copy for one's chart.
  const doctor = await screenOf('doctor');
  await openPatient(doctor);
  await doctor.locator('article', { hasText: SAID }).getByText('代筆：加藤 由美').waitFor();
  await doctor.getByRole('button', { name: /記録の検索/ }).first().press('Enter');
  await doctor.getByRole('searchbox', { name: /言葉で探す/ }).fill('加藤');
  await doctor.locator('.search-result', { hasText: SAID }).getByText('代筆：加藤 由美（介護職）に聞いて').waitFor();
  await doctor.keyboard.press('Escape');
  assert.deepEqual([...nurse.complaints, ...helper.complaints, ...doctor.complaints], []);
});

test('what the doctor did not say is contradicted in one tap, in English too', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  hub.journal.append(HARU.id, hub.journal.actor('nurse'), Date.now(), { body: { note: { text: '利尿薬を半分に、とのお電話。' } }, sensitivity: 'restricted', onBehalfOf: named('doctor') });
  const doctor = await screenOf('doctor', { size: 'phone', language: 'en-GB' });
  await openPatient(doctor);
  const entry = doctor.locator('article', { hasText: '利尿薬を半分に' });
  await entry.getByText('Written by 佐藤 花子, as told by 渡辺 健一 (doctor)').waitFor();
  await entry.getByText('This was written on your behalf.').waitFor();
  await entry.scrollIntoViewIfNeeded();
  await doctor.shot('on-behalf-asked-phone-en');
  assert.deepEqual(await stumbles(doctor), []);
  await entry.getByRole('button', { name: 'It is not', exact: true }).click();
  await entry.getByText('渡辺 健一 answered').waitFor();
  const sent = await hub.posted();
  const cause = hub.journal.entries(HARU.id).find(({ content }) => content.onBehalf);
  assert.deepEqual([sent.body.message.answers, sent.sensitivity], [cause.id, 'restricted'], 'never more open than what it is about');
  await becomes(() => entry.getByRole('button', { name: 'It is right' }).count(), 0);
  await doctor.shot('on-behalf-contradicted-phone-en');
  await write(doctor, 'The family rang: no appetite.');
  await doctor.locator('.composer').getByLabel('Write on behalf of').selectOption(key('helper'));
  await doctor.getByText('You stay the author.').waitFor();
  await assertNothingSticksOut(doctor, 'the composer');
  await doctor.shot('on-behalf-composer-phone-en');
  assert.deepEqual(await stumbles(doctor), []);
  assert.deepEqual(doctor.complaints, []);
});

test('vitals and other records by form are written on behalf as well, also without network, and mended when refused', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const nurse = await screenOf('nurse', { size: 'tablet' });
  await openPatient(nurse);
  await nurse.getByRole('button', { name: 'バイタルを記録' }).first().click();
  const vitals = nurse.locator('renkei-vitals-form');
  await vitals.locator('#vital-temperature').fill('37.9');
  await vitals.getByLabel('代わりに書く').selectOption(key('helper'));
  await vitals.locator('.verdict-good, .before-send').first().waitFor();
  await nurse.shot('on-behalf-vitals-tablet-ja');
  assert.deepEqual(await stumbles(nurse), []);
  await vitals.getByRole('button', { name: '送信' }).click();
  await nurse.locator('article.entry-mine', { hasText: '37.9' }).getByText('代筆：加藤 由美').waitFor();
  assert.deepEqual((await hub.posted('vital')).onBehalfOf, named('helper'));

  await nurse.getByRole('button', { name: 'ほかの記録' }).click();
  const form = nurse.locator('renkei-record-form');
  await form.getByRole('button', { name: '状態変化の連絡' }).click();
  await form.getByLabel('内容').first().fill('昼から38度。水分は取れている。');
  await form.getByLabel('代わりに書く').selectOption(key('helper'));
  await form.locator('.sheet-foot .button-primary[aria-disabled=false]').waitFor();
  await nurse.shot('on-behalf-form-tablet-ja');
  await form.getByRole('button', { name: '送信' }).click();
  await nurse.locator('article.entry-mine', { hasText: '昼から38度' }).getByText('代筆：加藤 由美').waitFor();
  assert.deepEqual((await hub.posted('statusChange')).onBehalfOf, named('helper'));

  assert.deepEqual(nurse.complaints, []);
  hub.cut();
  await nurse.locator('#composer-text').fill('ヘルパーさんから：発熱あり。');
  await nurse.locator('.composer').getByLabel('代わりに書く').selectOption(key('helper'));
  await nurse.locator('#composer-text').press('Control+Enter');
  const waiting = nurse.locator('.entry-pending', { hasText: '発熱あり' });
  await waiting.getByText('代筆：加藤 由美（介護職）に聞いて').waitFor();
  await nurse.shot('on-behalf-waiting-tablet-ja');
  // She left the team meanwhile: the hub says so, and the post is taken up again with her name to be seen.
  const team = hub.journal.patient(HARU.id).team.find(({ people }) => people.includes(person('helper').id));
  const people = [...team.people];
  team.people.splice(0);
  t.after(() => team.people.push(...people));
  hub.mend();
  const refused = nurse.locator('.pending-refused', { hasText: '発熱あり' });
  await refused.getByText('その職種のその人はいません').waitFor();
  await refused.getByRole('button', { name: '直して送る' }).click();
  const field = nurse.locator('.composer').getByLabel('代わりに書く');
  await holds(field, key('helper'));
  await field.selectOption('');
  await nurse.locator('.composer .verdict-good').waitFor();
  await send(nurse, '発熱あり');
  assert.equal((await hub.posted()).onBehalfOf, undefined);
});

test('on a visit the values and the note are written on behalf of whoever told them, and the next ones are her own', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const nurse = await screenOf('nurse', { size: 'tablet' });
  await visit(nurse);
  await press(nurse, '128');
  await nurse.getByText('部位・時刻・ひとこと・代わりに書く').click();
  await nurse.locator('renkei-vitals-pad').getByLabel('代わりに書く').selectOption(key('helper'));
  await nurse.locator('.pad-behalf').getByText('代筆：加藤 由美（介護職）に聞いて').waitFor();
  await nurse.locator('.pad-right .verdict').first().waitFor();
  await nurse.shot('on-behalf-pad-tablet-ja');
  await assertNothingSticksOut(nurse, 'the pad');
  assert.deepEqual(await stumbles(nurse), []);
  await nurse.getByRole('button', { name: '送信' }).click();
  await nurse.getByRole('status').getByText('バイタルを送りました').waitFor();
  assert.deepEqual((await hub.posted('vital')).onBehalfOf, named('helper'));

  await tap(section(nurse, 'condition'), '変わりなし');
  const field = nurse.locator('renkei-visit-note').getByLabel('代わりに書く');
  await holds(field, '', 'each for itself');
  await field.selectOption(key('helper'));
  await nurse.getByText('記録した人は、あなたのままです').waitFor();
  await nurse.locator('renkei-visit-note .verdict-good').waitFor();
  await nurse.locator('.behalf-field').scrollIntoViewIfNeeded();
  await nurse.shot('on-behalf-note-tablet-ja');
  assert.deepEqual(await stumbles(nurse), []);
  await nurse.getByRole('button', { name: '送信' }).click();
  await nurse.getByRole('status').getByText('訪問の記録を送りました').waitFor();
  assert.deepEqual((await hub.posted('visit')).onBehalfOf, named('helper'));

  await part(nurse, 'note');
  await tap(section(nurse, 'condition'), '変わりなし');
  await holds(field, '');
  await nurse.getByText('この内容は送信できます').waitFor();
  await nurse.getByRole('button', { name: '送信' }).click();
  await nurse.getByRole('status').getByText('訪問の記録を送りました').waitFor();
  await nurse.getByRole('link', { name: '経過を見る' }).click();
  await nurse.locator('article.entry-mine', { hasText: '変わりなし' }).first().getByText('代筆：加藤 由美（介護職）に聞いて、佐藤 花子が記入').waitFor();
  assert.equal((await hub.posted('visit')).onBehalfOf, undefined);
  assert.deepEqual(nurse.complaints, []);

  const phone = await screenOf('nurse2', { size: 'phone', language: 'en-GB', colorScheme: 'dark' });
  await visit(phone);
  await part(phone, 'note');
  await tap(section(phone, 'condition'), 'unchanged');
  await phone.getByLabel('Write on behalf of').selectOption(key('helper'));
  await phone.getByText('You stay the author.').waitFor();
  await phone.locator('.behalf-field').scrollIntoViewIfNeeded();
  await assertNothingSticksOut(phone, 'the note on a phone');
  // The word on the button stays a word beside the longer way to the photographs.
  await becomes(async () => (await phone.getByRole('button', { name: 'Send', exact: true }).boundingBox())?.height < 72, true);
  await phone.shot('on-behalf-note-phone-en');
  assert.deepEqual(await stumbles(phone), []);
});

test('a form on a phone: on whose behalf it is written takes one line, and no screen of its own', async (t) => {
  const { screenOf } = await startRegion(t);
  const page = await screenOf('nurse', { size: 'phone' });
  await openPatient(page);
  await page.getByRole('button', { name: 'ほかの記録' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: '電話連絡' }).click();
  const field = sheet.locator('.behalf-field');
  await field.waitFor();
  const { height } = await field.boundingBox();
  assert.ok(height < 80, `${height} px`);
});
