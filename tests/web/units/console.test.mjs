// The secretariat's console without a page: names and dates as they are typed, tables of links, who is still on, what a rule
// holds and how it goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Accounts } from '../../../web/console/accounts.js';
import { Act } from '../../../web/console/act.js';
import { candidates } from '../../../web/console/candidates.js';
import { agreementOf, byQuiet, lastReadByOffice, registrationOf } from '../../../web/console/course.js';
import { cellsOf, isLinked, linkOf, noteLinked, resolved, rowsOf } from '../../../web/console/csv.js';
import { birthDateOf, isNoDay, katakana, likeness, spaced } from '../../../web/console/names.js';
import { PHRASES as EXPORTS } from '../../../web/console/exports-phrases.js';
import { PHRASES } from '../../../web/console/phrases.js';
import { asGiven, dayAfter, daysSince, faultsOf } from '../../../web/console/destroying.js';
import { changesIn, entryOf, isAnother, missingIn, typedOf } from '../../../web/console/identity.js';
import { PHRASES as IDENTITY } from '../../../web/console/identity-phrases.js';
import { PHRASES as QUARANTINE } from '../../../web/console/quarantine-phrases.js';
import { PHRASES as RETENTION } from '../../../web/console/retention-phrases.js';
import { PHRASES as ROSTER } from '../../../web/console/roster-phrases.js';
import { SCOPES, apart, inPhrases, keySetOf } from '../../../web/console/scopes.js';
import { PHRASES as SYSTEMS } from '../../../web/console/systems-phrases.js';
import { TAKING_PHRASES } from '../../../web/taking-phrases.js';
import { dayAfter as rotaDayAfter, daysBetween, gaps, inTurn, lastTold, lineOf, monthEnd, pasted, rehoured, rosterOf, standing, usualOf } from '../../../web/console/roster.js';
import { Registering } from '../../../web/console/registering.js';
import { consoleAddress } from '../../../web/console/address.js';
import { hrefOf, sectionsOf } from '../../../web/console/sections.js';
import { grouped } from '../../../web/console/waiting.js';

const NOW = Date.parse('2026-11-27T00:00:00Z');

test('phrases are in order, in two languages, and name the same things', () => {
  for (const book of [PHRASES, SYSTEMS, EXPORTS, IDENTITY, QUARANTINE, RETENTION, ROSTER, TAKING_PHRASES]) {
    const keys = Object.keys(book);
    assert.deepEqual(keys, [...keys].sort());
    for (const [key, [ja, en]] of Object.entries(book)) {
      assert.ok(ja && en, key);
      const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      assert.deepEqual(names(ja), names(en), key);
    }
  }
});

test('an address names a section and what is in it; an administrator has their own office, professionals the rules', () => {
  assert.deepEqual(consoleAddress('#/console'), { section: '', item: '' });
  assert.deepEqual(consoleAddress(hrefOf('patients', 'a b/c')), { section: 'patients', item: 'a b/c' });
  assert.deepEqual(consoleAddress('#/console/patients/%E3'), { section: 'patients', item: '' });
  assert.equal(consoleAddress('#/consoles'), null);
  const ids = (model) => sectionsOf(model).map(({ id }) => id);
  assert.equal(ids({ isSecretariat: true }).length, 17);
  assert.deepEqual(ids({ isProfessional: true, me: { administers: ['o'] } }), ['offices', 'announcements', 'groups', 'rules', 'compliance', 'trainings', 'cases']);
  assert.deepEqual(ids({ isProfessional: true, me: { administers: [] } }), ['groups', 'rules', 'compliance', 'cases']);
  assert.deepEqual(ids({ isProfessional: false, me: { administers: [] } }), []);
});

test('what a system may do is told in words, and what somebody pasted is a set of keys or none', () => {
  for (const [scope, phrase] of SCOPES) assert.ok(phrase in SYSTEMS, scope);
  assert.deepEqual(apart('system/Observation.crs system/Patient.rs'), ['system/Observation.rs', 'system/Observation.c', 'system/Patient.rs']);
  assert.deepEqual(inPhrases('system/Observation.crs system/Later.rs').map(({ phrase, scope }) => phrase ?? scope),
    ['scope_observation_read', 'scope_observation_create', 'system/Later.rs']);
  const key = { kty: 'EC', kid: '1' };
  for (const text of [{ keys: [key] }, [key], key]) assert.deepEqual(keySetOf(JSON.stringify(text)), { keys: [key] });
  for (const text of ['', '{', '"x"', '{}', 'null', '-----BEGIN PUBLIC KEY-----']) assert.equal(keySetOf(text), null, text);
});

test('birth dates as people write them', () => {
  for (const text of ['1938-04-12', '1938/4/12', '1938.4.12', '19380412', '1938年4月12日', 'S13.4.12', 's13/4/12', '昭和13年4月12日', '昭和１３年４月１２日', 'Ｓ１３．４．１２', 'S130412']) {
    assert.equal(birthDateOf(text, NOW), '1938-04-12', text);
  }
  assert.equal(birthDateOf('令和元年5月1日', NOW), '2019-05-01');
  assert.deepEqual(['1940/6/31', 'S15.6.31', '19400631', '2025-02-29'].map(isNoDay), [true, true, true, true]);
  assert.deepEqual(['1940/6/30', 'S15.6.3', '194006', '昭和', ''].map(isNoDay), [false, false, false, false, false], 'whole dates alone');
  for (const text of ['', '1938-02-30', '1938-13-01', '2026-11-28', '1869-12-31', '昭和', '4月12日', 'S0.1.1']) assert.equal(birthDateOf(text, NOW), '', text);
});

test('names in one shape, and how like another somebody is', () => {
  assert.equal(spaced('　佐々木　　春子 '), '佐々木 春子');
  assert.equal(katakana('ささき　はるこ'), 'ササキ ハルコ');
  assert.equal(katakana('ｻｻｷ ﾊﾙｺ'), 'ササキ ハルコ');
  const known = { name: { kanji: '佐々木 春子', kana: 'ササキ ハルコ' }, birth_date: '1938-04-12' };
  const typed = (kanji, kana, birthDate) => ({ kanji, kana, birthDate, sex: '' });
  assert.equal(likeness(typed('', 'ささき はるこ', '1938-04-12'), known), 'same');
  assert.equal(likeness(typed('佐々木春子', '', ''), known), 'name');
  assert.equal(likeness(typed('別の 人', 'ベツノ ヒト', '1938-04-12'), known), 'birth_date');
  assert.equal(likeness(typed('', '', ''), known), '');
});

// ── tables ──

const OFFICES = [
  { id: 'clinic', name: 'ひかり内科', kana: 'ヒカリナイカ', type: 'clinic', phone: '', active: true },
  { id: 'station', name: 'みなと訪問看護', kana: 'ミナトホウモンカンゴ', type: 'nursing_station', phone: '', active: true },
  { id: 'gone', name: 'もうない薬局', kana: 'モウナイヤッキョク', type: 'pharmacy', phone: '', active: false },
];
const person = (id, kanji, kana, role, organisation, active = true) => ({ id, name: { kanji, kana }, active, positions: [{ role, organisation }] });
const PEOPLE = [person('hanako', '佐藤 花子', 'サトウ ハナコ', 'nurse', 'station'), person('taro', '伊藤 太郎', 'イトウ タロウ', 'nurse', 'station'), person('ken', '渡辺 健一', 'ワタナベ ケンイチ', 'doctor', 'clinic')];
const patients = () => [
  { id: 'haru', name: { kanji: '高橋 ハル', kana: 'タカハシ ハル' }, birth_date: '1938-04-12', identifiers: [{ system: 's', value: 'A1' }], team: [{ organisation: 'clinic', people: [], host: true }] },
  { id: 'ume', name: { kanji: '鈴木 ウメ', kana: 'スズキ ウメ' }, birth_date: '1940-01-02', identifiers: [], team: [] },
  { id: 'ume2', name: { kanji: '鈴木 ウメ', kana: 'スズキ ウメ' }, birth_date: '1940-01-02', identifiers: [{ system: 's', value: 'A3' }], team: [] },
];
const read = (text) => resolved(rowsOf(text), { patients: patients(), offices: OFFICES, people: PEOPLE });

test('a table as a spreadsheet writes it: quotes, a mark at its beginning, tabs when pasted', () => {
  assert.deepEqual(cellsOf('\ufeffa,"b, ""c""\nd"\r\n1,2'), [['a', 'b, "c"\nd'], ['1', '2']]);
  assert.deepEqual(cellsOf('a\tb\n1\t2, 3'), [['a', 'b'], ['1', '2, 3']]);
  assert.equal(rowsOf('事業所,担当者\nx,y'), null, 'without a patient');
  assert.equal(rowsOf('患者番号\nA1'), null, 'without an office');
  assert.deepEqual(rowsOf('Birth Date,name,OFFICE\n1938-04-12,高橋ハル,ひかり内科\n,,\n').map(({ line, cells }) => [line, cells.birthDate, cells.office]), [[2, '1938-04-12', 'ひかり内科']]);
});

test('each row is resolved, or its trouble is named', () => {
  const head = '患者番号,患者氏名,生年月日,事業所,担当者,管理事業所';
  const troubles = (...rows) => read([head, ...rows].join('\n')).map(({ trouble, isThere }) => trouble || (isThere ? 'there' : 'ready'));
  assert.deepEqual(troubles(
    'A1,,,みなと訪問看護,,', 'a1,,,ヒカリナイカ,,', ',高橋ハル,S13.4.12,ひかり内科,,はい', ',タカハシ ハル,1938/4/12,みなと訪問看護,佐藤花子,',
  ), ['ready', 'there', 'there', 'ready']);
  assert.deepEqual(troubles(
    ',,,ひかり内科,,', ',高橋 ハル,きのう,ひかり内科,,', 'B9,,,ひかり内科,,', ',鈴木 ウメ,S15.1.2,ひかり内科,,', 'A1,,,,,x', 'A1,,,もうない薬局,,', 'A1,,,ひかり内科,佐藤 花子,', 'A1,,,ひかり内科,,たぶん',
  ), ['patient_missing', 'birth_date_unclear', 'patient_unknown', 'patient_several', 'office_missing', 'office_unknown', 'person_unknown', 'host_unclear']);
  assert.deepEqual(troubles('A1,,,みなと訪問看護,佐藤 花子,', 'A1,,,みなと訪問看護,佐藤 花子,'), ['ready', 'there'], 'the same row again');
});

test('a link replaces the one before, so rows of one office keep the people of the rows above', () => {
  const [first, second, everybody, again] = read('患者番号,事業所,担当者\nA1,みなと訪問看護,佐藤 花子\nA1,みなと訪問看護,伊藤 太郎\nA1,みなと訪問看護,\nA1,みなと訪問看護,伊藤 太郎');
  assert.deepEqual(linkOf(first, 'all').people, ['hanako']);
  noteLinked(first, linkOf(first, 'all'));
  assert.deepEqual(linkOf(second, 'nothing'), { organisation: 'station', people: ['hanako', 'taro'], history: 'nothing', relationConfirmed: true });
  noteLinked(second, linkOf(second, 'all'));
  noteLinked(everybody, linkOf(everybody, 'all'));
  assert.ok(isLinked(again), 'everybody includes them');
  const [host] = read('患者番号,事業所,管理事業所\nA1,みなと訪問看護,1');
  noteLinked(host, linkOf(host, 'all'));
  assert.deepEqual(host.patient.team.map((link) => [link.organisation, link.host]), [['clinic', false], ['station', true]], 'one host');
  noteLinked({ ...host, host: false }, { organisation: 'station', people: ['hanako'] });
  assert.deepEqual(host.patient.team.map((link) => [link.organisation, link.host]), [['clinic', false], ['station', true]], 'still the host with other people');
});

// ── teams ──

test('who could join: as asked first, offices before people, whoever is on last', () => {
  const directory = {
    organisations: new Map([...OFFICES, { id: 'us', name: '事務局', kana: 'ジムキョク', type: 'secretariat', active: true }].map((one) => [one.id, one])),
    people: new Map([...PEOPLE, person('off', '佐藤 元', 'サトウ ハジメ', 'nurse', 'station', false)].map((one) => [one.id, one])),
  };
  const found = (query, team = []) => candidates(query, directory, team).map(({ key, isOn }) => (isOn ? `${key}!` : key));
  assert.deepEqual(found('みなと'), ['station', 'station taro', 'station hanako']);
  assert.deepEqual(found('さとう'), ['station hanako']);
  assert.deepEqual(found('看護師 花子'), ['station hanako'], 'profession and name');
  assert.deepEqual(found('', [{ organisation: 'station', people: ['hanako'] }]), ['clinic', 'station', 'station taro', 'clinic ken', 'station hanako!']);
  assert.deepEqual(found('訪問看護', [{ organisation: 'station', people: [] }]), ['station!', 'station taro!', 'station hanako!']);
  assert.deepEqual(found('事務局'), [], 'the secretariat is on no team');
  directory.organisations.set('home', { id: 'home', name: '小林さんのお宅', kana: 'コバヤシサンノオタク', type: 'home', active: true });
  for (const one of [person('son', '小林 一郎', 'コバヤシ イチロウ', 'family', 'home'), person('meter', '測定機器 連携', 'ソクテイキキ レンケイ', 'gateway', 'station')]) directory.people.set(one.id, one);
  assert.deepEqual(found('測定'), [], 'a machine is given no patients');
  assert.deepEqual([found('自宅'), found('家族'), found('').filter((key) => key.startsWith('home'))], [[], [], []], 'other people’s homes are shown to nobody who does not name them');
  assert.deepEqual(found('小林'), ['home', 'home son']);
  assert.deepEqual(found('', [{ organisation: 'home', people: [] }]).filter((key) => key.startsWith('home')), ['home!', 'home son!'], 'this patient’s own');
});

const entry = (id, kind, author, at, body = {}) => ({ id, timeline: 't', seq: '1', recordedAtUs: `${at}000`, content: { author, body: { [kind]: body } } });
const SECRETARY = { person: 'me', role: 'secretariat', organisation: 'us' };
const DOCTOR = { person: 'ken', role: 'doctor', organisation: 'clinic' };

test('the doctor agrees by acknowledging the registration or the link; or on paper; or has not answered', () => {
  const registration = (more) => entry('r', 'registration', SECRETARY, 1_000, { agreedBy: 'ken', document: '申込書', ...more });
  const link = entry('l', 'teamLink', SECRETARY, 2_000, { organisation: 'clinic' });
  const note = entry('n', 'note', SECRETARY, 2_500, {});
  const answer = (target, author = DOCTOR) => entry('a', 'acknowledgement', author, 3_000, { target });
  assert.equal(agreementOf([registration({}), link]).state, 'awaited');
  assert.equal(agreementOf([registration({}), link, answer('r')]).state, 'given');
  assert.equal(agreementOf([registration({}), link, answer('l')]).state, 'given');
  assert.equal(agreementOf([registration({}), note, answer('n')]).state, 'awaited', 'of something else');
  assert.equal(agreementOf([registration({}), answer('r', { ...DOCTOR, person: 'another' })]).state, 'awaited', 'by somebody else');
  assert.equal(agreementOf([registration({ agreedOnPaper: '棚' })]).state, 'on_paper');
  assert.equal(agreementOf([registration({ agreedBy: '' })]).state, 'none');
  assert.equal(agreementOf([entry('r', 'registration', DOCTOR, 1_000)]).state, 'given', 'the doctor registered');
  assert.deepEqual(agreementOf([registration({})]).documents.map(({ text }) => text), ['申込書']);
});

test('who was quiet the longest stands first; who never read counts from the link', () => {
  const people = new Map(PEOPLE.map((one) => [one.id, one]));
  const read = (id, ms) => ({ person: id, through: 1, at: new Date(NOW - ms).toISOString() });
  const last = lastReadByOffice([read('hanako', 9_000), read('ken', 1_000), read('taro', 12_000), read('somebody', 1)], people);
  const team = [{ organisation: 'clinic' }, { organisation: 'station' }, { organisation: 'new', since: new Date(NOW - 7_000).toISOString() }];
  assert.deepEqual(byQuiet(team, last).map(({ link, lastMs }) => [link.organisation, lastMs]), [['station', NOW - 9_000], ['new', null], ['clinic', NOW - 1_000]]);
});

test('entries of one author about one patient wait as one', () => {
  const one = (id, person_, timeline, at) => ({ id, person: person_, timeline, role: 'nurse', organisation: 'station', received_at: at, patient: { id: timeline } });
  const groups = grouped([one('3', 'a', 'x', '2026-01-03'), one('1', 'a', 'x', '2026-01-01'), one('2', 'b', 'x', '2026-01-02'), one('4', 'a', 'y', '2026-01-04')]);
  assert.deepEqual(groups.map(({ ids }) => ids), [['1', '3'], ['2'], ['4']]);
});

test('who cannot sign in yet, or has not for long: not invited first, then the invitations that end soonest, then who was there last', async () => {
  const accounts = {
    a: { is_set_up: false, invited_until: '2026-12-02T00:00:00Z' }, b: { is_set_up: true, invited_until: null, sign_ins: [{ id: 'i', used_at: '2026-11-20T00:00:00Z' }] }, c: { is_set_up: false, invited_until: null }, d: { is_set_up: false, invited_until: '2026-12-01T00:00:00Z' },
  };
  const asked = [];
  let most = 0;
  let now = 0;
  const looked = new Accounts({ account: async (id) => {
    asked.push(id);
    now += 1;
    most = Math.max(most, now);
    await null;
    now -= 1;
    if (!accounts[id]) throw new Error('not to be seen');
    return accounts[id];
  } }, () => {});
  const people = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => person(id, id, id, 'nurse', 'station'));
  accounts.f = { is_set_up: true, invited_until: null, sign_ins: [] };
  accounts.g = { is_set_up: true, invited_until: null, sign_ins: [{ id: 'i', used_at: '2026-08-01T00:00:00Z' }] };
  await looked.look([...people, person('off', 'x', 'x', 'nurse', 'station', false), person('meter', 'x', 'x', 'gateway', 'station')]);
  assert.deepEqual(looked.without(Date.parse('2026-11-29T00:00:00Z')).map(({ person: one, state }) => [one.id, state]), [['c', 'none'], ['d', 'invited'], ['a', 'invited'], ['g', 'idle'], ['f', 'idle']]);
  assert.equal(asked.length, 7, 'neither who is suspended nor a meter');
  assert.ok(most <= 4, `${most} at once`);
  assert.equal(looked.isLooking, false);
});

// ── acts ──

const HELD = { status: 422, code: 'held', problem: { code: 'held', holds: [{ citation: 'OP-4b@x', title: { ja: '', en: '' }, reasonOk: true, missing: [] }] } };

/** A hub that answers each post with the next of `answers`; an answer that is an error is thrown. */
function hub(...answers) {
  const posts = [];
  const next = (what) => {
    posts.push(what);
    const answer = answers.shift() ?? {};
    if (answer.status) throw answer;
    return answer;
  };
  const rest = {
    post: async (timeline, intent) => next({ timeline, ...intent }),
    upload: async () => ({ sha256: 'aa', media_type: 'application/pdf', size_bytes: 3 }),
  };
  return { posts, model: { rest }, calls: { register: async (given) => next(given) } };
}

test('what a rule holds goes on under the same rule with a reason, and a new entry has a new id', async () => {
  const { posts, model } = hub(HELD, {}, {});
  const act = new Act(model, () => {});
  assert.equal(await act.send('haru', { teamLink: { organisation: 'station' } }), null);
  assert.deepEqual([...act.holds.keys()], ['OP-4b@x']);
  assert.deepEqual(act.writtenReasons, []);
  act.write('OP-4b@x', ' 退院が明日のため ');
  assert.deepEqual(await act.send('haru', { teamLink: { organisation: 'station' } }), {});
  assert.deepEqual(posts[1].reasons, [{ rule: 'OP-4b@x', text: '退院が明日のため' }]);
  assert.equal(act.holds.size, 0);
  await act.send('haru', { teamLink: { organisation: 'clinic' } });
  assert.notEqual(posts[2].id, posts[1].id);
  assert.equal(posts[2].reasons, undefined, 'a reason is for one entry');
});

test('an answer that was lost is asked for again under the same id', async () => {
  const { posts, model } = hub({ status: 503, problem: {} }, {});
  const act = new Act(model, () => {});
  await assert.rejects(act.send('haru', { closing: { reason: 'moved' } }));
  await act.send('haru', { closing: { reason: 'moved' } });
  assert.equal(posts[0].id, posts[1].id);
});

/** A patient with everything said. */
function registering(world) {
  const draft = new Registering(world.model, world.calls, () => {}, '2026-11-27');
  Object.assign(draft, { kanji: '鈴木　ウメ', kana: 'すずき うめ', birth: 'S15.1.2', sex: 'female', doctor: 'ken', doctorOffice: 'clinic', application: '棚 1', consentKept: '棚 2' });
  return draft;
}

test('registering goes in one request, and once', async () => {
  const world = hub({ status: 503, problem: {} }, { id: 'ume' });
  const draft = registering(world);
  assert.deepEqual(draft.missing, []);
  await assert.rejects(draft.send());
  assert.equal(await draft.send(), 'ume');
  const [first, again] = world.posts;
  assert.equal(first.request_id, again.request_id);
  assert.deepEqual(first.name, { kanji: '鈴木 ウメ', kana: 'スズキ ウメ' });
  assert.deepEqual([first.birth_date, first.agreed_by, first.agreed_on_paper, first.host.organisation], ['1940-01-02', 'ken', '', 'clinic']);
});

test('what is missing is named', () => {
  const draft = new Registering(hub().model, hub().calls, () => {}, '2026-11-27');
  assert.deepEqual(draft.missing, ['kanji', 'kana', 'birth_date', 'sex', 'doctor', 'application', 'document', 'host']);
  Object.assign(draft, { way: 'paper' });
  assert.ok(draft.missing.includes('paper'));
});

test('with a file it goes step by step, and what is done stays done', async () => {
  const world = hub({}, { status: 503, problem: {} }, {}, {});
  const draft = registering(world);
  draft.file = { name: '同意書.pdf', type: 'application/pdf', size: 3 };
  await assert.rejects(draft.send());
  assert.deepEqual([...draft.done], ['registration']);
  assert.equal(await draft.send(), draft.patient);
  assert.deepEqual(world.posts.map(({ body }) => Object.keys(body)[0]), ['registration', 'consent', 'consent', 'teamLink']);
  assert.deepEqual(world.posts[2].body.consent.attachments, [{ sha256: 'aa', mediaType: 'application/pdf', sizeBytes: 3, title: '同意書.pdf' }]);
  assert.ok(world.posts.every(({ timeline }) => timeline === draft.patient));
});

test('a reason for a rule is given to the step that the rule holds', async () => {
  const world = hub(HELD, {}, {}, HELD, {});
  const draft = registering(world);
  assert.equal(await draft.send(), null);
  draft.act.write('OP-4b@x', '急ぎのため');
  assert.equal(await draft.send(), draft.patient);
  const [, registration, consent, held, link] = world.posts;
  assert.deepEqual([registration.reasons, consent.reasons, held.reasons], [undefined, undefined, undefined]);
  assert.deepEqual(link.reasons, [{ rule: 'OP-4b@x', text: '急ぎのため' }]);
});

test('what is typed to destroy a record: each field by itself, dates as people write them, and the days around', () => {
  assert.deepEqual(faultsOf({ name: ' ', birthDate: '昭和', reason: '' }), { name: 'name_missing', birth_date: 'birth_date_bad', reason: 'reason_missing' });
  assert.deepEqual(faultsOf({ name: '高橋 ハル', birthDate: 'S13.4.12', reason: '保存期間の終了' }), {});
  assert.deepEqual(asGiven({ name: '高橋　ハル', birthDate: 'S13.4.12', reason: ' 保存期間の終了 ' }), { name: '高橋 ハル', birth_date: '1938-04-12', reason: '保存期間の終了' });
  assert.equal(dayAfter('2026-12-31'), '2027-01-01');
  assert.equal(dayAfter('2028-02-28'), '2028-02-29');
  const noon = new Date(2026, 10, 27, 12).getTime();
  assert.equal(daysSince('2026-11-26', noon), 1);
  assert.equal(daysSince('2025-11-27', noon), 365);
});

test('a registration is taken up as it stands, and put right by whoever may', () => {
  const author = { person: 'p', role: 'secretariat', organisation: 'office', organisationType: 'secretariat' };
  const sent = (id, body) => ({ id, timeline: 't', seq: '1', recordedAtUs: '0', content: { author, body } });
  const before = { name: { kanji: '高橋 ハル', kana: 'タカハシ ハル' }, birthDate: '1938-04-12', sex: 'female', agreedBy: 'd', document: '申込書' };
  const slip = sent('r', { registration: { ...before, birthDate: '1983-04-12' } });
  const right = sent('c', { correction: { target: 'r', body: { registration: before } } });
  assert.deepEqual(registrationOf([]), null);
  assert.equal(registrationOf([slip])?.body.birthDate, '1983-04-12');
  assert.equal(registrationOf([slip, right])?.body.birthDate, '1938-04-12', 'as it was corrected, not as it was first');
  assert.equal(registrationOf([slip, right, sent('x', { retraction: { target: 'c', reason: 'mistake' } })])?.body.birthDate, '1983-04-12');
  assert.equal(registrationOf([slip, right, sent('n', { registration: before })])?.id, 'n', 'a newer one is in force');

  const registration = registrationOf([slip]);
  const typed = { ...typedOf(registration), kana: 'たかはし　はる', birth: 'S13.4.12' };
  assert.deepEqual(changesIn(registration, typed), ['birth_date']);
  assert.deepEqual(missingIn({ ...typed, birth: '13', kanji: ' ' }), ['kanji', 'birth_date']);
  assert.deepEqual(entryOf(registration, typed, '書き誤り', 'office'), { correction: { target: 'r', reason: '書き誤り', body: { registration: before } } });
  assert.deepEqual(entryOf(registration, typed, '書き誤り', 'another'), { registration: before }, 'nobody changes what another office wrote');
  assert.ok(isAnother(changesIn(registration, { ...typed, kanji: '高木 ハナ' })) && !isAnother(changesIn(registration, typed)));
});

const SATO = { id: 'p1', name: { kanji: '佐藤 由美子', kana: 'サトウ ユミコ' }, positions: [], active: true };
const OKUDA = { id: 'p2', name: { kanji: '奥田 仁', kana: 'オクダ ジン' }, positions: [], active: true };
const NIGHTS = { weekday: { from: '17:30', until: '08:30' }, weekend: { from: '08:30', until: '08:30' }, phone: '090-1' };
/** 4 to 8 December 2026: Friday to Tuesday. */
const FIVE = daysBetween('2026-12-04', '2026-12-08');
const us = (day, time) => `${new Date(`${day}T${time}`).getTime()}000`;

/** An office's entry as the hub gives it. */
const said = (seq, kind, body) => ({ id: `e${seq}`, seq, kind, body: { kind, ...body }, author: {}, alarms: [], opened: [], met: [] });
const rota = (from, until, ...shifts) => ({ from, until, shifts: shifts.map(([day, person]) => ({ startsAtUs: us(day, '17:30'), endsAtUs: us(rotaDayAfter(day, 1), '08:30'), role: 'nurse', person })) });

test('a rota says of a day what was told of it last; what was taken back is not told; what was corrected stands corrected', () => {
  const entries = [said(1, 'roster', rota('2026-12-04', '2026-12-06', ['2026-12-04', 'p1'], ['2026-12-05', 'p1'])), said(2, 'roster', rota('2026-12-05', '2026-12-05', ['2026-12-05', 'p2']))];
  const seen = (more = []) => standing([...entries, ...more], '2026-12-04', '2026-12-07').map(({ isTold, shifts }) => [isTold, shifts.map(({ person }) => person).join(' ')]);
  assert.deepEqual(seen(), [[true, 'p1'], [true, 'p2'], [true, ''], [false, '']]);
  assert.deepEqual(seen([said(3, 'retraction', { target: 'e2' })]), [[true, 'p1'], [true, 'p1'], [true, ''], [false, '']]);
  const corrected = said(3, 'correction', { target: 'e1', body: { kind: 'roster', ...rota('2026-12-04', '2026-12-06', ['2026-12-04', 'p2']) } });
  assert.deepEqual(seen([corrected]), [[true, 'p2'], [true, 'p2'], [true, ''], [false, '']]);
  assert.deepEqual(lastTold(entries), [{ day: '2026-12-05', person: 'p2', from: '17:30', until: '08:30', phone: '' }]);
  assert.deepEqual(lastTold([]), []);
});

test('in turn, a day each, with the hours of weekdays and weekends; a night ends the day after; what is told comes back as it was', () => {
  const lines = inTurn(FIVE, ['p1', 'p2'], NIGHTS);
  assert.deepEqual(lines.map(({ person, from }) => `${person} ${from}`), ['p1 17:30', 'p2 08:30', 'p1 08:30', 'p2 17:30', 'p1 17:30']);
  const { roster } = rosterOf('2026-12-04', '2026-12-08', [...lines, { ...lines[0], person: '' }], () => 'nurse', '');
  assert.deepEqual(roster.shifts[0], { startsAtUs: us('2026-12-04', '17:30'), endsAtUs: us('2026-12-05', '08:30'), role: 'nurse', person: 'p1', phone: '090-1' });
  assert.equal(roster.shifts.length, 5, 'a line without a person is nobody’s shift');
  assert.deepEqual(roster.shifts.map(lineOf), lines);
  assert.deepEqual(usualOf(lines), NIGHTS);
  assert.deepEqual(usualOf([]), { weekday: { from: '', until: '' }, weekend: { from: '', until: '' }, phone: '' });
});

test('new usual hours go to the days that have the usual ones; empty days and missing hours are named', () => {
  const lines = [...inTurn(FIVE.slice(0, 2), ['p1'], NIGHTS), { day: FIVE[3], person: 'p2', from: '19:00', until: '07:00', phone: '' }];
  const later = rehoured(lines, NIGHTS, { ...NIGHTS, weekday: { from: '18:00', until: '09:00' }, phone: '090-2' });
  assert.deepEqual(later.map(({ from, until, phone }) => `${from} ${until} ${phone}`), ['18:00 09:00 090-2', '08:30 08:30 090-2', '19:00 07:00 ']);
  assert.deepEqual(gaps(FIVE, [...lines, { day: FIVE[4], person: 'p1', from: '', until: '09:00', phone: '' }]), { empty: [FIVE[2]], unclear: [{ day: FIVE[4], person: 'p1', from: '', until: '09:00', phone: '' }] });
  assert.deepEqual(daysBetween('2026-12-08', '2026-12-04'), []);
  assert.deepEqual([monthEnd('2028-02-03'), rotaDayAfter('2026-12-31', 1)], ['2028-02-29', '2027-01-01']);
});

test('a rota from a spreadsheet: days and hours as people write them; a row that is unclear is named with what it says', () => {
  const known = { days: FIVE, people: [SATO, OKUDA], usual: NIGHTS };
  const { lines, troubles } = pasted('日付\t氏名\t開始\t終了\n12/4\t佐藤由美子\t\t\n１２月５日\tオクダ ジン\t9時\t17時30分\n2026/12/08\t奥田 仁\t18:00\t6:05', known);
  assert.deepEqual(troubles, []);
  assert.deepEqual(lines.map(({ day, person, from, until }) => `${day} ${person} ${from} ${until}`), ['2026-12-04 p1 17:30 08:30', '2026-12-05 p2 09:00 17:30', '2026-12-08 p2 18:00 06:05']);
  assert.deepEqual(pasted('日付,氏名,開始\n12/9,佐藤 由美子,\n12/4,田中,\n12/4,奥田 仁,26:00', known).troubles, [
    { line: 2, trouble: 'roster_row_day', cell: '12/9' }, { line: 3, trouble: 'roster_row_person', cell: '田中' }, { line: 4, trouble: 'roster_row_time', cell: '26:00' }]);
  assert.equal(pasted('だれ,いつ\n佐藤,12/4', known).troubles[0].trouble, 'roster_columns');
});
