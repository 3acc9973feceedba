//! The region's data key: random, kept in the database, wrapped by the region's key. It is never used itself; every purpose
//! has a key of its own derived from it. Because nothing is sealed with the region's key but this one, that can be changed.

use std::fmt;

use uuid::Uuid;

use super::derive::{KEY_BYTES, Purpose, Root};
use super::{MacKey, SealingKey};

/// All keys of the region, derived once at start.
///
/// The secret itself is wiped as soon as they are derived; the expanded keys live as long as this.
pub struct DataKey {
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
    destroyed: MacKey,
    bells: SealingKey,
    rows: MacKey,
    board: SealingKey,
    fingerprint: String,
}

impl DataKey {
    /// A key that nothing was sealed with, and that nothing will be: before the database was asked for its own.
    pub(crate) fn of_nothing() -> Self {
        let mut secret = super::derive::Secret::default();
        super::fill_random(&mut *secret);
        Self::from_secret(&secret)
    }

    pub(super) fn from_secret(secret: &[u8; KEY_BYTES]) -> Self {
        let root = Root::of(secret);
        Self {
            wrapping: SealingKey::new(&root.derive(&Purpose::WrapPatientKeys)),
            names: SealingKey::new(&root.derive(&Purpose::SealNames)),
            audit: SealingKey::new(&root.derive(&Purpose::SealAudit)),
            queue: SealingKey::new(&root.derive(&Purpose::SealQueue)),
            idempotency: MacKey::new(&root.derive(&Purpose::Idempotency)),
            ids: MacKey::new(&root.derive(&Purpose::Ids)),
            files: MacKey::new(&root.derive(&Purpose::NameFiles)),
            accounts: SealingKey::new(&root.derive(&Purpose::SealAccounts)),
            logins: MacKey::new(&root.derive(&Purpose::Logins)),
            devices: MacKey::new(&root.derive(&Purpose::Devices)),
            device_authority: SealingKey::new(&root.derive(&Purpose::SealDeviceAuthority)),
            backups: SealingKey::new(&root.derive(&Purpose::WrapBackupKeys)),
            counting: MacKey::new(&root.derive(&Purpose::Counting)),
            destroyed: MacKey::new(&root.derive(&Purpose::Destroyed)),
            bells: SealingKey::new(&root.derive(&Purpose::SealBells)),
            rows: MacKey::new(&root.derive(&Purpose::Rows)),
            board: SealingKey::new(&root.derive(&Purpose::SealBoard)),
            fingerprint: root.fingerprint(),
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

    /// Seals the private key of the device authority.
    #[must_use]
    pub fn device_authority(&self) -> &SealingKey {
        &self.device_authority
    }

    /// Names, for other hubs of the region and for nobody else, who tried something.
    #[must_use]
    pub fn counting(&self) -> &MacKey {
        &self.counting
    }

    /// Marks the list of destroyed records that lies beside the backups as this region's.
    #[must_use]
    pub fn destroyed(&self) -> &MacKey {
        &self.destroyed
    }

    /// Seals where devices are rung, and the key that says to push services who the hub is.
    #[must_use]
    pub fn bells(&self) -> &SealingKey {
        &self.bells
    }

    /// Shows that a row which gives somebody power was written by a hub of the region.
    #[must_use]
    pub fn rows(&self) -> &MacKey {
        &self.rows
    }

    /// Seals announcements, trainings and good-practice cases.
    #[must_use]
    pub fn board(&self) -> &SealingKey {
        &self.board
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

    /// Names the region: the same as long as it lives, whichever key wraps this one. Checkpoints and exports state it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({})", self.fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_its_own_key() {
        let region = DataKey::of_nothing();
        let sealed = region.names().seal(b"", "山田 花子".as_bytes());
        assert!(region.names().open(b"", &sealed).is_ok());
        assert!(region.audit().open(b"", &sealed).is_err());
        assert!(region.wrapping().open(b"", &sealed).is_err());
    }

    #[test]
    fn a_derived_id_is_the_same_again_and_only_with_the_same_key_and_parts() {
        let (region, other) = (DataKey::from_secret(&[1; 32]), DataKey::from_secret(&[2; 32]));
        let id = region.derive_id(&[b"patient", b"123"]);
        assert_eq!((id.get_version_num(), id.get_variant()), (8, uuid::Variant::RFC4122));
        assert_eq!(region.derive_id(&[b"patient", b"123"]), id);
        assert_ne!(region.derive_id(&[b"patient1", b"23"]), id);
        assert_ne!(other.derive_id(&[b"patient", b"123"]), id);
    }

    #[test]
    fn the_same_secret_gives_the_same_keys_and_another_does_not() {
        let (one, again) = (DataKey::from_secret(&[1; 32]), DataKey::from_secret(&[1; 32]));
        let other = DataKey::from_secret(&[2; 32]);
        assert_eq!(again.names().open(b"x", &one.names().seal(b"x", b"y")).unwrap(), b"y");
        assert_eq!(one.idempotency().mac(&[b"y"]), again.idempotency().mac(&[b"y"]));
        assert_eq!(one.fingerprint(), again.fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_ne!(one.idempotency().mac(&[b"y"]), other.idempotency().mac(&[b"y"]));
    }

    #[test]
    fn the_derivation_of_version_1_never_changes() {
        // HKDF-SHA256 by another implementation (Python's hmac), key bytes 0x01 × 32.
        assert_eq!(DataKey::from_secret(&[1; 32]).fingerprint(), "ccc4303c1de7208b");
    }
}
