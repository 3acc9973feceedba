//! What came of a post, told to people: the rule's words with what of this very event they speak to. Asked for answers
//! and dry runs; the rules by themselves are worded in `wording`, one fact in `phrase`.

use super::book::Rulebook;
use super::phrase::{fact, in_brackets};
use super::ruleset::{Clause, Rule, Term};
use super::slots::Slots;
use super::words::From;
use crate::domain::body::{Body, DeviceSetting};
use crate::domain::in_words::RuleInWords;
use crate::domain::ruling::Ruling;
use crate::domain::text::Text;

/// The fact that is counted in words, which are told instead of their number.
const ABBREVIATIONS: &str = "instruction.abbreviations";

impl Rulebook {
    /// The rules whose duties were opened and whose advice was given on `body`, each once.
    #[must_use]
    pub fn consequences_in_words(&self, body: Option<&Body>, ruling: &Ruling) -> Vec<RuleInWords> {
        let mut cited: Vec<&str> = ruling.opened().iter().map(|opened| &*opened.rule).collect();
        cited.extend(ruling.advice().iter().map(|advice| &**advice));
        if cited.is_empty() {
            return Vec::new();
        }
        let slots = self.slots_of(ruling);
        let mut seen = std::collections::HashSet::new();
        let cited = cited.into_iter().filter(|citation| seen.insert(*citation));
        let told = cited.filter_map(|citation| {
            let mut told = self.in_words(citation)?;
            let (_, _, rule) = self.rules().find(|(_, _, rule)| *rule.citation == *citation)?;
            let mut facts = slots.as_ref().map(|slots| self.facts_of(rule, body, slots)).unwrap_or_default();
            facts.extend(settings_of(body));
            told.says = with_facts(&told.says, &facts);
            Some(told)
        });
        told.collect()
    }

    /// What the rule looked at in this event: what the entry says, what came before it, the hour.
    fn facts_of(&self, rule: &Rule, body: Option<&Body>, slots: &Slots) -> Vec<Text> {
        let Some(applies) = rule.mechanism.applies() else { return Vec::new() };
        let fits = |clause: &&Clause| clause.terms.iter().all(|term| self.may_be(term, slots));
        let Some(clause) = applies.when.iter().find(fits) else { return Vec::new() };
        let fields = &self.vocabulary.fields;
        let telling = clause
            .terms
            .iter()
            .filter(|term| matches!(fields[term.field].from, From::Record | From::History | From::Time));
        let fact = |term: &Term| {
            let field = &fields[term.field];
            let words = (field.code == ABBREVIATIONS).then(|| self.abbreviations(body)).flatten();
            words.unwrap_or_else(|| fact(field, term.field, slots))
        };
        telling.map(fact).collect()
    }

    fn may_be(&self, term: &Term, slots: &Slots) -> bool {
        slots.possible(term.field) & self.grid.positions(&self.vocabulary, term) != 0
    }

    fn abbreviations(&self, body: Option<&Body>) -> Option<Text> {
        let body = body.map(|body| body.corrected().unwrap_or(body))?;
        let Body::NursingInstruction(instruction) = body else { return None };
        let lacking = self.vocabulary.glossary.as_ref()?.lacking_of(instruction);
        Some(Text::new(
            format!("用語集にない略語：{}", lacking.join("、")),
            format!("not in the glossary: {}", lacking.join(", ")),
        ))
    }
}

fn with_facts(says: &Text, facts: &[Text]) -> Text {
    let facts = in_brackets(facts);
    Text::new(format!("{}{}", says.ja, facts.ja), format!("{}{}", says.en, facts.en))
}

/// What was set differently, from what to what.
fn settings_of(body: Option<&Body>) -> Vec<Text> {
    let body = body.map(|body| body.corrected().unwrap_or(body));
    let Some(Body::DeviceChange(change)) = body else { return Vec::new() };
    let of_name = |settings: &[DeviceSetting], name: &str| settings.iter().find(|one| one.name == name).map(reading);
    let removed = change.before.iter().filter(|old| !change.after.iter().any(|new| new.name == old.name));
    let names = change.after.iter().chain(removed).map(|setting| &setting.name);
    let moved = names.map(|name| {
        let (old, new) = (of_name(&change.before, name), of_name(&change.after, name));
        let told = |reading: Option<String>, none: &str| reading.unwrap_or_else(|| none.to_owned());
        Text::new(
            format!("{name}：{}→{}", told(old.clone(), "記載なし"), told(new.clone(), "なし")),
            format!("{name}: {} → {}", told(old, "not given"), told(new, "none")),
        )
    });
    let device = Text::new(change.device.clone(), change.device.clone());
    std::iter::once(device).chain(moved).collect()
}

fn reading(setting: &DeviceSetting) -> String {
    format!("{} {}", setting.value, setting.unit).trim_end().to_owned()
}
