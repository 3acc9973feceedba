//! What in a text may say of whom it speaks: names that are known, days that look like a birth date, long numbers. A warning
//! for whoever writes to many: it finds too much rather than too little, and proves nothing. Which names are looked for, the
//! caller says.

use std::ops::Range;

use jiff::civil::{Date, date};

use super::list::closed_list;
use super::plain::is_unseen;
use super::search::fold;

closed_list! {
    /// What was found.
    IdentifierKind {
        Name = "name", "患者さんの氏名", "a patient's name";
        BirthDate = "birth_date", "生年月日のような日付", "a day that looks like a birth date";
        Number = "number", "番号（被保険者番号など）のような数字", "digits that look like an insurance or other number";
    }
}

/// Something found, as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifying {
    pub kind: IdentifierKind,
    pub excerpt: String,
}

/// A name in kanji of fewer characters is passed over, so that not every text is warned of.
const KANJI_CHARS_MIN: usize = 2;
/// The same of a name in kana, which is found within other words.
const KANA_CHARS_MIN: usize = 4;
/// A number that is known and shorter is found in every text.
const KNOWN_NUMBER_CHARS_MIN: usize = 5;
/// As many digits in a row as the shortest number of a card has.
const NUMBER_DIGITS_MIN: usize = 8;
/// By these, somebody is spoken of.
const HONORIFICS: [&str; 6] = ["さん", "さま", "様", "氏", "ちゃん", "殿"];
/// Eras by what is added to their years.
const ERAS: [(&str, i16); 10] = [
    ("明治", 1867),
    ("大正", 1911),
    ("昭和", 1925),
    ("平成", 1988),
    ("令和", 2018),
    ("m", 1867),
    ("t", 1911),
    ("s", 1925),
    ("h", 1988),
    ("r", 2018),
];

/// A name that is looked for.
#[derive(Clone, Copy, Debug)]
pub struct KnownName<'a> {
    /// Family name first, parts separated by a space.
    pub kanji: &'a str,
    pub kana: &'a str,
}

/// A text as it is searched, and where each of its characters stands in what was written.
#[derive(Debug)]
pub struct Searched<'a> {
    text: &'a str,
    folded: String,
    /// For each byte of `folded`, where its character begins and ends.
    places: Vec<(usize, usize)>,
}

impl<'a> Searched<'a> {
    /// The text, folded.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let (mut searched, mut places) = (String::new(), Vec::new());
        for (at, char) in text.char_indices() {
            let end = at + char.len_utf8();
            let part = folded(char.encode_utf8(&mut [0; 4]));
            places.extend(std::iter::repeat_n((at, end), part.len()));
            searched.push_str(&part);
        }
        Self { text, folded: searched, places }
    }

    fn written(&self, found: Range<usize>) -> String {
        let (from, until) = (self.places[found.start].0, self.places[found.end - 1].1);
        self.text[from..until].trim().to_owned()
    }

    /// Where this number, which somebody is known by, stands in it.
    #[must_use]
    pub fn find_number(&self, number: &str) -> Option<Identifying> {
        let word = folded(number);
        let at = (word.chars().count() >= KNOWN_NUMBER_CHARS_MIN).then(|| self.folded.find(&word)).flatten()?;
        let excerpt = self.written(at..at + word.len());
        Some(Identifying { kind: IdentifierKind::Number, excerpt })
    }

    /// Where this name stands in it, in full or as a family name with an honorific.
    #[must_use]
    pub fn find_name(&self, name: &KnownName<'_>) -> Option<Identifying> {
        let family = name.kanji.split_whitespace().next().map(folded).unwrap_or_default();
        let is_in_parts = name.kanji.split_whitespace().count() > 1;
        let spoken_of = HONORIFICS.iter().map(|by| format!("{family}{}", fold(by))).filter(|_| is_in_parts);
        let full = [(folded(name.kanji), KANJI_CHARS_MIN), (folded(name.kana), KANA_CHARS_MIN)];
        let full = full.into_iter().filter(|(word, least)| word.chars().count() >= *least).map(|(word, _)| word);
        let found = full.chain(spoken_of).find_map(|word| {
            let at = self.folded.find(&word)?;
            Some(self.written(at..at + word.len()))
        });
        found.map(|excerpt| Identifying { kind: IdentifierKind::Name, excerpt })
    }
}

/// For comparing: what is not seen parts nothing.
fn folded(text: &str) -> String {
    fold(&text.chars().filter(|c| !is_unseen(*c)).collect::<String>())
}

/// Days that look like a birth date, and long numbers, in the order of the text.
#[must_use]
pub fn find_figures(text: &str, today: Date) -> Vec<Identifying> {
    let seen: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !is_unseen(*c)).collect();
    let plain: Vec<char> = seen.iter().map(|(_, c)| narrow(*c)).collect();
    let excerpt = |range: Range<usize>| {
        let (from, (last, c)) = (seen[range.start].0, seen[range.end - 1]);
        text[from..last + c.len_utf8()].trim().to_owned()
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < plain.len() {
        if let Some((day, end)) = day_at(&plain, at) {
            if looks_like_a_birth_date(&plain, at, end, day, today) {
                found.push(Identifying { kind: IdentifierKind::BirthDate, excerpt: excerpt(at..end) });
            }
            at = end;
            continue;
        }
        let digits = digits_at(&plain, at);
        if digits >= NUMBER_DIGITS_MIN {
            found.push(Identifying { kind: IdentifierKind::Number, excerpt: excerpt(at..at + digits) });
        }
        at += digits.max(1);
    }
    found
}

/// Half width, lower case, one sign for what separates.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(c as u32 - 0xFEE0).unwrap_or(c).to_ascii_lowercase()
        }
        '／' | '－' | '−' | '‐' | '–' | '-' | '．' | '.' => '/',
        '　' => ' ',
        other => other.to_ascii_lowercase(),
    }
}

fn digits_at(plain: &[char], at: usize) -> usize {
    plain[at..].iter().take_while(|c| c.is_ascii_digit()).count()
}

/// The number of one or two digits that stands there, and where it ends.
fn short_number(plain: &[char], at: usize) -> Option<(i16, usize)> {
    let digits = digits_at(plain, at);
    let text: String = plain[at..at + digits].iter().collect();
    (1..=2).contains(&digits).then(|| text.parse().ok().map(|number| (number, at + digits))).flatten()
}

fn past(plain: &[char], at: usize, any_of: &str) -> Option<usize> {
    plain.get(at).filter(|c| any_of.contains(**c)).map(|_| at + 1)
}

/// The day that is written from here on, as years of our time or of an era, and where it ends. A year alone counts as its
/// first day, where it is said that somebody was born in it.
fn day_at(plain: &[char], at: usize) -> Option<(Date, usize)> {
    let follows_word = at > 0 && plain[at - 1].is_ascii_alphanumeric();
    let digits = digits_at(plain, at);
    let (year, after) = if digits == 8 && !follows_word {
        let number =
            |from: usize, until: usize| plain[at + from..at + until].iter().collect::<String>().parse::<i16>().ok();
        let (month, day) = (i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?);
        return Some((plausible(Date::new(number(0, 4)?, month, day).ok()?)?, at + 8));
    } else if digits == 4 && !follows_word {
        (plain[at..at + 4].iter().collect::<String>().parse().ok()?, at + 4)
    } else {
        let is_era = |(era, _): &&(&str, i16)| {
            era.chars().enumerate().all(|(step, c)| plain.get(at + step) == Some(&c))
                && !(era.is_ascii() && follows_word)
        };
        let (era, before) = ERAS.iter().find(is_era)?;
        let start = at + era.chars().count();
        match short_number(plain, start) {
            Some((year, after)) => (before + year, after),
            None => (before + 1, past(plain, start, "元")?),
        }
    };
    let month_from = past(plain, after, "年/")?;
    let skip = |at: usize| if plain.get(at) == Some(&' ') { at + 1 } else { at };
    let in_full = short_number(plain, skip(month_from)).and_then(|(month, after)| {
        let (day, end) = short_number(plain, skip(past(plain, after, "月/")?))?;
        let end = past(plain, end, "日").unwrap_or(end);
        Some((Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?, end))
    });
    let (day, end) = match in_full {
        Some(found) => found,
        None if plain.get(month_from) == Some(&'生') => (Date::new(year, 1, 1).ok()?, month_from),
        None => return None,
    };
    Some((plausible(day)?, end))
}

fn plausible(day: Date) -> Option<Date> {
    (date(1868, 1, 1) <= day && day <= date(2199, 12, 31)).then_some(day)
}

/// Long past, or said to be one. Days of meetings are near.
fn looks_like_a_birth_date(plain: &[char], at: usize, end: usize, day: Date, today: Date) -> bool {
    let around: String = plain[at.saturating_sub(6)..(end + 2).min(plain.len())].iter().collect();
    let is_said =
        ["生まれ", "生年月日", "生）", "生)", "日生", "年生", "誕生"].iter().any(|word| around.contains(word));
    is_said || day < today.saturating_sub(jiff::Span::new().years(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(text: &str) -> Vec<(&'static str, String)> {
        let found = find_figures(text, date(2026, 4, 1));
        found.into_iter().map(|found| (found.kind.code(), found.excerpt)).collect()
    }

    #[test]
    fn days_long_past_are_found_however_they_are_written() {
        for written in [
            "1938-04-12",
            "1938/4/12",
            "1938.4.12",
            "１９３８年４月１２日",
            "昭和13年4月12日",
            "S13.4.12",
            "s13/4/12",
            "19380412",
            "昭和 13年4月12日",
            "大正元年12月25日",
            "平成30年1月5日",
            "2024-03-31",
        ] {
            let text = format!("対象は {written} の方です");
            let found = figures(&text);
            let wanted =
                if written.contains("昭和 ") { Vec::new() } else { vec![("birth_date", written.to_owned())] };
            assert_eq!(found, wanted, "{written}");
        }
        assert_eq!(figures("2025年5月2日生まれの方"), [("birth_date", "2025年5月2日".to_owned())]);
        assert_eq!(figures("昭和13年生まれ"), [("birth_date", "昭和13年".to_owned())]);
    }

    #[test]
    fn days_of_meetings_telephones_and_small_numbers_are_not() {
        for text in [
            "研修は 2026年12月10日 18時から、令和8年12月10日に変更",
            "電話 03-5550-0102",
            "20261210 まで",
            "12/10（木）",
            "Room S13",
            "参加費 1,000 円、定員 30 名",
            "第13回",
            "平成の終わりまで",
            "2026-13-40",
        ] {
            assert_eq!(figures(text), [], "{text}");
        }
    }

    #[test]
    fn digits_as_long_as_the_number_of_a_card_are_found() {
        assert_eq!(figures("被保険者番号 0001234567"), [("number", "0001234567".to_owned())]);
        assert_eq!(figures("番号は１２３４５６７８９０１２。"), [("number", "１２３４５６７８９０１２".to_owned())]);
        assert_eq!(figures("1234567"), []);
    }

    #[test]
    fn a_name_is_found_in_kanji_kana_and_with_an_honorific() {
        let name = KnownName { kanji: "高橋 ハル", kana: "タカハシ ハル" };
        for (text, excerpt) in [
            ("明日、高橋　ハルさんの件で", "高橋　ハル"),
            ("高橋ハル", "高橋ハル"),
            ("たかはし はる さんについて", "たかはし はる"),
            ("ﾀｶﾊｼﾊﾙ", "ﾀｶﾊｼﾊﾙ"),
            ("高橋様のお宅", "高橋様"),
            ("高橋さんの件", "高橋さん"),
        ] {
            let found = Searched::new(text).find_name(&name);
            assert_eq!(found.map(|found| found.excerpt).as_deref(), Some(excerpt), "{text}");
        }
        for unseen in ['\u{200b}', '\u{2060}', '\u{ad}', '\u{fe0f}', '\u{e0100}'] {
            let parted = format!("明日、高{unseen}橋 ハ{unseen}ルさん");
            assert!(Searched::new(&parted).find_name(&name).is_some(), "{unseen:?}");
            let number = format!("0001{unseen}234567");
            assert_eq!(figures(&format!("番号 {number}")), [("number", number)], "{unseen:?}");
            assert_eq!(figures(&format!("1938{unseen}年4月{unseen}12日の")).len(), 1, "{unseen:?}");
        }
        for text in ["高橋医院の駐車場", "ハルの研修", "春の研修", ""] {
            assert_eq!(Searched::new(text).find_name(&name), None, "{text}");
        }
        let short = KnownName { kanji: "岡", kana: "オカ" };
        assert_eq!(Searched::new("岡の上、おかの上").find_name(&short), None);
    }
}
