//! Many small days, each drawn from a seed: people post, send again, follow and disconnect while commits fail in
//! every way a journal knows and the hub is stopped and killed. After each answer and at the end of each day:
//! acknowledged means stored, once, in one gapless order that every reader was shown.
//!
//! The seed draws everything that is done; SQLite answers from threads of its own, so that the moments may differ.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::duties::ventilator;
use super::reader::Reader;
use super::world::{World, actor, doctor, link, note, oxygen, secretariat, stranger};
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::hub::answer::Answer;
use crate::rulebook::due::next_step;
use crate::store::check::check;
use crate::store::fault::Fault;

/// `RENKEI_SIMULATION_SEEDS` asks for more.
const SEEDS: u64 = 24;
const STEPS: usize = 30;
const PATIENTS: usize = 3;

#[tokio::test]
async fn acknowledged_is_stored_once_in_one_order_for_all_whatever_fails() {
    let seeds = std::env::var("RENKEI_SIMULATION_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS);
    let first: u64 = std::env::var("RENKEI_SIMULATION_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    let mut seen = Seen::default();
    for seed in first..first + seeds {
        println!("seed {seed}");
        let day = Day::new(seed).await;
        seen.add(day.live().await);
    }
    // A simulation in which nothing happens proves nothing.
    if seeds >= SEEDS {
        let Seen { accepted, repeated, unavailable, queued, faults, kills, told } = seen;
        assert!(accepted > 1_000 && repeated > 50 && unavailable > 20 && queued > 50, "{seen:?}");
        assert!(faults > 100 && kills > 20 && told > 50, "{seen:?}");
    }
}

/// What came up, to know that it did.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    accepted: usize,
    repeated: usize,
    unavailable: usize,
    queued: usize,
    faults: usize,
    kills: usize,
    told: usize,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.repeated += other.repeated;
        self.unavailable += other.unavailable;
        self.queued += other.queued;
        self.faults += other.faults;
        self.kills += other.kills;
        self.told += other.told;
    }
}

/// SplitMix64: a day is drawn from its seed alone.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn fault(&mut self) -> Fault {
        match self.roll(40) {
            0 | 1 => Fault::Moved,
            2 => Fault::Duplicate,
            3 | 4 => Fault::UnknownStored,
            5 | 6 => Fault::UnknownLost,
            7 => Fault::Unavailable,
            8 => Fault::Store,
            9..14 => Fault::Late,
            _ => Fault::None,
        }
    }
}

/// A post and who sent it.
type Sent = (Actor, Intent);

struct Day {
    dice: Dice,
    world: Option<World>,
    patients: Vec<TimelineId>,
    readers: Vec<Reader>,
    /// Sent and not acknowledged: the answer was lost, or said "later".
    open: Vec<Sent>,
    /// Acknowledged as entries, with their places.
    acknowledged: HashMap<EntryId, (Sent, Seq)>,
    /// Acknowledged as waiting for a link.
    queued: HashMap<EntryId, Sent>,
    texts: usize,
    seen: Seen,
    faults: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Day {
    async fn new(seed: u64) -> Self {
        let world = World::start().await;
        let mut patients = Vec::new();
        for _ in 0..PATIENTS {
            let patient = world.patient().await;
            world.link(patient, actor(3)).await;
            patients.push(patient);
        }
        let readers = [2, 3, 2].map(Reader::new).into();
        Self {
            dice: Dice(seed),
            world: Some(world),
            patients,
            readers,
            open: Vec::new(),
            acknowledged: HashMap::new(),
            queued: HashMap::new(),
            texts: 0,
            seen: Seen::default(),
            faults: std::sync::Arc::default(),
        }
    }

    fn world(&self) -> &World {
        self.world.as_ref().expect("it runs between two steps")
    }

    async fn live(mut self) -> Seen {
        self.break_commits();
        for _ in 0..STEPS {
            match self.dice.roll(14) {
                0..6 => self.post().await,
                6 => self.send_again().await,
                7 => self.misuse_an_id().await,
                8 => {
                    let at = self.dice.roll(self.readers.len());
                    self.readers[at].disconnect(self.world.as_ref().unwrap());
                    self.follow(at).await;
                }
                9 if self.dice.one_in(2) => self.restart().await,
                12 | 13 => self.pass().await,
                _ => self.post_and_die().await,
            }
            let world = self.world.as_ref().unwrap();
            for reader in &mut self.readers {
                reader.read(world).await;
            }
        }
        self.end().await
    }

    /// From now on commits fail as the dice say.
    fn break_commits(&self) {
        let (mut dice, faults) = (self.dice.clone(), std::sync::Arc::clone(&self.faults));
        self.world().faults().plan(move |_| {
            let fault = dice.fault();
            if !matches!(fault, Fault::None | Fault::Late) {
                faults.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            fault
        });
    }

    fn draw(&mut self) -> Sent {
        let author = [actor(2), actor(3), actor(2), stranger()][self.dice.roll(4)];
        let timeline = self.patients[self.dice.roll(PATIENTS)];
        self.texts += 1;
        let body = match author {
            author if author == stranger() => oxygen(90),
            // Opens a duty that nobody meets.
            author if author == doctor() && self.dice.one_in(4) => ventilator(),
            _ => note(format!("{}", self.texts)),
        };
        (author, self.world().intent(timeline, body))
    }

    /// One author hands several in without waiting; one answer in ten is lost on its way.
    async fn post(&mut self) {
        let (author, first) = self.draw();
        let mut intents = vec![first];
        while !self.dice.one_in(6) {
            let (other, intent) = self.draw();
            if other == author {
                intents.push(intent);
            }
        }
        let answers = self.world().hub.post_in_order(author, intents.clone()).await;
        let mut last: HashMap<TimelineId, Seq> = HashMap::new();
        for (intent, answer) in intents.into_iter().zip(answers) {
            if let Answer::Accepted(accepted) = &answer {
                let before = last.insert(accepted.timeline, accepted.seq);
                assert!(before.is_none_or(|before| before < accepted.seq), "out of order: {answer:?}");
            }
            if self.dice.one_in(10) {
                self.open.push((author, intent));
            } else {
                self.note(author, intent, answer).await;
            }
        }
    }

    async fn note(&mut self, author: Actor, intent: Intent, answer: Answer) {
        let (id, sent) = (intent.id, (author, intent));
        match answer {
            Answer::Accepted(accepted) => {
                // Told, so it is durable: in the journal at this moment, at this place.
                let stored = self.world().journal.find_entry(id).await.unwrap().expect("acknowledged, not stored");
                assert_eq!((stored.entry.seq, stored.entry.timeline), (accepted.seq, accepted.timeline));
                self.seen.accepted += 1;
                self.seen.repeated += usize::from(accepted.repeated);
                let before = self.acknowledged.insert(id, (sent, accepted.seq));
                assert!(before.is_none_or(|(_, seq)| seq == accepted.seq && accepted.repeated), "two places for {id}");
                self.queued.remove(&id);
            }
            Answer::Queued(_) => {
                self.seen.queued += 1;
                let found = self.world().journal.read(move |tx| Box::pin(async move { tx.find_queued(id).await }));
                let found: Result<_, crate::store::StoreError> = found.await;
                assert_eq!(found.unwrap().expect("queued, not stored").post.intent, sent.1);
                assert!(!self.acknowledged.contains_key(&id));
                self.queued.insert(id, sent);
            }
            Answer::Refused(refused) => {
                assert!(refused.retry, "{refused:?}");
                assert!(!self.acknowledged.contains_key(&id) || refused.code == "unavailable");
                self.seen.unavailable += 1;
                self.open.push(sent);
            }
        }
    }

    /// Everything unanswered, in the order it was made, and something that was answered long ago.
    async fn send_again(&mut self) {
        let mut again = std::mem::take(&mut self.open);
        let known: Vec<&Sent> = self.acknowledged.values().map(|(sent, _)| sent).chain(self.queued.values()).collect();
        let mut known: Vec<Sent> = known.into_iter().cloned().collect();
        known.sort_by_key(|(_, intent)| intent.id);
        if !known.is_empty() {
            again.push(known.swap_remove(self.dice.roll(known.len())));
        }
        for (author, intent) in again {
            let answer = self.world().post(author, intent.clone()).await;
            let was = self.acknowledged.get(&intent.id).map(|(_, seq)| *seq);
            if let (Some(seq), Answer::Accepted(again)) = (was, &answer) {
                assert_eq!((again.seq, again.repeated), (seq, true));
            }
            self.note(author, intent, answer).await;
        }
    }

    /// The id of an entry, or of what waits, with another body.
    async fn misuse_an_id(&mut self) {
        let mut known: Vec<Sent> = self.acknowledged.values().map(|(sent, _)| sent.clone()).collect();
        known.extend(self.queued.values().cloned());
        known.sort_by_key(|(_, intent)| intent.id);
        if known.is_empty() {
            return;
        }
        let (author, intent) = known.swap_remove(self.dice.roll(known.len()));
        let other = Intent { body: oxygen(70), ..intent };
        match self.world().post(author, other).await {
            Answer::Refused(refused) => assert!(refused.code == "conflict" || refused.retry, "{refused:?}"),
            other => panic!("{other:?}"),
        }
    }

    /// Time passes, and the duty clock does what it can.
    async fn pass(&mut self) {
        let hours = 1 + self.dice.roll(5) as u64;
        self.world().later(std::time::Duration::from_secs(hours * 3_600)).await;
    }

    /// Whatever failed on the way: in the end every duty's whole chain is told. That no step is there twice, its id says.
    async fn end_duties(&mut self) {
        for _ in 0..3 {
            self.world().later(std::time::Duration::from_secs(86_400)).await;
        }
        for patient in &self.patients {
            for duty in self.world().duties(*patient).await.into_iter().filter(|duty| duty.cause.is_some()) {
                assert_eq!(next_step(&duty, self.world().hub.region().calendar()), None, "{duty:?}");
                self.seen.told += usize::from(duty.was_overdue());
            }
        }
    }

    async fn follow(&mut self, at: usize) {
        let world = self.world.as_ref().unwrap();
        for timeline in &self.patients {
            self.readers[at].follow(world, *timeline).await;
        }
    }

    async fn restart(&mut self) {
        let lasting = self.world.take().unwrap().stop().await;
        self.begin_again(lasting).await;
    }

    /// Posts are under way when the hub is killed: nobody hears what became of them.
    async fn post_and_die(&mut self) {
        let mut under_way = Vec::new();
        for _ in 0..self.dice.roll(12) {
            let (author, intent) = self.draw();
            let (hub, sent) = (self.world().hub.clone(), intent.clone());
            under_way.push(tokio::spawn(async move { hub.post_and_wait(author, sent).await }));
            self.open.push((author, intent));
        }
        for _ in 0..self.dice.roll(60) {
            tokio::task::yield_now().await;
        }
        if self.dice.one_in(2) {
            tokio::time::sleep(std::time::Duration::from_millis(self.dice.roll(4) as u64)).await;
        }
        self.seen.kills += 1;
        let lasting = self.world.take().unwrap().kill();
        under_way.iter().for_each(tokio::task::JoinHandle::abort);
        self.begin_again(lasting).await;
    }

    async fn begin_again(&mut self, lasting: super::world::Lasting) {
        let world = self.world.insert(World::open(lasting).await);
        for reader in &mut self.readers {
            reader.disconnect(world);
        }
        self.break_commits();
        for at in 0..self.readers.len() {
            self.follow(at).await;
        }
    }

    /// Nothing fails any more: what is open is answered, what waits is linked, and all is compared.
    async fn end(mut self) -> Seen {
        self.world().faults().next([]);
        while !self.open.is_empty() {
            self.send_again().await;
        }
        for patient in self.patients.clone() {
            let linked = self.world().intent(patient, link(stranger(), false));
            self.world().accepted(secretariat(), linked).await;
        }
        for (id, (author, intent)) in std::mem::take(&mut self.queued) {
            let answer = self.world().post(author, intent.clone()).await;
            assert!(matches!(answer, Answer::Accepted(_)), "{id} waited: {answer:?}");
            self.note(author, intent, answer).await;
        }
        self.end_duties().await;
        let stored = self.stored().await;
        for at in 0..self.readers.len() {
            self.readers[at].disconnect(self.world.as_ref().unwrap());
            self.follow(at).await;
            self.read_to_the_end(at, &stored).await;
        }
        let world = self.world.take().unwrap();
        let report = check(&world.journal, None).await.unwrap();
        assert!(report.is_whole(), "{:?}", report.faults);
        world.stop().await;
        Seen { faults: self.faults.load(std::sync::atomic::Ordering::Relaxed), ..self.seen }
    }

    /// What the journal holds: gapless, every id once, everything acknowledged where it was said to be.
    async fn stored(&self) -> BTreeMap<TimelineId, Vec<(Seq, EntryId)>> {
        let mut stored = BTreeMap::new();
        let mut ids = HashSet::new();
        for patient in &self.patients {
            let entries: Vec<(Seq, EntryId)> =
                self.world().stored(*patient).await.into_iter().map(|(seq, id, _)| (seq, id)).collect();
            assert!(entries.iter().zip(1..).all(|((seq, _), expected)| seq.0 == expected), "{entries:?}");
            assert!(entries.iter().all(|(_, id)| ids.insert(*id)), "an id is stored twice");
            stored.insert(*patient, entries);
        }
        for (id, ((_, intent), seq)) in &self.acknowledged {
            assert!(stored[&intent.timeline].contains(&(*seq, *id)), "{id} at {seq}");
        }
        stored
    }

    async fn read_to_the_end(&mut self, at: usize, stored: &BTreeMap<TimelineId, Vec<(Seq, EntryId)>>) {
        let world = self.world.as_ref().unwrap();
        let reader = &mut self.readers[at];
        super::world::eventually("the reader is up to date", async || {
            reader.read(world).await;
            reader.is_live() && stored.iter().all(|(timeline, entries)| reader.shown.get(timeline) == Some(entries))
        })
        .await;
    }
}
