//! The frames that wait for one connection: filled by the fan-out, emptied by the connection's task.

use std::{
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use futures_util::task::AtomicWaker;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// A member who leaves this many frames unread is disconnected.
const FRAMES_QUEUED_MAX: usize = 8_192;

#[derive(Default)]
pub struct Outbox {
    frames: Mutex<Vec<Utf8Bytes>>,
    overflowed: AtomicBool,
    reader: AtomicWaker,
}

/// The connection read too slowly.
#[derive(Debug)]
pub struct Overflowed;

impl Outbox {
    pub fn push(&self, frame: Utf8Bytes) {
        let mut frames = self.lock();
        if frames.len() >= FRAMES_QUEUED_MAX {
            self.overflowed.store(true, Ordering::Release);
        } else {
            frames.push(frame);
        }
        drop(frames);
        self.reader.wake();
    }

    /// Swaps everything queued into `taken`, which must be empty; pending while nothing is queued.
    pub fn poll_take(&self, context: &mut Context<'_>, taken: &mut Vec<Utf8Bytes>) -> Poll<Result<(), Overflowed>> {
        self.reader.register(context.waker());
        if self.overflowed.load(Ordering::Acquire) {
            return Poll::Ready(Err(Overflowed));
        }
        let mut frames = self.lock();
        if frames.is_empty() {
            return Poll::Pending;
        }
        std::mem::swap(&mut *frames, taken);
        Poll::Ready(Ok(()))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Utf8Bytes>> {
        self.frames.lock().expect("no holder of this lock can panic")
    }
}
