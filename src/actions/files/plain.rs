//! Whether bytes are text as people write it: UTF-8 without control characters, and not another format that happens to
//! be written in letters. The charset is part of the type; files in MS932 are converted before they are sent.

/// How formats begin that are text too, but that some program runs, draws or opens as a document.
const OTHER_FORMATS: [&[u8]; 10] =
    [b"#!", b"{\\rtf", b"%!ps", b"%pdf-", b"<!doctype", b"<html", b"<svg", b"<?xml", b"<?php", b"<script"];

/// See the module. An empty text is none.
pub(super) fn is_plain(content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else { return false };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let begins_otherwise = |start: &&[u8]| {
        let head = text.trim_start().as_bytes().get(..start.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    !text.is_empty()
        && !OTHER_FORMATS.iter().any(begins_otherwise)
        && !text.chars().any(|char| char.is_control() && !['\t', '\n', '\r', '\u{c}'].contains(&char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_people_write() {
        for text in ["体温,36.8\r\n", "\u{feff}脈拍\t72\n", "a < b", "100%!", "#1 の創部"] {
            assert!(is_plain(text.as_bytes()), "{text}");
        }
        for text in ["", "\u{feff}", "a\0b", "a\u{1b}[2Jb", "#!/bin/sh\n", "  <SVG onload=x>", "{\\rtf1 x}", "%PDF-1.7"]
        {
            assert!(!is_plain(text.as_bytes()), "{text}");
        }
        assert!(!is_plain(b"\x91\xcc\x89\xb7"), "MS932");
    }
}
