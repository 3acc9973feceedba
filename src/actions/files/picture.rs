//! How large a picture says it is, read from its head without decoding it: JPEG, PNG and WebP. `None` for what is no
//! such picture. HEIC has its own file.

/// Width and height in pixels, neither of them 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    pub(super) fn of(width: u32, height: u32) -> Option<Self> {
        (width > 0 && height > 0).then_some(Self { width, height })
    }

    pub(super) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// `N` bytes at `at`.
pub(super) fn take<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// ISO/IEC 10918-1: segments of a marker and a length, up to the frame header (SOFn).
pub(super) fn jpeg(bytes: &[u8]) -> Option<Size> {
    const START: [u8; 2] = [0xff, 0xd8];
    let mut at = 2;
    if take(bytes, 0)? != START {
        return None;
    }
    loop {
        let [0xff, marker] = take(bytes, at)? else { return None };
        match marker {
            // A marker may be filled up with bytes of 0xff.
            0xff => at += 1,
            // SOF0 to SOF15; the gaps are tables (DHT, DAC) and a reserved one.
            0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&marker) => {
                let [height, width] = [take(bytes, at + 5)?, take(bytes, at + 7)?].map(u16::from_be_bytes);
                return Size::of(width.into(), height.into());
            }
            // The image data begins, or the file ends, without a frame; markers without a length do not stand here.
            0xd0..=0xda | 0x00..=0x01 => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes(take(bytes, at + 2)?));
                if length < 2 {
                    return None;
                }
                at += 2 + length;
            }
        }
    }
}

/// ISO/IEC 15948: the signature, then the chunk IHDR.
pub(super) fn png(bytes: &[u8]) -> Option<Size> {
    const HEAD: [u8; 16] = *b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
    if take(bytes, 0)? != HEAD {
        return None;
    }
    let [width, height] = [take(bytes, 16)?, take(bytes, 20)?].map(u32::from_be_bytes);
    Size::of(width, height)
}

/// RFC 9649: a RIFF file whose first chunk tells the size, in one of three ways.
pub(super) fn webp(bytes: &[u8]) -> Option<Size> {
    let (riff, length, webp) = (take(bytes, 0)?, u32::from_le_bytes(take(bytes, 4)?), take(bytes, 8)?);
    let is_whole = u64::from(length) + 8 <= bytes.len() as u64;
    if (riff, webp) != (*b"RIFF", *b"WEBP") || !is_whole {
        return None;
    }
    match &take::<4>(bytes, 12)? {
        b"VP8X" => {
            let less_one = |at| take::<3>(bytes, at).map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]) + 1);
            Size::of(less_one(24)?, less_one(27)?)
        }
        b"VP8L" => {
            let [0x2f] = take(bytes, 20)? else { return None };
            let bits = u32::from_le_bytes(take(bytes, 21)?);
            Size::of((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
        }
        b"VP8 " => {
            let [0x9d, 0x01, 0x2a] = take(bytes, 23)? else { return None };
            let [width, height] = [take(bytes, 26)?, take(bytes, 28)?].map(u16::from_le_bytes);
            Size::of((width & 0x3fff).into(), (height & 0x3fff).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::files::samples;

    #[test]
    fn the_size_is_found_behind_other_segments_and_in_each_kind_of_webp() {
        let size = |width, height| Some(Size { width, height });
        assert_eq!(jpeg(&samples::jpeg(4_000, 3_000)), size(4_000, 3_000));
        assert_eq!(png(&samples::png(300, 20_000)), size(300, 20_000));
        for kind in [*b"VP8X", *b"VP8L", *b"VP8 "] {
            assert_eq!(webp(&samples::webp(kind, 640, 480)), size(640, 480), "{kind:?}");
        }
    }

    #[test]
    fn a_jpeg_without_a_frame_has_no_size_and_its_search_ends() {
        assert_eq!(jpeg(b"\xff\xd8\xff\xda\0\x08"), None);
        assert_eq!(jpeg(b"\xff\xd8\xff\xe0\0\0\xff\xc0"), None, "a segment of no length would be read for ever");
        assert_eq!(jpeg(&[&[0xff, 0xd8][..], &[0xff; 10_000]].concat()), None);
        assert_eq!(webp(&samples::webp(*b"VP8L", 10, 10)[..22]), None, "cut off");
    }
}
