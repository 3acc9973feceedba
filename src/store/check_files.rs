//! The part of the check that is about files: whether each that an entry names is noted as kept, lies on the shelf, opens,
//! and is what the entry says. Called by `check.rs` with what the entries of one timeline name.

use std::collections::BTreeMap;

use crate::domain::attachment::Attachment;
use crate::domain::entry::Entry;
use crate::domain::ids::{Seq, TimelineId};
use crate::domain::text::Text;
use crate::limits::ATTACHMENT_BYTES_MAX;
use crate::vault::SEAL_OVERHEAD_BYTES;

use super::check::{FaultKind, Report, one_of};
use super::{FileName, Journal, Shelf, StoreError, open_file};

/// A file that an entry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    seq: Seq,
    attachment: Attachment,
}

impl Named {
    pub(super) fn gather(named: &mut Vec<Self>, entry: &Entry) {
        let attached = entry.body.attachments().iter();
        named.extend(attached.map(|attachment| Self { seq: entry.seq, attachment: attachment.clone() }));
    }
}

pub(super) async fn check_files(
    journal: &Journal,
    shelf: &Shelf,
    timeline: TimelineId,
    named: Vec<Named>,
    report: &mut Report,
) -> Result<(), StoreError> {
    if named.is_empty() {
        return Ok(());
    }
    let Some(key) = journal.read(move |tx| Box::pin(tx.find_key(timeline))).await? else { return Ok(()) };
    let mut files: BTreeMap<FileName, Named> = BTreeMap::new();
    for one in named {
        files.entry(FileName::of(journal.region(), timeline, &one.attachment)).or_insert(one);
    }
    let bytes_max = u64::from(ATTACHMENT_BYTES_MAX) + SEAL_OVERHEAD_BYTES as u64;
    for (name, Named { seq, attachment }) in files {
        report.files += 1;
        let is_kept = journal.read(move |tx| Box::pin(tx.find_file(timeline, name))).await?.is_some();
        let is_whole = match shelf.find(name, bytes_max).await {
            Ok(Some(sealed)) => open_file(&key, timeline, name, attachment.sha256, &sealed).is_some(),
            Ok(None) => false,
            Err(error) => {
                tracing::error!(%error, "a file cannot be read");
                false
            }
        };
        if !is_kept || !is_whole {
            let Text { ja, en } = one_of(timeline, seq);
            let place = Text::new(format!("{ja}のファイル {name}"), format!("{en} file {name}"));
            report.fault(FaultKind::Attachment, place);
        }
    }
    Ok(())
}
