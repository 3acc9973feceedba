//! A duty as it is born: its terms, who owes it on this team, when it is due, what meets it. The terms are
//! complete in themselves, so that an open duty keeps those of the version it was born under. The ledger
//! (not here) keeps duties on the timeline; who is on call is found when somebody must be told.

use std::sync::Arc;

use super::book::Rulebook;
use super::calendar::Calendar;
use super::etiquette::DutyOpened;
use super::judge::RuleRef;
use super::mechanism::{Deadline, Party, Span};
use super::ruleset::{Mechanism, Rule};
use super::vocabulary::positions;
use super::words::{Capacity, OnAdmission, OnDeath, Relation};
use crate::domain::directory::Actor;
pub use crate::domain::duty::{Debtor, RoleSet};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::kind::Kind;
use crate::domain::role::OrganisationType;
pub use crate::domain::terms::{Act, ChainStep, Owed, Terms, Timing, Told};
use crate::domain::time::Timestamp;

/// An organisation on the team with the roles its people hold there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub organisation: OrganisationId,
    pub organisation_type: OrganisationType,
    pub roles: RoleSet,
    pub host: bool,
}

/// Somebody the entry names: the doctor of a verbal order, the present station of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    pub organisation: OrganisationId,
    pub organisation_type: OrganisationType,
    pub person: Option<PersonId>,
}

/// What stands around the cause of a duty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around<'a> {
    pub team: &'a [Seat],
    pub author: Option<&'a Actor>,
    pub named: &'a [Named],
    /// Organisations that visited in the days before an infection notice.
    pub visited: &'a [Seat],
    pub region: Option<Seat>,
    /// The organisation, or both of a pair, that a standing rule speaks of.
    pub subjects: &'a [Seat],
}

/// A duty to open. One of its debtors is enough; where each owes there is a duty for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDuty {
    pub rule: RuleRef,
    pub terms: Arc<Terms>,
    pub debtors: Vec<Debtor>,
    pub confirmed: bool,
    /// Each debtor owes a duty of its own.
    pub each: bool,
    /// Nobody on the team is who the rule means: it went straight to the first of its chain that exists.
    pub unowed: bool,
}

/// What the duty clock does, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub at: Timestamp,
    pub does: StepDoes,
}

/// The order of members is the order of steps at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepDoes {
    /// Place among the reminders.
    Remind(u8),
    Due,
    /// Place in the chain.
    Escalate(u8),
}

/// Whether the debtor is of this organisation.
pub(super) fn is_at(seat: Option<&Seat>, debtor: &Debtor) -> bool {
    seat.is_some_and(|seat| seat.organisation == debtor.organisation)
}

/// Whoever of these roles is on duty there.
pub(super) const fn member_of(seat: &Seat, roles: RoleSet) -> Debtor {
    let Seat { organisation, organisation_type, .. } = *seat;
    Debtor { organisation, organisation_type, roles, capacity: Capacity::Member, person: None }
}

impl From<Span> for Timing {
    fn from(span: Span) -> Self {
        Self { seconds: span.seconds, clock: span.clock }
    }
}

impl Told {
    fn of(party: &Party) -> Self {
        Self { roles: RoleSet(party.roles), capacity: party.capacity, relation: party.relation }
    }

    /// The organisations meant here. `debtors` are those who owe, for the steps that tell their manager.
    #[must_use]
    pub fn resolve(&self, around: &Around<'_>, debtors: &[Debtor]) -> Vec<Debtor> {
        let seat = |seat: &Seat, roles: RoleSet| Debtor {
            organisation: seat.organisation,
            organisation_type: seat.organisation_type,
            roles,
            capacity: self.capacity,
            person: None,
        };
        let holding = |seats: &[Seat]| -> Vec<Debtor> {
            let held = seats.iter().map(|found| (found, found.roles.and(self.roles)));
            held.filter(|(_, roles)| roles.0 != 0).map(|(found, roles)| seat(found, roles)).collect()
        };
        let is_person = self.capacity == Capacity::Person;
        match self.relation {
            Relation::Team => holding(around.team),
            Relation::Host => {
                around.team.iter().filter(|found| found.host).map(|found| seat(found, self.roles)).collect()
            }
            Relation::Region => around.region.iter().map(|found| seat(found, self.roles)).collect(),
            Relation::Subject => holding(around.subjects),
            Relation::Visited => {
                let own = around.author.map(|author| author.organisation);
                let others: Vec<_> =
                    around.visited.iter().filter(|found| Some(found.organisation) != own).copied().collect();
                holding(&others)
            }
            Relation::NotVisited => {
                let visited = |found: &&Seat| around.visited.iter().any(|one| one.organisation == found.organisation);
                let others: Vec<_> = around.team.iter().filter(|found| !visited(found)).copied().collect();
                holding(&others)
            }
            Relation::Author => {
                let author = around.author.into_iter();
                let roles = |author: &Actor| if is_person { RoleSet::of(&[author.role]) } else { self.roles };
                let debtor = |author: &Actor| Debtor {
                    organisation: author.organisation,
                    organisation_type: author.organisation_type,
                    roles: roles(author),
                    capacity: self.capacity,
                    person: is_person.then_some(author.person),
                };
                author.map(debtor).collect()
            }
            Relation::Named => {
                let debtor = |named: &Named| Debtor {
                    organisation: named.organisation,
                    organisation_type: named.organisation_type,
                    roles: self.roles,
                    capacity: self.capacity,
                    person: named.person.filter(|_| is_person),
                };
                around.named.iter().map(debtor).collect()
            }
            Relation::Debtor => {
                let told = |debtor: &Debtor| Debtor { capacity: self.capacity, person: None, ..*debtor };
                debtors.iter().map(told).collect()
            }
        }
    }
}

impl Terms {
    pub(crate) fn of(rule: &Rule) -> Option<Self> {
        let (acknowledge, kinds, answers, same) = match &rule.mechanism {
            Mechanism::Duty(duty) => {
                (duty.met_by.acknowledge, duty.met_by.kinds, duty.met_by.answers, duty.met_by.same)
            }
            Mechanism::Standing(standing) => (false, standing.keep, false, None),
            _ => return None,
        };
        let (on_admission, on_death, owed_by) = match &rule.mechanism {
            Mechanism::Duty(duty) => (duty.on_admission, duty.on_death, &duty.owed_by),
            Mechanism::Standing(standing) if standing.rests_on_admission => {
                (OnAdmission::Pauses, OnDeath::Closes, &standing.owed_by)
            }
            Mechanism::Standing(standing) => (OnAdmission::GoesOn, OnDeath::Closes, &standing.owed_by),
            _ => return None,
        };
        let Deadline { within, remind, escalate, ways_out } = rule.mechanism.deadline()?;
        Some(Self {
            acknowledge,
            kinds: positions(kinds).filter_map(|at| Kind::ALL.get(usize::from(at)).copied()).collect(),
            answers,
            same,
            within: (*within).into(),
            remind: remind.iter().map(|span| (*span).into()).collect(),
            escalate: escalate
                .iter()
                .map(|step| ChainStep { told: Told::of(&step.to), after: step.after.into() })
                .collect(),
            ways_out: ways_out.clone(),
            on_admission,
            on_death,
            in_person: matches!(owed_by.relation, Relation::Named | Relation::Visited),
        })
    }

    /// Everything the duty clock will do if nobody acts, in order. `of` is the debtor's type of organisation.
    #[must_use]
    pub fn schedule(&self, opened_at: Timestamp, calendar: &Calendar, of: OrganisationType) -> Vec<Step> {
        let span = |from: Timestamp, timing: Timing| calendar.due_at(from, timing.seconds, timing.clock, of);
        let due = span(opened_at, self.within);
        let reminders = (0..)
            .zip(&self.remind)
            .map(|(at, timing)| Step { at: span(opened_at, *timing), does: StepDoes::Remind(at) });
        // Hours of a business clock may push a reminder to the due time itself: then it is no reminder.
        let mut steps: Vec<_> = reminders.filter(|step| step.at < due).collect();
        steps.push(Step { at: due, does: StepDoes::Due });
        steps.extend((0..).zip(&self.escalate).map(|(at, step)| Step {
            at: if step.after.seconds == 0 { due } else { span(due, step.after) },
            does: StepDoes::Escalate(at),
        }));
        steps.sort_by_key(|step| (step.at, step.does));
        steps
    }
}

impl Rulebook {
    /// The duties to open for what a post drew, with their debtors on this team.
    #[must_use]
    pub fn open_duties(&self, opened: &[DutyOpened], around: &Around<'_>) -> Vec<NewDuty> {
        opened.iter().flat_map(|opened| self.open(opened.rule, opened.confirmed, around)).collect()
    }

    /// One duty, or one for each organisation that owes; also for a standing duty that fell due.
    #[must_use]
    pub fn open(&self, rule: RuleRef, confirmed: bool, around: &Around<'_>) -> Vec<NewDuty> {
        let Some((_, text)) = self.rule(rule) else { return Vec::new() };
        let owed_by = match &text.mechanism {
            Mechanism::Duty(duty) => &duty.owed_by,
            Mechanism::Standing(standing) => &standing.owed_by,
            _ => return Vec::new(),
        };
        let Some(terms) = self.terms.get(&rule).cloned() else { return Vec::new() };
        let mut debtors = Told::of(owed_by).resolve(around, &[]);
        if let Some(author) = around.author.filter(|_| terms.acknowledge) {
            // Nobody is asked to take note of what they wrote; a doctor is, of what the nurse of the same clinic wrote.
            let is_own = |debtor: &Debtor| debtor.organisation == author.organisation && debtor.roles.has(author.role);
            debtors.retain(|debtor| !is_own(debtor));
        }
        // Each of nobody is nobody; one who must be found is looked for along the chain.
        let unowed = debtors.is_empty() && !owed_by.each;
        if unowed {
            let chain = terms.escalate.iter().map(|step| step.told.resolve(around, &[]));
            debtors = chain.into_iter().find(|told| !told.is_empty()).unwrap_or_default();
        }
        let each = owed_by.each;
        let duty = |debtors: Vec<Debtor>| NewDuty { rule, terms: terms.clone(), debtors, confirmed, each, unowed };
        if each { debtors.into_iter().map(|debtor| duty(vec![debtor])).collect() } else { vec![duty(debtors)] }
    }

    /// The terms of a duty or standing rule.
    pub fn terms(&self, rule: RuleRef) -> Option<&Arc<Terms>> {
        self.terms.get(&rule)
    }
}
