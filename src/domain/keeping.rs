//! What whoever answers for the region's data does with it as a whole: backups and their return, records taken out, another key. The audit log keeps each.

use super::ids::PatientId;
use super::retention::Kept;
use super::time::Timestamp;

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
    },
}

impl KeepingDeed {
    /// A stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BackedUp { .. } => "backed_up",
            Self::Restored { .. } => "restored",
            Self::KeyRotated { .. } => "key_rotated",
            Self::Destroyed { .. } => "record_destroyed",
            Self::Exported { patient: Some(_), .. } => "patient_exported",
            Self::Exported { patient: None, .. } => "region_exported",
        }
    }
}
