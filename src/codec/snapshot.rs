//! Snapshots of the fold ↔ bytes: a cache, so what does not fit this hub's fold is passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use prost::Message;

use super::CodecError;
use super::body::{
    Form, alarm_limit, alarm_limit_message, measurement, measurement_message, registration, registration_message,
};
use super::field::{code, code_text, each, id, id_text, ids, message};
use super::proto::store::v1 as stored;
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::state::{FOLD_VERSION, Latest, PatientState};
use crate::domain::team::Membership;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;
use crate::domain::vital::VitalSign;

/// The bytes of a state.
#[must_use]
pub fn encode_snapshot(state: &PatientState) -> Vec<u8> {
    let membership = |(organisation, membership): (&OrganisationId, &Membership)| stored::Membership {
        organisation: id_text(organisation.0),
        people: membership.people.iter().map(|person| id_text(person.0)).collect(),
        host: membership.host,
        since_us: membership.since.as_micros(),
        opens_from_us: membership.opens_from.as_micros(),
    };
    let latest = |latest: &Latest| stored::Latest {
        measurement: Some(measurement_message(&latest.measurement, Form::Recorded)),
        at_us: latest.at.as_micros(),
        seq: latest.seq.0,
    };
    stored::Snapshot {
        fold_version: FOLD_VERSION,
        timeline: id_text(state.timeline.0),
        head: state.head.0,
        recorded_at_us: state.recorded_at.as_micros(),
        registration: state.registration.as_deref().map(registration_message),
        consent: code_text(state.consent),
        team: state.team.iter().map(membership).collect(),
        access_epoch: state.access_epoch.0,
        alarm_limits: state.alarm_limits.iter().map(alarm_limit_message).collect(),
        latest: state.latest.values().map(latest).collect(),
        hidden: state.hidden.iter().map(|entry| id_text(entry.0)).collect(),
        former: state.former.iter().map(|organisation| id_text(organisation.0)).collect(),
    }
    .encode_to_vec()
}

/// The state, or `None` if another version of the fold made it.
///
/// # Errors
/// When the bytes are damaged. The caller may fold the timeline from its beginning instead.
pub fn decode_snapshot(bytes: &[u8]) -> Result<Option<PatientState>, CodecError> {
    let kept = stored::Snapshot::decode(bytes)?;
    if kept.fold_version != FOLD_VERSION {
        return Ok(None);
    }
    Ok(Some(state(kept)?))
}

fn state(kept: stored::Snapshot) -> Result<PatientState, Invalid> {
    let registration = kept.registration.map(registration).transpose();
    Ok(PatientState {
        timeline: id("timeline", &kept.timeline, TimelineId)?,
        head: Seq(kept.head),
        recorded_at: Timestamp(kept.recorded_at_us),
        registration: registration.map_err(|invalid| invalid.within("registration"))?.map(Arc::new),
        consent: code("consent", &kept.consent)?,
        team: each("team", kept.team, membership)?.into_iter().collect::<BTreeMap<_, _>>(),
        former: ids("former", &kept.former, OrganisationId)?.into_iter().collect::<BTreeSet<_>>(),
        access_epoch: Seq(kept.access_epoch),
        alarm_limits: each("alarm_limits", &kept.alarm_limits, alarm_limit)?.into(),
        latest: each("latest", kept.latest, latest)?.into_iter().collect::<BTreeMap<_, _>>(),
        hidden: ids("hidden", &kept.hidden, EntryId)?.into_iter().collect::<BTreeSet<_>>(),
    })
}

fn membership(kept: stored::Membership) -> Result<(OrganisationId, Membership), Invalid> {
    let membership = Membership {
        people: ids("people", &kept.people, PersonId)?.into_iter().collect(),
        host: kept.host,
        since: Timestamp(kept.since_us),
        opens_from: Timestamp(kept.opens_from_us),
    };
    Ok((id("organisation", &kept.organisation, OrganisationId)?, membership))
}

fn latest(kept: stored::Latest) -> Result<(VitalSign, Latest), Invalid> {
    let measurement = message("measurement", kept.measurement, |sent| measurement(&sent, Form::Recorded))?;
    Ok((measurement.sign, Latest { measurement, at: Timestamp(kept.at_us), seq: Seq(kept.seq) }))
}
