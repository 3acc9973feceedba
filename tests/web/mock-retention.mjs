// Retention as the hub answers it, over a page's own requests: no story can wait five years. It judges what is typed like
// `actions/destroying`, and asks once for a proof. What a real hub says of records in care or kept is asked of a real hub.

const SPANS = [['clinic', 5, '医師法第24条（診療録5年）', 'Medical Practitioners’ Act, art. 24 (charts, 5 years)'], ['care_office', 2, '仮置き（地域で決めてください）', 'a placeholder: the region’s to settle']];

export const OLD = { patient: '0190dddd-0000-7000-8000-000000000001', name: { kanji: '大野 タケ', kana: 'オオノ タケ' }, birth_date: '1928-03-03', kept: { ended_on: '2021-04-01', until: '2026-04-01', type: 'clinic', years: 5 } };
const OTHER = { patient: '0190dddd-0000-7000-8000-000000000002', name: { kanji: '東海林 庄左衛門', kana: 'ショウジ ショウザエモン' }, birth_date: '1931-01-20', kept: { ended_on: '2023-02-10', until: '2025-02-10', type: 'care_office', years: 2 } };
const FURTHER = { patient: '0190dddd-0000-7000-8000-000000000003', name: { kanji: '森 はつ', kana: 'モリ ハツ' }, birth_date: '1925-09-09', kept: { ended_on: '2020-01-05', until: '2025-01-05', type: 'clinic', years: 5 } };
const FURTHER_AFTER = '2023-02-10T00:00:00Z';

const problem = (status, code, ja, en, field) => ({ status, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: '', status, code, detail: { ja, en }, ...(field ? { field } : {}) }) });

/** @param {import('playwright-core').Page} page */
export async function mockRetention(page) {
  const hub = { due: [OLD, OTHER], further: [FURTHER], destroyed: [], tried: [], proven: false, writtenOn: new Set() };
  await page.route('**/api/v1/retention*', (route) => {
    const query = new URL(route.request().url()).searchParams;
    const shown = ({ patient, name, kept }) => ({ patient, name, kept });
    const isFurther = query.get('after') === FURTHER_AFTER;
    return route.fulfill({ json: {
      spans: SPANS.map(([type, years, ja, en]) => ({ type, years, basis: { ja, en } })),
      due: (isFurther ? hub.further : hub.due).filter(({ patient }) => !hub.writtenOn.has(patient)).map(shown),
      next: isFurther ? null : FURTHER_AFTER, patient: null, destroyed: hub.destroyed,
    } });
  });
  await page.route('**/api/v1/patients/*/destruction', (route) => {
    const patient = new URL(route.request().url()).pathname.split('/').at(-2);
    const given = route.request().postDataJSON();
    hub.tried.push(given);
    const found = [...hub.due, ...hub.further].find((one) => one.patient === patient);
    if (!hub.proven) return route.fulfill(problem(403, 'proof_needed', '本人確認が必要です', 'show who you are'));
    if (!found) return route.fulfill(problem(404, 'not_found', 'この患者は見つかりません', 'no such patient'));
    if (hub.writtenOn.has(patient)) return route.fulfill(problem(409, 'retained', '2031-11-27 まで保存します（診療所が記録、最後の記録 2026-11-27 から 5 年）', 'to be kept until 2031-11-27: a clinic wrote on it, 5 years from the last entry on 2026-11-27'));
    const plain = (text) => text.replace(/\s/g, '');
    const mismatch = (field) => route.fulfill(problem(422, 'invalid', '登録されている患者と一致しません', 'this is not the patient who is registered', field));
    if (![found.name.kanji, found.name.kana].some((own) => plain(own) === plain(given.name))) return mismatch('name');
    if (given.birth_date !== found.birth_date) return mismatch('birth_date');
    const stone = { patient, destroyed_at: new Date().toISOString(), by: null, kept: found.kept };
    hub.due = hub.due.filter((one) => one !== found);
    hub.destroyed.unshift(stone);
    return route.fulfill({ json: stone });
  });
  await page.route('**/api/v1/me/proof/options', (route) => route.fulfill({ json: { passkey: null, password: true, outside: null } }));
  await page.route('**/api/v1/me/proof', (route) => {
    hub.proven = route.request().postDataJSON().code === '123456';
    return route.fulfill(hub.proven ? { json: { until: new Date(Date.now() + 600_000).toISOString() } } : problem(422, 'wrong', 'パスワードか確認コードが違います', 'wrong password or code'));
  });
  return hub;
}
