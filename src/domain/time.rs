//! A moment in UTC with microseconds: the only time the domain, the journal and the wire know.
//! Wall time of a place (a region's calendar, a due time "by 17:00") is worked out from it by the
//! rulebook. Nothing here reads a clock; `clock.rs` does.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::text::Text;

const MICROS_PER_MILLI: i64 = 1_000;
const MICROS_PER_SECOND: i64 = 1_000_000;

/// Microseconds since 1970-01-01T00:00:00Z, the same number that the journal stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// Text that is not a moment. It carries the text so that an importer can show the cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a moment with date, time and offset such as 2026-04-01T09:30:00+09:00: {reason}")]
pub struct NotATimestamp {
    pub text: String,
    pub reason: String,
}

impl Timestamp {
    pub const EPOCH: Self = Self(0);
    pub const MIN: Self = Self(i64::MIN);
    pub const MAX: Self = Self(i64::MAX);

    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(MICROS_PER_MILLI))
    }

    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds, rounded down also before 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(MICROS_PER_MILLI)
    }

    /// Whole seconds, rounded down also before 1970.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(duration)))
    }

    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(duration)))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        if self <= earlier {
            return Duration::ZERO;
        }
        Duration::from_micros(self.0.abs_diff(earlier.0))
    }

    /// Reads RFC 3339 text with any offset; the offset itself is not kept.
    ///
    /// # Errors
    /// When the text has no date, no time of day or no offset, or names an impossible moment.
    pub fn from_rfc3339(text: &str) -> Result<Self, NotATimestamp> {
        text.parse()
    }

    /// `2026-04-01T00:30:00Z`, with as many decimals as are needed.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.to_string()
    }

    /// For people, to the minute, in Japan's time, which it says.
    #[must_use]
    pub fn in_words(self) -> Text {
        let japan = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(9));
        let Some(at) = self.to_jiff().map(|at| at.to_zoned(japan)) else {
            return Text::new(self.to_string(), self.to_string());
        };
        Text::new(
            at.strftime("%Y年%-m月%-d日 %H:%M（日本時間）").to_string(),
            at.strftime("%Y-%m-%d %H:%M (Japan)").to_string(),
        )
    }

    /// For calendars and time zones. `None` outside the years −9999 to 9999.
    #[must_use]
    pub fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Self(moment.as_microsecond())
    }
}

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<jiff::Timestamp>() {
            Ok(moment) => Ok(moment.into()),
            Err(error) => Err(NotATimestamp { text: text.to_owned(), reason: error.to_string() }),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_jiff() {
            Some(moment) => write!(f, "{moment}"),
            // RFC 3339 has no text for such a moment; the number at least identifies it.
            None => write!(f, "{}us", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_offset_is_converted_to_utc() {
        let morning: Timestamp = "2026-04-01T09:30:00.25+09:00".parse().unwrap();
        assert_eq!(morning.to_rfc3339(), "2026-04-01T00:30:00.25Z");
        assert_eq!(morning, Timestamp(1_775_003_400_250_000));
    }

    #[test]
    fn people_read_it_in_japans_time() {
        let evening: Timestamp = "2026-11-29T15:17:28.164153Z".parse().unwrap();
        let words = evening.in_words();
        assert_eq!((&*words.ja, &*words.en), ("2026年11月30日 00:17（日本時間）", "2026-11-30 00:17 (Japan)"));
        assert!(Timestamp::MAX.in_words().ja.ends_with("us"));
    }

    #[test]
    fn text_without_offset_or_with_an_impossible_date_is_refused_with_the_text() {
        for text in ["2026-04-01T09:30:00", "2026-02-30T00:00:00Z", "2026-04-01", "", "きょう"] {
            let error = text.parse::<Timestamp>().unwrap_err();
            assert_eq!(error.text, text);
            assert!(error.to_string().contains("2026-04-01T09:30:00+09:00"), "{error}");
        }
    }

    #[test]
    fn milliseconds_round_down_on_both_sides_of_1970() {
        assert_eq!(Timestamp::from_millis(1_500).as_secs(), 1);
        assert_eq!(Timestamp(-1).as_millis(), -1);
        assert_eq!(Timestamp(-1).as_secs(), -1);
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Timestamp::MAX.saturating_add(Duration::from_secs(1)), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.saturating_sub(Duration::MAX), Timestamp::MIN);
        assert_eq!(Timestamp::from_millis(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::EPOCH.since(Timestamp(1)), Duration::ZERO);
        assert_eq!(Timestamp(5).since(Timestamp(2)), Duration::from_micros(3));
        assert_eq!(Timestamp::MAX.since(Timestamp::MIN), Duration::from_micros(u64::MAX));
    }

    #[test]
    fn a_moment_beyond_the_calendar_still_prints() {
        assert_eq!(Timestamp::MAX.to_string(), "9223372036854775807us");
    }

    proptest! {
        #[test]
        fn text_round_trips(micros in -62_135_596_800_000_000_i64..=253_402_207_200_000_000) {
            let moment = Timestamp(micros);
            prop_assert_eq!(moment.to_rfc3339().parse::<Timestamp>().unwrap(), moment);
        }

        #[test]
        fn since_undoes_add(micros in any::<i32>(), added in any::<u32>()) {
            let earlier = Timestamp(i64::from(micros));
            let duration = Duration::from_micros(u64::from(added));
            prop_assert_eq!(earlier.saturating_add(duration).since(earlier), duration);
        }
    }
}
