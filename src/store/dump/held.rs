//! What a backup holds, by the heads of its tables, against what a restore takes: the tables and columns of the migrations up to its
//! own. Asked by whoever reads one back, without a database.

use std::collections::{BTreeMap, BTreeSet};

use super::super::migrate::newest;
use super::super::shape::shape_at;
use super::record::TableHead;

/// The tables of a backup with their columns.
#[derive(Clone, Debug, Default)]
pub struct Held(BTreeMap<String, BTreeSet<String>>);

impl Held {
    pub fn add(&mut self, head: &TableHead) {
        self.0.entry(head.name.clone()).or_default().extend(head.columns.iter().cloned());
    }

    /// Tables, and columns as `table.column`, that a restore of this schema misses in it. Of a later one nobody here knows.
    #[must_use]
    pub fn lacks(&self, schema: i64) -> Vec<String> {
        if schema > newest() {
            return Vec::new();
        }
        let mut lacks = Vec::new();
        for (table, columns) in shape_at(schema) {
            match self.0.get(&table) {
                None => lacks.push(table),
                Some(held) => {
                    let lost = columns.into_iter().filter(|column| !held.contains(column));
                    lacks.extend(lost.map(|column| format!("{table}.{column}")));
                }
            }
        }
        lacks
    }

    /// The same of what it holds and a restore passes over.
    #[must_use]
    pub fn passed_over(&self, schema: i64) -> Vec<String> {
        if schema > newest() {
            return Vec::new();
        }
        let made = shape_at(schema);
        let mut over = Vec::new();
        for (table, held) in &self.0 {
            match made.get(table) {
                None => over.push(table.clone()),
                Some(columns) => {
                    let others = held.iter().filter(|column| !columns.contains(column));
                    over.extend(others.map(|column| format!("{table}.{column}")));
                }
            }
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_restore_would_miss_is_named_and_so_is_what_it_would_pass_over() {
        let mut held = Held::default();
        for (name, columns) in shape_at(1) {
            held.add(&TableHead { name, columns });
        }
        assert!(held.lacks(1).is_empty() && held.passed_over(1).is_empty());
        held.add(&TableHead { name: "dba_note".to_owned(), columns: vec!["x".to_owned()] });
        held.add(&TableHead { name: "entry".to_owned(), columns: vec!["note".to_owned()] });
        assert_eq!(held.passed_over(1), ["dba_note", "entry.note"]);
        assert!(held.lacks(1).is_empty());
        held.0.remove("audit");
        assert!(held.0.get_mut("meta").is_some_and(|columns| columns.remove("value")));
        assert_eq!(held.lacks(1), ["audit", "meta.value"]);
        assert!(held.lacks(i64::MAX).is_empty(), "of a later version nobody here knows");
    }
}
