// Breaking the glass on the page: a doctor opens a patient of others, sees how long, and the page forgets; the team is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATIENTS } from '../region.mjs';
import { assertNothingSticksOut, becomes, openPatient, startRegion, stumbles } from '../page.mjs';

const MITSU = PATIENTS[2];
const REASON = '救急外来に搬送。意識がなく、服薬の内容を確かめるため';

async function search(page, name, birthDate) {
  await page.getByRole('button', { name: '緊急閲覧' }).click();
  const dialog = page.getByRole('dialog', { name: '緊急閲覧' });
  await dialog.getByLabel('氏名').fill(name);
  await dialog.getByLabel('生年月日').fill(birthDate);
  await dialog.getByLabel('生年月日').press('Enter');
  return dialog;
}

test('a doctor finds by exact name and birth date, declares, reads, and the team sees who and why', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const [doctor, nurse, helper] = await Promise.all([screenOf('doctor', { size: 'phone' }), screenOf('nurse'), screenOf('helper')]);
  await openPatient(nurse, MITSU);
  await becomes(() => helper.getByRole('button', { name: '緊急閲覧' }).count(), 0, 'offered to doctors and nurses');

  const dialog = await search(doctor, MITSU.name.kana, '昭和');
  await dialog.getByRole('alert').getByText('生年月日を入れてください').waitFor();
  await dialog.getByLabel('生年月日').fill('1931-07-26');
  await dialog.getByRole('button', { name: '探す' }).click();
  await dialog.getByText('一致する患者さんは見つかりません').waitFor();
  await doctor.shot('emergency-nobody-phone-ja');
  // As the family says it on the telephone.
  await dialog.getByLabel('生年月日').fill('S6.7.25');
  await dialog.getByText('1931年7月25日').waitFor();
  await becomes(() => dialog.getByText('一致する患者さんは見つかりません').count(), 0, 'that was of another day');
  await dialog.getByRole('button', { name: '探す' }).click();
  await dialog.getByRole('button', { name: '別の人を探す' }).click();
  await dialog.getByRole('button', { name: '探す' }).click();
  await dialog.getByLabel('開く理由').waitFor();
  await dialog.getByRole('button', { name: '宣言して開く' }).click({ force: true });
  await dialog.getByRole('alert').getByText('開く理由を書いてください。').waitFor();
  const declare = dialog.getByRole('button', { name: '宣言して開く' });
  await becomes(() => declare.getAttribute('aria-disabled'), 'true', 'not without a reason');
  await dialog.getByLabel('開く理由').fill(REASON);
  await dialog.getByRole('alert').waitFor({ state: 'hidden' });
  await assertNothingSticksOut(doctor, 'declaring on a phone');
  await doctor.shot('emergency-declare-phone-ja');
  assert.deepEqual(await stumbles(doctor), []);
  await declare.click();

  await doctor.getByRole('heading', { level: 1, name: MITSU.name.kanji }).waitFor();
  await doctor.getByText('緊急閲覧中：あと60分').waitFor();
  await doctor.locator('.patient-row', { hasText: MITSU.name.kanji }).getByText('緊急閲覧中', { exact: true }).waitFor({ state: 'attached' });
  await doctor.locator('article').first().waitFor();
  await assertNothingSticksOut(doctor, 'an open patient on a phone');
  await doctor.shot('emergency-open-phone-ja');
  const banner = nurse.locator('.emergency-banner');
  await banner.getByText('緊急閲覧中：渡辺 健一 医師').waitFor();
  await banner.getByText(REASON).waitFor();
  await nurse.shot('emergency-team-ja');
  assert.deepEqual([...await stumbles(doctor), ...await stumbles(nurse)], []);

  hub.forget('doctor', MITSU.id);
  hub.journal.opened.clear();
  await doctor.getByRole('alert').filter({ hasText: MITSU.name.kanji }).waitFor();
  await doctor.goto(`${hub.url}#/`);
  await becomes(() => doctor.locator('.patient-row', { hasText: MITSU.name.kanji }).count(), 0);
  assert.deepEqual([...doctor.complaints, ...nurse.complaints, ...helper.complaints], []);
});
