//! The region's key: the one secret an operator keeps. It is never used itself; every purpose has
//! a key of its own derived from it (HKDF-SHA256, RFC 5869), so that what is learnt about one tells
//! nothing about another.

use std::fmt;
use std::path::Path;

use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::keyfile::{self, KeyFileError, KeyOf};
use super::{MacKey, SealingKey, fill_random};

pub(super) const KEY_BYTES: usize = 32;
pub(super) type Secret = Zeroizing<[u8; KEY_BYTES]>;

const SALT: &[u8] = b"renkei/region-key/v1";

/// What a derived key is for. The text goes into the derivation: never change one.
enum Purpose {
    WrapPatientKeys,
    SealNames,
    SealAudit,
    SealQueue,
    Idempotency,
    Ids,
    NameFiles,
    SealAccounts,
    Logins,
    Devices,
    SealDeviceAuthority,
    WrapBackupKeys,
    Counting,
    Fingerprint,
}

impl Purpose {
    fn info(&self) -> &'static [u8] {
        match self {
            Self::WrapPatientKeys => b"wrap-patient-keys",
            Self::SealNames => b"seal-names",
            Self::SealAudit => b"seal-audit",
            Self::SealQueue => b"seal-queue",
            Self::Idempotency => b"idempotency",
            Self::Ids => b"ids",
            Self::NameFiles => b"name-files",
            Self::SealAccounts => b"seal-accounts",
            Self::Logins => b"logins",
            Self::Devices => b"devices",
            Self::SealDeviceAuthority => b"seal-device-authority",
            Self::WrapBackupKeys => b"wrap-backup-keys",
            Self::Counting => b"counting",
            Self::Fingerprint => b"fingerprint",
        }
    }
}

/// All keys of the region, derived once at start.
///
/// The secret itself is wiped as soon as they are derived; the expanded keys live as long as this.
pub struct RegionKey {
    wrapping: SealingKey,
    names: SealingKey,
    audit: SealingKey,
    queue: SealingKey,
    idempotency: MacKey,
    ids: MacKey,
    files: MacKey,
    accounts: SealingKey,
    logins: MacKey,
    devices: MacKey,
    device_authority: SealingKey,
    backups: SealingKey,
    counting: MacKey,
    fingerprint: [u8; FINGERPRINT_BYTES],
}

const FINGERPRINT_BYTES: usize = 8;

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

    /// A key that is in no file and gone with the process: for tests and simulations.
    #[must_use]
    pub fn ephemeral() -> Self {
        let mut secret = Secret::default();
        fill_random(&mut *secret);
        Self::from_secret(&secret)
    }

    fn from_secret(secret: &[u8; KEY_BYTES]) -> Self {
        let root = Salt::new(HKDF_SHA256, SALT).extract(secret);
        let mut fingerprint = [0; FINGERPRINT_BYTES];
        fingerprint.copy_from_slice(&derive(&root, &Purpose::Fingerprint)[..FINGERPRINT_BYTES]);
        Self {
            wrapping: SealingKey::new(&derive(&root, &Purpose::WrapPatientKeys)),
            names: SealingKey::new(&derive(&root, &Purpose::SealNames)),
            audit: SealingKey::new(&derive(&root, &Purpose::SealAudit)),
            queue: SealingKey::new(&derive(&root, &Purpose::SealQueue)),
            idempotency: MacKey::new(&derive(&root, &Purpose::Idempotency)),
            ids: MacKey::new(&derive(&root, &Purpose::Ids)),
            files: MacKey::new(&derive(&root, &Purpose::NameFiles)),
            accounts: SealingKey::new(&derive(&root, &Purpose::SealAccounts)),
            logins: MacKey::new(&derive(&root, &Purpose::Logins)),
            devices: MacKey::new(&derive(&root, &Purpose::Devices)),
            device_authority: SealingKey::new(&derive(&root, &Purpose::SealDeviceAuthority)),
            backups: SealingKey::new(&derive(&root, &Purpose::WrapBackupKeys)),
            counting: MacKey::new(&derive(&root, &Purpose::Counting)),
            fingerprint,
        }
    }

    pub(super) fn wrapping(&self) -> &SealingKey {
        &self.wrapping
    }

    /// Seals what the directory knows of people and patients outside their timelines.
    #[must_use]
    pub fn names(&self) -> &SealingKey {
        &self.names
    }

    /// Seals the details of audit records that belong to no patient.
    #[must_use]
    pub fn audit(&self) -> &SealingKey {
        &self.audit
    }

    /// Seals posts that wait for a link: their patient may turn out not to exist.
    #[must_use]
    pub fn queue(&self) -> &SealingKey {
        &self.queue
    }

    /// Fingerprints bodies, to tell "the same again" from "the same id with another body".
    #[must_use]
    pub fn idempotency(&self) -> &MacKey {
        &self.idempotency
    }

    /// Names files: nobody without the key can tell from a name whether it is that of a content they have.
    #[must_use]
    pub fn files(&self) -> &MacKey {
        &self.files
    }

    /// Seals what accounts are opened with.
    #[must_use]
    pub fn accounts(&self) -> &SealingKey {
        &self.accounts
    }

    /// Finds accounts by their sign-in names, which the database does not tell.
    #[must_use]
    pub fn logins(&self) -> &MacKey {
        &self.logins
    }

    /// Marks devices that somebody signed in on.
    #[must_use]
    pub fn devices(&self) -> &MacKey {
        &self.devices
    }

    /// Names, for other hubs of the region and for nobody else, who tried something.
    #[must_use]
    pub fn counting(&self) -> &MacKey {
        &self.counting
    }

    /// Seals the private key of the device authority.
    #[must_use]
    pub fn device_authority(&self) -> &SealingKey {
        &self.device_authority
    }

    /// Wraps the keys of backups.
    pub(super) fn backups(&self) -> &SealingKey {
        &self.backups
    }

    /// The id that these parts always get, and that nobody without the key can work out from them, nor they from it.
    /// `UUIDv8` (RFC 9562 section 5.8): clients make their ids as version 7 and are held to it, so they never meet.
    #[must_use]
    pub fn derive_id(&self, parts: &[&[u8]]) -> Uuid {
        let mac = self.ids.mac(parts);
        let half = mac.as_bytes().first_chunk().expect("a MAC is longer than an id");
        uuid::Builder::from_custom_bytes(*half).into_uuid()
    }

    /// Names this key without revealing it. A store remembers it, so that a hub started with
    /// another region's key says so instead of failing at the first record.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.fingerprint.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

struct OneKey;

impl KeyType for OneKey {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

fn derive(root: &Prk, purpose: &Purpose) -> Secret {
    let mut derived = Secret::default();
    root.expand(&[purpose.info()], OneKey)
        .and_then(|output| output.fill(&mut *derived))
        .expect("HKDF-SHA256 gives up to 8160 bytes");
    derived
}

impl fmt::Debug for RegionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionKey({})", self.fingerprint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_its_own_key() {
        let region = RegionKey::ephemeral();
        let sealed = region.names().seal(b"", "山田 花子".as_bytes());
        assert!(region.names().open(b"", &sealed).is_ok());
        assert!(region.audit().open(b"", &sealed).is_err());
        assert!(region.wrapping().open(b"", &sealed).is_err());
    }

    #[test]
    fn a_derived_id_is_the_same_again_and_only_with_the_same_key_and_parts() {
        let (region, other) = (RegionKey::from_secret(&[1; 32]), RegionKey::from_secret(&[2; 32]));
        let id = region.derive_id(&[b"patient", b"123"]);
        assert_eq!((id.get_version_num(), id.get_variant()), (8, uuid::Variant::RFC4122));
        assert_eq!(region.derive_id(&[b"patient", b"123"]), id);
        assert_ne!(region.derive_id(&[b"patient1", b"23"]), id);
        assert_ne!(other.derive_id(&[b"patient", b"123"]), id);
    }

    #[test]
    fn the_same_secret_gives_the_same_keys_and_another_does_not() {
        let (one, again) = (RegionKey::from_secret(&[1; 32]), RegionKey::from_secret(&[1; 32]));
        let other = RegionKey::from_secret(&[2; 32]);
        assert_eq!(again.names().open(b"x", &one.names().seal(b"x", b"y")).unwrap(), b"y");
        assert_eq!(one.idempotency().mac(&[b"y"]), again.idempotency().mac(&[b"y"]));
        assert_eq!(one.fingerprint(), again.fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_ne!(one.idempotency().mac(&[b"y"]), other.idempotency().mac(&[b"y"]));
    }

    #[test]
    fn the_derivation_of_version_1_never_changes() {
        // HKDF-SHA256 by another implementation (Python's hmac), key bytes 0x01 × 32.
        assert_eq!(RegionKey::from_secret(&[1; 32]).fingerprint(), "ccc4303c1de7208b");
    }
}
