//! One thread of the driver: a runtime of its own, some patients with all their members and
//! senders, and the books on their posts. Workers share nothing, so nothing is locked.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::mpsc as blocking,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    runtime::{Builder, LocalOptions},
    sync::{mpsc, watch},
    task::spawn_local,
    time::sleep,
};
use tokio_tungstenite::WebSocketStream;
use uuid::Uuid;

use super::{
    ids::PostIds,
    ledger::{Ledger, Place},
    protocol::{Incoming, Party, Protocol},
    scenario::{Plan, Scenario},
    sender::Sender,
    tally::Tally,
    transport::Transport,
};

/// Handshakes under way at once in one worker; more would overflow the server's accept queue.
const OPENING_MAX: usize = 64;
/// How often a worker looks whether the last stragglers have come.
const SETTLE_CHECK_EVERY: Duration = Duration::from_millis(10);
/// Once all is settled, a doubled delivery still gets this long to show.
const DOUBLES_WAIT: Duration = Duration::from_millis(100);

pub struct Worker<P, T> {
    pub index: u32,
    pub workers: u32,
    pub scenario: Scenario,
    pub protocol: P,
    pub transport: T,
    pub id_seed: Uuid,
}

/// The driver's end: runs are ordered here and their counts come back. Dropping it ends the worker.
pub struct Reins {
    plans: mpsc::UnboundedSender<Plan>,
    tallies: blocking::Receiver<anyhow::Result<Tally>>,
}

impl Reins {
    /// Starts a run; `collect` waits for its end.
    pub fn order(&self, plan: Plan) {
        // A worker that is gone says why in `collect`.
        let _ = self.plans.send(plan);
    }

    /// Waits for the connections to be open (the first call) or a run's counts (each later one).
    pub fn collect(&self) -> anyhow::Result<Tally> {
        self.tallies.recv().context("a worker thread of the driver died")?
    }
}

/// What the tasks of one worker share.
pub struct Books<P> {
    pub protocol: P,
    pub ledger: RefCell<Ledger>,
}

impl<P: Protocol, T: Transport> Worker<P, T> {
    /// Starts the thread, which opens all its connections at once.
    pub fn start(self) -> anyhow::Result<Reins> {
        let (plans, ordered) = mpsc::unbounded_channel();
        let (tallied, tallies) = blocking::channel();
        let runtime = || Builder::new_current_thread().enable_all().build_local(LocalOptions::default());
        thread::Builder::new().name(format!("load-{}", self.index)).spawn(move || {
            let outcome = runtime()
                .context("starting a runtime")
                .and_then(|runtime| runtime.block_on(self.work(ordered, &tallied)));
            if let Err(cause) = outcome {
                let _ = tallied.send(Err(cause));
            }
        })?;
        Ok(Reins { plans, tallies })
    }

    async fn work(
        self,
        mut ordered: mpsc::UnboundedReceiver<Plan>,
        tallied: &blocking::Sender<anyhow::Result<Tally>>,
    ) -> anyhow::Result<()> {
        let worker = u8::try_from(self.index).context("more than 256 workers")?;
        let ids = PostIds::new(self.id_seed, worker);
        let ledger = Ledger::new(ids, self.scenario.members);
        let books = Rc::new(Books { protocol: self.protocol.clone(), ledger: RefCell::new(ledger) });
        let (runs, run) = watch::channel(None);
        self.open_members(&books).await?;
        self.open_senders(&books, &run).await?;
        let _ = tallied.send(Ok(Tally::default()));

        while let Some(plan) = ordered.recv().await {
            books.ledger.borrow_mut().begin(plan);
            runs.send_replace(Some(plan));
            sleep(plan.counted_until.saturating_duration_since(Instant::now())).await;
            settle(&books, plan).await;
            let tally = books.ledger.borrow_mut().close();
            if tallied.send(Ok(tally)).is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn open_members(&self, books: &Rc<Books<P>>) -> anyhow::Result<()> {
        let Self { index, workers, scenario, .. } = self;
        let mine = (0..scenario.patients)
            .filter(|patient| scenario.worker_of_patient(*patient, *workers) == *index)
            .flat_map(|patient| (0..scenario.members).map(move |member| (patient, member)));
        let opening = stream::iter(mine).map(|(patient, member)| async move {
            let party = Party::Member { patient, member };
            let opened = self.protocol.open(&self.transport, party).await;
            Ok((opened.with_context(|| format!("opening {party:?}"))?, Place::new(patient, member)))
        });
        opening
            .buffer_unordered(OPENING_MAX)
            .try_for_each(async |(socket, place)| {
                spawn_local(listen(Rc::clone(books), socket, place));
                anyhow::Ok(())
            })
            .await
    }

    async fn open_senders(&self, books: &Rc<Books<P>>, run: &watch::Receiver<Option<Plan>>) -> anyhow::Result<()> {
        let Self { index, workers, scenario, .. } = self;
        let mine = (0..scenario.senders).filter(|sender| scenario.worker_of_sender(*sender, *workers) == *index);
        let opening = stream::iter(mine).map(|sender| async move {
            let party = Party::Sender { sender };
            let opened = self.protocol.open(&self.transport, party).await;
            Ok((opened.with_context(|| format!("opening {party:?}"))?, sender))
        });
        opening
            .buffer_unordered(OPENING_MAX)
            .try_for_each(async |(socket, sender)| {
                let sender = Sender::new(Rc::clone(books), socket, sender, *scenario);
                spawn_local(sender.run(run.clone()));
                anyhow::Ok(())
            })
            .await
    }
}

/// Waits until every post is answered and delivered, or the stragglers' time is over.
async fn settle<P>(books: &Books<P>, plan: Plan) {
    let given_up_at = plan.counted_until + plan.stragglers;
    while !books.ledger.borrow().is_settled() && Instant::now() < given_up_at {
        sleep(SETTLE_CHECK_EVERY).await;
    }
    sleep(DOUBLES_WAIT).await;
}

/// A member: enters every delivery in the books until the connection ends.
async fn listen<P: Protocol, S: AsyncRead + AsyncWrite + Unpin>(
    books: Rc<Books<P>>,
    mut socket: WebSocketStream<S>,
    mut place: Place,
) {
    let cause = loop {
        let message = match socket.next().await {
            Some(Ok(message)) => message,
            Some(Err(cause)) => break cause.to_string(),
            None => break "closed by the server".to_owned(),
        };
        let at = Instant::now();
        let ledger = &mut *books.ledger.borrow_mut();
        let decoded = books.protocol.decode(&message, |incoming| {
            if let Incoming::Delivered { patient, id, seq } = incoming {
                ledger.deliver(&mut place, patient, id, seq, at);
            }
        });
        if let Err(malformed) = decoded {
            break malformed.to_string();
        }
    };
    books.ledger.borrow_mut().connection_broke(&cause);
}
