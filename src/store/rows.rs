//! Statements over many rows in few fixed sizes, so that each is prepared once and then cached, and a
//! batch costs few hops to the database's thread or server. Called by the files that write batches.

/// The sizes, largest first. Every count is a sum of them.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// One statement in all sizes.
pub(super) struct Rows {
    texts: [String; SIZES.len()],
}

impl Rows {
    /// `before`, then groups of `columns` parameters, then `after`.
    pub(super) fn new(before: &str, columns: usize, after: &str) -> Self {
        let group = |row: usize| {
            let parameters: Vec<String> = (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
            format!("({})", parameters.join(", "))
        };
        let text = |size: usize| {
            let groups: Vec<String> = (0..size).map(group).collect();
            format!("{before}{}{after}", groups.join(", "))
        };
        Self { texts: SIZES.map(text) }
    }

    /// The statement for as many rows as a chunk of [`chunks`] or [`padded`] has.
    pub(super) fn text(&self, rows: usize) -> &str {
        let place = SIZES.iter().position(|size| *size == rows).expect("chunks have one of the fixed sizes");
        &self.texts[place]
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

/// Cuts `items` into chunks filled up to a fixed size by repeating the last item: for looking up, where
/// asking twice does not matter and one statement is cheaper than three.
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
        assert_eq!(rows.text(1), "insert into t (a, b) values ($1, $2) on conflict do nothing");
        assert!(rows.text(4).contains("($1, $2), ($3, $4), ($5, $6), ($7, $8) on"));
        assert!(rows.text(64).contains("($127, $128)"));
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
