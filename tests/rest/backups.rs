//! What a restored region does with what was under way: duties that fell due meanwhile, sign-ins and links of before.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use renkei::actions::backup::{Keep, RestoreError, RestoreInto, make, restore};
use renkei::cli::open::open_journal;
use renkei::clock::{Clock as _, ManualClock};
use renkei::domain::attachment::{Attachment, MediaType};
use renkei::store::check::check;
use renkei::store::{FileName, Shelf};
use renkei::vault::RegionKey;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::support::app::{App, Database};
use crate::support::{postgres, scratch};

const KEEP: Keep = Keep { daily: 7, weekly: 5, monthly: 12 };
const ID: &str = "0196d5a2-7c00-7000-8000-00000000000a";

fn of_rule(list: &Value) -> Vec<Value> {
    let duties = list["duties"].as_array().expect("a list").iter();
    duties.filter(|duty| duty["rule"].as_str().is_some_and(|cited| cited.starts_with("ND-M1@"))).cloned().collect()
}

#[tokio::test]
async fn what_fell_due_meanwhile_is_told_once_and_who_was_signed_in_signs_in_again() {
    let (key, clock) =
        (Arc::new(RegionKey::ephemeral()), Arc::new(ManualClock::at("2026-04-01T09:00:00+09:00".parse().unwrap())));
    let app = App::open_at(scratch::folder("before"), Database::of_this_run(), Arc::clone(&key), clock.clone()).await;
    let (doctor, nurse) = (app.doctor("hikari").await, app.nurse("minato").await);
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "hikari").await;
    app.link(patient, "minato").await;
    let ventilator = json!({ "id": ID, "body": { "deviceChange": {
        "device": "人工呼吸器", "change": "introduced", "reason": "呼吸不全",
        "after": [{ "name": "吸気圧", "value": "12", "unit": "cmH2O" }],
    } } });
    doctor.post(format!("/api/v1/timelines/{patient}/entries"), ventilator).await.is(StatusCode::CREATED);
    let backups = scratch::folder("backups");
    let shelf = Shelf::open(&app.files_folder()).unwrap();
    let made = make(app.hub.journal(), &shelf, backups.path(), KEEP, clock.now()).await.unwrap();
    let position =
        renkei::domain::directory::Position { role: nurse.actor.role, organisation: nurse.actor.organisation };
    drop(doctor);
    let (_folder, _database) = app.stop().await.into_parts();

    clock.advance(Duration::from_secs(4 * 3_600));
    let (folder, database) = (scratch::folder("after"), Database::of_this_run());
    let (url, shelf) = (database.url(folder.path()), Shelf::open(&folder.path().join("files")).unwrap());
    let into = RestoreInto { url: &url, shelf: &shelf, region: &key, key: None, destroyed: None, despite: None };
    let back = restore(&made.path, &into, clock.now()).await.unwrap();
    assert!(back.settled.overdue >= 1 && back.settled.sign_ins >= 2, "{:?}", back.settled);
    let app = App::open_at(folder, database, key, clock).await;
    assert_eq!(app.door_of(&nurse.token).get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);

    app.hub.look_at_what_is_due().await.unwrap();
    let nurse = app.sign_in(nurse.actor.person, position).await;
    let late = nurse.get("/api/v1/duties?state=overdue").await.ok();
    let [duty] = &of_rule(&late)[..] else { panic!("{late}") };
    assert_eq!((&duty["standing"], &duty["chain"][0]["done"]), (&"escalated".into(), &true.into()));
    let entries = async || app.hub.journal().page(patient.into(), renkei::domain::ids::Seq::ZERO, 500, 1 << 20).await;
    let once = entries().await.unwrap().entries.len();
    app.hub.look_at_what_is_due().await.unwrap();
    assert_eq!(entries().await.unwrap().entries.len(), once, "no step is told again");

    let office = app.secretariat().await;
    let kept = office.get("/api/v1/audit?kind=keeping").await.ok();
    assert_eq!(kept["records"][0]["code"], "restored", "{kept}");
    let ended = office.get("/api/v1/audit?kind=sign_in_ended").await.ok();
    assert_eq!(ended["records"][0]["code"], "restored", "{ended}");
}

/// A table of this database that keeps something else than it is given, from the moment that it is made.
const UNFAITHFUL: &str = "
    create function another() returns trigger language plpgsql as
        $$ begin new.read_at := new.read_at + 1; return new; end $$;
    create function watch() returns event_trigger language plpgsql as $$ begin
        if to_regclass('read_marker') is not null
            and not exists (select from pg_trigger where tgname = 'unfaithful') then
            create trigger unfaithful before insert on read_marker for each row execute function another();
        end if;
    end $$;
    create event trigger watching on ddl_command_end when tag in ('CREATE TABLE') execute function watch();";

#[tokio::test]
async fn row_8_a_restore_reads_again_what_it_stored_and_believes_no_database() {
    let Some(server) = postgres::Database::create() else { return };
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let marker = format!("/api/v1/timelines/{patient}/read-marker");
    nurse.put(marker, json!({ "through": 1 })).await.is(StatusCode::NO_CONTENT);
    let (backups, now) = (scratch::folder("backups"), app.clock.now());
    let shelf = Shelf::open(&app.files_folder()).unwrap();
    let made = make(app.hub.journal(), &shelf, backups.path(), KEEP, now).await.unwrap();

    let mut connection = sqlx::PgConnection::connect(&server.url).await.unwrap();
    sqlx::raw_sql(UNFAITHFUL).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let (folder, region, url) = (scratch::folder("elsewhere"), app.region_key(), server.url_for_settings());
    let shelf = Shelf::open(folder.path()).unwrap();
    let into = RestoreInto { url: &url, shelf: &shelf, region: &region, key: None, destroyed: None, despite: None };
    let refused = restore(&made.path, &into, now).await.unwrap_err();
    assert!(matches!(&refused, RestoreError::Differs { tables } if tables == &["read_marker"]), "{refused}");
    assert!(open_journal(&url, &region).await.is_err(), "nobody serves it");
}

#[tokio::test]
async fn a_file_that_lay_there_is_there_again_and_one_that_was_lost_is_named_and_the_region_kept() {
    let team = super::files::Team::start().await;
    for number in [1, 2] {
        let picture = team.hand_in(&team.nurse, &super::files::photo(number, 10, 10)).await;
        let note = super::files::note(&[&picture]);
        team.post(&team.nurse, u64::from(number), note).await.is(StatusCode::CREATED);
    }
    let unnamed = team.hand_in(&team.nurse, &super::files::photo(3, 10, 10)).await;
    let (backups, now) = (scratch::folder("backups"), team.app.clock.now());
    let shelf = Shelf::open(&team.app.files_folder()).unwrap();
    let journal = team.app.hub.journal();
    let made = make(journal, &shelf, backups.path(), KEEP, now).await.unwrap();
    assert_eq!((made.whole.end.files, made.whole.end.missing), (3, 0));

    // Somebody tidies up on the disk.
    for lost in std::fs::read_dir(team.app.files_folder()).unwrap().map(|it| it.unwrap().path()) {
        if lost.file_name().is_some_and(|name| name.len() == 2) {
            std::fs::remove_dir_all(lost).unwrap();
        }
    }
    let later = now.saturating_add(Duration::from_secs(60));
    let poorer = make(journal, &shelf, backups.path(), KEEP, later).await.unwrap();
    assert_eq!((poorer.whole.end.files, poorer.whole.end.missing), (0, 2));

    let folder = scratch::folder("poorer");
    let url = format!("sqlite://{}/renkei.db", folder.path().display());
    let (region, shelf) = (team.app.region_key(), Shelf::open(&folder.path().join("files")).unwrap());
    let mut into = RestoreInto { url: &url, shelf: &shelf, region: &region, key: None, destroyed: None, despite: None };
    let refused = restore(&poorer.path, &into, later).await.unwrap_err();
    assert!(refused.text().unwrap().en.contains("2 faults"), "{refused}");
    assert!(open_journal(&url, &region).await.is_err(), "nobody serves it");
    into.despite = Some("写真の欠落を承知");
    assert_eq!(restore(&poorer.path, &into, later).await.unwrap().report.fault_count, 2);
    let journal = open_journal(&url, &region).await.unwrap();
    let unnamed = Attachment {
        sha256: unnamed["sha256"].as_str().unwrap().parse().unwrap(),
        media_type: MediaType::Jpeg,
        size_bytes: u32::try_from(unnamed["sizeBytes"].as_u64().unwrap()).unwrap(),
        title: String::new(),
    };
    let (timeline, name) = (team.patient.into(), FileName::of(journal.region(), team.patient.into(), &unnamed));
    let promised = journal.read(move |tx| Box::pin(async move { tx.find_file(timeline, name).await })).await;
    assert_eq!(promised.unwrap(), None, "what no entry names yet is not promised to anybody");
    let named =
        team.app.hub.journal().read(move |tx| Box::pin(async move { tx.find_file(timeline, name).await })).await;
    assert!(named.unwrap().is_some(), "where it was handed in it is");
    journal.close().await;
}

/// A snapshot is made again from the entries: one that fits no more loses nothing, and keeps no region from coming back.
#[tokio::test]
async fn a_snapshot_that_opens_no_more_blocks_no_restore_and_is_dropped() {
    let (key, clock) =
        (Arc::new(RegionKey::ephemeral()), Arc::new(ManualClock::at("2026-04-01T09:00:00+09:00".parse().unwrap())));
    let app = App::open_at(scratch::folder("before"), Database::File, Arc::clone(&key), clock.clone()).await;
    let (nurse, patient) = (app.nurse("minato").await, app.register_patient("高橋 ハル", "タカハシ ハル").await);
    app.link(patient, "minato").await;
    let file = app.files_folder().parent().map(|folder| folder.join("renkei.db")).unwrap();
    let mut by_hand = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let broken = "insert into snapshot (timeline, seq, fold_version, sealed) select id, 1, 1, id from timeline";
    assert!(sqlx::query(broken).execute(&mut by_hand).await.unwrap().rows_affected() > 0);
    by_hand.close().await.unwrap();
    let (backups, shelf) = (scratch::folder("backups"), Shelf::open(&app.files_folder()).unwrap());
    let made = make(app.hub.journal(), &shelf, backups.path(), KEEP, clock.now()).await.unwrap();
    let position = nurse.position();
    let (_folder, _database) = app.stop().await.into_parts();

    let folder = scratch::folder("after");
    let url = Database::File.url(folder.path());
    let shelf = Shelf::open(&folder.path().join("files")).unwrap();
    let into = RestoreInto { url: &url, shelf: &shelf, region: &key, key: None, destroyed: None, despite: None };
    let back = restore(&made.path, &into, clock.now()).await.unwrap();
    assert!(back.report.snapshot_count > 0 && back.report.loses_nothing(), "{:?}", back.report);
    let journal = open_journal(&url, &key).await.unwrap();
    let report = check(&journal, None).await.unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
    journal.close().await;
    let app = App::open_at(folder, Database::File, key, clock).await;
    let nurse = app.sign_in(nurse.actor.person, position).await;
    nurse.get(format!("/api/v1/patients/{patient}")).await.ok();
}
