//! Folding of text for search: width, case, kana script, voiced marks and spaces do not count.
//!
//! Only search keys are folded; the record keeps what was written.

use unicode_normalization::UnicodeNormalization;

/// The search key of a text: NFKD without voiced marks, katakana as hiragana, small kana as large, lower case, no spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_ignored(*c)).map(fold_kana).flat_map(char::to_lowercase).nfc().collect()
}

fn is_ignored(c: char) -> bool {
    let voiced_mark = matches!(c, '\u{3099}' | '\u{309A}' | '\u{309B}' | '\u{309C}');
    let separator = matches!(c, '・' | 'ー' | '-' | '‐' | '−' | '\u{FF70}');
    c.is_whitespace() || voiced_mark || separator
}

fn fold_kana(c: char) -> char {
    let hiragana = match c {
        'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        other => other,
    };
    match hiragana {
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
    use super::fold;

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
