//! How large a HEIC picture says it is: the boxes of ISO/IEC 14496-12 and 23008-12 up to the properties of its images,
//! read without decoding. A photo of a phone is made of tiles; the largest size named is that of the whole.

use super::picture::{Size, take};

/// Boxes looked into for sizes; a phone names one for each tile shape, the thumbnail and the whole.
const SIZES_MAX: usize = 256;
const BRANDS: [&[u8; 4]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];

/// `None`: no HEIC, or one that names no size.
pub(super) fn size(bytes: &[u8]) -> Option<Size> {
    let (kind, file_type) = boxes(bytes).next()?;
    if kind != *b"ftyp" || !BRANDS.contains(&file_type.first_chunk()?) {
        return None;
    }
    // The brands it is compatible with follow the main one and its version; one of them must be of HEVC pictures.
    let mut compatible = file_type.get(8..)?.chunks_exact(4).chain([&file_type[..4]]);
    if !compatible.any(|brand| brand.starts_with(b"hei")) {
        return None;
    }
    // Before its boxes, `meta` has a version and flags.
    let meta = find(bytes, *b"meta")?.get(4..)?;
    let properties = find(find(meta, *b"iprp")?, *b"ipco")?;
    let sizes = boxes(properties).filter(|(kind, _)| kind == b"ispe").take(SIZES_MAX);
    sizes.map(|(_, ispe)| size_in(ispe)).collect::<Option<Vec<_>>>()?.into_iter().max_by_key(|size| size.pixels())
}

fn size_in(ispe: &[u8]) -> Option<Size> {
    let [width, height] = [take(ispe, 4)?, take(ispe, 8)?].map(u32::from_be_bytes);
    Size::of(width, height)
}

fn find(bytes: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    boxes(bytes).find_map(|(kind, content)| (kind == wanted).then_some(content))
}

/// The boxes that stand one after the other, each with its kind; ends at the first that is damaged.
fn boxes(mut rest: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (length, kind) = (u32::from_be_bytes(take(rest, 0)?), take(rest, 4)?);
        let (head, length) = match length {
            // To the end of the file.
            0 => (8, rest.len()),
            1 => (16, usize::try_from(u64::from_be_bytes(take(rest, 8)?)).ok()?),
            length => (8, usize::try_from(length).ok()?),
        };
        let content = rest.get(head..length)?;
        rest = &rest[length..];
        Some((kind, content))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::files::samples;

    #[test]
    fn the_whole_counts_and_not_its_tiles() {
        assert_eq!(size(&samples::heic(4_032, 3_024)), Some(Size { width: 4_032, height: 3_024 }));
    }

    #[test]
    fn a_video_and_a_box_that_is_longer_than_the_file_are_no_picture() {
        let mut video = samples::heic(640, 480);
        video[8..12].copy_from_slice(b"isom");
        assert_eq!(size(&video), None);
        let mut broken = samples::heic(640, 480);
        broken[0..4].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(size(&broken), None);
    }
}
