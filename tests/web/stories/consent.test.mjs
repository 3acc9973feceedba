// What stands on a consent form, with the real hub: the version of the form and what the patient did not agree to, at
// registration and later; seen at the patient by whoever cares for them, and withdrawn in one step.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoRegion } from '../console-page.mjs';
import { assertNothingSticksOut, becomes, holds, isTicked, stumbles } from '../page.mjs';

const consoleOf = (page) => page.locator('renkei-console');

test('row 14: version and withheld purposes are entered, remembered, shown at the patient, changed and kept by a withdrawal', async (t) => {
  const screenOf = await demoRegion(t);
  const [desk, doctor] = [await screenOf('secretariat', { size: 'phone' }), await screenOf('doctor')];
  const open = async (hash, heading) => {
    await desk.evaluate((to) => { location.hash = to; }, hash);
    await consoleOf(desk).getByRole('heading', { level: 1, name: heading }).waitFor();
  };
  const version = () => consoleOf(desk).getByLabel('同意書の版');
  const box = (name) => consoleOf(desk).getByRole('checkbox', { name });

  await open('#/console/patients/new', '患者を登録する');
  const type = async (label, text) => consoleOf(desk).getByLabel(label, { exact: true }).fill(text);
  await type('氏名', '橋本 ウメ');
  await type('フリガナ', 'はしもと うめ');
  await type('生年月日', 'S12.3.4');
  await consoleOf(desk).getByRole('radio', { name: '女', exact: true }).check();
  await consoleOf(desk).getByRole('button', { name: /山田 健一/ }).click();
  await consoleOf(desk).getByRole('radio', { name: '同意書を預かっている' }).check();
  for (const name of ['主治医同意書（事務局保管）', '利用申込書（事務局保管）', /^同意書（事務局保管）/]) await consoleOf(desk).getByRole('button', { name }).click();
  await holds(version(), '', 'nothing to remember yet');
  await version().fill('2026年10月版');
  await box('家族への説明や共有').check();
  await box('実習や症例研究での利用').check();
  await assertNothingSticksOut(desk, 'withheld purposes on a phone');
  assert.deepEqual(await stumbles(desk), []);
  await desk.shot('console-register-withheld-phone', { fullPage: true });
  await consoleOf(desk).getByRole('button', { name: '登録する' }).click();
  await consoleOf(desk).getByRole('heading', { level: 1, name: /橋本 ウメ/ }).waitFor();
  const address = new URL(desk.url()).hash;

  // The doctor sees it at the patient's name, and on the entry.
  await doctor.locator('.patient-row', { hasText: '橋本 ウメ' }).click();
  const mark = doctor.locator('.patient-head .withheld');
  await mark.getByText('留保：家族への説明や共有・実習や症例研究での利用').waitFor();
  const entry = doctor.locator('.line-details', { hasText: '本人の同意' });
  await entry.locator('summary.line').click();
  await entry.getByText('2026年10月版').waitFor();
  await entry.getByText('家族への説明や共有').waitFor();
  await doctor.shot('patient-withheld');
  assert.deepEqual(await stumbles(doctor), []);

  await open('#/console/patients/new', '患者を登録する');
  await holds(version(), '2026年10月版', 'remembered in this browser');
  await open(address, /橋本 ウメ/);
  await consoleOf(desk).getByRole('tab', { name: '登録と同意' }).click();
  await consoleOf(desk).locator('.withheld-now').getByText('留保：家族への説明や共有・実習や症例研究での利用').waitFor();
  await isTicked(box('家族への説明や共有'), 'what is withheld stays ticked');
  await holds(version(), '2026年10月版');
  await box('家族への説明や共有').uncheck();
  await box('記録の持ち出し（チームの外への提供）').check();
  const document = consoleOf(desk).getByLabel('同意書の保管場所');
  await document.fill('同意書 綴り 12');
  await desk.shot('console-papers-withheld-phone', { fullPage: true });
  await consoleOf(desk).getByRole('button', { name: '同意を記録する' }).click();
  await consoleOf(desk).getByText('同意を記録しました。').waitFor();
  await mark.getByText('留保：記録の持ち出し（チームの外への提供）・実習や症例研究での利用').waitFor();

  // Withdrawn in one step: nothing is asked about purposes, and none of them is opened by that.
  await consoleOf(desk).getByRole('radio', { name: '撤回' }).check();
  await becomes(() => consoleOf(desk).locator('fieldset.withheld').count(), 0);
  await consoleOf(desk).getByRole('button', { name: '同意を記録する' }).click();
  await doctor.locator('.patient-head').getByText('撤回', { exact: true }).waitFor();
  await mark.getByText('留保：記録の持ち出し（チームの外への提供）・実習や症例研究での利用').waitFor();
  assert.deepEqual([...desk.complaints, ...doctor.complaints], []);
});
