//! A batch fails, and what was decided after it comes back too: order, completeness, and whom it concerns.

use std::time::Duration;

use super::reader::Reader;
use super::world::{World, correction_of, eventually, note, nurse, oxygen, secretariat, stranger};
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::hub::answer::Answer;
use crate::store::fault::Fault;

/// Hands a post in and does not wait for its answer.
async fn hand_in(world: &World, actor: Actor, intent: Intent) -> tokio::task::JoinHandle<Answer> {
    let hub = world.hub.clone();
    let task = tokio::spawn(async move { hub.post_and_wait(actor, intent).await });
    // Long enough for the hub to take it: what is handed in later is later.
    tokio::time::sleep(Duration::from_millis(30)).await;
    task
}

#[tokio::test]
async fn what_comes_back_from_failed_batches_keeps_its_order_before_all_that_came_later() {
    for fault in [Fault::Moved, Fault::Duplicate, Fault::UnknownLost, Fault::UnknownStored] {
        let world = World::start().await;
        let patient = world.patient().await;
        let gate = world.faults().gate();
        world.faults().next([fault]);
        // One commits, the next is decided and waits behind it, the others queue.
        let mut answers = Vec::new();
        for text in ["1", "2", "3", "4"] {
            answers.push(hand_in(&world, nurse(), world.intent(patient, note(text))).await);
        }
        gate.add_permits(100);
        for answer in answers {
            let answer = answer.await.unwrap();
            assert!(matches!(answer, Answer::Accepted(_)), "{fault:?}: {answer:?}");
        }
        assert_eq!(world.texts(patient).await, ["1", "2", "3", "4"], "{fault:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_damaged_timeline_fails_only_its_own_posts() {
    let world = World::start().await;
    let (damaged, sound) = (world.patient().await, world.patient().await);
    let earlier = world.intent(damaged, note("前の記録"));
    world.accepted(nurse(), earlier.clone()).await;
    // As after a restart: neither is in memory.
    let world = World::open(world.stop().await).await;
    world.faults().damage(damaged);
    let intents = [damaged, sound, damaged, sound].map(|timeline| world.intent(timeline, note("x")));
    let answers = world.hub.post_in_order(nurse(), intents.to_vec()).await;
    for (intent, answer) in intents.iter().zip(answers) {
        match answer {
            Answer::Accepted(_) => assert_eq!(intent.timeline, sound),
            Answer::Refused(refused) => assert_eq!((refused.code, intent.timeline), ("unavailable", damaged)),
            other @ Answer::Queued(_) => panic!("{other:?}"),
        }
    }
    assert_eq!(world.texts(sound).await, ["x", "x"]);
    world.faults().mend(damaged);
    world.accepted(nurse(), world.intent(damaged, note("直った"))).await;
    world.stop().await;
}

#[tokio::test]
async fn what_one_post_breaks_in_the_database_keeps_nobody_else_from_being_stored() {
    let world = World::start().await;
    let (patient, other) = (world.patient().await, world.patient().await);
    let poison = world.intent(patient, note("毒"));
    let id = poison.id;
    world.faults().plan(move |batch| {
        if batch.entries.iter().any(|entry| entry.header.id == id) { Fault::Store } else { Fault::None }
    });
    let mut intents: Vec<Intent> =
        (0..20).map(|at| world.intent(if at % 2 == 0 { patient } else { other }, note(format!("{at:02}")))).collect();
    intents.insert(7, poison);
    let answers = world.hub.post_in_order(nurse(), intents.clone()).await;
    for (intent, answer) in intents.iter().zip(&answers) {
        match answer {
            Answer::Accepted(_) => assert_ne!(intent.id, id),
            Answer::Refused(refused) => assert_eq!((refused.code, intent.id), ("unavailable", id)),
            Answer::Queued(_) => panic!("{answer:?}"),
        }
    }
    let texts = world.texts(patient).await;
    assert_eq!((texts.len(), texts.is_sorted()), (10, true), "{texts:?}");
    assert!(world.texts(other).await.is_sorted());
    world.stop().await;
}

#[tokio::test]
async fn a_correction_finds_what_it_corrects_though_that_is_still_being_committed() {
    let world = World::start().await;
    let patient = world.patient().await;
    let gate = world.faults().gate();
    let first = world.intent(patient, note("体温 3.75"));
    let second = world.intent(patient, note("別の記録"));
    let mut answers = Vec::new();
    // The first commits while its correction is decided; the second is in one batch with its own.
    for intent in [first.clone(), world.intent(patient, correction_of(first.id, note("体温 37.5")))] {
        answers.push(hand_in(&world, nurse(), intent).await);
    }
    answers.push(hand_in(&world, nurse(), second.clone()).await);
    answers.push(hand_in(&world, nurse(), world.intent(patient, correction_of(second.id, note("直した")))).await);
    gate.add_permits(100);
    for answer in answers {
        let answer = answer.await.unwrap();
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_post_whose_fate_is_unknown_is_never_told_that_nothing_was_stored() {
    let world = World::start().await;
    let patient = world.patient().await;
    let intent = world.intent(patient, note("どうなった"));
    // The answer is lost, and after it the journal takes nothing.
    let mut faults = vec![Fault::UnknownStored];
    faults.extend([Fault::Unavailable; 3]);
    world.faults().next(faults);
    // The audit of a refusal is a batch too, so that the journal is asked at all.
    let refused = world.intent(patient, note("紐付けなし"));
    let (answer, _) = tokio::join!(world.post(nurse(), intent.clone()), world.post(secretariat(), refused));
    match answer {
        Answer::Accepted(accepted) => assert_eq!(accepted.id, intent.id),
        Answer::Refused(refused) => {
            assert!(refused.retry);
            let words = &refused.reasons[0];
            assert!(!words.en.contains("nothing was stored"), "{words:?}");
        }
        Answer::Queued(_) => panic!("{answer:?}"),
    }
    assert_eq!(world.texts(patient).await, ["どうなった"]);
    world.stop().await;
}

#[tokio::test]
async fn those_who_follow_hear_of_what_was_stored_though_its_commit_was_never_answered() {
    let world = World::start().await;
    let patient = world.patient().await;
    let mut reader = Reader::new(2);
    reader.follow(&world, patient).await;
    eventually("the reader is live", async || {
        reader.read(&world).await;
        reader.is_live() && !reader.shown.is_empty()
    })
    .await;
    world.faults().next([Fault::UnknownStored]);
    let answer = world.accepted(nurse(), world.intent(patient, note("だれも聞いていない"))).await;
    // Nothing else is posted that would bring it along.
    eventually("the entry was shown", async || {
        reader.read(&world).await;
        reader.shown[&patient].last() == Some(&(answer.seq, answer.id))
    })
    .await;

    // The same for what an entry changes: whoever is linked by it may read, and who waited joins.
    let waiting = world.intent(patient, oxygen(91));
    assert!(matches!(world.post(stranger(), waiting.clone()).await, Answer::Queued(_)));
    world.faults().next([Fault::UnknownStored]);
    world.link(patient, stranger()).await;
    eventually("what waited was shown", async || {
        reader.read(&world).await;
        reader.shown[&patient].last().is_some_and(|(_, id)| *id == waiting.id)
    })
    .await;
    world.stop().await;
}

#[tokio::test]
async fn what_was_stored_past_a_hub_reaches_its_readers_with_the_next_entry() {
    let world = World::start().await;
    let patient = world.patient().await;
    let mut reader = Reader::new(2);
    reader.follow(&world, patient).await;
    world.accepted(nurse(), world.intent(patient, note("1"))).await;
    eventually("the reader is live", async || {
        reader.read(&world).await;
        reader.is_live() && reader.shown.contains_key(&patient)
    })
    .await;
    // As when PostgreSQL finishes the commit of a hub that was killed, after the next one has started.
    let (other, tasks) = world.lasting.start_hub(&world.journal).await;
    for text in ["2", "3"] {
        other.post_and_wait(nurse(), world.intent(patient, note(text))).await;
    }
    drop(other);
    tasks.finish().await;
    let mut last = None;
    for text in ["4", "5"] {
        last = Some(world.accepted(nurse(), world.intent(patient, note(text))).await.seq);
    }
    // It panics at a gap.
    eventually("the reader has them all", async || {
        reader.read(&world).await;
        reader.is_live() && reader.shown[&patient].last().map(|(seq, _)| *seq) == last
    })
    .await;
    assert_eq!(world.texts(patient).await, ["1", "2", "3", "4", "5"]);
    world.stop().await;
}
