//! When what a body tells of was noticed, and when it was over, as its author says; and whom a call was for. Asked where
//! rules compare moments, and where a duty is compared with what may meet it.

use std::fmt;

use super::observed::{Call, CallTo};
use super::{Body, MeetingState};
use crate::domain::duty::Debtor;
use crate::domain::ids::OrganisationId;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;

impl Body {
    /// When its author noticed what it tells of. Of a visit: its end, for something may have shown itself only then.
    #[must_use]
    pub fn noticed_at(&self) -> Option<Timestamp> {
        match self {
            Self::StatusChange(change) => change.noticed_at,
            Self::Visit(visit) => visit.ended_at.or(visit.started_at),
            Self::Call(call) => call.called_at,
            Self::VerbalOrderReceived(received) => received.received_at,
            _ => None,
        }
    }

    /// The moments that it tells of as past, by the names that the wire has for them.
    #[must_use]
    pub fn moments_past(&self) -> Vec<(&'static str, Timestamp)> {
        let said = |moments: &[(&'static str, Option<Timestamp>)]| -> Vec<(&'static str, Timestamp)> {
            moments.iter().filter_map(|(field, at)| Some((*field, (*at)?))).collect()
        };
        match self {
            Self::Visit(visit) => said(&[("started_at_us", visit.started_at), ("ended_at_us", visit.ended_at)]),
            Self::StatusChange(change) => said(&[("noticed_at_us", change.noticed_at)]),
            Self::Call(call) => said(&[("called_at_us", call.called_at)]),
            Self::VerbalOrderReceived(received) => said(&[("received_at_us", received.received_at)]),
            Self::Death(death) => said(&[("died_at_us", death.died_at)]),
            Self::Incident(incident) => {
                said(&[("happened_at_us", incident.happened_at), ("noticed_at_us", incident.noticed_at)])
            }
            Self::Conference(held) if held.state == MeetingState::Held => said(&[("held_at_us", held.held_at)]),
            Self::JointVisit(held) if held.state == MeetingState::Held => said(&[("at_us", held.at)]),
            _ => Vec::new(),
        }
    }

    /// When what it tells of was over, or began where it does not say more.
    #[must_use]
    pub fn over_at(&self) -> Option<Timestamp> {
        match self {
            Self::Visit(visit) => visit.ended_at.or(visit.started_at),
            Self::Call(call) => call.called_at,
            Self::Conference(conference) => conference.held_at,
            Self::JointVisit(visit) => visit.at,
            Self::VisitPlan(plan) => plan.ends_at.or(plan.starts_at),
            _ => None,
        }
    }
}

/// Whom a call was for: a role, if it says which, and perhaps at one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callee {
    pub role: Option<Role>,
    pub organisation: Option<OrganisationId>,
}

impl Call {
    /// Whom it was for.
    #[must_use]
    pub fn callee(&self) -> Callee {
        let role = self.role.or(match self.to {
            CallTo::Doctor => Some(Role::Doctor),
            CallTo::Nurse => Some(Role::Nurse),
            CallTo::Other => None,
        });
        Callee { role, organisation: self.organisation }
    }
}

/// `doctor`, `doctor@ORGANISATION`, or `other` where the role is not said.
impl fmt::Display for Callee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.role.map_or("other", Role::code))?;
        self.organisation.map_or(Ok(()), |organisation| write!(f, "@{organisation}"))
    }
}

impl Callee {
    /// Whether `before`, as it was written down, may be the same: the role is, and no other organisation is named.
    #[must_use]
    pub fn is_the_same(&self, before: &str) -> bool {
        let (role, organisation) = before.split_once('@').map_or((before, None), |(role, at)| (role, Some(at)));
        let own = self.organisation.map(|own| own.to_string());
        role == self.role.map_or("other", Role::code) && own.zip(organisation).is_none_or(|(own, at)| own == at)
    }

    /// Whether this may be one who owes.
    #[must_use]
    pub fn may_be(&self, debtor: &Debtor) -> bool {
        self.role.is_some_and(|role| debtor.roles.has(role))
            && self.organisation.is_none_or(|organisation| organisation == debtor.organisation)
    }
}
