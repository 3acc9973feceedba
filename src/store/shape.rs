//! Which tables and columns the migrations make, read out of their own text, so that nobody keeps a second list: whatever else stands
//! in a database is somebody else's. Asked by `dump/` and `foreign.rs`; a test holds it against fresh databases of both engines.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::migrate::{STEPS, newest};

/// Table → its columns, in the order in which they were made.
pub(super) type Shape = BTreeMap<String, Vec<String>>;

/// What the last step leaves.
pub(super) fn shape() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| shape_at(newest()));
    &SHAPE
}

/// What the steps up to this one leave.
pub(super) fn shape_at(last: i64) -> Shape {
    let mut shape = Shape::new();
    // Both engines have the same tables and columns.
    for (.., text, _) in STEPS.iter().filter(|step| step.0 <= last) {
        take_step(text, &mut shape);
    }
    shape
}

/// Migrations put each column on a line of its own; none drops or renames anything.
fn take_step(text: &str, shape: &mut Shape) {
    let mut table: Option<&str> = None;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["create", "table", name, ..] => table = Some(*name),
            ["alter", "table", name, "add", "column", column, ..] => add(shape, name, column),
            ["primary" | "unique" | "check" | "foreign", ..] => {}
            [first, ..] if first.starts_with(')') => table = None,
            [first, _, ..] if !first.starts_with("--") => {
                if let Some(table) = table {
                    add(shape, table, first);
                }
            }
            _ => {}
        }
    }
}

fn add(shape: &mut Shape, table: &str, column: &str) {
    shape.entry(table.to_owned()).or_default().push(column.to_owned());
}
