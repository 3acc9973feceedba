//! What a draft would have made of the region's own past: the journal is read, timeline by timeline, and asked again.
//! Called by the command line and REST; changes nothing.

use crate::actions::kept_rulebooks::KeptRulebooks;
use crate::domain::entry::Entry;
use crate::domain::ids::{Seq, TimelineId};
use crate::domain::time::Timestamp;
use crate::limits::{FOLD_PAGE_ENTRIES, LINKING_QUEUE_ENTRIES_MAX, PAGE_ENTRIES_MAX};
use crate::rulebook::Rulebook;
pub use crate::rulebook::replay::{Compared, DutyCount, Ground, Report};
use crate::rulebook::replay::{Event, Fate, Replay};
use crate::store::{Journal, RefusedPost, StoreError};

/// Which past is replayed.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub since: Timestamp,
    /// Now.
    pub until: Timestamp,
}

/// Replays everything recorded in this period under `draft`.
///
/// # Errors
/// When the journal cannot be read.
pub async fn replay(
    journal: &Journal,
    draft: &Rulebook,
    ground: Ground<'_>,
    period: Period,
) -> Result<Report, StoreError> {
    let (books, reigns) = KeptRulebooks::new(journal.clone()).all().await?;
    let mut replay = Replay::new(draft, &books, ground, period.since, period.until).under(reigns);
    for timeline in journal.read(|tx| Box::pin(tx.list_timelines())).await? {
        match entries_of(journal, timeline).await {
            Ok(entries) => replay.timeline(&entries),
            // Nor can one that does not read be replayed.
            Err(StoreError::KeyDestroyed(_) | StoreError::Inconsistent { .. }) => replay.destroyed(1),
            Err(error) => return Err(error),
        }
    }
    let mut after = Some(0);
    while let Some(from) = after {
        let page = journal.read(move |tx| Box::pin(tx.list_refused(from, FOLD_PAGE_ENTRIES))).await?;
        for post in page.posts.iter().filter(|post| post.recorded_at >= period.since) {
            if let Some(event) = event_of(post) {
                replay.refused(&event, post.code == "not_found", post.recorded_at);
            }
        }
        after = page.next;
    }
    let waiting = journal.read(|tx| Box::pin(tx.list_waiting(LINKING_QUEUE_ENTRIES_MAX))).await?;
    for post in waiting.iter().map(|queued| &queued.post).filter(|post| post.received_at >= period.since) {
        let (id, kind, ruling) = (post.intent.id, post.intent.body.kind(), &post.ruling);
        let event = Event { id, kind, corrected: None, fate: Fate::Queue, ruling };
        replay.refused(&event, false, post.received_at);
    }
    Ok(replay.finish())
}

async fn entries_of(journal: &Journal, timeline: TimelineId) -> Result<Vec<Entry>, StoreError> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(Seq::ZERO, |entry| entry.seq);
        let page = journal.page(timeline, after, PAGE_ENTRIES_MAX, usize::MAX).await?;
        let is_last = page.entries.is_empty() || page.entries.last().is_some_and(|last| last.entry.seq >= page.head);
        entries.extend(page.entries.into_iter().map(|stored| stored.entry));
        if is_last {
            return Ok(entries);
        }
    }
}

/// `None`: the post itself was wrong, and no rule was asked.
fn event_of(post: &RefusedPost) -> Option<Event<'_>> {
    let fate = match post.code.as_str() {
        "dismissed" => Fate::Queue,
        "held" => Fate::Hold,
        _ => Fate::Deny,
    };
    let RefusedPost { id, kind, corrected, ruling, .. } = post;
    let event = Event { id: *id, kind: *kind, corrected: *corrected, fate, ruling };
    (!ruling.cited.is_empty()).then_some(event)
}
