//! What one person may see of a record, gone through once before anything is handed out: which entries, which files, whom
//! they name. So the audit log says what was taken before it is, and nothing is told of people whom the record does not name.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use crate::domain::attachment::Attachment;
use crate::domain::directory::Directory;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::hub::published::Published;
use crate::hub::reading::Span;
use crate::hub::{Hub, Sight, StoreError};
use crate::limits;
use crate::wire::rest;

/// See the module.
pub(super) struct Plan {
    pub timeline: TimelineId,
    pub sight: Sight,
    /// In order.
    pub seqs: Vec<Seq>,
    pub places: HashMap<EntryId, Seq>,
    /// Each file once.
    pub attachments: Vec<Attachment>,
    /// Of those who are known to the reader: whom the record names.
    pub directory: Directory,
}

/// Why a record is not gone through to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The emergency access that the view rests on has ended.
    #[error("what may be seen has changed")]
    Over,
}

impl Plan {
    pub(super) async fn make(hub: &Hub, sight: Sight, known: Directory) -> Result<Self, Unread> {
        let timeline = sight.state.timeline;
        let mut plan = Self {
            timeline,
            sight,
            seqs: Vec::new(),
            places: HashMap::new(),
            attachments: Vec::new(),
            directory: Directory::default(),
        };
        let mut named: HashSet<Uuid> = HashSet::new();
        let mut after = Seq::ZERO;
        while let Some(page) = plan.page(hub, &mut after).await? {
            for entry in page {
                plan.seqs.push(entry.seq());
                plan.places.insert(entry.entry.id, entry.seq());
                plan.attachments.extend(entry.entry.body.attachments().iter().cloned());
                ids_in(&rest::entry(&entry.encoded), &mut named);
            }
        }
        plan.attachments.sort_by_key(|attachment| attachment.sha256);
        plan.attachments.dedup_by_key(|attachment| (attachment.sha256, attachment.media_type.code()));
        plan.directory = of_those(known, &named);
        Ok(plan)
    }

    /// The next entries that are shown after `after`; `None` at the end.
    pub(super) async fn page(
        &self,
        hub: &Hub,
        after: &mut Seq,
    ) -> Result<Option<Vec<std::sync::Arc<Published>>>, Unread> {
        let head = self.sight.state.head;
        if *after >= head {
            return Ok(None);
        }
        // INVARIANT: nothing is read under a view whose time is over.
        if self.sight.view.expires_at().is_some_and(|until| until <= hub.region().now()) {
            return Err(Unread::Over);
        }
        let span = Span { after: *after, through: head };
        let page = hub.read_page(self.timeline, &self.sight.view, span, limits::READER_PAGE_ENTRIES_MAX).await?;
        *after = if page.more { page.through } else { head };
        Ok(Some(page.entries))
    }
}

fn ids_in(value: &Value, found: &mut HashSet<Uuid>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|value| ids_in(value, found)),
        Value::Array(items) => items.iter().for_each(|value| ids_in(value, found)),
        Value::String(text) => found.extend(text.parse::<Uuid>().ok()),
        _ => {}
    }
}

/// The people who are named, without positions elsewhere than at organisations that are named too.
fn of_those(known: Directory, named: &HashSet<Uuid>) -> Directory {
    let Directory { mut organisations, mut people, .. } = known;
    organisations.retain(|id, _| named.contains(&id.0));
    people.retain(|id, _| named.contains(&id.0));
    for person in people.values_mut() {
        person.positions.retain(|position| organisations.contains_key(&position.organisation));
    }
    Directory { organisations, people, ..Directory::default() }
}
