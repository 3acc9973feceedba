//! A post is an entry once, however often it comes.

use renkei::domain::ids::{Seq, TimelineId};
use renkei::wire::{Accepted, ClientFrame, Encoding, ServerFrame};

use super::reader::Reader;
use super::{accepted, new_intent, note, oxygen, team};
use crate::support::app::App;

#[tokio::test]
async fn the_same_post_sent_ten_times_is_one_entry_with_one_answer() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut reader = Reader::connect(&doctor, Encoding::Proto, patient, Seq::ZERO).await;
    reader.catch_up().await;
    let intent = new_intent(&app, patient, note("朝の訪問。変わりなし"));

    // Nine at once, before any answer; the last one on another connection, after the first was lost.
    let mut socket = nurse.connect(Encoding::Json).await;
    for _ in 0..9 {
        socket.send(&ClientFrame::Post(intent.clone())).await;
    }
    let mut answers = Vec::new();
    while answers.len() < 9 {
        let answer = socket.next_that(|frame| match frame {
            ServerFrame::Accepted(accepted) => Some(accepted.clone()),
            ServerFrame::Refused(refused) => panic!("{refused:?}"),
            _ => None,
        });
        answers.push(answer.await);
    }
    drop(socket);
    let mut socket = nurse.connect(Encoding::Proto).await;
    answers.push(accepted(socket.post_intent(intent.clone()).await));

    let first = answers[0].clone();
    assert!(!first.repeated);
    for again in &answers[1..] {
        assert_eq!(*again, Accepted { repeated: true, ..first.clone() });
    }
    assert_eq!(reader.next().await.id, intent.id);
    let next = accepted(socket.post(patient, note("次の記録")).await);
    assert_eq!(next.seq, first.seq.next());
    assert_eq!(reader.next().await.seq, next.seq);
}

#[tokio::test]
async fn the_same_id_with_another_body_is_a_conflict_and_changes_nothing() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut socket = nurse.connect(Encoding::Json).await;
    let first = new_intent(&app, patient, note("一回目"));
    let kept = accepted(socket.post_intent(first.clone()).await);

    let mut changed = first.clone();
    changed.body = oxygen(97);
    let mut elsewhere = first.clone();
    elsewhere.timeline = TimelineId::from(app.register_patient("佐藤 ウメ", "サトウ ウメ").await);
    for other in [changed, elsewhere] {
        let answer = socket.post_intent(other).await;
        let ServerFrame::Refused(refused) = answer else { panic!("{answer:?}") };
        assert_eq!((refused.code.as_ref(), refused.retry), ("conflict", false));
    }
    // Somebody else's id: not the first answer, which would tell what it was accepted as.
    let answer = doctor.connect(Encoding::Json).await.post_intent(first).await;
    let ServerFrame::Refused(refused) = answer else { panic!("{answer:?}") };
    assert_eq!(refused.code, "conflict");

    let entries = Reader::connect(&nurse, Encoding::Json, patient, Seq::ZERO).await.catch_up().await;
    assert_eq!(entries.last().map(|entry| (entry.seq, entry.body.clone())), Some((kept.seq, note("一回目"))));
}

#[tokio::test]
async fn a_post_repeated_after_a_restart_gets_its_first_answer() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let intent = new_intent(&app, patient, oxygen(97));
    let first = accepted(nurse.connect(Encoding::Proto).await.post_intent(intent.clone()).await);
    let signed_in = nurse.actor;
    drop(nurse);
    let app = app.stop().await.start().await;

    let position = renkei::domain::directory::Position { role: signed_in.role, organisation: signed_in.organisation };
    let nurse = app.sign_in(signed_in.person, position).await;
    let again = accepted(nurse.connect(Encoding::Json).await.post_intent(intent).await);
    assert_eq!(again, Accepted { repeated: true, ..first });
}
