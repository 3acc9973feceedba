//! Settings of backups: where they lie and how many generations are kept.

use std::path::PathBuf;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupSettings {
    pub directory: PathBuf,
    /// The newest backup of each of so many days, weeks and months is kept.
    pub keep_daily: usize,
    pub keep_weekly: usize,
    pub keep_monthly: usize,
}
