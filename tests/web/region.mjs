// The small region of the mock hub: organisations, people with a token each, patients with their teams, and some days of
// entries on the first patient's timeline. Times count back from the moment of the start. Invented, all of it.

const id = (kind, number) => `0190${kind}-0000-7000-8000-${String(number).padStart(12, '0')}`;

export const ORGANISATIONS = [
  ['clinic', 'ひかり内科クリニック', 'ヒカリナイカクリニック', '03-5550-0101'],
  ['nursing_station', 'みなと訪問看護ステーション', 'ミナトホウモンカンゴステーション', '03-5550-0102'],
  ['pharmacy', 'あおば薬局', 'アオバヤッキョク', '03-5550-0103'],
  ['care_office', 'つばさ居宅介護支援事業所', 'ツバサキョタクカイゴシエンジギョウショ', '03-5550-0104'],
  ['home_help', 'ひだまりヘルパーステーション', 'ヒダマリヘルパーステーション', '03-5550-0105'],
  ['secretariat', '港地区 在宅医療連携事務局', 'ミナトチクザイタクイリョウレンケイジムキョク', '03-5550-0106'],
].map(([type, name, kana, phone], at) => ({ id: id('aaaa', at + 1), type, name, kana, phone }));

/** Each may sign in with the token `token-NAME-of-the-mock`. */
export const PEOPLE = [
  ['doctor', '渡辺 健一', 'ワタナベ ケンイチ', 'doctor', 0],
  ['nurse', '佐藤 花子', 'サトウ ハナコ', 'nurse', 1],
  ['nurse2', '伊藤 さくら', 'イトウ サクラ', 'nurse', 1],
  ['pharmacist', '中村 誠', 'ナカムラ マコト', 'pharmacist', 2],
  ['manager', '小林 直子', 'コバヤシ ナオコ', 'care_manager', 3],
  ['helper', '加藤 由美', 'カトウ ユミ', 'helper', 4],
  ['secretary', '山本 恵', 'ヤマモト メグミ', 'secretariat', 5],
].map(([key, kanji, kana, role, organisation], at) => ({
  key, id: id('bbbb', at + 1), name: { kanji, kana }, role, organisation: ORGANISATIONS[organisation], token: `token-${key}-of-the-mock`,
}));

export const person = (key) => PEOPLE.find((one) => one.key === key);
export const actor = (key) => {
  const { id: person_, role, organisation } = person(key);
  return { person: person_, role, organisation: organisation.id, organisationType: organisation.type };
};

export const PATIENTS = [
  ['高橋 ハル', 'タカハシ ハル', '1938-04-12', 'female', [0, 1, 2, 3, 4]],
  ['鈴木 正男', 'スズキ マサオ', '1944-11-03', 'male', [0, 1, 3]],
  ['田中 ミツ', 'タナカ ミツ', '1931-07-25', 'female', [1, 3, 4]],
  ['井上 昭', 'イノウエ アキラ', '1940-01-30', 'male', [0, 1, 2]],
  ['松本 キヨ', 'マツモト キヨ', '1935-09-08', 'female', [0, 3]],
].map(([kanji, kana, birth_date, sex, team], at) => ({
  id: id('cccc', at + 1), name: { kanji, kana }, birth_date, sex, consent: 'team',
  team: team.map((organisation, place) => ({
    organisation: ORGANISATIONS[organisation].id, host: place === 0,
    people: PEOPLE.filter((one) => one.organisation === ORGANISATIONS[organisation]).map((one) => one.id),
  })),
}));

const HOUR_MS = 3_600_000;
const reading = (systolic, diastolic, pulse, spo2, temperature, more = {}) => ({
  vital: {
    measurements: [['systolic', systolic, 'mm[Hg]'], ['diastolic', diastolic, 'mm[Hg]'], ['pulse', pulse, '/min'], ['spo2', spo2, '%'], ['temperature', temperature, 'Cel']]
      .filter(([, value]) => value !== undefined).map(([sign, value, unit]) => ({ sign, value: String(value), unit })),
    ...more,
  },
});

/** Puts the past onto the timelines. @param {(patient: string, author: string, hoursAgo: number, body: object, more?: object) => any} put */
export function seed(put) {
  const [haru, masao, mitsu, akira, kiyo] = PATIENTS.map((patient) => patient.id);
  for (const patient of PATIENTS) {
    put(patient.id, 'secretary', 240, { registration: { name: patient.name, birthDate: patient.birth_date, sex: patient.sex } });
    put(patient.id, 'secretary', 239, { consent: { state: 'team', givenBy: 'patient', givenOn: '2026-11-10', document: '同意書ファイル 12-034' } });
    for (const link of patient.team) put(patient.id, 'secretary', 238, { teamLink: { organisation: link.organisation, host: link.host, history: 'all' } });
  }
  put(haru, 'doctor', 200, { alarmLimits: { limits: [{ sign: 'systolic', low: '95', high: '160' }, { sign: 'spo2', low: '92' }, { sign: 'temperature', high: '37.8' }], text: '心不全の増悪を早めにつかむため' } });
  const values = [[132, 78, 70, 96, 36.4], [138, 80, 72, 95, 36.6], [141, 82, 74, 95, 36.5], [136, 76, 70, 96, 36.3], [150, 86, 80, 94, 36.8], [146, 84, 78, 94, 36.9], [152, 88, 82, 93, 37.1]];
  values.forEach((row, day) => put(haru, day % 3 === 2 ? 'nurse2' : 'nurse', 170 - day * 24, reading(...row, { site: 'left_arm' })));
  put(haru, 'manager', 96, { note: { text: '先週から夜間にトイレへ起きる回数が増えたとのこと。日中の眠気あり。デイサービスの利用は継続を希望されています。' } });
  put(haru, 'pharmacist', 72, { deviceChange: { device: '在宅酸素濃縮器', change: 'setting', before: [{ name: '酸素流量（労作時）', value: '1', unit: 'L/分' }], after: [{ name: '酸素流量（労作時）', value: '2', unit: 'L/分' }] } });
  const visit = put(haru, 'nurse', 50, { visit: { text: '全身状態は安定。下腿の浮腫は軽度。内服の飲み忘れが2回分あり、お薬カレンダーを一緒に確認しました。', startedAtUs: '0', endedAtUs: '0' } }, { fixVisit: true });
  put(haru, 'doctor', 49, { acknowledgement: { target: visit.id, text: '了解しました' } });
  const slip = put(haru, 'helper', 30, reading(undefined, undefined, 84, 79, 36.7));
  put(haru, 'helper', 29.8, { correction: { target: slip.id, reason: '桁の打ち間違い', body: reading(undefined, undefined, 84, 97, 36.7) } });
  const wrong = put(haru, 'helper', 28, { note: { text: '昼食は半分ほど。水分は 600 mL。' } });
  put(haru, 'helper', 27.9, { retraction: { target: wrong.id, reason: 'mistake', text: '夕食分とあわせて書き直します' } });
  put(haru, 'helper', 26, { note: { text: '食事は昼・夕とも七割ほど。水分は 1,100 mL。お孫さんの話をよくされ、表情は明るいです。' } });
  put(haru, 'doctor', 24.5, { order: { orderType: 'routine', text: '浮腫が増えるようなら利尿薬の追加を検討します。体重を毎朝測ってください。' } });
  put(haru, 'nurse2', 5.2, reading(168, 94, 96, 91, 37.2, { site: 'right_arm', device: '上腕式血圧計', comment: '安静5分後に再検しても同様' }), { observedHoursAgo: 6 });
  put(haru, 'nurse2', 5, { statusChange: { text: '昨夜から息切れが強く、横になると苦しいとのこと。下腿浮腫が増悪。', tellDoctor: true } });
  put(haru, 'doctor', 4.6, { message: { text: '連絡ありがとうございます。本日15時に臨時往診します。それまで酸素は2 L/分で、SpO2 が 90 を切るようなら電話をください。', toRoles: ['nurse'] } });
  put(haru, 'manager', 4, { message: { text: 'ご家族（長女さん）にも電話で連絡しました。15時に自宅で待っておられます。' } });
  put(masao, 'nurse', 20, reading(126, 72, 66, 97, 36.2));
  put(masao, 'manager', 8, { message: { text: '来週の担当者会議は木曜 14時でいかがでしょうか。' } });
  put(mitsu, 'helper', 3, { note: { text: '午前の訪問。入浴は見合わせ、清拭を行いました。' } });
  put(akira, 'nurse', 47, reading(118, 70, 64, 98, 36.1));
  put(kiyo, 'doctor', 90, { note: { text: '訪問診療。変わりなし。' } });
  return HOUR_MS;
}
