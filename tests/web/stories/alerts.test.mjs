// Sounds and the badge: what is heard, and what waits for the end of the quiet hours. The device's loudspeaker and icon are
// stood in for by a page script that writes down what it was told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, holds, isIn, startRegion, stumbles } from '../page.mjs';
import { PATIENTS } from '../region.mjs';

/** A device that keeps count. */
async function listened(page) {
  await page.addInitScript(() => {
    window.told = { tones: [], badges: [] };
    window.AudioContext = class {
      currentTime = 0;
      resume() {}
    };
    window.OscillatorNode = class {
      constructor(context, { frequency }) {
        window.told.tones.push(frequency);
      }
      connect(next) {
        return next;
      }
      start() {}
      stop() {}
    };
    window.GainNode = class {
      gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
      connect(next) {
        return next;
      }
    };
    navigator.setAppBadge = async (count) => window.told.badges.push(count);
    navigator.clearAppBadge = async () => window.told.badges.push(0);
  });
  return page;
}

for (const [size, language, quiet] of [['phone', 'ja-JP', '静かな時間を決める'], ['desk', 'en-GB', 'Keep quiet hours']]) {
  test(`for me and urgent make a sound; in quiet hours only what is urgent (${size}, ${language})`, async (t) => {
    const { hub, openPage } = await startRegion(t);
    for (const { id } of PATIENTS) hub.journal.markers.get(id).set(hub.journal.actor('nurse').person, { through: hub.journal.entries(id).length, atMs: Date.now() });
    const page = await listened(await openPage({ size, language }));
    await page.goto(hub.link('nurse'));
    await isIn(page);
    const tones = () => page.evaluate(() => window.told.tones.splice(0));
    const heard = (count) => page.waitForFunction((wanted) => window.told.tones.length >= wanted, count);
    const say = (body) => hub.journal.append(HARU.id, hub.journal.actor('doctor'), Date.now(), { body });
    await page.locator('.bar-account').click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: /鳴らしてみる|Try it/ }).click();
    await heard(4);
    await tones();
    say({ note: { text: 'ふつうの記録' } });
    say({ message: { text: '看護師さんへ', toRoles: ['nurse'] } });
    await heard(2);
    assert.equal((await tones()).length, 2, 'what is for me; a note makes none');
    await page.waitForFunction(() => window.told.badges.at(-1) === 1);

    await sheet.getByRole('checkbox', { name: quiet }).check();
    const [from, until] = [page.locator('input[type=time]').first(), page.locator('input[type=time]').last()];
    const clock = await page.evaluate(() => [-60, 120].map((minutes) => new Date(Date.now() + minutes * 60_000).toTimeString().slice(0, 5)));
    await from.fill(clock[0]);
    await until.fill(clock[1]);
    await until.blur();
    await page.shot(`alerts-${size}-${language.slice(0, 2)}`);
    await assertNothingSticksOut(page, 'the settings');
    assert.deepEqual(await stumbles(page), []);
    say({ message: { text: '看護師さんへ、もうひとつ', toRoles: ['nurse'] } });
    await page.waitForFunction(() => window.told.badges.at(-1) === 2);
    say({ vital: { measurements: [{ sign: 'spo2', value: '84', unit: '%' }] } });
    await heard(4);
    assert.deepEqual([...new Set(await tones())], [880, 1175], 'the alarm alone was heard');
    await page.reload();
    await isIn(page);
    await page.locator('.bar-account').click();
    await holds(page.locator('input[type=time]').first(), clock[0], 'kept on the device');
    assert.deepEqual(page.complaints, []);
  });
}
