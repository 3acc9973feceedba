//! How it goes with what is sent elsewhere, so that somebody outside holds the hub to its history: checkpoints put into a
//! folder, records shipped to another system. Noted by those who send, read by health and metrics.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use crate::domain::time::Timestamp;

/// See the module.
#[derive(Debug, Default)]
pub struct Witness {
    /// Checkpoints to the folder of `audit.checkpoint_to`.
    pub checkpoints: Way,
    /// Records and checkpoints to `audit.ship`.
    pub shipping: Way,
    is_unsigned: AtomicBool,
}

impl Witness {
    /// No checkpoint is signed: the key that did is not there. Whether that is new.
    pub fn cannot_sign(&self) -> bool {
        !self.is_unsigned.swap(true, Ordering::Relaxed)
    }

    /// Whether no checkpoint is signed.
    #[must_use]
    pub fn is_unsigned(&self) -> bool {
        self.is_unsigned.load(Ordering::Relaxed)
    }
}

/// One way out.
#[derive(Debug, Default)]
pub struct Way {
    is_wanted: AtomicBool,
    is_failing: AtomicBool,
    is_doubted: AtomicBool,
    failures: AtomicU64,
    /// In microseconds; 0: never.
    arrived_at: AtomicI64,
}

impl Way {
    /// Something is to be sent by it.
    pub fn expect(&self) {
        self.is_wanted.store(true, Ordering::Relaxed);
    }

    /// It does not go now.
    pub fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.is_failing.store(true, Ordering::Relaxed);
    }

    /// It goes; the newest arrived then, if anything has.
    pub fn arrived(&self, at: Option<Timestamp>) {
        self.is_failing.store(false, Ordering::Relaxed);
        if let Some(at) = at {
            self.arrived_at.store(at.as_micros(), Ordering::Relaxed);
        }
    }

    /// What the database says of it is not the hub's; whether that is new. It stays told until the hub is started again.
    pub fn doubt(&self) -> bool {
        !self.is_doubted.swap(true, Ordering::Relaxed)
    }

    #[must_use]
    pub fn is_doubted(&self) -> bool {
        self.is_doubted.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.is_failing.load(Ordering::Relaxed)
    }

    /// Tries that failed.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    #[must_use]
    pub fn arrived_at(&self) -> Option<Timestamp> {
        Some(self.arrived_at.load(Ordering::Relaxed)).filter(|at| *at != 0).map(Timestamp)
    }
}
