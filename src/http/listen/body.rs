//! A request body that must keep coming: a client that sends a byte now and then would otherwise
//! hold a handler for as long as it likes. Its length is bounded by the routes, not here. What a handler did not read of it
//! goes back to `conversing`, which has to know whether the connection can go on, and lets the client finish writing.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::limits::{
    LINGERING_BODY_BYTES_MAX, REQUEST_BODY_BYTES_PER_S_MIN, UNREAD_BODY_BYTES_MAX, UNREAD_BODY_LOOKS_MAX,
};

pub(super) struct PacedBody {
    /// Until it is given back.
    incoming: Option<Incoming>,
    has_ended: bool,
    /// Somebody read of it. A client that waits to be told so sends it from then on.
    is_wanted: bool,
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
    #[error("the client holds the request body back")]
    HeldBack,
    #[error(transparent)]
    Transport(#[from] hyper::Error),
}

impl PacedBody {
    /// The body may take `grace` plus what it takes at the slowest allowed pace.
    pub(super) fn new(incoming: Incoming, grace: Duration) -> Self {
        let (incoming, rest) = (Some(incoming), Rest::default());
        let (has_ended, is_wanted, started, received_bytes, waiting) = (false, false, None, 0, None);
        Self { incoming, has_ended, is_wanted, rest, grace, started, received_bytes, waiting }
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
        self.is_wanted = true;
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
            let (incoming, is_wanted) = (self.incoming.take(), self.is_wanted);
            let unread = incoming.map(|incoming| Unread { incoming, is_wanted });
            *self.rest.0.lock().unwrap_or_else(PoisonError::into_inner) = unread;
        }
    }
}

/// What a handler left of a body.
#[derive(Clone, Default)]
pub(super) struct Rest(Arc<Mutex<Option<Unread>>>);

struct Unread {
    incoming: Incoming,
    is_wanted: bool,
}

impl Rest {
    /// What is still to be read of the body, if anything: the little that is here already is read and thrown away, and
    /// nothing is waited for. `is_held_back`: the client sends it only when told that it is wanted.
    ///
    /// # Errors
    /// When it broke, or is not going to come.
    pub(super) async fn left(&self, is_held_back: bool) -> Result<Option<Left>, BodyError> {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Unread { mut incoming, is_wanted }) = left else { return Ok(None) };
        if is_held_back && !is_wanted {
            // To look whether it is here would ask for it.
            return Err(BodyError::HeldBack);
        }
        let (mut bytes, mut looks) = (0, 0);
        while bytes <= UNREAD_BODY_BYTES_MAX && looks < UNREAD_BODY_LOOKS_MAX {
            match poll_fn(|context| Poll::Ready(Pin::new(&mut incoming).poll_frame(context))).await {
                Poll::Ready(None) => return Ok(None),
                Poll::Ready(Some(Err(error))) => return Err(error.into()),
                Poll::Ready(Some(Ok(frame))) => bytes += frame.data_ref().map_or(0, Bytes::len),
                // The connection hands the next piece over when its own turn comes.
                Poll::Pending => {
                    looks += 1;
                    tokio::task::yield_now().await;
                }
            }
        }
        Ok(Some(Left(incoming)))
    }
}

/// A body that goes on though it was answered.
pub(super) struct Left(Incoming);

impl Left {
    /// Reads it and throws it away, at most so much and for so long. While it does, hyper keeps the connection: a client that
    /// writes all before it reads would else find it broken, and never learn what it was answered.
    pub(super) async fn throw_away(self, lasts: Duration) {
        let Self(mut incoming) = self;
        let reading = async {
            let mut bytes = 0;
            while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await {
                bytes += frame.data_ref().map_or(0, Bytes::len);
                if bytes > LINGERING_BODY_BYTES_MAX {
                    break;
                }
            }
        };
        // One that is not over by then is cut, with what was answered.
        let _in_time = tokio::time::timeout(lasts, reading).await;
    }
}
