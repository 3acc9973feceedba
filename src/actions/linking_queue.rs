//! What the secretariat sees of the linking queue: who waits for which patient, and since when; never what they wrote.

use std::collections::{BTreeSet, HashMap};

use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, TimelineId};
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, Sight};
use crate::limits;

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
    let sights = hub.look_at_cards(signed_in.actor, signed_in.id, timelines).await?;
    Ok((waiting, sights.into_iter().map(|sight| (sight.state.timeline, sight)).collect()))
}
