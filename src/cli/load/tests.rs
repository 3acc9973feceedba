//! The driver against a server in memory: what it counts when the server keeps its promises, and
//! that each broken promise shows.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use tokio::{io::DuplexStream, sync::mpsc, task::spawn_local};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};
use uuid::Uuid;

use super::{
    drive::{self, Measurement, Outcome},
    figures::RunFigures,
    protocol::bare::Bare,
    scenario::{Mode, Scenario},
    transport::Transport,
};

const ID_SEED: Uuid = Uuid::from_u128(0x0198_2f0e_aaaa_7bbb_8ccc_dddd_eeee_ffff);
const PIPE_BYTES: usize = 64 * 1024;
/// The post of each patient at which a server goes wrong.
const AMISS_AT_SEQ: u64 = 5;

/// What the server does wrong, to the member that subscribed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// One delivery never arrives.
    Loses,
    /// One delivery arrives twice.
    Doubles,
    /// One delivery arrives after the next.
    Reorders,
    /// The acknowledgement names another place than the delivery.
    Renumbers,
    /// One post is not answered, but delivered.
    Forgets,
    /// One post is answered with a line that is not of the protocol.
    Babbles,
    /// One member's connection ends.
    HangsUp,
}

/// Speaks the bare relay's lines over pipes; one for the whole run.
#[derive(Clone)]
struct ServerInMemory {
    fault: Fault,
    topics: Arc<Mutex<HashMap<u32, Topic>>>,
}

#[derive(Default)]
struct Topic {
    seq: u64,
    members: Vec<mpsc::UnboundedSender<Message>>,
    held_back: Option<Message>,
}

impl ServerInMemory {
    fn new(fault: Fault) -> Self {
        Self { fault, topics: Arc::default() }
    }

    async fn serve(self, pipe: DuplexStream) {
        let mut socket: WebSocketStream<_> = accept_async(pipe).await.expect("our own client");
        let (outbox, mut queued) = mpsc::unbounded_channel();
        loop {
            tokio::select! {
                line = socket.next() => match line {
                    Some(Ok(Message::Text(line))) => self.take(&line, &outbox),
                    _ => return,
                },
                Some(message) = queued.recv() => {
                    let is_last = matches!(message, Message::Close(_));
                    if socket.send(message).await.is_err() || is_last {
                        return;
                    }
                }
            }
        }
    }

    fn take(&self, line: &str, outbox: &mpsc::UnboundedSender<Message>) {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let number = words[1].parse().expect("a patient's number");
        let mut topics = self.topics.lock().expect("no test panics here");
        let topic = topics.entry(number).or_default();
        if words[0] == "sub" {
            topic.members.push(outbox.clone());
            send(outbox, format!("subscribed {number}"));
        } else {
            self.post(topic, number, words[2], outbox);
        }
    }

    fn post(&self, topic: &mut Topic, number: u32, id: &str, author: &mpsc::UnboundedSender<Message>) {
        topic.seq += 1;
        let seq = topic.seq;
        let is_amiss = seq == AMISS_AT_SEQ && number == 0;
        let fault = if is_amiss { self.fault } else { Fault::None };
        let entry = Message::text(format!("entry {number} {seq} {id} body"));
        for (index, member) in topic.members.iter().enumerate() {
            let deliver = |message: Message| {
                // A member that was hung up on is gone.
                let _ = member.send(message);
            };
            if index > 0 {
                deliver(entry.clone());
                continue;
            }
            match fault {
                Fault::Loses => {}
                Fault::Reorders => topic.held_back = Some(entry.clone()),
                Fault::HangsUp => deliver(Message::Close(None)),
                _ => deliver(entry.clone()),
            }
            if fault == Fault::Doubles {
                deliver(entry.clone());
            }
            if fault == Fault::None {
                topic.held_back.take().into_iter().for_each(deliver);
            }
        }
        match fault {
            Fault::Forgets => {}
            Fault::Babbles => send(author, format!("hello {id}")),
            Fault::Renumbers => send(author, format!("ack {id} {}", seq + 1_000)),
            _ => send(author, format!("ack {id} {seq}")),
        }
    }
}

fn send(to: &mpsc::UnboundedSender<Message>, line: String) {
    to.send(Message::text(line)).expect("the connection is open");
}

impl Transport for ServerInMemory {
    type Stream = DuplexStream;

    fn authority(&self) -> &str {
        "memory:1"
    }

    async fn connect(&self) -> io::Result<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        spawn_local(self.clone().serve(theirs));
        Ok(ours)
    }
}

fn measurement(mode: Mode) -> Measurement {
    Measurement {
        scenario: Scenario { patients: 3, members: 4, senders: 2, body_bytes: 32 },
        mode,
        warm_up: Duration::ZERO,
        counted: Duration::from_millis(200),
        stragglers: Duration::from_millis(200),
        repeat: 1,
        workers: 1,
        server_pids: Vec::new(),
        id_seed: ID_SEED,
    }
}

fn run(fault: Fault, mode: Mode) -> (RunFigures, Option<String>) {
    let server = ServerInMemory::new(fault);
    let Outcome { mut runs, trouble } = drive::measure(&measurement(mode), &Bare, &server, |_| ()).expect("a run");
    (runs.remove(0), trouble)
}

#[test]
fn a_server_that_keeps_its_promises_is_clean_and_every_member_gets_every_post() {
    let (run, trouble) = run(Fault::None, Mode::InFlight(8));
    assert!(run.is_clean(), "{run:?} {trouble:?}");
    let figures = run.figures;
    assert!(figures.posts_per_s > 100.0, "{figures:?}");
    // Four members each; the last posts may be delivered just outside the counted time.
    let per_post = figures.deliveries_per_s / figures.posts_per_s;
    assert!((3.8..4.2).contains(&per_post), "{figures:?}");
    assert!(figures.ack_ms.p50 <= figures.ack_ms.p99 && figures.last_ms.p99 > 0.0, "{figures:?}");
}

#[test]
fn the_clock_paces_the_senders_whatever_the_server_does() {
    let (run, _) = run(Fault::None, Mode::PerSecond(200.0));
    assert!(run.is_clean(), "{run:?}");
    // 40 posts are due in 200 ms; a slow machine may answer the last too late to count.
    assert!((30.0..=42.0).contains(&(run.figures.posts_per_s * 0.2)), "{run:?}");
}

#[test]
fn a_run_repeated_on_the_same_connections_starts_its_books_anew() {
    let server = ServerInMemory::new(Fault::None);
    let twice = Measurement { repeat: 2, ..measurement(Mode::InFlight(4)) };
    let runs = drive::measure(&twice, &Bare, &server, |_| ()).expect("two runs").runs;
    assert_eq!(runs.len(), 2);
    assert!(runs.iter().all(RunFigures::is_clean), "{runs:?}");
}

#[test]
fn each_broken_promise_is_counted_once() {
    let counts = |fault| {
        let (run, _) = run(fault, Mode::InFlight(8));
        let figures = run.figures.clone();
        (figures.lost, figures.doubled, figures.reordered, run.unanswered, run.is_clean())
    };
    assert_eq!(counts(Fault::Loses), (1, 0, 0, 0, false));
    assert_eq!(counts(Fault::Doubles), (0, 1, 0, 0, false));
    assert_eq!(counts(Fault::Reorders), (0, 0, 1, 0, false));
    assert_eq!(counts(Fault::Forgets), (0, 0, 0, 1, false));
    // One wrong number, seen by each member or once by the acknowledgement that came after them.
    let (lost, doubled, reordered, unanswered, is_clean) = counts(Fault::Renumbers);
    assert_eq!((lost, doubled, unanswered, is_clean), (0, 0, 0, false));
    assert!((1..=4).contains(&reordered), "{reordered}");
}

#[test]
fn a_line_that_is_not_of_the_protocol_ends_the_sender_and_is_quoted() {
    let (run, trouble) = run(Fault::Babbles, Mode::InFlight(1));
    assert_eq!((run.broken, run.unanswered), (1, 1));
    assert!(trouble.expect("a reason").contains("hello"));
}

#[test]
fn a_connection_that_ends_is_told_and_what_it_missed_is_lost() {
    let (run, trouble) = run(Fault::HangsUp, Mode::InFlight(1));
    assert_eq!(run.broken, 1);
    assert!(run.figures.lost > 0, "{run:?}");
    assert!(trouble.expect("a cause").contains("ended"));
}

#[test]
fn more_members_than_bits_and_a_server_that_is_gone_are_refused_before_the_run() {
    let server = ServerInMemory::new(Fault::None);
    let mut crowded = measurement(Mode::InFlight(1));
    crowded.scenario.members = 129;
    assert!(drive::measure(&crowded, &Bare, &server, |_| ()).is_err());
    let gone = Measurement { server_pids: vec![u32::MAX], ..measurement(Mode::InFlight(1)) };
    assert!(drive::measure(&gone, &Bare, &server, |_| ()).is_err());
}
