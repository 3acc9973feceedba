//! Exact decimal numbers for measured values: millionths in an integer, so that 36.5 stays 36.5.

use std::fmt;
use std::str::FromStr;

/// A decimal with at most six places, between about ±9.2 × 10¹².
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Decimal(i64);

const SCALE: i64 = 1_000_000;
const PLACES: usize = 6;

impl Decimal {
    /// A whole number.
    #[must_use]
    pub const fn whole(value: i32) -> Self {
        Self(value as i64 * SCALE)
    }

    /// From millionths.
    #[must_use]
    pub const fn from_millionths(value: i64) -> Self {
        Self(value)
    }

    /// In millionths.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The nearest `f64`, for graphs and conversion only.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a graph needs no more than 15 digits")]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / SCALE as f64
    }

    /// `(self + plus) × numerator ÷ denominator`, rounded half up to `places`; `None` on overflow.
    #[must_use]
    pub fn convert(self, plus: i64, numerator: i64, denominator: i64, places: u32) -> Option<Self> {
        let unit = i128::from(SCALE) / 10i128.pow(places);
        let scaled = (i128::from(self.0) + i128::from(plus) * i128::from(SCALE)) * i128::from(numerator);
        let divisor = i128::from(denominator) * unit;
        let rounded = (scaled + divisor.signum() * scaled.signum() * divisor.abs() / 2) / divisor;
        i64::try_from(rounded * unit).ok().map(Self)
    }
}

/// Why a text is no decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number with at most six places")]
pub struct NotDecimal;

impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > PLACES || !all_digits(whole) || !all_digits(fraction) {
            return Err(NotDecimal);
        }
        // Read digit by digit: every measured value passes here, so it must not allocate.
        let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(PLACES);
        let fraction = digits.fold(0, |millionths, digit| millionths * 10 + i64::from(digit - b'0'));
        let value = whole
            .parse::<i64>()
            .ok()
            .and_then(|whole| whole.checked_mul(SCALE))
            .and_then(|whole| whole.checked_add(fraction))
            .ok_or(NotDecimal)?;
        Ok(Self(if negative { -value } else { value }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.unsigned_abs() / SCALE as u64, self.0.unsigned_abs() % SCALE as u64);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let (mut digits, mut places) = (fraction, PLACES);
        while digits.is_multiple_of(10) {
            (digits, places) = (digits / 10, places - 1);
        }
        write!(f, "{sign}{whole}.{digits:0places$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_as_it_went_in() {
        for text in ["0", "36.5", "-0.25", "35.72222", "980", "0.000001"] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
        }
        assert_eq!("36.50".parse::<Decimal>().unwrap().to_string(), "36.5");
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", ".", "-", "1e3", "36,5", "1.0000001", "３６", "99999999999999", "NaN", " 1"] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
    }

    #[test]
    fn conversion_rounds_half_up_away_from_zero() {
        let fahrenheit = |text: &str| text.parse::<Decimal>().unwrap().convert(-32, 5, 9, 2).unwrap().to_string();
        assert_eq!(fahrenheit("98.6"), "37");
        assert_eq!(fahrenheit("100.3"), "37.94");
        assert_eq!(fahrenheit("14"), "-10");
    }
}
