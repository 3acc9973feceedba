//! The requests of one HTTP/2 connection, each a task of its own: how many there are, so that a connection on which nobody
//! asks anything can be given up, and their end with the connection. Over HTTP/1.1 hyper does both by itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::rt::Executor;
use tokio::sync::watch;
use tokio::task::JoinSet;

#[derive(Clone, Default)]
pub(super) struct Streams {
    tasks: Arc<Mutex<JoinSet<()>>>,
    tally: Arc<watch::Sender<Tally>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    open: usize,
    begun: u64,
}

impl Streams {
    /// Ready when there was no request for this long, not even a short one.
    pub(super) async fn quiet(&self, patience: Duration) {
        let mut tally = self.tally.subscribe();
        loop {
            // The sender lives in `self`, so that waiting cannot fail.
            let _ = tally.wait_for(|tally| tally.open == 0).await;
            tokio::select! {
                _ = tally.changed() => {}
                () = tokio::time::sleep(patience) => return,
            }
        }
    }

    /// Whether anything was ever asked.
    pub(super) fn were_any(&self) -> bool {
        self.tally.borrow().begun > 0
    }

    /// What ends them when it is dropped. They hold `Streams` themselves, so that these cannot.
    pub(super) fn end_with(&self) -> Ending {
        Ending(Arc::clone(&self.tasks))
    }
}

impl<Stream: Future<Output = ()> + Send + 'static> Executor<Stream> for Streams {
    fn execute(&self, stream: Stream) {
        let counted = Counted::new(Arc::clone(&self.tally));
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            let _counted = counted;
            stream.await;
        });
    }
}

struct Counted(Arc<watch::Sender<Tally>>);

impl Counted {
    fn new(tally: Arc<watch::Sender<Tally>>) -> Self {
        tally.send_modify(|Tally { open, begun }| {
            *open += 1;
            *begun += 1;
        });
        Self(tally)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|tally| tally.open -= 1);
    }
}

/// The end of all requests of a connection.
pub(super) struct Ending(Arc<Mutex<JoinSet<()>>>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_that_ends_by_nothing_else_ends_with_its_connection() {
        let streams = Streams::default();
        let ending = streams.end_with();
        let (held, free) = tokio::sync::oneshot::channel::<()>();
        let among = streams.clone();
        streams.execute(async move {
            // It holds what it stands in, and nobody wakes it.
            let _held = (held, among);
            std::future::pending::<()>().await;
        });
        assert!(streams.were_any());
        drop((streams, ending));
        tokio::time::timeout(Duration::from_secs(20), free).await.expect("it ends").expect_err("it said nothing");
    }
}
