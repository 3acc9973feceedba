// Who saw this patient, on the secretariat's page: asked for by hand, told in words, and for nobody else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARU, assertNothingSticksOut, openPatient, startRegion, stumbles } from '../page.mjs';

test('the secretariat looks up who saw a patient, and is told that looking is on record', async (t) => {
  const { hub, screenOf } = await startRegion(t);
  hub.exposed = [
    { by: { name: '佐藤 花子', role: 'nurse', organisation_name: 'みなと訪問看護ステーション' }, first_at: '2026-04-01T00:30:00Z', last_at: '2026-04-01T02:00:00Z', reads: 3, by_emergency: false },
    { by: { name: '渡辺 健一', role: 'doctor', organisation_name: '救急クリニック' }, first_at: '2026-04-01T01:00:00Z', last_at: null, reads: 1, by_emergency: true },
    { by: { name: null, role: 'helper', organisation_name: null }, first_at: '2026-03-01T01:00:00Z', last_at: '2026-03-01T01:05:00Z', reads: 12, by_emergency: false },
  ];
  hub.takenOut = [{ at: '2026-04-01T00:10:00Z', command: 'renkei export patient', reason: '本人からの開示請求' }];
  const [secretary, nurse] = await Promise.all([screenOf('secretary', { size: 'phone' }), screenOf('nurse')]);
  await Promise.all([openPatient(secretary, HARU), openPatient(nurse, HARU)]);
  assert.equal(await nurse.locator('renkei-seen-by').count(), 0, 'for the secretariat only');

  const seen = secretary.locator('renkei-seen-by');
  await seen.getByText('調べたことも記録に残ります').waitFor();
  assert.deepEqual(hub.lookedUp, [], 'not before somebody asks');
  await seen.getByRole('button', { name: '見た人を調べる' }).click();
  await seen.getByText('渡辺 健一').waitFor();
  assert.deepEqual(hub.lookedUp, [['secretary', HARU.id]]);
  const [takenOut, ...lines] = await seen.locator('li').allInnerTexts();
  assert.match(takenOut, /ハブの運用者が、この患者の記録をすべて取り出しました[\s\S]*本人からの開示請求/, 'whoever runs the machine is no reader');
  assert.deepEqual(lines.map((line) => /渡辺|佐藤|名簿にいない/.exec(line)?.[0]), ['渡辺', '佐藤', '名簿にいない'], 'whoever reads now stands first');
  assert.match(lines[0], /緊急閲覧[\s\S]*現在・1回/);
  assert.match(lines[1], /看護師・みなと訪問看護ステーション[\s\S]*3回/);
  await assertNothingSticksOut(secretary, 'who saw it, on a phone');
  await secretary.shot('seen-by-phone-ja');
  assert.deepEqual(await stumbles(secretary), []);

  Object.assign(hub, { exposed: [], takenOut: [] });
  await seen.getByRole('button', { name: 'もう一度調べる' }).click();
  await seen.getByText('まだだれも見ていません').waitFor();
  assert.deepEqual([...secretary.complaints, ...nurse.complaints], []);
});
