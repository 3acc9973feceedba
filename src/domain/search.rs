//! Folding of text for search: width, case, kana script, voiced marks and spaces do not count.
//!
//! Only search keys are folded; the record keeps what was written.

use unicode_normalization::UnicodeNormalization;

/// The search key of a text: NFKD without voiced marks, katakana as hiragana, small kana as large, lower case, no spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_ignored(*c)).map(fold_kana).flat_map(char::to_lowercase).nfc().collect()
}

/// A text for comparing it as a whole: NFKC, katakana as hiragana, lower case, no spaces. Unlike in [`fold`] voiced marks and
/// small kana count: タカタ is not タカダ.
#[must_use]
pub fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).map(hiragana).flat_map(char::to_lowercase).collect()
}

const fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => match char::from_u32(c as u32 - 0x60) {
            Some(hiragana) => hiragana,
            None => c,
        },
        other => other,
    }
}

fn is_ignored(c: char) -> bool {
    let voiced_mark = matches!(c, '\u{3099}' | '\u{309A}' | '\u{309B}' | '\u{309C}');
    let separator = matches!(c, '・' | 'ー' | '-' | '‐' | '−' | '\u{FF70}');
    c.is_whitespace() || voiced_mark || separator
}

fn fold_kana(c: char) -> char {
    match hiragana(c) {
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{fold, plain};

    #[test]
    fn as_a_whole_only_width_script_and_spaces_do_not_count() {
        for spelling in ["高田　ハル", "高田ハル", "高田 はる", "高田 ﾊﾙ"] {
            assert_eq!(plain(spelling), "高田はる", "{spelling}");
        }
        assert_eq!(plain("ﾀｶﾀﾞ"), plain("タカダ"));
        assert_ne!(plain("タカダ"), plain("タカタ"));
        assert_ne!(plain("キョウコ"), plain("キヨウコ"));
    }

    #[test]
    fn spellings_people_mix_up_fold_to_one_key() {
        for spelling in ["ヤマダ　ジロウ", "やまた しろう", "ﾔﾏﾀﾞ ｼﾞﾛｳ", "ヤマダジロウ"]
        {
            assert_eq!(fold(spelling), "やましろう".replace("やま", "やまた"), "{spelling}");
        }
        assert_eq!(fold("ＡＢＣ　１２３"), "abc123");
        assert_eq!(fold("キョウコ"), fold("きようこ"));
        assert_eq!(fold("髙橋"), "髙橋", "a different character stays different");
    }
}
