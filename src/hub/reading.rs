//! Reading from the journal what one view shows: a look at a patient, pages of a timeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::sync::oneshot;

use super::published::Published;
use super::view::View;
use super::work::{Look, Sight, Work};
use super::{Hub, Unavailable};
use crate::domain::directory::Actor;
use crate::domain::ids::{Seq, SignInId, TimelineId};
use crate::domain::state::Latest;
use crate::limits;
use crate::store::{GrantId, ReadMarker, StoreError};

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

    /// A look at several patients' cards, without any entry. Unknown and hidden ones are left out.
    /// The looks queue together, so that they are recorded with one commit or two, not with one each.
    ///
    /// # Errors
    /// When the hub cannot answer.
    pub async fn look_at_cards(
        &self,
        actor: Actor,
        sign_in: SignInId,
        timelines: impl IntoIterator<Item = TimelineId>,
    ) -> Result<Vec<Sight>, Unavailable> {
        let look = |timeline| self.look(actor, sign_in, timeline, Seq::ZERO, Some(Seq::ZERO));
        let sights = try_join_all(timelines.into_iter().map(look)).await?;
        Ok(sights.into_iter().flatten().collect())
    }

    /// The newest value of each vital sign that `sight` shows the entry of. Where the reader may not see the newest
    /// entry, the newest of the older ones; of [`limits::VITALS_STANDING_MAX`] at most, else the sign is left out.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn latest_vitals(&self, sight: &Sight) -> Result<Vec<Latest>, StoreError> {
        let mut shown: BTreeMap<Seq, bool> = BTreeMap::new();
        let mut found = Vec::new();
        for sign in sight.state.vitals.keys() {
            for latest in sight.state.newest_first(*sign) {
                let seq = latest.measured.seq;
                let is_shown = match shown.get(&seq) {
                    Some(known) => *known,
                    None => self.is_shown(sight, seq).await?,
                };
                shown.insert(seq, is_shown);
                if is_shown {
                    found.push(latest);
                    break;
                }
            }
        }
        Ok(found)
    }

    async fn is_shown(&self, sight: &Sight, seq: Seq) -> Result<bool, StoreError> {
        let before = Seq(seq.0.saturating_sub(1));
        let page = self.read_page(sight.state.timeline, &sight.view, before, 1).await?;
        Ok(page.entries.iter().any(|entry| entry.seq() == seq))
    }

    /// How far everybody has read this timeline.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn read_markers(&self, timeline: TimelineId) -> Result<Vec<ReadMarker>, StoreError> {
        self.journal().read(move |tx| Box::pin(async move { tx.list_read_markers(timeline).await })).await
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
