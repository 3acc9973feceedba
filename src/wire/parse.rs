//! Bytes → message, and what to tell a client whose bytes are none.
//!
//! Fields that the hub does not know are refused in JSON, by name: a misspelt `sensitivity` that is passed over
//! would show an entry to more people than was meant. In binary they cannot be told from newer ones and are
//! passed over; a client sends no field above the version it was welcomed with.

use prost::Message;
use serde::de::DeserializeOwned;

use super::codes::Code;
use super::error::{About, FrameError};
use crate::codec::{Encoding, id, shortened};
use crate::domain::ids::EntryId;
use crate::domain::text::{Invalid, Text};

/// The message in `bytes`.
pub(super) fn parse<M: Message + Default + DeserializeOwned>(
    encoding: Encoding,
    bytes: &[u8],
) -> Result<M, FrameError> {
    match encoding {
        Encoding::Proto => M::decode(bytes).map_err(|error| {
            let reason = error.to_string();
            malformed(&format!("protobufとして読み取れません: {reason}"), &format!("no protobuf message: {reason}"))
        }),
        Encoding::Json => serde_json::from_slice(bytes).map_err(|error| explain::<M>(bytes, &error)),
    }
}

fn malformed(ja: &str, en: &str) -> FrameError {
    Invalid::new("", Code::Malformed.code(), Text::new(ja, en)).into()
}

/// The id that a client made for a post. Only version 7 is taken: derived ids are version 8, so nobody posts under
/// the id of something the hub made, and ids sort by when they were made.
///
/// # Errors
/// `bad_id`.
pub fn made_by_client(field: &str, made: EntryId) -> Result<EntryId, Invalid> {
    if made.0.get_version_num() == 7 && made.0.get_variant() == uuid::Variant::RFC4122 {
        return Ok(made);
    }
    let expected = Text::fixed(
        "投稿のIDはUUIDの第7版（UUIDv7）で作ってください",
        "the id of a post is a UUID of version 7 (UUIDv7), made by the client",
    );
    Err(Invalid::new(field, Code::BadId.code(), expected))
}

/// What a REST body holds, with the same complaints as a frame.
///
/// # Errors
/// The first complaint; its field is the path inside the body.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Invalid> {
    if bytes.trim_ascii_start().starts_with(b"[") {
        // The parser would take a list of the right length for an object, its fields in the order of ours.
        let expected = Text::fixed("オブジェクト {…} が必要です", "an object {…} is expected, not a list");
        return Err(Invalid::new("", Code::WrongType.code(), expected));
    }
    serde_json::from_slice(bytes).map_err(|error| explain::<T>(bytes, &error).invalid)
}

/// Reads again, slower, to find where the mistake is.
fn explain<M: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> FrameError {
    if !error.is_data() {
        return malformed(&format!("JSONとして読み取れません: {error}"), &format!("no JSON: {error}"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let (path, reason) = match serde_path_to_error::deserialize::<_, M>(&mut deserializer) {
        Ok(_) => (String::new(), error.to_string()),
        Err(error) => (error.path().to_string(), error.inner().to_string()),
    };
    FrameError { invalid: misfit(&proto_names(&path), &reason), about: about(bytes) }
}

/// The complaint about JSON that is well-formed but no such message.
fn misfit(path: &str, reason: &str) -> Invalid {
    // serde names what it found between the first two backquotes, and the place at the end.
    let reason = reason.rsplit_once(" at line ").map_or(reason, |(reason, _)| reason);
    let named = reason.split('`').nth(1).unwrap_or_default();
    let expected = reason.split_once("expected ").map_or("", |(_, expected)| expected).replace('`', "");
    let name = proto_names(named);
    let named_field = || if path.rsplit('.').next() == Some(&name) { path.to_owned() } else { join(path, &name) };
    if reason.starts_with("unknown field") {
        let named = shortened(named);
        let known = expected.trim_start_matches("one of ");
        return Invalid::new(
            shortened(&named_field()),
            Code::UnknownField.code(),
            Text::new(
                format!("「{named}」という項目はありません。使える項目: {known}"),
                format!("there is no field `{named}`; expected {expected}"),
            ),
        );
    }
    if reason.starts_with("missing field") {
        return Invalid::required(join(path, &name));
    }
    if reason.starts_with("duplicate field") {
        return Invalid::new(
            named_field(),
            Code::Duplicate.code(),
            Text::fixed(
                "同じ項目、または同時に使えない項目が重複しています",
                "given twice, or together with another of which only one is expected",
            ),
        );
    }
    let reason = reason.chars().take(REASON_CHARS_MAX).collect::<String>();
    let told = in_words(&reason).unwrap_or_else(|| Text::new(&reason, &reason));
    Invalid::new(
        path,
        Code::WrongType.code(),
        Text::new(
            format!("値の型が違います: {}", told.ja),
            format!("a value of another type is expected: {}", told.en),
        ),
    )
}

/// Words of the parser for what it found and what it expected, in the words of people; longer ones first.
const TYPES: [(&str, &str, &str); 22] = [
    ("floating point", "小数", "the number"),
    ("a boolean", "true か false", "true or false"),
    ("a sequence", "配列", "a list"),
    ("a string", "文字列", "a text"),
    ("a map", "オブジェクト", "an object"),
    ("boolean", "真偽値", "the truth value"),
    ("integer", "整数", "the number"),
    ("sequence", "配列", "a list"),
    ("string", "文字列", "the text"),
    ("struct", "オブジェクト", "an object"),
    ("tuple", "配列", "a list"),
    ("null", "null", "null"),
    ("map", "オブジェクト", "an object"),
    ("unit", "null", "null"),
    ("i64", "整数", "a whole number"),
    ("i32", "整数", "a whole number"),
    ("u64", "0以上の整数", "a whole number of 0 or more"),
    ("u32", "0以上の整数", "a whole number of 0 or more"),
    ("u16", "0以上の整数", "a whole number of 0 or more"),
    ("u8", "0以上255以下の整数", "a whole number from 0 to 255"),
    ("usize", "0以上の整数", "a whole number of 0 or more"),
    ("f64", "数", "a number"),
];

/// The type that a text begins with, and the rest of it.
fn type_in_words(text: &str) -> Option<(&'static str, &'static str, &str)> {
    TYPES.iter().find_map(|(word, ja, en)| Some((*ja, *en, text.strip_prefix(word)?)))
}

/// The parser's complaint about a type; nothing where its words are not known.
fn in_words(reason: &str) -> Option<Text> {
    let (found, expected) = reason.split_once(", expected ")?;
    let (ja, en, _) = type_in_words(expected)?;
    let found = found.strip_prefix("invalid type: ").or_else(|| found.strip_prefix("invalid value: "));
    // What is left is a list that is too short or too long to be read as an object.
    let Some(found) = found else {
        return Some(Text::new(format!("{ja}が必要です"), format!("{en}, not a list")));
    };
    let (found_ja, found_en, given) = type_in_words(found)?;
    let given = given.trim().replace('`', "");
    let apart = if given.is_empty() { "" } else { " " };
    Some(Text::new(
        format!("{found_ja}{apart}{given} ではなく、{ja}が必要です"),
        format!("{en}, not {found_en}{apart}{given}"),
    ))
}

/// How much of the parser's own words is passed on, in characters; they may repeat what was given.
const REASON_CHARS_MAX: usize = 200;

fn join(path: &str, name: &str) -> String {
    if path.is_empty() || path == "." { name.to_owned() } else { format!("{path}.{name}") }
}

/// `dryRun.intent.observedAtUs` as the proto files write it.
fn proto_names(path: &str) -> String {
    let mut names = String::with_capacity(path.len() + 8);
    for c in path.chars() {
        if c.is_ascii_uppercase() {
            names.push('_');
        }
        names.push(c.to_ascii_lowercase());
    }
    if names == "." { String::new() } else { names }
}

/// The post in a frame that is no message, so that its author learns which one failed.
fn about(bytes: &[u8]) -> Option<About> {
    let frame: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let id_in = |name: &str| {
        let given = frame.get(name)?.get("intent")?.get("id")?.as_str()?;
        id("id", given, EntryId).ok()
    };
    let dry_run = || id_in("dryRun").or_else(|| id_in("dry_run")).map(About::DryRun);
    id_in("post").map(About::Post).or_else(dry_run)
}
