//! One patient's whole record: `record.html` for print, `record.json` with the same for programs, and the attachments.

use std::collections::HashMap;
use std::path::Path;

use serde_json::json;

use super::leaves::Telling;
use super::page::{Head, Page};
use super::{Draft, ExportError, ExportFrom, Exported, PATIENT_FORMAT, directory_json, file_name, write};
use crate::actions::taken_out::Whose;
use crate::domain::ids::{PatientId, Subject, TimelineId};
use crate::domain::withheld::WithheldPurpose;

/// Writes it into a new folder.
///
/// # Errors
/// When there is no such patient, the folder exists, or something cannot be read or written.
pub async fn export_patient(from: &ExportFrom<'_>, patient: PatientId, into: &Path) -> Result<Exported, ExportError> {
    let timeline = TimelineId::from(patient);
    let loaded = from.journal.load(timeline).await?;
    let is_patient = from.directory.subject_of(timeline) == Subject::Patient;
    let loaded = loaded.filter(|_| is_patient).ok_or(ExportError::NoSuchPatient)?;
    if loaded.state.withheld().has(WithheldPurpose::Export) && !from.despite_withheld {
        return Err(ExportError::Withheld);
    }
    let draft = Draft::begin(into)?;
    from.note(Whose::Patient(patient)).await?;
    let mut telling = Telling { language: from.language, directory: from.directory, places: HashMap::new() };
    from.each_entry(timeline, |entry, _| {
        telling.places.insert(entry.id, entry.seq);
        Ok(())
    })
    .await?;
    let registration = loaded.state.registration.as_deref();
    let head = Head { patient, registration, reason: from.reason, by: None, at: from.now };
    let mut page = Page::begin(&telling, &head);
    let (mut entries, mut attachments) = (Vec::new(), Vec::new());
    from.each_entry(timeline, |entry, json| {
        page.add(entry, &json);
        attachments.extend(entry.body.attachments().iter().cloned());
        entries.push(json);
        Ok(())
    })
    .await?;
    let mut exported = Exported { timelines: 1, entries: entries.len() as u64, ..Exported::default() };
    attachments.sort_by_key(|attachment| attachment.sha256);
    attachments.dedup_by_key(|attachment| (attachment.sha256, attachment.media_type.code()));
    for attachment in &attachments {
        if from.write_file(timeline, attachment, &draft.path().join("attachments")).await? {
            exported.files += 1;
        } else {
            exported.missing.push(file_name(attachment));
        }
    }
    let record = json!({
        "format": PATIENT_FORMAT,
        "exported_at": from.now.to_rfc3339(),
        "patient": patient.to_string(),
        // As the hub shows them: proto3 JSON of renkei.v1.Entry.
        "entries": entries,
        "directory": directory_json(from.directory),
        "missing_attachments": exported.missing,
    });
    let text = serde_json::to_string_pretty(&record).expect("texts and numbers");
    write(&draft.path().join("record.json"), &(text + "\n"))?;
    write(&draft.path().join("record.html"), &page.finish(exported.entries, exported.files, &exported.missing))?;
    draft.finish()?;
    Ok(exported)
}
