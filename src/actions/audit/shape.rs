//! An audit record as JSON: for the API, and as a line of an export.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::event::{Event, ReadSeen, Who};
use crate::domain::directory::Directory;
use crate::domain::entry::OnBehalfOf;

/// A record of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditRecordShape {
    /// Place in the log, from 1; of what was accepted, its place on its timeline.
    pub seq: u64,
    #[schema(example = "2026-04-01T00:30:00Z")]
    pub at: String,
    /// `read`, `read_ended`, `accepted` (told from the timelines, and only when asked for), `refused`, `queued`, `dismissed`, `written_for`, `sign_in_began`, `sign_in_ended`, `account`, `device`,
    /// `client`, `directory`, `rulebook`, `duty_clock`, `emergency_search`, `keeping`, `quarantine`, `announcement`,
    /// `training`, `case`, `audit`; `null`: its content was destroyed.
    #[schema(example = "read")]
    pub kind: Option<&'static str>,
    pub by: WhoShape,
    /// For whom they wrote, or would have written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<WhoShape>,
    /// By which it was done, or which was begun.
    pub sign_in: Option<Uuid>,
    /// The sign-in that was ended, where that was done by another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_sign_in: Option<Uuid>,
    /// What the device of the sign-in calls itself.
    pub device: Option<String>,
    /// The registered device that it was done on.
    pub registered_device: Option<RegisteredDeviceShape>,
    /// Whose record it is about.
    pub patient: Option<Uuid>,
    /// The organisation whose page it is about.
    pub office: Option<Uuid>,
    /// Whom an emergency search found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Uuid>,
    /// The person, organisation or version of the rulebook that something was done to; the entry that was accepted.
    pub about: Option<Uuid>,
    pub read: Option<ReadShape>,
    /// What was done or why not, as a stable code.
    pub code: String,
    pub failed: bool,
    /// In words.
    pub ja: String,
    pub en: String,
    /// Why, as whoever did it had to write.
    #[schema(example = "本人からの開示請求")]
    pub reason: Option<String>,
}

/// A registered device.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisteredDeviceShape {
    pub id: Uuid,
    /// Under which it was registered; `null`: that does not open.
    #[schema(example = "タブレット 3")]
    pub name: Option<String>,
}

/// Who acted.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhoShape {
    /// `person`, `operator` (who runs commands on the hub's machine), `hub`, `unknown`.
    #[serde(rename = "as")]
    #[schema(example = "person")]
    pub acts_as: &'static str,
    pub person: Option<Uuid>,
    /// As the directory names them now.
    pub name: Option<String>,
    #[schema(example = "nurse")]
    pub role: Option<&'static str>,
    pub organisation: Option<Uuid>,
    pub organisation_name: Option<String>,
}

/// What was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadShape {
    /// `card`, `found`, `patient`, `entries`, `live`, `file`, `explanation`, `duties`, `advice`, `queue`, `markers`,
    /// `declaration`, `office`, `notice`, `audit`.
    #[schema(example = "entries")]
    pub scope: &'static str,
    /// SHA-256 of a file.
    pub file: Option<String>,
    /// Entries after this one.
    pub after: u64,
    /// Up to this one; `null`: up to the end of the timeline.
    pub through: Option<u64>,
    pub ended_at: Option<String>,
    /// `false`: it goes on, or the hub ended without a word.
    pub over: bool,
    /// `care`, `emergency`, `secretariat`, `former`, `office`, `rules`.
    #[schema(example = "care")]
    pub why: &'static str,
    /// The entry that declared the emergency access.
    pub declaration: Option<Uuid>,
}

impl AuditRecordShape {
    #[must_use]
    pub fn of(event: &Event, directory: &Directory) -> Self {
        let words = event.words();
        Self {
            seq: event.seq,
            at: event.at.to_rfc3339(),
            kind: event.kind.map(|kind| kind.code()),
            by: WhoShape::of(event.by, directory),
            on_behalf_of: event.on_behalf_of.map(|named| WhoShape::of(named.into(), directory)),
            sign_in: event.sign_in.map(|id| id.0),
            ended_sign_in: event.ended_sign_in.map(|id| id.0),
            device: event.device.clone(),
            registered_device: event
                .registered_device
                .as_ref()
                .map(|(id, name)| RegisteredDeviceShape { id: id.0, name: name.clone() }),
            patient: event.patient.map(|id| id.0),
            office: event.office.map(|id| id.0),
            found: event.found.iter().map(|id| id.0).collect(),
            about: event.about,
            read: event.read.as_ref().map(ReadShape::of),
            code: event.code.clone(),
            failed: event.failed,
            ja: words.ja.into_owned(),
            en: words.en.into_owned(),
            reason: event.reason.clone(),
        }
    }
}

impl From<OnBehalfOf> for Who {
    fn from(OnBehalfOf { person, position }: OnBehalfOf) -> Self {
        Self::Person { person, role: Some(position.role), organisation: position.organisation }
    }
}

impl WhoShape {
    #[must_use]
    pub fn of(who: Who, directory: &Directory) -> Self {
        let nobody = |acts_as| Self {
            acts_as,
            person: None,
            name: None,
            role: None,
            organisation: None,
            organisation_name: None,
        };
        match who {
            Who::Operator => nobody("operator"),
            Who::Hub => nobody("hub"),
            Who::Unknown => nobody("unknown"),
            Who::Person { person, role, organisation } => Self {
                acts_as: "person",
                person: Some(person.0),
                name: directory.people.get(&person).map(|person| person.name.kanji.clone()),
                role: role.map(|role| role.code()),
                organisation: Some(organisation.0),
                organisation_name: directory.organisations.get(&organisation).map(|found| found.name.clone()),
            },
        }
    }
}

impl ReadShape {
    fn of(read: &ReadSeen) -> Self {
        Self {
            scope: read.scope.code(),
            file: read.file.map(|file| file.to_string()),
            after: read.from.0,
            through: read.through.map(|seq| seq.0),
            ended_at: read.ended_at.map(|at| at.to_rfc3339()),
            over: read.is_over,
            why: read.why.code(),
            declaration: read.access.map(|entry| entry.0),
        }
    }
}
