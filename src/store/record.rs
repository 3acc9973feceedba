//! Columns ↔ domain: ids, seqs and links as the two engines keep them, and the small sealed records
//! (names of the directory, registrations) that belong to no message of the wire.

use prost::Message;
use uuid::Uuid;

use crate::domain::attachment::{Attachment, ContentHash, MediaType};
use crate::domain::ids::{PersonId, Seq};
use crate::domain::patient::{HumanName, Identifier, Registration, Sex};
use crate::vault::chain::Link;

use super::StoreError;

/// Stands for a label that does not open, of what is shown all the same so that it can be ended.
pub(super) const UNREADABLE: &str = "（読めません / unreadable）";

pub(super) fn uuid_from(place: &str, bytes: &[u8]) -> Result<Uuid, StoreError> {
    Uuid::from_slice(bytes).map_err(|error| StoreError::inconsistent(place, error))
}

pub(super) fn link_from(place: &str, bytes: &[u8]) -> Result<Link, StoreError> {
    bytes.try_into().map_err(|error| StoreError::inconsistent(place, error))
}

pub(super) fn seq_from(place: &str, seq: i64) -> Result<Seq, StoreError> {
    u64::try_from(seq).map(Seq).map_err(|error| StoreError::inconsistent(place, error))
}

pub(super) fn seq_into(seq: Seq) -> i64 {
    i64::try_from(seq.0).expect("a timeline has fewer than 2^63 entries")
}

/// The member of a closed list with this code.
pub(super) fn code_from<T>(place: &str, code: &str, member: Option<T>) -> Result<T, StoreError> {
    member.ok_or_else(|| StoreError::inconsistent(place, format!("unknown code `{code}`")))
}

/// What a sealed record is bound to: what it is, and whose.
pub(super) fn record_aad(what: &[u8; 16], id: Uuid) -> [u8; 32] {
    let mut aad = [0; 32];
    aad[..16].copy_from_slice(what);
    aad[16..].copy_from_slice(id.as_bytes());
    aad
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct IdentifierRecord {
    #[prost(string, tag = "1")]
    system: String,
    #[prost(string, tag = "2")]
    value: String,
}

impl IdentifierRecord {
    pub(super) fn list(identifiers: &[Identifier]) -> Vec<Self> {
        identifiers.iter().map(|id| Self { system: id.system.clone(), value: id.value.clone() }).collect()
    }

    pub(super) fn into_list(records: Vec<Self>) -> Vec<Identifier> {
        records.into_iter().map(|record| Identifier { system: record.system, value: record.value }).collect()
    }
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct OrganisationRecord {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "2")]
    pub(super) kana: String,
    #[prost(string, tag = "3")]
    pub(super) phone: String,
    #[prost(message, repeated, tag = "4")]
    pub(super) identifiers: Vec<IdentifierRecord>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct PersonRecord {
    #[prost(string, tag = "1")]
    pub(super) kanji: String,
    #[prost(string, tag = "2")]
    pub(super) kana: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct AccountRecord {
    #[prost(string, tag = "1")]
    pub(super) login: String,
    #[prost(string, optional, tag = "2")]
    pub(super) password: Option<String>,
    #[prost(bytes = "vec", optional, tag = "3")]
    pub(super) authenticator: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct PasskeyRecord {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) key: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct BellRecord {
    #[prost(string, tag = "1")]
    pub(super) endpoint: String,
    #[prost(string, tag = "2")]
    pub(super) device: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct IdentityRecord {
    #[prost(string, tag = "1")]
    pub(super) issuer: String,
    #[prost(string, tag = "2")]
    pub(super) subject: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct InvitationRecord {
    #[prost(string, tag = "1")]
    pub(super) code: String,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) authenticator: Vec<u8>,
    /// Not of those from before it was kept.
    #[prost(message, optional, tag = "3")]
    pub(super) issuer: Option<IssuerRecord>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct IssuerRecord {
    /// Empty: whoever runs the hub's machine.
    #[prost(bytes = "vec", tag = "1")]
    pub(super) person: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(super) role: String,
    #[prost(bytes = "vec", tag = "3")]
    pub(super) organisation: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct DeviceRecord {
    #[prost(string, tag = "1")]
    pub(super) name: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ClientRecord {
    #[prost(string, tag = "1")]
    pub(super) purpose: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct AnnouncementRecord {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) by: Vec<u8>,
    #[prost(int64, tag = "2")]
    pub(super) at: i64,
    #[prost(bool, tag = "3")]
    pub(super) is_withdrawn: bool,
    #[prost(string, tag = "4")]
    pub(super) reason: String,
    #[prost(string, tag = "5")]
    pub(super) title: String,
    #[prost(string, tag = "6")]
    pub(super) text: String,
    #[prost(string, tag = "7")]
    pub(super) until: String,
    #[prost(string, repeated, tag = "8")]
    pub(super) types: Vec<String>,
    #[prost(bytes = "vec", repeated, tag = "9")]
    pub(super) organisations: Vec<Vec<u8>>,
    #[prost(string, repeated, tag = "10")]
    pub(super) roles: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct TrainingRecord {
    #[prost(string, tag = "1")]
    pub(super) title: String,
    #[prost(string, tag = "2")]
    pub(super) kind: String,
    #[prost(string, tag = "3")]
    pub(super) day: String,
    #[prost(bool, tag = "4")]
    pub(super) is_cancelled: bool,
    #[prost(bytes = "vec", tag = "5")]
    pub(super) by: Vec<u8>,
    #[prost(int64, tag = "6")]
    pub(super) at: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct RegistrationRecord {
    #[prost(string, tag = "1")]
    kanji: String,
    #[prost(string, tag = "2")]
    kana: String,
    #[prost(string, tag = "3")]
    birth_date: String,
    #[prost(string, tag = "4")]
    sex: String,
    #[prost(message, repeated, tag = "5")]
    identifiers: Vec<IdentifierRecord>,
    #[prost(bool, tag = "6")]
    in_facility: bool,
    /// Empty: nobody.
    #[prost(bytes = "vec", tag = "7")]
    agreed_by: Vec<u8>,
    #[prost(message, repeated, tag = "8")]
    attachments: Vec<AttachmentRecord>,
    #[prost(string, tag = "9")]
    document: String,
    #[prost(string, tag = "10")]
    agreed_on_paper: String,
    #[prost(bool, tag = "11")]
    for_training: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct AttachmentRecord {
    #[prost(bytes = "vec", tag = "1")]
    sha256: Vec<u8>,
    #[prost(string, tag = "2")]
    media_type: String,
    #[prost(uint32, tag = "3")]
    size_bytes: u32,
    #[prost(string, tag = "4")]
    title: String,
}

impl From<&Attachment> for AttachmentRecord {
    fn from(attached: &Attachment) -> Self {
        Self {
            sha256: attached.sha256.0.to_vec(),
            media_type: attached.media_type.code().to_owned(),
            size_bytes: attached.size_bytes,
            title: attached.title.clone(),
        }
    }
}

impl AttachmentRecord {
    fn into_attachment(self, place: &str) -> Result<Attachment, StoreError> {
        let hash = <[u8; 32]>::try_from(self.sha256);
        let hash = hash.map_err(|_| StoreError::inconsistent(place, "a content hash has 32 bytes"))?;
        Ok(Attachment {
            sha256: ContentHash(hash),
            media_type: code_from(place, &self.media_type, MediaType::from_code(&self.media_type))?,
            size_bytes: self.size_bytes,
            title: self.title,
        })
    }
}

impl From<&Registration> for RegistrationRecord {
    fn from(registration: &Registration) -> Self {
        Self {
            kanji: registration.name.kanji.clone(),
            kana: registration.name.kana.clone(),
            birth_date: registration.birth_date.to_string(),
            sex: registration.sex.code().to_owned(),
            identifiers: IdentifierRecord::list(&registration.identifiers),
            in_facility: registration.in_facility,
            for_training: registration.for_training,
            agreed_by: registration.agreed_by.map(|doctor| doctor.0.as_bytes().to_vec()).unwrap_or_default(),
            attachments: registration.attachments.iter().map(Into::into).collect(),
            document: registration.document.clone(),
            agreed_on_paper: registration.agreed_on_paper.clone(),
        }
    }
}

impl RegistrationRecord {
    pub(super) fn into_registration(self, place: &str) -> Result<Registration, StoreError> {
        let attachments: Result<Vec<_>, _> =
            self.attachments.into_iter().map(|record| record.into_attachment(place)).collect();
        Ok(Registration {
            name: HumanName { kanji: self.kanji, kana: self.kana },
            birth_date: self.birth_date.parse().map_err(|error| StoreError::inconsistent(place, error))?,
            sex: code_from(place, &self.sex, Sex::from_code(&self.sex))?,
            identifiers: IdentifierRecord::into_list(self.identifiers),
            in_facility: self.in_facility,
            for_training: self.for_training,
            agreed_by: match &self.agreed_by[..] {
                [] => None,
                doctor => Some(PersonId(uuid_from(place, doctor)?)),
            },
            attachments: attachments?,
            document: self.document,
            agreed_on_paper: self.agreed_on_paper,
        })
    }
}
