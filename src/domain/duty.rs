//! Duties as they stand on a timeline: what a ruling opened, what the duty clock did, what people answered.
//! The rulebook makes them and the hub fires them; `duties` folds them. Nothing here reads a clock.

use jiff::civil::Date;
use uuid::Uuid;

use std::sync::Arc;

use super::body::check::{Check, few, required, text};
use super::ids::{EntryId, OrganisationId, PersonId};
use super::list::closed_list;
use super::role::{OrganisationType, Role};
use super::terms::{Relation, Terms};
use super::text::{Invalid, Text};
use super::time::Timestamp;

/// A duty. Derived from what opened it, so that every hub that opens it opens the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DutyId(pub Uuid);

/// Under this name duties are derived (RFC 9562 version 5).
const DUTIES: Uuid = Uuid::from_u128(0x5b0c_1d6e_3f7a_5c11_9d2e_7a41_d07a_6e01);

impl DutyId {
    /// The duty that `cause` opened by the rule with this id. Where each debtor owes a duty of its own,
    /// `debtor` tells them apart.
    #[must_use]
    pub fn of_cause(cause: EntryId, rule: &str, debtor: Option<OrganisationId>) -> Self {
        Self::named(&[b"cause", cause.0.as_bytes(), rule.as_bytes(), debtor.map_or(Uuid::nil(), |id| id.0).as_bytes()])
    }

    /// The standing duty that the rule with this id asks of a subject (a patient, an organisation, or both of a
    /// pair, in either order) for the period that began at this moment.
    #[must_use]
    pub fn of_period(rule: &str, subjects: &[Uuid], period: Timestamp) -> Self {
        let mut subjects = subjects.to_vec();
        subjects.sort_unstable();
        let subjects: Vec<u8> = subjects.iter().flat_map(|subject| *subject.as_bytes()).collect();
        Self::named(&[b"period", rule.as_bytes(), &subjects, &period.as_micros().to_be_bytes()])
    }

    /// Each part is preceded by its length, so that no two lists of parts run together.
    fn named(parts: &[&[u8]]) -> Self {
        let name: Vec<u8> =
            parts.iter().flat_map(|part| [&(part.len() as u64).to_be_bytes()[..], part].concat()).collect();
        Self(Uuid::new_v5(&DUTIES, &name))
    }
}

impl std::fmt::Display for DutyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

closed_list! {
    /// In which capacity somebody of an organisation is meant.
    Capacity {
        /// Whoever of the role is on duty there.
        Member = "member", "担当者", "the one in charge";
        Manager = "manager", "管理者", "the manager";
        /// The liaison that the organisation named.
        Contact = "contact", "連絡担当", "the liaison";
        /// The very person who wrote or is named.
        Person = "person", "本人", "the person";
    }
}

/// A set of roles: one bit per `Role::index`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RoleSet(pub u64);

impl RoleSet {
    /// The set of these.
    #[must_use]
    pub fn of(roles: &[Role]) -> Self {
        Self(roles.iter().fold(0, |set, role| set | 1 << role.index()))
    }

    /// Whether the role is among them.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 >> role.index() & 1 == 1
    }

    /// The roles, in the order of the list.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.has(*role))
    }

    /// Those in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Who owes, or is told: an organisation and a role, and a person only where one is meant. Who is on call
/// there is found when somebody must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debtor {
    pub organisation: OrganisationId,
    pub organisation_type: OrganisationType,
    pub roles: RoleSet,
    pub capacity: Capacity,
    /// Told first; anybody of the organisation and role may meet the duty.
    pub person: Option<PersonId>,
}

/// A duty as it was born; kept with the ruling of the entry that opened it, or with the clock's step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedDuty {
    pub id: DutyId,
    /// `RULE@set/version#hash`: its terms stay those of this version.
    pub rule: Arc<str>,
    /// One of them is enough.
    pub debtors: Vec<Debtor>,
    pub due: Timestamp,
    /// `false`: not everything was known when it was opened.
    pub confirmed: bool,
    /// Asked for by a state rather than by an entry.
    pub standing: bool,
    pub terms: Arc<Terms>,
    /// Whom each step of the chain tells, as the team was. A step that speaks of the debtor tells whoever owes then.
    pub chain: Vec<Vec<Debtor>>,
    /// What it is about, where its terms ask for the same.
    pub matters: Vec<String>,
    /// When what opened it was noticed or took place; what was over before does not meet it.
    pub since: Option<Timestamp>,
    /// Whom the rule means, though the hub cannot tell them: the debtors are to reach them.
    pub in_place_of: Vec<OrganisationId>,
    /// The other of a pair, where the rule is about two organisations; the duty stands on the timeline of the one that owes.
    pub with: Option<OrganisationId>,
}

impl OpenedDuty {
    /// Whom the step of the chain with this place tells while these owe the duty.
    #[must_use]
    pub fn told(&self, level: usize, debtors: &[Debtor]) -> Vec<Debtor> {
        match self.terms.escalate.get(level) {
            Some(step) if step.told.relation == Relation::Debtor => {
                debtors.iter().map(|debtor| Debtor { capacity: step.told.capacity, person: None, ..*debtor }).collect()
            }
            _ => self.chain.get(level).cloned().unwrap_or_default(),
        }
    }
}

closed_list! {
    /// Why the clock closed a duty that nobody met.
    CloseReason {
        /// What asked for it is no longer so.
        NoLongerAsked = "no_longer_asked", "前提がなくなった", "no longer asked for";
        /// The entry that opened it was taken back.
        CauseRetracted = "cause_retracted", "きっかけの記録の取消し", "its cause was taken back";
        Admission = "admission", "入院・入所", "the patient was admitted";
        Death = "death", "死亡", "the patient died";
        PageClosed = "page_closed", "ページの終了", "the page was closed";
        /// The rule itself was retired, and the region chose not to keep what it opened.
        RuleRetired = "rule_retired", "ルールの廃止", "the rule was retired";
    }
}

/// What the duty clock did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepDone {
    /// A standing duty began.
    Opened(OpenedDuty),
    /// The reminder with this place among the reminders, from 0.
    Reminded(u32),
    Overdue,
    /// The step of the chain with this place, from 0, and whom it told.
    Escalated {
        level: u32,
        told: Vec<Debtor>,
    },
    Closed(CloseReason),
    /// What meets it took place elsewhere, at this moment: on the timeline of a patient.
    Met(Timestamp),
    /// Those who owed it can no longer be told of it: these owe it from now on. Counted by its place among such, from 0.
    Inherited {
        number: u32,
        to: Vec<Debtor>,
    },
}

/// The body of a `duty_step` entry: written by the hub's clock, never by people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyStep {
    pub duty: DutyId,
    /// How often the due time had been moved when the step was planned: a step of an earlier round is void.
    pub round: u32,
    pub step: StepDone,
}

impl DutyStep {
    /// What a firing is known by. Two hubs that fire the same step name it alike, so that deriving the entry's
    /// id from the name lets one of them succeed; the derivation is keyed, so that nobody else can take the id.
    #[must_use]
    pub fn name(&self) -> String {
        let step = match &self.step {
            StepDone::Opened(_) => "opened".to_owned(),
            StepDone::Reminded(number) => format!("reminded {number}"),
            StepDone::Overdue => "overdue".to_owned(),
            StepDone::Escalated { level, .. } => format!("escalated {level}"),
            // A duty ends once, for whichever reason came first.
            StepDone::Closed(_) | StepDone::Met(_) => "closed".to_owned(),
            StepDone::Inherited { number, .. } => format!("inherited {number}"),
        };
        format!("duty {} round {} {step}", self.duty, self.round)
    }
}

/// What somebody says to a duty instead of meeting it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The debtor says no.
    Declined,
    /// The debtor asks for time until then.
    Snoozed(Timestamp),
    /// The one it is owed to, or the secretariat, lets it go.
    Waived,
    /// Somebody else owes it from now on.
    HandedOver(Vec<Debtor>),
    /// The debtor is unable to: the next of the chain is told at once.
    CannotGo,
}

/// The body of a `duty_answer` entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyAnswer {
    pub duty: DutyId,
    pub answer: Answer,
    /// Always given.
    pub reason: String,
}

impl Check for DutyStep {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        match &self.step {
            StepDone::Opened(opened) if opened.id != self.duty => Err(Invalid::new(
                "opened.id",
                "conflict",
                Text::fixed("duty と同じIDが必要です", "the same id as in `duty` is expected"),
            )),
            StepDone::Opened(opened) => few("debtors", &opened.debtors).map_err(|invalid| invalid.within("opened")),
            StepDone::Escalated { told, .. } => few("told", told).map_err(|invalid| invalid.within("escalated")),
            StepDone::Inherited { to, .. } => few("to", to).map_err(|invalid| invalid.within("inherited")),
            StepDone::Reminded(_) | StepDone::Overdue | StepDone::Closed(_) | StepDone::Met(_) => Ok(()),
        }
    }
}

impl Check for DutyAnswer {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        required("reason", &self.reason)?;
        text("reason", &self.reason)?;
        match &self.answer {
            Answer::HandedOver(to) if to.is_empty() => Err(Invalid::required("handed_over.to")),
            Answer::HandedOver(to) => few("handed_over.to", to),
            Answer::Declined | Answer::Snoozed(_) | Answer::Waived | Answer::CannotGo => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duty_is_known_by_what_opened_it_and_by_nothing_else() {
        let (cause, office) = (EntryId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(2)));
        let duty = DutyId::of_cause(cause, "ND-M1", None);
        assert_eq!(duty, DutyId::of_cause(cause, "ND-M1", None));
        let others = [
            DutyId::of_cause(EntryId(Uuid::from_u128(3)), "ND-M1", None),
            DutyId::of_cause(cause, "ND-M1b", None),
            DutyId::of_cause(cause, "ND-M1", Some(office)),
        ];
        assert!(!others.contains(&duty));
        // Fixed: stored duties must be found again by every later build.
        assert_eq!(duty.to_string(), "3f51d49c-2eec-5094-8031-4d9e52251454");
    }

    #[test]
    fn the_two_of_a_pair_have_one_duty_whichever_is_named_first() {
        let (one, other, at) = (Uuid::from_u128(1), Uuid::from_u128(2), Timestamp(5));
        let duty = DutyId::of_period("MU-M2", &[one, other], at);
        assert_eq!(duty, DutyId::of_period("MU-M2", &[other, one], at));
        assert_ne!(duty, DutyId::of_period("MU-M2", &[one, other], Timestamp(6)));
        assert_ne!(duty, DutyId::of_period("MU-M2", &[one], at));
    }

    #[test]
    fn each_firing_has_a_name_of_its_own_and_closing_has_one() {
        let step = |round, step| DutyStep { duty: DutyId(Uuid::from_u128(7)), round, step }.name();
        let told = Vec::new();
        let names = [
            step(0, StepDone::Reminded(0)),
            step(0, StepDone::Reminded(1)),
            step(0, StepDone::Overdue),
            step(1, StepDone::Overdue),
            step(0, StepDone::Escalated { level: 0, told: told.clone() }),
            step(0, StepDone::Escalated { level: 1, told }),
            step(0, StepDone::Closed(CloseReason::Death)),
            step(0, StepDone::Inherited { number: 0, to: Vec::new() }),
            step(0, StepDone::Inherited { number: 1, to: Vec::new() }),
        ];
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), names.len());
        assert_eq!(step(0, StepDone::Closed(CloseReason::Death)), step(0, StepDone::Closed(CloseReason::PageClosed)));
    }
}
