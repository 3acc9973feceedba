//! What can be wrong with a vocabulary or a rule file, told in Japanese and English. Produced by the
//! loader; where a mistake stands is `problem`'s business.

use crate::domain::text::Text;

/// A mistake an author can mend. The data is what the message needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// TOML itself is broken; both descriptions come from one table in `syntax`.
    Syntax(Text),
    FullWidth {
        found: char,
        write: char,
    },
    UnknownKey {
        key: String,
        suggestion: Option<String>,
    },
    UnknownWord {
        what: Text,
        word: String,
        suggestion: Option<String>,
    },
    WrongType {
        key: String,
        expected: Text,
        found: Text,
    },
    MissingKey {
        key: &'static str,
        key_ja: &'static str,
    },
    EmptyList {
        key: String,
    },
    DuplicateId {
        id: String,
        first: String,
    },
    BadId {
        id: String,
    },
    BadVersion {
        version: String,
    },
    BadDate {
        text: String,
    },
    BadDuration {
        text: String,
    },
    GateOnObservation {
        kind: Text,
    },
    OnlyPosts {
        action: Text,
    },
    FieldNotInStanding {
        field: Text,
    },
    RelationNotHere {
        relation: Text,
    },
    NobodyNamed,
    SpanOutOfBounds {
        max_d: i64,
    },
    ReminderOutOfOrder,
    StepOutOfOrder,
    BadPair,
    SecondPair {
        first: String,
    },
    RequirementIsException,
    EffectOnlyInFloor {
        effect: &'static str,
        effect_ja: &'static str,
    },
    StarInPermit,
    PermitWithoutRoles,
    FieldNotInView {
        field: Text,
    },
    FieldNotForKind {
        field: Text,
        kind: Text,
    },
    FieldTwice {
        field: String,
    },
    OverridesNonPermit {
        id: String,
    },
    NeverApplies {
        because: Text,
    },
    PermitAboveFloor {
        witness: Text,
    },
    TooComplicated {
        boxes_max: usize,
    },
    TooMany {
        what: Text,
        max: usize,
    },
    SeedIsSigned,
    AgreedUnsigned,
    NoFloor,
    SecondFloor {
        first: String,
    },
    LabelTaken {
        label: String,
        by: String,
    },
    /// The vocabulary lacks a code that the hub's own list has.
    WordMissing {
        what: Text,
        word: String,
    },
    NoSource {
        field: String,
    },
    WrongFieldType {
        field: String,
        expected: &'static str,
        expected_ja: &'static str,
    },
}

impl Mistake {
    /// Stable code; one per variant.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "syntax",
            Self::FullWidth { .. } => "full-width",
            Self::UnknownKey { .. } => "unknown-key",
            Self::UnknownWord { .. } => "unknown-word",
            Self::WrongType { .. } => "wrong-type",
            Self::MissingKey { .. } => "missing-key",
            Self::EmptyList { .. } => "empty-list",
            Self::DuplicateId { .. } => "duplicate-id",
            Self::BadId { .. } => "bad-id",
            Self::BadVersion { .. } => "bad-version",
            Self::BadDate { .. } => "bad-date",
            Self::BadDuration { .. } => "bad-duration",
            Self::GateOnObservation { .. } => "gate-on-observation",
            Self::OnlyPosts { .. } => "only-posts",
            Self::FieldNotInStanding { .. } => "field-not-in-standing",
            Self::RelationNotHere { .. } => "relation-not-here",
            Self::NobodyNamed => "nobody-named",
            Self::SpanOutOfBounds { .. } => "span-out-of-bounds",
            Self::ReminderOutOfOrder => "reminder-out-of-order",
            Self::StepOutOfOrder => "step-out-of-order",
            Self::BadPair => "bad-pair",
            Self::SecondPair { .. } => "second-pair",
            Self::RequirementIsException => "requirement-is-exception",
            Self::EffectOnlyInFloor { .. } => "effect-only-in-floor",
            Self::StarInPermit => "star-in-permit",
            Self::PermitWithoutRoles => "permit-without-roles",
            Self::FieldNotInView { .. } => "field-not-in-view",
            Self::FieldNotForKind { .. } => "field-not-for-kind",
            Self::FieldTwice { .. } => "field-twice",
            Self::OverridesNonPermit { .. } => "overrides-non-permit",
            Self::NeverApplies { .. } => "never-applies",
            Self::PermitAboveFloor { .. } => "permit-above-floor",
            Self::TooComplicated { .. } => "too-complicated",
            Self::TooMany { .. } => "too-many",
            Self::SeedIsSigned => "seed-is-signed",
            Self::AgreedUnsigned => "agreed-unsigned",
            Self::NoFloor => "no-floor",
            Self::SecondFloor { .. } => "second-floor",
            Self::LabelTaken { .. } => "label-taken",
            Self::WordMissing { .. } => "word-missing",
            Self::NoSource { .. } => "no-source",
            Self::WrongFieldType { .. } => "wrong-field-type",
        }
    }

    pub fn text(&self) -> Text {
        match self {
            Self::Syntax(detail) => Text::new(
                format!("TOML の書き方が正しくありません：{}", detail.ja),
                format!("this is not valid TOML: {}", detail.en),
            ),
            Self::FullWidth { found, write } => Text::new(
                format!("全角の「{found}」が使われています。半角の {write} で書いてください"),
                format!("full-width '{found}' is used here; write {write} instead"),
            ),
            Self::UnknownKey { key, suggestion } => Text::new(
                format!("「{key}」という見出しはここでは使えません{}", perhaps_ja(suggestion)),
                format!("the key '{key}' has no meaning here{}", perhaps_en(suggestion)),
            ),
            Self::UnknownWord { what, word, suggestion } => Text::new(
                format!("「{word}」は{}にありません{}", what.ja, perhaps_ja(suggestion)),
                format!("'{word}' is not a known {}{}", what.en, perhaps_en(suggestion)),
            ),
            Self::WrongType { key, expected, found } => Text::new(
                format!("「{key}」には{}を書きます（書かれているのは{}です）", expected.ja, found.ja),
                format!("'{key}' takes {}, not {}", expected.en, found.en),
            ),
            Self::MissingKey { key, key_ja } => {
                Text::new(format!("「{key}」（{key_ja}）が書かれていません"), format!("'{key}' is missing"))
            }
            Self::EmptyList { key } => Text::new(
                format!("「{key}」の中身が空です。少なくとも一つ書いてください"),
                format!("'{key}' is empty; write at least one"),
            ),
            Self::DuplicateId { id, first } => Text::new(
                format!("番号「{id}」は {first} でも使われています。番号は一つずつ違うものにしてください"),
                format!("the id '{id}' is already used at {first}; every id must be different"),
            ),
            Self::BadId { id } => Text::new(
                format!("番号「{id}」に使えるのは半角の英数字とハイフン、下線、点だけです（64字まで）"),
                format!("the id '{id}' may hold only ASCII letters, digits, hyphen, underscore and dot (64 at most)"),
            ),
            Self::BadVersion { version } => Text::new(
                format!("版「{version}」は「1.0.0」の形で書いてください"),
                format!("write the version '{version}' in the form '1.0.0'"),
            ),
            Self::BadDate { text } => Text::new(
                format!("「{text}」は日付として読めません。引用符を付けずに 2026-04-01 の形で書いてください"),
                format!("'{text}' is not a date; write it as 2026-04-01, without quotes"),
            ),
            Self::BadDuration { text } => Text::new(
                format!("「{text}」は期間として読めません。30m（分）・4h（時間）・30d（日）の形で書いてください"),
                format!("'{text}' is not a duration; write it as 30m, 4h or 30d"),
            ),
            _ => self.text_about_meaning(),
        }
    }

    /// Messages about what a rule says, apart from how it is written.
    fn text_about_meaning(&self) -> Text {
        match self {
            Self::EffectOnlyInFloor { effect, effect_ja } => Text::new(
                format!("効果「{effect}」（{effect_ja}）は土台のルール集でだけ使えます"),
                format!("the effect '{effect}' may only be used in the floor"),
            ),
            Self::StarInPermit => Text::new(
                "許可では * を使えません。見せる記録の種類を一つずつ、または組で書いてください",
                "a permit may not use *; name the kinds, or a group of kinds",
            ),
            Self::PermitWithoutRoles => Text::new(
                "許可の条件ごとに、だれに許すのか（actor.role）を「以外」を使わずに書いてください",
                "every condition of a permit must say which roles it is for (actor.role), without 'not'",
            ),
            Self::FieldNotInView { field } => Text::new(
                format!(
                    "「{}」は閲覧のルールでは使えません（閲覧で使える記録の項目は、取扱い区分・感染症の種別・自所属・宛先だけです）",
                    field.ja
                ),
                format!(
                    "'{}' may not be used in a view rule (of the record only sensitivity, infection, own and addressed may)",
                    field.en
                ),
            ),
            Self::FieldNotForKind { field, kind } => Text::new(
                format!("「{}」は「{}」には値がありません", field.ja, kind.ja),
                format!("'{}' has no value for the kind '{}'", field.en, kind.en),
            ),
            Self::FieldTwice { field } => Text::new(
                format!("「{field}」が同じ条件の中に二度書かれています"),
                format!("'{field}' stands twice in one condition"),
            ),
            Self::OverridesNonPermit { id } => Text::new(
                format!("「{id}」は許可のルールではないので、優先の対象になりません"),
                format!("'{id}' is not a permit, so it cannot be overridden"),
            ),
            _ => self.text_about_promises(),
        }
    }

    /// Messages about gates, duties, standing rules, nudges and pledges.
    fn text_about_promises(&self) -> Text {
        match self {
            Self::GateOnObservation { kind } => Text::new(
                format!("関門は「{}」の投稿を止められません。見たことの記録はだれも妨げられません", kind.ja),
                format!("a gate may not hold '{}': nobody is kept from recording what they saw", kind.en),
            ),
            Self::OnlyPosts { action } => Text::new(
                format!("ここで書けるのは投稿だけです（「{}」は書けません）", action.ja),
                format!("only posts can stand here, not '{}'", action.en),
            ),
            Self::FieldNotInStanding { field } => Text::new(
                format!("「{}」は定期のルールでは使えません。だれも操作していないときに決まる項目だけです", field.ja),
                format!("'{}' may not be used in a standing rule: nobody acts and nothing is posted then", field.en),
            ),
            Self::RelationNotHere { relation } => Text::new(
                format!("「{}」はここでは使えません", relation.ja),
                format!("'{}' has no meaning here", relation.en),
            ),
            Self::NobodyNamed => Text::fixed(
                "「本人」（person）は、投稿した人（author）か記録に名のある人（named）にだけ使えます",
                "'person' goes only with 'author' or 'named'",
            ),
            Self::SpanOutOfBounds { max_d } => Text::new(
                format!("期間は1秒以上、{max_d}日以内で書いてください"),
                format!("write a span of at least a second and at most {max_d} days"),
            ),
            Self::ReminderOutOfOrder => Text::fixed(
                "催促は期限より前に、早い順に書いてください",
                "reminders come before the deadline, the earliest first",
            ),
            Self::StepOutOfOrder => Text::fixed(
                "知らせる順は、早い順に書いてください",
                "the steps of an escalation stand in the order of time",
            ),
            Self::BadPair => Text::fixed(
                "約束ごと（etiquette）のルール集には、間柄（between）に職種を二つ書きます。ほかの層では書けません",
                "a set of layer 'etiquette', and no other, names two roles in 'between'",
            ),
            Self::SecondPair { first } => Text::new(
                format!("同じ間柄のルール集が {first} にもあります"),
                format!("there is another set between the same two professions at {first}"),
            ),
            Self::RequirementIsException => Text::fixed(
                "条件に当たるときは「必要」がいつも満たされているため、この関門は何も止めません",
                "wherever this gate applies its requirement is met already, so it holds nothing",
            ),
            _ => self.text_about_composition(),
        }
    }

    /// Messages about sets together and about the vocabulary against the hub.
    fn text_about_composition(&self) -> Text {
        match self {
            Self::NeverApplies { because } => Text::new(
                format!("このルールは決して当てはまりません：{}", because.ja),
                format!("this can never apply: {}", because.en),
            ),
            Self::PermitAboveFloor { witness } => Text::new(
                format!("この許可は土台の上限を超えています。例：{}", witness.ja),
                format!("this permit goes beyond the floor, for example: {}", witness.en),
            ),
            Self::TooComplicated { boxes_max } => Text::new(
                format!("条件の組合せが多すぎて確かめられません（上限 {boxes_max}）。ルールを分けてください"),
                format!("too many combinations to check (limit {boxes_max}); split the rule"),
            ),
            Self::TooMany { what, max } => Text::new(
                format!("{}が多すぎます（上限 {max}）", what.ja),
                format!("too many {} (limit {max})", what.en),
            ),
            Self::SeedIsSigned => Text::new(
                "ひな形には署名を付けられません。合意したら段階を「agreed」にしてください",
                "a seed cannot be signed; set the status to 'agreed' once it is",
            ),
            Self::AgreedUnsigned => {
                Text::new("段階が「agreed」なのに署名がありません", "the status is 'agreed' but nobody has signed")
            }
            Self::NoFloor => Text::new("土台のルール集がありません", "there is no rule set with layer 'floor'"),
            Self::SecondFloor { first } => Text::new(
                format!("土台のルール集は一つだけです（{first} にもあります）"),
                format!("there may be only one floor (another is at {first})"),
            ),
            Self::LabelTaken { label, by } => Text::new(
                format!("「{label}」は「{by}」と同じ呼び名です。区別できる呼び名にしてください"),
                format!("'{label}' is already the name of '{by}'; names must differ"),
            ),
            Self::WordMissing { what, word } => Text::new(
                format!("{}に「{word}」がありません（Renkei はこの値を使います）", what.ja),
                format!("the {} '{word}', which the hub uses, is not listed", what.en),
            ),
            Self::NoSource { field } => Text::new(
                format!("項目「{field}」の値を Renkei は求められません"),
                format!("the hub has no source for the field '{field}'"),
            ),
            Self::WrongFieldType { field, expected, expected_ja } => Text::new(
                format!("項目「{field}」の型は「{expected}」（{expected_ja}）です"),
                format!("the field '{field}' is of type '{expected}'"),
            ),
            _ => unreachable!("told before"),
        }
    }
}

fn perhaps_ja(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |word| format!("。もしかして「{word}」ですか"))
}

fn perhaps_en(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |word| format!("; did you mean '{word}'?"))
}
