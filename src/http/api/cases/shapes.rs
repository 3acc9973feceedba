//! What is told of cases: those that are published, and those that somebody works on.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::case::Case;
use crate::domain::directory::{Actor, Directory};
use crate::domain::text::Text;
use crate::http::shapes::Words;

use super::words::CaseWordsShape;

/// A word by which cases are found.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagShape {
    pub(super) code: &'static str,
    pub(super) label: Words,
}

/// A case that is published.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseShape {
    id: Uuid,
    words: CaseWordsShape,
    /// Of which office it comes, where its author wishes that to be told.
    office_name: Option<String>,
    /// When it was approved as it stands.
    #[schema(example = "2026-04-01T00:25:00Z")]
    published_at: String,
}

/// What was approved last, first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cases {
    pub(super) cases: Vec<CaseShape>,
    /// All tags that there are.
    pub(super) tags: Vec<TagShape>,
}

/// A case as its author and the secretariat see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseWorkShape {
    id: Uuid,
    /// One more with each step; what is asked about a case names the one that is meant.
    version: u32,
    /// `drafted`, `handed_in`, `returned`, `approved`, `withdrawn`.
    #[schema(example = "handed_in")]
    step: &'static str,
    step_label: Words,
    changed_at: String,
    is_mine: bool,
    author_name: String,
    office_name: String,
    /// Empty, of one that was withdrawn.
    words: Option<CaseWordsShape>,
    /// Why it was returned or withdrawn.
    remark: String,
    /// Where the form of consent is kept.
    consent: String,
    /// Whether something of it is published now; while a correction is being written, what was approved before.
    is_published: bool,
}

/// What was touched last, first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseWork {
    pub(super) cases: Vec<CaseWorkShape>,
    /// Whether I look at what others hand in.
    pub(super) may_review: bool,
}

fn office_name(directory: &Directory, case: &Case) -> String {
    directory.organisations.get(&case.organisation).map(|known| known.name.clone()).unwrap_or_default()
}

pub(super) fn published(directory: &Directory, case: &Case) -> Option<CaseShape> {
    let standing = case.standing()?;
    Some(CaseShape {
        id: case.id.0,
        words: CaseWordsShape::from(&standing.words),
        office_name: standing.words.shows_office.then(|| office_name(directory, case)),
        published_at: standing.at.to_rfc3339(),
    })
}

pub(super) fn work(directory: &Directory, actor: &Actor, case: &Case) -> CaseWorkShape {
    let current = case.current();
    let author = directory.people.get(&case.author);
    CaseWorkShape {
        id: case.id.0,
        version: current.number,
        step: current.step.code(),
        step_label: Words::from(&Text::fixed(current.step.ja(), current.step.en())),
        changed_at: current.at.to_rfc3339(),
        is_mine: case.author == actor.person,
        author_name: author.map(|known| known.name.kanji.clone()).unwrap_or_default(),
        office_name: office_name(directory, case),
        words: (!current.words.title.is_empty()).then(|| CaseWordsShape::from(&current.words)),
        remark: current.remark.clone(),
        consent: current.consent.clone(),
        is_published: case.standing().is_some(),
    }
}
