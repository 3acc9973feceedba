//! What passes through the sequencer: posts, wishes to read, read markers; each answered after its batch committed.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::answer::{Answer, Reply};
use super::outbox::Outbox;
use super::subscription::Opened;
use super::view::View;
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, Seq, SignInId, TimelineId};
use crate::domain::state::PatientState;
use crate::rulebook::Decision;
use crate::store::{GrantId, ReadMarker};
use crate::vault::Mac;

/// One thing for the sequencer to do.
#[derive(Debug)]
pub enum Work {
    Post(Box<Submission>),
    DryRun(Box<DryRun>),
    Follow(Box<Follow>),
    Look(Box<Look>),
    MarkRead(MarkRead),
    Grants(Vec<crate::store::GrantChange>),
}

/// A post on its way.
#[derive(Debug)]
pub struct Submission {
    pub intent: Intent,
    pub actor: Actor,
    /// Keyed fingerprint of the intent and its author.
    pub mac: Mac,
    pub origin: Origin,
    pub reply: Reply,
    /// How often the batch it was in had to be decided again.
    pub attempts: u32,
}

/// Where a post comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Client,
    /// The linking queue, now that its author is linked.
    Queue,
}

/// "What would this post cause?"
#[derive(Debug)]
pub struct DryRun {
    pub intent: Intent,
    pub actor: Actor,
    pub reply: oneshot::Sender<Decision>,
}

/// A session wants a timeline, live.
#[derive(Debug)]
pub struct Follow {
    pub actor: Actor,
    pub sign_in: SignInId,
    pub outbox: Arc<Outbox>,
    pub timeline: TimelineId,
    pub after: Seq,
    pub grant: GrantId,
}

/// One look at a patient: the state, and the right to page through the timeline.
#[derive(Debug)]
pub struct Look {
    pub actor: Actor,
    pub sign_in: SignInId,
    pub timeline: TimelineId,
    /// Pages read start after this; recorded with the grant.
    pub after: Seq,
    /// `None` when all is to be read.
    pub through: Option<Seq>,
    pub grant: GrantId,
    /// `None`: unknown or hidden, which look the same.
    pub reply: oneshot::Sender<Option<Sight>>,
}

/// What a look shows.
#[derive(Debug)]
pub struct Sight {
    pub state: Arc<PatientState>,
    pub view: Arc<View>,
}

/// A person has read up to here.
#[derive(Debug)]
pub struct MarkRead {
    pub actor: Actor,
    pub timeline: TimelineId,
    pub through: Seq,
}

/// What is told to whom once the batch is durable.
#[derive(Debug)]
pub enum Outcome {
    Answered(Box<Submission>, Answer),
    DryRun(Box<DryRun>, Decision),
    Followed(Box<Follow>, Opened),
    Looked(Box<Look>, Option<Sight>),
    Marked(MarkRead, Option<ReadMarker>),
    Granted,
}

impl Outcome {
    /// Takes back what was asked, to decide it again.
    #[must_use]
    pub fn into_work(self) -> Option<Work> {
        Some(match self {
            Self::Answered(submission, _) => Work::Post(submission),
            Self::DryRun(dry_run, _) => Work::DryRun(dry_run),
            Self::Followed(follow, _) => Work::Follow(follow),
            Self::Looked(look, _) => Work::Look(look),
            Self::Marked(mark, _) => Work::MarkRead(mark),
            Self::Granted => return None,
        })
    }
}

impl Work {
    /// The timeline whose state deciding needs.
    #[must_use]
    pub fn timeline(&self) -> Option<TimelineId> {
        match self {
            Self::Post(submission) => Some(submission.intent.timeline),
            Self::DryRun(dry_run) => Some(dry_run.intent.timeline),
            Self::Follow(follow) => Some(follow.timeline),
            Self::Look(look) => Some(look.timeline),
            Self::MarkRead(mark) => Some(mark.timeline),
            Self::Grants(_) => None,
        }
    }

    /// The entry a post or dry run points back at.
    #[must_use]
    pub fn target(&self) -> Option<EntryId> {
        match self {
            Self::Post(submission) => submission.intent.body.target(),
            Self::DryRun(dry_run) => dry_run.intent.body.target(),
            _ => None,
        }
    }

    /// The id of a post, to recognise it when it comes again.
    #[must_use]
    pub fn posted_id(&self) -> Option<EntryId> {
        match self {
            Self::Post(submission) => Some(submission.intent.id),
            _ => None,
        }
    }
}
