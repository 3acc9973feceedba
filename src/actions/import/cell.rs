//! Cells of a reading: numbers with or without a unit, words for "not measured", sites, sexes.

use unicode_normalization::UnicodeNormalization;

use crate::domain::decimal::Decimal;
use crate::domain::patient::Sex;
use crate::domain::text::Text;
use crate::domain::unit::Unit;
use crate::domain::vital::BodySite;

/// What a cell for a measured value says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    Nothing,
    /// A word for "not measured", as written.
    NotMeasured(String),
    /// A number, and the unit written behind it.
    Number(Decimal, Option<Unit>),
}

/// Marks that say no more than an empty cell does.
const EMPTY_MARKS: [&str; 9] = ["-", "--", "―", "–", "—", "ー", "/", "n/a", "null"];
/// Words that say why there is no value.
const NOT_MEASURED: [&str; 8] = ["測定不可", "測定不能", "測定できず", "未測定", "未実施", "拒否", "エラー", "error"];

/// Reads a measured value such as `36.5`, `３６．５℃` or `測定不可`.
///
/// # Errors
/// What was expected, with the text given.
pub fn parse_quantity(cell: &str) -> Result<Quantity, Text> {
    let folded = half_width(cell);
    let lower = folded.to_lowercase();
    if folded.is_empty() || EMPTY_MARKS.contains(&lower.as_str()) {
        return Ok(Quantity::Nothing);
    }
    if NOT_MEASURED.contains(&lower.as_str()) {
        return Ok(Quantity::NotMeasured(cell.to_owned()));
    }
    let end = folded.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).unwrap_or(folded.len());
    let (number, unit) = (&folded[..end], folded[end..].trim());
    let unit = if unit.is_empty() { Some(None) } else { Unit::from_customary(unit).map(Some) };
    match (number.parse(), unit) {
        (Ok(number), Some(unit)) => Ok(Quantity::Number(number, unit)),
        _ => Err(Text::new(
            format!("数値（例 36.5、小数6桁まで）が必要です。「{cell}」は読めません"),
            format!("a number such as 36.5 with at most six decimals is expected, not `{cell}`"),
        )),
    }
}

/// Reads `128/76`, systolic first.
///
/// # Errors
/// What was expected, with the text given.
pub fn parse_pressures(cell: &str) -> Result<(Quantity, Quantity), Text> {
    let folded = half_width(cell);
    let whole = parse_quantity(&folded);
    if let Ok(Quantity::Nothing) = whole {
        return Ok((Quantity::Nothing, Quantity::Nothing));
    }
    if let Ok(Quantity::NotMeasured(_)) = whole {
        return Ok((Quantity::NotMeasured(cell.to_owned()), Quantity::Nothing));
    }
    let halves = folded.split_once(['/', '-']).map(|(systolic, diastolic)| {
        let diastolic = parse_quantity(diastolic)?;
        let unit = if let Quantity::Number(_, unit) = diastolic { unit } else { None };
        let systolic = match parse_quantity(systolic)? {
            Quantity::Number(value, None) => Quantity::Number(value, unit),
            other => other,
        };
        Ok::<_, Text>((systolic, diastolic))
    });
    match halves {
        Some(Ok((systolic @ Quantity::Number(..), diastolic @ Quantity::Number(..)))) => Ok((systolic, diastolic)),
        _ => Err(Text::new(
            format!("血圧（例 128/76）が必要です。「{cell}」は読めません"),
            format!("a blood pressure such as 128/76 is expected, not `{cell}`"),
        )),
    }
}

/// What a cell for a site says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteCell {
    Known(BodySite),
    /// A number, which belongs to another column.
    Number,
    Other,
}

/// Reads where on the body something was measured.
#[must_use]
pub fn parse_site(cell: &str) -> SiteCell {
    let folded = half_width(cell).to_lowercase();
    if folded.parse::<Decimal>().is_ok() {
        return SiteCell::Number;
    }
    let spoken = folded.replace('_', " ");
    let listed = |site: &&BodySite| {
        [site.code(), site.ja(), site.en()].iter().any(|name| *name == folded || name.replace('_', " ") == spoken)
    };
    let known = BodySite::ALL.iter().find(listed).copied().or(match spoken.as_str() {
        "左上腕" | "l arm" => Some(BodySite::LeftArm),
        "右上腕" | "r arm" => Some(BodySite::RightArm),
        "腋下" | "わき" | "脇" | "axillary" => Some(BodySite::Axilla),
        "口" | "舌下" | "oral" => Some(BodySite::Mouth),
        "耳内" | "鼓膜" | "tympanic" => Some(BodySite::Ear),
        "肛門" | "rectal" => Some(BodySite::Rectum),
        "おでこ" | "前額" => Some(BodySite::Forehead),
        _ => None,
    });
    known.map_or(SiteCell::Other, SiteCell::Known)
}

/// Reads an administrative sex: words, letters, or the numbers of ISO/IEC 5218.
///
/// # Errors
/// What was expected, with the text given.
pub fn parse_sex(cell: &str) -> Result<Sex, Text> {
    match half_width(cell).to_lowercase().as_str() {
        "男" | "男性" | "m" | "male" | "1" => Ok(Sex::Male),
        "女" | "女性" | "f" | "female" | "2" => Ok(Sex::Female),
        "その他" | "other" | "o" | "9" => Ok(Sex::Other),
        "" | "不明" | "unknown" | "u" | "0" => Ok(Sex::Unknown),
        _ => Err(Text::new(
            format!("性別（男、女、その他、不明）が必要です。「{cell}」は読めません"),
            format!("a sex (male, female, other, unknown) is expected, not `{cell}`"),
        )),
    }
}

/// A number given by an office: width and spaces around it do not make another number.
#[must_use]
pub fn identifier_value(cell: &str) -> String {
    half_width(cell)
}

/// A name with one space between its parts; otherwise as written.
#[must_use]
pub fn spaced_name(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn half_width(cell: &str) -> String {
    cell.nfkc().collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, unit: Option<Unit>) -> Result<Quantity, Text> {
        Ok(Quantity::Number(text.parse().unwrap(), unit))
    }

    #[test]
    fn a_value_is_read_with_its_unit_in_any_width() {
        assert_eq!(parse_quantity("36.88889"), number("36.88889", None));
        assert_eq!(parse_quantity(" ３６．５ ℃"), number("36.5", Some(Unit::DegreeCelsius)));
        assert_eq!(parse_quantity("98.6°F"), number("98.6", Some(Unit::DegreeFahrenheit)));
        assert_eq!(parse_quantity("97%"), number("97", Some(Unit::Percent)));
        for empty in ["", " ", "-", "－", "ー", "N/A"] {
            assert_eq!(parse_quantity(empty), Ok(Quantity::Nothing), "{empty}");
        }
        assert_eq!(parse_quantity("測定不可"), Ok(Quantity::NotMeasured("測定不可".to_owned())));
        for text in ["36,5", "約36", "36.5.1", "1e2", "36 furlong", "12-15", "1.1234567"] {
            assert!(parse_quantity(text).unwrap_err().en.contains(text), "{text}");
        }
    }

    #[test]
    fn two_pressures_may_share_a_cell() {
        let value = |text: &str, unit| Quantity::Number(text.parse().unwrap(), unit);
        assert_eq!(parse_pressures("１２８／７６"), Ok((value("128", None), value("76", None))));
        let kilopascal = Some(Unit::Kilopascal);
        assert_eq!(parse_pressures("16/10 kPa"), Ok((value("16", kilopascal), value("10", kilopascal))));
        assert_eq!(parse_pressures("-"), Ok((Quantity::Nothing, Quantity::Nothing)));
        for text in ["128", "128/", "128/76/3", "/76", "高い"] {
            assert!(parse_pressures(text).unwrap_err().ja.contains("128/76"), "{text}");
        }
    }

    #[test]
    fn a_site_is_known_a_number_or_something_else() {
        for text in ["right arm", "RIGHT_ARM", "右腕", "右上腕"] {
            assert_eq!(parse_site(text), SiteCell::Known(BodySite::RightArm), "{text}");
        }
        assert_eq!(parse_site("32.6"), SiteCell::Number);
        assert_eq!(parse_site("calf"), SiteCell::Other);
    }

    #[test]
    fn a_sex_is_a_word_a_letter_or_a_number_of_the_standard() {
        assert_eq!(parse_sex("男性"), Ok(Sex::Male));
        assert_eq!(parse_sex("Ｆ"), Ok(Sex::Female));
        assert_eq!(parse_sex("0"), Ok(Sex::Unknown));
        assert!(parse_sex("女？").is_err());
    }

    #[test]
    fn a_name_keeps_its_characters_and_gets_one_space() {
        assert_eq!(spaced_name(" 髙橋　　花子 "), "髙橋 花子");
        assert_eq!(identifier_value("００１２ "), "0012");
    }
}
