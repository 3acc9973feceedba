//! Room for files in memory: so much for all of them together, and so many of one sign-in at a moment. Who finds none is
//! told to try again; nobody waits for room, because those who have it may be slow.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::ids::SignInId;
use crate::limits;

/// What is taken, for the whole hub.
pub(super) struct Rooms {
    kib: Arc<Semaphore>,
    of_sign_ins: OfSignIns,
}

type OfSignIns = Arc<Mutex<HashMap<SignInId, u32>>>;

/// One file's room, free again when this is dropped.
pub struct Room {
    kib: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
    taken_kib: usize,
    _place: Place,
}

struct Place {
    of_sign_ins: OfSignIns,
    sign_in: SignInId,
}

impl Default for Rooms {
    fn default() -> Self {
        Self { kib: Arc::new(Semaphore::new(limits::FILE_MEMORY_KIB_MAX as usize)), of_sign_ins: OfSignIns::default() }
    }
}

impl Rooms {
    /// A place for one more file of this sign-in, without memory yet. `None`: it has as many as it may.
    pub(super) fn enter(&self, sign_in: SignInId) -> Option<Room> {
        let mut of_sign_ins = lock(&self.of_sign_ins);
        let files = of_sign_ins.entry(sign_in).or_default();
        if *files >= limits::FILES_OF_SIGN_IN_MAX {
            return None;
        }
        *files += 1;
        let place = Place { of_sign_ins: Arc::clone(&self.of_sign_ins), sign_in };
        Some(Room { kib: Arc::clone(&self.kib), taken: None, taken_kib: 0, _place: place })
    }
}

impl Room {
    /// Takes as much more memory as a content of this length needs. `false`: there is none.
    pub(super) fn grow_to(&mut self, bytes: usize) -> bool {
        let kib = bytes.div_ceil(1_024);
        let more = kib.saturating_sub(self.taken_kib);
        if more == 0 {
            return true;
        }
        let Ok(count) = u32::try_from(more) else { return false };
        let Ok(permit) = Arc::clone(&self.kib).try_acquire_many_owned(count) else { return false };
        match &mut self.taken {
            Some(taken) => taken.merge(permit),
            None => self.taken = Some(permit),
        }
        self.taken_kib = kib;
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut of_sign_ins = lock(&self.of_sign_ins);
        if let Some(files) = of_sign_ins.get_mut(&self.sign_in) {
            *files -= 1;
            if *files == 0 {
                of_sign_ins.remove(&self.sign_in);
            }
        }
    }
}

fn lock(of_sign_ins: &Mutex<HashMap<SignInId, u32>>) -> MutexGuard<'_, HashMap<SignInId, u32>> {
    of_sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_sign_in_has_so_many_places_and_gets_them_back() {
        let rooms = Rooms::default();
        let (one, other) = (SignInId(Uuid::from_u128(1)), SignInId(Uuid::from_u128(2)));
        let mut held: Vec<Room> = (0..limits::FILES_OF_SIGN_IN_MAX).map(|_| rooms.enter(one).unwrap()).collect();
        assert!(rooms.enter(one).is_none());
        assert!(rooms.enter(other).is_some());
        held.pop();
        assert!(rooms.enter(one).is_some());
        drop(held);
        assert!(lock(&rooms.of_sign_ins).is_empty(), "who has none is not remembered");
    }

    #[test]
    fn memory_is_bounded_for_all_together_and_comes_back() {
        let rooms = Rooms::default();
        let all = limits::FILE_MEMORY_KIB_MAX as usize * 1_024;
        let enter = |number| rooms.enter(SignInId(Uuid::from_u128(number))).unwrap();
        let (mut one, mut other) = (enter(1), enter(2));
        assert!(one.grow_to(10) && one.grow_to(1_024) && one.grow_to(all - 1_024));
        assert!(one.grow_to(5), "it never shrinks, and asks for nothing then");
        assert!(other.grow_to(1_024) && !other.grow_to(1_025), "one KiB was left");
        drop(one);
        assert!(other.grow_to(all));
    }
}
