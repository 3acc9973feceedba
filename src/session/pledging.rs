//! A session of somebody who has to pledge before anything else: it takes their pledge, and says of all else what is
//! missing. Whom that concerns the hub says (`hub/pledges.rs`).

use super::Session;
use super::answers::{frame_of, refused_dry_run};
use super::writer::Ended;
use crate::domain::ids::TimelineId;
use crate::hub::answer::Answer;
use crate::hub::pledges::HeldBack;
use crate::wire::codes::Code;
use crate::wire::{ClientFrame, ErrorNotice, ServerFrame};

impl Session {
    /// What has to be pledged first; the session goes on from the moment that nothing is missing any more.
    fn held_back(&mut self) -> Option<HeldBack> {
        if !self.is_held_back {
            return None;
        }
        let held = self.hub.region().held_back(&self.signed_in);
        self.is_held_back = held.is_some();
        held
    }

    /// Gives the frame back if the session may go on with it; else it is answered here.
    pub(super) async fn let_through(&mut self, frame: ClientFrame) -> Result<Option<ClientFrame>, Ended> {
        let Some(held) = self.held_back() else { return Ok(Some(frame)) };
        let refusal = match &frame {
            ClientFrame::Post(intent) if !held.lets_through(intent) => {
                frame_of(self.hub.region(), Answer::Refused(held.refused(intent.id)))
            }
            ClientFrame::DryRun(intent) if !held.lets_through(intent) => {
                ServerFrame::DryRunResult(refused_dry_run(held.refused(intent.id)))
            }
            ClientFrame::Subscribe { timelines, .. } => {
                notice(&held, timelines.first().map(|(timeline, _)| timeline.to_string()).unwrap_or_default())
            }
            ClientFrame::MarkRead { timeline, .. } => notice(&held, timeline.to_string()),
            ClientFrame::Post(_)
            | ClientFrame::DryRun(_)
            | ClientFrame::Unsubscribe { .. }
            | ClientFrame::Heartbeat
            | ClientFrame::Hello(_) => return Ok(Some(frame)),
        };
        self.writer.send(&refusal).await?;
        Ok(None)
    }

    /// A pledge that was taken back holds back again: what was shown is forgotten.
    pub(super) async fn hold_back_again(&mut self) -> Result<(), Ended> {
        if self.is_held_back || self.hub.region().held_back(&self.signed_in).is_none() {
            return Ok(());
        }
        self.is_held_back = true;
        if std::mem::take(&mut self.follows_all) {
            self.hub.fanout().unfollow(&self.signed_in.actor, &self.outbox);
        }
        let followed: Vec<TimelineId> = self.places.keys().chain(self.asked.keys()).copied().collect();
        self.hub.fanout().remove(&self.outbox, followed.iter().copied());
        self.asked.clear();
        for timeline in followed {
            self.forget(timeline, None).await?;
        }
        Ok(())
    }
}

fn notice(held: &HeldBack, about: String) -> ServerFrame {
    let code = Code::PledgeOwed.code().into();
    ServerFrame::Error(ErrorNotice { code, field: String::new(), message: held.text(), about })
}
