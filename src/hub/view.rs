//! What one reader may see of one timeline, worked out once so that a delivery costs a mask test.
//!
//! INVARIANT: every entry handed to a reader, live or from the journal, was let through by [`View::shows`]; what is told
//! about people, by [`View::knows_team`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::published::Published;
use crate::domain::body::{Body, Retraction, RetractionReason};
use crate::domain::directory::Actor;
use crate::domain::duties::Duty;
use crate::domain::entry::Sensitivity;
use crate::domain::ids::{EntryId, Seq};
use crate::domain::kind::Kind;
use crate::domain::state::{Access, PatientState};
use crate::domain::time::Timestamp;
use crate::rulebook::{EntryClass, Reader, Rulebook};

/// A reader's view of a timeline as its team, consent and rules stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    reader: Reader,
    hidden: Arc<BTreeMap<EntryId, Seq>>,
    access: Option<Access>,
}

impl View {
    /// What `actor` may see at `now`; `None` when it is nothing at all, so that the timeline looks unknown.
    #[must_use]
    pub fn of(state: &PatientState, rulebook: &Rulebook, actor: &Actor, now: Timestamp) -> Option<Self> {
        if state.office.is_some() {
            return Self::of_office(state, rulebook, actor, now);
        }
        let Some(access) = state.emergency_access(actor, now) else {
            return Self::by_rules(state, rulebook, actor, now);
        };
        let opened = Self { access: Some(access), ..Self::by_rules(state, rulebook, actor, now)? };
        // What they will see once it has ended does not end.
        let afterwards = Self::by_rules(state, rulebook, actor, access.until);
        Some(afterwards.filter(|afterwards| afterwards.goes_on_as(&opened)).unwrap_or(opened))
    }

    fn of_office(state: &PatientState, rulebook: &Rulebook, actor: &Actor, now: Timestamp) -> Option<Self> {
        let reader = Reader::of(state, rulebook, actor, now);
        reader.sees_offices().then(|| Self::by(reader, state))
    }

    fn by_rules(state: &PatientState, rulebook: &Rulebook, actor: &Actor, now: Timestamp) -> Option<Self> {
        state.registration.as_ref()?;
        let reader = Reader::of(state, rulebook, actor, now);
        // A former member keeps its own entries; somebody who never belonged has none to keep.
        let has_own = state.membership(actor).is_some() || state.former.contains(&actor.organisation);
        (reader.sees_others() || has_own).then(|| Self::by(reader, state))
    }

    fn by(reader: Reader, state: &PatientState) -> Self {
        Self { reader, hidden: Arc::new(state.hidden.clone()), access: None }
    }

    /// Whose view it is.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.reader.actor
    }

    /// The emergency access without which the reader would see less, or nothing.
    #[must_use]
    pub fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    /// From this moment on nothing may be shown under this view: the emergency access that it rests on has ended.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.access().map(|access| access.until)
    }

    /// Whether this reader may see the entry.
    #[must_use]
    pub fn shows(&self, entry: &Published) -> bool {
        (self.owns(entry) || !self.hides(entry)) && self.reaches(entry)
    }

    /// The entry that this reader has to forget because of `entry`: it was taken back from the wrong patient, which hides
    /// it and the retraction itself. `None` for whoever may not see either (a retraction carries its target's scope, so
    /// nobody learns from it of what was never theirs), and for its own organisation, which keeps its records.
    #[must_use]
    pub fn takes_back(&self, entry: &Published) -> Option<EntryId> {
        match entry.entry.body {
            Body::Retraction(Retraction { target, reason: RetractionReason::WrongPatient, .. }) => {
                (!self.owns(entry) && self.reaches(entry)).then_some(target)
            }
            _ => None,
        }
    }

    /// Whether this reader may know of the duty and how it stands.
    #[must_use]
    pub fn shows_duty(&self, duty: &Duty) -> bool {
        let is_hidden = duty.cause.is_some_and(|cause| self.hidden.contains_key(&cause));
        !is_hidden && self.reader.reaches_duty(duty.scope.as_ref())
    }

    /// Whether this reader may see the entry that opened the duty.
    #[must_use]
    pub fn shows_cause_of(&self, duty: &Duty) -> bool {
        let is_hidden = duty.cause.is_some_and(|cause| self.hidden.contains_key(&cause));
        !is_hidden && duty.scope.as_ref().is_some_and(|cause| self.reader.reaches(cause))
    }

    fn owns(&self, entry: &Published) -> bool {
        // Of the course of a duty, an organisation owns its answers; whose record opened the duty is another matter.
        let owner = if entry.course.is_some() { entry.entry.author.organisation } else { entry.scope.owner };
        owner == self.reader.actor.organisation
    }

    /// Whether the reader would see the entry if nothing had been taken back.
    pub(super) fn reaches(&self, entry: &Published) -> bool {
        if let Some(course) = entry.course {
            let own = self.owns(entry);
            let is_shown = own || self.reader.sees_every_course() || entry.entry.target_scope.is_none();
            return self.reader.sees(course.seen_by(own, false)) && (is_shown || self.reaches_scope(entry));
        }
        self.reaches_scope(entry)
    }

    fn reaches_scope(&self, entry: &Published) -> bool {
        self.reader.reaches_as(entry.class, &entry.scope)
    }

    /// Whether this reader may know who is on the team, who is present and how far each has read.
    #[must_use]
    pub fn knows_team(&self) -> bool {
        self.shows_state_of(Kind::TeamLink)
    }

    /// Whether this reader may know the patient's state as far as entries of this kind made it: who is on the
    /// team, what was consented to. Of the present only; `opens_from` closes the past and not this.
    #[must_use]
    pub fn shows_state_of(&self, kind: Kind) -> bool {
        self.reader.sees(EntryClass::new(kind, Sensitivity::Normal, None).seen_by(false, false))
    }

    fn hides(&self, entry: &Published) -> bool {
        !self.hidden.is_empty()
            && (self.hidden.contains_key(&entry.entry.id)
                || entry.target.is_some_and(|target| self.hidden.contains_key(&target))
                || entry.course.is_some() && self.hidden.values().any(|seq| *seq == entry.scope.seq))
    }

    /// Whether a reader that was served under `self` may simply go on under `next`.
    #[must_use]
    pub fn goes_on_as(&self, next: &Self) -> bool {
        self.reader.sees_as(&next.reader)
    }
}
