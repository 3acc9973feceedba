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
        let acknowledged_elsewhere =
            matches!(post.outcome, Outcome::Acknowledged { seq: promised } if promised != seq);
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
