//! The linking queue: what is answered "queued" waits once, as it was sent, until it is an entry or was dismissed.

use super::world::{World, colleague_of, nurse, oxygen, stranger};
use crate::domain::act::Deed;
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::hub::answer::Answer;
use crate::store::{QueueState, Queued, StoreError};

async fn waiting(world: &World, intent: &Intent) -> Option<Queued> {
    let id = intent.id;
    let found: Result<_, StoreError> =
        world.journal.read(move |tx| Box::pin(async move { tx.find_queued(id).await })).await;
    found.unwrap()
}

async fn queued(world: &World, actor: Actor, intent: &Intent) {
    let answer = world.post(actor, intent.clone()).await;
    assert!(matches!(answer, Answer::Queued(_)), "{answer:?}");
}

#[tokio::test]
async fn an_id_that_waits_stands_for_one_post_whoever_sends_it_again() {
    let world = World::start().await;
    let (patient, other) = (world.patient().await, world.patient().await);
    let first = world.intent(patient, oxygen(91));
    queued(&world, stranger(), &first).await;
    queued(&world, stranger(), &first).await;
    let changed = Intent { body: oxygen(99), ..first.clone() };
    let elsewhere = Intent { timeline: other, ..first.clone() };
    let foreign = Actor { organisation: super::world::actor(3).organisation, ..stranger() };
    let attempts = [
        (stranger(), &changed),
        (stranger(), &elsewhere),
        (colleague_of(stranger()), &first),
        (foreign, &first),
        // One who may write there: the post that waits must not be left without its id.
        (nurse(), &first),
    ];
    for (actor, intent) in attempts {
        let answer = world.post(actor, intent.clone()).await;
        let Answer::Refused(refused) = answer else { panic!("{answer:?}") };
        assert_eq!((refused.code, refused.retry), ("conflict", false));
    }
    let kept = waiting(&world, &first).await.unwrap();
    assert_eq!((kept.post.intent, kept.post.author), (first, stranger()));
    world.stop().await;
}

#[tokio::test]
async fn two_in_one_batch_under_one_id_are_one_that_waits_and_one_conflict() {
    let world = World::start().await;
    let patient = world.patient().await;
    let first = world.intent(patient, oxygen(91));
    let second = Intent { body: oxygen(92), ..first.clone() };
    let answers = world.hub.post_in_order(stranger(), vec![first.clone(), second, first.clone()]).await;
    assert!(matches!(answers[0], Answer::Queued(_)));
    assert!(matches!(&answers[1], Answer::Refused(refused) if refused.code == "conflict"));
    assert!(matches!(answers[2], Answer::Queued(_)));
    assert_eq!(waiting(&world, &first).await.unwrap().post.intent, first);
    world.stop().await;
}

#[tokio::test]
async fn a_waiting_post_that_somebody_emptied_holds_up_no_other() {
    let world = World::start().await;
    let patient = world.patient().await;
    let (first, other) = (world.intent(patient, oxygen(91)), world.intent(patient, oxygen(92)));
    queued(&world, stranger(), &first).await;
    let empty = "update linking_queue set sealed = substr(sealed, 1, 0)";
    let emptied: Result<u64, StoreError> =
        world.journal.write(move |tx| Box::pin(async move { tx.execute_raw(empty).await })).await;
    assert_eq!(emptied.unwrap(), 1);
    let world = World::open(world.stop().await).await;
    let answers = world.hub.post_in_order(stranger(), vec![first, other]).await;
    assert!(matches!(answers[0], Answer::Refused(_)), "its author goes on keeping it: {answers:?}");
    assert!(matches!(answers[1], Answer::Queued(_)), "{answers:?}");
    assert!(world.journal.met_forged_rows());
    world.stop().await;
}

#[tokio::test]
async fn what_a_kill_left_waiting_after_the_link_joins_at_the_next_start() {
    let world = World::start().await;
    let patient = world.patient().await;
    let post = world.intent(patient, oxygen(91));
    queued(&world, stranger(), &post).await;
    // The link commits, and every batch after it fails: as if the hub had died before the release.
    let mut links = 0;
    world.faults().plan(move |batch| {
        links += usize::from(!batch.heads.is_empty());
        if links > 1 { crate::store::fault::Fault::Unavailable } else { crate::store::fault::Fault::None }
    });
    world.link(patient, stranger()).await;
    assert_eq!(waiting(&world, &post).await.unwrap().state, QueueState::Waiting);
    let world = World::open(world.stop().await).await;
    super::world::eventually("the post joined", async || {
        waiting(&world, &post).await.unwrap().state == QueueState::Accepted
    })
    .await;
    assert!(world.stored(patient).await.iter().any(|(_, id, _)| *id == post.id));
    world.stop().await;
}

#[tokio::test]
async fn a_release_that_the_journal_could_not_take_is_tried_again() {
    let world = World::start().await;
    let patient = world.patient().await;
    let post = world.intent(patient, oxygen(91));
    queued(&world, stranger(), &post).await;
    let mut heads = 0;
    world.faults().plan(move |batch| {
        heads += usize::from(!batch.heads.is_empty());
        if (2..4).contains(&heads) { crate::store::fault::Fault::Unavailable } else { crate::store::fault::Fault::None }
    });
    world.link(patient, stranger()).await;
    super::world::eventually("the post joined", async || {
        waiting(&world, &post).await.unwrap().state == QueueState::Accepted
    })
    .await;
    world.stop().await;
}

#[tokio::test]
async fn an_author_who_sends_it_again_once_linked_takes_it_out_of_the_queue() {
    let world = World::start().await;
    let patient = world.patient().await;
    let post = world.intent(patient, oxygen(91));
    queued(&world, stranger(), &post).await;
    // Link and resend share a batch, so that the resend wins against the release.
    let gate = world.faults().gate();
    let hub = world.hub.clone();
    let held = world.intent(patient, oxygen(95));
    let before = tokio::spawn(async move { hub.post_and_wait(nurse(), held).await });
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let hub = world.hub.clone();
    let link = world.intent(patient, super::world::link(stranger(), false));
    let again = post.clone();
    let both = tokio::spawn(async move {
        tokio::join!(hub.post_and_wait(super::world::secretariat(), link), hub.post_and_wait(stranger(), again))
    });
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    gate.add_permits(100);
    before.await.unwrap();
    let (link, again) = both.await.unwrap();
    assert!(matches!(link, Answer::Accepted(_)), "{link:?}");
    assert!(matches!(again, Answer::Accepted(_)), "{again:?}");
    assert_eq!(waiting(&world, &post).await.unwrap().state, QueueState::Accepted);
    world.stop().await;
}

#[tokio::test]
async fn one_author_may_let_so_many_wait_and_others_as_many_again() {
    let world = World::start().await;
    let patient = world.register().await;
    let most = crate::limits::QUEUED_POSTS_PER_AUTHOR_MAX;
    let intents: Vec<Intent> = (0..=most).map(|_| world.intent(patient, oxygen(91))).collect();
    let mut answers = Vec::new();
    // Slowly enough for what one person may ask for at once.
    let burst = crate::limits::WAITING_POSTS_BURST;
    let refill = std::time::Duration::from_millis(crate::limits::WAITING_POST_REFILL_MS) * burst;
    for some in intents.chunks(burst as usize) {
        answers.extend(world.hub.post_in_order(stranger(), some.to_vec()).await);
        world.lasting.clock.advance(refill);
    }
    let last = answers.pop().unwrap();
    assert!(matches!(&last, Answer::Refused(refused) if refused.code == "overloaded" && refused.retry), "{last:?}");
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Queued(_))));
    queued(&world, stranger(), &intents[0]).await;
    queued(&world, colleague_of(stranger()), &world.intent(patient, oxygen(92))).await;
    // Room is made by a link.
    world.link(patient, stranger()).await;
    world.accepted(stranger(), intents[most].clone()).await;
    world.stop().await;
}

#[tokio::test]
async fn a_dismissal_is_recorded_with_its_reason_and_by_whom() {
    let world = World::start().await;
    let patient = world.register().await;
    let post = world.intent(patient, oxygen(91));
    queued(&world, stranger(), &post).await;
    let waits = waiting(&world, &post).await.unwrap().post;
    let secretariat = super::world::secretariat();
    let dismiss = async || world.hub.dismiss(secretariat.into(), waits.clone(), "取り違え".to_owned()).await.unwrap();
    assert!(dismiss().await);
    assert!(!dismiss().await, "it waits no more");
    assert_eq!(waiting(&world, &post).await.unwrap().state, QueueState::Dismissed);
    let audits: Result<_, StoreError> =
        world.journal.read(move |tx| Box::pin(async move { tx.list_audits_of(patient, 0, 10).await })).await;
    let records: Vec<_> = audits.unwrap().into_iter().map(|audit| audit.record.unwrap()).collect();
    let [queued, record] = records.as_slice() else { panic!("{records:?}") };
    let crate::codec::Audited::Act(queued) = crate::codec::decode_audited(queued).unwrap() else { panic!("no act") };
    assert_eq!(queued.by.actor(), Some(&stranger()));
    let Deed::Queued { post: waited, timeline, .. } = queued.deed else { panic!("{queued:?}") };
    assert_eq!((waited, timeline), (post.id, patient), "that it waits is on record, and once");
    let crate::codec::Audited::Refusal(record) = crate::codec::decode_audited(record).unwrap() else {
        panic!("not a refusal")
    };
    assert_eq!((record.id, record.code.as_str(), record.author), (post.id, "dismissed", stranger()));
    let dismissed = record.dismissed.unwrap();
    assert_eq!((dismissed.by, dismissed.reason.as_str()), (secretariat, "取り違え"));
    world.stop().await;
}
