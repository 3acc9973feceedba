//! Settings of records taken out by those who care for a patient. Whether they ask for permission at all the rules say.

use std::time::Duration;

use crate::limits;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportSettings {
    /// How long a permission holds once it was given.
    pub permission_holds: Duration,
}

impl ExportSettings {
    /// A permission holds for this many days.
    #[must_use]
    pub const fn of_days(days: u64) -> Self {
        Self { permission_holds: Duration::from_secs(days * 86_400) }
    }
}

impl Default for ExportSettings {
    fn default() -> Self {
        Self::of_days(limits::EXPORT_PERMISSION_DAYS_DEFAULT.unsigned_abs())
    }
}
