//! Whether something stands behind the end of a file: programs that show a picture stop at its end, and others find there what they
//! look for. Padding is taken, and what cameras put there: further JPEGs (CIPA DC-007, Multi-Picture Format; previews, depth, HDR
//! gain maps) and the short notes of Samsung's (laid out as ExifTool's `Samsung.pm` reads them). Pure; called by `recognise.rs`.

use super::picture::take;
use crate::domain::attachment::MediaType;

/// Images that one file may hold behind the first, and how large the notes behind them may be.
const JPEGS_BEHIND_MAX: usize = 16;
const NOTES_BYTES_MAX: usize = 64 << 10;
/// A video behind a photograph (Samsung's motion photo).
const NOTE_OF_VIDEO: u16 = 0x0a30;
/// What ends a job for a printer, where somebody printed into a file (PJL).
const PRINTER_EXIT: &[u8] = b"\x1b%-12345X";

/// What stands at the end of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Its own end, and nothing but padding and what belongs there.
    Own,
    /// Something else follows.
    Foreign,
    /// It has no end: it was cut off.
    Cut,
}

pub(super) fn ending(media_type: MediaType, content: &[u8]) -> Ending {
    let end = match media_type {
        MediaType::Jpeg => jpeg_end(content),
        MediaType::Png => png_end(content),
        // RFC 9649: the length is of what stands behind it.
        MediaType::Webp => take(content, 4).map(|bytes| u32::from_le_bytes(bytes) as usize + 8),
        MediaType::Heic => Some(heic_end(content)),
        MediaType::Pdf => pdf_end(content),
        MediaType::PlainText | MediaType::Csv => Some(content.len()),
    };
    let Some(rest) = end.and_then(|end| content.get(end..)) else { return Ending::Cut };
    let is_own = match media_type {
        MediaType::Jpeg => is_of_camera(rest),
        MediaType::Pdf => {
            let rest = rest.trim_ascii_start();
            is_padding(rest.strip_prefix(PRINTER_EXIT).unwrap_or(rest))
        }
        _ => is_padding(rest),
    };
    if is_own { Ending::Own } else { Ending::Foreign }
}

fn is_padding(rest: &[u8]) -> bool {
    rest.iter().all(|byte| matches!(byte, 0 | b' ' | b'\t' | b'\r' | b'\n' | 0x0c | 0x1a))
}

/// ISO/IEC 10918-1 annex B: segments, and behind each scan's header coded data, in which a marker is 0xff and neither 0 nor a
/// restart.
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let [0xff, marker] = take(bytes, at)? else { return None };
        match marker {
            0xff => at += 1,
            0xd9 => return Some(at + 2),
            0x01 | 0xd0..=0xd7 => at += 2,
            0x00 | 0xd8 => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes(take(bytes, at + 2)?));
                at += 2 + length.max(2);
                if marker == 0xda {
                    at = coded_end(bytes, at)?;
                }
            }
        }
    }
}

/// Where coded data that begins here ends: at the next marker.
fn coded_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            _ => return Some(at),
        }
    }
}

/// Whether behind the first image stand others, or a camera's notes.
fn is_of_camera(mut rest: &[u8]) -> bool {
    for _ in 0..=JPEGS_BEHIND_MAX {
        let padding = rest.iter().position(|byte| *byte != 0).unwrap_or(rest.len());
        let next = &rest[padding..];
        match jpeg_end(next).filter(|_| next.starts_with(b"\xff\xd8\xff")) {
            Some(end) => rest = &next[end..],
            None => return is_padding(rest) || are_notes(rest),
        }
    }
    false
}

/// Blocks, then a directory `SEFH` of them, its length and `SEFT`. Each entry of the directory has two bytes, the kind of a block, how
/// far before the directory it begins and its length; each block begins with its kind.
fn are_notes(rest: &[u8]) -> bool {
    let directory = || {
        let tail: [u8; 8] = *rest.last_chunk()?;
        let bytes = u32::from_le_bytes(*tail.first_chunk()?) as usize;
        let at = rest.len().checked_sub(8 + bytes)?;
        let (head, count) = (take::<4>(rest, at)?, u32::from_le_bytes(take(rest, at + 8)?) as usize);
        let is_one = tail[4..] == *b"SEFT" && head == *b"SEFH" && Some(bytes) == count.checked_mul(12)?.checked_add(12);
        is_one.then_some((at, count))
    };
    let Some((at, count)) = directory().filter(|_| rest.len() <= NOTES_BYTES_MAX) else { return false };
    let mut begins_at = at;
    for entry in (0..count).map(|entry| at + 12 + 12 * entry) {
        let block = || {
            let kind: [u8; 4] = take(rest, entry)?;
            let begins = at.checked_sub(u32::from_le_bytes(take(rest, entry + 4)?) as usize)?;
            let ends = begins.checked_add(u32::from_le_bytes(take(rest, entry + 8)?) as usize)?;
            let is_one = ends <= at && take(rest, begins)? == kind && kind[2..] != NOTE_OF_VIDEO.to_le_bytes();
            is_one.then_some(begins)
        };
        let Some(begins) = block() else { return false };
        begins_at = begins_at.min(begins);
    }
    rest[..begins_at].iter().all(|byte| *byte == 0)
}

/// ISO/IEC 15948: chunks of a length, a name, that many bytes and a checksum, up to IEND.
fn png_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 8;
    loop {
        let (length, name) = (u32::from_be_bytes(take(bytes, at)?), take::<4>(bytes, at + 4)?);
        at = at.checked_add(usize::try_from(length).ok()?)?.checked_add(12)?;
        if name == *b"IEND" {
            return Some(at);
        }
    }
}

/// ISO/IEC 14496-12: where the last whole box ends.
fn heic_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some((length, kind)) = take(bytes, at).map(u32::from_be_bytes).zip(take::<4>(bytes, at + 4)) {
        let length = match length {
            // To the end of the file.
            0 if kind == *b"mdat" => return bytes.len(),
            1 => take(bytes, at + 8)
                .map_or(usize::MAX, |long| usize::try_from(u64::from_be_bytes(long)).unwrap_or(usize::MAX)),
            length => length as usize,
        };
        match at.checked_add(length).filter(|end| length >= 8 && *end <= bytes.len()) {
            Some(end) => at = end,
            None => break,
        }
    }
    at
}

/// Behind the last end mark.
fn pdf_end(bytes: &[u8]) -> Option<usize> {
    const MARK: &[u8] = b"%%EOF";
    Some(bytes.windows(MARK.len()).rposition(|window| window == MARK)? + MARK.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::files::samples;

    #[test]
    fn whatever_stands_behind_a_file_is_found_and_padding_is_not_minded() {
        let programs: [&[u8]; 8] = [
            b"MZ\x90\0\x03\0\0\0PE\0\0",
            b"\x7fELF\x02\x01\x01\0",
            b"<html><script>alert(1)</script>",
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
            b"\xfd7zXZ\0\0\x04",
            b"MSCF\0\0\0\0",
            b"%PDF-1.4\n1 0 obj\n",
            b"a\0\0\0\0\0\0\0ustar\x0000",
        ];
        for (of, file) in samples::of_each_type() {
            assert_eq!(ending(of, &file), Ending::Own, "{of} alone");
            if matches!(of, MediaType::PlainText | MediaType::Csv) {
                continue;
            }
            assert_eq!(ending(of, &[&file[..], &[0; 4_096]].concat()), Ending::Own, "{of} in blocks of a disk");
            for program in programs {
                for padding in [0, 100] {
                    let both = [&file[..], &vec![0; padding], program].concat();
                    assert_eq!(ending(of, &both), Ending::Foreign, "{of} and {padding} bytes before {program:?}");
                }
            }
        }
    }

    #[test]
    fn further_images_and_short_notes_of_a_camera_are_taken_and_a_video_is_not() {
        let jpeg = samples::jpeg(640, 480);
        let behind = |rest: &[u8]| ending(MediaType::Jpeg, &[&jpeg[..], rest].concat());
        assert_eq!(behind(&[&[0; 3][..], &jpeg, &[0; 9], &jpeg].concat()), Ending::Own, "a preview and a gain map");
        assert_eq!(behind(&jpeg.repeat(JPEGS_BEHIND_MAX + 2)), Ending::Foreign);
        assert_eq!(behind(&[&jpeg[..], b"MZ"].concat()), Ending::Foreign);
        let notes = |kind: u16, data: &[u8]| {
            let block = [&[0, 0][..], &kind.to_le_bytes(), &4_u32.to_le_bytes(), b"Name", data].concat();
            let size = u32::try_from(block.len()).unwrap().to_le_bytes();
            let entry = [&[0, 0][..], &kind.to_le_bytes(), &size, &size].concat();
            let directory = [&b"SEFH"[..], &[107, 0, 0, 0, 1, 0, 0, 0], &entry].concat();
            let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
            [&block[..], &directory, &length, b"SEFT"].concat()
        };
        let own = notes(0x0a01, b"1775003400250");
        assert_eq!(behind(&own), Ending::Own);
        assert_eq!(behind(&[&jpeg[..], &own].concat()), Ending::Own, "behind a gain map");
        assert_eq!(behind(&notes(NOTE_OF_VIDEO, b"\0\0\0\x18ftypmp42")), Ending::Foreign, "a video");
        assert_eq!(behind(&notes(0x0a01, &[7; NOTES_BYTES_MAX])), Ending::Foreign, "no short note");
        assert_eq!(behind(&[&b"MZ"[..], &own].concat()), Ending::Foreign, "something before the notes");
        // The first two bytes are as padding is.
        for end in 3..own.len() {
            assert_eq!(behind(&own[..end]), Ending::Foreign, "cut at {end}");
        }
    }

    #[test]
    fn a_file_that_was_cut_off_has_no_end_and_a_page_printed_into_a_file_has_one() {
        let jpeg = samples::jpeg(640, 480);
        assert_eq!(ending(MediaType::Jpeg, &jpeg[..jpeg.len() - 2]), Ending::Cut);
        let png = samples::png(640, 480);
        assert_eq!(ending(MediaType::Png, &png[..png.len() - 12]), Ending::Cut);
        let pdf = samples::pdf("<< >>");
        assert_eq!(ending(MediaType::Pdf, &[&pdf[..pdf.len() - 1], PRINTER_EXIT].concat()), Ending::Own);
        assert_eq!(ending(MediaType::Pdf, &pdf[..pdf.len() - 6]), Ending::Cut);
    }
}
