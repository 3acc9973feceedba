//! From the text of a file to a TOML tree with places, as far as the text can be read. Broken lines
//! become problems in both languages; full-width punctuation, the commonest slip of a Japanese
//! keyboard, is named as such. What the tree means is read by `vocabulary_file` and `ruleset_file`.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::mistake::Mistake;
use super::problem::{Findings, Place, SourceFile};
use crate::domain::text::Text;

/// A file as far as it could be read.
pub(crate) struct Document<'t> {
    pub root: Spanned<DeTable<'t>>,
    pub damage: Damage,
}

/// What of a file cannot be trusted. There the mistake is the broken text, and whatever the meaning of
/// it seems to be is only its shadow.
#[derive(Debug, Default)]
pub(crate) struct Damage {
    /// Lines, or whole sections where a bracket or comma is missing and swallows what follows.
    pub unreadable: Vec<Range<usize>>,
    /// Sections (from one `[header]` to the next) in which a key may seem to be missing.
    pub incomplete: Vec<Range<usize>>,
}

pub(crate) fn read<'t>(file: u16, source: SourceFile<'t>, findings: &mut Findings<'_>) -> Document<'t> {
    let (root, errors) = DeTable::parse_recoverable(source.text);
    let sections = sections(source.text);
    let mut damage = Damage::default();
    let mut note = |at: usize, swallows: bool| {
        let line = line_of(source.text, at);
        let known = damage.unreadable.contains(&line);
        let section = sections.iter().find(|section| section.contains(&at)).cloned();
        damage.unreadable.push(line);
        damage.unreadable.extend(section.clone().filter(|_| swallows));
        damage.incomplete.extend(section);
        known
    };
    for (at, found, write) in full_width(source.text) {
        note(at, false);
        findings.add(Place { file, at }, Mistake::FullWidth { found, write });
    }
    for error in errors {
        let span = error.span().unwrap_or_default();
        let at = span.start.min(source.text.len());
        // One mistake a line: what follows it on the same line is usually its echo.
        if note(at, swallows(error.message())) {
            continue;
        }
        let written = source.text.get(span).unwrap_or_default();
        let is_date = written.starts_with(|sign: char| sign.is_ascii_digit()) && written.matches('-').count() == 2;
        let mistake = if is_date {
            Mistake::BadDate { text: written.to_owned() }
        } else {
            Mistake::Syntax(describe(error.message()))
        };
        findings.add(Place { file, at }, mistake);
    }
    Document { root, damage }
}

/// Whether the mistake may take the following lines with it.
fn swallows(message: &str) -> bool {
    ![
        "duplicate key",
        "string values must be quoted",
        "invalid",
        "missing value",
        "key with no value",
        "unexpected leading",
    ]
    .iter()
    .any(|local| message.starts_with(local))
        || message.starts_with("invalid inline table")
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let at = text.floor_char_boundary(at);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    start..end
}

/// The byte ranges from one table header to the next; the text before the first header is one too.
fn sections(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_header = line.starts_with("[[") || line.starts_with('[') && line.trim_end().ends_with(']');
        if is_header && at > 0 {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len() + 1);
    starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// Full-width punctuation where TOML needs the half-width sign: outside strings and comments, or
/// closing a string that the line never closes. The first of each line.
fn full_width(text: &str) -> Vec<(usize, char, char)> {
    let mut found = Vec::new();
    let mut open: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        let mut first: Option<(usize, char, char)> = None;
        let mut last_inside = None;
        while let Some(next) = rest.chars().next() {
            let here = at + line.len() - rest.len();
            let mut step = next.len_utf8();
            match open {
                Some(quote) if rest.starts_with(quote) => {
                    open = None;
                    last_inside = None;
                    step = quote.len();
                }
                Some(quote) if next == '\\' && quote.starts_with('"') => {
                    step += rest[step..].chars().next().map_or(0, char::len_utf8);
                }
                Some(_) => {
                    if matches!(next, '”' | '“' | '＂' | '’' | '＇') {
                        last_inside = Some((here, next, '"'));
                    }
                }
                None if next == '#' => break,
                None => {
                    if let Some(quote) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote))
                    {
                        open = Some(quote);
                        step = quote.len();
                    } else if let (None, Some(write)) = (first, half_width(next)) {
                        first = Some((here, next, write));
                    }
                }
            }
            rest = &rest[step..];
        }
        // A one-line string that is still open here was meant to end at the full-width quote in it.
        if open.is_some_and(|quote| quote.len() == 1) {
            open = None;
            first = first.or(last_inside);
        }
        found.extend(first);
        at += line.len();
    }
    found
}

/// What should stand there instead: the half-width twin of digits and letters, and what people mean by the others.
fn half_width(sign: char) -> Option<char> {
    Some(match sign {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(u32::from(sign) - (u32::from('０') - u32::from('0'))).unwrap_or(sign)
        }
        '“' | '”' | '＂' | '〝' | '〟' | '「' | '」' | '『' | '』' => '"',
        '‘' | '’' | '＇' => '\'',
        '＝' => '=',
        '［' => '[',
        '］' => ']',
        '｛' => '{',
        '｝' => '}',
        '，' | '、' => ',',
        '＃' => '#',
        '．' => '.',
        '－' | '−' => '-',
        '\u{3000}' => ' ',
        _ => return None,
    })
}

/// The parser's words, with their Japanese. What it "expected" is dropped: it lists token names.
fn describe(message: &str) -> Text {
    let plain = message.split(", expected").next().unwrap_or(message).trim();
    let ja = match plain {
        "duplicate key" => "同じ見出しが二度書かれています",
        "invalid unquoted key" | "unquoted keys cannot be empty" => {
            "見出しに使えない文字があります（日本語や点を含む見出しは \" で囲みます）"
        }
        "string values must be quoted" | "missing opening quote" => "文字は \" で囲んでください",
        "unclosed array" => "[ が ] で閉じられていません",
        "unclosed array table" => "[[ が ]] で閉じられていません",
        "unclosed table" => "[ ] の見出しが閉じられていません",
        "unclosed inline table" => "{ が } で閉じられていません",
        "missing comma between array elements" | "missing comma between key-value pairs" => "区切りの , がありません",
        "extra comma in array" | "extra comma in inline table" => "余分な , があります",
        "missing value" | "missing value for key" | "key with no value" => "= の右に値がありません",
        "missing assignment between key-value pairs" => "見出しと値の間に = がありません",
        "extra `=`" | "extra assignment between key-value pairs" | "unexpected `=` in array" => "余分な = があります",
        "invalid basic string" | "invalid literal string" => "文字列が \" で閉じられていません",
        "unexpected key or value" | "unexpected content" => "行の終わりに余分な文字があります",
        _ => "この場所に書けないものが書かれています",
    };
    let en = if plain.is_empty() { "unexpected text" } else { plain };
    Text::new(ja, en)
}

#[cfg(test)]
mod tests {
    use super::{full_width, sections};

    #[test]
    fn full_width_signs_are_seen_only_where_toml_needs_half_width_ones() {
        assert!(full_width("ja = \"「医師」と“看護師”\" # “注”\n").is_empty());
        assert!(full_width("ja = '''“\n”'''\nen = \"a \\\" ” b\"\n").is_empty());
        assert_eq!(full_width("id = “SH-1”\n"), [(5, '“', '"')]);
        assert_eq!(full_width("id = \"SH-1”\nen = \"x\"\n"), [(10, '”', '"')]);
        assert_eq!(full_width("id ＝ \"a\"\n"), [(3, '＝', '=')]);
        assert_eq!(full_width("over = ２5\n"), [(7, '２', '2')]);
        assert_eq!(full_width("ｉd = 1\n"), [(0, 'ｉ', 'i')]);
    }

    #[test]
    fn a_section_runs_from_header_to_header() {
        let text = "a = 1\n[x]\nlist = [\n 1,\n]\n[[rule]]\nb = 2";
        let starts: Vec<_> = sections(text).iter().map(|section| section.start).collect();
        assert_eq!(starts, [0, text.find("[x]").expect("there"), text.find("[[").expect("there")]);
    }
}
