//! Feeding a reader from the journal, a page at a time, until it stands where the hub serves live.
//!
//! Between two pages the session does everything else: a long history holds nothing up.

use super::outbound::forget_frame;
use super::writer::Ended;
use super::{Behind, Place, Session};
use crate::domain::ids::{Seq, TimelineId};
use crate::hub::reading::{ReadPage, Span, TakenBack};
use crate::hub::{Hub, StoreError};
use crate::limits;
use crate::wire::ServerFrame;
use crate::wire::codes::{CloseCode, Code};

impl Session {
    /// Writes the next page of a timeline that is behind.
    pub(super) async fn catch_up(&mut self, timeline: TimelineId) -> Result<(), Ended> {
        self.catching_up.pop_front();
        let Some((place, behind)) = self.places.get(&timeline).and_then(|place| Some((place, place.behind?))) else {
            return Ok(());
        };
        let after = place.covered;
        let page = match next_page(&self.hub, timeline, place).await {
            Ok(page) => page,
            // What does not read is one timeline's: the others go on.
            Err(StoreError::Inconsistent { place, what }) => return self.give_up(timeline, &place, &what).await,
            Err(error) => return Err(cannot_be_fed(error)),
        };
        // Before the entries: a client that is lost in between asks again from its cursor and is told again.
        for taken_back in page.taken_back.iter().filter(|taken_back| behind.had(taken_back, after)) {
            self.writer.feed(&forget_frame(timeline, Some(taken_back.entry))).await?;
        }
        for entry in &page.entries {
            self.deliver_entry(timeline, entry).await?;
        }
        let Some(place) = self.places.get_mut(&timeline).filter(|place| place.subscription.stands()) else {
            // To be forgotten: the order lies in the outbox.
            return self.writer.flush().await;
        };
        place.covered = place.covered.max(page.through);
        // One timeline after the other, a page each: a long one does not hold up the short ones.
        if !place.has_caught_up() {
            self.catching_up.push_back(timeline);
            return self.writer.flush().await;
        }
        let through = place.covered;
        (place.behind, place.told) = (None, through);
        let missed_people = std::mem::take(&mut place.missed_people);
        self.writer.feed(&ServerFrame::CaughtUp { timeline, through }).await?;
        if missed_people {
            self.tell_people(timeline).await?;
        }
        self.writer.flush().await
    }

    /// Leaves a timeline of which the next page does not read; whoever follows it is told.
    async fn give_up(&mut self, timeline: TimelineId, place: &str, what: &str) -> Result<(), Ended> {
        tracing::error!(%timeline, place, what, "a page of this timeline cannot be read: its reader is told, and goes without");
        self.hub.fanout().remove(&self.outbox, [timeline]);
        if let Some(place) = self.places.remove(&timeline) {
            self.close_record(timeline, place.grant, place.covered).await?;
        }
        self.error(Code::Unavailable, timeline.to_string()).await
    }

    /// Who is present and how far everybody has read, for a reader that missed a change of it.
    async fn tell_people(&mut self, timeline: TimelineId) -> Result<(), Ended> {
        let knows_team = |place: &Place| place.subscription.view().knows_team();
        let knows_team = self.places.get(&timeline).is_some_and(knows_team);
        let markers = self.hub.read_markers(timeline).await.map_err(cannot_be_fed)?;
        let me = self.signed_in.actor.person;
        for marker in markers.into_iter().filter(|marker| knows_team || marker.person == me) {
            let (person, through, at) = (marker.person, marker.seq, marker.read_at);
            self.writer.feed(&ServerFrame::ReadMarker { timeline, person, through, at }).await?;
        }
        if !knows_team {
            return Ok(());
        }
        let people = self.hub.fanout().people_present(timeline);
        self.writer.feed(&ServerFrame::Presence { timeline, people }).await
    }
}

impl Behind {
    /// Whether the client may hold what was taken back, when the page after `after` tells of it. Pages hide what was
    /// taken back before they were read; only what was taken back since the feeding began may have been in one.
    fn had(&self, taken_back: &TakenBack, after: Seq) -> bool {
        taken_back.seq <= if taken_back.by <= self.known { self.from } else { after }
    }
}

async fn next_page(hub: &Hub, timeline: TimelineId, place: &Place) -> Result<ReadPage, StoreError> {
    // In this order: the fan-out settles who may see a batch before it moves `through`, so that the view is no older
    // than what is read with it.
    let through = place.subscription.through();
    let view = place.subscription.view().clone();
    let span = Span { after: place.covered, through };
    hub.read_page(timeline, &view, span, limits::READER_PAGE_ENTRIES_MAX).await
}

pub(super) fn cannot_be_fed(error: StoreError) -> Ended {
    tracing::error!(code = error.code(), %error, "a reader cannot be fed from the journal");
    Ended::Close(CloseCode::Internal)
}
