//! "Did you mean": the nearest known word to a misspelt one. Called by the loader only.

use unicode_normalization::UnicodeNormalization;

/// The candidate nearest to `written`, unless even that one is too far to be meant.
pub(crate) fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let folded = fold(written);
    let (distance, word) = candidates
        .into_iter()
        .map(|candidate| (edits(&folded, &fold(candidate)), candidate))
        .min_by_key(|(distance, candidate)| (*distance, candidate.len()))?;
    let length = folded.len().max(fold(word).len());
    // A third of the letters: "docter" finds "doctor", "nurse" does not find "note".
    (distance <= length.div_ceil(3) && distance < length).then(|| word.to_owned())
}

/// Width and case do not make a word another one.
fn fold(word: &str) -> Vec<char> {
    word.nfkc().flat_map(char::to_lowercase).collect()
}

/// Edit distance in which two swapped neighbours count once (optimal string alignment).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_in_both_scripts_and_ignores_strangers() {
        let words = ["doctor", "nurse", "actor.role", "看護師", "介護職"];
        assert_eq!(nearest("docter", words).as_deref(), Some("doctor"));
        assert_eq!(nearest("Nruse", words).as_deref(), Some("nurse"));
        assert_eq!(nearest("actor.rol", words).as_deref(), Some("actor.role"));
        assert_eq!(nearest("看護士", words).as_deref(), Some("看護師"));
        assert_eq!(nearest("ｎｕｒｓｅ", words).as_deref(), Some("nurse"));
        assert_eq!(nearest("helicopter", words), None);
        assert_eq!(nearest("x", []), None);
    }
}
