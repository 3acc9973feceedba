//! Bells: devices that are rung while their page is closed, and the hours in which somebody wants quiet. How pressing
//! something is has the same words as on the page (`web/alerting.js`). Nothing here says what there is to see.

use jiff::Span;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::directory::Position;
use super::ids::{BellId, DeviceId, PersonId, SignInId};
use super::list::closed_list;
use super::text::{Invalid, Text};
use super::time::Timestamp;

closed_list! {
    /// How pressing something is; of a bell, what it takes at least to be rung.
    Weight {
        Mine = "mine", "わたし宛て", "for me";
        /// Passes quiet hours.
        Urgent = "urgent", "急ぎ", "urgent";
    }
}

/// A device that is rung. Where it is rung is sealed, and read only to ring it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bell {
    pub id: BellId,
    pub person: PersonId,
    pub position: Position,
    /// The one under which its page was last open.
    pub sign_in: SignInId,
    pub registered: Option<DeviceId>,
    /// What the device calls itself.
    pub device: String,
    pub wish: Weight,
    pub added_at: Timestamp,
    /// When its page last said that it stands.
    pub renewed_at: Timestamp,
    pub rung_at: Option<Timestamp>,
}

/// Minutes of the day from and until which somebody wants quiet; hours that pass midnight are one night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from_min: u16,
    until_min: u16,
}

const DAY_MIN: u16 = 24 * 60;

impl QuietHours {
    /// `None`: a minute is beyond the day, or the hours are none.
    #[must_use]
    pub fn of_minutes(from_min: u16, until_min: u16) -> Option<Self> {
        let is_span = from_min < DAY_MIN && until_min < DAY_MIN && from_min != until_min;
        is_span.then_some(Self { from_min, until_min })
    }

    /// Of two times of day such as `21:00`.
    ///
    /// # Errors
    /// When one of them is no time of day, or both are the same.
    pub fn read(from: &str, until: &str) -> Result<Self, Invalid> {
        let (from_min, until_min) = (minute("from", from)?, minute("until", until)?);
        Self::of_minutes(from_min, until_min).ok_or_else(|| {
            let same = Text::fixed(
                "静かな時間の終わりは、始まりと別の時刻にしてください",
                "quiet hours end at another time than they begin",
            );
            Invalid::new("until", "out_of_range", same)
        })
    }

    /// From and until.
    #[must_use]
    pub const fn minutes(self) -> (u16, u16) {
        (self.from_min, self.until_min)
    }

    /// As it is shown.
    #[must_use]
    pub fn times(self) -> (String, String) {
        let shown = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        (shown(self.from_min), shown(self.until_min))
    }

    /// Whether it is quiet at this moment where the clocks show the time of this zone.
    #[must_use]
    pub fn hold_at(self, at: Timestamp, zone: &TimeZone) -> bool {
        let Some(local) = at.to_jiff().map(|at| at.to_zoned(zone.clone())) else { return false };
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        if self.from_min < self.until_min {
            (self.from_min..self.until_min).contains(&minute)
        } else {
            minute >= self.from_min || minute < self.until_min
        }
    }

    /// When they next end.
    #[must_use]
    pub fn end_after(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let (hour, minute) = (self.until_min / 60, self.until_min % 60);
        let part = |part: u16| i8::try_from(part).unwrap_or_default();
        let end = at.to_jiff().and_then(|moment| {
            let local = moment.to_zoned(zone.clone());
            let time = Time::new(part(hour), part(minute), 0, 0).ok()?;
            let today = local.date().to_datetime(time).to_zoned(zone.clone()).ok()?;
            let end = if today.timestamp() > moment { today } else { today.checked_add(Span::new().days(1)).ok()? };
            Some(Timestamp::from(end.timestamp()))
        });
        end.unwrap_or(at)
    }
}

fn minute(field: &'static str, text: &str) -> Result<u16, Invalid> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let digits = |part: &str, below: u16| {
            let is_two = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|number: &u16| is_two && *number < below)
        };
        Some(digits(hour, 24)? * 60 + digits(minute, 60)?)
    };
    read().ok_or_else(|| {
        Invalid::new(
            field,
            "wrong_type",
            Text::fixed("21:00 のような時刻が必要です", "expected a time of day such as 21:00"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn japan() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(9))
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-04-01T{time}:00+09:00").parse().unwrap()
    }

    #[test]
    fn a_night_is_one_span_and_a_nap_another_by_the_clocks_of_the_region() {
        let night = QuietHours::read("21:00", "07:00").unwrap();
        let nap = QuietHours::read("13:00", "14:30").unwrap();
        for (time, in_night, in_nap) in [
            ("20:59", false, false),
            ("21:00", true, false),
            ("00:00", true, false),
            ("06:59", true, false),
            ("07:00", false, false),
            ("13:00", false, true),
            ("14:29", false, true),
            ("14:30", false, false),
        ] {
            assert_eq!(
                (night.hold_at(at(time), &japan()), nap.hold_at(at(time), &japan())),
                (in_night, in_nap),
                "{time}"
            );
        }
        assert!(!night.hold_at(at("22:00"), &TimeZone::UTC), "13:00 there");
        assert_eq!(night.end_after(at("22:00"), &japan()), "2026-04-02T07:00:00+09:00".parse().unwrap());
        assert_eq!(night.end_after(at("03:00"), &japan()), at("07:00"));
        assert_eq!(night.end_after(at("07:00"), &japan()), "2026-04-02T07:00:00+09:00".parse().unwrap());
        assert_eq!(night.times(), ("21:00".to_owned(), "07:00".to_owned()));
    }

    #[test]
    fn what_is_no_time_of_day_is_named() {
        for (from, until, field) in [
            ("24:00", "07:00", "from"),
            ("9:00", "07:00", "from"),
            ("21:60", "07:00", "from"),
            ("21:00", "", "until"),
            ("21:00", "0700", "until"),
            ("21:00", "+7:00", "until"),
            ("21:00", "21:00", "until"),
        ] {
            assert_eq!(QuietHours::read(from, until).unwrap_err().field, field, "{from} {until}");
        }
        assert_eq!(QuietHours::of_minutes(1_440, 0), None);
    }
}
