//! The whole region: JSON lines for each timeline, directory, rules, duties, attachments and audit log, in a format that is
//! explained in the folder itself. Without what opens the region: accounts, sign-ins, devices, keys.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Draft, ExportError, ExportFrom, Exported, create, directory_json, make_folder, write};
use crate::actions::audit::export::Export;
use crate::actions::audit::part::Part;
use crate::actions::kept_rulebooks::hash_of;
use crate::actions::taken_out::Whose;
use crate::domain::announcement::Announcement;
use crate::domain::audit::{AuditFilter, AuditUse};
use crate::domain::case::Case;
use crate::domain::checkpoint::hex;
use crate::domain::duties::{Duty, Ended, Standing};
use crate::domain::group::{Group, GroupMessage};
use crate::domain::ids::{Subject, TimelineId};
use crate::domain::time::Timestamp;
use crate::domain::training::{Attendance, Training};
use crate::store::{Receipt, StoreError};

const EXPLAINED: &str = include_str!("region_format.md");

/// Writes it into a new folder.
///
/// # Errors
/// When the folder exists, or something cannot be read or written.
pub async fn export_region(from: &ExportFrom<'_>, into: &Path) -> Result<Exported, ExportError> {
    let draft = Draft::begin(into)?;
    // First: a patient who is registered later is neither in it nor told of it.
    let timelines = from.journal.read(|tx| Box::pin(tx.list_subjects())).await?;
    let registered = from.journal.registrations().await?;
    let for_training = registered.iter().filter(|(_, known)| known.for_training).map(|(timeline, _)| *timeline);
    let for_training: HashSet<TimelineId> = for_training.collect();
    from.note(Whose::Region(from.directory, &for_training)).await?;
    let folder = draft.path();
    let mut exported = Exported::default();
    make_folder(&folder.join("timelines"))?;
    let mut duties = create(&folder.join("duties.jsonl"))?;
    for (timeline, subject) in timelines {
        if for_training.contains(&timeline) {
            exported.training += 1;
            continue;
        }
        exported.timelines += 1;
        match timeline_out(from, (timeline, subject), folder, &mut exported).await {
            Err(ExportError::Store(StoreError::KeyDestroyed(_))) => {
                exported.destroyed += 1;
                continue;
            }
            // The others are taken out, and it is said which is not.
            Err(ExportError::Store(StoreError::Inconsistent { .. })) => {
                exported.unreadable.push(timeline);
                continue;
            }
            other => other?,
        }
        for duty in duties_on(from, timeline).await? {
            line(&mut duties, &folder.join("duties.jsonl"), &duty_json(timeline, &duty))?;
        }
    }
    board(from, folder).await?;
    rulebooks(from, folder).await?;
    audit(from, folder).await?;
    let directory = serde_json::to_string_pretty(&directory_json(from.directory)).expect("texts and numbers");
    write(&folder.join("directory.json"), &(directory + "\n"))?;
    let about = json!({
        "format": "renkei-region/1", "exported_at": from.now.to_rfc3339(), "timelines": exported.timelines,
        "entries": exported.entries, "files": exported.files, "missing_attachments": exported.missing,
        "destroyed": exported.destroyed, "for_training": exported.training,
        "unreadable": exported.unreadable.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    write(&folder.join("region.json"), &format!("{about:#}\n"))?;
    write(&folder.join("README.md"), EXPLAINED)?;
    draft.finish()?;
    Ok(exported)
}

/// None where they cannot be read: `store rebuild` makes them anew.
async fn duties_on(from: &ExportFrom<'_>, timeline: TimelineId) -> Result<Vec<Duty>, StoreError> {
    let kept = from.journal.read(move |tx| {
        Box::pin(async move {
            match tx.find_key(timeline).await? {
                Some(key) => tx.list_duties(timeline, &key).await,
                None => Ok(Vec::new()),
            }
        })
    });
    match kept.await {
        Err(error @ StoreError::Inconsistent { .. }) => {
            tracing::error!(%timeline, %error, "the duties of a timeline cannot be read");
            Ok(Vec::new())
        }
        kept => kept,
    }
}

async fn timeline_out(
    from: &ExportFrom<'_>,
    (timeline, subject): (TimelineId, Subject),
    folder: &Path,
    exported: &mut Exported,
) -> Result<(), ExportError> {
    // Before its file is begun: one whose key was destroyed has none.
    from.journal.read(move |tx| Box::pin(tx.find_key(timeline))).await?;
    let of = match subject {
        Subject::Patient => "patient",
        Subject::Organisation => "organisation",
    };
    let path = folder.join("timelines").join(format!("{of}-{timeline}.jsonl"));
    let mut file = create(&path)?;
    let (mut entries, mut attachments) = (0, Vec::new());
    let written = from.each_entry(timeline, |entry, json| {
        entries += 1;
        attachments.extend(entry.body.attachments().iter().cloned());
        line(&mut file, &path, &json)
    });
    if let Err(error) = written.await {
        // What breaks off in the middle is not half a record.
        std::fs::remove_file(&path).map_err(|source| ExportError::Io { path: path.clone(), source })?;
        return Err(error);
    }
    exported.entries += entries;
    attachments.sort_by_key(|attachment| attachment.sha256);
    attachments.dedup_by_key(|attachment| (attachment.sha256, attachment.media_type.code()));
    let place = folder.join("attachments").join(timeline.to_string());
    for attachment in &attachments {
        if from.write_file(timeline, attachment, &place).await? {
            exported.files += 1;
        } else {
            exported.missing.push(format!("{timeline}/{}", super::file_name(attachment)));
        }
    }
    Ok(())
}

/// Announcements with their history and who has read them; trainings with who was there; good-practice cases; groups.
async fn board(from: &ExportFrom<'_>, folder: &Path) -> Result<(), ExportError> {
    let path = folder.join("announcements.jsonl");
    let mut file = create(&path)?;
    let always = Timestamp(i64::MIN);
    let known = from.journal.read(move |tx| Box::pin(tx.list_announcements(always, None, i64::MAX))).await?;
    for announcement in known {
        let id = announcement.id;
        let receipts = from.journal.read(move |tx| Box::pin(tx.list_receipts_on(id))).await?;
        line(&mut file, &path, &announcement_json(&announcement, &receipts))?;
    }
    let path = folder.join("trainings.jsonl");
    let mut file = create(&path)?;
    let read = from.journal.read(|tx| {
        Box::pin(async move { Ok::<_, StoreError>((tx.list_trainings().await?, tx.list_attendance(None).await?)) })
    });
    let (trainings, attendance) = read.await?;
    for training in trainings {
        let there = attendance.iter().filter(|one| one.training == training.id);
        line(&mut file, &path, &training_json(&training, there))?;
    }
    let path = folder.join("cases.jsonl");
    let mut file = create(&path)?;
    for case in from.journal.read(|tx| Box::pin(tx.list_cases())).await? {
        line(&mut file, &path, &case_json(&case))?;
    }
    let path = folder.join("groups.jsonl");
    let mut file = create(&path)?;
    for group in from.journal.read(|tx| Box::pin(tx.list_groups())).await? {
        let id = group.id;
        let messages = from.journal.read(move |tx| Box::pin(tx.list_group_messages(id, u32::MAX, usize::MAX))).await?;
        line(&mut file, &path, &group_json(&group, &messages))?;
    }
    // What is missing of these because it cannot be read, as `store check` names it.
    let unread = from.journal.read(|tx| Box::pin(tx.list_unread_board())).await?;
    let path = folder.join("unreadable.jsonl");
    let mut file = create(&path)?;
    for row in unread {
        line(&mut file, &path, &json!({ "row": row }))?;
    }
    Ok(())
}

fn group_json(group: &Group, messages: &[GroupMessage]) -> Value {
    let message = |message: &GroupMessage| {
        let withdrawn = message.withdrawn.as_ref().map(|withdrawn| {
            json!({ "by": withdrawn.by.to_string(), "at": withdrawn.at.to_rfc3339(), "reason": withdrawn.reason })
        });
        json!({
            "number": message.number, "by": message.by.to_string(), "role": message.position.role.code(),
            "organisation": message.position.organisation.to_string(), "at": message.at.to_rfc3339(),
            "text": message.text, "withdrawn": withdrawn,
        })
    };
    json!({
        "id": group.id.to_string(), "organisation": group.organisation.to_string(), "name": group.words.name,
        "about": group.words.about, "is_closed": group.is_closed,
        "members": group.words.members.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "messages": messages.iter().rev().map(message).collect::<Vec<_>>(),
    })
}

fn case_json(case: &Case) -> Value {
    let versions = case.versions.iter().map(|version| {
        let words = &version.words;
        json!({
            "version": version.number, "step": version.step.code(), "by": version.by.to_string(),
            "at": version.at.to_rfc3339(), "remark": version.remark, "consent": version.consent,
            "title": words.title, "happened": words.happened, "done": words.done, "outcome": words.outcome,
            "roles": words.roles.iter().map(|role| role.code()).collect::<Vec<_>>(),
            "tags": words.tags.iter().map(|tag| tag.code()).collect::<Vec<_>>(), "shows_office": words.shows_office,
        })
    });
    json!({
        "id": case.id.to_string(), "author": case.author.to_string(), "organisation": case.organisation.to_string(),
        "versions": versions.collect::<Vec<_>>(),
    })
}

fn announcement_json(announcement: &Announcement, receipts: &[Receipt]) -> Value {
    let versions = announcement.versions.iter().map(|version| {
        let audience = &version.words.audience;
        json!({
            "version": version.number, "by": version.by.to_string(), "at": version.at.to_rfc3339(),
            "withdrawn": version.is_withdrawn, "reason": version.reason, "title": version.words.title,
            "text": version.words.text, "until": version.words.until.to_string(),
            "types": audience.types.iter().map(|kind| kind.code()).collect::<Vec<_>>(),
            "roles": audience.roles.iter().map(|role| role.code()).collect::<Vec<_>>(),
            "organisations": audience.organisations.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    });
    let read = receipts.iter().map(|receipt| {
        json!({
            "person": receipt.person.to_string(), "version": receipt.number, "at": receipt.read_at.to_rfc3339(),
        })
    });
    json!({
        "id": announcement.id.to_string(), "organisation": announcement.organisation.to_string(),
        "versions": versions.collect::<Vec<_>>(), "read": read.collect::<Vec<_>>(),
    })
}

fn training_json<'a>(training: &Training, there: impl Iterator<Item = &'a Attendance>) -> Value {
    let attendance = there.map(|one| {
        json!({
            "person": one.person.to_string(), "state": one.state.code(), "noted_by": one.noted_by.to_string(),
            "noted_at": one.noted_at.to_rfc3339(),
        })
    });
    json!({
        "id": training.id.to_string(), "title": training.title, "kind": training.kind.code(),
        "day": training.day.to_string(), "cancelled": training.is_cancelled,
        "attendance": attendance.collect::<Vec<_>>(),
    })
}

/// The files of every rulebook that ever decided, under its digest, and a list of which file citations end in which hash of.
async fn rulebooks(from: &ExportFrom<'_>, folder: &Path) -> Result<(), ExportError> {
    let digests = from.journal.read(|tx| Box::pin(tx.list_rulebooks(usize::MAX))).await?;
    make_folder(&folder.join("rulebooks"))?;
    let list = folder.join("rulebooks").join("sets.jsonl");
    let mut sets = create(&list)?;
    for digest in digests {
        let named = folder_of(&digest);
        let place = folder.join("rulebooks").join(&named);
        let files = from.journal.read(move |tx| Box::pin(async move { tx.find_rulebook(&digest).await })).await?;
        make_folder(&place)?;
        for file in files {
            // A name as it is kept could lead out of the folder.
            let name: String = file.path.chars().map(|c| if c == '/' || c == '\\' { '_' } else { c }).collect();
            write(&place.join(name), &file.content)?;
            let set = json!({ "cited_as": hash_of(&file.content), "digest": named, "file": file.path });
            line(&mut sets, &list, &set)?;
        }
    }
    Ok(())
}

/// The store keeps a digest as it is written.
fn folder_of(digest: &[u8]) -> String {
    match std::str::from_utf8(digest) {
        Ok(written) if written.bytes().all(|byte| byte.is_ascii_hexdigit()) => written.to_owned(),
        _ => hex(digest),
    }
}

async fn audit(from: &ExportFrom<'_>, folder: &Path) -> Result<(), ExportError> {
    let path = folder.join("audit.jsonl");
    let mut file = create(&path)?;
    let directory = Arc::new(from.directory.clone());
    let mut export =
        Export::new(from.journal.clone(), directory, Part::of_all(AuditFilter::default()), AuditUse::JsonLines);
    while let Some(piece) = export.next().await? {
        file.write_all(piece.as_bytes()).map_err(|source| ExportError::Io { path: path.clone(), source })?;
    }
    Ok(())
}

fn line(file: &mut std::fs::File, path: &Path, value: &Value) -> Result<(), ExportError> {
    writeln!(file, "{value}").map_err(|source| ExportError::Io { path: path.to_owned(), source })
}

fn duty_json(timeline: TimelineId, duty: &Duty) -> Value {
    let standing = match duty.standing() {
        Standing::Open => "open".to_owned(),
        Standing::Snoozed => "snoozed".to_owned(),
        Standing::Overdue => "overdue".to_owned(),
        Standing::Escalated(steps) => format!("escalated_{steps}"),
        Standing::Paused => "paused".to_owned(),
        Standing::Ended(Ended::Met) => "met".to_owned(),
        Standing::Ended(Ended::Declined) => "declined".to_owned(),
        Standing::Ended(Ended::Waived) => "waived".to_owned(),
        Standing::Ended(Ended::Closed(why)) => format!("closed_{}", why.code()),
    };
    json!({
        "timeline": timeline.to_string(), "id": duty.opened.id.to_string(), "rule": &*duty.opened.rule,
        "cause": duty.cause.map(|cause| cause.to_string()), "opened_at": duty.opened_at.to_rfc3339(),
        "due": duty.due.to_rfc3339(), "overdue_at": duty.overdue_at.map(|at| at.to_rfc3339()), "standing": standing,
        "ended_by": duty.ended_by.map(|(entry, _)| entry.to_string()),
    })
}
