//! Who is told at the moment of what concerns them, whatever becomes of the answer to a commit: each of it, and each once.

use std::sync::Arc;
use std::time::Duration;

use super::duties::ventilator;
use super::world::{World, actor, doctor, intent, nurse, sign_in};
use crate::domain::body::Body;
use crate::domain::duty::{Answer as Said, DutyAnswer};
use crate::domain::ids::EntryId;
use crate::domain::time::Timestamp;
use crate::hub::answer::Answer;
use crate::hub::outbox::{Item, Outbox};
use crate::hub::sessions::SignedIn;
use crate::store::fault::Fault;

const HOUR: Duration = Duration::from_secs(3_600);

/// A socket that follows nothing, and is told all the same.
struct Socket {
    outbox: Arc<Outbox>,
}

impl Socket {
    fn open(world: &World, number: u128) -> Self {
        let outbox = Arc::default();
        let (id, actor) = (sign_in(number), actor(number));
        let signed_in =
            SignedIn { id, actor, since: Timestamp::EPOCH, until: Timestamp::MAX, device: None, scopes: None };
        assert!(world.hub.sessions().open(&signed_in, &outbox, 1));
        Self { outbox }
    }

    /// What it was told since it was asked last, with the entry that brought it about.
    fn told(&self) -> Vec<(String, EntryId)> {
        let items = self.outbox.drain().items.into_iter();
        let told = items.filter_map(|item| match item {
            Item::Notice(notice) => {
                let rule = notice.words.map(|words| words.citation.split('@').next().unwrap_or_default().to_owned());
                Some((format!("{} {}", notice.of, rule.unwrap_or_default()), notice.entry))
            }
            _ => None,
        });
        told.collect()
    }
}

/// What becomes of a commit that is told of in the end: it is stored and answered, stored or lost without an answer, or
/// comes back.
const FAULTS: [Fault; 4] = [Fault::None, Fault::UnknownStored, Fault::UnknownLost, Fault::Moved];

#[tokio::test]
async fn who_owes_hears_of_a_post_once_whatever_became_of_the_answer_to_its_commit() {
    for fault in FAULTS {
        let world = World::start().await;
        let patient = world.patient().await;
        world.link(patient, doctor()).await;
        let (nurse, helper) = (Socket::open(&world, 2), Socket::open(&world, 5));
        world.faults().next([fault]);
        let posted = world.accepted(doctor(), world.intent(patient, ventilator())).await;
        assert_eq!(nurse.told(), [("opened ND-M1".to_owned(), posted.id)], "{fault:?}");
        // Sent again, as by a client that had no answer: accepted before, and nobody is told twice.
        let again = world.accepted(doctor(), intent(posted.id, patient, ventilator())).await;
        assert!(again.repeated, "{fault:?}");
        assert_eq!((nurse.told(), helper.told()), (vec![], vec![]), "{fault:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn the_steps_of_the_clock_are_told_once_whatever_became_of_the_answers_to_their_commits() {
    for fault in FAULTS {
        let world = World::start().await;
        let patient = world.patient().await;
        world.link(patient, doctor()).await;
        world.accepted(doctor(), world.intent(patient, ventilator())).await;
        let (nurse, secretariat) = (Socket::open(&world, 2), Socket::open(&world, 1));
        for (expected, chain) in [
            (vec!["reminded ND-M1"], vec![]),
            (vec!["overdue ND-M1", "escalated ND-M1"], vec![]),
            (vec![], vec![]),
            (vec![], vec!["escalated ND-M1"]),
        ] {
            world.faults().next([fault]);
            world.later(2 * HOUR).await;
            let of = |socket: &Socket| socket.told().into_iter().map(|(of, _)| of).collect::<Vec<_>>();
            assert_eq!((of(&nurse), of(&secretariat)), (as_text(&expected), as_text(&chain)), "{fault:?}");
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn what_falls_late_in_a_training_is_told_to_those_in_it_and_not_to_the_secretariat() {
    let world = World::start().await;
    let training = world.register_as("研修用 高橋 ハル", true).await;
    world.link(training, nurse()).await;
    world.link(training, doctor()).await;
    let (nurse, secretariat) = (Socket::open(&world, 2), Socket::open(&world, 1));
    world.accepted(doctor(), world.intent(training, ventilator())).await;
    for _ in 0..4 {
        world.later(2 * HOUR).await;
    }
    let told: Vec<String> = nurse.told().into_iter().map(|(of, _)| of).collect();
    assert_eq!(told, as_text(&["opened ND-M1", "reminded ND-M1", "overdue ND-M1", "escalated ND-M1"]));
    assert_eq!(secretariat.told(), []);
    world.stop().await;
}

#[tokio::test]
async fn whoever_takes_a_duty_over_hears_of_it_once_though_the_answer_to_the_commit_was_lost() {
    let world = World::start().await;
    let patient = world.patient().await;
    world.link(patient, doctor()).await;
    world.link(patient, actor(4)).await;
    let posted = world.accepted(doctor(), world.intent(patient, ventilator())).await;
    let owed = posted.ruling.opened().iter().find(|owed| owed.debtors[0].organisation == actor(2).organisation);
    let owed = owed.expect("each station owes");
    let heir = Socket::open(&world, 4);
    let mut to = owed.debtors[0];
    to.organisation = actor(4).organisation;
    let answer =
        DutyAnswer { duty: owed.id, answer: Said::HandedOver(vec![to]), reason: "人手が足りない".into() };
    world.faults().next([Fault::UnknownStored]);
    let answered = world.post(actor(2), world.intent(patient, Body::DutyAnswer(Box::new(answer)))).await;
    let Answer::Accepted(answered) = answered else { panic!("{answered:?}") };
    assert_eq!(heir.told(), [("handed_over ND-M1".to_owned(), answered.id)]);
    world.stop().await;
}

fn as_text(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
