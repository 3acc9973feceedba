//! Whoever runs the hub's machine takes records out: team and secretariat hear of it, whichever of hub and command was there
//! first, once for each time and nobody else.

use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::export::{ExportFrom, export_patient, export_region};
use renkei::actions::taken_out::{Whose, note};
use renkei::cli::open;
use renkei::config::Language;
use renkei::domain::body::{Body, Export};
use renkei::domain::directory::Actor as Acting;
use renkei::domain::entry::Entry;
use renkei::domain::ids::{EntryId, PatientId, Seq, TimelineId};
use renkei::domain::in_words::NoticeOf;
use renkei::domain::keeping::KeepingDeed;
use renkei::domain::role::Role;
use renkei::domain::team::ConsentState;
use renkei::domain::time::Timestamp;
use renkei::limits;
use renkei::store::{Journal, Shelf};
use renkei::wire::{Encoding, ServerFrame};
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::support::actor::Actor;
use crate::support::app::App;
use crate::support::reader::Reader;
use crate::support::scratch;
use crate::support::socket::Socket;
use crate::support::until;

/// A command on this journal takes a patient's record out, or the region's.
async fn take(journal: &Journal, patient: Option<PatientId>, reason: &str, now: Timestamp) {
    let scratch = scratch::folder("operator");
    let shelf = Shelf::open(&scratch.path().join("files")).unwrap();
    let directory = journal.read(|tx| Box::pin(tx.load_directory())).await.unwrap();
    let (shelf, directory, language, despite_withheld) = (&shelf, &directory, Language::Ja, false);
    let from = ExportFrom { journal, shelf, directory, reason, despite_withheld, language, now };
    let out = scratch.path().join("out");
    match patient {
        Some(patient) => export_patient(&from, patient, &out).await.unwrap(),
        None => export_region(&from, &out).await.unwrap(),
    };
}

async fn taken(app: &App, patient: Option<PatientId>, reason: &str) {
    take(app.hub.journal(), patient, reason, app.clock.wall()).await;
}

/// What a timeline tells of what was taken out.
async fn told(app: &App, timeline: impl Into<TimelineId>) -> Vec<Entry> {
    let page = app.hub.journal().page(timeline.into(), Seq::ZERO, 500, usize::MAX).await.unwrap();
    page.entries.into_iter().map(|stored| stored.entry).filter(|entry| entry.taken_out().is_some()).collect()
}

async fn reasons(app: &App, timeline: impl Into<TimelineId>) -> Vec<String> {
    told(app, timeline).await.iter().map(|entry| entry.taken_out().unwrap().purpose.clone()).collect()
}

async fn untold(app: &App) -> usize {
    let nowhere = (0, TimelineId(uuid::Uuid::nil()));
    let listing = app.hub.journal().read(move |tx| Box::pin(async move { tx.list_untold(nowhere, 5_000).await }));
    listing.await.unwrap().len()
}

fn said(reason: &str, command: &str, patient: Option<PatientId>) -> Body {
    let (purpose, scope, patients) = (reason.to_owned(), command.to_owned(), patient.into_iter().collect());
    Body::from(Box::new(Export { purpose, scope, patients, ..Export::default() }))
}

async fn is_noticed(socket: &mut Socket) -> (TimelineId, EntryId) {
    let is_it = |frame: &ServerFrame| match frame {
        ServerFrame::Notice(notice) if notice.of == NoticeOf::TakenOut => Some((notice.timeline, notice.entry)),
        _ => None,
    };
    socket.next_that(is_it).await
}

async fn team(app: &App) -> (PatientId, Actor, Actor) {
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    (patient, doctor, nurse)
}

fn entries(patient: PatientId) -> String {
    format!("/api/v1/timelines/{patient}/entries")
}

async fn sees_it(who: &Actor, patient: PatientId) -> bool {
    let answer = who.get(entries(patient)).await;
    answer.status == StatusCode::OK && answer.text().contains("renkei export")
}

#[tokio::test]
async fn row_7_the_team_hears_of_what_the_operator_took_out_and_the_secretariat_looks_at_it() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let (secretariat, stranger) = (app.secretariat().await, app.doctor("kyukyu").await);
    let mut by_nurse = Reader::connect(&nurse, Encoding::Json, patient, Seq::ZERO).await;
    by_nurse.catch_up().await;
    let mut hears = nurse.connect(Encoding::Proto).await;
    let mut office = secretariat.connect(Encoding::Proto).await;
    taken(&app, Some(patient), "本人からの開示請求").await;
    let taken_at = app.clock.wall();
    app.clock.advance(Duration::from_secs(4));
    app.hub.tell_what_was_taken_out().await.unwrap();

    let entry = by_nurse.next().await;
    assert_eq!((entry.author, entry.observed_at), (Acting::HUB, Some(taken_at)));
    assert_eq!(entry.body, said("本人からの開示請求", "renkei export patient", Some(patient)));
    for socket in [&mut hears, &mut office] {
        assert_eq!(is_noticed(socket).await, (patient.into(), entry.id));
    }
    assert!(!sees_it(&stranger, patient).await);
    // It is no request of anybody's, nor does a professional take it out.
    assert_eq!(secretariat.get("/api/v1/exports").await.ok()["requests"], json!([]));

    let path = "/api/v1/emergency-accesses";
    let listed = secretariat.get(path).await.ok()["accesses"][0].clone();
    assert_eq!((&listed["id"], &listed["reason"]), (&json!(entry.id.to_string()), &json!("本人からの開示請求")));
    assert_eq!((&listed["command"], &listed["state"]), (&json!("renkei export patient"), &json!("ended")));
    assert_eq!((&listed["patient"]["name"]["kanji"], &listed["reviewed_at"]), (&json!("高橋 ハル"), &Value::Null));
    let mut mine = secretariat.connect(Encoding::Json).await;
    mine.subscribe(&[]).await;
    Reader::subscribed(mine, patient, Seq::ZERO).await.catch_up().await;
    let review = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000f1",
        "body": { "acknowledgement": { "target": entry.id.to_string(), "text": "開示の申請書を確認した" } } });
    secretariat.post(entries(patient), review).await.is(StatusCode::CREATED);
    assert_ne!(secretariat.get(path).await.ok()["accesses"][0]["reviewed_at"], Value::Null);

    let exposed = secretariat.get(format!("/api/v1/audit/exposures?patient={patient}")).await.ok();
    let expected =
        json!([{ "at": taken_at.to_rfc3339(), "command": "renkei export patient", "reason": "本人からの開示請求" }]);
    assert_eq!(exposed["taken_out"], expected);

    // Once, and again only for another time.
    app.hub.tell_what_was_taken_out().await.unwrap();
    taken(&app, Some(patient), "本人からの開示請求、二度目").await;
    app.hub.tell_what_was_taken_out().await.unwrap();
    assert_eq!(reasons(&app, patient).await, ["本人からの開示請求", "本人からの開示請求、二度目"]);
    assert_eq!(untold(&app).await, 0);
    let listed = secretariat.get(path).await.bytes;
    renkei::store::rebuild::rebuild(app.hub.journal()).await.unwrap();
    assert_eq!(secretariat.get(path).await.bytes, listed, "all of it again from the timelines alone");
    assert!(renkei::store::check::check(app.hub.journal(), None).await.unwrap().is_whole());
}

#[tokio::test]
async fn row_7_what_was_taken_out_while_no_hub_ran_is_told_by_the_one_that_starts() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let (key, now) = (app.region_key(), app.clock.wall());
    let (folder, database) = app.stop().await.into_parts();
    let journal = open::open_journal(&database.url(folder.path()), &key).await.unwrap();
    take(&journal, Some(patient), "監督官庁の照会", now).await;
    journal.close().await;

    let clock = std::sync::Arc::new(renkei::clock::ManualClock::at(now));
    let app = App::open_at(folder, database, key, clock).await;
    until("it is told without being asked for", async || reasons(&app, patient).await == ["監督官庁の照会"]).await;
    let nurse = app.sign_in(nurse.actor.person, nurse.position()).await;
    assert!(sees_it(&nurse, patient).await);
    // And once, by however many hubs.
    let app = app.stop().await.start().await;
    app.hub.tell_what_was_taken_out().await.unwrap();
    assert_eq!(reasons(&app, patient).await.len(), 1);
}

#[tokio::test]
async fn row_7_of_the_whole_region_each_team_hears_and_the_secretariat_once() {
    let app = App::start().await;
    let (first, _, nurse) = team(&app).await;
    let secretariat = app.secretariat().await;
    let mut patients = vec![first];
    // More than are told at once; only some have a team.
    while patients.len() <= limits::TAKEN_OUT_TOLD_AT_ONCE {
        let number = patients.len();
        patients.push(app.register_patient(&format!("患者 {number}"), "カンジャ").await);
    }
    app.link(patients[1], "minato").await;
    let mut by_nurse = Reader::connect(&nurse, Encoding::Json, first, Seq::ZERO).await;
    by_nurse.catch_up().await;
    let mut office = secretariat.connect(Encoding::Json).await;
    taken(&app, None, "事業の引き継ぎ").await;
    app.hub.tell_what_was_taken_out().await.unwrap();

    let expected = said("事業の引き継ぎ", "renkei export region", None);
    assert_eq!(by_nurse.next().await.body, expected);
    for patient in &patients {
        let told = told(&app, *patient).await;
        assert_eq!(told.iter().map(|entry| &entry.body).collect::<Vec<_>>(), [&expected], "{patient}");
    }
    let own: TimelineId = secretariat.actor.organisation.into();
    let of_the_office = told(&app, own).await;
    assert_eq!(of_the_office.len(), 1);
    // Of the region alone: not of each patient.
    assert_eq!(is_noticed(&mut office).await, (own, of_the_office[0].id));
    let listed = secretariat.get("/api/v1/emergency-accesses").await.ok();
    assert_eq!(listed["accesses"].as_array().map(Vec::len), Some(1), "{listed}");
    let patient = patients[1];
    taken(&app, Some(patient), "そのあとの開示").await;
    app.hub.tell_what_was_taken_out().await.unwrap();
    let next = self::told(&app, patient).await.pop().unwrap();
    assert_eq!(is_noticed(&mut office).await, (patient.into(), next.id), "nothing between");
    let listed = &listed["accesses"][0];
    assert_eq!((&listed["command"], &listed["patient"]), (&json!("renkei export region"), &Value::Null));
    assert_eq!((&listed["timeline"], &listed["reason"]), (&json!(own.to_string()), &json!("事業の引き継ぎ")));
    let review = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000f2",
        "body": { "acknowledgement": { "target": listed["id"], "text": "契約書を確認した" } } });
    secretariat.post(format!("/api/v1/timelines/{own}/entries"), review).await.is(StatusCode::CREATED);
    let listed = secretariat.get("/api/v1/emergency-accesses").await.ok();
    let reviewed = |of: &str| {
        let listed = listed["accesses"].as_array().unwrap().iter().find(|one| one["command"] == of).unwrap();
        listed["reviewed_at"] != Value::Null
    };
    assert!(reviewed("renkei export region") && !reviewed("renkei export patient"));
    let exposed = secretariat.get(format!("/api/v1/audit/exposures?patient={}", patients[1])).await.ok();
    assert_eq!(exposed["taken_out"][0]["command"], "renkei export region");
    assert!(renkei::store::check::check(app.hub.journal(), None).await.unwrap().is_whole());
}

#[tokio::test]
async fn row_7_whoever_may_know_of_a_broken_glass_knows_of_it_whatever_was_consented_to_and_nobody_else() {
    let app = App::start().await;
    let (patient, doctor, nurse) = team(&app).await;
    let (former, family) = (app.nurse("moto").await, app.family(patient).await);
    app.link(patient, "moto").await;
    app.unlink(patient, "moto").await;
    app.consent(patient, ConsentState::Withdrawn).await;
    taken(&app, Some(patient), "裁判所の命令").await;
    app.hub.tell_what_was_taken_out().await.unwrap();
    assert_eq!(reasons(&app, patient).await.len(), 1);
    for (who, sees) in [(&doctor, true), (&nurse, true), (&former, false), (&family, false)] {
        assert_eq!(sees_it(who, patient).await, sees, "{:?}", who.actor);
    }
    let secretariat = app.secretariat().await;
    assert!(sees_it(&secretariat, patient).await);

    // A patient without a team has nobody to hear of it but the secretariat.
    let alone = app.register_patient("佐藤 ナツ", "サトウ ナツ").await;
    taken(&app, Some(alone), "点検").await;
    app.hub.tell_what_was_taken_out().await.unwrap();
    assert!(sees_it(&secretariat, alone).await && !sees_it(&nurse, alone).await);

    // No client writes what looks like it: on a patient's timeline nobody writes an export, nor in the hub's name.
    let forged = json!({ "id": "0196d5a2-7c00-7000-8000-0000000000f3",
        "body": { "export": { "purpose": "x", "scope": "renkei export patient" } } });
    for who in [&nurse, &secretariat] {
        assert!(who.post(entries(patient), forged.clone()).await.status.is_client_error());
    }
}

#[tokio::test]
async fn row_7_asking_why_on_the_machine_is_told_like_an_export() {
    let app = App::start().await;
    let (patient, _, nurse) = team(&app).await;
    let deed = KeepingDeed::LookedInto { patient: Some(patient), reason: "拒否の問い合わせ".to_owned() };
    note(app.hub.journal(), Whose::Patient(patient), deed, app.clock.wall()).await.unwrap();
    let of_no_patient = KeepingDeed::LookedInto { patient: None, reason: "点検".to_owned() };
    note(app.hub.journal(), Whose::Nobody, of_no_patient, app.clock.wall()).await.unwrap();
    app.hub.tell_what_was_taken_out().await.unwrap();
    let told = told(&app, patient).await;
    assert_eq!(told[0].body, said("拒否の問い合わせ", "renkei rulebook explain", Some(patient)));
    let seen = nurse.get(entries(patient)).await.text();
    assert!(seen.contains("renkei rulebook explain"));
}

#[tokio::test]
async fn a_note_that_somebody_wrote_into_the_database_tells_nobody_anything() {
    let app = App::start().await;
    let (patient, ..) = team(&app).await;
    let other = app.register_patient("佐藤 ナツ", "サトウ ナツ").await;
    taken(&app, Some(patient), "開示").await;
    app.hub.tell_what_was_taken_out().await.unwrap();
    let Some(folder) = app.files_folder().parent().map(std::path::Path::to_owned) else { panic!("a folder") };
    let file = folder.join("renkei.db");
    if !file.exists() {
        // The story is on a server; the store's own test is on both.
        return;
    }
    let mut by_hand = sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    // Another's timeline under the record of this one's; and under a record that is of something else.
    for sql in [
        "insert into taken_out (audit, timeline) select audit, $1 from taken_out",
        "insert into taken_out (audit, timeline) values (1, $1)",
    ] {
        sqlx::query(sql).bind(other.0.as_bytes().as_slice()).execute(&mut by_hand).await.unwrap();
    }
    by_hand.close().await.unwrap();
    app.hub.tell_what_was_taken_out().await.unwrap();
    assert!(told(&app, other).await.is_empty());
    assert_eq!(untold(&app).await, 2, "and they stand, to be seen");
    assert_eq!(reasons(&app, patient).await.len(), 1);
}

#[tokio::test]
async fn of_a_training_the_trained_hear_and_no_secretariat_and_the_region_taken_out_has_no_trainings() {
    let app = App::start().await;
    let (real, doctor, nurse) = team(&app).await;
    let secretariat = app.secretariat().await;
    let given = json!({
        "name": { "kanji": "研修用 高橋 フユ", "kana": "タカハシ フユ" }, "birth_date": "1938-04-12", "sex": "female",
        "agreed_by": doctor.actor.person.to_string(), "agreed_on_paper": "研修", "document": "研修",
        "host": { "organisation": nurse.actor.organisation.to_string() }, "for_training": true,
        "consent": { "state": "team", "given_by": "patient", "given_on": "2026-04-01", "document": "研修" },
    });
    let made = secretariat.post("/api/v1/patients", given).await.is(StatusCode::CREATED);
    let training: PatientId = made["id"].as_str().unwrap().parse().unwrap();
    let (mut hears, mut office) = (nurse.connect(Encoding::Json).await, secretariat.connect(Encoding::Json).await);
    taken(&app, None, "引っ越し").await;
    taken(&app, Some(training), "研修の片付け").await;
    taken(&app, Some(real), "開示").await;
    app.hub.tell_what_was_taken_out().await.unwrap();
    assert_eq!(reasons(&app, training).await, ["研修の片付け"]);
    let noticed = [is_noticed(&mut hears).await, is_noticed(&mut hears).await, is_noticed(&mut hears).await];
    assert_eq!(noticed.map(|(timeline, _)| timeline), [real.into(), training.into(), TimelineId::from(real)]);
    let own: TimelineId = secretariat.actor.organisation.into();
    assert_eq!([is_noticed(&mut office).await.0, is_noticed(&mut office).await.0], [own, TimelineId::from(real)]);
    assert_eq!(nurse.actor.role, Role::Nurse);
}
