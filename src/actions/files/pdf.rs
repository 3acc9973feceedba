//! What can be told of a PDF (ISO 32000-1) by looking for names in it: whether it begins and ends as one, and whether it
//! acts or holds other files.
//!
//! It unpacks nothing: names inside compressed objects, and whatever a reader makes of a file that is built to mislead, are
//! not seen. This keeps out what offices and scanners send by mistake and what is not hidden, not a skilled attacker.

/// Names of what makes a document act, send or carry others: scripts, starting programs, embedded files (whose own type is
/// optional, so by the tree of their names and by the specification that points at one, too), forms that send or act.
const ACTIVE: [&str; 11] = [
    "JavaScript",
    "JS",
    "Launch",
    "EmbeddedFile",
    "EmbeddedFiles",
    "EF",
    "GoToE",
    "SubmitForm",
    "ImportData",
    "RichMedia",
    "XFA",
];
/// Readers look for the end mark in about this much of the end of a file.
const TAIL_BYTES: usize = 2_048;
/// No name that is looked for is longer, each byte of it written as `#41`.
const NAME_BYTES_MAX: usize = 3 * 16;

/// Whether it begins and ends as a PDF does.
pub(super) fn is_whole(content: &[u8]) -> bool {
    let tail = &content[content.len().saturating_sub(TAIL_BYTES)..];
    content.starts_with(b"%PDF-") && find(tail, b"%%EOF").is_some()
}

/// The first name outside streams that is one of [`ACTIVE`].
pub(super) fn active_name(content: &[u8]) -> Option<&'static str> {
    let mut rest = content;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'/' | b's')) {
        rest = &rest[at..];
        if let Some(data) = stream_data(rest) {
            // What stands in a stream is packed or a picture: a name in it is chance.
            rest = &data[find(data, b"endstream")?..];
            rest = &rest[b"endstream".len()..];
            continue;
        }
        if rest[0] == b'/'
            && let Some(found) = ACTIVE.into_iter().find(|active| is_named(&rest[1..], active))
        {
            return Some(found);
        }
        rest = &rest[1..];
    }
    None
}

fn stream_data(rest: &[u8]) -> Option<&[u8]> {
    let data = rest.strip_prefix(b"stream")?;
    data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n"))
}

/// Whether the name that starts here, with each `#41` read as the byte it stands for, is exactly this one.
fn is_named(after_slash: &[u8], name: &str) -> bool {
    let end = after_slash.iter().take(NAME_BYTES_MAX + 1).position(|byte| !is_regular(*byte));
    let written = &after_slash[..end.unwrap_or(after_slash.len().min(NAME_BYTES_MAX + 1))];
    let mut at = 0;
    let mut bytes = std::iter::from_fn(|| {
        let byte = *written.get(at)?;
        let escaped = written.get(at + 1..at + 3).filter(|_| byte == b'#');
        let escaped = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        at += if escaped.is_some() { 3 } else { 1 };
        Some(escaped.unwrap_or(byte))
    });
    name.bytes().all(|expected| bytes.next() == Some(expected)) && bytes.next().is_none()
}

/// What may stand in a name: neither white space nor a delimiter.
const fn is_regular(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        from += bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes[from..].starts_with(wanted) {
            return Some(from);
        }
        from += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::files::samples;

    fn active(object: &str) -> Option<&'static str> {
        active_name(&samples::pdf(object))
    }

    #[test]
    fn what_acts_or_holds_files_is_found_however_its_name_is_written() {
        assert_eq!(active("<< /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"), Some("JavaScript"));
        assert_eq!(active("<</JS(x)>>"), Some("JS"));
        assert_eq!(active("<< /S /J#61vaScrip#74 >>"), Some("JavaScript"));
        assert_eq!(active("<< /S /Launch /F (cmd.exe) >>"), Some("Launch"));
        assert_eq!(active("<< /Type /EmbeddedFile >>"), Some("EmbeddedFile"));
        assert_eq!(active("<< /Names << /EmbeddedFiles 4 0 R >> >>"), Some("EmbeddedFiles"));
        assert_eq!(active("<< /F (a.exe) /EF << /F 10 0 R >> >>"), Some("EF"));
        assert_eq!(active("<< /S /GoToE >>"), Some("GoToE"));
        assert_eq!(active("<< /S /SubmitForm >>"), Some("SubmitForm"));
        assert_eq!(active("<< /S /ImportData >>"), Some("ImportData"));
        assert_eq!(active("<< /AcroForm << /XFA 5 0 R >> >>"), Some("XFA"));
        assert_eq!(active("<< /Subtype /RichMedia >>"), Some("RichMedia"));
    }

    #[test]
    fn an_ordinary_document_is_let_through() {
        assert_eq!(active("<< /Type /Catalog /Pages 2 0 R /Lang (ja-JP) >>"), None);
        assert_eq!(active("<< /JSX 1 /Launcher 2 /#zz 3 /"), None, "other names");
        assert_eq!(active("<< /Length 9 >> stream\n/JS /JS (\nendstream"), None, "chance, in packed data");
        assert_eq!(active("<< /Length 9 >> stream\r\nx\nendstream << /JS (x) >>"), Some("JS"), "after it");
        assert_eq!(active("stream\n never ends /JS (x)"), None);
    }

    #[test]
    fn it_begins_and_ends_as_a_pdf() {
        let whole = samples::pdf("<< >>");
        assert!(is_whole(&whole));
        assert!(!is_whole(&whole[1..]) && !is_whole(&whole[..whole.len() - 6]));
        assert!(!is_whole(&[&whole[..], &[b' '; 4_096]].concat()), "the end mark is not at the end");
    }
}
