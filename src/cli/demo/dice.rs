//! Chance that falls the same way in every run: `SplitMix64` (Steele, Lea, Flood 2014), seeded. For the demo's
//! content only; never for ids or secrets.

/// One stream of chance.
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The stream that belongs to these numbers.
    pub fn of(numbers: &[u64]) -> Self {
        let mut dice = Self { state: 0 };
        for number in numbers {
            dice.state ^= number.wrapping_mul(0xD129_0D3B_3A4B_8F5D);
            dice.next();
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a usize fits");
        usize::try_from(self.next() % bound).expect("below a usize")
    }

    /// From `-spread` to `spread`.
    pub fn about(&mut self, spread: i32) -> i32 {
        let width = usize::try_from(2 * spread + 1).expect("a spread is not negative");
        i32::try_from(self.below(width)).expect("a small number") - spread
    }

    /// One of these, of which there is at least one.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_numbers_make_the_same_stream_and_others_do_not() {
        let roll = |numbers: &[u64]| {
            let mut dice = Dice::of(numbers);
            (0..8).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(roll(&[7, 1]), roll(&[7, 1]));
        assert_ne!(roll(&[7, 1]), roll(&[7, 2]));
        assert_ne!(roll(&[7, 1]), roll(&[1, 7]));
    }

    #[test]
    fn a_spread_reaches_both_ends_and_no_further() {
        let mut dice = Dice::of(&[3]);
        let rolled: std::collections::BTreeSet<i32> = (0..500).map(|_| dice.about(2)).collect();
        assert_eq!(rolled.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
    }
}
