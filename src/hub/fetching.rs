//! Reading what deciding a batch needs and memory does not hold: timelines, ids known before, entries that posts point
//! at, the files they name, the linking queue. Called by the sequencer before it decides.
//!
//! What of it is damaged keeps back only the work that needs it; only a journal that does not answer fails the batch.

use std::collections::HashSet;
use std::sync::Arc;

use super::exporting;
use super::files::Files;
use super::ledger::{Known, Ledger, Waits};
use super::secretariat::who_can_sign_in;
use super::timelines::{Hot, Timelines};
use super::work::{Submission, Tick, Work};
use super::{Region, fingerprint, published::Published, unread};
use crate::domain::ids::{EntryId, TimelineId};
use crate::store::{Journal, KnownId, Loaded, QueueState, Queued, StoreError, StoredEntry};

/// Fills `timelines` and `ledger` for these works.
pub(super) async fn fetch(
    region: &Region,
    journal: &Journal,
    timelines: &mut Timelines,
    ledger: &mut Ledger,
    works: &[Work],
) -> Result<(), StoreError> {
    let named = works.iter().flat_map(Work::intents).flat_map(exporting::named).map(TimelineId::from);
    let missing: HashSet<TimelineId> =
        named.chain(works.iter().filter_map(Work::timeline)).filter(|id| !timelines.contains(*id)).collect();
    let (known, loaded, waiting) =
        tokio::try_join!(find_known(journal, works), load_all(journal, missing), list_waiting(journal, ledger))?;
    if let Some(waiting) = waiting {
        ledger.wait(waiting.into_iter().map(|queued| waits(journal, &queued)));
    }
    for (timeline, loaded) in loaded {
        match loaded {
            Ok(loaded) => timelines.insert(loaded.map_or_else(|| Hot::unborn(timeline), Hot::loaded)),
            Err(StoreError::KeyDestroyed(_)) => timelines.insert(Hot::destroyed(timeline)),
            Err(error) => {
                tracing::error!(code = error.code(), %error, "a timeline cannot be loaded");
                ledger.miss_timeline(timeline);
            }
        }
    }
    unread::find_strangers(journal, ledger, works).await?;
    let fired = find_fired(region, journal, timelines, works).await?;
    for KnownId { id, mac, .. } in known.into_iter().chain(fired) {
        if let Ok(first) = find_entry(journal, ledger, id).await {
            ledger.know(id, Known { mac, first: first.map(|first| Arc::new(Published::of_stored(first))) });
        }
    }
    for target in works.iter().flat_map(Work::targets) {
        if ledger.target(target).is_none()
            && let Ok(Some(found)) = find_entry(journal, ledger, target).await
        {
            ledger.find(Published::of_stored(found));
        }
    }
    ledger.name_files(Files::fetch(journal, works.iter().flat_map(Work::intents)).await?);
    ledger.know_who_can_sign_in(who_can_sign_in(region, journal, works).await?);
    for id in may_have_been_dismissed(timelines, ledger, works) {
        let queued = journal.read(move |tx| Box::pin(async move { tx.find_queued(id).await })).await;
        match queued {
            Ok(Some(queued)) if queued.state == QueueState::Dismissed => ledger.dismiss_known(id),
            Ok(_) => {}
            // Whoever sends it again goes on keeping it; the rest of the batch is no worse for it.
            Err(error @ StoreError::Inconsistent { .. }) => {
                tracing::error!(code = error.code(), %error, %id, "a queued post cannot be read");
                ledger.miss_entry(id);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What is there could not be read; the ledger knows.
struct Missed;

async fn find_entry(journal: &Journal, ledger: &mut Ledger, id: EntryId) -> Result<Option<StoredEntry>, Missed> {
    match journal.find_entry(id).await {
        Ok(found) => Ok(found),
        // Of a record that was destroyed: as if it had never been.
        Err(StoreError::KeyDestroyed(_)) => Ok(None),
        Err(error) => {
            tracing::error!(code = error.code(), %error, %id, "an entry cannot be read");
            ledger.miss_entry(id);
            Err(Missed)
        }
    }
}

async fn find_known(journal: &Journal, works: &[Work]) -> Result<Vec<KnownId>, StoreError> {
    let ids: Vec<EntryId> = works.iter().flat_map(Work::posts).map(|submission| submission.intent.id).collect();
    journal.find_known_ids(&ids).await
}

/// Which entries of the hub's own are stored already: of those that are due, of those the duty clock made before, and of
/// what was taken out.
async fn find_fired(
    region: &Region,
    journal: &Journal,
    timelines: &mut Timelines,
    works: &[Work],
) -> Result<Vec<KnownId>, StoreError> {
    let ticks: Vec<&Tick> = works.iter().filter_map(Work::tick).collect();
    let mut ids: Vec<EntryId> = works.iter().filter_map(Work::tell).map(|tell| tell.id(journal.region())).collect();
    if ticks.is_empty() {
        return if ids.is_empty() { Ok(Vec::new()) } else { journal.find_known_ids(&ids).await };
    }
    let picture = region.picture();
    for tick in ticks {
        ids.extend_from_slice(&tick.fired);
        ids.extend(timelines.find_mut(tick.timeline).map(|hot| picture.ids_due(hot, tick)).unwrap_or_default());
    }
    journal.find_known_ids(&ids).await
}

type Load = (TimelineId, Result<Option<Loaded>, StoreError>);

/// Loads timelines side by side: the batch waits for the slowest, not for their sum.
async fn load_all(journal: &Journal, timelines: HashSet<TimelineId>) -> Result<Vec<Load>, StoreError> {
    let loads = timelines.into_iter().map(|timeline| {
        let journal = journal.clone();
        async move {
            match journal.load(timeline).await {
                // The database did not answer, which is no fault of this timeline.
                Err(error @ StoreError::Driver(_)) => Err(error),
                loaded => Ok((timeline, loaded)),
            }
        }
    });
    futures_util::future::try_join_all(loads).await
}

/// Everything that waits in the linking queue, unless the ledger knows it.
async fn list_waiting(journal: &Journal, ledger: &Ledger) -> Result<Option<Vec<Queued>>, StoreError> {
    if ledger.knows_who_waits() {
        return Ok(None);
    }
    journal.read(|tx| Box::pin(async move { tx.list_waiting(usize::MAX).await })).await.map(Some)
}

fn waits(journal: &Journal, queued: &Queued) -> (EntryId, Waits) {
    let (intent, author) = (&queued.post.intent, &queued.post.author);
    let mac = fingerprint(journal.region(), intent, author);
    (intent.id, Waits { author: author.person, mac })
}

/// Of the posts that may come to the linking queue, the ids that may have been there before: asked for one by one,
/// because hardly any post is of somebody who is not on the team.
fn may_have_been_dismissed(timelines: &Timelines, ledger: &Ledger, works: &[Work]) -> Vec<EntryId> {
    let may_queue = |submission: &&Submission| {
        let is_on_team = |hot: &Hot| hot.state.has_on_team(&submission.actor);
        let is_known = ledger.is_known(submission.intent.id);
        // A post that is decided again may have met its id in the queue while it was committed.
        !is_known && (submission.attempts > 0 || !timelines.find(submission.intent.timeline).is_some_and(is_on_team))
    };
    works.iter().flat_map(Work::posts).filter(may_queue).map(|submission| submission.intent.id).collect()
}
