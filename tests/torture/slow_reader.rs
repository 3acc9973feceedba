//! A reader that stops reading costs nobody anything, and loses nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use renkei::domain::ids::Seq;
use renkei::limits;
use renkei::wire::{Encoding, ServerFrame};
use serde_json::json;

use super::reader::Reader;
use super::{accepted, note, post_many, seqs, team};
use crate::support::app::App;
use crate::support::socket::Socket;

/// Characters of one note, three bytes each.
const NOTE_CHARS: usize = 8_000;
/// Notes that fill the outbox several times over, after everything the kernel buffers on one connection.
const NOTES: usize = 800;
const _: () = assert!(NOTES * NOTE_CHARS * 3 > 8 * limits::OUTBOX_BYTES_MAX + (12 << 20));

#[tokio::test]
async fn a_reader_that_stops_reading_holds_nobody_up_and_catches_up_without_loss() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut narrow = Socket::open_narrow(app.address, Encoding::Proto).await;
    narrow.hello(&doctor.ticket().await).await;
    let mut slow = Reader::follow(narrow, patient, Seq::ZERO).await;
    slow.catch_up().await;
    let start = slow.cursor;
    let mut quick = Reader::connect(&nurse, Encoding::Json, patient, start).await;
    quick.catch_up().await;

    // From here on `slow` reads nothing.
    let text = "長".repeat(NOTE_CHARS);
    let write = post_many(&app, &doctor, patient, NOTES, &text);
    let done = AtomicBool::new(false);
    let work = async {
        let done_by_both = tokio::join!(write, quick.read_to(Seq(start.0 + NOTES as u64)));
        done.store(true, Ordering::Relaxed);
        done_by_both
    };
    let ((last, entries), fullest) = tokio::join!(work, fullest_outbox(&app, &done));
    assert_eq!(seqs(&entries), (start.0 + 1..=last.0).collect::<Vec<_>>());
    assert!((1..=limits::OUTBOX_BYTES_MAX).contains(&fullest), "{fullest} bytes waited for one socket");

    // While it is stuck, what others post comes as promptly as ever.
    let mut socket = nurse.connect(Encoding::Json).await;
    let prompt = tokio::time::timeout(Duration::from_secs(5), async {
        let seq = accepted(socket.post(patient, note("急ぎ")).await).seq;
        assert_eq!(quick.next().await.seq, seq);
        seq
    });
    let last = prompt.await.expect("nobody waits for the slow reader");
    let told = app.hub.meter().delivered.load(Ordering::Relaxed);
    assert!(told < 2 * NOTES as u64, "the slow reader was stuck: {told} deliveries were written");

    let missed = slow.read_to(last).await;
    assert_eq!(seqs(&missed), (start.0 + 1..=last.0).collect::<Vec<_>>());
    assert!(missed[..NOTES] == entries[..], "the same entries");
    assert!(app.hub.meter().fell_behind.load(Ordering::Relaxed) > 0, "its queue was bounded");
    let live = accepted(socket.post(patient, note("また同時に")).await).seq;
    assert_eq!(slow.next().await.seq, live);
}

/// The most bytes that ever wait for one socket, looked at whenever anything moves.
async fn fullest_outbox(app: &App, done: &AtomicBool) -> usize {
    let mut fullest = 0;
    while !done.load(Ordering::Relaxed) {
        fullest = fullest.max(app.hub.sessions().queued_bytes().0);
        tokio::task::yield_now().await;
    }
    fullest
}

#[tokio::test]
async fn what_a_slow_reader_missed_about_people_it_is_told_when_it_has_caught_up() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut narrow = Socket::open_narrow(app.address, Encoding::Proto).await;
    narrow.hello(&doctor.ticket().await).await;
    let mut slow = Reader::follow(narrow, patient, Seq::ZERO).await;
    slow.catch_up().await;
    let text = "長".repeat(NOTE_CHARS);
    let through = post_many(&app, &nurse, patient, NOTES, &text).await;
    nurse.put(format!("/api/v1/timelines/{patient}/read-marker"), json!({ "through": through.0 })).await;
    let present = Reader::connect(&nurse, Encoding::Json, patient, through).await;
    // Drops what waits, what is about people too.
    let last = post_many(&app, &nurse, patient, 100, &text).await;

    let (mut marked, mut seen) = (false, false);
    while !(marked && seen && slow.cursor >= last) {
        match slow.socket.next_frame().await {
            ServerFrame::ReadMarker { person, through: of, .. } => {
                marked |= (person, of) == (nurse.actor.person, through);
            }
            ServerFrame::Presence { people, .. } => seen |= people.contains(&nurse.actor),
            ServerFrame::Delivery { after, entry } => {
                assert_eq!(after, slow.cursor);
                slow.cursor = entry.header().seq;
            }
            _ => {}
        }
    }
    drop(present);
}

#[tokio::test]
async fn a_stuck_reader_does_not_outlive_its_sign_in() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut narrow = Socket::open_narrow(app.address, Encoding::Json).await;
    narrow.hello(&doctor.ticket().await).await;
    let stuck = Reader::follow(narrow, patient, Seq::ZERO).await;
    post_many(&app, &nurse, patient, NOTES, &"長".repeat(NOTE_CHARS)).await;
    assert_eq!(app.hub.sessions().count(), 1);
    doctor.delete("/api/v1/me").await;
    super::eventually("the session ended", || app.hub.sessions().count() == 0).await;
    assert_eq!(app.hub.fanout().subscriptions(), 0);
    drop(stuck);
}
