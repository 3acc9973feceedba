//! Proves the history by its chains and signed checkpoints alone, without opening anything: what was changed, removed,
//! inserted or put elsewhere, and where. Called by `renkei audit verify`, beside a running hub or without one. Whether
//! records open and projections fit is `check.rs`.
//!
//! What chains cannot show: records that were appended, with their links, by somebody who held the database after the last
//! checkpoint. They do not open, which `store check` finds.

mod as_written;
mod audits;
mod checkpoints;
mod entries;
#[cfg(test)]
mod tests;
mod walk;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use crate::domain::ids::TimelineId;
use crate::domain::list::closed_list;
use crate::domain::time::Timestamp;
use crate::limits::{CHECK_FAULTS_MAX, VERIFY_GROUP_ENTRIES, VERIFY_WORKERS_MAX};
use crate::vault::PublicKey;
use crate::vault::heads::End;

use self::checkpoints::Said;
use super::{Journal, StoreError};

closed_list! {
    /// What was done to a history.
    Damage {
        Changed = "changed", "変更されています", "was changed";
        Removed = "removed", "削除されています", "was removed";
        Inserted = "inserted", "挿入されています", "was inserted";
        Reordered = "reordered", "順序が入れ替えられています", "was put elsewhere";
        /// Of a checkpoint: whole, and by a key that did not count then.
        OtherKey = "other_key", "別の鍵で署名されています", "was signed by another key";
    }
}

/// Which history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Chain {
    Timeline(TimelineId),
    /// Entries under what is no timeline's id.
    NoTimeline,
    Audit,
    Checkpoints,
    /// Where timelines ended, as kept with one checkpoint.
    EndsAt(u64),
    /// The checkpoint that was kept elsewhere.
    Elsewhere,
}

/// A fault and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub chain: Chain,
    pub damage: Damage,
    /// The first and the last place that is affected; 0: the end that is on record.
    pub from: u64,
    pub to: u64,
    /// The number that it stands under, where that is none of a chain's.
    pub under: Option<i64>,
    /// Where it was before it was put elsewhere.
    pub belongs_at: Option<u64>,
    /// Id and time of what stands there.
    pub id: Option<Uuid>,
    pub recorded_at: Option<Timestamp>,
    /// The checkpoint that shows it, where the chain alone does not.
    pub witness: Option<u64>,
    /// Whose signature it bears, where that is not one that counts.
    pub signer: Option<PublicKey>,
}

impl Found {
    fn at(chain: Chain, damage: Damage, from: i64, to: i64) -> Self {
        let place = |seq: i64| u64::try_from(seq).unwrap_or(0);
        let (from, to) = (place(from), place(to));
        Self {
            chain,
            damage,
            from,
            to,
            under: None,
            belongs_at: None,
            id: None,
            recorded_at: None,
            witness: None,
            signer: None,
        }
    }

    /// The same of a checkpoint whose signature does not count, where it is known whose it is: nothing says that it was changed.
    fn unless_signed_by(self, signer: Option<PublicKey>) -> Self {
        match signer {
            Some(_) => Self { damage: Damage::OtherKey, signer, ..self },
            None => self,
        }
    }

    /// Put in under a number that no chain has.
    fn under(chain: Chain, number: i64, recorded_at: Timestamp) -> Self {
        Self { under: Some(number), recorded_at: Some(recorded_at), ..Self::at(chain, Damage::Inserted, 0, 0) }
    }
}

/// A checkpoint that was kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    pub statement: String,
    pub signature: Vec<u8>,
    /// Where every timeline ended; empty where only the sheet was kept.
    pub ends: Vec<End>,
}

/// By what is verified.
#[derive(Clone, Debug)]
pub struct By {
    /// Whose signatures count, and backwards of those whose place it took on record.
    pub key: PublicKey,
    pub elsewhere: Option<Elsewhere>,
}

/// What was gone through and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub timelines: u64,
    pub entries: u64,
    pub audits: u64,
    pub checkpoints: u64,
    /// Records that were destroyed: their chains hold, and nothing of them opens.
    pub destroyed: u64,
    /// The newest checkpoint whose signature holds.
    pub last_checkpoint: Option<(u64, Timestamp)>,
    /// In the order of chains and places, at most `CHECK_FAULTS_MAX`.
    pub found: Vec<Found>,
    /// All, also those not listed.
    pub found_count: u64,
}

impl Verified {
    /// Whether nothing was found.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.found_count == 0
    }

    fn add(&mut self, found: impl IntoIterator<Item = Found>) {
        for one in found {
            self.found_count += 1;
            if self.found.len() < CHECK_FAULTS_MAX {
                self.found.push(one);
            }
        }
    }
}

/// Goes through everything: timelines as they were written, those in doubt once more on all cores, the audit log beside them.
///
/// # Errors
/// When the database fails; what was found is no error.
pub async fn verify(journal: &Journal, by: &By) -> Result<Verified, StoreError> {
    let destroyed = journal.read(|tx| Box::pin(tx.count_destroyed())).await?;
    let mut verified = Verified { destroyed, ..Verified::default() };
    let said = checkpoints::verify(journal, by, &mut verified).await?;
    let (groups, audits) = tokio::join!(timelines(journal, &said), audits::verify(journal, &said));
    for group in groups? {
        verified.timelines += group.timelines;
        verified.entries += group.entries;
        verified.found_count += group.found_count - group.found.len() as u64;
        verified.add(group.found);
    }
    let (count, found) = audits?;
    verified.audits = count;
    verified.add(found);
    verified.found.sort_by_key(|found| (found.chain, found.from));
    Ok(verified)
}

async fn timelines(journal: &Journal, said: &Said) -> Result<Vec<Verified>, StoreError> {
    let everything = said.of_timelines(&entries::Bound::FIRST, &entries::Bound::LAST);
    let as_written = journal.read(move |tx| Box::pin(async move { tx.verify_as_written(everything).await })).await?;
    let heads = journal.read(|tx| Box::pin(tx.list_raw_heads())).await?;
    let mut of_rows = Verified::default();
    let subjectless = heads.iter().filter(|head| head.subject.is_none());
    of_rows.add(subjectless.map(|head| Found::at(Chain::Timeline(head.timeline), Damage::Changed, 0, 0)));
    let of_none = as_written.of_no_timeline();
    let mut bounds = vec![entries::Bound::FIRST];
    let mut gathered = 0_u64;
    for head in heads {
        if gathered >= VERIFY_GROUP_ENTRIES {
            bounds.push(entries::Bound::at(head.timeline));
            gathered = 0;
        }
        gathered = head.seq.unsigned_abs().saturating_add(gathered);
    }
    bounds.push(entries::Bound::LAST);
    let pairs: Vec<_> = bounds.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(VERIFY_WORKERS_MAX);
    let verified = pairs.into_iter().map(|(from, until)| {
        let whole = as_written.of_range(&from, &until);
        let said = said.of_timelines(&from, &until);
        async move {
            let Some(whole) = whole else {
                let exact =
                    journal.read(move |tx| Box::pin(async move { tx.verify_timelines(&from, &until, said).await }));
                return exact.await;
            };
            Ok(whole)
        }
    });
    let mut all: Vec<Verified> = stream::iter(verified).buffered(workers).try_collect().await?;
    all.extend([of_rows, of_none]);
    Ok(all)
}
