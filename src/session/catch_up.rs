//! Feeding a reader from the journal, a page at a time, until it stands where the hub serves live.
//!
//! Between two pages the session does everything else: a long history holds nothing up.

use super::Session;
use super::writer::Ended;
use crate::domain::ids::TimelineId;
use crate::limits;
use crate::wire::ServerFrame;
use crate::wire::codes::CloseCode;

impl Session {
    /// Writes the next page of a timeline that is behind.
    pub(super) async fn catch_up(&mut self, timeline: TimelineId) -> Result<(), Ended> {
        let Some(place) = self.places.get(&timeline) else {
            self.catching_up.pop_front();
            return Ok(());
        };
        let (view, after) = (place.subscription.view().clone(), place.covered);
        let page = self.hub.read_page(timeline, &view, after, limits::READER_PAGE_ENTRIES_MAX).await;
        let page = page.map_err(|error| {
            tracing::error!(code = error.code(), %error, "a reader cannot be fed from the journal");
            Ended::Close(CloseCode::Internal)
        })?;
        for entry in &page.entries {
            self.deliver_entry(timeline, entry).await?;
        }
        let Some(place) = self.places.get_mut(&timeline) else { return Ok(()) };
        place.covered = place.covered.max(page.through);
        // One timeline after the other, a page each: a long one does not hold up the short ones.
        self.catching_up.pop_front();
        if page.more || !place.has_caught_up() {
            self.catching_up.push_back(timeline);
            return self.writer.flush().await;
        }
        place.behind = false;
        let through = place.covered;
        place.told = through;
        self.writer.send(&ServerFrame::CaughtUp { timeline, through }).await
    }
}
