//! Authenticated encryption of one record: AES-256-GCM, a fresh random nonce in front.
//! The caller passes as `aad` what the record is and where it belongs (its kind, timeline, seq), so
//! that a sealed record moved elsewhere does not open.
//!
//! Why random nonces: a number derived from (timeline, seq) is used twice with different content
//! when a batch was decided ahead and its commit fails, or when two hubs race for a seq, and one
//! repetition breaks the key. A counter held in memory repeats after a virtual machine is resumed
//! from a snapshot. The system's generator has neither fault and costs a fraction of a microsecond.
//!
//! NIST SP 800-38D section 8.3 asks for at most 2^32 random nonces of 96 bits under one key: a repetition then has
//! probability 2^-33, and it grows with the square. Nothing counts them, because the count of a patient's key is out of
//! reach: an entry seals itself and a dozen projections at most, so a care team that wrote an entry every second would
//! need ten years of days and nights. Whoever floods the hub with posts that are refused at 5,000 a second, each sealed
//! once for the audit log and each stored, has the bound after ten days and four billion rows, and 2^-27 after eighty.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::fill_random;

/// How the first byte of a sealed record names its format.
const VERSION_AES_256_GCM: u8 = 1;
const VERSION_BYTES: usize = 1;
const TAG_BYTES: usize = 16;
const HEAD_BYTES: usize = VERSION_BYTES + NONCE_LEN;

/// What sealing adds to the length of a plaintext.
pub const SEAL_OVERHEAD_BYTES: usize = HEAD_BYTES + TAG_BYTES;

/// Why a sealed record does not open. Deliberately silent about which byte is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    #[error("the sealed record is {len} bytes long, shorter than any sealed record")]
    TooShort { len: usize },
    #[error("the sealed record has format {version}, which this version of renkei does not know")]
    UnknownVersion { version: u8 },
    #[error("the sealed record was altered, moved, or sealed with another key")]
    NotAuthentic,
}

/// A key ready for use. The expanded key stays in it, so making one is dear and sealing is cheap.
pub struct SealingKey {
    key: LessSafeKey,
}

impl SealingKey {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, secret).expect("AES-256 takes a key of 32 bytes");
        Self { key: LessSafeKey::new(key) }
    }

    /// Version byte ‖ nonce ‖ ciphertext ‖ tag, in one allocation of exactly that size.
    #[must_use]
    pub fn seal(&self, aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        fill_random(&mut nonce);
        let mut sealed = Vec::with_capacity(SEAL_OVERHEAD_BYTES + plaintext.len());
        sealed.push(VERSION_AES_256_GCM);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let tag = self
            .key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut sealed[HEAD_BYTES..])
            .expect("a record in memory is far below the 64 GiB that GCM can seal");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// The plaintext of what [`Self::seal`] made with the same key and `aad`.
    ///
    /// # Errors
    /// When anything about the record, the key or the `aad` differs.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        if sealed.len() < SEAL_OVERHEAD_BYTES {
            return Err(CannotOpen::TooShort { len: sealed.len() });
        }
        if sealed[0] != VERSION_AES_256_GCM {
            return Err(CannotOpen::UnknownVersion { version: sealed[0] });
        }
        let nonce = Nonce::try_assume_unique_for_key(&sealed[VERSION_BYTES..HEAD_BYTES])
            .expect("the slice has the length of a nonce");
        let mut opened = sealed[HEAD_BYTES..].to_vec();
        let plaintext_bytes = self
            .key
            .open_in_place(nonce, Aad::from(aad), &mut opened)
            .map_err(|_unspecified| CannotOpen::NotAuthentic)?
            .len();
        opened.truncate(plaintext_bytes);
        Ok(opened)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn key() -> SealingKey {
        SealingKey::new(&[7; 32])
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let sealed = key().seal(b"timeline 1", "血圧 128/76".as_bytes());
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(key().open(b"timeline 1", &altered).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn another_place_or_key_does_not_open() {
        let sealed = key().seal(b"timeline 1", b"note");
        assert_eq!(key().open(b"timeline 2", &sealed), Err(CannotOpen::NotAuthentic));
        let other = SealingKey::new(&[8; 32]);
        assert_eq!(other.open(b"timeline 1", &sealed), Err(CannotOpen::NotAuthentic));
    }

    #[test]
    fn every_cut_and_a_foreign_format_are_named() {
        let sealed = key().seal(b"", b"note");
        for len in 0..sealed.len() {
            let error = key().open(b"", &sealed[..len]).unwrap_err();
            let expected =
                if len < SEAL_OVERHEAD_BYTES { CannotOpen::TooShort { len } } else { CannotOpen::NotAuthentic };
            assert_eq!(error, expected);
        }
        let mut foreign = sealed;
        foreign[0] = 9;
        assert_eq!(key().open(b"", &foreign), Err(CannotOpen::UnknownVersion { version: 9 }));
    }

    #[test]
    fn the_same_record_is_sealed_differently_each_time_in_one_allocation() {
        let sealed: HashSet<Vec<u8>> = (0..1_000).map(|_| key().seal(b"", b"36.8")).collect();
        assert_eq!(sealed.len(), 1_000);
        let one = sealed.iter().next().unwrap();
        assert_eq!((one.len(), one.capacity()), (SEAL_OVERHEAD_BYTES + 4, SEAL_OVERHEAD_BYTES + 4));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(aad: Vec<u8>, plaintext: Vec<u8>, secret: [u8; 32]) {
            let key = SealingKey::new(&secret);
            let sealed = key.seal(&aad, &plaintext);
            prop_assert_eq!(sealed.len(), plaintext.len() + SEAL_OVERHEAD_BYTES);
            prop_assert_eq!(key.open(&aad, &sealed).unwrap(), plaintext);
        }

        #[test]
        fn rubbish_never_opens(aad: Vec<u8>, rubbish: Vec<u8>) {
            prop_assert!(key().open(&aad, &rubbish).is_err());
        }
    }
}
