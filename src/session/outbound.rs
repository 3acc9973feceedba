//! What waits in the outbox, written in one go: answers, deliveries, what to forget, who read and who is present.

use super::answers::{frame_of, notice_frame};
use super::catch_up::cannot_be_fed;
use super::writer::Ended;
use super::{Behind, Place, Session};
use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::domain::reading::ReadScope;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::notices::Notice;
use crate::hub::outbox::{Delivery, Item};
use crate::hub::published::Published;
use crate::hub::sessions::SignedIn;
use crate::hub::subscription::{Granted, Opened};
use crate::wire::ServerFrame;
use crate::wire::codes::Code;

impl Session {
    /// Writes everything that waits, together.
    pub(super) async fn empty_outbox(&mut self) -> Result<(), Ended> {
        let drained = self.outbox.drain();
        if let Some(close) = drained.close {
            return Err(Ended::Close(close));
        }
        for item in drained.items {
            self.write(item).await?;
        }
        if drained.fell_behind {
            self.hub.meter().fell_behind();
            self.resume_from_journal();
        }
        for timeline in drained.missed {
            let Some(place) = self.places.get_mut(&timeline) else { continue };
            place.missed_people = true;
            if place.fall_behind() {
                self.catching_up.push_back(timeline);
            }
        }
        self.writer.flush().await
    }

    /// Deliveries were dropped: whatever the hub served beyond what was written is read again.
    fn resume_from_journal(&mut self) {
        for (timeline, place) in &mut self.places {
            if place.subscription.through() > place.covered && place.fall_behind() {
                self.catching_up.push_back(*timeline);
            }
        }
    }

    async fn write(&mut self, item: Item) -> Result<(), Ended> {
        match item {
            Item::Delivery(delivery) => self.deliver(delivery).await,
            Item::Answer(answer) => {
                self.posts_in_flight = self.posts_in_flight.saturating_sub(1);
                let frame = frame_of(self.hub.region(), *answer);
                self.writer.feed(&frame).await
            }
            Item::Opened(opened) => Box::pin(self.open(*opened)).await,
            Item::Forget { timeline, entry } => Box::pin(self.forget(timeline, entry)).await,
            Item::Linked(timeline) => Box::pin(self.ask(timeline, Seq::ZERO)).await,
            Item::ReadMarker { timeline, person, through, at } => {
                self.writer.feed(&ServerFrame::ReadMarker { timeline, person, through, at }).await
            }
            // What concerns somebody is told once they have pledged: the list of duties has it.
            Item::Notice(_) if self.is_held_back => Ok(()),
            Item::Notice(notice) => Box::pin(self.tell(*notice)).await,
            Item::Presence { timeline, people } => self.writer.feed(&ServerFrame::Presence { timeline, people }).await,
        }
    }

    /// A notice tells of a patient: it is on record before it is written, and nothing is told to whoever may know no longer.
    /// One that cannot be recorded now is found in the list of duties.
    async fn tell(&mut self, notice: Notice) -> Result<(), Ended> {
        let SignedIn { actor, id, .. } = self.signed_in;
        let nothing = Some(Seq::ZERO);
        let look = self.hub.look(actor, id, notice.timeline, Seq::ZERO, nothing, ReadScope::Notice).await;
        match look {
            Ok(Some(_)) => self.writer.feed(&notice_frame(notice)).await,
            Ok(None) | Err(_) => Ok(()),
        }
    }

    async fn deliver(&mut self, delivery: Delivery) -> Result<(), Ended> {
        let timeline = delivery.subscription.timeline;
        let Some(place) = self.places.get_mut(&timeline) else { return Ok(()) };
        let is_known = delivery.entry.seq() <= place.covered;
        if place.behind.is_some() || is_known || !std::sync::Arc::ptr_eq(&place.subscription, &delivery.subscription) {
            // The journal feeds it, or has fed it already.
            return Ok(());
        }
        if delivery.after > place.covered {
            if place.fall_behind() {
                self.catching_up.push_back(timeline);
            }
            return Ok(());
        }
        self.deliver_entry(timeline, &delivery.entry).await
    }

    /// Writes an entry if the reader may still see it, and moves the place.
    pub(super) async fn deliver_entry(&mut self, timeline: TimelineId, entry: &Published) -> Result<(), Ended> {
        let Some(place) = self.places.get_mut(&timeline) else { return Ok(()) };
        // Judged again at the moment of writing: the team may have changed since it was queued.
        if !place.subscription.stands() {
            return Ok(());
        }
        let view = place.subscription.view();
        if view.expires_at().is_some_and(|until| until <= self.hub.region().now()) {
            drop(view);
            return Box::pin(self.end_lapsed(self.hub.region().now())).await;
        }
        place.covered = entry.seq();
        if !view.shows(entry) {
            return Ok(());
        }
        let frame = entry.encoded.delivery(self.writer.encoding(), place.told);
        place.told = entry.seq();
        self.hub.meter().delivered(1);
        self.writer.feed_bytes(frame).await
    }

    async fn open(&mut self, opened: Opened) -> Result<(), Ended> {
        let Opened { timeline, grant, after, refused, granted } = opened;
        self.asks_in_flight = self.asks_in_flight.saturating_sub(1);
        if self.asked.get(&timeline) != Some(&grant) {
            // Asked again since: the later answer counts, and the hub serves that one. Or unsubscribed before the
            // answer came.
            if !self.asked.contains_key(&timeline) {
                self.hub.fanout().remove(&self.outbox, [timeline]);
            }
            return match granted {
                Some(_) => self.close_record(timeline, grant, Seq::ZERO).await,
                None => Ok(()),
            };
        }
        self.asked.remove(&timeline);
        let Some(granted) = granted else {
            let is_there =
                refused == Some("unavailable") && may_be_told_of(&self.hub, self.signed_in.actor, timeline).await;
            let code = if is_there { Code::Unavailable } else { Code::NotFound };
            return self.error(code, timeline.to_string()).await;
        };
        if !granted.subscription.stands() {
            // The batch that opened it also ended it, and its `forget` is written already: the hub is asked again.
            self.close_record(timeline, grant, Seq::ZERO).await?;
            return self.ask(timeline, after).await;
        }
        if after > granted.head || sees_otherwise_since(&self.hub, &self.signed_in, after, &granted).await? {
            // What the client has is not what it would be sent. Asked anew, so that the record of reading says so.
            self.writer.feed(&forget_frame(timeline, None)).await?;
            self.close_record(timeline, grant, Seq::ZERO).await?;
            return self.ask(timeline, Seq::ZERO).await;
        }
        let (subscription, head) = (granted.subscription, granted.head);
        let (covered, told, noted) = (after, after, after);
        let mut place = Place { subscription, grant, covered, told, noted, behind: None, missed_people: false };
        // What the hub served live before this answer was passed over: there was no place to deliver it to.
        let is_behind = !place.has_caught_up() && place.fall_behind();
        self.places.insert(timeline, place);
        self.writer.feed(&ServerFrame::Subscribed { timeline, after, head }).await?;
        if is_behind {
            self.catching_up.push_back(timeline);
            return Ok(());
        }
        self.writer.feed(&ServerFrame::CaughtUp { timeline, through: head }).await
    }

    pub(super) async fn forget(&mut self, timeline: TimelineId, entry: Option<EntryId>) -> Result<(), Ended> {
        if entry.is_none() {
            self.catching_up.retain(|behind| *behind != timeline);
            if let Some(place) = self.places.remove(&timeline) {
                self.close_record(timeline, place.grant, place.covered).await?;
            }
        }
        self.writer.feed(&forget_frame(timeline, entry)).await
    }

    /// What was shown under an emergency access that has ended is forgotten, whether anything was posted since or not.
    pub(super) async fn end_lapsed(&mut self, now: Timestamp) -> Result<(), Ended> {
        let is_lapsed = |place: &Place| place.subscription.view().expires_at().is_some_and(|until| until <= now);
        let lapsed = self.places.iter().filter(|(_, place)| is_lapsed(place));
        let lapsed: Vec<TimelineId> = lapsed.map(|(timeline, _)| *timeline).collect();
        self.hub.fanout().remove(&self.outbox, lapsed.iter().copied());
        for timeline in lapsed {
            self.forget(timeline, None).await?;
        }
        Ok(())
    }

    /// The heartbeat, with how far each timeline was passed over since the client last heard of it.
    pub(super) async fn heartbeat(&mut self, server_time: Timestamp) -> Result<(), Ended> {
        let served: Vec<(TimelineId, Seq)> =
            self.places.iter().map(|(timeline, place)| (*timeline, place.subscription.through())).collect();
        let mut through = Vec::new();
        // Read before the check: what was pushed before is in the outbox or written, so a drained outbox means
        // that all up to these points was dealt with.
        if self.outbox.is_drained() {
            for (timeline, served) in served {
                let Some(place) = self.places.get_mut(&timeline).filter(|place| place.behind.is_none()) else {
                    continue;
                };
                place.covered = place.covered.max(served);
                if place.covered > place.told {
                    place.told = place.covered;
                    through.push((timeline, place.told));
                }
            }
        }
        self.writer.send(&ServerFrame::Heartbeat { server_time, through }).await
    }
}

impl Place {
    /// From here on the journal feeds it; `false` when it does already.
    fn fall_behind(&mut self) -> bool {
        let begins = self.behind.is_none();
        if begins {
            self.behind = Some(Behind { from: self.covered, known: self.subscription.through() });
        }
        begins
    }

    /// Whether the journal has brought the reader to where the hub serves live.
    pub(super) fn has_caught_up(&self) -> bool {
        self.covered >= self.subscription.through()
    }
}

/// Whether this reader saw other parts of the timeline when it was at `after`, and was away while team, consent or the
/// rulebook changed, or while its emergency access ended.
/// A reader who was there would have been told to forget.
async fn sees_otherwise_since(hub: &Hub, reader: &SignedIn, after: Seq, granted: &Granted) -> Result<bool, Ended> {
    if after == Seq::ZERO {
        return Ok(false);
    }
    let (timeline, now) = (granted.subscription.timeline, granted.subscription.view());
    let is_as_it_was = granted.access_epoch <= after && !granted.access_lapsed;
    if !is_as_it_was {
        let then = hub.view_at(timeline, &reader.actor, after).await.map_err(cannot_be_fed)?;
        if !then.is_some_and(|then| then.goes_on_as(&now)) {
            return Ok(true);
        }
    }
    hub.was_shown_by_other_rules(reader, timeline, after, &now).await.map_err(cannot_be_fed)
}

pub(super) fn forget_frame(timeline: TimelineId, entry: Option<EntryId>) -> ServerFrame {
    let reason = match entry {
        Some(_) => Text::fixed("この記録は取り消されました", "this entry was taken back"),
        None => Text::fixed("閲覧できる範囲が変わりました", "what you may see here has changed"),
    };
    ServerFrame::Forget { timeline, entry, reason }
}

/// Of a record that cannot be read, whoever is not known to it is told as of nobody's.
async fn may_be_told_of(hub: &Hub, actor: Actor, timeline: TimelineId) -> bool {
    !hub.journal().is_damaged(timeline) || hub.may_know_of(&actor, timeline).await.unwrap_or(false)
}
