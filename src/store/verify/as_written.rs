//! Goes through all entries once, as they lie in the database: in the order in which they were written, so that every page
//! is read once and in its turn. Says which timelines are whole; whatever is in doubt is left to `entries`, which says what
//! was done. No more than speed hangs on that order: a database that keeps another makes every timeline doubtful.

use std::collections::{BTreeMap, HashMap};

use futures_util::TryStreamExt as _;

use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::vault::chain::GENESIS;

use super::super::engine::run;
use super::super::{StoreError, Tx};
use super::checkpoints::SaidOfTimelines;
use super::entries::{Bound, RawEntry, Row, packed_entries, timeline_of};
use super::walk::Walk;
use super::{Chain, Found, Verified};

/// Every timeline of which there is an entry, an end on record or a word of a checkpoint: how many entries it has where they
/// are whole, `None` where that is in doubt.
#[derive(Default)]
pub(super) struct AsWritten {
    of: BTreeMap<TimelineId, Option<u64>>,
    /// Entries that are under no timeline's id.
    of_none: Verified,
}

impl AsWritten {
    /// What there is to say of a range of timelines; `None` where one of them is in doubt.
    pub(super) fn of_range(&self, from: &Bound, until: &Bound) -> Option<Verified> {
        let mut verified = Verified::default();
        let within = self.of.iter().map(|(timeline, entries)| (timeline.0.as_bytes().as_slice(), entries));
        for (_, entries) in within.filter(|(id, _)| from.first() <= *id && *id < until.end()) {
            verified.timelines += 1;
            verified.entries += (*entries)?;
        }
        Some(verified)
    }

    pub(super) fn of_no_timeline(&self) -> Verified {
        self.of_none.clone()
    }
}

/// The walk along each timeline; `None` once one of its entries did not come in its turn or does not follow.
struct Walks {
    said: SaidOfTimelines,
    of: HashMap<TimelineId, Option<Walk<RawEntry>>>,
    of_none: Verified,
}

impl Walks {
    fn of(&mut self, timeline: TimelineId) -> &mut Option<Walk<RawEntry>> {
        let Self { said, of, .. } = self;
        of.entry(timeline).or_insert_with(|| Some(Walk::new(Chain::Timeline(timeline), GENESIS, said.take(timeline))))
    }

    fn take(&mut self, row: Row) {
        let Some(timeline) = timeline_of(&row) else {
            self.of_none.entries += 1;
            return self.of_none.add([Found::under(Chain::NoTimeline, row.0, Timestamp(row.1))]);
        };
        let walk = self.of(timeline);
        if walk.as_mut().is_some_and(|walk| !walk.go_on(&RawEntry::new(timeline, row))) {
            *walk = None;
        }
    }
}

impl Tx {
    /// Everything that stands in the database at this moment.
    pub(super) async fn verify_as_written(&mut self, said: SaidOfTimelines) -> Result<AsWritten, StoreError> {
        const ENTRIES: &str = packed_entries!();
        let mut heads = self.ends_on_record(&Bound::FIRST, &Bound::LAST).await?;
        let said = self.complete(said, &Bound::FIRST, &Bound::LAST).await?;
        let of = HashMap::with_capacity(heads.len());
        let mut walks = Walks { said, of, of_none: Verified::default() };
        run!(self, connection => {
            let mut rows = sqlx::query_as::<_, Row>(ENTRIES).fetch(connection);
            while let Some(row) = rows.try_next().await? {
                walks.take(row);
            }
        });
        for timeline in heads.keys() {
            walks.of(*timeline);
        }
        let Walks { said, of, of_none } = walks;
        let walked = of.into_iter().map(|(timeline, walk)| {
            let head = heads.remove(&timeline);
            (timeline, walk.and_then(|walk| Some(walk.records).filter(|_| walk.finish(head).is_empty())))
        });
        let mut all: BTreeMap<TimelineId, Option<u64>> = walked.collect();
        all.extend(said.into_left().into_keys().map(|timeline| (timeline, None)));
        Ok(AsWritten { of: all, of_none })
    }
}
