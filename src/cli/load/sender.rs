//! One sender: keeps its posts in flight, or posts by the clock, and enters the answers in the
//! books. Everything that is due is fed and then flushed once.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context;
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::sleep_until,
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use super::{
    protocol::{Incoming, Post, Protocol},
    scenario::{Mode, Plan, Scenario},
    worker::Books,
};

/// The runtime's timers are this coarse. A post that leaves later than this after it was due is
/// timed from when it was due, so that a stall of the driver counts against the run.
const TIMER_GRAIN: Duration = Duration::from_millis(2);

pub struct Sender<P, S> {
    books: Rc<Books<P>>,
    socket: WebSocketStream<S>,
    patients: Vec<u32>,
    /// Which of `patients` is next.
    turn: usize,
    /// This sender's number and how many there are: where its posts lie between the others'.
    number: u32,
    senders: u32,
    body: String,
    in_flight: u32,
    pace: Pace,
}

enum Pace {
    Resting,
    InFlight { max: u32, until: Instant },
    Clock { due: Instant, every: Duration, until: Instant },
}

impl<P: Protocol, S: AsyncRead + AsyncWrite + Unpin> Sender<P, S> {
    pub fn new(books: Rc<Books<P>>, socket: WebSocketStream<S>, number: u32, scenario: Scenario) -> Self {
        let patients = scenario.patients_of(number).collect();
        let body = body(scenario.body_bytes);
        let (senders, pace) = (scenario.senders, Pace::Resting);
        Self { books, socket, patients, turn: 0, number, senders, body, in_flight: 0, pace }
    }

    pub async fn run(mut self, mut run: watch::Receiver<Option<Plan>>) {
        if let Err(cause) = self.post_and_listen(&mut run).await {
            self.books.ledger.borrow_mut().connection_broke(&format!("{cause:#}"));
        }
    }

    async fn post_and_listen(&mut self, run: &mut watch::Receiver<Option<Plan>>) -> anyhow::Result<()> {
        loop {
            self.post_what_is_due().await?;
            let due = self.next_due();
            tokio::select! {
                message = self.socket.next() => {
                    self.take(message)?;
                    // What else has come is taken before anything is sent: one flush for all of it.
                    while let Some(message) = self.socket.next().now_or_never() {
                        self.take(message)?;
                    }
                }
                () = sleep_until(due.unwrap_or_else(Instant::now).into()), if due.is_some() => {}
                changed = run.changed() => {
                    if changed.is_err() {
                        return Ok(());
                    }
                    if let Some(plan) = *run.borrow_and_update() {
                        self.adopt(plan);
                    }
                }
            }
        }
    }

    fn adopt(&mut self, plan: Plan) {
        self.in_flight = 0;
        let until = plan.counted_until;
        self.pace = match plan.mode {
            Mode::InFlight(max) => Pace::InFlight { max, until },
            Mode::PerSecond(rate) => {
                let every = Duration::from_secs_f64(f64::from(self.senders) / rate);
                let due = plan.starts_at + every.mul_f64(f64::from(self.number) / f64::from(self.senders));
                Pace::Clock { due, every, until }
            }
        };
    }

    fn next_due(&self) -> Option<Instant> {
        match self.pace {
            Pace::Clock { due, .. } => Some(due),
            Pace::Resting | Pace::InFlight { .. } => None,
        }
    }

    async fn post_what_is_due(&mut self) -> anyhow::Result<()> {
        let mut fed = false;
        while let Some(at) = self.due_now() {
            let patient = self.patients[self.turn];
            self.turn = (self.turn + 1) % self.patients.len();
            let id = self.books.ledger.borrow_mut().send(patient, at);
            let frame = self.books.protocol.encode(Post { id, patient, body: &self.body });
            self.socket.feed(frame).await?;
            self.in_flight += 1;
            fed = true;
        }
        if fed {
            self.socket.flush().await?;
        }
        Ok(())
    }

    /// The moment from which the next post is timed, if one is to be sent now.
    fn due_now(&mut self) -> Option<Instant> {
        let now = Instant::now();
        match &mut self.pace {
            Pace::InFlight { until, .. } | Pace::Clock { until, .. } if now >= *until => {
                self.pace = Pace::Resting;
                None
            }
            Pace::Resting => None,
            Pace::InFlight { max, .. } => (self.in_flight < *max).then_some(now),
            Pace::Clock { due, every, .. } => {
                let was_due = *due;
                if now < was_due {
                    return None;
                }
                *due += *every;
                Some(if now - was_due <= TIMER_GRAIN { now } else { was_due })
            }
        }
    }

    fn take(&mut self, message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) -> anyhow::Result<()> {
        let message = message.context("closed by the server")??;
        let at = Instant::now();
        let mut ledger = self.books.ledger.borrow_mut();
        let in_flight = &mut self.in_flight;
        self.books.protocol.decode(&message, |incoming| {
            let answered = match incoming {
                Incoming::Acknowledged { id, seq } => ledger.acknowledge(id, seq, at),
                Incoming::Refused { id, reason } => ledger.refuse(id, reason),
                Incoming::Delivered { .. } => false,
            };
            *in_flight -= u32::from(answered);
        })?;
        Ok(())
    }
}

/// A body of exactly so many bytes, words and spaces only, so that it means the same in JSON.
fn body(bytes: usize) -> String {
    "Pulse 64 and steady, ate well, walked to the garden. ".chars().cycle().take(bytes).collect()
}
