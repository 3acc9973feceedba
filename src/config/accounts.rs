//! Settings of accounts: which passwords are taken.

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountSettings {
    pub profile: PasswordProfile,
}
