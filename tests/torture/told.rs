//! Who is told what, and who is not: subscriptions that share a batch with what happens, readers that left, people
//! who may not know the team, records that were taken back while somebody was away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use renkei::domain::alarm::{AlarmLimit, AlarmLimits};
use renkei::domain::body::{Body, Retraction, RetractionReason};
use renkei::domain::decimal::Decimal;
use renkei::domain::ids::{EntryId, PatientId, Seq, TimelineId};
use renkei::domain::reading::ReadScope;
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::vital::VitalSign;
use renkei::hub::outbox::{Item, Outbox};
use renkei::hub::reading::Span;
use renkei::limits;
use renkei::rulebook::{Rulebook, RulebookFiles, shipped};
use renkei::vault::digest;
use renkei::wire::{ClientFrame, Encoding, ServerFrame};

use super::reader::Reader;
use super::{accepted, eventually, new_intent, note, oxygen, post_many, team};
use crate::support::actor::Actor;
use crate::support::app::App;

fn retraction(target: EntryId) -> Body {
    let text = "患者を取り違えました".to_owned();
    Body::Retraction(Retraction { target, reason: RetractionReason::WrongPatient, text })
}

#[tokio::test]
async fn a_post_that_shares_a_batch_with_a_subscription_is_delivered() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    for encoding in Encoding::ALL {
        let mut reader = Reader::connect(&nurse, encoding, patient, Seq::ZERO).await;
        reader.catch_up().await;
        let cursor = reader.cursor;
        // Both reach the hub before it decides either: one batch holds the subscription and then the post.
        let subscribe = ClientFrame::Subscribe { timelines: vec![(patient.into(), cursor)], all_mine: false };
        let intent = new_intent(&app, patient, note("同時に"));
        let mut socket = nurse.connect(encoding).await;
        socket.send_together(&[subscribe, ClientFrame::Post(intent.clone())]).await;
        let mut reader = Reader::subscribed(socket, patient, cursor).await;
        assert_eq!(reader.next().await.id, intent.id, "{encoding:?}");
    }
}

#[tokio::test]
async fn a_session_that_goes_while_it_asks_leaves_no_reader_behind() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut socket = nurse.connect(Encoding::Json).await;
    let subscribe = ClientFrame::Subscribe { timelines: vec![(patient.into(), Seq::ZERO)], all_mine: false };
    socket.send_together(&[subscribe]).await;
    drop(socket);
    eventually("the session ended", || app.hub.sessions().count() == 0).await;
    // What it asked for has been decided once this is.
    accepted(doctor.connect(Encoding::Json).await.post(patient, note("あとから")).await);
    assert_eq!(app.hub.fanout().subscriptions(), 0);
    let url = format!("/api/v1/timelines/{patient}/entries");
    assert!(doctor.get(url).await.ok()["entries"].is_array());
}

/// Follows a timeline and waits until the hub has said all it has to say so far.
async fn settled(actor: &Actor, patient: PatientId) -> Reader {
    let mut reader = Reader::connect(actor, Encoding::Json, patient, Seq::ZERO).await;
    reader.frames_until_now().await;
    reader
}

fn about_people(frames: &[ServerFrame]) -> Vec<&ServerFrame> {
    let is_about =
        |frame: &&ServerFrame| matches!(frame, ServerFrame::Presence { .. } | ServerFrame::ReadMarker { .. });
    frames.iter().filter(is_about).collect()
}

#[tokio::test]
async fn who_reads_and_who_is_here_is_told_only_to_those_who_may_know_the_team() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let former = app.nurse("former").await;
    app.link(patient, "former").await;
    accepted(former.connect(Encoding::Json).await.post(patient, note("担当していたころ")).await);
    app.unlink(patient, "former").await;
    let family = app.family(patient).await;

    let mut by_former = Reader::connect(&former, Encoding::Json, patient, Seq::ZERO).await;
    let mut by_family = Reader::connect(&family, Encoding::Json, patient, Seq::ZERO).await;
    let mut by_nurse = settled(&nurse, patient).await;
    let mut by_doctor = settled(&doctor, patient).await;
    let through = by_doctor.head;
    by_doctor.socket.send(&ClientFrame::MarkRead { timeline: patient.into(), through }).await;
    let marker = by_nurse.socket.next_that(|frame| match frame {
        ServerFrame::ReadMarker { person, through, .. } => Some((*person, *through)),
        _ => None,
    });
    assert_eq!(marker.await, (doctor.actor.person, through));
    let present = by_nurse.socket.next_that(|frame| match frame {
        ServerFrame::Presence { people, .. } => people.contains(&doctor.actor).then(|| people.clone()),
        _ => None,
    });
    assert!(present.await.contains(&nurse.actor));
    drop(by_doctor);
    let left = by_nurse.socket.next_that(|frame| match frame {
        ServerFrame::Presence { people, .. } => (!people.contains(&doctor.actor)).then_some(()),
        _ => None,
    });
    left.await;
    for hidden_from in [&mut by_former, &mut by_family] {
        let frames = hidden_from.frames_until_now().await;
        assert_eq!(about_people(&frames), Vec::<&ServerFrame>::new());
    }
}

#[tokio::test]
async fn whoever_is_left_hears_that_the_unlinked_are_no_longer_here() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut by_doctor = settled(&doctor, patient).await;
    let _by_nurse = settled(&nurse, patient).await;
    let mut present = async |wanted: usize| {
        let told = by_doctor.socket.next_that(|frame| match frame {
            ServerFrame::Presence { people, .. } => (people.len() == wanted).then(|| people.clone()),
            _ => None,
        });
        told.await
    };
    assert_eq!(present(2).await.len(), 2);
    app.unlink(patient, "minato").await;
    assert_eq!(present(1).await, [doctor.actor]);
}

#[tokio::test]
async fn a_page_shows_nothing_newer_than_the_look_it_was_judged_with() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let timeline = TimelineId::from(patient);
    let sight =
        app.hub.look(nurse.actor, nurse.sign_in, timeline, Seq::ZERO, None, ReadScope::Entries).await.unwrap().unwrap();
    let head = sight.state.head;
    app.unlink(patient, "minato").await;
    accepted(doctor.connect(Encoding::Json).await.post(patient, note("看護師が離れたあと")).await);
    let span = Span { after: Seq::ZERO, through: head };
    let page = app.hub.read_page(timeline, &sight.view, span, 256).await.unwrap();
    assert_eq!((page.through, page.more), (head, false));
    assert_eq!(page.entries.len() as u64, head.0);
    let nothing = Span { after: head, through: head };
    let page = app.hub.read_page(timeline, &sight.view, nothing, 256).await.unwrap();
    assert_eq!((page.through, page.more, page.entries.len()), (head, false, 0));
}

#[tokio::test]
async fn an_alarm_goes_out_before_what_waits_of_other_timelines_and_after_what_waits_of_its_own() {
    let app = App::start().await;
    let (quiet, doctor, _) = team(&app).await;
    let alarming = app.register_patient("佐藤 ウメ", "サトウ ウメ").await;
    app.link(alarming, "hikari").await;
    let limit = AlarmLimit { sign: VitalSign::OxygenSaturation, low: Some(Decimal::whole(90)), high: None };
    let limits = Body::AlarmLimits(AlarmLimits { limits: vec![limit], text: String::new() });
    let mut socket = doctor.connect(Encoding::Json).await;
    accepted(socket.post(alarming, limits).await);
    // Nobody empties this one, as if the connection took nothing.
    let outbox = Arc::<Outbox>::default();
    for patient in [quiet, alarming] {
        app.hub.follow(doctor.actor, doctor.sign_in, &outbox, patient.into(), Seq(1_000)).await.unwrap();
    }
    let mut waiting = Vec::new();
    for patient in [quiet, alarming, quiet] {
        waiting.push((patient, accepted(socket.post(patient, note("変わりなし")).await).seq));
    }
    let alarm = accepted(socket.post(alarming, oxygen(84)).await);
    assert_eq!(alarm.alarms.len(), 1);
    let delivered = outbox.drain().items.into_iter().filter_map(|item| match item {
        Item::Delivery(delivery) => Some((delivery.subscription.timeline.as_patient(), delivery.entry.seq())),
        _ => None,
    });
    let order: Vec<_> = delivered.collect();
    assert_eq!(order, [waiting[1], (alarming, alarm.seq), waiting[0], waiting[2]]);
}

#[tokio::test]
async fn what_follows_the_end_of_a_link_in_one_batch_reaches_nobody_who_left() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let timeline = TimelineId::from(patient);
    let outbox = Arc::<Outbox>::default();
    let done = Arc::new(AtomicBool::new(false));
    // Reads as fast as it can: whatever stands in the outbox for a moment is seen.
    let spy = std::thread::spawn({
        let (outbox, done) = (Arc::clone(&outbox), Arc::clone(&done));
        move || {
            let mut seen = Vec::new();
            while !done.load(Ordering::Relaxed) {
                for item in outbox.drain().items {
                    if let Item::Delivery(delivery) = item {
                        seen.push(delivery.entry.entry.body.clone());
                    }
                }
            }
            seen
        }
    });
    for _ in 0..20 {
        app.hub.follow(nurse.actor, nurse.sign_in, &outbox, timeline, Seq(1_000)).await.unwrap();
        let after = post_many(&app, &doctor, patient, 100, "紐付けの終わったあと");
        tokio::join!(app.unlink(patient, "minato"), after);
        app.link(patient, "minato").await;
    }
    done.store(true, Ordering::Relaxed);
    let seen = spy.join().unwrap();
    assert!(!seen.iter().any(|body| matches!(body, Body::Note(_))), "{} entries after the unlink", seen.len());
}

#[tokio::test]
async fn whoever_was_away_while_a_record_was_taken_back_forgets_it_on_return_and_nobody_else_hears_of_it() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let family = app.family(patient).await;
    let family_cursor = settled(&family, patient).await.cursor;
    let mut socket = nurse.connect(Encoding::Proto).await;
    let wrong = accepted(socket.post(patient, note("別の方の記録")).await);
    // Who went away before the record came is fed it on another page than what takes it back.
    let before = Seq(wrong.seq.0 - 1);
    let read = post_many(&app, &nurse, patient, limits::READER_PAGE_ENTRIES_MAX + 1, "その間").await;
    accepted(socket.post(patient, retraction(wrong.id)).await);
    let live = accepted(socket.post(patient, note("正しい記録")).await);

    for encoding in Encoding::ALL {
        let mut back = Reader::connect(&doctor, encoding, patient, read).await;
        let named = back.socket.next_that(|frame| match frame {
            ServerFrame::Forget { timeline, entry, .. } => Some((*timeline, *entry)),
            ServerFrame::Delivery { .. } => panic!("told before the cursor moves on"),
            _ => None,
        });
        assert_eq!(named.await, (patient.into(), Some(wrong.id)));
        assert_eq!(back.next().await.seq, live.seq);
    }
    for (actor, cursor) in [(&doctor, before), (&doctor, Seq::ZERO), (&family, family_cursor), (&nurse, read)] {
        // Fails at anything but entries.
        Reader::connect(actor, Encoding::Json, patient, cursor).await.catch_up().await;
    }
}

/// The rules that ship, and one that keeps notes from helpers.
fn without_notes_for_helpers() -> Rulebook {
    let rule = r#"
[[rule]]
id       = "SH-99"
kind     = "share"
strength = "must"
origin   = "proposal"
ja       = "ヘルパーはメモを見ない"
en       = "Helpers see no notes"
reason   = { ja = "地域で決めました。", en = "The region agreed so." }
effect    = "forbid"
overrides = ["SH-1"]
on       = "view:note"
when     = { "actor.role" = "helper" }
"#;
    let own = format!("{}{rule}", shipped::SHARING.text);
    let mut sets = shipped::SETS.to_vec();
    let set = sets.iter_mut().find(|set| set.name == shipped::SHARING.name).expect("it ships");
    set.text = &own;
    Rulebook::load(&RulebookFiles { vocabulary: shipped::VOCABULARY, sets }, digest).expect("a sound rulebook")
}

#[tokio::test]
async fn whoever_was_away_while_the_rules_changed_forgets_what_only_the_old_ones_showed_and_once() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    app.organisation("hidamari", OrganisationType::HomeHelp).await;
    let helper = app.actor(Role::Helper, "hidamari").await;
    app.link(patient, "hidamari").await;
    accepted(doctor.connect(Encoding::Json).await.post(patient, note("古いきまりのころ")).await);
    let mut cursors = Vec::new();
    for reader in [&helper, &nurse] {
        let mut reader = Reader::connect(reader, Encoding::Json, patient, Seq::ZERO).await;
        assert!(reader.catch_up().await.iter().any(|entry| matches!(entry.body, Body::Note(_))));
        cursors.push(reader.cursor);
    }
    eventually("both are away", || app.hub.sessions().count() == 0).await;
    app.clock.advance(std::time::Duration::from_secs(60));
    let app = app.stop().await.start_under(without_notes_for_helpers()).await;

    let mut socket = helper.connect(Encoding::Json).await;
    socket.subscribe(&[(patient.into(), cursors[0])]).await;
    let forgotten = socket.next_that(|frame| match frame {
        ServerFrame::Forget { entry, .. } => Some(*entry),
        _ => None,
    });
    assert_eq!(forgotten.await, None, "all of the timeline");
    let mut by_helper = Reader::subscribed(socket, patient, Seq::ZERO).await;
    assert!(!by_helper.catch_up().await.iter().any(|entry| matches!(entry.body, Body::Note(_))));
    let cursor = by_helper.cursor;
    drop(by_helper);
    // To whom the new rules show the same goes on where they were.
    let mut by_nurse = Reader::connect(&nurse, Encoding::Json, patient, cursors[1]).await;
    by_nurse.nothing_more().await;
    drop(by_nurse);
    eventually("all are away", || app.hub.sessions().count() == 0).await;
    let mut by_helper = Reader::connect(&helper, Encoding::Json, patient, cursor).await;
    assert!(!by_helper.is_forgotten().await, "it was told already");
}
