//! A machine's clock that steps back moves nothing that was recorded back.

use std::time::Duration;

use renkei::domain::directory::Position;
use renkei::domain::ids::Seq;
use renkei::wire::Encoding;

use super::reader::Reader;
use super::{accepted, note, seqs, team};
use crate::support::app::App;

#[tokio::test]
async fn recorded_time_never_goes_back_not_even_across_a_restart() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut reader = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    let mut entries = reader.catch_up().await;
    let mut socket = nurse.connect(Encoding::Proto).await;
    app.clock.advance(Duration::from_secs(600));
    let high = accepted(socket.post(patient, note("十分後")).await).recorded_at;
    assert_eq!(high, app.clock.wall());

    app.clock.step_back(Duration::from_secs(3_600));
    for at in 0..5 {
        accepted(socket.post(patient, note(format!("戻ったあと {at}"))).await);
    }
    app.clock.advance(Duration::from_secs(2 * 3_600));
    let last = accepted(socket.post(patient, note("追いついた")).await);
    assert_eq!(last.recorded_at, app.clock.wall(), "the clock is followed again once it has caught up");
    entries.extend(reader.read_to(last.seq).await);
    assert!(entries.is_sorted_by_key(|entry| entry.recorded_at));
    assert!(entries.iter().rev().skip(1).take(5).all(|entry| entry.recorded_at >= high));
    assert_eq!(seqs(&entries), (1..=last.seq.0).collect::<Vec<_>>());

    let (person, position) =
        (nurse.actor.person, Position { role: nurse.actor.role, organisation: nurse.actor.organisation });
    drop((reader, socket, doctor, nurse));
    app.clock.step_back(Duration::from_secs(24 * 3_600));
    let app = app.stop().await.start().await;
    let nurse = app.sign_in(person, position).await;
    let after = accepted(nurse.connect(Encoding::Json).await.post(patient, note("昨日の時計")).await);
    assert!(after.recorded_at >= last.recorded_at);
    assert_eq!(after.seq, last.seq.next());
}
