//! Which pledges a rulebook asks of whom, and which of them were never given. Asked by the hub before anybody goes on as
//! somebody who has to pledge first (decision 012); what ran out and is to be given again, `standing` says.

use super::book::Rulebook;
use super::judge::RuleRef;
use super::ruleset::{Mechanism, Rule};
use super::words::Pledger;
use crate::domain::ids::PersonId;
use crate::domain::role::Role;
use crate::domain::state::Office;

/// A pledge that is asked for and was not given once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeverGiven {
    pub rule: RuleRef,
    pub by: Pledger,
}

impl Rulebook {
    fn pledges_asked(&self, role: Role) -> impl Iterator<Item = (RuleRef, &Rule, Pledger)> {
        self.rules().filter_map(move |(cited, _, rule)| match &rule.mechanism {
            Mechanism::Pledge(pledge) if pledge.who >> role.index() & 1 == 1 => Some((cited, rule, pledge.by)),
            _ => None,
        })
    }

    /// Whether the rule of this id asks somebody of this role for a pledge in this name.
    #[must_use]
    pub fn asks_pledge(&self, id: &str, by: Pledger, role: Role) -> bool {
        self.pledges_asked(role).any(|(_, rule, asked_by)| rule.id == id && asked_by == by)
    }

    /// The pledges asked of somebody of this role that neither they nor, in its own name, their office gave under any
    /// version of the rules. One that ran out was given.
    #[must_use]
    pub fn pledges_never_given(&self, office: &Office, person: PersonId, role: Role) -> Vec<NeverGiven> {
        let asked = self.pledges_asked(role);
        let missing = asked.filter(|(_, rule, by)| {
            let mut given = office.pledged_by(by.giver(person));
            !given.any(|(id, _)| id == rule.id)
        });
        missing.map(|(rule, _, by)| NeverGiven { rule, by }).collect()
    }
}

impl Pledger {
    /// As an office's state names who gave a pledge: this person, or nobody for the office itself.
    #[must_use]
    pub fn giver(self, person: PersonId) -> Option<PersonId> {
        (self == Self::Person).then_some(person)
    }
}
