//! The open sockets by sign-in, so that revoking one reaches them at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::outbox::Outbox;
use crate::domain::directory::Actor;
use crate::domain::ids::SignInId;
use crate::domain::time::Timestamp;
use crate::limits;
use crate::wire::codes::CloseCode;

/// Somebody signed in: who acts, until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub id: SignInId,
    pub actor: Actor,
    pub until: Timestamp,
}

/// All open sockets of this hub.
#[derive(Debug, Default)]
pub struct Sessions {
    open: Mutex<HashMap<SignInId, Vec<Arc<Outbox>>>>,
}

impl Sessions {
    /// Takes a new socket in; `false` when the sign-in has too many already.
    #[must_use]
    pub fn open(&self, sign_in: SignInId, outbox: &Arc<Outbox>) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let sockets = open.entry(sign_in).or_default();
        if sockets.len() >= limits::SOCKETS_PER_SIGN_IN_MAX {
            return false;
        }
        sockets.push(Arc::clone(outbox));
        true
    }

    /// Takes a socket out.
    pub fn close(&self, sign_in: SignInId, outbox: &Arc<Outbox>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sockets) = open.get_mut(&sign_in) {
            sockets.retain(|other| !Arc::ptr_eq(other, outbox));
            if sockets.is_empty() {
                open.remove(&sign_in);
            }
        }
    }

    /// Ends every socket of a sign-in.
    pub fn end(&self, sign_in: SignInId, close: CloseCode) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&sign_in).into_iter().flatten().for_each(|outbox| outbox.close(close));
    }

    /// Ends every socket of the hub.
    pub fn end_all(&self, close: CloseCode) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.values().flatten().for_each(|outbox| outbox.close(close));
    }

    /// How many sockets are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
    }
}
