//! Lines that people read as names: nothing in them that is not seen, or turns what is seen around, so that no two names look
//! the same and are not. Asked wherever such a line is typed. What means something in Japanese names stays: above all the
//! selectors of a character's variant (Unicode Technical Standard 37).

use super::text::{Invalid, Text};

/// Whether a character is seen where it stands, or is a space. Control characters are not; nor are those that Unicode Technical
/// Report 36 warns of: of no width, turning the direction, or empty though they count as letters.
#[must_use]
pub fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            // The soft hyphen, and marks of direction, of no width, and that join or part what stands beside them.
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
            // Letters and signs of which nothing is seen.
            | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// Whether nothing is seen of a character where it stands, not even a space: what stands beside it looks as if it were not there.
/// Other than for [`is_plain`], selectors of a variant are none to be seen either.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    (!is_plain(c) && !c.is_whitespace())
        || matches!(c,
            '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Whether nothing is seen of a text at all: it says no reason, and nothing else.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_unseen(c))
}

/// A text of unknown origin for a terminal: what would steer it, or would not be seen, is written out.
#[must_use]
pub fn written_out(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        if is_plain(c) {
            written.push(c);
        } else {
            written.extend(c.escape_unicode());
        }
    }
    written
}

/// Whether a line may be written so.
///
/// # Errors
/// When something in it is not plain.
pub fn check_plain(field: &str, line: &str) -> Result<(), Invalid> {
    if line.chars().all(is_plain) {
        return Ok(());
    }
    let expected = Text::fixed(
        "改行などの制御文字、目に見えない文字、文字の向きを変える文字は使えません",
        "no control characters, none that are not seen, and none that turn the text around",
    );
    Err(Invalid::new(field, "implausible", expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_which_nothing_is_seen_is_blank_and_none_steers_a_terminal() {
        for blank in ["", " 　\n", "\u{200b}", "\u{2060} \u{feff}\u{3164}", "\u{fe0f}\u{e0100}", "\u{2800}", "\u{1}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for said in ["。", "\u{200b}別人", "葛\u{e0100}"] {
            assert!(!is_blank(said), "{said:?}");
        }
        assert_eq!(written_out("\u{1b}[2J北\n"), "\\u{1b}[2J北\\u{a}");
        assert_eq!(written_out("葛󠄀城 花子 #3"), "葛󠄀城 花子 #3");
    }

    #[test]
    fn names_are_taken_and_what_is_not_seen_in_them_is_not() {
        for name in
            ["葛󠄀城 花子", "齋藤　一郎", "ﾊﾅｺ", "O'Neill, Zoë", "みなと訪問看護ステーション（本店）", "神󠄁田 〇々"]
        {
            assert_eq!(check_plain("name", name), Ok(()), "{name}");
        }
        for hidden in ['\u{200b}', '\u{feff}', '\u{202e}', '\u{2066}', '\u{ad}', '\u{3164}', '\n', '\u{7f}'] {
            let refused = check_plain("name.kanji", &format!("佐藤{hidden} 花子")).unwrap_err();
            assert_eq!((refused.field.as_str(), refused.code), ("name.kanji", "implausible"), "{hidden:?}");
        }
    }
}
