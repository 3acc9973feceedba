//! The sessions that a busy hub has served and not woken yet. Most of what a delivery costs is its write: who is woken
//! after several batches writes what all of them brought in one. A hub that is not busy holds nobody.
//!
//! Owned by the committer. Only waking waits here: what is to be written lies in the outboxes already, and a session that
//! is woken for anything else, or an alarm, takes it along.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::outbox::Outbox;
use crate::limits;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Held {
    sessions: Vec<Arc<Outbox>>,
    /// Deliveries that wait for one of them at most.
    deliveries: usize,
    /// When the first of them has waited as long as any may.
    until: Option<Instant>,
}

impl Held {
    /// Takes sessions in that were served a batch, of which no timeline had more than `longest` entries. Few are woken
    /// at once: holding them would save little.
    pub fn hold(&mut self, served: Vec<Arc<Outbox>>, longest: usize) {
        self.sessions.extend(served);
        self.deliveries += longest;
        let until = *self.until.get_or_insert_with(|| Instant::now() + Duration::from_millis(limits::HELD_MS_MAX));
        let few = self.sessions.len() < limits::HELD_SESSIONS_MIN;
        if few || self.deliveries > limits::HELD_DELIVERIES_MAX || Instant::now() >= until {
            self.release();
        }
    }

    /// Wakes them all.
    pub fn release(&mut self) {
        self.sessions.drain(..).for_each(|session| session.wake());
        (self.deliveries, self.until) = (0, None);
    }

    /// Does `work`, and wakes those meanwhile who have waited long enough.
    pub async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let Some(until) = self.until else { return work.await };
        let mut work = pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep_until(until) => self.release(),
        }
        work.await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Poll, Wake};

    use super::*;
    use crate::domain::ids::TimelineId;
    use crate::hub::outbox::Item;

    /// A session that waits for its outbox to be filled.
    struct Session {
        outbox: Arc<Outbox>,
        woken: Arc<Woken>,
    }

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Release);
        }
    }

    impl Session {
        fn waiting() -> Self {
            let session = Self { outbox: Arc::default(), woken: Arc::default() };
            let waker = Arc::clone(&session.woken).into();
            assert!(pin!(session.outbox.stirred()).poll(&mut Context::from_waker(&waker)).is_pending());
            session
        }

        /// One that waited, and was given something to write.
        fn served() -> Self {
            let session = Self::waiting();
            assert!(session.outbox.push_quietly(Item::Linked(TimelineId(uuid::Uuid::nil()))));
            session
        }

        fn is_woken(&self) -> bool {
            self.woken.0.load(Ordering::Acquire)
        }
    }

    fn many() -> Vec<Session> {
        (0..limits::HELD_SESSIONS_MIN).map(|_| Session::served()).collect()
    }

    fn outboxes(sessions: &[Session]) -> Vec<Arc<Outbox>> {
        sessions.iter().map(|session| Arc::clone(&session.outbox)).collect()
    }

    #[test]
    fn few_are_woken_at_once_and_many_when_the_hub_has_nothing_left_to_do() {
        let (mut held, few, many) = (Held::default(), Session::served(), many());
        held.hold(vec![Arc::clone(&few.outbox)], 1);
        assert!(few.is_woken());
        held.hold(outboxes(&many), 1);
        assert!(!many.iter().any(Session::is_woken));
        held.release();
        assert!(many.iter().all(Session::is_woken));
    }

    #[test]
    fn nobody_is_held_until_more_waits_for_them_than_a_queue_should_hold() {
        let (mut held, many) = (Held::default(), many());
        held.hold(outboxes(&many), limits::HELD_DELIVERIES_MAX);
        assert!(!many.iter().any(Session::is_woken));
        held.hold(Vec::new(), 1);
        assert!(many.iter().all(Session::is_woken));
    }

    #[tokio::test]
    async fn a_commit_that_hangs_keeps_nobody_waiting() {
        let (mut held, many) = (Held::default(), many());
        held.hold(outboxes(&many), 1);
        // Ends once they are woken, and would hang if they were not.
        let commit =
            std::future::poll_fn(|_| if many.iter().all(Session::is_woken) { Poll::Ready(()) } else { Poll::Pending });
        held.during(commit).await;
    }

    #[test]
    fn whoever_is_told_anything_else_takes_along_what_waits() {
        let (mut held, many) = (Held::default(), many());
        held.hold(outboxes(&many), 1);
        many[0].outbox.push(Item::Linked(TimelineId(uuid::Uuid::max())));
        assert!(many[0].is_woken() && !many[1].is_woken());
    }
}
