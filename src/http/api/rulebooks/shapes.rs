//! Versions of the rulebook as REST shows them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::rulebook_life::{Life, Standing};
use crate::domain::lifecycle::RulebookVersion;
use crate::http::api::rulebook::NoteShape;
use crate::http::shapes::Words;

/// The versions there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    /// The configuration names the rulebook (`rulebook_dir`): the versions are shown, and none can be changed.
    configured: bool,
    versions: Vec<VersionHeader>,
}

/// A version without its files.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionHeader {
    id: Uuid,
    #[schema(example = "2027年度のきまり")]
    title: String,
    /// Changes with any byte of its files.
    fingerprint: String,
    /// `draft`, `proposed`, `agreed`, `in_force`, `retired`.
    stage: &'static str,
    stage_label: Words,
    drafted_at: String,
    /// When it comes, or came, into force.
    effective_at: Option<String>,
}

/// A version.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    #[serde(flatten)]
    header: VersionHeader,
    /// Nobody has agreed on any of it.
    only_seeds: bool,
    files: Vec<FileShape>,
    sets: Vec<SetToSign>,
    /// Signatures that are still missing before it is agreed.
    unsigned: Vec<UnsignedShape>,
    /// What is still to settle: figures that stand in, reviews that are due.
    notes: Vec<NoteShape>,
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileShape {
    pub(in crate::http::api) name: String,
    pub(in crate::http::api) text: String,
}

/// A set of rules and who signed it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetToSign {
    id: String,
    version: String,
    title: Words,
    /// What a signature is given to; changes with any byte of the set or of the words.
    agreement: String,
    signatures: Vec<SignatureHeld>,
}

/// A signature that holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureHeld {
    body: String,
    role: String,
    person: String,
    signed_on: String,
}

/// A signature that is missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnsignedShape {
    set: String,
    /// `null`: any body of the profession.
    body: Option<String>,
    /// `null`: any body at all.
    role: Option<String>,
}

impl Versions {
    pub(super) fn of(versions: &[RulebookVersion], configured: bool) -> Self {
        Self { configured, versions: versions.iter().map(VersionHeader::of).collect() }
    }
}

impl VersionHeader {
    fn of(version: &RulebookVersion) -> Self {
        Self {
            id: version.id.0,
            title: version.title.clone(),
            fingerprint: version.fingerprint.clone(),
            stage: version.stage.code(),
            stage_label: Words { ja: version.stage.ja().into(), en: version.stage.en().into() },
            drafted_at: version.drafted_at.to_rfc3339(),
            effective_at: version.effective_at.map(|at| at.to_rfc3339()),
        }
    }
}

impl Version {
    pub(super) fn of(standing: &Standing, life: &Life) -> Self {
        let sets = standing.book.sets().iter().map(|set| SetToSign {
            id: set.id.clone(),
            version: set.version.clone(),
            title: Words::from(&set.title),
            agreement: set.agreement.clone(),
            signatures: standing
                .agreement(set, |at| life.date_of(at))
                .signed
                .into_iter()
                .map(|signed| SignatureHeld {
                    body: signed.body,
                    role: signed.role,
                    person: signed.person.unwrap_or_default(),
                    signed_on: signed.on.to_string(),
                })
                .collect(),
        });
        let said = |text: &String| (!text.is_empty()).then(|| text.clone());
        let unsigned = standing.unsigned.iter().map(|missing| UnsignedShape {
            set: missing.set.clone(),
            body: said(&missing.body),
            role: said(&missing.role),
        });
        let file = |(name, text): (&String, &String)| FileShape { name: name.clone(), text: text.clone() };
        Self {
            header: VersionHeader::of(&standing.version),
            only_seeds: standing.has_only_seeds(),
            files: standing.files.iter().map(|kept| file((&kept.path, &kept.content))).collect(),
            sets: sets.collect(),
            unsigned: unsigned.collect(),
            notes: NoteShape::of(&standing.book, life.date_of(life.now)),
        }
    }
}
