//! Names of files in headers: percent-encoded UTF-8 coming in, `Content-Disposition` (RFC 6266) going out.

/// The text that this percent-encoding stands for. `None`: it is none, or no UTF-8.
#[must_use]
pub fn decode(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let [high, low, after @ ..] = rest else { return None };
        let digit = |digit: &u8| char::from(*digit).to_digit(16);
        bytes.push(u8::try_from(digit(high)? << 4 | digit(low)?).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

/// How a file of this title is to be shown or saved. The title is what somebody wrote, so no character of it may mean
/// anything to a header, a path or a terminal.
#[must_use]
pub fn disposition(inline: bool, title: &str, ending: &str) -> String {
    let harmless = |char: char| if char.is_control() || "/\\:*?\"<>|".contains(char) { '_' } else { char };
    let title: String = title.trim().chars().map(harmless).collect();
    let title = title.trim_matches('.');
    let has_ending = title.rsplit_once('.').is_some_and(|(_, given)| given.eq_ignore_ascii_case(ending));
    let name = if has_ending { title.to_owned() } else { format!("{title}.{ending}") };
    let shown = if inline { "inline" } else { "attachment" };
    format!("{shown}; filename=\"file.{ending}\"; filename*=UTF-8''{}", encode(&name))
}

/// RFC 8187: everything but letters, digits and a few marks.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_browsers_write_it() {
        assert_eq!(decode("%E5%89%B5%E9%83%A8%20a.jpg").as_deref(), Some("創部 a.jpg"));
        assert_eq!(decode("").as_deref(), Some(""));
        for wrong in ["%", "%4", "%zz", "%ff", "%E5%89"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_title_becomes_a_name_that_means_nothing_to_anybody_else() {
        let name = |title: &str| disposition(false, title, "pdf").rsplit_once("''").unwrap().1.to_owned();
        assert_eq!(decode(&name("点滴指示書 4月1日")).unwrap(), "点滴指示書 4月1日.pdf");
        assert_eq!(name("a.PDF"), "a.PDF");
        assert_eq!(name("../../etc/passwd"), "_.._etc_passwd.pdf");
        assert_eq!(name("a\"; filename=b.exe\r\nX: y"), "a_%3B%20filename%3Db.exe__X_%20y.pdf");
        assert_eq!(disposition(true, "x", "png"), "inline; filename=\"file.png\"; filename*=UTF-8''x.png");
    }
}
