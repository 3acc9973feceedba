//! What the journal costs: committing batches of ordinary vitals, loading a patient, reading a page, asking for
//! known ids, proving a whole region's history. On SQLite in a temporary folder (`TMPDIR` says on which disk), and on PostgreSQL, in a database of its
//! own for each group, when `RENKEI_TEST_POSTGRES_URL` is set. Besides criterion's times it prints the processor time per entry, all
//! threads together, which the clock of one thread does not show.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use renkei::clock::{Clock, Ids, SystemClock};
use renkei::codec;
use renkei::domain::body::{Body, Note};
use renkei::domain::directory::Actor;
use renkei::domain::entry::{Entry, Sensitivity};
use renkei::domain::ids::{EntryId, OrganisationId, PersonId, Seq, TimelineId};
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::ruling::Ruling;
use renkei::domain::state::PatientState;
use renkei::store::verify::{By, verify};
use renkei::store::{Batch, ClearHeader, HeadUpdate, Journal, NewTimeline, SealedEntry, SealedSnapshot, Subject};
use renkei::vault::chain::{GENESIS, Link};
use renkei::vault::{CheckpointKey, DataKey, PatientKey, RegionKey};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::runtime::Runtime;

/// As in the scenario of the performance page.
const PATIENTS: usize = 200;
const BODY_BYTES: usize = 256;
/// Entries of the region whose history is proven, and of each batch in which they are committed.
const PROVEN_ENTRIES: usize = 200_000;
const PROVEN_BATCH: usize = 400;

struct Patient {
    timeline: TimelineId,
    key: Arc<PatientKey>,
    state: PatientState,
    chain: Link,
}

struct Bench {
    /// First, so that it is dropped while the runtime lives.
    journal: Journal,
    runtime: Runtime,
    region: Arc<DataKey>,
    ids: Ids,
    clock: Arc<SystemClock>,
    patients: Vec<Patient>,
    next: usize,
    _folder: tempfile::TempDir,
    server: Option<Server>,
}

/// A database of its own on a server of PostgreSQL.
struct Server {
    url: String,
    name: String,
}

impl Server {
    async fn execute(&self, statement: String) {
        let mut connection = PgConnection::connect(&self.url).await.expect("the server answers");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("the server does as told");
    }

    /// Where the database is that was made.
    async fn create(&self) -> String {
        self.execute(format!("create database {}", self.name)).await;
        let (server, _) = self.url.rsplit_once('/').expect("the URL names a database");
        format!("{server}/{}", self.name)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            self.runtime.block_on(async {
                self.journal.close().await;
                server.execute(format!("drop database {} with (force)", server.name)).await;
            });
        }
    }
}

impl Bench {
    fn open(url: Option<String>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = RegionKey::ephemeral();
        let clock = Arc::new(SystemClock::new());
        let ids = Ids::new(Arc::clone(&clock) as Arc<dyn Clock>);
        let server = url.map(|url| Server { url, name: format!("bench_{}", ids.draw().simple()) });
        let url = match &server {
            Some(server) => runtime.block_on(server.create()),
            None => format!("sqlite://{}/journal.db", folder.path().display()),
        };
        let journal = runtime.block_on(Journal::open(&url, &key)).expect("the journal opens");
        let region = Arc::clone(journal.region());
        let patients = (0..PATIENTS)
            .map(|_| {
                let timeline = TimelineId(ids.draw());
                let state = PatientState::empty(timeline);
                Patient { timeline, key: Arc::new(PatientKey::random()), state, chain: GENESIS }
            })
            .collect();
        Self { journal, runtime, region, ids, clock, patients, next: 0, _folder: folder, server }
    }

    /// A batch of so many entries, the patients taking turns, sealed and ready to commit.
    fn batch(&mut self, entries: usize) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..entries {
            let patient = &mut self.patients[self.next % PATIENTS];
            self.next += 1;
            let entry = entry(EntryId(self.ids.draw()), patient, self.clock.now());
            if patient.state.head == Seq::ZERO {
                let new = NewTimeline::new(&self.region, patient.timeline, Subject::Patient, &patient.key);
                batch.new_timelines.push(new);
            }
            let content = codec::encode_content(&entry);
            let header = ClearHeader {
                id: entry.id,
                timeline: entry.timeline,
                seq: entry.seq,
                recorded_at: entry.recorded_at,
                mac: self.region.idempotency().mac(&[content.bytes()]),
            };
            let stored = codec::encode_stored(&entry, &content);
            let sealed = SealedEntry::seal(&patient.key, header, &stored, &patient.chain);
            patient.chain = sealed.chain;
            batch.entries.push(sealed);
            let held = batch.heads.iter().position(|head| head.timeline == patient.timeline);
            let expected = held.map_or(patient.state.head, |at| batch.heads.remove(at).expected);
            batch.heads.push(HeadUpdate {
                timeline: patient.timeline,
                expected,
                new: entry.seq,
                chain: patient.chain,
                recorded_at: entry.recorded_at,
                written_at: entry.recorded_at,
            });
            patient.state.apply(&entry);
        }
        batch
    }

    /// The processor time of committing `batches` of `entries`, in µs per entry, and the wall time per batch in µs.
    fn processor_time(&mut self, batches: usize, entries: usize) -> (f64, f64) {
        let made: Vec<Batch> = (0..batches).map(|_| self.batch(entries)).collect();
        let (before, began) = (processor_us(), std::time::Instant::now());
        for batch in made {
            self.runtime.block_on(self.journal.commit(batch)).expect("the batch commits");
        }
        let count = (batches * entries) as f64;
        ((processor_us() - before) / count, began.elapsed().as_secs_f64() * 1e6 / batches as f64)
    }
}

fn entry(id: EntryId, patient: &Patient, recorded_at: renkei::domain::time::Timestamp) -> Entry {
    Entry {
        id,
        timeline: patient.timeline,
        seq: patient.state.head.next(),
        device: None,
        author: Actor {
            person: PersonId(patient.timeline.0),
            role: Role::Nurse,
            organisation: OrganisationId(patient.timeline.0),
            organisation_type: OrganisationType::NursingStation,
        },
        observed_at: Some(recorded_at),
        recorded_at,
        sensitivity: Sensitivity::Normal,
        addressed_to: Vec::new(),
        body: Body::Note(Note { text: "a".repeat(BODY_BYTES), ..Note::default() }),
        alarms: Vec::new(),
        target_scope: None,
        on_behalf: None,
        ruling: Ruling { cited: vec!["S1@region/1#0123456789abcdef".into()], slots: vec![0; 16], ..Ruling::default() },
    }
}

/// Of this process, all threads, from `/proc/self/schedstat`'s siblings: user and system time in µs.
fn processor_us() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux");
    let on_processor = |thread: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    threads.filter_map(on_processor).sum::<f64>() / 1e3
}

fn engines() -> Vec<(&'static str, Option<String>)> {
    let mut engines = vec![("sqlite", None)];
    engines.extend(std::env::var("RENKEI_TEST_POSTGRES_URL").ok().map(|url| ("postgres", Some(url))));
    engines
}

fn commits(criterion: &mut Criterion) {
    for (name, url) in engines() {
        let mut bench = Bench::open(url);
        let warm = bench.batch(PATIENTS);
        bench.runtime.block_on(bench.journal.commit(warm)).expect("the batch commits");
        let mut group = criterion.benchmark_group(format!("{name}/commit"));
        for entries in [1, 10, 100, 400] {
            group.throughput(Throughput::Elements(entries as u64));
            group.bench_function(BenchmarkId::from_parameter(entries), |bencher| {
                bencher.iter_custom(|rounds| {
                    let made: Vec<Batch> = (0..rounds).map(|_| bench.batch(entries)).collect();
                    let began = std::time::Instant::now();
                    for batch in made {
                        bench.runtime.block_on(bench.journal.commit(batch)).expect("the batch commits");
                    }
                    began.elapsed()
                });
            });
        }
        group.finish();
        for (batches, entries) in [(500, 1), (300, 10), (100, 100), (50, 400)] {
            let (entry_us, batch_us) = bench.processor_time(batches, entries);
            println!(
                "{name}: batches of {entries}: {entry_us:.1} µs of processor per entry, {batch_us:.0} µs per batch"
            );
        }
    }
}

fn reads(criterion: &mut Criterion) {
    for (name, url) in engines() {
        let mut bench = Bench::open(url);
        for _ in 0..100 {
            let batch = bench.batch(PATIENTS);
            bench.runtime.block_on(bench.journal.commit(batch)).expect("the batch commits");
        }
        let snapshots =
            bench.patients[1..].iter().map(|patient| SealedSnapshot::seal(&patient.key, &patient.state)).collect();
        let batch = Batch { snapshots, ..Batch::default() };
        bench.runtime.block_on(bench.journal.commit(batch)).expect("the snapshots are kept");
        let (whole, kept) = (bench.patients[0].timeline, bench.patients[1].timeline);
        let ids: Vec<EntryId> = (0..100).map(|_| EntryId(bench.ids.draw())).collect();
        let Bench { runtime, journal, .. } = &bench;

        let mut group = criterion.benchmark_group(format!("{name}/read"));
        group.bench_function("load, 100 entries to fold", |bencher| {
            bencher.iter(|| black_box(runtime.block_on(journal.load(whole))).expect("it loads"));
        });
        group.bench_function("load from a snapshot", |bencher| {
            bencher.iter(|| black_box(runtime.block_on(journal.load(kept))).expect("it loads"));
        });
        group.bench_function("page of 50", |bencher| {
            bencher.iter(|| black_box(runtime.block_on(journal.page(kept, Seq(50), 50, 1 << 20))).expect("it reads"));
        });
        group.bench_function("100 ids that are not known", |bencher| {
            bencher.iter(|| black_box(runtime.block_on(journal.find_known_ids(&ids))).expect("it reads"));
        });
        group.finish();
    }
}

/// All chains of a region, as `renkei audit verify` walks them.
fn proofs(criterion: &mut Criterion) {
    for (name, url) in engines() {
        let mut bench = Bench::open(url);
        for _ in 0..PROVEN_ENTRIES / PROVEN_BATCH {
            let batch = bench.batch(PROVEN_BATCH);
            bench.runtime.block_on(bench.journal.commit(batch)).expect("the batch commits");
        }
        let by = By { key: CheckpointKey::ephemeral().public(), elsewhere: None };
        let Bench { runtime, journal, .. } = &bench;
        let mut group = criterion.benchmark_group(format!("{name}/verify"));
        group.throughput(Throughput::Elements(PROVEN_ENTRIES as u64));
        group.bench_function(BenchmarkId::from_parameter(PROVEN_ENTRIES), |bencher| {
            bencher.iter(|| {
                let verified = runtime.block_on(verify(journal, &by)).expect("it is walked");
                assert!(verified.is_whole() && verified.entries == PROVEN_ENTRIES as u64, "{verified:?}");
            });
        });
        group.finish();
    }
}

fn sealing(criterion: &mut Criterion) {
    let mut bench = Bench::open(None);
    let mut group = criterion.benchmark_group("seal");
    group.throughput(Throughput::Elements(1));
    group.bench_function("encode, seal and link an entry", |bencher| {
        bencher.iter_batched(|| (), |()| black_box(bench.batch(1)), BatchSize::SmallInput);
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(std::time::Duration::from_secs(3));
    targets = commits, reads, proofs, sealing
}
criterion_main!(benches);
