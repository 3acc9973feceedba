//! Whether a file is what it is said to be, told from its bytes and the ending of its name. Pure; called before a file
//! is kept. Nothing is decoded or unpacked: what needs that to be found is not found.

use super::behind::{self, Ending};
use super::picture::{self, Size};
use super::{archive, heic, pdf, plain};
use crate::domain::attachment::MediaType;
use crate::domain::text::{Invalid, Text};
use crate::limits;

/// Endings of names, in lower case, that go with each type.
const fn endings(media_type: MediaType) -> &'static [&'static str] {
    match media_type {
        MediaType::Pdf => &["pdf"],
        MediaType::Jpeg => &["jpg", "jpeg"],
        MediaType::Png => &["png"],
        MediaType::Heic => &["heic", "heif"],
        MediaType::Webp => &["webp"],
        MediaType::PlainText => &["txt"],
        MediaType::Csv => &["csv"],
    }
}

/// The ending that a file of this type is given when it is served.
#[must_use]
pub const fn ending(media_type: MediaType) -> &'static str {
    endings(media_type)[0]
}

/// Refuses a name that is none, or whose ending says something else than the type.
///
/// # Errors
/// A complaint about `name`.
pub fn check_name(media_type: MediaType, name: &str) -> Result<(), Invalid> {
    if name.trim().is_empty() {
        return Err(Invalid::required("name"));
    }
    let chars = name.chars().count();
    if chars > limits::FILE_NAME_CHARS_MAX {
        return Err(Invalid::too_long("name", limits::FILE_NAME_CHARS_MAX, ("文字", "characters"), chars));
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if endings(media_type).contains(&ending.as_str()) {
        return Ok(());
    }
    let expected = endings(media_type).join(", ");
    Err(Invalid::new(
        "name",
        "content_mismatch",
        Text::new(
            format!("ファイル名の末尾が種類（{}）と合いません。使える末尾: {expected}", media_type.ja()),
            format!("the ending of the name does not fit {}: {expected} is expected", media_type.code()),
        ),
    ))
}

/// Refuses content that is not of this type, or that no reader should open.
///
/// # Errors
/// A complaint about `content`.
pub fn check_content(media_type: MediaType, content: &[u8]) -> Result<(), Invalid> {
    match media_type {
        MediaType::Pdf => {
            pdf::is_whole(content).then_some(()).ok_or_else(|| mismatch(media_type))?;
            pdf::active_name(content).map_or(Ok(()), |name| Err(active(name)))
        }
        MediaType::Jpeg => check_picture(media_type, picture::jpeg(content)),
        MediaType::Png => check_picture(media_type, picture::png(content)),
        MediaType::Webp => check_picture(media_type, picture::webp(content)),
        MediaType::Heic => check_picture(media_type, heic::size(content)),
        MediaType::PlainText | MediaType::Csv => {
            plain::is_plain(content).then_some(()).ok_or_else(|| mismatch(media_type))
        }
    }?;
    archive::held_in(content).map_or(Ok(()), |name| Err(holding(media_type, name)))?;
    match behind::ending(media_type, content) {
        Ending::Own => Ok(()),
        Ending::Foreign => Err(followed(media_type)),
        Ending::Cut => Err(mismatch(media_type)),
    }
}

fn check_picture(media_type: MediaType, size: Option<Size>) -> Result<(), Invalid> {
    let size = size.ok_or_else(|| mismatch(media_type))?;
    let (max, pixels) = (limits::IMAGE_PIXELS_MAX, size.pixels());
    if pixels <= max {
        return Ok(());
    }
    Err(Invalid::new(
        "content",
        "too_many_pixels",
        Text::new(
            format!("画像は{}万画素までです（{}×{}）", max / 10_000, size.width, size.height),
            format!("an image of at most {max} pixels is expected, not {} × {}", size.width, size.height),
        ),
    ))
}

fn mismatch(media_type: MediaType) -> Invalid {
    let is_text = matches!(media_type, MediaType::PlainText | MediaType::Csv);
    let (saved_ja, saved_en) = match is_text {
        true => ("。文字コードを UTF-8 にして保存し直してください", "; save it anew as UTF-8 text"),
        false => ("", ""),
    };
    Invalid::new(
        "content",
        "content_mismatch",
        Text::new(
            format!("ファイルの中身が{}ではないか、壊れています{saved_ja}", media_type.ja()),
            format!("the content is no {}, or it is damaged{saved_en}", media_type.code()),
        ),
    )
}

fn active(name: &str) -> Invalid {
    Invalid::new(
        "content",
        "active_content",
        Text::new(
            format!("動作や埋め込みファイルを含むPDFは受け取れません（/{name}）。印刷し直したPDFにしてください"),
            format!("a PDF that acts or holds other files is not taken (/{name}): print it to a new PDF"),
        ),
    )
}

fn holding(media_type: MediaType, archive: &str) -> Invalid {
    Invalid::new(
        "content",
        "active_content",
        Text::new(
            format!(
                "この{}の中に圧縮ファイル（{archive}）が入っています。取り除いてから送ってください",
                media_type.ja()
            ),
            format!("this {} holds an archive ({archive}), too: take it out first", media_type.code()),
        ),
    )
}

fn followed(media_type: MediaType) -> Invalid {
    Invalid::new(
        "content",
        "active_content",
        Text::new(
            format!(
                "この{}の終わりの後ろに、別のデータ（動画など）が付いています。保存し直したものを送ってください",
                media_type.ja()
            ),
            format!("something else stands behind the end of this {} (a video, say): save it anew", media_type.code()),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::files::samples;

    fn code(media_type: MediaType, content: &[u8]) -> &'static str {
        check_content(media_type, content).map_or_else(|invalid| invalid.code, |()| "fits")
    }

    #[test]
    fn a_file_of_each_type_fits_its_own_type_and_no_other() {
        for (of, content) in samples::of_each_type() {
            for claimed in MediaType::ALL.iter().copied() {
                let texts = [MediaType::PlainText, MediaType::Csv];
                let fits = of == claimed || (texts.contains(&of) && texts.contains(&claimed));
                let expected = if fits { "fits" } else { "content_mismatch" };
                assert_eq!(code(claimed, &content), expected, "{of} said to be {claimed}");
            }
        }
    }

    #[test]
    fn what_is_none_of_them_fits_nothing() {
        for (what, content) in samples::foreign() {
            for claimed in MediaType::ALL.iter().copied() {
                assert_eq!(code(claimed, &content), "content_mismatch", "{what} said to be {claimed}");
            }
        }
    }

    #[test]
    fn a_file_that_is_an_archive_too_is_taken_as_none_of_them() {
        for (of, content) in samples::of_each_type() {
            let refused = code(of, &[content, samples::zip(b"")].concat());
            let is_text = matches!(of, MediaType::PlainText | MediaType::Csv);
            assert_eq!(refused, if is_text { "content_mismatch" } else { "active_content" }, "{of}");
        }
    }

    #[test]
    fn a_picture_with_a_program_behind_it_is_refused_as_one_that_holds_something() {
        for (of, content) in samples::of_each_type() {
            if !matches!(of, MediaType::PlainText | MediaType::Csv) {
                assert_eq!(code(of, &[&content[..], b"MZ\x90\0\x03"].concat()), "active_content", "{of}");
                assert_eq!(code(of, &[&content[..], &[0; 512]].concat()), "fits", "{of}, padded");
            }
        }
    }

    #[test]
    fn no_beginning_of_a_file_and_no_single_altered_byte_of_its_head_makes_it_fall_over() {
        for (of, content) in samples::of_each_type() {
            for end in 0..content.len() {
                let _ = check_content(of, &content[..end]);
            }
            for at in 0..content.len().min(256) {
                for byte in [0, 1, 0x7f, 0xff] {
                    let mut altered = content.clone();
                    altered[at] = byte;
                    let _ = check_content(of, &altered);
                }
            }
        }
    }

    #[test]
    fn an_image_has_as_many_pixels_as_a_phone_takes_and_no_more() {
        let side = |pixels: u64| u16::try_from(pixels.isqrt()).unwrap();
        let fitting = side(limits::IMAGE_PIXELS_MAX);
        for (of, image) in samples::images_of(fitting, fitting) {
            assert_eq!(code(of, &image), "fits", "{of}");
        }
        for (of, image) in samples::images_of(fitting + 1, fitting + 1) {
            assert_eq!(code(of, &image), "too_many_pixels", "{of}");
        }
        for (of, image) in samples::images_of(0, 10) {
            assert_eq!(code(of, &image), "content_mismatch", "{of}");
        }
    }

    #[test]
    fn the_ending_of_a_name_fits_the_type() {
        for (media_type, name) in [
            (MediaType::Jpeg, "創部.JPG"),
            (MediaType::Jpeg, "a.b.jpeg"),
            (MediaType::Pdf, "点滴指示書 4月1日.pdf"),
            (MediaType::Csv, "x.csv"),
        ] {
            assert_eq!(check_name(media_type, name), Ok(()), "{name}");
        }
        let long = format!("{}.pdf", "あ".repeat(limits::FILE_NAME_CHARS_MAX));
        for (media_type, name, expected) in [
            (MediaType::Jpeg, "a.png", "content_mismatch"),
            (MediaType::Pdf, "a.pdf.exe", "content_mismatch"),
            (MediaType::Pdf, "pdf", "content_mismatch"),
            (MediaType::Pdf, " ", "required"),
            (MediaType::Pdf, long.as_str(), "too_long"),
        ] {
            assert_eq!(check_name(media_type, name).unwrap_err().code, expected, "{name}");
        }
    }
}
