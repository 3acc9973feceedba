// The secretariat's page: of a patient it reads what it may, of one at a time, and leaves no mark on what it may not see.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, MASAO, openPatient, startRegion } from '../page.mjs';

test('the secretariat reads registration, consent and team of the patient it looks at, and no chart', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  const page = await screenOf('secretary');
  const names = () => page.locator('.patient-row .patient-name b').allInnerTexts();
  const before = await names();
  await openPatient(page, MASAO);
  const lines = page.locator('renkei-entries');
  await lines.getByText('患者登録').first().waitFor();
  await lines.getByText('チームの紐付け').first().waitFor();
  await lines.getByText('本人の同意').first().waitFor();
  assert.equal(await page.locator('renkei-entries article').count(), 0, 'nothing of the chart');
  assert.ok(!(await page.locator('renkei-patient').innerText()).includes('まだ'), 'what is hidden is not said to be missing');
  await page.getByText('診療・ケアの記録は表示されません。').waitFor();
  assert.deepEqual(await names(), before, 'the list stays as it was searched');
  await page.shot('secretariat-patient-desk-ja');

  const leaving = hub.nextFrame((frame) => frame.who === 'secretary' && frame.unsubscribe);
  await openPatient(page, HARU);
  await leaving;
  await lines.getByText('患者登録').first().waitFor();
  const left = hub.heard.filter((frame) => frame.who === 'secretary' && frame.unsubscribe).flatMap((frame) => frame.unsubscribe.timelines);
  assert.deepEqual(left, [MASAO.id], 'it reads one patient at a time');
  await page.waitForTimeout(1_000);
  assert.equal(hub.heard.filter((frame) => frame.who === 'secretary' && frame.markRead).length, 0, 'its marker would claim the chart as read');
  await openPatient(page, MASAO);
  await lines.getByText('患者登録').first().waitFor();
  assert.deepEqual(page.complaints, []);
});
