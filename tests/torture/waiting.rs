//! What somebody measured who is not linked yet waits, seen by nobody, and joins the timeline with the link.

use renkei::domain::body::{Body, Message};
use renkei::domain::ids::Seq;
use renkei::wire::{ClientFrame, Encoding, ServerFrame};

use super::reader::Reader;
use super::{accepted, new_intent, oxygen};
use crate::support::app::App;

#[tokio::test]
async fn a_reading_of_an_unlinked_nurse_waits_unseen_and_joins_with_the_link() {
    let app = App::start().await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    let mut reader = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    reader.catch_up().await;
    let head = reader.cursor;

    let mut socket = nurse.connect(Encoding::Proto).await;
    let (first, second) = (new_intent(&app, patient, oxygen(91)), new_intent(&app, patient, oxygen(95)));
    // Sent again, at once and later, it waits once.
    for _ in 0..5 {
        socket.send(&ClientFrame::Post(first.clone())).await;
    }
    for intent in [&first, &first, &first, &first, &first, &second, &first] {
        let answer = socket.post_intent(intent.clone()).await;
        assert!(matches!(answer, ServerFrame::Queued { .. }), "{answer:?}");
    }
    let message = Body::Message(Message { text: "お知らせ".to_owned(), ..Message::default() });
    let answer = socket.post(patient, message).await;
    assert!(matches!(answer, ServerFrame::Refused(_)), "only observations wait: {answer:?}");
    reader.nothing_more().await;
    let late = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    assert_eq!(late.head, head, "nothing was added");
    socket.subscribe(&[(patient.into(), Seq::ZERO)]).await;
    socket
        .next_that(|frame| match frame {
            ServerFrame::Error(notice) => {
                assert_eq!(notice.code, "not_found");
                Some(())
            }
            ServerFrame::Delivery { .. } | ServerFrame::Subscribed { .. } => panic!("{frame:?}"),
            _ => None,
        })
        .await;

    app.link(patient, "minato").await;
    let link = reader.next().await;
    let joined = [reader.next().await, reader.next().await];
    assert_eq!(link.seq, head.next());
    let ids: std::collections::BTreeSet<_> = joined.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, [first.id, second.id].into());
    for entry in &joined {
        assert_eq!(entry.author, nurse.actor);
        assert_eq!(entry.body, if entry.id == first.id { first.body.clone() } else { second.body.clone() });
    }
    let again = accepted(nurse.connect(Encoding::Json).await.post_intent(first.clone()).await);
    let place = joined.iter().find(|entry| entry.id == first.id).map(|entry| entry.seq);
    assert_eq!((again.repeated, Some(again.seq)), (true, place));
    reader.nothing_more().await;
}
