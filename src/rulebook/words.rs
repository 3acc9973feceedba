//! The closed words of a rule file itself (its keys, rule kinds, effects …), each with a Japanese
//! spelling that means the same. The words rules speak *about* come from the vocabulary instead.

/// A key of a table in a rule file or vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub code: &'static str,
    pub ja: &'static str,
}

impl Key {
    pub fn is(self, written: &str) -> bool {
        self.code == written || self.ja == written
    }
}

macro_rules! keys {
    ($($name:ident = $code:literal $ja:literal;)+) => {
        pub(crate) mod key {
            use super::Key;
            $(pub const $name: Key = Key { code: $code, ja: $ja };)+
        }
    };
}

keys! {
    RULESET = "ruleset" "ルール集";
    RULE = "rule" "ルール";
    ID = "id" "番号";
    VERSION = "version" "版";
    STATUS = "status" "段階";
    LAYER = "layer" "層";
    EFFECTIVE = "effective" "施行日";
    PARENT = "parent" "改定前";
    AGREED_BY = "agreed_by" "合意";
    BODIES = "bodies" "署名団体";
    BODY = "body" "団体";
    ROLE = "role" "職種";
    PERSON = "person" "代表者";
    SIGNED_ON = "on" "署名日";
    JA = "ja" "日本語";
    EN = "en" "英語";
    KIND = "kind" "種別";
    STRENGTH = "strength" "重み";
    ORIGIN = "origin" "由来";
    REASON = "reason" "理由";
    ON = "on" "対象";
    WHEN = "when" "条件";
    UNLESS = "unless" "除外";
    EFFECT = "effect" "効果";
    OVERRIDES = "overrides" "優先";
    NOT = "not" "以外";
    OVER = "over" "超";
    UNDER = "under" "未満";
    VOCABULARY = "vocabulary" "語彙";
    ROLES = "roles" "職種一覧";
    ORGANISATION_TYPES = "organisation_types" "所属一覧";
    KINDS = "kinds" "記録の種類";
    GROUP = "group" "組";
    OF = "of" "一覧";
    MEMBERS = "members" "内訳";
    FIELD = "field" "項目";
    TYPE = "type" "型";
    FROM = "from" "出どころ";
    VALUES = "values" "値";
    NO = "no" "否定";
    UNIT = "unit" "単位";
    FOR_KINDS = "for_kinds" "対象の種類";
    BETWEEN = "between" "間柄";
    REVIEW_BY = "review_by" "見直し期限";
    REQUIRE = "require" "必要";
    PASS_IF = "pass_if" "例外";
    REASON_OK = "reason_ok" "理由を書けば可";
    OWED_BY = "owed_by" "だれが";
    MET_BY = "met_by" "果たし方";
    WITHIN = "within" "期限";
    REMIND = "remind" "催促";
    ESCALATE = "escalate" "知らせる順";
    WAYS_OUT = "ways_out" "ほかの道";
    ON_ADMISSION = "on_admission" "入院のとき";
    ON_DEATH = "on_death" "亡くなったとき";
    TIME = "time" "長さ";
    CLOCK = "clock" "数え方";
    PLACEHOLDER = "placeholder" "仮置き";
    TO = "to" "相手";
    AFTER = "after" "経過";
    AS = "as" "立場";
    WHERE = "of" "どこの";
    EACH = "each" "それぞれ";
    ACT = "act" "行い";
    ANSWERS = "answers" "これに答える";
    SAME = "same" "同じもの";
    PER = "per" "単位";
    KEEP = "keep" "保つ記録";
    EVERY = "every" "間隔";
    PAUSED_WHEN = "paused_when" "休止";
    AGGREGATE = "aggregate" "まとめて示す";
    ADVISE = "advise" "助言先";
    ADVICE = "advice" "助言";
    WHO = "who" "だれが";
    BY = "by" "確認の単位";
    DERIVE = "derive" "求め方";
    HOW = "how" "方法";
    SINCE = "since" "以来";
    GLOSSARY = "glossary" "用語集";
    WORDS = "words" "言葉";
}

/// Keys that stand in rules of one kind or another: where one has no meaning it is no slip for a key that has.
pub(crate) const OF_RULES: &[Key] = &[
    key::ON,
    key::WHEN,
    key::UNLESS,
    key::EFFECT,
    key::OVERRIDES,
    key::REQUIRE,
    key::PASS_IF,
    key::REASON_OK,
    key::OWED_BY,
    key::MET_BY,
    key::WITHIN,
    key::REMIND,
    key::ESCALATE,
    key::WAYS_OUT,
    key::ON_ADMISSION,
    key::ON_DEATH,
    key::PER,
    key::KEEP,
    key::EVERY,
    key::PAUSED_WHEN,
    key::AGGREGATE,
    key::ADVISE,
    key::ADVICE,
    key::WHO,
    key::BY,
];

/// A closed list of words of the file format.
pub(crate) trait Word: Sized + Copy + 'static {
    /// What the list is called when a word is not in it.
    const WHAT: &'static str;
    const WHAT_JA: &'static str;
    const ALL: &'static [(Self, &'static str, &'static str)];

    fn find(written: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, code, ja)| *code == written || *ja == written).map(|found| found.0)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal $what_ja:literal: $($(#[$vdoc:meta])* $variant:ident = $code:literal $ja:literal,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            pub fn ja(self) -> &'static str {
                match self { $(Self::$variant => $ja,)+ }
            }
        }

        impl Word for $name {
            const WHAT: &'static str = $what;
            const WHAT_JA: &'static str = $what_ja;
            const ALL: &'static [(Self, &'static str, &'static str)] = &[$((Self::$variant, $code, $ja),)+];
        }
    };
}

words! {
    /// What a person does to an entry.
    Action, "action" "操作":
    View = "view" "閲覧",
    Post = "post" "投稿",
}

words! {
    /// The mechanism of a rule.
    RuleKind, "rule kind" "ルールの種別":
    Share = "share" "共有",
    Gate = "gate" "関門",
    Duty = "duty" "約束",
    Standing = "standing" "定期",
    Nudge = "nudge" "助言",
    Pledge = "pledge" "申し合わせ",
}

words! {
    /// How binding the bodies made a rule; the mechanism is `RuleKind`.
    Strength, "strength" "重み":
    Must = "must" "守るべきこと",
    Should = "should" "できれば",
}

words! {
    /// What a `share` rule does where it applies.
    Effect, "effect" "効果":
    /// Grants, where the facts are certain.
    Permit = "permit" "許可",
    /// Refuses, also on doubt; beats every permit.
    Forbid = "forbid" "禁止",
    /// Keeps a post that nothing permits for the secretariat's linking queue. Floor only.
    Queue = "queue" "保留",
    /// The most a local permit may grant; read by the check, never by the evaluator. Floor only.
    Bound = "bound" "上限",
}

words! {
    /// Where a rule set is in its life.
    Status, "status" "段階":
    Seed = "seed" "ひな形",
    Draft = "draft" "下書き",
    Proposed = "proposed" "提案",
    Agreed = "agreed" "合意",
    Retired = "retired" "廃止",
}

words! {
    /// Where a rule set stands in the composition: one floor, any number of sharing sets, and one set of
    /// etiquette for each pair of professions.
    Layer, "layer" "層":
    Floor = "floor" "土台",
    Sharing = "sharing" "共有",
    Etiquette = "etiquette" "約束ごと",
}

words! {
    /// Where a rule comes from, so that nobody takes our proposal for law.
    Origin, "origin" "由来":
    Law = "law" "法令・指針",
    Published = "published" "公表されたきまり",
    Design = "design" "しくみの前提",
    Proposal = "proposal" "私たちの案",
}

words! {
    /// The type of a field.
    FieldType, "field type" "項目の型":
    Flag = "flag" "はい・いいえ",
    Choice = "choice" "選択",
    Number = "number" "数",
    Duration = "duration" "期間",
}

words! {
    /// Where the hub takes a field's value from; decides whether a view rule may use it.
    From, "source of a field" "項目の出どころ":
    /// The person who acts, and that person's organisation and link.
    Actor = "actor" "操作者",
    Patient = "patient" "患者",
    /// The request: purpose of use.
    Request = "request" "依頼",
    /// The entry posted or read.
    Record = "record" "記録",
    Team = "team" "チーム",
    /// Derived from what the timeline holds already.
    History = "history" "経過",
    /// The hour and the calendar.
    Time = "time" "時",
    /// The organisation, or pair of organisations, that a standing rule speaks of.
    Subject = "subject" "対象の事業所",
}

words! {
    /// A list of the vocabulary that a choice field or a group draws on.
    ListName, "list" "一覧":
    Roles = "roles" "職種一覧",
    OrganisationTypes = "organisation_types" "所属一覧",
    Kinds = "kinds" "記録の種類",
}

pub use crate::domain::duty::Capacity;
pub use crate::domain::terms::{Clock, Matter, OnAdmission, OnDeath, Relation, WayOut};

/// Closed lists of the domain that rule files speak in.
macro_rules! domain_words {
    ($($name:ident, $what:literal $what_ja:literal: $($member:ident)+;)+) => {
        $(impl Word for $name {
            const WHAT: &'static str = $what;
            const WHAT_JA: &'static str = $what_ja;
            const ALL: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$member, Self::$member.code(), Self::$member.ja()),)+];
        })+
    };
}

domain_words! {
    Capacity, "capacity" "立場": Member Manager Contact Person;
    Clock, "clock" "数え方": Calendar Business;
    Matter, "thing to be the same" "同じもの": Device Callee;
    OnAdmission, "word for the admission" "入院のときの言葉": Pauses GoesOn Closes;
    OnDeath, "word for the death" "亡くなったときの言葉": Closes GoesOn;
    Relation, "relation" "どこの": Team Author Named Visited NotVisited Host Region Debtor Subject;
    WayOut, "way out" "ほかの道": Decline Snooze Waive CannotGo Phoned;
}

words! {
    /// What a standing rule counts by.
    Per, "unit" "単位":
    Patient = "patient" "患者",
    Organisation = "organisation" "事業所",
    Pair = "pair" "事業所の組",
}

words! {
    /// Whom a nudge advises.
    Audience, "audience" "助言先":
    Author = "author" "投稿した人",
    Nurse = "nurse" "看護師",
    Secretariat = "secretariat" "事務局",
}

words! {
    /// Who gives a pledge.
    Pledger, "pledger" "確認の単位":
    Person = "person" "本人",
    Organisation = "organisation" "事業所",
}

impl Audience {
    /// The audience with this code, unless that is the author.
    #[must_use]
    pub fn others(code: &str) -> Option<Self> {
        Self::find(code).filter(|audience| *audience != Self::Author)
    }
}

words! {
    /// How a fact of history is derived from the timeline; see `history`.
    How, "derivation" "求め方":
    /// An entry of the kinds is in force at the time.
    InForce = "in_force" "有効",
    /// There is one, within the span or since the named kind, whichever is given.
    Exists = "exists" "ある",
    /// There is one, and whoever it was put to acknowledged it.
    Acknowledged = "acknowledged" "確認された",
    /// There is none.
    Missing = "missing" "ない",
    /// What the entry says differs from what the last of the kinds said.
    Differs = "differs" "違う",
    /// What the last of the kinds said.
    LastSaid = "last_said" "最後の記録",
}
