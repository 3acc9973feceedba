//! From the domain's nouns to the facts that rules are asked about: who acts, on which patient, on what record.

use super::facts::{ActorFacts, Known, PatientFacts, PatientStatus, Purpose, RecordFacts, ViewerFacts};
use crate::domain::body::Body;
use crate::domain::directory::Actor;
use crate::domain::entry::{Intent, Scope};
use crate::domain::role::Role;
use crate::domain::state::PatientState;
use crate::domain::time::Timestamp;

/// What rules know of this actor in front of this patient at `now`.
#[must_use]
pub fn viewer(state: &PatientState, actor: &Actor, now: Timestamp) -> ViewerFacts {
    let status = if state.course.is_closed() { PatientStatus::Closed } else { PatientStatus::Active };
    let linked = state.team.get(&actor.organisation);
    ViewerFacts {
        actor: ActorFacts {
            role: actor.role,
            organisation_type: actor.organisation_type,
            on_team: state.has_on_team(actor).into(),
            organisation_on_team: linked.is_some().into(),
            organisation_was_on_team: state.former.contains(&actor.organisation).into(),
            is_host: linked.is_some_and(|membership| membership.host).into(),
            break_glass: state.emergency_access(actor, now).is_some().into(),
            own_office: (state.timeline.as_organisation() == actor.organisation).into(),
        },
        patient: PatientFacts {
            consent: state.consent.into(),
            withheld: state.withheld().into(),
            status: status.into(),
            registered: state.registration.is_some().into(),
            has_host: state.host().is_some().into(),
        },
        purpose: purpose(actor.role),
    }
}

/// What a role acts for: the secretariat administers, everybody else cares.
const fn purpose(role: Role) -> Purpose {
    match role {
        Role::Secretariat => Purpose::Admin,
        _ => Purpose::Care,
    }
}

/// What rules know of the record somebody wants to post. A correction is what it puts in its target's place.
#[must_use]
pub fn record(intent: &Intent, actor: &Actor, target: Option<&Target>, now: Timestamp) -> RecordFacts {
    let body = intent.body.corrected().unwrap_or(&intent.body);
    let infection = match body {
        Body::InfectionNotice(notice) => Some(notice.infection),
        _ => None,
    };
    let target_fact = |fact: fn(&Target) -> bool| Known::Is(target.is_some_and(fact));
    RecordFacts {
        sensitivity: intent.sensitivity.into(),
        infection: infection.into(),
        own: true.into(),
        addressed: intent.addressed_to.iter().any(|addressee| addressee.means(actor)).into(),
        delay_s: intent.noticed_at().map_or(Known::Is(0), |at| Known::Is(delay_s(at, now))),
        target_own: target_fact(|target| target.own),
        target_visible: target_fact(|target| target.visible),
        link_own: (linked_organisation(body) == Some(actor.organisation)).into(),
        // Of other timelines: whoever decides is told.
        export_withheld: Known::Unknown,
    }
}

fn delay_s(noticed: Timestamp, received: Timestamp) -> i64 {
    i64::try_from(received.since(noticed).as_secs()).unwrap_or(i64::MAX)
}

fn linked_organisation(body: &Body) -> Option<crate::domain::ids::OrganisationId> {
    match body {
        Body::TeamLink(link) => Some(link.organisation),
        Body::TeamUnlink(unlink) => Some(unlink.organisation),
        Body::HostChange(change) => Some(change.organisation),
        _ => None,
    }
}

/// The entry an intent points back at, as far as deciding needs it.
#[derive(Clone, Debug)]
pub struct Target {
    pub scope: Scope,
    /// Written by the actor's organisation.
    pub own: bool,
    /// The actor may see it.
    pub visible: bool,
    /// The kind it has itself, which is not its scope's where it points back.
    pub kind: crate::domain::kind::Kind,
}
