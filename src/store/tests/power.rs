//! A power cut: a process commits and says what was acknowledged; it is killed, and everything that was never
//! synced is thrown away (`shadow.c`). What was acknowledged must be there. The same test loses acknowledged
//! entries when SQLite syncs less, which proves that it can tell.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use sqlx::sqlite::SqliteSynchronous;

use super::region::{Region, note};
use crate::store::check::check;
use crate::store::connect::sqlite;
use crate::store::connections::Connections;
use crate::store::engine::Engine;
use crate::store::{Batch, Journal};
use crate::vault::RegionKey;

const CHILD: &str = "store::tests::power::the_process_that_loses_power";
const ACKNOWLEDGED: u64 = 300;
/// Every so many commits, and not after the last, the WAL is copied back, so that cuts fall before, into and after a copying too.
const COPY_EVERY: u64 = 70;

/// What a cut leaves of a file: only what was synced, or by chance everything.
#[derive(Clone, Copy, Debug)]
enum Left {
    Synced,
    Everything,
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_to_a_power_cut() {
    let cut = Cut::made("full").await;
    for database in [Left::Synced, Left::Everything] {
        for log in [Left::Synced, Left::Everything] {
            let survived = cut.survived(database, log).await;
            assert!(survived >= cut.acknowledged, "{database:?} {log:?}: {survived} of {}", cut.acknowledged);
        }
    }
}

#[tokio::test]
async fn the_same_cut_loses_acknowledged_entries_when_less_is_synced() {
    for weaker in ["normal", "off"] {
        let cut = Cut::made(weaker).await;
        let survived = cut.survived(Left::Synced, Left::Synced).await;
        assert!(survived < cut.acknowledged, "{weaker}: {survived} of {}", cut.acknowledged);
    }
}

/// The moment after the cut.
struct Cut {
    folder: tempfile::TempDir,
    /// How many entries the process said were stored.
    acknowledged: u64,
    timeline: crate::domain::ids::TimelineId,
}

impl Cut {
    /// Runs a process until it has acknowledged enough, and cuts it off.
    async fn made(synchronous: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = compiled(folder.path());
        let shadow = folder.path().join("shadow");
        std::fs::create_dir(&shadow).unwrap();
        RegionKey::create_file(&folder.path().join("region.key")).unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", CHILD, "--nocapture"])
            .env("LD_PRELOAD", library)
            .env("SHADOW_DIR", shadow)
            .env("POWER_DIR", folder.path())
            .env("POWER_SYNCHRONOUS", synchronous)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut acknowledged, mut timeline) = (0, None);
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(id) = line.strip_prefix("timeline ") {
                timeline = Some(id.parse().unwrap());
            } else if let Some(seq) = line.strip_prefix("acknowledged ") {
                acknowledged = seq.parse().unwrap();
            }
            if acknowledged == ACKNOWLEDGED {
                process.kill().unwrap();
            }
        }
        process.wait().unwrap();
        assert!(acknowledged >= ACKNOWLEDGED, "the process ended by itself after {acknowledged}");
        Self { folder, acknowledged, timeline: timeline.unwrap() }
    }

    /// How many entries of the timeline are there when the power is back.
    async fn survived(&self, database: Left, log: Left) -> u64 {
        let after = tempfile::tempdir().unwrap();
        for (name, left) in [("journal.db", database), ("journal.db-wal", log)] {
            let from = match left {
                Left::Synced => self.folder.path().join("shadow"),
                Left::Everything => self.folder.path().to_owned(),
            };
            // A file that was never synced is not there.
            if from.join(name).exists() {
                std::fs::copy(from.join(name), after.path().join(name)).unwrap();
            }
        }
        let key = Arc::new(RegionKey::load_file(&self.folder.path().join("region.key")).unwrap());
        let url = format!("sqlite://{}/journal.db", after.path().display());
        let journal = Journal::open(&url, &key).await.unwrap();
        let head = journal.load(self.timeline).await.unwrap().map_or(0, |loaded| loaded.head.0);
        let report = check(&journal, None).await.unwrap();
        assert!(report.is_whole(), "{database:?} {log:?}: {:?}", report.faults);
        journal.close().await;
        head
    }
}

/// Needs a C compiler, as building the hub does.
fn compiled(folder: &Path) -> PathBuf {
    let library = folder.join("shadow.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/tests/shadow.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
    match compiler.status() {
        Ok(status) => assert!(status.success(), "shadow.c does not compile"),
        // Passing without having cut anything off would say what was not shown.
        Err(error) => panic!("no C compiler ({error}): sudo apt-get install gcc libc6-dev"),
    }
    library
}

/// Not a test: what [`Cut::made`] starts. It commits until it is killed.
#[tokio::test]
async fn the_process_that_loses_power() {
    let Ok(folder) = std::env::var("POWER_DIR") else { return };
    let path = format!("{folder}/journal.db");
    let key = Arc::new(RegionKey::load_file(Path::new(&folder).join("region.key").as_path()).unwrap());
    let region = Region::of(Journal::open(&format!("sqlite://{path}"), &key).await.unwrap(), key);
    let synchronous = match std::env::var("POWER_SYNCHRONOUS").unwrap().as_str() {
        "full" => SqliteSynchronous::Full,
        "normal" => SqliteSynchronous::Normal,
        "off" => SqliteSynchronous::Off,
        other => panic!("{other}"),
    };
    let engine = weakened(&path, synchronous).await;
    let Engine::Sqlite { checkpointer, .. } = &engine else { unreachable!() };
    let checkpointer = checkpointer.clone();
    let journal = Journal::of(engine, Arc::clone(&region.key));

    let mut patient = region.patient();
    say(&format!("timeline {}", patient.timeline));
    for number in 1_u64.. {
        let mut batch = Batch::default();
        let entry = patient.add(&mut batch, note(&"記録".repeat(300)));
        journal.commit(batch).await.unwrap();
        say(&format!("acknowledged {}", entry.seq));
        if number % COPY_EVERY == 0 {
            checkpointer.copy().await.unwrap();
        }
        if number == ACKNOWLEDGED && synchronous != SqliteSynchronous::Full {
            // Lest a late kill meets the moment after a copying, when even these have synced everything.
            std::future::pending::<()>().await;
        }
    }
}

/// The engine of the hub in everything but how much it syncs, which it would refuse to open with.
async fn weakened(path: &str, synchronous: SqliteSynchronous) -> Engine {
    let engine = sqlite::connect(path).await.unwrap();
    if synchronous == SqliteSynchronous::Full {
        return engine;
    }
    let Engine::Sqlite { readers, checkpointer, .. } = engine else { unreachable!() };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).synchronous(synchronous);
    let writer = Connections::new(options, 1, "begin immediate", |_| Box::pin(async { Ok(()) }));
    Engine::Sqlite { writer, readers, checkpointer }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}
