//! Whose records somebody sees who looks into the log, and what of them: the secretariat all, whoever looks after an office
//! those of who acted for it. Asked by lists, sums and exports alike.

use super::AuditError;
use super::event::Event;
use crate::domain::act::{Act, Deed};
use crate::domain::audit::AuditFilter;
use crate::domain::directory::{Actor, Directory};
use crate::domain::role::Role;
use crate::store::{AuditFound, Audited};

/// What is asked for, as far as the asker may ask.
#[derive(Clone, Debug)]
pub struct Part {
    pub filter: AuditFilter,
    /// Whoever does not is answered for a record that they may not know of like for nobody's.
    sees_all: bool,
}

impl Part {
    /// For whoever answers for the whole region, or has its machine.
    #[must_use]
    pub const fn of_all(filter: AuditFilter) -> Self {
        Self { filter, sees_all: true }
    }

    /// For somebody signed in.
    ///
    /// # Errors
    /// When they look after no office, or ask for another than theirs.
    pub fn of(directory: &Directory, actor: &Actor, filter: AuditFilter) -> Result<Self, AuditError> {
        if actor.role == Role::Secretariat {
            return Ok(Self::of_all(filter));
        }
        let own = directory.administered_by(actor).next().ok_or(AuditError::Forbidden)?;
        if filter.organisation.is_some_and(|asked| asked != own) {
            return Err(AuditError::Forbidden);
        }
        Ok(Self { filter: AuditFilter { organisation: Some(own), ..filter }, sees_all: false })
    }

    /// What is seen of a record. `None`: not even that it is there.
    ///
    /// INVARIANT: what was refused as if nobody were there, or waits as if somebody were, tells an office's administrator
    /// nobody's id, and no more when they ask for it: it would tell them who is a patient of the region.
    #[must_use]
    pub(super) fn event(&self, found: AuditFound, directory: &Directory) -> Option<Event> {
        let tells_nothing = !self.sees_all && is_of_perhaps_nobody(found.audited.as_ref());
        let mut event = Event::of(found, directory);
        if tells_nothing && event.patient.take().is_some() && self.filter.patient.is_some() {
            return None;
        }
        Some(event)
    }
}

/// A post that was refused, or waits for a link, without a word of whether there is such a record. What the rules refuse or hold,
/// they refuse to somebody who may know of it.
fn is_of_perhaps_nobody(audited: Option<&Audited>) -> bool {
    match audited {
        Some(Audited::Refusal(refusal)) => {
            refusal.dismissed.is_none() && !matches!(refusal.code.as_str(), "forbidden" | "held")
        }
        Some(Audited::Act(Act { deed: Deed::Queued { .. }, .. })) => true,
        _ => false,
    }
}
