//! What the source calls the things a file brings. The target makes an id of each name (see
//! [`super::target::ImportTarget::id_of`]), the same one every time, so that a repeated import finds what it brought.

use crate::domain::patient::Identifier;

/// A name in the source's own words; patient numbers are in it, so it is never stored as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(String);

impl Name {
    /// Each part carries its length, so that no two lists of parts make the same name.
    fn of(parts: &[&str]) -> Self {
        Self(parts.iter().map(|part| format!("{}:{part};", part.len())).collect())
    }

    /// The patient an identifier stands for, where nobody registered them yet.
    #[must_use]
    pub fn patient(identifier: &Identifier) -> Self {
        Self::of(&["patient", &identifier.system, &identifier.value])
    }

    /// An entry of a patient's, by the source's own name for it.
    #[must_use]
    pub fn entry(kind: &str, source: &str, patient: &Identifier, row: &str) -> Self {
        Self::of(&["entry", kind, source, &patient.system, &patient.value, row])
    }

    /// What an id is made of.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
