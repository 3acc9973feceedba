//! A request body that must keep coming: a client that sends a byte now and then would otherwise
//! hold a handler for as long as it likes. Its length is bounded by the routes, not here.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::limits::REQUEST_BODY_BYTES_PER_S_MIN;

pub(super) struct PacedBody {
    incoming: Incoming,
    grace: Duration,
    started: Option<Instant>,
    received_bytes: u64,
    /// Exists only while waiting, so that a body that is already here costs no timer.
    waiting: Option<Pin<Box<Sleep>>>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the request body arrives too slowly")]
    TooSlow,
    #[error(transparent)]
    Transport(#[from] hyper::Error),
}

impl PacedBody {
    /// The body may take `grace` plus what it takes at the slowest allowed pace.
    pub(super) fn new(incoming: Incoming, grace: Duration) -> Self {
        Self { incoming, grace, started: None, received_bytes: 0, waiting: None }
    }

    fn deadline(&mut self) -> Instant {
        let started = *self.started.get_or_insert_with(Instant::now);
        started + self.grace + Duration::from_secs(self.received_bytes / REQUEST_BODY_BYTES_PER_S_MIN)
    }
}

impl Body for PacedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            self.waiting = None;
            if let Some(Ok(frame)) = &frame {
                self.received_bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(BodyError::from)));
        }
        let deadline = self.deadline();
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        match waiting.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(BodyError::TooSlow))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
