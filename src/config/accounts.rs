//! Settings of accounts: which passwords are taken, and how long somebody counts as having shown who they are.

use std::time::Duration;

use crate::limits;

/// A published rule about passwords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordProfile {
    /// OWASP ASVS 5.0: fifteen characters or more.
    #[default]
    Asvs,
    /// The guideline of the ministry (6.0) where a second factor is asked for, as it always is here: eight or more.
    Gl6,
}

impl PasswordProfile {
    /// As the configuration names it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asvs => "asvs",
            Self::Gl6 => "gl6",
        }
    }
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSettings {
    pub profile: PasswordProfile,
    /// Grave acts ask for a proof of who it is that is no older than this.
    pub proof_counts: Duration,
    /// A post that came in an envelope waits this long for its author.
    pub quarantine_keeps: Duration,
}

impl Default for AccountSettings {
    fn default() -> Self {
        let proof_counts = Duration::from_secs(limits::PROOF_COUNTS_S_DEFAULT.unsigned_abs());
        let quarantine_keeps = days(limits::QUARANTINE_DAYS_DEFAULT);
        Self { profile: PasswordProfile::default(), proof_counts, quarantine_keeps }
    }
}

/// A span of whole days.
#[must_use]
pub fn days(count: i64) -> Duration {
    Duration::from_secs(count.unsigned_abs().saturating_mul(86_400))
}
