//! What a state asks by itself, with nobody posting: records to be kept fresh, pledges to be given again.
//! Asked by the duty clock after a state changed; when a record was last made is the caller's to say.

use std::ops::Range;

use super::book::Rulebook;
use super::branches::Branches;
use super::calendar::Calendar;
use super::duty::Terms;
use super::event::{EventFacts, Stay};
use super::facts::{ActorFacts, Known, PatientFacts, Purpose, ViewerFacts, WithheldFacts};
use super::grid::Grid;
use super::judge::RuleRef;
use super::ruleset::{Mechanism, Rule};
use super::slots::Slots;
use super::vocabulary::Vocabulary;
use super::words::{Per, Pledger};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::time::Timestamp;

/// A standing duty that the state implies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingImplied {
    pub rule: RuleRef,
    /// `false`: not everything is known.
    pub confirmed: bool,
    /// Its clock rests.
    pub paused: bool,
}

/// A pledge to be given, again or for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PledgeDue {
    pub rule: RuleRef,
    /// When it ran out; `None` if it was never given.
    pub since: Option<Timestamp>,
}

#[derive(Debug, Clone)]
struct StandingRule {
    rule: RuleRef,
    per: Per,
    /// Opens no duty: shown in counts.
    aggregate: bool,
    possible: Range<u32>,
    certain: Range<u32>,
    paused: Range<u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct StandingProgram {
    branches: Branches,
    rules: Vec<StandingRule>,
    /// Kinds of entry that the conditions look at.
    moved_by: u64,
}

impl StandingProgram {
    pub fn compile(rules: &[&Rule], vocabulary: &Vocabulary, grid: &Grid) -> Self {
        let mut branches = Branches::default();
        let mut compiled = Vec::new();
        let mut moved_by = 0;
        for (index, rule) in rules.iter().enumerate() {
            let Mechanism::Standing(standing) = &rule.mechanism else { continue };
            let conditions = [&standing.when, &standing.unless, &standing.paused_when];
            for term in conditions.into_iter().flatten().flat_map(|clause| &clause.terms) {
                let kinds = vocabulary.fields[term.field].derive.iter().flat_map(|derivation| derivation.kinds());
                moved_by |= kinds.fold(0, |set, kind| set | 1 << kind.index());
            }
            compiled.push(StandingRule {
                rule: RuleRef(index as u16),
                per: standing.per,
                aggregate: standing.aggregate,
                possible: branches.add(&standing.when, &standing.unless, false, vocabulary, grid),
                certain: branches.add(&standing.when, &standing.unless, true, vocabulary, grid),
                paused: branches.add(&standing.paused_when, &[], false, vocabulary, grid),
            });
        }
        Self { branches, rules: compiled, moved_by }
    }

    pub const fn moved_by(&self) -> u64 {
        self.moved_by
    }

    pub fn has_any_per(&self, per: Per) -> bool {
        self.rules.iter().any(|rule| rule.per == per)
    }

    /// Whether duties of pairs are opened at all: not by rules that are only shown in counts.
    pub fn opens_for_pairs(&self) -> bool {
        self.rules.iter().any(|rule| rule.per == Per::Pair && !rule.aggregate)
    }

    pub fn ask(&self, per: Per, slots: &Slots) -> Vec<StandingImplied> {
        if slots.is_faulty() {
            return Vec::new();
        }
        let rules = self.rules.iter().filter(|rule| rule.per == per);
        let implied = rules.filter(|rule| self.branches.hold(&rule.possible, false, slots));
        let tell = |rule: &StandingRule| StandingImplied {
            rule: rule.rule,
            confirmed: self.branches.hold(&rule.certain, true, slots),
            // On doubt it rests: nobody is reminded about a patient who may be in hospital.
            paused: self.branches.hold(&rule.paused, false, slots),
        };
        implied.map(tell).collect()
    }
}

/// Standing rules ask no actor; the slots of one stay open whatever stands here.
fn nobody(patient: PatientFacts) -> ViewerFacts {
    ViewerFacts {
        actor: ActorFacts {
            role: Role::Gateway,
            organisation_type: OrganisationType::Home,
            on_team: Known::Unknown,
            organisation_on_team: Known::Unknown,
            organisation_was_on_team: Known::Unknown,
            is_host: Known::Unknown,
            break_glass: Known::Unknown,
            own_office: Known::Unknown,
        },
        patient,
        purpose: Purpose::Care,
    }
}

impl Rulebook {
    /// Whether the clock has to know with whom an office shares patients.
    #[must_use]
    pub fn asks_pairs(&self) -> bool {
        self.standing.opens_for_pairs()
    }

    pub fn slots_of_state(&self, patient: PatientFacts, event: &EventFacts) -> Slots {
        self.filler.of_state(&nobody(patient), event, &self.grid)
    }

    /// The standing duties of a patient in this state. Those of somebody who died are over.
    #[must_use]
    pub fn standing_of_patient(&self, patient: PatientFacts, event: &EventFacts) -> Vec<StandingImplied> {
        if event.stay == Known::Is(Stay::Deceased) {
            return Vec::new();
        }
        self.standing.ask(Per::Patient, &self.slots_of_state(patient, event))
    }

    /// The standing duties of an organisation.
    #[must_use]
    pub fn standing_of_organisation(&self, event: &EventFacts) -> Vec<StandingImplied> {
        self.standing.ask(Per::Organisation, &self.slots_of_state(NO_PATIENT, event))
    }

    /// The standing duties of two organisations, whichever of them is named first.
    #[must_use]
    pub fn standing_of_pair(&self, event: &EventFacts) -> Vec<StandingImplied> {
        let swapped = EventFacts { subject_type: event.other_type, other_type: event.subject_type, ..*event };
        let mut found = self.standing.ask(Per::Pair, &self.slots_of_state(NO_PATIENT, event));
        for other in self.standing.ask(Per::Pair, &self.slots_of_state(NO_PATIENT, &swapped)) {
            match found.iter_mut().find(|implied| implied.rule == other.rule) {
                Some(implied) => implied.confirmed |= other.confirmed,
                None => found.push(other),
            }
        }
        found
    }

    /// The pledges this role has still to give, or to give again. `given` holds rule ids and when.
    #[must_use]
    pub fn pledges_due(&self, by: Pledger, role: Role, given: &[(&str, Timestamp)], now: Timestamp) -> Vec<PledgeDue> {
        let mut due = Vec::new();
        for (cited, _, rule) in self.rules() {
            let Mechanism::Pledge(pledge) = &rule.mechanism else { continue };
            if pledge.by != by || pledge.who >> role.index() & 1 == 0 {
                continue;
            }
            let last = given.iter().filter(|(id, _)| *id == rule.id).map(|(_, at)| *at).max();
            let ran_out = last.map(|at| Timestamp(at.0.saturating_add(pledge.every.seconds.saturating_mul(1_000_000))));
            if ran_out.is_none_or(|at| at <= now) {
                due.push(PledgeDue { rule: cited, since: ran_out });
            }
        }
        due
    }
}

impl Terms {
    /// Until when the record is fresh: counted from the last one, else from when the state began to ask for it.
    #[must_use]
    pub fn fresh_until(
        &self,
        last: Option<Timestamp>,
        asked_since: Timestamp,
        calendar: &Calendar,
        of: OrganisationType,
    ) -> Timestamp {
        calendar.due_at(last.unwrap_or(asked_since), self.within.seconds, self.within.clock, of)
    }
}

const NO_PATIENT: PatientFacts = PatientFacts {
    consent: Known::Unknown,
    withheld: WithheldFacts::UNKNOWN,
    status: Known::Unknown,
    registered: Known::Unknown,
    has_host: Known::Unknown,
};
