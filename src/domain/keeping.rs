//! What whoever answers for the region's data does with it as a whole: backups and their return, records taken out, another key, a secretariat
//! that is back. The audit log keeps each.

use super::body::{Export, Suspension};
use super::checkpoint::Digest;
use super::ids::{EntryId, OrganisationId, PatientId, PersonId, Seq};
use super::retention::Kept;
use super::time::Timestamp;

/// By which command a record was come to, as `scope` of the entry says it; the page has its words by these.
const EXPORT_PATIENT: &str = "renkei export patient";
const EXPORT_REGION: &str = "renkei export region";
const EXPLAIN: &str = "renkei rulebook explain";

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepingDeed {
    /// A backup was made and read back whole.
    BackedUp {
        /// Of its file.
        name: String,
        bytes: u64,
    },
    /// The database was filled from a backup.
    Restored {
        /// The moment of the backup.
        made_at: Timestamp,
        /// What was ended with it.
        sign_ins: u64,
        links: u64,
        /// Why it is served though something was wrong with it; empty: nothing was.
        despite: String,
    },
    /// Another region's key wraps the data key. Both are named by what does not reveal them.
    KeyRotated { from: String, to: String },
    /// Another key signs checkpoints. Both are public halves.
    CheckpointKeyReplaced {
        from: Digest,
        to: Digest,
        /// The last checkpoint of the former key.
        after: u64,
        /// As whoever did it wrote.
        reason: String,
    },
    /// A record whose retention had ended was destroyed with its key.
    Destroyed {
        patient: PatientId,
        kept: Kept,
        /// As whoever did it wrote.
        reason: String,
    },
    /// One patient's whole record was taken out, or the region's.
    Exported {
        /// `None`: all of the region.
        patient: Option<PatientId>,
        /// As whoever did it wrote.
        reason: String,
        /// What somebody signed in was given; `None`: all of it, to whoever runs the hub's machine.
        taken: Option<TakenOut>,
    },
    /// Whoever runs the hub's machine asked why something of a record is as it is, and was told from its facts.
    LookedInto {
        /// `None`: it is no patient's.
        patient: Option<PatientId>,
        /// As whoever did it wrote.
        reason: String,
    },
    /// Where nobody acted for the secretariat, whoever runs the hub's machine entered somebody again.
    SecretariatRestored {
        organisation: OrganisationId,
        person: PersonId,
        /// As whoever did it wrote.
        reason: String,
    },
    /// A suspension that kept out whoever was entered again ended with that; the timeline it stands on tells of it.
    SuspensionLifted {
        /// On whose timeline it stands.
        organisation: OrganisationId,
        /// `None`: all of the organisation.
        person: Option<PersonId>,
        /// As whoever did it wrote.
        reason: String,
    },
    /// A row that counted for nothing, because nobody with the region's key wrote it, was struck out on the hub's machine.
    RowStruck {
        table: String,
        /// What named it there. Whoever wrote the row chose the words.
        row: String,
        /// As whoever did it wrote.
        reason: String,
    },
}

/// What of a record one person was given in one download.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenOut {
    /// On the timeline of their organisation, which says that it was taken out.
    pub entry: Option<EntryId>,
    /// The request that the secretariat permitted.
    pub request: Option<EntryId>,
    /// Places of the entries, as [`in_ranges`] writes them.
    pub seqs: String,
    pub files: u64,
}

/// Ascending places as ranges: `1-4 6 9-12`.
#[must_use]
pub fn in_ranges(seqs: impl IntoIterator<Item = Seq>) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for Seq(seq) in seqs {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == seq => *last = seq,
            _ => ranges.push((seq, seq)),
        }
    }
    let written = ranges.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    written.collect::<Vec<_>>().join(" ")
}

impl KeepingDeed {
    /// A stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BackedUp { .. } => "backed_up",
            Self::Restored { .. } => "restored",
            Self::Exported { taken: Some(_), .. } => "record_taken_out",
            Self::KeyRotated { .. } => "key_rotated",
            Self::CheckpointKeyReplaced { .. } => "checkpoint_key_replaced",
            Self::Destroyed { .. } => "record_destroyed",
            Self::Exported { patient: Some(_), .. } => "patient_exported",
            Self::Exported { patient: None, .. } => "region_exported",
            Self::LookedInto { .. } => "record_looked_into",
            Self::SecretariatRestored { .. } => "secretariat_restored",
            Self::SuspensionLifted { .. } => "suspension_lifted",
            Self::RowStruck { .. } => "row_struck",
        }
    }

    /// What the timelines concerned say of it, by whoever ran the command: why, and which one. `None`: it is told nobody.
    #[must_use]
    pub fn told(&self) -> Option<Export> {
        let (patient, reason, command) = match self {
            Self::Exported { patient: Some(patient), reason, taken: None } => (Some(*patient), reason, EXPORT_PATIENT),
            Self::Exported { patient: None, reason, taken: None } => (None, reason, EXPORT_REGION),
            Self::LookedInto { patient: Some(patient), reason } => (Some(*patient), reason, EXPLAIN),
            _ => return None,
        };
        let (purpose, scope, patients) = (reason.clone(), command.to_owned(), patient.into_iter().collect());
        Some(Export { purpose, scope, patients, ..Export::default() })
    }

    /// The end of the suspension, as the timeline of this organisation says it.
    #[must_use]
    pub fn lifts(&self) -> Option<(OrganisationId, Suspension)> {
        let Self::SuspensionLifted { organisation, person, reason } = self else { return None };
        let (person, reason) = (*person, reason.clone());
        Some((*organisation, Suspension { person, lifted: true, reason, ..Suspension::default() }))
    }

    /// As whoever did it had to write.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::CheckpointKeyReplaced { reason, .. }
            | Self::Destroyed { reason, .. }
            | Self::Exported { reason, .. }
            | Self::LookedInto { reason, .. }
            | Self::SecretariatRestored { reason, .. }
            | Self::SuspensionLifted { reason, .. }
            | Self::RowStruck { reason, .. }
            | Self::Restored { despite: reason, .. } => Some(reason),
            Self::BackedUp { .. } | Self::KeyRotated { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_follow_each_other_are_one_range() {
        let ranges = |seqs: &[u64]| in_ranges(seqs.iter().copied().map(Seq));
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[3]), "3");
        assert_eq!(ranges(&[1, 2, 3, 5, 9, 10]), "1-3 5 9-10");
    }
}
