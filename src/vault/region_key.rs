//! The region's key: the one secret an operator keeps, in a file or behind a command. It wraps the data key, from which all
//! other keys come, and does nothing else; that is why it can be changed for another.

use std::fmt;
use std::path::Path;

use zeroize::Zeroize as _;

use super::derive::{KEY_BYTES, Purpose, Root, Secret};
use super::keyfile::{self, KeyFileError, KeyOf, NotAKey};
use super::{CannotOpen, DataKey, SealingKey, fill_random};

/// By how much of a database was guarded by MACs when its data key was wrapped: nothing, all but the rulebook, all. See
/// [`RegionKey::guarded`].
const CONTEXTS: [&[u8]; 1 + GUARDED_ROUNDS] = [b"data-key/v1", b"data-key/v2", b"data-key/v3"];
const CONTEXT: &[u8] = CONTEXTS[GUARDED_ROUNDS];

/// How many times tables were given MACs since there are regions.
pub const GUARDED_ROUNDS: usize = 2;

/// Length of a wrapped data key.
pub const WRAPPED_DATA_KEY_BYTES: usize = super::SEAL_OVERHEAD_BYTES + KEY_BYTES;

/// See the module. Its secret is wiped when it is dropped, which is as soon as the data key is known.
pub struct RegionKey {
    secret: Secret,
    wrapping: SealingKey,
    fingerprint: String,
}

impl RegionKey {
    /// Makes a new random key and its file (mode 0600).
    ///
    /// # Errors
    /// When the file exists already, or cannot be written and made durable.
    pub fn create_file(path: &Path) -> Result<Self, KeyFileError> {
        let mut secret = Secret::default();
        fill_random(&mut *secret);
        keyfile::create(KeyOf::Region, path, &secret)?;
        Ok(Self::from_secret(&secret))
    }

    /// Reads the key from its file.
    ///
    /// # Errors
    /// When the file is missing, may be read by others than its owner, or holds no region key.
    pub fn load_file(path: &Path) -> Result<Self, KeyFileError> {
        Ok(Self::from_secret(&*keyfile::load(KeyOf::Region, path)?))
    }

    /// Reads the key from what its file would hold.
    ///
    /// # Errors
    /// When that is no region key.
    pub fn from_text(text: &[u8]) -> Result<Self, NotAKey> {
        Ok(Self::from_secret(&*keyfile::parse(KeyOf::Region, text)?))
    }

    /// A key that is in no file and gone with the process: for tests and simulations.
    #[must_use]
    pub fn ephemeral() -> Self {
        let mut secret = Secret::default();
        fill_random(&mut *secret);
        Self::from_secret(&secret)
    }

    pub(super) fn from_secret(secret: &[u8; KEY_BYTES]) -> Self {
        let root = Root::of(secret);
        Self {
            secret: Secret::new(*secret),
            wrapping: SealingKey::new(&root.derive(&Purpose::WrapDataKey)),
            fingerprint: root.fingerprint(),
        }
    }

    /// A new random data key, and as the database keeps it.
    #[must_use]
    pub fn make_data_key(&self) -> (DataKey, Vec<u8>) {
        let mut secret = Secret::default();
        fill_random(&mut *secret);
        (DataKey::from_secret(&secret), self.wrapping.seal(CONTEXT, &*secret))
    }

    /// The data key of a region whose records were sealed with this very key, before there were data keys; and as the
    /// database keeps it from now on.
    #[must_use]
    pub fn adopt_as_data_key(&self) -> (DataKey, Vec<u8>) {
        (DataKey::from_secret(&self.secret), self.wrapping.seal(CONTEXTS[0], &*self.secret))
    }

    /// The data key that this key wrapped.
    ///
    /// # Errors
    /// When another key did, or the wrapped key was altered.
    pub fn unwrap_data_key(&self, wrapped: &[u8]) -> Result<DataKey, CannotOpen> {
        Ok(DataKey::from_secret(&self.unwrap(wrapped)?.1))
    }

    /// The same data key, wrapped by another key.
    ///
    /// # Errors
    /// When another key than this one wraps it, or the wrapped key was altered.
    pub fn rewrap_data_key(&self, wrapped: &[u8], by: &Self) -> Result<Vec<u8>, CannotOpen> {
        let (context, secret) = self.unwrap(wrapped)?;
        Ok(by.wrapping.seal(context, &*secret))
    }

    /// How many times tables of its database had been given MACs when it was wrapped. It says so in the seal itself, so that
    /// nobody without this key can have a hub believe it again of rows whose MACs they took away.
    ///
    /// # Errors
    /// When another key wraps it, or it was altered.
    pub fn guarded(&self, wrapped: &[u8]) -> Result<usize, CannotOpen> {
        let (context, _) = self.unwrap(wrapped)?;
        Ok(CONTEXTS.iter().position(|known| *known == context).unwrap_or_default())
    }

    /// The same data key, wrapped as that of a database all of whose rows that give power have MACs.
    ///
    /// # Errors
    /// When another key than this one wraps it, or the wrapped key was altered.
    pub fn rewrap_with_macs(&self, wrapped: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        Ok(self.wrapping.seal(CONTEXT, &*self.unwrap(wrapped)?.1))
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<(&'static [u8], Secret), CannotOpen> {
        let opened_by = |context: &&'static [u8]| Some((*context, self.wrapping.open(context, wrapped).ok()?));
        let (context, mut opened) = CONTEXTS.iter().rev().find_map(opened_by).ok_or(CannotOpen::NotAuthentic)?;
        let mut secret = Secret::default();
        let has_key_length = opened.len() == KEY_BYTES;
        if has_key_length {
            secret.copy_from_slice(&opened);
        }
        opened.zeroize();
        if has_key_length { Ok((context, secret)) } else { Err(CannotOpen::NotAuthentic) }
    }

    /// Names this key without revealing it: the database and every backup say by it which key they need.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }
}

impl fmt::Debug for RegionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionKey({})", self.fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed_by(key: &DataKey) -> Vec<u8> {
        key.names().seal(b"", "山田 花子".as_bytes())
    }

    #[test]
    fn a_data_key_opens_with_the_key_that_wrapped_it_alone() {
        let (region, other) = (RegionKey::ephemeral(), RegionKey::ephemeral());
        let (made, mut wrapped) = region.make_data_key();
        assert_eq!(wrapped.len(), WRAPPED_DATA_KEY_BYTES);
        let again = region.unwrap_data_key(&wrapped).unwrap();
        assert!(again.names().open(b"", &sealed_by(&made)).is_ok());
        assert_eq!(again.fingerprint(), made.fingerprint());
        assert!(other.unwrap_data_key(&wrapped).is_err());
        let (another, _) = region.make_data_key();
        assert!(another.names().open(b"", &sealed_by(&made)).is_err(), "each region has its own");
        wrapped[20] ^= 1;
        assert!(region.unwrap_data_key(&wrapped).is_err());
    }

    #[test]
    fn another_key_that_wraps_it_changes_nothing_that_it_sealed() {
        let (old, new) = (RegionKey::ephemeral(), RegionKey::ephemeral());
        let (made, wrapped) = old.make_data_key();
        let rewrapped = old.rewrap_data_key(&wrapped, &new).unwrap();
        assert!(new.unwrap_data_key(&rewrapped).unwrap().names().open(b"", &sealed_by(&made)).is_ok());
        assert!(old.unwrap_data_key(&rewrapped).is_err());
        assert!(new.rewrap_data_key(&wrapped, &old).is_err(), "not with a key that does not wrap it");
    }

    #[test]
    fn a_key_of_before_there_were_data_keys_is_its_own() {
        let old = RegionKey::from_secret(&[1; 32]);
        let (adopted, wrapped) = old.adopt_as_data_key();
        assert_eq!(adopted.fingerprint(), old.fingerprint());
        assert_eq!(old.guarded(&wrapped).unwrap(), 0);
        assert_eq!(old.guarded(&old.rewrap_with_macs(&wrapped).unwrap()).unwrap(), GUARDED_ROUNDS);
        assert_eq!(old.guarded(&old.make_data_key().1).unwrap(), GUARDED_ROUNDS);
        let of_people = old.wrapping.seal(CONTEXTS[1], &*old.secret);
        assert_eq!(old.guarded(&of_people).unwrap(), 1);
        assert_eq!(old.unwrap_data_key(&of_people).unwrap().fingerprint(), adopted.fingerprint());
        assert!(RegionKey::ephemeral().guarded(&of_people).is_err(), "nobody else can say so");
        let same = DataKey::from_secret(&[1; 32]);
        assert!(same.names().open(b"", &sealed_by(&adopted)).is_ok());
        assert!(old.unwrap_data_key(&wrapped).unwrap().names().open(b"", &sealed_by(&same)).is_ok());
    }

    #[test]
    fn the_derivation_of_version_1_never_changes() {
        // HKDF-SHA256 by another implementation (Python's hmac), key bytes 0x01 × 32.
        let key = RegionKey::from_secret(&[1; 32]);
        assert_eq!(key.fingerprint(), "ccc4303c1de7208b");
        assert_eq!(format!("{key:?}"), "RegionKey(ccc4303c1de7208b)");
    }
}
