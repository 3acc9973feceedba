// Before sending, and what is owed after: a held order goes on, a duty is met in one tap, one past its due time is told
// in neutral words, and people answer a duty. In both languages, on a phone and at a desk.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, MASAO, assertNothingSticksOut, becomes, holds, isTicked, openPatient, startRegion, stumbles, write } from '../page.mjs';
import { MANAGER, cite, inWords } from '../mock-rules.mjs';

/** Opens the form of one kind. */
async function openForm(page, kind) {
  await page.locator('.button-record').click();
  const sheet = page.locator('renkei-record-form dialog');
  await sheet.getByRole('button', { name: kind, exact: true }).click();
  return sheet;
}

const posts = (hub, name) => hub.heard.flatMap(({ post }) => (post?.intent.body[name] ? [post.intent] : []));

/** The look of a place, saved and checked. */
async function look(page, name) {
  await page.shot(name);
  await assertNothingSticksOut(page, name);
  assert.deepEqual(await stumbles(page), [], name);
}

test('a change of a device in use: chosen by a tap, and what was set before stands there', async (t) => {
  const { screenOf } = await startRegion(t);
  const nurse = await screenOf('nurse', { size: 'phone' });
  await openPatient(nurse);
  const sheet = await openForm(nurse, '医療機器の導入・変更');
  await sheet.getByRole('button', { name: '在宅酸素濃縮器' }).click();
  await sheet.getByRole('button', { name: '在宅酸素濃縮器', pressed: true }).waitFor();
  await becomes(() => sheet.locator('[data-field="before"] input').evaluateAll((cells) => cells.map((one) => one.value)), ['酸素流量（労作時）', '2', 'L/分']);
  await look(nurse, 'device-before-phone-ja');
  await sheet.getByLabel('機器').fill('吸引器');
  await becomes(() => sheet.locator('[data-field="before"] input').evaluateAll((cells) => cells.map((one) => one.value)), ['', '', ''], 'of another device nothing is known');
});

test('a drip order is held, its author writes the reason, and it goes out with the duty that the document follows', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const doctor = await screenOf('doctor', { size: 'phone' });
  await openPatient(doctor);
  const sheet = await openForm(doctor, '点滴・与薬などの指示');
  await sheet.getByText('あと必要：指示の種類・内容').waitFor();
  await sheet.getByLabel('点滴', { exact: true }).check();
  await sheet.getByLabel('内容').fill('ソルデム3A 500 mL を1日1回、3日間。');
  await sheet.getByText('送る前に、もうひとつ').first().waitFor();
  await sheet.getByText('点滴・重要な与薬の指示は文書で出す').waitFor();
  await becomes(() => sheet.locator('.missing').innerText(), /文書が添えられていない[\s\S]*文書が添えてある/);
  await sheet.locator('.hold').scrollIntoViewIfNeeded();
  await look(doctor, 'held-phone-ja');
  await sheet.getByLabel('または、理由を書いて送る').fill('本日中に看護ステーションへ持参します。');
  await sheet.getByText('理由を添えて送れます。').waitFor();
  await sheet.getByText('送ると、次の約束がはじまります').waitFor();
  await becomes(() => sheet.locator('.promise').innerText(), /あなた：指示の文書[\s\S]*まで[\s\S]*動きがないとき/);
  await holds(sheet.getByLabel('理由', { exact: true }), '本日中に看護ステーションへ持参します。');
  await sheet.locator('.promise').scrollIntoViewIfNeeded();
  await look(doctor, 'reason-phone-ja');
  const asked = hub.heard.filter(({ dryRun }) => dryRun?.intent.body.order).map(({ dryRun }) => dryRun.intent.id);
  await sheet.getByRole('button', { name: '送信', exact: true }).click();
  const entry = doctor.locator('article.entry-mine', { hasText: 'ソルデム3A' });
  await entry.locator('.duty-open', { hasText: '指示の文書' }).waitFor();
  await becomes(() => entry.innerText(), /理由（ND-M3）[\s\S]*本日中に看護ステーションへ持参します。/);
  const [posted] = posts(hub, 'order');
  assert.deepEqual([...new Set(asked)], [posted.id], 'asked and sent under one id');
  await look(doctor, 'duty-phone-ja');
  // The document is written from the duty itself.
  await entry.getByRole('button', { name: '指示の文書を書く' }).click();
  const paper = doctor.locator('renkei-record-form dialog');
  // The type is known from the order, as soon as the form has taken the order up.
  await doctor.waitForFunction(() => [...document.querySelectorAll('renkei-record-form dialog input:checked')].some((one) => one.labels?.[0]?.innerText.trim() === '点滴'));
  await paper.locator('.attach-pick input').setInputFiles({ name: '点滴指示書.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
  await paper.locator('.file-ready').waitFor();
  await paper.getByText('この内容は送信できます').first().waitFor();
  await paper.getByRole('button', { name: '送信', exact: true }).click();
  await entry.locator('.duty-done', { hasText: '渡辺 健一 医師の指示の文書' }).waitFor();
  assert.deepEqual(posts(hub, 'orderDocument')[0].body.orderDocument.order, posted.id);
  const saved = doctor.waitForEvent('download');
  await doctor.locator('article', { hasText: '点滴指示書.pdf' }).getByRole('button', { name: '保存: 点滴指示書.pdf' }).click();
  assert.equal((await saved).suggestedFilename(), '点滴指示書.pdf');
  assert.deepEqual(doctor.complaints, []);
});

test('the document is attached where it is missing; a file the hub refuses says why, and nothing typed is lost', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const doctor = await screenOf('doctor', { language: 'en-GB' });
  await openPatient(doctor);
  const sheet = await openForm(doctor, 'order');
  await sheet.getByLabel('opioid').check();
  await sheet.getByLabel('Text').fill('Morphine 5 mg, up to four times a day.');
  await sheet.getByText('One more thing before sending').first().waitFor();
  const picked = doctor.waitForEvent('filechooser');
  await sheet.getByRole('button', { name: 'Attach the document' }).click();
  hub.fileRefusal = { ja: '中身がPDFではありません', en: 'the content is not a PDF' };
  await (await picked).setFiles({ name: 'order.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no') });
  await sheet.getByText('the content is not a PDF').waitFor();
  await sheet.getByText('Remove the file that failed, or choose another.').waitFor();
  await sheet.getByRole('button', { name: 'Remove: order.pdf' }).click();
  await sheet.locator('.attach-pick input').setInputFiles({ name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('film') });
  await sheet.getByText(/^Expected: PDF/).waitFor();
  await sheet.getByRole('button', { name: 'Remove: film.mp4' }).click();
  hub.fileRefusal = undefined;
  await sheet.locator('.attach-pick input').setInputFiles({ name: 'order.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 order') });
  await sheet.getByText('This can be sent').first().waitFor();
  await sheet.getByText('Order documents preferably use the agreed form.').waitFor();
  await look(doctor, 'advice-desk-en');
  await sheet.getByRole('button', { name: 'Send', exact: true }).click();
  await sheet.waitFor({ state: 'hidden' });
  const { order } = (await hub.posted('order')).body;
  assert.deepEqual([order.attachments[0].title, order.attachments[0].mediaType, order.attachments[0].sizeBytes], ['order.pdf', 'application/pdf', 14]);
  assert.equal(order.text, 'Morphine 5 mg, up to four times a day.');
  assert.deepEqual(doctor.complaints.filter((one) => !one.includes('422')), []);
});

test('an emergency is marked in one tap', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const doctor = await screenOf('doctor');
  await openPatient(doctor);
  const sheet = await openForm(doctor, '点滴・与薬などの指示');
  await sheet.getByLabel('点滴', { exact: true }).check();
  await sheet.getByLabel('内容').fill('生食 500 mL');
  await sheet.getByRole('button', { name: '緊急として送る' }).click();
  await sheet.getByText('この内容は送信できます').first().waitFor();
  await isTicked(sheet.getByLabel('緊急', { exact: true }));
  await look(doctor, 'emergency-desk-ja');
  await sheet.getByRole('button', { name: '送信', exact: true }).click();
  await sheet.waitFor({ state: 'hidden' });
  assert.equal((await hub.posted('order')).body.order.emergency, true);
});

test('new settings of a device: the nurse is told, acknowledges in one tap, and the doctor sees it', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const [doctor, nurse] = await Promise.all([screenOf('doctor'), screenOf('nurse', { size: 'phone' })]);
  await Promise.all([openPatient(doctor, MASAO), openPatient(nurse, MASAO)]);
  const sheet = await openForm(doctor, '医療機器の導入・変更');
  await sheet.getByLabel('機器', { exact: false }).first().fill('在宅酸素濃縮装置');
  for (const [which, value] of [['変更前の設定', '1'], ['変更後の設定', '2']]) {
    await sheet.getByLabel(`${which} 項目`).fill('流量（安静時）');
    await sheet.getByLabel(`${which} 値`).fill(value);
    await sheet.getByLabel(`${which} 単位`).fill('L/分');
  }
  await sheet.getByText('みなと訪問看護ステーション 看護師から「確認」').waitFor();
  await look(doctor, 'device-desk-ja');
  await sheet.getByRole('button', { name: '送信', exact: true }).click();
  const received = nurse.locator('article', { hasText: '在宅酸素濃縮装置' });
  await received.getByText('みなと訪問看護ステーション 看護師から「確認」').waitFor();
  await nurse.locator('.duties-link .badge', { hasText: '1' }).waitFor();
  await look(nurse, 'owed-phone-ja');
  await received.getByRole('button', { name: '確認したと伝える', exact: true }).click();
  await received.locator('.duty-done', { hasText: '佐藤 花子 看護師の確認' }).waitFor();
  await nurse.locator('.duties-link .badge').waitFor({ state: 'detached' });
  await doctor.locator('article', { hasText: '在宅酸素濃縮装置' }).locator('.duty-done').waitFor();
  assert.deepEqual(posts(hub, 'acknowledgement').length, 1);
  assert.deepEqual([...doctor.complaints, ...nurse.complaints], []);
});

/** A device change of five hours ago that nobody acknowledged, as the hub's clock tells of it. */
function leftOpen(hub, patient) {
  const { journal } = hub;
  const entry = journal.append(patient.id, journal.actor('doctor'), Date.now() - 5 * 3_600_000, {
    body: { deviceChange: { device: '人工呼吸器', change: 'setting', after: [{ name: '一回換気量', value: '420', unit: 'mL' }] } } });
  const [{ id }] = entry.content.ruling.opened;
  journal.step(patient.id, { duty: id, overdue: {} }, Date.now() - 3_600_000);
  journal.step(patient.id, { duty: id, escalated: { told: [MANAGER] } }, Date.now() - 3_600_000);
  return id;
}

for (const [language, size, said] of [
  ['ja-JP', 'phone', { late: /期限 .+（1時間前）/, line: '期限を過ぎました', told: 'みなと訪問看護ステーションの管理者（決まっていなければ看護師） に知らせました', by: '連携ハブ', done: '（期限のあと）', tap: '確認したと伝える' }],
  ['en-GB', 'desk', { late: /due .+ \(1 hour ago\)/, line: 'The due time has passed', told: 'Told the manager of みなと訪問看護ステーション (where nobody is named: nurse)', by: 'the hub', done: '(after its due time)', tap: 'Acknowledge' }],
]) {
  test(`past its due time: told in neutral words, by the hub, and done all the same (${language}, ${size})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    leftOpen(hub, MASAO);
    const nurse = await screenOf('nurse', { size, language });
    await openPatient(nurse, MASAO);
    const entry = nurse.locator('article', { hasText: '人工呼吸器' });
    await entry.locator('.duty-late').waitFor();
    await becomes(() => entry.locator('.duty-standing').innerText(), said.late);
    const course = nurse.locator('.line-course');
    await course.filter({ hasText: said.line }).filter({ hasText: said.by }).waitFor();
    await course.filter({ hasText: said.told }).waitFor();
    await look(nurse, `late-${size}-${language.slice(0, 2)}`);
    await entry.getByRole('button', { name: said.tap, exact: true }).click();
    await entry.locator('.duty-done', { hasText: said.done }).waitFor();
    assert.deepEqual(nurse.complaints, []);
  });
}

test('a lab request: the doctor asks for time, then gives the results', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const [doctor, nurse] = await Promise.all([screenOf('doctor'), screenOf('nurse')]);
  await Promise.all([openPatient(doctor), openPatient(nurse)]);
  const asking = await openForm(nurse, '検査結果の提供依頼');
  await asking.getByLabel('内容').fill('先週の採血の結果をお願いします。');
  await asking.getByText('受付時間で計算').waitFor();
  await asking.getByRole('button', { name: '送信', exact: true }).click();
  const request = doctor.locator('article', { hasText: '先週の採血の結果' });
  await request.getByRole('button', { name: '返事をする' }).click();
  const sheet = doctor.locator('renkei-duty-answer dialog');
  await sheet.getByLabel('時間をもらう').check();
  await sheet.getByLabel('理由').fill('検査会社が休みのため。');
  await sheet.getByText('この内容は送信できます').waitFor();
  await look(doctor, 'duty-answer-desk-ja');
  await becomes(() => sheet.getByLabel('求めない').count(), 0, 'only who is owed lets it go');
  await sheet.getByRole('button', { name: '返事を記録' }).click();
  await request.locator('.duty-standing', { hasText: '延期' }).waitFor();
  await nurse.locator('.line-course', { hasText: 'まで延期' }).getByText('検査会社が休みのため。').waitFor();
  await request.getByRole('button', { name: '検査結果を書く' }).click();
  const results = doctor.locator('renkei-record-form dialog');
  await results.getByLabel('項目 検査項目').fill('CRP');
  await results.getByLabel('項目 結果').fill('０．４２');
  await results.getByLabel('項目 単位').fill('mg/dL');
  await look(doctor, 'lab-result-desk-ja');
  await results.getByRole('button', { name: '送信', exact: true }).click();
  await request.locator('.duty-done', { hasText: '渡辺 健一 医師の検査結果' }).waitFor();
  const [{ body: { labResult } }] = posts(hub, 'labResult');
  assert.deepEqual(labResult.items, [{ name: 'CRP', value: '0.42', unit: 'mg/dL' }]);
  assert.equal(labResult.request, posts(hub, 'labRequest')[0].id);
});

test('a duty is handed over to a colleague, and the line says to whom', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const id = leftOpen(hub, MASAO);
  const nurse = await screenOf('nurse', { size: 'phone', language: 'en-GB' });
  await openPatient(nurse, MASAO);
  const entry = nurse.locator('article', { hasText: '人工呼吸器' });
  // No other answer was agreed for it, so that none is asked for.
  await entry.getByRole('button', { name: 'Hand over' }).click();
  const sheet = nurse.locator('renkei-duty-answer dialog');
  await becomes(() => sheet.getByLabel('Organisation').locator('option').allInnerTexts(), ['Not stated', 'みなと訪問看護ステーション'], 'where somebody may take it over');
  await sheet.getByText('Still needed: Reason').waitFor();
  await sheet.getByLabel('Organisation').selectOption({ label: 'みなと訪問看護ステーション' });
  await isTicked(sheet.getByLabel('nurse', { exact: true }), 'the role that owes it, where somebody has it');
  await sheet.getByLabel('Person').selectOption({ label: '伊藤 さくら' });
  await sheet.getByLabel('Reason').fill('She visits today.');
  await sheet.getByText('This can be sent').waitFor();
  await look(nurse, 'hand-over-phone-en');
  await sheet.getByRole('button', { name: 'Record the answer' }).click();
  await nurse.locator('.line-course', { hasText: 'handed over to みなと訪問看護ステーション 伊藤 さくら' }).getByText('She visits today.').waitFor();
  const { handedOver, duty } = posts(hub, 'dutyAnswer')[0].body.dutyAnswer;
  assert.deepEqual([duty, handedOver.to[0].roles, handedOver.to[0].capacity], [id, ['nurse'], 'person']);
  await entry.locator('.duty', { hasText: '伊藤 さくら' }).waitFor();
  assert.deepEqual(nurse.complaints, []);
});

for (const [size, language, said] of [
  ['phone', 'ja-JP', { answer: '返事をする', way: '対応できない', hand: '引き継ぐ', mine: /「対応できない」と返事しました（.+）・次の担当にすぐ知らせます/, told: /・みなと訪問看護ステーションの管理者.*へ知らせました/, section: '対応できないと返事したもの', other: /佐藤 花子 看護師が「対応できない」と返事/ }],
  ['desk', 'en-GB', { answer: 'Answer', way: 'Unable to do it', hand: 'Hand over', mine: /You said you cannot \(.+\)\. The next in line is told at once\./, told: /Told: the manager of/, section: 'You said you cannot', other: /佐藤 花子 nurse cannot do it/ }],
]) {
  test(`who cannot go has answered: late it is for the next in line, and for them not (${size}, ${language})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    const { journal } = hub;
    const cause = journal.append(MASAO.id, journal.actor('doctor'), Date.now() - 600_000, { body: { deviceChange: { device: '吸引器', change: 'introduced' } } });
    const [duty] = cause.content.ruling.opened;
    duty.terms.waysOut = ['cannot_go'];
    const nurse = await screenOf('nurse', { size, language });
    await nurse.locator('.duties-link').click();
    const card = nurse.locator('.duty-list .duty', { hasText: '吸引器' });
    await becomes(() => card.locator('.duty-opening').innerText(), /渡辺 健一[\s\S]*吸引器/, 'what it is about');
    await look(nurse, `duty-opening-${size}-${language.slice(0, 2)}`);
    await card.getByRole('button', { name: said.answer }).click();
    const sheet = nurse.locator('renkei-duty-answer dialog');
    await sheet.getByLabel(said.way, { exact: true }).check();
    await sheet.locator('textarea').fill('午後は別の訪問です。');
    await sheet.locator('.verdict-line-good').waitFor();
    await sheet.locator('button[type=submit]').click();
    const mine = nurse.locator('.duty-list section', { hasText: said.section }).locator('.duty-open');
    await becomes(() => mine.locator('.duty-standing').innerText(), said.mine);
    journal.step(MASAO.id, { duty: duty.id, round: 1, overdue: {} });
    journal.step(MASAO.id, { duty: duty.id, round: 1, escalated: { told: [MANAGER] } });
    await becomes(() => mine.locator('.duty-standing').innerText(), said.told);
    await becomes(() => nurse.locator('.duty-list .duty-late').count(), 0, 'not late for whoever answered');
    await becomes(() => nurse.locator('.duties-link .badge').count(), 0);
    await becomes(() => mine.getByRole('button', { name: said.answer }).count(), 0, 'asked once');
    await mine.getByRole('button', { name: said.hand }).waitFor();
    await look(nurse, `unable-${size}-${language.slice(0, 2)}`);
    // A colleague of hers owes it, too: there it is due.
    const colleague = await screenOf('nurse2', { size, language });
    await colleague.locator('.duties-link').click();
    await becomes(() => colleague.locator('.duty-list .duty-late .duty-standing').innerText(), said.other);
    assert.deepEqual([...nurse.complaints, ...colleague.complaints], []);
  });
}

test('written without network and held when it arrives: nothing typed is lost, and it goes on under its id', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const doctor = await screenOf('doctor');
  await openPatient(doctor);
  hub.cut();
  await doctor.locator('.pill-bad').waitFor();
  const sheet = await openForm(doctor, '点滴・与薬などの指示');
  await sheet.getByLabel('点滴', { exact: true }).check();
  await sheet.getByLabel('内容').fill('圏外で書いた指示です。');
  await sheet.getByLabel('内容').press('Control+Enter');
  await sheet.waitFor({ state: 'hidden' });
  const waiting = doctor.locator('.entry-pending', { hasText: '圏外で書いた指示です。' });
  await waiting.waitFor();
  hub.mend();
  await doctor.locator('.pill-good').waitFor({ timeout: 40_000 });
  await waiting.getByText('点滴・重要な与薬の指示は文書で出す').first().waitFor();
  await waiting.getByText('送る前に、もうひとつ').waitFor();
  await look(doctor, 'held-later-desk-ja');
  await waiting.getByRole('button', { name: '直して送る' }).click();
  await holds(sheet.getByLabel('内容'), '圏外で書いた指示です。');
  await sheet.getByLabel('または、理由を書いて送る').fill('往診先で渡します。');
  await sheet.getByText('理由を添えて送れます。').waitFor();
  await sheet.getByRole('button', { name: '送信', exact: true }).click();
  await doctor.locator('article.entry-mine', { hasText: '往診先で渡します。' }).waitFor();
  const [first, again] = posts(hub, 'order');
  assert.equal(first.id, again.id);
  await becomes(() => doctor.locator('.entry-pending').count(), 0);
});

test('an urgent message waits for the call: written from the card, then the message may go', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('manager', { size: 'tablet' });
  await openPatient(page);
  await write(page, '転倒されました。至急ご確認をお願いします。');
  await page.getByLabel('急ぎ', { exact: true }).check();
  await page.locator('.composer .hold', { hasText: '急ぎの用件は、先に電話をする' }).waitFor();
  await look(page, 'phone-first-tablet-ja');
  await page.locator('.composer').getByRole('button', { name: '電話連絡を書く' }).click();
  const sheet = page.locator('renkei-record-form dialog');
  await sheet.getByLabel('医師', { exact: true }).check();
  await sheet.getByLabel('いいえ').check();
  await sheet.getByText('この内容は送信できます').first().waitFor();
  await sheet.getByRole('button', { name: '送信', exact: true }).click();
  await page.locator('.composer .verdict-good').waitFor();
  await page.locator('#composer-text').press('Control+Enter');
  await page.locator('article.entry-mine', { hasText: '転倒されました。' }).waitFor();
  assert.equal(posts(hub, 'call')[0].body.call.reached, undefined);
  assert.equal(posts(hub, 'message')[0].body.message.urgent, true);
});

for (const [size, language] of [['phone', 'ja-JP'], ['desk', 'ja-JP'], ['desk', 'en-GB']]) {
  test(`my duties across patients: due soonest first, late ones, done ones, by keyboard (${size}, ${language})`, async (t) => {
    const { hub, screenOf } = await startRegion(t);
    leftOpen(hub, HARU);
    const { journal } = hub;
    const change = (device) => journal.append(MASAO.id, journal.actor('doctor'), Date.now() - 600_000, { body: { deviceChange: { device, change: 'introduced' } } });
    change('胃ろう');
    const done = change('吸引器');
    journal.append(MASAO.id, journal.actor('nurse'), Date.now() - 300_000, { body: { acknowledgement: { target: done.id } } });
    const nurse = await screenOf('nurse', { size, language });
    await nurse.locator('.duties-link .badge', { hasText: '2' }).waitFor();
    await nurse.locator('.duties-link').focus();
    await nurse.keyboard.press('Enter');
    const list = nurse.locator('.duty-list');
    await list.locator('.duty').nth(2).waitFor();
    await becomes(() => list.locator('.duty').evaluateAll((rows) => rows.map((row) => [...row.classList].at(-1))), ['duty-open', 'duty-late', 'duty-done']);
    await look(nurse, `my-duties-${size}-${language.slice(0, 2)}`);
    await list.getByRole('link', { name: /高橋/ }).first().click();
    await nurse.locator('article', { hasText: '人工呼吸器' }).waitFor();
    assert.deepEqual(nurse.complaints, []);
  });
}

test('what was declined is told apart from what was done, by its sign and in words', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const { journal } = hub;
  const change = (device) => journal.append(MASAO.id, journal.actor('doctor'), Date.now() - 600_000, { body: { deviceChange: { device, change: 'introduced' } } });
  const answer = (cause, more) => journal.append(MASAO.id, journal.actor('nurse'), Date.now() - 300_000, { body: { dutyAnswer: { duty: cause.content.ruling.opened[0].id, reason: '担当を離れました。', ...more } } });
  answer(change('吸引器'), { declined: {} });
  journal.append(MASAO.id, journal.actor('nurse'), Date.now() - 200_000, { body: { acknowledgement: { target: change('胃ろう').id } } });
  const nurse = await screenOf('nurse', { size: 'phone' });
  await openPatient(nurse, MASAO);
  const declined = nurse.locator('article', { hasText: '吸引器' });
  await declined.locator('.duty-ended', { hasText: 'からお断り' }).waitFor();
  const sign = (row) => row.locator('.duty > .icon, :scope > .icon').first().innerHTML();
  const done = nurse.locator('article', { hasText: '胃ろう' });
  await done.locator('.duty-done', { hasText: 'の確認' }).waitFor();
  const [cross, tick] = [await sign(declined), await sign(done)];
  assert.notEqual(cross, tick, 'only what was done is ticked');
  await nurse.locator('.duties-link').click();
  const section = nurse.locator('.duty-list section', { hasText: '果たさずに終わったもの' });
  await section.getByText('からお断り').waitFor();
  await becomes(() => sign(section.locator('.duty')), cross);
  const others = nurse.locator('.duty-list section', { hasText: '済んだもの' });
  await becomes(() => others.locator('.duty').count(), 1);
  await becomes(() => sign(others.locator('.duty')), tick);
  await look(nurse, 'declined-phone-ja');
  assert.deepEqual(nurse.complaints, []);
});

test('the secretariat sees what is past its due time, no chart, and may let it go', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const at = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const id = leftOpen(hub, MASAO);
  hub.listed = [{ id, timeline: MASAO.id, rule: cite('ND-M1'), title: inWords('ND-M1').title, cause: null, opened_at: at(-5), due: at(-1),
    debtors: [{ organisation: MANAGER.organisation, roles: ['nurse'], capacity: 'member', person: null }], mine: false, standing: 'escalated', closed_for: null,
    overdue_at: at(-1), ended_at: null, chain: [{ told: [], after_s: 0, clock: 'calendar', done: true }], ways_out: ['waive'], unconfirmed: false }];
  const page = await screenOf('secretary');
  await page.locator('.duties-link .badge', { hasText: '1' }).waitFor();
  await page.locator('.duties-link').click();
  const row = page.locator('.duty-list .duty-late', { hasText: '医療機器の導入・設定変更は訪問看護へ必ず知らせる' });
  await row.getByText('鈴木 正男').waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes('人工呼吸器'));
  await look(page, 'duties-secretariat-desk-ja');
  await row.getByRole('button', { name: '返事をする' }).click();
  const sheet = page.locator('renkei-duty-answer dialog');
  await isTicked(sheet.getByLabel('求めない'), 'the only answer is chosen already');
  await sheet.getByLabel('理由').fill('電話で伝わりました。');
  await sheet.getByRole('button', { name: '返事を記録' }).click();
  await sheet.waitFor({ state: 'hidden' });
  assert.deepEqual((await hub.posted('dutyAnswer')).body.dutyAnswer, { duty: id, reason: '電話で伝わりました。', waived: {} });
  assert.deepEqual(page.complaints, []);
});

test('the forms of every kind on a phone: nothing sticks out, every control has its name', async (t) => {
  const { screenOf } = await startRegion(t);
  for (const key of ['doctor', 'nurse']) {
    const page = await screenOf(key, { size: 'phone' });
    await openPatient(page);
    await page.locator('.button-record').click();
    const sheet = page.locator('renkei-record-form dialog');
    await sheet.locator('.kind-choice').first().waitFor();
    await look(page, `kinds-phone-${key}-ja`);
    const kinds = await sheet.locator('.kind-choice').allInnerTexts();
    assert.ok(kinds.length >= 10, kinds.join());
    for (const [at, kind] of kinds.entries()) {
      await sheet.getByRole('button', { name: kind, exact: true }).click();
      await sheet.getByRole('button', { name: '種類を選び直す' }).waitFor();
      const more = sheet.locator('.more > summary');
      if (await more.count()) await more.click();
      await look(page, `form-${key}-${at}-phone-ja`);
      await sheet.getByRole('button', { name: '種類を選び直す' }).click();
    }
  }
});
