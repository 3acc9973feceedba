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
