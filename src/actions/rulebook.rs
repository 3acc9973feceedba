//! The rulebook in force as people read it: its sets, their rules in words, and the rule behind a citation.

use jiff::civil::Date;

use crate::domain::kind::Kind;
use crate::domain::text::{Invalid, Text};
pub use crate::rulebook::Rulebook;
use crate::rulebook::diff::{diff, in_words as in_words_of};
pub use crate::rulebook::tables;
use crate::rulebook::{Action, Coverage, Effect, Finding, Rule, RuleRef, Ruleset, Status};

/// One rule in words.
#[derive(Clone, Debug)]
pub struct RuleInWords {
    pub id: String,
    /// `RULE@set/version#hash`.
    pub citation: String,
    pub title: Text,
    pub reason: Text,
    /// Codes; labels beside them.
    pub strength: Labelled,
    pub origin: Labelled,
    pub effect: Labelled,
    /// The kinds whose reading it is about.
    pub view: Vec<Kind>,
    /// The kinds whose posting it is about.
    pub post: Vec<Kind>,
}

/// A word of the rule files with its Japanese spelling.
#[derive(Clone, Copy, Debug)]
pub struct Labelled {
    pub code: &'static str,
    pub ja: &'static str,
}

/// The rules of a set, in the order of its file.
#[must_use]
pub fn rules_of(set: &Ruleset) -> Vec<RuleInWords> {
    set.rules.iter().map(in_words).collect()
}

/// A set of rules in words, without its rules. Who agreed on it is in `agreement`.
#[derive(Clone, Debug)]
pub struct SetInWords {
    pub id: String,
    pub version: String,
    pub title: Text,
    /// Codes.
    pub layer: &'static str,
    pub status: &'static str,
    pub effective: Date,
}

/// The rule of this book that a ruling cites, with the set it stands in.
#[must_use]
pub fn find_cited(book: &Rulebook, citation: &str) -> Option<(SetInWords, RuleInWords)> {
    let cited = |(_, set, rule): (RuleRef, &Ruleset, &Rule)| {
        (&*rule.citation == citation).then(|| (set_in_words(set), in_words(rule)))
    };
    book.rules().find_map(cited).or_else(|| builtin(book, citation))
}

fn set_in_words(set: &Ruleset) -> SetInWords {
    SetInWords {
        id: set.id.clone(),
        version: set.version.clone(),
        title: set.title.clone(),
        layer: set.layer.code(),
        status: set.status.code(),
        effective: set.effective,
    }
}

fn in_words(rule: &Rule) -> RuleInWords {
    let kinds = |action: Action| {
        let set = rule.mechanism.applies().map_or(0, |applies| applies.on.of(action));
        Kind::ALL.iter().copied().filter(|kind| set >> kind.index() & 1 == 1).collect()
    };
    RuleInWords {
        id: rule.id.clone(),
        citation: rule.citation.to_string(),
        title: rule.title.clone(),
        reason: rule.reason.clone(),
        strength: Labelled { code: rule.strength.code(), ja: rule.strength.ja() },
        origin: Labelled { code: rule.origin.code(), ja: rule.origin.ja() },
        effect: rule.mechanism.share().map_or_else(|| of_kind(rule), |share| labelled(share.effect)),
        view: kinds(Action::View),
        post: kinds(Action::Post),
    }
}

/// What a rule of another kind does is said by its kind.
fn of_kind(rule: &Rule) -> Labelled {
    let kind = rule.mechanism.kind();
    Labelled { code: kind.code(), ja: kind.ja() }
}

fn labelled(effect: Effect) -> Labelled {
    Labelled { code: effect.code(), ja: effect.ja() }
}

/// The two answers that no file holds; they are cited with the floor.
fn builtin(book: &Rulebook, citation: &str) -> Option<(SetInWords, RuleInWords)> {
    let (title, reason) = if **book.citation(RuleRef::DEFAULT_DENY) == *citation {
        (
            Text::fixed("許可のルールがなければ認めない", "What no rule permits is refused"),
            Text::fixed(
                "見ることも書くことも、地域が合意したルールが認めるときだけできます。",
                "Seeing and writing both need a rule that the region agreed on.",
            ),
        )
    } else if **book.citation(RuleRef::EVALUATION_ERROR) == *citation {
        (
            Text::fixed("判断できないときは認めない", "What cannot be judged is refused"),
            Text::fixed(
                "事実とルールの言葉が合わないときは、開くより閉じておきます。",
                "Where the facts do not fit the words of the rules, closed is safer than open.",
            ),
        )
    } else {
        return None;
    };
    let id = crate::domain::ruling::rule_id(citation).to_owned();
    let rule = RuleInWords {
        id,
        citation: citation.to_owned(),
        title,
        reason,
        strength: Labelled { code: "must", ja: "守るべきこと" },
        origin: Labelled { code: "design", ja: "しくみの前提" },
        effect: labelled(Effect::Forbid),
        view: Kind::ALL.to_vec(),
        post: Kind::ALL.to_vec(),
    };
    book.sets().first().map(|floor| (set_in_words(floor), rule))
}

/// What changes from one book to another, a paragraph for each rule.
#[must_use]
pub fn difference(before: &Rulebook, after: &Rulebook) -> Text {
    in_words_of(&diff(before, after))
}

/// What is odd about a book.
///
/// # Errors
/// When its conditions are too many to compare.
pub fn findings_of(book: &Rulebook) -> Result<Vec<Finding>, Invalid> {
    book.analyse().map_err(too_complicated)
}

/// The table role × kind, with the code of each role.
///
/// # Errors
/// When its conditions are too many to compare.
pub fn coverage_of(book: &Rulebook) -> Result<Vec<(String, Coverage)>, Invalid> {
    let code = |cell: &Coverage| book.vocabulary().roles.entry(cell.role).map(|role| role.code.clone());
    let cells = book.coverage().map_err(too_complicated)?;
    Ok(cells.into_iter().map(|cell| (code(&cell).unwrap_or_default(), cell)).collect())
}

fn too_complicated(text: Text) -> Invalid {
    Invalid::new("files", "too_long", text)
}

/// Whether nobody has agreed on any of it.
#[must_use]
pub fn has_only_seeds(book: &Rulebook) -> bool {
    book.sets().iter().all(|set| set.status == Status::Seed)
}
