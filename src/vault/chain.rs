//! The hash chain over a timeline and over the audit log: each entry's link covers the link before
//! it, so that nobody can alter, drop, insert or swap entries without changing every later link.
//! It covers ciphertext and header, never plaintext: a chain can be verified without any key, also
//! after a record's key was destroyed.

use ring::digest::{Context, SHA256};

pub const LINK_BYTES: usize = 32;

/// A link, or [`GENESIS`].
pub type Link = [u8; LINK_BYTES];

/// What stands before the first entry of every chain.
pub const GENESIS: Link = [0; LINK_BYTES];

/// No chain ever has more records: a number beyond it was written by hand.
pub const CHAIN_RECORDS_MAX: i64 = 1 << 61;

/// Sets these hashes apart from every other SHA-256 of the hub.
const DOMAIN: &[u8] = b"renkei/chain/v1\0";

/// The link of the entry with this `header` (which names its chain and its place in it) and
/// `ciphertext`. Both are preceded by their lengths, so no two different entries are hashed as the
/// same bytes.
#[must_use]
pub fn link(previous: &Link, header: &[u8], ciphertext: &[u8]) -> Link {
    let mut context = Context::new(&SHA256);
    context.update(DOMAIN);
    context.update(previous);
    for part in [header, ciphertext] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut link = [0; LINK_BYTES];
    link.copy_from_slice(context.finish().as_ref());
    link
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head_of(entries: &[(Vec<u8>, Vec<u8>)]) -> Link {
        entries.iter().fold(GENESIS, |previous, (header, body)| link(&previous, header, body))
    }

    #[test]
    fn the_first_link_of_version_1_never_changes() {
        // Computed apart from this code, with coreutils:
        // { printf 'renkei/chain/v1\0'; head -c 32 /dev/zero; printf '\0\0\0\0\0\0\0\1h';
        //   printf '\0\0\0\0\0\0\0\4body'; } | sha256sum
        let hex: String = link(&GENESIS, b"h", b"body").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "07aa6a0d45a4cb605eeb69680ab5910883c02aea891147260a67e5cca1329da9");
    }

    proptest! {
        #[test]
        fn a_moved_boundary_changes_the_link(text in prop::collection::vec(any::<u8>(), 1..64), cut: prop::sample::Index, moved: prop::sample::Index) {
            let (cut, moved) = (cut.index(text.len() + 1), moved.index(text.len() + 1));
            prop_assume!(cut != moved);
            prop_assert_ne!(
                link(&GENESIS, &text[..cut], &text[cut..]),
                link(&GENESIS, &text[..moved], &text[moved..])
            );
        }

        #[test]
        fn altering_dropping_or_swapping_any_entry_changes_the_head(
            entries in prop::collection::vec(any::<(Vec<u8>, Vec<u8>)>(), 2..8),
            place: prop::sample::Index,
        ) {
            let head = head_of(&entries);
            let place = place.index(entries.len());

            let mut altered = entries.clone();
            altered[place].1.push(0);
            prop_assert_ne!(head_of(&altered), head);

            let mut dropped = entries.clone();
            dropped.remove(place);
            prop_assert_ne!(head_of(&dropped), head);

            let mut swapped = entries.clone();
            let other = (place + 1) % entries.len();
            swapped.swap(place, other);
            prop_assert_eq!(head_of(&swapped) == head, entries[place] == entries[other]);
        }
    }
}
