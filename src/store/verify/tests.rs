//! What a walk finds, on a chain of small records: each way of tampering, at the place where it was done, wherever that is.

use proptest::prelude::*;
use uuid::Uuid;

use super::walk::{Asserted, Linked, Walk};
use super::{Chain, Damage};
use crate::domain::time::Timestamp;
use crate::vault::chain::{CHAIN_RECORDS_MAX, GENESIS, Link, link};

#[derive(Clone, Debug)]
struct Record {
    seq: i64,
    body: u64,
    chain: Link,
}

impl Record {
    fn new(previous: &Link, seq: i64, body: u64) -> Self {
        Self { seq, body, chain: link(previous, &seq.to_be_bytes(), &body.to_be_bytes()) }
    }
}

impl Linked for Record {
    fn seq(&self) -> i64 {
        self.seq
    }

    fn chain(&self) -> &Link {
        &self.chain
    }

    fn follows(&self, previous: &Link, seq: i64) -> bool {
        Self::new(previous, seq, self.body).chain == self.chain
    }

    fn id(&self) -> Option<Uuid> {
        None
    }

    fn recorded_at(&self) -> Timestamp {
        Timestamp(self.seq)
    }
}

fn chain_of(count: i64) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for seq in 1..=count {
        let previous = records.last().map_or(GENESIS, |last| last.chain);
        records.push(Record::new(&previous, seq, 1_000 + seq.unsigned_abs()));
    }
    records
}

fn end_of(records: &[Record]) -> (i64, Link) {
    records.last().map_or((0, GENESIS), |last| (last.seq, last.chain))
}

type Told = (Damage, u64, u64, Option<u64>, Option<u64>);

/// What, from where to where, where it belongs, which checkpoint shows it.
fn walked(mut records: Vec<Record>, head: (i64, Link), asserted: &[Asserted]) -> Vec<Told> {
    records.sort_by_key(|record| record.seq);
    let mut walk = Walk::new(Chain::Audit, GENESIS, asserted.to_vec());
    records.into_iter().for_each(|record| walk.push(record));
    let mut found: Vec<Told> = walk
        .finish(Some(head))
        .into_iter()
        .map(|found| (found.damage, found.from, found.to, found.belongs_at, found.witness))
        .collect();
    found.sort();
    found
}

fn at(damage: Damage, seq: i64) -> Vec<Told> {
    vec![(damage, seq.unsigned_abs(), seq.unsigned_abs(), None, None)]
}

fn renumber(records: &mut [Record], by: i64) {
    records.iter_mut().for_each(|record| record.seq += by);
}

/// Index of a seq.
fn index(seq: i64) -> usize {
    usize::try_from(seq - 1).unwrap()
}

#[test]
fn a_number_that_no_chain_has_is_told_and_says_nothing_of_the_places_before_it() {
    for number in [0, -1, i64::MIN, i64::MAX, CHAIN_RECORDS_MAX + 1] {
        let mut records = chain_of(5);
        let head = end_of(&records);
        records.push(Record { seq: number, body: 7, chain: [9; 32] });
        assert_eq!(walked(records, head, &[]), vec![(Damage::Inserted, 0, 0, None, None)], "{number}");
    }
}

proptest! {
    #[test]
    fn a_chain_that_nobody_touched_is_whole(count in 0_i64..200, said in 1_i64..200) {
        let records = chain_of(count);
        let head = end_of(&records);
        let said = records.iter().find(|record| record.seq == said);
        let said: Vec<_> = said.map(|it| Asserted { seq: it.seq, chain: it.chain, checkpoint: 1 }).into_iter().collect();
        prop_assert_eq!(walked(records, head, &said), []);
    }

    #[test]
    fn one_change_is_found_where_it_is(count in 1_i64..120, which: prop::sample::Index) {
        let mut records = chain_of(count);
        let (head, at_index) = (end_of(&records), which.index(records.len()));
        records[at_index].body ^= 1;
        let seq = records[at_index].seq;
        prop_assert_eq!(walked(records, head, &[]), at(Damage::Changed, seq));
    }

    #[test]
    fn one_removal_is_found_where_it_is(count in 1_i64..120, which: prop::sample::Index) {
        let mut records = chain_of(count);
        let head = end_of(&records);
        let removed = records.remove(which.index(records.len()));
        prop_assert_eq!(walked(records, head, &[]), at(Damage::Removed, removed.seq));
    }

    #[test]
    fn a_removal_is_found_though_the_rest_was_renumbered(count in 3_i64..120, which: prop::sample::Index, some in 1_i64..20) {
        let mut records = chain_of(count);
        let last = end_of(&records).1;
        let from = which.index(records.len() - 2);
        let some = some.min(count - 2 - i64::try_from(from).unwrap());
        let seq = records[from].seq;
        records.drain(from..from + usize::try_from(some).unwrap());
        renumber(&mut records[from..], -some);
        let head = (count - some, last);
        let expected = vec![(Damage::Removed, seq.unsigned_abs(), (seq + some - 1).unsigned_abs(), None, None)];
        prop_assert_eq!(walked(records, head, &[]), expected);
    }

    #[test]
    fn an_insertion_is_found_whether_it_is_linked_or_not(count in 3_i64..120, which: prop::sample::Index, linked: bool) {
        let mut records = chain_of(count);
        let place = which.index(records.len() - 1);
        let (seq, last) = (records[place].seq, end_of(&records).1);
        let previous = if place == 0 { GENESIS } else { records[place - 1].chain };
        renumber(&mut records[place..], 1);
        let forged = if linked { Record::new(&previous, seq, 7) } else { Record { seq, body: 7, chain: [9; 32] } };
        records.insert(place, forged);
        prop_assert_eq!(walked(records, (count + 1, last), &[]), at(Damage::Inserted, seq));
    }

    #[test]
    fn two_records_that_changed_places_are_both_found(count in 2_i64..150, one: prop::sample::Index, other: prop::sample::Index) {
        let mut records = chain_of(count);
        let head = end_of(&records);
        let (one, other) = (one.index(records.len()), other.index(records.len()));
        prop_assume!(one != other);
        let (seq, other_seq) = (records[one].seq, records[other].seq);
        (records[one].seq, records[other].seq) = (other_seq, seq);
        let told = |from: i64, belongs: i64| {
            let from = from.unsigned_abs();
            (Damage::Reordered, from, from, Some(belongs.unsigned_abs()), None)
        };
        let mut expected = vec![told(other_seq, seq), told(seq, other_seq)];
        expected.sort();
        prop_assert_eq!(walked(records, head, &[]), expected);
    }

    #[test]
    fn a_record_that_was_put_at_the_end_is_found_and_its_own_place_named(count in 1_i64..120, which: prop::sample::Index) {
        let mut records = chain_of(count);
        let (head, it) = (end_of(&records), which.index(records.len()));
        let seq = records[it].seq;
        records[it].seq = count + 50;
        let far = (count + 50).unsigned_abs();
        prop_assert_eq!(walked(records, head, &[]), vec![(Damage::Reordered, far, far, Some(seq.unsigned_abs()), None)]);
    }

    #[test]
    fn what_was_linked_anew_to_the_end_is_found_by_a_checkpoint_alone(count in 2_i64..80, which: prop::sample::Index, cut: prop::sample::Index) {
        let records = chain_of(count);
        let said = |seq: i64| Asserted { seq, chain: records[index(seq)].chain, checkpoint: seq.unsigned_abs() };
        let changed = which.index(records.len());
        let mut forged: Vec<Record> = records[..changed].to_vec();
        for old in &records[changed..] {
            let body = if old.seq == records[changed].seq { 7 } else { old.body };
            forged.push(Record::new(&end_of(&forged).1, old.seq, body));
        }
        let head = end_of(&forged);
        prop_assert_eq!(walked(forged.clone(), head, &[]), [], "the chain alone shows nothing");
        let found = walked(forged, head, &[said(count)]);
        prop_assert_eq!(found, vec![(Damage::Changed, 1, count.unsigned_abs(), None, Some(count.unsigned_abs()))]);

        let kept = records[..cut.index(records.len())].to_vec();
        let (head, from) = (end_of(&kept), kept.len() as u64 + 1);
        prop_assert_eq!(walked(kept.clone(), head, &[]), []);
        let expected = vec![(Damage::Removed, from, count.unsigned_abs(), None, Some(count.unsigned_abs()))];
        prop_assert_eq!(walked(kept, head, &[said(count)]), expected);
    }

    #[test]
    fn whatever_else_is_done_something_is_found(count in 2_i64..90, seed in prop::collection::vec((0..4, any::<prop::sample::Index>(), any::<u64>()), 1..6)) {
        let records = chain_of(count);
        let head = end_of(&records);
        let mut touched = records.clone();
        for (what, which, body) in seed {
            if touched.is_empty() {
                break;
            }
            let at = which.index(touched.len());
            match what {
                0 => touched[at].body = body,
                1 => drop(touched.remove(at)),
                2 => touched[at].chain = [3; 32],
                _ => {
                    renumber(&mut touched[at..], 1);
                    let seq = touched[at].seq - 1;
                    touched.insert(at, Record { seq, body, chain: [5; 32] });
                }
            }
        }
        let is_same = touched.len() == records.len()
            && touched.iter().zip(&records).all(|(a, b)| (a.seq, a.body, a.chain) == (b.seq, b.body, b.chain));
        prop_assume!(!is_same);
        prop_assert!(!walked(touched, head, &[]).is_empty());
    }
}
