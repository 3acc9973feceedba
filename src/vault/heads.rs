//! Sums up where chains end: a digest over those that moved, and the root of a Merkle tree over all, built as RFC 6962
//! builds it. The tree is there so that one patient's end can be proved without naming the others.

use ring::digest::{Context, SHA256};

use super::chain::Link;

/// Where one timeline ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    pub timeline: [u8; 16],
    pub seq: u64,
    pub chain: Link,
}

const MOVED: &[u8] = b"renkei/moved/v1\0";
const LEAF: &[u8] = &[0];
const NODE: &[u8] = &[1];

impl End {
    fn to_bytes(self) -> [u8; 56] {
        let mut bytes = [0; 56];
        bytes[..16].copy_from_slice(&self.timeline);
        bytes[16..24].copy_from_slice(&self.seq.to_be_bytes());
        bytes[24..].copy_from_slice(&self.chain);
        bytes
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// Of a list of ends, in this order.
#[must_use]
pub fn list_digest(ends: &[End]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(MOVED);
    ends.iter().for_each(|end| context.update(&end.to_bytes()));
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// Root of the tree over these leaves, in this order. Of none: the digest of nothing.
#[must_use]
pub fn root(ends: &[End]) -> [u8; 32] {
    match ends {
        [] => digest(&[]),
        [end] => digest(&[LEAF, &end.to_bytes()]),
        ends => {
            // The largest power of two below the count stands on the left.
            let (left, right) = ends.split_at(ends.len().next_power_of_two() / 2);
            digest(&[NODE, &root(left), &root(right)])
        }
    }
}

/// Names a signed checkpoint in the one after it.
#[must_use]
pub fn checkpoint_digest(statement: &str, signature: &[u8]) -> [u8; 32] {
    digest(&[b"renkei/checkpoint/v1\0", &(statement.len() as u64).to_be_bytes(), statement.as_bytes(), signature])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn end(number: u8) -> End {
        End { timeline: [number; 16], seq: u64::from(number), chain: [number; 32] }
    }

    #[test]
    fn the_tree_is_split_as_rfc_6962_says() {
        let ends: Vec<End> = (0..5).map(end).collect();
        let leaf = |number: usize| root(&ends[number..=number]);
        let node = |left: [u8; 32], right: [u8; 32]| digest(&[NODE, &left, &right]);
        let four = node(node(leaf(0), leaf(1)), node(leaf(2), leaf(3)));
        assert_eq!(root(&ends[..4]), four);
        assert_eq!(root(&ends), node(four, leaf(4)));
        assert_eq!(root(&ends[..3]), node(node(leaf(0), leaf(1)), leaf(2)));
    }

    proptest! {
        #[test]
        fn any_other_list_has_another_root_and_digest(count in 1_u8..40, at: prop::sample::Index, what in 0..4) {
            let ends: Vec<End> = (0..count).map(end).collect();
            let (mut other, at) = (ends.clone(), at.index(ends.len()));
            match what {
                0 => other[at].seq += 1,
                1 => other[at].chain[31] ^= 1,
                2 => drop(other.remove(at)),
                _ => other.push(end(count)),
            }
            prop_assert_ne!(root(&other), root(&ends));
            prop_assert_ne!(list_digest(&other), list_digest(&ends));
        }
    }
}
