//! Walks along one chain and says what was done to it. While all is well, a record costs one hash; where one does not fit,
//! the records ahead are tried in its place, and it in the places that were found empty.

use std::collections::VecDeque;

use uuid::Uuid;

use crate::domain::time::Timestamp;
use crate::limits::{VERIFY_AHEAD_RECORDS, VERIFY_MISFITS_KEPT_MAX};
use crate::vault::chain::{CHAIN_RECORDS_MAX, Link};

use super::{Chain, Damage, Found};

/// A record of a chain, as its columns are.
pub(super) trait Linked {
    fn seq(&self) -> i64;
    /// The link that is stored with it.
    fn chain(&self) -> &Link;
    /// Whether that is its link at this place, after this one.
    fn follows(&self, previous: &Link, seq: i64) -> bool;
    fn id(&self) -> Option<Uuid>;
    fn recorded_at(&self) -> Timestamp;
}

/// Whether its number is one that a chain can have. What a number beyond that says of places before it counts for nothing.
fn has_a_place(record: &impl Linked) -> bool {
    (1..=CHAIN_RECORDS_MAX).contains(&record.seq())
}

/// What a checkpoint says of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asserted {
    pub(super) seq: i64,
    pub(super) chain: Link,
    pub(super) checkpoint: u64,
}

/// A place whose record is missing or another's.
struct Vacancy {
    previous: Link,
    seq: i64,
    fault: usize,
}

/// A record that does not fit where it is.
struct Misfit<R> {
    record: R,
    place: i64,
    fault: usize,
}

pub(super) struct Walk<R> {
    of: Chain,
    /// The last place that was walked over, in the numbers before any renumbering, and its link.
    seq: i64,
    chain: Link,
    /// What to add to a stored number for the number before the renumbering.
    offset: i64,
    ahead: VecDeque<R>,
    asserted: VecDeque<Asserted>,
    /// The last place of which a checkpoint and the chain say the same.
    agreed: i64,
    found: Vec<Option<Found>>,
    vacancies: Vec<Vacancy>,
    misfits: Vec<Misfit<R>>,
    /// Records that belong elsewhere: that place, and their link.
    placed: Vec<(i64, Link)>,
    pub(super) records: u64,
}

impl<R: Linked> Walk<R> {
    /// From the beginning of a chain; `asserted` in the order of their places.
    pub(super) fn new(of: Chain, genesis: Link, mut asserted: Vec<Asserted>) -> Self {
        asserted.sort_unstable();
        Self {
            of,
            seq: 0,
            chain: genesis,
            offset: 0,
            ahead: VecDeque::new(),
            asserted: asserted.into(),
            agreed: 0,
            found: Vec::new(),
            vacancies: Vec::new(),
            misfits: Vec::new(),
            placed: Vec::new(),
            records: 0,
        }
    }

    /// Goes on to a record that fits; `false`: it does not, and nothing was gone on to.
    pub(super) fn go_on(&mut self, record: &R) -> bool {
        let fits = self.ahead.is_empty() && has_a_place(record) && self.fits(record);
        if fits {
            self.records += 1;
            self.go_to(self.seq + 1, *record.chain());
        }
        fits
    }

    /// The next record in the order of the stored numbers.
    pub(super) fn push(&mut self, record: R) {
        if self.go_on(&record) {
            return;
        }
        self.records += 1;
        if !has_a_place(&record) {
            let found = Found { id: record.id(), ..Found::under(self.of, record.seq(), record.recorded_at()) };
            return self.found.push(Some(found));
        }
        self.ahead.push_back(record);
        if self.ahead.len() >= VERIFY_AHEAD_RECORDS {
            self.settle();
        }
    }

    /// No more records. `head` is where the chain ends by its own record of that.
    pub(super) fn finish(mut self, head: Option<(i64, Link)>) -> Vec<Found> {
        while !self.ahead.is_empty() {
            self.settle();
        }
        // Whoever was met too early may belong behind all others.
        self.found.push(None);
        self.leave_open(self.seq + 1, self.found.len() - 1);
        self.place_misfits();
        let last = self.placed.iter().find(|(seq, _)| *seq == self.seq + 1).copied();
        if let Some((seq, chain)) = last {
            self.go_to(seq, chain);
        }
        self.look_at_the_end(head);
        self.found.into_iter().flatten().collect()
    }

    fn fits(&self, record: &R) -> bool {
        record.seq() + self.offset == self.seq + 1 && record.follows(&self.chain, self.seq + 1)
    }

    fn go_to(&mut self, seq: i64, chain: Link) {
        (self.seq, self.chain) = (seq, chain);
        while let Some(said) = self.asserted.front().copied().filter(|said| said.seq <= seq) {
            self.asserted.pop_front();
            if said.seq < seq {
                continue;
            }
            if said.chain == chain {
                self.agreed = seq;
                continue;
            }
            let agreed = self.agreed;
            let is_explained = self.found.iter().flatten().any(|found| found.to > agreed.unsigned_abs());
            if !is_explained {
                let found = Found::at(self.of, Damage::Changed, agreed + 1, seq);
                self.found.push(Some(Found { witness: Some(said.checkpoint), ..found }));
            }
        }
    }

    fn find(&mut self, damage: Damage, from: i64, to: i64, record: Option<&R>) -> usize {
        let found = Found::at(self.of, damage, from, to);
        let (id, recorded_at) = (record.and_then(R::id), record.map(R::recorded_at));
        self.found.push(Some(Found { id, recorded_at, ..found }));
        self.found.len() - 1
    }

    /// The record in front does not fit.
    fn settle(&mut self) {
        let place = self.seq + 1;
        let fitting = self.ahead.iter().position(|record| record.follows(&self.chain, place));
        match fitting {
            None => self.settle_misfit(place),
            Some(0) => self.settle_renumbered(place),
            Some(at) => self.settle_displaced(place, at),
        }
        while self.ahead.front().is_some_and(|front| self.fits(front)) {
            if let Some(front) = self.ahead.pop_front() {
                self.go_to(self.seq + 1, *front.chain());
            }
        }
    }

    /// It follows what is before, under another number.
    fn settle_renumbered(&mut self, place: i64) {
        let Some(front) = self.ahead.pop_front() else { return };
        let fault = self.find(Damage::Reordered, front.seq(), front.seq(), Some(&front));
        self.belongs(fault, place);
        self.go_to(place, *front.chain());
        if let Some(next) = self.ahead.front().filter(|next| next.follows(front.chain(), place + 1)) {
            self.offset = place + 1 - next.seq();
        }
    }

    /// A later record belongs here: they were swapped, or those before it were put in.
    fn settle_displaced(&mut self, place: i64, at: usize) {
        let mut order = vec![at];
        let mut chain = *self.ahead[at].chain();
        let mut last = at;
        let reordered = loop {
            if last + 1 == order.len() {
                break true;
            }
            let seq = place + i64::try_from(order.len()).unwrap_or(0);
            let next = (0..self.ahead.len()).find(|it| !order.contains(it) && self.ahead[*it].follows(&chain, seq));
            let Some(next) = next else { break false };
            chain = *self.ahead[next].chain();
            last = last.max(next);
            order.push(next);
        };
        if !reordered {
            for _ in 0..at {
                if let Some(inserted) = self.ahead.pop_front() {
                    self.find(Damage::Inserted, inserted.seq(), inserted.seq(), Some(&inserted));
                }
            }
            self.offset = self.ahead.front().map_or(self.offset, |front| place - front.seq());
            return;
        }
        let rows: Vec<R> = self.ahead.drain(..order.len()).collect();
        for (nth, from) in order.into_iter().enumerate() {
            let (record, belongs) = (&rows[from], place + i64::try_from(nth).unwrap_or(0));
            if record.seq() + self.offset != belongs {
                let fault = self.find(Damage::Reordered, record.seq(), record.seq(), Some(record));
                self.belongs(fault, belongs);
            }
            self.go_to(belongs, *record.chain());
        }
    }

    /// Nothing ahead belongs here.
    fn settle_misfit(&mut self, place: i64) {
        let Some(front) = self.ahead.pop_front() else { return };
        let vacancy = self.vacancies.iter().position(|it| front.follows(&it.previous, it.seq));
        if let Some(vacancy) = vacancy.map(|at| self.vacancies.swap_remove(at)) {
            let fault = self.find(Damage::Reordered, front.seq(), front.seq(), Some(&front));
            self.fill(fault, &vacancy, *front.chain());
            return;
        }
        let numbered = front.seq() + self.offset;
        if numbered > place {
            let fault = self.find(Damage::Removed, place, numbered - 1, None);
            self.leave_open(place, fault);
            self.go_to(numbered, *front.chain());
            return;
        }
        let next = self.ahead.front();
        let follows_at = |seq| next.is_some_and(|next| next.follows(front.chain(), seq));
        let ahead = i64::try_from(VERIFY_AHEAD_RECORDS).unwrap_or(1);
        let shift = if follows_at(place + 1) { None } else { (1..=ahead).find(|by| follows_at(place + 1 + by)) };
        if let Some(by) = shift {
            // Those after it were renumbered to close the gap.
            let fault = self.find(Damage::Removed, place, place + by - 1, None);
            self.leave_open(place, fault);
            self.offset += by;
            self.go_to(place + by, *front.chain());
            return;
        }
        let back =
            if follows_at(place + 1) { None } else { (1..ahead.min(place)).find(|by| follows_at(place + 1 - by)) };
        if let Some(by) = back {
            // Those before it were put in with links of their own, and it was renumbered to make room.
            self.find(Damage::Inserted, front.seq() - by, front.seq() - 1, None);
            self.offset -= by;
            self.go_to(place - by, *front.chain());
            return;
        }
        let fault = self.find(Damage::Changed, place, place, Some(&front));
        self.leave_open(place, fault);
        self.go_to(place, *front.chain());
        if self.misfits.len() < VERIFY_MISFITS_KEPT_MAX {
            self.misfits.push(Misfit { record: front, place, fault });
        }
    }

    fn leave_open(&mut self, seq: i64, fault: usize) {
        if self.vacancies.len() < VERIFY_MISFITS_KEPT_MAX {
            self.vacancies.push(Vacancy { previous: self.chain, seq, fault });
        }
    }

    fn belongs(&mut self, fault: usize, place: i64) {
        if let Some(found) = &mut self.found[fault] {
            found.belongs_at = u64::try_from(place).ok();
        }
    }

    fn fill(&mut self, fault: usize, vacancy: &Vacancy, chain: Link) {
        self.belongs(fault, vacancy.seq);
        self.placed.push((vacancy.seq, chain));
        let is_it = |found: &Found| found.damage == Damage::Removed && found.from == found.to;
        if self.found[vacancy.fault].as_ref().is_some_and(is_it) {
            self.found[vacancy.fault] = None;
        }
    }

    /// Records that fit nowhere when they were met, against the places that were found empty later.
    fn place_misfits(&mut self) {
        let mut rest = Vec::new();
        for misfit in std::mem::take(&mut self.misfits) {
            let fits = |it: &Vacancy| it.fault != misfit.fault && misfit.record.follows(&it.previous, it.seq);
            let Some(at) = self.vacancies.iter().position(fits) else {
                rest.push(misfit);
                continue;
            };
            let vacancy = self.vacancies.swap_remove(at);
            if let Some(found) = &mut self.found[misfit.fault] {
                found.damage = Damage::Reordered;
            }
            self.fill(misfit.fault, &vacancy, *misfit.record.chain());
        }
        for misfit in rest {
            // It follows the one that belongs before it, and is where it should be.
            let follows =
                |(seq, chain): &(i64, Link)| seq + 1 == misfit.place && misfit.record.follows(chain, misfit.place);
            if self.placed.iter().any(follows) {
                self.found[misfit.fault] = None;
            }
        }
    }

    fn look_at_the_end(&mut self, head: Option<(i64, Link)>) {
        let (end, stored) = (self.seq, self.seq - self.offset);
        let said = self.asserted.back().copied().filter(|said| said.seq > end);
        let Some((seq, chain)) = head else {
            self.find(Damage::Removed, 0, 0, None);
            return;
        };
        let cut_to = said.map_or(0, |said| said.seq).max(if seq > end && seq > stored { seq } else { 0 });
        if cut_to > 0 {
            let fault = self.find(Damage::Removed, end + 1, cut_to, None);
            if let Some(found) = &mut self.found[fault] {
                found.witness = said.map(|said| said.checkpoint);
            }
        } else if seq < end.min(stored) {
            self.find(Damage::Inserted, seq + 1, stored, None);
        } else if chain != self.chain && self.found.iter().all(Option::is_none) {
            self.find(Damage::Changed, seq, seq, None);
        }
    }
}
