//! What whoever runs the hub's machine took out, told once whatever becomes of the commit, of the hub, and of a second hub.

use super::reader::Reader;
use super::world::{World, doctor, eventually, note, nurse, secretariat, stranger};
use crate::domain::act::{Act, By, Deed};
use crate::domain::body::{Body, Suspension};
use crate::domain::ids::{OrganisationId, TimelineId};
use crate::domain::keeping::KeepingDeed;
use crate::store::StoreError;
use crate::store::fault::Fault;

async fn take(world: &World, patient: TimelineId, reason: &str) {
    let deed = KeepingDeed::Exported { patient: Some(patient.as_patient()), reason: reason.to_owned(), taken: None };
    let (act, now) = (Act { by: By::Operator, deed: Deed::Keeping(deed) }, world.hub.region().now());
    let noting: Result<(), StoreError> = world
        .journal
        .write(move |tx| Box::pin(async move { tx.append_taking(Some(patient), now, act, &[patient]).await }))
        .await;
    noting.unwrap();
}

async fn told(world: &World, patient: TimelineId) -> Vec<String> {
    let said = world.stored(patient).await.into_iter();
    said.filter_map(|(.., body)| match body {
        Body::Export(said) => Some(said.purpose),
        _ => None,
    })
    .collect()
}

async fn untold(world: &World) -> usize {
    let nowhere = (0, TimelineId(uuid::Uuid::nil()));
    let listing = world.journal.read(move |tx| Box::pin(async move { tx.list_untold(nowhere, 100).await }));
    listing.await.unwrap().len()
}

#[tokio::test]
async fn row_7_whatever_becomes_of_the_commit_it_is_told_once() {
    let faults = [
        Fault::None,
        Fault::Moved,
        Fault::Duplicate,
        Fault::UnknownStored,
        Fault::UnknownLost,
        Fault::Unavailable,
        Fault::Store,
    ];
    for fault in faults {
        let world = World::start().await;
        let patient = world.patient().await;
        let mut reader = Reader::new(2);
        reader.follow(&world, patient).await;
        eventually("it reads", async || reader.read(&world).await && reader.shown.contains_key(&patient)).await;
        world.faults().next([fault, fault]);
        take(&world, patient, "開示").await;
        // The first may fail for good; the next look is another.
        for _ in 0..3 {
            world.hub.tell_what_was_taken_out().await.unwrap();
        }
        assert_eq!((told(&world, patient).await, untold(&world).await), (vec!["開示".to_owned()], 0), "{fault:?}");
        // Whoever reads is shown it, also where its commit was never answered.
        let entry = world.stored(patient).await.last().map(|(seq, id, _)| (*seq, *id));
        eventually("it is shown", async || {
            reader.read(&world).await;
            reader.shown[&patient].last().copied() == entry
        })
        .await;
        world.accepted(nurse(), world.intent(patient, note("そのあと"))).await;
        let world = World::open(world.stop().await).await;
        world.hub.tell_what_was_taken_out().await.unwrap();
        assert_eq!(told(&world, patient).await.len(), 1, "{fault:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn row_7_a_hub_that_is_killed_between_note_and_entry_has_it_told_once_by_the_next() {
    for stored in [false, true] {
        let world = World::start().await;
        let patient = world.patient().await;
        let gate = world.faults().gate();
        if stored {
            // Stored, and killed before anybody was told.
            world.faults().next([Fault::UnknownStored]);
        }
        take(&world, patient, "照会").await;
        let hub = world.hub.clone();
        let telling = tokio::spawn(async move { hub.tell_what_was_taken_out().await });
        if stored {
            gate.add_permits(1);
            eventually("it is stored", async || told(&world, patient).await.len() == 1).await;
        }
        let world = World::open(world.kill()).await;
        telling.abort();
        world.hub.tell_what_was_taken_out().await.unwrap();
        assert_eq!((told(&world, patient).await, untold(&world).await), (vec!["照会".to_owned()], 0), "{stored}");
        world.stop().await;
    }
}

#[tokio::test]
async fn row_7_two_hubs_that_tell_at_once_tell_it_once() {
    let world = World::start().await;
    let patient = world.patient().await;
    let (other, tasks) = world.lasting.start_hub(&world.journal).await;
    for reason in ["一", "二", "三"] {
        take(&world, patient, reason).await;
        let (one, two) = tokio::join!(world.hub.tell_what_was_taken_out(), other.tell_what_was_taken_out());
        assert!(one.is_ok() && two.is_ok());
    }
    world.hub.tell_what_was_taken_out().await.unwrap();
    assert_eq!((told(&world, patient).await, untold(&world).await), (["一", "二", "三"].map(str::to_owned).into(), 0));
    drop(other);
    tasks.finish().await;
    world.stop().await;
}

#[tokio::test]
async fn of_a_record_that_was_destroyed_since_there_is_nobody_to_tell() {
    use crate::domain::retention::{Kept, Tombstone};
    use crate::domain::role::OrganisationType;
    let world = World::start().await;
    let patient = world.patient().await;
    let now = world.hub.region().now();
    let day = jiff::civil::date(2026, 4, 1);
    let kept = Kept { ended_on: day, until: day, of: OrganisationType::Clinic, years: 5 };
    let stone = Tombstone { patient: patient.as_patient(), destroyed_at: now, by: None, kept };
    let head = world.stored(patient).await.last().unwrap().0;
    let gate = world.faults().gate();
    take(&world, patient, "廃棄の前").await;
    let hub = world.hub.clone();
    let destroying = tokio::spawn(async move { hub.destroy(stone, By::Operator, "期限".into(), head).await });
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let hub = world.hub.clone();
    let telling = tokio::spawn(async move { hub.tell_what_was_taken_out().await });
    gate.add_permits(100);
    assert!(destroying.await.unwrap().unwrap());
    telling.await.unwrap().unwrap();
    assert_eq!(untold(&world).await, 0, "the note does not come up for ever");
    world.stop().await;
}

/// Notes that the end of this office's suspension is to be told on this page.
async fn lift(world: &World, organisation: OrganisationId, on: TimelineId) {
    let deed = KeepingDeed::SuspensionLifted { organisation, person: None, reason: "復旧".to_owned() };
    let (act, now) = (Act { by: By::Operator, deed: Deed::Keeping(deed) }, world.hub.region().now());
    let noting: Result<(), StoreError> =
        world.journal.write(move |tx| Box::pin(async move { tx.append_taking(Some(on), now, act, &[on]).await })).await;
    noting.unwrap();
}

#[tokio::test]
async fn a_suspension_is_lifted_on_its_own_offices_page_alone_and_once() {
    let world = World::start().await;
    let (organisation, elsewhere) = (stranger().organisation, doctor().organisation);
    let (page, other) = (TimelineId::from(organisation), TimelineId::from(elsewhere));
    for on in [page, other] {
        let said = Suspension { reason: "調査のあいだ".to_owned(), ..Suspension::default() };
        world.accepted(secretariat(), world.intent(on, Body::Suspension(said))).await;
    }
    let lifted = async |on: TimelineId| {
        let said = world.stored(on).await.into_iter();
        said.filter(|(.., body)| matches!(body, Body::Suspension(said) if said.lifted)).count()
    };
    // As if somebody had moved the note from one page to another in the database.
    lift(&world, organisation, other).await;
    world.hub.tell_what_was_taken_out().await.unwrap();
    assert_eq!((lifted(page).await, lifted(other).await), (0, 0));
    // As by a command that was run twice before a hub told of it.
    lift(&world, organisation, page).await;
    lift(&world, organisation, page).await;
    world.hub.tell_what_was_taken_out().await.unwrap();
    assert_eq!((lifted(page).await, lifted(other).await), (1, 0));
    world.stop().await;
}
