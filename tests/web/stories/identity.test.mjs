// A mistake in a patient's registration, put right in the console with the real hub: what changes is seen before, the team sees
// it at once, and what stood there before stays.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoRegion } from '../console-page.mjs';
import { assertNothingSticksOut, becomes, holds, stumbles } from '../page.mjs';

test('kana and birth date are corrected; every page has them at once; a second correction begins from the first', async (t) => {
  const screenOf = await demoRegion(t);
  const nurse = await screenOf('nurse');
  const desk = await screenOf('secretariat', { size: 'phone' });
  await nurse.locator('.patient-row').first().waitFor();
  const [id, kanji] = await nurse.evaluate(() => { const [one] = document.querySelector('renkei-shell').model.patients.values(); return [one.id, one.name.kanji]; });
  await nurse.locator('.patient-row', { hasText: kanji }).click();

  const open = async (page, tab) => {
    await page.evaluate((to) => { location.hash = to; }, `#/console/patients/${id}`);
    await page.getByRole('tab', { name: tab }).click();
    return page.locator('renkei-console-identity');
  };
  const part = await open(desk, '登録と同意');
  await part.getByRole('button', { name: '登録の誤りを直す' }).click();
  await part.getByText('まだ何も変わっていません。').waitFor();
  await part.getByLabel('生年月日').fill('昭和');
  await part.getByLabel('フリガナ').fill('やまだ　たろう');
  await part.getByRole('button', { name: '訂正を記録する' }).click();
  await part.getByText('生年月日として読めません。').waitFor();
  await becomes(() => desk.evaluate(() => document.activeElement?.getAttribute('name')), 'birth_date');
  await part.getByLabel('生年月日').fill('S9.8.7');
  await part.getByText('1934年8月7日').first().waitFor();
  await part.getByText(/→ ヤマダ タロウ/).waitFor();
  await part.getByRole('button', { name: '訂正を記録する' }).click();
  await part.getByText('本人であることを確かめて、しるしを付けてください。').waitFor();
  await assertNothingSticksOut(desk, 'correcting on a phone');
  assert.deepEqual(await stumbles(desk), []);
  await desk.shot('console-identity-phone-ja', { fullPage: true });
  await part.getByLabel(/同じ本人の登録の誤り/).check();
  await part.getByRole('button', { name: '訂正を記録する' }).click();
  await part.getByText('登録の誤りを直しました。').waitFor();
  await desk.locator('.console-head').getByText('ヤマダ タロウ').waitFor();
  await desk.shot('console-identity-done-phone-ja', { fullPage: true });

  // The nurse, who had the page open, sees it at once, and what stood there before.
  await nurse.locator('.patient-head').getByText('ヤマダ タロウ').waitFor();
  await nurse.locator('.patient-head').getByText('1934年8月7日').waitFor();

  const english = await screenOf('secretariat', { size: 'desk', language: 'en-GB', colorScheme: 'dark' });
  const again = await open(english, 'Registration and consent');
  await again.getByText('ヤマダ タロウ').waitFor();
  await again.getByRole('button', { name: 'Correct a mistake' }).click();
  await holds(again.getByLabel('Kana'), 'ヤマダ タロウ', 'it begins from what is so now');
  await again.getByLabel('Name', { exact: true }).fill('山田 次郎');
  await again.getByLabel('Birth date').fill('1935-01-01');
  await again.getByText(/Name and birth date both change/).waitFor();
  await assertNothingSticksOut(english, 'correcting at a desk');
  assert.deepEqual(await stumbles(english), []);
  await english.shot('console-identity-desk-en', { fullPage: true });
  await again.getByRole('button', { name: 'Cancel' }).click();
  assert.deepEqual([...nurse.complaints, ...desk.complaints, ...english.complaints], []);
});
