//! What passes through the sequencer: posts, wishes to read, read markers; each answered after its batch committed.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::answer::{Answer, Refused, Reply};
use super::destroying::Destroy;
use super::outbox::Outbox;
use super::sessions::SignedIn;
use super::subscription::Opened;
use super::taken_out::Tell;
use super::view::View;
use crate::codec::QueuedPost;
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::{DeviceId, EntryId, Seq, SignInId, TimelineId};
use crate::domain::reading::ReadOf;
use crate::domain::state::PatientState;
use crate::rulebook::{Decision, Shared};
use crate::store::{GrantChange, GrantId, ReadMarker};
use crate::vault::Mac;

/// One thing for the sequencer to do.
#[derive(Debug)]
pub enum Work {
    Post(Box<Submission>),
    /// Posts of one author on one timeline that become entries all together or not at all.
    PostTogether(Vec<Submission>),
    DryRun(Box<DryRun>),
    Follow(Box<Follow>),
    Look(Box<Look>),
    MarkRead(MarkRead),
    Grants(Vec<GrantChange>),
    Dismiss(Box<Dismissal>),
    Rejudge(Rejudge),
    Tick(Box<Tick>),
    Destroy(Box<Destroy>),
    Tell(Box<Tell>),
}

/// The duty clock finds that something is due on a timeline.
#[derive(Debug)]
pub struct Tick {
    pub timeline: TimelineId,
    /// Of an office: those it shares patients with, where the rules ask for that.
    pub partners: Option<Vec<Shared>>,
    /// The entries that were made of it, when it was last decided.
    pub fired: Vec<EntryId>,
    /// How often the batch it was in had to be decided again.
    pub attempts: u32,
    pub reply: oneshot::Sender<()>,
}

/// Who posts, and on which registered device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writer {
    pub actor: Actor,
    pub device: Option<DeviceId>,
}

impl From<Actor> for Writer {
    fn from(actor: Actor) -> Self {
        Self { actor, device: None }
    }
}

impl From<&SignedIn> for Writer {
    fn from(signed_in: &SignedIn) -> Self {
        Self { actor: signed_in.actor, device: signed_in.device }
    }
}

/// A post on its way.
#[derive(Debug)]
pub struct Submission {
    pub intent: Intent,
    pub actor: Actor,
    /// The registered device that it comes from.
    pub device: Option<DeviceId>,
    /// Keyed fingerprint of the intent and its author.
    pub mac: Mac,
    pub origin: Origin,
    pub reply: Reply,
    /// How often the batch it was in had to be decided again.
    pub attempts: u32,
    /// A commit it was part of was never answered: it may be stored.
    pub is_uncertain: bool,
}

/// Where a post comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Client,
    /// An action of the hub's, which made the id of a new timeline itself.
    Action,
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
    /// What of it is shown, for the record.
    pub of: ReadOf,
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
    /// Told whether the actor may read the timeline at all.
    pub reply: Option<oneshot::Sender<bool>>,
}

/// The secretariat takes a post out of the linking queue.
#[derive(Debug)]
pub struct Dismissal {
    pub by: Writer,
    /// As it was found waiting.
    pub post: QueuedPost,
    pub reason: String,
    /// Told whether it still waited.
    pub reply: oneshot::Sender<bool>,
}

/// The rules changed: who may see a timeline is worked out anew. Without a timeline nothing is, but all that was decided
/// before is committed once it is answered.
#[derive(Debug)]
pub struct Rejudge {
    pub timeline: Option<TimelineId>,
    pub reply: oneshot::Sender<()>,
}

/// What is told to whom once the batch is durable.
#[derive(Debug)]
pub enum Outcome {
    Answered(Box<Submission>, Answer),
    AnsweredTogether(Vec<(Submission, Answer)>),
    DryRun(Box<DryRun>, Decision),
    Followed(Box<Follow>, Opened),
    Looked(Box<Look>, Option<Sight>),
    Marked(MarkRead, Option<ReadMarker>),
    Granted(Vec<GrantChange>),
    Dismissed(Box<Dismissal>, bool),
    Rejudged(Rejudge),
    Ticked(Box<Tick>),
    Destroyed(Box<Destroy>, bool),
    Told(Box<Tell>),
}

impl Outcome {
    /// Takes back what was asked, to decide it again.
    #[must_use]
    pub fn into_work(self) -> Work {
        match self {
            Self::Answered(submission, _) => Work::Post(submission),
            Self::AnsweredTogether(answered) => {
                Work::PostTogether(answered.into_iter().map(|(submission, _)| submission).collect())
            }
            Self::DryRun(dry_run, _) => Work::DryRun(dry_run),
            Self::Followed(follow, _) => Work::Follow(follow),
            Self::Looked(look, _) => Work::Look(look),
            Self::Marked(mark, _) => Work::MarkRead(mark),
            Self::Granted(changes) => Work::Grants(changes),
            Self::Dismissed(dismissal, _) => Work::Dismiss(dismissal),
            Self::Rejudged(rejudge) => Work::Rejudge(rejudge),
            Self::Ticked(tick) => Work::Tick(tick),
            Self::Destroyed(destroy, _) => Work::Destroy(destroy),
            Self::Told(tell) => Work::Tell(tell),
        }
    }
}

impl Work {
    /// The timeline whose state deciding needs.
    #[must_use]
    pub fn timeline(&self) -> Option<TimelineId> {
        match self {
            Self::Post(submission) => Some(submission.intent.timeline),
            Self::PostTogether(group) => group.first().map(|submission| submission.intent.timeline),
            Self::DryRun(dry_run) => Some(dry_run.intent.timeline),
            Self::Follow(follow) => Some(follow.timeline),
            Self::Look(look) => Some(look.timeline),
            Self::MarkRead(mark) => Some(mark.timeline),
            Self::Dismiss(dismissal) => Some(dismissal.post.intent.timeline),
            Self::Rejudge(rejudge) => rejudge.timeline,
            Self::Tick(tick) => Some(tick.timeline),
            Self::Destroy(destroy) => Some(destroy.stone.patient.into()),
            Self::Tell(tell) => Some(tell.timeline),
            Self::Grants(_) => None,
        }
    }

    /// The intents of posts and dry runs.
    pub fn intents(&self) -> impl Iterator<Item = &Intent> {
        let tried = match self {
            Self::DryRun(dry_run) => Some(&dry_run.intent),
            _ => None,
        };
        self.posts().iter().map(|submission| &submission.intent).chain(tried)
    }

    /// Everything that asks the rules about a post, and who asks.
    pub fn asked(&self) -> impl Iterator<Item = (&Intent, &Actor)> {
        let tried = match self {
            Self::DryRun(dry_run) => Some((&dry_run.intent, &dry_run.actor)),
            _ => None,
        };
        self.posts().iter().map(|submission| (&submission.intent, &submission.actor)).chain(tried)
    }

    /// The entries that they name.
    pub fn targets(&self) -> impl Iterator<Item = EntryId> {
        self.intents().flat_map(|intent| intent.body.names())
    }

    /// What the duty clock asks for, if it is that.
    #[must_use]
    pub fn tick(&self) -> Option<&Tick> {
        match self {
            Self::Tick(tick) => Some(tick),
            _ => None,
        }
    }

    /// What is to be told of what was taken out, if it is that.
    #[must_use]
    pub fn tell(&self) -> Option<&Tell> {
        match self {
            Self::Tell(tell) => Some(tell),
            _ => None,
        }
    }

    /// The posts in it.
    #[must_use]
    pub fn posts(&self) -> &[Submission] {
        match self {
            Self::Post(submission) => std::slice::from_ref(submission),
            Self::PostTogether(group) => group,
            _ => &[],
        }
    }

    /// One time more that it has to be decided again; how often that was.
    pub(super) fn count_attempt(&mut self) -> u32 {
        if let Self::Tick(tick) = self {
            tick.attempts += 1;
            return tick.attempts;
        }
        if let Self::Tell(tell) = self {
            tell.attempts += 1;
            return tell.attempts;
        }
        self.posts_mut().iter_mut().for_each(|submission| submission.attempts += 1);
        self.posts().iter().map(|submission| submission.attempts).max().unwrap_or(0)
    }

    /// The same, to change them.
    pub fn posts_mut(&mut self) -> &mut [Submission] {
        match self {
            Self::Post(submission) => std::slice::from_mut(submission),
            Self::PostTogether(group) => group,
            _ => &mut [],
        }
    }
}

impl Work {
    /// The answer when it can be neither decided nor stored.
    pub(super) fn unavailable(self) -> Option<Outcome> {
        Some(match self {
            Self::Post(submission) => {
                let refused = submission.unavailable();
                Outcome::Answered(submission, refused)
            }
            Self::PostTogether(group) => {
                let answered = group.into_iter().map(|submission| {
                    let refused = submission.unavailable();
                    (submission, refused)
                });
                Outcome::AnsweredTogether(answered.collect())
            }
            Self::Follow(follow) => {
                let opened = Opened {
                    timeline: follow.timeline,
                    grant: follow.grant,
                    after: follow.after,
                    refused: Some("unavailable"),
                    granted: None,
                };
                Outcome::Followed(follow, opened)
            }
            // A caller that waits on a channel sees it close, which it reports as unavailable.
            Self::DryRun(_)
            | Self::Look(_)
            | Self::MarkRead(_)
            | Self::Grants(_)
            | Self::Dismiss(_)
            | Self::Rejudge(_)
            | Self::Tick(_)
            | Self::Destroy(_)
            | Self::Tell(_) => return None,
        })
    }
}

impl Submission {
    fn unavailable(&self) -> Answer {
        let id = self.intent.id;
        Answer::Refused(if self.is_uncertain { Refused::uncertain(id) } else { Refused::unavailable(id) })
    }
}
