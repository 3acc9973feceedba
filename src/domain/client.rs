//! System clients: EHRs and device gateways that sign in by a key of their own and act for one organisation. What each may
//! do is a set of scopes in the syntax of SMART App Launch 2; the one table of them is here. What of it the organisation's
//! link lets it do, the rulebook says.

use std::fmt;

use super::ids::{ClientId, OrganisationId, SignInId};
use super::kind::Kind;
use super::list::closed_list;
use super::plain::check_plain;
use super::text::{Invalid, Text};
use super::time::Timestamp;
use crate::limits;

/// A system client. Its name stands in the directory, where it is the person who acts in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    pub organisation: OrganisationId,
    /// What it is for, as the secretariat wrote.
    pub purpose: String,
    /// The most that it may be granted.
    pub scopes: Scopes,
    pub registered_at: Timestamp,
    pub suspended_at: Option<Timestamp>,
    /// For good.
    pub removed_at: Option<Timestamp>,
}

impl Client {
    /// Whether it may be let in.
    #[must_use]
    pub const fn stands(&self) -> bool {
        self.suspended_at.is_none() && self.removed_at.is_none()
    }
}

closed_list! {
    /// By what a key signs (RFC 7518, RFC 8037). Named with the key, so that no assertion chooses it.
    KeyAlgorithm {
        Es384 = "ES384", "ES384（P-384）", "ES384 (P-384)";
        Rs384 = "RS384", "RS384（RSA）", "RS384 (RSA)";
        Es256 = "ES256", "ES256（P-256）", "ES256 (P-256)";
        EdDsa = "EdDSA", "EdDSA（Ed25519）", "EdDSA (Ed25519)";
    }
}

/// A public key of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKey {
    /// `kid`: names one key for ever.
    pub id: String,
    pub algorithm: KeyAlgorithm,
    /// An uncompressed point, the 32 bytes of Ed25519, or the modulus of RSA, whose exponent is 65537.
    pub material: Vec<u8>,
}

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptKey {
    pub key: ClientKey,
    pub added_at: Timestamp,
    /// From when on it opens nothing.
    pub removed_at: Option<Timestamp>,
}

/// By which key a token was asked for, and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientGrant {
    pub key: String,
    pub scopes: Scopes,
}

/// A resource of FHIR, the kinds of entries that it stands for, and those of them that a client may post.
pub struct ScopeRow {
    pub resource: &'static str,
    pub reads: &'static [Kind],
    pub creates: &'static [Kind],
}

const fn row(resource: &'static str, reads: &'static [Kind], creates: &'static [Kind]) -> ScopeRow {
    ScopeRow { resource, reads, creates }
}

/// The one table of scopes. INVARIANT: a kind that stands in no row is neither read nor posted by any client.
pub const SCOPES: &[ScopeRow] = &[
    row("Patient", &[Kind::Registration], &[]),
    row("Observation", &[Kind::Vital, Kind::LabResult], &[Kind::Vital, Kind::LabResult]),
    row(
        "Communication",
        &[Kind::Note, Kind::Message, Kind::Call, Kind::StatusChange, Kind::InfectionNotice, Kind::Consultation],
        &[Kind::Note, Kind::Message, Kind::StatusChange],
    ),
    row("DeviceUseStatement", &[Kind::DeviceChange], &[Kind::DeviceChange]),
    row(
        "ServiceRequest",
        &[Kind::Order, Kind::StandingOrder, Kind::NursingInstruction, Kind::LabRequest, Kind::VerbalOrderReceived],
        &[],
    ),
    row(
        "DocumentReference",
        &[
            Kind::OrderDocument,
            Kind::NursingReport,
            Kind::CarePlan,
            Kind::MedicationList,
            Kind::MedicationReport,
            Kind::Allergies,
            Kind::AcpNote,
            Kind::PeriodicRecord,
        ],
        &[],
    ),
    // Scopes of their own: no system that was registered before gets to read the telephone numbers of families.
    row("Condition", &[Kind::ProblemList], &[]),
    row("RelatedPerson", &[Kind::RelatedPersons], &[]),
];

/// The row of finding patients.
const PATIENT: usize = 0;

/// A set of scopes: two bits for each row of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    const fn read(row: usize) -> u32 {
        1 << (2 * row)
    }

    const fn create(row: usize) -> u32 {
        2 << (2 * row)
    }

    /// Scopes as they are asked for, separated by spaces: `system/Observation.rs system/Observation.c`.
    ///
    /// # Errors
    /// When one is not in the table, or there is none.
    pub fn parse(field: &str, given: &str) -> Result<Self, Invalid> {
        let mut scopes = Self::default();
        for word in given.split(' ').filter(|word| !word.is_empty()) {
            scopes.0 |= Self::parse_one(word).ok_or_else(|| unknown_scope(field))?;
        }
        if scopes.is_empty() { Err(Invalid::required(field)) } else { Ok(scopes) }
    }

    fn parse_one(word: &str) -> Option<u32> {
        let (resource, access) = word.strip_prefix("system/")?.split_once('.')?;
        let row = SCOPES.iter().position(|row| row.resource == resource)?;
        let creates = !SCOPES[row].creates.is_empty();
        match access {
            "rs" => Some(Self::read(row)),
            "c" if creates => Some(Self::create(row)),
            "crs" if creates => Some(Self::read(row) | Self::create(row)),
            _ => None,
        }
    }

    /// Every scope that there is, one by one.
    #[must_use]
    pub fn all_words() -> Vec<String> {
        let words = |row: &ScopeRow| {
            let reads = format!("system/{}.rs", row.resource);
            let creates = (!row.creates.is_empty()).then(|| format!("system/{}.c", row.resource));
            std::iter::once(reads).chain(creates).collect::<Vec<_>>()
        };
        SCOPES.iter().flat_map(words).collect()
    }

    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether entries of this kind are to be read by them; of an entry that points back, the kind of its target.
    #[must_use]
    pub fn reads(self, kind: Kind) -> bool {
        SCOPES.iter().enumerate().any(|(at, row)| self.0 & Self::read(at) != 0 && row.reads.contains(&kind))
    }

    /// Whether an entry of this kind is to be posted by them.
    #[must_use]
    pub fn creates(self, kind: Kind) -> bool {
        SCOPES.iter().enumerate().any(|(at, row)| self.0 & Self::create(at) != 0 && row.creates.contains(&kind))
    }

    /// Whether patients are to be found by them.
    #[must_use]
    pub const fn finds_patients(self) -> bool {
        self.0 & Self::read(PATIENT) != 0
    }

    /// Whether anything on a timeline is to be read by them.
    #[must_use]
    pub fn reads_anything(self) -> bool {
        (0..SCOPES.len()).any(|row| self.0 & Self::read(row) != 0)
    }

    /// Whether anything is to be posted by them.
    #[must_use]
    pub fn creates_anything(self) -> bool {
        (0..SCOPES.len()).any(|row| self.0 & Self::create(row) != 0)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (at, row) in SCOPES.iter().enumerate() {
            let access = match (self.0 & Self::read(at) != 0, self.0 & Self::create(at) != 0) {
                (true, true) => "crs",
                (true, false) => "rs",
                (false, true) => "c",
                (false, false) => continue,
            };
            write!(f, "{between}system/{}.{access}", row.resource)?;
            between = " ";
        }
        Ok(())
    }
}

fn unknown_scope(field: &str) -> Invalid {
    let known = Scopes::all_words().join(" ");
    let expected = Text::new(format!("使えるスコープ: {known}"), format!("scopes are: {known}"));
    Invalid::new(field, "unknown_code", expected)
}

/// What a client is for, as somebody typed it.
///
/// # Errors
/// When it is empty, too long, or holds control characters.
pub fn read_purpose(field: &str, given: &str) -> Result<String, Invalid> {
    let (purpose, max) = (given.trim(), limits::CLIENT_PURPOSE_CHARS_MAX);
    let chars = purpose.chars().count();
    if purpose.is_empty() {
        return Err(Invalid::required(field));
    }
    if chars > max {
        return Err(Invalid::too_long(field, max, ("文字", "characters"), chars));
    }
    check_plain(field, purpose)?;
    Ok(purpose.to_owned())
}

/// What is done to clients, and by them at the token endpoint; the audit log keeps each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientDeed {
    Registered {
        client: ClientId,
        organisation: OrganisationId,
        scopes: Scopes,
    },
    KeyAdded {
        client: ClientId,
        key: String,
    },
    KeyRemoved {
        client: ClientId,
        key: String,
    },
    /// With the reason that whoever does it must write.
    Suspended {
        client: ClientId,
        reason: String,
    },
    Resumed {
        client: ClientId,
    },
    Removed {
        client: ClientId,
        reason: String,
    },
    TokenIssued {
        client: ClientId,
        sign_in: SignInId,
        key: String,
        /// Empty: the connection does not tell.
        address: String,
        scopes: Scopes,
    },
    /// Somebody named this client and did not show that they are it.
    Refused {
        client: ClientId,
        address: String,
    },
}

impl ClientDeed {
    /// Whose it is, and a stable name.
    #[must_use]
    pub const fn about(&self) -> (ClientId, &'static str) {
        match self {
            Self::Registered { client, .. } => (*client, "registered"),
            Self::KeyAdded { client, .. } => (*client, "key_added"),
            Self::KeyRemoved { client, .. } => (*client, "key_removed"),
            Self::Suspended { client, .. } => (*client, "suspended"),
            Self::Resumed { client } => (*client, "resumed"),
            Self::Removed { client, .. } => (*client, "removed"),
            Self::TokenIssued { client, .. } => (*client, "token_issued"),
            Self::Refused { client, .. } => (*client, "token_refused"),
        }
    }

    /// As whoever did it had to write.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Suspended { reason, .. } | Self::Removed { reason, .. } => Some(reason),
            Self::Registered { .. }
            | Self::KeyAdded { .. }
            | Self::KeyRemoved { .. }
            | Self::Resumed { .. }
            | Self::TokenIssued { .. }
            | Self::Refused { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(given: &str) -> Scopes {
        Scopes::parse("scope", given).unwrap()
    }

    #[test]
    fn scopes_are_written_as_they_are_read_and_unknown_ones_are_refused() {
        assert_eq!(parse("system/Observation.c  system/Observation.rs").to_string(), "system/Observation.crs");
        assert_eq!(parse(&Scopes::all_words().join(" ")), parse(&parse(&Scopes::all_words().join(" ")).to_string()));
        for unknown in [
            "system/*.rs",
            "system/Observation.r",
            "system/Observation.cruds",
            "system/Observation.d",
            "system/Observation.sr",
            "system/Patient.c",
            "system/Observation.rs?category=vital-signs",
            "user/Observation.rs",
            "system/observation.rs",
            "openid",
            "system/Observation.rs system/Binary.rs",
        ] {
            assert_eq!(Scopes::parse("scope", unknown).unwrap_err().code, "unknown_code", "{unknown}");
        }
        assert_eq!(Scopes::parse("scope", " ").unwrap_err().code, "required");
    }

    #[test]
    fn a_scope_opens_its_own_kinds_and_no_others() {
        let gateway = parse("system/Observation.c");
        assert!(gateway.creates(Kind::Vital) && !gateway.reads(Kind::Vital) && !gateway.creates(Kind::Note));
        let reader = parse("system/Communication.rs");
        assert!(reader.reads(Kind::Note) && !reader.creates(Kind::Note) && !reader.reads(Kind::Vital));
        assert!(!reader.finds_patients() && parse("system/Patient.rs").finds_patients());
        let documents = parse("system/DocumentReference.rs");
        assert!(documents.reads(Kind::Allergies) && parse("system/Condition.rs").reads(Kind::ProblemList));
        assert!(!documents.reads(Kind::ProblemList) && !documents.reads(Kind::RelatedPersons));
        let all = parse(&Scopes::all_words().join(" "));
        assert!(
            all.reads(Kind::RelatedPersons) && !all.creates(Kind::RelatedPersons) && !all.creates(Kind::ProblemList)
        );
        for closed in [Kind::Consent, Kind::TeamLink, Kind::EmergencyAccess, Kind::Pledge, Kind::DutyStep] {
            assert!(!all.reads(closed) && !all.creates(closed), "{closed}");
        }
        for closed in [Kind::Correction, Kind::Retraction, Kind::Order, Kind::NursingInstruction, Kind::Registration] {
            assert!(!all.creates(closed), "{closed}");
        }
    }

    #[test]
    fn what_was_registered_bounds_what_is_asked() {
        let asked = parse("system/Observation.crs system/Communication.rs");
        assert_eq!(asked.and(parse("system/Observation.c system/Patient.rs")).to_string(), "system/Observation.c");
        assert!(asked.and(parse("system/Patient.rs")).is_empty());
    }
}
