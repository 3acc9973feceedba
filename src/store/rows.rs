//! Statements over many rows in few fixed sizes, so that each is prepared once and then cached, and a
//! batch costs few hops to the database's thread or server. Called by the files that write batches.

/// The sizes, largest first. Every count is a sum of them; most counts up to the largest of two.
const SIZES: [usize; 12] = [64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1];

/// One statement in all sizes, for either engine.
pub(super) struct Rows {
    numbered: [String; SIZES.len()],
    unnumbered: [String; SIZES.len()],
}

/// How an engine wants its parameters marked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Marks {
    /// `$1, $2`: the only way of PostgreSQL.
    Numbered,
    /// `?, ?`: SQLite keeps a list of the numbered ones and walks it for every value bound, which costs more than
    /// the inserts once a statement has hundreds.
    Unnumbered,
}

impl Rows {
    /// `before`, then groups of `columns` parameters, then `after`.
    pub(super) fn new(before: &str, columns: usize, after: &str) -> Self {
        let texts = |mark: fn(usize) -> String| {
            let group = |row: usize| {
                let parameters: Vec<String> = (1..=columns).map(|column| mark(row * columns + column)).collect();
                format!("({})", parameters.join(", "))
            };
            SIZES.map(|size| {
                let groups: Vec<String> = (0..size).map(group).collect();
                format!("{before}{}{after}", groups.join(", "))
            })
        };
        Self { numbered: texts(|number| format!("${number}")), unnumbered: texts(|_| "?".to_owned()) }
    }

    /// The statement for as many rows as a chunk of [`chunks`] or [`padded`] has.
    pub(super) fn text(&self, marks: Marks, rows: usize) -> &str {
        let place = SIZES.iter().position(|size| *size == rows).expect("chunks have one of the fixed sizes");
        match marks {
            Marks::Numbered => &self.numbered[place],
            Marks::Unnumbered => &self.unnumbered[place],
        }
    }
}

/// Cuts `items` into chunks of the fixed sizes, largest first.
pub(super) fn chunks<T>(mut items: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= items.len())?;
        let (chunk, rest) = items.split_at(size);
        items = rest;
        Some(chunk)
    })
}

/// Cuts `items` into chunks filled up to a fixed size by repeating the last item: for statements to which saying
/// something twice does not matter, since one statement is cheaper than two.
pub(super) fn padded<T: Copy>(items: &[T]) -> impl Iterator<Item = Vec<T>> {
    items.chunks(SIZES[0]).map(|chunk| {
        let size = SIZES.into_iter().rev().find(|size| *size >= chunk.len()).unwrap_or(SIZES[0]);
        let mut filled = chunk.to_vec();
        filled.resize(size, *chunk.last().expect("chunks are not empty"));
        filled
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_through_all_rows() {
        let rows = Rows::new("insert into t (a, b) values ", 2, " on conflict do nothing");
        let numbered = |size| rows.text(Marks::Numbered, size);
        assert_eq!(numbered(1), "insert into t (a, b) values ($1, $2) on conflict do nothing");
        assert!(numbered(4).contains("($1, $2), ($3, $4), ($5, $6), ($7, $8) on"));
        assert!(numbered(64).contains("($127, $128)"));
        assert_eq!(rows.text(Marks::Unnumbered, 1), "insert into t (a, b) values (?, ?) on conflict do nothing");
    }

    #[test]
    fn every_count_is_cut_into_fixed_sizes_in_order() {
        for count in 0..300_usize {
            let items: Vec<usize> = (0..count).collect();
            let cut: Vec<&[usize]> = chunks(&items).collect();
            assert_eq!(cut.concat(), items);
            assert!(cut.iter().all(|chunk| SIZES.contains(&chunk.len())));

            let filled: Vec<Vec<usize>> = padded(&items).collect();
            assert_eq!(filled.len(), count.div_ceil(64));
            assert!(filled.iter().all(|chunk| SIZES.contains(&chunk.len())));
            let mut seen = filled.concat();
            seen.dedup();
            assert_eq!(seen, items);
        }
    }
}
