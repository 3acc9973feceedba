//! A request body that must keep coming: a client that sends a byte now and then would otherwise
//! hold a handler for as long as it likes. Its length is bounded by the routes, not here. What a handler did not read of it
//! goes back to `conversing`, which has to know whether the connection can go on.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::limits::{REQUEST_BODY_BYTES_PER_S_MIN, UNREAD_BODY_BYTES_MAX, UNREAD_BODY_LOOKS_MAX};

pub(super) struct PacedBody {
    /// Until it is given back.
    incoming: Option<Incoming>,
    has_ended: bool,
    rest: Rest,
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
        let (incoming, rest) = (Some(incoming), Rest::default());
        Self { incoming, has_ended: false, rest, grace, started: None, received_bytes: 0, waiting: None }
    }

    /// Where what is not read of it will be.
    pub(super) fn rest(&self) -> Rest {
        self.rest.clone()
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
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        if let Poll::Ready(frame) = Pin::new(incoming).poll_frame(context) {
            self.waiting = None;
            self.has_ended = frame.is_none();
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
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for PacedBody {
    fn drop(&mut self) {
        if !self.has_ended && !self.is_end_stream() {
            *self.rest.0.lock().unwrap_or_else(PoisonError::into_inner) = self.incoming.take();
        }
    }
}

/// What a handler left of a body.
#[derive(Clone, Default)]
pub(super) struct Rest(Arc<Mutex<Option<Incoming>>>);

impl Rest {
    /// Whether all of the body has been read, at the latest by now: the little that is here already is read and thrown
    /// away, and nothing is waited for.
    pub(super) async fn is_read(&self) -> bool {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut incoming) = left else { return true };
        let (mut bytes, mut looks) = (0, 0);
        while bytes <= UNREAD_BODY_BYTES_MAX && looks < UNREAD_BODY_LOOKS_MAX {
            match poll_fn(|context| Poll::Ready(Pin::new(&mut incoming).poll_frame(context))).await {
                Poll::Ready(None) => return true,
                Poll::Ready(Some(Err(_))) => return false,
                Poll::Ready(Some(Ok(frame))) => bytes += frame.data_ref().map_or(0, Bytes::len),
                // The connection hands the next piece over when its own turn comes.
                Poll::Pending => {
                    looks += 1;
                    tokio::task::yield_now().await;
                }
            }
        }
        false
    }
}
