//! Ids that a repeated import makes again: `UUIDv5` over what the source calls the thing.
//!
//! Each part of the name carries its length, so that no two lists of parts make the same name.

use uuid::Uuid;

use crate::domain::ids::{EntryId, PatientId};
use crate::domain::patient::Identifier;

/// The namespace of everything this hub imports. Changing it would import all files a second time.
const IMPORTED: Uuid = Uuid::from_u128(0x5d0f_9f0c_6a1e_4b52_9c77_3e5b_8f21_d604);

fn named(parts: &[&str]) -> Uuid {
    let name: String = parts.iter().map(|part| format!("{}:{part};", part.len())).collect();
    Uuid::new_v5(&IMPORTED, name.as_bytes())
}

/// The patient an identifier stands for, where nobody registered them yet.
#[must_use]
pub fn patient(identifier: &Identifier) -> PatientId {
    PatientId(named(&["patient", &identifier.system, &identifier.value]))
}

/// An entry of a patient's, by the source's own name for it.
#[must_use]
pub fn entry(kind: &str, source: &str, patient: &Identifier, row: &str) -> EntryId {
    EntryId(named(&["entry", kind, source, &patient.system, &patient.value, row]))
}
