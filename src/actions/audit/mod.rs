//! The audit log for those who answer for it: who saw this patient, what did this account see, and all of it to take out.
//! The secretariat sees every record; whoever looks after an office, the records of those who acted for that office.
//!
//! INVARIANT: nobody looks into the log, or takes anything out of it, without a record of that in it.

mod details;
pub mod event;
pub mod export;
mod fhir;
pub mod part;
pub mod shape;
#[cfg(test)]
mod tests;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::act::{Act, By, Deed};
use crate::domain::audit::{AuditFilter, AuditUse};
use crate::domain::directory::Directory;
use crate::domain::ids::{PatientId, TimelineId};
use crate::domain::plain::is_blank;
use crate::domain::reading::ReadScope;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::reading::LookError;
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, Sight, StoreError};
use crate::limits::{self, TAKEN_OUT_LISTED_MAX};
use crate::store::{AuditOrder, AuditPage, Exposure, Exposures, Journal, Untold};

use self::event::Event;
use self::part::Part;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error("neither the secretariat nor somebody who looks after this office")]
    Forbidden,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Look(#[from] LookError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Some records, the newest first, and the patients they are about, as far as the asker may know of them.
#[derive(Debug)]
pub struct Listed {
    pub events: Vec<Event>,
    pub patients: BTreeMap<PatientId, Sight>,
    /// Where to go on.
    pub next: Option<u64>,
}

/// A page of records. On record itself, once for each first page; the names of patients as looks at their cards.
///
/// # Errors
/// When the actor may not see them, or the journal cannot be read or written.
pub async fn list(
    hub: &Hub,
    signed_in: &SignedIn,
    filter: AuditFilter,
    (cursor, limit): (Option<u64>, usize),
    with_names: bool,
) -> Result<Listed, AuditError> {
    let directory = hub.region().directory();
    let part = Part::of(&directory, &signed_in.actor, filter)?;
    let filter = part.filter.clone();
    if cursor.is_none() {
        let by = signed_in.by();
        note_use(hub.journal(), by, (AuditUse::Listed, &filter, ""), hub.region().now()).await?;
    }
    let AuditPage { found, next } = search(hub.journal(), filter, AuditOrder::NewestFirst, cursor, limit).await?;
    let events: Vec<Event> = found.into_iter().filter_map(|found| part.event(found, &directory)).collect();
    let patients = match with_names {
        true => look_at(hub, signed_in, events.iter().flat_map(Event::patients)).await?,
        false => BTreeMap::new(),
    };
    Ok(Listed { events, patients, next })
}

/// Records of a part of the log.
///
/// # Errors
/// When the journal cannot be read.
pub async fn search(
    journal: &Journal,
    filter: AuditFilter,
    order: AuditOrder,
    cursor: Option<u64>,
    limit: usize,
) -> Result<AuditPage, StoreError> {
    journal.read(move |tx| Box::pin(async move { tx.search_audits(&filter, order, cursor, limit).await })).await
}

/// Whether a part of the log may be taken out for this reason.
///
/// # Errors
/// When it is empty or too long.
pub fn check_reason(reason: &str) -> Result<(), Invalid> {
    let (chars, max) = (reason.chars().count(), limits::AUDIT_REASON_CHARS_MAX);
    if is_blank(reason) {
        return Err(Invalid::required("reason"));
    }
    if chars > max { Err(Invalid::too_long("reason", max, ("文字", "characters"), chars)) } else { Ok(()) }
}

/// Puts on record that somebody looks into the log.
///
/// # Errors
/// When the journal cannot be written.
pub async fn note_use(
    journal: &Journal,
    by: By,
    (how, filter, reason): (AuditUse, &AuditFilter, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let deed = Deed::AuditUsed { how, filter: Box::new(filter.clone()), reason: reason.to_owned() };
    let act = Act { by, deed };
    journal.write(move |tx| Box::pin(async move { tx.append_acts(now, [act]).await })).await
}

async fn look_at(
    hub: &Hub,
    signed_in: &SignedIn,
    patients: impl Iterator<Item = PatientId>,
) -> Result<BTreeMap<PatientId, Sight>, LookError> {
    let patients: BTreeSet<TimelineId> = patients.map(TimelineId::from).collect();
    let sights = hub.look_at_cards(signed_in.actor, signed_in.id, patients, ReadScope::Audit).await?;
    Ok(sights.into_iter().map(|sight| (sight.state.timeline.as_patient(), sight)).collect())
}

/// A record that whoever runs the hub's machine took out, or looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenByCommand {
    pub at: Timestamp,
    /// Which command, and why, as they wrote; `None`: the audit record does not open.
    pub said: Option<(String, String)>,
}

impl From<Untold> for TakenByCommand {
    fn from(note: Untold) -> Self {
        let said = note.act.and_then(|act| match act.deed {
            Deed::Keeping(deed) => deed.told(),
            _ => None,
        });
        Self { at: note.at, said: said.map(|said| (said.scope, said.purpose)) }
    }
}

/// Whose record somebody was given to read, or who was given somebody's, summed up.
#[derive(Debug)]
pub struct Exposed {
    pub lines: Vec<Exposure>,
    /// Records of reads that do not open, and are not in the lines.
    pub unreadable: u64,
    /// When whoever runs the hub's machine took a patient's record out, or looked into it: nobody's reading, and told besides.
    pub taken_out: Vec<TakenByCommand>,
    pub patients: BTreeMap<PatientId, Sight>,
}

/// What a person was given to read between two moments, or who was given a patient's record.
///
/// # Errors
/// When neither or both are named, the actor may not see it, or the journal cannot be read or written.
pub async fn exposed(hub: &Hub, signed_in: &SignedIn, filter: AuditFilter) -> Result<Exposed, AuditError> {
    let directory = hub.region().directory();
    let filter = Part::of(&directory, &signed_in.actor, filter)?.filter;
    let (from, until) = (filter.from.unwrap_or(Timestamp::MIN), filter.until.unwrap_or(Timestamp::MAX));
    let (patient, person) = (filter.patient, filter.person);
    if patient.is_some() == person.is_some() {
        let expected =
            Text::fixed("patient か person のどちらか一つが必要です", "either patient or person is expected");
        return Err(Invalid::new("patient", "required", expected).into());
    }
    let by = signed_in.by();
    note_use(hub.journal(), by, (AuditUse::Exposure, &filter, ""), hub.region().now()).await?;
    let found: Result<Exposures, StoreError> = hub
        .journal()
        .read(move |tx| {
            Box::pin(async move {
                match (patient, person) {
                    (Some(patient), _) => tx.list_exposures_to(patient.into(), from, until).await,
                    (None, Some(person)) => tx.list_exposures_of(person, from, until).await,
                    (None, None) => Ok(Exposures::default()),
                }
            })
        })
        .await;
    let taken_out = match patient {
        // What was taken out is everybody's business on the team, and the secretariat's; not one office's administrator's.
        Some(patient) if filter.organisation.is_none() => {
            let limit = TAKEN_OUT_LISTED_MAX;
            let reading = hub.journal().read(move |tx| {
                Box::pin(async move { tx.list_takings_of(patient.into(), (from, until), limit).await })
            });
            let takings: Result<Vec<Untold>, StoreError> = reading.await;
            takings?.into_iter().map(TakenByCommand::from).collect()
        }
        _ => Vec::new(),
    };
    let is_meant = |line: &Exposure| filter.organisation.is_none_or(|own| line.position.organisation == own);
    let Exposures { lines, unreadable } = found?;
    let lines: Vec<Exposure> = lines.into_iter().filter(is_meant).collect();
    let timelines = lines.iter().map(|line| line.timeline.as_patient());
    let patients = look_at(hub, signed_in, timelines.filter(|it| !is_office(&directory, *it))).await?;
    Ok(Exposed { lines, unreadable, taken_out, patients })
}

fn is_office(directory: &Directory, patient: PatientId) -> bool {
    directory.organisations.contains_key(&TimelineId::from(patient).as_organisation())
}
