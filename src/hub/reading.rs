//! Reading from the journal what one view shows: a look at a patient, pages of a timeline.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::published::Published;
use super::view::View;
use super::work::{Look, Sight, Work};
use super::{Hub, Unavailable};
use crate::domain::directory::Actor;
use crate::domain::ids::{Seq, SignInId, TimelineId};
use crate::limits;
use crate::store::{GrantId, StoreError};

/// Part of a timeline as one reader may see it.
#[derive(Debug)]
pub struct ReadPage {
    pub entries: Vec<Arc<Published>>,
    /// Everything up to here was read: what is not in `entries` was passed over.
    pub through: Seq,
    /// Whether the timeline went on after this page when it was read.
    pub more: bool,
}

impl Hub {
    /// A look at a patient: the state, and the view to page with. `None`: unknown or hidden.
    /// Recorded as a read of the entries after `after`, up to `through` or the head.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn look(
        &self,
        actor: Actor,
        sign_in: SignInId,
        timeline: TimelineId,
        after: Seq,
        through: Option<Seq>,
    ) -> Result<Option<Sight>, Unavailable> {
        let (reply, sight) = oneshot::channel();
        let grant = GrantId(self.region().draw_id());
        self.give(Work::Look(Box::new(Look { actor, sign_in, timeline, after, through, grant, reply }))).await?;
        sight.await.map_err(|_| Unavailable)
    }

    /// The next entries after `after` that `view` shows.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn read_page(
        &self,
        timeline: TimelineId,
        view: &View,
        after: Seq,
        entries_max: usize,
    ) -> Result<ReadPage, StoreError> {
        let limit = entries_max.min(limits::READER_PAGE_ENTRIES_MAX);
        let page = self.journal().page(timeline, after, limit, limits::READER_PAGE_BYTES_MAX).await?;
        let through = page.entries.last().map_or(after, |stored| stored.entry.seq);
        let entries = page.entries.into_iter().map(Published::of_stored).filter(|entry| view.shows(entry));
        Ok(ReadPage { entries: entries.map(Arc::new).collect(), through, more: through < page.head })
    }
}
