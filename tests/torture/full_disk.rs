//! A disk that is really full, under a running hub: posts are refused clearly, reading goes on, and what was acknowledged
//! is what is stored. The disk is a small one in memory; making it needs root, which CI has.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use renkei::clock::ManualClock;
use renkei::domain::ids::Seq;
use renkei::store::Health;
use renkei::store::check::check;
use renkei::vault::RegionKey;
use renkei::wire::{Encoding, ServerFrame};

use super::reader::Reader;
use super::{note, seqs, team};
use crate::support::actor::ask;
use crate::support::app::{App, Database};
use crate::support::scratch;

/// Enough for the journal of a few hundred notes.
const DISK_BYTES: u32 = 16 << 20;

/// A file system of its own, taken away with its owner.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// `None` skips the caller, where nobody may mount; in CI that is a failure.
    fn mount() -> Option<Self> {
        let folder = scratch::folder("disk");
        let size = format!("size={DISK_BYTES}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        if mounted.as_ref().is_ok_and(|output| output.status.success()) {
            return Some(Self { folder });
        }
        assert!(std::env::var_os("CI").is_none(), "CI may mount: {mounted:?}");
        eprintln!("skipped: mounting a small disk needs root");
        None
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room there is left.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("ballast");
        let mut ballast = File::options().create(true).append(true).open(&path).unwrap();
        for piece in [64 << 10, 4_096, 1] {
            while ballast.write_all(&vec![0; piece]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the journal's files may still be open.
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_clearly_and_what_was_acknowledged_is_what_is_stored() {
    let Some(disk) = SmallDisk::mount() else { return };
    let data = tempfile::tempdir_in(disk.path()).unwrap();
    let clock = Arc::new(ManualClock::at("2026-04-01T09:00:00+09:00".parse().unwrap()));
    let app = App::open_at(data, Database::File, Arc::new(RegionKey::ephemeral()), clock).await;
    let (patient, doctor, nurse) = team(&app).await;
    let mut reader = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await;
    let mut acknowledged = seqs(&reader.catch_up().await);

    let ballast = disk.fill();
    let mut socket = nurse.connect(Encoding::Proto).await;
    let long = "記録".repeat(2_000);
    let mut refused = 0;
    for at in 0..400 {
        match socket.post(patient, note(format!("{at} {long}"))).await {
            ServerFrame::Accepted(accepted) => acknowledged.push(accepted.seq.0),
            ServerFrame::Refused(refusal) => {
                assert_eq!((refusal.code.as_ref(), refusal.retry), ("unavailable", true));
                refused += 1;
                if refused == 3 {
                    break;
                }
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 3, "the disk was never full");
    let journal = app.hub.journal().clone();
    let health = journal.health();
    assert!(health.read_only.is_some_and(|reason| reason.contains("full")), "{:?}", journal.health());
    let readiness = async || ask(&app.router, Request::get("/readyz").body(Body::empty()).unwrap()).await;
    let unready = readiness().await.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((&unready["ready"], &unready["reasons"][0]["code"]), (&false.into(), &"journal_read_only".into()));
    assert!(!unready.to_string().contains("renkei.db"), "no file is named to whoever asks: {unready}");

    // Whoever follows the timeline has exactly what was acknowledged, and the connection still lives.
    let told: Vec<u64> = (1..=reader.cursor.0).chain(seqs(&reader.read_to(last(&acknowledged)).await)).collect();
    assert_eq!(told, acknowledged);
    reader.nothing_more().await;

    std::fs::remove_file(ballast).unwrap();
    let mut health = journal.watch_health();
    tokio::time::timeout(Duration::from_secs(20), health.wait_for(Health::is_writable)).await.unwrap().unwrap();
    assert_eq!(readiness().await.ok()["ready"], true);
    for at in 0..3 {
        match socket.post(patient, note(format!("また書ける {at}"))).await {
            ServerFrame::Accepted(accepted) => acknowledged.push(accepted.seq.0),
            other => panic!("{other:?}"),
        }
    }
    reader.read_to(last(&acknowledged)).await;
    let stored = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await.catch_up().await;
    assert_eq!(seqs(&stored), acknowledged);
    assert_eq!(acknowledged, (1..=acknowledged.len() as u64).collect::<Vec<_>>());
    let report = check(&journal, None).await.unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
    drop((socket, reader, stored, nurse, doctor, journal));
    app.stop().await;
}

fn last(acknowledged: &[u64]) -> Seq {
    Seq(*acknowledged.last().expect("the team is there"))
}
