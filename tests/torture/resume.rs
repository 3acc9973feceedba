//! A reader that comes back gets everything it missed, once and in order, and goes on live without a gap.

use renkei::domain::ids::{Seq, TimelineId};
use renkei::limits;
use renkei::wire::Encoding;

use super::reader::Reader;
use super::{accepted, note, post_many, seqs, team};
use crate::support::app::App;

#[tokio::test]
async fn a_reader_resumes_across_pages_while_others_go_on_writing() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    for encoding in Encoding::ALL {
        let mut reader = Reader::connect(&doctor, encoding, patient, Seq::ZERO).await;
        reader.catch_up().await;
        let seen = accepted(nurse.connect(encoding).await.post(patient, note("切れる前")).await).seq;
        assert_eq!(reader.next().await.seq, seen);
        let cursor = reader.cursor;
        drop(reader);

        let missed = post_many(&app, &nurse, patient, 2 * limits::READER_PAGE_ENTRIES_MAX + 100, "留守の間").await;
        let write = async {
            let mut socket = nurse.connect(encoding).await;
            let mut last = missed;
            for at in 0..200 {
                last = accepted(socket.post(patient, note(format!("続き {at}"))).await).seq;
            }
            last
        };
        let read = async {
            let mut reader = Reader::connect(&doctor, encoding, patient, cursor).await;
            let mut entries = reader.catch_up().await;
            assert!(reader.head >= missed && entries.len() > 2 * limits::READER_PAGE_ENTRIES_MAX);
            // The reader must be live for at least the last of them.
            entries.extend(reader.read_to(Seq(missed.0 + 200)).await);
            entries
        };
        let (last, entries) = tokio::join!(write, read);
        assert_eq!(seqs(&entries), (cursor.0 + 1..=last.0).collect::<Vec<_>>(), "{encoding:?}");
    }
}

#[tokio::test]
async fn everybody_reads_the_same_history_live_late_and_after_a_restart() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut live = Reader::connect(&doctor, Encoding::Proto, patient, Seq::ZERO).await;
    let mut told = live.catch_up().await;
    let (first, second) = (app.nurse("minato").await, app.doctor("hikari").await);
    let (one, two) = tokio::join!(
        post_many(&app, &first, patient, 150, "看護師より"),
        post_many(&app, &second, patient, 150, "医師より")
    );
    told.extend(live.read_to(one.max(two)).await);

    let late = Reader::connect(&nurse, Encoding::Json, patient, Seq::ZERO).await.catch_up().await;
    assert_eq!(told, late);
    let position =
        renkei::domain::directory::Position { role: nurse.actor.role, organisation: nurse.actor.organisation };
    let person = nurse.actor.person;
    drop((live, doctor, nurse, first, second));
    let app = app.stop().await.start().await;
    let nurse = app.sign_in(person, position).await;
    let after = Reader::connect(&nurse, Encoding::Json, patient, Seq::ZERO).await.catch_up().await;
    assert_eq!(told, after);
}

#[tokio::test]
async fn a_cursor_from_another_history_starts_over() {
    let app = App::start().await;
    let (patient, doctor, _) = team(&app).await;
    let mut socket = doctor.connect(Encoding::Json).await;
    socket.subscribe(&[(patient.into(), Seq(1_000_000))]).await;
    let forgotten = socket
        .next_that(|frame| match frame {
            renkei::wire::ServerFrame::Forget { timeline, entry: None, .. } => Some(*timeline),
            renkei::wire::ServerFrame::Delivery { .. } => panic!("forgetting comes first"),
            _ => None,
        })
        .await;
    assert_eq!(forgotten, patient.into());
    let timeline = TimelineId::from(patient);
    let mut reader = Reader::subscribed(socket, patient, Seq::ZERO).await;
    let entries = reader.catch_up().await;
    assert_eq!(seqs(&entries), (1..=reader.head.0).collect::<Vec<_>>());
    // And the record of reading says that it was all of it.
    let grants =
        app.hub.journal().read(move |tx| Box::pin(async move { tx.list_grants(timeline).await })).await.unwrap();
    let open = grants.iter().filter(|grant| grant.sign_in == doctor.sign_in && grant.closed_at.is_none());
    assert_eq!(open.map(|grant| grant.from).collect::<Vec<_>>(), [Seq::ZERO]);
}

#[tokio::test]
async fn a_timeline_asked_for_twice_at_once_is_served_live() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut socket = doctor.connect(Encoding::Json).await;
    for _ in 0..3 {
        socket.subscribe(&[(patient.into(), Seq::ZERO)]).await;
    }
    let mut reader = Reader::follow(socket, patient, Seq::ZERO).await;
    reader.catch_up().await;
    // Whatever the hub still had to say to the earlier wishes has come.
    reader.frames_until_now().await;
    let live = accepted(nurse.connect(Encoding::Proto).await.post(patient, note("続き")).await);
    assert!(reader.read_to(live.seq).await.iter().any(|entry| entry.seq == live.seq));
}
