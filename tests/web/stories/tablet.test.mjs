// A visiting nurse's round on her tablet: today's visits, vital signs by the pad, a note of choices, a wound with its
// photographs, a meter, speech.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, MASAO, becomes, holds, openPatient, reconnect, stumbles } from '../page.mjs';
import { actor } from '../region.mjs';
import { AKIRA, MINUTE_MS, at, fakeBluetooth, lastPost, part, photograph, press, section, startRound, tap, us, visit } from '../round.mjs';

test('the first thing on her tablet is the round of the day: planned, to be joined, added by hand; what she made is done', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  await page.getByRole('heading', { level: 1, name: /今日の訪問/ }).waitFor();
  const cards = page.locator('.visit-card');
  await cards.nth(1).waitFor();
  await becomes(() => cards.nth(0).innerText(), /10:00[\s\S]*–11:00[\s\S]*鈴木 正男[\s\S]*膀胱カテーテルの交換/);
  await becomes(() => cards.nth(1).innerText(), /15:00[\s\S]*高橋 ハル[\s\S]*臨時往診[\s\S]*同席の依頼[\s\S]*▲ 収縮期血圧 168[\s\S]*前回の訪問 [\s\S]*佐藤 花子/);
  await page.getByRole('button', { name: '今日に加える: 井上 昭' }).click();
  await becomes(() => cards.nth(2).innerText(), /井上 昭[\s\S]*16:00 医師の訪問予定/);
  await page.getByText('3件・済み 0').waitFor();
  await page.shot('visits-tablet-ja');
  assert.deepEqual(await stumbles(page), []);

  // Kept on the device, by id alone, and for her alone.
  const stored = await page.evaluate(() => localStorage.getItem('renkei.visits'));
  assert.ok(stored.includes(AKIRA.id) && !stored.includes('井上'), stored);
  await page.reload();
  await cards.nth(2).waitFor();
  hub.journal.append(MASAO.id, actor('nurse'), Date.now(), { body: { visit: { text: '交換しました。', startedAtUs: us(Date.now()) } } });
  await page.getByText('3件・済み 1').waitFor();
  await becomes(() => cards.nth(0).innerText(), /訪問済み[\s\S]*鈴木 正男/);
  await page.getByRole('button', { name: '今日から外す: 井上 昭' }).click();
  await page.getByText('2件・済み 1').waitFor();
  hub.journal.append(AKIRA.id, actor('nurse'), Date.now(), { body: { visit: { text: '臨時に訪問しました。' } } });
  const unplanned = page.getByRole('region', { name: '予定になかった訪問' }).locator('.visit-card');
  await becomes(() => unplanned.innerText(), /訪問済み[\s\S]*井上 昭/);
  await becomes(() => unplanned.locator('.visit-at small').evaluateAll((lines) => lines.map((one) => one.getClientRects().length)), [1, 1], 'no line breaks in a word');
  await page.shot('visits-unplanned-tablet-ja');
  assert.deepEqual(page.complaints, []);
});

test('others who visit go there from the list; on a phone it is one tap; the secretariat and the family have none', async (t) => {
  const { screenOf } = await startRound(t);
  const doctor = await screenOf('doctor', { size: 'phone' });
  await doctor.getByRole('link', { name: '今日の訪問' }).click();
  await doctor.locator('.visit-card', { hasText: '16:00' }).getByText('井上 昭').waitFor();
  await doctor.getByRole('link', { name: '一覧へ' }).click();
  await doctor.locator('.patient-row').first().waitFor();
  const desk = await screenOf('doctor');
  await desk.getByRole('heading', { name: '患者さんを選んでください' }).waitFor();
  const secretary = await screenOf('secretary');
  await becomes(() => secretary.locator('.list-visits').count(), 0);
  await secretary.goto(`${secretary.url().split('#')[0]}#/visits/${HARU.id}`);
  await secretary.getByText('この患者さんの記録は、いまは開けません。').waitFor();
});

test('the pad: field after field, what is known beside, a forgotten point, a limit named at once, sent in one tap', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const [nurse, doctor] = await Promise.all([screenOf('nurse', { size: 'tablet' }), screenOf('doctor')]);
  await visit(nurse);
  const field = (sign) => nurse.locator('.pad-field', { has: nurse.locator(`#pad-${sign}`) });
  await becomes(() => field('systolic').innerText(), /前回 ▲168 [\s\S]*この方の範囲 95–160[\s\S]*目安 134 以下/);
  await becomes(() => field('weight').innerText(), /前回の記録なし/);
  const next = nurse.getByRole('button', { name: '次へ' });
  await press(nurse, '178');
  await field('systolic').getByText('上限 160 を超えています').waitFor();
  await next.click();
  await press(nurse, '96');
  await field('diastolic').getByText('▲ 目安より高い').waitFor();
  await next.click();
  await press(nurse, '9');
  await field('pulse').getByText('前回は 96 でした。桁はこれで合っていますか').waitFor();
  await press(nurse, '0');
  await next.click();
  await press(nurse, '980');
  await field('spo2').getByText('980 % はありえない値です（0–100）').waitFor();
  await becomes(() => nurse.getByRole('button', { name: '送信' }).getAttribute('aria-disabled'), 'true');
  await nurse.getByRole('button', { name: '1文字消す' }).click();
  await next.click();
  await press(nurse, '372');
  await nurse.getByRole('button', { name: '37.2 にする' }).click();
  await next.click();
  await press(nurse, '18');
  await holds(nurse.locator('#pad-pulse'), '90');
  for (let steps = 0; steps < 3; steps += 1) await next.click();
  await nurse.getByRole('button', { name: '10 これ以上ない痛み' }).waitFor();
  await nurse.locator('.pad-scale').getByRole('button', { name: '3', exact: true }).click();
  await nurse.locator('.pad-right').getByText('この内容は送信できます').waitFor();
  await nurse.shot('visit-pad-tablet-ja');
  assert.deepEqual(await stumbles(nurse), []);
  const names = await nurse.getByRole('button').allInnerTexts();
  assert.ok(names.every((name) => !/前回と同じ|同じ値/.test(name)), 'nothing takes the last value over');
  await nurse.getByRole('button', { name: '送信' }).click();
  await nurse.getByRole('status').getByText('バイタルを送りました').waitFor();
  await becomes(() => nurse.evaluate(() => document.activeElement?.id), 'visit-tab-note', 'on to the note');
  assert.deepEqual((await lastPost(hub, 'vital')).measurements.map(({ sign, value, unit }) => `${sign} ${value} ${unit}`),
    ['systolic 178 mm[Hg]', 'diastolic 96 mm[Hg]', 'pulse 90 /min', 'spo2 98 %', 'temperature 37.2 Cel', 'respiration 18 /min', 'pain 3 {score}']);
  await doctor.locator('.patient-row', { hasText: '高橋' }).getByText('アラーム').waitFor();
  assert.deepEqual([...nurse.complaints, ...doctor.complaints], []);
});

test('keys of the pad and of the screen are large enough for a thumb', async (t) => {
  const { screenOf } = await startRound(t);
  for (const size of ['tablet', 'phone']) {
    const page = await screenOf('nurse', { size });
    await visit(page);
    const small = () => page.evaluate(() => [...document.querySelectorAll('.visit :is(button, a, .choice, input:not(.choice input, .unseen))')]
      .filter((one) => one.checkVisibility()).map((one) => [one.textContent?.trim() || one.id, one.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 44 || height < 44).map(([name, { width, height }]) => `${name} ${Math.round(width)}×${Math.round(height)}`));
    assert.deepEqual(await small(), [], `${size}: pad`);
    await part(page, 'note');
    assert.deepEqual(await small(), [], `${size}: note`);
  }
});

test('a note of choices: the devices as told, a duty shown before it is sent, the doctor reads plain sentences', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const [nurse, doctor] = await Promise.all([screenOf('nurse', { size: 'tablet' }), screenOf('doctor')]);
  await visit(nurse);
  await part(nurse, 'note');
  await becomes(() => nurse.getByRole('button', { name: '送信' }).getAttribute('aria-disabled'), 'true');
  await tap(section(nurse, 'condition'), '変わりなし');
  await tap(section(nurse, 'condition'), '息切れ');
  await tap(section(nurse, 'condition'), 'むくみ');
  await becomes(() => section(nurse, 'condition').getByLabel('変わりなし').isChecked(), false, 'it stands alone or not at all');
  await tap(section(nurse, 'care'), '清拭');
  const device = nurse.getByRole('group', { name: /在宅酸素濃縮器/ });
  await becomes(() => device.innerText(), /酸素流量（労作時） 2 L\/分/);
  await tap(device, '違う');
  await device.getByLabel(/酸素流量/).fill('3');
  await nurse.getByRole('textbox', { name: 'ひとこと' }).fill('横になると苦しいそうです。');
  await nurse.getByRole('button', { name: '開始: いま' }).click();
  await tap(nurse, '医師への連絡が必要');
  await nurse.getByRole('region', { name: '送ると、次の約束がはじまります' }).waitFor();
  await nurse.shot('visit-note-tablet-ja', { fullPage: true });
  assert.deepEqual(await stumbles(nurse), []);
  await nurse.getByRole('button', { name: '送信' }).click();
  await nurse.getByRole('status').getByText('訪問の記録を送りました').waitFor();
  const body = await lastPost(hub, 'visit');
  assert.equal(body.text, '【全身の様子】息切れ、むくみ\n【行ったケア】清拭\n【在宅酸素濃縮器】設定が違っていた\n横になると苦しいそうです。');
  assert.deepEqual(body.devices, [{ device: '在宅酸素濃縮器', settings: [{ name: '酸素流量（労作時）', value: '3', unit: 'L/分' }] }]);
  assert.ok(body.tellDoctor && Math.abs(Number(body.startedAtUs) / 1000 - Date.now()) < 10 * MINUTE_MS && !('endedAtUs' in body));
  await doctor.locator('.patient-row', { hasText: '高橋' }).click();
  const entry = doctor.locator('article', { hasText: '【全身の様子】息切れ、むくみ' });
  await entry.waitFor();
  await becomes(() => entry.innerText(), /医師への連絡が必要[\s\S]*在宅酸素濃縮器: 酸素流量（労作時） 3 L\/分/);
  await part(nurse, 'note');
  await becomes(() => nurse.locator('.note-preview').count(), 0, 'the next note begins empty');
  await nurse.getByRole('button', { name: '次の訪問を予定する' }).click();
  await nurse.getByRole('dialog').getByRole('heading', { name: /訪問の予定/ }).waitFor();
  assert.deepEqual([...nurse.complaints, ...doctor.complaints], []);
});

test('a duty asks for a visit: it is written by choices, from the head of the page, and answers what asked for it', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const cause = hub.journal.append(HARU.id, actor('doctor'), Date.now(), { body: { deviceChange: { device: '在宅酸素濃縮器', change: 'setting', after: [{ name: '酸素流量', value: '2', unit: 'L/分' }] } } });
  Object.assign(cause.content.ruling.opened[0].terms, { acknowledge: false, kinds: ['visit'], answers: true });
  const nurse = await screenOf('nurse', { size: 'tablet' });
  await openPatient(nurse);
  await nurse.locator('.duty', { hasText: '訪問の記録' }).getByRole('button', { name: '訪問の記録を書く' }).click();
  await nurse.getByRole('tab', { name: '訪問の記録', selected: true }).waitFor();
  await nurse.locator('.note-about').getByRole('link', { name: /渡辺 健一 医師の医療機器/ }).waitFor();
  await nurse.shot('visit-for-duty-tablet-ja');
  assert.deepEqual(await stumbles(nurse), []);
  await tap(section(nurse, 'condition'), '変わりなし');
  await nurse.getByText('この内容は送信できます').waitFor();
  // Another part begins at its own head.
  const scrolled = () => nurse.locator('.visit-panel').evaluate((panel) => panel.scrollTop);
  await nurse.setViewportSize({ width: 1024, height: 600 });
  await nurse.getByRole('button', { name: '送信' }).scrollIntoViewIfNeeded();
  await nurse.locator('.visit-panel').evaluate((panel) => panel.scrollTo(0, 400));
  await part(nurse, 'vitals');
  await becomes(scrolled, 0);
  await part(nurse, 'note');
  await nurse.getByRole('button', { name: '送信' }).click();
  await nurse.getByRole('status').getByText('訪問の記録を送りました').waitFor();
  assert.equal((await lastPost(hub, 'visit')).about, cause.id);
});

test('what was written for one patient stays there while another is visited', async (t) => {
  const { screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  await visit(page);
  await press(page, '12');
  await part(page, 'note');
  await tap(section(page, 'care'), '清拭');
  await page.getByRole('link', { name: '今日の訪問へ' }).click();
  await page.locator('.visit-card', { hasText: '高橋 ハル' }).getByText('書きかけ').waitFor();
  await page.locator('.visit-card', { hasText: '鈴木 正男' }).getByRole('link').click();
  await page.locator('.visit-name h1', { hasText: '鈴木 正男' }).waitFor();
  await holds(page.locator('#pad-systolic'), '');
  await visit(page);
  await page.locator('.note-preview').getByText('【行ったケア】清拭').waitFor();
  await part(page, 'vitals');
  await holds(page.locator('#pad-systolic'), '12');
});

/** Width and height out of the frame header of a JPEG. */
function sizeOf(jpeg) {
  for (let place = 2; place < jpeg.length;) {
    const marker = jpeg[place + 1];
    if (marker >= 0xc0 && marker <= 0xc2) return [jpeg.readUInt16BE(place + 7), jpeg.readUInt16BE(place + 5)];
    place += 2 + jpeg.readUInt16BE(place + 2);
  }
  return [];
}

test('a wound with its photograph: small, upright, freed of where it was taken, the one before beside it', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  const taken = await photograph(page, 2400, 1800);
  assert.ok(taken.includes('Exif') && taken.includes('139.6917E'));
  const before = { sha256: 'ab'.repeat(32), mediaType: 'image/jpeg', sizeBytes: taken.length, title: '創部 仙骨部 2026-11-20' };
  hub.files.push({ name: 'before.jpg', sha256: before.sha256, content: taken });
  hub.journal.append(HARU.id, actor('nurse2'), Date.now() - 7 * 86_400_000, { body: { visit: { text: '【創】仙骨部', attachments: [before] } } });
  await visit(page);
  await part(page, 'wounds');
  await page.getByRole('button', { name: '創を加える' }).click();
  await page.getByText('先に場所を選びます').waitFor();
  const wound = page.locator('.wound');
  await tap(wound, '仙骨部');
  await tap(wound, '褥瘡');
  await wound.getByLabel('長さ cm').fill('3.5');
  await wound.getByLabel('幅 cm').fill('2');
  await tap(wound, '皮がむけている（浅い）');
  await wound.getByRole('button', { name: '前回の写真を並べる' }).click();
  await wound.getByRole('img', { name: '前回の写真: 創部 仙骨部 2026-11-20' }).waitFor();
  await wound.locator('.wound-take input').setInputFiles({ name: 'IMG_0001.JPG', mimeType: 'image/jpeg', buffer: taken });
  await wound.getByRole('img', { name: /今回: 創部 仙骨部/ }).waitFor();
  await page.getByText('写真 1 枚が「訪問の記録」と一緒に送られます。').first().waitFor();
  await page.locator('.wound-photos').scrollIntoViewIfNeeded();
  await page.shot('visit-wound-tablet-ja');
  assert.deepEqual(await stumbles(page), []);

  const sent = await hub.handedIn(2);
  assert.deepEqual(sizeOf(sent.content), [1200, 1600], 'upright, and no side longer than 1,600');
  assert.ok(sent.content.length < taken.length && !sent.content.includes('Exif') && !sent.content.includes('139.6917E'), 'nothing of the camera goes along');
  assert.match(sent.name, /^創部 仙骨部 \d{4}-\d\d-\d\d\.jpg$/);
  await page.getByRole('button', { name: '訪問の記録へ' }).click();
  await page.locator('.note-preview').getByText('【創】仙骨部、大きさ 3.5 × 2 cm、褥瘡、深さ: 皮がむけている（浅い）').waitFor();
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('status').getByText('訪問の記録を送りました').waitFor();
  const [attachment] = (await lastPost(hub, 'visit')).attachments;
  assert.match(attachment.title, /^創部 仙骨部 \d{4}-\d\d-\d\d$/);
  assert.equal(attachment.sha256, sent.sha256);
  assert.deepEqual(page.complaints, []);
});

test('what is no photograph is not sent as it is; one whose sending failed is tried again', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  const taken = await photograph(page, 400, 300);
  await visit(page);
  await part(page, 'wounds');
  await page.getByRole('button', { name: '創を加える' }).click();
  await tap(page.locator('.wound'), '左足');
  await page.getByText('この場所の前回の写真はありません。').waitFor();
  const pick = page.locator('.wound-take input');
  await pick.setInputFiles({ name: 'x.heic', mimeType: 'image/heic', buffer: Buffer.from('ftypheic and no picture') });
  await page.getByRole('alert').getByText('この写真はこの端末で開けませんでした。').waitFor();
  assert.equal(hub.files.length, 0);
  hub.fileRefusal = '写真ではありません';
  await pick.setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: taken });
  await page.getByRole('button', { name: /^添付をやめる/ }).waitFor();
  await part(page, 'note');
  await tap(section(page, 'care'), '創の処置');
  await becomes(() => page.getByRole('button', { name: '送信' }).getAttribute('aria-disabled'), 'true', 'it waits for the photograph');
  await part(page, 'wounds');
  await page.getByRole('button', { name: /^添付をやめる/ }).click();
  hub.fileRefusal = '';
  hub.cut();
  await pick.setInputFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: taken });
  await page.getByRole('button', { name: 'もう一度送る' }).waitFor();
  hub.mend();
  await reconnect(page);
  // The way to try again goes as soon as it is on its way; the note waits until the photograph is there.
  await part(page, 'note');
  await page.getByText('この内容は送信できます').waitFor();
  assert.equal(hub.files.length, 2, 'by itself, once the hub was there, and once');
});

test('a meter: its reading is shown, taken by the nurse, named in the post; what it kept from before is marked', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  await page.addInitScript(fakeBluetooth);
  await page.reload();
  await visit(page);
  const ask = page.getByRole('button', { name: '測定器から読む' });
  await page.evaluate(() => { globalThis.noMeterChosen = true; });
  await ask.click();
  await ask.waitFor();
  await page.evaluate(() => { globalThis.noMeterChosen = false; });
  await ask.click();
  await page.getByText('上腕式血圧計 BP7000 につながりました。測定してください。').waitFor();
  await page.evaluate(() => {
    globalThis.meterSays([0x02, 150, 0, 90, 0, 110, 0, 0xea, 0x07, 1, 2, 3, 4, 5]);
    globalThis.meterSays([0x04, 142, 0, 84, 0, 103, 0, 72, 0]);
  });
  const readings = page.locator('.meter-reading');
  await readings.nth(1).waitFor();
  await holds(page.locator('#pad-systolic'), '', 'nothing goes in by itself');
  await becomes(() => readings.nth(1).innerText(), /150[\s\S]*測定器に残っていた値です。/);
  await page.shot('visit-meter-tablet-ja');
  assert.deepEqual(await stumbles(page), []);
  await readings.nth(0).getByRole('button', { name: 'この値を使う' }).click();
  for (const [sign, value] of [['systolic', '142'], ['diastolic', '84'], ['pulse', '72']]) await holds(page.locator(`#pad-${sign}`), value);
  await becomes(() => page.locator('.pad-field .mark', { hasText: '測定器 上腕式血圧計 BP7000' }).count(), 3);
  await page.locator('#pad-pulse').fill('74');
  await page.getByRole('button', { name: '送信' }).click();
  await page.getByRole('status').getByText('バイタルを送りました').waitFor();
  const vital = await lastPost(hub, 'vital');
  assert.equal(vital.device, '上腕式血圧計 BP7000（収縮期血圧・拡張期血圧）', 'the pulse was put right by hand');
  assert.deepEqual(page.complaints, []);
});

test('without Bluetooth in the browser nothing is said of meters', async (t) => {
  const { screenOf } = await startRound(t);
  const page = await screenOf('nurse', { size: 'tablet' });
  await page.addInitScript(() => Object.defineProperty(navigator, 'bluetooth', { value: undefined, configurable: true }));
  await page.reload();
  await visit(page);
  await page.locator('.pad-keys').waitFor();
  await becomes(() => page.getByRole('button', { name: '測定器から読む' }).count(), 0);
});

/** A recogniser that hears what a story says. */
const fakeSpeech = () => {
  globalThis.webkitSpeechRecognition = globalThis.SpeechRecognition = class {
    start() {
      globalThis.heardIn = this;
    }

    stop() {
      this.onend();
    }
  };
  globalThis.say = (text) => globalThis.heardIn.onresult({ resultIndex: 0, results: [Object.assign([{ transcript: text }], { isFinal: true })] });
};

test('speech: only where the region allows the microphone, and only once the nurse agreed on this device', async (t) => {
  const { hub, screenOf } = await startRound(t);
  const closed = await screenOf('nurse', { size: 'tablet' });
  await closed.addInitScript(fakeSpeech);
  await closed.reload();
  await visit(closed);
  await part(closed, 'note');
  await closed.getByRole('textbox', { name: 'ひとこと' }).waitFor();
  await becomes(() => closed.getByRole('button', { name: '声で入力' }).count(), 0, 'as a hub sends it that was told nothing');

  hub.permissions = hub.permissions.replace('microphone=()', 'microphone=(self)');
  const page = await screenOf('nurse', { size: 'tablet' });
  await page.addInitScript(fakeSpeech);
  await page.reload();
  await visit(page);
  await part(page, 'note');
  await page.getByRole('button', { name: '声で入力' }).click();
  const asked = page.getByRole('dialog');
  await asked.getByText('ブラウザーの会社へ送られることがあります').waitFor();
  await page.shot('visit-speech-tablet-ja');
  assert.deepEqual(await stumbles(page), []);
  await asked.getByRole('button', { name: '使わない' }).click();
  await becomes(() => page.evaluate(() => globalThis.heardIn), undefined);
  await page.getByRole('button', { name: '声で入力' }).click();
  await asked.getByRole('button', { name: 'この端末で使う' }).click();
  await becomes(() => page.evaluate(() => globalThis.heardIn.lang), 'ja-JP');
  await page.evaluate(() => globalThis.say('夜はよく眠れたそうです。'));
  await page.evaluate(() => globalThis.say('朝食は半分でした。'));
  await holds(page.getByRole('textbox', { name: 'ひとこと' }), '夜はよく眠れたそうです。朝食は半分でした。');
  await page.getByRole('button', { name: 'とめる' }).click();
  await page.getByRole('button', { name: '声で入力' }).click();
  await page.getByRole('button', { name: 'とめる' }).waitFor(); // asked once on a device
});
