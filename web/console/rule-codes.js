// The closed words of rule files: every key and word with its Japanese spelling, which means the same, and the order in
// which keys stand in a rule. A test holds them against `src/rulebook/words.rs`.

/** Keys, by their Japanese spelling. `だれが` is `owed_by` in duties and `who` in pledges: see `keyCode`. @type {Record<string, string>} */
const KEYS = {
  ルール集: 'ruleset', ルール: 'rule', 番号: 'id', 版: 'version', 段階: 'status', 層: 'layer', 施行日: 'effective', 改定前: 'parent', 合意: 'agreed_by',
  署名団体: 'bodies', 団体: 'body', 職種: 'role', 代表者: 'person', 署名日: 'on', 日本語: 'ja', 英語: 'en', 種別: 'kind', 重み: 'strength', 由来: 'origin',
  理由: 'reason', 対象: 'on', 条件: 'when', 除外: 'unless', 効果: 'effect', 優先: 'overrides', 以外: 'not', 超: 'over', 未満: 'under', 語彙: 'vocabulary',
  職種一覧: 'roles', 所属一覧: 'organisation_types', 記録の種類: 'kinds', 組: 'group', 一覧: 'of', 内訳: 'members', 項目: 'field', 型: 'type', 出どころ: 'from',
  値: 'values', 否定: 'no', 対象の種類: 'for_kinds', 間柄: 'between', 見直し期限: 'review_by', 必要: 'require', 例外: 'pass_if', 理由を書けば可: 'reason_ok',
  だれが: 'owed_by', 果たし方: 'met_by', 期限: 'within', 催促: 'remind', 知らせる順: 'escalate', ほかの道: 'ways_out', 入院のとき: 'on_admission',
  亡くなったとき: 'on_death', 長さ: 'time', 数え方: 'clock', 仮置き: 'placeholder', 相手: 'to', 経過: 'after', 立場: 'as', どこの: 'of', それぞれ: 'each', 行い: 'act',
  これに答える: 'answers', 同じもの: 'same', 単位: 'per', 保つ記録: 'keep', 間隔: 'every', 休止: 'paused_when', まとめて示す: 'aggregate', 助言先: 'advise',
  助言: 'advice', 確認の単位: 'by', 求め方: 'derive', 方法: 'how', 以来: 'since', 用語集: 'glossary', 言葉: 'words',
};

/** @param {string} written @param {string} [kind] of the rule, where it is known */
export const keyCode = (written, kind = '') => (written === 'だれが' && kind === 'pledge' ? 'who' : KEYS[written] ?? written);

/** The closed lists, each code with its Japanese and English. @type {Record<string, Record<string, [string, string]>>} */
export const LISTS = {
  kind: {
    share: ['共有', 'sharing'], gate: ['関門', 'gate'], duty: ['約束', 'duty'], standing: ['定期', 'standing duty'], nudge: ['助言', 'advice'],
    pledge: ['申し合わせ', 'pledge'],
  },
  strength: { must: ['守るべきこと', 'must'], should: ['できれば', 'should'] },
  effect: { permit: ['許可', 'permits'], forbid: ['禁止', 'forbids'], queue: ['保留', 'keeps for the queue'], bound: ['上限', 'bounds'] },
  status: { seed: ['ひな形', 'seed'], draft: ['下書き', 'draft'], proposed: ['提案', 'proposed'], agreed: ['合意', 'agreed'], retired: ['廃止', 'retired'] },
  layer: { floor: ['土台', 'floor'], sharing: ['共有', 'sharing'], etiquette: ['約束ごと', 'etiquette'] },
  origin: { law: ['法令・指針', 'law or guideline'], published: ['公表されたきまり', 'published'], design: ['しくみの前提', 'design'], proposal: ['私たちの案', 'our proposal'] },
  per: { patient: ['患者', 'patient'], organisation: ['事業所', 'organisation'], pair: ['事業所の組', 'pair of organisations'] },
  advise: { author: ['投稿した人', 'whoever writes it'], nurse: ['看護師', 'the nurse'], secretariat: ['事務局', 'the secretariat'] },
  by: { person: ['本人', 'each person'], organisation: ['事業所', 'the organisation'] },
  as: { member: ['担当者', 'those in charge'], manager: ['管理者', 'the manager'], contact: ['連絡担当', 'the liaison'], person: ['本人', 'the very person'] },
  of: {
    team: ['チームの', 'of the team'], author: ['書いた人の', "of the author's office"], named: ['名前の挙がった相手の', 'of those named'],
    visited: ['訪問していた事業所の', 'of offices that visited'], not_visited: ['訪問していなかった事業所の', 'of offices that did not visit'],
    host: ['管理事業所の', 'of the host'], region: ['地域の', 'of the region'], debtor: ['約束した事業所の', 'of whoever owes it'],
    subject: ['対象の事業所の', 'of the organisation itself'],
  },
  ways_out: {
    decline: ['断る', 'decline'], snooze: ['延ばす', 'put off'], waive: ['免じる', 'waive'], cannot_go: ['行けない', 'cannot go'], phoned: ['電話で伝えた', 'told by phone'],
  },
  on_admission: { goes_on: ['続く', 'goes on'], pauses: ['休む', 'pauses'], closes: ['終わる', 'ends'] },
  on_death: { closes: ['終わる', 'ends'], goes_on: ['続く', 'goes on'] },
  clock: { calendar: ['暦', 'calendar'], business: ['営業時間', 'business hours'] },
  same: { device: ['同じ機器', 'the same device'], callee: ['同じ相手', 'the same callee'] },
  from: {
    actor: ['操作者', 'whoever acts'], patient: ['患者', 'the patient'], request: ['依頼', 'the request'], record: ['記録', 'the record'],
    team: ['チーム', 'the team'], history: ['経過', 'the history'],
    time: ['時', 'the hour'], subject: ['対象の事業所', 'the organisation'],
  },
  action: { view: ['閲覧', 'view'], post: ['投稿', 'post'] },
};

/** @param {string} list @param {string} written a code or its Japanese spelling */
export function codeIn(list, written) {
  const words = LISTS[list] ?? {};
  return words[written] ? written : Object.keys(words).find((code) => words[code][0] === written) ?? written;
}

/** The keys of a rule in the order in which the files that ship write them. */
export const RULE_KEYS = [
  'id', 'kind', 'strength', 'origin', 'ja', 'en', 'reason', 'effect', 'overrides', 'on', 'per', 'when', 'unless', 'paused_when', 'require', 'pass_if', 'reason_ok',
  'who', 'by', 'owed_by', 'met_by', 'keep', 'within', 'every', 'remind', 'escalate', 'on_admission', 'on_death', 'ways_out', 'aggregate', 'advise', 'advice',
];

/** The keys of a set's header. */
export const SET_KEYS = ['id', 'version', 'ja', 'en', 'layer', 'between', 'status', 'effective', 'review_by', 'parent', 'bodies', 'agreed_by'];
