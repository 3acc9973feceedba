//! Emergency accesses to a patient's page: who declared one, until when, and whether the secretariat has looked at it.
//! Part of the patient's state. Whether somebody may declare one the rules say, not this file.

use std::time::Duration;

use crate::domain::body::EmergencyAccess;
use crate::domain::directory::Actor;
use crate::domain::entry::{Entry, Scope};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::limits;

/// Emergency access of one person acting for one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The entry that declared it, and its place.
    pub entry: EntryId,
    pub seq: Seq,
    pub person: PersonId,
    pub organisation: OrganisationId,
    pub declared_at: Timestamp,
    /// Nothing is shown from this moment on.
    pub until: Timestamp,
    /// When the secretariat acknowledged the declaration.
    pub reviewed_at: Option<Timestamp>,
}

impl Access {
    /// Whether it is open at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        now < self.until
    }

    fn is_of(&self, actor: &Actor) -> bool {
        self.person == actor.person && self.organisation == actor.organisation
    }
}

/// The newest [`limits::EMERGENCY_ACCESSES_KEPT_MAX`] declarations, oldest first; the timeline keeps all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accesses(Vec<Access>);

impl Accesses {
    /// These, oldest first.
    #[must_use]
    pub const fn of(accesses: Vec<Access>) -> Self {
        Self(accesses)
    }

    /// All that are remembered, oldest first.
    #[must_use]
    pub fn as_slice(&self) -> &[Access] {
        &self.0
    }

    /// What this actor declared last, open or not.
    #[must_use]
    pub fn last_of(&self, actor: &Actor) -> Option<&Access> {
        self.0.iter().rev().find(|access| access.is_of(actor))
    }

    /// A later declaration of the same person takes the place of the one that is open: with fewer minutes it ends early.
    pub(super) fn open(&mut self, declared: &EmergencyAccess, entry: &Entry) {
        let (declared_at, author) = (entry.recorded_at, &entry.author);
        for earlier in self.0.iter_mut().filter(|earlier| earlier.is_of(author)) {
            earlier.until = earlier.until.min(declared_at);
        }
        if self.0.len() >= limits::EMERGENCY_ACCESSES_KEPT_MAX {
            self.0.remove(0);
        }
        let lasts = Duration::from_secs(u64::from(declared.minutes) * 60);
        self.0.push(Access {
            entry: entry.id,
            seq: entry.seq,
            person: author.person,
            organisation: author.organisation,
            declared_at,
            until: declared_at.saturating_add(lasts),
            reviewed_at: None,
        });
    }

    /// Whoever runs the hub's machine took the record out: for the secretariat to look at as at the others. It was over when it
    /// was told, and opens nothing to anybody: nobody acts as the hub.
    pub(super) fn take_out(&mut self, entry: &Entry) {
        if self.0.len() >= limits::EMERGENCY_ACCESSES_KEPT_MAX {
            self.0.remove(0);
        }
        let (person, organisation) = (entry.author.person, entry.author.organisation);
        let (entry, seq, at) = (entry.id, entry.seq, entry.happened_at());
        self.0.push(Access { entry, seq, person, organisation, declared_at: at, until: at, reviewed_at: None });
    }

    /// The secretariat's acknowledgement of a declaration is its review.
    pub(super) fn review(&mut self, target: &Scope, entry: &Entry) {
        if entry.author.role != Role::Secretariat {
            return;
        }
        let reviewed = self.0.iter_mut().find(|access| access.seq == target.seq);
        if let Some(reviewed) = reviewed.filter(|access| access.reviewed_at.is_none()) {
            reviewed.reviewed_at = Some(entry.recorded_at);
        }
    }
}
