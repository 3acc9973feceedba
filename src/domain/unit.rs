//! The units vital signs are given in, and exact conversion to the canonical ones.

use super::decimal::Decimal;
use super::list::closed_list;

closed_list! {
    /// A unit by its UCUM code; the labels are what people write.
    Unit {
        MillimetreOfMercury = "mm[Hg]", "mmHg", "mmHg";
        Kilopascal = "kPa", "kPa", "kPa";
        PerMinute = "/min", "回/分", "/min";
        Percent = "%", "%", "%";
        DegreeCelsius = "Cel", "℃", "°C";
        DegreeFahrenheit = "[degF]", "℉", "°F";
        Kilogram = "kg", "kg", "kg";
        Gram = "g", "g", "g";
        Pound = "[lb_av]", "lb", "lb";
        MilligramPerDecilitre = "mg/dL", "mg/dL", "mg/dL";
        MillimolePerLitre = "mmol/L", "mmol/L", "mmol/L";
        Score = "{score}", "点", "points";
    }
}

impl Unit {
    /// The unit people mean by this text: a UCUM code or a customary spelling, in any width.
    #[must_use]
    pub fn from_customary(text: &str) -> Option<Self> {
        use unicode_normalization::UnicodeNormalization;
        let folded: String = text.nfkc().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
        Some(match folded.as_str() {
            "mm[hg]" | "mmhg" => Self::MillimetreOfMercury,
            "kpa" => Self::Kilopascal,
            "/min" | "bpm" | "回/分" | "{beats}/min" | "{breaths}/min" => Self::PerMinute,
            "%" => Self::Percent,
            "cel" | "c" | "°c" | "度" => Self::DegreeCelsius,
            "[degf]" | "f" | "°f" => Self::DegreeFahrenheit,
            "kg" => Self::Kilogram,
            "g" => Self::Gram,
            "[lb_av]" | "lb" | "lbs" => Self::Pound,
            "mg/dl" => Self::MilligramPerDecilitre,
            "mmol/l" => Self::MillimolePerLitre,
            "{score}" | "点" | "nrs" | "" => Self::Score,
            _ => return None,
        })
    }

    /// `value` of this unit in `canonical`, or `None` where the two do not measure the same thing.
    ///
    /// Factors: 1 kPa = 7.50062 mmHg; 1 lb = 0.45359237 kg exactly; glucose 180.156 g/mol, so
    /// 1 mmol/L = 18.0156 mg/dL. Results are rounded to the precision of the meters.
    #[must_use]
    pub fn convert(self, value: Decimal, canonical: Self) -> Option<Decimal> {
        if self == canonical {
            return Some(value);
        }
        match (self, canonical) {
            (Self::DegreeFahrenheit, Self::DegreeCelsius) => value.convert(-32, 5, 9, 2),
            (Self::Kilopascal, Self::MillimetreOfMercury) => value.convert(0, 750_062, 100_000, 1),
            (Self::Pound, Self::Kilogram) => value.convert(0, 45_359_237, 100_000_000, 3),
            (Self::Gram, Self::Kilogram) => value.convert(0, 1, 1_000, 6),
            (Self::MillimolePerLitre, Self::MilligramPerDecilitre) => value.convert(0, 180_156, 10_000, 1),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(value: &str, from: Unit, to: Unit) -> Option<String> {
        from.convert(value.parse().unwrap(), to).map(|value| value.to_string())
    }

    #[test]
    fn units_convert_as_published() {
        assert_eq!(converted("98.6", Unit::DegreeFahrenheit, Unit::DegreeCelsius).unwrap(), "37");
        assert_eq!(converted("16", Unit::Kilopascal, Unit::MillimetreOfMercury).unwrap(), "120");
        assert_eq!(converted("150", Unit::Pound, Unit::Kilogram).unwrap(), "68.039");
        assert_eq!(converted("5.5", Unit::MillimolePerLitre, Unit::MilligramPerDecilitre).unwrap(), "99.1");
        assert_eq!(converted("1", Unit::Pound, Unit::DegreeCelsius), None);
    }

    #[test]
    fn customary_spellings_are_understood_in_any_width() {
        assert_eq!(Unit::from_customary("ｍｍＨｇ"), Some(Unit::MillimetreOfMercury));
        assert_eq!(Unit::from_customary("℃"), Some(Unit::DegreeCelsius));
        assert_eq!(Unit::from_customary("°F"), Some(Unit::DegreeFahrenheit));
        assert_eq!(Unit::from_customary("furlong"), None);
    }
}
