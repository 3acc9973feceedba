//! Goes through the signed checkpoints: whose signature holds, which are missing, and what they say of the chains. What a
//! checkpoint says counts only where its signature holds.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::TryStreamExt as _;

use crate::domain::checkpoint::Statement;
use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::limits::CHECKPOINT_PAGE_COUNT;
use crate::vault::chain::Link;
use crate::vault::heads::{self, End};

use super::super::checkpoint_keys::signer_of;
use super::super::checkpoint_known::Row;
use super::super::checkpoint_said::Noted;
use super::super::engine::run;
use super::super::{CheckpointKeys, Journal, KeptCheckpoint, StoreError, Tx};
use super::entries::Bound;
use super::walk::Asserted;
use super::{By, Chain, Damage, Elsewhere, Found, Verified};

/// What checkpoints say of the chains.
pub(super) struct Said {
    /// Numbers of those whose ends are as they were signed.
    trusted: Arc<BTreeSet<u64>>,
    audit: Vec<Asserted>,
    elsewhere: BTreeMap<TimelineId, Asserted>,
}

/// The same of a range of timelines.
pub(super) struct SaidOfTimelines {
    trusted: Arc<BTreeSet<u64>>,
    by_timeline: HashMap<TimelineId, Vec<Asserted>>,
}

impl Said {
    pub(super) fn of_audit(&self) -> Vec<Asserted> {
        self.audit.clone()
    }

    pub(super) fn of_timelines(&self, from: &Bound, until: &Bound) -> SaidOfTimelines {
        let within = self.elsewhere.iter().filter(|(timeline, _)| {
            let id = timeline.0.as_bytes().as_slice();
            from.first() <= id && id < until.end()
        });
        let by_timeline = within.map(|(timeline, said)| (*timeline, vec![*said])).collect();
        SaidOfTimelines { trusted: Arc::clone(&self.trusted), by_timeline }
    }
}

impl SaidOfTimelines {
    pub(super) fn take(&mut self, timeline: TimelineId) -> Vec<Asserted> {
        self.by_timeline.remove(&timeline).unwrap_or_default()
    }

    /// The last that is said of each timeline that was not asked for.
    pub(super) fn into_left(self) -> BTreeMap<TimelineId, Asserted> {
        self.by_timeline.into_iter().filter_map(|(id, said)| Some((id, said.into_iter().max()?))).collect()
    }
}

/// A checkpoint whose signature holds.
struct Signed {
    said: Statement,
    digest: [u8; 32],
    /// The number it is kept under.
    kept_as: i64,
}

/// All checkpoints, as far as their signatures hold.
#[derive(Default)]
struct Register {
    signed: BTreeMap<u64, Signed>,
    /// Kept numbers of those whose signature does not hold.
    broken: BTreeSet<u64>,
}

/// Everything about checkpoints that the store itself can show.
pub(super) async fn verify(journal: &Journal, by: &By, verified: &mut Verified) -> Result<Said, StoreError> {
    let keys = CheckpointKeys::of(journal, by.key).await?;
    let mut register = Register::default();
    // Before the checkpoints themselves: a hub beside this may make another meanwhile.
    let signer = by.key;
    let noted = journal.read(move |tx| Box::pin(async move { tx.find_noted_checkpoint(signer).await })).await?;
    // What stands under a number that is none comes last: it may be one that is missing in its place.
    for (from, until) in [(1, i64::MAX), (i64::MIN, 0)] {
        let mut from = Some(from);
        while let Some(number) = from {
            let limit = CHECKPOINT_PAGE_COUNT;
            let page =
                journal.read(move |tx| Box::pin(async move { tx.list_checkpoint_rows(number, limit).await })).await?;
            from =
                page.last().and_then(|row| row.0.checked_add(1)).filter(|next| page.len() == limit && *next <= until);
            for row in page.into_iter().filter(|row| row.0 <= until) {
                verified.checkpoints += 1;
                register.take(row, &keys, verified);
            }
        }
    }
    register.look_for_gaps(verified);
    register.look_for_the_newest(noted, verified);
    let last = register.signed.values().next_back();
    verified.last_checkpoint = last.map(|last| (last.said.number, last.said.made_at));
    let mut trusted: BTreeSet<u64> = register.signed.keys().copied().collect();
    let (register, ends) = journal
        .read(move |tx| {
            Box::pin(async move {
                let ends = tx.verify_ends(&register).await?;
                Ok::<_, StoreError>((register, ends))
            })
        })
        .await?;
    trusted.retain(|number| !ends.untrusted.contains(number));
    verified.add(ends.found);
    let audit = register.signed.values().map(|signed| Asserted {
        seq: i64::try_from(signed.said.audit_seq).unwrap_or(i64::MAX),
        chain: signed.said.audit_chain,
        checkpoint: signed.said.number,
    });
    let mut said = Said { trusted: Arc::new(trusted), audit: audit.collect(), elsewhere: BTreeMap::new() };
    if let Some(elsewhere) = &by.elsewhere {
        let region = journal.region().fingerprint();
        compare(elsewhere, &keys, &region, &register, &mut said, verified);
    }
    Ok(said)
}

fn found(chain: Chain, damage: Damage, number: u64) -> Found {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    Found::at(chain, damage, number, number)
}

/// Checkpoints that are missing.
fn found_from(first: u64, last: u64) -> Found {
    let place = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Found::at(Chain::Checkpoints, Damage::Removed, place(first), place(last))
}

impl Register {
    fn take(&mut self, row: Row, keys: &CheckpointKeys, verified: &mut Verified) {
        let (stored_as, made_at) = (row.0, Timestamp(row.1));
        let number = u64::try_from(stored_as).ok().filter(|number| *number > 0);
        let kept = KeptCheckpoint::of_row(number.unwrap_or(0), row);
        let touched = |damage| Found { recorded_at: Some(made_at), ..found(Chain::Checkpoints, damage, kept.number) };
        let put_in = || match number {
            Some(_) => touched(Damage::Inserted),
            None => Found::under(Chain::Checkpoints, stored_as, made_at),
        };
        let Some(said) = keys.read(&kept.statement, &kept.signature) else {
            let Some(number) = number else { return verified.add([put_in()]) };
            self.broken.insert(number);
            let signer = signer_of(&kept.statement, &kept.signature);
            return verified.add([touched(Damage::Changed).unless_signed_by(signer)]);
        };
        if self.signed.contains_key(&said.number) {
            return verified.add([put_in()]);
        }
        if said.made_at != made_at {
            verified.add([touched(Damage::Changed)]);
        }
        let digest = kept.digest();
        self.signed.insert(said.number, Signed { said, digest, kept_as: stored_as });
    }

    fn look_for_gaps(&self, verified: &mut Verified) {
        let mut before: Option<&Signed> = None;
        for (number, signed) in &self.signed {
            let expected = before.map_or(1, |before| before.said.number.saturating_add(1));
            self.tell_missing(expected, *number, verified);
            if let Some(before) = before.filter(|_| expected == *number)
                && before.digest != signed.said.previous
            {
                verified.add([found(Chain::Checkpoints, Damage::Changed, before.said.number)]);
            }
            if u64::try_from(signed.kept_as) != Ok(*number) {
                let stands = u64::try_from(signed.kept_as).unwrap_or(0);
                let moved = found(Chain::Checkpoints, Damage::Reordered, stands);
                let under = Some(signed.kept_as).filter(|number| *number <= 0);
                let recorded_at = Some(signed.said.made_at);
                verified.add([Found { belongs_at: Some(*number), under, recorded_at, ..moved }]);
            }
            before = Some(signed);
        }
    }

    /// Those from `first` on and before `next` that are not even there with a signature that does not hold: each gap as one.
    fn tell_missing(&self, first: u64, next: u64, verified: &mut Verified) {
        let mut first = first;
        for broken in self.broken.range(first..next.max(first)).copied().chain([next]) {
            if first < broken {
                verified.add([found_from(first, broken - 1)]);
            }
            first = broken.saturating_add(1);
        }
    }

    /// The store notes which was the newest: it is missed though nothing after it says so.
    fn look_for_the_newest(&self, noted: Noted, verified: &mut Verified) {
        let newest = self.signed.keys().chain(&self.broken).max().copied().unwrap_or(0);
        match noted {
            Noted::Number(number) if number > newest => {
                verified.add([found_from(newest.saturating_add(1), number)]);
            }
            Noted::False => verified.add([Found::at(Chain::Checkpoints, Damage::Changed, 0, 0)]),
            Noted::Nothing | Noted::Number(_) => {}
        }
    }

    fn moved(&self, number: u64) -> Option<(u64, [u8; 32])> {
        self.signed.get(&number).map(|signed| (signed.said.moved, signed.said.moved_digest))
    }
}

/// What was found about the ends that are kept with checkpoints.
#[derive(Default)]
struct Ends {
    found: Vec<Found>,
    untrusted: BTreeSet<u64>,
}

impl Ends {
    fn judge(&mut self, register: &Register, number: u64, ends: &[End]) {
        let damage = match register.moved(number) {
            Some((_, digest)) if digest == heads::list_digest(ends) => return,
            Some((moved, _)) if (ends.len() as u64) < moved => Damage::Removed,
            Some((moved, _)) if ends.len() as u64 > moved => Damage::Inserted,
            Some(_) => Damage::Changed,
            // Of a checkpoint that is not there, or whose signature does not hold: that was found already.
            None if ends.is_empty() || register.broken.contains(&number) => return,
            None => Damage::Inserted,
        };
        self.untrusted.insert(number);
        self.found.push(Found::at(Chain::EndsAt(number), damage, 0, 0));
    }
}

impl Tx {
    async fn verify_ends(&mut self, register: &Register) -> Result<Ends, StoreError> {
        const SQL: &str = "select timeline, seq, chain, checkpoint from checkpoint_head order by checkpoint, timeline";
        let mut judged = Ends::default();
        let mut latest: BTreeMap<[u8; 16], End> = BTreeMap::new();
        let (mut seen, mut number, mut ends) = (BTreeSet::new(), 0, Vec::new());
        run!(self, connection => {
            let mut rows = sqlx::query_as::<_, (Vec<u8>, i64, Vec<u8>, i64)>(SQL).fetch(connection);
            while let Some((timeline, seq, chain, checkpoint)) = rows.try_next().await? {
                let of = u64::try_from(checkpoint).unwrap_or(0);
                if of != number {
                    judged.judge(register, number, &ends);
                    ends.clear();
                    number = of;
                    seen.insert(of);
                }
                // What is no end at all has another digest than any.
                let timeline = <[u8; 16]>::try_from(timeline.as_slice()).unwrap_or([0; 16]);
                let chain = Link::try_from(chain.as_slice()).unwrap_or([0; 32]);
                let end = End { timeline, seq: u64::try_from(seq).unwrap_or(0), chain };
                ends.push(end);
                let known = latest.entry(timeline).or_insert(end);
                *known = if end.seq > known.seq { end } else { *known };
            }
        });
        judged.judge(register, number, &ends);
        for number in register.signed.keys().filter(|number| !seen.contains(number)) {
            judged.judge(register, *number, &[]);
        }
        let all: Vec<End> = latest.into_values().collect();
        if let Some(last) = register.signed.values().next_back()
            && judged.found.is_empty()
            && register.broken.is_empty()
            && heads::root(&all) != last.said.root
        {
            judged.found.push(Found::at(Chain::EndsAt(last.said.number), Damage::Changed, 0, 0));
        }
        Ok(judged)
    }

    /// Adds what trusted checkpoints say of the timelines of a range.
    pub(super) async fn complete(
        &mut self,
        mut said: SaidOfTimelines,
        from: &Bound,
        until: &Bound,
    ) -> Result<SaidOfTimelines, StoreError> {
        const SQL: &str = "select timeline, seq, chain, checkpoint from checkpoint_head
            where timeline >= $1 and timeline < $2";
        let rows: Vec<(Vec<u8>, i64, Vec<u8>, i64)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(from.first()).bind(until.end()).fetch_all(connection).await?
        });
        for (timeline, seq, chain, checkpoint) in rows {
            let checkpoint = u64::try_from(checkpoint).unwrap_or(0);
            let Ok(chain) = Link::try_from(chain.as_slice()) else { continue };
            if said.trusted.contains(&checkpoint) {
                let Ok(timeline) = uuid::Uuid::from_slice(&timeline) else { continue };
                said.by_timeline.entry(TimelineId(timeline)).or_default().push(Asserted { seq, chain, checkpoint });
            }
        }
        Ok(said)
    }
}

/// Against a checkpoint that was kept where nobody who can write the database can.
fn compare(
    elsewhere: &Elsewhere,
    keys: &CheckpointKeys,
    region: &str,
    register: &Register,
    said: &mut Said,
    verified: &mut Verified,
) {
    let Elsewhere { statement, signature, ends } = elsewhere;
    let read = keys.read(statement, signature);
    let other_signer = if read.is_none() { signer_of(statement, signature) } else { None };
    let is_as_signed = |read: &Statement| read.region == region && (ends.is_empty() || heads::root(ends) == read.root);
    let Some(read) = read.filter(is_as_signed) else {
        let changed = Found::at(Chain::Elsewhere, Damage::Changed, 0, 0);
        return verified.add([changed.unless_signed_by(other_signer)]);
    };
    let number = read.number;
    let is_other = |kept: &Signed| kept.said != read;
    let damage = match register.signed.get(&number) {
        Some(kept) if !is_other(kept) => None,
        Some(_) => Some(Damage::Changed),
        None => Some(Damage::Removed).filter(|_| !register.broken.contains(&number)),
    };
    verified.add(damage.map(|damage| Found { witness: Some(number), ..found(Chain::Checkpoints, damage, number) }));
    let seq = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    said.audit.push(Asserted { seq: seq(read.audit_seq), chain: read.audit_chain, checkpoint: number });
    said.elsewhere.extend(ends.iter().map(|end| {
        let asserted = Asserted { seq: seq(end.seq), chain: end.chain, checkpoint: number };
        (TimelineId(uuid::Uuid::from_bytes(end.timeline)), asserted)
    }));
}
