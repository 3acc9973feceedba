//! Dates and moments as they are typed. What is wrong with one is said in both languages, because a command line says it before it
//! knows its reader's.

use jiff::civil::Date;

use crate::domain::time::Timestamp;

pub(super) fn date(typed: &str) -> Result<Date, String> {
    typed.parse().map_err(|_| "日付ではありません / no date: 2026-04-01".to_owned())
}

/// With date, time and offset.
pub(super) fn moment(typed: &str) -> Result<Timestamp, String> {
    let expected = "日時ではありません。時差まで書いてください / no moment with its offset: 2026-04-01T09:30:00+09:00";
    typed.parse().map_err(|_| expected.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_date_and_no_moment_is_said_in_both_languages() {
        assert_eq!(date("2026-04-01"), Ok(jiff::civil::date(2026, 4, 1)));
        assert_eq!(moment("2026-04-01T09:30:00.25+09:00"), Ok(Timestamp(1_775_003_400_250_000)));
        for wrong in ["2026-13-01", "4月1日", ""] {
            assert!(date(wrong).unwrap_err().starts_with("日付ではありません / no date"), "{wrong}");
            assert!(moment(wrong).unwrap_err().starts_with("日時ではありません"), "{wrong}");
        }
        assert!(moment("2026-04-01").is_err(), "a date has no offset");
    }
}
