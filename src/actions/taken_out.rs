//! What whoever runs the hub's machine takes out of records or looks into: on record with the reason, and noted for every team
//! that is told, in one commit and before anything is read. Telling them is the hub's (`hub/taken_out.rs`), now or when one starts.

use std::collections::HashSet;

use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::Directory;
use crate::domain::ids::{PatientId, TimelineId};
use crate::domain::keeping::KeepingDeed;
use crate::domain::plain::is_blank;
use crate::domain::role::OrganisationType;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits::AUDIT_REASON_CHARS_MAX;
use crate::store::{Journal, StoreError};

/// Of whose records.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    Patient(PatientId),
    /// Everybody's but that of these patients for training: every patient's team is told, and the secretariat on its own
    /// timeline. Who is for training is as their sealed registrations say; the column in the clear anybody could have written.
    Region(&'a Directory, &'a HashSet<TimelineId>),
    /// No patient's.
    Nobody,
}

/// INVARIANT: called before anything of it is read out.
///
/// # Errors
/// When the database fails; then nothing may be read out.
pub async fn note(journal: &Journal, whose: Whose<'_>, deed: KeepingDeed, now: Timestamp) -> Result<(), StoreError> {
    let act = Act { by: By::Operator, deed: Deed::Keeping(deed) };
    let patient = match whose {
        Whose::Patient(patient) => Some(TimelineId::from(patient)),
        Whose::Region(..) | Whose::Nobody => None,
    };
    let region = match whose {
        Whose::Region(directory, for_training) => Some((secretariats(directory), for_training.clone())),
        Whose::Patient(_) | Whose::Nobody => None,
    };
    let noting = journal.write(move |tx| {
        Box::pin(async move {
            let mut timelines: Vec<TimelineId> = patient.into_iter().collect();
            if let Some((secretariats, for_training)) = region {
                let patients = tx.list_patients_kept().await?;
                timelines.extend(secretariats);
                timelines.extend(patients.into_iter().filter(|timeline| !for_training.contains(timeline)));
            }
            tx.append_taking(patient, now, act, &timelines).await
        })
    });
    noting.await
}

fn secretariats(directory: &Directory) -> Vec<TimelineId> {
    let offices = directory.organisations.values();
    let offices = offices.filter(|office| office.active && office.kind == OrganisationType::Secretariat);
    offices.map(|office| office.id.into()).collect()
}

/// The reason as it is kept.
///
/// # Errors
/// In words, when there is none or it is too long.
pub fn check_reason(reason: &str) -> Result<&str, Text> {
    let reason = reason.trim();
    if is_blank(reason) || reason.chars().count() > AUDIT_REASON_CHARS_MAX {
        return Err(Text::new(
            format!("--reason: 1 文字から {AUDIT_REASON_CHARS_MAX} 文字の理由が必要です"),
            format!("--reason: a reason of 1 to {AUDIT_REASON_CHARS_MAX} characters is needed"),
        ));
    }
    Ok(reason)
}
