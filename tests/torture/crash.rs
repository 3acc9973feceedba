//! `renkei serve` killed without warning while people post: everything it acknowledged is there after the next start,
//! once and in order.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use renkei::cli::open::open_journal;
use renkei::clock::{Clock as _, ManualClock, SystemClock};
use renkei::domain::ids::{EntryId, PatientId, PersonId, Seq};
use renkei::store::check::check;
use renkei::vault::RegionKey;
use renkei::wire::{ClientFrame, Encoding, ServerFrame};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::reader::Reader;
use super::{note, seqs, team};
use crate::support::actor::Actor;
use crate::support::app::{App, Database, intent};
use crate::support::scratch;
use crate::support::socket::{Socket, V7};
use crate::support::visitor::Visitor;

/// Times the hub is killed.
const KILLS: usize = 3;
/// Acknowledged posts after which it is killed.
const ACKNOWLEDGED_BEFORE_KILL: usize = 300;
/// Posts that one client has under way.
const POSTS_UNDER_WAY: usize = 32;

/// A hub in a process of its own.
pub(super) struct Served {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Served {
    pub(super) fn start(config: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_renkei"));
        command.arg("serve").arg("--config").arg(config).stdout(Stdio::piped()).stdin(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped")).lines();
        let ready = said.find_map(|line| line.ok()?.strip_prefix("ready ").map(str::to_owned));
        let ready = ready.expect("it gets ready");
        let port = ready.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        Self { child, address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)) }
    }

    /// SIGKILL: nothing is flushed, nobody is told.
    pub(super) fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    pub(super) async fn connect(&self, token: &str, encoding: Encoding) -> Socket {
        let mut http = TcpStream::connect(self.address).await.expect("it listens");
        let request = format!(
            "POST /api/v1/tickets HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-length: 0\r\nconnection: close\r\n\r\n"
        );
        http.write_all(request.as_bytes()).await.expect("it takes the request");
        let mut answer = String::new();
        http.read_to_string(&mut answer).await.expect("it answers");
        let body = answer.split("\r\n\r\n").nth(1).expect("a body");
        let ticket: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
        let mut socket = Socket::open(self.address, encoding).await;
        socket.hello(ticket["ticket"].as_str().expect("a ticket")).await;
        socket
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A region in a folder, with a team; what a client needs to post to it.
pub(super) struct Prepared {
    pub(super) folder: tempfile::TempDir,
    database: Database,
    pub(super) config: PathBuf,
    pub(super) key: Arc<RegionKey>,
    pub(super) patient: PatientId,
    pub(super) nurse: PersonId,
    pub(super) token: String,
    head: u64,
}

async fn prepare() -> Prepared {
    prepare_and(async |_: &App, _: &Actor, _: PatientId| {}).await
}

/// The same after something else has happened.
pub(super) async fn prepare_and(also: impl AsyncFnOnce(&App, &Actor, PatientId)) -> Prepared {
    let folder = scratch::folder("crash");
    let key_file = folder.path().join("region.key");
    let key = Arc::new(RegionKey::create_file(&key_file).unwrap());
    let clock = Arc::new(ManualClock::at(SystemClock::new().now()));
    let app = App::open_at(folder, Database::of_this_run(), Arc::clone(&key), clock).await;
    let (patient, doctor, nurse) = team(&app).await;
    also(&app, &nurse, patient).await;
    let head = Reader::connect(&doctor, Encoding::Json, patient, Seq::ZERO).await.head.0;
    // The hub that is killed is no demo: a link would let nobody in.
    let account = app.account_of(&nurse).await;
    let entered = Visitor::at_program(&app).sign_in(&app, &account).await.is(StatusCode::CREATED);
    let token = entered["token"].as_str().expect("a token").to_owned();
    let person = nurse.actor.person;
    drop((doctor, nurse));
    let (folder, database) = app.stop().await.into_parts();
    let url = database.url(folder.path());
    let config = configure(folder.path(), &url);
    Prepared { folder, database, config, key, patient, nurse: person, token, head }
}

/// A configuration in this folder, where the region's key is.
pub(super) fn configure(folder: &Path, url: &str) -> PathBuf {
    let path = folder.display();
    let config = folder.join("renkei.toml");
    let settings = format!(
        "database = \"{url}\"\ndata_dir = \"{path}\"\nregion_key_file = \"{path}/region.key\"\n\
         public_url = \"http://localhost:8443\"\n[listen]\naddresses = [\"127.0.0.1:0\"]\n"
    );
    std::fs::write(&config, settings).unwrap();
    config
}

/// Posts without a pause until the connection breaks; what was acknowledged, in the order of the answers.
pub(super) async fn post_until_it_breaks(
    mut socket: Socket,
    patient: PatientId,
    ids: std::ops::RangeFrom<u128>,
    acknowledged: &AtomicUsize,
) -> Vec<(EntryId, Seq)> {
    let mut answered = Vec::new();
    let mut under_way = 0;
    let post = |id: u128| {
        ClientFrame::Post(intent(EntryId(uuid::Uuid::from_u128(V7 | id)), patient, note(format!("記録 {id}"))))
    };
    let mut posts = ids.map(post);
    loop {
        while under_way < POSTS_UNDER_WAY {
            let frame = posts.next().expect("endless");
            if !socket.try_send(&frame).await {
                break;
            }
            under_way += 1;
        }
        match socket.try_next_frame().await {
            Some(ServerFrame::Accepted(accepted)) => {
                answered.push((accepted.id, accepted.seq));
                acknowledged.fetch_add(1, Ordering::Relaxed);
                under_way -= 1;
            }
            Some(ServerFrame::Heartbeat { .. }) => {}
            Some(other) => panic!("{other:?}"),
            None => return answered,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_a_kill_is_there_after_the_restart_once_and_in_order() {
    let region = prepare().await;
    let mut acknowledged: Vec<(EntryId, Seq)> = Vec::new();
    let mut stored = Vec::new();
    for kill in 0..KILLS {
        let served = Served::start(&region.config);
        let count = AtomicUsize::new(0);
        let posting = async {
            let first = served.connect(&region.token, Encoding::Proto).await;
            let second = served.connect(&region.token, Encoding::Json).await;
            let start = |client: u128| ((kill as u128 * 2 + client + 1) << 40)..;
            (first, second, start(0), start(1))
        };
        let (first, second, one, two) = posting.await;
        let posts = async {
            tokio::join!(
                post_until_it_breaks(first, region.patient, one, &count),
                post_until_it_breaks(second, region.patient, two, &count)
            )
        };
        let killing = async {
            super::eventually("enough was acknowledged", || count.load(Ordering::Relaxed) >= ACKNOWLEDGED_BEFORE_KILL)
                .await;
            served.kill();
        };
        let ((one, two), ()) = tokio::join!(posts, killing);
        acknowledged.extend(one.into_iter().chain(two));

        let served = Served::start(&region.config);
        let socket = served.connect(&region.token, Encoding::Json).await;
        let mut reader = Reader::follow(socket, region.patient, Seq::ZERO).await;
        stored = reader.catch_up().await;
        assert_eq!(seqs(&stored), (1..=reader.head.0).collect::<Vec<_>>());
        for (id, seq) in &acknowledged {
            let entry = &stored[usize::try_from(seq.0).unwrap() - 1];
            assert_eq!(entry.id, *id, "kill {kill}: the acknowledged entry at {}", seq.0);
        }
        let ids: std::collections::BTreeSet<_> = stored.iter().map(|entry| entry.id).collect();
        assert_eq!(ids.len(), stored.len(), "none twice");

        // A client that got no answer sends again and gets the first one.
        let (id, seq) = *acknowledged.last().unwrap();
        let again = intent(id, region.patient, note(format!("記録 {}", id.0.as_u128() ^ V7)));
        let ServerFrame::Accepted(again) = reader.socket.post_intent(again).await else { panic!("accepted") };
        assert_eq!((again.seq, again.repeated), (seq, true));
        served.kill();
    }
    assert!(acknowledged.len() >= KILLS * ACKNOWLEDGED_BEFORE_KILL);
    assert!(stored.len() as u64 >= region.head + acknowledged.len() as u64);

    let url = region.database.url(region.folder.path());
    let journal = open_journal(&url, &region.key).await.unwrap();
    let report = check(&journal, None).await.unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
    journal.close().await;
}
