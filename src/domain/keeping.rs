//! What whoever answers for the region's data does with it as a whole: backups and their return. The audit log keeps each.

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
}

impl KeepingDeed {
    /// A stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BackedUp { .. } => "backed_up",
            Self::Restored { .. } => "restored",
        }
    }
}
