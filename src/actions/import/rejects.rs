//! The rows that were not taken, as a table of their own: the original cells with the reason beside them.
//!
//! Once mended, the file can be imported as it is: the added columns are left out.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::report::Report;
use super::table::Table;

/// Header of the columns added to each rejected row.
pub const ADDED: [&str; 2] = ["renkei_line", "renkei_reason"];

/// Writes the rejected rows as UTF-8 with the table's own delimiter; returns how many.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_rejects(table: &Table, report: &Report, out: impl Write) -> io::Result<usize> {
    let mut reasons: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for complaint in &report.complaints {
        let place = complaint.place.as_ref().map_or(String::new(), |place| format!("{}: ", place.header));
        let message = &complaint.invalid.message;
        reasons.entry(complaint.line).or_default().push(format!("{place}{} / {}", message.ja, message.en));
    }
    let mut writer = csv::WriterBuilder::new().delimiter(table.delimiter.byte()).flexible(true).from_writer(out);
    let kept: Vec<usize> =
        (0..table.header.len()).filter(|column| !ADDED.contains(&table.header[*column].as_str())).collect();
    let header = kept.iter().map(|&column| table.header[column].as_str()).chain(ADDED);
    writer.write_record(header)?;
    let mut written = 0;
    for row in &table.rows {
        let Some(reasons) = reasons.get(&row.line) else { continue };
        let line = row.line.to_string();
        let reason = reasons.join("; ");
        let cells = kept.iter().map(|&column| row.cells.get(column).map_or("", String::as_str));
        writer.write_record(cells.chain([line.as_str(), reason.as_str()]))?;
        written += 1;
    }
    writer.flush()?;
    Ok(written)
}
