//! Japan's public holidays, worked out from the Act on National Holidays (国民の祝日に関する法律, Act 178 of
//! 1948, as in force since 2022). The equinoxes are announced a year ahead by the National Astronomical
//! Observatory; the approximation here agrees with what was announced and holds for 1980–2099. Years
//! before 2022 had holidays moved by special acts and are not answered for.

use jiff::civil::{Date, Weekday};

use crate::domain::text::Text;

/// The first year this table answers for.
pub const FIRST_YEAR: i16 = 2022;

/// The holiday on this date, if it is one; `None` also before [`FIRST_YEAR`].
#[must_use]
pub fn holiday(date: Date) -> Option<Text> {
    if date.year() < FIRST_YEAR {
        return None;
    }
    national(date).or_else(|| substitute(date)).or_else(|| between(date))
}

/// A holiday of article 2.
fn national(date: Date) -> Option<Text> {
    let nth_monday = |nth: i8| date.weekday() == Weekday::Monday && (date.day() - 1) / 7 + 1 == nth;
    let name = match (date.month(), date.day()) {
        (1, 1) => Text::fixed("元日", "New Year's Day"),
        (1, _) if nth_monday(2) => Text::fixed("成人の日", "Coming of Age Day"),
        (2, 11) => Text::fixed("建国記念の日", "National Foundation Day"),
        (2, 23) => Text::fixed("天皇誕生日", "the Emperor's Birthday"),
        (3, day) if day == equinox(date.year(), 20.8431) => Text::fixed("春分の日", "Vernal Equinox Day"),
        (4, 29) => Text::fixed("昭和の日", "Showa Day"),
        (5, 3) => Text::fixed("憲法記念日", "Constitution Memorial Day"),
        (5, 4) => Text::fixed("みどりの日", "Greenery Day"),
        (5, 5) => Text::fixed("こどもの日", "Children's Day"),
        (7, _) if nth_monday(3) => Text::fixed("海の日", "Marine Day"),
        (8, 11) => Text::fixed("山の日", "Mountain Day"),
        (9, _) if nth_monday(3) => Text::fixed("敬老の日", "Respect for the Aged Day"),
        (9, day) if day == equinox(date.year(), 23.2488) => Text::fixed("秋分の日", "Autumnal Equinox Day"),
        (10, _) if nth_monday(2) => Text::fixed("スポーツの日", "Sports Day"),
        (11, 3) => Text::fixed("文化の日", "Culture Day"),
        (11, 23) => Text::fixed("勤労感謝の日", "Labour Thanksgiving Day"),
        _ => return None,
    };
    Some(name)
}

/// The day of the month: days drift 0.242194 a year and come back with each leap year.
fn equinox(year: i16, in_1980: f64) -> i8 {
    let years = f64::from(year - 1980);
    (in_1980 + 0.242_194 * years - (years / 4.0).floor()).floor() as i8
}

/// Article 3(2): a holiday on a Sunday moves to the next day that is no national holiday.
fn substitute(date: Date) -> Option<Text> {
    let mut day = date.yesterday().ok()?;
    while national(day).is_some() {
        if day.weekday() == Weekday::Sunday {
            return Some(Text::fixed("休日（振替休日）", "substitute holiday"));
        }
        day = day.yesterday().ok()?;
    }
    None
}

/// Article 3(3): a day between two national holidays is a holiday.
fn between(date: Date) -> Option<Text> {
    let (before, after) = (date.yesterday().ok()?, date.tomorrow().ok()?);
    (national(before).is_some() && national(after).is_some())
        .then(|| Text::fixed("休日（国民の休日）", "citizens' holiday"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Month and day. 2024–2027 as published by the Cabinet Office (国民の祝日について); 2028 by the Act.
    const KNOWN: &[(i16, &str)] = &[
        (2024, "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 10/14 11/3 11/4 11/23"),
        (2025, "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24"),
        (2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23"),
        (2027, "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"),
        (2028, "1/1 1/10 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/22 10/9 11/3 11/23"),
    ];

    #[test]
    fn the_holidays_of_five_years_are_the_published_ones_and_no_others() {
        for (year, known) in KNOWN {
            let first = Date::new(*year, 1, 1).unwrap();
            let days = first.series(jiff::Span::new().days(1)).take_while(|date| date.year() == *year);
            let found: Vec<_> = days
                .filter(|date| holiday(*date).is_some())
                .map(|date| format!("{}/{}", date.month(), date.day()))
                .collect();
            assert_eq!(found.join(" "), *known, "{year}");
        }
    }

    #[test]
    fn moved_and_enclosed_days_say_what_they_are() {
        let name = |year, month, day| holiday(Date::new(year, month, day).unwrap()).map(|text| text.ja.into_owned());
        // The Sunday is 3 May: the substitute jumps over the two holidays after it.
        assert_eq!(name(2026, 5, 6).as_deref(), Some("休日（振替休日）"));
        assert_eq!(name(2026, 9, 22).as_deref(), Some("休日（国民の休日）"));
        assert_eq!(name(2026, 9, 21).as_deref(), Some("敬老の日"));
        assert_eq!(name(2021, 11, 3), None, "not answered for");
    }
}
