//! From the text of a file to rows of cells with their line numbers. Knows nothing of what the columns mean.

use super::charset::{self, Charset};
use super::report::FileFault;
use crate::domain::list::closed_list;
use crate::domain::text::Text;
use crate::limits;

closed_list! {
    /// What stands between two cells.
    Delimiter {
        Comma = "comma", "カンマ（CSV）", "comma (CSV)";
        Tab = "tab", "タブ（TSV）", "tab (TSV)";
    }
}

impl Delimiter {
    /// The byte between two cells.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Tab => b'\t',
        }
    }
}

/// A file as rows under a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub header: Vec<String>,
    /// The line the header stands on, from 1.
    pub header_line: usize,
    pub rows: Vec<Row>,
    pub charset: Charset,
    pub delimiter: Delimiter,
}

/// One data row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line it starts on, from 1.
    pub line: usize,
    pub cells: Vec<String>,
}

impl Row {
    /// Whether no cell holds anything: spreadsheets leave such rows at the end.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// The cell of a column, without the spaces around it.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }
}

/// Reads a file into rows; quoted cells may hold delimiters and line breaks.
///
/// # Errors
/// Bytes that cannot be decoded, no header, a quote never closed, or a bound exceeded.
pub fn read_table(bytes: &[u8], charset: Option<Charset>, delimiter: Option<Delimiter>) -> Result<Table, FileFault> {
    let (text, charset) = charset::decode(bytes, charset)?;
    let delimiter = delimiter.unwrap_or_else(|| detect_delimiter(&text));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Lines { text: &text, counted_to: 0, line: 1 };
    let mut header: Option<Row> = None;
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let from = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let more = reader.read_record(&mut record).expect("text in memory is UTF-8 and reading it cannot fail");
        if !more {
            break;
        }
        let until = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        // The reader takes the line break before a record as part of it.
        let from = text.len() - text[from..].trim_start_matches(['\r', '\n']).len();
        let row = Row { line: lines.line_of(from), cells: record.iter().map(str::to_owned).collect() };
        check_bounds(&row, &text[from..until], until == text.len(), rows.len())?;
        match header {
            None if row.is_blank() => {}
            None => header = Some(row),
            Some(_) => rows.push(row),
        }
    }
    let header = header.ok_or_else(|| {
        FileFault::whole("no_header", Text::fixed("見出しの行がありません", "there is no header line"))
    })?;
    Ok(Table {
        header_line: header.line,
        header: header.cells.iter().map(|name| name.trim().to_owned()).collect(),
        rows,
        charset,
        delimiter,
    })
}

fn detect_delimiter(text: &str) -> Delimiter {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    if header.matches('\t').count() > header.matches(',').count() { Delimiter::Tab } else { Delimiter::Comma }
}

/// Counts line breaks once, going forward: `\n`, `\r\n` or the lone `\r` of old software.
struct Lines<'a> {
    text: &'a str,
    counted_to: usize,
    line: usize,
}

impl Lines<'_> {
    fn line_of(&mut self, byte: usize) -> usize {
        let passed = &self.text.as_bytes()[self.counted_to..byte];
        let next = self.text.as_bytes().get(byte).copied();
        let breaks = passed.iter().enumerate().filter(|(at, found)| match **found {
            b'\n' => true,
            b'\r' => passed.get(at + 1).copied().or(next) != Some(b'\n'),
            _ => false,
        });
        self.line += breaks.count();
        self.counted_to = byte;
        self.line
    }
}

fn check_bounds(row: &Row, raw: &str, last: bool, rows: usize) -> Result<(), FileFault> {
    let too_long = |max: usize, ja: &str, en: &str| {
        let message = Text::new(format!("{ja}は {max} までです"), format!("at most {max} {en}"));
        Err(FileFault::at(row.line, None, "too_long", message))
    };
    // A quote that is never closed swallows the rest of the file, so it is looked for before the bounds.
    let breaks = raw.trim_end_matches(['\r', '\n']).contains(['\r', '\n']);
    if last && breaks && raw.matches('"').count() % 2 == 1 {
        let message = Text::fixed("引用符「\"」が閉じていません", "a quote `\"` opened in this row is never closed");
        return Err(FileFault::at(row.line, None, "open_quote", message));
    }
    if raw.len() > limits::IMPORT_ROW_BYTES_MAX {
        return too_long(limits::IMPORT_ROW_BYTES_MAX, "1行のバイト数", "bytes in one row");
    }
    if row.cells.len() > limits::IMPORT_COLUMNS_MAX {
        return too_long(limits::IMPORT_COLUMNS_MAX, "列の数", "columns");
    }
    if rows >= limits::IMPORT_ROWS_MAX {
        return too_long(limits::IMPORT_ROWS_MAX, "行の数", "rows");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        read_table(text.as_bytes(), None, None).unwrap()
    }

    fn lines(text: &str) -> Vec<(usize, Vec<String>)> {
        table(text).rows.into_iter().map(|row| (row.line, row.cells)).collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|&cell| cell.to_owned()).collect())
    }

    #[test]
    fn line_numbers_are_those_an_editor_shows() {
        let expected = vec![row(2, &["1", "2"]), row(4, &["x\ny", "3"]), row(6, &["4", "5"])];
        assert_eq!(lines("a,b\n1,2\n\n\"x\ny\",3\n4,5"), expected);
        let windows = vec![row(2, &["1", "2"]), row(4, &["x\r\ny", "3"]), row(6, &["4", "5"])];
        assert_eq!(lines("a,b\r\n1,2\r\n\r\n\"x\r\ny\",3\r\n4,5\r\n"), windows);
        assert_eq!(lines("a,b\r1,2\r3,4"), vec![row(2, &["1", "2"]), row(3, &["3", "4"])]);
        assert_eq!(table("\n\na,b\n1,2").header_line, 3);
    }

    #[test]
    fn the_last_row_counts_without_a_line_break() {
        assert_eq!(table("a,b\n1,2\n3,4").rows.len(), 2);
        assert_eq!(table("a,b\n1,2\n3,4\n").rows.len(), 2);
    }

    #[test]
    fn the_delimiter_is_seen_in_the_header_or_told() {
        assert_eq!(table("a\tb,c\td\n").delimiter, Delimiter::Tab);
        assert_eq!(table("a,b\n1\t2,3").rows[0].cells, ["1\t2", "3"]);
        let told = read_table(b"a\tb,c\n", None, Some(Delimiter::Comma)).unwrap();
        assert_eq!(told.header, ["a\tb", "c"]);
    }

    #[test]
    fn a_quote_never_closed_is_named_by_its_line() {
        let fault = read_table(b"a,b\n1,2\n\"x,3\n4,5\n", None, None).unwrap_err();
        assert_eq!((fault.line, fault.code), (Some(3), "open_quote"));
        assert_eq!(lines("a,b\n1,5\" needle\n"), vec![row(2, &["1", "5\" needle"])], "a quote inside is a character");
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_with_its_line() {
        let long = format!("a,b\n1,{}\n", "x".repeat(limits::IMPORT_ROW_BYTES_MAX));
        assert_eq!(read_table(long.as_bytes(), None, None).unwrap_err().line, Some(2));
        let wide = format!("a,b\n{}\n", ",".repeat(limits::IMPORT_COLUMNS_MAX));
        assert_eq!(read_table(wide.as_bytes(), None, None).unwrap_err().code, "too_long");
        assert_eq!(read_table(b"\n \n", None, None).unwrap_err().code, "no_header");
    }
}
