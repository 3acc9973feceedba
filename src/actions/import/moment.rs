//! Dates and moments as people and systems in Japan write them: ISO, slashes, 年月日, and eras.
//!
//! A two-digit year without an era, or a day before the month, is refused rather than guessed.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use unicode_normalization::UnicodeNormalization;

use crate::domain::text::Text;
use crate::domain::time::Timestamp;

/// How much of a moment the cell said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// The date; the moment is its midnight.
    Day,
    /// Date and time of day, in the zone of the import.
    Local,
    /// Date, time of day and offset.
    Exact,
}

/// A moment read from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    /// The date in the zone of the import.
    pub date: Date,
    pub precision: Precision,
}

/// An era: its spellings, how many years to add, first and last day.
struct Era {
    spellings: [&'static str; 3],
    offset: i16,
    first: Date,
    last: Date,
}

/// The day of a change belongs to both eras but for the last two changes, which took effect at midnight.
const ERAS: [Era; 5] = [
    era(["明治", "明", "M"], 1867, (1868, 1, 25), (1912, 7, 30)),
    era(["大正", "大", "T"], 1911, (1912, 7, 30), (1926, 12, 25)),
    era(["昭和", "昭", "S"], 1925, (1926, 12, 25), (1989, 1, 7)),
    era(["平成", "平", "H"], 1988, (1989, 1, 8), (2019, 4, 30)),
    era(["令和", "令", "R"], 2018, (2019, 5, 1), (9999, 12, 31)),
];

const fn era(spellings: [&'static str; 3], offset: i16, first: (i16, i8, i8), last: (i16, i8, i8)) -> Era {
    let first = jiff::civil::date(first.0, first.1, first.2);
    let last = jiff::civil::date(last.0, last.1, last.2);
    Era { spellings, offset, first, last }
}

/// A date alone.
///
/// # Errors
/// What was expected, with the text given.
pub fn parse_date(text: &str) -> Result<Date, Text> {
    let folded = fold(text);
    match take_date(&folded)? {
        Some((date, "")) => Ok(date),
        _ => Err(not_a_date(text)),
    }
}

/// A time of day alone.
///
/// # Errors
/// What was expected, with the text given.
pub fn parse_time(text: &str) -> Result<Time, Text> {
    take_time(fold(text).trim()).ok_or_else(|| {
        Text::new(
            format!("時刻（例 9:30）が必要です。「{text}」は読めません"),
            format!("a time of day such as 9:30 is expected, not `{text}`"),
        )
    })
}

/// A date, with or without time of day and offset.
///
/// # Errors
/// What was expected, with the text given.
pub fn parse_moment(text: &str, zone: &TimeZone) -> Result<Moment, Text> {
    if let Ok(exact) = text.trim().parse::<jiff::Timestamp>() {
        let date = exact.to_zoned(zone.clone()).date();
        return Ok(Moment { at: exact.into(), date, precision: Precision::Exact });
    }
    let folded = fold(text);
    let Some((date, rest)) = take_date(&folded)? else { return Err(not_a_moment(text)) };
    if rest.is_empty() {
        return moment_of(date, None, zone).ok_or_else(|| not_a_moment(text));
    }
    let separated = rest.starts_with('T') || rest.starts_with(' ');
    let time = take_time(rest.trim_start_matches('T').trim()).filter(|_| separated);
    time.and_then(|time| moment_of(date, Some(time), zone)).ok_or_else(|| not_a_moment(text))
}

/// The moment of a date and a time of day that stand in two columns.
#[must_use]
pub fn moment_of(date: Date, time: Option<Time>, zone: &TimeZone) -> Option<Moment> {
    let civil = DateTime::from_parts(date, time.unwrap_or(Time::midnight()));
    let at = zone.to_ambiguous_timestamp(civil).compatible().ok()?.into();
    Some(Moment { at, date, precision: if time.is_some() { Precision::Local } else { Precision::Day } })
}

/// Half width, without the spaces around it.
fn fold(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_owned()
}

/// The date at the start of a text, and what follows it; `None` where there is none.
fn take_date(text: &str) -> Result<Option<(Date, &str)>, Text> {
    let (era, rest) = take_era(text);
    let Some((year, month, day, rest)) = take_parts(rest, era.is_some()) else { return Ok(None) };
    let year = match era {
        Some(era) => year.checked_add(era.offset),
        None => Some(year),
    };
    let Some(date) = year.and_then(|year| Date::new(year, month, day).ok()) else {
        return Err(Text::new(
            format!("「{text}」という日付はありません"),
            format!("there is no such date as `{text}`"),
        ));
    };
    match era {
        Some(era) if date < era.first || date > era.last => Err(Text::new(
            format!("{}は{}から{}までです（{date}）", era.spellings[0], era.first, era.last),
            format!("the era {} runs from {} to {}, not {date}", era.spellings[0], era.first, era.last),
        )),
        _ => Ok(Some((date, rest))),
    }
}

fn take_era(text: &str) -> (Option<&'static Era>, &str) {
    for era in &ERAS {
        for spelling in era.spellings {
            let found = text.get(..spelling.len()).filter(|start| start.eq_ignore_ascii_case(spelling));
            if found.is_some() {
                return (Some(era), text[spelling.len()..].trim_start());
            }
        }
    }
    (None, text)
}

fn take_parts(text: &str, in_era: bool) -> Option<(i16, i8, i8, &str)> {
    let (digits, rest) = take_digits(text);
    if !in_era && digits.len() == 8 {
        let part = |from, until| digits.get(from..until);
        return Some((part(0, 4)?.parse().ok()?, part(4, 6)?.parse().ok()?, part(6, 8)?.parse().ok()?, rest));
    }
    let (year, rest) = match text.strip_prefix('元') {
        Some(rest) if in_era => (1, rest),
        _ if in_era && (1..=2).contains(&digits.len()) => (digits.parse().ok()?, rest),
        _ if !in_era && digits.len() == 4 => (digits.parse().ok()?, rest),
        _ => return None,
    };
    let (month, rest) = take_digits(strip_mark(rest, '年')?);
    let (day, rest) = take_digits(strip_mark(rest, '月')?);
    let small = |digits: &str| (1..=2).contains(&digits.len()).then(|| digits.parse().ok()).flatten();
    Some((year, small(month)?, small(day)?, rest.strip_prefix('日').unwrap_or(rest)))
}

/// What follows the mark between two numbers of a date.
fn strip_mark(text: &str, japanese: char) -> Option<&str> {
    text.trim_start().strip_prefix([japanese, '-', '/', '.']).map(str::trim_start)
}

fn take_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn take_time(text: &str) -> Option<Time> {
    let (hour, rest) = take_digits(text);
    let (minute, rest) = take_digits(rest.strip_prefix([':', '時'])?.trim_start());
    let rest = rest.strip_prefix('分').unwrap_or(rest).trim_start();
    let (second, rest) = match rest.strip_prefix(':').unwrap_or(rest) {
        "" => ("0", ""),
        seconds => take_digits(seconds),
    };
    let fraction = rest.strip_prefix('.').unwrap_or("");
    let ends = matches!(rest, "" | "秒") || (!fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()));
    let number = |digits: &str| (1..=2).contains(&digits.len()).then(|| digits.parse::<i8>().ok()).flatten();
    let nanos = format!("{:0<9}", fraction.get(..fraction.len().min(9))?).parse().ok()?;
    Time::new(number(hour)?, number(minute)?, number(second)?, nanos).ok().filter(|_| ends)
}

fn not_a_date(given: &str) -> Text {
    Text::new(
        format!("日付（例 1935-03-05、1935/3/5、昭和10年3月5日、S10.3.5）が必要です。「{given}」は読めません"),
        format!("a date such as 1935-03-05, 1935/3/5, 昭和10年3月5日 or S10.3.5 is expected, not `{given}`"),
    )
}

fn not_a_moment(given: &str) -> Text {
    Text::new(
        format!("日時（例 2026-04-01T09:30、2026/4/1 9:30、2026/4/1）が必要です。「{given}」は読めません"),
        format!("a moment such as 2026-04-01T09:30, 2026/4/1 9:30 or 2026/4/1 is expected, not `{given}`"),
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn tokyo() -> TimeZone {
        TimeZone::get("Asia/Tokyo").unwrap()
    }

    fn moment(text: &str) -> (String, Precision) {
        let moment = parse_moment(text, &tokyo()).unwrap_or_else(|message| panic!("{text}: {}", message.en));
        (moment.at.to_rfc3339(), moment.precision)
    }

    #[test]
    fn a_birth_date_is_read_however_it_is_written() {
        for text in [
            "1935-03-05",
            "1935/3/5",
            "1935.3.5",
            "19350305",
            "1935年3月5日",
            "１９３５／３／５",
            "昭和10年3月5日",
            "昭和 10年 3月 5日",
            "S10.3.5",
            "s10/03/05",
            "昭10.3.5",
            "S10-3-5",
        ] {
            assert_eq!(parse_date(text), Ok(date(1935, 3, 5)), "{text}");
        }
        assert_eq!(parse_date("大正元年8月1日"), Ok(date(1912, 8, 1)));
        assert_eq!(parse_date("M45.7.30"), Ok(date(1912, 7, 30)));
        assert_eq!(parse_date("T1.7.30"), Ok(date(1912, 7, 30)), "the day of the change belongs to both");
        assert_eq!(parse_date("平成31年4月30日"), Ok(date(2019, 4, 30)));
        assert_eq!(parse_date("㍻元年1月8日"), Ok(date(1989, 1, 8)), "one-character eras fold");
        assert_eq!(parse_date("R1.5.1"), Ok(date(2019, 5, 1)));
    }

    #[test]
    fn a_date_that_cannot_be_is_refused_not_guessed() {
        for text in
            ["", "35/3/5", "3/5/1935", "1935-3", "1935-03-05x", "1935-03-05 10:00", "昭和100年1月1日", "193503051"]
        {
            assert!(parse_date(text).unwrap_err().en.contains("1935-03-05"), "{text}");
        }
        assert!(parse_date("2026-02-30").unwrap_err().en.contains("no such date"));
        assert!(parse_date("昭和64年1月8日").unwrap_err().ja.contains("昭和は1926-12-25から1989-01-07まで"));
        assert!(parse_date("平成元年1月7日").unwrap_err().en.contains("1989-01-08"));
    }

    #[test]
    fn a_moment_says_how_much_of_it_was_given() {
        assert_eq!(moment("2026-04-01"), ("2026-03-31T15:00:00Z".to_owned(), Precision::Day));
        for text in [
            "2026-04-01T09:30",
            "2026/4/1 9:30",
            "2026/04/01 09:30:00",
            "2026年4月1日 9時30分",
            "令和8年4月1日　９：３０",
        ] {
            assert_eq!(moment(text), ("2026-04-01T00:30:00Z".to_owned(), Precision::Local), "{text}");
        }
        assert_eq!(moment("2026/4/1 9:30:15.25").0, "2026-04-01T00:30:15.25Z");
        assert_eq!(moment("2026年4月1日 9時30分15秒").0, "2026-04-01T00:30:15Z");
        assert_eq!(moment("2000-07-12T19:00:00Z"), ("2000-07-12T19:00:00Z".to_owned(), Precision::Exact));
        assert_eq!(moment("2026-04-01T09:30:00+09:00"), ("2026-04-01T00:30:00Z".to_owned(), Precision::Exact));
        let exact = parse_moment("2000-07-12T19:00:00Z", &tokyo()).unwrap();
        assert_eq!(exact.date, date(2000, 7, 13), "the date is the region's");
    }

    #[test]
    fn a_moment_that_cannot_be_is_refused_with_the_text() {
        for text in [
            "",
            "きょう",
            "9:30",
            "2026-04-01 25:00",
            "2026-04-01 9",
            "2026-04-01x9:30",
            "2026/4/1 9:30 pm",
            "2026-04-0109:30",
            "2026-04-01 9:30:15.",
        ] {
            let message = parse_moment(text, &tokyo()).unwrap_err();
            assert!(message.en.contains(&format!("`{text}`")), "{text}: {}", message.en);
        }
    }

    #[test]
    fn an_hour_that_a_clock_change_skips_or_repeats_still_has_a_moment() {
        let chicago = TimeZone::get("America/Chicago").unwrap();
        let at = |text| parse_moment(text, &chicago).unwrap().at.to_rfc3339();
        assert_eq!(at("2009-03-08 02:30"), "2009-03-08T08:30:00Z");
        assert_eq!(at("2009-11-01 01:30"), "2009-11-01T06:30:00Z");
    }
}
