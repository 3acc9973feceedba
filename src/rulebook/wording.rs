//! A rule in words, line by line, from the labels of the vocabulary. Printed on the agreement sheet, compared
//! by `diff`, quoted when a gate holds a post.

use super::book::Rulebook;
use super::etiquette::Held;
use super::mechanism::Deadline;
use super::parties::{met_by, party, span, stands_in, step_of_chain, ways_out};
use super::phrase::{duration, statement};
use super::ruleset::{Clause, Interval, Mechanism, Rule, Term, Wanted};
use super::slots::Slots;
use super::vocabulary::{Field, Values, Vocabulary};
use super::words::{OnAdmission, OnDeath};
use crate::domain::in_words::RuleInWords;
pub use crate::domain::in_words::{Hold, Missing};
use crate::domain::text::Text;

/// A line of a rule: what it is about, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub about: Text,
    pub says: Text,
}

impl Rulebook {
    /// What a held post lacks. `None` for a rule that is no gate.
    #[must_use]
    pub fn explain_hold(&self, held: Held, slots: &Slots) -> Option<Hold> {
        let (_, rule) = self.rule(held.rule)?;
        let Mechanism::Gate(gate) = &rule.mechanism else { return None };
        let unmet = |term: &&Term| slots.possible(term.field) & !self.grid.positions(&self.vocabulary, term) != 0;
        let missing = |term: &Term| Missing {
            wanted: wanted(&self.vocabulary.fields[term.field], term),
            now: statement(&self.vocabulary.fields[term.field], term.field, slots),
        };
        Some(Hold {
            citation: rule.citation.to_string(),
            title: rule.title.clone(),
            reason: rule.reason.clone(),
            missing: gate
                .require
                .iter()
                .map(|clause| clause.terms.iter().filter(unmet).map(missing).collect())
                .collect(),
            exceptions: gate.pass_if.iter().map(|clause| in_words(clause, &self.vocabulary)).collect(),
            reason_ok: held.reason_ok,
        })
    }
}

impl Rulebook {
    /// A rule for people; `None` where the citation is not of this book.
    #[must_use]
    pub fn in_words(&self, citation: &str) -> Option<RuleInWords> {
        let (_, _, rule) = self.rules().find(|(_, _, rule)| *rule.citation == *citation)?;
        let (says, audience) = match &rule.mechanism {
            Mechanism::Nudge(nudge) => (why_advised(rule, &nudge.advice), nudge.audience.code()),
            _ => (rule.reason.clone(), ""),
        };
        Some(RuleInWords {
            citation: citation.to_owned(),
            title: rule.title.clone(),
            says,
            audience: audience.to_owned(),
            strength: rule.strength.code().to_owned(),
        })
    }
}

impl Rulebook {
    /// The lines of the rule with this citation; none where it is another version's.
    #[must_use]
    pub fn lines_of(&self, citation: &str) -> Vec<Line> {
        let found = self.rules().find(|(_, _, rule)| *rule.citation == *citation);
        found.map(|(_, _, rule)| lines(rule, &self.vocabulary)).unwrap_or_default()
    }
}

/// The lines of a rule below its title.
pub(crate) fn lines(rule: &Rule, vocabulary: &Vocabulary) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut say = |ja: &'static str, en: &'static str, says: Text| {
        lines.push(Line { about: Text::fixed(ja, en), says });
    };
    if let Some(applies) = rule.mechanism.applies() {
        for (ja, en, kinds) in
            [("見るとき", "on viewing", applies.on.view), ("書くとき", "on posting", applies.on.post)]
        {
            if kinds != 0 {
                say(ja, en, vocabulary.kinds.label_of(kinds));
            }
        }
        conditions(&applies.when, &applies.unless, vocabulary, &mut say);
    }
    match &rule.mechanism {
        Mechanism::Share(share) => {
            say("効果", "effect", Text::fixed(share.effect.ja(), share.effect.code()));
            if !share.overrides.is_empty() {
                let ids: Vec<&str> = share.overrides.iter().map(|(id, _)| id.as_str()).collect();
                say("打ち消す許可", "cancels the permits", Text::new(ids.join("、"), ids.join(", ")));
            }
        }
        Mechanism::Gate(gate) => {
            say("必要なこと", "requires", any_of(&gate.require, vocabulary));
            if !gate.pass_if.is_empty() {
                say("例外", "passes if", any_of(&gate.pass_if, vocabulary));
            }
            if gate.reason_ok {
                say("ほかの道", "way out", Text::fixed("理由を書けば出せる", "with a written reason"));
            }
        }
        Mechanism::Duty(duty) => {
            say("だれが", "owed by", party(&duty.owed_by, vocabulary));
            say("果たし方", "met by", met_by(&duty.met_by, vocabulary));
            deadline(&duty.deadline, ("期限", "within"), vocabulary, &mut say);
            if duty.on_admission != OnAdmission::GoesOn {
                say("入院のとき", "on admission", Text::fixed(duty.on_admission.ja(), duty.on_admission.en()));
            }
            if duty.on_death != OnDeath::Closes {
                say("亡くなったとき", "on death", Text::fixed(duty.on_death.ja(), duty.on_death.en()));
            }
        }
        Mechanism::Standing(standing) => {
            say("単位", "per", Text::fixed(standing.per.ja(), standing.per.code()));
            conditions(&standing.when, &standing.unless, vocabulary, &mut say);
            if !standing.paused_when.is_empty() {
                say("休止", "rests while", any_of(&standing.paused_when, vocabulary));
            }
            say("だれが", "owed by", party(&standing.owed_by, vocabulary));
            say("保つ記録", "keeps", vocabulary.kinds.label_of(standing.keep));
            deadline(&standing.deadline, ("間隔", "every"), vocabulary, &mut say);
            if standing.aggregate {
                let counted =
                    Text::fixed("件数だけで示し、一件ずつの遅れとしては示さない", "in counts, not as single delays");
                say("示し方", "shown", counted);
            }
        }
        Mechanism::Nudge(nudge) => {
            say("助言先", "advises", Text::fixed(nudge.audience.ja(), nudge.audience.code()));
            say("助言", "advice", nudge.advice.clone());
        }
        Mechanism::Pledge(pledge) => {
            say("だれが", "given by", vocabulary.roles.label_of(pledge.who));
            say("確認の単位", "confirmed by", Text::fixed(pledge.by.ja(), pledge.by.code()));
            say("間隔", "at joining and every", span(&pledge.every));
        }
    }
    lines
}

type Say<'a> = dyn FnMut(&'static str, &'static str, Text) + 'a;

fn conditions(when: &[Clause], unless: &[Clause], vocabulary: &Vocabulary, say: &mut Say<'_>) {
    if when.iter().all(|clause| !clause.terms.is_empty()) {
        say("条件", "when", any_of(when, vocabulary));
    }
    if !unless.is_empty() {
        say("除外", "unless", any_of(unless, vocabulary));
    }
}

fn deadline(deadline: &Deadline, within: (&'static str, &'static str), vocabulary: &Vocabulary, say: &mut Say<'_>) {
    say(within.0, within.1, span(&deadline.within));
    for reminder in &deadline.remind {
        say("事前のお知らせ", "reminder after", span(reminder));
    }
    for step in &deadline.escalate {
        say("知らせる順", "then told", step_of_chain(step, vocabulary));
    }
    if !deadline.ways_out.is_empty() {
        say("ほかの道", "ways out", ways_out(&deadline.ways_out));
    }
}

/// A term as a condition: "role: nurse", "more than 2 abbreviations".
pub(crate) fn wanted(field: &Field, term: &Term) -> Text {
    let label = &field.label;
    let mut said = match (&field.values, &term.wanted) {
        (Values::Flag { no }, Wanted::Positions(set)) => {
            if *set == 0b10 {
                label.clone()
            } else {
                no.clone()
            }
        }
        (Values::Choice(lexicon), Wanted::Positions(set)) if term.negated => {
            let others = lexicon.label_of(lexicon.full() & !set);
            Text::new(format!("{}が「{}」以外", label.ja, others.ja), format!("{}: not {}", label.en, others.en))
        }
        (Values::Choice(lexicon), Wanted::Positions(set)) => {
            let values = lexicon.label_of(*set);
            Text::new(format!("{}が「{}」", label.ja, values.ja), format!("{}: {}", label.en, values.en))
        }
        (_, Wanted::Numbers(parts)) => {
            let parts: Vec<Text> = parts.iter().map(|part| range(field, *part)).collect();
            let (ja, en): (Vec<_>, Vec<_>) = parts.iter().map(|part| (part.ja.as_ref(), part.en.as_ref())).unzip();
            Text::new(format!("{}が{}", label.ja, ja.join("または")), format!("{}: {}", label.en, en.join(" or ")))
        }
        _ => label.clone(),
    };
    if term.placeholder.is_some() {
        said = stands_in(said);
    }
    with_span(said, field)
}

/// How far back a word looks is part of what it means.
fn with_span(said: Text, field: &Field) -> Text {
    let Some(within) = field.derive.as_ref().and_then(|derive| derive.within) else { return said };
    let within = span(&within);
    Text::new(format!("{}（{}以内）", said.ja, within.ja), format!("{} (within {})", said.en, within.en))
}

fn range(field: &Field, part: Interval) -> Text {
    let say = |value: i64| match &field.values {
        Values::Number { unit, .. } => Text::new(format!("{value}{}", unit.ja), format!("{value} {}", unit.en)),
        _ => duration(value),
    };
    match (part.low, part.high) {
        (i64::MIN, i64::MAX) => Text::fixed("いくつでも", "any"),
        (i64::MIN, high) => {
            let high = say(high.saturating_add(1));
            Text::new(format!("{}未満", high.ja), format!("under {}", high.en))
        }
        (low, i64::MAX) => {
            let low = say(low.saturating_sub(1));
            Text::new(format!("{}超", low.ja), format!("over {}", low.en))
        }
        (low, high) if low == high => say(low),
        (low, high) => {
            let (low, high) = (say(low), say(high));
            Text::new(format!("{}から{}まで", low.ja, high.ja), format!("{} to {}", low.en, high.en))
        }
    }
}

pub(crate) fn in_words(clause: &Clause, vocabulary: &Vocabulary) -> Text {
    terms_in_words(&clause.terms.iter().collect::<Vec<_>>(), vocabulary)
}

fn terms_in_words(terms: &[&Term], vocabulary: &Vocabulary) -> Text {
    let terms: Vec<Text> = terms.iter().map(|term| wanted(&vocabulary.fields[term.field], term)).collect();
    join(&terms, "、かつ", " and ")
}

/// Alternatives. What all of them ask for is said once, in front.
pub(crate) fn any_of(clauses: &[Clause], vocabulary: &Vocabulary) -> Text {
    let [first, others @ ..] = clauses else { return Text::fixed("", "") };
    if others.is_empty() {
        return in_words(first, vocabulary);
    }
    let is_in = |clause: &Clause, term: &Term| clause.terms.iter().any(|other| asks_the_same(term, other));
    let shared: Vec<&Term> =
        first.terms.iter().filter(|term| others.iter().all(|clause| is_in(clause, term))).collect();
    let rest = |clause: &Clause| {
        let own = clause.terms.iter().filter(|term| !shared.iter().any(|shared| asks_the_same(shared, term)));
        terms_in_words(&own.collect::<Vec<_>>(), vocabulary)
    };
    let alternatives: Vec<Text> = clauses.iter().map(rest).collect();
    // An alternative that asks for nothing more could not be told apart.
    if shared.is_empty() || alternatives.iter().any(|alternative| alternative.ja.is_empty()) {
        let whole: Vec<Text> = clauses.iter().map(|clause| in_words(clause, vocabulary)).collect();
        let whole = join(&whole, "／", " / ");
        return Text::new(format!("次のどれか：{}", whole.ja), format!("one of: {}", whole.en));
    }
    let (shared, own) = (terms_in_words(&shared, vocabulary), join(&alternatives, "／", " / "));
    Text::new(format!("{}。さらに次のどれか：{}", shared.ja, own.ja), format!("{}, and one of: {}", shared.en, own.en))
}

fn asks_the_same(one: &Term, other: &Term) -> bool {
    let stands_in = |term: &Term| term.placeholder.is_some();
    one.field == other.field
        && one.wanted == other.wanted
        && one.negated == other.negated
        && stands_in(one) == stands_in(other)
}

/// What the advice says beside the rule's title: its own words, if it has any, and why it is given.
pub(crate) fn why_advised(rule: &Rule, advice: &Text) -> Text {
    if *advice == rule.title {
        return rule.reason.clone();
    }
    let end = if advice.ja.ends_with('。') { "" } else { "。" };
    let stop = if advice.en.ends_with('.') { "" } else { "." };
    Text::new(format!("{}{end}{}", advice.ja, rule.reason.ja), format!("{}{stop} {}", advice.en, rule.reason.en))
}

pub(crate) fn join(texts: &[Text], ja: &str, en: &str) -> Text {
    let (all_ja, all_en): (Vec<_>, Vec<_>) = texts.iter().map(|text| (text.ja.as_ref(), text.en.as_ref())).unzip();
    Text::new(all_ja.join(ja), all_en.join(en))
}
