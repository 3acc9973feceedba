//! How often something may be done, counted by all hubs together: one number for each key, the moment at which all that was
//! spent will have come back (the generic cell rate algorithm), read and written by one script in Redis.
//!
//! INVARIANT: keys are digests; neither name nor address nor id goes to Redis. Whoever asks has counted for themselves
//! before, so that what is lost here was not lost there.

use std::time::Duration;

use super::redis::{BusError, Line};
use crate::config::RedisSettings;
use crate::limits;

/// Redis' own clock is everybody's: those of hubs differ. A number above 10^14 must not be written in scientific notation.
const SCRIPT: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local whole = tonumber(redis.call('GET', KEYS[1])) or now
if whole < now then whole = now end
local next = whole + ARGV[1] * 1
local wait = next - now - ARGV[2]
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1)
return 0";

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Yes,
    No {
        wait: Duration,
    },
    /// Nobody knows: Redis is lost, or did not answer in time.
    Unknown,
}

/// How long is waited for Redis.
#[derive(Clone, Copy, Debug)]
pub struct SharedBounds {
    pub answer: Duration,
}

impl Default for SharedBounds {
    fn default() -> Self {
        Self { answer: Duration::from_millis(limits::REDIS_ANSWER_MS_MAX) }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Shared {
    line: Line,
    bounds: SharedBounds,
}

impl Shared {
    /// Begins to connect.
    ///
    /// # Errors
    /// When a file that the settings name cannot be read.
    pub fn open(settings: &RedisSettings, bounds: SharedBounds) -> Result<Self, BusError> {
        Ok(Self { line: Line::open(settings)?, bounds })
    }

    /// Whether Redis answers.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.line.is_up()
    }

    /// Times it did not any more, since the start.
    #[must_use]
    pub fn times_lost(&self) -> u64 {
        self.line.times_lost()
    }

    /// Spends credit that comes back in `cost`, of as much as comes back in `all`, unless there is too little.
    pub async fn take(&self, key: &[u8; 32], cost: Duration, all: Duration) -> Taken {
        let Some((mut connection, number)) = self.line.connection() else { return Taken::Unknown };
        let name: Vec<u8> = [limits::REDIS_KEY_PREFIX.as_bytes(), key].concat();
        let micros = |span: Duration| u64::try_from(span.as_micros()).unwrap_or(u64::MAX >> 12);
        let mut command = redis::cmd("EVAL");
        command.arg(SCRIPT).arg(1).arg(name).arg(micros(cost)).arg(micros(all));
        let asking = command.query_async::<u64>(&mut connection);
        match tokio::time::timeout(self.bounds.answer, asking).await {
            Ok(Ok(0)) => Taken::Yes,
            Ok(Ok(wait_us)) => Taken::No { wait: Duration::from_micros(wait_us) },
            Ok(Err(error)) => {
                tracing::debug!(%error, "redis refuses to count");
                self.line.lose(number);
                Taken::Unknown
            }
            Err(_elapsed) => {
                self.line.lose(number);
                Taken::Unknown
            }
        }
    }
}
