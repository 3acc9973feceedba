//! What can be wrong with a vocabulary or a rule file, told in Japanese and English: one table. Produced by the
//! loader; where a mistake stands is `problem`'s business.

use jiff::civil::Date;

use crate::domain::text::{Text, counted};

/// `Name { data } = "code", Japanese, English;` for each mistake.
macro_rules! mistakes {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($inner:ident: $held:ty))? $({ $($field:ident: $of:ty),+ })? = $code:literal, $ja:expr, $en:expr;
    )+) => {
        /// A mistake an author can mend. The data is what the message needs.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Mistake { $($(#[$doc])* $name $(($held))? $({ $($field: $of),+ })?,)+ }

        impl Mistake {
            /// The codes of all.
            #[cfg(test)]
            pub(crate) const CODES: &'static [&'static str] = &[$($code,)+];

            /// Stable code; one per variant.
            pub fn code(&self) -> &'static str {
                match self { $(Self::$name { .. } => $code,)+ }
            }

            pub fn text(&self) -> Text {
                match self { $(Self::$name $(($inner))? $({ $($field),+ })? => Text::new($ja, $en),)+ }
            }
        }
    };
}

mistakes! {
    /// TOML itself is broken; both descriptions come from one table in `syntax`.
    Syntax(detail: Text) = "syntax",
        format!("TOML の書き方が正しくありません：{}", detail.ja),
        format!("this is not valid TOML: {}", detail.en);

    FullWidth { found: char, write: char } = "full-width",
        full_width_ja(*found, *write),
        full_width_en(*found, *write);

    UnknownKey { key: String, suggestion: Option<String> } = "unknown-key",
        format!("「{key}」という見出しはここでは使えません{}", perhaps_ja(suggestion)),
        format!("the key '{key}' has no meaning here{}", perhaps_en(suggestion));

    UnknownWord { what: Text, word: String, suggestion: Option<String> } = "unknown-word",
        format!("「{word}」は{}にありません{}", what.ja, perhaps_ja(suggestion)),
        format!("'{word}' is not a known {}{}", what.en, perhaps_en(suggestion));

    /// A field of the vocabulary is named by its label and its code, since an author may have written either.
    WrongType { named: Text, expected: Text, found: Text } = "wrong-type",
        format!("{}には{}を書きます（書かれているのは{}です）", named.ja, expected.ja, found.ja),
        format!("{} takes {}, not {}", named.en, expected.en, found.en);

    MissingKey { key: &'static str, key_ja: &'static str } = "missing-key",
        format!("「{key}」（{key_ja}）が書かれていません"),
        format!("'{key}' is missing");

    KeyTwice { key: String, first: String } = "key-twice",
        format!("「{key}」は、上の「{first}」と同じことです。どちらか一つにしてください"),
        format!("'{key}' says the same as '{first}' above; keep one of them");

    EmptyLabel = "empty-label",
        "中身のない言葉です。読む人に分かる言葉を書いてください",
        "an empty text; write what people will read";

    EmptyList { key: String } = "empty-list",
        format!("「{key}」の中身が空です。少なくとも一つ書いてください"),
        format!("'{key}' is empty; write at least one");

    DuplicateId { id: String, first: String } = "duplicate-id",
        format!("番号「{id}」は {first} でも使われています。番号は一つずつ違うものにしてください"),
        format!("the id '{id}' is already used at {first}; every id must be different");

    BadId { id: String } = "bad-id",
        format!("番号「{id}」に使えるのは半角の英数字とハイフン、下線、点だけです（64字まで）"),
        format!("the id '{id}' may hold only ASCII letters, digits, hyphen, underscore and dot (64 at most)");

    BadVersion { version: String } = "bad-version",
        format!("版「{version}」は{}「1.0.0」の形で書いてください", if has_full_width(version) { "半角の" } else { "" }),
        format!("write the version '{version}' in the form '1.0.0'{}", if has_full_width(version) { ", half-width" } else { "" });

    BadDate { text: String } = "bad-date",
        format!("「{text}」は日付として読めません。引用符を付けずに 2026-04-01 の形で書いてください"),
        format!("'{text}' is not a date; write it as 2026-04-01, without quotes");

    BadDuration { text: String } = "bad-duration",
        format!("「{text}」は期間として読めません。{}30m（分）・4h（時間）・30d（日）の形で書いてください", if has_full_width(text) { "半角の" } else { "" }),
        format!("'{text}' is not a duration; write it as 30m, 4h or 30d{}", if has_full_width(text) { ", half-width" } else { "" });

    NotUtf8 = "not-utf8",
        "UTF-8 として読めない文字があります。Shift_JIS などで保存したファイルは、文字コードを UTF-8 にして保存し直してください",
        "there is text here that is not UTF-8; save the file as UTF-8 (it may have been saved as Shift_JIS)";

    GateOnObservation { kind: Text } = "gate-on-observation",
        format!("関門は「{}」の投稿を止められません。見たことの記録はだれも妨げられません", kind.ja),
        format!("a gate may not hold '{}': nobody is kept from recording what they saw", kind.en);

    OnlyPosts { action: Text } = "only-posts",
        format!("ここで書けるのは投稿だけです（「{}」は書けません）", action.ja),
        format!("only posts can stand here, not '{}'", action.en);

    FieldNotInStanding { field: Text } = "field-not-in-standing",
        format!("「{}」は定期のルールでは使えません。だれも操作していないときに決まる項目だけです", field.ja),
        format!("'{}' may not be used in a standing rule: nobody acts and nothing is posted then", field.en);

    /// `pair` where the word is about two organisations.
    SubjectNotHere { field: Text, pair: bool } = "subject-not-here",
        format!("「{}」が使えるのは、{}の定期のルールだけです", field.ja, if *pair { "事業所の組ごと（per = \"pair\"）" } else { "事業所ごと・事業所の組ごと（per = \"organisation\"、\"pair\"）" }),
        format!("'{}' may only be used in a standing rule per {}", field.en, if *pair { "pair" } else { "organisation or pair" });

    NothingKept { kind: Text } = "nothing-kept",
        format!("「{}」は、定期に保つ記録にはなりません。ほかの記録や約束についてのものだからです", kind.ja),
        format!("'{}' is no record to be kept: it is about another entry or a duty", kind.en);

    PhonedWithoutCause { way: Text } = "phoned-without-cause",
        format!("「{}」は定期のルールでは使えません。電話が指すきっかけの記録がないからです", way.ja),
        format!("'{}' may not be used in a standing rule: there is no entry that the call could be about", way.en);

    NoSize { field: Text } = "no-size",
        format!("「{}」には大きさがありません。「超」（over）と「未満」（under）は、数か期間の項目で使います", field.ja),
        format!("'{}' has no size: 'over' and 'under' go with numbers and durations", field.en);

    RelationNotHere { relation: Text } = "relation-not-here",
        format!("「{}」はここでは使えません", relation.ja),
        format!("'{}' has no meaning here", relation.en);

    NobodyNamed = "nobody-named",
        "「本人」（person）は、投稿した人（author）か記録に名のある人（named）にだけ使えます",
        "'person' goes only with 'author' or 'named'";

    SpanOutOfBounds { max_d: i64 } = "span-out-of-bounds",
        format!("期間は1秒以上、{max_d}日以内で書いてください"),
        format!("write a span of at least a second and at most {max_d} days");

    DaysInHours { text: String, days: i64 } = "days-in-hours",
        format!("営業時間の期限に「{text}」と書くと、営業日のことか開いている時間のことか分かりません。{days}営業日なら「{days}d」と書いてください"),
        format!("'{text}' on the business clock may mean days or hours of opening; write '{days}d' for {}", counted(days, "business day"));

    ReminderOutOfOrder = "reminder-out-of-order",
        "催促は期限より前に、早い順に書いてください",
        "reminders come before the deadline, the earliest first";

    StepOutOfOrder = "step-out-of-order",
        "知らせる順は、早い順に書いてください",
        "the steps of an escalation stand in the order of time";

    BadPair = "bad-pair",
        "約束ごと（etiquette）のルール集には、間柄（between）に違う職種を二つ書きます。ほかの層では書けません",
        "a set of layer 'etiquette', and no other, names two different roles in 'between'";

    ReviewBeforeEffective { effective: Date } = "review-before-effective",
        format!("見直し期限（review_by）が施行日（effective）の {effective} より前です"),
        format!("'review_by' is before the rules take effect on {effective}");

    SecondPair { first: String } = "second-pair",
        format!("同じ間柄のルール集が {first} にもあります"),
        format!("there is another set between the same two professions at {first}");

    RequirementIsException = "requirement-is-exception",
        "条件に当たるときは「必要」がいつも満たされているため、この関門は何も止めません",
        "wherever this gate applies its requirement is met already, so it holds nothing";

    ExceptionIsCondition = "exception-is-condition",
        "条件に当たるときは「必要」か「例外」がいつも満たされているため、この関門は何も止めません",
        "wherever this gate applies its requirement or an exception is met already, so it holds nothing";

    GateNeverOpens { witness: Text } = "gate-never-opens",
        format!("「必要」が条件と食い違うため、条件に当たる投稿はいつまでも出せません（禁じるなら、共有の「禁止」を書いてください）。例：{}", witness.ja),
        format!("the requirement contradicts the condition, so what the condition speaks of is held for ever (to forbid it, write a share rule), for example: {}", witness.en);

    EffectOnlyInFloor { effect: &'static str, effect_ja: &'static str } = "effect-only-in-floor",
        format!("効果「{effect}」（{effect_ja}）は土台のルール集でだけ使えます"),
        format!("the effect '{effect}' may only be used in the floor");

    StarInPermit = "star-in-permit",
        "許可では * を使えません。見せる記録の種類を一つずつ、または組で書いてください",
        "a permit may not use *; name the kinds, or a group of kinds";

    StarOnlyInForbid = "star-only-in-forbid",
        "* を使えるのは禁止（forbid）だけです。対象の記録の種類を一つずつ、または組で書いてください",
        "only a prohibition may use *; name the kinds, or a group of kinds";

    PermitWithoutRoles = "permit-without-roles",
        "許可の条件ごとに、だれに許すのか（actor.role）を「以外」を使わずに書いてください",
        "every condition of a permit must say which roles it is for (actor.role), without 'not'";

    FieldNotInView { field: Text } = "field-not-in-view",
        format!("「{}」は閲覧のルールでは使えません（閲覧で使える記録の項目は、取扱い区分・感染症の種別・自所属・宛先だけです）", field.ja),
        format!("'{}' may not be used in a view rule (of the record only sensitivity, infection, own and addressed may)", field.en);

    FieldNotForKind { field: Text, kind: Text } = "field-not-for-kind",
        format!("「{}」は「{}」には値がありません", field.ja, kind.ja),
        format!("'{}' has no value for the kind '{}'", field.en, kind.en);

    FieldTwice { field: String } = "field-twice",
        format!("「{field}」が同じ条件の中に二度書かれています"),
        format!("'{field}' stands twice in one condition");

    OverridesNonPermit { id: String } = "overrides-non-permit",
        format!("「{id}」は許可のルールではないので、優先の対象になりません"),
        format!("'{id}' is not a permit, so it cannot be overridden");

    NeverApplies { because: Text } = "never-applies",
        format!("このルールは決して当てはまりません：{}", because.ja),
        format!("this can never apply: {}", because.en);

    PermitAboveFloor { witness: Text } = "permit-above-floor",
        format!("この許可は土台の上限を超えています。例：{}", witness.ja),
        format!("this permit goes beyond the floor, for example: {}", witness.en);

    TooComplicated { boxes_max: usize } = "too-complicated",
        format!("条件の組合せが多すぎて確かめられません（上限 {boxes_max}）。ルールを分けてください"),
        format!("too many combinations to check (limit {boxes_max}); split the rule");

    TooMany { what: Text, max: usize } = "too-many",
        format!("{}が多すぎます（上限 {max}）", what.ja),
        format!("too many {} (limit {max})", what.en);

    SeedIsSigned = "seed-is-signed",
        "ひな形には署名を付けられません。合意したら段階を「agreed」にしてください",
        "a seed cannot be signed; set the status to 'agreed' once it is";

    AgreedUnsigned = "agreed-unsigned",
        "段階が「agreed」なのに署名がありません",
        "the status is 'agreed' but nobody has signed";

    NoFloor = "no-floor",
        "土台のルール集がありません",
        "there is no rule set with layer 'floor'";

    SecondFloor { first: String } = "second-floor",
        format!("土台のルール集は一つだけです（{first} にもあります）"),
        format!("there may be only one floor (another is at {first})");

    LabelTaken { label: String, by: String } = "label-taken",
        format!("「{label}」は「{by}」と同じ呼び名です。区別できる呼び名にしてください"),
        format!("'{label}' is already the name of '{by}'; names must differ");

    NoSource { field: String } = "no-source",
        format!("項目「{field}」の値を Renkei は求められません"),
        format!("the hub has no source for the field '{field}'");

    WrongFieldType { field: String, expected: &'static str, expected_ja: &'static str } = "wrong-field-type",
        format!("項目「{field}」の型は「{expected}」（{expected_ja}）です"),
        format!("the field '{field}' is of type '{expected}'");
}

/// What the sign is called, that the author may find it: a full-width space cannot be seen.
fn full_width_ja(found: char, write: char) -> String {
    let what = match found {
        '\u{3000}' => return "全角の空白があります。消すか、半角の空白にしてください".to_owned(),
        '＝' => "イコール",
        '０'..='９' => "数字",
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => "英字",
        '「' | '」' | '『' | '』' => {
            return format!("文字をかぎかっこ「{found}」で囲んでいます。半角の {write} で囲んでください");
        }
        '、' => return format!("読点「{found}」で区切っています。半角の {write} で区切ってください"),
        '［' | '］' | '｛' | '｝' => "かっこ",
        '，' => "コンマ",
        '．' => "ピリオド",
        '＃' => "シャープ",
        '－' | '−' => "ハイフン",
        _ => "引用符",
    };
    format!("全角の{what}「{found}」が使われています。半角の {write} で書いてください")
}

fn full_width_en(found: char, write: char) -> String {
    let what = match found {
        '\u{3000}' => return "there is a full-width space here; delete it, or write a plain one".to_owned(),
        '＝' => "equals sign",
        '０'..='９' => "digit",
        'Ａ'..='Ｚ' | 'ａ'..='ｚ' => "letter",
        '［' | '］' | '｛' | '｝' => "bracket",
        '，' | '、' => "comma",
        '．' => "full stop",
        '＃' => "number sign",
        '－' | '−' => "hyphen",
        _ => "quote",
    };
    format!("the full-width {what} '{found}' is used here; write {write} instead")
}

/// Inside quotes full-width digits are text, and still not read as a number.
fn has_full_width(text: &str) -> bool {
    text.chars().any(|sign| matches!(sign, '０'..='９' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ' | '．'))
}

fn perhaps_ja(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |word| format!("。もしかして「{word}」ですか"))
}

fn perhaps_en(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |word| format!("; did you mean '{word}'?"))
}
