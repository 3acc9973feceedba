//! From the bytes of a file to its text: UTF-8 or MS932, detected or told, never with a character replaced.

use encoding_rs::{DecoderResult, SHIFT_JIS};

use super::report::FileFault;
use crate::domain::list::closed_list;
use crate::domain::text::Text;
use crate::limits;

closed_list! {
    /// How the characters of a file are written.
    Charset {
        Utf8 = "utf-8", "UTF-8", "UTF-8";
        /// Windows-31J, which office software in Japan calls Shift_JIS.
        Ms932 = "ms932", "MS932（Shift_JIS）", "MS932 (Shift_JIS)";
    }
}

impl Charset {
    /// The character set people mean by this name.
    #[must_use]
    pub fn from_customary(name: &str) -> Option<Self> {
        Some(match name.to_lowercase().replace(['-', '_'], "").as_str() {
            "utf8" => Self::Utf8,
            "ms932" | "cp932" | "sjis" | "shiftjis" | "windows31j" => Self::Ms932,
            _ => return None,
        })
    }
}

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The text of a file and the character set it was in.
///
/// # Errors
/// A file that is too large, is no text, or holds bytes the character set has no character for: with line and column.
pub fn decode(bytes: &[u8], told: Option<Charset>) -> Result<(String, Charset), FileFault> {
    if bytes.len() > limits::IMPORT_FILE_BYTES_MAX {
        return Err(too_large(bytes.len()));
    }
    refuse_other_formats(bytes)?;
    match told {
        Some(Charset::Utf8) => {
            utf8(bytes).map(|text| (text, Charset::Utf8)).map_err(|at| undecodable(at, Charset::Utf8))
        }
        Some(Charset::Ms932) => {
            ms932(bytes).map(|text| (text, Charset::Ms932)).map_err(|at| undecodable(at, Charset::Ms932))
        }
        None => detect(bytes),
    }
}

fn detect(bytes: &[u8]) -> Result<(String, Charset), FileFault> {
    let at_utf8 = match utf8(bytes) {
        Ok(text) => return Ok((text, Charset::Utf8)),
        Err(at) if bytes.starts_with(UTF8_MARK) => return Err(undecodable(at, Charset::Utf8)),
        Err(at) => at,
    };
    match ms932(bytes) {
        Ok(text) => Ok((text, Charset::Ms932)),
        // Whichever reading got further is likelier what the file was meant to be.
        Err(at) if at > at_utf8 => Err(undecodable(at, Charset::Ms932)),
        Err(_) => Err(undecodable(at_utf8, Charset::Utf8)),
    }
}

/// A position in a text: line and character of the line, both from 1.
type Position = (usize, usize);

fn position_after(text: &str) -> Position {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

fn utf8(bytes: &[u8]) -> Result<String, Position> {
    let bytes = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(position_after(&String::from_utf8_lossy(&bytes[..error.valid_up_to()]))),
    }
}

fn ms932(bytes: &[u8]) -> Result<String, Position> {
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true).0 {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::Malformed(..) | DecoderResult::OutputFull => Err(position_after(&text)),
    }
}

fn refuse_other_formats(bytes: &[u8]) -> Result<(), FileFault> {
    let message = if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        Text::fixed(
            "表計算ソフトのブックです。CSV として保存してください",
            "this is a spreadsheet workbook; save it as CSV",
        )
    } else if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || bytes.contains(&0) {
        Text::fixed(
            "UTF-8 か MS932 のテキストではありません（UTF-16 なら UTF-8 で保存し直してください）",
            "this is not text in UTF-8 or MS932 (if it is UTF-16, save it again as UTF-8)",
        )
    } else {
        return Ok(());
    };
    Err(FileFault::whole("not_text", message))
}

fn undecodable((line, column): Position, charset: Charset) -> FileFault {
    let message = Text::new(
        format!("{} として読めないバイトがあります", charset.ja()),
        format!("a byte here cannot be read as {}", charset.en()),
    );
    FileFault::at(line, Some(column), "undecodable", message)
}

fn too_large(bytes: usize) -> FileFault {
    let max = limits::IMPORT_FILE_BYTES_MAX;
    let message = Text::new(
        format!("ファイルは {max} バイトまでです（{bytes}）"),
        format!("at most {max} bytes, the file has {bytes}"),
    );
    FileFault::whole("too_long", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sjis(text: &str) -> Vec<u8> {
        let (bytes, _, lossy) = SHIFT_JIS.encode(text);
        assert!(!lossy, "{text}");
        bytes.into_owned()
    }

    #[test]
    fn a_file_is_read_in_either_charset_with_or_without_a_mark() {
        let text = "氏名,体温(℃)\n髙橋 ①,36.5\n";
        assert_eq!(decode(text.as_bytes(), None).unwrap(), (text.to_owned(), Charset::Utf8));
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes(), None).unwrap(), (text.to_owned(), Charset::Utf8));
        assert_eq!(decode(&sjis(text), None).unwrap(), (text.to_owned(), Charset::Ms932));
        assert_eq!(decode(&sjis(text), Some(Charset::Ms932)).unwrap().0, text);
    }

    #[test]
    fn a_byte_that_is_no_character_is_named_by_line_and_column() {
        let mut broken = sjis("患者番号,脈拍\n1,60\n山田,");
        broken.extend_from_slice(b"\xFD\n");
        let fault = decode(&broken, Some(Charset::Ms932)).unwrap_err();
        assert_eq!((fault.line, fault.column, fault.code), (Some(3), Some(4), "undecodable"));
        assert_eq!(decode(&broken, None).unwrap_err(), fault, "the reading that got further is complained about");

        let told_wrongly = decode(&sjis("ok\nab氏名"), Some(Charset::Utf8)).unwrap_err();
        assert_eq!((told_wrongly.line, told_wrongly.column), (Some(2), Some(3)));
        let marked = decode(b"\xEF\xBB\xBFa\n\xE6\xB0", None).unwrap_err();
        assert_eq!((marked.line, marked.column), (Some(2), Some(1)), "a half character at the end is not dropped");
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        assert!(decode(b"PK\x03\x04rest", None).unwrap_err().message.en.contains("workbook"));
        assert!(decode(b"\xFF\xFEa\x00", None).unwrap_err().message.en.contains("UTF-16"));
        assert_eq!(decode(b"a,b\n\0,1", None).unwrap_err().code, "not_text");
    }

    #[test]
    fn customary_names_of_the_charsets_are_understood() {
        for name in ["MS932", "Shift_JIS", "sjis", "CP932", "windows-31j"] {
            assert_eq!(Charset::from_customary(name), Some(Charset::Ms932), "{name}");
        }
        assert_eq!(Charset::from_customary("UTF-8"), Some(Charset::Utf8));
        assert_eq!(Charset::from_customary("EUC-JP"), None);
    }
}
