// What whoever runs the machine takes out, on the pages of those who hear of it: the team in its timeline, the secretariat in its console.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { openBrowser } from '../browser.mjs';
import { sharedPatient } from '../console-page.mjs';
import { STANDING_STILL, demoHub } from '../demo-hub.mjs';
import { isIn, stumbles } from '../page.mjs';

test('the team reads why the operator took a record out, and the secretariat looks into that and into the region', async (t) => {
  const hub = await demoHub(t, STANDING_STILL);
  await hub.start();
  const { openPage } = await openBrowser(t);
  const screenOf = async (role, size) => {
    const page = await openPage({ size });
    await page.goto(hub.links.get(role));
    await isIn(page);
    return page;
  };
  const [nurse, doctor, desk] = [await screenOf('nurse', 'phone'), await screenOf('doctor'), await screenOf('secretariat')];
  const patient = await sharedPatient(nurse, doctor);
  const take = (what, reason) => hub.operate('export', ...what, '--reason', reason, '--out', path.join(hub.folder, `taken-${what.at(-1)}`));
  await nurse.evaluate((id) => { location.hash = `#/patients/${id}`; }, patient);
  assert.match(await take(['patient', patient], '本人からの開示請求'), /チームと事務局に知らされます/);

  const told = nurse.locator('article', { hasText: '本人からの開示請求' });
  await told.getByText('ハブの運用者が、この患者の記録をすべて取り出しました').waitFor();
  await told.getByText('連携ハブ').first().waitFor();
  await nurse.shot('operator-told-phone');
  await take(['region'], '事業の引き継ぎ');
  await nurse.locator('article', { hasText: '事業の引き継ぎ' }).getByText('ハブの運用者が、地域の記録をすべて取り出しました').waitFor();

  const me = await nurse.evaluate(() => document.querySelector('renkei-shell').model.myId);
  await hub.operate('rulebook', 'explain', '--patient', patient, '--person', me, '--reason', '見えないという問い合わせ');
  await nurse.locator('article', { hasText: '見えないという問い合わせ' }).getByText('ハブの運用者が、この患者の記録を調べました').waitFor();

  await desk.evaluate(() => { location.hash = '#/console/emergency'; });
  const cards = desk.locator('renkei-console-emergency .card');
  await cards.first().waitFor();
  assert.equal(await cards.count(), 3, 'of the region once');
  const region = cards.filter({ hasText: '事業の引き継ぎ' });
  await region.getByText('ハブの運用者が、地域の記録をすべて取り出しました').waitFor();
  await desk.shot('operator-console');
  assert.deepEqual(await stumbles(desk), []);
  for (const card of [region, cards.filter({ hasText: '本人からの開示請求' }), cards.filter({ hasText: '見えないという問い合わせ' })]) {
    await card.getByRole('button', { name: '確認する' }).click();
    await card.getByLabel('確認した内容').fill('申請書を確かめました。');
    await card.getByRole('button', { name: '確認を記録' }).click();
    await card.getByText(/に確認$/).waitFor();
  }
  await desk.getByText('確認を待つものはありません。').waitFor();
  assert.deepEqual([...nurse.complaints, ...doctor.complaints, ...desk.complaints], []);
});
