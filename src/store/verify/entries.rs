//! Goes through the entries of a range of timelines in one stream, timeline by timeline in the order of their numbers, as
//! their columns are. Exact, and slower than `as_written`, which it follows where something is in doubt.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use uuid::Uuid;

use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::vault::chain::{self, GENESIS, LINK_BYTES, Link};
use crate::vault::{MAC_BYTES, Mac};

use super::super::engine::run;
use super::super::record::{link_from, uuid_from};
use super::super::{ClearHeader, StoreError, Tx};
use super::checkpoints::SaidOfTimelines;
use super::walk::{Linked, Walk};
use super::{Chain, Damage, Found, Verified};
use crate::domain::ids::{EntryId, Seq};

/// Before the first timeline of a range, in the order of the ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bound(Vec<u8>);

impl Bound {
    /// Before every id.
    pub(super) const FIRST: Self = Self(Vec::new());
    /// Behind every id. One byte more than an id, since ranges do not take in their end.
    pub(super) const LAST: Self = Self(Vec::new());

    pub(super) fn at(timeline: TimelineId) -> Self {
        Self(timeline.0.as_bytes().to_vec())
    }

    /// As the beginning of a range.
    pub(super) fn first(&self) -> &[u8] {
        &self.0
    }

    /// As the end of a range.
    pub(super) fn end(&self) -> &[u8] {
        const BEHIND: [u8; 17] = [0xff; 17];
        if self.0.is_empty() { &BEHIND } else { &self.0 }
    }
}

/// Seq, recorded at, and the rest in one: timeline, chain, id, mac and what is sealed; less of it where one of them has not the
/// length of such. Each value of a row crosses from SQLite's thread by itself, which costs more than its hash.
pub(super) type Row = (i64, i64, Vec<u8>);

/// Selects rows like that.
macro_rules! packed_entries {
    () => {
        "select seq, recorded_at,
            case when octet_length(timeline) <> 16 then substr(timeline, 1, 17)
                when octet_length(chain) <> 32 then timeline
                when octet_length(id) <> 16 or octet_length(mac) <> 32 then timeline || chain
                else timeline || chain || id || mac || sealed end
            from entry"
    };
}
pub(super) use packed_entries;

const CHAIN_AT: usize = 16;
const ID_AT: usize = CHAIN_AT + LINK_BYTES;
const MAC_AT: usize = ID_AT + 16;
const SEALED_AT: usize = MAC_AT + MAC_BYTES;

/// An entry, as far as its columns can be an entry's.
pub(super) struct RawEntry {
    seq: i64,
    /// `None`: no such entry was ever written.
    header: Option<ClearHeader>,
    recorded_at: Timestamp,
    /// With what stands before it in the row; not whole where there is no header.
    sealed: Vec<u8>,
    chain: Link,
}

impl RawEntry {
    pub(super) fn new(timeline: TimelineId, row: Row) -> Self {
        let (seq, recorded_at, packed) = row;
        let recorded_at = Timestamp(recorded_at);
        let header = || {
            let (id, mac) = (packed.get(ID_AT..MAC_AT)?, packed.get(MAC_AT..SEALED_AT)?);
            let (id, mac) = (EntryId(Uuid::from_slice(id).ok()?), Mac::from_slice(mac)?);
            Some(ClearHeader { id, timeline, seq: Seq(u64::try_from(seq).ok()?), recorded_at, mac })
        };
        let link = packed.get(CHAIN_AT..ID_AT).and_then(|link| Link::try_from(link).ok());
        let (header, chain) = (header(), link.unwrap_or(GENESIS));
        Self { seq, header, recorded_at, sealed: packed, chain }
    }
}

impl Linked for RawEntry {
    fn seq(&self) -> i64 {
        self.seq
    }

    fn chain(&self) -> &Link {
        &self.chain
    }

    fn follows(&self, previous: &Link, seq: i64) -> bool {
        let (Some(header), Ok(seq)) = (self.header, u64::try_from(seq)) else { return false };
        let header = ClearHeader { seq: Seq(seq), ..header };
        chain::link(previous, &header.to_bytes(), &self.sealed[SEALED_AT..]) == self.chain
    }

    fn id(&self) -> Option<Uuid> {
        self.header.map(|header| header.id.0)
    }

    fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }
}

/// The timelines of a range, and what is left of what is known of them.
struct Range {
    said: SaidOfTimelines,
    heads: HashMap<TimelineId, (i64, Link)>,
    walk: Option<(TimelineId, Walk<RawEntry>)>,
    verified: Verified,
}

impl Range {
    fn take(&mut self, row: Row) -> Result<(), StoreError> {
        let timeline = timeline_of(&row)?;
        if self.walk.as_ref().is_none_or(|(of, _)| *of != timeline) {
            self.end_walk();
            self.begin(timeline);
        }
        if let Some((_, walk)) = &mut self.walk {
            walk.push(RawEntry::new(timeline, row));
        }
        Ok(())
    }

    fn begin(&mut self, timeline: TimelineId) {
        let asserted = self.said.take(timeline);
        self.walk = Some((timeline, Walk::new(Chain::Timeline(timeline), GENESIS, asserted)));
    }

    fn end_walk(&mut self) {
        let Some((timeline, walk)) = self.walk.take() else { return };
        self.verified.timelines += 1;
        self.verified.entries += walk.records;
        let found = walk.finish(self.heads.remove(&timeline));
        self.verified.add(found);
    }

    /// Timelines of which no entry is left: those that have a head, then those that have not even that.
    fn end(mut self) -> Verified {
        self.end_walk();
        let mut left: Vec<TimelineId> = self.heads.keys().copied().collect();
        left.sort_unstable();
        for timeline in left {
            self.begin(timeline);
            self.end_walk();
        }
        for (timeline, said) in self.said.into_left() {
            let found = Found::at(Chain::Timeline(timeline), Damage::Removed, 1, said.seq);
            self.verified.add([Found { witness: Some(said.checkpoint), ..found }]);
        }
        self.verified
    }
}

/// The timeline that a row is of.
pub(super) fn timeline_of(row: &Row) -> Result<TimelineId, StoreError> {
    Ok(TimelineId(uuid_from("entry.timeline", row.2.get(..CHAIN_AT).unwrap_or(&row.2))?))
}

impl Tx {
    /// Where the timelines of a range end, by their own record of that.
    pub(super) async fn ends_on_record(
        &mut self,
        from: &Bound,
        until: &Bound,
    ) -> Result<HashMap<TimelineId, (i64, Link)>, StoreError> {
        const SQL: &str = "select id, head_seq, head_chain from timeline where id >= $1 and id < $2";
        let heads: Vec<(Vec<u8>, i64, Vec<u8>)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(from.first()).bind(until.end()).fetch_all(connection).await?
        });
        let head = |(id, seq, chain): (Vec<u8>, i64, Vec<u8>)| {
            let timeline = TimelineId(uuid_from("timeline.id", &id)?);
            Ok((timeline, (seq, link_from("timeline.head_chain", &chain)?)))
        };
        heads.into_iter().map(head).collect()
    }

    /// What stands in this range of timelines, against what checkpoints say of it.
    pub(super) async fn verify_timelines(
        &mut self,
        from: &Bound,
        until: &Bound,
        said: SaidOfTimelines,
    ) -> Result<Verified, StoreError> {
        const ENTRIES: &str =
            concat!(packed_entries!(), " where timeline >= $1 and timeline < $2 order by timeline, seq");
        let heads = self.ends_on_record(from, until).await?;
        let said = self.complete(said, from, until).await?;
        let mut range = Range { said, heads, walk: None, verified: Verified::default() };
        run!(self, connection => {
            let mut rows =
                sqlx::query_as::<_, Row>(ENTRIES).bind(from.first()).bind(until.end()).fetch(connection);
            while let Some(row) = rows.try_next().await? {
                range.take(row)?;
            }
        });
        Ok(range.end())
    }
}
