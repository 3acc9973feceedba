//! Taking a part of the audit log out: JSON lines, CSV, FHIR. Piece by piece, so that its length costs no memory.

use std::sync::Arc;

use crate::domain::audit::AuditUse;
use crate::domain::directory::Directory;
use crate::limits::AUDIT_SEARCH_PAGE_RECORDS;
use crate::store::{AuditOrder, AuditPage, Journal, StoreError};

use super::event::Event;
use super::part::Part;
use super::shape::{AuditRecordShape, ReadShape, WhoShape};
use super::{fhir, search};

/// An export that is under way.
#[derive(Debug)]
pub struct Export {
    journal: Journal,
    directory: Arc<Directory>,
    part: Part,
    how: AuditUse,
    place: Place,
    is_first: bool,
}

#[derive(Debug)]
enum Place {
    Beginning,
    After(Option<u64>),
    End,
    Over,
}

impl Export {
    /// Oldest records first. Whoever begins it puts it on record before.
    #[must_use]
    pub const fn new(journal: Journal, directory: Arc<Directory>, part: Part, how: AuditUse) -> Self {
        Self { journal, directory, part, how, place: Place::Beginning, is_first: true }
    }

    /// The media type of what comes out.
    #[must_use]
    pub const fn media_type(how: AuditUse) -> &'static str {
        match how {
            AuditUse::Csv => "text/csv; charset=utf-8",
            AuditUse::FhirLines => "application/fhir+ndjson",
            AuditUse::FhirBundle => "application/fhir+json",
            AuditUse::JsonLines | AuditUse::Listed | AuditUse::Exposure => "application/jsonl",
        }
    }

    /// How its file is called.
    #[must_use]
    pub const fn ending(how: AuditUse) -> &'static str {
        match how {
            AuditUse::Csv => "csv",
            AuditUse::FhirLines => "ndjson",
            AuditUse::FhirBundle => "json",
            AuditUse::JsonLines | AuditUse::Listed | AuditUse::Exposure => "jsonl",
        }
    }

    /// The next piece; `None`: that was all.
    ///
    /// # Errors
    /// When the journal cannot be read; what came out so far is then cut short.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        match self.place {
            Place::Beginning => {
                self.place = Place::After(None);
                Ok(Some(self.head()))
            }
            Place::After(cursor) => {
                let (filter, order) = (self.part.filter.clone(), AuditOrder::OldestFirst);
                let page = search(&self.journal, filter, order, cursor, AUDIT_SEARCH_PAGE_RECORDS).await?;
                let AuditPage { found, next } = page;
                self.place = next.map_or(Place::End, |next| Place::After(Some(next)));
                let mut piece = String::new();
                for found in found {
                    if let Some(event) = self.part.event(found, &self.directory) {
                        self.add(&mut piece, &event);
                    }
                }
                Ok(Some(piece))
            }
            Place::End => {
                self.place = Place::Over;
                Ok(Some(if self.how == AuditUse::FhirBundle { "]}\n".to_owned() } else { String::new() }))
            }
            Place::Over => Ok(None),
        }
    }

    fn head(&self) -> String {
        match self.how {
            AuditUse::Csv => format!("\u{feff}{}", csv_line(COLUMNS)),
            AuditUse::FhirBundle => "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[".to_owned(),
            _ => String::new(),
        }
    }

    fn add(&mut self, piece: &mut String, event: &Event) {
        let region = self.journal.region().fingerprint();
        match self.how {
            AuditUse::Csv => piece.push_str(&csv_row(&AuditRecordShape::of(event, &self.directory))),
            AuditUse::FhirLines => {
                piece.push_str(&fhir::audit_event(event, &self.directory, &region).to_string());
                piece.push('\n');
            }
            AuditUse::FhirBundle => {
                let resource = fhir::audit_event(event, &self.directory, &region);
                piece.push_str(if self.is_first { "" } else { "," });
                piece.push_str(&format!("{{\"resource\":{resource}}}"));
            }
            AuditUse::JsonLines | AuditUse::Listed | AuditUse::Exposure => {
                let shape = AuditRecordShape::of(event, &self.directory);
                piece.push_str(&serde_json::to_string(&shape).expect("texts and numbers"));
                piece.push('\n');
            }
        }
        self.is_first = false;
    }
}

const COLUMNS: &[&str] = &[
    "seq",
    "at",
    "kind",
    "as",
    "person",
    "name",
    "role",
    "organisation",
    "organisation_name",
    "device",
    "sign_in",
    "patient",
    "found",
    "office",
    "about",
    "scope",
    "after",
    "through",
    "ended_at",
    "why",
    "declaration",
    "file",
    "code",
    "failed",
    "ja",
    "en",
    "on_behalf_of_person",
    "on_behalf_of_name",
    "on_behalf_of_role",
    "on_behalf_of_organisation",
    "registered_device",
    "registered_device_name",
    "reason",
    "ended_sign_in",
];

pub(super) fn csv_row(shape: &AuditRecordShape) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let id = |value: Option<uuid::Uuid>| value.map(|id| id.to_string()).unwrap_or_default();
    let read = |part: fn(&ReadShape) -> String| shape.read.as_ref().map(part).unwrap_or_default();
    let named = |part: fn(&WhoShape) -> String| shape.on_behalf_of.as_ref().map(part).unwrap_or_default();
    let found: Vec<String> = shape.found.iter().map(ToString::to_string).collect();
    let cells = [
        shape.seq.to_string(),
        shape.at.clone(),
        shape.kind.unwrap_or_default().to_owned(),
        shape.by.acts_as.to_owned(),
        id(shape.by.person),
        text(&shape.by.name),
        shape.by.role.unwrap_or_default().to_owned(),
        id(shape.by.organisation),
        text(&shape.by.organisation_name),
        text(&shape.device),
        id(shape.sign_in),
        id(shape.patient),
        found.join(" "),
        id(shape.office),
        id(shape.about),
        read(|read| read.scope.to_owned()),
        read(|read| read.after.to_string()),
        read(|read| read.through.map(|seq| seq.to_string()).unwrap_or_default()),
        read(|read| read.ended_at.clone().unwrap_or_default()),
        read(|read| read.why.to_owned()),
        read(|read| read.declaration.map(|id| id.to_string()).unwrap_or_default()),
        read(|read| read.file.clone().unwrap_or_default()),
        shape.code.clone(),
        shape.failed.to_string(),
        shape.ja.clone(),
        shape.en.clone(),
        named(|named| named.person.map(|id| id.to_string()).unwrap_or_default()),
        named(|named| named.name.clone().unwrap_or_default()),
        named(|named| named.role.unwrap_or_default().to_owned()),
        named(|named| named.organisation.map(|id| id.to_string()).unwrap_or_default()),
        id(shape.registered_device.as_ref().map(|device| device.id)),
        shape.registered_device.as_ref().and_then(|device| device.name.clone()).unwrap_or_default(),
        text(&shape.reason),
        id(shape.ended_sign_in),
    ];
    csv_line(&cells.each_ref().map(String::as_str))
}

/// RFC 4180, and no cell that a spreadsheet takes for a formula: names of people and devices are what somebody typed.
pub(crate) fn csv_line(cells: &[&str]) -> String {
    const STARTS_FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let quoted = cells.iter().map(|cell| {
        let guard = if cell.trim_start_matches(' ').starts_with(STARTS_FORMULA) { "'" } else { "" };
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_breaks_out_of_its_quotes() {
        let cells = ["=1+1", "+81", "-2", "@SUM(A1)", "\tx", "＝1", " =2", "a\"b", "山田, 花子", ""];
        let line = csv_line(&cells);
        let mut read = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let record = read.records().next().unwrap().unwrap();
        let read: Vec<&str> = record.iter().collect();
        let expected = ["'=1+1", "'+81", "'-2", "'@SUM(A1)", "'\tx", "'＝1", "' =2", "a\"b", "山田, 花子", ""];
        assert_eq!(read, expected);
    }
}
