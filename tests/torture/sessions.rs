//! How a socket lives and ends: heartbeats, silence, time that runs out, too many at once, an orderly stop.

use std::sync::Arc;
use std::time::Duration;

use renkei::clock::ManualClock;
use renkei::config::SessionLimits;
use renkei::domain::directory::Position;
use renkei::domain::entry::Sensitivity;
use renkei::domain::ids::{PatientId, Seq, TimelineId};
use renkei::domain::role::Role;
use renkei::domain::time::Timestamp;
use renkei::hub::allowance::Asked;
use renkei::limits;
use renkei::session::Patience;
use renkei::vault::RegionKey;
use renkei::wire::codes::CloseCode;
use renkei::wire::{ClientFrame, Encoding, Hello, Language, ServerFrame};
use sqlx::Connection as _;

use super::reader::Reader;
use super::{accepted, eventually, new_intent, note, oxygen, post_many, team};
use crate::support::actor::Actor;
use crate::support::app::{App, Database};
use crate::support::scratch;
use crate::support::socket::Socket;

const MORNING: &str = "2026-04-01T09:00:00+09:00";

/// The next heartbeat: the hub's time and the cursors it moves.
async fn heartbeat(socket: &mut Socket) -> (Timestamp, Vec<(TimelineId, Seq)>) {
    let told = socket.next_that(|frame| match frame {
        ServerFrame::Heartbeat { server_time, through } => Some((*server_time, through.clone())),
        _ => None,
    });
    told.await
}

#[tokio::test]
async fn a_heartbeat_comes_with_each_beat_and_moves_the_cursor_over_what_is_hidden() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let care_manager = app.actor(Role::CareManager, "care").await;
    app.link(patient, "care").await;
    let mut reader = Reader::connect(&care_manager, Encoding::Json, patient, Seq::ZERO).await;
    reader.catch_up().await;
    reader.frames_until_now().await;

    app.beat();
    assert_eq!(heartbeat(&mut reader.socket).await, (app.clock.wall(), Vec::new()), "nothing was passed over");
    let mut restricted = new_intent(&app, patient, note("医療職だけへ"));
    restricted.sensitivity = Sensitivity::Restricted;
    let mut socket = nurse.connect(Encoding::Proto).await;
    let hidden = accepted(socket.post_intent(restricted).await).seq;
    app.beat();
    assert_eq!(heartbeat(&mut reader.socket).await, (app.clock.wall(), vec![(patient.into(), hidden)]));
    reader.cursor = hidden;
    app.beat();
    assert_eq!(heartbeat(&mut reader.socket).await.1, [], "told once");
    // Fails unless the next delivery follows the cursor that the heartbeat told.
    let open = accepted(socket.post(patient, note("みんなへ")).await).seq;
    assert_eq!(reader.next().await.seq, open);
}

#[tokio::test]
async fn a_client_that_is_not_heard_for_three_beats_is_disconnected_and_one_that_speaks_is_not() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut silent = doctor.connect(Encoding::Json).await;
    let mut talker = nurse.connect(Encoding::Proto).await;
    for _ in 0..limits::SILENT_BEATS_MAX {
        app.beat();
        heartbeat(&mut silent).await;
        heartbeat(&mut talker).await;
        talker.send(&ClientFrame::Heartbeat).await;
        // Frames are taken in order: with the answer to this one, the heartbeat has been heard.
        accepted(talker.post(patient, note("まだいます")).await);
    }
    app.beat();
    assert_eq!(silent.closed().await, Some(CloseCode::HeartbeatMissed));
    heartbeat(&mut talker).await;
    assert_eq!(app.hub.sessions().count(), 1);
}

#[tokio::test]
async fn whoever_says_hello_too_late_is_told_so() {
    let app = App::start_impatient(Patience { hello_ms: 50, ..Patience::default() }).await;
    for encoding in Encoding::ALL {
        let mut late = Socket::open(app.address, encoding).await;
        assert_eq!(late.closed().await, Some(CloseCode::HelloLate));
    }
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_given_up() {
    let app = App::start_impatient(Patience { write_ms: 300, ..Patience::default() }).await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut narrow = Socket::open_narrow(app.address, Encoding::Json).await;
    narrow.hello(&doctor.ticket().await).await;
    let mut stalled = Reader::follow(narrow, patient, Seq::ZERO).await;
    let mut quick = Reader::connect(&nurse, Encoding::Proto, patient, Seq::ZERO).await;
    let long = "長".repeat(8_000);
    let (last, _) = tokio::join!(post_many(&app, &nurse, patient, 800, &long), quick.read_to(Seq(800)));
    quick.read_to(last).await;
    eventually("the stalled session ended", || app.hub.sessions().count() == 1).await;
    assert_eq!(app.hub.fanout().subscriptions(), 1);
    assert_eq!(stalled.socket.closed().await, Some(CloseCode::WriteStalled));
}

#[tokio::test]
async fn an_open_socket_ends_with_its_sign_in() {
    let app = App::start().await;
    let (_, _, nurse) = team(&app).await;
    let mut socket = nurse.connect(Encoding::Json).await;
    app.clock.advance(Duration::from_secs(12 * 3_600) - Duration::from_millis(limits::HEARTBEAT_MS + 1));
    app.beat();
    heartbeat(&mut socket).await;
    app.beat();
    assert_eq!(socket.closed().await, Some(CloseCode::SignInExpired));
}

#[tokio::test]
async fn nobody_goes_on_as_what_the_directory_no_longer_has() {
    let app = App::start().await;
    let (_, doctor, nurse) = team(&app).await;
    let mut gone = nurse.connect(Encoding::Json).await;
    let mut other = doctor.connect(Encoding::Json).await;
    // Past everything that ends sign-ins, as a fault of the hub would be: the next beat still finds it.
    app.hub.region().change_directory(|directory| {
        directory.people.get_mut(&nurse.actor.person).unwrap().active = false;
    });
    app.beat();
    assert_eq!(gone.closed().await, Some(CloseCode::SignInEnded));
    heartbeat(&mut other).await;
}

#[tokio::test]
async fn a_person_has_so_many_sockets_and_no_more_whatever_the_sign_in() {
    let app = App::start_within(SessionLimits { sockets_per_person_max: 2, ..SessionLimits::default() }).await;
    let nurse = app.nurse("minato").await;
    let position = Position { role: nurse.actor.role, organisation: nurse.actor.organisation };
    let again = app.sign_in(nurse.actor.person, position).await;
    let first = nurse.connect(Encoding::Json).await;
    let _second = again.connect(Encoding::Proto).await;
    for actor in [&nurse, &again] {
        let mut third = Socket::open(app.address, Encoding::Json).await;
        third.say_hello(1, &actor.ticket().await).await;
        assert_eq!(third.closed().await, Some(CloseCode::SessionsExceeded));
    }
    app.nurse("minato").await.connect(Encoding::Json).await;
    drop(first);
    eventually("there is room again", || app.hub.sessions().count() == 1).await;
    nurse.connect(Encoding::Json).await;
}

#[tokio::test]
async fn a_socket_that_comes_while_the_hub_stops_is_told_so() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let mut open = Reader::connect(&nurse, Encoding::Json, patient, Seq::ZERO).await;
    let ticket = nurse.ticket().await;
    let mut late = Socket::open(app.address, Encoding::Json).await;
    app.hub.sessions().end_all(CloseCode::GoingAway);
    assert_eq!(open.socket.closed().await, Some(CloseCode::GoingAway));
    late.say_hello(1, &ticket).await;
    assert_eq!(late.closed().await, Some(CloseCode::GoingAway));
    eventually("nobody is left", || app.hub.sessions().count() == 0).await;
    drop((open, late));
    app.stop().await;
}

/// What a subscription to a timeline is answered: a head, or the code of an error.
async fn ask(socket: &mut Socket, patient: PatientId) -> Result<Seq, String> {
    let timeline = TimelineId::from(patient);
    socket.subscribe(&[(timeline, Seq::ZERO)]).await;
    let answer = socket.next_that(|frame| match frame {
        ServerFrame::Subscribed { head, .. } => Some(Ok(*head)),
        ServerFrame::Error(notice) => {
            assert_eq!(notice.about, timeline.to_string());
            Some(Err(notice.code.to_string()))
        }
        _ => None,
    });
    answer.await
}

#[tokio::test]
async fn whoever_asks_for_too_much_waits_and_nobody_else_does() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    for (asked, all) in [(Asked::Subscription, limits::SUBSCRIPTIONS_BURST), (Asked::Look, limits::LOOKS_BURST)] {
        assert!(app.hub.region().spend(nurse.sign_in.0, asked, all as usize).await);
    }
    let mut greedy = nurse.connect(Encoding::Json).await;
    let mut other = doctor.connect(Encoding::Json).await;
    assert_eq!(ask(&mut greedy, patient).await, Err("overloaded".to_owned()));
    assert!(ask(&mut other, patient).await.is_ok());
    let url = format!("/api/v1/timelines/{patient}/entries");
    let refused = nurse.get(&url).await;
    refused.problem(axum::http::StatusCode::SERVICE_UNAVAILABLE, "overloaded");
    assert_ne!(refused.header("retry-after"), "");
    doctor.get(&url).await.ok();

    app.clock.advance(Duration::from_millis(limits::SUBSCRIPTION_REFILL_MS));
    assert!(ask(&mut greedy, patient).await.is_ok());
    nurse.get(&url).await.ok();
}

/// A hub on a file in which somebody else writes just now: until they are done nothing is stored, and nothing answered that
/// comes after the first post. With a patient and a nurse of the team.
async fn held_up() -> (App, PatientId, Actor, Socket, sqlx::SqliteConnection) {
    let (clock, key) = (Arc::new(ManualClock::at(MORNING.parse().unwrap())), Arc::new(RegionKey::ephemeral()));
    let folder = scratch::folder("unanswered");
    let url = Database::File.url(folder.path());
    let app = App::open_at(folder, Database::File, key, clock).await;
    let (patient, _, nurse) = team(&app).await;
    let mut socket = nurse.connect(Encoding::Proto).await;
    assert!(ask(&mut socket, patient).await.is_ok());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("begin immediate").execute(&mut other).await.unwrap();
    (app, patient, nurse, socket, other)
}

#[tokio::test]
async fn a_socket_follows_so_many_timelines_and_no_more() {
    let (app, patient, nurse, mut socket, mut other) = held_up().await;
    socket.send(&ClientFrame::Post(new_intent(&app, patient, note("ひとつ")))).await;
    // One is followed, all but one of the others are asked for: they are nobody's, and the hub has not said so yet.
    let unknown = |number: usize| TimelineId(uuid::Uuid::from_u128(0xdead << 64 | number as u128));
    let numbers: Vec<usize> = (0..limits::SUBSCRIPTIONS_MAX).collect();
    let (last, others) = numbers.split_last().unwrap();
    let asks = others.chunks(limits::SUBSCRIBE_TIMELINES_MAX).chain([std::slice::from_ref(last)]);
    let frames: Vec<ClientFrame> = asks
        .map(|numbers| {
            let timelines = numbers.iter().map(|number| (unknown(*number), Seq::ZERO)).collect();
            ClientFrame::Subscribe { timelines, all_mine: false }
        })
        .collect();
    socket.send_together(&frames).await;
    let mut refused = async || {
        let answer = socket.next_that(|frame| match frame {
            ServerFrame::Error(notice) => Some((notice.code.to_string(), notice.about.clone())),
            _ => None,
        });
        answer.await
    };
    assert_eq!(refused().await, ("too_long".to_owned(), unknown(*last).to_string()));
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    assert_eq!(refused().await, ("not_found".to_owned(), unknown(0).to_string()), "the others are answered");
    let mut another = nurse.connect(Encoding::Json).await;
    assert!(ask(&mut another, patient).await.is_ok(), "each socket has its own");
}

#[tokio::test]
async fn a_socket_with_so_many_posts_unanswered_is_read_no_further() {
    let (app, patient, _nurse, mut socket, mut other) = held_up().await;
    let posts = (0..limits::POSTS_IN_FLIGHT_MAX).map(|at| new_intent(&app, patient, note(format!("{at}"))));
    let mut frames: Vec<ClientFrame> = posts.map(ClientFrame::Post).collect();
    // What is answered at once, wherever it is read.
    let (ticket, client) = (String::new(), String::new());
    frames.push(ClientFrame::Hello(Hello { version: 1, ticket, client, language: Language::Japanese }));
    socket.send_together(&frames).await;
    for _ in 0..limits::SILENT_BEATS_MAX {
        app.beat();
        heartbeat(&mut socket).await;
    }
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    let first = socket.next_that(|frame| match frame {
        ServerFrame::Error(notice) => Some(notice.code.to_string()),
        ServerFrame::Accepted(_) | ServerFrame::Refused(_) => Some("an answer".to_owned()),
        _ => None,
    });
    assert_eq!(first.await, "an answer");
    let named = socket.next_that(|frame| matches!(frame, ServerFrame::Error(_)).then_some(()));
    named.await;
}

#[tokio::test]
async fn nobody_fills_the_linking_queue_alone() {
    let app = App::start().await;
    let (patient, ..) = team(&app).await;
    let (flooding, other) = (app.nurse("one").await, app.nurse("two").await);
    let burst = limits::WAITING_POSTS_BURST as usize;
    assert!(app.hub.region().spend(flooding.actor.person.0, Asked::Waiting, burst).await);
    let answer = async |actor: &Actor| actor.connect(Encoding::Json).await.post(patient, oxygen(95)).await;
    let ServerFrame::Refused(refused) = answer(&flooding).await else { panic!("no more of this one") };
    assert_eq!((refused.code.as_ref(), refused.retry), ("overloaded", true));
    assert!(matches!(answer(&other).await, ServerFrame::Queued { .. }));
    app.clock.advance(Duration::from_millis(limits::WAITING_POST_REFILL_MS));
    assert!(matches!(answer(&flooding).await, ServerFrame::Queued { .. }));
}
