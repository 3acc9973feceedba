//! How much one sign-in may ask for: credit that is spent by asking and comes back as the hub's clock goes on.
//!
//! Asked before work of which each piece leaves a row in the journal: subscriptions and looks (the record of reading),
//! posts that wait for a link; and before files are kept. In memory, and with the other hubs where there is a Redis
//! (`Region::spend`), save for posts that wait, which are judged in a batch: a restart gives everybody their credit back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use crate::domain::time::Timestamp;
use crate::limits;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    /// To follow a timeline; per sign-in.
    Subscription,
    /// To look at a patient or a page; per sign-in.
    Look,
    /// To keep a post until its author is linked; per person, because a post does not say by which sign-in it came.
    Waiting,
    /// To look for a patient of others in an emergency; per person.
    EmergencySearch,
    /// To keep a block of an uploaded file; per sign-in.
    UploadBlock,
    /// To hand in an envelope; per address, because nobody is signed in.
    Envelope,
}

impl Asked {
    /// What it is counted as with other hubs.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Subscription => "subscription",
            Self::Look => "look",
            Self::Waiting => "waiting",
            Self::EmergencySearch => "emergency-search",
            Self::UploadBlock => "upload-block",
            Self::Envelope => "envelope",
        }
    }

    /// How many may be asked for at once, and the time after which one more may be.
    pub(super) const fn terms(self) -> (u32, Duration) {
        match self {
            Self::Subscription => (limits::SUBSCRIPTIONS_BURST, Duration::from_millis(limits::SUBSCRIPTION_REFILL_MS)),
            Self::Look => (limits::LOOKS_BURST, Duration::from_millis(limits::LOOK_REFILL_MS)),
            Self::EmergencySearch => {
                let refill = Duration::from_millis(limits::EMERGENCY_SEARCH_REFILL_MS);
                (limits::EMERGENCY_SEARCHES_BURST, refill)
            }
            Self::Waiting => (limits::WAITING_POSTS_BURST, Duration::from_millis(limits::WAITING_POST_REFILL_MS)),
            Self::Envelope => (limits::ENVELOPES_BURST, Duration::from_millis(limits::ENVELOPE_REFILL_MS)),
            Self::UploadBlock => (limits::UPLOAD_BLOCKS_BURST, Duration::from_millis(limits::UPLOAD_BLOCK_REFILL_MS)),
        }
    }
}

/// What everybody has spent.
#[derive(Debug, Default)]
pub struct Allowances {
    /// When all that was spent will have come back. Who has all their credit is not in it.
    whole_at: Mutex<HashMap<(Uuid, Asked), Timestamp>>,
}

impl Allowances {
    /// Spends the credit for `count` pieces, or says `false` and spends nothing.
    #[must_use]
    pub fn take(&self, who: Uuid, asked: Asked, count: usize, now: Timestamp) -> bool {
        let (burst, refill) = asked.terms();
        let Ok(count) = u32::try_from(count) else { return false };
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        if whole_at.len() >= limits::ALLOWANCES_KEPT_MAX {
            whole_at.retain(|_, whole| *whole > now);
        }
        let spent_until = whole_at.get(&(who, asked)).map_or(now, |whole| now.max(*whole));
        let next = spent_until.saturating_add(refill.saturating_mul(count));
        if next > now.saturating_add(refill.saturating_mul(burst)) {
            return false;
        }
        whole_at.insert((who, asked), next);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_775_003_400);

    #[test]
    fn credit_is_spent_by_one_alone_and_comes_back_with_time() {
        let allowances = Allowances::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let all = limits::LOOKS_BURST as usize;
        assert!(allowances.take(one, Asked::Look, all, NOW));
        assert!(!allowances.take(one, Asked::Look, 1, NOW));
        assert!(allowances.take(one, Asked::Subscription, 1, NOW), "credit of another kind");
        assert!(allowances.take(other, Asked::Look, 1, NOW), "credit of somebody else");
        let later = NOW.saturating_add(Duration::from_millis(3 * limits::LOOK_REFILL_MS));
        assert!(!allowances.take(one, Asked::Look, 4, later));
        assert!(allowances.take(one, Asked::Look, 3, later));
        assert!(!allowances.take(one, Asked::Look, 1, later));
    }

    #[test]
    fn more_than_all_the_credit_is_never_given() {
        let allowances = Allowances::default();
        let too_many = limits::SUBSCRIPTIONS_BURST as usize + 1;
        assert!(!allowances.take(Uuid::nil(), Asked::Subscription, too_many, NOW));
        assert!(!allowances.take(Uuid::nil(), Asked::Subscription, usize::MAX, NOW));
    }

    #[test]
    fn who_has_all_their_credit_is_forgotten() {
        let allowances = Allowances::default();
        for who in 0..limits::ALLOWANCES_KEPT_MAX as u128 {
            assert!(allowances.take(Uuid::from_u128(who), Asked::Look, 1, NOW));
        }
        let later = NOW.saturating_add(Duration::from_millis(limits::LOOK_REFILL_MS));
        assert!(allowances.take(Uuid::nil(), Asked::Look, 1, later));
        assert_eq!(allowances.whole_at.lock().unwrap().len(), 1);
    }
}
