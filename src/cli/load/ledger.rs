//! The books of one worker: every post it sent, who has received it, and in which order. Pure;
//! told by the connections what they saw and when.

use std::{collections::VecDeque, time::Instant};

use uuid::Uuid;

use super::{
    ids::PostIds,
    scenario::{MEMBERS_PER_PATIENT_MAX, Plan},
    tally::{self, Tally},
};

pub struct Ledger {
    ids: PostIds,
    members: u32,
    /// None before the first run.
    plan: Option<Plan>,
    tally: Tally,
    /// The first post of this run; what bears a lower number is a leftover of an earlier one.
    run_first: u64,
    /// The number of `posts[0]`. Posts below it are complete.
    base: u64,
    posts: VecDeque<Sent>,
    incomplete: usize,
}

struct Sent {
    patient: u32,
    at: Instant,
    outcome: Outcome,
    /// One bit for each member who has it.
    received: u128,
    /// The seq of the first delivery, for comparing with the acknowledged one.
    delivered_seq: Option<u64>,
}

#[derive(PartialEq)]
enum Outcome {
    Open,
    Acknowledged { seq: u64 },
    Refused,
}

/// One member's place on one patient's timeline. Kept by the connection, advanced by the ledger.
pub struct Place {
    pub patient: u32,
    pub member: u32,
    seq: Option<u64>,
}

impl Place {
    pub fn new(patient: u32, member: u32) -> Self {
        assert!(member < MEMBERS_PER_PATIENT_MAX, "members are kept in the bits of one integer");
        Self { patient, member, seq: None }
    }
}

impl Ledger {
    pub fn new(ids: PostIds, members: u32) -> Self {
        let (tally, posts) = (Tally::default(), VecDeque::new());
        Self { ids, members, plan: None, tally, run_first: 0, base: 0, posts, incomplete: 0 }
    }

    /// Closes the books of the run so far and opens new ones.
    pub fn begin(&mut self, plan: Plan) {
        self.base += self.posts.len() as u64;
        self.posts.clear();
        self.incomplete = 0;
        self.run_first = self.base;
        self.plan = Some(plan);
        self.tally = Tally::default();
    }

    /// Notes a post as sent and gives it its id.
    pub fn send(&mut self, patient: u32, at: Instant) -> Uuid {
        let number = self.base + self.posts.len() as u64;
        let (outcome, received, delivered_seq) = (Outcome::Open, 0, None);
        self.posts.push_back(Sent { patient, at, outcome, received, delivered_seq });
        self.incomplete += 1;
        self.ids.id(number)
    }

    /// Whether the id was a post of this run that was still open.
    pub fn acknowledge(&mut self, id: Uuid, seq: u64, at: Instant) -> bool {
        let Some(number) = self.number_in_run(id) else { return false };
        let Some(post) = post(&mut self.posts, self.base, number) else {
            self.tally.doubled += 1;
            return false;
        };
        if post.outcome != Outcome::Open {
            self.tally.doubled += 1;
            return false;
        }
        post.outcome = Outcome::Acknowledged { seq };
        if post.delivered_seq.is_some_and(|delivered| delivered != seq) {
            self.tally.reordered += 1;
        }
        if counts(self.plan, at) {
            self.tally.acknowledged += 1;
        }
        if counts(self.plan, post.at) {
            tally::record(&mut self.tally.ack_us, at.saturating_duration_since(post.at));
        }
        self.retire(number);
        true
    }

    /// Whether the id was a post of this run that was still open.
    pub fn refuse(&mut self, id: Uuid, reason: &str) -> bool {
        let Some(number) = self.number_in_run(id) else { return false };
        let Some(post) = post(&mut self.posts, self.base, number) else { return false };
        if post.outcome != Outcome::Open {
            return false;
        }
        post.outcome = Outcome::Refused;
        self.tally.refused += 1;
        self.tally.trouble.get_or_insert_with(|| format!("a post was refused: {reason}"));
        self.retire(number);
        true
    }

    pub fn deliver(&mut self, place: &mut Place, patient: u32, id: Uuid, seq: u64, at: Instant) {
        let Some(number) = self.number_in_run(id) else { return };
        let Some(post) = post(&mut self.posts, self.base, number) else {
            self.tally.doubled += 1;
            return;
        };
        let bit = 1_u128 << place.member;
        if post.received & bit != 0 {
            self.tally.doubled += 1;
            return;
        }
        if patient != post.patient || patient != place.patient {
            let (sent, heard) = (post.patient, place.patient);
            self.tally.trouble.get_or_insert_with(|| {
                format!("a post to patient {sent} reached a member of {heard} as one of {patient}")
            });
            return;
        }
        if post.outcome == Outcome::Refused {
            let trouble = || "a refused post was delivered".to_owned();
            self.tally.trouble.get_or_insert_with(trouble);
            return;
        }
        post.received |= bit;
        let acknowledged_elsewhere = matches!(post.outcome, Outcome::Acknowledged { seq: promised } if promised != seq);
        if acknowledged_elsewhere || place.seq.is_some_and(|before| seq <= before) {
            self.tally.reordered += 1;
        }
        place.seq = place.seq.max(Some(seq));
        post.delivered_seq.get_or_insert(seq);
        if counts(self.plan, at) {
            self.tally.delivered += 1;
        }
        if post.received.count_ones() == self.members {
            if counts(self.plan, post.at) {
                tally::record(&mut self.tally.last_us, at.saturating_duration_since(post.at));
            }
            self.retire(number);
        }
    }

    pub fn connection_broke(&mut self, cause: &str) {
        self.tally.broken += 1;
        self.tally.trouble.get_or_insert_with(|| format!("a connection ended: {cause}"));
    }

    /// Every post is answered and, if acknowledged, with every member.
    pub fn is_settled(&self) -> bool {
        self.incomplete == 0
    }

    /// Closes the run: what was acknowledged and has not arrived by now is lost.
    pub fn close(&mut self) -> Tally {
        for post in &self.posts {
            match post.outcome {
                Outcome::Acknowledged { .. } => {
                    self.tally.lost += u64::from(self.members - post.received.count_ones());
                }
                Outcome::Open => self.tally.unanswered += 1,
                Outcome::Refused => {}
            }
        }
        std::mem::take(&mut self.tally)
    }

    fn number_in_run(&self, id: Uuid) -> Option<u64> {
        let sent = self.base + self.posts.len() as u64;
        self.ids.number(id).filter(|number| (self.run_first..sent).contains(number))
    }

    /// Called when a post may just have become complete; forgets the complete ones in front.
    fn retire(&mut self, number: u64) {
        let index = usize::try_from(number - self.base).expect("an index of a queue in memory");
        if self.is_complete(&self.posts[index]) {
            self.incomplete -= 1;
        }
        while self.posts.front().is_some_and(|post| self.is_complete(post)) {
            self.posts.pop_front();
            self.base += 1;
        }
    }

    fn is_complete(&self, post: &Sent) -> bool {
        match post.outcome {
            Outcome::Open => false,
            Outcome::Refused => true,
            Outcome::Acknowledged { .. } => post.received.count_ones() == self.members,
        }
    }
}

fn post(posts: &mut VecDeque<Sent>, base: u64, number: u64) -> Option<&mut Sent> {
    let index = usize::try_from(number.checked_sub(base)?).ok()?;
    posts.get_mut(index)
}

fn counts(plan: Option<Plan>, at: Instant) -> bool {
    plan.is_some_and(|plan| plan.counts(at))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::load::scenario::Mode;

    const MEMBERS: u32 = 2;

    /// A ledger in a run that counts from 1 s to 2 s after `start`.
    fn begun() -> (Ledger, [Place; MEMBERS as usize], Instant) {
        let start = Instant::now();
        let mut ledger = Ledger::new(PostIds::new(Uuid::from_u128(1 << 90), 0), MEMBERS);
        ledger.begin(Plan {
            mode: Mode::InFlight(1),
            starts_at: start,
            counted_from: start + Duration::from_secs(1),
            counted_until: start + Duration::from_secs(2),
            stragglers: Duration::ZERO,
        });
        (ledger, [Place::new(7, 0), Place::new(7, 1)], start)
    }

    #[test]
    fn a_post_is_complete_when_acknowledged_and_with_every_member_in_either_order() {
        let (mut ledger, [mut first, mut second], start) = begun();
        let at = |ms| start + Duration::from_millis(ms);
        let early = ledger.send(7, at(1_100));
        let late = ledger.send(7, at(1_200));
        ledger.deliver(&mut first, 7, early, 1, at(1_300));
        ledger.deliver(&mut second, 7, early, 1, at(1_350));
        assert!(ledger.acknowledge(early, 1, at(1_400)));
        assert!(ledger.acknowledge(late, 2, at(1_400)));
        ledger.deliver(&mut first, 7, late, 2, at(1_400));
        assert!(!ledger.is_settled());
        ledger.deliver(&mut second, 7, late, 2, at(2_500));
        assert!(ledger.is_settled());
        let tally = ledger.close();
        // The last delivery came after the counted time, yet its latency counts: it was sent within.
        assert_eq!((tally.acknowledged, tally.delivered), (2, 3));
        assert_eq!((tally.lost, tally.doubled, tally.reordered, tally.unanswered), (0, 0, 0, 0));
        // Percentiles are kept to three digits.
        let rounded = |us: u64| (us + 1_000) / 10_000;
        assert_eq!(rounded(tally.ack_us.max()), 30);
        assert_eq!(rounded(tally.last_us.min()), 25);
        assert_eq!(rounded(tally.last_us.max()), 130);
    }

    #[test]
    fn what_was_sent_in_the_warm_up_is_checked_but_not_timed() {
        let (mut ledger, [mut first, _], start) = begun();
        let id = ledger.send(7, start);
        ledger.acknowledge(id, 1, start);
        ledger.deliver(&mut first, 7, id, 1, start);
        let tally = ledger.close();
        assert_eq!((tally.acknowledged, tally.delivered, tally.ack_us.len()), (0, 0, 0));
        assert_eq!(tally.lost, 1);
    }

    #[test]
    fn only_acknowledged_posts_can_be_lost() {
        let (mut ledger, _, start) = begun();
        let (promised, open, refused) = (ledger.send(7, start), ledger.send(7, start), ledger.send(7, start));
        ledger.acknowledge(promised, 1, start);
        assert!(ledger.refuse(refused, "not linked"));
        assert!(!ledger.is_settled());
        let tally = ledger.close();
        assert_eq!((tally.lost, tally.unanswered, tally.refused), (2, 1, 1));
        assert!(tally.trouble.expect("a reason").contains("not linked"));
        assert_ne!(open, promised);
    }

    #[test]
    fn a_second_delivery_or_acknowledgement_is_a_double_even_of_a_complete_post() {
        let (mut ledger, [mut first, mut second], start) = begun();
        let id = ledger.send(7, start);
        ledger.deliver(&mut first, 7, id, 1, start);
        ledger.deliver(&mut first, 7, id, 1, start);
        ledger.acknowledge(id, 1, start);
        ledger.deliver(&mut second, 7, id, 1, start);
        assert!(ledger.is_settled());
        ledger.deliver(&mut second, 7, id, 1, start);
        assert!(!ledger.acknowledge(id, 1, start));
        assert_eq!(ledger.close().doubled, 3);
    }

    #[test]
    fn a_lower_seq_after_a_higher_one_and_a_seq_that_was_not_promised_are_out_of_order() {
        let (mut ledger, [mut first, mut second], start) = begun();
        let (one, two) = (ledger.send(7, start), ledger.send(7, start));
        ledger.deliver(&mut first, 7, two, 2, start);
        ledger.deliver(&mut first, 7, one, 1, start);
        ledger.acknowledge(one, 1, start);
        ledger.acknowledge(two, 9, start);
        ledger.deliver(&mut second, 7, one, 1, start);
        ledger.deliver(&mut second, 7, two, 2, start);
        let tally = ledger.close();
        // One swapped, one acknowledged elsewhere, one delivered elsewhere than acknowledged.
        assert_eq!((tally.reordered, tally.lost, tally.doubled), (3, 0, 0));
    }

    #[test]
    fn a_post_on_another_patients_timeline_is_trouble() {
        let (mut ledger, [mut first, _], start) = begun();
        let id = ledger.send(8, start);
        ledger.deliver(&mut first, 7, id, 1, start);
        assert!(ledger.close().trouble.expect("a cause").contains("patient 8"));
    }

    #[test]
    fn leftovers_of_an_earlier_run_and_posts_of_others_are_passed_over() {
        let (mut ledger, [mut first, _], start) = begun();
        let id = ledger.send(7, start);
        let plan = ledger.plan.expect("begun");
        ledger.close();
        ledger.begin(plan);
        assert!(!ledger.acknowledge(id, 1, start));
        ledger.deliver(&mut first, 7, id, 1, start);
        ledger.deliver(&mut first, 7, Uuid::nil(), 1, start);
        let tally = ledger.close();
        assert_eq!((tally.doubled, tally.lost, tally.unanswered), (0, 0, 0));
    }
}
