//! What a `share` rule comes to once its words are resolved: the same text means something else where the vocabulary
//! changes what a group holds or how a fact is derived.

use super::book::Rulebook;
use super::history::Derivation;
use super::ruleset::{Clause, Rule, Term, Wanted};
use super::words::Layer;

/// A condition by its words: the field, the values that do, and how the field is derived.
type Condition<'a> = (&'a str, &'a Wanted, Option<&'a Derivation>);

impl Rulebook {
    /// The first rule of this layer that means something else, or is not there, in `other`.
    #[must_use]
    pub fn differs_in(&self, layer: Layer, other: &Self) -> Option<&str> {
        let find = |id: &str| other.rules().map(|(_, _, rule)| rule).find(|rule| rule.id == id);
        let of_layer = self.rules().filter(|(_, set, _)| set.layer == layer).map(|(_, _, rule)| rule);
        let differs = |rule: &&Rule| find(&rule.id).is_none_or(|found| !self.means(rule, other, found));
        of_layer.filter(|rule| rule.mechanism.share().is_some()).find(differs).map(|rule| rule.id.as_str())
    }

    fn means(&self, rule: &Rule, other: &Self, found: &Rule) -> bool {
        let (Some(one), Some(two)) = (rule.mechanism.share(), found.mechanism.share()) else { return false };
        one.effect == two.effect
            && one.applies.on == two.applies.on
            && self.conditions(&one.applies.when).eq(other.conditions(&two.applies.when))
            && self.conditions(&one.applies.unless).eq(other.conditions(&two.applies.unless))
    }

    fn conditions<'a>(&'a self, clauses: &'a [Clause]) -> impl Iterator<Item = Vec<Condition<'a>>> {
        let condition = |term: &'a Term| {
            let field = &self.vocabulary.fields[term.field];
            (field.code.as_str(), &term.wanted, field.derive.as_ref())
        };
        clauses.iter().map(move |clause| {
            let mut conditions: Vec<Condition<'a>> = clause.terms.iter().map(condition).collect();
            conditions.sort_unstable_by_key(|(field, _, _)| *field);
            conditions
        })
    }
}
