//! Nobody sees what the rules hide, nor that it is there.

use renkei::domain::alarm::{AlarmLimit, AlarmLimits};
use renkei::domain::body::{Body, Message, Retraction, RetractionReason};
use renkei::domain::decimal::Decimal;
use renkei::domain::entry::{Addressee, Sensitivity};
use renkei::domain::ids::{PatientId, Seq, TimelineId};
use renkei::domain::role::Role;
use renkei::domain::vital::VitalSign;
use renkei::wire::{Encoding, ErrorNotice, ServerFrame};

use super::reader::Reader;
use super::{accepted, new_intent, note, oxygen, seqs, team};
use crate::support::actor::Actor;
use crate::support::app::App;

/// What somebody is told who asks for a timeline that must not be known.
async fn refused_subscription(actor: &Actor, timeline: TimelineId) -> ErrorNotice {
    let mut socket = actor.connect(Encoding::Json).await;
    socket.subscribe(&[(timeline, Seq::ZERO)]).await;
    match socket.next_frame().await {
        ServerFrame::Error(notice) => notice,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_timeline_of_others_looks_like_one_that_is_not_there() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let stranger = app.nurse("other").await;
    let target = accepted(nurse.connect(Encoding::Proto).await.post(patient, note("ほかの記録")).await).id;
    let unknown = PatientId(uuid::Uuid::from_u128(0xdead));

    let hidden = refused_subscription(&stranger, patient.into()).await;
    let absent = refused_subscription(&stranger, unknown.into()).await;
    assert_eq!(hidden.code, "not_found");
    assert_eq!(hidden.about, TimelineId::from(patient).to_string());
    assert_eq!(ErrorNotice { about: String::new(), ..hidden }, ErrorNotice { about: String::new(), ..absent });

    let mut socket = stranger.connect(Encoding::Json).await;
    let retraction =
        |target| Body::Retraction(Retraction { target, reason: RetractionReason::Mistake, text: String::new() });
    let message = Body::Message(Message { text: "お知らせ".to_owned(), ..Message::default() });
    for body in [message, note("読めない人の記録"), oxygen(97), retraction(target)] {
        let mut answers = Vec::new();
        for patient in [patient, unknown] {
            answers.push(match socket.post(patient, body.clone()).await {
                ServerFrame::Refused(refused) => (refused.code, refused.field, refused.reasons),
                ServerFrame::Queued { reasons, .. } => ("queued".into(), String::new(), reasons),
                other => panic!("{other:?}"),
            });
        }
        assert_eq!(answers[0], answers[1], "{body:?}");
    }
}

#[tokio::test]
async fn what_is_hidden_from_a_reader_is_no_gap() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let care_manager = app.actor(Role::CareManager, "care").await;
    app.link(patient, "care").await;
    let family = app.family(patient).await;
    let mut by_manager = Reader::connect(&care_manager, Encoding::Json, patient, Seq::ZERO).await;
    by_manager.catch_up().await;
    let mut by_family = Reader::connect(&family, Encoding::Json, patient, Seq::ZERO).await;
    assert_eq!(by_family.catch_up().await, [], "nothing is addressed to them yet");
    let before = by_manager.cursor;

    let mut socket = nurse.connect(Encoding::Proto).await;
    let open = accepted(socket.post(patient, note("みんなへ")).await).seq;
    let mut restricted = new_intent(&app, patient, note("医療職だけへ"));
    restricted.sensitivity = Sensitivity::Restricted;
    let restricted = accepted(socket.post_intent(restricted).await).seq;
    let words = Message { text: "ご家族へ。明日は10時にうかがいます".to_owned(), ..Message::default() };
    let mut addressed = new_intent(&app, patient, Body::Message(words));
    addressed.addressed_to = vec![Addressee::Role(Role::Family)];
    let addressed = accepted(socket.post_intent(addressed).await).seq;

    // `after` is the reader's own cursor: `Reader` fails otherwise.
    let live = [by_manager.next().await.seq, by_manager.next().await.seq];
    assert_eq!((live, restricted), ([open, addressed], open.next()));
    assert_eq!(by_family.next().await.seq, addressed);
    by_family.nothing_more().await;
    // And the same from the journal.
    let mut late = Reader::connect(&care_manager, Encoding::Proto, patient, before).await;
    assert_eq!(seqs(&late.catch_up().await), [open.0, addressed.0]);
    let mut late = Reader::connect(&family, Encoding::Proto, patient, Seq::ZERO).await;
    assert_eq!(seqs(&late.catch_up().await), [addressed.0]);
    let card = care_manager.get(format!("/api/v1/patients/{patient}")).await;
    assert!(!card.text().contains("医療職だけへ"), "{}", card.text());
}

#[tokio::test]
async fn a_value_outside_the_doctors_limits_is_marked_for_everybody() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let low = AlarmLimit { sign: VitalSign::OxygenSaturation, low: Some(Decimal::whole(90)), high: None };
    let mut by_doctor = doctor.connect(Encoding::Json).await;
    let mut by_nurse = nurse.connect(Encoding::Json).await;
    let unmarked = accepted(by_nurse.post(patient, oxygen(84)).await);
    assert_eq!(unmarked.alarms, [], "no default limits");
    let limits = AlarmLimits { limits: vec![low], text: String::new() };
    accepted(by_doctor.post(patient, Body::AlarmLimits(limits)).await);

    let mut reader = Reader::connect(&doctor, Encoding::Proto, patient, unmarked.seq.next()).await;
    reader.catch_up().await;
    let inside = accepted(by_nurse.post(patient, oxygen(90)).await);
    let outside = accepted(by_nurse.post(patient, oxygen(84)).await);
    assert_eq!(inside.alarms, []);
    let alarm = &outside.alarms[0];
    assert_eq!((alarm.sign, alarm.value, alarm.below), (low.sign, Decimal::whole(84), true));
    let entries = [reader.next().await, reader.next().await];
    assert_eq!((&entries[0].alarms, &entries[1].alarms), (&inside.alarms, &outside.alarms));
    assert_eq!(entries[1].seq, outside.seq);
}

#[tokio::test]
async fn an_entry_on_the_wrong_patient_is_taken_from_every_screen() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut reader = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    reader.catch_up().await;
    let mut socket = nurse.connect(Encoding::Proto).await;
    let wrong = accepted(socket.post(patient, note("別の方の記録")).await);
    assert_eq!(reader.next().await.id, wrong.id);

    let text = "患者を取り違えました".to_owned();
    let retraction = Retraction { target: wrong.id, reason: RetractionReason::WrongPatient, text };
    accepted(socket.post(patient, Body::Retraction(retraction)).await);
    let forgotten = reader.socket.next_that(|frame| match frame {
        ServerFrame::Forget { timeline, entry: Some(entry), .. } => Some((*timeline, *entry)),
        ServerFrame::Forget { entry: None, .. } => panic!("only the entry is forgotten"),
        _ => None,
    });
    assert_eq!(forgotten.await, (patient.into(), wrong.id));

    let live = accepted(socket.post(patient, note("正しい記録")).await);
    for encoding in Encoding::ALL {
        let entries = Reader::connect(&doctor, encoding, patient, Seq::ZERO).await.catch_up().await;
        assert!(entries.iter().all(|entry| entry.id != wrong.id && entry.body.target() != Some(wrong.id)));
        assert_eq!(entries.last().map(|entry| entry.seq), Some(live.seq));
    }
}

#[tokio::test]
async fn whoever_could_not_see_an_entry_is_not_told_to_forget_it() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let family = app.family(patient).await;
    let mut by_family = Reader::connect(&family, Encoding::Json, patient, Seq::ZERO).await;
    by_family.catch_up().await;
    let mut by_doctor = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    by_doctor.catch_up().await;
    let mut socket = nurse.connect(Encoding::Proto).await;
    let target = accepted(socket.post(patient, note("別の方の記録")).await).id;
    let reason = RetractionReason::WrongPatient;
    accepted(socket.post(patient, Body::Retraction(Retraction { target, reason, text: String::new() })).await);

    let told = by_doctor.socket.next_that(|frame| matches!(frame, ServerFrame::Forget { .. }).then_some(()));
    told.await;
    let forgets = by_family.frames_until_now().await;
    assert!(!forgets.iter().any(|frame| matches!(frame, ServerFrame::Forget { .. })), "{forgets:?}");
}
