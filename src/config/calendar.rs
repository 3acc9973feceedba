//! The region's opening hours and closed days, as the configuration says them: deadlines in opening hours count by them.
//! What is not said keeps the hub's placeholders; the calendar itself is made in `cli/open.rs`.

use jiff::civil::{Date, Time};

use crate::domain::role::OrganisationType;
use crate::domain::text::Text;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Public holidays and the region's closed days.
const HOLIDAYS: &str = "hol";

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarSettings {
    /// A type of organisation that is named here has these hours and no others.
    pub opening_hours: Vec<OpeningHours>,
    /// Count as public holidays.
    pub closed_days: Vec<Date>,
    /// Outside of it is night.
    pub daytime: Option<MinuteSpan>,
}

/// `clinic mon-fri 09:00-12:00 14:00-17:00`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningHours {
    pub of: OrganisationType,
    /// Monday first.
    pub days: [bool; 7],
    pub on_holidays: bool,
    /// Ascending.
    pub spans: Vec<MinuteSpan>,
}

/// From when to when, in minutes after midnight; until 24:00 at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinuteSpan {
    pub from_min: u16,
    pub until_min: u16,
}

pub(super) fn expected_hours() -> Text {
    Text::fixed(
        "「clinic mon-fri+hol 09:00-12:00 14:00-17:00」のような、所属の種類・曜日（mon〜sun、祝日は hol）・時間",
        "a type of organisation, days (mon to sun, hol for holidays) and hours such as `clinic mon-fri+hol 09:00-12:00 14:00-17:00`",
    )
}

pub(super) fn expected_day() -> Text {
    Text::fixed("2026-12-31 のような日付", "a date such as 2026-12-31")
}

pub(super) fn expected_span() -> Text {
    Text::fixed("08:00-18:00 のような時間", "hours such as 08:00-18:00")
}

impl OpeningHours {
    /// `None` where something in it is no such word, or the hours overlap.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let of = OrganisationType::from_code(words.next()?)?;
        let mut hours = Self { of, days: [false; 7], on_holidays: false, spans: Vec::new() };
        for days in words.next()?.split('+') {
            hours.take_days(days)?;
        }
        hours.spans = words.map(MinuteSpan::parse).collect::<Option<_>>()?;
        let in_order = hours.spans.windows(2).all(|two| two[0].until_min <= two[1].from_min);
        (in_order && !hours.spans.is_empty()).then_some(hours)
    }

    fn take_days(&mut self, named: &str) -> Option<()> {
        if named == HOLIDAYS {
            self.on_holidays = true;
            return Some(());
        }
        let place = |day: &str| DAYS.iter().position(|known| *known == day);
        let (first, last) = named.split_once('-').unwrap_or((named, named));
        let (first, last) = (place(first)?, place(last)?);
        self.days.get_mut(first..=last)?.fill(true);
        Some(())
    }
}

impl MinuteSpan {
    /// `None` where it is not two times of a day, the later one last.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let minute = |time: &str| {
            if time == "24:00" {
                return Some(24 * 60);
            }
            let time: Time = time.parse().ok()?;
            Some(u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()))
        };
        let (from, until) = text.split_once('-')?;
        let span = Self { from_min: minute(from)?, until_min: minute(until)? };
        (span.from_min < span.until_min).then_some(span)
    }
}

impl std::fmt::Display for MinuteSpan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { from_min, until_min } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from_min / 60, from_min % 60, until_min / 60, until_min % 60)
    }
}

impl std::fmt::Display for OpeningHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let open = DAYS.iter().zip(self.days).filter(|(_, open)| *open).map(|(day, _)| *day);
        let days: Vec<&str> = open.chain(self.on_holidays.then_some(HOLIDAYS)).collect();
        write!(f, "{} {}", self.of, days.join("+"))?;
        self.spans.iter().try_for_each(|span| write!(f, " {span}"))
    }
}
