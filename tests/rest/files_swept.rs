//! Files on the disk: what lies there, what becomes of files that no entry names, and of a hub that ended in between.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::StatusCode;
use renkei::domain::attachment::ContentHash;
use renkei::limits;
use renkei::store::Shelf;
use renkei::store::check::{FaultKind, check};
use renkei::vault::digest;
use serde_json::{Value, json};
use sqlx::Connection as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::files::{Team, named, note, photo};
use super::tampered;
use crate::support::app::App;

const UNNAMED: Duration = Duration::from_secs(limits::FILE_UNNAMED_S_MAX + 1);

/// The files of the folder, with their content.
fn lying_in(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    // What is swept while it is looked for is not there.
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(lying_in(&path));
        } else if let Ok(content) = fs::read(&path) {
            found.push((path, content));
        }
    }
    found
}

async fn team_with_a_photo_named() -> (Team, Value) {
    let team = Team::start().await;
    let picture = team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    team.post(&team.nurse, 1, note(&[&picture])).await.is(StatusCode::CREATED);
    (team, picture)
}

/// The same team on a hub that was stopped and started again.
async fn restarted(team: Team) -> Team {
    let Team { app, nurse, doctor, helper, patient } = team;
    let app: App = app.stop().await.start().await;
    Team { app, nurse, doctor, helper, patient }
}

#[tokio::test]
async fn what_lies_in_the_folder_tells_neither_content_nor_hash_nor_whose_it_is() {
    let (team, picture) = team_with_a_photo_named().await;
    let other = team.app.register_patient("鈴木 一郎", "スズキ イチロウ").await;
    team.app.link(other, "minato").await;
    let files = format!("/api/v1/timelines/{other}/files");
    team.nurse.upload(files, "image/jpeg", "a.jpg", &photo(1, 10, 10)).await.is(StatusCode::CREATED);

    let lying = lying_in(&team.app.files_folder());
    assert_eq!(lying.len(), 2, "the same photo of two patients is two files");
    assert_ne!(lying[0].0.file_name(), lying[1].0.file_name());
    let hash = picture["sha256"].as_str().unwrap();
    for (path, sealed) in lying {
        let path = path.display().to_string();
        assert!(!path.contains(&hash[..16]) && !path.contains(&team.patient.to_string()), "{path}");
        for word in [&b"WOUND"[..], b"JFIF", &[0xff, 0xd8, 0xff], hash.as_bytes()] {
            assert!(!sealed.windows(word.len()).any(|window| window == word), "{word:?}");
        }
    }
}

#[tokio::test]
async fn a_file_that_no_entry_names_is_gone_after_a_day_and_one_that_is_named_stays() {
    let (team, named_photo) = team_with_a_photo_named().await;
    let given_up = team.hand_in(&team.nurse, &photo(2, 10, 10)).await;
    team.app.clock.advance(UNNAMED - Duration::from_secs(10));
    let later = team.hand_in(&again(&team, &team.doctor).await, &photo(3, 10, 10)).await;
    assert_eq!(team.app.files().sweep().await, 0);
    assert_eq!(lying_in(&team.app.files_folder()).len(), 3);

    team.app.clock.advance(Duration::from_secs(10));
    assert_eq!(team.app.files().sweep().await, 1);
    assert_eq!(lying_in(&team.app.files_folder()).len(), 2);
    let (doctor, nurse) = (again(&team, &team.doctor).await, again(&team, &team.nurse).await);
    let gone = team.post(&nurse, 2, note(&[&given_up])).await;
    gone.problem(StatusCode::UNPROCESSABLE_ENTITY, "no_such_file");
    team.post(&doctor, 3, note(&[&later])).await.is(StatusCode::CREATED);
    team.app.clock.advance(UNNAMED);
    assert_eq!(team.app.files().sweep().await, 0);
    let doctor = again(&team, &team.doctor).await;
    assert_eq!(doctor.get(team.file(1, &named_photo["sha256"])).await.bytes, photo(1, 10, 10));
}

/// As a file that was given up long ago, by whoever writes the database.
const GIVEN_UP: &str = "update file set entry = null, uploaded_at = 1, kept_at = 1";

#[tokio::test]
async fn what_the_table_says_of_a_file_removes_none_that_an_entry_names() {
    let team = Team::on(tampered::region().await).await;
    let picture = team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    team.post(&team.nurse, 1, note(&[&picture])).await.is(StatusCode::CREATED);
    let other = team.app.register_patient("鈴木 一郎", "スズキ イチロウ").await;
    let is_there = async || {
        lying_in(&team.app.files_folder()).len() == 1
            && team.doctor.get(team.file(1, &picture["sha256"])).await.bytes == photo(1, 10, 10)
    };
    let mut by_hand = tampered::written_by_hand(&team.app).await;
    assert_eq!(sqlx::query(GIVEN_UP).execute(&mut by_hand).await.unwrap().rows_affected(), 1);
    assert_eq!(team.app.files().sweep().await, 0);
    assert!(is_there().await);
    assert_eq!(tampered::warnings(&team.doctor).await, ["directory_tampered"]);
    let (named,): (i64,) = sqlx::query_as("select count(*) from file where entry is not null and kept_at is not null")
        .fetch_one(&mut by_hand)
        .await
        .unwrap();
    assert_eq!(named, 1, "the table knows again");
    assert!(check(team.app.hub.journal(), None).await.unwrap().is_whole());

    // As another patient's, whose entries name nothing.
    sqlx::query(GIVEN_UP).execute(&mut by_hand).await.unwrap();
    let moved = sqlx::query("update file set timeline = $1").bind(other.0.as_bytes().as_slice());
    assert_eq!(moved.execute(&mut by_hand).await.unwrap().rows_affected(), 1);
    assert_eq!(team.app.files().sweep().await, 1, "the row");
    assert!(is_there().await);
    by_hand.close().await.unwrap();
}

#[tokio::test]
async fn no_file_goes_while_the_entries_that_may_name_it_cannot_be_read() {
    let team = Team::on(tampered::region().await).await;
    let picture = team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    team.post(&team.nurse, 1, note(&[&picture])).await.is(StatusCode::CREATED);
    let mut by_hand = tampered::written_by_hand(&team.app).await;
    for sql in
        [GIVEN_UP, "update entry set sealed = zeroblob(40) where seq = 2", "update timeline set wrapped_key = null"]
    {
        assert!(sqlx::query(sql).execute(&mut by_hand).await.unwrap().rows_affected() > 0, "{sql}");
        if sql != GIVEN_UP {
            assert_eq!(team.app.files().sweep().await, 0, "{sql}");
            assert_eq!(lying_in(&team.app.files_folder()).len(), 1, "{sql}");
        }
    }
    by_hand.close().await.unwrap();
}

#[tokio::test]
async fn the_timer_sweeps_at_its_interval_again_and_again_by_the_hubs_clock() {
    let (team, _named) = team_with_a_photo_named().await;
    let interval = Duration::from_secs(limits::FILE_SWEEP_INTERVAL_S);
    let lying = || lying_in(&team.app.files_folder()).len();
    team.hand_in(&team.nurse, &photo(2, 10, 10)).await;
    team.app.clock.advance(UNNAMED);
    let story = async {
        // Everything else has its turn, the timer too; it is not its time.
        team.app.clock.advance(interval.saturating_sub(Duration::from_secs(1)));
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        assert_eq!(lying(), 2, "not before its time");
        team.app.clock.advance(Duration::from_secs(1));
        gone(&lying).await;
        team.hand_in(&again(&team, &team.doctor).await, &photo(3, 10, 10)).await;
        team.app.clock.advance(UNNAMED);
        gone(&lying).await;
    };
    tokio::select! {
        biased;
        () = team.app.files().tend() => panic!("it never ends"),
        () = story => {}
    }
}

/// Waits until the one file that is named is left.
async fn gone(lying: &impl Fn() -> usize) {
    let swept = async {
        while lying() > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), swept).await.expect("the timer sweeps");
}

/// A day later everybody signs in again.
async fn again(team: &Team, actor: &crate::support::actor::Actor) -> crate::support::actor::Actor {
    team.app.sign_in(actor.actor.person, actor.position()).await
}

#[tokio::test]
async fn a_file_handed_in_by_two_offices_stays_as_long_as_one_of_them_needs_it() {
    let (team, picture) = team_with_a_photo_named().await;
    team.hand_in(&team.doctor, &photo(1, 10, 10)).await;
    team.app.clock.advance(UNNAMED);
    assert_eq!(team.app.files().sweep().await, 1, "the doctor's own claim to it");
    let doctor = again(&team, &team.doctor).await;
    assert_eq!(doctor.get(team.file(1, &picture["sha256"])).await.bytes, photo(1, 10, 10));
}

#[tokio::test]
async fn a_hub_that_ended_between_the_file_and_the_entry_goes_on_where_it_was() {
    let team = Team::start().await;
    let picture = team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    let given_up = team.hand_in(&team.nurse, &photo(2, 10, 10)).await;
    let half = team.app.files_folder().join("drafts/half");
    fs::write(&half, "cut off").unwrap();
    let team = restarted(team).await;
    assert!(!half.exists());
    team.post(&team.nurse, 1, note(&[&picture])).await.is(StatusCode::CREATED);
    assert_eq!(team.doctor.get(team.file(1, &picture["sha256"])).await.bytes, photo(1, 10, 10));

    team.app.clock.advance(UNNAMED);
    let team = restarted(team).await;
    assert_eq!(lying_in(&team.app.files_folder()).len(), 1, "swept at the start");
    let nurse = again(&team, &team.nurse).await;
    let refused = team.post(&nurse, 2, note(&[&given_up])).await;
    refused.problem(StatusCode::UNPROCESSABLE_ENTITY, "no_such_file");
}

#[tokio::test]
async fn a_file_whose_content_never_became_durable_cannot_be_named() {
    let team = Team::start().await;
    let folder = team.app.files_folder();
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "in the way").unwrap();
    let answer = team.nurse.upload(team.files(), "image/jpeg", "a.jpg", &photo(1, 10, 10)).await;
    answer.problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    fs::remove_file(&folder).unwrap();
    fs::create_dir_all(folder.join("drafts")).unwrap();

    let content = photo(1, 10, 10);
    let (sha256, size_bytes) = (ContentHash(digest(&content)).to_string(), content.len());
    let never = named(&json!({ "sha256": sha256, "media_type": "image/jpeg", "size_bytes": size_bytes }));
    team.post(&team.nurse, 1, note(&[&never])).await.problem(StatusCode::UNPROCESSABLE_ENTITY, "no_such_file");
    let kept = team.nurse.upload(team.files(), "image/jpeg", "a.jpg", &photo(1, 10, 10)).await;
    let kept = named(&kept.is(StatusCode::CREATED));
    assert_eq!(kept, never, "the very same");
    team.post(&team.nurse, 2, note(&[&kept])).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn a_damaged_file_is_not_handed_out_and_the_check_finds_it_and_handing_it_in_again_mends_it() {
    let (team, picture) = team_with_a_photo_named().await;
    let path = team.file(1, &picture["sha256"]);
    let (place, mut sealed) = lying_in(&team.app.files_folder()).pop().unwrap();
    *sealed.last_mut().unwrap() ^= 1;
    fs::write(&place, &sealed).unwrap();
    team.doctor.get(&path).await.problem(StatusCode::INTERNAL_SERVER_ERROR, "file_damaged");
    assert_eq!(faults(&team).await, [FaultKind::Attachment]);
    fs::remove_file(&place).unwrap();
    team.doctor.get(&path).await.problem(StatusCode::INTERNAL_SERVER_ERROR, "file_damaged");
    assert_eq!(faults(&team).await, [FaultKind::Attachment]);

    team.hand_in(&team.nurse, &photo(1, 10, 10)).await;
    assert_eq!(team.doctor.get(&path).await.bytes, photo(1, 10, 10));
    assert_eq!(faults(&team).await, []);
}

/// What `renkei store check` finds beside the running hub.
async fn faults(team: &Team) -> Vec<FaultKind> {
    let shelf = Shelf::open(&team.app.files_folder()).unwrap();
    let report = check(team.app.hub.journal(), Some(&shelf)).await.unwrap();
    assert_eq!(report.files, 1);
    report.faults.iter().map(|fault| fault.kind).collect()
}

#[tokio::test]
async fn a_file_comes_and_goes_over_a_real_connection_and_one_that_says_it_is_too_large_is_not_waited_for() {
    let team = Team::start().await;
    let picture = [photo(7, 100, 100), vec![0; 300_000]].concat();
    let (token, address) = (&team.nurse.token, team.app.address);
    let request = |line: &str, length: usize| {
        format!(
            "{line} HTTP/1.1\r\nHost: renkei.test\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: image/jpeg\r\nRenkei-File-Name: a.jpg\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes()
    };
    let post = format!("POST {}", team.files());
    let answer = talk(address, &[&request(&post, picture.len())[..], &picture].concat()).await;
    let (head, body) = halves(&answer);
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    let kept = named(&serde_json::from_slice(body).unwrap());
    team.post(&team.nurse, 1, note(&[&kept])).await.is(StatusCode::CREATED);

    let answer = talk(address, &request(&format!("GET {}", team.file(1, &kept["sha256"])), 0)).await;
    let (head, body) = halves(&answer);
    assert!(head.starts_with("HTTP/1.1 200") && head.contains(&format!("content-length: {}", picture.len())), "{head}");
    assert!(body == picture);

    let answer = talk(address, &request(&post, limits::ATTACHMENT_BYTES_MAX as usize + 1)).await;
    assert!(halves(&answer).0.starts_with("HTTP/1.1 413"), "{}", halves(&answer).0);
}

/// All that the hub answers on a connection of its own.
async fn talk(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    answer
}

fn halves(answer: &[u8]) -> (String, &[u8]) {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap(), &answer[end + 4..])
}
