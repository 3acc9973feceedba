//! Who found which patient of others by name and birth date lately, and so may declare emergency access to them.
//!
//! In memory only, as long as [`limits::EMERGENCY_FINDING_MS`]: after a restart they search again. Kept by person and
//! organisation, because a post does not say by which sign-in it came.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::directory::Actor;
use crate::domain::ids::{OrganisationId, PersonId, TimelineId};
use crate::domain::time::Timestamp;
use crate::limits;

type Finding = (PersonId, OrganisationId, TimelineId);

/// See the module.
#[derive(Debug, Default)]
pub struct Findings {
    /// Until when each counts.
    until: Mutex<HashMap<Finding, Timestamp>>,
}

impl Findings {
    /// The actor found these patients now. What counts no longer is sorted out: searches are few.
    pub fn note(&self, actor: &Actor, found: impl IntoIterator<Item = TimelineId>, now: Timestamp) {
        let mut findings = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        findings.retain(|_, until| now < *until);
        let until = now.saturating_add(Duration::from_millis(limits::EMERGENCY_FINDING_MS));
        findings.extend(found.into_iter().map(|timeline| ((actor.person, actor.organisation, timeline), until)));
    }

    /// Whether the actor found this patient lately.
    #[must_use]
    pub fn has(&self, actor: &Actor, timeline: TimelineId, now: Timestamp) -> bool {
        let findings = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        findings.get(&(actor.person, actor.organisation, timeline)).is_some_and(|until| now < *until)
    }
}
