//! When a span of time has passed, on the calendar or in business hours, and what the hour is called. Pure
//! data: the region's zone, opening hours by type of organisation, closed days. Asked by the duty ledger
//! for due times and by the filler of facts for `time.*`. Reads no clock.

pub mod holidays;
mod in_words;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::event::TimeBand;
use super::words::Clock;
use crate::domain::role::OrganisationType;
use crate::domain::time::Timestamp;

const DAY_S: i64 = 86_400;
const HOUR_MIN: u16 = 60;
/// Days looked ahead for opening hours: a year with a margin; who never opens is counted on the calendar.
const DAYS_AHEAD_MAX: usize = 400;

/// From when to when, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    pub from_min: u16,
    pub until_min: u16,
}

/// The opening hours of a type of organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// Monday first. Ascending within a day.
    pub week: [Vec<Opening>; 7],
    /// Public holidays and the region's closed days count like any other day.
    pub open_on_holidays: bool,
}

/// The region's calendar.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub zone: TimeZone,
    /// By `OrganisationType::index`.
    pub hours: Vec<Hours>,
    /// Days the region agreed to count as holidays, such as the turn of the year.
    pub closed: BTreeSet<Date>,
    /// Outside of it is night.
    pub day: Opening,
}

impl Calendar {
    /// Japan, with opening hours that stand in until the region sets its own.
    #[must_use]
    pub fn japan_with_placeholders() -> Self {
        let opening = |from, until| Opening { from_min: from * HOUR_MIN, until_min: until * HOUR_MIN };
        let weekdays = |opens: &[Opening], saturday: &[Opening]| {
            let mut week: [Vec<Opening>; 7] = std::array::from_fn(|_| opens.to_vec());
            week[5] = saturday.to_vec();
            week[6] = Vec::new();
            Hours { week, open_on_holidays: false }
        };
        let office = weekdays(&[opening(9, 17)], &[]);
        let clinic = weekdays(&[opening(9, 12), opening(14, 17)], &[opening(9, 12)]);
        let hours = OrganisationType::ALL.iter().map(|of| match of {
            OrganisationType::Clinic | OrganisationType::DentalClinic => clinic.clone(),
            OrganisationType::Pharmacy => weekdays(&[opening(9, 18)], &[opening(9, 13)]),
            // A household and a ward know no closing time.
            OrganisationType::Home => Hours::default(),
            _ => office.clone(),
        });
        Self {
            zone: TimeZone::fixed(jiff::tz::offset(9)),
            hours: hours.collect(),
            closed: BTreeSet::new(),
            day: opening(8, 18),
        }
    }

    /// The moment a span that began at `opened_at` has passed for this type of organisation.
    ///
    /// On the business clock whole days are business days: `3d` (and `72h`) ends when the third open day after the
    /// opening day closes. Anything else counts open hours.
    #[must_use]
    pub fn due_at(&self, opened_at: Timestamp, span_s: i64, clock: Clock, of: OrganisationType) -> Timestamp {
        let on_calendar = Timestamp(opened_at.0.saturating_add(span_s.saturating_mul(1_000_000)));
        if clock == Clock::Calendar || !self.ever_opens(of) {
            return on_calendar;
        }
        let due = if span_s % DAY_S == 0 && span_s > 0 {
            self.after_open_days(opened_at, span_s / DAY_S, of)
        } else {
            self.after_open_hours(opened_at, span_s, of)
        };
        due.unwrap_or(on_calendar)
    }

    /// Whether an organisation of this type is open at the moment.
    #[must_use]
    pub fn is_open(&self, at: Timestamp, of: OrganisationType) -> bool {
        if !self.ever_opens(of) {
            return true;
        }
        let Some(local) = self.local(at) else { return false };
        let minute = minute_of(local.time());
        self.openings(local.date(), of).iter().any(|open| (open.from_min..open.until_min).contains(&minute))
    }

    /// The moment at which a day has passed in the region.
    #[must_use]
    pub fn end_of(&self, day: Date) -> Option<Timestamp> {
        self.moment(day.tomorrow().ok()?, 0)
    }

    /// The date in the region.
    #[must_use]
    pub fn date_at(&self, at: Timestamp) -> Date {
        self.local(at).map_or(Date::MIN, |local| local.date())
    }

    /// What agreements call this hour.
    #[must_use]
    pub fn band(&self, at: Timestamp) -> Option<TimeBand> {
        let local = self.local(at)?;
        let weekend = matches!(local.date().weekday(), Weekday::Saturday | Weekday::Sunday);
        if weekend || self.is_closed(local.date()) {
            return Some(TimeBand::Holiday);
        }
        let minute = minute_of(local.time());
        let is_day = (self.day.from_min..self.day.until_min).contains(&minute);
        Some(if is_day { TimeBand::Day } else { TimeBand::Night })
    }

    fn is_closed(&self, date: Date) -> bool {
        self.closed.contains(&date) || holidays::holiday(date).is_some()
    }

    fn ever_opens(&self, of: OrganisationType) -> bool {
        self.hours.get(of.index()).is_some_and(|hours| hours.week.iter().any(|day| !day.is_empty()))
    }

    fn openings(&self, date: Date, of: OrganisationType) -> &[Opening] {
        let Some(hours) = self.hours.get(of.index()) else { return &[] };
        if !hours.open_on_holidays && self.is_closed(date) {
            return &[];
        }
        &hours.week[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())]
    }

    fn local(&self, at: Timestamp) -> Option<jiff::civil::DateTime> {
        Some(at.to_jiff()?.to_zoned(self.zone.clone()).datetime())
    }

    fn moment(&self, date: Date, minute: u16) -> Option<Timestamp> {
        let midnight = date.to_datetime(jiff::civil::Time::midnight());
        let local = midnight.checked_add(jiff::Span::new().minutes(i64::from(minute))).ok()?;
        Some(local.to_zoned(self.zone.clone()).ok()?.timestamp().into())
    }

    fn after_open_days(&self, opened_at: Timestamp, days: i64, of: OrganisationType) -> Option<Timestamp> {
        let opened_on = self.local(opened_at)?.date();
        let open = |date: &Date| !self.openings(*date, of).is_empty();
        let later = opened_on.tomorrow().ok()?.series(jiff::Span::new().days(1));
        let last = later.filter(open).take(usize::try_from(days).ok()?).last()?;
        let closes = self.openings(last, of).last()?.until_min;
        self.moment(last, closes)
    }

    fn after_open_hours(&self, opened_at: Timestamp, span_s: i64, of: OrganisationType) -> Option<Timestamp> {
        let mut left = span_s.max(0).saturating_mul(1_000_000);
        let mut now = opened_at;
        let first = self.local(opened_at)?.date();
        let mut idle_days = 0;
        for date in first.series(jiff::Span::new().days(1)) {
            let openings = self.openings(date, of);
            idle_days = if openings.is_empty() { idle_days + 1 } else { 0 };
            if idle_days > DAYS_AHEAD_MAX {
                return None;
            }
            for opening in openings {
                let (from, until) = (self.moment(date, opening.from_min)?, self.moment(date, opening.until_min)?);
                if until <= now {
                    continue;
                }
                now = now.max(from);
                let open = until.0 - now.0;
                if left <= open {
                    return Some(Timestamp(now.0 + left));
                }
                left -= open;
                now = until;
            }
        }
        None
    }
}

fn minute_of(time: jiff::civil::Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * HOUR_MIN + u16::from(time.minute().unsigned_abs())
}
