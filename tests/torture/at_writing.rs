//! What is judged at the moment of writing: a socket that takes nothing holds entries the hub has read for it already, and
//! who may see them changes meanwhile. The connections here are pipes that hold little, so that it is known what waits.

use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use renkei::domain::body::{Body, EmergencyAccess, Retraction, RetractionReason};
use renkei::domain::ids::{EntryId, PatientId, Seq, TimelineId};
use renkei::limits;
use renkei::wire::{Encoding, ServerFrame};
use serde_json::json;

use super::{accepted, note, post_many, team};
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::socket::Socket;

/// Characters of one note, three bytes each.
const NOTE_CHARS: usize = 4_000;
const NOTES: usize = 30;
/// What a pipe holds.
const PIPE_BYTES: usize = 16 * 1024;
/// Notes that may have left the hub before its socket waits: in the pipe, gathered beside it, and one that is both.
const LEFT_MAX: usize = (PIPE_BYTES + limits::SOCKET_WRITE_BUFFER_BYTES) / (NOTE_CHARS * 3) + 2;
const _: () = assert!(NOTES * NOTE_CHARS * 3 < limits::READER_PAGE_BYTES_MAX, "one page holds them all");
const _: () = assert!(NOTES < limits::READER_PAGE_ENTRIES_MAX && 2 * LEFT_MAX < NOTES);

/// A socket over a pipe, on which this actor follows the timeline from its beginning; the first of the long notes has come.
async fn stuck(app: &App, actor: &Actor, patient: PatientId) -> Socket {
    let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
    let service = TowerToHyperService::new(app.router.clone());
    let serve = http1::Builder::new().serve_connection(TokioIo::new(theirs), service).with_upgrades();
    tokio::spawn(async move { drop(serve.await) });
    let mut socket = Socket::upgrade(ours, app.address, Encoding::Json).await;
    socket.hello(&actor.ticket().await).await;
    socket.subscribe(&[(TimelineId::from(patient), Seq::ZERO)]).await;
    while !is_long(&socket.next_frame().await) {}
    socket
}

fn is_long(frame: &ServerFrame) -> bool {
    let ServerFrame::Delivery { entry, .. } = frame else { return false };
    matches!(&entry.open().expect("an entry").body, Body::Note(note) if note.text.chars().count() >= NOTE_CHARS)
}

/// How many of the long notes still come before the hub tells to forget the timeline.
async fn left_before_forgetting(socket: &mut Socket, patient: PatientId) -> usize {
    let mut left = 0;
    loop {
        match socket.next_frame().await {
            ServerFrame::Forget { timeline, entry: None, .. } if timeline == TimelineId::from(patient) => return left,
            frame => left += usize::from(is_long(&frame)),
        }
    }
}

#[tokio::test]
async fn what_was_read_for_somebody_who_is_unlinked_before_it_is_written_is_not_written() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    post_many(&app, &doctor, patient, NOTES, &"長".repeat(NOTE_CHARS)).await;
    let mut socket = stuck(&app, &nurse, patient).await;
    app.unlink(patient, "minato").await;
    let left = left_before_forgetting(&mut socket, patient).await;
    assert!(left <= LEFT_MAX, "{left} of {NOTES} notes were written after the link had ended");
}

#[tokio::test]
async fn what_was_read_under_an_emergency_access_is_not_written_after_its_last_moment() {
    let app = App::start().await;
    let (patient, doctor, _) = team(&app).await;
    post_many(&app, &doctor, patient, NOTES, &"長".repeat(NOTE_CHARS)).await;
    let stranger = app.doctor("kyukyu").await;
    let asked = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    stranger.post("/api/v1/emergency-search", asked).await.ok();
    let access = EmergencyAccess { reason: "救急外来。意識がない".to_owned(), minutes: 60 };
    let mut declaring = stranger.connect(Encoding::Json).await;
    accepted(declaring.post(patient, Body::EmergencyAccess(access)).await);
    let mut socket = stuck(&app, &stranger, patient).await;
    app.clock.advance(Duration::from_secs(3_600));
    app.beat();
    let left = left_before_forgetting(&mut socket, patient).await;
    assert!(left <= LEFT_MAX, "{left} of {NOTES} notes were written after the last moment");
}

#[tokio::test]
async fn what_was_read_and_is_taken_back_before_it_is_written_is_not_written() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    post_many(&app, &doctor, patient, NOTES, &"長".repeat(NOTE_CHARS)).await;
    let mut by_doctor = doctor.connect(Encoding::Proto).await;
    let mistaken = accepted(by_doctor.post(patient, note("別の人のこと")).await).id;
    let mut socket = stuck(&app, &nurse, patient).await;
    let retraction =
        Retraction { target: mistaken, reason: RetractionReason::WrongPatient, text: "取り違え".to_owned() };
    accepted(by_doctor.post(patient, Body::Retraction(retraction)).await);
    let (mut is_told, mut has_caught_up, mut came): (bool, bool, Vec<EntryId>) = (false, false, Vec::new());
    while !(is_told && has_caught_up) {
        match socket.next_frame().await {
            ServerFrame::Forget { entry: Some(entry), .. } => is_told |= entry == mistaken,
            ServerFrame::CaughtUp { .. } => has_caught_up = true,
            ServerFrame::Delivery { entry, .. } => came.push(entry.header().id),
            _ => {}
        }
    }
    assert!(came.len() > NOTES / 2 && !came.contains(&mistaken));
}
