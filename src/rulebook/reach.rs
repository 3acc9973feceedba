//! How far a reader's mask reaches: to a record of a given scope, and to the course of a duty. Asked by the hub's
//! views and by `feasible`, so that whoever may answer a duty is whoever sees it.

use super::class::{EntryClass, Mask, RecordClass};
use crate::domain::directory::Actor;
use crate::domain::entry::{Scope, Sensitivity};
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;

/// A reader in front of a patient.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub actor: &'a Actor,
    pub mask: &'a Mask,
    /// Records of others from before this stay closed.
    pub opens_from: Timestamp,
}

impl Reader<'_> {
    /// Whether it sees a record of this scope.
    #[must_use]
    pub fn reaches(&self, scope: &Scope) -> bool {
        let own = scope.owner == self.actor.organisation;
        (own || scope.recorded_at >= self.opens_from) && self.mask.allows(RecordClass::of(scope, self.actor))
    }

    /// Whether it sees what became of a duty. `cause` is the scope of the entry that opened it: nobody learns from the
    /// course of a duty what they may not see, save the secretariat, which sees how duties stand and no chart.
    #[must_use]
    pub fn reaches_duty(&self, cause: Option<&Scope>) -> bool {
        let course = course_class(Kind::DutyStep).seen_by(false, false);
        self.mask.allows(course) && (self.sees_every_course() || cause.is_none_or(|cause| self.reaches(cause)))
    }

    /// See [`Self::reaches_duty`].
    #[must_use]
    pub fn sees_every_course(&self) -> bool {
        self.actor.role == Role::Secretariat
    }
}

/// What an entry that tells the course of a duty is by itself, whatever opened the duty.
#[must_use]
pub fn course_class(kind: Kind) -> EntryClass {
    EntryClass::new(kind, Sensitivity::Normal, None)
}
