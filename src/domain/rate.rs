//! How much, and how much in what time, as people write it of a device or a pump: L/分, L/min, mL/h. For comparing what two
//! people wrote; nothing is converted for showing.

use super::decimal::Decimal;

/// A unit of a setting: an amount, and the time it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    measures: Measured,
    /// How many of the smallest unit of its kind.
    amount: i128,
    /// The time in seconds; `None`: the amount alone.
    seconds: Option<i128>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measured {
    /// In millilitres.
    Volume,
    /// In micrograms.
    Mass,
    /// Times, breaths, drops.
    Count,
    Percent,
}

impl Rate {
    /// The unit that this text means, folded by [`super::search::plain`]; `None`: not one known here.
    #[must_use]
    pub fn read(plain: &str) -> Option<Self> {
        let each = |word: &str, time: &'static str| plain.strip_suffix(word).map(|amount| (amount, Some(time)));
        let (amount, time) = match plain.split_once('/') {
            Some((amount, time)) => (amount, Some(time)),
            None if plain == "lpm" => ("l", Some("分")),
            None if plain == "bpm" => ("回", Some("分")),
            None => each("毎分", "分").or_else(|| each("毎時", "時")).unwrap_or((plain, None)),
        };
        let (measures, amount) = match amount {
            "l" | "ℓ" | "りっとる" | "りったー" => (Measured::Volume, 1_000),
            "ml" | "cc" | "みりりっとる" => (Measured::Volume, 1),
            "g" => (Measured::Mass, 1_000_000),
            "mg" => (Measured::Mass, 1_000),
            "μg" | "ug" | "mcg" => (Measured::Mass, 1),
            "" | "回" | "拍" | "呼吸" | "滴" => (Measured::Count, 1),
            "%" | "ぱーせんと" => (Measured::Percent, 1),
            _ => return None,
        };
        let seconds = match time {
            None => None,
            Some("秒" | "s" | "sec") => Some(1),
            Some("分" | "min" | "m") => Some(60),
            Some("時" | "時間" | "h" | "hr") => Some(3_600),
            Some("日" | "day" | "d") => Some(86_400),
            Some(_) => return None,
        };
        Some(Self { measures, amount, seconds })
    }

    /// Whether so much of this is so much of that.
    #[must_use]
    pub fn is_same(self, value: Decimal, other: Self, other_value: Decimal) -> bool {
        let amount = |rate: Self, value: Decimal| i128::from(value.millionths()) * rate.amount;
        self.measures == other.measures
            && self.seconds.is_some() == other.seconds.is_some()
            && amount(self, value) * other.seconds.unwrap_or(1)
                == amount(other, other_value) * self.seconds.unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::search::plain;
    use super::*;

    #[test]
    fn one_amount_is_written_in_many_ways() {
        for (one, other, same) in [
            ("3 L/分", "3 L/min", true),
            ("3 Ｌ／分", "3 lpm", true),
            ("3 リットル/分", "3 L毎分", true),
            ("3 L/分", "3000 mL/分", true),
            ("2 mL/h", "2 cc/時間", true),
            ("60 mL/h", "1 mL/分", true),
            ("12 回/分", "12 /min", true),
            ("3 L/分", "3 mL/分", false),
            ("2 mL/h", "2 mL/min", false),
            ("2 L", "2 L/分", false),
            ("28 %", "28 回/分", false),
            ("1 mg/h", "1 mL/h", false),
            // The same figures in the smallest unit of each: what is measured, and whether there is a time, tells them apart.
            ("1 mg/h", "1000 mL/h", false),
            ("60 mL", "60 mL/秒", false),
        ] {
            let read = |text: &str| {
                let (value, unit) = text.split_once(' ').unwrap();
                (value.parse().unwrap(), Rate::read(&plain(unit)).unwrap())
            };
            let ((value, unit), (other_value, other_unit)) = (read(one), read(other));
            assert_eq!(unit.is_same(value, other_unit, other_value), same, "{one} and {other}");
            assert_eq!(other_unit.is_same(other_value, unit, value), same, "{other} and {one}");
        }
        assert_eq!(Rate::read("cmh2o"), None);
        assert_eq!(Rate::read("l/回"), None);
    }
}
