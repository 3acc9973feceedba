//! Reading all of the past for a replay: every timeline, and the posts that were refused. Nothing is written.

use crate::codec::{self, Audited};
use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::kind::Kind;
use crate::domain::ruling::Ruling;
use crate::domain::time::Timestamp;

use super::{StoreError, Tx};

/// A post that did not become an entry.
#[derive(Clone, Debug)]
pub struct RefusedPost {
    /// Of its audit record.
    pub seq: u64,
    pub recorded_at: Timestamp,
    pub timeline: Option<TimelineId>,
    pub id: EntryId,
    pub kind: Kind,
    /// Of a correction: the kind of what it would have said.
    pub corrected: Option<Kind>,
    /// Who posted it.
    pub author: Actor,
    /// Stable code of why.
    pub code: String,
    pub ruling: Ruling,
}

/// Some of the refused posts, and where to go on.
#[derive(Clone, Debug, Default)]
pub struct RefusedPage {
    pub posts: Vec<RefusedPost>,
    /// The last record looked at; `None` when there are no more.
    pub next: Option<u64>,
    /// Records whose timeline's key was destroyed.
    pub destroyed: u64,
}

impl Tx {
    /// Every timeline, in the order of the ids.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_timelines(&mut self) -> Result<Vec<TimelineId>, StoreError> {
        Ok(self.list_raw_heads().await?.into_iter().map(|head| head.timeline).collect())
    }

    /// The refusals among the audit records after `after`, at most `limit` and whatever was kept before records were marked.
    ///
    /// # Errors
    /// When the database fails or a record does not open.
    pub async fn list_refused(&mut self, after: u64, limit: usize) -> Result<RefusedPage, StoreError> {
        let mut page = RefusedPage::default();
        let records = self.list_refusals(after, limit).await?;
        page.next = records.last().map(|record| record.seq);
        for record in records {
            let Some(bytes) = &record.record else {
                page.destroyed += 1;
                continue;
            };
            let place = format!("audit record {}", record.seq);
            let audited =
                codec::decode_audited(bytes).map_err(|error| StoreError::inconsistent(place.as_str(), error))?;
            let Audited::Refusal(refusal) = audited else { continue };
            let codec::Refusal { id, kind, corrected, author, code, ruling, .. } = refusal;
            let (seq, recorded_at, timeline) = (record.seq, record.recorded_at, record.timeline);
            page.posts.push(RefusedPost { seq, recorded_at, timeline, id, kind, corrected, author, code, ruling });
        }
        Ok(page)
    }
}
