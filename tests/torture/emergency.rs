//! Breaking the glass on open sockets: team and secretariat are told at once, and nothing is shown after the last moment.

use std::time::Duration;

use renkei::domain::body::{Body, EmergencyAccess};
use renkei::domain::ids::{PatientId, Seq, TimelineId};
use renkei::domain::team::{History, TeamLink};
use renkei::wire::{Encoding, ServerFrame};
use serde_json::json;

use super::reader::Reader;
use super::{accepted, note, seqs, team};
use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::socket::Socket;

const HOUR: Duration = Duration::from_secs(3_600);

fn access(minutes: u32) -> Body {
    Body::EmergencyAccess(EmergencyAccess { reason: "救急外来。意識がない".to_owned(), minutes })
}

async fn find(who: &Actor) {
    let asked = json!({ "name": "高橋 ハル", "birth_date": "1938-04-12" });
    let found = who.post("/api/v1/emergency-search", asked).await.ok();
    assert_eq!(found["patients"].as_array().map(Vec::len), Some(1));
}

/// Waits until the socket is told to forget the patient; no entry of theirs may come before.
async fn forgets(socket: &mut Socket, patient: PatientId) {
    loop {
        match socket.next_frame().await {
            ServerFrame::Forget { timeline, entry: None, .. } if timeline == TimelineId::from(patient) => return,
            ServerFrame::Delivery { entry, .. } => panic!("{:?}", entry.open()),
            _ => {}
        }
    }
}

async fn is_refused(actor: &Actor, patient: PatientId, after: Seq) {
    let mut socket = actor.connect(Encoding::Json).await;
    socket.subscribe(&[(patient.into(), after)]).await;
    match socket.next_frame().await {
        ServerFrame::Error(notice) => assert_eq!(notice.code, "not_found"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn row_7_team_and_secretariat_hear_at_once_who_opened_the_records_why_and_until_when() {
    let app = App::start().await;
    let (patient, doctor, _) = team(&app).await;
    let (secretariat, stranger) = (app.secretariat().await, app.doctor("kyukyu").await);
    let mut by_team = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    by_team.catch_up().await;
    // The secretariat follows all of its own, which is nobody's timeline until somebody breaks the glass.
    let mut office = secretariat.connect(Encoding::Proto).await;
    office.subscribe(&[]).await;
    find(&stranger).await;
    let mut opener = stranger.connect(Encoding::Json).await;
    let declared = accepted(opener.post(patient, access(60)).await);

    let told = by_team.next().await;
    let mut office = Reader::subscribed(office, patient, Seq::ZERO).await;
    let seen = office.catch_up().await;
    let last = seen.last().expect("the secretariat sees links, consent and the declaration");
    for entry in [&told, last] {
        assert_eq!((entry.id, entry.author), (declared.id, stranger.actor));
        assert_eq!(entry.body, access(60));
    }
    // Who comes later finds it too, until it is looked into and over.
    let mut later = secretariat.connect(Encoding::Json).await;
    later.subscribe(&[]).await;
    Reader::subscribed(later, patient, Seq::ZERO).await.catch_up().await;
    accepted(doctor.connect(Encoding::Json).await.post(patient, note("引き継ぎました")).await);
    office.nothing_more().await;
}

#[tokio::test]
async fn nothing_reaches_an_open_socket_after_the_last_moment_though_nobody_posts() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let mut by_nurse = nurse.connect(Encoding::Proto).await;
    accepted(by_nurse.post(patient, note("ワルファリン内服中")).await);
    let stranger = app.doctor("kyukyu").await;
    find(&stranger).await;
    let mut socket = stranger.connect(Encoding::Json).await;
    accepted(socket.post(patient, access(60)).await);
    let mut opened = Reader::follow(socket, patient, Seq::ZERO).await;
    assert!(opened.catch_up().await.iter().any(|entry| entry.body == note("ワルファリン内服中")));
    let during = accepted(by_nurse.post(patient, note("搬送に同行")).await);
    assert_eq!(opened.next().await.seq, during.seq);

    // The quiet end: a heartbeat after the last moment tells to forget.
    let mut quiet = Reader::connect(&stranger, Encoding::Proto, patient, Seq::ZERO).await;
    quiet.catch_up().await;
    app.clock.advance(HOUR);
    app.beat();
    forgets(&mut quiet.socket, patient).await;
    forgets(&mut opened.socket, patient).await;
    accepted(by_nurse.post(patient, note("そのあと")).await);
    quiet.nothing_more().await;
    opened.nothing_more().await;
    is_refused(&stranger, patient, during.seq).await;
    is_refused(&stranger, patient, Seq::ZERO).await;
}

#[tokio::test]
async fn what_is_posted_between_the_last_moment_and_the_next_heartbeat_is_not_written_either() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let stranger = app.nurse("kyukyu").await;
    find(&stranger).await;
    let mut socket = stranger.connect(Encoding::Json).await;
    accepted(socket.post(patient, access(1)).await);
    let mut opened = Reader::follow(socket, patient, Seq::ZERO).await;
    opened.catch_up().await;

    app.clock.advance(Duration::from_secs(60));
    accepted(nurse.connect(Encoding::Proto).await.post(patient, note("そのあと")).await);
    forgets(&mut opened.socket, patient).await;
    opened.nothing_more().await;
}

#[tokio::test]
async fn a_second_declaration_moves_the_end_of_what_is_open() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let stranger = app.doctor("kyukyu").await;
    find(&stranger).await;
    let mut socket = stranger.connect(Encoding::Json).await;
    accepted(socket.post(patient, access(20)).await);
    let mut opened = Reader::follow(socket, patient, Seq::ZERO).await;
    opened.catch_up().await;
    app.clock.advance(HOUR / 6);
    let longer = accepted(stranger.connect(Encoding::Proto).await.post(patient, access(20)).await);
    assert_eq!(opened.next().await.seq, longer.seq, "it goes on without a break");

    app.clock.advance(HOUR / 6);
    app.beat();
    let still = accepted(nurse.connect(Encoding::Json).await.post(patient, note("まだ読める")).await);
    assert_eq!(opened.next().await.seq, still.seq);
    accepted(stranger.connect(Encoding::Proto).await.post(patient, access(1)).await);
    app.clock.advance(Duration::from_secs(60));
    app.beat();
    opened.next().await;
    forgets(&mut opened.socket, patient).await;
}

#[tokio::test]
async fn a_member_who_broke_the_glass_for_the_past_keeps_what_the_link_opens() {
    let app = App::start().await;
    let (patient, doctor, _) = team(&app).await;
    let mut by_doctor = doctor.connect(Encoding::Proto).await;
    let old = accepted(by_doctor.post(patient, note("昔のこと")).await);
    let newcomer = app.nurse("shinjin").await;
    let (organisation, history) = (newcomer.actor.organisation, History::Nothing);
    let people = Vec::new();
    let link = TeamLink { organisation, people, host: false, history, relation_confirmed: true };
    app.clock.advance(Duration::from_secs(60));
    let linked =
        accepted(app.secretariat().await.connect(Encoding::Json).await.post(patient, Body::TeamLink(link)).await);

    let mut socket = newcomer.connect(Encoding::Json).await;
    let declared = accepted(socket.post(patient, access(60)).await);
    let mut opened = Reader::follow(socket, patient, Seq::ZERO).await;
    assert!(seqs(&opened.catch_up().await).contains(&old.seq.0), "on the team, and no search was needed");
    // Away when it ended, the newcomer comes back with what it was sent meanwhile.
    drop(opened);
    app.clock.advance(HOUR);
    let mut back = newcomer.connect(Encoding::Proto).await;
    back.subscribe(&[(patient.into(), declared.seq)]).await;
    forgets(&mut back, patient).await;
    let mut back = Reader::subscribed(back, patient, Seq::ZERO).await;
    assert_eq!(seqs(&back.catch_up().await), [linked.seq.0, declared.seq.0]);
    let live = accepted(by_doctor.post(patient, note("これから")).await);
    assert_eq!(back.next().await.seq, live.seq);
}
