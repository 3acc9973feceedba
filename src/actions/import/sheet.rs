//! The rows of a file once read: drafts of entries, rows passed over, and rows that are wrong.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::hash::Hash;

use super::columns::{Columns, Field};
use super::outcome::{Note, Outcome};
use super::report::{Complaint, Notes, Place, SkippedColumn};
use super::table::{Row, Table};
use crate::domain::text::{Invalid, Text};

/// A file read, not yet matched with what the hub knows.
#[derive(Clone, Debug)]
pub struct Sheet<D> {
    pub rows: Vec<SheetRow<D>>,
    pub notes: Notes,
    pub skipped: Vec<SkippedColumn>,
    /// The column that names the patient.
    pub patient_place: Option<Place>,
}

/// One row, in the order of the file.
#[derive(Clone, Debug)]
pub struct SheetRow<D> {
    pub line: usize,
    pub read: Read<D>,
}

/// What reading made of a row.
#[derive(Clone, Debug)]
pub enum Read<D> {
    Draft(D),
    /// Nothing to import, nothing wrong.
    Passed(Outcome),
    /// Every complaint about the row, in the order of its columns.
    Wrong(Vec<Complaint>),
}

impl<D> Sheet<D> {
    /// The rows of `table` as `read` takes them. The notes are added once it has.
    pub(super) fn of<'t, F: Field>(
        table: &'t Table,
        columns: &Columns<F>,
        patient: F,
        mut read: impl FnMut(&'t Row) -> Read<D>,
    ) -> Self {
        Self {
            rows: table.rows.iter().map(|row| SheetRow { line: row.line, read: read(row) }).collect(),
            notes: Notes::default(),
            skipped: columns.skipped(table),
            patient_place: columns.of(patient).map(|column| columns.place(column)),
        }
    }
}

/// The drafts so far, by what makes two rows the same thing, and the line each came from.
pub(super) struct Drafts<K, D>(HashMap<K, (usize, D)>);

/// What an earlier row says of the same thing.
pub(super) enum Earlier {
    Nothing,
    TheSame,
    /// In this line.
    Otherwise(usize),
}

impl<K, D> Default for Drafts<K, D> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash, D: Clone + PartialEq> Drafts<K, D> {
    pub fn remember(&mut self, key: K, line: usize, draft: &D) -> Earlier {
        match self.0.entry(key) {
            Slot::Occupied(known) if known.get().1 == *draft => Earlier::TheSame,
            Slot::Occupied(known) => Earlier::Otherwise(known.get().0),
            Slot::Vacant(free) => {
                free.insert((line, draft.clone()));
                Earlier::Nothing
            }
        }
    }
}

/// Gathers what is found while one row is read.
pub(super) struct RowFindings<'a, F> {
    row: &'a Row,
    columns: &'a Columns<F>,
    pub notes: Vec<(Note, String)>,
    pub complaints: Vec<Complaint>,
}

impl<'a, F: Field> RowFindings<'a, F> {
    /// Begins a row.
    ///
    /// # Errors
    /// What becomes of a row that is empty, or cut or shifted as a whole: its cells cannot be trusted.
    pub fn begin<D>(table: &Table, row: &'a Row, columns: &'a Columns<F>) -> Result<Self, Read<D>> {
        if row.is_blank() {
            return Err(Read::Passed(Outcome::Blank));
        }
        let mut found = Self { row, columns, notes: Vec::new(), complaints: Vec::new() };
        found.check_width(table.header.len());
        found.check_private_characters();
        if found.complaints.iter().any(|complaint| complaint.place.is_none()) {
            return Err(found.wrong());
        }
        Ok(found)
    }

    pub fn cell(&self, column: Option<usize>) -> &'a str {
        column.map_or("", |column| self.row.cell(column))
    }

    pub fn note(&mut self, note: Note) {
        self.notes.push((note, String::new()));
    }

    pub fn note_on(&mut self, note: Note, column: usize) {
        self.notes.push((note, self.columns.place(column).header));
    }

    pub fn complain(&mut self, column: Option<usize>, invalid: Invalid) {
        let place = column.map(|column| self.columns.place(column));
        self.complaints.push(Complaint { line: self.row.line, place, invalid });
    }

    /// Keeps a value or complains that the cell is unreadable.
    pub fn read<V>(&mut self, column: usize, field: &str, value: Result<V, Text>) -> Option<V> {
        value.map_err(|message| self.complain(Some(column), Invalid::new(field, "unreadable", message))).ok()
    }

    /// A cell that must hold something.
    pub fn required(&mut self, column: Option<usize>, field: &str) -> &'a str {
        let cell = self.cell(column);
        if cell.is_empty() {
            self.complain(column, Invalid::required(field));
        }
        cell
    }

    /// Ends the row: a draft if nothing is wrong.
    pub fn finish<D>(self, draft: Option<D>, notes: &mut Notes) -> Read<D> {
        match draft {
            Some(draft) if self.complaints.is_empty() => {
                for (note, header) in self.notes {
                    notes.add(self.row.line, note, &header);
                }
                Read::Draft(draft)
            }
            _ => self.wrong(),
        }
    }

    fn wrong<D>(mut self) -> Read<D> {
        self.complaints.sort_by_key(|complaint| complaint.place.as_ref().map(|place| place.number));
        Read::Wrong(self.complaints)
    }

    /// A row with too few or too many cells is likely cut or shifted; spare empty cells at the end are not.
    fn check_width(&mut self, expected: usize) {
        let given = self.row.cells.len();
        let spare = (expected..given).all(|column| self.row.cell(column).is_empty());
        if given < expected || !spare {
            let message = Text::new(
                format!("{expected}列のはずが{given}列あります"),
                format!("{expected} columns are expected, the row has {given}"),
            );
            self.complain(None, Invalid::new("", "wrong_width", message));
        }
    }

    /// 外字: a character that only the office that drew it can show. Kept out, because others would see nothing.
    fn check_private_characters(&mut self) {
        for column in self.columns.all() {
            if let Some(found) = self.row.cell(column).chars().find(|c| matches!(c, '\u{E000}'..='\u{F8FF}')) {
                let code = u32::from(found);
                let message = Text::new(
                    format!("外字（U+{code:04X}）は他の事業所で表示できません。通常の文字に直してください"),
                    format!("the private-use character U+{code:04X} shows nowhere else; write it with a standard one"),
                );
                self.complain(Some(column), Invalid::new("", "private_character", message));
            }
        }
    }
}
