//! What a signed-in client may ask: follow, unfollow, post, try a post, mark read.

use std::collections::BTreeSet;

use axum::extract::ws::Message;

use super::Session;
use super::answers::dry_run_result;
use super::frames::{broken, decode};
use super::writer::Ended;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::hub::allowance::Asked;
use crate::limits;
use crate::store::{EndedReading, GrantChange, GrantId};
use crate::wire::codes::{CloseCode, Code};
use crate::wire::{ClientFrame, ErrorNotice, FrameError, Refused, ServerFrame};

impl Session {
    /// Takes one message of the client.
    pub(super) async fn take(&mut self, message: Result<Message, axum::Error>) -> Result<(), Ended> {
        self.silent_beats = 0;
        let message = message.map_err(|error| broken(&error))?;
        match message {
            Message::Close(_) => return Err(Ended::Gone),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Text(_) | Message::Binary(_) => self.outbox.note_heard(self.hub.region().now()),
        }
        match decode(self.writer.encoding(), &message) {
            Ok(frame) => self.obey(frame).await,
            Err(error) => self.complain(error).await,
        }
    }

    async fn obey(&mut self, frame: ClientFrame) -> Result<(), Ended> {
        let Some(frame) = self.let_through(frame).await? else { return Ok(()) };
        match frame {
            ClientFrame::Post(intent) => {
                if self.is_too_fast() {
                    return self.not_now(intent.id).await;
                }
                self.posts_in_flight += 1;
                self.hub.post(&self.signed_in, intent, &self.outbox).await;
                Ok(())
            }
            ClientFrame::DryRun(intent) => self.dry_run(intent).await,
            ClientFrame::Subscribe { timelines, all_mine } => self.subscribe(timelines, all_mine).await,
            ClientFrame::Unsubscribe { timelines } => self.unsubscribe(&timelines).await,
            ClientFrame::MarkRead { timeline, through } => {
                if !self.places.contains_key(&timeline) {
                    return self.error(Code::NotSubscribed, timeline.to_string()).await;
                }
                self.hub.mark_read(self.signed_in.actor, timeline, through).await.map_err(|_| going_away())
            }
            ClientFrame::Heartbeat => Ok(()),
            ClientFrame::Hello(_) => self.error(Code::HelloRepeated, String::new()).await,
        }
    }

    fn is_too_fast(&self) -> bool {
        self.hub.region().rates().is_some_and(|rates| rates.post(self.signed_in.id).is_err())
    }

    /// The post was not looked at: it may be sent again, unchanged.
    async fn not_now(&mut self, id: EntryId) -> Result<(), Ended> {
        let code = Code::TooManyRequests;
        let refused = Refused {
            id,
            code: code.code().into(),
            field: String::new(),
            reasons: vec![code.text()],
            cited: Vec::new(),
            retry: true,
            holds: Vec::new(),
        };
        self.writer.send(&ServerFrame::Refused(refused)).await
    }

    /// A frame that cannot be taken is named; a client that sends nothing else is shown out.
    async fn complain(&mut self, error: FrameError) -> Result<(), Ended> {
        self.bad_frames += 1;
        if self.bad_frames > limits::BAD_FRAMES_MAX {
            return Err(Ended::Close(CloseCode::FrameMalformed));
        }
        self.writer.send(&error.into_frame()).await
    }

    pub(super) async fn error(&mut self, code: Code, about: String) -> Result<(), Ended> {
        let notice = ErrorNotice { code: code.code().into(), field: String::new(), message: code.text(), about };
        self.writer.send(&ServerFrame::Error(notice)).await
    }

    async fn subscribe(&mut self, cursors: Vec<(TimelineId, Seq)>, all_mine: bool) -> Result<(), Ended> {
        let mut wanted = cursors;
        if all_mine {
            if !self.follows_all {
                self.follows_all = true;
                self.hub.fanout().follow(&self.signed_in.actor, &self.outbox);
            }
            let Ok(mine) = self.hub.timelines_of(&self.signed_in.actor).await else {
                return self.error(Code::Unavailable, String::new()).await;
            };
            let named = |timeline: &TimelineId| wanted.iter().any(|(known, _)| known == timeline);
            let Ok(opened) = self.hub.timelines_to_review(&self.signed_in.actor).await else {
                return self.error(Code::Unavailable, String::new()).await;
            };
            let rest: BTreeSet<_> = mine.into_iter().chain(opened).filter(|timeline| !named(timeline)).collect();
            wanted.extend(rest.into_iter().map(|timeline| (timeline, Seq::ZERO)));
        }
        for (timeline, after) in wanted {
            if !self.hub.region().spend(self.signed_in.id.0, Asked::Subscription, 1).await {
                return self.error(Code::Overloaded, timeline.to_string()).await;
            }
            self.ask(timeline, after).await?;
        }
        Ok(())
    }

    /// Asks the hub for a timeline; the answer comes through the outbox.
    pub(super) async fn ask(&mut self, timeline: TimelineId, after: Seq) -> Result<(), Ended> {
        let is_known = self.places.contains_key(&timeline) || self.asked.contains_key(&timeline);
        if !is_known && self.places.len() + self.asked.len() >= limits::SUBSCRIPTIONS_MAX {
            return self.error(Code::TooLong, timeline.to_string()).await;
        }
        if let Some(place) = self.places.remove(&timeline) {
            self.close_record(timeline, place.grant, place.covered).await?;
        }
        let (actor, sign_in) = (self.signed_in.actor, self.signed_in.id);
        let grant = self.hub.follow(actor, sign_in, &self.outbox, timeline, after).await;
        // The record of a wish that this one replaces is closed when its answer comes.
        self.asked.insert(timeline, grant.map_err(|_| going_away())?);
        self.asks_in_flight += 1;
        Ok(())
    }

    async fn unsubscribe(&mut self, timelines: &[TimelineId]) -> Result<(), Ended> {
        self.hub.fanout().remove(&self.outbox, timelines.iter().copied());
        for timeline in timelines {
            self.asked.remove(timeline);
            self.catching_up.retain(|behind| behind != timeline);
            if let Some(place) = self.places.remove(timeline) {
                self.close_record(*timeline, place.grant, place.covered).await?;
            }
        }
        Ok(())
    }

    /// The record of reading ends here.
    pub(super) async fn close_record(
        &mut self,
        timeline: TimelineId,
        grant: GrantId,
        through: Seq,
    ) -> Result<(), Ended> {
        let (reader, sign_in, closed_at) = (self.signed_in.actor, self.signed_in.id, self.hub.region().now());
        let end = GrantChange::End(EndedReading { grant, timeline, reader, sign_in, through, closed_at });
        self.hub.note_reading(vec![end]).await.map_err(|_| going_away())
    }

    async fn dry_run(&mut self, intent: Intent) -> Result<(), Ended> {
        let id = intent.id;
        let Ok(decision) = self.hub.dry_run(self.signed_in.actor, intent.clone()).await else {
            return self.error(Code::Unavailable, id.to_string()).await;
        };
        let mut result = dry_run_result(self.hub.region(), &intent, decision);
        if !result.field.is_empty() {
            result.field.insert_str(0, "dry_run.intent.");
        }
        self.writer.send(&ServerFrame::DryRunResult(result)).await
    }
}

const fn going_away() -> Ended {
    Ended::Close(CloseCode::GoingAway)
}
