//! The report of an import as text, in the language asked for.

use std::fmt::Write as _;
use std::path::Path;

use super::args::ImportArgs;
use crate::actions::import::outcome::{Note, Outcome};
use crate::actions::import::report::{Complaint, Count, FileFault, Report};
use crate::actions::import::table::Table;
use crate::config::Language;
use crate::limits;

fn either<'a>(language: Language, ja: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Ja => ja,
        Language::En => en,
    }
}

/// Everything a person needs to know after an import.
pub fn report(args: &ImportArgs, table: &Table, report: &Report, language: Language) -> String {
    let mut page = String::new();
    let file = args.file.display();
    let (charset, delimiter) = (table.charset, table.delimiter);
    let rows = grouped(report.rows);
    let zone = args.time_zone.iana_name().unwrap_or("?");
    let _ = match language {
        Language::Ja => writeln!(page, "{file}: {rows}行（{}、{}、時間帯 {zone}）", charset.ja(), delimiter.ja()),
        Language::En => writeln!(page, "{file}: {rows} rows ({}, {}, time zone {zone})", charset.en(), delimiter.en()),
    };
    outcomes(&mut page, report, language);
    notes(&mut page, report, language);
    skipped(&mut page, report, language);
    complaints(&mut page, report, language);
    let _ = writeln!(page, "{}", closing(report, language));
    page
}

/// Why the file as a whole was not read.
pub fn fault(file: &Path, fault: &FileFault, language: Language) -> String {
    let place = match (fault.line, fault.column, language) {
        (Some(line), Some(column), _) => format!(":{line}:{column}"),
        (Some(line), None, _) => format!(":{line}"),
        _ => String::new(),
    };
    let nothing = either(language, "何も書き込んでいません。", "Nothing was written.");
    format!("{}{place}: {}\n{nothing}\n", file.display(), language.pick(&fault.message))
}

/// What to do after the hub stopped answering.
pub fn stopped(written: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("{written}件を書き込んだところで止まりました。同じコマンドで続きから取り込めます"),
        Language::En => format!("stopped after {written} entries were written; the same command goes on from there"),
    }
}

fn outcomes(page: &mut String, report: &Report, language: Language) {
    for outcome in Outcome::ALL {
        let count = report.count(*outcome);
        if count == 0 && *outcome != Outcome::Imported {
            continue;
        }
        let label = match outcome {
            Outcome::Imported if report.dry_run => {
                either(language, "取り込める（試行）", "would be imported (dry run)")
            }
            _ => either(language, outcome.ja(), outcome.en()),
        };
        let _ = writeln!(page, "  {:>9}  {label}", grouped(count));
    }
}

fn notes(page: &mut String, report: &Report, language: Language) {
    if report.notes.0.is_empty() {
        return;
    }
    let _ = writeln!(page, "{}", either(language, "注記（取り込みを妨げない）:", "Notes (they keep nothing out):"));
    for ((note, header), count) in &report.notes.0 {
        let _ = writeln!(page, "  {:>9}  {}", grouped(count.rows), note_line(*note, header, count, language));
    }
}

fn note_line(note: Note, header: &str, count: &Count, language: Language) -> String {
    let label = either(language, note.ja(), note.en());
    let column = if header.is_empty() { String::new() } else { format!("{header}: ") };
    let lines: Vec<String> = count.first_lines.iter().map(ToString::to_string).collect();
    let more = if count.rows > lines.len() { " …" } else { "" };
    format!("{column}{label} {}{}{more}", either(language, "行 ", "lines "), lines.join(", "))
}

fn skipped(page: &mut String, report: &Report, language: Language) {
    let filled: Vec<_> = report.skipped.iter().filter(|column| column.filled > 0).collect();
    if filled.is_empty() {
        return;
    }
    let heading = either(language, "取り込まない列（値のあるセルの数）:", "Columns left out (cells with a value):");
    let _ = writeln!(page, "{heading}");
    for column in filled {
        let _ = writeln!(page, "  {:>9}  {}", grouped(column.filled), column.header);
    }
}

fn complaints(page: &mut String, report: &Report, language: Language) {
    if report.complaints.is_empty() {
        return;
    }
    let _ = writeln!(page, "{}", either(language, "誤り:", "Errors:"));
    for complaint in report.complaints.iter().take(limits::IMPORT_COMPLAINTS_SHOWN) {
        let _ = writeln!(page, "  {}", complaint_line(complaint, language));
    }
    let rest = report.complaints.len().saturating_sub(limits::IMPORT_COMPLAINTS_SHOWN);
    if rest > 0 {
        let _ = match language {
            Language::Ja => writeln!(page, "  ほか{}件（--rejects で全件を書き出せます）", grouped(rest)),
            Language::En => writeln!(page, "  and {} more (--rejects writes them all)", grouped(rest)),
        };
    }
}

fn complaint_line(complaint: &Complaint, language: Language) -> String {
    let message = language.pick(&complaint.invalid.message);
    let line = complaint.line;
    let field = &complaint.invalid.field;
    let field = if field.is_empty() { String::new() } else { format!(" {field}:") };
    match (&complaint.place, language) {
        (Some(place), Language::Ja) => format!("{line}行 {}列目「{}」{field} {message}", place.number, place.header),
        (Some(place), Language::En) => {
            format!("line {line}, column {} `{}`:{field} {message}", place.number, place.header)
        }
        (None, Language::Ja) => format!("{line}行{field} {message}"),
        (None, Language::En) => format!("line {line}:{field} {message}"),
    }
}

fn closing(report: &Report, language: Language) -> String {
    let written = grouped(report.written);
    match (language, report.written, report.wrong()) {
        (Language::Ja, 0, 0) if report.dry_run => "試行のため何も書き込んでいません。".to_owned(),
        (Language::En, 0, 0) if report.dry_run => "Dry run: nothing was written.".to_owned(),
        (Language::Ja, 0, 0) => "新しく書き込むものはありませんでした。".to_owned(),
        (Language::En, 0, 0) => "There was nothing new to write.".to_owned(),
        (Language::Ja, 0, _) => {
            "何も書き込んでいません。直して再度実行するか、--keep-going で他の行を取り込めます。".to_owned()
        }
        (Language::En, 0, _) => {
            "Nothing was written. Mend the file and run again, or import the other rows with --keep-going.".to_owned()
        }
        (Language::Ja, _, _) => format!("{written}件を書き込みました。"),
        (Language::En, _, _) => format!("{written} entries were written."),
    }
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let groups = digits.as_bytes()[first..].chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let head = (first > 0).then(|| digits[..first].to_owned());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}
