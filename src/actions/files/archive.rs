//! Whether a file that begins as something else holds an archive, too: programs that unpack look for a ZIP at the end of
//! a file and for the others anywhere in it. Pure; nothing is unpacked.

/// How the record that ends a ZIP begins (APPNOTE 4.3.16), how long it is without its comment, and how long that may be.
const ZIP_END: &[u8] = b"PK\x05\x06";
const ZIP_END_BYTES: usize = 22;
const ZIP_COMMENT_BYTES_MAX: usize = u16::MAX as usize;
/// What stands before that record: an entry of the directory (4.3.12), or in a large file where its end is (4.3.15).
const ZIP_ENTRY: &[u8] = b"PK\x01\x02";
const ZIP64_LOCATOR: &[u8] = b"PK\x06\x07";
const ZIP64_LOCATOR_BYTES: usize = 20;

/// RAR (both versions) and 7z: too long to stand in a picture by chance.
const ANYWHERE: [(&str, &[u8]); 2] = [("RAR", b"Rar!\x1a\x07"), ("7z", b"7z\xbc\xaf\x27\x1c")];

/// What it is, if there is one.
pub(super) fn held_in(content: &[u8]) -> Option<&'static str> {
    if ends_as_zip(content) {
        return Some("ZIP");
    }
    ANYWHERE.into_iter().find(|(_, start)| holds(content, start)).map(|(name, _)| name)
}

fn ends_as_zip(content: &[u8]) -> bool {
    let tail = content.len().saturating_sub(ZIP_END_BYTES + ZIP_COMMENT_BYTES_MAX);
    content[tail..]
        .windows(ZIP_END_BYTES)
        .enumerate()
        .any(|(at, record)| record.starts_with(ZIP_END) && has_directory(&content[..tail + at], record))
}

/// The directory ends where its record begins; four bytes alone would be chance.
fn has_directory(before: &[u8], record: &[u8]) -> bool {
    let bytes = u32::from_le_bytes([record[12], record[13], record[14], record[15]]) as usize;
    let entry = before.len().checked_sub(bytes).map(|at| &before[at..]);
    let locator = before.len().checked_sub(ZIP64_LOCATOR_BYTES).map(|at| &before[at..]);
    entry.is_some_and(|entry| entry.starts_with(ZIP_ENTRY))
        || locator.is_some_and(|locator| locator.starts_with(ZIP64_LOCATOR))
}

fn holds(content: &[u8], wanted: &[u8]) -> bool {
    content.windows(wanted.len()).any(|bytes| bytes == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::files::samples;

    #[test]
    fn an_archive_behind_a_file_of_any_type_is_found() {
        let archives: [(&str, Vec<u8>); 5] = [
            ("ZIP", samples::zip(b"")),
            ("ZIP", samples::zip(&[b'x'; ZIP_COMMENT_BYTES_MAX])),
            ("ZIP", samples::zip64()),
            ("RAR", b"Rar!\x1a\x07\x01\0rest".to_vec()),
            ("7z", b"7z\xbc\xaf\x27\x1c\0\x04rest".to_vec()),
        ];
        for (of, file) in samples::of_each_type() {
            assert_eq!(held_in(&file), None, "{of} alone");
            for (name, archive) in &archives {
                assert_eq!(held_in(&[&file[..], archive].concat()), Some(*name), "{name} behind {of}");
            }
        }
    }

    #[test]
    fn four_bytes_by_chance_are_no_archive() {
        for record in
            [&b"PK\x05\x06"[..], &[&b"PK\x05\x06"[..], &[0; 18]].concat(), &[&b"PK\x05\x06"[..], &[0xff; 18]].concat()]
        {
            assert_eq!(held_in(&[&[7; 300][..], record].concat()), None);
        }
    }
}
