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
use crate::rulebook::{EntryClass, Mask, Reader, Rulebook, situation};

/// A reader's view of a timeline as its team, consent and rules stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub actor: Actor,
    /// Shared by all who see the same.
    mask: Arc<Mask>,
    /// Entries recorded before this stay closed, unless they are the reader's own.
    opens_from: Timestamp,
    hidden: Arc<BTreeMap<EntryId, Seq>>,
    access: Option<Box<Access>>,
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
        let opened = Self::by_rules(state, rulebook, actor, now)?;
        // All of the past: what is needed in an emergency may be older than a link.
        let opened = Self { opens_from: Timestamp::MIN, access: Some(Box::new(access)), ..opened };
        // What they will see once it has ended does not end.
        let afterwards = Self::by_rules(state, rulebook, actor, access.until);
        Some(afterwards.filter(|afterwards| afterwards.goes_on_as(&opened)).unwrap_or(opened))
    }

    fn of_office(state: &PatientState, rulebook: &Rulebook, actor: &Actor, now: Timestamp) -> Option<Self> {
        let mask = rulebook.shared_view_mask(&situation::viewer(state, actor, now));
        let (opens_from, hidden) = (Timestamp::MIN, Arc::clone(&state.hidden));
        mask.shows_offices().then_some(Self { actor: *actor, mask, opens_from, hidden, access: None })
    }

    fn by_rules(state: &PatientState, rulebook: &Rulebook, actor: &Actor, now: Timestamp) -> Option<Self> {
        state.registration.as_ref()?;
        let mask = rulebook.shared_view_mask(&situation::viewer(state, actor, now));
        let member = state.membership(actor);
        // A former member keeps its own entries; somebody who never belonged has none to keep.
        let has_own = member.is_some() || state.former.contains(&actor.organisation);
        if !mask.shows_others() && !has_own {
            return None;
        }
        Some(Self {
            actor: *actor,
            mask,
            opens_from: member.map_or(Timestamp::MIN, |membership| membership.opens_from),
            hidden: Arc::clone(&state.hidden),
            access: None,
        })
    }

    /// The emergency access without which the reader would see less, or nothing.
    #[must_use]
    pub fn access(&self) -> Option<&Access> {
        self.access.as_deref()
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
        !is_hidden && self.reader().reaches_duty(duty.scope.as_ref())
    }

    /// Whether this reader may see the entry that opened the duty.
    #[must_use]
    pub fn shows_cause_of(&self, duty: &Duty) -> bool {
        let is_hidden = duty.cause.is_some_and(|cause| self.hidden.contains_key(&cause));
        !is_hidden && duty.scope.as_ref().is_some_and(|cause| self.reader().reaches(cause))
    }

    fn reader(&self) -> Reader<'_> {
        Reader { actor: &self.actor, mask: &self.mask, opens_from: self.opens_from }
    }

    fn owns(&self, entry: &Published) -> bool {
        // Of the course of a duty, an organisation owns its answers; whose record opened the duty is another matter.
        let owner = if entry.course.is_some() { entry.entry.author.organisation } else { entry.scope.owner };
        owner == self.actor.organisation
    }

    /// Whether the reader would see the entry if nothing had been taken back.
    pub(super) fn reaches(&self, entry: &Published) -> bool {
        if let Some(course) = entry.course {
            let own = self.owns(entry);
            let is_shown = own || self.reader().sees_every_course() || entry.entry.target_scope.is_none();
            return self.mask.allows(course.seen_by(own, false)) && (is_shown || self.reaches_scope(entry));
        }
        self.reaches_scope(entry)
    }

    fn reaches_scope(&self, entry: &Published) -> bool {
        let own = entry.scope.owner == self.actor.organisation;
        if !own && entry.scope.recorded_at < self.opens_from {
            return false;
        }
        let addressed = entry.scope.addressed_to.iter().any(|addressee| addressee.means(&self.actor));
        self.mask.allows(entry.class.seen_by(own, addressed))
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
        self.mask.allows(EntryClass::new(kind, Sensitivity::Normal, None).seen_by(false, false))
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
        self.mask == next.mask && self.opens_from == next.opens_from
    }
}
