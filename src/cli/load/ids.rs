//! Ids of posts that carry their own number, so that the driver finds a post's record by index
//! and hashes nothing.

use uuid::Uuid;

/// The low bits of an id that hold the post's number.
const NUMBER_BITS: u32 = 40;
const NUMBER_MASK: u128 = (1 << NUMBER_BITS) - 1;

/// One worker's ids of one invocation: version 7 UUIDs that differ only in the number.
#[derive(Debug, Clone, Copy)]
pub struct PostIds {
    prefix: u128,
}

impl PostIds {
    /// `seed` is a version 7 UUID made now; what is random in it keeps two invocations apart.
    pub fn new(seed: Uuid, worker: u8) -> Self {
        // The seed's random bits above the number stay, except eight that name the worker.
        let worker_bits = 0xff_u128 << NUMBER_BITS;
        let kept = seed.as_u128() & !(worker_bits | NUMBER_MASK);
        Self { prefix: kept | (u128::from(worker) << NUMBER_BITS) }
    }

    pub fn id(self, number: u64) -> Uuid {
        debug_assert!(u128::from(number) <= NUMBER_MASK);
        Uuid::from_u128(self.prefix | u128::from(number))
    }

    /// The number in an id, if it is one of these.
    pub fn number(self, id: Uuid) -> Option<u64> {
        let bits = id.as_u128();
        let number = u64::try_from(bits & NUMBER_MASK).expect("40 bits fit in 64");
        (bits & !NUMBER_MASK == self.prefix).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: Uuid = Uuid::from_u128(0x0198_2f0e_aaaa_7bbb_8ccc_dddd_eeee_ffff);

    #[test]
    fn a_number_comes_back_out_of_its_id() {
        let ids = PostIds::new(SEED, 3);
        assert_eq!(ids.number(ids.id(123_456)), Some(123_456));
        assert_eq!(ids.id(1).get_version_num(), 7);
    }

    #[test]
    fn ids_of_another_worker_or_invocation_are_foreign() {
        let ids = PostIds::new(SEED, 3);
        assert_eq!(ids.number(PostIds::new(SEED, 4).id(1)), None);
        let later = Uuid::from_u128(SEED.as_u128() + (1 << 80));
        assert_eq!(ids.number(PostIds::new(later, 3).id(1)), None);
    }
}
