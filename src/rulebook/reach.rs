//! How far somebody's sight of a timeline reaches: to a record of a given scope, and to the course of a duty. The one
//! answer to "may they see it": asked by the hub's views, by who may answer, owe and inherit a duty, so that nobody owes
//! or is told what they may not see. What was taken back is `View`'s and [`Reader::knows`]'s to hide.

use uuid::Uuid;

use super::book::Rulebook;
use super::class::{EntryClass, Mask, RecordClass};
use super::situation;
use crate::domain::directory::Actor;
use crate::domain::duties::Duty;
use crate::domain::duty::Debtor;
use crate::domain::entry::{Scope, Sensitivity};
use crate::domain::ids::PersonId;
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;

/// A reader in front of a timeline as its team, consent and rules stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    pub actor: Actor,
    mask: Mask,
    /// Records of others from before this stay closed.
    opens_from: Timestamp,
}

impl Reader {
    /// What the rules let `actor` see at `now`.
    #[must_use]
    pub fn of(state: &PatientState, rulebook: &Rulebook, actor: &Actor, now: Timestamp) -> Self {
        // What is needed in an emergency may be older than a link: an access opens all of the past.
        let has_access = state.emergency_access(actor, now).is_some();
        let linked = state.membership(actor).filter(|_| !has_access);
        Self {
            actor: *actor,
            mask: rulebook.view_mask(&situation::viewer(state, actor, now)),
            opens_from: linked.map_or(Timestamp::MIN, |membership| membership.opens_from),
        }
    }

    /// The same of whoever acts for the office of `debtor` in this role: the very person, else one of those linked.
    pub(super) fn in_role(
        state: &PatientState,
        rulebook: &Rulebook,
        debtor: &Debtor,
        role: Role,
        now: Timestamp,
    ) -> Self {
        let linked = state.team.get(&debtor.organisation);
        let person = debtor.person.or_else(|| linked.and_then(|membership| membership.people.first().copied()));
        let person = person.unwrap_or(PersonId(Uuid::nil()));
        let Debtor { organisation, organisation_type, .. } = *debtor;
        Self::of(state, rulebook, &Actor { person, role, organisation, organisation_type }, now)
    }

    /// Whether it sees anything that others wrote.
    #[must_use]
    pub fn sees_others(&self) -> bool {
        self.mask.shows_others()
    }

    /// Whether it sees the timelines of organisations.
    #[must_use]
    pub fn sees_offices(&self) -> bool {
        self.mask.shows_offices()
    }

    /// Whether it sees records of this class, whenever they were made.
    #[must_use]
    pub fn sees(&self, class: RecordClass) -> bool {
        self.mask.allows(class)
    }

    /// Whether it sees a record of this scope.
    #[must_use]
    pub fn reaches(&self, scope: &Scope) -> bool {
        self.reaches_as(EntryClass::of(scope), scope)
    }

    /// The same where the class of the scope is known already.
    #[must_use]
    pub fn reaches_as(&self, class: EntryClass, scope: &Scope) -> bool {
        let own = scope.owner == self.actor.organisation;
        let is_addressed = || scope.addressed_to.iter().any(|addressee| addressee.means(&self.actor));
        (own || scope.recorded_at >= self.opens_from) && self.mask.allows(class.seen_by(own, is_addressed()))
    }

    /// Whether it sees what became of a duty. `cause` is the scope of the entry that opened it: nobody learns from the
    /// course of a duty what they may not see, save the secretariat, which sees how duties stand and no chart.
    #[must_use]
    pub fn reaches_duty(&self, cause: Option<&Scope>) -> bool {
        let course = course_class(Kind::DutyStep).seen_by(false, false);
        self.mask.allows(course) && (self.sees_every_course() || cause.is_none_or(|cause| self.reaches(cause)))
    }

    /// Whether it may know of this duty: not of one whose cause was taken back from the wrong patient.
    #[must_use]
    pub fn knows(&self, state: &PatientState, duty: &Duty) -> bool {
        let is_hidden = duty.cause.is_some_and(|cause| state.hidden.contains_key(&cause));
        !is_hidden && self.reaches_duty(duty.scope.as_ref())
    }

    /// See [`Self::reaches_duty`].
    #[must_use]
    pub fn sees_every_course(&self) -> bool {
        self.actor.role == Role::Secretariat
    }

    /// Whether what this reader was shown may stand as `next` shows it.
    #[must_use]
    pub fn sees_as(&self, next: &Self) -> bool {
        self.mask == next.mask && self.opens_from == next.opens_from
    }
}

/// What an entry that tells the course of a duty is by itself, whatever opened the duty.
#[must_use]
pub fn course_class(kind: Kind) -> EntryClass {
    EntryClass::new(kind, Sensitivity::Normal, None)
}
