//! Ids: UUIDv7 (RFC 9562) from the clock and the system's randomness, in the order they are drawn.
//! They name things and are guessable in their first half; a secret is a token of the vault.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::Clock;

/// Draws ids. Share one per process: the order holds among the ids of one `Ids`.
pub struct Ids {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    /// Milliseconds since 1970 in the upper 48 of 60 bits, the fraction of the millisecond below.
    last_prefix: u64,
    source: Source,
}

enum Source {
    System,
    Seeded { state: u64 },
}

impl Ids {
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::from_source(clock, Source::System)
    }

    /// The same ids in every run, for simulations. Never for a running hub.
    #[must_use]
    pub fn seeded(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self::from_source(clock, Source::Seeded { state: seed })
    }

    fn from_source(clock: Arc<dyn Clock>, source: Source) -> Self {
        Self { clock, state: Mutex::new(State { last_prefix: 0, source }) }
    }

    /// A new UUIDv7, greater than every one drawn before.
    #[must_use]
    pub fn draw(&self) -> Uuid {
        let micros = self.clock.now().as_micros().max(0).unsigned_abs();
        // RFC 9562 section 6.2, method 3: the twelve bits after the milliseconds carry their
        // fraction, so ids of one millisecond sort too.
        let prefix = ((micros / 1_000) << 12) | ((micros % 1_000) * 4_096 / 1_000);
        // The counter stays usable whatever a panicking thread left in it.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let prefix = prefix.max(state.last_prefix + 1);
        state.last_prefix = prefix;
        uuid_v7(prefix, state.source.next())
    }
}

fn uuid_v7(prefix: u64, random: u64) -> Uuid {
    let (millis, fraction) = (prefix >> 12, prefix & 0xFFF);
    let high = (millis << 16) | 0x7000 | fraction;
    let low = (random & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
    Uuid::from_u64_pair(high, low)
}

impl Source {
    fn next(&mut self) -> u64 {
        match self {
            Self::System => system_random(),
            // SplitMix64 (Steele, Lea, Flood 2014).
            Self::Seeded { state } => {
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut mixed = *state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                mixed ^ (mixed >> 31)
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that draws ids")]
fn system_random() -> u64 {
    // The lower half of a version 4 id is 62 bits from the system's generator below the variant.
    Uuid::new_v4().as_u64_pair().1
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ids").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::*;
    use crate::clock::ManualClock;
    use crate::domain::time::Timestamp;

    fn noon() -> Arc<ManualClock> {
        Arc::new(ManualClock::at(Timestamp(1_775_003_400_250_500)))
    }

    #[test]
    fn an_id_is_version_7_and_carries_the_clocks_time() {
        let id = Ids::new(noon()).draw();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_775_003_400, 250_000_000));
    }

    #[test]
    fn ids_rise_while_the_clock_stands_or_steps_back() {
        let clock = noon();
        let ids = Ids::new(clock.clone());
        let mut last = ids.draw();
        for round in 0..20_000 {
            if round == 10_000 {
                clock.step_back(Duration::from_secs(60));
            }
            let id = ids.draw();
            assert!(id > last, "{id} is not after {last}");
            last = id;
        }
    }

    #[test]
    fn threads_and_processes_draw_different_ids() {
        let clock = noon();
        let (ours, theirs) = (Ids::new(clock.clone()), Ids::new(clock));
        let drawn = Mutex::new(HashSet::new());
        std::thread::scope(|scope| {
            for ids in [&ours, &ours, &theirs, &theirs] {
                scope.spawn(|| {
                    let mine: Vec<Uuid> = (0..2_000).map(|_| ids.draw()).collect();
                    drawn.lock().unwrap().extend(mine);
                });
            }
        });
        assert_eq!(drawn.into_inner().unwrap().len(), 8_000);
    }

    #[test]
    fn a_seed_repeats_the_ids_and_another_does_not() {
        let draw = |seed| Ids::seeded(noon(), seed).draw();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
