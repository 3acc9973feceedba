//! Snapshots of the fold ↔ bytes: a cache, so what does not fit this hub's fold is passed over.

mod course;
mod duties;
mod office;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use prost::Message;

use super::CodecError;
use super::body::{alarm_limit, alarm_limit_message, registration, registration_message};
use super::field::{code, code_text, decimal, each, id, id_text, ids};
use super::mapped::Mapped;
use super::proto::store::v1 as stored;
use crate::domain::alarm::AlarmLimit;
use crate::domain::decimal::Decimal;
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq, TimelineId};
use crate::domain::ruling::rule_id;
use crate::domain::standing::Standing;
use crate::domain::state::{Access, Accesses, Advice, Advised, FOLD_VERSION, Measured, PatientState};
use crate::domain::team::Membership;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;
use crate::domain::vital::VitalSign;
use crate::domain::withheld::ConsentTerms;

pub use duties::{decode_duty, encode_duty};

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
    let limits = |(seq, limits): &(Seq, Arc<[AlarmLimit]>)| stored::AlarmLimitsSet {
        seq: seq.0,
        limits: limits.iter().map(alarm_limit_message).collect(),
    };
    stored::Snapshot {
        fold_version: FOLD_VERSION,
        timeline: id_text(state.timeline.0),
        head: state.head.0,
        recorded_at_us: state.recorded_at.as_micros(),
        registration: state.registration.as_deref().map(registration_message),
        agreement: code_text(state.agreement),
        consent: code_text(state.consent),
        team: state.team.iter().map(membership).collect(),
        access_epoch: state.access_epoch.0,
        hidden: state.hidden.keys().map(|entry| id_text(entry.0)).collect(),
        hidden_seqs: state.hidden.values().map(|seq| seq.0).collect(),
        former: state.former.iter().map(|organisation| id_text(organisation.0)).collect(),
        registered_by: state.registered_by.0,
        consented_by: state.consented_by.0,
        form_version: state.terms.form_version.to_string(),
        withheld: state.terms.withheld.sent(),
        withheld_before: state.terms.withheld_before.sent(),
        limits: state.limits.kept().iter().map(limits).collect(),
        limits_dropped: state.limits.dropped().map_or(0, |seq| seq.0),
        vitals: state.vitals.iter().map(sign_message).collect(),
        retracted: state.retracted.iter().map(|seq| seq.0).collect(),
        accesses: state.accesses.as_slice().iter().map(access_message).collect(),
        advice: state.advice.iter().map(advised_message).collect(),
        course: Some(course::course_message(&state.course)),
        duties: duties::duties_message(&state.duties),
        away_since_us: state.duties.away_since.map(Timestamp::as_micros),
        office: state.office.as_deref().map(office::office_message),
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
    let office = kept.office.map(office::office).transpose();
    Ok(PatientState {
        timeline: id("timeline", &kept.timeline, TimelineId)?,
        head: Seq(kept.head),
        recorded_at: Timestamp(kept.recorded_at_us),
        registration: registration.map_err(|invalid| invalid.within("registration"))?.map(Arc::new),
        agreement: code("agreement", &kept.agreement)?,
        consent: code("consent", &kept.consent)?,
        team: each("team", kept.team, membership)?.into_iter().collect::<BTreeMap<_, _>>(),
        former: ids("former", &kept.former, OrganisationId)?.into_iter().collect::<BTreeSet<_>>(),
        access_epoch: Seq(kept.access_epoch),
        registered_by: Seq(kept.registered_by),
        consented_by: Seq(kept.consented_by),
        terms: ConsentTerms {
            form_version: kept.form_version.into(),
            withheld: Mapped::read(kept.withheld).map_err(|invalid: Invalid| invalid.within("withheld"))?,
            withheld_before: Mapped::read(kept.withheld_before)
                .map_err(|invalid: Invalid| invalid.within("withheld_before"))?,
        },
        limits: Standing::of(
            each("limits", kept.limits, limits)?,
            (kept.limits_dropped > 0).then_some(Seq(kept.limits_dropped)),
        ),
        vitals: each("vitals", kept.vitals, sign)?.into_iter().collect::<BTreeMap<_, _>>(),
        retracted: kept.retracted.into_iter().map(Seq).collect(),
        hidden: ids("hidden", &kept.hidden, EntryId)?.into_iter().zip(kept.hidden_seqs.into_iter().map(Seq)).collect(),
        accesses: Accesses::of(each("accesses", kept.accesses, access)?),
        advice: Advice { by_rule: each("advice", kept.advice, advised)?.into_iter().collect() },
        course: course::course(kept.course.unwrap_or_default()).map_err(|invalid| invalid.within("course"))?,
        duties: duties::duties(kept.duties, kept.away_since_us)?,
        office: office.map_err(|invalid| invalid.within("office"))?.map(Arc::new),
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

fn advised_message(advised: &Advised) -> stored::Advised {
    stored::Advised { rule: advised.rule.to_string(), entry: id_text(advised.entry.0), at_us: advised.at.as_micros() }
}

fn advised(kept: stored::Advised) -> Result<(String, Advised), Invalid> {
    let entry = id("entry", &kept.entry, EntryId)?;
    let advised = Advised { rule: kept.rule.into(), entry, at: Timestamp(kept.at_us) };
    Ok((rule_id(&advised.rule).to_owned(), advised))
}

fn access_message(access: &Access) -> stored::Access {
    stored::Access {
        person: id_text(access.person.0),
        organisation: id_text(access.organisation.0),
        until_us: access.until.as_micros(),
        entry: id_text(access.entry.0),
        seq: access.seq.0,
        declared_at_us: access.declared_at.as_micros(),
        reviewed_at_us: access.reviewed_at.map(Timestamp::as_micros),
    }
}

fn access(kept: stored::Access) -> Result<Access, Invalid> {
    Ok(Access {
        entry: id("entry", &kept.entry, EntryId)?,
        seq: Seq(kept.seq),
        person: id("person", &kept.person, PersonId)?,
        organisation: id("organisation", &kept.organisation, OrganisationId)?,
        declared_at: Timestamp(kept.declared_at_us),
        until: Timestamp(kept.until_us),
        reviewed_at: kept.reviewed_at_us.map(Timestamp),
    })
}

fn limits(kept: stored::AlarmLimitsSet) -> Result<(Seq, Arc<[AlarmLimit]>), Invalid> {
    Ok((Seq(kept.seq), each("limits", &kept.limits, alarm_limit)?.into()))
}

fn sign_message((sign, standing): (&VitalSign, &Standing<Measured, Decimal>)) -> stored::Sign {
    let reading = |measured: Measured, value: String| stored::Reading {
        at_us: measured.at.as_micros(),
        seq: measured.seq.0,
        value,
    };
    stored::Sign {
        sign: code_text(*sign),
        kept: standing.kept().iter().map(|(measured, value)| reading(*measured, value.to_string())).collect(),
        dropped: standing.dropped().map(|measured| reading(measured, String::new())),
    }
}

fn sign(kept: stored::Sign) -> Result<(VitalSign, Standing<Measured, Decimal>), Invalid> {
    let measured = |reading: &stored::Reading| Measured { at: Timestamp(reading.at_us), seq: Seq(reading.seq) };
    let reading = |reading: &stored::Reading| Ok((measured(reading), decimal("value", &reading.value)?));
    let standing = Standing::of(each("kept", &kept.kept, reading)?, kept.dropped.as_ref().map(measured));
    Ok((code("sign", &kept.sign)?, standing))
}
