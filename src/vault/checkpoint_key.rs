//! The key that signs checkpoints (Ed25519), in a file of its own, and the public half by which anybody checks them. What a
//! checkpoint says is `domain/checkpoint.rs`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use super::derive::{KEY_BYTES, Secret};
use super::fill_random;
use super::keyfile::{self, KeyFileError, KeyOf};
use crate::domain::checkpoint::{digest_from_hex, hex};
use crate::domain::text::{Invalid, Text};

/// Signs. Nothing prints it.
pub struct CheckpointKey {
    pair: Ed25519KeyPair,
}

/// Checks what the key signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(pub [u8; KEY_BYTES]);

impl CheckpointKey {
    /// Makes a new random key and its file (mode 0600).
    ///
    /// # Errors
    /// When the file exists already, or cannot be written and made durable.
    pub fn create_file(path: &Path) -> Result<Self, KeyFileError> {
        let mut secret = Secret::default();
        fill_random(&mut *secret);
        keyfile::create(KeyOf::Checkpoints, path, &secret)?;
        Ok(Self::from_secret(&secret))
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// When the file is missing, may be read by others than its owner, or holds no such key.
    pub fn load_file(path: &Path) -> Result<Self, KeyFileError> {
        Ok(Self::from_secret(&*keyfile::load(KeyOf::Checkpoints, path)?))
    }

    /// The key of the file; of regions that were made before there were checkpoints, a new one.
    ///
    /// # Errors
    /// See [`Self::load_file`] and [`Self::create_file`].
    pub fn load_or_create_file(path: &Path) -> Result<Self, KeyFileError> {
        match Self::load_file(path) {
            Err(KeyFileError::Missing { .. }) => Self::create_file(path),
            found => found,
        }
    }

    /// A key that is in no file and gone with the process: for tests and the demo.
    #[must_use]
    pub fn ephemeral() -> Self {
        let mut secret = Secret::default();
        fill_random(&mut *secret);
        Self::from_secret(&secret)
    }

    fn from_secret(secret: &[u8; KEY_BYTES]) -> Self {
        Self { pair: Ed25519KeyPair::from_seed_unchecked(secret).expect("a seed of Ed25519 has 32 bytes") }
    }

    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.pair.sign(text).as_ref().try_into().expect("a signature of Ed25519 has 64 bytes")
    }

    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.pair.public_key().as_ref().try_into().expect("a public key of Ed25519 has 32 bytes"))
    }
}

impl PublicKey {
    /// Whether the key's other half signed this text.
    #[must_use]
    pub fn has_signed(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(text, signature).is_ok()
    }

    /// As it is printed and read aloud: hexadecimal in groups of four.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let text = hex(&self.0);
        let groups: Vec<&str> = (0..text.len()).step_by(4).map(|at| &text[at..at + 4]).collect();
        groups.join(" ")
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl FromStr for PublicKey {
    type Err = Invalid;

    /// As printed: with spaces between its groups or without, in either case.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let expected = Text::fixed("公開鍵（16進64桁）が必要です", "a public key of 64 hexadecimal digits is expected");
        digest_from_hex(&digits).map(Self).ok_or_else(|| Invalid::new("key", "malformed", expected))
    }
}

impl fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckpointKey({})", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_key_signed_is_taken_and_the_public_half_is_read_as_it_is_printed() {
        let (key, other) = (CheckpointKey::ephemeral(), CheckpointKey::ephemeral());
        let signature = key.sign(b"statement");
        let public: PublicKey = key.public().in_groups().to_uppercase().parse().unwrap();
        assert!(public.has_signed(b"statement", &signature));
        assert!(!public.has_signed(b"statemenT", &signature));
        assert!(!public.has_signed(b"statement", &signature[..63]));
        assert!(!other.public().has_signed(b"statement", &signature));
        assert_eq!(public.to_string().parse(), Ok(public));
        for wrong in ["", "00", &"g".repeat(64), &"0".repeat(66)] {
            assert_eq!(wrong.parse::<PublicKey>().unwrap_err().field, "key", "{wrong}");
        }
    }

    #[test]
    fn it_signs_as_rfc_8032_says() {
        // Section 7.1, test 1: the empty message.
        let seed = digest_from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        let key = CheckpointKey::from_secret(&seed);
        assert_eq!(key.public().to_string(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let signature = hex(&key.sign(b""));
        assert!(signature.starts_with("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88215"));
    }

    #[test]
    fn its_file_is_no_region_key_and_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint.key");
        let made = CheckpointKey::load_or_create_file(&path).unwrap().public();
        assert_eq!(CheckpointKey::load_or_create_file(&path).unwrap().public(), made);
        let error = super::super::RegionKey::load_file(&path).unwrap_err();
        assert_eq!(error.code(), "key_file_foreign");
        let missing = CheckpointKey::load_file(&folder.path().join("other.key")).unwrap_err();
        assert!(missing.to_string().contains("checkpoint key"), "{missing}");
    }
}
