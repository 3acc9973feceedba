//! "Did you mean": the known word that is nearest to an unknown one.

/// The nearest of `known`, if it is near enough to be what was meant: at most one edit for every
/// three characters. Swapping two neighbours is one edit.
#[must_use]
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let distance_max = word.len().div_ceil(3);
    known
        .into_iter()
        .map(|candidate| (edits(&word, &candidate.to_lowercase().chars().collect::<Vec<_>>()), candidate))
        .filter(|(distance, _)| *distance <= distance_max)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, left) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, right) in to.iter().enumerate() {
            let replaced = last[column] + usize::from(left != right);
            let mut best = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            let is_swap = row > 0 && column > 0 && *left == to[column - 1] && from[row - 1] == *right;
            if is_swap {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood_and_another_word_is_not() {
        let levels = ["error", "warn", "info", "debug", "trace"];
        for (typed, meant) in [
            ("debgu", Some("debug")),
            ("warning", Some("warn")),
            ("INFO", Some("info")),
            ("inf", Some("info")),
            ("loud", None),
            ("", None),
        ] {
            assert_eq!(closest(typed, levels), meant, "{typed}");
        }
    }
}
