//! Which column holds which field: told by `--map`, else by headers that systems and offices are known to use.
//!
//! Where several columns hold one field, the first known is taken and the others are witnesses to it.

use unicode_normalization::UnicodeNormalization;

use super::report::{FileFault, Place, SkippedColumn};
use super::table::Table;
use crate::domain::text::Text;
use crate::domain::unit::Unit;

/// The fields a kind of import reads.
pub trait Field: Copy + Eq + Sized + 'static {
    /// Known headers in order of preference, as [`folded`] makes them, letter case kept.
    const KNOWN: &'static [(&'static str, Self)];

    /// Every code `--map` accepts.
    fn codes() -> Vec<&'static str>;

    /// The field of a code.
    fn from_code(code: &str) -> Option<Self>;

    /// Whether several columns together make the field.
    fn gathers(self) -> bool {
        false
    }
}

/// What `--map` says to leave a column out.
pub const SKIP: &str = "skip";

/// A column told to hold a field: header and field code, or [`SKIP`].
pub type Mapped = (String, String);

/// The columns of one file, by field.
#[derive(Clone, Debug)]
pub struct Columns<F> {
    used: Vec<Used<F>>,
    header: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct Used<F> {
    column: usize,
    field: F,
    unit: Option<Unit>,
    witness: bool,
}

impl<F: Field> Columns<F> {
    /// Finds the columns of a table.
    ///
    /// # Errors
    /// A mapped header that is not there, an unknown field, or two columns with equal claim to one field.
    pub fn find(table: &Table, mapped: &[Mapped]) -> Result<Self, FileFault> {
        check_mapped::<F>(table, mapped)?;
        let mut claims = Vec::new();
        for (column, name) in table.header.iter().enumerate() {
            match mapped.iter().find(|(header, _)| header == name) {
                Some((_, code)) => claims.extend(F::from_code(code).map(|field| claim(column, 0, field, name))),
                None => claims.extend(known::<F>(name).map(|(rank, field)| claim(column, rank + 1, field, name))),
            }
        }
        claims.sort_by_key(|claim| claim.rank);
        let mut used: Vec<Used<F>> = Vec::new();
        for (at, claim) in claims.iter().enumerate() {
            let earlier = claims[..at].iter().filter(|earlier| earlier.field == claim.field);
            let gathers = claim.field.gathers();
            if let Some(equal) = earlier.clone().find(|earlier| earlier.rank == claim.rank && !gathers) {
                return Err(two_claims(table, equal.column, claim.column));
            }
            let witness = !gathers && earlier.count() > 0;
            used.push(Used { column: claim.column, field: claim.field, unit: claim.unit, witness });
        }
        Ok(Self { used, header: table.header.clone() })
    }

    /// The column that holds the field.
    #[must_use]
    pub fn of(&self, field: F) -> Option<usize> {
        self.used.iter().find(|used| used.field == field && !used.witness).map(|used| used.column)
    }

    /// The columns that together make the field, in the order of the file.
    #[must_use]
    pub fn gathered(&self, field: F) -> Vec<usize> {
        let mut columns: Vec<usize> =
            self.used.iter().filter(|used| used.field == field).map(|used| used.column).collect();
        columns.sort_unstable();
        columns
    }

    /// Columns that say the same once more: field, its column, the witness.
    pub fn witnesses(&self) -> impl Iterator<Item = (F, usize, usize)> {
        self.used
            .iter()
            .filter(|used| used.witness)
            .filter_map(|used| Some((used.field, self.of(used.field)?, used.column)))
    }

    /// The unit written in a column's header.
    #[must_use]
    pub fn unit(&self, column: usize) -> Option<Unit> {
        self.used.iter().find(|used| used.column == column).and_then(|used| used.unit)
    }

    /// Number and header of a column.
    #[must_use]
    pub fn place(&self, column: usize) -> Place {
        Place { number: column + 1, header: self.header.get(column).cloned().unwrap_or_default() }
    }

    /// Every column that is read.
    pub fn all(&self) -> impl Iterator<Item = usize> {
        self.used.iter().map(|used| used.column)
    }

    /// The columns nobody reads, and how much stands in them.
    #[must_use]
    pub fn skipped(&self, table: &Table) -> Vec<SkippedColumn> {
        let unread = (0..self.header.len()).filter(|column| self.all().all(|used| used != *column));
        let filled = |column| table.rows.iter().filter(|row| !row.cell(column).is_empty()).count();
        unread.map(|column| SkippedColumn { header: self.header[column].clone(), filled: filled(column) }).collect()
    }

    /// A file that has no column for a field it needs.
    #[must_use]
    pub fn missing(&self, table: &Table, expected: Text) -> FileFault {
        let found = self.header.join(", ");
        let message = Text::new(
            format!("{}。見出し: {found}", expected.ja),
            format!("{}; the headers are: {found}", expected.en),
        );
        FileFault::at(table.header_line, None, "missing_column", message)
    }
}

struct Claim<F> {
    column: usize,
    /// 0: told by `--map`; otherwise the place in the list of known headers.
    rank: usize,
    field: F,
    unit: Option<Unit>,
}

fn claim<F>(column: usize, rank: usize, field: F, header: &str) -> Claim<F> {
    Claim { column, rank, field, unit: split_unit(&folded(header)).1 }
}

/// Half width, without any space: what headers are compared by.
fn folded(header: &str) -> String {
    header.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// A header without the unit in brackets at its end, and the unit.
fn split_unit(folded: &str) -> (&str, Option<Unit>) {
    let bracketed = |open: char, close: char| {
        let (name, inner) = folded.strip_suffix(close)?.split_once(open)?;
        let unit = Unit::from_customary(inner).or_else(|| Unit::from_customary(&format!("[{inner}]")));
        unit.filter(|_| !inner.is_empty() && !name.is_empty()).map(|unit| (name, unit))
    };
    match bracketed('(', ')').or_else(|| bracketed('[', ']')) {
        Some((name, unit)) => (name, Some(unit)),
        None => (folded, None),
    }
}

fn known<F: Field>(header: &str) -> Option<(usize, F)> {
    let whole = folded(header);
    let bare = split_unit(&whole).0;
    let find = |matches: &dyn Fn(&str) -> bool| F::KNOWN.iter().position(|(name, _)| matches(name));
    let rank = find(&|name| name == whole)
        .or_else(|| find(&|name| name == bare))
        .or_else(|| find(&|name| name.eq_ignore_ascii_case(bare)))?;
    Some((rank, F::KNOWN[rank].1))
}

fn check_mapped<F: Field>(table: &Table, mapped: &[Mapped]) -> Result<(), FileFault> {
    for (header, code) in mapped {
        if !table.header.contains(header) {
            let found = table.header.join(", ");
            let message = Text::new(
                format!("「{header}」という列はありません。見出し: {found}"),
                format!("there is no column `{header}`; the headers are: {found}"),
            );
            return Err(FileFault::at(table.header_line, None, "unknown_column", message));
        }
        if code != SKIP && F::from_code(code).is_none() {
            let codes = F::codes().join(", ");
            let message = Text::new(
                format!("「{code}」という項目はありません。使える項目: {codes}, {SKIP}"),
                format!("there is no field `{code}`; the fields are: {codes}, {SKIP}"),
            );
            return Err(FileFault::whole("unknown_field", message));
        }
    }
    Ok(())
}

fn two_claims(table: &Table, first: usize, second: usize) -> FileFault {
    let (first, second) = (first.min(second), first.max(second));
    let (a, b) = (&table.header[first], &table.header[second]);
    let message = Text::new(
        format!(
            "{}列目「{a}」と{}列目「{b}」が同じ項目です。--map で一方を選ぶか {SKIP} にしてください",
            first + 1,
            second + 1
        ),
        format!(
            "columns {} `{a}` and {} `{b}` are the same field; choose one with --map, or {SKIP} the other",
            first + 1,
            second + 1
        ),
    );
    FileFault::at(table.header_line, None, "two_columns", message)
}
