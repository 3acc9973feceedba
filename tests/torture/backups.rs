//! `renkei backup` beside a hub that people post to, and `renkei restore` into either engine: everything acknowledged before
//! the backup began is there once, the history is proved, and a hub goes on from it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use renkei::cli::open::open_journal;
use renkei::domain::ids::{EntryId, Seq, TimelineId};
use renkei::store::Shelf;
use renkei::store::check::check;
use renkei::wire::Encoding;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::crash::{Prepared, Served, configure, post_until_it_breaks, prepare_and};
use super::{accepted, note};
use crate::commands::client::accept;
use crate::rest::files::{id, named, note as note_with, photo};
use crate::support::postgres;
use crate::support::process::{printed, text};
use crate::support::scratch;

const ACKNOWLEDGED: usize = 60;

/// Runs a command while this process goes on.
async fn told(arguments: Vec<String>) -> String {
    let run = move || printed(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// How the hub answers this token.
async fn answered(hub: &Served, token: &str) -> String {
    let mut http = TcpStream::connect(hub.address).await.unwrap();
    let request = format!(
        "GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    );
    http.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    http.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap().to_owned()
}

fn the_backup(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder.join("backups")).unwrap().map(|file| file.unwrap().path());
    let mut backups: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|end| end == "backup")).collect();
    assert_eq!(backups.len(), 1, "{backups:?}");
    backups.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_8_a_backup_made_while_people_post_comes_back_whole_on_either_engine_and_a_hub_goes_on() {
    let region = prepare_and(async |_, nurse, patient| {
        let files = format!("/api/v1/timelines/{patient}/files");
        let kept = nurse.upload(files, "image/jpeg", "IMG_1.jpg", &photo(1, 10, 10)).await.is(StatusCode::CREATED);
        let entry = json!({ "id": id(1), "body": note_with(&[&named(&kept)]) });
        nurse.post(format!("/api/v1/timelines/{patient}/entries"), entry).await.is(StatusCode::CREATED);
    })
    .await;
    let hub = Served::start(&region.config);
    let socket = hub.connect(&region.token, Encoding::Proto).await;
    let count = AtomicUsize::new(0);
    let config = text(&region.config).to_owned();
    let story = async {
        super::eventually("enough was acknowledged", || count.load(Ordering::Relaxed) >= ACKNOWLEDGED).await;
        let before = count.load(Ordering::Relaxed);
        let said = told(["--language", "en", "backup", "--config", &config].map(str::to_owned).to_vec()).await;
        assert!(said.contains("1 attached files") && said.contains("Read back and found whole"), "{said}");
        let after = count.load(Ordering::Relaxed);
        let goes_on = || count.load(Ordering::Relaxed) > after + ACKNOWLEDGED;
        super::eventually("the hub goes on during and after it", goes_on).await;
        hub.kill();
        before
    };
    let (posted, before) = tokio::join!(post_until_it_breaks(socket, region.patient, 1_000.., &count), story);
    let (before, after) = posted.split_at(before);

    let file = the_backup(region.folder.path());
    restored(&region, &file, None, before, after).await;
    if let Some(database) = postgres::Database::create() {
        restored(&region, &file, Some(&database), before, after).await;
    }
}

/// The region in another folder, in SQLite or in this database.
async fn restored(
    region: &Prepared,
    file: &Path,
    database: Option<&postgres::Database>,
    before: &[(EntryId, Seq)],
    after: &[(EntryId, Seq)],
) {
    let folder = scratch::folder("restored");
    std::fs::copy(region.folder.path().join("region.key"), folder.path().join("region.key")).unwrap();
    // The hub that was killed has made it.
    std::fs::copy(region.folder.path().join("checkpoint.key"), folder.path().join("checkpoint.key")).unwrap();
    let sqlite = format!("sqlite://{}/renkei.db", folder.path().display());
    let url = database.map_or(sqlite, postgres::Database::url_for_settings);
    let config = configure(folder.path(), &url);
    let arguments = ["--language", "en", "restore", text(file), "--config", text(&config)].map(str::to_owned);
    let said = told(arguments.to_vec()).await;
    assert!(said.contains("Chains, signatures and seals hold") && said.contains("sign-ins"), "{said}");

    let journal = open_journal(&url, &region.key).await.unwrap();
    let timeline = TimelineId::from(region.patient);
    let mut stored: Vec<(EntryId, Seq)> = Vec::new();
    loop {
        let last = stored.last().map_or(Seq::ZERO, |(_, seq)| *seq);
        let page = journal.page(timeline, last, 500, 1 << 20).await.unwrap();
        if page.entries.is_empty() {
            break;
        }
        stored.extend(page.entries.iter().map(|stored| (stored.entry.id, stored.entry.seq)));
    }
    let seqs: Vec<u64> = stored.iter().map(|(_, seq)| seq.0).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "no gap");
    assert_eq!(stored.iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len(), stored.len(), "none twice");
    for acknowledged in before {
        assert!(stored.contains(acknowledged), "acknowledged before the backup began: {acknowledged:?}");
    }
    let kept_of_later = after.iter().filter(|posted| stored.contains(posted)).count();
    assert!(kept_of_later < after.len(), "what came after it is not in it");
    let shelf = Shelf::open(&folder.path().join("files")).unwrap();
    let report = check(&journal, Some(&shelf)).await.unwrap();
    assert!(report.is_whole() && report.files == 1, "{report:?}");
    journal.close().await;

    let hub = Served::start(&config);
    assert!(answered(&hub, &region.token).await.contains("401"), "a sign-in of before is over");
    let (person, config) = (region.nurse.to_string(), text(&config).to_owned());
    let recover = ["--language", "en", "sign-in", "--person", &person, "--recover", "復元のあと", "--config", &config];
    let printed = told(recover.map(str::to_owned).to_vec()).await;
    let token = accept(&hub.address.to_string(), None, &printed).await;
    assert!(answered(&hub, &token).await.contains("200"));
    let mut socket = hub.connect(&token, Encoding::Json).await;
    let posted = accepted(socket.post(region.patient, note("復元のあとの記録")).await);
    assert_eq!(posted.seq.0, seqs.len() as u64 + 1, "it goes on where the backup ended");
    hub.kill();
}
