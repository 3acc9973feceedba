//! What the secretariat sees of the linking queue: who waits for which patient, and since when; never what they wrote.
//! And what it does about a post that will never be linked: it dismisses it, with a reason that the audit log keeps.

use std::collections::{BTreeSet, HashMap};

use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::plain::is_blank;
use crate::domain::reading::ReadScope;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, Sight, StoreError, Unavailable, Writer};
use crate::limits;
use crate::store::QueueState;

use super::patients::SearchError;

/// A post that waits for its author's link.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub id: EntryId,
    pub timeline: TimelineId,
    pub author: Actor,
    pub received_at: Timestamp,
}

/// The oldest posts that wait, and the patients they are about, where there is such a patient.
///
/// # Errors
/// When the journal cannot be read, or the looks cannot be recorded.
pub async fn list(hub: &Hub, signed_in: &SignedIn) -> Result<(Vec<Waiting>, HashMap<TimelineId, Sight>), SearchError> {
    let queued = hub
        .journal()
        .read(|tx| Box::pin(async move { tx.list_waiting(limits::LINKING_QUEUE_ENTRIES_MAX).await }))
        .await?;
    let waiting: Vec<Waiting> = queued
        .into_iter()
        .map(|queued| Waiting {
            id: queued.post.intent.id,
            timeline: queued.post.intent.timeline,
            author: queued.post.author,
            received_at: queued.post.received_at,
        })
        .collect();
    let timelines: BTreeSet<TimelineId> = waiting.iter().map(|waiting| waiting.timeline).collect();
    let sights = hub.look_at_cards(signed_in.actor, signed_in.id, timelines, ReadScope::Queue).await?;
    Ok((waiting, sights.into_iter().map(|sight| (sight.state.timeline, sight)).collect()))
}

/// Why a post goes on waiting.
#[derive(Debug, thiserror::Error)]
pub enum DismissError {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// No post with this id waits, or no longer.
    #[error("no such post waits")]
    NotWaiting,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Takes a post out of the queue for good; one that was dismissed before stays so. Its sealed text stays; its author, sending it again, is told.
///
/// # Errors
/// When the reason is missing or too long, the post does not wait, or the hub cannot answer.
pub async fn dismiss(hub: &Hub, by: Writer, id: EntryId, reason: String) -> Result<(), DismissError> {
    if is_blank(&reason) {
        return Err(Invalid::required("reason").into());
    }
    let chars = reason.chars().count();
    if chars > limits::DISMISSAL_REASON_CHARS_MAX {
        let (max, unit) = (limits::DISMISSAL_REASON_CHARS_MAX, ("文字", "characters"));
        return Err(Invalid::too_long("reason", max, unit, chars).into());
    }
    let find = || hub.journal().read(move |tx| Box::pin(async move { tx.find_queued(id).await }));
    let queued = find().await?.ok_or(DismissError::NotWaiting)?;
    let dismissed = match queued.state {
        QueueState::Accepted => false,
        QueueState::Dismissed => true,
        // When it does not wait any longer, somebody else may have dismissed it, or this very wish whose commit was
        // stored and never answered.
        QueueState::Waiting => {
            hub.dismiss(by, queued.post, reason).await?
                || find().await?.is_some_and(|queued| queued.state == QueueState::Dismissed)
        }
    };
    if dismissed { Ok(()) } else { Err(DismissError::NotWaiting) }
}
