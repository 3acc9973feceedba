//! A moment as people of the region read it: the date with its weekday, and the hour. Used wherever a rule, a duty or a
//! version of the rulebook is explained; programs read RFC 3339 in UTC.

use jiff::civil::Weekday;

use super::Calendar;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Calendar {
    /// `2026年4月1日（水）9:05`, `Wed 1 Apr 2026, 9:05`, in the region's zone.
    #[must_use]
    pub fn in_words(&self, at: Timestamp) -> Text {
        let Some(local) = self.local(at) else { return Text::new(at.to_rfc3339(), at.to_rfc3339()) };
        let (year, month, day) = (local.year(), local.month(), local.day());
        let time = format!("{}:{:02}", local.hour(), local.minute());
        let (ja, en) = weekday(local.weekday());
        let name = MONTHS.get(usize::try_from(month - 1).unwrap_or_default()).copied().unwrap_or_default();
        Text::new(format!("{year}年{month}月{day}日（{ja}）{time}"), format!("{en} {day} {name} {year}, {time}"))
    }
}

const fn weekday(day: Weekday) -> (&'static str, &'static str) {
    match day {
        Weekday::Monday => ("月", "Mon"),
        Weekday::Tuesday => ("火", "Tue"),
        Weekday::Wednesday => ("水", "Wed"),
        Weekday::Thursday => ("木", "Thu"),
        Weekday::Friday => ("金", "Fri"),
        Weekday::Saturday => ("土", "Sat"),
        Weekday::Sunday => ("日", "Sun"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_the_region_and_not_in_utc() {
        let calendar = Calendar::japan_with_placeholders();
        let said = calendar.in_words("2026-12-31T15:04:59.5Z".parse().unwrap());
        assert_eq!((said.ja.as_ref(), said.en.as_ref()), ("2027年1月1日（金）0:04", "Fri 1 Jan 2027, 0:04"));
    }
}
