//! Sealing of a long file as it is written, in frames of AES-256-GCM under a key that is made for this file alone and wrapped
//! by the region's data key. Called by the backups.
//!
//! A frame's nonce is its number and whether it is the last: frames that were swapped, repeated, left out or taken from
//! another file do not open, and a file that was cut has no last one. Every frame is bound to the head of its file.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroize as _;

use super::derive::{KEY_BYTES, Secret};
use super::{CannotOpen, DataKey, SEAL_OVERHEAD_BYTES, fill_random};

const WRAP_CONTEXT: &[u8] = b"archive-key/v1";

/// Length of a wrapped key.
pub const WRAPPED_ARCHIVE_KEY_BYTES: usize = SEAL_OVERHEAD_BYTES + KEY_BYTES;
/// What sealing adds to the length of a frame.
pub const FRAME_OVERHEAD_BYTES: usize = 16;

/// The key of one file.
pub struct ArchiveKey {
    secret: Secret,
}

/// Seals or opens the frames of one file, in their order.
pub struct Frames {
    key: LessSafeKey,
    head: Vec<u8>,
    next: u64,
}

impl ArchiveKey {
    #[must_use]
    pub fn random() -> Self {
        let mut secret = Secret::default();
        fill_random(&mut *secret);
        Self { secret }
    }

    /// As the file carries it.
    #[must_use]
    pub fn wrap(&self, region: &DataKey) -> Vec<u8> {
        region.backups().seal(WRAP_CONTEXT, &*self.secret)
    }

    /// The key that [`Self::wrap`] wrapped.
    ///
    /// # Errors
    /// When the data key is another, or the wrapped key was altered.
    pub fn unwrap(region: &DataKey, wrapped: &[u8]) -> Result<Self, CannotOpen> {
        let mut opened = region.backups().open(WRAP_CONTEXT, wrapped)?;
        let mut secret = Secret::default();
        let has_key_length = opened.len() == KEY_BYTES;
        if has_key_length {
            secret.copy_from_slice(&opened);
        }
        opened.zeroize();
        if has_key_length { Ok(Self { secret }) } else { Err(CannotOpen::NotAuthentic) }
    }

    /// The frames of the file that begins with this head.
    #[must_use]
    pub fn frames(&self, head: &[u8]) -> Frames {
        let key = UnboundKey::new(&AES_256_GCM, &*self.secret).expect("AES-256 takes a key of 32 bytes");
        Frames { key: LessSafeKey::new(key), head: head.to_vec(), next: 0 }
    }
}

impl Frames {
    /// Seals the next frame in place.
    pub fn seal(&mut self, frame: &mut Vec<u8>, is_last: bool) {
        let nonce = self.nonce(is_last);
        self.key
            .seal_in_place_append_tag(nonce, Aad::from(&self.head), frame)
            .expect("a frame in memory is far below the 64 GiB that GCM can seal");
    }

    /// Opens the next frame in place.
    ///
    /// # Errors
    /// When it is not that frame of this file, or was altered.
    pub fn open(&mut self, frame: &mut Vec<u8>, is_last: bool) -> Result<(), CannotOpen> {
        let nonce = self.nonce(is_last);
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(&self.head), frame)
            .map_err(|_unspecified| CannotOpen::NotAuthentic)?
            .len();
        frame.truncate(opened);
        Ok(())
    }

    /// Each number once under each key: the key is made for one file, and frames are sealed in one go.
    fn nonce(&mut self, is_last: bool) -> Nonce {
        let mut nonce = [0; NONCE_LEN];
        nonce[3] = u8::from(is_last);
        nonce[4..].copy_from_slice(&self.next.to_be_bytes());
        self.next += 1;
        Nonce::assume_unique_for_key(nonce)
    }
}

impl fmt::Debug for ArchiveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArchiveKey(..)")
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("next", &self.next).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(key: &ArchiveKey, texts: &[&str]) -> Vec<Vec<u8>> {
        let mut frames = key.frames(b"head");
        let seal = |(at, text): (usize, &&str)| {
            let mut frame = text.as_bytes().to_vec();
            frames.seal(&mut frame, at + 1 == texts.len());
            frame
        };
        texts.iter().enumerate().map(seal).collect()
    }

    /// What opens, with the last frame marked as such.
    fn opened(key: &ArchiveKey, head: &[u8], sealed: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, CannotOpen> {
        let mut frames = key.frames(head);
        let open = |(at, frame): (usize, &Vec<u8>)| {
            let mut frame = frame.clone();
            frames.open(&mut frame, at + 1 == sealed.len())?;
            Ok(frame)
        };
        sealed.iter().enumerate().map(open).collect()
    }

    #[test]
    fn frames_open_in_their_order_whole_and_in_their_own_file_only() {
        let (key, other) = (ArchiveKey::random(), ArchiveKey::random());
        let frames = sealed(&key, &["one", "two", "three"]);
        let texts: Vec<Vec<u8>> = ["one", "two", "three"].map(|text| text.as_bytes().to_vec()).to_vec();
        assert_eq!(opened(&key, b"head", &frames), Ok(texts));
        assert!(opened(&key, b"heaD", &frames).is_err(), "another head");
        assert!(opened(&other, b"head", &frames).is_err(), "another file");
        assert!(opened(&key, b"head", &frames[..2]).is_err(), "cut: its last frame is none");
        let swapped = [frames[1].clone(), frames[0].clone(), frames[2].clone()];
        assert!(opened(&key, b"head", &swapped).is_err());
        let repeated = [frames[0].clone(), frames[0].clone(), frames[2].clone()];
        assert!(opened(&key, b"head", &repeated).is_err());
        let mixed = [frames[0].clone(), sealed(&other, &["one", "two", "three"])[1].clone(), frames[2].clone()];
        assert!(opened(&key, b"head", &mixed).is_err(), "a frame of another file");
        for bit in 0..frames[0].len() * 8 {
            let mut altered = frames.clone();
            altered[0][bit / 8] ^= 1 << (bit % 8);
            assert!(opened(&key, b"head", &altered).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn the_files_key_opens_in_its_region_alone() {
        let (region, elsewhere) = (DataKey::of_nothing(), DataKey::of_nothing());
        let key = ArchiveKey::random();
        let wrapped = key.wrap(&region);
        assert_eq!(wrapped.len(), WRAPPED_ARCHIVE_KEY_BYTES);
        let frames = sealed(&key, &["note"]);
        let unwrapped = ArchiveKey::unwrap(&region, &wrapped).unwrap();
        assert_eq!(opened(&unwrapped, b"head", &frames), Ok(vec![b"note".to_vec()]));
        assert!(ArchiveKey::unwrap(&elsewhere, &wrapped).is_err());
        assert!(ArchiveKey::unwrap(&region, &wrapped[1..]).is_err());
        assert_eq!(format!("{key:?}"), "ArchiveKey(..)");
    }
}
